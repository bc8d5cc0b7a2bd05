using System.ComponentModel;
using System.Diagnostics;
using Sluice.Language.Packages;

namespace Sluice.Runner.Builds;

/// <summary>
/// <c>build.system_deps</c>: Debian packages that have to be on the server already. Installing them would change what all
/// tenants run on, so that is the operator's; a node sees the server's own /usr.
/// </summary>
internal static class SystemPackages
{
    private const string Query = "/usr/bin/dpkg-query";

    /// <returns>Null when all are there; otherwise one public sentence that names every one that is not.</returns>
    public static async Task<string?> Missing(Manifest manifest, CancellationToken stop)
    {
        var asked = manifest.Build.SystemDeps;
        if (asked.Count == 0)
            return null;
        var there = await Installed(asked, stop);
        var missing = asked.Where(name => there?.Contains(name) != true).ToList();
        return missing.Count == 0 ? null
            : there is null
                ? "This server is no Debian, so what `build.system_deps` asks for cannot be looked up there."
            : $"`build.system_deps` asks for {string.Join(", ", missing)}, which this server does not have. Its operator installs it on every server that runs nodes: apt-get install {string.Join(' ', missing)}";
    }

    private static async Task<HashSet<string>?> Installed(
        IReadOnlyList<string> names,
        CancellationToken stop
    )
    {
        if (!File.Exists(Query))
            return null;
        try
        {
            // Names begin with a letter or digit (the manifest's rule), so none is taken for an option.
            using var process = Process.Start(
                new ProcessStartInfo(
                    Query,
                    ["-W", "-f=${db:Status-Abbrev} ${Package}\n", "--", .. names]
                )
                {
                    RedirectStandardOutput = true,
                    RedirectStandardError = true,
                    UseShellExecute = false,
                }
            )!;
            _ = process.StandardError.ReadToEndAsync(stop);
            var text = await process.StandardOutput.ReadToEndAsync(stop);
            await process.WaitForExitAsync(stop);
            return
            [
                .. text.Split('\n')
                    .Where(line => line.StartsWith("ii", StringComparison.Ordinal))
                    .Select(line => line[2..].Trim()),
            ];
        }
        catch (Win32Exception)
        {
            return null;
        }
    }
}
