namespace Sluice.Language.Tests.Flows;

/// <summary>Each other rule of <c>spec/flow.md</c> that a flow can break, and the code and place it is refused with.</summary>
public sealed class FlowRuleTests
{
    private readonly Shelf shelf = Shelf.Usual();

    // Two placements in a row; the lines of a test come between.
    private const string Pair = "a: demo/text Name\nb: demo/text Name\n";
    private const string Three = Pair + "c: demo/text Name\n";

    public static TheoryData<string, string, string, string> Broken =>
        new()
        {
            // Retries, timeouts, joins.
            {
                "a: demo/text Name | config: {retry: {max_attempts: 101}}\nin -> a\na -> out",
                "flow_retry",
                "a",
                "`max_attempts` is 1 to 100, not 101"
            },
            {
                "a: demo/text Name | config: {retry: {backoff_coefficient: 0.5}}\nin -> a\na -> out",
                "flow_retry",
                "a",
                "1 to 10, not 0.5"
            },
            {
                "a: demo/text Name | config: {retry: {jitter: 1.5}}\nin -> a\na -> out",
                "flow_retry",
                "a",
                "0 to 1, not 1.5"
            },
            {
                "a: demo/text Name | config: {retry: {retry_on: [NODE_ERROR, EDGE_ADAPTER]}}\nin -> a\na -> out",
                "flow_retry_on",
                "a",
                "not `EDGE_ADAPTER`"
            },
            {
                "a: demo/text Name | config: {timeout_ms: 3600001}\nin -> a\na -> out",
                "flow_timeout",
                "a",
                "1 to 3600000"
            },
            {
                "a: demo/text Name | config: {join: {kind: OR}}\nin -> a\na -> out",
                "flow_kind",
                "a",
                "`AND` or `XOR`, not `OR`"
            },
            {
                "a: demo/text Name\nb: demo/text Name\nc: demo/text Join | config: {join: {kind: XOR}}\nin -> a\nin -> b\na -> c: left=name right=name\nb -> c: left=nam\nc -> out",
                "flow_unknown_field",
                "b -> c",
                "no field `nam`"
            },
            {
                Three
                    + "d: demo/text Shout | config: {join: {kind: XOR}}\nin -> a\nin -> b\nin -> c\na -> d: text=name\nb -> d\nc -> d: text=name\nd -> out",
                "flow_edge_incomplete",
                "b -> d",
                "also needs `text`"
            },
            // Compensation.
            {
                "a: demo/text Name | config: {compensate: u}\nin -> a\na -> out",
                "flow_unknown_alias",
                "a",
                "`compensate` names `u`"
            },
            {
                "a: demo/text Name | config: {compensate: b}\nb: demo/text Name\nin -> a\na -> b\nb -> out",
                "flow_compensator_edge",
                "a -> b",
                "has no edges"
            },
            {
                "a: demo/text Name | config: {compensate: b}\nb: demo/text Name | config: {compensate: c}\nc: demo/text Name\nin -> a\na -> out",
                "flow_compensator_compensated",
                "a",
                "not undone in its turn"
            },
            {
                "a: demo/text Name | config: {compensate: a}\nin -> a\na -> out",
                "flow_compensator_compensated",
                "a",
                "cannot undo itself"
            },
            {
                "a: demo/text Name | config: {compensate: b}\nb: demo/text Shout\nin -> a\na -> out",
                "flow_compensate_field",
                "a",
                "needs `text`"
            },
            {
                "a: demo/pages Look | config: {compensate: b}\nb: demo/pages Count\nin -> a\na -> out",
                "flow_compensate_field",
                "a",
                "needs `count`"
            },
            {
                "a: demo/text Name | config: {compensate: b}\nb: demo/text Name | config: {join: {kind: XOR}}\nin -> a\na -> out",
                "flow_compensator_config",
                "b",
                "do not go with that"
            },
            // Subflows.
            {
                "a: subflow nothere\nin -> a\na -> out",
                "flow_unknown_subflow",
                "a",
                "no compiled graph `nothere`"
            },
            {
                "a: subflow demo/nowhere\nin -> a\na -> out",
                "flow_unknown_subflow",
                "a",
                "no flow `demo/nowhere` here that has been compiled"
            },
            // The head.
            {
                "! pipeline_mode: true\na: demo/text Name\nin -> a\na -> out",
                "flow_pipeline_mode",
                "flow",
                "leave out `pipeline_mode`"
            },
            {
                "! start: b\na: demo/text Name\nin -> a\na -> out",
                "flow_start",
                "@flow_input",
                "names `b`"
            },
            // Facades.
            {
                "! input_facade: {message_name: Ask, fields: {name: {kind: text}}}\na: demo/text Name\nin -> a\na -> out",
                "flow_facade_field",
                "@flow_input",
                "`text` is no type"
            },
            {
                "! input_facade: {message_name: Ask, fields: {name: {kind: string, repeated: true, optional: true}}}\na: demo/text Name\nin -> a\na -> out",
                "flow_facade_field",
                "@flow_input",
                "both `repeated` and `optional`"
            },
            {
                "! input_facade: {message_name: Ask, fields: {a_b: {kind: string}, aB: {kind: string}}}\na: demo/text Name\nin -> a\na -> out",
                "flow_facade_field",
                "@flow_input",
                "cannot be made of these fields"
            },
            {
                "! input_facade: {message_name: Ask, fields: {name: {kind: string}}, example_input: {name: 5}}\na: demo/text Name\nin -> a\na -> out",
                "flow_example",
                "@flow_input",
                "`example_input` is no `Ask`"
            },
            {
                "! input_facade: {message_name: Ask, fields: {who: {kind: string}}}\na: demo/text Name\nin -> a\na -> out",
                "flow_edge_incomplete",
                "@flow_input -> a",
                "also needs `name`"
            },
            {
                "! output_facade: {message_name: Said, fields: {name: {kind: string}, more: {kind: int32}}}\na: demo/text Name\nin -> a\na -> out",
                "flow_edge_incomplete",
                "a -> @flow_output",
                "also needs `more`"
            },
            {
                "! output_facade: {message_name: Said, fields: {name: {kind: string}, more: {kind: int32}}}\na: demo/text Name\nin -> a\na -> out: name=name",
                "flow_edge_incomplete",
                "a -> @flow_output",
                "leave `more`"
            },
            // Compose plans.
            {
                Three.Replace("c: demo/text Name", "c: demo/text Join").TrimEnd()
                    + " | config: {compose: {compose_plan: {left: {src_edge: a, src_path: name}, right: {src_edge: d, src_path: name}}}}\nin -> a\nin -> b\na -> c\nb -> c\nc -> out",
                "flow_compose_source",
                "c",
                "`src_edge` names `d`, but no edge leads from there to `c`; edges lead from `a` and `b`."
            },
            {
                Three.Replace("c: demo/text Name", "c: demo/text Join").TrimEnd()
                    + " | config: {compose: {compose_plan: {left: {src_edge: a, src_path: nam}}}}\nin -> a\nin -> b\na -> c\nb -> c\nc -> out",
                "flow_unknown_field",
                "c",
                "no field `nam`"
            },
            {
                Three.Replace("c: demo/text Name", "c: demo/text Join").TrimEnd()
                    + " | config: {compose: {compose_plan: {left: {src_edge: a, src_path: name}, left: {src_edge: b, src_path: name}}}}\nin -> a\nin -> b\na -> c\nb -> c\nc -> out",
                "duplicate_key",
                "flow",
                "a second time"
            },
            {
                Three.Replace("c: demo/text Name", "c: demo/text Join").TrimEnd()
                    + " | config: {compose: {compose_plan: {left: {src_edge: a, src_path: name}}}}\nin -> a\nin -> b\na -> c: right=name\nb -> c\nc -> out",
                "flow_compose_adapter",
                "a -> c",
                "has no adapter"
            },
            {
                Three.Replace("c: demo/text Name", "c: demo/text Join").TrimEnd()
                    + " | config: {compose: {compose_plan: {left: {src_edge: a}}}}\nin -> a\nin -> b\na -> c\nb -> c\nc -> out",
                "flow_compose",
                "c",
                "{src_edge: alias, src_path: path}"
            },
        };

    [Theory]
    [MemberData(nameof(Broken))]
    public void What_breaks_a_rule_is_refused_with_its_code_and_place(
        string lines,
        string code,
        string where,
        string says
    )
    {
        var reading = shelf.Wire(lines);

        Assert.Null(reading.Value);
        Assert.True(
            reading.Mistakes.Any(m => m.Code == code && m.Where == where),
            $"Expected {code} at {where}, found:\n{string.Join('\n', reading.Mistakes)}"
        );
        var mistake = reading.Mistakes.First(m => m.Code == code && m.Where == where);
        Assert.Contains(says, mistake.Message);
        Assert.True(mistake.Line > 0);
        Assert.All(reading.Mistakes, m => Assert.NotNull(m.Where));
    }

    [Fact]
    public void A_subflow_gives_and_takes_the_messages_that_the_author_says()
    {
        shelf.Graphs["inner"] = shelf.Good("a: demo/text Name\nin -> a\na -> out");

        var reading = shelf.Wire("s: subflow inner | output: Line\nin -> s\ns -> out");

        var mistake = Assert.Single(reading.Mistakes);
        Assert.Equal("flow_subflow_message", mistake.Code);
        Assert.Contains("the output of `inner` is `demo.text.Named`", mistake.Message);
    }

    [Fact]
    public void Flows_lie_at_most_eight_deep_in_each_other()
    {
        shelf.Graphs["g0"] = shelf.Good("a: demo/text Name\nin -> a\na -> out");
        for (var i = 1; i < 8; i++)
            shelf.Graphs[$"g{i}"] = shelf.Good($"s: subflow g{i - 1}\nin -> s\ns -> out");
        Assert.True(shelf.Wire("s: subflow g7\nin -> s\ns -> out").Ok);
        shelf.Graphs["g8"] = shelf.Good("s: subflow g7\nin -> s\ns -> out");

        var mistake = Assert.Single(shelf.Wire("s: subflow g8\nin -> s\ns -> out").Mistakes);

        Assert.Equal("flow_subflow_depth", mistake.Code);
    }

    [Fact]
    public void A_subflow_whose_own_subflow_is_gone_is_refused()
    {
        shelf.Graphs["inner"] = shelf.Good("a: demo/text Name\nin -> a\na -> out");
        shelf.Graphs["outer"] = shelf.Good("s: subflow inner\nin -> s\ns -> out");
        shelf.Graphs.Remove("inner");

        var mistake = Assert.Single(shelf.Wire("s: subflow outer\nin -> s\ns -> out").Mistakes);

        Assert.Equal("flow_unknown_subflow", mistake.Code);
    }

    [Fact]
    public void A_join_on_one_edge_is_a_warning_and_the_flow_compiles()
    {
        var reading = shelf.Wire(
            "a: demo/text Name | config: {join: {kind: XOR}}\nin -> a\na -> out"
        );

        Assert.NotNull(reading.Value);
        var warning = Assert.Single(reading.Mistakes);
        Assert.Equal(
            ("flow_join_single", true, "a"),
            (warning.Code, warning.Warning, warning.Where)
        );
    }
}
