using Sluice.Language.Flows;

namespace Sluice.Language.Tests.Flows;

public sealed class FlowStateLoopTests
{
    [Fact]
    public void A_loop_visits_its_body_again_as_long_as_its_condition_holds()
    {
        var run = new Played("in -> a\na -> b\nb -> a loop 5 if n > 1\nb -> c\nc -> out");

        run.Ok("a").Ok("b", n: 2, say: "again");
        Assert.Equal("a#2", run.Calls);
        Assert.Equal("waiting", run.State.StateOf("c"));
        Assert.Equal("waiting", run.State.StateOf("b"));
        Assert.Equal("b#2", run.Ok("a#2").Calls);
        Assert.Equal("c", run.Ok("b#2", n: 1).Calls);
        Assert.Equal("succeeded", run.Ok("c").End);
    }

    [Fact]
    public void The_input_of_another_visit_is_what_the_loop_sets_over_what_entered()
    {
        var graph = Wired.Graph("in -> a\na -> a loop 5 if n > 1\na -> out");
        graph = graph with
        {
            Edges =
            [
                .. graph.Edges.Select(e =>
                    e.Loop ? e with { Fields = [new GraphField("say", "say")] } : e
                ),
            ],
        };
        var run = new Played(
            FlowPlan.For(graph),
            Bytes.Join(Wired.Say("in"), Bytes.Text(5, "kept"))
        );

        run.Ok("a", n: 2, say: "again");

        Assert.Equal(
            Bytes.Join(Bytes.Text(5, "kept"), Wired.Say("again")),
            run["a#2"].Input.ToArray()
        );
    }

    [Fact]
    public void A_loop_without_condition_ends_after_its_last_visit()
    {
        var run = new Played("in -> a\na -> a loop 2\na -> out").Ok("a").Ok("a#2");

        Assert.Equal("a#3", run.Calls);
        Assert.Equal("succeeded", run.Ok("a#3").End);
        Assert.Equal("taken", run.State.StateOf(1));
    }

    [Fact]
    public void A_condition_that_holds_after_the_last_visit_is_a_failure()
    {
        var run = new Played("in -> a\na -> a loop 2 if n > 1\na -> out")
            .Ok("a", n: 2)
            .Ok("a#2", n: 2)
            .Ok("a#3", n: 2);

        Assert.Equal("failed loop_limit", run.End);
        Assert.Equal(("LOOP_LIMIT", "a"), (run.State.Cause!.Kind, run.State.Cause.Node));
        Assert.Equal("failed", run.State.StateOf("a"));
    }

    [Fact]
    public void An_error_edge_may_take_that_a_loop_has_no_end()
    {
        var run = new Played(
            "in -> a\na -> a loop 1 if n > 1\na -> out\na -> h error if code == 'loop_limit'\nh -> out\nout: xor"
        );

        Assert.Equal("h", run.Ok("a", n: 2).Ok("a#2", n: 2).Calls);
    }

    [Fact]
    public void A_loop_whose_condition_has_no_value_fails_its_source()
    {
        var run = new Played("in -> a\na -> a loop 1 if 1 / n > 0\na -> out").Ok("a");

        Assert.Equal("failed edge_failed", run.End);
        Assert.Equal("EDGE_CONDITION", run.State.Cause!.Kind);
    }

    [Fact]
    public void A_loop_counts_anew_in_each_visit_of_what_surrounds_it()
    {
        var run = new Played(
            "in -> a\na -> b\nb -> b loop 1 if n > 1\nb -> c\nc -> a loop 1 if n > 1\nc -> out"
        );

        run.Ok("a").Ok("b", n: 2).Ok("b#2").Ok("c", n: 2);
        Assert.Equal("a#2", run.Calls);
        run.Ok("a#2");
        Assert.Equal("b#3", run.Calls);
        run.Ok("b#3", n: 2).Ok("b#4").Ok("c#2");

        Assert.Equal("succeeded", run.End);
    }

    [Fact]
    public void Two_loops_may_lead_back_to_one_placement()
    {
        var graph = Wired.Graph(
            "in -> a\na -> a loop 9 if n == 2\na -> b\nb -> a loop 9 if n == 3\nb -> out"
        );
        graph = graph with
        {
            Edges =
            [
                .. graph.Edges.Select(e =>
                    e.Loop
                        ? e with
                        {
                            Fields = [new GraphField(e.From == "a" ? "say" : "code", "say")],
                        }
                        : e
                ),
            ],
        };
        var run = new Played(FlowPlan.For(graph), Bytes.Text(6, "node"));

        run.Ok("a").Ok("b", n: 3, say: "outer").Ok("a#2", n: 2, say: "inner");

        // The inner loop goes over what the outer one brought.
        Assert.Equal(
            Bytes.Join(Bytes.Text(6, "node"), Bytes.Text(5, "outer"), Wired.Say("inner")),
            run["a#3"].Input.ToArray()
        );
        run.Ok("a#3").Ok("b#2", n: 3, say: "again");
        // What the inner loop brought is of the visit before.
        Assert.Equal(
            Bytes.Join(Bytes.Text(6, "node"), Bytes.Text(5, "again")),
            run["a#4"].Input.ToArray()
        );
    }

    [Fact]
    public void A_result_of_a_visit_that_a_loop_has_left_behind_changes_nothing()
    {
        var run = new Played(
            "in -> a\na -> b\na -> c\nb -> x\nc -> x\nx -> a loop 5 if n > 1\nx -> out\nx: xor"
        );
        run.Ok("a").Ok("b");
        var late = run["c"];

        run.Ok("x", n: 2);
        Assert.False(run.State.Wants(late.Key));
        Assert.Contains(late.Key, run.State.InFlight);
        run.Apply(Played.Result(late) with { Output = Wired.Say("late") });

        Assert.Equal("a#2", run.Calls);
        Assert.Equal([new StepKey("a", 2)], run.State.InFlight);
        Assert.Equal("b#2 c#2", run.Ok("a#2").Calls);
        Assert.Equal("b#2 x#2", run.Ok("c#2", say: "c2").Calls);
        Assert.Equal(Wired.Say("c2"), run["x#2"].Input.ToArray());
    }

    [Fact]
    public void An_edge_that_leads_out_of_a_loop_is_decided_by_the_last_visit()
    {
        const string Flow =
            "in -> a\na -> b\na -> h error\nb -> a loop 5 if n > 1\nb -> out\nh -> out\nout: xor\nb: tolerate";
        var late = new Played(Flow).Ok("a").Ok("b", n: 2);
        Assert.Equal("waiting", late.State.StateOf("h"));

        Assert.Equal("h", late.Fail("a#2").Calls);
        Assert.Equal("not_taken", late.State.StateOf("b"));
    }

    [Fact]
    public void An_error_of_a_visit_that_was_repeated_is_forgotten()
    {
        var run = new Played(
            "in -> a\na -> b\na -> s\nb -> s\nb -> h error\ns -> a loop 5 if n > 1\ns -> out\nh -> out\nout: xor\ns: tolerate"
        );
        run.Ok("a").Fail("b");

        Assert.Equal("waiting", run.State.StateOf("h"));
        run.Ok("s", n: 2).Ok("a#2").Ok("b#2").Ok("s#2");

        Assert.Equal("succeeded", run.End);
        Assert.Equal("not_taken", run.State.StateOf("h"));
    }

    [Fact]
    public void A_failure_within_a_loop_ends_it()
    {
        var run = new Played("in -> a\na -> b\nb -> a loop 5\nb -> out").Ok("a").Ok("b");

        Assert.Equal("failed node_failed", run.Fail("a#2").End);
    }

    [Fact]
    public void The_inputs_of_earlier_visits_are_kept_only_when_asked_for()
    {
        foreach (var keep in (bool[])[true, false])
        {
            var plan = Wired.Plan("in -> a\na -> a loop 2\na -> out");
            var state = new FlowState(plan, "r", Wired.Say("in"), new Dictionary<string, string>())
            {
                KeepInputs = keep,
            };
            state.Apply(
                new StepResult
                {
                    Key = new StepKey("a"),
                    Attempt = 1,
                    Output = Wired.Say("x"),
                }
            );

            Assert.Equal(keep, state.InputOf(new StepKey("a")) is not null);
            Assert.Equal(Wired.Say("x"), state.InputOf(new StepKey("a", 2))!.Value.ToArray());
        }
    }

    [Fact]
    public void A_loop_that_never_calls_anything_comes_to_an_end()
    {
        var run = new Played(
            """
            in -> a
            a -> f each 2
            f -> f loop 10000
            f -> g each 2 over results
            g -> g loop 10000
            g -> f loop 10000
            g -> out
            """
        ).Ok("a");

        Assert.Equal("failed loop_limit", run.End);
        Assert.Equal(
            "The loop `g -> g` goes round without any call being made.",
            run.State.Cause!.Message
        );
    }

    [Fact]
    public void The_last_of_ten_thousand_visits_costs_no_more_than_the_first()
    {
        var plan = Wired.Plan("in -> a\na -> b\nb -> a loop 10000\nb -> out");
        ReadOnlyMemory<byte> message = Wired.Say("x");
        var state = new FlowState(plan, "r", message, new Dictionary<string, string>())
        {
            KeepInputs = false,
        };
        var before = GC.GetAllocatedBytesForCurrentThread();
        var visits = new List<long>();
        while (state.Verdict is null)
        {
            foreach (var call in state.TakeReady())
                state.Apply(Played.Result(call) with { Output = message });
            if (state.StateOf("b") == "waiting")
                continue;
            visits.Add(GC.GetAllocatedBytesForCurrentThread() - before);
            before = GC.GetAllocatedBytesForCurrentThread();
        }

        Assert.InRange(visits.Count, 10_000, 10_002);
        Assert.InRange(visits[^2000..].Max(), 0, 10_000);
    }
}
