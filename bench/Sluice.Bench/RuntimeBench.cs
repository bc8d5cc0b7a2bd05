using System.Diagnostics;
using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Sluice.Language.Packages;
using Sluice.Language.Protos;
using Sluice.Runner;

namespace Sluice.Bench;

/// <summary>What a call of a node costs in each language, in the sandbox, from the runner's side; and what one tenant's storm costs another.</summary>
internal static class RuntimeBench
{
    private const int Calls = 3_000;

    /// <summary>Calls before a row: what compiles as it runs (V8, the JVM, .NET, the bench itself) has done so by then.</summary>
    private const int WarmUp = 10_000;

    private const int Starts = 7;
    private const int Storm = 64;

    /// <param name="only">Only languages whose name contains this; <c>storm</c>: only what one tenant costs another.</param>
    public static async Task<Table> Run(string only)
    {
        var folder = Directory.CreateTempSubdirectory("sluice-bench-runtime-").FullName;
        // Each tenant has a user of its own where this runs as root, who must be able to pass.
        File.SetUnixFileMode(folder, File.GetUnixFileMode(folder) | UnixFileMode.OtherExecute);
        var runner = await NodeRunner.Start(
            new RunnerOptions { DataPath = folder },
            TimeProvider.System,
            NullLoggerFactory.Instance,
            CancellationToken.None
        );
        var table = new Table("(target)");
        try
        {
            foreach (
                var language in ColdPackages
                    .Languages.Prepend(PackageLanguages.Python)
                    .Where(language => language.Contains(only))
            )
                await Rows(table, runner, language, await Build(runner, language));
            if ("storm".Contains(only))
                await Fairness(table, runner, await Build(runner, PackageLanguages.Python));
            var report = runner.Isolation;
            table.Note(
                $"Tier {report.Tier}, control groups for: {(report.GroupLimits.Count == 0 ? "nothing" : string.Join(", ", report.GroupLimits))}."
            );
        }
        finally
        {
            await runner.DisposeAsync();
            Directory.Delete(folder, recursive: true);
        }
        return table;
    }

    private static async Task Rows(
        Table table,
        NodeRunner runner,
        string language,
        WorkerSpec package
    )
    {
        var cold = new List<double>();
        for (var i = 0; i < Starts; i++)
            cold.Add(await Timed(runner, Call(package, "Plain", 16, $"{language}-{i}")));
        // The first of a language reads its runtime from the disk.
        cold.RemoveAt(0);
        cold.Sort();
        table.Add(
            new TableRow(
                $"{language}: cold start and first call",
                "",
                $"{cold[cold.Count / 2]:0.0}",
                $"{cold[^1]:0.0} (worst)",
                Ratio: language == PackageLanguages.Java ? "(≤ 200 ms)" : "(≤ 120 ms)"
            )
        );
        var before = WorkersMiB();
        table.Add(
            await Row(
                runner,
                $"{language}: trivial call",
                Call(package, "Plain", 16),
                "(≤ 0.06, 0.25)"
            )
        );
        table.Add(
            await Row(
                runner,
                $"{language}: with one secret",
                Call(package, "Sign", 16, secret: true)
            )
        );
        table.Add(await Row(runner, $"{language}: 64 KiB", Call(package, "Sign", 64 << 10)));
        table.Note(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{language}: a worker after {3 * Calls:N0} calls holds {WorkersMiB() - before:0.0} MiB (proportional set size)."
            )
        );
    }

    /// <summary>A tenant that calls one after the other, alone and beside another that keeps all its workers busy.</summary>
    private static async Task Fairness(Table table, NodeRunner runner, WorkerSpec package)
    {
        var call = Call(package, "Plain", 16, "quiet");
        var alone = await Row(runner, "a quiet tenant alone", call);
        table.Add(alone);
        using var stop = new CancellationTokenSource();
        var storm = Enumerable
            .Range(0, Storm)
            .Select(_ =>
                Task.Run(async () =>
                {
                    var loud = Call(package, "Plain", 16, "loud");
                    while (!stop.IsCancellationRequested)
                        await runner.Call(loud, CancellationToken.None);
                })
            )
            .ToList();
        // The runner's own code is compiled anew for so many callers.
        await Task.Delay(TimeSpan.FromSeconds(5));
        var beside = await Row(runner, $"the same beside a storm of {Storm} callers", call);
        await stop.CancelAsync();
        await Task.WhenAll(storm);
        var ratio =
            double.Parse(beside.P99, CultureInfo.InvariantCulture)
            / double.Parse(alone.P99, CultureInfo.InvariantCulture);
        table.Add(beside with { Ratio = $"p99 × {ratio:0.0} (≤ 2)" });
    }

    private static async Task<TableRow> Row(
        NodeRunner runner,
        string name,
        NodeCall call,
        string target = ""
    )
    {
        for (var i = 0; i < WarmUp; i++)
            await Timed(runner, call);
        var times = new List<double>(Calls);
        var watch = Stopwatch.StartNew();
        for (var i = 0; i < Calls; i++)
            times.Add(await Timed(runner, call));
        var perSecond = Calls / watch.Elapsed.TotalSeconds;
        times.Sort();
        return new TableRow(
            name,
            $"{perSecond:N0}",
            $"{times[Calls / 2]:0.000}",
            $"{times[Calls * 99 / 100]:0.000}",
            Ratio: target
        );
    }

    private static async Task<double> Timed(NodeRunner runner, NodeCall call)
    {
        var began = Stopwatch.GetTimestamp();
        var outcome = await runner.Call(call, CancellationToken.None);
        return outcome.Kind == NodeOutcomeKind.Succeeded
            ? Stopwatch.GetElapsedTime(began).TotalMilliseconds
            : throw new InvalidOperationException(
                $"{call.Node}: {outcome.Message} {outcome.Stack}"
            );
    }

    private static NodeCall Call(
        WorkerSpec package,
        string node,
        int size,
        string tenant = "bench",
        bool secret = false
    )
    {
        // Field 1, a text: its tag, its length as a varint, its bytes.
        var input = new List<byte> { 0x0a };
        for (var rest = size; ; rest >>= 7)
        {
            input.Add((byte)(rest < 128 ? rest : (rest & 127) | 128));
            if (rest < 128)
                break;
        }
        input.AddRange(Encoding.ASCII.GetBytes(new string('x', size)));
        return new NodeCall
        {
            TenantId = tenant,
            Package = package,
            Node = node,
            Input = input.ToArray(),
            Timeout = TimeSpan.FromSeconds(20),
            Secrets = secret
                ? (_, destination, _) =>
                    ValueTask.FromResult(Encoding.ASCII.GetBytes("Lovelace", destination.Span))
                : null,
        };
    }

    private static async Task<WorkerSpec> Build(NodeRunner runner, string language)
    {
        var files = ColdPackages.Files("bench", language, plain: true);
        List<string> log = [];
        var outcome = await runner.Build(
            new BuildRequest
            {
                TenantId = "bench",
                Files = files,
                Manifest = ManifestReader
                    .Read(Encoding.UTF8.GetString(files["sluice.yaml"]), "sluice.yaml")
                    .Value!,
                Schema = SchemaCompiler
                    .Compile(
                        files
                            .Where(file => file.Key.EndsWith(".proto", StringComparison.Ordinal))
                            .ToDictionary(
                                file => file.Key,
                                file => Encoding.UTF8.GetString(file.Value)
                            )
                    )
                    .Value!,
                Log = log.Add,
            },
            CancellationToken.None
        );
        if (!outcome.Ok)
            throw new InvalidOperationException(
                $"{language}: {outcome.Failure}\n{string.Join('\n', log)}"
            );
        return new WorkerSpec
        {
            Digest = outcome.Digest,
            Language = language,
            OpenArchive = _ => Task.FromResult<Stream>(new MemoryStream(outcome.Archive)),
        };
    }

    /// <summary>Memory of everything that this process has started, shared pages by their share.</summary>
    private static double WorkersMiB()
    {
        var parents = new Dictionary<int, int>();
        foreach (var path in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(path), out var pid))
                continue;
            var stat = Read(path, "stat");
            if (stat.Length > 0)
                parents[pid] = int.Parse(
                    stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1],
                    CultureInfo.InvariantCulture
                );
        }
        bool IsOurs(int pid) =>
            parents.TryGetValue(pid, out var parent)
            && (parent == Environment.ProcessId || IsOurs(parent));
        return parents
                .Keys.Where(IsOurs)
                .SelectMany(pid => Read($"/proc/{pid}", "smaps_rollup").Split('\n'))
                .Where(line => line.StartsWith("Pss:", StringComparison.Ordinal))
                .Sum(line =>
                    double.Parse(
                        line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1],
                        CultureInfo.InvariantCulture
                    )
                ) / 1024;
    }

    private static string Read(string folder, string file)
    {
        try
        {
            return File.ReadAllText(Path.Combine(folder, file));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
