using System.Text.Json.Serialization;

namespace Sluice.Server.Flows.Runs;

/// <summary>The states of a run (design decision 11); wire and store use these words.</summary>
internal static class RunStatus
{
    public const string Queued = "queued";
    public const string Running = "running";
    public const string Paused = "paused";
    public const string Succeeded = "succeeded";
    public const string Failed = "failed";
    public const string Cancelled = "cancelled";
    public const string Compensating = "compensating";
    public const string Compensated = "compensated";

    public static readonly string[] All =
    [
        Queued,
        Running,
        Paused,
        Succeeded,
        Failed,
        Cancelled,
        Compensating,
        Compensated,
    ];

    public static bool IsEnd(string status) =>
        status is Succeeded or Failed or Cancelled or Compensated;

    /// <summary>The only place where a state changes. Null: that cannot happen in this state.</summary>
    public static string? Next(string status, RunEvent happened) =>
        (status, happened) switch
        {
            (Queued, RunEvent.Dispatched) => Running,
            (Queued or Running or Paused, RunEvent.CancelAsked) => Cancelled,
            (Queued or Running, RunEvent.DeadlinePassed) => Failed,
            (Running, RunEvent.PauseAsked) => Paused,
            (Paused, RunEvent.ResumeAsked) => Running,
            (Running, RunEvent.OutputReached) => Succeeded,
            (Running, RunEvent.StepFailed) => Failed,
            (Running, RunEvent.CompensationBegun) => Compensating,
            (Compensating, RunEvent.CompensationDone) => Compensated,
            (Compensating, RunEvent.StepFailed) => Failed,
            _ => null,
        };
}

/// <summary>What can happen to a run.</summary>
internal enum RunEvent
{
    Dispatched,
    PauseAsked,
    ResumeAsked,
    CancelAsked,
    DeadlinePassed,
    OutputReached,
    StepFailed,
    CompensationBegun,
    CompensationDone,
}

/// <summary>A run as it was accepted: what it needs to be carried on by any server.</summary>
internal sealed record Run
{
    public required string TenantId { get; init; }

    public required string Id { get; init; }

    public required string Environment { get; init; }

    public required string Flow { get; init; }

    public required string GraphId { get; init; }

    public required string Status { get; init; }

    /// <summary>Key that called; null at another door.</summary>
    public string? KeyId { get; init; }

    /// <summary>The profile in use; null when none applies.</summary>
    public string? ConfigId { get; init; }

    /// <summary>Each node's time, 1 to 3600 seconds.</summary>
    public required long NodeTimeoutSeconds { get; init; }

    /// <summary>Plain parameters as a JSON object; null when there are none.</summary>
    public byte[]? Params { get; init; }

    /// <summary>Number of the tenant's last change of secrets when the run started.</summary>
    public required long SecretsVersion { get; init; }

    /// <summary>The flow's input message, serialised.</summary>
    public required byte[] Input { get; init; }

    public byte[]? Output { get; init; }

    /// <summary><see cref="RunError"/> as JSON.</summary>
    public byte[]? Error { get; init; }

    public required string RequestId { get; init; }

    public required long CreatedAt { get; init; }

    public long? DeadlineAt { get; init; }

    public long? CancelAskedAt { get; init; }

    public long? EndedAt { get; init; }
}

/// <summary>A step that is done.</summary>
internal sealed record Step
{
    public required string Alias { get; init; }

    public required long Attempt { get; init; }

    /// <summary>succeeded, failed or cancelled.</summary>
    public required string Status { get; init; }

    public byte[]? Output { get; init; }

    public byte[]? Error { get; init; }

    /// <summary>JSON array of log lines; null when there were none.</summary>
    public byte[]? Logs { get; init; }

    /// <summary>1 when a worker had to be started for it.</summary>
    public required long Cold { get; init; }

    public required long StartedAt { get; init; }

    public required long EndedAt { get; init; }

    /// <summary>Microseconds in the node, without waiting for a worker.</summary>
    public required long DurationUs { get; init; }
}

/// <summary>Why a run failed (design decision 15). A placement is named by its alias, never by the node's name.</summary>
internal sealed record RunError
{
    /// <summary>snake_case: node_failed, node_timeout, node_crashed, node_protocol, node_memory, node_unavailable, edge_failed, run_deadline, cancelled.</summary>
    public required string Code { get; init; }

    /// <summary>One public sentence.</summary>
    public required string Message { get; init; }

    /// <summary>NODE_ERROR, NODE_TIMEOUT, NODE_CRASHED, NODE_PROTOCOL, NODE_MEMORY, NODE_UNAVAILABLE, EDGE_ADAPTER, DEADLINE or CANCELLED.</summary>
    public required string Kind { get; init; }

    /// <summary>Alias of the placement.</summary>
    public string? Node { get; init; }

    /// <summary>Both ends, where an edge failed.</summary>
    public RunErrorEdge? Edge { get; init; }

    /// <summary>What the node's language printed, for its author.</summary>
    public string? Stack { get; init; }

    public string? ExecutionId { get; init; }
}

internal sealed record RunErrorEdge(string Source, string Target);

internal sealed record LogLine(
    DateTimeOffset At,
    string Level,
    string Text,
    IReadOnlyDictionary<string, string> Fields
);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(RunError))]
[JsonSerializable(typeof(List<LogLine>))]
[JsonSerializable(typeof(Dictionary<string, string>))]
internal sealed partial class RunJson : JsonSerializerContext;
