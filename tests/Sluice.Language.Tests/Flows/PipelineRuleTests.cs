namespace Sluice.Language.Tests.Flows;

/// <summary>Flows over streams: what may stand in them, and what each mistake is called.</summary>
public sealed class PipelineRuleTests
{
    private const string Three =
        "! pipeline_mode: true\na: demo/stream Split\nb: demo/stream Mark\nc: demo/stream Split\n";

    private readonly Shelf shelf = new();

    public PipelineRuleTests() =>
        shelf.Put(
            "demo/stream@1.0.0",
            "message M { string name = 1; }",
            "Split M M pipeline",
            "Mark M M"
        );

    public static TheoryData<string, string, string> Broken =>
        new()
        {
            { Three + "in -> a\na -> b\na -> c\nb -> c\nc -> out", "flow_pipeline_line", "a -> c" },
            {
                Three + "in -> a\nin -> b\na -> c\nb -> c\nc -> out",
                "flow_pipeline_line",
                "in -> b"
            },
            {
                Three
                    + "in -> a\na -> b\nb -> b | loop: true | max_iterations: 3 | condition: name == 'x'\nb -> c\nc -> out",
                "flow_pipeline_edge",
                "b -> b"
            },
            {
                "! pipeline_mode: true\na: demo/stream Split | config: {retry: {max_attempts: 2}}\nin -> a\na -> out",
                "flow_pipeline_setting",
                "a"
            },
            {
                "! pipeline_mode: true\na: demo/stream Split\nb: subflow inner\nin -> a\na -> b\nb -> out",
                "flow_pipeline_subflow",
                "b"
            },
            { "s: subflow stream\nin -> s\ns -> out", "flow_pipeline_subflow", "s" },
            {
                "! pipeline_mode: true\na: demo/stream Mark\nin -> a\na -> out",
                "flow_pipeline_mode",
                "flow"
            },
        };

    [Theory]
    [MemberData(nameof(Broken))]
    public void What_does_not_go_with_streams_is_named(string lines, string code, string where)
    {
        shelf.Graphs["inner"] = shelf.Good("a: demo/stream Mark\nin -> a\na -> out");
        shelf.Graphs["stream"] = shelf.Good(
            "! pipeline_mode: true\na: demo/stream Split\nin -> a\na -> out"
        );

        var reading = shelf.Wire(lines);

        Assert.Null(reading.Value);
        Assert.True(
            reading.Mistakes.Any(m =>
                m.Code == code && m.Where == where.Replace("in ->", "@flow_input ->") && m.Line > 0
            ),
            string.Join('\n', reading.Mistakes)
        );
    }

    [Fact]
    public void A_line_of_streams_and_single_calls_compiles_and_says_which_is_which()
    {
        var graph = shelf.Good(Three + "in -> a\na -> b: name=name\nb -> c\nc -> out");

        Assert.True(graph.IsPipeline);
        Assert.Equal([true, null, true], graph.Nodes.Select(node => node.Pipeline));
        Assert.True(Language.Flows.FlowGraph.FromJson(graph.ToJson()).IsPipeline);
    }
}
