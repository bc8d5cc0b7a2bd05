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

    public static Fact Removed(Member member) =>
        new("member.remove", "member", member.Id)
        {
            ["email"] = member.Email,
            ["role"] = member.Role,
        };

    public static Fact SignedIn(string sessionId) => new("session.open", "session", sessionId);

    public static Fact SignedOut(string sessionId) => new("session.end", "session", sessionId);

    public static Fact OthersEnded(int count) =>
        new("session.end", "session", "all others") { ["count"] = count.ToString() };
}
