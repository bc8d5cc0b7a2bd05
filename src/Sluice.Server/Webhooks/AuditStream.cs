using Sluice.Server.Ledger;

namespace Sluice.Server.Webhooks;

/// <summary>A webhook that a tenant's ledger is sent to.</summary>
/// <remarks><c>on</c> → <c>failing</c> (tried again, with growing pauses) → <c>on</c>, or <c>off</c> once it has failed for too long; a person turns it off and on.</remarks>
internal sealed record AuditStream
{
    /// <summary>Why it is off: it has failed for too long.</summary>
    public const string Failed = "failing";

    /// <summary>Why it is off: somebody said so.</summary>
    public const string Asked = "asked";

    public required string TenantId { get; init; }

    public required string Id { get; init; }

    /// <summary>As <see cref="Outbound.OutboundHttp.Read"/> took it.</summary>
    public required string Url { get; init; }

    /// <summary>Actions that are wanted, such as <c>key.revoke</c> or <c>key.*</c>, with blanks between; empty for all.</summary>
    public required string Actions { get; init; }

    /// <summary>1 or 0.</summary>
    public required long Enabled { get; init; }

    /// <summary><see cref="Failed"/> or <see cref="Asked"/>; null while it is on.</summary>
    public string? DisabledReason { get; init; }

    public required long CreatedAt { get; init; }

    /// <summary>The last entry that is done with: delivered, or not wanted.</summary>
    public required long CursorSeq { get; init; }

    /// <summary>The last entry of the message that is being delivered; null between two.</summary>
    public long? BatchLast { get; init; }

    /// <summary>How often the present message was tried in vain.</summary>
    public long Attempts { get; init; }

    /// <summary>When it is tried next, at the earliest.</summary>
    public long NextAt { get; init; }

    /// <summary>When the present message was first tried in vain.</summary>
    public long? FailingSince { get; init; }

    public long? LastAt { get; init; }

    /// <summary>Status of HTTP of the last answer; null when there was none.</summary>
    public long? LastStatus { get; init; }

    /// <summary>The last entry that was delivered, and when.</summary>
    public long? DeliveredSeq { get; init; }

    public long? DeliveredAt { get; init; }

    public bool IsOn => Enabled == 1;

    public string State =>
        !IsOn ? "off"
        : FailingSince is null ? "on"
        : "failing";

    public IReadOnlyList<string> ActionList =>
        Actions.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Whether an entry is one of those that are wanted.</summary>
    public bool Wants(LedgerEntry entry) =>
        Actions.Length == 0
        || ActionList.Any(wanted =>
            wanted.EndsWith(".*", StringComparison.Ordinal)
                ? entry.Action.StartsWith(wanted[..^1], StringComparison.Ordinal)
                : entry.Action == wanted
        );
}
