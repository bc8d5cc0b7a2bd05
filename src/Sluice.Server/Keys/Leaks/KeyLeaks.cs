using System.Text;
using Sluice.Seal;
using Sluice.Server.Ledger;
using Sluice.Server.Licenses;
using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Keys.Leaks;

/// <summary>
/// API keys of every shape, those of user tokens and of <c>sluice login</c> among them, and client ids with secrets: found as the pair, as
/// the value of an <c>Authorization: Basic</c>, or by the secret alone. Revoked at once.
/// </summary>
internal sealed class KeyLeaks(Database database, LicenseIssuer issuer, TimeProvider clock)
    : ILeakKind
{
    public async Task<IReadOnlyList<Leak>> Take(IReadOnlyList<ReportedText> texts, Origin origin)
    {
        var byHash = texts
            .Select(text => (Text: text, text.Hash))
            .Concat(
                texts
                    .Select(text => (Text: text, Pair: PairOf(text.Text)))
                    .Where(each => each.Pair is not null)
                    .Select(each => (each.Text, Hash: KeyText.Hash(each.Pair)))
            )
            .ToLookup(each => Hex(each.Hash), each => each.Text);
        var bySecret = texts
            .Where(text => text.Text.Length <= OldCredentials.LongestPart)
            .ToLookup(text => Hex(issuer.Key.Fingerprint(text.Text)));
        // Whoever reports may hang up: what leaked is revoked all the same.
        var (found, pairs) = await database.Read(async session =>
            (
                await LeakedKeys.Find(session, Bytes(byHash)),
                await LeakedKeys.FindBySecret(session, Bytes(bySecret))
            )
        );
        var keys = found
            .SelectMany(key => byHash[Hex(key.Hash)].Select(text => (Key: key, Text: text)))
            .Concat(
                pairs.SelectMany(pair =>
                    bySecret[Hex(pair.SecretFingerprint!)].Select(text => (Key: pair, Text: text))
                )
            )
            .DistinctBy(each => (each.Key.Id, each.Text))
            .ToList();
        var leaks = new List<Leak>(keys.Count);
        foreach (var tenant in keys.GroupBy(each => each.Key.TenantId))
            leaks.AddRange(await Revoke(tenant.Key, [.. tenant], origin));
        return leaks;
    }

    /// <summary>The pair in a text such as <c>Basic aWQ6c2VjcmV0</c> or its second half.</summary>
    private static string? PairOf(string text)
    {
        var value = text.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase)
            ? text[6..].Trim()
            : text;
        if (value.Length > 4 * OldCredentials.LongestPart)
            return null;
        var bytes = new byte[value.Length];
        return
            Convert.TryFromBase64String(value, bytes, out var length)
            && Encoding.UTF8.GetString(bytes, 0, length) is var pair
            && pair.Contains(':', StringComparison.Ordinal)
            ? pair
            : null;
    }

    /// <summary>Revokes what is not yet; a tenant's keys and its ledger in one write.</summary>
    private Task<List<Leak>> Revoke(
        string tenantId,
        IReadOnlyList<(LeakedKey Key, ReportedText Text)> keys,
        Origin origin
    ) =>
        database.Write(async session =>
        {
            var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
            var leaks = new List<Leak>(keys.Count);
            var entries = new List<LedgerEntry>();
            foreach (var (key, text) in keys.OrderBy(each => each.Key.Id, StringComparer.Ordinal))
            {
                var isNew = await KeyStore.Revoke(session, tenantId, key.Id, now) == 1;
                leaks.Add(Of(key, text, isNew));
                if (isNew)
                    entries.Add(LedgerEntry.Of(origin, FactOf(key, text), tenantId));
            }
            if (entries.Count > 0)
                await Audit.Append(session, entries);
            return leaks;
        });

    private static Fact FactOf(LeakedKey key, ReportedText text) =>
        KeyFacts.Leaked(key.Id, key.Name, key.Masked, text.Url, text.Source);

    private static Leak Of(LeakedKey key, ReportedText text, bool isNew) =>
        new()
        {
            Text = text,
            TenantId = key.TenantId,
            Handle = key.Handle,
            MemberId = key.OwnerKind == OwnerKinds.Member ? key.OwnerId : null,
            Kind = "A key",
            Which = $"{key.Name} ({key.Masked}), {key.Environment}, id {key.Id}",
            IsEnded = true,
            Advice =
                "Revoked at once. Make another for the program that used it, in the console under API keys.",
            IsNew = isNew,
        };

    private static string Hex(byte[] hash) => Convert.ToHexString(hash);

    private static byte[][] Bytes(ILookup<string, ReportedText> texts) =>
        [.. texts.Select(each => Convert.FromHexString(each.Key))];
}

/// <summary>A key whose text was found in public, of whatever tenant.</summary>
internal sealed record LeakedKey
{
    public required string TenantId { get; init; }

    public required string Handle { get; init; }

    public required string Id { get; init; }

    public required string Name { get; init; }

    public required string Masked { get; init; }

    public required string Environment { get; init; }

    public required string OwnerKind { get; init; }

    public required string OwnerId { get; init; }

    public required byte[] Hash { get; init; }

    public byte[]? SecretFingerprint { get; init; }
}

internal static class LeakedKeys
{
    private const string Columns = """
        SELECT k.tenant_id, t.handle, k.id, k.name, k.masked, k.environment, k.owner_kind, k.owner_id, k.hash, k.secret_fingerprint
        FROM keys k
        JOIN tenants t ON t.id = k.tenant_id
        """;

    /// <summary>The keys with these hashes, revoked ones too.</summary>
    public static Task<IReadOnlyList<LeakedKey>> Find(Session session, byte[][] hashes) =>
        FindBy(session, "k.hash", hashes);

    /// <summary>The client ids whose secrets have these fingerprints, revoked ones too.</summary>
    public static Task<IReadOnlyList<LeakedKey>> FindBySecret(
        Session session,
        byte[][] fingerprints
    ) => FindBy(session, "k.secret_fingerprint", fingerprints);

    private static Task<IReadOnlyList<LeakedKey>> FindBy(
        Session session,
        string column,
        byte[][] any
    ) =>
        session
            .Across("a report names texts, not tenants")
            .Query<LeakedKey>(
                Columns
                    + (
                        session.Dialect == Dialect.Postgres
                            ? $" WHERE {column} = ANY (@any)"
                            : $" WHERE {column} IN @any"
                    ),
                new { any }
            );
}
