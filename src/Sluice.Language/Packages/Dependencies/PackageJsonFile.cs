using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Sluice.Language.Documents;

namespace Sluice.Language.Packages.Dependencies;

/// <summary>Reads what a <c>package.json</c> asks for, each with its place.</summary>
internal static partial class PackageJsonFile
{
    public const string Name = "package.json";

    private static readonly string[] s_sections =
    [
        "dependencies",
        "devDependencies",
        "optionalDependencies",
        "peerDependencies",
    ];

    public static DependencyList Read(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        List<Dependency> all = [];
        List<Mistake> mistakes = [];
        try
        {
            var reader = new Utf8JsonReader(bytes);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
                mistakes.Add(Malformed("It is expected to hold an object, `{ … }`.", 1, 1));
            else
                Top(ref reader, bytes, all, mistakes);
        }
        catch (JsonException e)
        {
            mistakes.Add(
                Malformed(
                    "It is not valid JSON here.",
                    (int)(e.LineNumber ?? 0) + 1,
                    (int)(e.BytePositionInLine ?? 0) + 1
                )
            );
        }
        return new DependencyList(DependencyKinds.Npm, all, mistakes);
    }

    private static void Top(
        ref Utf8JsonReader reader,
        byte[] bytes,
        List<Dependency> all,
        List<Mistake> mistakes
    )
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var key = reader.GetString()!;
            var (line, column) = Place(bytes, reader.TokenStartIndex);
            reader.Read();
            if (key is "workspaces")
                mistakes.Add(
                    new Mistake(
                        "package_dependency_source",
                        "`workspaces` are not served: a package is one folder.",
                        Name,
                        line,
                        column
                    )
                );
            if (!s_sections.Contains(key))
                reader.Skip();
            else if (reader.TokenType == JsonTokenType.StartObject)
                Section(ref reader, bytes, all, mistakes);
            else
            {
                mistakes.Add(
                    Malformed(
                        $"`{key}` is expected to be an object of names and versions.",
                        line,
                        column
                    )
                );
                reader.Skip();
            }
        }
        // What follows the object would be a mistake of syntax.
        reader.Read();
    }

    private static void Section(
        ref Utf8JsonReader reader,
        byte[] bytes,
        List<Dependency> all,
        List<Mistake> mistakes
    )
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            var (line, column) = Place(bytes, reader.TokenStartIndex);
            reader.Read();
            if (reader.TokenType != JsonTokenType.String)
            {
                mistakes.Add(
                    Malformed(
                        $"The version of `{Shown.Text(name)}` is expected to be a text such as \"^1.2.0\".",
                        line,
                        column
                    )
                );
                reader.Skip();
                continue;
            }
            var asked = reader.GetString()!;
            if (!NamePattern().IsMatch(name))
                mistakes.Add(
                    Malformed($"`{Shown.Text(name)}` is no name of an npm package.", line, column)
                );
            else if (!VersionPattern().IsMatch(asked))
                mistakes.Add(
                    new Mistake(
                        "package_dependency_source",
                        $"`{Shown.Text(name)}` is asked for as `{Shown.Text(asked)}`: only versions of the registry are served, no addresses, repositories or folders. Publish it to the registry that the operator has set, or put its source into the package.",
                        Name,
                        line,
                        column
                    )
                );
            else
                all.Add(new Dependency(name, asked, Name, line, column));
        }
    }

    private static Mistake Malformed(string message, int line, int column) =>
        new("package_dependency_malformed", message, Name, line, column);

    private static (int Line, int Column) Place(ReadOnlySpan<byte> bytes, long at)
    {
        var before = bytes[..(int)at];
        return (before.Count((byte)'\n') + 1, (int)at - before.LastIndexOf((byte)'\n'));
    }

    private const RegexOptions Options =
        RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant;

    [GeneratedRegex(
        @"^(@[A-Za-z0-9~-][A-Za-z0-9._~-]*/)?[A-Za-z0-9~-][A-Za-z0-9._~-]{0,213}\z",
        Options
    )]
    private static partial Regex NamePattern();

    // Ranges, tags, and another name in front of them; whatever has `:` or `/` otherwise leads elsewhere.
    [GeneratedRegex(
        @"^(npm:(@[A-Za-z0-9~-][A-Za-z0-9._~-]*/)?[A-Za-z0-9~-][A-Za-z0-9._~-]*(@[A-Za-z0-9.*^~<>=|+ -]*)?|[A-Za-z0-9.*^~<>=|+ _-]*)\z",
        Options
    )]
    private static partial Regex VersionPattern();
}
