using Sluice.Server.Vocabulary;

namespace Sluice.Server.Identity.Sessions;

/// <summary>Who is signed in. The session's id names it; what opens it is in the cookie alone.</summary>
internal sealed record SessionShown
{
    public required string SessionId { get; init; }

    /// <summary>The tenant's handle.</summary>
    public required string OrgId { get; init; }

    public required string Email { get; init; }

    public required string Name { get; init; }

    /// <summary><c>owner</c>, <c>admin</c>, <c>policy_admin</c>, <c>developer</c> or <c>viewer</c>.</summary>
    public required string Role { get; init; }

    /// <summary>In which the person reads times, such as <c>Europe/Berlin</c>; null: none was chosen.</summary>
    public required string? TimeZone { get; init; }

    /// <summary>What the role may do now.</summary>
    public required IReadOnlyList<string> Scopes { get; init; }

    /// <summary>Its end, used or not; it ends earlier when it is not used.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    public static SessionShown Of(string sessionId, string handle, Member member, long expiresAt) =>
        new()
        {
            SessionId = sessionId,
            OrgId = handle,
            Email = member.Email,
            Name = member.Name,
            Role = member.Role,
            TimeZone = member.TimeZone,
            Scopes = ScopeNames.Names(ScopeNames.OfRole(member.Role)),
            ExpiresAt = DateTimeOffset.FromUnixTimeMilliseconds(expiresAt),
        };

    public static SessionShown Of(FoundSession found) =>
        new()
        {
            SessionId = found.Id,
            OrgId = found.Handle,
            Email = found.Email,
            Name = found.Name,
            Role = found.Role,
            TimeZone = found.TimeZone,
            Scopes = ScopeNames.Names(ScopeNames.OfRole(found.Role)),
            ExpiresAt = DateTimeOffset.FromUnixTimeMilliseconds(found.ExpiresAt),
        };
}
