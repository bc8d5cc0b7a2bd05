using Sluice.Server.Store;

namespace Sluice.Server.Licenses.Nodes;

/// <summary>The nodes that count against the license of the installation, and how near its limit they are.</summary>
internal static class ReadNodes
{
    /// <param name="Id">32 hexadecimal digits.</param>
    /// <param name="Kind"><c>server</c>: a server with the runner in its process.</param>
    /// <param name="LastHeartbeatAt">It counts for five minutes after.</param>
    /// <param name="TakesWork">False: it is one too many.</param>
    /// <param name="Answering">Whether it is the one that gives this answer.</param>
    internal sealed record NodeShown(
        string Id,
        string Kind,
        string Version,
        DateTimeOffset StartedAt,
        DateTimeOffset LastHeartbeatAt,
        bool TakesWork,
        bool Answering
    );

    internal sealed record Response(IReadOnlyList<NodeShown> Data);

    /// <param name="Status"><c>OK</c>, <c>CAUTION</c> from 80 % of the limit on, <c>WARNING</c> from 90 %, <c>VIOLATION</c> from 100 %.</param>
    /// <param name="ActiveNodes">With a heartbeat of the last five minutes.</param>
    /// <param name="MaxNodes">Null: any number.</param>
    /// <param name="NodesRemaining">Null: any number.</param>
    /// <param name="UsagePercent">Of the limit; null without one.</param>
    /// <param name="WithoutWork">Nodes that are too many and take no work.</param>
    internal sealed record StatusResponse(
        string Status,
        int ActiveNodes,
        int? MaxNodes,
        int? NodesRemaining,
        int? UsagePercent,
        int WithoutWork,
        string Message
    );

    public static async Task<IResult> List(
        Database database,
        NodeSeat seat,
        TimeProvider clock,
        CancellationToken stop
    ) =>
        TypedResults.Json(
            new Response([
                .. (await Living(database, clock, stop)).Select(node => new NodeShown(
                    node.Id,
                    node.Kind,
                    node.Version,
                    DateTimeOffset.FromUnixTimeMilliseconds(node.StartedAt),
                    DateTimeOffset.FromUnixTimeMilliseconds(node.SeenAt),
                    node.SeatedAt is not null,
                    node.Id == seat.Id
                )),
            ]),
            LicenseJson.Default.ReadNodesResponse
        );

    public static async Task<IResult> Status(
        Database database,
        HouseLicense house,
        TimeProvider clock,
        CancellationToken stop
    )
    {
        var nodes = await Living(database, clock, stop);
        return TypedResults.Json(
            Judge(nodes.Count, nodes.Count(node => node.SeatedAt is null), house.Standing.MaxNodes),
            LicenseJson.Default.ReadNodesStatusResponse
        );
    }

    /// <summary>Says how a number of nodes stands to the limit.</summary>
    internal static StatusResponse Judge(int active, int withoutWork, int? most)
    {
        if (most is not { } limit)
            return new StatusResponse(
                "OK",
                active,
                null,
                null,
                null,
                withoutWork,
                "The license allows any number of nodes."
            );
        // In whole numbers: 90 % of ten nodes are nine, not 8.999….
        var status =
            active >= limit ? "VIOLATION"
            : active * 10 >= limit * 9 ? "WARNING"
            : active * 10 >= limit * 8 ? "CAUTION"
            : "OK";
        var message =
            active > limit
                ? $"{active} nodes, and the license allows {limit}: {withoutWork} take no work. Stop nodes, or install a license for more."
            : status == "VIOLATION"
                ? $"All {limit} nodes that the license allows are in use: one more would take no work."
            : $"{active} of the {limit} nodes that the license allows are in use.";
        return new StatusResponse(
            status,
            active,
            limit,
            Math.Max(0, limit - active),
            (int)(active * 100L / limit),
            withoutWork,
            message
        );
    }

    private static Task<IReadOnlyList<Node>> Living(
        Database database,
        TimeProvider clock,
        CancellationToken stop
    ) =>
        database.Read(
            session => NodeStore.Living(session, clock.GetUtcNow().ToUnixTimeMilliseconds()),
            stop
        );
}
