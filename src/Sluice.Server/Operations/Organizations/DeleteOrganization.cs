using Microsoft.Extensions.Options;
using Sluice.Server.Ledger;
using Sluice.Server.Licenses;
using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Operations.Organizations;

/// <summary>Settings of the section <c>Organizations</c>.</summary>
internal sealed class OrganizationOptions
{
    /// <summary>How long a deleted organisation waits, suspended, until everything of it is removed. Default 30 days, at least one.</summary>
    public TimeSpan DeleteAfter { get; set; } = TimeSpan.FromDays(30);

    /// <summary>How often it is looked for some whose time has come. Default one hour.</summary>
    public TimeSpan LookEvery { get; set; } = TimeSpan.FromHours(1);
}

/// <summary>
/// Deletes an organisation: it is suspended at once, can be exported and resumed while it waits, and is removed when the waiting time is over.
/// </summary>
internal static class DeleteOrganization
{
    public static async Task<IResult> Handle(
        string org,
        Origin origin,
        Database database,
        TimeProvider clock,
        IOptions<OrganizationOptions> options,
        CancellationToken stop
    )
    {
        var now = clock.GetUtcNow();
        var at = now + options.Value.DeleteAfter;
        return ReadOrganizations.Answer(
            await database.Write(
                session =>
                    SuspendOrganization.Set(
                        session,
                        origin,
                        "tenant.delete",
                        org,
                        $"It is to be deleted on {LicenseStanding.Day(at)}.",
                        now.ToUnixTimeMilliseconds(),
                        at.ToUnixTimeMilliseconds()
                    ),
                stop
            ),
            StatusCodes.Status202Accepted
        );
    }
}
