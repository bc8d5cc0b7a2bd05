using Sluice.Language.Flows;

namespace Sluice.Language.Tests.Flows;

public sealed class FlowCompilerTests
{
    private readonly Shelf shelf = Shelf.Usual();

    private const string Diamond = """
        name: demo/text Name
        left: demo/greeter Greet
        right: demo/greeter Greet
        join: demo/text Join
        in -> name
        name -> left
        name -> right
        left -> join: left=greeting
        right -> join: right=greeting
        join -> out
        """;

    [Fact]
    public void A_sequence_compiles_to_a_graph_that_holds_all_a_run_needs()
    {
        var graph = shelf.Good("greet: demo/greeter Greet\nin -> greet\ngreet -> out");

        var node = Assert.Single(graph.Nodes);
        Assert.Equal(("demo/greeter", "0.1.0", "Greet"), (node.Package, node.Version, node.Node));
        Assert.Equal(("digest-of-demo/greeter@0.1.0", "python"), (node.Digest, node.Language));
        Assert.Equal(["GREETER_SIGNATURE"], node.RequiredSecrets);
        Assert.Equal(("greet", "greet"), (graph.Entry, graph.Terminal));
        Assert.Equal("demo.greeter.GreetRequest", graph.InputType);
        Assert.Equal("demo.greeter.GreetReply", graph.OutputType);
        Assert.Contains("GreetReply", Assert.Single(graph.Packages).Protos.Values.Single());
    }

    [Fact]
    public void Parallel_branches_join_in_a_placement_that_waits_for_both()
    {
        var graph = shelf.Good(Diamond);

        Assert.Equal(["name", "left", "right", "join"], graph.Nodes.Select(n => n.Alias));
        var plan = FlowPlan.For(graph);
        Assert.Equal(["left", "right"], plan.Node("join").Incoming.Select(e => e.From!.Alias));
        Assert.Equal(["left", "right"], plan.Node("name").Outgoing.Select(e => e.To.Alias));
    }

    [Fact]
    public void A_graph_survives_json_without_loss()
    {
        var graph = shelf.Good(Diamond);

        var json = graph.ToJson();
        var back = FlowGraph.FromJson(json);

        Assert.Equal(json, back.ToJson());
        Assert.Equal(FlowPlan.For(graph).Input.FullName, FlowPlan.For(back).Input.FullName);
    }

    [Fact]
    public void A_graph_of_a_later_format_is_refused()
    {
        var json = System.Text.Encoding.UTF8.GetString(shelf.Good(Diamond).ToJson());

        Assert.Throws<System.Text.Json.JsonException>(() =>
            FlowGraph.FromJson(
                System.Text.Encoding.UTF8.GetBytes(json.Replace("\"format\":2", "\"format\":3"))
            )
        );
    }

    [Theory]
    // Names that lead nowhere.
    [InlineData(
        "a: demo/gone Greet\nin -> a\na -> out",
        "flow_unknown_package",
        "a",
        "no package `demo/gone@1.0.0`"
    )]
    [InlineData(
        "a: demo/greeter Meet\nin -> a\na -> out",
        "flow_unknown_node",
        "a",
        "it has `Greet`"
    )]
    [InlineData(
        "a: demo/greeter Greet\nin -> a\na -> b\na -> out",
        "flow_unknown_alias",
        "a -> b",
        "names `b`"
    )]
    [InlineData(
        "a: demo/greeter Greet\nin -> a\na -> out\nout -> a",
        "flow_edge",
        "@flow_output -> a",
        "cannot be"
    )]
    [InlineData(
        "a: demo/greeter Greet\nin -> a\na -> out\na -> in",
        "flow_edge",
        "a -> @flow_input",
        "cannot be"
    )]
    [InlineData(
        "a: demo/greeter Greet\nin -> a\na -> out\nin -> out",
        "flow_edge",
        "@flow_input -> @flow_output",
        "nothing"
    )]
    // Given twice.
    [InlineData(
        "a: demo/greeter Greet\na: demo/greeter Greet\nin -> a\na -> out",
        "flow_duplicate_alias",
        "a",
        "already"
    )]
    [InlineData(
        "a: demo/greeter Greet\nin -> a\nin -> a\na -> out",
        "flow_duplicate_edge",
        "@flow_input -> a",
        "in line 7"
    )]
    // Shape.
    [InlineData("", "flow_empty", "flow", "at least one")]
    [InlineData("a: demo/greeter Greet\nin -> a", "flow_no_output", "@flow_output", "exactly one")]
    [InlineData("a: demo/greeter Greet\na -> out", "flow_no_entry", "@flow_input", "at least one")]
    [InlineData("a: demo/text Name\nin -> a\na -> a\na -> out", "flow_cycle", "a -> a", "a -> a")]
    [InlineData(
        "a: demo/text Name\nb: demo/text Name\nin -> a\na -> b\nb -> a\nb -> out",
        "flow_cycle",
        "b -> a",
        "a -> b -> a"
    )]
    [InlineData(
        "a: demo/text Name\nb: demo/text Name\nin -> a\na -> out\nb -> out",
        "flow_two_outputs",
        "b -> @flow_output",
        "`a` leads"
    )]
    [InlineData(
        "a: demo/text Name\nb: demo/text Name\nin -> a\na -> out\na -> b",
        "flow_dead_end",
        "b",
        "leads nowhere"
    )]
    [InlineData(
        "a: demo/text Name\nb: demo/text Shout\nc: demo/text Join\nin -> a\na -> c: left=name\nb -> c: right=text\nc -> out",
        "flow_unreachable",
        "b",
        "never reached"
    )]
    [InlineData(
        "a: demo/text Name\nin -> a\na -> out: name=name",
        "flow_output_adapter",
        "a -> @flow_output",
        "no adapter"
    )]
    // Types.
    [InlineData(
        "a: demo/greeter Greet\nb: demo/text Shout\nin -> a\na -> b\nb -> out",
        "flow_edge_incomplete",
        "a -> b",
        "`a` gives `demo.greeter.GreetReply`, but `b` takes `demo.text.Text`, which also needs `text`"
    )]
    [InlineData(
        "a: demo/greeter Greet\nb: demo/text Shout\nin -> a\na -> b: txt=greeting\nb -> out",
        "flow_unknown_field",
        "a -> b",
        "has no field `txt`; it has `text` and `note`"
    )]
    [InlineData(
        "a: demo/greeter Greet\nb: demo/text Shout\nin -> a\na -> b: text=hello\nb -> out",
        "flow_unknown_field",
        "a -> b",
        "has no field `hello`; it has `greeting`"
    )]
    [InlineData(
        "a: demo/text Measure\nb: demo/text Shout\nin -> a\na -> b: text=size\nb -> out",
        "flow_edge_type",
        "a -> b",
        "`text` is `string`, but `size` is `int32`"
    )]
    [InlineData(
        "a: demo/text Measure\nb: demo/text Shout\nin -> a\na -> b: text=greeting.size\nb -> out",
        "flow_path",
        "a -> b",
        "cannot go on after `greeting`"
    )]
    [InlineData(
        "a: demo/text Name\nb: demo/greeter Greet\nc: demo/text Join\nin -> a\nin -> b\na -> c: left=name\nb -> c: right=greeting\nc -> out",
        "flow_ambiguous_entry",
        "@flow_input -> b",
        "`a` takes `demo.text.Named`"
    )]
    [InlineData(
        "a: demo/text Name\nin -> a: name=name\na -> out",
        "flow_no_entry",
        "@flow_input -> a",
        "carries `@flow_input` whole"
    )]
    [InlineData(
        "a: demo/text Name\nb: demo/greeter Greet\nc: demo/text Join\nin -> a\na -> b\na -> c: left=name right=name\nb -> c: right=greeting\nc -> out",
        "flow_field_set_twice",
        "b -> c",
        "`right` of `c` is set by `a -> c` and by `b -> c`"
    )]
    public void What_breaks_a_rule_is_refused_with_its_place(
        string lines,
        string code,
        string where,
        string says
    )
    {
        var reading = shelf.Wire(lines);

        Assert.Null(reading.Value);
        var mistake = Assert.Single(reading.Mistakes, m => m.Code == code && m.Where == where);
        Assert.Contains(says, mistake.Message);
        Assert.True(mistake.Line > 0);
    }

    [Fact]
    public void A_node_that_works_on_streams_needs_a_flow_over_streams()
    {
        shelf.Put("demo/stream@1.0.0", "message M { string name = 1; }", "Flow M M pipeline");

        Assert.Equal(
            "flow_pipeline_node",
            Assert.Single(shelf.Wire("a: demo/stream Flow\nin -> a\na -> out").Mistakes).Code
        );
    }

    [Fact]
    public void All_mistakes_of_a_flow_are_told_at_once_in_the_order_of_the_text()
    {
        var reading = shelf.Wire(
            """
            a: demo/text Measure
            b: demo/greeter Meet
            c: demo/text Shout
            c: demo/text Shout
            in -> a
            a -> c: text=size none=size
            a -> d
            c -> out
            """
        );

        Assert.Equal(
            [
                "flow_unknown_node",
                "flow_duplicate_alias",
                "flow_edge_type",
                "flow_unknown_field",
                "flow_unknown_alias",
            ],
            reading.Mistakes.Select(m => m.Code)
        );
        Assert.Equal(
            reading.Mistakes.Select(m => m.Line).Order(),
            reading.Mistakes.Select(m => m.Line)
        );
    }

    [Fact]
    public void Adapters_alone_may_leave_fields_at_their_defaults()
    {
        var graph = shelf.Good(
            """
            measure: demo/text Measure
            shout: demo/text Shout
            gather: demo/text Gather
            in -> measure
            in -> shout: text=name
            measure -> gather: greeting=greeting sizes=size
            shout -> gather
            gather -> out
            """.Replace(" sizes=size", "").Replace("shout -> gather", "shout -> gather: text=text")
        );

        Assert.Equal("demo.text.Named", graph.InputType);
    }

    [Fact]
    public void A_whole_message_and_an_adapter_join_when_each_field_is_set_once()
    {
        shelf.Put(
            "demo/sign@1.0.0",
            "message Signed { string greeting = 8; string by = 2; }",
            "Sign Signed Signed"
        );

        var graph = shelf.Good(
            """
            greet: demo/greeter Greet
            sign: demo/sign Sign
            in -> greet
            greet -> sign
            in -> sign: by=name
            sign -> out
            """
        );

        Assert.Equal(
            Bytes.Join(Bytes.Text(8, "hi"), Bytes.Text(2, "Ada")),
            Plans.Input(
                graph,
                "sign",
                from => from == "greet" ? Bytes.Text(1, "hi") : Bytes.Text(1, "Ada")
            )
        );
    }

    [Fact]
    public void A_join_with_a_whole_message_leaves_no_required_field_unset()
    {
        var reading = shelf.Wire(
            """
            measure: demo/text Measure
            shout: demo/text Shout
            gather: demo/text Gather
            in -> measure
            in -> shout: text=name
            measure -> gather: greeting=greeting
            shout -> gather
            gather -> out
            """
        );

        var mistake = Assert.Single(reading.Mistakes);
        Assert.Equal("flow_edge_incomplete", mistake.Code);
        Assert.Contains("leave `who` and `sizes` of `demo.text.Whole`", mistake.Message);
    }

    [Fact]
    public void Mistakes_of_form_and_of_wiring_are_told_together()
    {
        var reading = FlowCompiler.Compile(
            """
            name: demo/flow
            nodes:
              - alias: a
                package: demo/text@1.0.0
                node: Measure
                timeout: 3s
              - alias: 2nd
                package: demo/gone@1.0.0
                node: Shout
              - alias: c
                package: demo/text
                node: Shout
            edges:
              - from: "@flow_input"
                to: a
              - from: a
                to: second
              - from: a
                to: c
                adapter: {text: size}
              - from: c
            """,
            "flow.yaml",
            shelf.Resolve
        );

        Assert.Equal(
            [
                ("flow_unknown_key", 6),
                ("flow_alias", 7),
                ("flow_package", 11),
                ("flow_missing", 21),
            ],
            reading.Mistakes.Select(m => (m.Code, m.Line))
        );

        var mended = FlowCompiler.Compile(
            """
            name: demo/flow
            nodes:
              - {alias: a, package: demo/text@1.0.0, node: Measure, timeout: 3s}
              - {alias: c, package: demo/text@1.0.0, node: Shout}
            edges:
              - {from: "@flow_input", to: a}
              - {from: a, to: c, adapter: {text: size}}
              - {from: c, to: "@flow_output"}
            """,
            "flow.yaml",
            shelf.Resolve
        );

        Assert.Equal(["flow_unknown_key", "flow_edge_type"], mended.Mistakes.Select(m => m.Code));
    }
}
