using System.Text;
using System.Text.Json;
using Sluice.Language.Flows;
using Sluice.Language.Protos;

namespace Sluice.Language.Tests.Flows;

/// <summary>What edges carry at run time: expressions, loops, lists, errors, compose plans, compensation, facades.</summary>
public sealed class FlowCarryTests
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

    [Fact]
    public void Facades_are_matched_by_name_however_their_fields_are_numbered()
    {
        // Sorted by name, numbered anew, and with the bytes left as they were, `zip` would arrive as `age`.
        shelf.Put(
            "demo/order@1.0.0",
            "message Line { string zip = 1; int32 age = 2; } message Order { string zip = 1; int32 age = 2; repeated Line lines = 3; map<string, Line> more = 4; }",
            "Take Order Order"
        );
        var plan = FlowPlan.For(
            shelf.Good(
                """
                ! input_facade: {message_name: Ask, fields: {age: {kind: int32}, lines: {kind: demo.order.Line, repeated: true}, zip: {kind: string}, since: {kind: google.protobuf.Timestamp, optional: true}}}
                ! output_facade: {message_name: Said, fields: {lines: {kind: demo.order.Line, repeated: true}, age: {kind: int64}, zip: {kind: string}}}
                a: demo/order Take
                in -> a: age=age zip=zip lines=lines
                a -> out
                """
            )
        );
        const string json = """{"age":7,"lines":[{"age":1,"zip":"A"}],"zip":"8000"}""";

        Assert.Equal("flow.demo.flow.Ask", plan.Input.FullName);
        Assert.Equal(
            """{"zip":"8000","age":7,"lines":[{"zip":"A","age":1}]}""",
            Input(plan, plan.Node("a"), (0, json))
        );
        Assert.Equal(
            """{"lines":[{"zip":"A","age":1}],"age":"7","zip":"8000"}""",
            Input(plan, plan.OutputNode, (1, json))
        );
    }

    [Fact]
    public void An_expression_never_hands_on_a_message_of_other_numbers_under_the_same_name()
    {
        shelf.Put(
            "demo/v@1.0.0",
            "message In { string a = 1; string b = 2; } message Out { In inner = 1; }",
            "Make Out Out"
        );
        shelf.Put(
            "demo/v@1.0.1",
            "message In { string a = 1; string b = 2; } message Out { In inner = 3; }",
            "Make Out Out"
        );
        shelf.Put(
            "demo/v@2.0.0",
            "message In { string b = 1; string a = 2; } message Out { In inner = 1; }",
            "Make Out Out"
        );
        var flow = Shelf.Yaml(
            "x: demo/v Make\ny: demo/v Make\nin -> x\nx -> y | adapter: {inner: value.inner}\ny -> out"
        );

        FlowPlan Plan(string version) =>
            FlowPlan.For(
                shelf
                    .Compile(
                        flow.Replace(
                            "alias: y\n    package: demo/v@1.0.0",
                            $"alias: y\n    package: demo/v@{version}"
                        )
                    )
                    .Value!
            );

        Assert.Equal(
            """{"inner":{"a":"A","b":"B"}}""",
            Input(
                Plan("1.0.1"),
                Plan("1.0.1").Node("y"),
                (1, """{"inner": {"a": "A", "b": "B"}}""")
            )
        );
        var mistake = Assert.Single(
            shelf
                .Compile(
                    flow.Replace(
                        "alias: y\n    package: demo/v@1.0.0",
                        "alias: y\n    package: demo/v@2.0.0"
                    )
                )
                .Mistakes
        );
        Assert.Equal("flow_edge_type", mistake.Code);
    }

    [Fact]
    public void Any_message_of_a_package_can_be_part_of_a_facade()
    {
        shelf.Put(
            "demo/wild@1.0.0",
            """
            enum Mood { option allow_alias = true; NONE = 0; GLAD = 1; HAPPY = 1; }
            message Tree { string label = 3; repeated Tree leaves = 1; Mood mood = 2; }
            message Wild {
              message Inner { enum Mood { NONE = 0; BAD = 5; } Mood mood = 9; }
              Tree tree = 1; map<int32, Inner> inner = 2; repeated int32 loose = 3 [packed = false];
              oneof one { string text = 4; Inner other = 5; } optional bytes raw = 6;
              google.protobuf.Timestamp at = 7; sint64 odd_name = 8 [json_name = "odd"];
            }
            """,
            "Be Wild Wild"
        );
        var plan = FlowPlan.For(
            shelf.Good(
                """
                ! output_facade: {message_name: Out, fields: {tree: {kind: demo.wild.Tree}, wild: {kind: demo.wild.Wild}, mood: {kind: demo.wild.Mood}}}
                a: demo/wild Be
                in -> a
                a -> out | adapter: {tree: tree, wild: inputs, mood: tree.mood}
                """.Replace("wild: inputs, ", "").Replace(
                    "wild: {kind: demo.wild.Wild}, ",
                    "wild: {kind: demo.wild.Wild, optional: true}, "
                )
            )
        );

        Assert.Equal(
            """{"tree":{"label":"a","leaves":[{"label":"b"}],"mood":"GLAD"},"mood":"GLAD"}""",
            Input(
                plan,
                plan.OutputNode,
                (1, """{"tree": {"label": "a", "leaves": [{"label": "b"}], "mood": "HAPPY"}}""")
            )
        );
        var wild =
            """{"inner":{"3":{"mood":"BAD"}},"loose":[1,2],"other":{"mood":"BAD"},"raw":"AA==","at":"2026-01-01T00:00:00Z","odd":"-5"}""";
        Assert.Equal(
            $$"""{"wild":{{wild}}}""",
            Json(plan.Output, Parse(plan.Output, $$"""{"wild": {{wild}}}"""))
        );
    }
}
