using Sluice.Language.Flows;

namespace Sluice.Language.Tests.Flows;

public sealed class FlowStateFanOutTests
{
    private const string Flow = "in -> s\ns -> f each 2\nf -> g\ng -> out";

    private static Played Split(string flow, params string[] items) =>
        new Played(flow).Give("s", Wired.List(items));

    [Fact]
    public void Each_item_of_the_list_is_a_call_and_never_more_than_allowed_are_open()
    {
        var run = Split(Flow, "x", "y", "z");

        Assert.Equal("f[0] f[1]", run.Calls);
        Assert.Equal(Wired.Say("y"), run["f[1]"].Input.ToArray());
        Assert.Equal("f[0] f[2]", run.Ok("f[1]").Calls);
        Assert.Equal("f[0]", run.Ok("f[2]").Calls);
        Assert.Equal("g", run.Ok("f[0]").Calls);
    }

    [Fact]
    public void The_results_come_in_the_order_of_the_items()
    {
        var run = Split(Flow, "x", "y", "z");

        run.Ok("f[1]", say: "Y").Ok("f[2]", say: "Z").Ok("f[0]", say: "X");

        Assert.Equal(
            Bytes.Join(
                Bytes.Message(4, Wired.Say("X")),
                Bytes.Message(4, Wired.Say("Y")),
                Bytes.Message(4, Wired.Say("Z"))
            ),
            run["g"].Input.ToArray()
        );
    }

    [Fact]
    public void An_empty_list_starts_nothing_and_gives_an_empty_result()
    {
        var run = Split(Flow);

        Assert.Equal("g", run.Calls);
        Assert.Empty(run["g"].Input.ToArray());
        Assert.Equal("succeeded", run.State.StateOf("f"));
    }

    [Fact]
    public void A_failed_item_fails_the_placement_and_the_other_items_lose_their_meaning()
    {
        var run = Split(Flow, "x", "y", "z");
        var other = run["f[1]"];

        run.Fail("f[0]");

        Assert.Equal("failed node_failed", run.End);
        Assert.False(run.State.Wants(other.Key));
        Assert.Equal([other.Key], run.State.InFlight);
    }

    [Fact]
    public void A_failed_item_may_be_tolerated_and_is_listed_among_the_errors()
    {
        var run = Split(Flow + "\nf: tolerate", "x", "y", "z");

        run.Fail("f[0]").Ok("f[1]", say: "Y").Fail("f[2]");

        Assert.Equal("g", run.Calls);
        Assert.Equal(Bytes.Message(4, Wired.Say("Y")), run["g"].Input.ToArray());
    }

    [Fact]
    public void Each_item_has_attempts_of_its_own_and_a_wait_keeps_its_place()
    {
        var run = Split(Flow + "\nf: retry 2", "x", "y", "z");

        Assert.Equal("f[1] f[0]/2", run.Fail("f[0]").Calls);
        Assert.Equal("f[0]/2 f[2]", run.Ok("f[1]").Calls);
        Assert.Equal("g", run.Ok("f[0]").Ok("f[2]").Calls);
    }

    [Fact]
    public void More_items_than_allowed_are_a_failure_that_an_error_edge_may_take()
    {
        const string Few =
            "in -> s\ns -> f each 2 max 2\nf -> g\ng -> out\nf -> h error if code == 'fan_out_limit'\nh -> out\nout: xor";

        Assert.Equal("f[0] f[1]", Split(Few, "x", "y").Calls);
        Assert.Equal("h", Split(Few, "x", "y", "z").Calls);
        Assert.Equal(
            "failed fan_out_limit",
            Split(Flow.Replace("each 2", "each 2 max 2"), "x", "y", "z").End
        );
    }

    [Fact]
    public void An_item_that_cannot_be_carried_fails_before_it_is_called()
    {
        byte[] list = [.. Wired.List("x"), 0x1A, 2, 0x0A, 99];
        const string Picked = "in -> s\ns -> f each 2 pick\nf -> g\ng -> out";

        Assert.Equal("failed edge_failed", new Played(Picked).Give("s", list).End);
        Assert.Equal("f[0]", new Played(Picked + "\nf: tolerate").Give("s", list).Calls);
    }

    [Fact]
    public void A_fan_out_may_be_repeated_by_a_loop()
    {
        var run = Split(
            "in -> s\ns -> f each 2\nf -> g\ng -> s loop 3 if n > 1\ng -> out",
            "x",
            "y",
            "z"
        );
        run.Ok("f[0]").Ok("f[1]").Ok("f[2]").Ok("g", n: 2);

        Assert.Equal("s#2", run.Calls);
        Assert.Equal("f#2[0]", run.Give("s#2", Wired.List("q")).Calls);
        Assert.Equal(Wired.Say("x"), run.State.InputOf(new StepKey("f", 1, 0))!.Value.ToArray());
        Assert.Null(run.State.InputOf(new StepKey("f", 2, 2)));
    }

    [Fact]
    public void A_list_that_was_not_taken_is_empty()
    {
        var run = Split("in -> s\nin -> f\ns -> f each 2 if n > 1\nf -> out\nf: tolerate", "x");

        Assert.Equal("succeeded", run.End);
    }
}
