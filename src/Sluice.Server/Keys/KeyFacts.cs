using Sluice.Server.Ledger;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Keys;

/// <summary>What the ledger remembers of keys: masks and settings, never a text or a hash of one.</summary>
internal static class KeyFacts
{
    private const string Kind = "key";

    public static Fact Created(Key key) => Settings(new Fact("key.create", Kind, key.Id), key);

    public static Fact Imported(Key key) => Settings(new Fact("key.import", Kind, key.Id), key);

    public static Fact Updated(Key before, Key key)
    {
        var fact = new Fact("key.update", Kind, key.Id) { ["masked"] = key.Masked };
        fact["name"] = Changed(before.Name, key.Name);
        fact["expires_at"] = Changed(Time(before.ExpiresAt), Time(key.ExpiresAt));
        fact["allowed_cidrs"] = Changed(before.AllowedCidrs, key.AllowedCidrs);
        fact["rate_limit"] = Changed(before.RateLimit?.ToString(), key.RateLimit?.ToString());
        fact["daily_quota"] = Changed(before.DailyQuota?.ToString(), key.DailyQuota?.ToString());
        if (before.Metadata != key.Metadata)
            fact["metadata"] = "changed";
        return fact;
    }

    public static Fact Rotated(Key old, Key successor, long overlap) =>
        Settings(
            new Fact("key.rotate", Kind, old.Id)
            {
                ["successor"] = successor.Id,
                ["overlap_seconds"] = overlap.ToString(),
            },
            successor
        );

    public static Fact Revoked(Key key) =>
        new("key.revoke", Kind, key.Id) { ["name"] = key.Name, ["masked"] = key.Masked };

    /// <summary>Revoked because its text was found in public; the place as the reporter wrote it.</summary>
    public static Fact Leaked(string id, string name, string masked, string? url, string? source) =>
        new("key.revoke", Kind, id)
        {
            ["name"] = name,
            ["masked"] = masked,
            ["reason"] = "leaked",
            ["url"] = url,
            ["source"] = source,
        };

    private static Fact Settings(Fact fact, Key key)
    {
        fact["name"] = key.Name;
        fact["masked"] = key.Masked;
        fact["environment"] = key.Environment;
        fact["purpose"] = key.Purpose;
        fact["owner"] = $"{key.OwnerKind} {key.OwnerId}";
        fact["scopes"] = key.Scopes is { } scopes
            ? string.Join(' ', ScopeNames.Names((Scopes)scopes))
            : "all of the owner's";
        fact["expires_at"] = Time(key.ExpiresAt);
        fact["allowed_cidrs"] = key.AllowedCidrs;
        fact["rate_limit"] = key.RateLimit?.ToString();
        fact["daily_quota"] = key.DailyQuota?.ToString();
        return fact;
    }

    // What is taken away is told, too.
    private static string? Changed(string? before, string? after) =>
        before == after ? null : after ?? "none";

    private static string? Time(long? at) =>
        at is { } ms ? Seal.LedgerTime.Write(DateTimeOffset.FromUnixTimeMilliseconds(ms)) : null;
}
