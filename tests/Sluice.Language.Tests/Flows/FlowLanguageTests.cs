using Sluice.Language.Flows;

namespace Sluice.Language.Tests.Flows;

/// <summary>What a flow may say, and what its graph then holds.</summary>
public sealed class FlowLanguageTests
{
    private readonly Shelf shelf = Shelf.Usual();

    [Theory]
    [InlineData("{field: text, value: x}", "value.text == \"x\"")]
    [InlineData("{op: '', field: text, value: x}", "value.text == \"x\"")]
    [InlineData(
        "{op: neq, field: text, value: \"a\\\"b\\\\\\n\"}",
        "value.text != \"a\\\"b\\\\\\u000a\""
    )]
    [InlineData("{op: CONTAINS, field: text, value: x}", "value.text.contains(\"x\")")]
    [InlineData("{op: STARTS_WITH, field: text, value: x}", "value.text.startsWith(\"x\")")]
    [InlineData("{op: ENDS_WITH, field: text, value: x}", "value.text.endsWith(\"x\")")]
    [InlineData("{op: IN, field: text, value: [a, b]}", "value.text in [\"a\", \"b\"]")]
    [InlineData("{field: good, value: true}", "value.good == true")]
    [InlineData("{field: mood, value: SAD}", "value.mood == 2")]
    [InlineData("{op: NEQ, field: mood, value: 1}", "value.mood != 1")]
    [InlineData("{op: GTE, field: share, value: 1}", "value.share >= 1.0")]
    [InlineData("{op: LT, field: share, value: 1.5e-3}", "value.share < 0.0015")]
    [InlineData("{op: LTE, field: bytes, value: 5}", "value.bytes <= 5u")]
    [InlineData(
        "{op: GT, field: at, value: '2026-01-01T00:00:00Z'}",
        "value.at > timestamp(\"2026-01-01T00:00:00Z\")"
    )]
    [InlineData("{field: by, value: x}", "value.by == \"x\"")]
    [InlineData("{op: EXISTS, field: note}", "has(value.note)")]
    [InlineData("{op: EXISTS, field: note, value: false}", "!has(value.note)")]
    [InlineData("{op: EXISTS, field: marks}", "has(value.marks)")]
    [InlineData("{op: EXISTS, field: raw}", "has(value.raw)")]
    [InlineData("text == 'x'", "text == 'x'")]
    [InlineData("{op: CEL, cel: text == 'x'}", "text == 'x'")]
    public void A_condition_is_frozen_as_the_expression_that_it_stands_for(
        string condition,
        string expression
    )
    {
        var graph = shelf.Good(
            $"a: demo/pages Read\nb: demo/pages Read\nin -> a\na -> b | condition: {condition}\nb -> out"
        );

        Assert.Equal(expression, graph.Edges[1].Condition);
    }

    [Theory]
    [InlineData("{field: tags, value: x}", "value.tags.exists(item, item == \"x\")")]
    [InlineData("{field: pages.text, value: x}", "value.pages.exists(item, item.text == \"x\")")]
    [InlineData("{op: GT, field: sizes, value: 5}", "value.sizes.exists(item, item > 5)")]
    [InlineData(
        "{op: IN, field: sizes, value: [1, 2]}",
        "value.sizes.exists(item, item in [1, 2])"
    )]
    [InlineData("{op: EXISTS, field: pages}", "has(value.pages)")]
    [InlineData("{field: cover.text, value: x}", "value.cover.text == \"x\"")]
    public void A_comparison_with_a_list_holds_when_it_does_for_any_item(
        string condition,
        string expression
    )
    {
        var graph = shelf.Good(
            $"a: demo/pages Split\nb: demo/text Shout\nin -> a\na -> b: text=title | condition: {condition}\nb -> out"
        );

        Assert.Equal(expression, graph.Edges[1].Condition);
    }

    [Fact]
    public void An_adapter_takes_paths_and_expressions()
    {
        var graph = shelf.Good(
            "a: demo/text Measure\nb: demo/text Join\nin -> a\na -> b | adapter: {left: greeting, right: 'greeting + \"!\"'}\nb -> out"
        );

        Assert.Equal(
            [new GraphField("left", "greeting"), new GraphField("right", null, "greeting + \"!\"")],
            graph.Edges[1].Fields!
        );
    }

    [Fact]
    public void A_word_that_is_a_field_is_a_path_and_else_it_may_be_an_expression()
    {
        shelf.Put(
            "demo/odd@1.0.0",
            "message Odd { string value = 1; string config = 2; } message Even { Odd all = 1; string zone = 2; bool sure = 3; }",
            "Odd Odd Odd",
            "Even Even Even"
        );

        var graph = shelf.Good(
            """
            a: demo/odd Odd
            b: demo/odd Odd
            c: demo/pages Read
            d: demo/odd Even
            in -> a
            a -> b: value=config config=value
            b -> c | adapter: {text: value}
            c -> d | adapter: {zone: config.ZONE, sure: true}
            d -> out
            """
        );

        Assert.Equal(
            [new GraphField("value", "config"), new GraphField("config", "value")],
            graph.Edges[1].Fields!
        );
        Assert.Equal([new GraphField("text", "value")], graph.Edges[2].Fields!);
        Assert.Equal(
            [new GraphField("zone", null, "config.ZONE"), new GraphField("sure", null, "true")],
            graph.Edges[3].Fields!
        );
    }

    [Fact]
    public void Settings_of_a_placement_are_frozen_with_it()
    {
        var graph = shelf.Good(
            """
            a: demo/text Name | config: {timeout_ms: 500, retry: {max_attempts: 3, initial_interval_ms: 10, backoff_coefficient: 1.5, max_interval_ms: 99, jitter: 0.25, retry_on: [NODE_TIMEOUT]}, compensate: u}
            u: demo/text Name
            in -> a
            a -> out
            """
        );

        var node = graph.Node("a")!;
        Assert.Equal((500, "u"), (node.TimeoutMs, node.Compensate));
        var retry = node.Retry!;
        Assert.Equal(
            (3, 10, 99),
            (retry.MaxAttempts, retry.InitialIntervalMs, retry.MaxIntervalMs)
        );
        Assert.Equal((1.5, 0.25), (retry.BackoffCoefficient, retry.Jitter));
        Assert.Equal(["NODE_TIMEOUT"], retry.RetryOn);
        Assert.True(FlowPlan.For(graph).Node("u").IsCompensator);
        Assert.Same(FlowPlan.For(graph).Node("u"), FlowPlan.For(graph).Node("a").Compensator);
    }

    [Fact]
    public void Each_edge_of_an_xor_join_fills_the_input_alone()
    {
        var graph = shelf.Good(
            """
            a: demo/text Name
            b: demo/text Shout
            c: demo/text Shout | config: {join: {kind: XOR}}
            in -> a
            a -> b: text=name | condition: {field: name, value: x}
            a -> c: text=name | condition: {op: NEQ, field: name, value: x}
            b -> c
            c -> out
            """
        );

        Assert.Equal(GraphJoin.Xor, graph.Node("c")!.Join!.Kind);
    }

    [Fact]
    public void Loops_lie_within_each_other_and_their_bodies_are_known()
    {
        var graph = shelf.Good(
            """
            a: demo/text Name
            b: demo/text Name
            c: demo/text Name
            d: demo/text Name
            in -> a
            a -> b
            b -> c
            c -> d
            c -> b | loop: true | max_iterations: 3 | condition: {field: name, value: more}
            d -> a | loop: true | max_iterations: 2
            d -> d | loop: true | max_iterations: 9
            d -> out
            """.Replace("d -> d | loop: true | max_iterations: 9\n", "")
        );

        var edges = FlowPlan.For(graph).Edges;
        Assert.Equal(["b", "c"], edges[4].Body.Select(n => n.Alias));
        Assert.Equal(["a", "b", "c", "d"], edges[5].Body.Select(n => n.Alias));
        Assert.Equal((true, 3), (graph.Edges[4].Loop, graph.Edges[4].MaxIterations));
    }

    [Fact]
    public void A_placement_may_loop_to_itself()
    {
        var graph = shelf.Good(
            "a: demo/text Name\nin -> a\na -> a | loop: true | max_iterations: 3\na -> out"
        );

        Assert.Equal(["a"], FlowPlan.For(graph).Edges[1].Body.Select(n => n.Alias));
    }

    [Fact]
    public void An_error_may_leave_a_loop_from_anywhere()
    {
        var graph = shelf.Good(
            """
            a: demo/text Name
            b: demo/text Name
            e: demo/text Name
            o: demo/text Name | config: {join: {kind: XOR}}
            in -> a
            a -> b
            b -> a | loop: true | max_iterations: 3
            a -> e: name=message | on_error: true
            b -> o
            e -> o
            o -> out
            """
        );

        Assert.True(graph.Edges[3].OnError);
    }

    [Fact]
    public void A_fan_out_gives_the_list_of_what_its_calls_gave()
    {
        var graph = shelf.Good(
            """
            a: demo/pages Split
            b: demo/pages Look
            c: demo/pages Count
            in -> a
            a -> b | fan_out: {items: pages, concurrency: 4, max_items: 20, failure_policy: TOLERATE_FAILURES}
            b -> c | adapter: {count: 'size(results)', last: 'results[0].text'}
            c -> out
            """
        );

        Assert.Equal(new GraphFanOut("pages", 4, 20), graph.Edges[1].FanOut);
        Assert.Equal(GraphJoin.Tolerate, graph.Node("b")!.Join!.FailurePolicy);
        var plan = FlowPlan.For(graph);
        Assert.Equal("sluice.Results", plan.Node("b").Gives.FullName);
        Assert.Equal("demo.pages.Read", plan.Node("b").Output.FullName);
        Assert.Same(plan.Edges[1], plan.Node("b").FanOut);
    }

    [Fact]
    public void A_flow_may_give_the_list_of_a_fan_out()
    {
        var graph = shelf.Good(
            "a: demo/pages Split\nb: demo/pages Look\nin -> a\na -> b | fan_out: {items: pages}\nb -> out"
        );

        Assert.Equal("sluice.Results", graph.OutputType);
        Assert.Equal("sluice.Results", FlowPlan.For(graph).Output.FullName);
    }

    [Fact]
    public void A_subflow_is_placed_like_a_node()
    {
        shelf.Graphs["01ABC"] = shelf.Good("a: demo/text Measure\nin -> a\na -> out");

        var graph = shelf.Good(
            "s: subflow 01ABC | input: demo.text.Named | output: Line\nt: demo/text Shout\nin -> s\ns -> t: text=greeting\nt -> out"
        );

        var node = graph.Node("s")!;
        Assert.Equal(("01ABC", "", ""), (node.Subflow, node.Package, node.Node));
        Assert.Equal(["01ABC"], graph.Subflows);
        Assert.Equal("demo/text", Assert.Single(graph.Packages).Name);
        var plan = FlowPlan.For(graph, id => shelf.Graphs[id]);
        Assert.Equal(
            ("demo.text.Named", "demo.text.Line"),
            (plan.Node("s").Input.FullName, plan.Node("s").Output.FullName)
        );
    }

    [Fact]
    public void Start_says_whose_message_the_flow_takes()
    {
        var lines = """
            ! start: b
            a: demo/greeter Greet
            b: demo/text Name
            c: demo/text Join
            in -> a
            in -> b
            a -> c: left=greeting
            b -> c: right=name
            c -> out
            """;

        Assert.Equal("demo.text.Named", shelf.Good(lines).InputType);
        Assert.Equal(
            "flow_ambiguous_entry",
            Assert.Single(shelf.Wire(lines.Replace("! start: b\n", "")).Mistakes).Code
        );
    }

    [Fact]
    public void A_mistake_in_an_expression_points_at_the_very_character()
    {
        var yaml = """
            name: demo/flow
            nodes:
              - {alias: a, package: demo/text@1.0.0, node: Measure}
              - {alias: b, package: demo/text@1.0.0, node: Join}
            edges:
              - {from: "@flow_input", to: a}
              - from: a
                to: b
                condition: size > 5 && greting == "x"
                adapter:
                  left: "'it' + \"\\u0041\" + gone"
                  right: |
                    greeting +
                      nope
              - {from: b, to: "@flow_output"}
            """;

        var mistakes = shelf.Compile(yaml).Mistakes;

        var lines = yaml.Split('\n');
        Assert.Equal(3, mistakes.Count);
        Assert.All(mistakes, m => Assert.Equal("a -> b", m.Where));
        string[] words = ["greting", "gone", "nope"];
        Assert.Equal(
            words,
            mistakes.Zip(words, (m, w) => lines[m.Line - 1].Substring(m.Column - 1, w.Length))
        );
    }
}
