using Sluice.Server.Console.SignIn;
using Sluice.Server.Flows;
using Sluice.Server.Flows.Packages;
using Sluice.Server.Flows.Runs;
using Sluice.Server.Flows.Usage;
using Sluice.Server.Keys;
using Sluice.Server.Licenses;
using Sluice.Server.Runners;
using Sluice.Server.Secrets;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Console.Home;

/// <summary>The first page: what ran, what failed, what needs attention; for a tenant that is empty, the first five steps.</summary>
internal static class HomePages
{
    public const string Root = "/console";

    public static void Map(IEndpointRouteBuilder pages)
    {
        pages.MapGet(Root, Show);
        pages.MapPost(Root + "/environment", Switch);
    }

    /// <summary>What a person's role does not show is null.</summary>
    internal sealed record Model
    {
        public ReadUsage.Response? Usage { get; init; }

        public IReadOnlyList<RunSummary>? Runs { get; init; }

        public IReadOnlyList<RunSummary>? DeadLetters { get; init; }

        public IReadOnlyList<KeyShown>? Keys { get; init; }

        public LicenseStatus? License { get; init; }

        public bool HasPackages { get; init; }

        /// <summary>Names of secrets that nodes ask for and that are not saved.</summary>
        public IReadOnlyList<string> Unsaved { get; init; } = [];

        /// <summary>The tier that nodes are isolated by; null: one that is not weak.</summary>
        public string? Isolation { get; init; }

        public IReadOnlyList<ReadFlows.Entry> Flows { get; init; } = [];

        /// <summary>Where this server is reached, for commands to copy.</summary>
        public required string Origin { get; init; }

        /// <summary>Keys that work and are old.</summary>
        public IEnumerable<KeyShown> OldKeys(DateTimeOffset now) =>
            (Keys ?? []).Where(key => Console.Keys.KeyPages.IsOld(key, now));

        public bool IsEmpty => Runs is { Count: 0 };
    }

    private static async Task<IResult> Show(Visit visit)
    {
        var usage = await Ask(
            visit,
            "getUsage",
            UsageJson.Default.Response,
            ActInput.Asking(("days", "7"), ("top", "1"))
        );
        var runs = await Ask(
            visit,
            "listRuns",
            RunShapes.Default.RunPage,
            ActInput.Asking(("limit", "8"))
        );
        var dead = await Ask(
            visit,
            "listDeadLetters",
            RunShapes.Default.RunPage,
            ActInput.Asking(("limit", "5"))
        );
        var keys = await Ask(
            visit,
            "listKeys",
            KeyJson.Default.ListKeysResponse,
            ActInput.Asking(("limit", "200"))
        );
        var packages = await Ask(
            visit,
            "listPackages",
            PackageJson.Default.ListResponse,
            ActInput.Asking(("limit", "100"))
        );
        var secrets = await Ask(
            visit,
            "listSecrets",
            SecretJsonContext.Default.ListSecretsResponse,
            ActInput.None
        );
        var isolation = visit
            .Context.RequestServices.GetRequiredService<LocalRunner>()
            .Nodes.Isolation;
        var flows = await Ask(
            visit,
            "listFlows",
            FlowJson.Default.ListResponse,
            ActInput.Asking(("limit", "5"))
        );
        var license = await Ask(
            visit,
            "getLicenseStatus",
            LicenseJson.Default.LicenseStatus,
            ActInput.None
        );
        return visit.Page<HomePage>(
            new Model
            {
                Usage = usage,
                Runs = runs?.Data,
                DeadLetters = dead?.Data,
                Keys = keys?.Data,
                License = license,
                HasPackages = packages?.Data.Count > 0,
                Unsaved = secrets is null
                    ? []
                    : Unsaved(
                        packages?.Data ?? [],
                        secrets.Data.Select(secret => secret.Name).ToHashSet()
                    ),
                Isolation = isolation.Tier is "process" or "none" ? isolation.Tier : null,
                Flows = flows?.Data ?? [],
                Origin = visit.Origin,
            }
        );
    }

    /// <summary>Secrets that the newest version of a package declares, and nobody has saved.</summary>
    internal static IReadOnlyList<string> Unsaved(
        IEnumerable<ReadPackages.Entry> packages,
        IReadOnlySet<string> saved
    ) =>
        [
            .. packages
                .GroupBy(package => package.Name)
                .SelectMany(versions => versions.MaxBy(version => version.CreatedAt)!.Nodes)
                .SelectMany(node => node.RequiredSecrets)
                .Where(name => !saved.Contains(name))
                .Distinct()
                .Order(StringComparer.Ordinal),
        ];

    /// <summary>What an act gives; null where this person's role does not reach.</summary>
    private static async Task<T?> Ask<T>(
        Visit visit,
        string act,
        System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> gives,
        ActInput input
    )
        where T : class => visit.May(act) ? (await visit.Ask(act, gives, input)).Value : null;

    private static async Task<IResult> Switch(Visit visit)
    {
        var posted = await Posted.Read(visit.Context);
        var wanted = posted["environment"];
        if (posted.Refusal is null)
            posted = posted with { Refusal = visit.Check(posted[Posted.Token], visit.Environment) };
        if (posted.Refusal is { } refusal)
            return visit.Refused(refusal);
        if (!EnvironmentNames.IsKnown(wanted))
            return visit.Refused(CommonRefusals.InvalidInput);
        EnvironmentCookie.Write(visit.Context.Response, wanted);
        return visit.Done(SignInPages.Local(posted[SignInPages.Next]));
    }
}
