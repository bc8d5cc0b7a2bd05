using Microsoft.Extensions.Options;
using Sluice.Language;
using Sluice.Seal;
using Sluice.Server.Identity;
using Sluice.Server.Ledger;
using Sluice.Server.Store;
using Sluice.Server.Tenants;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Keys.UserTokens;

/// <summary>The operator makes a token for a member: at most what a role may do, and at most what the member may.</summary>
internal static class CreateUserToken
{
    internal sealed record Request
    {
        /// <summary>The member's address.</summary>
        public string? UserEmail { get; init; }

        /// <summary>The role whose rights it has, no wider than the member's; absent: that which the member has now.</summary>
        public string? Role { get; init; }

        /// <summary>How long it lives, 1 to 8760 hours; 720 when absent.</summary>
        public long? TtlHours { get; init; }

        /// <summary><c>live</c> (default) or <c>test</c>.</summary>
        public string? Environment { get; init; }
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
        var body = await Body.Read(context, UserTokenJson.Default.CreateUserTokenRequest);
        if (body.Refused)
            return body.Refusal;
        var mistakes = new List<Mistake>();
        var email = Email.Read(body.Value.UserEmail);
        if (email is null)
            mistakes.Add(
                new Mistake(
                    "email",
                    "user_email is needed: the address of a member",
                    Where: "user_email"
                )
            );
        var role = body.Value.Role;
        if (role is not null && ScopeNames.OfRole(role) == Scopes.None)
            mistakes.Add(
                new Mistake(
                    "role",
                    "role is one of owner, admin, policy_admin, developer, viewer",
                    Where: "role"
                )
            );
        var hours = UserToken.ReadHours(body.Value.TtlHours ?? UserToken.DefaultHours, mistakes);
        var environment = body.Value.Environment ?? EnvironmentNames.Live;
        if (!EnvironmentNames.IsKnown(environment))
            mistakes.Add(
                new Mistake("environment", "environment is live or test", Where: "environment")
            );
        if (mistakes.Count > 0)
            return CommonRefusals.InvalidInput.With(mistakes);
        var made = await database.Write(
            session =>
                Make(
                    session,
                    origin,
                    org,
                    email!,
                    role,
                    environment,
                    hours!.Value,
                    options.Value,
                    ids
                ),
            context.RequestAborted
        );
        return UserTokenMade.Answer(context, made);
    }

    private static async Task<Outcome<MintedUserToken>> Make(
        Session session,
        Origin origin,
        string org,
        string email,
        string? role,
        string environment,
        long hours,
        KeyOptions options,
        UlidSource ids
    )
    {
        if (await TenantStore.FindByHandle(session, org) is not { } tenant)
            return KeyRefusals.OrganizationNotFound;
        if (
            await OwnerStore.FindMemberByEmail(session, tenant.Id, email)
            is not { IsActive: true } member
        )
            return IdentityRefusals.MemberNotFound;
        var scopes = ScopeNames.OfRole(role ?? member.Role);
        if ((scopes & ~ScopeNames.OfRole(member.Role)) != Scopes.None)
            return KeyRefusals.WiderThanCaller.With([
                new Mistake(
                    "role_not_held",
                    $"{role} is wider than the member's own role, {member.Role}",
                    Where: "role"
                ),
            ]);
        var now = origin.Clock.GetUtcNow().ToUnixTimeMilliseconds();
        var minted = CreateKey.Mint(
            new KeyWish($"user token ({role ?? member.Role})", environment, "standard", scopes)
            {
                Settings = KeySettings.None with { ExpiresAt = UserToken.EndsAt(now, hours) },
            },
            OwnerKinds.Member,
            member.Id,
            options,
            ids,
            now
        );
        minted = minted with { Key = minted.Key with { Purpose = UserToken.Purpose } };
        await KeyStore.Insert(session, tenant.Id, minted.Key);
        await Audit.Record(
            session,
            origin,
            KeyFacts.Created(minted.Key) with
            {
                TenantId = tenant.Id,
            }
        );
        return new MintedUserToken(tenant, member.Email, minted);
    }
}
