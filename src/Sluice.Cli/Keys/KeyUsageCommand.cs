using System.CommandLine;
using Sluice.Cli.Terminals;
using Sluice.Client;

namespace Sluice.Cli.Keys;

internal static class KeyUsageCommand
{
    public static Command Define(Terminal terminal)
    {
        var id = new Argument<string>("id") { Description = "As sluice keys list shows it" };
        var days = new Option<int>("--days")
        {
            Description = "How far back",
            DefaultValueFactory = _ => 30,
        };
        return new Command("usage", "A key's calls and refusals, day by day") { id, days }.Calls(
            terminal,
            async (session, client, stop) =>
            {
                session.Print(
                    await client.Keys.Usage(session.Value(id), session.Value(days), stop),
                    SluiceJson.Default.KeyUsage,
                    Tell
                );
                return Exit.Done;
            }
        );
    }

    private static void Tell(Report people, KeyUsage usage)
    {
        people.Facts(
            ("Calls", $"{usage.Calls} in {usage.Days.Count} days"),
            ("Refusals", usage.Refusals.ToString()),
            ("Last used", Show.Time(usage.LastUsedAt) ?? "never"),
            ("Last address", usage.LastAddress ?? "–")
        );
        var used = usage.Days.Where(day => day.Calls + day.Refusals > 0).ToList();
        if (used.Count == 0)
            return;
        people.Line();
        people.Table(
            ["DAY", "CALLS", "REFUSALS"],
            used.Select(day =>
                (IReadOnlyList<string?>)
                    [$"{day.Date:yyyy-MM-dd}", day.Calls.ToString(), day.Refusals.ToString()]
            )
        );
    }
}
