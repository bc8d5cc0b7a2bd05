using System.Globalization;
using System.Text.Json.Serialization;
using Sluice.Language;
using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Flows.Usage;

/// <summary><c>GET /api/v1/usage?days=30</c>: seed 002's counting rules, per day, flow and key.</summary>
internal static class ReadUsage
{
    private const int Most = 366;
    private const long DayMs = 86_400_000;

    internal sealed record Day(string Date, long Succeeded, long Failed, long Total);

    internal sealed record OfFlow(
        string Flow,
        long Succeeded,
        long Failed,
        long Total,
        double? AvgDurationMs
    );

    internal sealed record OfKey(
        string? KeyId,
        string? Name,
        long Succeeded,
        long Failed,
        long Total
    );

    internal sealed record Response
    {
        public required int Days { get; init; }

        /// <summary>All runs of the window, in flight included.</summary>
        public required long Executions { get; init; }

        public required long Succeeded { get; init; }

        public required long Failed { get; init; }

        /// <summary>0 to 1; null before any run has ended.</summary>
        public required double? SuccessRate { get; init; }

        /// <summary>Milliseconds, of runs that have ended; null before any has.</summary>
        public required double? AvgDurationMs { get; init; }

        /// <summary>One entry for each day of the window, oldest first, empty days too.</summary>
        public required IReadOnlyList<Day> PerDay { get; init; }

        public required IReadOnlyList<OfFlow> PerFlow { get; init; }

        public required IReadOnlyList<OfKey> PerKey { get; init; }
    }

    /// <summary>Runs of a day, flow and key, as the database adds them up.</summary>
    internal sealed record Group
    {
        public required long Day { get; init; }

        public required string Flow { get; init; }

        public string? KeyId { get; init; }

        public required long Succeeded { get; init; }

        public required long Failed { get; init; }

        public required long Total { get; init; }

        public required long Ended { get; init; }

        public required long DurationMs { get; init; }
    }

    private sealed record KeyName
    {
        public required string Id { get; init; }

        public required string Name { get; init; }
    }

    public static async Task<IResult> Handle(
        HttpContext context,
        Caller caller,
        Database database,
        TimeProvider clock
    )
    {
        var days = 30;
        var text = context.Request.Query["days"].ToString();
        if (text.Length > 0 && (!int.TryParse(text, out days) || days is < 1 or > Most))
            return CommonRefusals.InvalidInput.With([
                new Mistake(
                    "out_of_range",
                    $"days is a whole number from 1 to {Most}",
                    Where: "days"
                ),
            ]);
        var today = clock.GetUtcNow().ToUnixTimeMilliseconds() / DayMs;
        var first = today - days + 1;
        var (groups, names) = await database.Read(
            async session =>
                (await Groups(session, caller, first * DayMs), await Names(session, caller)),
            context.RequestAborted
        );
        return TypedResults.Json(Sum(groups, names, first, days), UsageJson.Default.Response);
    }

    internal static Response Sum(
        IReadOnlyList<Group> groups,
        IReadOnlyDictionary<string, string> names,
        long first,
        int days
    )
    {
        var ended = groups.Sum(group => group.Ended);
        var (succeeded, failed) = (
            groups.Sum(group => group.Succeeded),
            groups.Sum(group => group.Failed)
        );
        var byDay = groups.ToLookup(group => group.Day);
        return new Response
        {
            Days = days,
            Executions = groups.Sum(group => group.Total),
            Succeeded = succeeded,
            Failed = failed,
            SuccessRate = succeeded + failed == 0 ? null : (double)succeeded / (succeeded + failed),
            AvgDurationMs =
                ended == 0 ? null : (double)groups.Sum(group => group.DurationMs) / ended,
            PerDay =
            [
                .. Enumerable
                    .Range(0, days)
                    .Select(offset => first + offset)
                    .Select(day => new Day(
                        DateTimeOffset
                            .FromUnixTimeMilliseconds(day * DayMs)
                            .ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
                        byDay[day].Sum(group => group.Succeeded),
                        byDay[day].Sum(group => group.Failed),
                        byDay[day].Sum(group => group.Total)
                    )),
            ],
            PerFlow =
            [
                .. groups
                    .GroupBy(group => group.Flow)
                    .Select(flow => new OfFlow(
                        flow.Key,
                        flow.Sum(group => group.Succeeded),
                        flow.Sum(group => group.Failed),
                        flow.Sum(group => group.Total),
                        flow.Sum(group => group.Ended) is var done and > 0
                            ? (double)flow.Sum(group => group.DurationMs) / done
                            : null
                    ))
                    .OrderByDescending(flow => flow.Total),
            ],
            PerKey =
            [
                .. groups
                    .GroupBy(group => group.KeyId)
                    .Select(key => new OfKey(
                        key.Key,
                        key.Key is null ? null : names.GetValueOrDefault(key.Key),
                        key.Sum(group => group.Succeeded),
                        key.Sum(group => group.Failed),
                        key.Sum(group => group.Total)
                    ))
                    .OrderByDescending(key => key.Total),
            ],
        };
    }

    private static Task<IReadOnlyList<Group>> Groups(Session session, Caller caller, long since) =>
        session
            .Of(caller.TenantId)
            .Query<Group>(
                $"""
                SELECT created_at / {DayMs} AS day, flow, key_id,
                       CAST(SUM(CASE WHEN status = 'succeeded' THEN 1 ELSE 0 END) AS BIGINT) AS succeeded,
                       CAST(SUM(CASE WHEN status IN ('failed', 'cancelled', 'compensated', 'compensating') THEN 1 ELSE 0 END) AS BIGINT) AS failed,
                       CAST(COUNT(*) AS BIGINT) AS total,
                       CAST(SUM(CASE WHEN ended_at IS NULL THEN 0 ELSE 1 END) AS BIGINT) AS ended,
                       CAST(SUM(COALESCE(ended_at - created_at, 0)) AS BIGINT) AS duration_ms
                FROM runs
                WHERE tenant_id = @tenant AND environment = @Environment AND created_at >= @since AND parent_id IS NULL
                GROUP BY 1, flow, key_id
                """,
                new { caller.Environment, since }
            );

    private static async Task<IReadOnlyDictionary<string, string>> Names(
        Session session,
        Caller caller
    ) =>
        (
            await session
                .Of(caller.TenantId)
                .Query<KeyName>(
                    "SELECT id, name FROM keys WHERE tenant_id = @tenant AND environment = @Environment",
                    new { caller.Environment }
                )
        ).ToDictionary(key => key.Id, key => key.Name);
}

internal static class UsageRoutes
{
    public static void MapUsage(this IEndpointRouteBuilder app) =>
        app.MapGet("/api/v1/usage", ReadUsage.Handle)
            .WithName("getUsage")
            .Does("Count runs by day, flow and key")
            .Query("days", "Days back from today, 1 to 366; 30 unless said.", "integer")
            .Gives(UsageJson.Default.Response);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ReadUsage.Response))]
internal sealed partial class UsageJson : JsonSerializerContext;
