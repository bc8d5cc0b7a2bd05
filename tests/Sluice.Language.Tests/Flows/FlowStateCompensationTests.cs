using Sluice.Language.Flows;

namespace Sluice.Language.Tests.Flows;

public sealed class FlowStateCompensationTests
{
    private const string Saga =
        "in -> a\na -> b\nb -> c\nc -> out\na: undo ua\nb: undo ub\nua: retry 2\nub: retry 2";

    [Fact]
    public void What_succeeded_is_undone_one_after_the_other_in_reverse_order_of_completion()
    {
        var run = new Played(Saga).Ok("a").Ok("b").Fail("c");

        Assert.True(run.State.Compensating);
        Assert.Equal("-", run.End);
        Assert.Equal("ub", run.Calls);
        Assert.Equal(new StepKey("b"), run["ub"].Undoes);
        Assert.Equal("ua#2", run.Ok("ub").Calls);
        Assert.Equal(new StepKey("a"), run["ua#2"].Undoes);

        Assert.Equal("compensated node_failed", run.Ok("ua#2").End);
        Assert.Equal("c", run.State.Verdict!.Fault!.Node);
    }

    [Fact]
    public void Completion_orders_not_the_graph()
    {
        var run = new Played("in -> a\nin -> b\na -> j\nb -> j\nj -> out\na: undo ua\nb: undo ub")
            .Ok("b")
            .Ok("a")
            .Fail("j");

        Assert.Equal("ua", run.Calls);
        Assert.Equal("ub#2", run.Ok("ua").Calls);
    }

    [Fact]
    public void A_run_that_succeeds_undoes_nothing()
    {
        Assert.Equal("succeeded", new Played(Saga).Ok("a").Ok("b").Ok("c").End);
    }

    [Fact]
    public void What_did_not_succeed_is_not_undone()
    {
        Assert.Equal("failed node_failed", new Played(Saga).Fail("a").End);
        Assert.Equal("ua", new Played(Saga).Ok("a").Fail("b").Calls);
    }

    [Fact]
    public void A_failure_that_an_error_edge_takes_undoes_nothing()
    {
        var run = new Played(
            "in -> a\na -> b\nb -> h error\nb -> out\nh -> out\nout: xor\na: undo ua"
        )
            .Ok("a")
            .Fail("b")
            .Ok("h");

        Assert.Equal("succeeded", run.End);
    }

    [Fact]
    public void A_compensator_takes_each_field_from_the_output_else_from_the_input()
    {
        var run = new Played(
            "in -> a\na -> b\nb -> out\na: undo ua",
            Bytes.Join(Wired.Say("in"), Bytes.Text(5, "code"))
        )
            .Ok("a", say: "done")
            .Fail("b");

        Assert.Equal(Wired.Say("done"), run["ua"].Input.ToArray());
    }

    [Fact]
    public void A_compensator_is_retried_like_any_placement()
    {
        var run = new Played(Saga).Ok("a").Fail("b");

        Assert.Equal("ua/2", run.Fail("ua").Calls);
        Assert.Equal(1_000, run["ua"].Wait.TotalMilliseconds);
        Assert.Equal("compensated node_failed", run.Ok("ua").End);
    }

    [Fact]
    public void When_a_compensator_fails_for_good_the_others_still_run_and_the_run_has_failed()
    {
        var run = new Played(Saga).Ok("a").Ok("b").Fail("c").Fail("ub").Fail("ub");

        Assert.Equal("ua#2", run.Calls);
        Assert.Equal("failed compensation_failed", run.Ok("ua#2").End);
        var fault = run.State.Verdict!.Fault!;
        Assert.Equal(("COMPENSATION_FAILED", "ub", 2), (fault.Kind, fault.Node, fault.Attempt));
        Assert.Equal("`ub` could not undo `b`: ub broke.", fault.Message);
        Assert.Equal("node_failed", run.State.Cause!.Code);
    }

    [Fact]
    public void A_run_that_is_stopped_undoes_what_it_did()
    {
        var run = new Played(Saga).Ok("a").Abort();

        Assert.Equal("ua", run.Calls);
        Assert.False(run.State.Wants(new StepKey("b")));
        Assert.Equal("compensated cancelled", run.Ok("ua").End);
    }

    [Fact]
    public void Undoing_is_not_stopped()
    {
        var run = new Played(Saga).Ok("a").Fail("b").Abort();

        Assert.Equal("ua", run.Calls);
        Assert.Equal("compensated node_failed", run.Ok("ua").End);
    }

    [Fact]
    public void A_result_that_comes_while_the_run_is_being_undone_changes_nothing()
    {
        var run = new Played(
            "in -> a\nin -> b\na -> out\nb -> out\nout: xor\na: undo ua\nin -> c\nc -> out\nb: undo ub"
        );
        var late = run["b"];
        run.Ok("c");
        Assert.Equal("succeeded", run.End);

        run = new Played(
            "in -> a\na -> b\na -> c\nb -> out\nc -> out\nout: xor\na: undo ua\nb: undo ub"
        ).Ok("a");
        late = run["b"];
        run.Abort().Apply(Played.Result(late) with { Output = Wired.Say("late") });

        Assert.Equal("ua", run.Calls);
        Assert.Equal("compensated cancelled", run.Ok("ua").End);
    }

    [Fact]
    public void Each_visit_and_each_item_is_undone()
    {
        var run = new Played(
            "in -> s\ns -> f each 2\nf -> g\ng -> s loop 3 if n > 1\ng -> b\nb -> out\nf: undo uf\ng: undo ug"
        );
        run.Give("s", Wired.List("x", "y")).Ok("f[1]").Ok("f[0]").Ok("g", n: 2);
        run.Give("s#2", Wired.List("z")).Ok("f#2[0]").Ok("g#2").Fail("b");
        var order = new List<string>();
        while (run.Open is [var call])
        {
            order.Add($"{call.Key} {call.Undoes}");
            run.Ok($"{call.Key}");
        }

        Assert.Equal(["ug g#2", "uf#2 f#2[0]", "ug#3 g", "uf#4 f[0]", "uf#5 f[1]"], order);
        Assert.Equal("compensated node_failed", run.End);
    }

    [Fact]
    public void Items_that_succeeded_before_another_failed_are_undone()
    {
        var run = new Played("in -> s\ns -> f each 1\nf -> out\nf: undo uf")
            .Give("s", Wired.List("x", "y"))
            .Ok("f[0]")
            .Fail("f[1]");

        Assert.Equal(new StepKey("f", 1, 0), run["uf"].Undoes);
    }

    [Fact]
    public void A_compensator_whose_input_cannot_be_made_has_failed()
    {
        var run = new Played(
            "in -> a\nin -> b\na -> j\nb -> j pick\nj -> out\na: undo ua\nb: undo ub"
        )
            .Ok("a")
            .Give("b", [0x0A, 99]);

        Assert.Equal("ua#2", run.Calls);
        Assert.Equal("failed compensation_failed", run.Ok("ua#2").End);
        Assert.Equal("ub", run.State.Verdict!.Fault!.Node);
    }
}
