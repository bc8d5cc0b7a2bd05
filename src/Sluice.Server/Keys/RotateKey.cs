using Microsoft.Extensions.Options;
using Sluice.Language;
using Sluice.Seal;
using Sluice.Server.Ledger;
using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Keys;

/// <summary>
/// Makes a key's successor with the same settings; both open the door until the overlap is over, so that whoever holds the
/// old one has time to take the new one. An end that was set stays as far away as it was when the old key was made.
/// </summary>
internal static partial class RotateKey
{
    public const long DefaultOverlap = 86_400;
    public const long LongestOverlap = 30 * 86_400;

    internal sealed record Request
    {
        /// <summary>Seconds in which the old key still works, 0 to 2592000; 86400 (a day) when absent. 0 ends it at once.</summary>
        public long? OverlapSeconds { get; init; }
    }

    public static async Task<IResult> Handle(
        string id,
        HttpContext context,
        Caller caller,
        Origin origin,
        Database database,
        IOptions<KeyOptions> options,
        UlidSource ids,
        ILogger<Key> log
    )
    {
        var overlap = await ReadOverlap(context);
        if (overlap.Refused)
            return overlap.Refusal;
        var made = await database.Write(
            session =>
                Rotate(session, caller, origin, id, overlap.Value.Seconds, options.Value, ids),
            context.RequestAborted
        );
        if (made.Refused)
            return made.Refusal;
        LogRotated(log, id, made.Value.Key.Id, caller.TenantId, overlap.Value.Seconds);
        return CreateKey.Answer(context, made.Value);
    }

    private sealed record Overlap(long Seconds);

    private static async Task<Outcome<Overlap>> ReadOverlap(HttpContext context)
    {
        var (bytes, refusal) = await Body.ReadAll(context, Body.ManagementLimit);
        if (refusal is not null)
            return refusal;
        if (bytes.Length == 0)
            return new Overlap(DefaultOverlap);
        var request = Body.Parse(bytes.Span, KeyJson.Default.RotateKeyRequest);
        if (request.Refused)
            return request.Refusal;
        var mistakes = new List<Mistake>();
        var seconds = KeyWishes.Within(
            request.Value.OverlapSeconds ?? DefaultOverlap,
            0,
            LongestOverlap,
            "overlap_seconds",
            "seconds",
            mistakes
        );
        return mistakes.Count > 0
            ? CommonRefusals.InvalidInput.With(mistakes)
            : new Overlap(seconds!.Value);
    }

    private static async Task<Outcome<MintedKey>> Rotate(
        Session session,
        Caller caller,
        Origin origin,
        string id,
        long overlap,
        KeyOptions options,
        UlidSource ids
    )
    {
        var found = await FindKey.Find(session, caller, id);
        if (found.Refused)
            return found.Refusal;
        var old = found.Value;
        var now = origin.Clock.GetUtcNow().ToUnixTimeMilliseconds();
        if (!old.IsActive(now))
            return KeyRefusals.NotActive;
        if (old.RotatedTo is { } successor)
            return KeyRefusals.RotatedAlready.With(
                $"This key has a successor already, {successor}; rotate that one, or revoke this one."
            );
        if (old.Shape == "client" && !options.OldCredentials)
            return KeyRefusals.ShapeDisabled;
        var rights = await KeyOwner.RightsOf(session, caller.TenantId, old.OwnerKind, old.OwnerId);
        var opens = old.Scopes is { } scopes ? (Scopes)scopes & rights : rights;
        // The successor's text goes to the caller, who must not gain by it.
        if ((opens & ~caller.Scopes) != Scopes.None)
            return KeyRefusals.WiderThanCaller;
        var minted = CreateKey.Mint(Wish(old, now), old.OwnerKind, old.OwnerId, options, ids, now);
        var key = minted.Key with { RotatedFrom = old.Id, Purpose = old.Purpose };
        await KeyStore.Insert(session, caller.TenantId, key);
        var endsAt = now + overlap * 1000;
        if (
            await KeyStore.Succeed(
                session,
                caller.TenantId,
                old.Id,
                key.Id,
                endsAt,
                atOnce: overlap == 0
            ) == 0
        )
            throw new InvalidOperationException($"Key {old.Id} changed within its own write.");
        await Audit.Record(session, origin, KeyFacts.Rotated(old, key, overlap));
        return minted with { Key = key };
    }

    /// <summary>The same key once more, from now on.</summary>
    internal static KeyWish Wish(Key old, long now) =>
        new(old.Name, old.Environment, Shape(old), old.Scopes is { } scopes ? (Scopes)scopes : null)
        {
            Settings = new KeySettings(
                old.ExpiresAt is { } end ? now + (end - old.CreatedAt) : null,
                old.AllowedCidrs,
                old.RateLimit,
                old.DailyQuota,
                old.Metadata
            ),
        };

    /// <summary>A text that came from elsewhere is succeeded by one of ours.</summary>
    private static string Shape(Key old) => old.Shape is "hex" or "client" ? old.Shape : "standard";

    [LoggerMessage(
        1103,
        LogLevel.Information,
        "Key {KeyId} succeeded by {SuccessorId} in tenant {TenantId}, overlap {Seconds} s"
    )]
    private static partial void LogRotated(
        ILogger log,
        string keyId,
        string successorId,
        string tenantId,
        long seconds
    );
}
