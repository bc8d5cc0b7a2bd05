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
        _wire.Send(
            new HttpRequestMessage(HttpMethod.Post, $"api/v1/runs/{Wire.Segment(id)}/cancel"),
            SluiceJson.Default.Run,
            TimeSpan.FromSeconds(100),
            stop
        );
}

/// <param name="GraphId">Either this, or <paramref name="Flow"/> for the flow's latest graph.</param>
/// <param name="Input">The flow's input message as proto3 JSON.</param>
/// <param name="TimeoutMs">The run's own deadline.</param>
public sealed record NewInvocation(
    string? GraphId,
    string? Flow,
    JsonElement Input,
    bool Wait = true,
    string? ConfigId = null,
    long? TimeoutMs = null
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
    public JsonElement? Input { get; init; }
    public JsonElement? Output { get; init; }
    public RunError? Error { get; init; }
    public DateTimeOffset? CreatedAt { get; init; }
    public DateTimeOffset? StartedAt { get; init; }
    public DateTimeOffset? EndedAt { get; init; }
    public double? DurationMs { get; init; }
    public IReadOnlyList<RunStep>? Steps { get; init; }
}

public sealed record RunStep
{
    public required string Alias { get; init; }
    public string? Node { get; init; }
    public string? Package { get; init; }
    public required string Status { get; init; }

    /// <summary>Which visit of its placement, where it was not the first: a loop comes back, a compensator undoes several calls.</summary>
    public int? Visit { get; init; }

    /// <summary>Which item of a fan-out, from 0; null for other steps.</summary>
    public int? Item { get; init; }
    public int? Attempt { get; init; }
    public DateTimeOffset? StartedAt { get; init; }
    public DateTimeOffset? EndedAt { get; init; }
    public double? DurationMs { get; init; }
    public JsonElement? Input { get; init; }
    public JsonElement? Output { get; init; }
    public RunError? Error { get; init; }

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
