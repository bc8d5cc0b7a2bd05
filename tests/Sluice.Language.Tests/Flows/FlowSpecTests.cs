using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Sluice.Language.Flows;

namespace Sluice.Language.Tests.Flows;

/// <summary>Holds <c>spec/flow.md</c> against the code.</summary>
public sealed partial class FlowSpecTests
{
    internal static readonly string Root = FindRoot();
    private static readonly string Page = File.ReadAllText(Path.Combine(Root, "spec", "flow.md"));

    private static string FindRoot([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(here, "../../../.."));

    private static IEnumerable<string> Blocks(string language) =>
        Block()
            .Matches(Page)
            .Where(m => m.Groups["language"].Value == language)
            .Select(m => m.Groups["text"].Value);

    private static Shelf Shop()
    {
        var shelf = new Shelf();
        var proto = Assert.Single(Blocks("proto"));
        shelf.Put(
            "demo/shop@1.0.0",
            proto[(proto.IndexOf("demo.shop;", StringComparison.Ordinal) + 10)..],
            [
                .. NodeRow()
                    .Matches(Page)
                    .Select(m =>
                        $"{m.Groups["name"]} {m.Groups["input"]} {m.Groups["output"]} {m.Groups["type"]}".TrimEnd()
                    ),
            ]
        );
        return shelf;
    }

    public static TheoryData<string> Examples() => new(Blocks("yaml").Concat(Blocks("json")));

    [Theory]
    [MemberData(nameof(Examples))]
    public void Every_example_compiles(string example)
    {
        var reading = Shop().Compile(example);

        Assert.Empty(reading.Mistakes);
        Assert.NotNull(FlowPlan.For(reading.Value!));
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public void Every_example_goes_through_both_forms(string example)
    {
        var flow = FlowReader.Read(example, "flow.yaml").Value!;

        FlowFormTests.Same(flow, FlowDocument.FromJson(flow.ToJson()).Value, "flow");
        FlowFormTests.Same(flow, FlowReader.Read(flow.ToYaml(), "flow.yaml").Value, "flow");
    }

    [Fact]
    public void The_codes_on_the_page_are_those_in_the_code()
    {
        var code = string.Concat(Sources("Flows").Concat(Sources("Documents")));
        // Messages and edges of the code carry flow_input and flow_output as names of the flow's ends, not as codes.
        var inCode = CodeText()
            .Matches(code)
            .Select(m => m.Groups[1].Value)
            .Concat(KeyCheck().Matches(code).Select(m => "flow_" + m.Groups[2].Value))
            .Concat(["flow_type", "flow_missing", "flow_unknown_key"])
            .Distinct()
            .Order(StringComparer.Ordinal);

        Assert.Equal(inCode, CodeRow().Matches(Page).Select(m => m.Groups["code"].Value));
    }

    [Fact]
    public void The_kinds_of_errors_on_the_page_are_those_that_can_be_tried_again()
    {
        var line = Page.Split('\n').Single(l => l.StartsWith("Kinds: ", StringComparison.Ordinal));
        var listed = Word().Matches(line.Split('.')[0]).Select(m => m.Groups[1].Value);

        Assert.Equal(GraphRetry.Kinds.Order(), listed.Order());
    }

    private static IEnumerable<string> Sources(string folder) =>
        Directory
            .EnumerateFiles(
                Path.Combine(Root, "src", "Sluice.Language", folder),
                "*.cs",
                SearchOption.AllDirectories
            )
            .Select(File.ReadAllText);

    [GeneratedRegex(
        @"^```(?<language>\w+)\n(?<text>.*?)^```$",
        RegexOptions.Multiline | RegexOptions.Singleline
    )]
    private static partial Regex Block();

    [GeneratedRegex(
        @"^\| `(?<name>[A-Z]\w+)`(?: \((?<type>pipeline)\))? \| `(?<input>\w+)` \| `(?<output>\w+)` \|$",
        RegexOptions.Multiline
    )]
    private static partial Regex NodeRow();

    [GeneratedRegex(@"^\| `(?<code>[a-z]+_[a-z_]+)` \| [^|]* \|$", RegexOptions.Multiline)]
    private static partial Regex CodeRow();

    [GeneratedRegex("\"((?:flow|yaml|json|document|duplicate)_[a-z_]+)\"")]
    private static partial Regex CodeText();

    [GeneratedRegex(@"\.(Checked|Optional|Word)\(\s*""(\w+)""")]
    private static partial Regex KeyCheck();

    [GeneratedRegex("`([A-Z_]+)`")]
    private static partial Regex Word();
}
