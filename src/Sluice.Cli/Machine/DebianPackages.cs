using Sluice.Cli.Terminals;

namespace Sluice.Cli.Machine;

/// <summary>Installs with <c>apt-get</c>: after saying what and why, and being told to.</summary>
internal static class DebianPackages
{
    private const string DotnetPage = "https://dotnet.microsoft.com/download/dotnet/10.0";

    /// <summary>Installs those of the tools that are missing and that the person agrees to.</summary>
    /// <param name="missing">What was looked for and not found.</param>
    /// <param name="yes">Do not ask.</param>
    public static async Task<Exit> Install(
        Session session,
        IReadOnlyList<Tool> missing,
        bool yes,
        CancellationToken stop
    )
    {
        foreach (var tool in missing.Where(tool => tool.Package is null))
            session.Remark($"Debian has no package for {tool.Name}: see {DotnetPage}");
        var offered = missing.Where(tool => tool.Package is not null).ToList();
        if (offered.Count == 0)
        {
            session.Remark("Nothing is missing that Debian could bring.");
            return Exit.Done;
        }
        var lines = offered.Select(tool => $"{tool.Package}: {tool.For}").ToList();
        if (
            Programs.Find(session.Terminal, "apt-get") is not { } apt
            || Programs.Find(session.Terminal, "dpkg-query") is null
        )
            return session.Fail(
                Exit.Broken,
                "no_apt_get",
                $"This is no Debian, so nothing can be installed for you. Missing: {string.Join("; ", lines)}."
            );
        if (!yes && !session.Terminal.CanAsk)
            return session.Consents($"Install {string.Join("; ", lines)}?", yes: false)
                ? Exit.Done
                : Exit.NeedsConsent;
        var wanted = offered
            .Where(tool => session.Consents($"Install {tool.Package} ({tool.For})?", yes))
            .Select(tool => tool.Package!)
            .ToList();
        return wanted.Count == 0 ? Exit.Done : await AptGet(session, apt, wanted, stop);
    }

    private static async Task<Exit> AptGet(
        Session session,
        string apt,
        List<string> packages,
        CancellationToken stop
    )
    {
        List<string> before = [];
        if (!Environment.IsPrivilegedProcess)
        {
            if (Programs.Find(session.Terminal, "sudo") is not { } sudo)
                return session.Fail(
                    Exit.Refused,
                    "not_root",
                    "Installing needs root, and there is no sudo.",
                    $"As root: apt-get update && apt-get install --no-install-recommends {string.Join(' ', packages)}"
                );
            before.Add(sudo);
        }
        before.AddRange(["env", "DEBIAN_FRONTEND=noninteractive"]);
        string[][] commands =
        [
            [apt, "update", "-q"],
            [apt, "install", "-y", "-q", "--no-install-recommends", .. packages],
        ];
        foreach (var command in commands)
        {
            session.Remark("$ " + string.Join(' ', ["apt-get", .. command[1..]]));
            string[] line = [.. before, .. command];
            var program = Programs.Find(session.Terminal, line[0]) ?? line[0];
            var exit = await Programs.Run(
                session.Terminal,
                program,
                line[1..],
                session.Remark,
                session.Remark,
                stop
            );
            if (exit != 0)
                return session.Fail(
                    Exit.Broken,
                    "apt_get",
                    $"apt-get {command[1]} ended with {exit}; what it said is above.",
                    session.Json ? "Once more without --json shows it." : null
                );
        }
        return Exit.Done;
    }
}
