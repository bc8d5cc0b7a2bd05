using System.Runtime.InteropServices;
using Sluice.Language.Packages;

namespace Sluice.Language.Flows;

/// <summary>A flow as its author wrote it: placements and edges, with their positions. Not yet checked against packages.</summary>
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

    public required IReadOnlyList<FlowPlacement> Nodes { get; init; }

    public required IReadOnlyList<FlowEdge> Edges { get; init; }

    /// <summary>The path to name in mistakes.</summary>
    public string? File { get; init; }
}

/// <summary>A node of a package, placed in a flow under a name of its own.</summary>
public sealed record FlowPlacement
{
    /// <summary>Unique in the flow; one node may be placed several times.</summary>
    public required string Alias { get; init; }

    public required PackageReference Package { get; init; }

    /// <summary>The name of the node in its package.</summary>
    public required string Node { get; init; }

    public Position At { get; init; }
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

    public Position At { get; init; }

    /// <summary>Both ends, as mistakes name them: <c>a -> b</c>.</summary>
    public override string ToString() => $"{From} -> {To}";
}

/// <summary>One field of the receiving message, and where its value comes from.</summary>
/// <param name="To">A field of the receiving message.</param>
/// <param name="From">A field of the sending message, or a path <c>a.b.c</c> through single nested messages.</param>
public sealed record FieldAssignment(string To, string From, Position At);

/// <summary>A place in a text; line and column count from 1, and 0 means unknown.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct Position(int Line, int Column);
