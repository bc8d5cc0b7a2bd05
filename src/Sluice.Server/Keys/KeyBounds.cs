using System.Net;
using Sluice.Language;
using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Keys;

/// <summary>
/// A key is never wider than the key that makes it, in any of its bounds: scopes, end, addresses. Where nothing is said,
/// it has the bounds of its maker.
/// </summary>
internal static class KeyBounds
{
    public static async Task<Outcome<KeyWish>> Apply(
        Session session,
        Caller caller,
        KeyOwner owner,
        KeyWish wish
    )
    {
        var mistakes = new List<Mistake>();
        if (owner.Kind == OwnerKinds.ServiceAccount && wish.Scopes is null)
            return KeyRefusals.ScopesNeeded;
        // A key narrower than its owner must not mint one that has all its owner may do.
        var scopes = wish.Scopes ?? (caller.Scopes == owner.Rights ? null : caller.Scopes);
        CheckScopes(wish.Scopes ?? Scopes.None, caller.Scopes, "the caller's rights", mistakes);
        if (owner.Id != caller.OwnerId)
            CheckScopes(
                wish.Scopes ?? Scopes.None,
                owner.Rights,
                "the service account's scopes",
                mistakes
            );
        var settings = wish.Settings;
        if (
            caller.KeyId is { } id
            && await KeyStore.Find(session, caller.TenantId, id) is { } maker
        )
            settings = Within(maker, settings, mistakes);
        if (mistakes.Count > 0)
            return KeyRefusals.WiderThanCaller.With(mistakes);
        return wish with { Scopes = scopes, Settings = settings };
    }

    /// <summary>The refusal where a change would put a key beyond the bounds of the key that changes it; itself included.</summary>
    public static async Task<Refusal?> Loosened(
        Session session,
        Caller caller,
        Key before,
        Key after
    )
    {
        if (
            caller.KeyId is not { } id
            || await KeyStore.Find(session, caller.TenantId, id) is not { } maker
        )
            return null;
        var mistakes = new List<Mistake>();
        var changed = new KeySettings(
            after.ExpiresAt == before.ExpiresAt ? null : after.ExpiresAt,
            after.AllowedCidrs == before.AllowedCidrs ? null : after.AllowedCidrs,
            null,
            null,
            null
        );
        Within(maker, changed, mistakes);
        if (
            maker.AllowedCidrs is not null
            && after.AllowedCidrs is null
            && before.AllowedCidrs is not null
        )
            mistakes.Add(
                new Mistake(
                    "cidr_not_held",
                    "the key that changes it may be used from its own ranges only",
                    Where: "allowed_cidrs"
                )
            );
        return mistakes.Count > 0 ? KeyRefusals.WiderThanCaller.With(mistakes) : null;
    }

    private static void CheckScopes(Scopes wanted, Scopes held, string of, List<Mistake> mistakes)
    {
        foreach (var name in ScopeNames.Names(wanted & ~held))
            mistakes.Add(
                new Mistake("scope_not_held", $"{name} is not among {of}", Where: "scopes")
            );
    }

    private static KeySettings Within(Key maker, KeySettings wanted, List<Mistake> mistakes)
    {
        if (wanted.ExpiresAt > maker.ExpiresAt)
            mistakes.Add(
                new Mistake(
                    "outlives_maker",
                    "expires_at lies after the end of the key that makes it",
                    Where: "expires_at"
                )
            );
        if (maker.AllowedCidrs is { } held && wanted.AllowedCidrs is { } ranges)
        {
            foreach (var range in AddressRanges.Show(ranges))
            {
                if (!IsInside(range, held))
                    mistakes.Add(
                        new Mistake(
                            "cidr_not_held",
                            $"{range} is not within the ranges of the key that makes it",
                            Where: "allowed_cidrs"
                        )
                    );
            }
        }
        return wanted with
        {
            ExpiresAt = wanted.ExpiresAt ?? maker.ExpiresAt,
            AllowedCidrs = wanted.AllowedCidrs ?? maker.AllowedCidrs,
        };
    }

    private static bool IsInside(string range, string held)
    {
        var inner = IPNetwork.Parse(range);
        return AddressRanges
            .Show(held)
            .Select(text => IPNetwork.Parse(text))
            .Any(outer =>
                outer.PrefixLength <= inner.PrefixLength && outer.Contains(inner.BaseAddress)
            );
    }
}
