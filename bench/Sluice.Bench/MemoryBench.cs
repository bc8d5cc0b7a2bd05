namespace Sluice.Bench;

/// <summary>Resident memory of the server program: once it answers, and while runs go by.</summary>
internal static class MemoryBench
{
    private const int Clients = 64;
    private const int Marks = 5;
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(2);

    public static async Task<Table> Run(BenchPlace place, BenchOptions options)
    {
        await using var house = await BenchHouse.Start(place, plain: true);
        await house.Send(HttpMethod.Get, "/health", null, null);
        await Task.Delay(Settle);
        var table = new Table("(target)");
        table.Add(
            new TableRow(
                $"after start: {Machine.ResidentMiB(house.Pid):0} MiB",
                Ratio: "(≤ 150 MiB)"
            )
        );
        var tenant = await house.NewTenant("bench");
        await tenant.Push();
        var graph = await tenant.Chain("one", "Sign");
        await tenant.Invoke(graph);
        table.Add(
            new TableRow($"after a build and one run: {Machine.ResidentMiB(house.Pid):0} MiB")
        );
        var seen = new List<double>();
        var done = 1;
        for (var mark = 1; mark <= Marks; mark++)
        {
            var upTo = options.MemoryRuns / Marks * mark;
            await Parallel.ForEachAsync(
                Enumerable.Range(0, upTo - done),
                new ParallelOptions { MaxDegreeOfParallelism = Clients },
                async (_, _) => await tenant.Invoke(graph)
            );
            done = upTo;
            seen.Add(Machine.ResidentMiB(house.Pid));
            table.Add(new TableRow($"after {done:N0} runs: {seen[^1]:0} MiB"));
        }
        await Task.Delay(Settle);
        table.Add(
            new TableRow(
                $"then idle: {Machine.ResidentMiB(house.Pid):0} MiB",
                Ratio: $"{seen[^1] / seen[^3]:0.00} × after three fifths (flat)"
            )
        );
        var (all, failed) = await tenant.Runs();
        table.Note(
            $"{Clients} callers at once, each waiting; {all:N0} runs on record, {failed:N0} failed. Workers are processes of their own and not counted."
        );
        return table;
    }
}
