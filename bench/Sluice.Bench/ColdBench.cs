using System.Diagnostics;
using Sluice.Language.Packages;

namespace Sluice.Bench;

/// <summary>The first call to a package that no process holds yet, over tenants that have never called; and what idle tenants cost.</summary>
internal static class ColdBench
{
    private const int Idle = 1_000;

    public static async Task<Table> Run(BenchPlace place, BenchOptions options)
    {
        await using var house = await BenchHouse.Start(place);
        var before = Machine.ResidentMiB(house.Pid);
        var graphs = new List<(BenchTenant Tenant, string Graph)>();
        for (var i = 0; i < options.ColdTenants; i++)
        {
            var tenant = await house.NewTenant($"cold{i}");
            await tenant.Push();
            graphs.Add((tenant, await tenant.Chain("one", "Sign")));
        }
        await house.Ask($"/copy/{graphs[0].Tenant.Id}/{Idle}");
        var workers = await Workers(house);
        var idle = Machine.ResidentMiB(house.Pid);
        // The very first call of a server compiles its own code too; it is shown by itself.
        var first = await Timed(graphs[0]);
        var cold = new List<double>();
        var warm = new List<double>();
        foreach (var graph in graphs.Skip(1))
        {
            cold.Add(await Timed(graph));
            warm.Add(await Timed(graph));
        }
        cold.Sort();
        warm.Sort();
        var table = new Table("(target)");
        table.Add(
            new TableRow("the very first call of a server, cold package", "", $"{first:0.0}")
        );
        table.Add(
            new TableRow(
                $"first call to a cold Python package, {cold.Count} tenants",
                "",
                $"{cold[cold.Count / 2]:0.0}",
                $"{cold[^1]:0.0} (worst)",
                Ratio: "(≤ 150 ms)"
            )
        );
        table.Add(
            new TableRow(
                "the same tenants' second call",
                "",
                $"{warm[warm.Count / 2]:0.0}",
                $"{warm[^1]:0.0} (worst)"
            )
        );
        foreach (var language in ColdPackages.Languages)
            table.Add(await Language(house, language, options));
        table.Note(
            $"{Idle:N0} idle tenants with a package and a flow each: {workers} workers (target 0), resident memory {before:0} → {idle:0} MiB including {graphs.Count} builds."
        );
        return table;
    }

    /// <summary>The same package in another language, pushed by as many tenants of its own.</summary>
    private static async Task<TableRow> Language(
        BenchHouse house,
        string language,
        BenchOptions options
    )
    {
        var cold = new List<double>();
        for (var i = 0; i < options.ColdTenants; i++)
        {
            var tenant = await house.NewTenant($"{language}{i}");
            await tenant.Push(language);
            cold.Add(await Timed((tenant, await tenant.Chain("one", "Sign"))));
        }
        // The first of a language reads its runtime from the disk.
        cold.RemoveAt(0);
        cold.Sort();
        return new TableRow(
            $"first call to a cold {language} package, {cold.Count} tenants",
            "",
            $"{cold[cold.Count / 2]:0.0}",
            $"{cold[^1]:0.0} (worst)",
            Ratio: language == PackageLanguages.Java ? "(≤ 200 ms)" : "(≤ 120 ms)"
        );
    }

    private static async Task<double> Timed((BenchTenant Tenant, string Graph) what)
    {
        var watch = Stopwatch.StartNew();
        await what.Tenant.Invoke(what.Graph);
        return watch.Elapsed.TotalMilliseconds;
    }

    private static async Task<int> Workers(BenchHouse house)
    {
        var health = await house.Send(HttpMethod.Get, "/health", null, null);
        return health.GetProperty("runner").GetProperty("workers").GetInt32();
    }
}
