using System.Security.Cryptography;
using Sluice.Runner.Sandbox;

namespace Sluice.Runner.Tests.Workers;

public sealed class PoolTests
{
    private const string Source = """
        import asyncio, threading, time
        count = 0

        def next(ax, input):
            global count
            count += 1
            return Text(str(count))

        def nap(ax, input):
            time.sleep(float(input.text))
            return Text('awake')

        async def patient(ax, input):
            try:
                print('waiting')
                ax.progress(0.5)
                await asyncio.sleep(60)
            finally:
                ax.log.warn('cleaned up')

        async def quick(ax, input):
            await asyncio.sleep(0.001)
            return Text(ax.secrets.get('S')[0])

        def late(ax, input):
            got = []
            thread = threading.Thread(target=lambda: got.append(ax.secrets.get('S')))
            thread.start()
            return Text('early')
        """;

    private static WorkerSpec Package { get; } =
        House.Python(Source, "next", "nap", "patient", "quick", "late");

    /// <summary>A secret that keeps its readers, and so their workers, until it is released.</summary>
    private static (SecretReader Secrets, TaskCompletionSource Release) Held()
    {
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var secret = House.Secret("S", "v");
        return (
            async (name, destination, stop) =>
            {
                await release.Task.WaitAsync(stop);
                return await secret(name, destination, stop);
            },
            release
        );
    }

    [Fact]
    public async Task An_idle_worker_is_ended_after_its_time_and_the_next_call_starts_a_new_one()
    {
        var clock = new ManualClock();
        await using var house = await House.Open(clock: clock);
        Assert.Equal("1", House.Text(await house.Call(Package, "next")));
        clock.Advance(TimeSpan.FromSeconds(44));
        Assert.Equal("2", House.Text(await house.Call(Package, "next")));
        clock.Advance(TimeSpan.FromSeconds(58));
        Assert.Equal("3", House.Text(await house.Call(Package, "next")));

        var ended = new TaskCompletionSource();
        house.Runner.WorkerEnded = () => ended.TrySetResult();
        clock.Advance(TimeSpan.FromSeconds(90));
        await ended.Task.WaitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(0, house.Runner.Stats.Workers);
        Assert.Equal("1", House.Text(await house.Call(Package, "next")));
    }

    [Fact]
    public async Task Tenants_packages_and_limits_never_share_a_worker()
    {
        await using var house = await House.Open();
        var other = House.Python(Source + "\n# another version\n", "next");
        var tight = Package with { Limits = new() { Data = 64 << 20 } };
        foreach (
            var call in (IEnumerable<NodeCall>)
                [
                    House.A_call(Package, "next"),
                    House.A_call(Package, "next", tenant: "other"),
                    House.A_call(other, "next"),
                    House.A_call(tight, "next"),
                ]
        )
        {
            Assert.Equal("1", House.Text(await house.Call(call)));
            Assert.Equal("2", House.Text(await house.Call(call)));
        }
    }

    [Fact]
    public async Task A_full_house_ends_the_worker_idle_longest_to_make_room()
    {
        await using var house = await House.Open(options => options with { MaxWorkers = 2 });
        foreach (var tenant in (string[])["a", "b", "c", "b"])
            House.Text(await house.Call(House.A_call(Package, "next", tenant: tenant)));
        Assert.Equal("3", House.Text(await house.Call(House.A_call(Package, "next", tenant: "b"))));
        Assert.Equal(3, house.Runner.Stats.Started);
    }

    [Fact]
    public async Task A_tenant_that_floods_does_not_keep_another_waiting_for_its_whole_queue()
    {
        await using var house = await House.Open(options => options with { MaxWorkers = 1 });
        var served = 0;
        async Task<int> Served(string tenant)
        {
            House.Text(await house.Call(House.A_call(Package, "nap", "0.02", tenant: tenant)));
            return Interlocked.Increment(ref served);
        }
        var before = Enumerable.Range(0, 10).Select(_ => Served("flood")).ToList();
        var other = Served("other");
        var after = Enumerable.Range(0, 30).Select(_ => Served("flood")).ToList();

        Assert.InRange(await other, 1, 35);
        await Task.WhenAll([.. before, .. after]);
    }

    [Fact]
    public async Task A_tenant_that_came_first_with_a_long_queue_does_not_keep_another_waiting_for_its_end()
    {
        await using var house = await House.Open(options => options with { MaxWorkers = 1 });
        var served = 0;
        async Task<int> Served(string tenant)
        {
            House.Text(await house.Call(House.A_call(Package, "nap", "0.02", tenant: tenant)));
            return Interlocked.Increment(ref served);
        }
        House.Text(await house.Call(House.A_call(Package, "next", tenant: "flood")));
        var flood = Enumerable.Range(0, 60).Select(_ => Served("flood")).ToList();

        // All of the flood came before it; it waits 50 ms and a call, not sixty.
        var other = Served("other");
        var before = Volatile.Read(ref served);
        Assert.InRange(await other, 1, before + 30);
        await Task.WhenAll(flood);
    }

    [Fact]
    public async Task A_tenant_that_grows_takes_no_idle_worker_from_one_that_has_fewer()
    {
        await using var house = await House.Open(options => options with { MaxWorkers = 3 });
        House.Text(await house.Call(House.A_call(Package, "next", tenant: "small")));
        var busy = Enumerable
            .Range(0, 6)
            .Select(_ => house.Call(House.A_call(Package, "nap", "0.2", tenant: "large")))
            .ToList();
        Assert.All(await Task.WhenAll(busy), outcome => House.Text(outcome));

        var again = await house.Call(House.A_call(Package, "next", tenant: "small"));
        Assert.Equal(("2", false), (House.Text(again), again.Cold));
    }

    [Fact]
    public async Task The_queue_of_a_tenant_is_bounded_and_one_call_more_is_told_so()
    {
        await using var house = await House.Open(options =>
            options with
            {
                MaxWorkers = 1,
                MaxWaitingPerTenant = 2,
            }
        );
        House.Text(await house.Call(Package, "next"));
        var (secrets, release) = Held();
        var calls = Enumerable
            .Range(0, 4)
            .Select(_ => house.Call(Package, "quick", secrets: secrets))
            .ToList();
        var refused = await calls[3];
        Assert.Equal(
            (NodeOutcomeKind.Unavailable, "Too many calls are waiting for a worker already."),
            (refused.Kind, refused.Message)
        );
        release.SetResult();
        Assert.All(await Task.WhenAll(calls[..3]), outcome => House.Text(outcome));
    }

    [Fact]
    public async Task Slow_calls_get_more_workers_than_there_are_processors()
    {
        await using var house = await House.Open();
        House.Text(await house.Call(Package, "nap", "0"));
        var calls = Enumerable.Range(0, 8).Select(_ => house.Call(Package, "nap", "1.5")).ToList();
        Assert.All(await Task.WhenAll(calls), outcome => House.Text(outcome));
        Assert.InRange(house.Runner.Stats.Started, Environment.ProcessorCount + 1, 8);
    }

    [Fact]
    public async Task Warming_starts_the_workers_of_a_flow_ahead_of_its_calls()
    {
        await using var house = await House.Open();
        var other = House.Python(Source + "\n# warm\n", "next");
        await house.Runner.Warm("acme", [Package, other]);
        Assert.Equal(2, house.Runner.Stats.Started);
        Assert.False((await house.Call(Package, "next")).Cold);
        Assert.False((await house.Call(other, "next")).Cold);
        Assert.Equal(2, house.Runner.Stats.Started);
    }

    [Fact]
    public async Task A_cancelled_call_lets_an_async_handler_clean_up()
    {
        await using var house = await House.Open(options =>
            options with
            {
                Grace = TimeSpan.FromSeconds(60),
            }
        );
        House.Text(await house.Call(Package, "next"));
        using var stop = new CancellationTokenSource();
        var waits = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var call = house.Runner.Call(
            House.A_call(Package, "patient") with
            {
                Noted = _ => waits.TrySetResult(),
            },
            stop.Token
        );
        await waits.Task.WaitAsync(TestContext.Current.CancellationToken);
        await stop.CancelAsync();
        var outcome = await call;
        Assert.Equal(
            (NodeOutcomeKind.Cancelled, "The call was cancelled."),
            (outcome.Kind, outcome.Message)
        );
        Assert.Equal(["waiting", "cleaned up"], outcome.Logs.Select(line => line.Text));
        Assert.Equal("1", House.Text(await house.Call(Package, "next")));
    }

    [Fact]
    public async Task A_call_can_be_cancelled_while_it_waits_for_a_worker()
    {
        await using var house = await House.Open(options => options with { MaxWorkers = 1 });
        House.Text(await house.Call(Package, "next"));
        var (secrets, release) = Held();
        var first = house.Call(Package, "quick", secrets: secrets);
        using var stop = new CancellationTokenSource();
        var second = house.Runner.Call(House.A_call(Package, "next"), stop.Token);
        await stop.CancelAsync();
        Assert.Equal(NodeOutcomeKind.Cancelled, (await second).Kind);
        release.SetResult();
        Assert.Equal("v", House.Text(await first));
    }

    [Fact]
    public async Task Stopping_the_runner_answers_what_is_in_flight_and_leaves_no_process()
    {
        var house = await House.Open(options => options with { MaxWorkers = 1 });
        House.Text(await house.Call(Package, "next"));
        var calls = Enumerable.Range(0, 3).Select(_ => house.Call(Package, "nap", "60")).ToList();
        await house.DisposeAsync();
        Assert.All(
            await Task.WhenAll(calls),
            outcome =>
                Assert.Equal(
                    (NodeOutcomeKind.Unavailable, "The runner is stopping."),
                    (outcome.Kind, outcome.Message)
                )
        );
        Assert.Equal(0, house.Runner.Stats.Workers);
    }

    [Fact]
    public async Task A_runner_that_is_disposed_of_twice_closes_no_descriptor_of_anybody_else()
    {
        var house = await House.Open();
        await house.Runner.DisposeAsync();
        // They take the numbers that have just come free.
        var pipes = Enumerable.Range(0, 32).Select(_ => Native.Pipe()).ToList();
        await house.DisposeAsync();
        Assert.All(
            pipes,
            pipe => Assert.Equal((0, 0), (Native.close(pipe.Read), Native.close(pipe.Write)))
        );
    }

    [Fact]
    public async Task An_async_handler_reads_secrets_too()
    {
        await using var house = await House.Open();
        Assert.Equal(
            "v",
            House.Text(await house.Call(Package, "quick", secrets: House.Secret("S", "v")))
        );
        Assert.Equal(
            "v",
            House.Text(await house.Call(Package, "quick", secrets: House.Secret("S", "v")))
        );
    }

    [Fact]
    public async Task An_answer_waits_for_the_secret_that_a_thread_is_reading()
    {
        await using var house = await House.Open();
        for (var i = 0; i < 5; i++)
            Assert.Equal(
                "early",
                House.Text(await house.Call(Package, "late", secrets: House.Secret("S", "v")))
            );
        Assert.Equal("1", House.Text(await house.Call(Package, "next")));
    }

    [Fact]
    public async Task The_largest_secret_arrives_whole_and_its_buffer_is_zeroed_afterwards()
    {
        await using var house = await House.Open();
        var package = House.Python(
            "import hashlib\ndef read(ax, input):\n    value, ok = ax.secrets.get('S')\n    return Text(hashlib.sha256(value.encode()).hexdigest())",
            "read"
        );
        var value = new byte[64 << 10];
        value.AsSpan().Fill((byte)'k');
        Memory<byte> used = default;
        var outcome = await house.Call(
            package,
            "read",
            secrets: (_, destination, _) =>
            {
                value.CopyTo(destination);
                used = destination;
                return ValueTask.FromResult(value.Length);
            }
        );
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(value)), House.Text(outcome));
        Assert.True(
            SpinWait.SpinUntil(
                () => used.Span.IndexOfAnyExcept((byte)0) < 0,
                TimeSpan.FromSeconds(60)
            )
        );
    }

    [Fact]
    public async Task A_secret_that_cannot_be_read_fails_the_call_and_tells_nothing_of_why()
    {
        await using var house = await House.Open();
        var outcome = await house.Call(
            Package,
            "quick",
            secrets: (_, _, _) => throw new IOException("the database at 10.0.0.1 is gone")
        );
        Assert.Equal(
            (
                NodeOutcomeKind.Unavailable,
                "quick did not finish: a secret that it asked for could not be read."
            ),
            (outcome.Kind, outcome.Message)
        );
    }
}
