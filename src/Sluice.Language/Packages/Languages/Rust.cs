using System.Text.RegularExpressions;
using Sluice.Language.Emitters.Rust;
using Sluice.Language.Protos;

namespace Sluice.Language.Packages.Languages;

/// <summary>Packages in Rust: a crate named <c>service</c>, with a module per node in <c>nodes/</c> and the handler as its function.</summary>
internal sealed partial class Rust : IPackageLanguage
{
    private const string CargoFile = "Cargo.toml";
    private const string RootFile = "src/lib.rs";

    public string Name => PackageLanguages.Rust;

    public IReadOnlyList<string> RequiredFiles { get; } = [CargoFile, RootFile];

    public IReadOnlyList<string> Ignored { get; } = ["/gen/", "/target/"];

    public SourceFault? FileFault(string path, string text, Manifest manifest)
    {
        if (path == RootFile)
            return RustMask.Mask(text) is var source && RootPattern().IsMatch(source.Code)
                ? null
                : new SourceFault(
                    $"The generated code is not taken in: `{RustTemplates.TakeIn}` is expected."
                );
        var name = CrateName().Match(text);
        return name.Success && name.Groups["name"].Value == RustTemplates.Crate
            ? null
            : new SourceFault(
                $"The crate is called `{RustTemplates.Crate}`: a line `name = \"{RustTemplates.Crate}\"` is expected in `[package]`.",
                name.Success ? 1 + text.AsSpan(0, name.Groups["name"].Index).Count('\n') : 0,
                name.Success ? 1 : 0
            );
    }

    public string? NameFault(string node) =>
        RustWords.IsKeyword(NameRules.Snake(node))
            ? $"gives a function `{NameRules.Snake(node)}`, which is a word of Rust itself"
            : null;

    public string HandlerPath(string node) => $"nodes/{NameRules.Snake(node)}.rs";

    public string TestPath(string node) => $"nodes/{NameRules.Snake(node)}_test.rs";

    public string Signature(ManifestNode node, MessageType input, MessageType output)
    {
        var (name, taken, given) = (
            NameRules.Snake(node.Name),
            RustWords.Camel(input.Name),
            RustWords.Camel(output.Name)
        );
        return node.Type == NodeType.Pipeline
            ? $"pub fn {name}(ax: &dyn AxiomContext, inputs: &mut dyn Iterator<Item = {taken}>, emit: &mut dyn FnMut({given}) -> Result<(), Box<dyn Error>>) -> Result<(), Box<dyn Error>>"
            : $"pub fn {name}(ax: &dyn AxiomContext, input: {taken}) -> Result<{given}, Box<dyn Error>>";
    }

    public SourceFault? HandlerFault(
        string text,
        ManifestNode node,
        MessageType input,
        MessageType output
    )
    {
        var source = RustMask.Mask(text);
        // The arrow of a result closes no bracket.
        source = source with
        {
            Code = source.Code.Replace("->", "- ", StringComparison.Ordinal),
        };
        var found = FunctionPattern()
            .Matches(source.Code)
            .FirstOrDefault(m =>
                m.Groups["name"].ValueSpan.SequenceEqual(NameRules.Snake(node.Name))
            );
        var expected = $"`{Signature(node, input, output)}` is expected";
        if (found is null)
            return new SourceFault($"There is no handler; {expected}.");
        var open = found.Index + found.Length - 1;
        var close = source.Closing(open);
        if (close < 0)
            return Fault("The parameters of this handler are never closed");
        if (found.Groups["async"].Success)
            return Fault("Handlers in Rust are not `async`");
        string[] parameters =
        [
            .. source.Pieces(open + 1, close).Select(p => source.Code[p].Trim()),
        ];
        if (node.Type == NodeType.Pipeline)
            return
                parameters.Length == 3
                && Names(parameters[1], input)
                && Names(parameters[2], output)
                ? null
                : Fault("This is not the shape of a pipeline's handler");
        if (parameters.Length != 2)
            return Fault("This handler does not take the context and one input");
        var taken = parameters[1]
            [(parameters[1].LastIndexOf(": ", StringComparison.Ordinal) + 1)..]
            .Trim();
        if (taken.StartsWith('&') || !Names(taken, input))
            return Fault($"This handler takes `{taken}` and not `{RustWords.Camel(input.Name)}`");
        var result = ResultPattern().Match(source.Code, close);
        var returned = result.Groups["type"].Value.Trim();
        if (!result.Success)
            return Fault("This handler returns nothing");
        // The bare message is no result, whatever the author's own name for results is.
        return Names(returned, output) && returned.Contains('<', StringComparison.Ordinal)
            ? null
            : Fault(
                $"This handler returns `{returned}` and not a `Result` of `{RustWords.Camel(output.Name)}`"
            );

        SourceFault Fault(string what)
        {
            var (line, column) = source.At(found.Index);
            return new SourceFault($"{what}; {expected}.", line, column);
        }
    }

    /// <summary>True when the message is among the words of a type, as in <c>Result&lt;messages::GreetReply, String></c>.</summary>
    private static bool Names(string type, MessageType message) =>
        WordPattern().Matches(type).Any(w => w.Value == RustWords.Camel(message.Name));

    public bool HasTest(string text) => TestPattern().IsMatch(RustMask.Mask(text).Code);

    public bool IsSource(string path) =>
        path.EndsWith(".rs", StringComparison.Ordinal)
        && !path.EndsWith("_test.rs", StringComparison.Ordinal)
        && path.Split('/')[0] is not ("gen" or "target" or "tests" or "vendor");

    public IEnumerable<SecretRead> SecretReads(string text)
    {
        var source = RustMask.Mask(text);
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
        [new(CargoFile, RustTemplates.Cargo), new(RootFile, RustTemplates.Root(manifest))];

    public GeneratedFile Handler(Manifest manifest, ManifestNode node, Schema schema) =>
        new(HandlerPath(node.Name), RustTemplates.Handler(node, schema));

    public GeneratedFile Test(Manifest manifest, ManifestNode node, Schema schema) =>
        new(TestPath(node.Name), RustTemplates.Test(node, schema));

    private const RegexOptions Options =
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture;

    [GeneratedRegex(
        @"\bpub\s+((?<async>async)\s+)?fn\s+(?<name>\w+)\s*(<[^<>()]*>\s*)?\(",
        Options,
        1000
    )]
    private static partial Regex FunctionPattern();

    // The arrow is masked.
    [GeneratedRegex(@"\G\)\s*-\s(?<type>[^{;]+)\{", Options, 1000)]
    private static partial Regex ResultPattern();

    [GeneratedRegex(@"[A-Za-z_]\w*", Options, 1000)]
    private static partial Regex WordPattern();

    [GeneratedRegex(@"#\s*\[\s*test\s*\]", Options, 1000)]
    private static partial Regex TestPattern();

    [GeneratedRegex(@"\bsecrets\s*\(\s*\)\s*\.\s*(get|status)\s*\(\s*r?""", Options, 1000)]
    private static partial Regex SecretPattern();

    [GeneratedRegex(
        @"^\[package\][^\[]*?^\s*name\s*=\s*[""'](?<name>[^""'\n]*)[""']",
        Options | RegexOptions.Multiline,
        1000
    )]
    private static partial Regex CrateName();

    // The path is masked.
    [GeneratedRegex(@"\bmod\s+generated\s*;", Options, 1000)]
    private static partial Regex RootPattern();
}
