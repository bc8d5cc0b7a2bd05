using System.CommandLine;
using System.Globalization;
using Sluice.Cli.Terminals;
using Sluice.Client;

namespace Sluice.Cli;

internal static class UsageCommand
{
    public static Command Define(Terminal terminal)
    {
        var days = new Option<int>("--days")
        {
            Description = "How far back",
            DefaultValueFactory = _ => 30,
        };
        return new Command("usage", "Executions, success rate and durations") { days }.Calls(
            terminal,
            async (session, client, stop) =>
            {
                session.Print(
                    await client.Usage.Get(session.Value(days), stop),
                    SluiceJson.Default.Usage,
                    Tell
                );
                return Exit.Done;
            }
        );
    }

    private static void Tell(Report people, Usage usage)
    {
        people.Facts(
            ("Executions", $"{usage.Executions} in {usage.Days} days"),
            (
                "Success rate",
                usage.SuccessRate is { } rate
                    ? rate.ToString("0.0 %", CultureInfo.InvariantCulture)
                    : "nothing has ended yet"
            ),
            ("Avg duration", Show.Duration(usage.AvgDurationMs) ?? "–")
        );
        Rows(
            people,
            "DAY",
            usage
                .PerDay.Where(day => day.Total > 0)
                .Select(day => Row($"{day.Date:yyyy-MM-dd}", day.Succeeded, day.Failed, day.Total))
        );
        Rows(
            people,
            "FLOW",
            usage.PerFlow.Select(row =>
                Row(row.Flow, row.Succeeded, row.Failed, row.Executions ?? row.Total)
            )
        );
        Rows(
            people,
            "KEY",
            usage.PerKey.Select(row =>
                Row(row.Name ?? row.KeyId, row.Succeeded, row.Failed, row.Executions ?? row.Total)
            )
        );
    }

    private static void Rows(Report people, string head, IEnumerable<IReadOnlyList<string?>> rows)
    {
        var all = rows.ToList();
        if (all.Count == 0)
            return;
        people.Line();
        people.Table([head, "SUCCEEDED", "FAILED", "TOTAL"], all);
    }

    private static IReadOnlyList<string?> Row(
        string? name,
        long succeeded,
        long failed,
        long? total
    ) => [name, succeeded.ToString(), failed.ToString(), total?.ToString()];
}
