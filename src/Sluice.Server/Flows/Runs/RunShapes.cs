using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sluice.Server.Flows.Runs;

// Bodies around runs are read and written by hand, in one pass; these are their shapes, for the API description.

/// <summary>What <see cref="InvokeRequest"/> reads.</summary>
internal sealed record Invocation
{
    /// <summary>The compiled graph to run; either this or <c>flow</c>.</summary>
    public string? GraphId { get; init; }

    /// <summary><c>handle/name</c>: its latest graph in the key's environment.</summary>
    public string? Flow { get; init; }

    /// <summary>The flow's input message as canonical proto3 JSON; absent: an empty message.</summary>
    public JsonElement? Input { get; init; }

    /// <summary>Whether the answer waits for the run's end. Default true.</summary>
    public bool? Wait { get; init; }

    /// <summary>The config to use; the flow's <c>default</c> unless said.</summary>
    public string? ConfigId { get; init; }

    /// <summary>The run's own deadline in milliseconds, 1 to 86400000.</summary>
    public long? TimeoutMs { get; init; }

    /// <summary>0 to 9, the highest first; 5 unless said. Counts where runs wait for their turn.</summary>
    public int? Priority { get; init; }

    /// <summary>Where the run is to pause.</summary>
    public DebugWish? Debug { get; init; }
}

/// <summary>The answer when the run has ended.</summary>
internal sealed record InvocationAnswer
{
    /// <summary>The run's id.</summary>
    public required string ExecutionId { get; init; }

    public required string GraphId { get; init; }

    /// <summary><c>succeeded</c>, <c>failed</c>, <c>cancelled</c> or <c>compensated</c>.</summary>
    public required string Status { get; init; }

    /// <summary>The flow's output message as canonical proto3 JSON; there when it succeeded.</summary>
    public JsonElement? Output { get; init; }

    public required long DurationMs { get; init; }

    /// <summary>There when it did not succeed.</summary>
    public RunError? Error { get; init; }
}

/// <summary>The answer while the run goes on.</summary>
internal sealed record InvocationAccepted
{
    /// <summary>The run's id.</summary>
    public required string ExecutionId { get; init; }

    public required string GraphId { get; init; }

    public required string Status { get; init; }

    public required InvocationLinks Links { get; init; }
}

/// <param name="Self">Where the run is shown.</param>
/// <param name="Cancel">Where to post to cancel it.</param>
/// <param name="Events">What happens in it, as server-sent events.</param>
internal sealed record InvocationLinks(string Self, string Cancel, string Events);

/// <summary>A run in a list.</summary>
internal record RunSummary
{
    public required string Id { get; init; }

    public required string Flow { get; init; }

    public required string GraphId { get; init; }

    /// <summary>queued, running, paused, succeeded, failed, cancelled, compensating or compensated.</summary>
    public required string Status { get; init; }

    /// <summary>0 to 9, the highest first.</summary>
    public required int Priority { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>There once it is no longer queued.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>There once the run has ended.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>There once the run has ended.</summary>
    public long? DurationMs { get; init; }

    public DateTimeOffset? DeadlineAt { get; init; }

    public DateTimeOffset? CancelAskedAt { get; init; }

    /// <summary>A pause that waits for the steps under way.</summary>
    public DateTimeOffset? PauseAskedAt { get; init; }

    public DateTimeOffset? PausedAt { get; init; }

    /// <summary>Of a subflow: the run that it is a step of.</summary>
    public string? ParentId { get; init; }

    /// <summary>Of a subflow: the call of the parent that it answers, with its attempt.</summary>
    public string? ParentStep { get; init; }

    /// <summary>The run that this one repeats, whole or in part.</summary>
    public string? ReplayOf { get; init; }

    /// <summary>The last line of that run's journal that was taken over.</summary>
    public long? ForkSeq { get; init; }

    /// <summary>There when the run did not succeed.</summary>
    public RunError? Error { get; init; }
}

/// <summary>A page of runs.</summary>
internal sealed record RunPage(IReadOnlyList<RunSummary> Data, string? NextCursor);

/// <summary>A run in full.</summary>
internal sealed record RunShown : RunSummary
{
    public required string Environment { get; init; }

    /// <summary>The config in use; null when none applied.</summary>
    public required string? ConfigId { get; init; }

    /// <summary>The key that called.</summary>
    public required string? KeyId { get; init; }

    /// <summary>Of the call that started it.</summary>
    public required string RequestId { get; init; }

    public required long NodeTimeoutSeconds { get; init; }

    /// <summary>Placements before which it pauses.</summary>
    public IReadOnlyList<string>? Breakpoints { get; init; }

    public required JsonElement Input { get; init; }

    /// <summary>There when it succeeded.</summary>
    public JsonElement? Output { get; init; }

    /// <summary>Of a flow over streams that has ended: the frames that its reader was given.</summary>
    public long? Frames { get; init; }

    /// <summary>Those that have begun, in the order in which they ended.</summary>
    public required IReadOnlyList<StepShown> Steps { get; init; }

    /// <summary>Of a paused run: the placements that are called when it goes on.</summary>
    public IReadOnlyList<string>? Next { get; init; }
}

/// <summary>An attempt of a call of a placement.</summary>
internal sealed record StepShown
{
    /// <summary>Its number in the run's journal; absent while it runs.</summary>
    public long? Seq { get; init; }

    public required string Alias { get; init; }

    /// <summary>Absent where the placement is a subflow.</summary>
    public string? Node { get; init; }

    /// <summary><c>handle/name@version</c>; absent where the placement is a subflow.</summary>
    public string? Package { get; init; }

    /// <summary>The graph that the placement runs, where it is a subflow.</summary>
    public string? Subflow { get; init; }

    /// <summary>The subflow's run.</summary>
    public string? RunId { get; init; }

    /// <summary>From 2 on, when a loop led here again.</summary>
    public int? Visit { get; init; }

    /// <summary>Which item of a fan-out, from 0.</summary>
    public int? Item { get; init; }

    /// <summary>running, succeeded, failed, retrying (failed, and tried again) or cancelled.</summary>
    public required string Status { get; init; }

    public required long Attempt { get; init; }

    /// <summary>copied or edited, when it was taken over from the run that this one replays.</summary>
    public string? Origin { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>In the node, without waiting for a worker.</summary>
    public double? DurationMs { get; init; }

    /// <summary>Whether a worker had to be started for it.</summary>
    public bool? Cold { get; init; }

    /// <summary>Of a flow over streams: frames that went in.</summary>
    public long? FramesIn { get; init; }

    /// <summary>Of a flow over streams: frames that came out.</summary>
    public long? FramesOut { get; init; }

    public JsonElement? Input { get; init; }

    public JsonElement? Output { get; init; }

    public RunError? Error { get; init; }

    /// <summary>How far it is, while it runs on the server that is asked and where the node says so.</summary>
    public ProgressShown? Progress { get; init; }
}

/// <param name="Fraction">0 to 1.</param>
/// <param name="Message">What the node is at; may be empty.</param>
/// <param name="At">When it said so.</param>
internal sealed record ProgressShown(double Fraction, string Message, DateTimeOffset At);

/// <summary>The log lines of a run, in the order of its steps.</summary>
internal sealed record RunLog(IReadOnlyList<RunLogLine> Data);

/// <param name="Step">Alias of the placement.</param>
/// <param name="Level">debug, info, warn or error; event for what a node tells through its telemetry.</param>
/// <param name="Fields">What the node gave beside the text.</param>
internal sealed record RunLogLine(
    DateTimeOffset At,
    string Step,
    string Level,
    string Text,
    IReadOnlyDictionary<string, string> Fields
);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(Invocation))]
[JsonSerializable(typeof(InvocationAnswer))]
[JsonSerializable(typeof(InvocationAccepted))]
[JsonSerializable(typeof(RunPage))]
[JsonSerializable(typeof(RunShown))]
[JsonSerializable(typeof(RunLog))]
internal sealed partial class RunShapes : JsonSerializerContext;
