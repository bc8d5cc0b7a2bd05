using System.Text.Json.Serialization;

namespace Sluice.Server.Identity.Invitations;

/// <summary>An invitation as programs and people see it.</summary>
internal sealed record InvitationShown
{
    public required string Id { get; init; }

    public required string Email { get; init; }

    public required string Name { get; init; }

    /// <summary>What the person will be.</summary>
    public required string Role { get; init; }

    /// <summary><c>pending</c>, <c>accepted</c>, <c>revoked</c> or <c>expired</c>.</summary>
    public required string Status { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>Opens the account: in the answer that made it, where no mail is sent, and never again. Behind its <c>#</c> stands the code.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Link { get; init; }

    // It must not reach a log by way of a record's printer.
    public override string ToString() => $"InvitationShown {{ Id = {Id} }}";

    public static InvitationShown Of(Invitation invitation, long now) =>
        new()
        {
            Id = invitation.Id,
            Email = invitation.Email,
            Name = invitation.Name,
            Role = invitation.Role,
            Status = invitation.StatusAt(now),
            CreatedAt = DateTimeOffset.FromUnixTimeMilliseconds(invitation.CreatedAt),
            ExpiresAt = DateTimeOffset.FromUnixTimeMilliseconds(invitation.ExpiresAt),
        };
}
