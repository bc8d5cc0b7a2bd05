using System.Collections.Frozen;
using System.Text.RegularExpressions;
using Sluice.Language.Protos;

namespace Sluice.Language.Packages.Languages;

/// <summary>Packages in TypeScript: a module per node in <c>nodes/</c>, its handler an exported function in camelCase.</summary>
internal sealed partial class TypeScript : IPackageLanguage
{
    private static readonly FrozenSet<string> Keywords = (
        "arguments await break case catch class const continue debugger default delete do else enum eval export extends "
        + "false finally for function if implements import in instanceof interface let new null package private "
        + "protected public return static super switch this throw true try typeof var void while with yield"
    )
        .Split(' ')
        .ToFrozenSet();

    public string Name => PackageLanguages.TypeScript;

    public IReadOnlyList<string> RequiredFiles { get; } = ["package.json", "tsconfig.json"];

    public IReadOnlyList<string> Ignored { get; } = ["/gen/", "/node_modules/"];

    public string? NameFault(string node) =>
        Keywords.Contains(NameRules.Camel(node))
            ? $"gives a function `{NameRules.Camel(node)}`, which is a word of TypeScript itself"
            : null;

    public string HandlerPath(string node) => $"nodes/{NameRules.Snake(node)}.ts";

    public string TestPath(string node) => $"nodes/{NameRules.Snake(node)}_test.ts";

    public string Signature(ManifestNode node, MessageType input, MessageType output) =>
        node.Type == NodeType.Pipeline
            ? $"export async function* {NameRules.Camel(node.Name)}(ax: AxiomContext, inputs: AsyncIterable<{input.Name}>): AsyncIterable<{output.Name}>"
            : $"export async function {NameRules.Camel(node.Name)}(ax: AxiomContext, input: {input.Name}): Promise<{output.Name}>";

    public SourceFault? HandlerFault(
        string text,
        ManifestNode node,
        MessageType input,
        MessageType output
    )
    {
        var source = TypeScriptMask.Mask(text);
        var name = NameRules.Camel(node.Name);
        var found = FunctionPattern()
            .Matches(source.Code)
            .LastOrDefault(m => m.Groups["name"].ValueSpan.SequenceEqual(name));
        if (found is not null)
            return SignatureFault(source, found, node, input, output);
        var otherwise = Regex.IsMatch(
            source.Code,
            $@"\bexport\s+(const|let|var)\s+{name}\b|\bexport\s*\{{[^}}]*\b{name}\b[^}}]*\}}",
            RegexOptions.CultureInvariant,
            TimeSpan.FromSeconds(1)
        );
        return otherwise
            ? new SourceFault(
                $"`{name}` is not an `export function` here; the compiler checks its signature when the package is built.",
                Warning: true
            )
            : new SourceFault(
                $"There is no handler; `{Signature(node, input, output)}` is expected."
            );
    }

    private SourceFault? SignatureFault(
        MaskedSource source,
        Match found,
        ManifestNode node,
        MessageType input,
        MessageType output
    )
    {
        var open = found.Index + found.Length - 1;
        var close = source.Closing(open);
        if (close < 0)
            return Fault("The parameters of this handler are never closed");
        string[] parameters =
        [
            .. source
                .Pieces(open + 1, close)
                .Select(p => source.Code[p].Trim())
                .Where(p => !p.Contains('=') && !OptionalPattern().IsMatch(p)),
        ];
        if (parameters.Length != 2)
            return Fault("This handler does not take the context and one input");
        var colon = parameters[1].LastIndexOf(':');
        var taken = colon < 0 ? "" : parameters[1][(colon + 1)..].Trim();
        if (taken.Length > 0 && !Names(taken, input))
            return Fault($"This handler takes `{taken}` and not `{input.Name}`");
        if (taken.Length > 0 && StreamTypes.Fault(node, "takes", taken) is { } many)
            return Fault(many);
        var result = ResultPattern().Match(source.Code, close);
        var returned = result.Groups["type"].Value.Trim();
        if (result.Success && StreamTypes.Fault(node, "returns", returned) is { } shape)
            return Fault(shape);
        return !result.Success || Names(returned, output)
            ? null
            : Fault($"This handler returns `{returned}` and not `{output.Name}`");

        SourceFault Fault(string what)
        {
            var (line, column) = source.At(found.Index);
            return new SourceFault(
                $"{what}; `{Signature(node, input, output)}` is expected.",
                line,
                column
            );
        }
    }

    /// <summary>True when the last word of a type is the message, as in <c>Promise&lt;GreetReply></c>.</summary>
    private static bool Names(string type, MessageType message) =>
        WordPattern().Matches(type).Select(w => w.Value).LastOrDefault() == message.Name;

    public bool HasTest(string text) => TestPattern().IsMatch(TypeScriptMask.Mask(text).Code);

    public bool IsSource(string path) =>
        path.EndsWith(".ts", StringComparison.Ordinal)
        && !path.EndsWith("_test.ts", StringComparison.Ordinal)
        && !path.EndsWith(".d.ts", StringComparison.Ordinal)
        && path.Split('/')[0] is not ("gen" or "node_modules");

    public IEnumerable<SecretRead> SecretReads(string text)
    {
        var source = TypeScriptMask.Mask(text);
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
        TypeScriptTemplates.InitFiles(manifest);

    public GeneratedFile Handler(Manifest manifest, ManifestNode node, Schema schema) =>
        new(HandlerPath(node.Name), TypeScriptTemplates.Handler(node, schema));

    public GeneratedFile Test(Manifest manifest, ManifestNode node, Schema schema) =>
        new(TestPath(node.Name), TypeScriptTemplates.Test(node, schema));

    private const RegexOptions Options =
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture;

    [GeneratedRegex(@"\bexport\s+(async\s+)?function\s*\*?\s*(?<name>[\w$]+)\s*\(", Options, 1000)]
    private static partial Regex FunctionPattern();

    [GeneratedRegex(@"\G\)\s*:\s*(?<type>[^{;]+)\{", Options, 1000)]
    private static partial Regex ResultPattern();

    [GeneratedRegex(@"^\w+\s*\?|^\.\.\.", Options, 1000)]
    private static partial Regex OptionalPattern();

    [GeneratedRegex(@"[A-Za-z_$][\w$]*", Options, 1000)]
    private static partial Regex WordPattern();

    [GeneratedRegex(@"(?<![\w$.])(test|it)\s*(\.\s*\w+\s*)?\(", Options, 1000)]
    private static partial Regex TestPattern();

    [GeneratedRegex(
        @"(\bsecrets\s*(\?\s*)?\.\s*get\s*\(\s*|\bsecretStatusOf\s*\([^(),]*,\s*)[""']",
        Options,
        1000
    )]
    private static partial Regex SecretPattern();
}
