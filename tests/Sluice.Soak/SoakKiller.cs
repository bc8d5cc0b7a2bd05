using System.Diagnostics;
using System.Globalization;

namespace Sluice.Soak;

/// <summary>
/// Decides by the seed when which server dies: at a moment of the clock, while it starts, or some microseconds after a
/// node has begun or ended. Of two servers one dies while the other carries, and now and then both.
/// </summary>
internal sealed class SoakKiller(SoakWorld world, SoakOptions options)
{
    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private readonly Random _random = new(options.Seed);

    public int Kills { get; private set; }

    public int Suspensions { get; private set; }

    public async Task Run()
    {
        foreach (var server in world.Servers)
            await Revive(server);
        for (var turn = 0; Kills < options.Kills && _watch.Elapsed < options.AtMost; turn++)
        {
            var server = world.Servers[turn % world.Servers.Count];
            if (world.Servers.Count > 1 && _random.Next(6) == 0)
                await Suspend(server);
            else
                await Kill(server);
            if (Kills % 20 == 0)
                options.Say($"{options.StoreName}: {Kills} kills, {Suspensions} suspensions");
        }
    }

    private async Task Kill(SoakServer server)
    {
        var process = server.Process!;
        switch (_random.Next(10))
        {
            case 0:
                // While it starts, which is when it takes up what the one before it left.
                await Until(process, Task.Delay(_random.Next(1, 900)));
                break;
            case < 6:
                // Its fuse decides, if it gets that far.
                await AtWork(process, answers: 1);
                await Until(process, Task.Delay(1500));
                break;
            default:
                await AtWork(process, _random.Next(0, 12));
                await Until(process, Task.Delay(_random.Next(0, 250)));
                break;
        }
        await process.Kill();
        Kills++;
        await world.Bury(server);
        await Revive(server);
    }

    /// <summary>For longer than the others believe in it.</summary>
    private async Task Suspend(SoakServer server)
    {
        var process = server.Process!;
        await AtWork(process, _random.Next(0, 12));
        await Until(process, Task.Delay(_random.Next(0, 100)));
        if (!process.HasEnded)
        {
            process.Suspend();
            world.Suspended.Add(server.Name);
            await Task.Delay(world.Lease + TimeSpan.FromMilliseconds(_random.Next(600, 1500)));
            process.Resume();
            Suspensions++;
            return;
        }
        await world.Bury(server);
        Kills++;
        await Revive(server);
    }

    private async Task Revive(SoakServer server)
    {
        string? fuse = null;
        if (_random.Next(10) < 6)
            // Most of what is between the end of a node and the next call takes well under a millisecond.
            fuse = string.Create(
                CultureInfo.InvariantCulture,
                $"{(_random.Next(4) == 0 ? FusePoint.CallBegins : FusePoint.CallEnds)}:{_random.Next(1, 60)}:{(int)Math.Pow(10, _random.NextDouble() * 3.7)}"
            );
        world.Start(server, fuse);
        // Mostly the other one dies only when this one is there.
        if (world.Servers.Count > 1 && _random.Next(5) > 0)
            await Listening(server.Process!);
    }

    private static async Task Listening(HostProcess process) =>
        await Task.WhenAny(process.Listens, process.Ended, Task.Delay(TimeSpan.FromSeconds(30)));

    /// <summary>Until it listens and callers were given some answers since: a moment that does not depend on how busy the machine is.</summary>
    private async Task AtWork(HostProcess process, int answers)
    {
        await Listening(process);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var from = world.Answers;
        while (
            world.Answers - from < answers && !process.HasEnded && !patience.IsCancellationRequested
        )
            await Task.Delay(2, CancellationToken.None);
    }

    private static Task Until(HostProcess process, Task moment) =>
        Task.WhenAny(process.Ended, moment);
}
