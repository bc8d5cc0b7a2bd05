using System.CommandLine;
using System.Globalization;
using Sluice.Cli.Terminals;
using Sluice.Client;

namespace Sluice.Cli.Settings;

/// <summary>How long the tenant's runs, and what its flows remember, are kept.</summary>
internal static class SettingsCommand
{
    public static Command Define(Terminal terminal) =>
        new("settings", "How long things are kept, and which limits hold")
        {
            Get(terminal),
            Set(terminal),
            Limits(terminal),
        };

    private static Command Get(Terminal terminal) =>
        new Command("get", "What is set").Calls(
            terminal,
            async (session, client, stop) =>
            {
                session.Print(
                    await client.Settings.Get(stop),
                    SluiceJson.Default.TenantSettings,
                    Tell
                );
                return Exit.Done;
            }
        );

    private static Command Limits(Terminal terminal) =>
        new Command("limits", "Which limits hold, and where each comes from").Calls(
            terminal,
            async (session, client, stop) =>
            {
                session.Print(
                    await client.Settings.Limits(stop),
                    SluiceJson.Default.TenantLimits,
                    Tell
                );
                return Exit.Done;
            }
        );

    private static void Tell(Report people, TenantLimits limits) =>
        people.Table(
            ["LIMIT", "AT MOST", "FROM"],
            limits.Data.Select(limit =>
                (IReadOnlyList<string?>)
                    [
                        limit.About,
                        limit.Value is { } value
                            ? $"{value.ToString("#,0.##", CultureInfo.InvariantCulture)} {limit.Unit}"
                                + (limit.Policy is { } policy ? $", then {policy}" : "")
                            : "no limit",
                        $"{limit.Source}: {limit.SetBy}",
                    ]
            )
        );

    private static Command Set(Terminal terminal)
    {
        var days = new Option<int?>("--retention-days")
        {
            Description = "Days for which runs are kept after their end, 1 to 3650",
            HelpName = "days",
        };
        var memory = new Option<int?>("--memory-days")
        {
            Description = "Days for which what flows remember is kept, 1 to 3650",
            HelpName = "days",
        };
        var letters = new Option<string[]>("--dead-letters")
        {
            Description =
                "FLOW=DAYS: how long a flow's dead letters are kept; 0 as all runs; repeatable",
            HelpName = "handle/flow=days",
        };
        var reset = new Option<bool>("--reset") { Description = "Begin from the defaults" };
        return new Command("set", "Change what is named; the rest stays")
        {
            days,
            memory,
            letters,
            reset,
        }.Calls(
            terminal,
            async (session, client, stop) =>
            {
                var kept = session.Value(reset) ? null : await client.Settings.Get(stop);
                var flows = new SortedDictionary<string, int>();
                foreach (var (flow, each) in kept?.DeadLetterDays ?? new Dictionary<string, int>())
                    flows[flow] = each;
                foreach (var pair in session.Value(letters) ?? [])
                {
                    var parts = pair.Split('=', 2);
                    if (
                        parts.Length < 2
                        || !int.TryParse(parts[1], CultureInfo.InvariantCulture, out var each)
                    )
                        return session.Fail(
                            Exit.Usage,
                            "bad_days",
                            $"--dead-letters {pair} is not FLOW=DAYS."
                        );
                    if (each == 0)
                        flows.Remove(parts[0]);
                    else
                        flows[parts[0]] = each;
                }
                var now = kept is { IsDefault: false } ? kept.RetentionDays : (int?)null;
                session.Print(
                    await client.Settings.Put(
                        new NewTenantSettings(
                            session.Value(days) ?? now,
                            session.Value(memory)
                                ?? (
                                    kept is { MemoryIsDefault: false }
                                        ? kept.MemoryDays
                                        : (int?)null
                                ),
                            flows
                        ),
                        stop
                    ),
                    SluiceJson.Default.TenantSettings,
                    Tell
                );
                return Exit.Done;
            }
        );
    }

    private static void Tell(Report people, TenantSettings settings)
    {
        people.Facts(
            (
                "Runs are kept",
                $"{settings.RetentionDays} days after their end"
                    + (settings.IsDefault ? " (the default)" : "")
            ),
            (
                "Memory is kept",
                $"{settings.MemoryDays} days after its last use"
                    + (settings.MemoryIsDefault ? " (the default)" : "")
            )
        );
        if (settings.DeadLetterDays is not { Count: > 0 } flows)
            return;
        people.Line();
        people.Table(
            ["DEAD LETTERS OF", "DAYS"],
            flows
                .OrderBy(flow => flow.Key, StringComparer.Ordinal)
                .Select(flow =>
                    (IReadOnlyList<string?>)
                        [flow.Key, flow.Value.ToString(CultureInfo.InvariantCulture)]
                )
        );
    }
}
