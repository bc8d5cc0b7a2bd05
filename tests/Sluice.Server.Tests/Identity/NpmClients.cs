using System.Diagnostics;

namespace Sluice.Server.Tests.Identity;

/// <summary>OAuth clients from npm, installed once into <c>out/tests/oauth-clients</c> with the versions of the lock file.</summary>
internal static class NpmClients
{
    /// <summary>The folder, ready to run.</summary>
    public static async Task<string> Install()
    {
        var root = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(root, "Sluice.slnx")))
            root = Path.GetDirectoryName(root)!;
        var source = Path.Combine(
            root,
            "tests",
            "Sluice.Server.Tests",
            "Identity",
            "oauth-clients"
        );
        var target = Directory
            .CreateDirectory(Path.Combine(root, "out", "tests", "oauth-clients"))
            .FullName;
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
        Assert.True(npm.ExitCode == 0, "npm could not install the clients");
        await File.WriteAllTextAsync(marker, locked);
        return target;
    }
}
