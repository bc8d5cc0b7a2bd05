using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Sluice.Cli.Terminals;
using Sluice.Client;

namespace Sluice.Cli.Runs;

/// <summary>What happens in a run, a line each, until it has ended.</summary>
internal static class EventsCommand
{
    private const int MostBreaks = 5;

    public static Command Define(Terminal terminal)
    {
        var id = new Argument<string>("id");
        var after = new Option<long?>("--after")
        {
            Description = "Go on after this event",
            HelpName = "number",
        };
        return new Command("events", "What happens in a run, live, until it has ended")
        {
            id,
            after,
        }.Calls(
            terminal,
            (session, client, stop) =>
                Follow(session, client, session.Value(id), session.Value(after), stop)
        );
    }

    /// <summary>One line of JSON for programs, one for people otherwise.</summary>
    public static void Tell(Session session, RunEvent happened)
    {
        if (session.Json)
        {
            session.Terminal.Out.WriteLine(
                Plain.Json(JsonSerializer.Serialize(happened, SluiceJson.Default.RunEvent))
            );
            return;
        }
        var data = happened.Data;
        var id = happened.Id?.ToString(CultureInfo.InvariantCulture) ?? "";
        session.People.Line(
            $"{id, 4}  {Show.ExactTime(data.At)}  {happened.Event, -16}  {string.Join("  ", Details(data).OfType<string>())}".TrimEnd()
        );
    }

    public static Exit ExitOf(string? status) =>
        status is "failed" or "cancelled" or "compensated" ? Exit.RunFailed : Exit.Done;

    private static IEnumerable<string?> Details(RunEventData data)
    {
        if (data.Alias is { } alias)
            yield return alias
                + (data.Item is { } item ? $"[{item}]" : "")
                + (data.Visit is { } visit ? $" ({visit})" : "");
        if (data.Attempt > 1)
            yield return $"attempt {data.Attempt}";
        if (data.Fraction is { } fraction)
            yield return GetCommand.Percent(fraction, data.Message);
        yield return data.Flow;
        if (data.ReplayOf is { } old)
            yield return $"replay of {old}";
        if (data.OneStep == true)
            yield return "for one step";
        yield return data.Status;
        yield return data.Origin;
        if (data.Origin is null)
            yield return Show.Duration(data.DurationMs);
        if (data.Error is { } error)
            yield return GetCommand.Reason(error);
    }

    // A stream that breaks is opened again where it broke.
    private static async Task<Exit> Follow(
        Session session,
        SluiceClient client,
        string id,
        long? after,
        CancellationToken stop
    )
    {
        for (var breaks = 0; ; breaks++)
        {
            try
            {
                await foreach (var happened in client.Runs.Events(id, after, stop))
                {
                    Tell(session, happened);
                    breaks = 0;
                    after = happened.Id ?? after;
                    if (happened.Event == "run.ended")
                        return ExitOf(happened.Data.Status);
                }
                // Of one that has ended, nothing came after the event that was asked for.
                if (await client.Runs.Get(id, stop) is { EndedAt: not null } run)
                    return ExitOf(run.Status);
            }
            catch (Exception error)
                when (breaks < MostBreaks
                    && error
                        is IOException
                            or HttpRequestException
                            or SluiceException { Code: SluiceException.Unreachable, Status: 0 }
                )
            {
                session.Remark("The connection broke; trying again.");
            }
            await Task.Delay(TimeSpan.FromSeconds(1), session.Terminal.Clock, stop);
        }
    }
}
