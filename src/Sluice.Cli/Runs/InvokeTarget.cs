namespace Sluice.Cli.Runs;

/// <summary>What is to be called; one of the three.</summary>
internal sealed record InvokeTarget
{
    public string? GraphId { get; init; }

    /// <summary><c>handle/flow</c>: its latest graph.</summary>
    public string? Flow { get; init; }

    public SingleNode? Node { get; init; }

    /// <summary>A single node, without a flow.</summary>
    public sealed record SingleNode(string Package, string Version, string Name);

    /// <summary><c>handle/flow</c>, <c>handle/package/Node@version</c>, or a graph's id; null for a node without a version.</summary>
    public static InvokeTarget? Parse(string text)
    {
        var at = text.IndexOf('@', StringComparison.Ordinal);
        return text[..(at < 0 ? text.Length : at)].Split('/') switch
        {
            [_] => new InvokeTarget { GraphId = text },
            [var handle, var package, var node] => at < 0
                ? null
                : new InvokeTarget
                {
                    Node = new SingleNode($"{handle}/{package}", text[(at + 1)..], node),
                },
            _ => new InvokeTarget { Flow = text },
        };
    }
}
