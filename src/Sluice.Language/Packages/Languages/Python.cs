using System.Collections.Frozen;
using System.Text.RegularExpressions;
using Sluice.Language.Protos;

namespace Sluice.Language.Packages.Languages;

/// <summary>Packages in Python: a module per node in <c>nodes/</c>, its handler a function in snake_case.</summary>
internal sealed partial class Python : IPackageLanguage
{
    private static readonly FrozenSet<string> Keywords = (
        "and as assert async await break case class continue def del elif else except finally for from global if "
        + "import in is lambda match nonlocal not or pass raise return try type while with yield"
    )
        .Split(' ')
        .ToFrozenSet();

    public string Name => PackageLanguages.Python;

    public IReadOnlyList<string> RequiredFiles { get; } = ["requirements.txt"];

    public IReadOnlyList<string> Ignored { get; } = ["/gen/", "__pycache__/"];

    public string? NameFault(string node) =>
        Keywords.Contains(NameRules.Snake(node))
            ? $"gives a function `{NameRules.Snake(node)}`, which is a word of Python itself"
            : null;

    public string HandlerPath(string node) => $"nodes/{NameRules.Snake(node)}.py";

    public string TestPath(string node) => $"nodes/{NameRules.Snake(node)}_test.py";

    public string Signature(ManifestNode node, MessageType input, MessageType output) =>
        node.Type == NodeType.Pipeline
            ? $"def {NameRules.Snake(node.Name)}(ax: AxiomContext, inputs: Iterator[{input.Name}]) -> Iterator[{output.Name}]"
            : $"def {NameRules.Snake(node.Name)}(ax: AxiomContext, input: {input.Name}) -> {output.Name}";

    public SourceFault? HandlerFault(
        string text,
        ManifestNode node,
        MessageType input,
        MessageType output
    )
    {
        var source = PythonMask.Mask(text);
        var name = NameRules.Snake(node.Name);
        // The last definition of a name is the one that counts.
        var found = DefinitionPattern()
            .Matches(source.Code)
            .LastOrDefault(m => m.Groups["name"].ValueSpan.SequenceEqual(name));
        if (found is not null)
            return SignatureFault(source, found, node, input, output);
        var otherwise = Regex.IsMatch(
            source.Code,
            $@"^({name}\s*(:[^=\n]*)?=|from\s.*\bimport\b.*\b{name}\b|import\s.*\bas\s+{name}\b)",
            RegexOptions.Multiline | RegexOptions.CultureInvariant,
            TimeSpan.FromSeconds(1)
        );
        return otherwise
            ? new SourceFault(
                $"`{name}` is not defined by `def` here, so its signature cannot be checked.",
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
        var expected = $"`{Signature(node, input, output)}` is expected";
        if (close < 0)
            return Fault(found.Index, "The parameters of this handler are never closed");
        var parameters = source
            .Pieces(open + 1, close)
            .Select(p => source.Text[p].Trim())
            .ToArray();
        var positional = parameters
            .TakeWhile(p => p[0] != '*')
            .Where(p => p != "/" && !p.Contains('='))
            .ToArray();
        if (positional.Length != 2 || parameters.SkipWhile(p => p[0] != '*').Any(NeedsValue))
            return Fault(found.Index, "This handler does not take the context and one input");
        if (Annotation(positional[1]) is { } taken && !Names(taken, input))
            return Fault(found.Index, $"This handler takes `{taken}` and not `{input.Name}`");
        if (
            Annotation(positional[1]) is { } given
            && StreamTypes.Fault(node, "takes", given) is { } many
        )
            return Fault(found.Index, many);
        var result = ResultPattern().Match(source.Code, close);
        if (result is { Success: true } && result.Index == close)
        {
            var returned = source.Text[(close + 1)..(result.Index + result.Length - 1)].Trim();
            returned = returned[2..].Trim();
            if (StreamTypes.Fault(node, "returns", returned) is { } shape)
                return Fault(found.Index, shape);
            if (!Names(returned, output))
                return Fault(
                    found.Index,
                    $"This handler returns `{returned}` and not `{output.Name}`"
                );
        }
        return null;

        SourceFault Fault(int at, string what)
        {
            var (line, column) = source.At(at);
            return new SourceFault($"{what}; {expected}.", line, column);
        }
    }

    private static bool NeedsValue(string parameter) =>
        parameter[0] != '*' && !parameter.Contains('=');

    private static string? Annotation(string parameter) =>
        parameter.IndexOf(':') is > 0 and var colon ? parameter[(colon + 1)..].Trim() : null;

    /// <summary>True when an annotation ends in the message's name, also in quotes, qualified, or as the item of an iterator.</summary>
    private static bool Names(string annotation, MessageType message) =>
        WordPattern().Matches(annotation).Select(w => w.Value).LastOrDefault() == message.Name;

    public bool HasTest(string text) => TestPattern().IsMatch(PythonMask.Mask(text).Code);

    public bool IsSource(string path) =>
        path.EndsWith(".py", StringComparison.Ordinal)
        && !path.EndsWith("_test.py", StringComparison.Ordinal)
        && path.Split('/') is [not "gen", .., not "conftest.py"] or [not "conftest.py"];

    public IEnumerable<SecretRead> SecretReads(string text)
    {
        var source = PythonMask.Mask(text);
        foreach (Match match in SecretPattern().Matches(source.Code))
        {
            var at = match.Index + match.Length - 1;
            if (source.Literal(at) is not { } name)
                continue;
            var (line, column) = source.At(at);
            yield return new SecretRead(name, line, column);
        }
    }

    public IReadOnlyList<GeneratedFile> InitFiles(Manifest manifest) => PythonTemplates.InitFiles();

    public GeneratedFile Handler(Manifest manifest, ManifestNode node, Schema schema) =>
        new(HandlerPath(node.Name), PythonTemplates.Handler(this, node, schema));

    public GeneratedFile Test(Manifest manifest, ManifestNode node, Schema schema) =>
        new(TestPath(node.Name), PythonTemplates.Test(node, schema));

    [GeneratedRegex(
        @"^(async[ \t]+)?def[ \t]+(?<name>[A-Za-z_][A-Za-z0-9_]*)[ \t]*\(",
        RegexOptions.Multiline | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex DefinitionPattern();

    [GeneratedRegex(@"\)\s*->[^:\n]*:", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex ResultPattern();

    [GeneratedRegex("[A-Za-z_][A-Za-z0-9_]*", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex WordPattern();

    [GeneratedRegex(
        @"^[ \t]*(async[ \t]+)?def[ \t]+test",
        RegexOptions.Multiline | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex TestPattern();

    [GeneratedRegex(
        @"\.[ \t]*secrets[ \t]*\.[ \t]*(get|status)[ \t]*\(\s*['""]",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex SecretPattern();
}
