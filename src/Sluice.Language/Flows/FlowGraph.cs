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
    public const int CurrentFormat = 1;

    public int Format { get; init; } = CurrentFormat;

    /// <summary><c>handle/flow-name</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The version that the author gave the flow; may be empty.</summary>
    public required string Version { get; init; }

    /// <summary>In topological order: every edge leads from an earlier placement to a later one.</summary>
    public required IReadOnlyList<GraphNode> Nodes { get; init; }

    /// <summary>In the order of the document.</summary>
    public required IReadOnlyList<GraphEdge> Edges { get; init; }

    /// <summary>One per package version that a placement names.</summary>
    public required IReadOnlyList<GraphPackage> Packages { get; init; }

    /// <summary>Alias of the first placement that takes the flow's input whole; its input type is the flow's.</summary>
    public required string Entry { get; init; }

    /// <summary>Alias of the placement whose output is the flow's.</summary>
    public required string Terminal { get; init; }

    /// <summary>Full name of the message that goes into the flow; declared by the package of <see cref="Entry"/>.</summary>
    public required string InputType { get; init; }

    /// <summary>Full name of the message that comes out of the flow; declared by the package of <see cref="Terminal"/>.</summary>
    public required string OutputType { get; init; }

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

    /// <summary>Full name of the message that goes in.</summary>
    public required string InputType { get; init; }

    /// <summary>Full name of the message that comes out.</summary>
    public required string OutputType { get; init; }

    /// <summary>Names that the package declares for this node; information only.</summary>
    public IReadOnlyList<string> RequiredSecrets { get; init; } = [];
}

/// <summary>A checked edge.</summary>
public sealed record GraphEdge
{
    /// <summary>An alias or <see cref="FlowDocument.FlowInput"/>.</summary>
    public required string From { get; init; }

    /// <summary>An alias or <see cref="FlowDocument.FlowOutput"/>.</summary>
    public required string To { get; init; }

    /// <summary>The fields that the edge sets; null when it carries every field that both messages have.</summary>
    public IReadOnlyList<GraphField>? Fields { get; init; }

    public override string ToString() => $"{From} -> {To}";
}

/// <summary>One field of the receiving message, set from a path of fields of the sending one.</summary>
public sealed record GraphField(string To, string From);

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
