using Sluice.Language;
using Sluice.Language.Packages;
using Sluice.Language.Packages.Dependencies;
using Sluice.Server.Ledger;
using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Flows.Packages;

/// <summary>Lists packages and shows one version with its nodes, messages and build log.</summary>
internal static class ReadPackages
{
    internal sealed record NodeShown(
        string Name,
        string Input,
        string Output,
        string Type,
        string Description,
        IReadOnlyList<string> RequiredSecrets
    );

    internal sealed record Entry
    {
        public required string Name { get; init; }

        public required string Version { get; init; }

        public required string Language { get; init; }

        public required string Digest { get; init; }

        public required DateTimeOffset CreatedAt { get; init; }

        public required IReadOnlyList<NodeShown> Nodes { get; init; }
    }

    internal sealed record ListResponse(IReadOnlyList<Entry> Data, string? NextCursor);

    internal sealed record OneResponse
    {
        public required string Name { get; init; }

        public required string Version { get; init; }

        public required string Language { get; init; }

        public required string Description { get; init; }

        public required string Digest { get; init; }

        public required string SchemaFingerprint { get; init; }

        public required DateTimeOffset CreatedAt { get; init; }

        public required IReadOnlyList<NodeShown> Nodes { get; init; }

        /// <summary>Path and text of each proto file.</summary>
        public required IReadOnlyDictionary<string, string> Messages { get; init; }

        /// <summary>What was taken as dependencies, exact and with hashes.</summary>
        public required IReadOnlyList<LockedDependency> Dependencies { get; init; }

        public required string BuildLog { get; init; }
    }

    public static async Task<IResult> List(HttpContext context, Caller caller, Database database)
    {
        var mistakes = new List<Mistake>();
        var page = Page.Read(context.Request, mistakes);
        if (mistakes.Count > 0)
            return CommonRefusals.InvalidInput.With(mistakes);
        var packages = await database.Read(
            session => PackageStore.List(session, caller.TenantId, page),
            context.RequestAborted
        );
        var shown = packages.Take(page.Limit).Select(Show).ToList();
        var next = packages.Count > page.Limit ? $"{shown[^1].Name}@{shown[^1].Version}" : null;
        return TypedResults.Json(new ListResponse(shown, next), PackageJson.Default.ListResponse);
    }

    public static async Task<IResult> One(
        string owner,
        string name,
        string version,
        Caller caller,
        Database database,
        CancellationToken stop
    )
    {
        var found = await database.Read(
            session => PackageStore.Find(session, caller.TenantId, $"{owner}/{name}", version),
            stop
        );
        if (found is null)
            return PackageRefusals.NotFound;
        var response = new OneResponse
        {
            Name = found.Name,
            Version = found.Version,
            Language = found.Language,
            Description = found.ReadManifest().Description,
            Digest = found.Digest,
            SchemaFingerprint = found.Fingerprint,
            CreatedAt = DateTimeOffset.FromUnixTimeMilliseconds(found.CreatedAt),
            Nodes = Nodes(found.ReadManifest()),
            Messages = found.ReadProtos(),
            Dependencies = DependencyLock.Read(found.Dependencies)?.Packages ?? [],
            BuildLog = found.BuildLog,
        };
        return TypedResults.Json(response, PackageJson.Default.OneResponse);
    }

    /// <summary>Takes a version out of sight: flows compiled with it go on, new compiles do not find it.</summary>
    public static async Task<IResult> Delete(
        string owner,
        string name,
        string version,
        Caller caller,
        Origin origin,
        Database database,
        TimeProvider clock,
        CancellationToken stop
    )
    {
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        var gone = await database.Write(
            async session =>
            {
                var full = $"{owner}/{name}";
                var deleted = await PackageStore.Delete(
                    session,
                    caller.TenantId,
                    full,
                    version,
                    now
                );
                if (deleted == 1)
                    await Audit.Record(
                        session,
                        origin,
                        new Fact("package.delete", "package", $"{full}@{version}")
                    );
                return deleted;
            },
            stop
        );
        return gone == 1 ? TypedResults.NoContent() : PackageRefusals.NotFound;
    }

    internal static IReadOnlyList<NodeShown> Nodes(Manifest manifest) =>
        [
            .. manifest.Nodes.Select(node => new NodeShown(
                node.Name,
                node.Input,
                node.Output,
                node.Type == NodeType.Pipeline ? "pipeline" : "unary",
                node.Description,
                node.RequiredSecrets
            )),
        ];

    private static Entry Show(Package package) =>
        new()
        {
            Name = package.Name,
            Version = package.Version,
            Language = package.Language,
            Digest = package.Digest,
            CreatedAt = DateTimeOffset.FromUnixTimeMilliseconds(package.CreatedAt),
            Nodes = Nodes(package.ReadManifest()),
        };
}
