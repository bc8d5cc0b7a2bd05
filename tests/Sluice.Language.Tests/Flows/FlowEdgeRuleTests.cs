namespace Sluice.Language.Tests.Flows;

/// <summary>Each rule on edges of <c>spec/flow.md</c> that a flow can break, and the code and place it is refused with.</summary>
public sealed class FlowEdgeRuleTests
{
    private readonly Shelf shelf = Shelf.Usual();

    // Two placements in a row; the lines of a test come between.
    private const string Pair = "a: demo/text Name\nb: demo/text Name\n";
    private const string Three = Pair + "c: demo/text Name\n";

    public static TheoryData<string, string, string, string> Broken =>
        new()
        {
            // Conditions.
            {
                Pair + "in -> a\na -> b | condition: {field: nam, value: x}\nb -> out",
                "flow_unknown_field",
                "a -> b",
                "has no field `nam`; it has `name`"
            },
            {
                Pair + "in -> a\na -> b | condition: {field: name, op: GT, value: 5}\nb -> out",
                "flow_condition",
                "a -> b",
                "5 cannot be compared with it"
            },
            {
                Pair + "in -> a\na -> b | condition: {field: name, op: LIKE, value: x}\nb -> out",
                "flow_condition",
                "a -> b",
                "not `LIKE`"
            },
            {
                Pair + "in -> a\na -> b | condition: {field: name, op: IN, value: x}\nb -> out",
                "flow_condition",
                "a -> b",
                "a `value` that is a list"
            },
            {
                Pair + "in -> a\na -> b | condition: {field: name, op: EXISTS, value: x}\nb -> out",
                "flow_condition",
                "a -> b",
                "takes no `value`"
            },
            {
                "a: demo/text Measure\nb: demo/text Shout\nin -> a\na -> b: text=greeting | condition: {field: size, op: CONTAINS, value: 5}\nb -> out",
                "flow_condition",
                "a -> b",
                "`CONTAINS` does not go with `size`"
            },
            {
                "a: demo/text Measure\nb: demo/text Shout\nin -> a\na -> b: text=greeting | condition: {field: greeting.size, value: 5}\nb -> out",
                "flow_path",
                "a -> b",
                "cannot go on after `greeting`"
            },
            {
                Pair + "in -> a\na -> b | condition: name\nb -> out",
                "flow_condition_type",
                "a -> b",
                "true or false"
            },
            {
                "a: demo/pages Read\nb: demo/pages Read\nin -> a\na -> b | condition: {op: GT, field: at, value: yesterday}\nb -> out",
                "flow_condition",
                "a -> b",
                "cannot be compared with it"
            },
            // Loops.
            {
                Pair + "in -> a\na -> b\nb -> a | loop: true\nb -> out",
                "flow_loop_unbounded",
                "b -> a",
                "needs `max_iterations`"
            },
            {
                Pair + "in -> a\na -> b\nb -> a | loop: true | max_iterations: 0\nb -> out",
                "flow_max_iterations",
                "b -> a",
                "1 to 10000, not 0"
            },
            {
                Pair + "in -> a\na -> b | max_iterations: 3\nb -> out",
                "flow_max_iterations",
                "a -> b",
                "belongs to an edge with `loop: true`"
            },
            {
                Three
                    + "in -> a\nin -> c\na -> b: name=name\nc -> a: name=name | loop: true | max_iterations: 3\nb -> out\nc -> out",
                "flow_loop",
                "c -> a",
                "no path leads from `a` to `c`"
            },
            {
                Three
                    + "in -> a\na -> b\nb -> c\nc -> b | loop: true | max_iterations: 2\nin -> c: name=name\nc -> out",
                "flow_loop_entered",
                "@flow_input -> c",
                "entered at `b` only"
            },
            {
                Three
                    + "d: demo/text Join\nin -> a\na -> b\nb -> c\nc -> b | loop: true | max_iterations: 2\nb -> d: left=name\nc -> d: right=name\nd -> out",
                "flow_loop_left",
                "b -> d",
                "left from `c` only"
            },
            {
                Three
                    + "in -> a\na -> b\nb -> c\nb -> a | loop: true | max_iterations: 2\nc -> b | loop: true | max_iterations: 2\nc -> out",
                "flow_loop_overlap",
                "c -> b",
                "overlaps the loop b -> a"
            },
            {
                Three
                    + "in -> a\na -> b\nb -> c\nc -> b | loop: true | max_iterations: 2\nc -> a | loop: true | max_iterations: 2\nc -> out",
                "flow_loop_overlap",
                "c -> a",
                "a last placement of its own"
            },
            {
                Pair
                    + "in -> a\na -> b\nb -> a | loop: true | max_iterations: 2 | on_error: true\nb -> out",
                "flow_loop",
                "b -> a",
                "do not go with `loop`"
            },
            {
                Pair + "in -> a | loop: true | max_iterations: 2\na -> b\nb -> out",
                "flow_loop",
                "@flow_input -> a",
                "from a placement to a placement"
            },
            {
                Pair
                    + "in -> a\na -> b\nb -> a: name=nam | loop: true | max_iterations: 2\nb -> out",
                "flow_unknown_field",
                "b -> a",
                "no field `nam`"
            },
            // Error edges.
            {
                Pair + "in -> a | on_error: true\na -> b\nb -> out",
                "flow_on_error",
                "@flow_input -> a",
                "does not fail"
            },
            {
                Pair + "in -> a\na -> b\na -> b: name=message | on_error: true\nb -> out",
                "flow_duplicate_edge",
                "a -> b",
                "an error edge needs a target of its own"
            },
            {
                Pair + "in -> a\na -> b\na -> out | on_error: true\nb -> out",
                "flow_output_adapter",
                "a -> @flow_output",
                "needs an `output_facade`"
            },
            {
                Three + "in -> a\na -> b: name=text | on_error: true\na -> c\nb -> out\nc -> out",
                "flow_unknown_field",
                "a -> b",
                "it has `code`, `kind`, `message`, `node`, `attempt` and `input`"
            },
            // Fan-out.
            {
                "a: demo/pages Split\nb: demo/pages Look\nin -> a\na -> b | fan_out: {items: title}\nb -> out",
                "flow_fan_out_items",
                "a -> b",
                "`title` is `string`"
            },
            {
                "a: demo/pages Split\nb: demo/pages Look\nin -> a\na -> b | fan_out: {items: pagess}\nb -> out",
                "flow_unknown_field",
                "a -> b",
                "no field `pagess`"
            },
            {
                "a: demo/pages Split\nb: demo/pages Look\nin -> a\na -> b | fan_out: {items: pages, concurrency: 65}\nb -> out",
                "flow_fan_out",
                "a -> b",
                "1 to 64, not 65"
            },
            {
                "a: demo/pages Split\nb: demo/pages Look\nin -> a\na -> b | fan_out: {items: pages, max_items: 0}\nb -> out",
                "flow_fan_out",
                "a -> b",
                "1 to 10000, not 0"
            },
            {
                "a: demo/pages Split\nb: demo/pages Look\nin -> a\nin -> b: number=name | fan_out: {items: tags}\na -> b | fan_out: {items: pages}\nb -> out",
                "flow_fan_out_twice",
                "a -> b",
                "called once per item of `@flow_input -> b` already"
            },
            {
                "a: demo/pages Split\nb: demo/pages Look | config: {join: {failure_policy: FAIL_FAST}}\nin -> a\na -> b | fan_out: {items: pages, failure_policy: TOLERATE_FAILURES}\nb -> out",
                "flow_fan_out",
                "a -> b",
                "make them the same"
            },
            {
                "a: demo/pages Split\nin -> a\na -> out | fan_out: {items: pages}",
                "flow_fan_out",
                "a -> @flow_output",
                "cannot lead to `@flow_output`"
            },
            {
                "a: demo/pages Split\nb: demo/pages Look\nin -> a\na -> b: number=text | fan_out: {items: pages}\nb -> out",
                "flow_edge_type",
                "a -> b",
                "`number` is `int32`, but `text` is `string`"
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
}
