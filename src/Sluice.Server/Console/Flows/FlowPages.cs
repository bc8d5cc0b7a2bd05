using Sluice.Language.Flows;
using Sluice.Language.Flows.Layout;
using Sluice.Server.Flows;
using Sluice.Server.Flows.Graphs;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Console.Flows;

/// <summary>Flows: the list, one with its picture, document and graphs, writing it, compiling it, and how it is called.</summary>
internal static class FlowPages
{
    public const string Root = "/console/flows";

    /// <summary>A picture brings its own style and may do nothing else.</summary>
    private const string PicturePolicy = "default-src 'none'; style-src 'unsafe-inline'; sandbox";

    public static void Map(IEndpointRouteBuilder pages)
    {
        pages.MapGet(Root, List);
        pages.MapGet(Root + "/new", (Visit visit) => Write(visit, null, FormState.Fresh));
        pages.MapPost(Root + "/new", (Visit visit) => Save(visit, null, null));
        pages.MapGet(Root + "/{owner}/{name}", Show);
        pages.MapGet(Root + "/{owner}/{name}/picture", Picture);
        pages.MapGet(Root + "/{owner}/{name}/edit", Edit);
        pages.MapPost(Root + "/{owner}/{name}/edit", Save);
        pages.MapPost(Root + "/{owner}/{name}/compile", Compile);
        pages.MapGet(
            Root + "/{owner}/{name}/delete",
            (Visit visit, string owner, string name) =>
                AskDelete(visit, owner, name, FormState.Fresh)
        );
        pages.MapPost(Root + "/{owner}/{name}/delete", Delete);
    }

    internal sealed record ListModel(
        IReadOnlyList<ReadFlows.Entry> Flows,
        string? Next,
        bool IsLater,
        bool MayChange
    );

    internal sealed record OneModel
    {
        public required ReadFlows.OneResponse Flow { get; init; }

        /// <summary>Null before the first compile.</summary>
        public required ReadGraphs.OneResponse? Graph { get; init; }

        public required IReadOnlyList<ReadGraphs.Entry> Graphs { get; init; }

        public required IReadOnlyList<ReadFlows.RevisionShown> Revisions { get; init; }

        public required bool MayChange { get; init; }

        /// <summary>What compiling it just now was refused for; null for nothing.</summary>
        public Refusal? Refusal { get; init; }

        /// <summary>Whether what is saved differs from what is called.</summary>
        public bool IsAhead => Graph is not null && Graph.Revision < Flow.LatestRevision;
    }

    /// <param name="Name">Null: a new one.</param>
    internal sealed record EditModel(string? Name, string Document, FormState Form);

    internal sealed record AskModel(string Name, FormState Form);

    private static string PathOf(string name) => $"{Root}/{name}";

    private static async Task<IResult> List(Visit visit, string? cursor)
    {
        var flows = await visit.Ask(
            "listFlows",
            FlowJson.Default.ListResponse,
            ActInput.Asking(("cursor", cursor))
        );
        return flows.Refused
            ? visit.Refused(flows.Refusal)
            : visit.Page<FlowList>(
                new ListModel(
                    flows.Value.Data,
                    flows.Value.NextCursor is { } next
                        ? Root + QueryString.Create("cursor", next)
                        : null,
                    cursor is not null,
                    visit.May(Scopes.FlowsWrite)
                )
            );
    }

    private static Task<IResult> Show(Visit visit, string owner, string name, long? revision) =>
        One(visit, owner, name, revision, null);

    private static async Task<IResult> One(
        Visit visit,
        string owner,
        string name,
        long? revision,
        Refusal? refusal
    )
    {
        var flow = await Find(visit, owner, name, revision);
        if (flow.Refused)
            return visit.Refused(flow.Refusal);
        var graphs = await visit.Ask(
            "listGraphs",
            GraphJson.Default.ListResponse,
            ActInput.Asking(("flow", flow.Value.Name), ("limit", "10"))
        );
        if (graphs.Refused)
            return visit.Refused(graphs.Refusal);
        var revisions = await visit.Ask(
            "listFlowRevisions",
            FlowJson.Default.RevisionsResponse,
            Named(owner, name)
        );
        if (revisions.Refused)
            return visit.Refused(revisions.Refusal);
        var graph = flow.Value.LatestGraphId is { } id
            ? await visit.Ask("getGraph", GraphJson.Default.OneResponse, ActInput.Of("id", id))
            : default;
        return visit.Page<FlowDetail>(
            new OneModel
            {
                Flow = flow.Value,
                Graph = graph.Value,
                Graphs = graphs.Value.Data,
                Revisions = revisions.Value.Data,
                MayChange = visit.May(Scopes.FlowsWrite),
                Refusal = refusal,
            },
            refusal?.Status ?? StatusCodes.Status200OK
        );
    }

    private static async Task<IResult> Picture(
        Visit visit,
        string owner,
        string name,
        long? revision
    )
    {
        var flow = await Find(visit, owner, name, revision);
        if (flow.Refused)
            return visit.Refused(flow.Refusal);
        var reading = FlowReader.Read(flow.Value.Document, "flow.yaml");
        if (!reading.Ok)
            return visit.Refused(CommonRefusals.NotFound);
        var headers = visit.Context.Response.Headers;
        headers.ContentSecurityPolicy = PicturePolicy;
        headers.CacheControl = "no-store";
        return TypedResults.Text(FlowSvg.Of(reading.Value), "image/svg+xml");
    }

    private static async Task<IResult> Edit(Visit visit, string owner, string name)
    {
        var flow = await Find(visit, owner, name, null);
        return flow.Refused
            ? visit.Refused(flow.Refusal)
            : Write(visit, flow.Value, FormState.Fresh);
    }

    private static IResult Write(Visit visit, ReadFlows.OneResponse? flow, FormState form) =>
        visit.May("saveFlow")
            ? visit.Page<FlowEdit>(
                new EditModel(flow?.Name, flow?.Document ?? FlowExample.For(visit.Tenant), form)
            )
            : visit.Refused(ConsoleRefusals.NotYours);

    /// <summary>Saves a document under the name that it bears; a new one may be of any name in the tenant's space.</summary>
    private static async Task<IResult> Save(Visit visit, string? owner, string? name)
    {
        var posted = await visit.Read();
        var document = posted["document"].ReplaceLineEndings("\n");
        var full = owner is null ? FlowExample.NameIn(document) : $"{owner}/{name}";
        var refusal =
            posted.Refusal
            ?? (full is null ? FlowExample.NoName : null)
            ?? await visit.Do(
                "saveFlow",
                ActInput
                    .With(
                        new SaveFlow.Request { Document = document },
                        FlowJson.Default.SaveFlowRequest
                    )
                    .On("owner", full!.Split('/')[0])
                    .On("name", full.Split('/')[^1])
            );
        if (refusal is null)
            return visit.Done(PathOf(full!), "The flow is saved. Compile it to call it.");
        return visit.Page<FlowEdit>(
            new EditModel(owner is null ? null : full, document, new FormState(posted, refusal))
        );
    }

    private static async Task<IResult> Compile(Visit visit, string owner, string name)
    {
        var posted = await visit.Read();
        var refusal = posted.Refusal ?? await visit.Do("compileFlow", Named(owner, name));
        return refusal is null
            ? visit.Done(
                PathOf($"{owner}/{name}"),
                "The flow is compiled: calls run this graph from now on."
            )
            : await One(visit, owner, name, null, refusal);
    }

    private static async Task<IResult> AskDelete(
        Visit visit,
        string owner,
        string name,
        FormState form
    )
    {
        var flow = await Find(visit, owner, name, null);
        return flow.Refused
            ? visit.Refused(flow.Refusal)
            : visit.Page<FlowDelete>(new AskModel(flow.Value.Name, form));
    }

    private static async Task<IResult> Delete(Visit visit, string owner, string name)
    {
        var posted = await visit.Read();
        var refusal = posted.Refusal ?? await visit.Do("deleteFlow", Named(owner, name));
        return refusal is null
            ? visit.Done(Root, $"{owner}/{name} is out of sight. Its graphs and runs stay.")
            : await AskDelete(visit, owner, name, new FormState(posted, refusal));
    }

    private static Task<Outcome<ReadFlows.OneResponse>> Find(
        Visit visit,
        string owner,
        string name,
        long? revision
    ) =>
        visit.Ask(
            "getFlow",
            FlowJson.Default.OneResponse,
            ActInput.Asking(
                ("revision", revision?.ToString(System.Globalization.CultureInfo.InvariantCulture))
            ) with
            {
                Route = Named(owner, name).Route,
            }
        );

    private static ActInput Named(string owner, string name) =>
        ActInput.Of("owner", owner).On("name", name);
}
