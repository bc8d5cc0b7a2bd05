using Sluice.Language.Protos;

namespace Sluice.Language.Emitters.Go;

/// <summary>One generated source file: its body, and the imports that the body turns out to need.</summary>
/// <param name="module">The module's path: the package's name.</param>
/// <param name="package">The name in the file's package clause.</param>
internal sealed class GoFile(string module, string package, GoNames names)
{
    private readonly SortedSet<string> imports = new(StringComparer.Ordinal);

    public CodeText Code { get; } = new(braces: false, indent: "\t");

    public GoNames Names { get; } = names;

    /// <summary>A message's type as this file writes it.</summary>
    public string Of(MessageType type) => Qualified(GoNames.Package(type), Names.Of(type));

    public string Of(EnumType type) => Qualified(GoNames.Package(type), Names.Of(type));

    /// <summary>Imports a package of the module.</summary>
    public void Use(string path) => imports.Add($"{module}/{path}");

    /// <summary>A header that opens a brace, what the action writes, and the closing brace.</summary>
    public void Block(string header, Action body)
    {
        Code.Block(header + " {", body);
        Code.Line("}");
    }

    public void Docs(string docs)
    {
        if (docs.Length == 0)
            return;
        foreach (var line in docs.Replace("\r", "").Split('\n'))
            Code.Line(("// " + line).TrimEnd());
    }

    public override string ToString()
    {
        var head = new CodeText(braces: false, indent: "\t");
        head.Lines(GoEmitter.Banner, "", $"package {package}");
        if (imports.Count == 1)
            head.Line().Line($"import \"{imports.Min}\"");
        else if (imports.Count > 1)
            head.Line()
                .Block("import (", () => head.Lines([.. imports.Select(i => $"\"{i}\"")]))
                .Line(")");
        return head.ToString() + Code;
    }

    private string Qualified(string home, string name)
    {
        if (home == package)
            return name;
        Use(home == GoNames.Gen ? home : $"{GoNames.Gen}/{home}");
        return $"{home}.{name}";
    }
}
