using System.Text.Json.Serialization.Metadata;
using Sluice.Language;
using Sluice.Language.Flows;
using Sluice.Language.Flows.Layout;
using Sluice.Language.Protos;
using Sluice.Server.Flows;
using Sluice.Server.Flows.Graphs;
using Sluice.Server.Flows.Packages;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Console.Flows;

/// <summary>
/// The canvas, and what its script asks for: it works on the JSON form of a flow's document, posts forms as every page does, and is
/// answered in JSON, refusals too.
/// </summary>
internal static class CanvasPages
{
    /// <summary>A new flow.</summary>
    public const string Root = "/console/canvas";

    /// <summary>One flow.</summary>
    public const string One = FlowPages.Root + "/{owner}/{name}/canvas";

    /// <summary>Versions of packages that are offered, at least.</summary>
    private const int MostPackages = 1_000;

    /// <summary>Flows that are offered, at least.</summary>
    private const int MostFlows = 1_000;

    public static void Map(IEndpointRouteBuilder pages)
    {
        pages.MapGet(Root, New);
        pages.MapGet(Root + "/packages", Packages);
        pages.MapGet(Root + "/messages", Messages);
        pages.MapGet(Root + "/flows", Flows);
        pages.MapPost(Root + "/check", Check);
        pages.MapPost(Root + "/layout", Layout);
        pages.MapGet(One, Open);
        pages.MapPost(One + "/save", Save);
        pages.MapPost(One + "/compile", Compile);
        CanvasRuns.Map(pages);
    }

    private static IResult New(Visit visit) =>
        visit.May("saveFlow")
            ? visit.Page<FlowCanvas>(
                new CanvasData
                {
                    Name = null,
                    Tenant = visit.Tenant,
                    Revision = 0,
                    Document = """{"name":"","nodes":[],"edges":[]}""",
                    Cells = new CanvasCells(new Dictionary<string, Cell>()),
                    Graph = null,
                    HasComments = false,
                    MayChange = true,
                    MayRun = visit.May(Scopes.RunsWrite),
                }
            )
            : visit.Refused(ConsoleRefusals.NotYours);

    private static async Task<IResult> Open(Visit visit, string owner, string name, string? run)
    {
        var flow = await Find(visit, owner, name);
        if (flow.Refused)
            return visit.Refused(flow.Refusal);
        var graph = flow.Value.LatestGraphId is { } id ? await Graph(visit, id) : default;
        // What was saved reads: saving refuses what does not.
        var document = FlowReader.Read(flow.Value.Document, "flow.yaml").Value!;
        return visit.Page<FlowCanvas>(
            new CanvasData
            {
                Name = flow.Value.Name,
                Tenant = visit.Tenant,
                Revision = flow.Value.Revision,
                Document = document.ToJson(),
                Cells = CanvasCells.Of(FlowLayout.OrGiven(document)),
                Graph = graph.Value,
                HasComments = document.HasComments,
                MayChange = visit.May(Scopes.FlowsWrite),
                MayRun = visit.May(Scopes.RunsWrite),
                Run = run,
            }
        );
    }

    private static async Task<IResult> Packages(Visit visit)
    {
        var found = new List<CanvasPackage>();
        string? cursor = null;
        do
        {
            var page = await visit.Ask(
                "listPackages",
                PackageJson.Default.ListResponse,
                ActInput.Asking(("cursor", cursor), ("limit", "200"))
            );
            if (page.Refused)
                return Refused(visit, page.Refusal);
            found.AddRange(
                page.Value.Data.Select(package => new CanvasPackage(
                    $"{package.Name}@{package.Version}",
                    package.Nodes
                ))
            );
            cursor = page.Value.NextCursor;
        } while (cursor is not null && found.Count < MostPackages);
        return Answer(
            visit,
            new CanvasPackages(found, cursor is not null),
            CanvasJson.Default.CanvasPackages
        );
    }

    /// <summary>Flows that can be placed in another: those with a graph.</summary>
    private static async Task<IResult> Flows(Visit visit)
    {
        var found = new List<CanvasFlow>();
        string? cursor = null;
        do
        {
            var page = await visit.Ask(
                "listFlows",
                FlowJson.Default.ListResponse,
                ActInput.Asking(("cursor", cursor), ("limit", "200"))
            );
            if (page.Refused)
                return Refused(visit, page.Refusal);
            found.AddRange(
                page.Value.Data.Where(flow => flow.LatestGraphId is not null)
                    .Select(flow => new CanvasFlow(flow.Name, flow.LatestGraphId!))
            );
            cursor = page.Value.NextCursor;
        } while (cursor is not null && found.Count < MostFlows);
        return Answer(
            visit,
            new CanvasFlows(found, cursor is not null),
            CanvasJson.Default.CanvasFlows
        );
    }

    private static async Task<IResult> Messages(
        Visit visit,
        string? owner,
        string? name,
        string? version
    )
    {
        if (owner is null || name is null || version is null)
            return Refused(visit, PackageRefusals.NotFound);
        var package = await visit.Ask(
            "getPackage",
            PackageJson.Default.OneResponse,
            ActInput.Of("owner", owner).On("name", name).On("version", version)
        );
        if (package.Refused)
            return Refused(visit, package.Refusal);
        var messages =
            SchemaCompiler
                .Compile(new Dictionary<string, string>(package.Value.Messages))
                .Value?.Messages
            ?? [];
        return Answer(
            visit,
            new CanvasMessages(messages.ToDictionary(message => message.FullName, Fields)),
            CanvasJson.Default.CanvasMessages
        );
    }

    private static IReadOnlyList<CanvasField> Fields(MessageType message) =>
        [.. message.Fields.Select(field => new CanvasField(field.Name, field.TypeText))];

    private static async Task<IResult> Check(Visit visit)
    {
        var posted = await visit.Read();
        if (posted.Refusal is { } refusal)
            return Refused(visit, refusal);
        var validation = await visit.Ask(
            "validateFlow",
            FlowJson.Default.Validation,
            ActInput.With(
                new SaveFlow.Request { Document = posted["document"] },
                FlowJson.Default.SaveFlowRequest
            )
        );
        return validation.Refused
            ? Refused(visit, validation.Refusal)
            : Answer(visit, validation.Value, FlowJson.Default.Validation);
    }

    private static async Task<IResult> Layout(Visit visit)
    {
        var posted = await visit.Read();
        if (posted.Refusal is { } refusal)
            return Refused(visit, refusal);
        var document = FlowDocument.FromJson(posted["document"]);
        return document.Ok
            ? Answer(
                visit,
                CanvasCells.Of(FlowLayout.Of(document.Value)),
                CanvasJson.Default.CanvasCells
            )
            : Refused(visit, FlowRefusals.Invalid.With(document.Mistakes));
    }

    private static async Task<IResult> Save(Visit visit, string owner, string name)
    {
        var posted = await visit.Read();
        if (posted.Refusal is { } outdated)
            return Refused(visit, outdated);
        var document = FlowDocument.FromJson(posted["document"]);
        if (!document.Ok)
            return Refused(visit, FlowRefusals.Invalid.With(document.Mistakes));
        var found = await Find(visit, owner, name);
        if (found.Refused)
            // There is none, so nothing can be lost; this request is not refused for it.
            visit.Context.Items.Remove(typeof(Refusal));
        else if (WhyNot(posted, found.Value) is { } loss)
            return Refused(visit, loss);
        var saved = await visit.Ask(
            "saveFlow",
            FlowJson.Default.SaveFlowResponse,
            ActInput
                .With(
                    new SaveFlow.Request { Document = Text(document.Value, found.Value?.Document) },
                    FlowJson.Default.SaveFlowRequest
                )
                .On("owner", owner)
                .On("name", name)
        );
        return saved.Refused
            ? Refused(visit, saved.Refusal)
            : Answer(
                visit,
                new CanvasSaved(saved.Value.Name, saved.Value.Revision),
                CanvasJson.Default.CanvasSaved
            );
    }

    /// <summary>In the form in which the author keeps it: YAML, unless the text before was JSON.</summary>
    private static string Text(FlowDocument document, string? before) =>
        before.AsSpan().TrimStart() is ['{', ..] ? document.ToJson() : document.ToYaml();

    /// <summary>What would be lost by saving over what is there; null when nothing is, or the person has said that it may be.</summary>
    private static Refusal? WhyNot(Posted posted, ReadFlows.OneResponse flow)
    {
        var revision = flow.LatestRevision.ToString(
            System.Globalization.CultureInfo.InvariantCulture
        );
        if (posted["revision"] != revision && !posted.Has("replace"))
            return ConsoleRefusals.FlowChanged;
        return
            !posted.Has("drop_comments")
            && FlowReader.Read(flow.Document, "flow.yaml").Value is { HasComments: true }
            ? ConsoleRefusals.CommentsLost
            : null;
    }

    private static async Task<IResult> Compile(Visit visit, string owner, string name)
    {
        var posted = await visit.Read();
        if (posted.Refusal is { } refusal)
            return Refused(visit, refusal);
        var compiled = await visit.Ask(
            "compileFlow",
            FlowJson.Default.CompileResponse,
            ActInput.Of("owner", owner).On("name", name)
        );
        if (compiled.Refused)
            return Refused(visit, compiled.Refusal);
        var graph = await Graph(visit, compiled.Value.GraphId);
        return graph.Refused
            ? Refused(visit, graph.Refusal)
            : Answer(visit, graph.Value, CanvasJson.Default.CanvasGraph);
    }

    private static async Task<Outcome<CanvasGraph>> Graph(Visit visit, string id)
    {
        var graph = await visit.Ask(
            "getGraph",
            GraphJson.Default.OneResponse,
            ActInput.Of("id", id)
        );
        return graph.Refused ? graph.Refusal : CanvasGraph.Of(graph.Value);
    }

    private static Task<Outcome<ReadFlows.OneResponse>> Find(
        Visit visit,
        string owner,
        string name
    ) =>
        visit.Ask(
            "getFlow",
            FlowJson.Default.OneResponse,
            ActInput.Of("owner", owner).On("name", name)
        );

    public static IResult Answer<T>(Visit visit, T value, JsonTypeInfo<T> type)
    {
        ConsolePage.Guard(visit.Context.Response.Headers);
        return TypedResults.Json(value, type);
    }

    /// <summary>A script reads the refusal, not a person.</summary>
    public static Refusal Refused(Visit visit, Refusal refusal)
    {
        ConsolePage.Guard(visit.Context.Response.Headers);
        visit.Context.Features.Set(RefusalDialect.Problem);
        return refusal;
    }
}
