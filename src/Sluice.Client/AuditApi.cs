using System.Runtime.CompilerServices;
using System.Text;

namespace Sluice.Client;

/// <summary>The ledger: what happened, in an order that nobody can change unseen; and why a request was refused.</summary>
public sealed class AuditApi
{
    private readonly Wire _wire;
    private readonly string _family;

    internal AuditApi(Wire wire, string family) => (_wire, _family) = (wire, family);

    /// <summary>Entries that match, newest first.</summary>
    public Task<AuditPage> Search(AuditQuery query, CancellationToken stop = default) =>
        _wire.Send(
            HttpMethod.Post,
            _family + "/audit/search",
            query,
            SluiceJson.Default.AuditQuery,
            SluiceJson.Default.AuditPage,
            stop
        );

    /// <summary>Copies the whole ledger, oldest entry first.</summary>
    /// <param name="into">Takes the copy as it comes.</param>
    /// <param name="csv">For a spreadsheet; else JSON lines, which can be verified.</param>
    /// <param name="after">Only entries after this number.</param>
    public async Task Export(
        Stream into,
        bool csv = false,
        long after = 0,
        CancellationToken stop = default
    )
    {
        using var response = await Open(csv, after, stop);
        await using var body = await response.Content.ReadAsStreamAsync(stop);
        try
        {
            await body.CopyToAsync(into, stop);
        }
        catch (Exception error) when (error is HttpIOException or HttpRequestException)
        {
            throw Cut(error);
        }
    }

    /// <summary>The lines of a copy, one by one.</summary>
    public async IAsyncEnumerable<string> Lines(
        [EnumeratorCancellation] CancellationToken stop = default
    )
    {
        using var response = await Open(csv: false, after: 0, stop);
        await using var body = await response.Content.ReadAsStreamAsync(stop);
        using var lines = new StreamReader(body, Encoding.UTF8);
        while (await Next(lines, stop) is { } line)
            yield return line;
    }

    /// <summary>Signs how long the ledger is now. Keep it elsewhere: it proves later that nothing was taken away.</summary>
    public Task<AuditCheckpoint> Checkpoint(CancellationToken stop = default) =>
        _wire.Get(_family + "/audit/checkpoint", SluiceJson.Default.AuditCheckpoint, stop);

    /// <summary>How long the ledger is, up to where it is signed, and whether its newest entries hold. A look, not a proof.</summary>
    public Task<AuditChain> Chain(CancellationToken stop = default) =>
        _wire.Get(_family + "/audit/chain", SluiceJson.Default.AuditChain, stop);

    /// <summary>Why a request was refused; kept for 7 days.</summary>
    /// <param name="requestId">Of the refusal, or of the header <c>X-Request-Id</c>.</param>
    public Task<Decision> Why(string requestId, CancellationToken stop = default) =>
        _wire.Get(
            $"{_family}/decisions/{Wire.Segment(requestId)}",
            SluiceJson.Default.Decision,
            stop
        );

    private Task<HttpResponseMessage> Open(bool csv, long after, CancellationToken stop) =>
        _wire.Open(
            new HttpRequestMessage(
                HttpMethod.Get,
                Wire.Query(
                    _family + "/audit/export",
                    ("format", csv ? "csv" : null),
                    ("after", after == 0 ? null : after.ToString())
                )
            ),
            stop
        );

    private static async Task<string?> Next(StreamReader lines, CancellationToken stop)
    {
        try
        {
            return await lines.ReadLineAsync(stop);
        }
        catch (Exception error) when (error is HttpIOException or HttpRequestException)
        {
            throw Cut(error);
        }
    }

    private static SluiceException Cut(Exception error) =>
        new(
            SluiceException.UnexpectedAnswer,
            "The connection broke before the copy was whole.",
            error
        );
}

/// <summary>Which entries are asked for; what is null asks for all.</summary>
public sealed record AuditQuery
{
    /// <summary>Such as <c>key.revoke</c>; <c>key.*</c> for all that begin so.</summary>
    public string? Action { get; init; }

    /// <summary><c>done</c> or <c>refused</c>.</summary>
    public string? Result { get; init; }
    public string? Code { get; init; }

    /// <summary>E-mail address of the person, or the service account's name.</summary>
    public string? UserEmail { get; init; }
    public string? KeyId { get; init; }
    public string? Target { get; init; }
    public string? Address { get; init; }
    public string? RequestId { get; init; }
    public DateTimeOffset? StartTime { get; init; }
    public DateTimeOffset? EndTime { get; init; }

    /// <summary>1 to 1000; 100 when null.</summary>
    public int? Limit { get; init; }
    public string? Cursor { get; init; }
}

public sealed record AuditPage
{
    public required IReadOnlyList<AuditEntry> Entries { get; init; }

    /// <summary>How many match, counted up to 10000.</summary>
    public long Total { get; init; }
    public string? NextCursor { get; init; }
}

/// <summary>Something that happened, or was refused.</summary>
public sealed record AuditEntry
{
    public required long Seq { get; init; }
    public required DateTimeOffset At { get; init; }
    public required string Action { get; init; }
    public required string Result { get; init; }
    public string? Code { get; init; }
    public string? Door { get; init; }
    public string? ActorKind { get; init; }
    public string? Actor { get; init; }
    public string? ActorName { get; init; }
    public string? KeyId { get; init; }
    public string? Environment { get; init; }
    public string? Address { get; init; }
    public string? RequestId { get; init; }
    public string? TargetKind { get; init; }
    public string? Target { get; init; }
    public IReadOnlyDictionary<string, string>? Details { get; init; }
    public string? Hash { get; init; }
}

/// <summary>A signed word on how long the ledger was; members as the signature covers them.</summary>
public sealed record AuditCheckpoint
{
    public required string Type { get; init; }
    public required int V { get; init; }
    public required string Chain { get; init; }
    public required long Seq { get; init; }
    public required string Hash { get; init; }
    public required string At { get; init; }
    public required string Kid { get; init; }
    public required string Signature { get; init; }
}

/// <summary>How the ledger stands, as the server sees it.</summary>
public sealed record AuditChain
{
    /// <summary><c>whole</c>, <c>broken</c> or <c>empty</c>.</summary>
    public required string Status { get; init; }

    /// <summary>Number of the last entry.</summary>
    public required long Seq { get; init; }

    /// <summary>Number of the oldest entry that is kept.</summary>
    public required long First { get; init; }

    /// <summary>Hash of the last entry.</summary>
    public required string Hash { get; init; }

    /// <summary>How many of the newest entries were looked at.</summary>
    public required int Checked { get; init; }

    /// <summary>The first of them that was changed or is missing; null when none is.</summary>
    public long? BrokenAt { get; init; }

    /// <summary>Up to which entry it is signed; null while it is not.</summary>
    public long? SignedSeq { get; init; }
    public string? SignedAt { get; init; }
    public string? Kid { get; init; }
}

/// <summary>Why a request was refused.</summary>
public sealed record Decision
{
    public required string RequestId { get; init; }
    public required DateTimeOffset At { get; init; }
    public required string Method { get; init; }
    public required string Route { get; init; }
    public required int Status { get; init; }
    public required string Code { get; init; }
    public required string Detail { get; init; }
    public required string Door { get; init; }
    public DecisionKey? Key { get; init; }
    public string? Actor { get; init; }
    public string? ActorName { get; init; }
    public string? Environment { get; init; }
    public string? Address { get; init; }
    public IReadOnlyList<DecisionCheck> Checks { get; init; } = [];
    public IReadOnlyList<string> WhatToDo { get; init; } = [];
}

public sealed record DecisionKey(string Id, string? Name = null, string? Masked = null);

/// <param name="Outcome"><c>passed</c>, <c>refused</c> or <c>not_reached</c>.</param>
public sealed record DecisionCheck(string Name, string Outcome, string? Said = null);
