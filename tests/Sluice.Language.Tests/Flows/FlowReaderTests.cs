using Sluice.Language.Flows;
using Sluice.Language.Packages;

namespace Sluice.Language.Tests.Flows;

public sealed class FlowReaderTests
{
    private const string Hello = """
        name: demo/hello
        version: 0.1.0
        nodes:
          - alias: greet
            package: demo/greeter@0.1.0
            node: Greet
        edges:
          - from: "@flow_input"
            to: greet
          - from: greet
            to: "@flow_output"
            adapter: {a: b.c}
        """;

    [Fact]
    public void A_flow_is_read_with_the_positions_of_its_parts()
    {
        var flow = FlowReader.Read(Hello, "flow.yaml").Value!;

        Assert.Equal(("demo/hello", "0.1.0"), (flow.Name, flow.Version));
        var placement = Assert.Single(flow.Nodes);
        Assert.Equal("greet", placement.Alias);
        Assert.Equal(new PackageReference("demo/greeter", "0.1.0"), placement.Package);
        Assert.Equal(new Position(4, 5), placement.At);
        Assert.Equal(
            ["@flow_input -> greet", "greet -> @flow_output"],
            flow.Edges.Select(e => e.ToString())
        );
        Assert.Null(flow.Edges[0].Adapter);
        Assert.Equal(
            new FieldAssignment("a", "b.c", new Position(12, 15))
            {
                ValueAt = new Position(12, 18),
            },
            flow.Edges[1].Adapter![0]
        );
    }

    [Fact]
    public void The_same_document_as_json_means_the_same()
    {
        const string json = """
            {"name": "demo/hello", "version": "0.1.0",
             "nodes": [{"alias": "greet", "package": "demo/greeter@0.1.0", "node": "Greet"}],
             "edges": [{"from": "@flow_input", "to": "greet"},
                       {"from": "greet", "to": "@flow_output", "adapter": {"a": "b.c"}}]}
            """;

        var flow = FlowReader.Read(json, "body").Value!;

        Assert.Equal("demo/hello", flow.Name);
        Assert.Equal(new Position(2, 12), flow.Nodes[0].At);
        Assert.Equal(new Position(4, 64), flow.Edges[1].Adapter![0].At);
    }

    [Fact]
    public void A_word_that_is_not_understood_is_a_mistake_that_names_what_is_allowed()
    {
        var reading = FlowReader.Read(Hello + "\n    conditon: {field: a}\n", "flow.yaml");

        Assert.Null(reading.Value);
        var mistake = Assert.Single(reading.Mistakes);
        Assert.Equal(("flow_unknown_key", 13, 5), (mistake.Code, mistake.Line, mistake.Column));
        Assert.Contains(
            "`conditon` is unknown here; an edge takes `from`, `to`, `adapter`, `condition`, ",
            mistake.Message
        );
    }

    [Fact]
    public void All_mistakes_of_form_are_told_at_once()
    {
        var reading = FlowReader.Read(
            """
            name: hello
            nodes:
              - alias: 1st
                package: demo/greeter
                node: Greet
              - text
            edges:
              - from: "@input"
              - from: a
                to: b
                adapter: {}
              - from: a
                to: b
                adapter: {x: [1]}
            """,
            "flow.yaml"
        );

        Assert.Equal(
            [
                ("flow_name", 1),
                ("flow_alias", 3),
                ("flow_package", 4),
                ("flow_type", 6),
                ("flow_missing", 8),
                ("flow_from", 8),
                ("flow_adapter", 11),
                ("flow_adapter", 14),
            ],
            reading.Mistakes.Select(m => (m.Code, m.Line))
        );
    }

    [Theory]
    [InlineData("{\"name\": \"a\", \"name\": \"b\"}", "duplicate_key", 1, 15)]
    [InlineData("{\"name\": }", "json_syntax", 1, 10)]
    [InlineData("{\"name\": \"\\ud800\"}", "json_text", 1, 10)]
    [InlineData("{\"name\": \"a\"} x", "json_syntax", 1, 15)]
    [InlineData("{", "json_syntax", 1, 2)]
    public void Malformed_json_gets_a_position(string json, string code, int line, int column)
    {
        var reading = FlowReader.Read(json, "flow.json");

        Assert.Null(reading.Value);
        Assert.Contains(
            (code, line, column),
            reading.Mistakes.Select(m => (m.Code, m.Line, m.Column))
        );
    }

    [Fact]
    public void Json_nested_ten_thousand_deep_is_refused()
    {
        var json = "{\"a\":" + new string('[', 10_000) + new string(']', 10_000) + "}";

        Assert.Equal(
            "json_syntax",
            Assert.Single(FlowReader.Read(json, "flow.json").Mistakes).Code
        );
    }

    [Fact]
    public void A_hundred_thousand_values_are_refused_in_bounded_memory()
    {
        var json = "{\"nodes\":[" + string.Join(',', Enumerable.Repeat("1", 100_000)) + "]}";

        var reading = FlowReader.Read(json, "flow.json");

        Assert.Contains(reading.Mistakes, m => m.Code == "document_too_large");
        Assert.InRange(reading.Mistakes.Count, 1, 100);
    }

    [Fact]
    public void What_a_document_with_mistakes_names_outside_of_itself_is_known_all_the_same()
    {
        var references = FlowReader.References(
            """
            colour: red
            nodes:
              - {alias: a, package: demo/p@1.0.0, node: Step, config: {timeout_ms: x}}
              - {alias: a, package: demo/p@1.0.0, node: Other}
              - {alias: b, package: demo/p@latest, node: Step}
              - {alias: c, subflow: 01J0000000000000000000000A}
              - {package: demo/q@2.0.0}
            """,
            "flow.yaml"
        );

        Assert.Equal([new("demo/p", "1.0.0"), new("demo/q", "2.0.0")], references.Packages);
        Assert.Equal(["01J0000000000000000000000A"], references.Subflows);
        Assert.Empty(FlowReader.References("- nothing", "flow.yaml").Packages);
    }

    [Theory]
    [InlineData("# Why.\n", "", true)]
    [InlineData("", "    # as asked\n", true)]
    [InlineData("", "edges: [] # none yet\n", true)]
    [InlineData("", "", false)]
    [InlineData("description: 'one # two'\n", "", false)]
    [InlineData("description: |\n  # a text\n", "", false)]
    public void A_document_knows_whether_writing_it_anew_loses_comments(
        string before,
        string behind,
        bool has
    )
    {
        var text =
            before
            + "name: demo/hello\nnodes:\n  - {alias: a, package: demo/p@1.0.0, node: Step}\n"
            + behind
            + (behind.StartsWith("edges", StringComparison.Ordinal) ? "" : "edges: []\n");

        var flow = FlowReader.Read(text, "flow.yaml");

        Assert.True(flow.Ok, string.Join('\n', flow.Mistakes));
        Assert.Equal(has, flow.Value.HasComments);
        Assert.False(FlowReader.Read(flow.Value.ToJson(), "flow.yaml").Value!.HasComments);
    }
}
