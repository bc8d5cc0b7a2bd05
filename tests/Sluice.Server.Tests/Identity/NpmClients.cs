using System.Collections.Concurrent;
using System.Diagnostics;

namespace Sluice.Server.Tests.Identity;

/// <summary>Programs from npm, installed once into <c>out/tests</c> with the versions of a lock file.</summary>
internal static class NpmClients
{
    // Once for all tests, which run at the same time: nobody copies what another's program is reading.
    private static readonly ConcurrentDictionary<string, Lazy<Task<string>>> Installed = new();

    /// <summary>The OAuth clients.</summary>
    public static Task<string> Install() => Install("Identity", "oauth-clients");

    /// <summary>The folder with what its package.json names, ready to run.</summary>
    /// <param name="room">The folder of these tests that it lies in.</param>
    /// <param name="name">Its name, there and in <c>out/tests</c>.</param>
    public static Task<string> Install(string room, string name) =>
        Installed.GetOrAdd(name, _ => new Lazy<Task<string>>(() => Copy(room, name))).Value;

    private static async Task<string> Copy(string room, string name)
    {
        var root = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(root, "Sluice.slnx")))
            root = Path.GetDirectoryName(root)!;
        var source = Path.Combine(root, "tests", "Sluice.Server.Tests", room, name);
        var target = Directory.CreateDirectory(Path.Combine(root, "out", "tests", name)).FullName;
        foreach (var file in Directory.EnumerateFiles(source))
            File.Copy(file, Path.Combine(target, Path.GetFileName(file)), overwrite: true);
        var marker = Path.Combine(target, "installed");
        var locked = await File.ReadAllTextAsync(Path.Combine(source, "package-lock.json"));
        if (File.Exists(marker) && await File.ReadAllTextAsync(marker) == locked)
            return target;
        using var npm = Process.Start(
            new ProcessStartInfo(
                "npm",
                ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
            )
            {
                UseShellExecute = false,
                WorkingDirectory = target,
            }
        )!;
        await npm.WaitForExitAsync();
        Assert.True(npm.ExitCode == 0, $"npm could not install {name}");
        await File.WriteAllTextAsync(marker, locked);
        return target;
    }
}
