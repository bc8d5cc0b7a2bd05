using System.Text.Json;
using System.Text.Json.Serialization;
using Sluice.Language;
using Sluice.Language.Flows.Layout;
using Sluice.Server.Flows.Graphs;
using Sluice.Server.Flows.Packages;
using Sluice.Server.Flows.Runs;

namespace Sluice.Server.Console.Flows;

/// <summary>What the canvas begins with.</summary>
internal sealed record CanvasData
{
    /// <summary>Null: a new flow.</summary>
    public required string? Name { get; init; }

    public required string Tenant { get; init; }

    /// <summary>The revision that it works on; 0 for a new flow.</summary>
    public required long Revision { get; init; }

    /// <summary>The JSON form, as text: its numbers are the author's, and more exact than a script's.</summary>
    public required string Document { get; init; }

    public required CanvasCells Cells { get; init; }

    /// <summary>Null before the first compile.</summary>
    public required CanvasGraph? Graph { get; init; }

    public required bool HasComments { get; init; }

    public required bool MayChange { get; init; }

    public required bool MayRun { get; init; }

    /// <summary>The run to look at from the beginning; null for none.</summary>
    public string? Run { get; init; }
}

/// <param name="Placements">Column and row by alias.</param>
internal sealed record CanvasCells(IReadOnlyDictionary<string, Cell> Placements)
{
    public static CanvasCells Of(FlowLayout layout) => new(layout.Placements);
}

/// <summary>The graph that calls run.</summary>
internal sealed record CanvasGraph(
    string GraphId,
    long Revision,
    string Mode,
    string InputMessage,
    string OutputMessage,
    JsonElement ExampleInput,
    string Curl
)
{
    public static CanvasGraph Of(ReadGraphs.OneResponse graph) =>
        new(
            graph.GraphId,
            graph.Revision,
            graph.Mode,
            graph.InputMessage,
            graph.OutputMessage,
            graph.ExampleInput,
            graph.Curl
        );
}

/// <param name="Package"><c>handle/name@version</c>.</param>
internal sealed record CanvasPackage(string Package, IReadOnlyList<ReadPackages.NodeShown> Nodes);

/// <param name="More">Whether there are others.</param>
internal sealed record CanvasPackages(IReadOnlyList<CanvasPackage> Data, bool More);

/// <param name="GraphId">As it was compiled last.</param>
internal sealed record CanvasFlow(string Name, string GraphId);

/// <param name="More">Whether there are others.</param>
internal sealed record CanvasFlows(IReadOnlyList<CanvasFlow> Data, bool More);

/// <param name="Type">As a proto file writes it.</param>
internal sealed record CanvasField(string Name, string Type);

/// <param name="Messages">Fields by the message's full name.</param>
internal sealed record CanvasMessages(
    IReadOnlyDictionary<string, IReadOnlyList<CanvasField>> Messages
);

/// <param name="Name"><c>handle/name</c>.</param>
internal sealed record CanvasSaved(string Name, long Revision);

internal sealed record CanvasBegun(string ExecutionId);

/// <summary>A run as it moves through the graph; what went in and out of its steps is on the run's own page.</summary>
internal sealed record CanvasRun
{
    public required string GraphId { get; init; }

    public required string Status { get; init; }

    /// <summary>Whether it pauses when the steps under way have ended.</summary>
    public required bool IsPausing { get; init; }

    /// <summary>Placements before which it pauses.</summary>
    public required IReadOnlyList<string> Breakpoints { get; init; }

    /// <summary>Placements that a paused run calls when it goes on.</summary>
    public required IReadOnlyList<string> Next { get; init; }

    public required IReadOnlyList<CanvasStep> Steps { get; init; }

    public JsonElement? Output { get; init; }

    public RunError? Error { get; init; }

    public static CanvasRun Of(RunShown run) =>
        new()
        {
            GraphId = run.GraphId,
            Status = run.Status,
            IsPausing = run.PauseAskedAt is not null && run.Status == RunStatus.Running,
            Breakpoints = run.Breakpoints ?? [],
            Next = run.Next ?? [],
            Steps = [.. run.Steps.Select(CanvasStep.Of)],
            Output = run.Output,
            Error = run.Error,
        };
}

/// <param name="Seq">Its number in the run's journal, which is the id of its event; null while it runs.</param>
/// <param name="Visit">From 2 on, when a loop led here again.</param>
/// <param name="Item">Which item of a fan-out, from 0.</param>
/// <param name="DurationMs">Null while it runs.</param>
internal sealed record CanvasStep(
    long? Seq,
    string Alias,
    string Status,
    long Attempt,
    int? Visit,
    int? Item,
    double? DurationMs
)
{
    public static CanvasStep Of(StepShown step) =>
        new(
            step.Seq,
            step.Alias,
            step.Status,
            step.Attempt,
            step.Visit,
            step.Item,
            step.DurationMs
        );
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(CanvasData))]
[JsonSerializable(typeof(CanvasCells))]
[JsonSerializable(typeof(CanvasGraph))]
[JsonSerializable(typeof(CanvasPackages))]
[JsonSerializable(typeof(CanvasMessages))]
[JsonSerializable(typeof(CanvasFlows))]
[JsonSerializable(typeof(CanvasSaved))]
[JsonSerializable(typeof(CanvasBegun))]
[JsonSerializable(typeof(CanvasRun))]
internal sealed partial class CanvasJson : JsonSerializerContext;
