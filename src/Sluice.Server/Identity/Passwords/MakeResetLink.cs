using Sluice.Seal;
using Sluice.Server.Identity.Invitations;
using Sluice.Server.Ledger;
using Sluice.Server.Store;
using Sluice.Server.Tenants;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Identity.Passwords;

/// <summary>
/// The operator makes a link that sets a new password, for somebody who has lost the way in, or has not come in yet. The link is in
/// the answer and nowhere else. Used, it takes the authenticator and the passkeys of the login away as well.
/// </summary>
internal static partial class MakeResetLink
{
    internal sealed record Request
    {
        /// <summary>The person's address; absent: the organisation's owner.</summary>
        public string? Email { get; init; }
    }

    internal sealed record Response(string Email, string Link, DateTimeOffset ExpiresAt)
    {
        // The link opens an account: it must not reach a log by way of a record's printer.
        public override string ToString() => $"Response {{ ExpiresAt = {ExpiresAt} }}";
    }

    public static async Task<IResult> Handle(
        string org,
        HttpContext context,
        Database database,
        PublicAddress address,
        UlidSource ids,
        Origin origin,
        ILogger<Login> log
    )
    {
        var body = await Body.Read(context, PasswordJson.Default.MakeResetLinkRequest);
        if (body.Refused)
            return body.Refusal;
        var now = origin.Clock.GetUtcNow();
        var made = await database.Write(
            session => Make(session, origin, org, body.Value.Email, address, ids, now),
            context.RequestAborted
        );
        if (made.Refused)
            return made.Refusal;
        LogMade(log, made.Value.MemberId);
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Json(
            made.Value.Response,
            PasswordJson.Default.MakeResetLinkResponse,
            statusCode: StatusCodes.Status201Created
        );
    }

    private sealed record Made(string MemberId, Response Response);

    private static async Task<Outcome<Made>> Make(
        Session session,
        Origin origin,
        string org,
        string? typed,
        PublicAddress address,
        UlidSource ids,
        DateTimeOffset now
    )
    {
        var tenant = await TenantStore.FindByHandle(session, org);
        var member =
            tenant is null ? null
            : typed is null ? await OwnerStore.FirstOwner(session, tenant.Id)
            : Email.Read(typed) is { } email
                ? await OwnerStore.FindMemberByEmail(session, tenant.Id, email)
            : null;
        if (member is not { IsActive: true })
            return IdentityRefusals.MemberNotFound;
        if (member.JoinedAt is null)
            return await Invite(session, origin, tenant!.Id, member, address, ids, now);
        var code = await ResetStore.Insert(
            session,
            member.Email,
            byOperator: true,
            now.ToUnixTimeMilliseconds()
        );
        await Audit.Record(
            session,
            origin,
            MemberFacts.LinkMade(member, "password") with
            {
                TenantId = tenant!.Id,
            }
        );
        return new Made(
            member.Id,
            new Response(
                member.Email,
                $"{address.At("/reset-password")}#{code}",
                now + ResetStore.Lifetime
            )
        );
    }

    /// <summary>Who has not come in yet sets the first password and comes in with it.</summary>
    private static async Task<Outcome<Made>> Invite(
        Session session,
        Origin origin,
        string tenantId,
        Member member,
        PublicAddress address,
        UlidSource ids,
        DateTimeOffset now
    )
    {
        await InvitationStore.RevokeFor(
            session,
            tenantId,
            member.Email,
            now.ToUnixTimeMilliseconds()
        );
        var (invitation, code) = Invitation.Make(
            ids.Next().ToString(),
            member.Email,
            member.Name,
            member.Role,
            member.Id,
            Invitation.ByOperatorAnew,
            now.ToUnixTimeMilliseconds()
        );
        await InvitationStore.Insert(session, tenantId, invitation);
        await Audit.Record(
            session,
            origin,
            MemberFacts.LinkMade(member, "invitation") with
            {
                TenantId = tenantId,
            }
        );
        return new Made(
            member.Id,
            new Response(member.Email, Invitation.Link(address, code), now + Invitation.Lifetime)
        );
    }

    [LoggerMessage(
        1136,
        LogLevel.Information,
        "The operator made a link for a new password of member {MemberId}"
    )]
    private static partial void LogMade(ILogger log, string memberId);
}
