namespace Sluice.Runner.Tests.Workers;

/// <summary>When another worker takes a worker's place (docs/decisions/013).</summary>
public sealed class ReplacingTests
{
    private static WorkerSpec Package { get; } =
        House.Python(
            """
            count = 0

            def next(ax, input):
                global count
                count += 1
                return Text(str(count))
            """,
            "next"
        );

    [Fact]
    public async Task A_worker_is_replaced_after_its_number_of_calls()
    {
        await using var house = await House.Open(options =>
            options with
            {
                RecycleAfterCalls = 3,
                RecycleAfter = TimeSpan.Zero,
            }
        );
        Assert.Equal(["1", "2", "3", "1", "2", "3", "1"], await Counts(house, 7));
    }

    [Fact]
    public async Task A_young_worker_that_holds_little_is_kept_however_many_calls_it_gets()
    {
        var clock = new ManualClock();
        await using var house = await House.Open(
            options => options with { RecycleAfterCalls = 3 },
            clock
        );
        Assert.Equal(["1", "2", "3", "4", "5", "6", "7"], await Counts(house, 7));
        clock.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal(["8", "9", "10"], await Counts(house, 3));
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(["11", "12", "1"], await Counts(house, 3));
    }

    [Fact]
    public async Task A_worker_that_grows_is_replaced_before_its_memory_is_full()
    {
        await using var house = await House.Open(options => options with { RecycleAfterCalls = 3 });
        Assert.SkipUnless(
            house.Runner.Isolation.GroupLimits.Contains("memory"),
            "No control groups for memory here."
        );
        var leak = House.Python(
            """
            kept = []

            def leak(ax, input):
                kept.append(bytearray(22 << 20))
                return Text(str(len(kept)))
            """,
            "leak"
        ) with
        {
            Limits = new() { Data = 256 << 20 },
        };
        List<string> counts = [];
        for (var i = 0; i < 12; i++)
            counts.Add(House.Text(await house.Call(leak, "leak")));
        Assert.Equal(["1", "2", "3", "4", "5", "6", "1", "2", "3", "4", "5", "6"], counts);
    }

    private static async Task<IReadOnlyList<string>> Counts(House house, int calls)
    {
        List<string> counts = [];
        for (var i = 0; i < calls; i++)
            counts.Add(House.Text(await house.Call(Package, "next")));
        return counts;
    }
}
