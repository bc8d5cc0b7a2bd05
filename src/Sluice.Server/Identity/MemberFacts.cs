using Sluice.Server.Identity.Invitations;
using Sluice.Server.Ledger;

namespace Sluice.Server.Identity;

/// <summary>What the ledger remembers of members and their sessions.</summary>
internal static class MemberFacts
{
    public static Fact Updated(Member before, Member member) =>
        new("member.update", "member", member.Id)
        {
            ["email"] = member.Email,
            ["role"] = member.Role,
            ["role_before"] = member.Role == before.Role ? null : before.Role,
            ["active"] =
                member.IsActive == before.IsActive ? null
                : member.IsActive ? "true"
                : "false",
        };

    /// <param name="zone">The name of the zone from now on; null: none.</param>
    public static Fact ZoneChosen(Member before, string? zone) =>
        new("member.update", "member", before.Id)
        {
            ["email"] = before.Email,
            ["time_zone"] = zone ?? "none",
            ["time_zone_before"] = before.TimeZone ?? "none",
        };

    public static Fact Removed(Member member) =>
        new("member.remove", "member", member.Id)
        {
            ["email"] = member.Email,
            ["role"] = member.Role,
        };

    public static Fact PasswordSet(Member member, string how) =>
        new("password.set", "member", member.Id) { ["email"] = member.Email, ["how"] = how };

    public static Fact LinkMade(Member member, string what) =>
        new("password.link", "member", member.Id) { ["email"] = member.Email, ["what"] = what };

    public static Fact Invited(Invitation invitation) => Of("invitation.create", invitation);

    public static Fact InvitationRevoked(Invitation invitation) =>
        Of("invitation.revoke", invitation);

    public static Fact InvitationAccepted(Invitation invitation, Member member) =>
        Of("invitation.accept", invitation, member.Id);

    private static Fact Of(string action, Invitation invitation, string? member = null) =>
        new(action, "invitation", invitation.Id)
        {
            ["email"] = invitation.Email,
            ["role"] = invitation.Role,
            ["member"] = member,
            ["expires_at"] = Seal.LedgerTime.Write(
                DateTimeOffset.FromUnixTimeMilliseconds(invitation.ExpiresAt)
            ),
        };

    public static Fact SignedIn(string sessionId, string how) =>
        new("session.open", "session", sessionId) { ["with"] = how };

    public static Fact Proven(string sessionId) => new("session.prove", "session", sessionId);

    public static Fact SignedOut(string sessionId) => new("session.end", "session", sessionId);

    public static Fact OthersEnded(int count) =>
        new("session.end", "session", "all others") { ["count"] = count.ToString() };
}
