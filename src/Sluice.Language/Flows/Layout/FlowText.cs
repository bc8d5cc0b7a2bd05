using System.Text;

namespace Sluice.Language.Flows.Layout;

/// <summary>Shows a flow as text: each placement in the order of the way through, and below it where its edges lead.</summary>
public static class FlowText
{
    /// <summary>Lines end with a line feed. A flow with mistakes is shown as it is written.</summary>
    public static string Of(FlowDocument flow)
    {
        var text = new StringBuilder();
        text.Append(flow.Name);
        if (flow.Version.Length > 0)
            text.Append(' ').Append(flow.Version);
        text.Append('\n');
        var edges = flow.Edges.ToLookup(e => e.From, StringComparer.Ordinal);
        text.Append('\n').Append(FlowDocument.FlowInput);
        if (flow.InputFacade is { } input)
            text.Append("  ").Append(input.MessageName);
        text.Append('\n');
        Edges(text, [.. edges[FlowDocument.FlowInput]]);
        foreach (var node in Ordered(flow))
        {
            text.Append('\n').Append(node.Alias).Append("  ").Append(FlowWords.What(node));
            foreach (var setting in FlowWords.Settings(node))
                text.Append(", ").Append(setting);
            text.Append('\n');
            Edges(text, [.. edges[node.Alias]]);
        }
        text.Append('\n').Append(FlowDocument.FlowOutput);
        if (flow.OutputFacade is { } output)
        {
            text.Append("  ").Append(output.MessageName);
            if (output.Join is { } join)
                text.Append(", ").Append(FlowWords.Join(join));
        }
        return text.Append('\n').ToString();
    }

    private static IEnumerable<FlowPlacement> Ordered(FlowDocument flow)
    {
        var cells = FlowLayout.Of(flow).Placements;
        var undoing = flow.Nodes.Select(n => n.Compensate).ToHashSet(StringComparer.Ordinal);
        return flow
            .Nodes.OrderBy(n => undoing.Contains(n.Alias))
            .ThenBy(n => cells.GetValueOrDefault(n.Alias).Col)
            .ThenBy(n => cells.GetValueOrDefault(n.Alias).Row);
    }

    private static void Edges(StringBuilder text, FlowEdge[] edges)
    {
        for (var i = 0; i < edges.Length; i++)
        {
            var words = FlowWords.Edge(edges[i]);
            text.Append(i == edges.Length - 1 ? "  └─" : "  ├─");
            if (words.Length > 0)
                text.Append(' ').Append(words).Append(" ─");
            text.Append("▸ ").Append(edges[i].To);
            if (FlowWords.Adapter(edges[i]) is { Length: > 0 } sets)
                text.Append("  (").Append(sets).Append(')');
            text.Append('\n');
        }
    }
}
