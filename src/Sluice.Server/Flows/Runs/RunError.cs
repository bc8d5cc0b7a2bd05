using System.Text.Json;
using System.Text.Json.Serialization;
using Sluice.Language.Flows;

namespace Sluice.Server.Flows.Runs;

/// <summary>Why a run or a step failed (design decision 15). A placement is named by its alias, never by the node's name.</summary>
internal sealed record RunError
{
    public const string DeadlineCode = "run_deadline";
    public const string CancelledCode = "cancelled";

    /// <summary>snake_case; see <see cref="FlowFault.Code"/>, and run_deadline, cancelled.</summary>
    public required string Code { get; init; }

    /// <summary>One public sentence.</summary>
    public required string Message { get; init; }

    /// <summary>See <see cref="FlowFault.Kind"/>.</summary>
    public required string Kind { get; init; }

    /// <summary>Alias of the placement.</summary>
    public string? Node { get; init; }

    /// <summary>Both ends, where an edge failed.</summary>
    public RunErrorEdge? Edge { get; init; }

    /// <summary>Which attempt failed; absent for the first.</summary>
    public int? Attempt { get; init; }

    /// <summary>What the node's language printed, for its author.</summary>
    public string? Stack { get; init; }

    public string? ExecutionId { get; init; }

    public static readonly FlowFault Cancelled = new()
    {
        Code = CancelledCode,
        Kind = "CANCELLED",
        Message = "The run was cancelled.",
    };

    public static readonly FlowFault Deadline = new()
    {
        Code = DeadlineCode,
        Kind = "DEADLINE",
        Message = "The run was still going at its deadline and was stopped.",
    };

    public static RunError Of(FlowFault fault, string? stack = null) =>
        new()
        {
            Code = fault.Code,
            Kind = fault.Kind,
            Message = fault.Message,
            Node = fault.Node,
            Edge = fault.Edge is { } edge ? new RunErrorEdge(edge.From, edge.To) : null,
            Attempt = fault.Attempt > 1 ? fault.Attempt : null,
            Stack = stack,
        };

    public static RunError? Read(byte[]? json) =>
        json is null ? null : JsonSerializer.Deserialize(json, RunJson.Default.RunError);

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, RunJson.Default.RunError);

    public FlowFault ToFault(FlowGraph graph) =>
        new()
        {
            Code = Code,
            Kind = Kind,
            Message = Message,
            Node = Node,
            Edge = Edge is null
                ? null
                : graph.Edges.FirstOrDefault(edge =>
                    edge.From == Edge.Source && edge.To == Edge.Target
                ),
            Attempt = Attempt ?? 1,
        };
}

internal sealed record RunErrorEdge(string Source, string Target);

internal sealed record LogLine(
    DateTimeOffset At,
    string Level,
    string Text,
    IReadOnlyDictionary<string, string> Fields
);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(RunError))]
[JsonSerializable(typeof(List<LogLine>))]
[JsonSerializable(typeof(Dictionary<string, string>))]
[JsonSerializable(typeof(string[]))]
internal sealed partial class RunJson : JsonSerializerContext;
