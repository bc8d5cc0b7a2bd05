using Sluice.Server.Licenses;
using Sluice.Server.Tenants;

namespace Sluice.Server.Operations.Organizations;

/// <summary>An organisation as the operator sees it.</summary>
internal sealed record OrganizationShown
{
    /// <summary>The handle.</summary>
    public required string OrgId { get; init; }

    public required string TenantId { get; init; }

    public required string Name { get; init; }

    /// <summary>What it has bought.</summary>
    public required string Tier { get; init; }

    /// <summary><c>active</c>, <c>suspended</c> or <c>deleting</c>.</summary>
    public required string Status { get; init; }

    /// <summary>What its people are told; null while it is active.</summary>
    public required string? Reason { get; init; }

    public required DateTimeOffset? SuspendedAt { get; init; }

    /// <summary>When everything of it is removed, unless it is resumed before; null: it is not to be.</summary>
    public required DateTimeOffset? DeleteAt { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The license that holds for it; null: it has none of its own.</summary>
    public LicenseShown? License { get; init; }

    public static OrganizationShown Of(Tenant tenant, License? license = null) =>
        new()
        {
            OrgId = tenant.Handle,
            TenantId = tenant.Id,
            Name = tenant.Name,
            Tier = tenant.Tier,
            Status =
                tenant.DeleteAt is not null ? "deleting"
                : tenant.SuspendedFor is not null ? "suspended"
                : "active",
            Reason = tenant.SuspendedFor,
            SuspendedAt = Time(tenant.SuspendedAt),
            DeleteAt = Time(tenant.DeleteAt),
            CreatedAt = DateTimeOffset.FromUnixTimeMilliseconds(tenant.CreatedAt),
            License = license is null ? null : LicenseShown.Of(license),
        };

    private static DateTimeOffset? Time(long? ms) =>
        ms is { } at ? DateTimeOffset.FromUnixTimeMilliseconds(at) : null;
}
