using System.Text;
using System.Text.Json;
using Sluice.Language.Flows;
using Sluice.Language.Protos;

namespace Sluice.Language.Tests.Flows;

// Messages of other packages, matched by the names of their fields.
public sealed partial class FlowCarryTests
{
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
