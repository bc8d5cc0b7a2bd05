using System.Globalization;
using System.Net.Http.Headers;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Sluice.Client;

/// <summary>Invoking flows, and the record of every run.</summary>
public sealed class RunsApi
{
    private readonly Wire _wire;

    internal RunsApi(Wire wire) => _wire = wire;

    /// <summary>Starts a run; waits for its end when asked to. A failed run is an answer, not an exception.</summary>
    /// <param name="idempotencyKey">The same key within its lifetime gives the same run again.</param>
    public Task<Invocation> Invoke(
        NewInvocation invocation,
        string? idempotencyKey = null,
        CancellationToken stop = default
    )
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "invocations/v1/flows/invoke")
        {
            Content = Wire.Json(invocation, SluiceJson.Default.NewInvocation),
        };
        if (idempotencyKey is not null)
            request.Headers.TryAddWithoutValidation("Idempotency-Key", idempotencyKey);
        return _wire.Send(request, SluiceJson.Default.Invocation, Timeout.InfiniteTimeSpan, stop);
    }

    public Task<Run> Get(string id, CancellationToken stop = default) =>
        _wire.Get("api/v1/runs/" + Wire.Segment(id), SluiceJson.Default.Run, stop);

    /// <param name="limit">How many at most; null for the server's default.</param>
    public Task<Page<Run>> List(
        string? flow = null,
        string? status = null,
        int? limit = null,
        string? cursor = null,
        CancellationToken stop = default
    ) =>
        _wire.Get(
            Wire.Query(
                "api/v1/runs",
                ("flow", flow),
                ("status", status),
                ("limit", limit?.ToString()),
                ("cursor", cursor)
            ),
            SluiceJson.Default.PageRun,
            stop
        );

    public Task<Page<LogLine>> Logs(string id, CancellationToken stop = default) =>
        _wire.Get($"api/v1/runs/{Wire.Segment(id)}/logs", SluiceJson.Default.PageLogLine, stop);

    /// <summary>Asks for the end of a run; one that has ended is refused with <c>run_ended</c>.</summary>
    public Task<Run> Cancel(string id, CancellationToken stop = default) =>
        Post(id, "cancel", stop);

    /// <summary>Pauses a run before its next step. The steps under way end first: until then it is running, with <see cref="Run.PauseAskedAt"/>.</summary>
    public Task<Run> Pause(string id, CancellationToken stop = default) => Post(id, "pause", stop);

    /// <summary>Lets a paused run go on, or takes back a pause that has not come yet.</summary>
    public Task<Run> Resume(string id, CancellationToken stop = default) =>
        Post(id, "resume", stop);

    /// <summary>Lets a paused run make one step; it pauses again before the next.</summary>
    public Task<Run> Step(string id, CancellationToken stop = default) => Post(id, "step", stop);

    /// <summary>Sets the placements before which a run pauses, in the place of those that it had.</summary>
    public Task<Run> SetBreakpoints(
        string id,
        IReadOnlyList<string> aliases,
        CancellationToken stop = default
    ) =>
        _wire.Send(
            HttpMethod.Put,
            $"api/v1/runs/{Wire.Segment(id)}/breakpoints",
            new NewBreakpoints(aliases),
            SluiceJson.Default.NewBreakpoints,
            SluiceJson.Default.Run,
            stop
        );

    /// <summary>Runs a run again, whole or in part, as a new run.</summary>
    public Task<Invocation> Replay(string id, NewReplay replay, CancellationToken stop = default) =>
        _wire.Send(
            new HttpRequestMessage(HttpMethod.Post, $"api/v1/runs/{Wire.Segment(id)}/replay")
            {
                Content = Wire.Json(replay, SluiceJson.Default.NewReplay),
            },
            SluiceJson.Default.Invocation,
            Timeout.InfiniteTimeSpan,
            stop
        );

    /// <summary>
    /// What happens in a run, from its start or after an event, until it has ended. Where the stream ends before
    /// <c>run.ended</c>, ask again with the last id.
    /// </summary>
    /// <param name="after">The id of the last event that was seen; null: all of them.</param>
    public async IAsyncEnumerable<RunEvent> Events(
        string id,
        long? after = null,
        [EnumeratorCancellation] CancellationToken stop = default
    )
    {
        using var request = new HttpRequestMessage(
            HttpMethod.Get,
            $"api/v1/runs/{Wire.Segment(id)}/events"
        );
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
        if (after is { } last)
            request.Headers.TryAddWithoutValidation(
                "Last-Event-ID",
                last.ToString(CultureInfo.InvariantCulture)
            );
        using var response = await _wire.Open(request, stop);
        await using var body = await response.Content.ReadAsStreamAsync(stop);
        await foreach (var item in SseParser.Create(body).EnumerateAsync(stop))
            yield return new RunEvent
            {
                Id = long.TryParse(item.EventId, CultureInfo.InvariantCulture, out var number)
                    ? number
                    : null,
                Event = item.EventType,
                Data = JsonSerializer.Deserialize(item.Data, SluiceJson.Default.RunEventData)!,
            };
    }

    /// <summary>How many runs wait for their turn.</summary>
    public Task<RunQueue> Queue(CancellationToken stop = default) =>
        _wire.Get("api/v1/runs/queue", SluiceJson.Default.RunQueue, stop);

    /// <summary>Runs that failed and that nobody has looked after, newest first.</summary>
    public Task<Page<Run>> DeadLetters(
        string? flow = null,
        int? limit = null,
        string? cursor = null,
        CancellationToken stop = default
    ) =>
        _wire.Get(
            Wire.Query(
                "api/v1/dead-letters",
                ("flow", flow),
                ("limit", limit?.ToString(CultureInfo.InvariantCulture)),
                ("cursor", cursor)
            ),
            SluiceJson.Default.PageRun,
            stop
        );

    /// <summary>Runs a failed run again from the step that failed; it is no dead letter any more.</summary>
    public Task<Invocation> RetryDeadLetter(string id, CancellationToken stop = default) =>
        _wire.Send(
            new HttpRequestMessage(
                HttpMethod.Post,
                $"api/v1/dead-letters/{Wire.Segment(id)}/retry"
            ),
            SluiceJson.Default.Invocation,
            TimeSpan.FromSeconds(100),
            stop
        );

    /// <summary>Takes a failed run off the list; its record stays.</summary>
    public Task DismissDeadLetter(string id, CancellationToken stop = default) =>
        _wire.Delete("api/v1/dead-letters/" + Wire.Segment(id), stop);

    private Task<Run> Post(string id, string act, CancellationToken stop) =>
        _wire.Send(
            new HttpRequestMessage(HttpMethod.Post, $"api/v1/runs/{Wire.Segment(id)}/{act}"),
            SluiceJson.Default.Run,
            TimeSpan.FromSeconds(100),
            stop
        );
}

/// <param name="GraphId">Either this, or <paramref name="Flow"/> for the flow's latest graph.</param>
/// <param name="Input">The flow's input message as proto3 JSON.</param>
/// <param name="TimeoutMs">The run's own deadline.</param>
/// <param name="Priority">0 to 9, the highest first; 5 unless said.</param>
/// <param name="Debug">Where it is to pause.</param>
public sealed record NewInvocation(
    string? GraphId,
    string? Flow,
    JsonElement Input,
    bool Wait = true,
    string? ConfigId = null,
    long? TimeoutMs = null,
    int? Priority = null,
    RunDebug? Debug = null
);

public sealed record Invocation
{
    public required string ExecutionId { get; init; }
    public string? GraphId { get; init; }
    public required string Status { get; init; }
    public JsonElement? Output { get; init; }
    public double? DurationMs { get; init; }
    public RunError? Error { get; init; }
}

/// <summary>Why a run failed, and at which placement.</summary>
public sealed record RunError(
    string? Code,
    string? Message,
    string? Kind = null,
    string? Node = null,
    RunErrorEdge? Edge = null,
    string? ExecutionId = null,
    string? Stack = null
);

/// <summary>The edge along which a value could not pass.</summary>
public sealed record RunErrorEdge(string Source, string Target)
{
    public override string ToString() => $"{Source} -> {Target}";
}

public sealed record Run
{
    public required string Id { get; init; }
    public string? Flow { get; init; }
    public string? GraphId { get; init; }
    public JsonElement? Config { get; init; }
    public string? Environment { get; init; }
    public required string Status { get; init; }

    /// <summary>0 to 9, the highest first.</summary>
    public int? Priority { get; init; }
    public JsonElement? Input { get; init; }
    public JsonElement? Output { get; init; }
    public RunError? Error { get; init; }

    /// <summary>The run that this one repeats, whole or in part.</summary>
    public string? ReplayOf { get; init; }

    /// <summary>The last line of that run's journal that was taken over.</summary>
    public long? ForkSeq { get; init; }

    /// <summary>Placements before which it pauses.</summary>
    public IReadOnlyList<string>? Breakpoints { get; init; }

    /// <summary>Of a paused run: the placements that are called when it goes on.</summary>
    public IReadOnlyList<string>? Next { get; init; }

    /// <summary>A pause that waits for the steps under way.</summary>
    public DateTimeOffset? PauseAskedAt { get; init; }
    public DateTimeOffset? CreatedAt { get; init; }
    public DateTimeOffset? StartedAt { get; init; }
    public DateTimeOffset? EndedAt { get; init; }
    public double? DurationMs { get; init; }

    /// <summary>Of a flow over streams that has ended: the frames that its reader was given.</summary>
    public long? Frames { get; init; }
    public IReadOnlyList<RunStep>? Steps { get; init; }
}

/// <param name="Fraction">0 to 1.</param>
/// <param name="Message">What the node is at; may be empty.</param>
public sealed record RunProgress(double Fraction, string Message, DateTimeOffset? At);

public sealed record RunStep
{
    /// <summary>Its number in the run's journal; null while it runs.</summary>
    public long? Seq { get; init; }
    public required string Alias { get; init; }
    public string? Node { get; init; }
    public string? Package { get; init; }
    public required string Status { get; init; }

    /// <summary>Which visit of its placement, where it was not the first: a loop comes back, a compensator undoes several calls.</summary>
    public int? Visit { get; init; }

    /// <summary>Which item of a fan-out, from 0; null for other steps.</summary>
    public int? Item { get; init; }
    public int? Attempt { get; init; }

    /// <summary><c>copied</c> or <c>edited</c>, when it was taken over from the run that this one repeats.</summary>
    public string? Origin { get; init; }
    public DateTimeOffset? StartedAt { get; init; }
    public DateTimeOffset? EndedAt { get; init; }
    public double? DurationMs { get; init; }

    /// <summary>Of a flow over streams: frames that went in.</summary>
    public long? FramesIn { get; init; }

    /// <summary>Of a flow over streams: frames that came out.</summary>
    public long? FramesOut { get; init; }
    public JsonElement? Input { get; init; }
    public JsonElement? Output { get; init; }
    public RunError? Error { get; init; }

    /// <summary>How far it is, while it runs and where the node says so.</summary>
    public RunProgress? Progress { get; init; }

    /// <summary>True when a worker had to be started for this step.</summary>
    public bool? Cold { get; init; }
}

public sealed record LogLine
{
    public DateTimeOffset? At { get; init; }
    public string? Step { get; init; }
    public string? Level { get; init; }
    public string? Text { get; init; }
    public JsonElement? Fields { get; init; }
}
