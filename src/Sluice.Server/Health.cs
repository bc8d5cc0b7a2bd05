using System.Text.Json;
using System.Text.Json.Serialization;
using Sluice.Runner;
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

    /// <summary>Seed 000's block: its names are camelCase there, and so they are here.</summary>
    internal sealed record LicenseBlock(
        bool Valid,
        string Tier,
        [property: JsonPropertyName("maxNodes")] int MaxNodes,
        [property: JsonPropertyName("expiresAt")] DateTimeOffset? ExpiresAt
    )
    {
        /// <summary>Why it is not valid.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public string? Reason { get; init; }
    }

    /// <summary>Names a license key; the license block of the answer then describes that key.</summary>
    private const string LicenseHeader = "X-License-Key";

    /// <summary>What a fresh install has.</summary>
    private static readonly LicenseBlock Community = new(
        Valid: true,
        "Community",
        MaxNodes: 2,
        ExpiresAt: null
    );

    private static readonly LicenseBlock Unknown = new(
        Valid: false,
        Tier: "",
        MaxNodes: 0,
        ExpiresAt: null
    )
    {
        Reason = "This license key is not known to this server.",
    };

    public static readonly string Version = typeof(Health).Assembly.GetName().Version!.ToString(3);

    public static void MapHealth(this IEndpointRouteBuilder app) =>
        app.MapMethods("/health", ["GET", "POST", "HEAD"], Handle)
            .WithName("health")
            .Does("Say whether the house stands, on what, and under which license")
            .Header(LicenseHeader, "A license key that the license block of the answer describes.")
            .Gives(HealthJson.Default.Response, 200, "Healthy")
            .Gives(HealthJson.Default.Response, 503, "The store does not answer");

    private static async Task<IResult> Handle(
        HttpRequest request,
        Database database,
        LocalRunner runner,
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
            // No license can be issued or installed yet, so a key that is asked about is never a known one.
            License = request.Headers.ContainsKey(LicenseHeader) ? Unknown : Community,
        };
        return TypedResults.Json(
            response,
            HealthJson.Default.Response,
            statusCode: available ? 200 : 503
        );
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
