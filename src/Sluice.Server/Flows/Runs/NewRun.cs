using Sluice.Server.Flows.Graphs;

namespace Sluice.Server.Flows.Runs;

/// <summary>What a run is to be; the rest follows from the caller and from the moment at which it is accepted.</summary>
internal sealed record NewRun
{
    public required LoadedGraph Graph { get; init; }

    /// <summary>The flow's input message, serialised.</summary>
    public required byte[] Input { get; init; }

    /// <summary>The profile that the caller asked for; null: the flow's <c>default</c>.</summary>
    public string? ConfigId { get; init; }

    /// <summary>Milliseconds from now to the deadline; null: none.</summary>
    public long? TimeoutMs { get; init; }

    /// <summary>Seconds for a node that has no time of its own; null: the config's.</summary>
    public long? NodeTimeoutSeconds { get; init; }

    /// <summary>Whether the caller waits.</summary>
    public required bool Wait { get; init; }

    public int Priority { get; init; } = Run.DefaultPriority;

    public DebugWish? Debug { get; init; }

    /// <summary>The dead letter that this run takes care of; null: none.</summary>
    public string? Retries { get; init; }

    public string? ReplayOf { get; init; }

    public long? ForkSeq { get; init; }

    /// <summary>Where the frames of a flow over streams go; null for others.</summary>
    public StreamOutlet? Outlet { get; init; }

    /// <summary>What is taken over of another run's journal; numbered from 1.</summary>
    public IReadOnlyList<JournalLine> Journal { get; init; } = [];
}

/// <summary>Where a run is to pause.</summary>
internal sealed record DebugWish
{
    /// <summary>Aliases of placements before which it pauses; absent: none.</summary>
    public IReadOnlyList<string>? Breakpoints { get; init; }

    /// <summary>Whether it begins paused. Default false.</summary>
    public bool? PauseAtStart { get; init; }
}
