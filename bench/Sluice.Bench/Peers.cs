using System.Diagnostics;

namespace Sluice.Bench;

/// <summary>What a user would pick instead, from npm, installed once into <c>out/bench/peers</c> with the versions of the lock file.</summary>
internal static class Peers
{
    /// <summary>A body that every peer takes.</summary>
    public const string Body = """{"text":"hi"}""";

    private const string Signature = "the keeper of the sluice";

    /// <summary>The folder, ready to run.</summary>
    public static async Task<string> Install(BenchPlace place)
    {
        var source = Path.Combine(place.Root, "bench", "peers");
        var target = Directory.CreateDirectory(Path.Combine(place.Root, "out", "bench", "peers"));
        var marker = Path.Combine(target.FullName, "installed");
        var locked = await File.ReadAllTextAsync(Path.Combine(source, "package-lock.json"));
        foreach (var file in Directory.EnumerateFiles(source))
            File.Copy(file, Path.Combine(target.FullName, Path.GetFileName(file)), overwrite: true);
        if (File.Exists(marker) && await File.ReadAllTextAsync(marker) == locked)
            return target.FullName;
        await Console.Error.WriteLineAsync("Installing the peers with npm, once …");
        using var npm = Process.Start(
            new ProcessStartInfo(
                "npm",
                ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
            )
            {
                WorkingDirectory = target.FullName,
            }
        )!;
        await npm.WaitForExitAsync();
        if (npm.ExitCode != 0)
            throw new InvalidOperationException("npm could not install the peers");
        await File.WriteAllTextAsync(marker, locked);
        return target.FullName;
    }

    public static async Task<Child> NodeRed(BenchPlace place)
    {
        var folder = await Install(place);
        return await Child.Start(
            "node",
            [
                "node_modules/node-red/red.js",
                "-u",
                place.NewFolder("node-red"),
                "-s",
                "node-red-settings.cjs",
            ],
            folder,
            new Dictionary<string, string>
            {
                ["PORT"] = Postgres.FreePort().ToString(),
                ["SIGNATURE"] = Signature,
            }
        );
    }

    /// <param name="place">Where it is installed.</param>
    /// <param name="script"><c>graphile-worker</c> or <c>dbos</c>.</param>
    public static async Task<Child> OnPostgres(BenchPlace place, string script)
    {
        var folder = await Install(place);
        var postgres = await place.Postgres();
        return await Child.Start(
            "node",
            [$"{script}.js"],
            folder,
            new Dictionary<string, string>
            {
                ["DATABASE_URL"] = await postgres.NewDatabaseUrl(script.Split('-')[0]),
                ["SIGNATURE"] = Signature,
            }
        );
    }
}

/// <summary>The peers, each with a path for one, three and ten steps; ended together.</summary>
internal sealed class RunningPeers : IAsyncDisposable
{
    private static readonly string[] Paths = ["one", "three", "ten"];

    private readonly List<Child> _children = [];

    /// <param name="place">Where their loads are written.</param>
    /// <param name="store">PostgreSQL's first process, to watch its time too.</param>
    public async Task<IReadOnlyList<(string Name, string Path, Wrk Wrk)>> Start(
        BenchPlace place,
        int? store = null
    )
    {
        var found = new List<(string, string, Wrk)>();
        foreach (
            var (name, start) in new (string, Func<Task<Child>>)[]
            {
                ("Node-RED, keeps nothing", () => Peers.NodeRed(place)),
                ("graphile-worker, PostgreSQL", () => Peers.OnPostgres(place, "graphile-worker")),
                ("DBOS, PostgreSQL", () => Peers.OnPostgres(place, "dbos")),
            }
        )
        {
            var child = await start();
            _children.Add(child);
            var watched = name.EndsWith("PostgreSQL", StringComparison.Ordinal) ? store : null;
            foreach (var path in Paths)
            {
                var url = $"{child.Url}/{path}";
                found.Add(
                    (name, path, new Wrk(place, child.Pid, url, "POST", [], Peers.Body, watched))
                );
            }
        }
        return found;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var child in _children)
            await child.DisposeAsync();
    }
}
