namespace Sluice.Client;

/// <summary>Webhooks that the ledger is sent to, signed as Standard Webhooks says.</summary>
public sealed class AuditStreamsApi
{
    private const string Path = "api/v1/audit/streams";

    /// <summary>Longer than a server waits for a webhook at most.</summary>
    private static readonly TimeSpan LongestTest = TimeSpan.FromMinutes(6);

    private readonly Wire _wire;

    internal AuditStreamsApi(Wire wire) => _wire = wire;

    /// <summary>All of them, oldest first.</summary>
    public async Task<IReadOnlyList<AuditStream>> List(CancellationToken stop = default) =>
        (await _wire.Get(Path, SluiceJson.Default.PageAuditStream, stop)).Data;

    public Task<AuditStream> Get(string id, CancellationToken stop = default) =>
        _wire.Get($"{Path}/{Wire.Segment(id)}", SluiceJson.Default.AuditStream, stop);

    /// <summary>The answer alone has <see cref="AuditStream.Secret"/>.</summary>
    public Task<AuditStream> Create(NewAuditStream stream, CancellationToken stop = default) =>
        _wire.Send(
            HttpMethod.Post,
            Path,
            stream,
            SluiceJson.Default.NewAuditStream,
            SluiceJson.Default.AuditStream,
            stop
        );

    /// <summary>It goes on after what was delivered last; one that is turned on again is tried at once.</summary>
    public Task<AuditStream> Update(
        string id,
        AuditStreamChange change,
        CancellationToken stop = default
    ) =>
        _wire.Send(
            HttpMethod.Patch,
            $"{Path}/{Wire.Segment(id)}",
            change,
            SluiceJson.Default.AuditStreamChange,
            SluiceJson.Default.AuditStream,
            stop
        );

    /// <summary>Sends one message that says nothing but that it arrived.</summary>
    public Task<AuditStreamTest> Test(string id, CancellationToken stop = default) =>
        _wire.Send(
            new HttpRequestMessage(HttpMethod.Post, $"{Path}/{Wire.Segment(id)}/test"),
            SluiceJson.Default.AuditStreamTest,
            LongestTest,
            stop
        );

    public Task Remove(string id, CancellationToken stop = default) =>
        _wire.Delete($"{Path}/{Wire.Segment(id)}", stop);
}

/// <summary>A webhook that the ledger is sent to.</summary>
public sealed record AuditStream
{
    public required string Id { get; init; }
    public required string Url { get; init; }

    /// <summary>What is sent, such as <c>key.*</c>; empty for all.</summary>
    public IReadOnlyList<string> Actions { get; init; } = [];
    public bool Enabled { get; init; }

    /// <summary><c>on</c>, <c>failing</c> or <c>off</c>.</summary>
    public required string State { get; init; }

    /// <summary>Why it is off: <c>asked</c>, or <c>failing</c> for too long.</summary>
    public string? DisabledReason { get; init; }
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>Number of the last entry that was delivered.</summary>
    public long? LastDelivered { get; init; }
    public DateTimeOffset? LastDeliveredAt { get; init; }

    /// <summary>Entries that were not yet looked at.</summary>
    public long Waiting { get; init; }
    public DateTimeOffset? LastAttemptAt { get; init; }

    /// <summary>Status of HTTP; null when there was no answer.</summary>
    public int? LastStatus { get; init; }
    public DateTimeOffset? FailingSince { get; init; }

    /// <summary>Failures in a row.</summary>
    public long Failures { get; init; }
    public DateTimeOffset? NextAttemptAt { get; init; }

    /// <summary>What signatures are checked with; in the answer that made it, and never again.</summary>
    public string? Secret { get; init; }

    // The secret must not reach a log by way of a record's printer.
    public override string ToString() => $"AuditStream {{ Id = {Id} }}";
}

/// <param name="Url">An https address.</param>
/// <param name="Actions">What is sent; null for all.</param>
/// <param name="After">Sends what comes after this entry; null: what comes from now on.</param>
/// <param name="Enabled">False: it begins when it is turned on.</param>
public sealed record NewAuditStream(
    string Url,
    IReadOnlyList<string>? Actions = null,
    long? After = null,
    bool? Enabled = null
);

/// <summary>What is null stays.</summary>
/// <param name="Actions">What is sent; an empty list for all.</param>
public sealed record AuditStreamChange(
    string? Url = null,
    IReadOnlyList<string>? Actions = null,
    bool? Enabled = null
);

/// <param name="Delivered">Whether it was answered with a status of 200 to 299.</param>
/// <param name="Status">Of HTTP; null when there was no answer.</param>
/// <param name="MessageId">The header <c>webhook-id</c>.</param>
public sealed record AuditStreamTest(
    bool Delivered,
    long DurationMs,
    string MessageId,
    int? Status = null
);
