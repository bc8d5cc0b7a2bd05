using System.Collections.Frozen;
using System.Text.RegularExpressions;
using Sluice.Language.Emitters.Java;
using Sluice.Language.Protos;

namespace Sluice.Language.Packages.Languages;

/// <summary>Packages in Java: a public class per node in the package <c>nodes</c>, named after it, with the handler as its static method.</summary>
internal sealed partial class Java : IPackageLanguage
{
    // What every file of the package `nodes` may mean by a short name; a class beside it would take that name over.
    private static readonly FrozenSet<string> Platform = (
        "Boolean Byte Character Class Double Enum Error Exception Float Integer Iterable Long Math Number Object Override Record "
        + "Runnable RuntimeException Short String StringBuilder System Thread Throwable Void"
    )
        .Split(' ')
        .ToFrozenSet();

    public string Name => PackageLanguages.Java;

    // Nothing but the manifest tells how it is built.
    public IReadOnlyList<string> RequiredFiles => [];

    public IReadOnlyList<string> Ignored { get; } = ["/axiom/", "/gen/"];

    public string? NameFault(string node)
    {
        if (JavaNames.Keywords.Contains(NameRules.Camel(node)))
            return $"gives a method `{NameRules.Camel(node)}`, which is a word of Java itself";
        if (Platform.Contains(node))
            return "is that of a class of Java itself";
        return IsTest(node) ? "ends as the names of tests do" : null;
    }

    public string HandlerPath(string node) => $"nodes/{node}.java";

    public string TestPath(string node) => $"nodes/{node}Test.java";

    public string Signature(ManifestNode node, MessageType input, MessageType output)
    {
        var method = NameRules.Camel(node.Name);
        var (taken, given) = (JavaNames.Plain(input), JavaNames.Plain(output));
        return node.Type == NodeType.Pipeline
            ? $"public static void {method}(AxiomContext ax, Iterator<{taken}> inputs, Consumer<{given}> emit)"
            : $"public static {given} {method}(AxiomContext ax, {taken} input)";
    }

    public SourceFault? HandlerFault(
        string text,
        ManifestNode node,
        MessageType input,
        MessageType output
    )
    {
        var source = JavaMask.Mask(text);
        var expected =
            $"`{Signature(node, input, output)}` in `public class {node.Name}` is expected";
        if (PackagePattern().Match(source.Code) is not { Success: true } clause)
            return new SourceFault("`package nodes;` is expected at the top of this file.");
        if (clause.Groups["name"].Value != "nodes")
            return Fault(
                clause.Groups["name"].Index,
                $"This is package `{clause.Groups["name"].Value}` and not `nodes`"
            );
        var type = ClassPattern()
            .Matches(source.Code)
            .FirstOrDefault(m => m.Groups["name"].ValueSpan.SequenceEqual(node.Name));
        if (type is null)
            return new SourceFault($"There is no handler; {expected}.");
        var found = MethodPattern()
            .Matches(source.Code, type.Index)
            .FirstOrDefault(m =>
                m.Groups["name"].ValueSpan.SequenceEqual(NameRules.Camel(node.Name))
            );
        if (found is null)
            return Fault(type.Index, "This class has no such method");
        var open = found.Index + found.Length - 1;
        var close = source.Closing(open);
        if (close < 0)
            return Fault(found.Index, "The parameters of this handler are never closed");
        string[] parameters =
        [
            .. source.Pieces(open + 1, close).Select(p => source.Code[p].Trim()),
        ];
        var returned = found.Groups["type"].Value.Trim();
        if (node.Type == NodeType.Pipeline)
            return
                parameters.Length == 3
                && Names(Type(parameters[1]), input)
                && Names(Type(parameters[2]), output)
                && returned == "void"
                ? null
                : Fault(found.Index, "This is not the shape of a pipeline's handler");
        if (parameters.Length != 2)
            return Fault(found.Index, "This handler does not take the context and one input");
        if (!Names(Type(parameters[1]), input))
            return Fault(
                found.Index,
                $"This handler takes `{Type(parameters[1])}` and not `{JavaNames.Plain(input)}`"
            );
        return Names(returned, output)
            ? null
            : Fault(
                found.Index,
                $"This handler returns `{returned}` and not `{JavaNames.Plain(output)}`"
            );

        SourceFault Fault(int at, string what)
        {
            var (line, column) = source.At(at);
            return new SourceFault($"{what}; {expected}.", line, column);
        }
    }

    /// <summary>A parameter without its name.</summary>
    private static string Type(string parameter) =>
        parameter[..Math.Max(0, parameter.LastIndexOf(' '))].Trim();

    /// <summary>True when the last word of a type is the message. Of two messages of one name, one has an underscore.</summary>
    private static bool Names(string type, MessageType message) =>
        WordPattern().Matches(type).Select(w => w.Value).LastOrDefault()?.TrimEnd('_')
        == message.Name.TrimEnd('_');

    public bool HasTest(string text) => TestPattern().IsMatch(JavaMask.Mask(text).Code);

    public bool IsSource(string path) =>
        path.EndsWith(".java", StringComparison.Ordinal)
        && !IsTest(Path.GetFileNameWithoutExtension(path))
        && path.Split('/')[0] is not ("gen" or "axiom");

    private static bool IsTest(string name) =>
        name.EndsWith("Test", StringComparison.Ordinal)
        || name.EndsWith("Tests", StringComparison.Ordinal);

    public IEnumerable<SecretRead> SecretReads(string text)
    {
        var source = JavaMask.Mask(text);
        foreach (Match match in SecretPattern().Matches(source.Code))
        {
            var at = match.Index + match.Length - 1;
            if (source.Literal(at) is not { } name)
                continue;
            var (line, column) = source.At(at);
            yield return new SecretRead(name, line, column);
        }
    }

    public IReadOnlyList<GeneratedFile> InitFiles(Manifest manifest) => [];

    public GeneratedFile Handler(Manifest manifest, ManifestNode node, Schema schema) =>
        new(HandlerPath(node.Name), JavaTemplates.Handler(this, node, schema));

    public GeneratedFile Test(Manifest manifest, ManifestNode node, Schema schema) =>
        new(TestPath(node.Name), JavaTemplates.Test(node, schema));

    private const RegexOptions Options =
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.Multiline;

    [GeneratedRegex(@"^\s*package\s+(?<name>[\w.]+)\s*;", Options, 1000)]
    private static partial Regex PackagePattern();

    [GeneratedRegex(@"\bpublic\s+((final|abstract)\s+)?class\s+(?<name>\w+)", Options, 1000)]
    private static partial Regex ClassPattern();

    [GeneratedRegex(
        @"\bpublic\s+static\s+((final|synchronized)\s+)?(?<type>[\w.]+(\s*<[\w.<>?,\s]+>)?)\s+(?<name>\w+)\s*\(",
        Options,
        1000
    )]
    private static partial Regex MethodPattern();

    [GeneratedRegex(@"[A-Za-z_]\w*", Options, 1000)]
    private static partial Regex WordPattern();

    [GeneratedRegex(@"@(axiom\.testing\.)?Test\b(?!\s*\.)", Options, 1000)]
    private static partial Regex TestPattern();

    [GeneratedRegex(@"\.\s*secrets\s*\(\s*\)\s*\.\s*(get|status)\s*\(\s*""", Options, 1000)]
    private static partial Regex SecretPattern();
}
