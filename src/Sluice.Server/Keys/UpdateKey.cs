using Sluice.Language;
using Sluice.Server.Ledger;
using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Keys;

/// <summary>
/// Changes what a key is bound to, from its next use on. Its scopes, environment and owner never change: they are what
/// whoever was given the key was trusted with; mint another for other rights.
/// </summary>
internal static partial class UpdateKey
{
    /// <summary>Members that are absent stay as they are.</summary>
    internal sealed record Request
    {
        public string? Name { get; init; }

        /// <summary>Another end.</summary>
        public DateTimeOffset? ExpiresAt { get; init; }

        /// <summary>Empty: from anywhere.</summary>
        public IReadOnlyList<string>? AllowedCidrs { get; init; }

        /// <summary>0: the tenant's limit alone.</summary>
        public long? RateLimit { get; init; }

        /// <summary>0: no quota.</summary>
        public long? DailyQuota { get; init; }

        /// <summary>All of it anew; empty: none.</summary>
        public Dictionary<string, string>? Metadata { get; init; }
    }

    public static async Task<IResult> Handle(
        string id,
        HttpContext context,
        Caller caller,
        Origin origin,
        Database database,
        TimeProvider clock,
        ILogger<Key> log
    )
    {
        var body = await Body.Read(context, KeyJson.Default.UpdateKeyRequest);
        if (body.Refused)
            return body.Refusal;
        var now = clock.GetUtcNow();
        var mistakes = new List<Mistake>();
        var changed = await database.Write(
            async session =>
            {
                var found = await FindKey.Find(session, caller, id);
                if (found.Refused)
                    return found.Refusal;
                if (!found.Value.IsActive(now.ToUnixTimeMilliseconds()))
                    return KeyRefusals.NotActive;
                var key = Change(found.Value, body.Value, now, mistakes);
                if (mistakes.Count > 0)
                    return CommonRefusals.InvalidInput.With(mistakes);
                // Nobody loosens the bounds of the key that is in the hand, nor of another beyond them.
                var bound = await KeyBounds.Loosened(session, caller, found.Value, key);
                if (bound is not null)
                    return bound;
                await KeyStore.Update(session, caller.TenantId, key);
                await Audit.Record(session, origin, KeyFacts.Updated(found.Value, key));
                return (Outcome<Key>)key;
            },
            context.RequestAborted
        );
        if (changed.Refused)
            return changed.Refusal;
        LogChanged(log, id, caller.TenantId);
        return TypedResults.Json(KeyShown.Of(changed.Value), KeyJson.Default.KeyShown);
    }

    private static Key Change(
        Key key,
        Request request,
        DateTimeOffset now,
        List<Mistake> mistakes
    ) =>
        key with
        {
            Name = request.Name is null ? key.Name : KeyWishes.ReadName(request.Name, mistakes),
            ExpiresAt = request.ExpiresAt is null
                ? key.ExpiresAt
                : KeyWishes.ReadExpiry(request.ExpiresAt, now, mistakes),
            AllowedCidrs = request.AllowedCidrs is null
                ? key.AllowedCidrs
                : AddressRanges.Read(request.AllowedCidrs, mistakes),
            RateLimit = Limit(
                request.RateLimit,
                key.RateLimit,
                KeyWishes.HighestRate,
                "rate_limit",
                "calls a second",
                mistakes
            ),
            DailyQuota = Limit(
                request.DailyQuota,
                key.DailyQuota,
                KeyWishes.HighestQuota,
                "daily_quota",
                "calls a day",
                mistakes
            ),
            Metadata = request.Metadata is null
                ? key.Metadata
                : KeyWishes.ReadMetadata(request.Metadata, mistakes),
        };

    private static long? Limit(
        long? asked,
        long? kept,
        long most,
        string where,
        string unit,
        List<Mistake> mistakes
    ) =>
        asked switch
        {
            null => kept,
            0 => null,
            _ => KeyWishes.Within(asked, 0, most, where, unit, mistakes),
        };

    [LoggerMessage(1104, LogLevel.Information, "Key {KeyId} of tenant {TenantId} changed")]
    private static partial void LogChanged(ILogger log, string keyId, string tenantId);
}
