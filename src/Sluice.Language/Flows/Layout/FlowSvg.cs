using System.Globalization;
using System.Security;
using System.Text;

namespace Sluice.Language.Flows.Layout;

/// <summary>
/// Draws a flow as one SVG file without scripts and without anything to fetch. It follows the reader's choice of light or
/// dark; what it shows is also said in words, for those who do not see it.
/// </summary>
public static class FlowSvg
{
    private const string Style = """
        .sluice-flow { font-family: system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; color: #1f2328; }
        .sluice-flow text { fill: currentColor; stroke: none; }
        .sluice-flow .name { font-weight: 600; }
        .sluice-flow .soft { fill: #59636e; }
        .sluice-flow .box { fill: #f6f8fa; stroke: #8c959f; }
        .sluice-flow .end { fill: none; stroke: #8c959f; stroke-dasharray: 3 3; }
        .sluice-flow .edge { fill: none; stroke: #59636e; stroke-width: 1.5; }
        .sluice-flow .tip { fill: #59636e; }
        .sluice-flow .again { stroke: #0550ae; }
        .sluice-flow .again-tip, .sluice-flow .again-text { fill: #0550ae; }
        .sluice-flow .error { stroke: #b42318; stroke-dasharray: 5 4; }
        .sluice-flow .error-tip, .sluice-flow .error-text { fill: #b42318; }
        .sluice-flow .each { stroke-width: 3.5; }
        .sluice-flow .undo { fill: none; stroke: #8c959f; stroke-dasharray: 2 4; }
        .sluice-flow .label { paint-order: stroke; stroke: #ffffff; stroke-width: 4; stroke-linejoin: round; }
        @media (prefers-color-scheme: dark) {
          .sluice-flow { color: #e6edf3; }
          .sluice-flow .soft { fill: #9198a1; }
          .sluice-flow .box { fill: #21262d; stroke: #6e7681; }
          .sluice-flow .end, .sluice-flow .undo { stroke: #6e7681; }
          .sluice-flow .edge { stroke: #9198a1; }
          .sluice-flow .tip { fill: #9198a1; }
          .sluice-flow .again { stroke: #79c0ff; }
          .sluice-flow .again-tip, .sluice-flow .again-text { fill: #79c0ff; }
          .sluice-flow .error { stroke: #ff7b72; }
          .sluice-flow .error-tip, .sluice-flow .error-text { fill: #ff7b72; }
          .sluice-flow .label { stroke: #0d1117; }
        }
        """;

    /// <summary>The drawing, with the cells that the author gave or else laid out. A flow with mistakes is drawn as it is written.</summary>
    public static string Of(FlowDocument flow)
    {
        var paper = new FlowPaper(flow, FlowLayout.OrGiven(flow));
        var text = new StringBuilder();
        var size = string.Create(
            CultureInfo.InvariantCulture,
            $"width=\"{paper.Width}\" height=\"{paper.Height}\" viewBox=\"0 0 {paper.Width} {paper.Height}\""
        );
        text.Append(
            CultureInfo.InvariantCulture,
            $"<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"sluice-flow\" {size} role=\"img\" aria-labelledby=\"sluice-flow-title sluice-flow-desc\">\n"
        );
        text.Append(
            CultureInfo.InvariantCulture,
            $"<title id=\"sluice-flow-title\">{Escape($"The flow {flow.Name}")}</title>\n<desc id=\"sluice-flow-desc\">{Escape(Words(flow))}</desc>\n"
        );
        text.Append("<style>\n").Append(Style).Append("\n</style>\n<defs>\n");
        foreach (var kind in (string[])["", "again-", "error-"])
            text.Append(
                CultureInfo.InvariantCulture,
                $"<marker id=\"sluice-{kind}tip\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"8\" markerHeight=\"8\" markerUnits=\"userSpaceOnUse\" orient=\"auto\"><path class=\"{kind}tip\" d=\"M0 0 8 4 0 8z\"/></marker>\n"
            );
        text.Append("</defs>\n");
        new FlowPen(flow, paper, text).Draw();
        return text.Append("</svg>\n").ToString();
    }

    /// <summary>The flow in sentences.</summary>
    private static string Words(FlowDocument flow)
    {
        var words = new StringBuilder();
        if (flow.Description.Length > 0)
            words.Append(flow.Description.Trim().TrimEnd('.')).Append(". ");
        foreach (var node in flow.Nodes)
            words
                .Append(node.Alias)
                .Append(" is ")
                .Append(string.Join(", ", FlowWords.Settings(node).Prepend(FlowWords.What(node))))
                .Append(". ");
        foreach (var edge in flow.Edges)
            words
                .Append(edge.From)
                .Append(" leads to ")
                .Append(edge.To)
                .Append(FlowWords.Edge(edge) is { Length: > 0 } more ? $" ({more})" : "")
                .Append(". ");
        return words.ToString().TrimEnd();
    }

    /// <summary>Text for an XML file: escaped, and without characters that XML has no place for.</summary>
    internal static string Escape(string text)
    {
        var clean = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
            clean.Append(
                Rune.IsControl(rune) && rune.Value is not '\n' || rune.Value is 0xFFFE or 0xFFFF
                    ? "\uFFFD"
                    : rune.ToString()
            );
        return SecurityElement.Escape(clean.ToString());
    }
}
