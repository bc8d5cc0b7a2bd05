namespace Sluice.Server.Identity.Profiles;

/// <summary>A member as it sees itself.</summary>
internal sealed record ProfileShown
{
    public required string Id { get; init; }

    public required string Email { get; init; }

    public required string Name { get; init; }

    /// <summary><c>owner</c>, <c>admin</c>, <c>policy_admin</c>, <c>developer</c> or <c>viewer</c>.</summary>
    public required string Role { get; init; }

    /// <summary>In which the pages show times, such as <c>Europe/Berlin</c>; null: none was chosen.</summary>
    public required string? TimeZone { get; init; }

    /// <summary>The time there now, with its offset; in UTC where no zone was chosen, or the server has no data of it.</summary>
    public required DateTimeOffset LocalTime { get; init; }

    public static ProfileShown Of(Member member, DateTimeOffset now) =>
        new()
        {
            Id = member.Id,
            Email = member.Email,
            Name = member.Name,
            Role = member.Role,
            TimeZone = member.TimeZone,
            LocalTime = TimeZoneInfo.ConvertTime(
                now,
                TimeZones.Find(member.TimeZone) ?? TimeZoneInfo.Utc
            ),
        };
}
