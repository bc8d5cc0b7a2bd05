using System.Runtime.InteropServices;
using Sluice.Language.Documents;
using Sluice.Language.Flows.Forms;
using Sluice.Language.Packages;

namespace Sluice.Language.Flows;

/// <summary>A flow as its author wrote it, with positions. Not yet checked against packages. <c>spec/flow.md</c> describes it.</summary>
public sealed record FlowDocument
{
    /// <summary>The name that stands for what comes into the flow.</summary>
    public const string FlowInput = "@flow_input";

    /// <summary>The name that stands for what goes out of the flow.</summary>
    public const string FlowOutput = "@flow_output";

    /// <summary>How an expression over several sources names one of them: <c>inputs.NAME</c>; <c>flow_input</c> for what comes into the flow.</summary>
    public static string InputName(string alias) => alias == FlowInput ? FlowInput[1..] : alias;

    /// <summary><c>handle/flow-name</c>.</summary>
    public required string Name { get; init; }

    /// <summary>A semantic version; empty when none is given.</summary>
    public string Version { get; init; } = "";

    public string Description { get; init; } = "";

    /// <summary>True for a flow over streams: frames go through its placements, which stand in one line.</summary>
    public bool PipelineMode { get; init; }

    /// <summary>The placement whose input message is the flow's, where several could be; null: the only one.</summary>
    public string? Start { get; init; }

    public required IReadOnlyList<FlowPlacement> Nodes { get; init; }

    public required IReadOnlyList<FlowEdge> Edges { get; init; }

    /// <summary>The flow's own input message; null: that of the first placement.</summary>
    public FlowFacade? InputFacade { get; init; }

    /// <summary>The flow's own output message, and how it is put together; null: that of the last placement.</summary>
    public FlowFacade? OutputFacade { get; init; }

    /// <summary>Names of secrets that the flow reads; information only.</summary>
    public IReadOnlyList<string> SecretRefs { get; init; } = [];

    /// <summary>The path to name in mistakes.</summary>
    public string? File { get; init; }

    /// <summary>Where the parts of the document's head stand.</summary>
    internal Spots Spots { get; init; } = Spots.None;

    /// <summary>The text that was read, for positions within expressions; null when it was never a text.</summary>
    internal string? Text { get; init; }

    /// <summary>
    /// Reads the JSON form: the same keys as <c>flow.yaml</c>, in one object.
    /// </summary>
    /// <param name="json">At most 1 Mi characters.</param>
    /// <returns>The document with positions in this text, or every mistake of form.</returns>
    public static Reading<FlowDocument> FromJson(string json) => FlowReader.Read(json, "flow.json");

    /// <summary>
    /// Whether writing it anew, as JSON or YAML, loses what its author wrote beside it: comments. False for one that was
    /// never a text.
    /// </summary>
    public bool HasComments =>
        Text is not null && !FlowReader.IsJson(Text, File ?? "") && YamlTree.HasComments(Text);

    /// <summary>The JSON form, indented: <see cref="FromJson"/> reads it back without loss. Comments of YAML are not part of a document.</summary>
    public string ToJson() => Documents.TreeJson.Write(FlowTree.Of(this));

    /// <summary>The document as canonical YAML: keys in a fixed order, defaults left out. <see cref="FlowReader.Read"/> reads it back without loss; comments are not kept.</summary>
    public string ToYaml() => Documents.TreeYaml.Write(FlowTree.Of(this));
}

/// <summary>A node of a package, or another flow, placed in a flow under a name of its own.</summary>
public sealed record FlowPlacement
{
    /// <summary>Unique in the flow; one node may be placed several times.</summary>
    public required string Alias { get; init; }

    /// <summary>Of no meaning with a <see cref="Subflow"/>.</summary>
    public PackageReference Package { get; init; } = new("", "");

    /// <summary>The name of the node in its package; empty with a <see cref="Subflow"/>.</summary>
    public string Node { get; init; } = "";

    /// <summary>Id of a compiled graph that this placement runs, or the name of a flow, whose latest graph it is at each compile; null: a node.</summary>
    public string? Subflow { get; init; }

    /// <summary>The message that the author takes a subflow to take, by simple or full name; null: not said.</summary>
    public string? Input { get; init; }

    /// <summary>The message that the author takes a subflow to give; null: not said.</summary>
    public string? Output { get; init; }

    /// <summary>Column of the drawing, from 0; null: laid out.</summary>
    public int? Col { get; init; }

    /// <summary>Row of the drawing, from 0; null: laid out.</summary>
    public int? Row { get; init; }

    /// <summary>Null: <c>AND</c>, <c>FAIL_FAST</c>.</summary>
    public GraphJoin? Join { get; init; }

    /// <summary>How the fields of the input are put together; null: by the edges.</summary>
    public IReadOnlyList<FlowCompose>? Compose { get; init; }

    /// <summary>Null: one attempt.</summary>
    public GraphRetry? Retry { get; init; }

    /// <summary>Milliseconds for one attempt; null: the config's.</summary>
    public long? TimeoutMs { get; init; }

    /// <summary>Alias of the placement that undoes this one; null: nothing does.</summary>
    public string? Compensate { get; init; }

    public Position At { get; init; }

    /// <summary>Where the values of its keys stand: <c>config.retry.jitter</c>.</summary>
    internal Spots Spots { get; init; } = Spots.None;
}

/// <summary>What carries a message from one end to another.</summary>
public sealed record FlowEdge
{
    /// <summary>An alias or <see cref="FlowDocument.FlowInput"/>.</summary>
    public required string From { get; init; }

    /// <summary>An alias or <see cref="FlowDocument.FlowOutput"/>.</summary>
    public required string To { get; init; }

    /// <summary>The fields that the edge sets; null when it carries the whole message.</summary>
    public IReadOnlyList<FieldAssignment>? Adapter { get; init; }

    /// <summary>When the edge is taken; null: always.</summary>
    public FlowCondition? Condition { get; init; }

    /// <summary>True for an edge that leads back.</summary>
    public bool Loop { get; init; }

    /// <summary>How often a loop edge may be taken; null: not said, which the compiler refuses on a loop edge.</summary>
    public int? MaxIterations { get; init; }

    /// <summary>True for an edge that is taken when its source has failed for good.</summary>
    public bool OnError { get; init; }

    /// <summary>Set when the edge carries the items of a list, each to a call of its own.</summary>
    public FlowFanOut? FanOut { get; init; }

    public Position At { get; init; }

    internal Spots Spots { get; init; } = Spots.None;

    /// <summary>Both ends, as mistakes name them: <c>a -> b</c>.</summary>
    public override string ToString() => $"{From} -> {To}";
}

/// <summary>One field of the receiving message, and where its value comes from.</summary>
/// <param name="To">A field of the receiving message.</param>
/// <param name="From">A field of the sending message, a path <c>a.b.c</c> through single nested messages, or an expression over the sending message.</param>
public sealed record FieldAssignment(string To, string From, Position At)
{
    /// <summary>Where <see cref="From"/> stands.</summary>
    public Position ValueAt { get; init; } = At;
}

/// <summary>One field of a placement's input, set from what one or several of its sources gave.</summary>
/// <param name="To">A field of the receiving message.</param>
/// <param name="Source">An end whose edge leads here; null with an expression.</param>
/// <param name="Path">A path of fields of what that source gave; null with an expression.</param>
/// <param name="Cel">An expression over <c>inputs.ALIAS</c>; null with a path.</param>
public sealed record FlowCompose(
    string To,
    string? Source,
    string? Path,
    string? Cel,
    Position At = default
)
{
    /// <summary>Where the expression or the path stands.</summary>
    public Position ValueAt { get; init; } = At;
}

/// <summary>When an edge is taken: a comparison of one field, or an expression.</summary>
public sealed record FlowCondition
{
    /// <summary>One of <see cref="Operators"/> in upper case, or <c>CEL</c>.</summary>
    public required string Op { get; init; }

    /// <summary>A path of fields of the sending message; on a repeated field the comparison has to hold for any item. Null with an expression.</summary>
    public string? Field { get; init; }

    /// <summary>What the field is compared with, as JSON text; null with <c>EXISTS</c> and with an expression.</summary>
    public string? Value { get; init; }

    /// <summary>An expression of type bool; null with a comparison.</summary>
    public string? Cel { get; init; }

    public Position At { get; init; }

    /// <summary>Where the expression stands, or the value.</summary>
    public Position ValueAt { get; init; }

    /// <summary>The comparisons.</summary>
    public static readonly IReadOnlyList<string> Operators =
    [
        "EQ",
        "NEQ",
        "LT",
        "LTE",
        "GT",
        "GTE",
        "CONTAINS",
        "STARTS_WITH",
        "ENDS_WITH",
        "IN",
        "EXISTS",
    ];
}

/// <summary>The items of a list, each for a call of its own.</summary>
/// <param name="Items">The path of a repeated field of the sending message.</param>
public sealed record FlowFanOut(string Items)
{
    /// <summary>Calls at once.</summary>
    public int Concurrency { get; init; } = 8;

    /// <summary>More items are a failure.</summary>
    public int MaxItems { get; init; } = 1_000;

    /// <summary><see cref="GraphJoin.FailFast"/> or <see cref="GraphJoin.Tolerate"/>; null: that of the placement's join.</summary>
    public string? FailurePolicy { get; init; }
}

/// <summary>The flow's own message, at its beginning or its end.</summary>
public sealed record FlowFacade
{
    /// <summary>PascalCase.</summary>
    public required string MessageName { get; init; }

    public string Description { get; init; } = "";

    /// <summary>In the order of the document; their numbers follow from it and mean nothing outside of one compiled graph.</summary>
    public IReadOnlyList<FacadeField> Fields { get; init; } = [];

    /// <summary>A message as JSON text; null: none. Only at the flow's beginning.</summary>
    public string? ExampleInput { get; init; }

    /// <summary>How <see cref="FlowDocument.FlowOutput"/> waits for its edges. Only at the flow's end.</summary>
    public GraphJoin? Join { get; init; }

    /// <summary>How its fields are put together; null: by the edges. Only at the flow's end.</summary>
    public IReadOnlyList<FlowCompose>? Compose { get; init; }

    public Position At { get; init; }

    internal Spots Spots { get; init; } = Spots.None;
}

/// <summary>A field of a facade.</summary>
/// <param name="Kind">A proto scalar such as <c>string</c>, a type of <c>google.protobuf</c>, or the full name of a message or enum of a package in the flow.</param>
public sealed record FacadeField(string Name, string Kind)
{
    public bool Repeated { get; init; }

    public bool Optional { get; init; }

    public string Description { get; init; } = "";

    public Position At { get; init; }
}

/// <summary>A place in a text; line and column count from 1, and 0 means unknown.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct Position(int Line, int Column);

/// <summary>Where the values of a part's keys stand. Two are always equal: where something stands is not what it says.</summary>
internal sealed class Spots : IEquatable<Spots>
{
    public static readonly Spots None = new();

    private readonly Dictionary<string, Position> at = new(StringComparer.Ordinal);

    public void Add(string key, Position position) => at[key] = position;

    public Position Of(string key, Position otherwise) => at.GetValueOrDefault(key, otherwise);

    public bool Equals(Spots? other) => other is not null;

    public override bool Equals(object? other) => Equals(other as Spots);

    public override int GetHashCode() => 0;
}
