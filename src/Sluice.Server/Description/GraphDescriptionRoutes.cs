using System.Text.Json.Nodes;
using Sluice.Server.Flows;
using Sluice.Server.Flows.Graphs;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Description;

/// <summary>What programs and people read about one graph.</summary>
internal static class GraphDescriptionRoutes
{
    /// <summary>The script of these pages alone, and calls to this server alone; a form that is sent by itself goes nowhere.</summary>
    private const string Policy =
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /// <param name="api">The API's description, UTF-8.</param>
    /// <param name="script">The script of these pages.</param>
    public static void MapGraphDescription(
        this IEndpointRouteBuilder app,
        byte[] api,
        byte[] script
    )
    {
        var document = new Lazy<JsonObject>(() => JsonNode.Parse(api)!.AsObject());
        app.MapGet(
                "/api/v1/graphs/{id}/openapi.json",
                (string id, HttpContext context, Caller caller, GraphCache graphs) =>
                    OpenApi(document.Value, id, context, caller, graphs)
            )
            .WithName("getGraphOpenApi")
            .Does("Read how to call one graph, with its own messages")
            .GivesText("application/json", "An OpenAPI 3.1 document")
            .Refuses(FlowRefusals.GraphNotFound);
        app.MapGet("/api/v1/graphs/{id}/docs", Page)
            .WithName("readGraph")
            .Does("Read how to call one graph as a page, with a form that tries it")
            .GivesText("text/html", "The page")
            .Refuses(FlowRefusals.GraphNotFound);
        app.MapGet(
                "/docs/graphs/{id}",
                (string id, HttpContext context) => Html(context, GraphPage.Ask(id))
            )
            .WithName("openGraphPage")
            .Does("Open a graph's page in a browser: it asks for a key and then shows the page")
            .GivesText("text/html", "A page that asks");
        app.MapGet(
                "/docs/try.js",
                () => TypedResults.Bytes(script, "text/javascript; charset=utf-8")
            )
            .WithName("getTryScript")
            .Does("Read the script of a graph's page")
            .GivesText("text/javascript", "The script");
    }

    private static async Task<IResult> OpenApi(
        JsonObject api,
        string id,
        HttpContext context,
        Caller caller,
        GraphCache graphs
    )
    {
        var found = await GraphFace.Find(id, caller, graphs, context.RequestAborted);
        if (found.Refused)
            return found.Refusal;
        var graph = found.Value;
        context.Response.Headers.CacheControl = "no-store";
        var written = GraphApi.Write(
            api,
            graph,
            GraphFace.ServerOf(context.Request),
            GraphFace.Curl(context.Request, graph)
        );
        return TypedResults.Json(written, GraphJson.Default.JsonObject);
    }

    private static async Task<IResult> Page(
        string id,
        HttpContext context,
        Caller caller,
        GraphCache graphs
    )
    {
        var found = await GraphFace.Find(id, caller, graphs, context.RequestAborted);
        return found.Refused
            ? found.Refusal
            : Html(
                context,
                GraphPage.Write(found.Value, GraphFace.Curl(context.Request, found.Value))
            );
    }

    private static IResult Html(HttpContext context, string html)
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers["Referrer-Policy"] = "no-referrer";
        headers.CacheControl = "no-store";
        return TypedResults.Text(html, "text/html; charset=utf-8");
    }
}
