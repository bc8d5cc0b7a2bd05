using Sluice.Runner.Builds;

namespace Sluice.Runner.Sandbox;

/// <summary>Finds out by trying which tiers this machine can offer, and picks the strongest that was asked for.</summary>
internal static class TierProber
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    public static async Task<(IsolationTier? Tier, IsolationReport Report)> Choose(
        RunnerOptions options,
        string scratch,
        ControlGroups? groups,
        TimeProvider clock,
        CancellationToken stop
    )
    {
        List<TierProbe> probes = [];
        IsolationTier? chosen = null;
        foreach (var (name, make) in Candidates(scratch, groups))
        {
            if (options.Isolation == "none" ? name != "none" : name == "none")
                continue;
            var (tier, whyNot) = await Try(name, make, scratch, options, clock, stop);
            probes.Add(new TierProbe(name, whyNot is null, whyNot));
            var wanted = options.Isolation == name || options.Isolation == "auto";
            if (whyNot is null && wanted && chosen is null)
                chosen = tier;
            else
                tier?.Dispose();
        }
        return (chosen, Report(options, chosen, groups, probes));
    }

    private static IEnumerable<(string Name, Func<IsolationTier> Make)> Candidates(
        string scratch,
        ControlGroups? groups
    ) =>
        [
            ("bubblewrap", () => new BubblewrapTier(scratch, groups)),
            ("process", () => new ProcessTier(scratch, groups)),
            ("none", () => new NoTier(scratch)),
        ];

    private static IsolationReport Report(
        RunnerOptions options,
        IsolationTier? chosen,
        ControlGroups? groups,
        List<TierProbe> probes
    )
    {
        List<string> warnings = [.. chosen?.Gaps ?? [], .. HostHardening.Warnings()];
        IReadOnlyList<string> grouped = chosen is null or NoTier ? [] : groups?.Limits ?? [];
        if (chosen is not null and not NoTier && !grouped.Contains("memory"))
            warnings.Add(
                "No control groups for memory are used: neither the memory of all processes of a build together is bounded, nor the memory that the kernel holds for a node (page tables, empty files)."
            );
        if (chosen is null)
            warnings.Insert(
                0,
                $"No isolation of the kind '{options.Isolation}' works on this machine, so no node can run."
            );
        return new IsolationReport
        {
            Tier = chosen?.Name ?? "",
            Probes = probes,
            Warnings = warnings,
            GroupLimits = grouped,
            SeveralTenants =
                chosen is BubblewrapTier || (chosen is not null && options.AllowWeakIsolation),
        };
    }

    private static async Task<(IsolationTier? Tier, string? WhyNot)> Try(
        string name,
        Func<IsolationTier> make,
        string scratch,
        RunnerOptions options,
        TimeProvider clock,
        CancellationToken stop
    )
    {
        if (Platform.WhyNot is { } unfit)
            return (null, unfit);
        var tier = make();
        if (tier.Missing is { } missing)
        {
            tier.Dispose();
            return (null, missing);
        }
        var said = "";
        var trial = Path.Combine(scratch, Path.GetRandomFileName());
        var task = new SandboxTask
        {
            AppSize = 1 << 20,
            Command = _ => ["/bin/true"],
            Limits = new SandboxLimits(),
        };
        try
        {
            var end = await BuildProcess.Run(
                tier,
                task,
                trial,
                options with
                {
                    BuildDeadline = s_patience,
                },
                clock,
                line => said = said.Length == 0 ? line : said,
                stop
            );
            if (end is { ExitCode: 0, WhyStopped: null })
                return (tier, null);
            tier.Dispose();
            var reason = said.Length > 0 ? said : $"exit code {end.ExitCode}";
            return (null, $"A trial run in the {name} tier failed: {reason}.");
        }
        catch (IOException)
        {
            tier.Dispose();
            return (null, $"A trial run in the {name} tier could not be started.");
        }
        finally
        {
            File.Delete(trial);
        }
    }
}
