using Sluice.Language.Flows;

namespace Sluice.Language.Tests.Flows;

public sealed class FlowPlanTests
{
    private readonly Shelf shelf = Shelf.Usual();

    private static ReadOnlyMemory<byte> Build(
        FlowGraph graph,
        string to,
        params (string From, byte[] Message)[] outputs
    )
    {
        var fault = FlowPlan
            .For(graph)
            .BuildInput(to, from => outputs.First(o => o.From == from).Message, out var input);
        Assert.Null(fault);
        return input;
    }

    [Fact]
    public void A_whole_message_of_the_same_type_is_handed_on_without_a_copy()
    {
        var graph = shelf.Good("a: demo/greeter Greet\nin -> a\na -> out");
        var message = Bytes.Text(1, "Ada");

        var input = Build(graph, "a", ("@flow_input", message));

        Assert.True(
            System.Runtime.InteropServices.MemoryMarshal.TryGetArray(input, out var segment)
        );
        Assert.Same(message, segment.Array);
    }

    [Fact]
    public void Fields_are_matched_by_name_never_by_number()
    {
        var graph = shelf.Good(
            "m: demo/text Measure\na: demo/greeter Greet\nin -> m\nm -> a: name=greeting\na -> out"
        );

        var input = Build(graph, "a", ("m", Bytes.Join(Bytes.Small(9, 3), Bytes.Text(4, "hey"))));

        Assert.Equal(Bytes.Text(1, "hey"), input.ToArray());
    }

    [Fact]
    public void A_whole_message_of_another_package_is_renumbered_by_name()
    {
        var graph = shelf.Good(
            "n: demo/text Name\na: demo/greeter Greet\nin -> n\nn -> a\na -> out"
        );

        Assert.Equal(
            Bytes.Text(1, "Ada"),
            Build(graph, "a", ("n", Bytes.Text(7, "Ada"))).ToArray()
        );
    }

    [Fact]
    public void Several_edges_are_merged_into_one_message()
    {
        var graph = shelf.Good(
            "n: demo/text Name\ng: demo/greeter Greet\nj: demo/text Join\nin -> n\nn -> g\nn -> j: left=name\ng -> j: right=greeting\nj -> out"
        );

        var input = Build(graph, "j", ("n", Bytes.Text(7, "Ada")), ("g", Bytes.Text(1, "Hello")));

        Assert.Equal(Bytes.Join(Bytes.Text(1, "Ada"), Bytes.Text(2, "Hello")), input.ToArray());
    }

    [Fact]
    public void A_path_picks_a_field_out_of_nested_messages()
    {
        shelf.Put(
            "demo/deep@1.0.0",
            "message C { string city = 3; string zip = 4; } message B { C at = 2; } message A { B b = 1; string x = 9; }",
            "Deep A A"
        );
        var graph = shelf.Good(
            "d: demo/deep Deep\nj: demo/text Join\nin -> d\nd -> j: left=b.at.city right=b.at.zip\nj -> out"
        );
        var message = Bytes.Join(
            Bytes.Text(9, "x"),
            Bytes.Message(1, Bytes.Message(2, Bytes.Text(4, "8000"), Bytes.Text(3, "Zurich")))
        );

        var input = Build(graph, "j", ("d", message));

        Assert.Equal(Bytes.Join(Bytes.Text(2, "8000"), Bytes.Text(1, "Zurich")), input.ToArray());
    }

    [Fact]
    public void Nested_messages_lists_and_maps_are_renumbered_too()
    {
        shelf.Put(
            "demo/from@1.0.0",
            "message N { string s = 1; string gone = 2; } message A { repeated N ns = 1; map<string, N> m = 2; repeated int32 p = 3; }",
            "Make A A"
        );
        shelf.Put(
            "demo/to@1.0.0",
            "message N { string s = 5; } message B { repeated N ns = 6; map<string, N> m = 7; repeated int32 p = 8; }",
            "Take B B"
        );
        var graph = shelf.Good("a: demo/from Make\nb: demo/to Take\nin -> a\na -> b\nb -> out");
        var message = Bytes.Join(
            Bytes.Message(1, Bytes.Text(1, "one"), Bytes.Text(2, "x")),
            Bytes.Message(1, Bytes.Text(1, "two")),
            Bytes.Message(2, Bytes.Text(1, "key"), Bytes.Message(2, Bytes.Text(1, "three"))),
            [3 << 3 | 2, 3, 1, 2, 3],
            Bytes.Small(3, 4)
        );

        var input = Build(graph, "b", ("a", message));

        Assert.Equal(
            Bytes.Join(
                Bytes.Message(6, Bytes.Text(5, "one")),
                Bytes.Message(6, Bytes.Text(5, "two")),
                Bytes.Message(7, Bytes.Text(1, "key"), Bytes.Message(2, Bytes.Text(5, "three"))),
                [8 << 3 | 2, 3, 1, 2, 3],
                Bytes.Small(8, 4)
            ),
            input.ToArray()
        );
    }

    [Fact]
    public void The_flows_output_is_the_terminals_output()
    {
        var graph = shelf.Good("a: demo/greeter Greet\nin -> a\na -> out");

        Assert.Equal(
            Bytes.Text(1, "Hello"),
            Plans.Input(graph, "@flow_output", _ => Bytes.Text(1, "Hello"))
        );
    }

    [Fact]
    public void A_malformed_message_is_a_fault_that_names_the_edge()
    {
        var graph = shelf.Good(
            "n: demo/text Name\na: demo/greeter Greet\nin -> n\nn -> a\na -> out"
        );

        var fault = FlowPlan.For(graph).BuildInput("a", _ => new byte[] { 0x3A, 200, 1 }, out _);

        Assert.Equal(
            "The edge n -> a failed: what it carries is no message of its type.",
            fault!.Message
        );
    }

    [Fact]
    public void An_adapter_cannot_blow_a_message_up_beyond_the_limit()
    {
        shelf.Put(
            "demo/wide@1.0.0",
            $"message W {{ {string.Concat(Enumerable.Range(1, 9).Select(i => $"bytes f{i} = {i};"))} }}",
            "Wide W W"
        );
        var fields = string.Join(' ', Enumerable.Range(1, 9).Select(i => $"f{i}=f1"));
        var graph = shelf.Good(
            $"a: demo/wide Wide\nb: demo/wide Wide\nin -> a\na -> b: {fields}\nb -> out"
        );
        byte[] message = [0x0A, 0x80, 0x80, 0x80, 0x01, .. new byte[2 * 1024 * 1024]];

        var fault = FlowPlan.For(graph).BuildInput("b", _ => message, out _);

        Assert.Contains("longer than 16777216 bytes", fault!.Message);
    }

    [Theory]
    [InlineData(new byte[] { 0x0A, 1, 65 }, null)]
    [InlineData(new byte[] { }, null)]
    [InlineData(new byte[] { 0x08, 1 }, "`greeting` does not hold `string`")]
    [InlineData(new byte[] { 0x12, 1, 65 }, "field number 2 does not belong")]
    [InlineData(new byte[] { 0x0A, 1, 0xFF }, "not valid UTF-8")]
    [InlineData(new byte[] { 0x0A, 9, 65 }, "The bytes are no")]
    [InlineData(new byte[] { 0x0B }, "The bytes are no")]
    [InlineData(new byte[] { 0x80 }, "The bytes are no")]
    [InlineData(new byte[] { 0x00, 0x00 }, "The bytes are no")]
    public void What_a_node_returns_is_checked_against_its_output_message(
        byte[] output,
        string? fault
    )
    {
        var plan = FlowPlan.For(shelf.Good("a: demo/greeter Greet\nin -> a\na -> out"));

        var found = plan.OutputFault("a", output);

        if (fault is null)
            Assert.Null(found);
        else
            Assert.Contains(fault, found);
    }

    [Fact]
    public void A_plan_is_made_once_per_graph()
    {
        var graph = shelf.Good("a: demo/greeter Greet\nin -> a\na -> out");

        Assert.Same(FlowPlan.For(graph), FlowPlan.For(graph));
    }
}
