using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Sluice.Seal;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Ledger;

/// <summary>A row of the ledger. Its hash is over everything here but itself, written as spec/ledger.md says.</summary>
internal sealed record LedgerEntry
{
    public const string Done = "done";
    public const string Refused = "refused";

    private const int LongestName = 300;

    /// <summary>The chain: a tenant's id, or <see cref="Audit.House"/>.</summary>
    public required string TenantId { get; init; }

    /// <summary>From 1, without a gap.</summary>
    public long Seq { get; init; }

    public required long At { get; init; }

    public required string Action { get; init; }

    /// <summary><see cref="Done"/> or <see cref="Refused"/>.</summary>
    public required string Result { get; init; }

    public string? Code { get; init; }

    /// <summary><c>key</c>, <c>license</c>, <c>session</c>, <c>scim</c>, <c>admin</c> or <c>none</c>.</summary>
    public required string Door { get; init; }

    public required string ActorKind { get; init; }

    public string? Actor { get; init; }

    public string? ActorName { get; init; }

    public string? KeyId { get; init; }

    public string? Environment { get; init; }

    public string? Address { get; init; }

    public string? RequestId { get; init; }

    public string? TargetKind { get; init; }

    public string? Target { get; init; }

    /// <summary>An object of texts, canonical; null for none.</summary>
    public string? Details { get; init; }

    /// <summary>Hash of the entry before.</summary>
    public byte[] Prev { get; init; } = [];

    public byte[] Hash { get; init; } = [];

    /// <summary>The entry of a fact, not yet in its chain.</summary>
    public static LedgerEntry Of(Origin origin, Fact fact, string chain) =>
        new()
        {
            TenantId = chain,
            At = origin.Clock.GetUtcNow().ToUnixTimeMilliseconds(),
            Action = fact.Action,
            Result = fact.Code is null ? Done : Refused,
            Code = fact.Code,
            Door = NameOf(origin.Door),
            ActorKind = origin.ActorKind,
            Actor = origin.ActorId,
            ActorName = Short(origin.ActorName),
            KeyId = origin.KeyId,
            Environment = origin.Environment,
            Address = origin.Address,
            RequestId = origin.RequestId,
            TargetKind = fact.TargetKind,
            Target = Short(fact.Target),
            Details = WriteDetails(fact),
        };

    /// <summary>The details of a fact as a row holds them.</summary>
    public static string? WriteDetails(Fact fact) =>
        fact.Details.Count == 0
            ? null
            : Encoding.UTF8.GetString(CanonicalJson.OfTexts(fact.Details));

    public static string NameOf(Door door) => door.ToString().ToLowerInvariant();

    /// <summary>The entry in its place.</summary>
    public LedgerEntry After(long seq, byte[] hash)
    {
        var placed = this with { Seq = seq + 1, Prev = hash };
        return placed with { Hash = SHA256.HashData(placed.Write(withHash: false)) };
    }

    /// <summary>The line of an export.</summary>
    public byte[] Line() => Write(withHash: true);

    /// <summary>The details as they stand in the row; a text that is no object of texts is shown as it is, so that it can be seen.</summary>
    public IReadOnlyDictionary<string, string> ReadDetails()
    {
        if (Details is null)
            return new Dictionary<string, string>();
        try
        {
            return JsonSerializer.Deserialize(Details, LedgerJson.Default.DictionaryStringString)
                ?? [];
        }
        catch (JsonException)
        {
            return new Dictionary<string, string> { ["unreadable"] = Details };
        }
    }

    private byte[] Write(bool withHash) =>
        new CanonicalJson()
            .Add("action", Action)
            .Add("actor", Actor)
            .Add("actor_kind", ActorKind)
            .Add("actor_name", ActorName)
            .Add("address", Address)
            .Add("at", LedgerTime.Write(DateTimeOffset.FromUnixTimeMilliseconds(At)))
            .Add("chain", TenantId)
            .Add("code", Code)
            .Add("details", ReadDetails())
            .Add("door", Door)
            .Add("environment", Environment)
            .Add("hash", withHash ? Convert.ToHexStringLower(Hash) : null)
            .Add("key_id", KeyId)
            .Add("prev", Convert.ToHexStringLower(Prev))
            .Add("request_id", RequestId)
            .Add("result", Result)
            .Add("seq", Seq)
            .Add("target", Target)
            .Add("target_kind", TargetKind)
            .Add("type", "entry")
            .Add("v", 1)
            .End();

    private static string? Short(string? text) =>
        text is null ? null : Fact.Clean(text, LongestName);
}
