using Sluice.Language.Flows;

namespace Sluice.Language.Tests.Flows;

/// <summary>Straight flows, joins and ends: the rules of decision 008 by name.</summary>
public sealed class FlowStateTests
{
    [Fact]
    public void A_straight_flow_goes_from_step_to_step_and_ends_with_the_last_output()
    {
        var run = new Played("in -> a\na -> b\nb -> out");

        Assert.Equal("a", run.Calls);
        Assert.Equal("b", run.Ok("a", say: "one").Calls);
        Assert.Equal(Wired.Say("one"), run["b"].Input.ToArray());
        run.Ok("b", say: "two");

        Assert.Equal("succeeded", run.End);
        Assert.Equal(Wired.Say("two"), run.State.Verdict!.Output!.Value.ToArray());
        Assert.Equal("", run.Calls);
    }

    [Fact]
    public void A_call_is_handed_out_once()
    {
        var state = new Played("in -> a\na -> out").Fresh();

        Assert.Single(state.TakeReady());
        Assert.Empty(state.TakeReady());
        Assert.Equal([new StepKey("a")], state.InFlight);
    }

    [Fact]
    public void An_and_join_waits_for_all_of_its_edges()
    {
        var run = new Played("in -> a\nin -> b\na -> j\nb -> j\nj -> out");

        Assert.Equal("a b", run.Calls);
        Assert.Equal("a", run.Ok("b").Calls);
        Assert.Equal("j", run.Ok("a").Calls);
    }

    [Fact]
    public void An_edge_whose_condition_holds_is_taken_and_the_others_are_not()
    {
        var run = new Played(
            "in -> a\na -> b if n > 1\na -> c if n < 2\nb -> out\nc -> out\nout: xor"
        );

        Assert.Equal("b", run.Ok("a", n: 2).Calls);
        Assert.Equal("not_taken", run.State.StateOf("c"));
        Assert.Equal(
            "taken taken not_taken waiting not_taken",
            string.Join(' ', Enumerable.Range(0, 5).Select(run.State.StateOf))
        );
        Assert.Equal("succeeded", run.Ok("b").End);
    }

    [Fact]
    public void A_placement_whose_only_edge_is_not_taken_is_skipped_and_so_is_what_follows()
    {
        var run = new Played(
            "in -> a\na -> b if n > 1\nb -> c\nc -> j\na -> j\nj -> out\nj: tolerate"
        );

        Assert.Equal("j", run.Ok("a").Calls);
        Assert.Equal("not_taken", run.State.StateOf("b"));
        Assert.Equal("not_taken", run.State.StateOf("c"));
    }

    [Fact]
    public void An_and_join_that_fails_fast_fails_when_an_edge_is_not_taken()
    {
        var run = new Played("in -> a\na -> b if n > 1\na -> j\nb -> j\nj -> out");

        run.Ok("a");

        Assert.Equal("failed join_failed", run.End);
        var fault = run.State.Verdict!.Fault!;
        Assert.Equal("JOIN_FAILED", fault.Kind);
        Assert.Equal("j", fault.Node);
        Assert.Equal("`j` needs all of its edges, and `b -> j` was not taken.", fault.Message);
    }

    [Fact]
    public void An_and_join_that_fails_fast_waits_until_all_edges_are_decided()
    {
        var run = new Played("in -> a\nin -> b\na -> j\nb -> j\nj -> out");

        Assert.Equal("b", run.Fail("a").Calls);
        Assert.Equal("-", run.End);
        Assert.Equal("failed join_failed", run.Ok("b").End);
        Assert.Equal(
            "`j` needs all of its edges, and `a -> j` has failed: a broke.",
            run.State.Verdict!.Fault!.Message
        );
    }

    [Fact]
    public void An_and_join_is_skipped_when_none_of_its_edges_is_taken()
    {
        var run = new Played(
            "in -> a\na -> b if n > 1\na -> c if n > 1\nb -> j\nc -> j\nj -> out\na -> out\nout: xor"
        );

        run.Ok("a");

        Assert.Equal("not_taken", run.State.StateOf("j"));
        Assert.Equal("succeeded", run.End);
    }

    [Fact]
    public void A_join_that_tolerates_failures_starts_with_what_came()
    {
        var run = new Played(
            "in -> a\nin -> b\nin -> c\na -> j\nb -> j\nc -> j if n > 1\nj -> out\nj: tolerate"
        );

        run.Fail("a").Ok("c").Ok("b", say: "b");

        Assert.Equal("j", run.Calls);
        Assert.Equal(Wired.Say("b"), run["j"].Input.ToArray());
    }

    [Fact]
    public void A_join_that_tolerates_failures_fails_when_nothing_came()
    {
        var run = new Played("in -> a\nin -> b\na -> j\nb -> j if n > 1\nj -> out\nj: tolerate");

        Assert.Equal("failed join_failed", run.Fail("a").Ok("b").End);
    }

    [Fact]
    public void An_xor_starts_with_the_first_edge_taken_once()
    {
        var run = new Played("in -> a\nin -> b\na -> x\nb -> x\nx -> out\nx: xor");

        run.Ok("b", say: "b");

        Assert.Equal("a x", run.Calls);
        Assert.Equal(Wired.Say("b"), run["x"].Input.ToArray());
        Assert.Equal("x", run.Ok("a", say: "a").Calls);
        Assert.Equal("succeeded", run.Ok("x").End);
    }

    [Fact]
    public void Of_two_edges_that_are_taken_at_once_an_xor_starts_with_the_first_of_the_document()
    {
        var run = new Played("in -> a\nin -> x\na -> x\nx -> out\nx: xor");

        Assert.Equal(Wired.Say("in"), run["x"].Input.ToArray());
    }

    [Fact]
    public void An_xor_outlives_failed_edges_as_long_as_one_is_left()
    {
        var run = new Played("in -> a\nin -> b\na -> x\nb -> x\nx -> out\nx: xor");

        Assert.Equal("b", run.Fail("a").Calls);
        Assert.Equal("x", run.Ok("b").Calls);
    }

    [Fact]
    public void An_xor_of_which_nothing_is_left_is_skipped_or_failed_if_an_edge_had_failed()
    {
        const string Flow = "in -> a\nin -> b\na -> x if n > 1\nb -> x if n > 1\nx -> out\nx: xor";

        Assert.Equal("failed no_terminal", new Played(Flow).Ok("a").Ok("b").End);
        Assert.Equal("failed node_failed", new Played(Flow).Fail("a").Ok("b").End);
    }

    [Fact]
    public void The_run_fails_with_the_error_that_travelled_to_the_output()
    {
        var run = new Played("in -> a\na -> b\nb -> c\nc -> out").Fail("a", "NODE_CRASHED");

        Assert.Equal("failed node_failed", run.End);
        Assert.Equal("a", run.State.Verdict!.Fault!.Node);
        Assert.Equal("NODE_CRASHED", run.State.Cause!.Kind);
        Assert.Equal("failed", run.State.StateOf("c"));
    }

    [Fact]
    public void The_run_fails_with_no_terminal_when_nothing_leads_to_the_output()
    {
        var run = new Played("in -> a\na -> b if n > 1\nb -> out").Ok("a");

        Assert.Equal("failed no_terminal", run.End);
        Assert.Null(run.State.Verdict!.Fault!.Node);
    }

    [Fact]
    public void A_flow_whose_entries_do_not_hold_ends_before_it_begins()
    {
        var run = new Played("in -> a if n > 1\na -> out");

        Assert.Equal("", run.Calls);
        Assert.Equal("failed no_terminal", run.End);
    }

    [Fact]
    public void The_output_is_a_join_like_others()
    {
        const string Flow = "in -> a\nin -> b\na -> out\nb -> out\nout: xor";
        var first = new Played(Flow).Ok("b");

        Assert.Equal("succeeded", first.End);
        Assert.Equal(
            "failed join_failed",
            new Played(Flow.Replace("b -> out", "b -> out if n > 1").Replace("xor", ""))
                .Ok("a")
                .Ok("b")
                .End
        );
        Assert.Equal(
            "failed node_failed",
            new Played(Flow.Replace("xor", "")).Fail("a").Ok("b").End
        );
    }

    [Fact]
    public void What_is_still_in_flight_when_the_run_ends_is_no_longer_wanted()
    {
        var run = new Played("in -> a\nin -> b\na -> out\nb -> out\nout: xor");
        var state = run.State;

        Assert.True(state.Wants(new StepKey("a")));
        run.Ok("b");

        Assert.False(state.Wants(new StepKey("a")));
        Assert.Equal([new StepKey("a")], state.InFlight);
        state.Apply(
            new StepResult
            {
                Key = new StepKey("a"),
                Attempt = 1,
                Output = Wired.Say("a"),
            }
        );
        Assert.Empty(state.InFlight);
        Assert.Equal(Wired.Say("b"), state.Verdict!.Output!.Value.ToArray());
    }

    [Fact]
    public void An_edge_that_cannot_carry_its_message_fails_the_placement_behind_it()
    {
        var run = new Played("in -> a\nin -> b\na -> j pick\nb -> j\nj -> out");

        run.Give("a", [0x0A, 99]).Ok("b");

        Assert.Equal("failed edge_failed", run.End);
        var fault = run.State.Verdict!.Fault!;
        Assert.Equal(("EDGE_ADAPTER", "j", "a -> j"), (fault.Kind, fault.Node, $"{fault.Edge}"));
        Assert.Equal("failed", run.State.StateOf("j"));
    }

    [Fact]
    public void A_condition_that_has_no_value_fails_its_edge()
    {
        var run = new Played("in -> a\na -> b if 1 / n > 0\na -> out\nb -> out\nout: tolerate");

        Assert.Equal("b", run.Ok("a", n: 1).Calls);
        run = new Played("in -> a\na -> b if 1 / n > 0\nb -> out").Ok("a");
        Assert.Equal("failed edge_failed", run.End);
        Assert.Equal("EDGE_CONDITION", run.State.Cause!.Kind);
    }

    [Fact]
    public void Repeated_and_unasked_results_change_nothing()
    {
        var run = new Played("in -> a\na -> b\nb -> out\nb: retry 3");
        run.Ok("a", say: "once");
        var again = run.Journal[0] with { Output = Wired.Say("twice") };

        run.Apply(again);
        run.Apply(again with { Key = new StepKey("b", Visit: 2) });
        run.Apply(again with { Key = new StepKey("b", 1, Item: 0) });
        run.Apply(again with { Key = new StepKey("b"), Attempt = 2 });

        Assert.Equal("b", run.Calls);
        Assert.Equal(Wired.Say("once"), run["b"].Input.ToArray());
        Assert.Throws<KeyNotFoundException>(() =>
            run.State.Apply(again with { Key = new StepKey("nobody") })
        );
    }

    [Fact]
    public void The_input_of_a_call_is_known_while_it_is_open_and_afterwards()
    {
        var run = new Played("in -> a\na -> b\nb -> out");

        Assert.Null(run.State.InputOf(new StepKey("b")));
        run.Ok("a", say: "x");
        Assert.Equal(Wired.Say("x"), run.State.InputOf(new StepKey("b"))!.Value.ToArray());
        run.Ok("b");

        Assert.Equal(Wired.Say("in"), run.State.InputOf(new StepKey("a"))!.Value.ToArray());
        Assert.Equal(Wired.Say("x"), run.State.InputOf(new StepKey("b"))!.Value.ToArray());
    }

    [Fact]
    public void An_edited_input_is_for_the_first_attempt_that_comes_next()
    {
        var run = new Played("in -> a\na -> b\nb -> out\nb: retry 2");
        run.State.Override("b", Wired.Say("edited"));

        run.Ok("a", say: "x");

        Assert.Equal(Wired.Say("edited"), run["b"].Input.ToArray());
        Assert.Equal(Wired.Say("edited"), run.Fail("b")["b"].Input.ToArray());
    }

    [Fact]
    public void An_edited_input_reaches_a_call_that_is_open_but_not_handed_out()
    {
        var state = new Played("in -> a\na -> out").Fresh();
        state.Override("a", Wired.Say("edited"));

        var call = Assert.Single(state.TakeReady());

        Assert.Equal(Wired.Say("edited"), call.Input.ToArray());
        Assert.Equal(Wired.Say("edited"), state.InputOf(call.Key)!.Value.ToArray());
    }

    [Fact]
    public void A_run_with_nothing_to_undo_ends_at_once_when_it_is_stopped()
    {
        var run = new Played("in -> a\na -> out").Abort();

        Assert.Equal("failed cancelled", run.End);
        Assert.Equal("failed cancelled", run.Abort("other").End);
        Assert.Equal("", run.Calls);
    }

    [Fact]
    public void A_run_that_is_over_is_not_stopped_any_more()
    {
        Assert.Equal("succeeded", new Played("in -> a\na -> out").Ok("a").Abort().End);
    }

    [Fact]
    public void A_straight_flow_of_three_steps_leaves_little_garbage()
    {
        var plan = Wired.Plan("in -> a\na -> b\nb -> c\nc -> out");
        ReadOnlyMemory<byte> message = Wired.Say("x");
        var config = new Dictionary<string, string>();
        Once();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
            Once();

        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / 100, 0, 2_500);

        void Once()
        {
            var state = new FlowState(plan, "r", message, config);
            while (state.Verdict is null)
                foreach (var call in state.TakeReady())
                    state.Apply(Played.Result(call) with { Output = message });
        }
    }
}
