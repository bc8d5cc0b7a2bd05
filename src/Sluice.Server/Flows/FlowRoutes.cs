using System.Text.Json.Serialization;
using Sluice.Server.Flows.Graphs;

namespace Sluice.Server.Flows;

internal static class FlowRoutes
{
    public static void MapFlows(this IEndpointRouteBuilder app)
    {
        app.MapGet("/api/v1/flows", ReadFlows.List).WithName("listFlows");
        app.MapPost("/api/v1/flows/validate", CompileFlow.Validate).WithName("validateFlow");
        app.MapPut("/api/v1/flows/{owner}/{name}", SaveFlow.Handle).WithName("saveFlow");
        app.MapGet("/api/v1/flows/{owner}/{name}", ReadFlows.One).WithName("getFlow");
        app.MapDelete("/api/v1/flows/{owner}/{name}", ReadFlows.Delete).WithName("deleteFlow");
        app.MapGet("/api/v1/flows/{owner}/{name}/revisions", ReadFlows.Revisions)
            .WithName("listFlowRevisions");
        app.MapPost("/api/v1/flows/{owner}/{name}/compile", CompileFlow.Handle)
            .WithName("compileFlow");
        app.MapGet("/api/v1/graphs", ReadGraphs.List).WithName("listGraphs");
        app.MapGet("/api/v1/graphs/{id}", ReadGraphs.One).WithName("getGraph");
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
