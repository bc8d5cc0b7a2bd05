using Sluice.Server.Ledger;
using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Identity.Invitations;

/// <summary>Takes an invitation back; its link opens nothing any more. Content when it is over already.</summary>
internal static partial class RevokeInvitation
{
    public static async Task<IResult> Handle(
        string id,
        HttpContext context,
        Caller caller,
        Origin origin,
        Database database,
        TimeProvider clock,
        ILogger<Invitation> log
    )
    {
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        var revoked = 0;
        var found = await database.Write(
            async session =>
            {
                var invitation = await InvitationStore.Find(session, caller.TenantId, id);
                if (invitation is not null)
                    revoked = await InvitationStore.Revoke(session, caller.TenantId, id, now);
                if (revoked == 1)
                    await Audit.Record(session, origin, MemberFacts.InvitationRevoked(invitation!));
                return invitation;
            },
            context.RequestAborted
        );
        if (found is null)
            return IdentityRefusals.InvitationNotFound;
        if (revoked == 1)
            LogRevoked(log, id, caller.TenantId);
        return TypedResults.NoContent();
    }

    [LoggerMessage(
        1141,
        LogLevel.Information,
        "Invitation {InvitationId} of tenant {TenantId} revoked"
    )]
    private static partial void LogRevoked(ILogger log, string invitationId, string tenantId);
}
