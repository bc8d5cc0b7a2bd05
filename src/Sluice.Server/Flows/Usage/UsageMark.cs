using Sluice.Server.Store;

namespace Sluice.Server.Flows.Usage;

/// <summary>How far the runs of a tenant and environment are added up.</summary>
internal sealed record UsageMark
{
    public static readonly UsageMark None = new();

    /// <summary>Milliseconds since 1970; runs that began before are in the sums, once they have ended.</summary>
    public long UntilAt { get; init; }

    /// <summary>So many began before, subflows' too.</summary>
    public long Runs { get; init; }

    /// <summary>Grows with every change of the sums.</summary>
    public long Version { get; init; }

    public static async Task<UsageMark> Read(Session session, UsagePlace place) =>
        await session
            .Of(place.TenantId)
            .First<UsageMark>(
                "SELECT until_at, runs, version FROM usage_marks WHERE tenant_id = @tenant AND environment = @Environment",
                place
            )
        ?? None;

    /// <summary>Makes one where there is none, which stands at the beginning. None for a tenant that was removed.</summary>
    public static async Task Make(Session session, UsagePlace place)
    {
        if (await TenantTables.Hold(session, place.TenantId))
            await session
                .Of(place.TenantId)
                .Execute(
                    """
                    INSERT INTO usage_marks (tenant_id, environment, until_at, runs, version) VALUES (@tenant, @Environment, 0, 0, 0)
                    ON CONFLICT (tenant_id, environment) DO NOTHING
                    """,
                    place
                );
    }

    /// <summary>Puts this mark in the place of the one whose sums were read; false when those have changed since.</summary>
    public async Task<bool> Replace(Session session, UsagePlace place, UsageMark read) =>
        await session
            .Of(place.TenantId)
            .Execute(
                """
                UPDATE usage_marks SET until_at = @UntilAt, runs = @Runs, version = version + 1
                WHERE tenant_id = @tenant AND environment = @Environment AND version = @Version
                """,
                new
                {
                    place.Environment,
                    UntilAt,
                    Runs,
                    read.Version,
                }
            ) == 1;
}

/// <summary>What sums are of: a tenant and one of its environments.</summary>
internal sealed record UsagePlace(string TenantId, string Environment);
