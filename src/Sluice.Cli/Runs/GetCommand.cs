using System.CommandLine;
using System.Globalization;
using Sluice.Cli.Terminals;
using Sluice.Client;

namespace Sluice.Cli.Runs;

/// <summary>The record of one run: every step with its timing, input and output.</summary>
internal static class GetCommand
{
    public static Command Define(Terminal terminal)
    {
        var id = new Argument<string>("id") { Description = "The run's id (execution_id)" };
        return new Command("get", "A run with its steps and timings") { id }.Calls(
            terminal,
            async (session, client, stop) =>
            {
                session.Print(
                    await client.Runs.Get(session.Value(id), stop),
                    SluiceJson.Default.Run,
                    Tell
                );
                return Exit.Done;
            }
        );
    }

    public static void Tell(Report people, Run run)
    {
        people.Facts(
            ("Run", run.Id),
            ("Flow", run.Flow),
            ("Graph", run.GraphId),
            ("Environment", run.Environment),
            ("Status", run.Status),
            ("Replay of", run.ReplayOf),
            (
                "Pauses before",
                run.Breakpoints is { Count: > 0 } ? Show.List(run.Breakpoints, "") : null
            ),
            ("Next", run.Next is { Count: > 0 } ? Show.List(run.Next, "") : null),
            ("Started", Show.ExactTime(run.StartedAt ?? run.CreatedAt)),
            ("Took", Show.Duration(run.DurationMs)),
            ("Frames", run.Frames?.ToString(CultureInfo.InvariantCulture)),
            ("Error", run.Error is { } error ? Reason(error) : null),
            ("Input", Show.Json(run.Input)),
            ("Output", Show.Json(run.Output))
        );
        if (run.Steps is not { Count: > 0 } steps)
            return;
        var again = steps
            .GroupBy(step => step.Alias)
            .Where(calls => calls.DistinctBy(call => call.Visit).Count() > 1)
            .Select(calls => calls.Key)
            .ToHashSet(StringComparer.Ordinal);
        var streams = steps.Any(step => step.FramesIn is not null);
        people.Line();
        people.Table(
            ["STEP", "NODE", "STATUS", streams ? "FRAMES" : "ATTEMPT", "AFTER", "TOOK", "WORKER"],
            steps.Select(step =>
                (IReadOnlyList<string?>)
                    [
                        Name(step, again),
                        string.Join(
                            ' ',
                            new[] { step.Package, step.Node }.Where(part => part is not null)
                        ),
                        step.Progress is { } progress
                            ? $"{step.Status} {Percent(progress.Fraction, progress.Message)}"
                            : step.Status,
                        streams
                            ? $"{step.FramesIn} in, {step.FramesOut} out"
                            : step.Attempt?.ToString(),
                        step.Origin is null
                            ? Show.Duration(
                                (
                                    step.StartedAt - (run.StartedAt ?? run.CreatedAt)
                                )?.TotalMilliseconds
                            )
                            : null,
                        Show.Duration(step.DurationMs),
                        step switch
                        {
                            { Origin: { } origin } => origin,
                            { Cold: true } => "started for it",
                            { Cold: false } => "warm",
                            _ => null,
                        },
                    ]
            )
        );
        foreach (var step in steps.Where(step => step.Error is not null))
            people.Bad($"{Name(step, again)}: {Reason(step.Error!)}");
    }

    /// <summary>A placement may be called several times: <c>read[3]</c> is the fourth item of a fan-out, <c>again (2)</c> a loop's second visit.</summary>
    private static string Name(RunStep step, IReadOnlySet<string> again) =>
        step.Alias
        + (step.Item is { } item ? $"[{item}]" : "")
        + (again.Contains(step.Alias) ? $" ({step.Visit ?? 1})" : "");

    /// <summary>How far a step is, such as <c>40 % reading page 4</c>.</summary>
    public static string Percent(double fraction, string? message) =>
        $"{Math.Floor(fraction * 100).ToString(CultureInfo.InvariantCulture)} % {message}".TrimEnd();

    public static string Reason(RunError error) =>
        $"{error.Message} ({error.Code})"
        + (error.Node is { } node ? $" at {node}" : "")
        + (error.Edge is { } edge ? $", edge {edge}" : "");
}
