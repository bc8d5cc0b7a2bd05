using Sluice.Language;
using Sluice.Seal;
using Sluice.Server.Identity.Factors;
using Sluice.Server.Identity.Passwords;
using Sluice.Server.Identity.Sessions;
using Sluice.Server.Ledger;
using Sluice.Server.Store;
using Sluice.Server.Tenants;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Identity.Invitations;

/// <summary>
/// Accepts an invitation with the code of its link, which is used up: the person becomes a member, sets a password, and is signed in.
/// A person who has a login in this house shows its password instead: a link alone must not open what belongs to others.
/// </summary>
internal sealed partial class AcceptInvitation(
    Database database,
    PasswordCheck passwords,
    SignInLimits limits,
    SessionOpener opener,
    SecondFactor second,
    UlidSource ids,
    TimeProvider clock,
    ILogger<AcceptInvitation> log
)
{
    internal sealed record Request
    {
        /// <summary>What stands behind the <c>#</c> of the link.</summary>
        public string? Token { get; init; }

        /// <summary>A new one of 12 characters or more; or the person's, where there is a login already.</summary>
        public string? Password { get; init; }

        /// <summary>What to call the person; as the invitation says when absent.</summary>
        public string? Name { get; init; }

        /// <summary>Of the authenticator, or a recovery code, where there is a login already that asks for one.</summary>
        public string? Code { get; init; }
    }

    private sealed record Found(Tenant Tenant, Invitation Invitation, Login? Login)
    {
        /// <summary>The password that the person must show; null: a new one is set.</summary>
        public string? ToShow =>
            Invitation.InvitedBy == Invitation.ByOperatorAnew ? null : Login?.Password;
    }

    public static async Task<IResult> Handle(HttpContext context, AcceptInvitation act)
    {
        var body = await Body.Read(context, InvitationJson.Default.AcceptInvitationRequest);
        if (body.Refused)
            return body.Refusal;
        var accepted = await act.Accept(context, body.Value);
        context.Response.Headers.CacheControl = "no-store";
        return accepted.Refused
            ? accepted.Refusal
            : TypedResults.Json(accepted.Value, SessionJson.Default.SessionShown);
    }

    /// <summary>Accepts, with the cookie in the answer; or says why not.</summary>
    public async Task<Outcome<SessionShown>> Accept(HttpContext context, Request request)
    {
        var stop = context.RequestAborted;
        if (
            request.Token?.Trim() is not { } code
            || !TokenText.HasShape(code)
            || await Find(code, stop) is not { } found
        )
            return IdentityRefusals.LinkNotValid;
        var mistakes = new List<Mistake>();
        if (request.Name is { } name && (name.Length > 200 || !PlainText.Is(name)))
            mistakes.Add(
                new Mistake("name", "name has at most 200 printable characters", Where: "name")
            );
        if (found.ToShow is null)
            PasswordRules.Check(request.Password, found.Invitation.Email, "password", mistakes);
        if (request.Code is { Length: > SecondFactor.LongestCode })
            mistakes.Add(
                new Mistake(
                    "code",
                    $"code has at most {SecondFactor.LongestCode} characters",
                    Where: "code"
                )
            );
        if (mistakes.Count > 0)
            return CommonRefusals.InvalidInput.With(mistakes);
        var secret = await Settle(context, found, request.Password ?? "");
        if (secret.Refused)
            return secret.Refusal;
        // Whoever has the link and the password has not thereby what else the login asks for.
        if (
            found.ToShow is not null
            && await second.Ask(context, found.Invitation.Email, request.Code) is { } missing
        )
            return missing;
        var opened = await database.Write(
            session => Join(session, context, found, request.Name, secret.Value),
            stop
        );
        if (opened.Refused)
            return opened.Refusal;
        opener.Give(context, opened.Value.Shown, opened.Value.Token);
        LogAccepted(log, found.Invitation.Id, found.Tenant.Id);
        return opened.Value.Shown;
    }

    private Task<Found?> Find(string code, CancellationToken stop) =>
        database.Read<Found?>(
            async session =>
            {
                if (
                    await InvitationStore.FindByCode(session, TokenText.Hash(code)) is not { } named
                )
                    return null;
                var invitation = await InvitationStore.Find(session, named.TenantId, named.Id);
                var tenant = await TenantStore.Find(session, named.TenantId);
                return invitation?.StatusAt(Now()) == "pending" && tenant is not null
                    ? new Found(
                        tenant,
                        invitation,
                        await LoginStore.Find(session, invitation.Email)
                    )
                    : null;
            },
            stop
        );

    /// <summary>The password to store; the one that is there, where the person has shown it.</summary>
    private async Task<Outcome<string>> Settle(HttpContext context, Found found, string typed)
    {
        if (found.ToShow is not { } stored)
            return await passwords.Store(typed, context.RequestAborted);
        if (
            limits.Begin(context.Connection.RemoteIpAddress, found.Invitation.Email, out var limit)
            is not { } tried
        )
            return IdentityRefusals.TooManyTries.With(limit!);
        var (right, today) = await passwords.Verify(typed, stored, context.RequestAborted);
        if (!right)
            return IdentityRefusals.WrongPassword;
        tried.WasGood();
        return today ?? stored;
    }

    private sealed record Opened(SessionShown Shown, string Token)
    {
        public override string ToString() => "Opened";
    }

    private async Task<Outcome<Opened>> Join(
        Session session,
        HttpContext context,
        Found found,
        string? name,
        string password
    )
    {
        var (tenant, invitation) = (found.Tenant, found.Invitation);
        await OwnerStore.Lock(session, tenant.Id);
        var now = Now();
        // Somebody may have accepted, set a password, or lost the right to invite since it was looked at.
        if (
            !await InviterStands(session, tenant.Id, invitation)
            || (await LoginStore.Hold(session, invitation.Email))?.ChangedAt
                != found.Login?.ChangedAt
            || await InvitationStore.Accept(session, tenant.Id, invitation.Id, now) == 0
        )
            return IdentityRefusals.LinkNotValid;
        if (password != found.Login?.Password)
            await LoginStore.SetPassword(session, invitation.Email, password, now);
        if (found.ToShow is null)
        {
            await SessionStore.EndEverywhere(session, invitation.Email, null, now);
            await FactorStore.ForgetAll(session, invitation.Email);
        }
        var there = invitation.MemberId is { } id
            ? await OwnerStore.FindMember(session, tenant.Id, id)
            : await OwnerStore.FindMemberByEmail(session, tenant.Id, invitation.Email);
        if (there is { IsActive: false })
            return IdentityRefusals.LinkNotValid;
        var member = there ?? NewMember(invitation, name, now);
        if (there is null)
            await OwnerStore.Insert(session, tenant.Id, member);
        else
            await OwnerStore.SetJoined(session, tenant.Id, member.Id, now);
        var opened = await opener.Open(session, context, tenant, member, "invitation");
        await Audit.Record(
            session,
            Origin.Of(context).As(tenant.Id, OwnerKinds.Member, member.Id, member.Email),
            MemberFacts.InvitationAccepted(invitation, member)
        );
        return new Opened(opened.Shown, opened.Token);
    }

    private Member NewMember(Invitation invitation, string? name, long now) =>
        new()
        {
            Id = ids.Next().ToString(),
            Email = invitation.Email,
            Name = name?.Trim() is { Length: > 0 } own ? own : invitation.Name,
            Role = invitation.Role,
            CreatedAt = now,
            JoinedAt = now,
        };

    /// <summary>Whether the role is still the inviter's to give.</summary>
    private static async Task<bool> InviterStands(
        Session session,
        string tenantId,
        Invitation invitation
    )
    {
        var role = ScopeNames.OfRole(invitation.Role);
        return invitation.InvitedBy.Split(':') switch
        {
            [Invitation.ByOperator or Invitation.ByOperatorAnew] => true,
            [OwnerKinds.Member, var id] => await OwnerStore.FindMember(session, tenantId, id)
                is { IsActive: true } inviter
                && (role & ~ScopeNames.OfRole(inviter.Role)) == Scopes.None
                && ScopeNames.OfRole(inviter.Role).HasFlag(Scopes.Admin)
                && (
                    invitation.Role != MemberRules.OwnerRole
                    || inviter.Role == MemberRules.OwnerRole
                ),
            [OwnerKinds.ServiceAccount, var id] => await OwnerStore.FindAccount(
                session,
                tenantId,
                id
            )
                is { RemovedAt: null } account
                && ((role | Scopes.Admin) & ~(Scopes)account.Scopes) == Scopes.None,
            _ => false,
        };
    }

    private long Now() => clock.GetUtcNow().ToUnixTimeMilliseconds();

    [LoggerMessage(
        1142,
        LogLevel.Information,
        "Invitation {InvitationId} of tenant {TenantId} accepted"
    )]
    private static partial void LogAccepted(ILogger log, string invitationId, string tenantId);
}
