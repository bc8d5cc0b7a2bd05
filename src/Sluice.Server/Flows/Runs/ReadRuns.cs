using System.Text.Json;
using Sluice.Language;
using Sluice.Server.Flows.Graphs;
using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Flows.Runs;

/// <summary>Lists runs, shows one with its steps, and its log lines.</summary>
internal static class ReadRuns
{
    public static async Task<IResult> List(
        HttpContext context,
        string? flow,
        string? status,
        string? parent,
        Caller caller,
        Database database
    )
    {
        var mistakes = new List<Mistake>();
        var page = Page.Read(context.Request, mistakes);
        if (status is not null && !RunStatus.All.Contains(status))
            mistakes.Add(
                new Mistake(
                    "status",
                    $"status is one of {string.Join(", ", RunStatus.All)}",
                    Where: "status"
                )
            );
        if (mistakes.Count > 0)
            return CommonRefusals.InvalidInput.With(mistakes);
        var runs = await database.Read(
            session =>
                RunStore.List(
                    session,
                    caller.TenantId,
                    caller.Environment,
                    new RunFilter(flow, status, parent),
                    page
                ),
            context.RequestAborted
        );
        return Paged(runs, page);
    }

    /// <summary>A page of runs, of which one more than its limit was read.</summary>
    public static IResult Paged(IReadOnlyList<Run> runs, Page page) =>
        ShowRun.Write(json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("data");
            foreach (var run in runs.Take(page.Limit))
            {
                json.WriteStartObject();
                ShowRun.Head(json, run);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteString(
                "next_cursor",
                runs.Count > page.Limit ? runs[page.Limit - 1].Id : null
            );
            json.WriteEndObject();
        });

    public static async Task<IResult> One(
        string id,
        Caller caller,
        Database database,
        GraphCache graphs,
        RunLoop loop,
        CancellationToken stop
    )
    {
        await Settle(loop, caller, id, stop);
        var found = await Find(id, caller, database, stop);
        if (found.Refused)
            return found.Refusal;
        var (run, journal) = (found.Value.Run, found.Value.Journal);
        if (await graphs.Find(caller.TenantId, run.GraphId, stop) is not { } graph)
            return FlowRefusals.GraphNotFound;
        var children = graph.HasSubflows
            ? await database.Read(s => RunStore.Children(s, caller.TenantId, id), stop)
            : [];
        var inFlight = loop.Find(caller.TenantId, id)?.InFlight ?? [];
        return ShowRun.Write(json =>
        {
            json.WriteStartObject();
            ShowRun.Whole(json, run, journal, children, graph, inFlight);
            json.WriteEndObject();
        });
    }

    public static async Task<IResult> Logs(
        string id,
        Caller caller,
        Database database,
        RunLoop loop,
        CancellationToken stop
    )
    {
        await Settle(loop, caller, id, stop);
        var found = await Find(id, caller, database, stop);
        if (found.Refused)
            return found.Refusal;
        return ShowRun.Write(json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("data");
            foreach (var step in found.Value.Journal.Where(line => line.Logs is not null))
            {
                foreach (
                    var line in JsonSerializer.Deserialize(step.Logs!, RunJson.Default.ListLogLine)!
                )
                    WriteLog(json, step, line);
            }
            json.WriteEndArray();
            json.WriteEndObject();
        });
    }

    /// <summary>Who looks at a run that is carried here sees every step that has ended.</summary>
    private static Task Settle(RunLoop loop, Caller caller, string id, CancellationToken stop) =>
        loop.Find(caller.TenantId, id)?.RecordedSoon(stop) ?? Task.CompletedTask;

    internal sealed record Record(Run Run, IReadOnlyList<JournalLine> Journal);

    /// <summary>A run of the caller's tenant and environment with its journal.</summary>
    internal static async Task<Outcome<Record>> Find(
        string id,
        Caller caller,
        Database database,
        CancellationToken stop
    )
    {
        var (run, journal) = await database.Read(
            async session =>
            {
                var found = await RunStore.Find(session, caller.TenantId, id);
                return (
                    found,
                    found is null ? [] : await JournalStore.Read(session, caller.TenantId, id)
                );
            },
            stop
        );
        if (run is null)
            return RunRefusals.NotFound;
        return run.Environment == caller.Environment
            ? new Record(run, journal)
            : CommonRefusals.EnvironmentMismatch;
    }

    private static void WriteLog(Utf8JsonWriter json, JournalLine step, LogLine line)
    {
        json.WriteStartObject();
        json.WriteString("at", line.At);
        json.WriteString("step", step.Alias);
        json.WriteString("level", line.Level);
        json.WriteString("text", line.Text);
        json.WriteStartObject("fields");
        foreach (var (name, value) in line.Fields)
            json.WriteString(name, value);
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
