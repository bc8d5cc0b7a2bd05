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
    private const int MostShown = 10_000;

    /// <summary>Names that are asked for one by one; for more of them all are read.</summary>
    private const int MostNamed = 200;

    internal const long DayMs = 86_400_000;

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

    private sealed record KeyName
    {
        public required string Id { get; init; }

        public required string Name { get; init; }
    }

    public static async Task<IResult> Handle(
        HttpContext context,
        Caller caller,
        Database database,
        RunUsage usage,
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
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        var first = now / DayMs - days + 1;
        var most = int.MaxValue;
        text = context.Request.Query["top"].ToString();
        if (text.Length > 0 && (!int.TryParse(text, out most) || most is < 1 or > MostShown))
            return CommonRefusals.InvalidInput.With([
                new Mistake(
                    "out_of_range",
                    $"top is a whole number from 1 to {MostShown}",
                    Where: "top"
                ),
            ]);
        var response = await database.Read(
            async session =>
            {
                var counted = await usage.Count(
                    session,
                    new UsagePlace(caller.TenantId, caller.Environment),
                    first,
                    now
                );
                var shown = counted.Show(first, days, most);
                var names = await Names(session, caller, shown.PerKey);
                return shown with
                {
                    PerKey =
                    [
                        .. shown.PerKey.Select(key =>
                            key with
                            {
                                Name = key.KeyId is null
                                    ? null
                                    : names.GetValueOrDefault(key.KeyId),
                            }
                        ),
                    ],
                };
            },
            context.RequestAborted
        );
        return TypedResults.Json(response, UsageJson.Default.Response);
    }

    /// <summary>Names of those keys; of all, where all are shown.</summary>
    private static async Task<IReadOnlyDictionary<string, string>> Names(
        Session session,
        Caller caller,
        IReadOnlyList<OfKey> keys
    )
    {
        string[] ids = [.. keys.Select(key => key.KeyId).OfType<string>()];
        var among = ids.Length > MostNamed ? "TRUE" : RunGroups.Among(session, "id", "ids");
        return (
            await session
                .Of(caller.TenantId)
                .Query<KeyName>(
                    $"SELECT id, name FROM keys WHERE tenant_id = @tenant AND environment = @Environment AND {among}",
                    new { caller.Environment, ids }
                )
        ).ToDictionary(key => key.Id, key => key.Name);
    }
}

internal static class UsageRoutes
{
    public static IServiceCollection AddUsage(this IServiceCollection services) =>
        services
            .AddSingleton<RunUsage>()
            .AddSingleton<UsageRoller>()
            .AddHostedService(provider => provider.GetRequiredService<UsageRoller>());

    public static void MapUsage(this IEndpointRouteBuilder app) =>
        app.MapGet("/api/v1/usage", ReadUsage.Handle)
            .WithName("getUsage")
            .Does("Count runs by day, flow and key")
            .Query("days", "Days back from today, 1 to 366; 30 unless said.", "integer")
            .Query(
                "top",
                "So many flows and keys at most, those with most runs, 1 to 10000; all unless said.",
                "integer"
            )
            .Gives(UsageJson.Default.Response);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ReadUsage.Response))]
internal sealed partial class UsageJson : JsonSerializerContext;
