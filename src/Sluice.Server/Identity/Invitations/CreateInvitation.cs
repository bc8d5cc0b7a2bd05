using Sluice.Language;
using Sluice.Seal;
using Sluice.Server.Ledger;
using Sluice.Server.Outbound;
using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Identity.Invitations;

/// <summary>
/// Invites a person, with a role that is the inviter's to give. The link goes by mail; where no mail is sent it is in the answer, once.
/// </summary>
internal sealed partial class CreateInvitation(
    Database database,
    Mailer mailer,
    PublicAddress address,
    UlidSource ids,
    TimeProvider clock,
    ILogger<CreateInvitation> log
)
{
    internal sealed record Request
    {
        public string? Email { get; init; }

        /// <summary>What to call the person; the address when absent.</summary>
        public string? Name { get; init; }

        /// <summary><c>owner</c>, <c>admin</c>, <c>policy_admin</c>, <c>developer</c> or <c>viewer</c>.</summary>
        public string? Role { get; init; }
    }

    private sealed record Made(Invitation Invitation, string Code)
    {
        public override string ToString() => "Made";
    }

    public static async Task<IResult> Handle(
        HttpContext context,
        Caller caller,
        Origin origin,
        CreateInvitation act
    )
    {
        var body = await Body.Read(context, InvitationJson.Default.CreateInvitationRequest);
        if (body.Refused)
            return body.Refusal;
        var mistakes = new List<Mistake>();
        var (email, name, role) = Read(body.Value, mistakes);
        if (mistakes.Count > 0)
            return CommonRefusals.InvalidInput.With(mistakes);
        var shown = await act.Invite(caller, origin, email, name, role, context.RequestAborted);
        context.Response.Headers.CacheControl = "no-store";
        return shown.Refused
            ? shown.Refusal
            : TypedResults.Json(
                shown.Value,
                InvitationJson.Default.InvitationShown,
                statusCode: StatusCodes.Status201Created
            );
    }

    private async Task<Outcome<InvitationShown>> Invite(
        Caller caller,
        Origin origin,
        string email,
        string name,
        string role,
        CancellationToken stop
    )
    {
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        var made = await database.Write(
            async session =>
            {
                await OwnerStore.Lock(session, caller.TenantId);
                if (await MemberRules.RefuseRole(session, caller, role) is { } refusal)
                    return refusal;
                if (await OwnerStore.FindMemberByEmail(session, caller.TenantId, email) is not null)
                    return IdentityRefusals.AlreadyMember;
                await InvitationStore.RevokeFor(session, caller.TenantId, email, now);
                var (invitation, code) = Invitation.Make(
                    ids.Next().ToString(),
                    email,
                    name,
                    role,
                    null,
                    $"{caller.OwnerKind}:{caller.OwnerId}",
                    now
                );
                await InvitationStore.Insert(session, caller.TenantId, invitation);
                await Audit.Record(session, origin, MemberFacts.Invited(invitation));
                return (Outcome<Made>)new Made(invitation, code);
            },
            stop
        );
        if (made.Refused)
            return made.Refusal;
        var (kept, text) = made.Value;
        LogInvited(log, kept.Id, caller.TenantId, role);
        var shown = InvitationShown.Of(kept, now);
        if (!mailer.IsOn)
            return shown with { Link = Invitation.Link(address, text) };
        mailer.Send(Letter(caller, kept, text));
        return shown;
    }

    private Letter Letter(Caller caller, Invitation invitation, string code) =>
        new(
            invitation.Email,
            $"An invitation to {caller.Handle}",
            $"""
            Hello {invitation.Name},

            you are invited to the organisation {caller.Handle} at {address.Origin}, as {invitation.Role}.
            Accept within a week; the link works once:

            {Invitation.Link(address, code)}

            If you do not know what this is, do nothing.
            """
        );

    private static (string Email, string Name, string Role) Read(
        Request request,
        List<Mistake> mistakes
    )
    {
        var email = Email.Read(request.Email);
        if (email is null)
            mistakes.Add(
                new Mistake(
                    "email",
                    "email is needed: an address such as ada@example.org",
                    Where: "email"
                )
            );
        var name = request.Name?.Trim() is { Length: > 0 } given ? given : email ?? "";
        if (name.Length > 200 || !PlainText.Is(name))
            mistakes.Add(
                new Mistake("name", "name has at most 200 printable characters", Where: "name")
            );
        if (request.Role is not { } role || ScopeNames.OfRole(role) == Scopes.None)
            mistakes.Add(MemberRules.NoRole);
        return (email ?? "", name, request.Role ?? "");
    }

    [LoggerMessage(
        1140,
        LogLevel.Information,
        "Invitation {InvitationId} made in tenant {TenantId}, role {Role}"
    )]
    private static partial void LogInvited(
        ILogger log,
        string invitationId,
        string tenantId,
        string role
    );
}
