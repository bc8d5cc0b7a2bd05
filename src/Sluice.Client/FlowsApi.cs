using System.Text.Json;

namespace Sluice.Client;

/// <summary>Flows (editable) and graphs (compiled, immutable).</summary>
public sealed class FlowsApi
{
    private readonly Wire _wire;

    internal FlowsApi(Wire wire) => _wire = wire;

    /// <summary>Saves the document as the next revision of the flow.</summary>
    /// <param name="name"><c>handle/flow</c>.</param>
    /// <param name="document">The text of <c>flow.yaml</c>.</param>
    public Task<SavedFlow> Save(string name, string document, CancellationToken stop = default) =>
        _wire.Send(
            HttpMethod.Put,
            "api/v1/flows/" + Wire.Path(name),
            new FlowText(document),
            SluiceJson.Default.FlowText,
            SluiceJson.Default.SavedFlow,
            stop
        );

    public Task<Page<FlowSummary>> List(string? cursor = null, CancellationToken stop = default) =>
        _wire.Get(
            Wire.Query("api/v1/flows", ("cursor", cursor)),
            SluiceJson.Default.PageFlowSummary,
            stop
        );

    /// <param name="revision">Null for the latest.</param>
    public Task<SavedFlow> Get(
        string name,
        int? revision = null,
        CancellationToken stop = default
    ) =>
        _wire.Get(
            Wire.Query("api/v1/flows/" + Wire.Path(name), ("revision", revision?.ToString())),
            SluiceJson.Default.SavedFlow,
            stop
        );

    public Task Delete(string name, CancellationToken stop = default) =>
        _wire.Delete("api/v1/flows/" + Wire.Path(name), stop);

    /// <summary>Freezes the latest revision into a graph that can be invoked.</summary>
    public Task<CompiledFlow> Compile(string name, CancellationToken stop = default) =>
        _wire.Send(
            new HttpRequestMessage(HttpMethod.Post, $"api/v1/flows/{Wire.Path(name)}/compile"),
            SluiceJson.Default.CompiledFlow,
            TimeSpan.FromSeconds(100),
            stop
        );

    /// <summary>Says what compiling would say, and keeps nothing.</summary>
    public Task<FlowVerdict> Validate(string document, CancellationToken stop = default) =>
        _wire.Send(
            HttpMethod.Post,
            "api/v1/flows/validate",
            new FlowText(document),
            SluiceJson.Default.FlowText,
            SluiceJson.Default.FlowVerdict,
            stop
        );

    /// <summary>The saved versions of a flow, the newest first.</summary>
    public Task<Page<FlowRevision>> Revisions(string name, CancellationToken stop = default) =>
        _wire.Get(
            $"api/v1/flows/{Wire.Path(name)}/revisions",
            SluiceJson.Default.PageFlowRevision,
            stop
        );

    /// <param name="flow">Only those of this flow; null for all.</param>
    public Task<Page<GraphSummary>> Graphs(
        string? flow = null,
        string? cursor = null,
        CancellationToken stop = default
    ) =>
        _wire.Get(
            Wire.Query("api/v1/graphs", ("flow", flow), ("cursor", cursor)),
            SluiceJson.Default.PageGraphSummary,
            stop
        );

    public Task<JsonElement> Graph(string id, CancellationToken stop = default) =>
        _wire.Get("api/v1/graphs/" + Wire.Segment(id), SluiceJson.Default.JsonElement, stop);

    /// <summary>The messages at a graph's ends: <c>input</c> and <c>output</c> are JSON Schema (2020-12).</summary>
    public Task<JsonElement> GraphSchema(string id, CancellationToken stop = default) =>
        _wire.Get($"api/v1/graphs/{Wire.Segment(id)}/schema", SluiceJson.Default.JsonElement, stop);

    /// <summary>An OpenAPI 3.1 document of the call that runs the graph.</summary>
    public Task<JsonElement> GraphOpenApi(string id, CancellationToken stop = default) =>
        _wire.Get(
            $"api/v1/graphs/{Wire.Segment(id)}/openapi.json",
            SluiceJson.Default.JsonElement,
            stop
        );
}

public sealed record FlowText(string Document);

public sealed record SavedFlow
{
    public required string Name { get; init; }
    public int Revision { get; init; }

    /// <summary>The graph that the flow's name stands for in a call; null when it was never compiled.</summary>
    public string? LatestGraphId { get; init; }
    public string? Document { get; init; }
    public DateTimeOffset? CreatedAt { get; init; }
    public DateTimeOffset? UpdatedAt { get; init; }
}

public sealed record FlowSummary
{
    public required string Name { get; init; }
    public int Revision { get; init; }
    public DateTimeOffset? UpdatedAt { get; init; }
    public string? LatestGraphId { get; init; }
}

public sealed record FlowRevision
{
    public int Revision { get; init; }
    public DateTimeOffset? CreatedAt { get; init; }
}

public sealed record GraphSummary
{
    public required string GraphId { get; init; }
    public string? Flow { get; init; }
    public int Revision { get; init; }
    public DateTimeOffset? CreatedAt { get; init; }
}

public sealed record CompiledFlow
{
    public required string GraphId { get; init; }
    public string? Flow { get; init; }
    public int Revision { get; init; }
    public DateTimeOffset? CreatedAt { get; init; }
}

public sealed record FlowVerdict
{
    public bool Passed { get; init; }
    public IReadOnlyList<RefusedMistake> Mistakes { get; init; } = [];
}
