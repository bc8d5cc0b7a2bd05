using System.Diagnostics;
using Sluice.Server;
using Sluice.Server.Store;

namespace Sluice.Soak;

/// <summary>
/// The kill harness. Callers call flows of every kind while servers are killed at random points, and on PostgreSQL
/// suspended; then one clean server finishes what is left, and the record is held against what the callers were told and
/// what the nodes saw: see <see cref="Audit"/>.
/// </summary>
internal static class SoakRun
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static async Task<SoakReport> Run(SoakOptions options)
    {
        var watch = Stopwatch.StartNew();
        await using var world = await SoakWorld.Open(options);
        var book = new SoakBook();
        // The servers that furnished the world go like all others.
        foreach (var server in world.Servers)
            if (server.Process is { } first)
            {
                await first.Kill();
                await world.Bury(server);
            }
        using var enough = new CancellationTokenSource();
        var callers = Enumerable
            .Range(0, options.Callers)
            .Select(number =>
                new SoakCaller(world, book, number, options.Seed * 31 + number).Call(enough.Token)
            )
            .ToList();
        var killer = new SoakKiller(world, options);
        await killer.Run();
        foreach (var server in world.Servers)
        {
            await server.Process!.Kill();
            await world.Bury(server);
            world.Start(server, fuse: null);
        }
        await enough.CancelAsync();
        await Task.WhenAll(callers);
        var record = await Finish(world, book);
        options.Say($"{options.StoreName}: {record.Runs.Count} runs on record are looked at");
        IReadOnlyList<string> violations =
        [
            .. world.Outcries,
            .. book.Wrong,
            .. Audit.Check(record),
        ];
        if (violations.Count == 0)
            Directory.Delete(world.Folder, recursive: true);
        return new SoakReport(
            options,
            killer.Kills,
            killer.Suspensions,
            record.Runs.Count,
            record.Calls.Count,
            record.Calls.Count(call => call.Outcome is null),
            AuditCalls.CountAgain(record),
            watch.Elapsed,
            violations,
            world.Folder
        );
    }

    /// <summary>Lets everything end on servers that nobody kills, stops them, and reads what is on record.</summary>
    public static async Task<SoakRecord> Finish(SoakWorld world, SoakBook book)
    {
        foreach (var server in world.Servers)
            await server.Process!.Listens;
        var shown = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        await Settle(world);
        foreach (var tenant in world.Tenants)
            shown[tenant.Id] = await ShownRuns(world, tenant);
        foreach (var server in world.Servers)
        {
            await server.Process!.Stop();
            await world.Bury(server);
        }
        await using var house = await House.Build(
            world.ServerArgs(world.Servers[0]),
            builder => builder.Logging.ClearProviders()
        );
        return await SoakRecord.Read(house.Services, world, book, shown);
    }

    /// <summary>Waits until no run goes on; those that are paused are let go on.</summary>
    private static async Task Settle(SoakWorld world)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!patience.IsCancellationRequested)
        {
            var open = 0;
            foreach (var tenant in world.Tenants)
            foreach (var status in (string[])["queued", "running", "compensating", "paused"])
            foreach (var run in await List(world, tenant, $"status={status}"))
            {
                open++;
                if (status == "paused")
                    await world.Send(HttpMethod.Post, $"/api/v1/runs/{run}/resume", tenant, "{}");
            }
            if (open == 0)
                return;
            await Task.Delay(50, CancellationToken.None);
        }
    }

    /// <summary>The runs that a tenant is shown.</summary>
    private static Task<IReadOnlyList<string>> ShownRuns(SoakWorld world, SoakTenant tenant) =>
        List(world, tenant, "");

    private static async Task<IReadOnlyList<string>> List(
        SoakWorld world,
        SoakTenant tenant,
        string filter
    )
    {
        var ids = new List<string>();
        string? cursor = null;
        do
        {
            var page = await world.Send(
                HttpMethod.Get,
                $"/api/v1/runs?limit=200&{filter}{(cursor is null ? "" : "&cursor=" + cursor)}",
                tenant
            );
            if (page is not (200, var list))
                throw new InvalidOperationException($"the runs could not be listed: {page}");
            ids.AddRange(
                list.GetProperty("data")
                    .EnumerateArray()
                    .Select(run => run.GetProperty("id").GetString()!)
            );
            cursor = list.GetProperty("next_cursor").GetString();
        } while (cursor is not null);
        return ids;
    }
}
