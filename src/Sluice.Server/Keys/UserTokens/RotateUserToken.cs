using Microsoft.Extensions.Options;
using Sluice.Language;
using Sluice.Seal;
using Sluice.Server.Identity;
using Sluice.Server.Ledger;
using Sluice.Server.Store;
using Sluice.Server.Tenants;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Keys.UserTokens;

/// <summary>The operator makes a token's successor, with the same rights; both work until the overlap is over.</summary>
internal static class RotateUserToken
{
    internal sealed record Request
    {
        /// <summary>The token's id; or, where the member has only one, <c>user_email</c>.</summary>
        public string? Jti { get; init; }

        public string? UserEmail { get; init; }

        /// <summary>How long the successor lives, 1 to 8760 hours; absent: as long as the old one was to.</summary>
        public long? TtlHours { get; init; }

        /// <summary>Seconds in which the old token still works, 0 to 2592000; 86400 (a day) when absent. 0 ends it at once.</summary>
        public long? OverlapSeconds { get; init; }
    }

    public static async Task<IResult> Handle(
        string org,
        HttpContext context,
        Origin origin,
        Database database,
        IOptions<KeyOptions> options,
        UlidSource ids
    )
    {
        var body = await Body.Read(context, UserTokenJson.Default.RotateUserTokenRequest);
        if (body.Refused)
            return body.Refusal;
        var mistakes = new List<Mistake>();
        var email = UserToken.ReadName(body.Value.Jti, body.Value.UserEmail, mistakes);
        var hours = UserToken.ReadHours(body.Value.TtlHours, mistakes);
        var overlap = KeyWishes.Within(
            body.Value.OverlapSeconds ?? RotateKey.DefaultOverlap,
            0,
            RotateKey.LongestOverlap,
            "overlap_seconds",
            "seconds",
            mistakes
        );
        if (mistakes.Count > 0)
            return CommonRefusals.InvalidInput.With(mistakes);
        var made = await database.Write(
            async session =>
            {
                var now = origin.Clock.GetUtcNow().ToUnixTimeMilliseconds();
                var found = await Find(session, org, body.Value.Jti, email, now);
                return found.Refused
                    ? found.Refusal
                    : await Rotate(
                        session,
                        origin,
                        found.Value,
                        hours,
                        overlap!.Value,
                        now,
                        options.Value,
                        ids
                    );
            },
            context.RequestAborted
        );
        return UserTokenMade.Answer(context, made);
    }

    /// <summary>The one token that is meant, which must be able to have a successor.</summary>
    private static async Task<Outcome<UserTokensFound>> Find(
        Session session,
        string org,
        string? jti,
        string? email,
        long now
    )
    {
        var found = await UserToken.Find(session, org, jti, email);
        if (found.Refused)
            return found;
        var keys = found.Value.Keys;
        if (jti is null)
            keys = [.. keys.Where(key => key.IsActive(now) && key.RotatedTo is null)];
        if (keys.Count > 1)
            return UserTokenRefusals.Several.With([
                .. keys.Select(key => new Mistake("jti", $"{key.Id} ({key.Name})", Where: "jti")),
            ]);
        if (keys is not [var one])
            return UserTokenRefusals.NotFound;
        if (!one.IsActive(now))
            return KeyRefusals.NotActive;
        return one.RotatedTo is null
            ? new UserTokensFound(found.Value.Tenant, keys)
            : KeyRefusals.RotatedAlready;
    }

    private static async Task<Outcome<MintedUserToken>> Rotate(
        Session session,
        Origin origin,
        UserTokensFound found,
        long? hours,
        long overlap,
        long now,
        KeyOptions options,
        UlidSource ids
    )
    {
        var (tenant, old) = (found.Tenant, found.Keys[0]);
        if (
            await OwnerStore.FindMember(session, tenant.Id, old.OwnerId)
            is not { IsActive: true } member
        )
            return IdentityRefusals.MemberNotFound;
        var minted = CreateKey.Mint(
            RotateKey.Wish(old, now),
            old.OwnerKind,
            old.OwnerId,
            options,
            ids,
            now
        );
        var key = minted.Key with
        {
            RotatedFrom = old.Id,
            Purpose = old.Purpose,
            ExpiresAt = hours is { } span ? UserToken.EndsAt(now, span) : minted.Key.ExpiresAt,
        };
        await KeyStore.Insert(session, tenant.Id, key);
        await KeyStore.Succeed(
            session,
            tenant.Id,
            old.Id,
            key.Id,
            now + overlap * 1000,
            atOnce: overlap == 0
        );
        await Audit.Record(
            session,
            origin,
            KeyFacts.Rotated(old, key, overlap) with
            {
                TenantId = tenant.Id,
            }
        );
        return new MintedUserToken(tenant, member.Email, minted with { Key = key });
    }
}
