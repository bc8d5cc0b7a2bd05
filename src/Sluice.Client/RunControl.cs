using System.Text.Json;

namespace Sluice.Client;

/// <summary>Where a run is to pause.</summary>
/// <param name="Breakpoints">Aliases of placements before which it pauses.</param>
/// <param name="PauseAtStart">Whether it begins paused.</param>
public sealed record RunDebug(IReadOnlyList<string>? Breakpoints = null, bool? PauseAtStart = null);

/// <param name="Breakpoints">Aliases of placements; an empty list: none.</param>
public sealed record NewBreakpoints(IReadOnlyList<string> Breakpoints);

/// <summary>A run that repeats another; whole, unless it says where to start.</summary>
public sealed record NewReplay
{
    /// <summary>The placement from which it runs again: what came before its first result is taken over.</summary>
    public string? From { get; init; }

    /// <summary>The last line of the old run's journal that is taken over; instead of <see cref="From"/>.</summary>
    public long? Checkpoint { get; init; }

    /// <summary>Another input: of the placement in <see cref="From"/>, else of the flow.</summary>
    public JsonElement? Input { get; init; }

    /// <summary>Other outputs, by alias, of placements whose results are taken over.</summary>
    public IReadOnlyDictionary<string, JsonElement>? Steps { get; init; }

    /// <summary>Whether to wait for its end.</summary>
    public bool Wait { get; init; }

    /// <summary>The config to use; the old run's unless said.</summary>
    public string? ConfigId { get; init; }

    /// <summary>The run's own deadline.</summary>
    public long? TimeoutMs { get; init; }

    /// <summary>0 to 9; the old run's unless said.</summary>
    public int? Priority { get; init; }

    public RunDebug? Debug { get; init; }
}

/// <summary>Something that happened in a run.</summary>
public sealed record RunEvent
{
    /// <summary>Its number in the run's journal; null for what is told live only.</summary>
    public long? Id { get; init; }

    /// <summary><c>run.created</c>, <c>step.started</c>, <c>step.succeeded</c>, <c>run.paused</c>, <c>run.ended</c> and so on.</summary>
    public required string Event { get; init; }

    public required RunEventData Data { get; init; }
}

/// <summary>What is told of it; null where that says nothing of this event.</summary>
public sealed record RunEventData
{
    public string? RunId { get; init; }
    public DateTimeOffset At { get; init; }

    /// <summary>Of a step: its placement.</summary>
    public string? Alias { get; init; }

    /// <summary>From 2 on, when a loop led there again.</summary>
    public int? Visit { get; init; }

    /// <summary>Which item of a fan-out, from 0.</summary>
    public int? Item { get; init; }
    public int? Attempt { get; init; }
    public double? DurationMs { get; init; }
    public bool? Cold { get; init; }

    /// <summary>Of <c>step.progress</c>: 0 to 1.</summary>
    public double? Fraction { get; init; }

    /// <summary>Of <c>step.progress</c>: what the node is at.</summary>
    public string? Message { get; init; }

    /// <summary><c>copied</c> or <c>edited</c>, when it was taken over from the run that this one repeats.</summary>
    public string? Origin { get; init; }

    /// <summary>True where a paused run goes on for one step only.</summary>
    public bool? OneStep { get; init; }

    /// <summary>Of <c>run.created</c>.</summary>
    public string? Flow { get; init; }
    public string? GraphId { get; init; }
    public string? ReplayOf { get; init; }

    /// <summary>Of <c>run.ended</c>.</summary>
    public string? Status { get; init; }
    public RunError? Error { get; init; }
}

/// <summary>Runs that wait for their turn.</summary>
public sealed record RunQueue
{
    public long Depth { get; init; }

    /// <summary>How long the oldest has waited; null when none waits.</summary>
    public long? OldestMs { get; init; }

    public IReadOnlyList<RunQueueOfFlow> Flows { get; init; } = [];
}

public sealed record RunQueueOfFlow
{
    public required string Flow { get; init; }
    public long Depth { get; init; }

    /// <summary>Of those, the ones whose caller waits.</summary>
    public long Interactive { get; init; }
    public long OldestMs { get; init; }
}
