using Sluice.Language;
using Sluice.Language.Flows;
using Sluice.Language.Packages;
using Sluice.Seal;
using Sluice.Server.Flows.Graphs;
using Sluice.Server.Flows.Packages;
using Sluice.Server.Ledger;
using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Flows;

/// <summary>Freezes the newest revision into an immutable graph, or names every mistake. <c>validate</c> does the same and keeps nothing.</summary>
internal static partial class CompileFlow
{
    private const string FileName = "flow.yaml";

    internal sealed record Response
    {
        public required string GraphId { get; init; }

        public required string Flow { get; init; }

        public required long Revision { get; init; }

        public required DateTimeOffset CreatedAt { get; init; }
    }

    internal sealed record Validation(bool Passed, IReadOnlyList<MistakeShown> Mistakes);

    internal sealed record MistakeShown(
        string Code,
        string Message,
        string? File,
        int Line,
        int Column,
        string? Where,
        bool Warning
    );

    public static async Task<IResult> Handle(
        string owner,
        string name,
        Caller caller,
        Origin origin,
        Database database,
        UlidSource ids,
        TimeProvider clock,
        ILogger<Flow> log,
        CancellationToken stop
    )
    {
        var full = $"{owner}/{name}";
        var (document, refusal) = await database.Read<(FlowRevision?, Refusal?)>(
            async session =>
                await FlowStore.Find(session, caller.TenantId, caller.Environment, full) is { } flow
                    ? (
                        await FlowStore.Document(
                            session,
                            caller.TenantId,
                            caller.Environment,
                            full,
                            flow.Revision
                        ),
                        null
                    )
                    : (null, await ReadFlows.WhyMissing(session, caller, full)),
            stop
        );
        if (document is null)
            return refusal ?? FlowRefusals.NotFound;
        var compiled = await Compile(document.Document, caller, database, stop);
        if (compiled.Value is null)
            return FlowRefusals.Invalid.With(compiled.Mistakes);
        var now = clock.GetUtcNow();
        var graph = new Graph
        {
            Id = ids.NextText(),
            Environment = caller.Environment,
            Flow = full,
            Revision = document.Revision,
            Body = compiled.Value.ToJson(),
            CreatedAt = now.ToUnixTimeMilliseconds(),
        };
        await database.Write(
            async session =>
            {
                await GraphStore.Insert(session, caller.TenantId, graph);
                await Audit.Record(
                    session,
                    origin,
                    new Fact("flow.compile", "flow", full)
                    {
                        ["revision"] = graph.Revision.ToString(),
                        ["graph_id"] = graph.Id,
                    }
                );
            },
            stop
        );
        LogCompiled(log, full, document.Revision, graph.Id, caller.TenantId);
        var response = new Response
        {
            GraphId = graph.Id,
            Flow = full,
            Revision = document.Revision,
            CreatedAt = now,
        };
        return TypedResults.Json(
            response,
            FlowJson.Default.CompileResponse,
            statusCode: StatusCodes.Status201Created
        );
    }

    public static async Task<IResult> Validate(
        HttpContext context,
        Caller caller,
        Database database
    )
    {
        var body = await Body.Read(context, FlowJson.Default.SaveFlowRequest);
        if (body.Refused)
            return body.Refusal;
        var compiled = await Compile(
            body.Value.Document ?? "",
            caller,
            database,
            context.RequestAborted
        );
        var shown = MistakeJson
            .Shown(compiled.Mistakes)
            .Select(m => new MistakeShown(
                m.Code,
                m.Message,
                m.File,
                m.Line,
                m.Column,
                m.Where,
                m.Warning
            ));
        return TypedResults.Json(
            new Validation(compiled.Value is not null, [.. shown]),
            FlowJson.Default.Validation
        );
    }

    private static async Task<Reading<FlowGraph>> Compile(
        string document,
        Caller caller,
        Database database,
        CancellationToken stop
    )
    {
        var references = FlowReader.References(document, FileName);
        var (packages, named, subflows) = await database.Read(
            async session =>
            {
                var found = new Dictionary<PackageReference, ResolvedPackage>();
                foreach (var reference in references.Packages)
                {
                    if (
                        await PackageStore.Find(
                            session,
                            caller.TenantId,
                            reference.Name,
                            reference.Version
                        ) is
                        { } package
                    )
                        found[reference] = package.Resolve();
                }
                var named = await Named(session, caller, references.Subflows);
                return (
                    found,
                    named,
                    await Subflows(
                        session,
                        caller,
                        references.Subflows.Select(id => named.GetValueOrDefault(id, id))
                    )
                );
            },
            stop
        );
        // The text once more, so that mistakes of form and of wiring come together.
        var compiled = FlowCompiler.Compile(
            document,
            FileName,
            reference => packages.GetValueOrDefault(reference),
            id => subflows.GetValueOrDefault(named.GetValueOrDefault(id, id))
        );
        return compiled.Value is { } graph && named.Count > 0
            ? compiled with
            {
                Value = Pinned(graph, named),
            }
            : compiled;
    }

    /// <summary>With the ids of graphs in the place of names: what a graph runs never changes.</summary>
    private static FlowGraph Pinned(FlowGraph graph, Dictionary<string, string> named) =>
        graph with
        {
            Nodes =
            [
                .. graph.Nodes.Select(node =>
                    node.Subflow is { } subflow && named.TryGetValue(subflow, out var id)
                        ? node with
                        {
                            Subflow = id,
                        }
                        : node
                ),
            ],
        };

    /// <summary>Of flows that are named, the graphs that were compiled last.</summary>
    private static async Task<Dictionary<string, string>> Named(
        Session session,
        Caller caller,
        IEnumerable<string> subflows
    )
    {
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var name in subflows.Where(name => name.Contains('/', StringComparison.Ordinal)))
        {
            if (
                await GraphStore.LatestOf(session, caller.TenantId, caller.Environment, name) is
                { } id
            )
                found[name] = id;
        }
        return found;
    }

    /// <summary>The compiled flows that a flow runs, and those within them: of the caller's environment, as deep as flows may lie.</summary>
    private static async Task<Dictionary<string, FlowGraph>> Subflows(
        Session session,
        Caller caller,
        IEnumerable<string> ids
    )
    {
        var found = new Dictionary<string, FlowGraph>();
        var open = ids.Distinct().ToList();
        for (var depth = 0; open.Count > 0 && depth <= FlowCompiler.DeepestSubflow; depth++)
        {
            var below = new List<string>();
            foreach (var id in open)
            {
                if (
                    await GraphStore.Find(session, caller.TenantId, id) is not { } row
                    || row.Environment != caller.Environment
                )
                    continue;
                var graph = found[id] = FlowGraph.FromJson(row.Body);
                below.AddRange(graph.Subflows);
            }
            open = [.. below.Distinct().Where(id => !found.ContainsKey(id))];
        }
        return found;
    }

    [LoggerMessage(
        1202,
        LogLevel.Information,
        "Flow {Flow} revision {Revision} compiled to graph {GraphId} in tenant {TenantId}"
    )]
    private static partial void LogCompiled(
        ILogger log,
        string flow,
        long revision,
        string graphId,
        string tenantId
    );
}
