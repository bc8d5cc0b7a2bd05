using System.Text.Json.Serialization;
using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Flows.Runs;

/// <summary>How many runs of the caller's tenant and environment wait for their turn, and since when.</summary>
internal static class ReadQueue
{
    internal sealed record Response
    {
        /// <summary>Runs that wait.</summary>
        public required long Depth { get; init; }

        /// <summary>How long the oldest of them has waited, in milliseconds; null when none waits.</summary>
        public required long? OldestMs { get; init; }

        public required IReadOnlyList<OfFlow> Flows { get; init; }
    }

    internal sealed record OfFlow
    {
        public required string Flow { get; init; }

        public required long Depth { get; init; }

        /// <summary>Of those, the ones whose caller waits.</summary>
        public required long Interactive { get; init; }

        public required long OldestMs { get; init; }
    }

    public static async Task<IResult> Handle(
        Caller caller,
        Database database,
        TimeProvider clock,
        CancellationToken stop
    )
    {
        var depths = await database.Read(
            session => QueueStore.Depth(session, caller.TenantId, caller.Environment),
            stop
        );
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        var flows = depths
            .Select(depth => new OfFlow
            {
                Flow = depth.Flow,
                Depth = depth.Depth,
                Interactive = depth.Interactive,
                OldestMs = Math.Max(0, now - depth.OldestAt ?? 0),
            })
            .ToList();
        return TypedResults.Json(
            new Response
            {
                Depth = flows.Sum(flow => flow.Depth),
                OldestMs = flows.Count > 0 ? flows.Max(flow => flow.OldestMs) : null,
                Flows = flows,
            },
            ReadQueueJson.Default.Response
        );
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ReadQueue.Response))]
internal sealed partial class ReadQueueJson : JsonSerializerContext;
