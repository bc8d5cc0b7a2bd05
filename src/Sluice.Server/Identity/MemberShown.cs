namespace Sluice.Server.Identity;

/// <summary>A member as programs and people see it.</summary>
internal sealed record MemberShown
{
    public required string Id { get; init; }

    public required string Email { get; init; }

    public required string Name { get; init; }

    /// <summary><c>owner</c>, <c>admin</c>, <c>policy_admin</c>, <c>developer</c> or <c>viewer</c>.</summary>
    public required string Role { get; init; }

    /// <summary>False: deactivated, and may do nothing.</summary>
    public required bool Active { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public static MemberShown Of(Member member) =>
        new()
        {
            Id = member.Id,
            Email = member.Email,
            Name = member.Name,
            Role = member.Role,
            Active = member.IsActive,
            CreatedAt = DateTimeOffset.FromUnixTimeMilliseconds(member.CreatedAt),
        };
}
