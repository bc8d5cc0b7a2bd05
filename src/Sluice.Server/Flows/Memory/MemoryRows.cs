using System.Text;
using Sluice.Server.Store;

namespace Sluice.Server.Flows.Memory;

/// <summary>Whose memory it is: nodes say nothing of it, it follows from the run that calls them.</summary>
internal sealed record MemoryScope(string TenantId, string Environment, string Flow);

/// <summary>How much a flow remembers.</summary>
internal sealed record FlowMemoryRow
{
    public required string Flow { get; init; }

    public long Sessions { get; init; }

    public long Entries { get; init; }

    /// <summary>Of turns and entries, as nodes gave them.</summary>
    public long Bytes { get; init; }

    /// <summary>When something was last added.</summary>
    public long UsedAt { get; init; }
}

/// <summary>A session of a flow.</summary>
internal sealed record SessionRow
{
    public required string Id { get; init; }

    public required string Environment { get; init; }

    public required string Flow { get; init; }

    /// <summary>What nodes call it.</summary>
    public required string Name { get; init; }

    public long Turns { get; init; }

    public long CreatedAt { get; init; }

    /// <summary>When something was last added.</summary>
    public long UsedAt { get; init; }

    /// <summary>When a node closed it.</summary>
    public long? EndedAt { get; init; }
}

/// <summary>A turn of a session.</summary>
internal sealed record TurnRow : IKeptRow
{
    private byte[] _content = [];

    public string TenantId { get; init; } = "";

    public required string SessionId { get; init; }

    /// <summary>From 1, in the order in which turns were added.</summary>
    public required long Seq { get; init; }

    public required string Id { get; init; }

    /// <summary>user, assistant, tool or system.</summary>
    public required string Role { get; init; }

    public byte[] Content
    {
        get => _content;
        init => _content = value;
    }

    public string ToolName { get; init; } = "";

    public string ToolCallId { get; init; } = "";

    public long Size { get; init; }

    /// <summary>Which write of which call it was; null when that cannot come again.</summary>
    public string? Origin { get; init; }

    public long CreatedAt { get; init; }

    /// <summary>Where the payload belongs; it can be read there and nowhere else.</summary>
    public string Place => $"turn/{Seq}";

    public string Text => Encoding.UTF8.GetString(_content);

    public async ValueTask Open(Session session, PayloadOpener opener) =>
        _content = await opener(session, TenantId, SessionId, Place, _content) ?? [];
}

/// <summary>An entry of a flow.</summary>
internal sealed record EntryRow
{
    public required string Id { get; init; }

    public required string Environment { get; init; }

    public required string Flow { get; init; }

    /// <summary>Null: the flow's own.</summary>
    public string? SessionId { get; init; }

    /// <summary>The name of that session; null: the flow's own.</summary>
    public string? Session { get; init; }

    public required string Content { get; init; }

    public double Importance { get; init; }

    public long Size { get; init; }

    public string? Origin { get; init; }

    public long CreatedAt { get; init; }
}
