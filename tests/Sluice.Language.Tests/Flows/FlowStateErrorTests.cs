using Sluice.Language.Flows;

namespace Sluice.Language.Tests.Flows;

/// <summary>Retries and error edges.</summary>
public sealed class FlowStateErrorTests
{
    [Fact]
    public void A_failed_attempt_is_tried_again_after_a_wait_that_grows()
    {
        var run = new Played("in -> a\na -> out\na: retry 4");
        var waits = new List<double>();

        for (var i = 0; i < 3; i++)
        {
            run.Fail("a");
            waits.Add(run["a"].Wait.TotalMilliseconds);
            Assert.Equal(1_000, run["a"].Since);
        }

        Assert.Equal([1_000.0, 2_000, 4_000], waits);
        Assert.Equal("a/4", run.Calls);
        Assert.Equal("failed node_failed", run.Fail("a").End);
        Assert.Equal(4, run.State.Cause!.Attempt);
    }

    [Fact]
    public void No_wait_is_longer_than_the_longest()
    {
        var retry = new GraphRetry
        {
            InitialIntervalMs = 100,
            BackoffCoefficient = 10,
            MaxIntervalMs = 5_000,
        };

        Assert.Equal(100, Wait(2));
        Assert.Equal(1_000, Wait(3));
        Assert.Equal(5_000, Wait(4));
        Assert.Equal(5_000, Wait(100));

        double Wait(int attempt) =>
            FlowState.WaitBefore(retry, "r", new StepKey("a"), attempt).TotalMilliseconds;
    }

    [Fact]
    public void A_retry_waits_the_same_after_a_crash_and_not_all_wait_the_same()
    {
        var retry = new GraphRetry { InitialIntervalMs = 1_000, Jitter = 0.5 };
        var waits = new HashSet<TimeSpan>();

        for (var i = 0; i < 200; i++)
        {
            var wait = FlowState.WaitBefore(retry, $"run_{i}", new StepKey("a"), 2);
            Assert.Equal(wait, FlowState.WaitBefore(retry, $"run_{i}", new StepKey("a"), 2));
            Assert.InRange(wait.TotalMilliseconds, 500, 1_000);
            waits.Add(wait);
        }

        Assert.InRange(waits.Count, 120, 200);
        Assert.InRange(waits.Average(w => w.TotalMilliseconds), 700, 800);
        // The very number: another version of the program must not wait otherwise.
        Assert.Equal(
            3_748,
            FlowState.WaitBefore(retry, "run_1", new StepKey("a", 2, 3), 4).TotalMilliseconds
        );
    }

    [Theory]
    [InlineData("NODE_ERROR", true)]
    [InlineData("NODE_TIMEOUT", true)]
    [InlineData("NODE_CRASHED", true)]
    [InlineData("NODE_MEMORY", true)]
    [InlineData("NODE_UNAVAILABLE", true)]
    [InlineData("SUBFLOW_FAILED", true)]
    [InlineData("NODE_PROTOCOL", false)]
    [InlineData("INTERNAL", false)]
    public void By_default_only_errors_that_can_get_better_are_retried(string kind, bool retried)
    {
        var run = new Played("in -> a\na -> out\na: retry 2").Fail("a", kind);

        Assert.Equal(retried ? "a/2" : "", run.Calls);
        Assert.Equal(retried ? "-" : "failed node_failed", run.End);
    }

    [Fact]
    public void Only_the_kinds_of_retry_on_are_retried_when_it_is_given()
    {
        const string Flow = "in -> a\na -> out\na: retry 2 on NODE_PROTOCOL";

        Assert.Equal("a/2", new Played(Flow).Fail("a", "NODE_PROTOCOL").Calls);
        Assert.Equal("failed node_failed", new Played(Flow).Fail("a", "NODE_TIMEOUT").End);
    }

    [Fact]
    public void An_error_edge_is_taken_only_when_the_retries_are_used_up()
    {
        var run = new Played(
            "in -> a\na -> h error\na -> b\nb -> out\nh -> out\nout: xor\na: retry 2"
        );

        Assert.Equal("a/2", run.Fail("a").Calls);
        Assert.Equal("h", run.Fail("a").Calls);
        Assert.Equal("not_taken", run.State.StateOf("b"));
        Assert.Equal("succeeded", run.Ok("h").End);
    }

    [Fact]
    public void An_error_edge_carries_the_error_and_the_input_of_the_call_that_failed()
    {
        var run = new Played("in -> a\na -> h error\na -> out\nh -> out\nout: xor").Fail("a");

        Assert.Equal(
            Bytes.Join(
                Bytes.Text(5, "node_failed"),
                Bytes.Text(6, "a"),
                Bytes.Message(7, Wired.Say("in"))
            ),
            run["h"].Input.ToArray()
        );
    }

    [Fact]
    public void An_error_edge_is_not_taken_when_its_source_succeeds()
    {
        var run = new Played("in -> a\na -> h error\na -> out\nh -> out\nout: tolerate").Ok("a");

        Assert.Equal("not_taken", run.State.StateOf("h"));
        Assert.Equal("succeeded", run.End);
    }

    [Fact]
    public void Only_error_edges_that_hold_are_taken_and_without_one_the_error_travels_on()
    {
        const string Flow =
            "in -> a\na -> h error if code == 'node_failed'\na -> i error if code == 'other'\na -> out\nh -> out\ni -> out\nout: xor";

        Assert.Equal("h", new Played(Flow).Fail("a").Calls);
        var other = new Played(Flow.Replace("'node_failed'", "'neither'")).Fail("a");
        Assert.Equal("failed node_failed", other.End);
        Assert.Equal("failed", other.State.StateOf("i"));
    }

    [Fact]
    public void An_error_edge_without_a_truth_value_does_not_catch()
    {
        var run = new Played(
            "in -> a\na -> h error if 1 / size(code) > size(node) / 0\na -> out\nh -> out\nout: xor"
        ).Fail("a");

        Assert.Equal("failed node_failed", run.End);
    }

    [Fact]
    public void An_error_that_travels_may_be_caught_further_on()
    {
        var run = new Played(
            "in -> a\na -> b\nb -> c\nb -> h error\nc -> out\nh -> out\nout: xor"
        ).Fail("a");

        Assert.Equal("h", run.Calls);
        Assert.Equal(
            Bytes.Join(Bytes.Text(5, "node_failed"), Bytes.Text(6, "a")),
            run["h"].Input.ToArray()
        );
        Assert.Equal("not_taken", run.State.StateOf("c"));
    }

    [Fact]
    public void An_error_edge_of_a_join_may_take_its_failure()
    {
        var run = new Played(
            "in -> a\nin -> b\na -> j\nb -> j\nj -> out\nj -> h error if code == 'join_failed'\nh -> out\nout: xor"
        );

        Assert.Equal("h", run.Fail("a").Ok("b").Calls);
    }

    [Fact]
    public void An_error_edge_of_a_placement_may_take_that_its_input_could_not_be_made()
    {
        var run = new Played(
            "in -> a\nin -> b\na -> j pick\nb -> j\nj -> out\nj -> h error if code == 'edge_failed'\nh -> out\nout: xor"
        );

        Assert.Equal("h", run.Give("a", [0x0A, 99]).Ok("b").Calls);
    }
}
