using Sluice.Seal;
using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Identity.Invitations;

/// <summary>An invitation as it is kept: never the code in its link.</summary>
internal sealed record Invitation
{
    public required string Id { get; init; }

    public byte[] Hash { get; init; } = [];

    public required string Email { get; init; }

    public required string Name { get; init; }

    public required string Role { get; init; }

    /// <summary>Somebody who is a member already and has no way in yet; null: accepting makes a member.</summary>
    public string? MemberId { get; init; }

    /// <summary>A kind of owner and an id with a colon between, <see cref="ByOperator"/> or <see cref="ByOperatorAnew"/>.</summary>
    public required string InvitedBy { get; init; }

    public required long CreatedAt { get; init; }

    public required long ExpiresAt { get; init; }

    public long? AcceptedAt { get; init; }

    public long? RevokedAt { get; init; }

    public const string ByOperator = "operator";

    /// <summary>Made by the operator to let somebody in who cannot show a password: it sets another one, as a link for a new password does.</summary>
    public const string ByOperatorAnew = "operator-anew";

    /// <summary>How long a link works.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(7);

    /// <summary><c>pending</c>, <c>accepted</c>, <c>revoked</c> or <c>expired</c>.</summary>
    public string StatusAt(long now) =>
        AcceptedAt is not null ? "accepted"
        : RevokedAt is not null ? "revoked"
        : ExpiresAt <= now ? "expired"
        : "pending";

    /// <summary>A new one, and the code for its link.</summary>
    public static (Invitation Made, string Code) Make(
        string id,
        string email,
        string name,
        string role,
        string? memberId,
        string invitedBy,
        long now
    )
    {
        var code = TokenText.Mint();
        var made = new Invitation
        {
            Id = id,
            Hash = TokenText.Hash(code),
            Email = email,
            Name = name,
            Role = role,
            MemberId = memberId,
            InvitedBy = invitedBy,
            CreatedAt = now,
            ExpiresAt = now + (long)Lifetime.TotalMilliseconds,
        };
        return (made, code);
    }

    /// <summary>The link for a code, which stands where browsers send it to nobody.</summary>
    public static string Link(PublicAddress address, string code) =>
        $"{address.At("/invitation")}#{code}";
}

/// <summary>An invitation found by its code, with its tenant.</summary>
internal sealed record FoundInvitation
{
    public required string TenantId { get; init; }

    public required string Id { get; init; }
}

/// <summary>SQL on <c>invitations</c>.</summary>
internal static class InvitationStore
{
    private const string Columns =
        "id, email, name, role, member_id, invited_by, created_at, expires_at, accepted_at, revoked_at";

    public static Task<int> Insert(Session session, string tenantId, Invitation invitation) =>
        session
            .Of(tenantId)
            .Execute(
                "INSERT INTO invitations (tenant_id, id, hash, email, name, role, member_id, invited_by, created_at, expires_at) VALUES (@tenant, @Id, @Hash, @Email, @Name, @Role, @MemberId, @InvitedBy, @CreatedAt, @ExpiresAt)",
                invitation
            );

    public static Task<FoundInvitation?> FindByCode(Session session, byte[] hash) =>
        session
            .Across("the code is what names the tenant")
            .First<FoundInvitation>(
                "SELECT tenant_id, id FROM invitations WHERE hash = @hash",
                new { hash }
            );

    public static Task<Invitation?> Find(Session session, string tenantId, string id) =>
        session
            .Of(tenantId)
            .First<Invitation>(
                $"SELECT {Columns} FROM invitations WHERE tenant_id = @tenant AND id = @id",
                new { id }
            );

    /// <summary>Newest first.</summary>
    public static Task<IReadOnlyList<Invitation>> List(
        Session session,
        string tenantId,
        Page page
    ) =>
        session
            .Of(tenantId)
            .Query<Invitation>(
                $"SELECT {Columns} FROM invitations WHERE tenant_id = @tenant AND (CAST(@cursor AS TEXT) IS NULL OR id < @cursor) ORDER BY id DESC LIMIT @limit",
                new { cursor = page.Cursor, limit = page.Limit + 1 }
            );

    public static Task<int> Revoke(Session session, string tenantId, string id, long now) =>
        session
            .Of(tenantId)
            .Execute(
                "UPDATE invitations SET revoked_at = @now WHERE tenant_id = @tenant AND id = @id AND accepted_at IS NULL AND revoked_at IS NULL",
                new { id, now }
            );

    /// <summary>A later invitation of the same person takes the place of those before.</summary>
    public static Task<int> RevokeFor(Session session, string tenantId, string email, long now) =>
        session
            .Of(tenantId)
            .Execute(
                "UPDATE invitations SET revoked_at = @now WHERE tenant_id = @tenant AND email = @email AND accepted_at IS NULL AND revoked_at IS NULL",
                new { email, now }
            );

    /// <summary>Uses it up; no row changes when it is not to be had any more.</summary>
    public static Task<int> Accept(Session session, string tenantId, string id, long now) =>
        session
            .Of(tenantId)
            .Execute(
                "UPDATE invitations SET accepted_at = @now WHERE tenant_id = @tenant AND id = @id AND accepted_at IS NULL AND revoked_at IS NULL AND expires_at > @now",
                new { id, now }
            );
}
