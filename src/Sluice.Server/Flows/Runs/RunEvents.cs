using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Sluice.Language;
using Sluice.Language.Flows;
using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Flows.Runs;

/// <summary>
/// What happens in a run, as server-sent events. An event's id is the number of its line in the journal, so that a
/// reader goes on where it left off, on any server; that a call begins, and how far it is, is told live only. It ends with the run. One
/// page of lines is in memory at a time, whatever the reader's pace.
/// </summary>
internal sealed class RunEvents(
    Database database,
    RunLoop loop,
    RunFeed feed,
    IHostApplicationLifetime lifetime,
    TimeProvider clock
)
{
    private const int PageSize = 200;

    /// <summary>A comment that keeps the connection open.</summary>
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    /// <summary>How often a run that is not carried here is looked at, while somebody listens.</summary>
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    private static readonly JsonWriterOptions Relaxed = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static async Task<IResult> Handle(
        string id,
        HttpContext context,
        Caller caller,
        RunEvents act
    )
    {
        var last = -1L;
        var given = context.Request.Headers["Last-Event-ID"].ToString();
        if (given.Length > 0 && (!long.TryParse(given, out last) || last < 0))
            return CommonRefusals.InvalidInput.With([
                new Mistake(
                    "last_event_id",
                    "Last-Event-ID is the id of an event of this run",
                    Where: "Last-Event-ID"
                ),
            ]);
        return await act.Tell(id, context, caller, last);
    }

    private async Task<IResult> Tell(string id, HttpContext context, Caller caller, long last)
    {
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(
            context.RequestAborted,
            lifetime.ApplicationStopping
        );
        // Before the first look, so that nothing falls between the two.
        using var listener = feed.Listen(id);
        var run = await database.Read(s => RunStore.Find(s, caller.TenantId, id), gone.Token);
        if (run is null)
            return RunRefusals.NotFound;
        if (run.Environment != caller.Environment)
            return CommonRefusals.EnvironmentMismatch;
        context.Response.ContentType = "text/event-stream; charset=utf-8";
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers["X-Accel-Buffering"] = "no";
        try
        {
            var stream = new Telling(context.Response, run, last);
            await stream.Created();
            await Follow(stream, listener, gone.Token);
        }
        catch (OperationCanceledException) when (gone.IsCancellationRequested)
        {
            // The reader has left, or the server stops: the reader comes again with the last id.
        }
        catch (StoreUnavailableException)
        {
            // What was told stays true; the reader comes again with the last id.
        }
        return TypedResults.Empty;
    }

    private async Task Follow(Telling stream, RunListener listener, CancellationToken stop)
    {
        var upTo = long.MaxValue;
        while (!await Lines(stream, upTo, stop))
        {
            upTo = long.MaxValue;
            if (!listener.News.TryRead(out var news))
            {
                stream.CaughtUp();
                var most = loop.IsCarried(listener.RunId) ? Heartbeat : LookEvery;
                if (!await listener.Wait(most, clock, stop))
                    await stream.Beat(clock.GetUtcNow(), stop);
                if (!listener.News.TryRead(out news))
                    continue;
            }
            if (news.Started is { } call)
                await stream.Started(call, stop);
            if (news.Progressed is { Progress: { } progress } working)
                await stream.Progressed(working, progress, stop);
            upTo = news.Seq;
        }
    }

    /// <summary>Tells the lines up to a number that were not told yet; true when the run has ended and all is told.</summary>
    private async Task<bool> Lines(Telling stream, long upTo, CancellationToken stop)
    {
        while (upTo > stream.Last)
        {
            var (tenant, id) = (stream.Run.TenantId, stream.Run.Id);
            // In this order: of a run that has ended, every line is there.
            var (run, end, lines) = await database.Read(
                async session =>
                    (
                        await RunStore.Head(session, tenant, id),
                        await JournalStore.Last(session, tenant, id) + 1,
                        await JournalStore.After(
                            session,
                            tenant,
                            id,
                            Math.Max(0, stream.Last),
                            PageSize
                        )
                    ),
                stop
            );
            foreach (var line in lines)
            {
                if (line.Seq > upTo)
                    return false;
                await stream.Line(line, stop);
            }
            if (lines.Count == PageSize)
                continue;
            if (run is null)
                return true;
            if (run.EndedAt is null)
                return false;
            await stream.Ended(run, end, stop);
            return true;
        }
        return false;
    }

    /// <summary>Writes events; knows what was told last.</summary>
    private sealed class Telling(HttpResponse response, Run run, long last)
    {
        /// <summary>Results that were told while it was still to be told that their calls had begun.</summary>
        private readonly HashSet<(StepKey, long)> _ahead = [];

        private DateTimeOffset _beat;

        public Run Run => run;

        public long Last { get; private set; } = last;

        public void CaughtUp() => _ahead.Clear();

        public Task Created() =>
            Last >= 0
                ? response.Body.FlushAsync()
                : Send(
                    "run.created",
                    0,
                    run.CreatedAt,
                    json =>
                    {
                        json.WriteString("flow", run.Flow);
                        json.WriteString("graph_id", run.GraphId);
                        if (run.ReplayOf is not null)
                            json.WriteString("replay_of", run.ReplayOf);
                    },
                    CancellationToken.None
                );

        public Task Started(CallInFlight call, CancellationToken stop) =>
            _ahead.Contains((call.Call.Key, call.Call.Attempt))
                ? Task.CompletedTask
                : Send(
                    "step.started",
                    null,
                    call.StartedAt,
                    json => Step(json, JournalLine.Of(call, "running", 0)),
                    stop
                );

        public Task Progressed(CallInFlight call, CallProgress progress, CancellationToken stop) =>
            _ahead.Contains((call.Call.Key, call.Call.Attempt))
                ? Task.CompletedTask
                : Send(
                    "step.progress",
                    null,
                    progress.At,
                    json =>
                    {
                        Step(json, JournalLine.Of(call, "running", 0));
                        json.WriteNumber("fraction", progress.Fraction);
                        json.WriteString("message", progress.Message);
                    },
                    stop
                );

        public Task Line(JournalLine line, CancellationToken stop)
        {
            var name =
                line.Alias == JournalLine.OfRun
                    ? line.Status switch
                    {
                        JournalLine.Paused => "run.paused",
                        JournalLine.Resumed or JournalLine.Stepped => "run.resumed",
                        JournalLine.Compensating => "run.compensating",
                        _ => null,
                    }
                : line.IsStep ? "step." + line.Status
                : null;
            if (name is null)
            {
                Last = line.Seq;
                return Task.CompletedTask;
            }
            _ahead.Add((line.Key, line.Attempt));
            return Send(name, line.Seq, line.EndedAt, json => Body(json, line), stop);
        }

        public Task Ended(Run ended, long id, CancellationToken stop) =>
            Last >= id
                ? Task.CompletedTask
                : Send(
                    "run.ended",
                    id,
                    ended.EndedAt ?? 0,
                    json =>
                    {
                        json.WriteString("status", ended.Status);
                        json.WriteNumber("duration_ms", (ended.EndedAt ?? 0) - ended.CreatedAt);
                        Error(json, ended.Error);
                    },
                    stop
                );

        public async Task Beat(DateTimeOffset now, CancellationToken stop)
        {
            if (now - _beat < Heartbeat)
                return;
            _beat = now;
            await response.Body.WriteAsync(": still here\n\n"u8.ToArray(), stop);
            await response.Body.FlushAsync(stop);
        }

        private static void Body(Utf8JsonWriter json, JournalLine line)
        {
            if (line.IsStep)
            {
                Step(json, line);
                json.WriteNumber("duration_ms", line.DurationUs / 1000.0);
                json.WriteBoolean("cold", line.Cold == 1);
                if (line.Origin is not null)
                    json.WriteString("origin", line.Origin);
            }
            else if (line.Status is JournalLine.Stepped)
            {
                json.WriteBoolean("one_step", true);
            }
            Error(json, line.Error);
        }

        private static void Step(Utf8JsonWriter json, JournalLine line)
        {
            json.WriteString("alias", line.Alias);
            if (line.Visit > 1)
                json.WriteNumber("visit", line.Visit);
            if (line.Item >= 0)
                json.WriteNumber("item", line.Item);
            json.WriteNumber("attempt", line.Attempt);
        }

        private static void Error(Utf8JsonWriter json, byte[]? error)
        {
            if (error is null)
                return;
            json.WritePropertyName("error");
            json.WriteRawValue(error);
        }

        private async Task Send(
            string name,
            long? id,
            long at,
            Action<Utf8JsonWriter> body,
            CancellationToken stop
        )
        {
            var text = new ArrayBufferWriter<byte>(256);
            text.Write(
                Encoding.UTF8.GetBytes(
                    (id is { } number ? $"id: {number}\n" : "") + $"event: {name}\ndata: "
                )
            );
            using (var json = new Utf8JsonWriter(text, Relaxed))
            {
                json.WriteStartObject();
                json.WriteString("run_id", run.Id);
                json.WriteString("at", ShowRun.Time(at));
                body(json);
                json.WriteEndObject();
            }
            text.Write("\n\n"u8);
            await response.Body.WriteAsync(text.WrittenMemory, stop);
            await response.Body.FlushAsync(stop);
            if (id is { } told)
                Last = told;
        }
    }
}
