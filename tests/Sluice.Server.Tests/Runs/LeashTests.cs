using Sluice.Server.Flows.Runs;

namespace Sluice.Server.Tests.Runs;

/// <summary>How long this server may carry runs when nobody says any more that it lives.</summary>
public sealed class LeashTests
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(10);

    [Fact]
    public void A_tenure_whose_time_is_over_is_over_though_no_timer_has_said_so()
    {
        var clock = new ClockOfStandstill();
        var told = 0;
        using var leash = new Leash(clock, () => told++);
        leash.Extend("one", clock.GetTimestamp(), Lease);
        var tenure = leash.Tenure!;

        clock.Now += Lease - TimeSpan.FromMilliseconds(1);
        Assert.True(tenure.Lasts);
        Assert.False(tenure.Over.IsCancellationRequested);

        clock.Now += TimeSpan.FromMilliseconds(1);
        Assert.False(tenure.Lasts);
        Assert.True(tenure.Over.IsCancellationRequested);
        Assert.Null(leash.Tenure);
        Assert.Equal(1, told);
    }

    [Fact]
    public void A_tenure_that_was_extended_lasts_as_long_as_was_said_last()
    {
        var clock = new ClockOfStandstill();
        using var leash = new Leash(clock, () => { });
        leash.Extend("one", clock.GetTimestamp(), Lease);
        var tenure = leash.Tenure!;

        clock.Now += Lease / 2;
        Assert.False(leash.Extend("one", clock.GetTimestamp(), Lease));
        clock.Now += Lease / 2;
        Assert.True(tenure.Lasts);
        leash.Shorten(TimeSpan.FromMilliseconds(1));
        clock.Now += TimeSpan.FromMilliseconds(1);
        Assert.False(tenure.Lasts);
    }

    [Fact]
    public void A_tenure_lasts_no_longer_when_the_word_that_extends_it_is_heard_late()
    {
        var clock = new ClockOfStandstill();
        using var leash = new Leash(clock, () => { });
        var asked = clock.GetTimestamp();
        clock.Now += Lease;

        leash.Extend("one", asked, Lease);

        Assert.False(leash.Tenure?.Lasts);
        Assert.Null(leash.Tenure);
    }

    [Fact]
    public void A_tenure_under_a_new_name_ends_the_one_before()
    {
        var clock = new ClockOfStandstill();
        using var leash = new Leash(clock, () => { });
        leash.Extend("one", clock.GetTimestamp(), Lease);
        var before = leash.Tenure!;

        Assert.True(leash.Extend("two", clock.GetTimestamp(), Lease));

        Assert.False(before.Lasts);
        Assert.True(leash.Tenure!.Lasts);
    }

    [Fact]
    public void A_tenure_that_nobody_asks_about_ends_by_itself()
    {
        var clock = new ClockOfStandstill();
        using var leash = new Leash(clock, () => { });
        leash.Extend("one", clock.GetTimestamp(), Lease);
        var tenure = leash.Tenure!;

        clock.Now += Lease - TimeSpan.FromMilliseconds(1);
        clock.Ring();
        Assert.False(tenure.Over.IsCancellationRequested);
        clock.Now += TimeSpan.FromMilliseconds(1);
        clock.Ring();

        Assert.True(tenure.Over.IsCancellationRequested);
        Assert.Null(leash.Tenure);
    }

    [Fact]
    public void The_tenure_of_an_embedded_store_has_no_end_but_the_servers()
    {
        var clock = new ClockOfStandstill();
        using var leash = new Leash(clock, () => { });
        leash.Begin("local");
        var tenure = leash.Tenure!;

        clock.Now += TimeSpan.FromDays(3650);
        Assert.True(tenure.Lasts);

        leash.Cut();
        Assert.False(tenure.Lasts);
    }

    /// <summary>As in a process that stood still: time has passed, and its timers ring when the test says so.</summary>
    private sealed class ClockOfStandstill : TimeProvider
    {
        private Action _ring = () => { };

        public TimeSpan Now { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now.Ticks;

        public void Ring() => _ring();

        public override ITimer CreateTimer(
            TimerCallback callback,
            object? state,
            TimeSpan dueTime,
            TimeSpan period
        )
        {
            _ring = () => callback(state);
            return new SilentTimer();
        }

        private sealed class SilentTimer : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => true;

            public void Dispose() { }

            public ValueTask DisposeAsync() => ValueTask.CompletedTask;
        }
    }
}
