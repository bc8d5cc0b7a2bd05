namespace Sluice.Server.Webhooks;

/// <summary>A webhook of the ledger as programs and people see it.</summary>
internal sealed record StreamShown
{
    public required string Id { get; init; }

    public required string Url { get; init; }

    /// <summary>What is sent, such as <c>key.*</c>; empty for all.</summary>
    public required IReadOnlyList<string> Actions { get; init; }

    public required bool Enabled { get; init; }

    /// <summary><c>on</c>, <c>failing</c> or <c>off</c>.</summary>
    public required string State { get; init; }

    /// <summary>Why it is off: <c>asked</c>, or <c>failing</c> for too long.</summary>
    public string? DisabledReason { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Number of the last entry that was delivered.</summary>
    public long? LastDelivered { get; init; }

    public DateTimeOffset? LastDeliveredAt { get; init; }

    /// <summary>Entries that were not yet looked at.</summary>
    public required long Waiting { get; init; }

    /// <summary>When it was last called.</summary>
    public DateTimeOffset? LastAttemptAt { get; init; }

    /// <summary>Status of HTTP of the last answer; absent when there was none.</summary>
    public int? LastStatus { get; init; }

    public DateTimeOffset? FailingSince { get; init; }

    /// <summary>Failures in a row.</summary>
    public required long Failures { get; init; }

    public DateTimeOffset? NextAttemptAt { get; init; }

    /// <summary>What signatures are checked with, <c>whsec_</c> and base64: in the answer that made it, and never again.</summary>
    public string? Secret { get; init; }

    // The secret must not reach a log by way of a record's printer.
    public override string ToString() => $"StreamShown {{ Id = {Id} }}";

    /// <param name="head">Number of the ledger's last entry.</param>
    public static StreamShown Of(AuditStream stream, long head) =>
        new()
        {
            Id = stream.Id,
            Url = stream.Url,
            Actions = stream.ActionList,
            Enabled = stream.IsOn,
            State = stream.State,
            DisabledReason = stream.DisabledReason,
            CreatedAt = DateTimeOffset.FromUnixTimeMilliseconds(stream.CreatedAt),
            LastDelivered = stream.DeliveredSeq,
            LastDeliveredAt = Time(stream.DeliveredAt),
            Waiting = Math.Max(0, head - stream.CursorSeq),
            LastAttemptAt = Time(stream.LastAt),
            LastStatus = (int?)stream.LastStatus,
            FailingSince = Time(stream.FailingSince),
            Failures = stream.Attempts,
            NextAttemptAt = stream is { IsOn: true, Attempts: > 0 } ? Time(stream.NextAt) : null,
        };

    private static DateTimeOffset? Time(long? at) =>
        at is { } time ? DateTimeOffset.FromUnixTimeMilliseconds(time) : null;
}
