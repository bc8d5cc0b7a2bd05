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
