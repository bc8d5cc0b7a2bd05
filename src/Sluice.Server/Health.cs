using System.Text.Json;
using System.Text.Json.Serialization;
using Sluice.Runner;
using Sluice.Server.Doors;
using Sluice.Server.Licenses;
using Sluice.Server.Runners;
using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server;

/// <summary>
/// <c>/health</c>, GET and POST (seed 000 posts it): whether the house stands, on what, and under which license.
/// </summary>
internal static class Health
{
    internal sealed record Response
    {
        /// <summary><c>healthy</c>, or <c>unhealthy</c> with 503 when the store does not answer.</summary>
        public required string Status { get; init; }

        public required string Service { get; init; }

        public required string Version { get; init; }

        public required DateTimeOffset Timestamp { get; init; }

        public required StoreBlock Store { get; init; }

        public required IsolationBlock Isolation { get; init; }

        public required RunnerBlock Runner { get; init; }

        public required LicenseBlock License { get; init; }
    }

    /// <summary>
    /// The tier in use (empty: no node can run here), what it does not stop, why stronger tiers are not in use, and what
    /// control groups bound for a whole sandbox (of memory, pids, cpu).
    /// </summary>
    internal sealed record IsolationBlock(
        string Tier,
        IReadOnlyList<string> Warnings,
        IReadOnlyDictionary<string, string> NotInUse,
        IReadOnlyList<string> GroupLimits
    );

    internal sealed record RunnerBlock(int Workers, int Busy, int Waiting);

    internal sealed record StoreBlock(string Kind, bool Available);

    public static readonly string Version = typeof(Health).Assembly.GetName().Version!.ToString(3);

    public static void MapHealth(this IEndpointRouteBuilder app) =>
        app.MapMethods("/health", ["GET", "POST", "HEAD"], Handle)
            .WithName("health")
            .Does("Say whether the house stands, on what, and under which license")
            .Header(
                LicenseDoor.Header,
                "A license key that the license block of the answer describes."
            )
            .Gives(HealthJson.Default.Response, 200, "Healthy")
            .Gives(HealthJson.Default.Response, 503, "The store does not answer");

    private static async Task<IResult> Handle(
        HttpRequest request,
        Database database,
        LocalRunner runner,
        LicenseDoor licenses,
        HouseLicense house,
        TimeProvider clock,
        CancellationToken stop
    )
    {
        var available = await Answers(database, stop);
        var response = new Response
        {
            Status = available ? "healthy" : "unhealthy",
            Service = "sluice",
            Version = Version,
            Timestamp = clock.GetUtcNow(),
            Store = new StoreBlock(database.Name, available),
            Isolation = Shown(runner.Nodes.Isolation),
            Runner = new RunnerBlock(
                runner.Nodes.Stats.Workers,
                runner.Nodes.Stats.Busy,
                runner.Nodes.Stats.Waiting
            ),
            License = request.Headers.TryGetValue(LicenseDoor.Header, out var key)
                ? await Describe(licenses, key.ToString(), request.HttpContext)
                : LicenseBlock.Of(house.Standing),
        };
        return TypedResults.Json(
            response,
            HealthJson.Default.Response,
            statusCode: available ? 200 : 503
        );
    }

    private static async Task<LicenseBlock> Describe(
        LicenseDoor licenses,
        string key,
        HttpContext context
    )
    {
        try
        {
            return await licenses.Describe(key, context);
        }
        catch (StoreUnavailableException)
        {
            return LicenseBlock.NotKnown(
                "The store does not answer, so nothing is known of this key."
            );
        }
    }

    private static IsolationBlock Shown(IsolationReport report) =>
        new(
            report.Tier,
            report.Warnings,
            report
                .Probes.Where(probe => !probe.Works)
                .ToDictionary(probe => probe.Tier, probe => probe.WhyNot ?? ""),
            report.GroupLimits
        );

    private static async Task<bool> Answers(Database database, CancellationToken stop)
    {
        try
        {
            return await database.Read(session => session.House.First<long>("SELECT 1"), stop) == 1;
        }
        catch (StoreUnavailableException)
        {
            return false;
        }
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(Health.Response))]
internal sealed partial class HealthJson : JsonSerializerContext;
