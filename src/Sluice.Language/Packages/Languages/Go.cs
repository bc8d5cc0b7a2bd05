using System.Collections.Frozen;
using System.Text.RegularExpressions;
using Sluice.Language.Emitters.Go;
using Sluice.Language.Protos;

namespace Sluice.Language.Packages.Languages;

/// <summary>Packages in Go: a module named as the package, whose folder <c>nodes/</c> is a Go package with a function per node.</summary>
internal sealed partial class Go : IPackageLanguage
{
    public const string ModuleFile = "go.mod";

    // A file whose name ends with one of these words is compiled for that system or processor alone.
    private static readonly FrozenSet<string> Suffixes = (
        "aix android darwin dragonfly freebsd hurd illumos ios js linux nacl netbsd openbsd plan9 solaris wasip1 windows zos "
        + "386 amd64 amd64p32 arm armbe arm64 arm64be loong64 mips mipsle mips64 mips64le mips64p32 mips64p32le ppc ppc64 ppc64le "
        + "riscv riscv64 s390 s390x sparc sparc64 wasm"
    )
        .Split(' ')
        .ToFrozenSet();

    public string Name => PackageLanguages.Go;

    public IReadOnlyList<string> RequiredFiles { get; } = [ModuleFile];

    public IReadOnlyList<string> Ignored { get; } = ["/axiom/", "/gen/"];

    public string? NameFault(string node) => null;

    public string HandlerPath(string node) => $"nodes/{FileOf(node)}.go";

    public string TestPath(string node) => $"nodes/{FileOf(node)}_test.go";

    public string Signature(ManifestNode node, MessageType input, MessageType output)
    {
        var (taken, given) = (GoTemplates.TypeOf(input), GoTemplates.TypeOf(output));
        return node.Type == NodeType.Pipeline
            ? $"func {node.Name}(ctx context.Context, ax axiom.Context, in <-chan *{taken}, emit func(*{given}) error) error"
            : $"func {node.Name}(ctx context.Context, ax axiom.Context, input *{taken}) (*{given}, error)";
    }

    public SourceFault? FileFault(string path, string text, Manifest manifest)
    {
        var module = ModulePattern().Match(text);
        if (!module.Success)
            return new SourceFault($"A line `module {manifest.Name}` is expected.");
        var name = module.Groups["name"];
        return name.Value == manifest.Name
            ? null
            : new SourceFault(
                $"The module has the package's name: `module {manifest.Name}` is expected.",
                1 + text.AsSpan(0, name.Index).Count('\n'),
                1
            );
    }

    public SourceFault? HandlerFault(
        string text,
        ManifestNode node,
        MessageType input,
        MessageType output
    )
    {
        var source = GoMask.Mask(text);
        // The arrow of a channel is no bracket.
        source = source with
        {
            Code = source.Code.Replace("<-", "  ", StringComparison.Ordinal),
        };
        var expected = $"`{Signature(node, input, output)}` is expected";
        if (PackagePattern().Match(source.Code) is not { Success: true } clause)
            return new SourceFault("`package nodes` is expected at the top of this file.");
        if (clause.Groups["name"].Value != "nodes")
            return Fault(
                clause.Groups["name"].Index,
                $"This is package `{clause.Groups["name"].Value}` and not `nodes`"
            );
        var found = FunctionPattern()
            .Matches(source.Code)
            .FirstOrDefault(m => m.Groups["name"].ValueSpan.SequenceEqual(node.Name));
        if (found is null)
            return new SourceFault($"There is no handler; {expected}.");
        var open = found.Index + found.Length - 1;
        var close = source.Closing(open);
        if (close < 0)
            return Fault(found.Index, "The parameters of this handler are never closed");
        string[] parameters = Trimmed(source, open, close);
        string[] results = Results(source, close + 1);
        if (node.Type == NodeType.Pipeline)
            return
                parameters.Length == 4
                && Names(parameters[2], input)
                && parameters[3].Contains(GoNames.Plain(output), StringComparison.Ordinal)
                && results is [var only]
                && Last(only) == "error"
                ? null
                : Fault(found.Index, "This is not the shape of a pipeline's handler");
        if (
            parameters.Length != 3
            || !parameters[0].EndsWith("Context", StringComparison.Ordinal)
            || !parameters[1].EndsWith("Context", StringComparison.Ordinal)
        )
            return Fault(found.Index, "This handler does not take two contexts and one input");
        if (!Names(parameters[2], input))
            return Fault(
                found.Index,
                $"This handler takes `{Type(parameters[2])}` and not `*{GoTemplates.TypeOf(input)}`"
            );
        if (results.Length != 2 || Last(results[1]) != "error")
            return Fault(found.Index, "This handler does not return an output and an error");
        return Names(results[0], output)
            ? null
            : Fault(
                found.Index,
                $"This handler returns `{Type(results[0])}` and not `*{GoTemplates.TypeOf(output)}`"
            );

        SourceFault Fault(int at, string what)
        {
            var (line, column) = source.At(at);
            return new SourceFault($"{what}; {expected}.", line, column);
        }
    }

    public bool HasTest(string text) => TestPattern().IsMatch(GoMask.Mask(text).Code);

    public bool IsSource(string path) =>
        path.EndsWith(".go", StringComparison.Ordinal)
        && !path.EndsWith("_test.go", StringComparison.Ordinal)
        && path.Split('/')[0] is not ("gen" or "axiom" or "vendor");

    public IEnumerable<SecretRead> SecretReads(string text)
    {
        var source = GoMask.Mask(text);
        foreach (Match match in SecretPattern().Matches(source.Code))
        {
            var at = match.Index + match.Length - 1;
            if (source.Literal(at) is not { } name)
                continue;
            var (line, column) = source.At(at);
            yield return new SecretRead(name, line, column);
        }
    }

    public IReadOnlyList<GeneratedFile> InitFiles(Manifest manifest) =>
        GoTemplates.InitFiles(manifest);

    public GeneratedFile Handler(Manifest manifest, ManifestNode node, Schema schema) =>
        new(HandlerPath(node.Name), GoTemplates.Handler(this, manifest, node, schema));

    public GeneratedFile Test(Manifest manifest, ManifestNode node, Schema schema) =>
        new(TestPath(node.Name), GoTemplates.Test(manifest, node, schema));

    /// <summary>An underscore behind <c>parse_js</c> keeps it a file for every system.</summary>
    private static string FileOf(string node)
    {
        var name = NameRules.Snake(node);
        return name.Contains('_') && Suffixes.Contains(name[(name.LastIndexOf('_') + 1)..])
            ? name + "_"
            : name;
    }

    private static string[] Trimmed(MaskedSource source, int open, int close) =>
        [.. source.Pieces(open + 1, close).Select(p => source.Code[p].Trim())];

    /// <summary>What stands between the parameters and the body: one type, or several in brackets.</summary>
    private static string[] Results(MaskedSource source, int start)
    {
        var at = start;
        while (at < source.Code.Length && char.IsWhiteSpace(source.Code[at]))
            at++;
        if (
            at < source.Code.Length
            && source.Code[at] == '('
            && source.Closing(at) is > 0 and var close
        )
            return Trimmed(source, at, close);
        var end = source.Code.IndexOf('{', at);
        var single = end < 0 ? "" : source.Code[at..end].Trim();
        return single.Length == 0 ? [] : [single];
    }

    /// <summary>A parameter or result without its name.</summary>
    private static string Type(string parameter) => parameter[(parameter.LastIndexOf(' ') + 1)..];

    private static string Last(string text) =>
        WordPattern().Matches(text).Select(w => w.Value).LastOrDefault() ?? "";

    /// <summary>True when a type ends with a pointer to the message. Of two messages of one name, one has an underscore.</summary>
    private static bool Names(string parameter, MessageType message) =>
        Type(parameter) is var type
        && type.Contains('*')
        && Last(type).TrimEnd('_') == GoNames.Plain(message).TrimEnd('_');

    private const RegexOptions Options =
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.Multiline;

    [GeneratedRegex(@"^[ \t]*module[ \t]+""?(?<name>[^\s""]+)""?", Options, 1000)]
    private static partial Regex ModulePattern();

    [GeneratedRegex(@"^package\s+(?<name>\w+)", Options, 1000)]
    private static partial Regex PackagePattern();

    [GeneratedRegex(@"^func\s+(?<name>\w+)\s*\(", Options, 1000)]
    private static partial Regex FunctionPattern();

    [GeneratedRegex(@"^func\s+(Test|Fuzz)([^a-z\s(]\w*)?\s*\(", Options, 1000)]
    private static partial Regex TestPattern();

    [GeneratedRegex(@"[A-Za-z_]\w*", Options, 1000)]
    private static partial Regex WordPattern();

    [GeneratedRegex(
        @"(\.\s*Secrets\s*\(\s*\)\s*\.\s*Get\s*\(|\bSecretStatusOf\s*\([^""`,]*,)\s*[""`]",
        Options,
        1000
    )]
    private static partial Regex SecretPattern();
}
