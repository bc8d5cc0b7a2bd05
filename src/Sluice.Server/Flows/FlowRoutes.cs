using System.Text.Json.Serialization;
using Sluice.Server.Flows.Graphs;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Flows;

internal static class FlowRoutes
{
    public static void MapFlows(this IEndpointRouteBuilder app)
    {
        app.MapGet("/api/v1/flows", ReadFlows.List)
            .WithName("listFlows")
            .Does("List flows")
            .Pages()
            .Gives(FlowJson.Default.ListResponse);
        app.MapPost("/api/v1/flows/validate", CompileFlow.Validate)
            .WithName("validateFlow")
            .Does("Name every mistake of a flow's document and keep nothing")
            .Takes(FlowJson.Default.SaveFlowRequest)
            .Gives(FlowJson.Default.Validation);
        app.MapPut("/api/v1/flows/{owner}/{name}", SaveFlow.Handle)
            .WithName("saveFlow")
            .Does("Save a flow's document as a new revision")
            .Takes(FlowJson.Default.SaveFlowRequest)
            .Gives(FlowJson.Default.SaveFlowResponse, 201, "New")
            .Gives(FlowJson.Default.SaveFlowResponse, 200, "A further revision")
            .Refuses(
                FlowRefusals.Invalid,
                FlowRefusals.NameMismatch,
                Packages.PackageRefusals.HandleMismatch
            );
        app.MapGet("/api/v1/flows/{owner}/{name}", ReadFlows.One)
            .WithName("getFlow")
            .Does("Show a flow with its document")
            .Query("revision", "An earlier revision; the newest unless said.", "integer")
            .Gives(FlowJson.Default.OneResponse)
            .Refuses(FlowRefusals.NotFound);
        app.MapDelete("/api/v1/flows/{owner}/{name}", ReadFlows.Delete)
            .WithName("deleteFlow")
            .Does("Take a flow out of sight and forget what it remembers; its graphs stay")
            .GivesNothing()
            .Refuses(FlowRefusals.NotFound);
        app.MapGet("/api/v1/flows/{owner}/{name}/revisions", ReadFlows.Revisions)
            .WithName("listFlowRevisions")
            .Does("List the revisions of a flow")
            .Gives(FlowJson.Default.RevisionsResponse)
            .Refuses(FlowRefusals.NotFound);
        app.MapPost("/api/v1/flows/{owner}/{name}/compile", CompileFlow.Handle)
            .WithName("compileFlow")
            .Does("Freeze the newest revision into an immutable graph, or name every mistake")
            .Gives(FlowJson.Default.CompileResponse, 201, "Compiled")
            .Refuses(FlowRefusals.NotFound, FlowRefusals.Invalid);
        app.MapGet("/api/v1/graphs", ReadGraphs.List)
            .WithName("listGraphs")
            .Does("List compiled graphs")
            .Query("flow", "Only those of this flow, `handle/name`.")
            .Pages()
            .Gives(GraphJson.Default.ListResponse);
        app.MapGet("/api/v1/graphs/{id}", ReadGraphs.One)
            .WithName("getGraph")
            .Does("Show a graph: its nodes, its edges and the messages at its ends")
            .Gives(GraphJson.Default.OneResponse)
            .Refuses(FlowRefusals.GraphNotFound);
        app.MapGet("/api/v1/graphs/{id}/schema", GraphFace.Schema)
            .WithName("getGraphSchema")
            .Does("Show the messages at a graph's ends as JSON Schema")
            .Gives(GraphJson.Default.FaceResponse)
            .Refuses(FlowRefusals.GraphNotFound);
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    MaxDepth = 64
)]
[JsonSerializable(typeof(SaveFlow.Request), TypeInfoPropertyName = "SaveFlowRequest")]
[JsonSerializable(typeof(SaveFlow.Response), TypeInfoPropertyName = "SaveFlowResponse")]
[JsonSerializable(typeof(ReadFlows.ListResponse))]
[JsonSerializable(typeof(ReadFlows.OneResponse))]
[JsonSerializable(typeof(ReadFlows.RevisionsResponse))]
[JsonSerializable(typeof(CompileFlow.Response), TypeInfoPropertyName = "CompileResponse")]
[JsonSerializable(typeof(CompileFlow.Validation))]
internal sealed partial class FlowJson : JsonSerializerContext;
