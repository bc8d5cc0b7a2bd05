using Sluice.Server.Licenses;
using Sluice.Server.Licenses.Nodes;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Console.Licenses;

/// <summary>How the license stands that holds for this organisation, the nodes that count against it, and what to do when it ends.</summary>
internal static class LicensePages
{
    public const string Root = "/console/license";

    /// <summary>From then on a license's end is pointed out.</summary>
    public const int SoonDays = 30;

    public static void Map(IEndpointRouteBuilder pages) => pages.MapGet(Root, Show);

    internal sealed record Model(
        LicenseStatus License,
        IReadOnlyList<ReadNodes.NodeShown> Nodes,
        ReadNodes.StatusResponse Seats
    );

    private static async Task<IResult> Show(Visit visit)
    {
        var license = await visit.Ask("getLicenseStatus", LicenseJson.Default.LicenseStatus);
        if (license.Refused)
            return visit.Refused(license.Refusal);
        var nodes = await visit.Ask("listNodes", LicenseJson.Default.ReadNodesResponse);
        if (nodes.Refused)
            return visit.Refused(nodes.Refusal);
        var seats = await visit.Ask("getNodeStatus", LicenseJson.Default.ReadNodesStatusResponse);
        return seats.Refused
            ? visit.Refused(seats.Refusal)
            : visit.Page<LicensePage>(new Model(license.Value, nodes.Value.Data, seats.Value));
    }

    /// <summary>What needs attention; null while there is nothing to do.</summary>
    public static string? Warning(LicenseStatus license, DateTimeOffset now) =>
        license.State switch
        {
            "valid" when license.ExpiresAt is { } end && Words.Days(now, end) < SoonDays =>
                $"The license ends {In(now, end)}.",
            "grace" when license.GraceEndsAt is { } end =>
                $"The license has ended. Changes are refused {In(now, end)}.",
            "expired" => "The license has ended, and changes are refused.",
            "invalid" => "The installed license is not valid, and changes are refused.",
            _ => null,
        };

    /// <summary><c>in 12 days</c>, <c>in less than a day</c>.</summary>
    public static string In(DateTimeOffset now, DateTimeOffset end) =>
        Words.Days(now, end) is > 0 and var days
            ? $"in {Words.Count(days, "day")}"
            : "in less than a day";
}
