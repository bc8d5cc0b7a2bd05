using System.Globalization;

namespace Sluice.Client;

/// <summary>What flows remember: sessions with turns, and entries that are found by their words.</summary>
public sealed class MemoryApi
{
    private const string Path = "api/v1/memory";

    private readonly Wire _wire;

    internal MemoryApi(Wire wire) => _wire = wire;

    /// <summary>Flows that remember something.</summary>
    public Task<Page<FlowMemory>> Flows(
        int? limit = null,
        string? cursor = null,
        CancellationToken stop = default
    ) =>
        _wire.Get(
            Wire.Query(Path + "/flows", ("limit", Number(limit)), ("cursor", cursor)),
            SluiceJson.Default.PageFlowMemory,
            stop
        );

    /// <summary>Sessions, newest first.</summary>
    /// <param name="flow">Only those of this flow.</param>
    /// <param name="name">Only those that nodes call so.</param>
    public Task<Page<MemorySession>> Sessions(
        string? flow = null,
        string? name = null,
        int? limit = null,
        string? cursor = null,
        CancellationToken stop = default
    ) =>
        _wire.Get(
            Wire.Query(
                Path + "/sessions",
                ("flow", flow),
                ("name", name),
                ("limit", Number(limit)),
                ("cursor", cursor)
            ),
            SluiceJson.Default.PageMemorySession,
            stop
        );

    /// <summary>A session with a page of its turns, oldest first.</summary>
    public Task<MemoryTurns> Session(
        string id,
        int? limit = null,
        string? cursor = null,
        CancellationToken stop = default
    ) =>
        _wire.Get(
            Wire.Query(
                $"{Path}/sessions/{Wire.Segment(id)}",
                ("limit", Number(limit)),
                ("cursor", cursor)
            ),
            SluiceJson.Default.MemoryTurns,
            stop
        );

    /// <summary>Entries of a flow that have some of the words, best first; all, newest first, when none are asked for.</summary>
    /// <param name="session">Only those of the session with this id.</param>
    public Task<Page<MemoryEntry>> Search(
        string flow,
        string? query = null,
        string? session = null,
        int? limit = null,
        string? cursor = null,
        CancellationToken stop = default
    ) =>
        _wire.Get(
            Wire.Query(
                Path + "/entries",
                ("flow", flow),
                ("q", query),
                ("session", session),
                ("limit", Number(limit)),
                ("cursor", cursor)
            ),
            SluiceJson.Default.PageMemoryEntry,
            stop
        );

    /// <summary>Deletes a session with its turns and entries.</summary>
    public Task RemoveSession(string id, CancellationToken stop = default) =>
        _wire.Delete($"{Path}/sessions/{Wire.Segment(id)}", stop);

    public Task RemoveEntry(string id, CancellationToken stop = default) =>
        _wire.Delete($"{Path}/entries/{Wire.Segment(id)}", stop);

    /// <summary>Deletes all that a flow remembers.</summary>
    public Task RemoveFlow(string flow, CancellationToken stop = default) =>
        _wire.Delete($"{Path}/flows/{Wire.Path(flow)}", stop);

    private static string? Number(int? value) => value?.ToString(CultureInfo.InvariantCulture);
}

/// <summary>How much a flow remembers.</summary>
/// <param name="Bytes">Of turns and entries, as nodes gave them.</param>
public sealed record FlowMemory(
    string Flow,
    long Sessions,
    long Entries,
    long Bytes,
    DateTimeOffset? LastActiveAt
);

/// <summary>A session of a flow.</summary>
/// <param name="Name">What nodes call it.</param>
/// <param name="Turns">How many there are.</param>
/// <param name="LastActiveAt">When something was last added.</param>
/// <param name="EndedAt">When a node closed it; null: it is open.</param>
public sealed record MemorySession(
    string Id,
    string Flow,
    string Name,
    long Turns,
    DateTimeOffset? CreatedAt,
    DateTimeOffset? LastActiveAt,
    DateTimeOffset? EndedAt
);

/// <summary>A turn of a session.</summary>
/// <param name="Seq">From 1, in the order in which turns were added.</param>
/// <param name="Role">user, assistant, tool or system.</param>
public sealed record MemoryTurn(
    long Seq,
    string Id,
    string Role,
    string Content,
    string? ToolName,
    string? ToolCallId,
    DateTimeOffset? CreatedAt
);

/// <summary>A session and a page of its turns.</summary>
public sealed record MemoryTurns(
    MemorySession Session,
    IReadOnlyList<MemoryTurn> Turns,
    string? NextCursor
);

/// <summary>An entry of a flow.</summary>
/// <param name="ScopeLevel">flow or session.</param>
/// <param name="Score">How well it fits, above 0 and at most 1; null in a list.</param>
public sealed record MemoryEntry(
    string Id,
    string Content,
    string ScopeLevel,
    string? SessionId,
    string? Session,
    double Importance,
    double? Score,
    DateTimeOffset? CreatedAt
);
