using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sluice.Language.Flows;

/// <summary>
/// A compiled flow: every name resolved, every edge checked, nothing left to look up. It never changes, and it holds all
/// that a run needs, also when the packages are long gone from the registry.
/// </summary>
public sealed record FlowGraph
{
    /// <summary>The version of this form; a reader refuses what it does not know.</summary>
    public const int CurrentFormat = 2;

    public int Format { get; init; } = CurrentFormat;

    /// <summary><c>handle/flow-name</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The version that the author gave the flow; may be empty.</summary>
    public required string Version { get; init; }

    /// <summary>What the author says of the flow; may be empty.</summary>
    public string Description { get; init; } = "";

    /// <summary>In topological order: every edge that is no loop leads from an earlier placement to a later one.</summary>
    public required IReadOnlyList<GraphNode> Nodes { get; init; }

    /// <summary>In the order of the document.</summary>
    public required IReadOnlyList<GraphEdge> Edges { get; init; }

    /// <summary>One per package version that a placement names.</summary>
    public required IReadOnlyList<GraphPackage> Packages { get; init; }

    /// <summary>Alias of the first placement that takes the flow's input whole; its input type is the flow's unless the flow has an input facade.</summary>
    public required string Entry { get; init; }

    /// <summary>Alias of the placement whose output is the flow's unless the flow has an output facade; the first of several.</summary>
    public required string Terminal { get; init; }

    /// <summary>Full name of the message that goes into the flow; declared by <see cref="InputFacade"/>, or else by the package of <see cref="Entry"/>.</summary>
    public required string InputType { get; init; }

    /// <summary>Full name of the message that comes out of the flow; declared by <see cref="OutputFacade"/>, or else by the package of <see cref="Terminal"/>.</summary>
    public required string OutputType { get; init; }

    /// <summary>The proto file that declares the flow's own input message; null without a facade.</summary>
    public string? InputFacade { get; init; }

    /// <summary>A message that the flow takes, as JSON text; null: the author gave none.</summary>
    public string? ExampleInput { get; init; }

    /// <summary>Names of secrets that the author says the flow reads; information only.</summary>
    public IReadOnlyList<string> SecretRefs { get; init; } = [];

    /// <summary>The proto file that declares the flow's own output message; null without a facade.</summary>
    public string? OutputFacade { get; init; }

    /// <summary>How <c>@flow_output</c> joins its edges; null: one edge.</summary>
    public GraphJoin? OutputJoin { get; init; }

    /// <summary>How the fields of <c>@flow_output</c> are put together; null: by its edges.</summary>
    public IReadOnlyList<GraphCompose>? OutputCompose { get; init; }

    /// <summary>True for a flow over streams: one line of placements that frames go through; else null.</summary>
    public bool? PipelineMode { get; init; }

    [JsonIgnore]
    public bool IsPipeline => PipelineMode == true;

    /// <summary>UTF-8 JSON that <see cref="FromJson"/> reads back without loss; the same graph gives the same bytes.</summary>
    public byte[] ToJson() =>
        JsonSerializer.SerializeToUtf8Bytes(this, FlowGraphJson.Default.FlowGraph);

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    /// <exception cref="JsonException">The bytes are something else, or of a later format.</exception>
    public static FlowGraph FromJson(ReadOnlySpan<byte> utf8)
    {
        var graph =
            JsonSerializer.Deserialize(utf8, FlowGraphJson.Default.FlowGraph)
            ?? throw new JsonException("A graph is expected.");
        return graph.Format == CurrentFormat
            ? graph
            : throw new JsonException($"Graph format {graph.Format} is unknown.");
    }

    /// <summary>Ids of the graphs that its placements run, each once.</summary>
    [JsonIgnore]
    public IEnumerable<string> Subflows => Nodes.Select(n => n.Subflow).OfType<string>().Distinct();

    /// <summary>The placement with this alias, or null.</summary>
    public GraphNode? Node(string alias) => Nodes.FirstOrDefault(n => n.Alias == alias);

    /// <summary>The edges that lead to an alias or to <see cref="FlowDocument.FlowOutput"/>.</summary>
    public IEnumerable<GraphEdge> Incoming(string to) => Edges.Where(e => e.To == to);
}

/// <summary>A placement with everything that a call of it needs.</summary>
public sealed record GraphNode
{
    /// <summary>Unique in the graph; what errors and records name.</summary>
    public required string Alias { get; init; }

    /// <summary><c>handle/package-name</c>.</summary>
    public required string Package { get; init; }

    public required string Version { get; init; }

    /// <summary>SHA-256 of the package as it was pushed or built, in lower-case hex; what the resolver said.</summary>
    public required string Digest { get; init; }

    /// <summary>One of <see cref="Packages.PackageLanguages.All"/>.</summary>
    public required string Language { get; init; }

    /// <summary>The name of the node in its package.</summary>
    public required string Node { get; init; }

    /// <summary>True for a node that takes and gives streams; null: it is called once per message.</summary>
    public bool? Pipeline { get; init; }

    /// <summary>Full name of the message that goes in.</summary>
    public required string InputType { get; init; }

    /// <summary>Full name of the message that comes out.</summary>
    public required string OutputType { get; init; }

    /// <summary>Names that the package declares for this node; information only.</summary>
    public IReadOnlyList<string> RequiredSecrets { get; init; } = [];

    /// <summary>Hosts that the package asks to connect to, <c>host:port</c>; null for none.</summary>
    public IReadOnlyList<string>? Egress { get; init; }

    /// <summary>Id of the graph that this placement runs as a run of its own; then <see cref="Package"/> to <see cref="Node"/> are empty. Null: a node.</summary>
    public string? Subflow { get; init; }

    /// <summary>Null: <c>AND</c>, <c>FAIL_FAST</c>.</summary>
    public GraphJoin? Join { get; init; }

    /// <summary>How the fields of the input are put together; null: by the edges.</summary>
    public IReadOnlyList<GraphCompose>? Compose { get; init; }

    /// <summary>Null: one attempt.</summary>
    public GraphRetry? Retry { get; init; }

    /// <summary>Milliseconds for one attempt, 1 to 3600000; null: the config's.</summary>
    public long? TimeoutMs { get; init; }

    /// <summary>Alias of the placement that undoes this one when the run fails; null: nothing to undo.</summary>
    public string? Compensate { get; init; }
}

/// <summary>How a placement waits for its edges.</summary>
public sealed record GraphJoin
{
    public const string And = "AND";
    public const string Xor = "XOR";
    public const string FailFast = "FAIL_FAST";
    public const string Tolerate = "TOLERATE_FAILURES";

    /// <summary><see cref="And"/> or <see cref="Xor"/>.</summary>
    public string Kind { get; init; } = And;

    /// <summary><see cref="FailFast"/> or <see cref="Tolerate"/>; also for the items of a fan-out.</summary>
    public string FailurePolicy { get; init; } = FailFast;
}

/// <summary>When a failed attempt is tried again.</summary>
public sealed record GraphRetry
{
    /// <summary>With the first one: 1 to 100.</summary>
    public int MaxAttempts { get; init; } = 1;

    /// <summary>Milliseconds before the second attempt: 0 to 3600000.</summary>
    public long InitialIntervalMs { get; init; } = 1_000;

    /// <summary>1 to 10: each wait is the one before it times this.</summary>
    public double BackoffCoefficient { get; init; } = 2;

    /// <summary>Milliseconds: no wait is longer.</summary>
    public long MaxIntervalMs { get; init; } = 60_000;

    /// <summary>0 to 1: the share of a wait that may be left out at random.</summary>
    public double Jitter { get; init; }

    /// <summary>Some of <see cref="Kinds"/>; empty: those that can get better.</summary>
    public IReadOnlyList<string> RetryOn { get; init; } = [];

    /// <summary>What can go wrong with a call, and so may be tried again.</summary>
    public static readonly IReadOnlyList<string> Kinds =
    [
        "NODE_ERROR",
        "NODE_TIMEOUT",
        "NODE_CRASHED",
        "NODE_MEMORY",
        "NODE_PROTOCOL",
        "NODE_UNAVAILABLE",
        "SUBFLOW_FAILED",
    ];
}

/// <summary>One field of a placement's input, set from what one of its sources gave. Either a path or an expression.</summary>
/// <param name="To">A field of the receiving message.</param>
/// <param name="Source">Alias of a source (or <see cref="FlowDocument.FlowInput"/>) whose message <paramref name="From"/> leads through; null with an expression.</param>
/// <param name="From">A path of fields; null with an expression.</param>
/// <param name="Cel">An expression over <c>inputs.ALIAS</c>; null with a path.</param>
public sealed record GraphCompose(string To, string? Source, string? From, string? Cel);

/// <summary>A checked edge.</summary>
public sealed record GraphEdge
{
    /// <summary>An alias or <see cref="FlowDocument.FlowInput"/>.</summary>
    public required string From { get; init; }

    /// <summary>An alias or <see cref="FlowDocument.FlowOutput"/>.</summary>
    public required string To { get; init; }

    /// <summary>The fields that the edge sets; null when it carries every field that both messages have.</summary>
    public IReadOnlyList<GraphField>? Fields { get; init; }

    /// <summary>An expression of type bool over the sending message; null: always. The leaf form is frozen as the expression it stands for.</summary>
    public string? Condition { get; init; }

    /// <summary>True for an edge that leads back.</summary>
    public bool Loop { get; init; }

    /// <summary>How often a loop edge may be taken in one visit of what surrounds the loop: 1 to 10000; 0 for other edges.</summary>
    public int MaxIterations { get; init; }

    /// <summary>True for an edge that is taken when its source has failed for good; it carries the error.</summary>
    public bool OnError { get; init; }

    /// <summary>Set when the edge carries the items of a list, each to a call of its own.</summary>
    public GraphFanOut? FanOut { get; init; }

    public override string ToString() => $"{From} -> {To}";
}

/// <summary>One field of the receiving message. Either a path or an expression.</summary>
/// <param name="To">A field of the receiving message.</param>
/// <param name="From">A path of fields of the sending message; null with an expression.</param>
/// <param name="Cel">An expression over the sending message; null with a path.</param>
public sealed record GraphField(string To, string? From, string? Cel = null);

/// <summary>A list whose items an edge carries one by one.</summary>
/// <param name="Items">The path of a repeated field of the sending message.</param>
/// <param name="Concurrency">Calls at once: 1 to 64.</param>
/// <param name="MaxItems">More items are the failure <c>fan_out_limit</c>: 1 to 10000.</param>
public sealed record GraphFanOut(string Items, int Concurrency, int MaxItems);

/// <summary>A package version as the graph froze it.</summary>
public sealed record GraphPackage
{
    public required string Name { get; init; }

    public required string Version { get; init; }

    public required string Digest { get; init; }

    /// <summary>The fingerprint of the schema that <see cref="Protos"/> compile to.</summary>
    public required string SchemaFingerprint { get; init; }

    /// <summary>The proto files by path.</summary>
    public required IReadOnlyDictionary<string, string> Protos { get; init; }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(FlowGraph))]
internal sealed partial class FlowGraphJson : JsonSerializerContext;
