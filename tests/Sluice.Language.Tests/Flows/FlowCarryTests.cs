using System.Text;
using System.Text.Json;
using Sluice.Language.Flows;
using Sluice.Language.Protos;

namespace Sluice.Language.Tests.Flows;

/// <summary>What edges carry at run time: expressions, loops, lists, errors, compose plans, compensation, facades.</summary>
public sealed partial class FlowCarryTests
{
    private readonly Shelf shelf = Shelf.Usual();

    internal static byte[] Parse(MessageType type, string json)
    {
        var reading = ProtoJson.Parse(type, Encoding.UTF8.GetBytes(json));
        Assert.Empty(reading.Mistakes);
        return reading.Value!;
    }

    private static string Json(MessageType type, ReadOnlyMemory<byte> message)
    {
        Assert.Null(ProtoJson.Check(type, message.Span));
        using var buffer = new MemoryStream();
        using (
            var writer = new Utf8JsonWriter(
                buffer,
                new()
                {
                    Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
                }
            )
        )
            ProtoJson.Write(type, message.Span, writer);
        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    private static Carried Carry(FlowPlan plan, int edge, string json) =>
        new(plan.Edges[edge], Parse(plan.Edges[edge].Source, json));

    private static string Input(
        FlowPlan plan,
        PlannedNode node,
        params (int Edge, string Json)[] carried
    )
    {
        Carried[] all = [.. carried.Select(c => Carry(plan, c.Edge, c.Json))];
        Assert.Null(plan.BuildInput(node, all, Plans.NoConfig, out var input));
        return Json(node.Input, input);
    }

    [Fact]
    public void An_adapter_evaluates_expressions_beside_paths()
    {
        var plan = FlowPlan.For(
            shelf.Good(
                "a: demo/pages Split\nb: demo/pages Count\nin -> a\na -> b | adapter: {count: size(pages), last: title}\nb -> out"
            )
        );

        Assert.Equal(
            """{"count":2,"last":"T"}""",
            Input(plan, plan.Node("b"), (1, """{"title": "T", "pages": [{}, {}]}"""))
        );
    }

    [Fact]
    public void A_loop_edge_replaces_what_it_sets_over_what_came_at_first()
    {
        var plan = FlowPlan.For(
            shelf.Good(
                """
                m: demo/text Measure
                a: demo/text Join
                b: demo/text Shout
                in -> m
                m -> a: left=greeting right=greeting
                a -> b
                b -> a: right=text | loop: true | max_iterations: 3
                b -> out
                """
            )
        );

        Assert.Equal(
            """{"left":"first","right":"again"}""",
            Input(
                plan,
                plan.Node("a"),
                (1, """{"greeting": "first"}"""),
                (3, """{"text": "again"}""")
            )
        );
        // What is at its default is set too.
        Assert.Equal(
            """{"left":"first"}""",
            Input(plan, plan.Node("a"), (1, """{"greeting": "first"}"""), (3, "{}"))
        );
    }

    [Fact]
    public void A_loop_edge_that_carries_the_whole_message_is_handed_on_without_a_copy()
    {
        var plan = FlowPlan.For(
            shelf.Good(
                "a: demo/text Name\nin -> a\na -> a | loop: true | max_iterations: 3\na -> out"
            )
        );
        ReadOnlyMemory<byte> again = Bytes.Text(7, "again");
        Carried[] carried = [new(plan.Edges[0], Bytes.Text(7, "first")), new(plan.Edges[1], again)];

        Assert.Null(plan.BuildInput(plan.Node("a"), carried, Plans.NoConfig, out var input));

        Assert.True(input.Equals(again));
    }

    [Theory]
    [InlineData(
        "pages",
        """{"pages": [{"number": 1}, {}, {"text": "x"}]}""",
        """[{"number":1},{},{"text":"x"}]"""
    )]
    [InlineData("tags", """{"tags": ["a", "", "b"]}""", """[{"value":"a"},{},{"value":"b"}]""")]
    [InlineData("sizes", """{"sizes": [5, -1, 0]}""", """[{"value":5},{"value":-1},{}]""")]
    [InlineData("pages", "{}", "[]")]
    public void A_list_is_taken_apart_in_its_order(string items, string json, string expected)
    {
        var plan = FlowPlan.For(
            shelf.Good(
                $"a: demo/pages Split\nb: demo/pages Count\nin -> a\na -> b | adapter: {{count: '1'}} | fan_out: {{items: {items}}}\nb -> out"
            )
        );
        var edge = plan.Edges[1];

        Assert.Null(plan.Items(edge, Parse(edge.Sends, json), out var found));

        Assert.Equal(expected, $"[{string.Join(',', found.Select(i => Json(edge.Source, i)))}]");
    }

    [Fact]
    public void A_list_that_is_longer_than_allowed_is_a_fault()
    {
        var plan = FlowPlan.For(
            shelf.Good(
                "a: demo/pages Split\nb: demo/pages Look\nin -> a\na -> b | fan_out: {items: pages, max_items: 2}\nb -> out"
            )
        );
        var edge = plan.Edges[1];

        Assert.Null(plan.Items(edge, Parse(edge.Sends, """{"pages": [{}, {}]}"""), out _));
        var fault = plan.Items(edge, Parse(edge.Sends, """{"pages": [{}, {}, {}]}"""), out _);

        Assert.Equal(("fan_out_limit", "FAN_OUT_LIMIT"), (fault!.Code, fault.Kind));
        Assert.Contains("more than 2 items", fault.Message);
    }

    [Fact]
    public void Results_stand_in_the_order_of_the_items_and_errors_name_theirs()
    {
        var plan = FlowPlan.For(
            shelf.Good(
                "a: demo/pages Split\nb: demo/pages Look\nin -> a\na -> b | fan_out: {items: pages}\nb -> out"
            )
        );
        var node = plan.Node("b");
        var fault = new FlowFault
        {
            Code = "node_failed",
            Kind = "NODE_ERROR",
            Message = "Too dark.",
        };

        var message = plan.Results(
            node,
            [
                new(Parse(node.Output, """{"text": "one"}"""), null),
                new(null, fault),
                new(Parse(node.Output, "{}"), null),
            ]
        );

        Assert.Equal(
            """{"results":[{"text":"one"},{}],"errors":[{"index":1,"code":"node_failed","message":"Too dark."}]}""",
            Json(node.Gives, message)
        );
    }

    [Fact]
    public void An_error_edge_carries_what_happened_and_what_the_call_took()
    {
        var plan = FlowPlan.For(
            shelf.Good(
                """
                a: demo/pages Look
                b: demo/pages Count
                o: demo/text Shout | config: {join: {kind: XOR}}
                in -> a
                a -> b | adapter: {count: attempt, last: input.text} | on_error: true | condition: {field: kind, value: NODE_ERROR}
                a -> o: text=text
                b -> o: text=last
                o -> out
                """
            )
        );
        var fault = new FlowFault
        {
            Code = "node_failed",
            Kind = "NODE_ERROR",
            Message = "Bad page: é",
            Attempt = 3,
        };
        var edge = plan.Edges[1];

        var error = plan.ErrorMessage(
            plan.Node("a"),
            fault,
            Parse(plan.Node("a").Input, """{"number": 7, "text": "p7"}""")
        );

        Assert.Equal(
            """{"code":"node_failed","kind":"NODE_ERROR","message":"Bad page: é","node":"a","attempt":3,"input":{"number":7,"text":"p7"}}""",
            Json(edge.Source, error)
        );
        Assert.Null(plan.Test(edge, error, Plans.NoConfig, out var holds));
        Assert.True(holds);
        Assert.Null(
            plan.BuildInput(plan.Node("b"), [new(edge, error)], Plans.NoConfig, out var input)
        );
        Assert.Equal("""{"count":3,"last":"p7"}""", Json(plan.Node("b").Input, input));
    }

    [Fact]
    public void A_compose_plan_takes_paths_and_expressions_over_all_sources()
    {
        var plan = FlowPlan.For(
            shelf.Good(
                """
                a: demo/text Name
                b: demo/text Measure
                c: demo/text Join | config: {compose: {compose_plan: {left: {src_edge: "@flow_input", src_path: name}, right: {cel: "inputs.b.greeting + '/' + inputs.a.name + '/' + inputs.flow_input.name"}}}}
                in -> a
                in -> b
                in -> c
                a -> c
                b -> c
                c -> out
                """
            )
        );

        Assert.Equal(
            """{"left":"I","right":"B/A/I"}""",
            Input(
                plan,
                plan.Node("c"),
                (2, """{"name": "I"}"""),
                (3, """{"name": "A"}"""),
                (4, """{"greeting": "B"}""")
            )
        );
    }

    [Fact]
    public void A_compensator_takes_each_field_from_what_the_call_gave_else_from_what_it_took()
    {
        var plan = FlowPlan.For(
            shelf.Good(
                "a: demo/pages Look | config: {compensate: u}\nu: demo/pages Undo\nin -> a\na -> out"
            )
        );
        var done = plan.Node("a");

        Assert.Null(
            plan.BuildUndo(
                plan.Node("u"),
                done,
                Parse(done.Output, """{"text": "given", "note": "x"}"""),
                Parse(done.Input, """{"text": "taken", "number": 7}"""),
                out var message
            )
        );

        Assert.Equal("""{"text":"given","number":7}""", Json(plan.Node("u").Input, message));
    }
}
