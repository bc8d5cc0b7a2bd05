using System.Text.RegularExpressions;
using Sluice.Language.Protos;

namespace Sluice.Language.Packages.Languages;

/// <summary>Packages in C#: a static class per node in <c>nodes/</c>, named after it, with the handler as its method.</summary>
internal sealed partial class CSharp : IPackageLanguage
{
    public string Name => PackageLanguages.CSharp;

    // The project file is generated: what it needs beyond the framework stands in the manifest.
    public IReadOnlyList<string> RequiredFiles => [];

    public IReadOnlyList<string> Ignored { get; } = ["/Axiom/", "/gen/", "/bin/", "/obj/"];

    public string? NameFault(string node) => null;

    public string HandlerPath(string node) => $"nodes/{NameRules.Snake(node)}.cs";

    public string TestPath(string node) => $"nodes/{NameRules.Snake(node)}_test.cs";

    public string Signature(ManifestNode node, MessageType input, MessageType output) =>
        node.Type == NodeType.Pipeline
            ? $"public static IAsyncEnumerable<{output.Name}> {node.Name}(IAxiomContext ax, IAsyncEnumerable<{input.Name}> inputs)"
            : $"public static {output.Name} {node.Name}(IAxiomContext ax, {input.Name} input)";

    public SourceFault? HandlerFault(
        string text,
        ManifestNode node,
        MessageType input,
        MessageType output
    )
    {
        var source = CSharpMask.Mask(text);
        var expected =
            $"`{Signature(node, input, output)}` in `public static class {node.Name}Node` is expected";
        var type = ClassPattern()
            .Matches(source.Code)
            .FirstOrDefault(m => m.Groups["name"].ValueSpan.SequenceEqual($"{node.Name}Node"));
        if (type is null)
            return new SourceFault($"There is no handler; {expected}.");
        var found = MethodPattern()
            .Matches(source.Code, type.Index)
            .FirstOrDefault(m => m.Groups["name"].ValueSpan.SequenceEqual(node.Name));
        if (found is null)
            return Fault(type.Index, "This class has no such method");
        var open = found.Index + found.Length - 1;
        var close = source.Closing(open);
        if (close < 0)
            return Fault(found.Index, "The parameters of this handler are never closed");
        string[] parameters =
        [
            .. source
                .Pieces(open + 1, close)
                .Select(p => source.Code[p].Trim())
                .Where(p => !p.Contains('=')),
        ];
        if (parameters.Length != 2)
            return Fault(found.Index, "This handler does not take the context and one input");
        var taken = parameters[1][..Math.Max(0, parameters[1].LastIndexOf(' '))].Trim();
        if (!Names(taken, input))
            return Fault(found.Index, $"This handler takes `{taken}` and not `{input.Name}`");
        var returned = found.Groups["type"].Value.Trim();
        if (
            (
                StreamTypes.Fault(node, "takes", taken)
                ?? StreamTypes.Fault(node, "returns", returned)
            ) is
            { } shape
        )
            return Fault(found.Index, shape);
        return Names(returned, output)
            ? null
            : Fault(found.Index, $"This handler returns `{returned}` and not `{output.Name}`");

        SourceFault Fault(int at, string what)
        {
            var (line, column) = source.At(at);
            return new SourceFault($"{what}; {expected}.", line, column);
        }
    }

    /// <summary>True when the innermost word of a type is the message, as in <c>Task&lt;Gen.GreetReply></c>.</summary>
    private static bool Names(string type, MessageType message) =>
        WordPattern().Matches(type).Select(w => w.Value).LastOrDefault() == message.Name;

    public bool HasTest(string text) => TestPattern().IsMatch(CSharpMask.Mask(text).Code);

    public bool IsSource(string path) =>
        path.EndsWith(".cs", StringComparison.Ordinal)
        && !path.EndsWith("_test.cs", StringComparison.Ordinal)
        && path.Split('/')[0] is not ("gen" or "tests");

    public IEnumerable<SecretRead> SecretReads(string text)
    {
        var source = CSharpMask.Mask(text);
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
        new(HandlerPath(node.Name), CSharpTemplates.Handler(node, schema));

    public GeneratedFile Test(Manifest manifest, ManifestNode node, Schema schema) =>
        new(TestPath(node.Name), CSharpTemplates.Test(node, schema));

    private const RegexOptions Options =
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture;

    [GeneratedRegex(@"\bpublic\s+static\s+(partial\s+)?class\s+(?<name>\w+)", Options, 1000)]
    private static partial Regex ClassPattern();

    [GeneratedRegex(
        @"\bpublic\s+static\s+(async\s+)?(?<type>[\w.<>\[\]?]+(\s*<[\w.<>?\s]+>)?)\s+(?<name>\w+)\s*\(",
        Options,
        1000
    )]
    private static partial Regex MethodPattern();

    [GeneratedRegex(@"[A-Za-z_]\w*", Options, 1000)]
    private static partial Regex WordPattern();

    [GeneratedRegex(@"\bpublic\s+(async\s+)?(void|Task|ValueTask)\s+\w+\s*\(\s*\)", Options, 1000)]
    private static partial Regex TestPattern();

    [GeneratedRegex(@"\.\s*Secrets\s*\(\s*\)\s*\.\s*(Get|Status)\s*\(\s*""", Options, 1000)]
    private static partial Regex SecretPattern();
}
