using System.Diagnostics;
using System.Globalization;

namespace Sluice.Bench;

/// <summary>Runs the parts that were asked for, one after the other, and prints what they found.</summary>
internal static class BenchRun
{
    public static async Task<int> Run(IReadOnlyList<string> args)
    {
        CultureInfo.DefaultThreadCurrentCulture = CultureInfo.InvariantCulture;
        var (options, mistake) = BenchOptions.Read(args);
        if (options is null)
        {
            await Console.Error.WriteLineAsync(
                $"{mistake}\nusage: ./dev bench [{string.Join('|', BenchOptions.All)}|all] [--seconds N] [--full] [--alone] [--only TEXT]"
            );
            return 2;
        }
        var watch = Stopwatch.StartNew();
        Console.WriteLine(
            $"{Machine.Describe()}; windows of {options.Seconds:0.#} s, the median of {options.Rounds}"
        );
        await using var place = await BenchPlace.Open();
        foreach (var part in options.Parts)
        {
            Console.WriteLine();
            Console.WriteLine($"{part} (load before: {Machine.Load()})");
            var table = part switch
            {
                "keys" => await KeysBench.Run(place, options),
                "ledger" => await LedgerBench.Run(place, options),
                "invoke" => await InvokeBench.Run(place, options),
                "runs" => await RunsBench.Run(place, options),
                "drain" => await DrainBench.Run(place, options),
                "growth" => await GrowthBench.Run(place, options),
                "cold" => await ColdBench.Run(place, options),
                "console" => await ConsoleBench.Run(place, options),
                "runtime" => await RuntimeBench.Run(options.Only),
                _ => await MemoryBench.Run(place, options),
            };
            Console.Write(table.Print());
        }
        Console.WriteLine();
        Console.WriteLine($"{watch.Elapsed.TotalSeconds:0} s in all; load after: {Machine.Load()}");
        return 0;
    }
}
