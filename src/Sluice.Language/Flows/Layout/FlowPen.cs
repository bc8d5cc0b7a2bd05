using System.Text;

namespace Sluice.Language.Flows.Layout;

/// <summary>Draws the parts of a flow: boxes, edges as curves, and what edges have to say.</summary>
internal sealed class FlowPen(FlowDocument flow, FlowPaper paper, StringBuilder svg)
{
    private const int BoxWidth = FlowPaper.BoxWidth;
    private const int BoxHeight = FlowPaper.BoxHeight;

    // In characters, so that they fit their box or gap in most fonts.
    private const int LongestName = 18;
    private const int LongestLine = 24;
    private const int LongestLabel = 30;
    private const int LongestBackLabel = 40;

    // An edge that leads back leaves a box this far right of its middle, and comes back as far left of it.
    private const int BackInset = 24;
    private const int BackStep = 16;

    private const int BesideReach = 48;

    public void Draw()
    {
        foreach (var node in flow.Nodes)
            if (node.Compensate is { } undo && paper.Has(node.Alias) && paper.Has(undo))
                Undo(node.Alias, undo);
        for (var i = 0; i < flow.Edges.Count; i++)
            if (paper.Has(flow.Edges[i]))
                Edge(flow.Edges[i], paper.Route(i));
        End(FlowDocument.FlowInput, flow.InputFacade?.MessageName);
        foreach (var node in flow.Nodes.DistinctBy(n => n.Alias).Where(n => paper.Has(n.Alias)))
            Box(node);
        End(FlowDocument.FlowOutput, flow.OutputFacade?.MessageName);
        // Above all else, for a label may be wider than its gap.
        var forward = flow.Edges.Where(e => paper.Has(e) && !paper.LeadsBack(e)).ToArray();
        var (into, outOf) = (
            forward.ToLookup(e => e.To, StringComparer.Ordinal),
            forward.ToLookup(e => e.From, StringComparer.Ordinal)
        );
        for (var i = 0; i < flow.Edges.Count; i++)
            if (paper.Has(flow.Edges[i]) && FlowWords.Edge(flow.Edges[i]) is { Length: > 0 } words)
                Label(flow.Edges[i], words, paper.Route(i), into, outOf);
    }

    private void End(string name, string? message)
    {
        var (x, y) = paper.Corner(name);
        Add(
            $"<g><rect class=\"end\" x=\"{x}\" y=\"{y}\" width=\"{BoxWidth}\" height=\"{BoxHeight}\" rx=\"28\"/>"
        );
        Text(x + BoxWidth / 2, y + (message is null ? 33 : 24), name, 13, "soft");
        if (message is not null)
            Text(x + BoxWidth / 2, y + 43, FlowWords.Short(message, LongestLine), 12, "");
        svg.Append("</g>\n");
    }

    private void Box(FlowPlacement node)
    {
        var (x, y) = paper.Corner(node.Alias);
        var what = string.Join(
            " · ",
            Marks(node).Prepend(node.Subflow is null ? node.Node : "subflow")
        );
        var title = string.Join(
            ", ",
            FlowWords.Settings(node).Prepend($"{node.Alias}: {FlowWords.What(node)}")
        );
        Add($"<g><title>{FlowSvg.Escape(title)}</title>");
        if (node.Subflow is not null)
            Rectangle(x + 4, y + 4);
        Rectangle(x, y);
        Text(x + BoxWidth / 2, y + 24, FlowWords.Short(node.Alias, LongestName), 14, "name");
        Text(x + BoxWidth / 2, y + 43, FlowWords.Short(what, LongestLine), 12, "soft");
        svg.Append("</g>\n");

        void Rectangle(int left, int top) =>
            Add(
                $"<rect class=\"box\" x=\"{left}\" y=\"{top}\" width=\"{BoxWidth}\" height=\"{BoxHeight}\" rx=\"8\"/>"
            );
    }

    /// <summary>A placement's settings as short as a box needs them; its title has them in words.</summary>
    private static IEnumerable<string> Marks(FlowPlacement node)
    {
        if (node.Join is { Kind: GraphJoin.Xor })
            yield return "XOR";
        else if (node.Join is { FailurePolicy: GraphJoin.Tolerate })
            yield return "tolerant";
        if (node.Retry is { MaxAttempts: > 1 } retry)
            yield return $"{retry.MaxAttempts}×";
        if (node.TimeoutMs is { } time)
            yield return FlowWords.Time(time);
    }

    private static string Kind(FlowEdge edge) =>
        edge.OnError ? "error"
        : edge.Loop ? "again"
        : "";

    private void Edge(FlowEdge edge, IReadOnlyList<(int X, int Y)> route)
    {
        var kind = Kind(edge);
        var classes = $"edge {kind}{(edge.FanOut is null ? "" : " each")}".TrimEnd();
        var tip = kind.Length == 0 ? "" : kind + "-";
        var path =
            paper.LeadsBack(edge) ? Around(edge)
            : paper.LeadsUpOrDown(edge) ? Beside(edge)
            : Along(edge, route);
        var title = $"{edge} {FlowWords.Edge(edge)}".TrimEnd();
        Add(
            $"<path class=\"{classes}\" marker-end=\"url(#sluice-{tip}tip)\" d=\"{path}\"><title>{FlowSvg.Escape(title)}</title></path>\n"
        );
    }

    /// <summary>From the right side of one box to the left side of the other, straight through the cells between them.</summary>
    private string Along(FlowEdge edge, IReadOnlyList<(int X, int Y)> route)
    {
        var path = new StringBuilder();
        var (x, y) = paper.Corner(edge.From);
        (x, y) = (x + BoxWidth, y + BoxHeight / 2);
        Add(path, $"M{x} {y}");
        foreach (var (left, top) in route)
        {
            CurveTo(left, top + BoxHeight / 2);
            x = left + BoxWidth;
            Add(path, $"H{x}");
        }
        var (endX, endY) = paper.Corner(edge.To);
        CurveTo(endX - 1, endY + BoxHeight / 2);
        return path.ToString();

        void CurveTo(int toX, int toY)
        {
            var half = (toX - x) / 2;
            Add(path, $"C{x + half} {y} {toX - half} {toY} {toX} {toY}");
            (x, y) = (toX, toY);
        }
    }

    /// <summary>Right of the column, and into the right side of the other box.</summary>
    private string Beside(FlowEdge edge)
    {
        var (x, fromY) = paper.Corner(edge.From);
        var toY = paper.Corner(edge.To).Y + BoxHeight / 2;
        x += BoxWidth;
        return FormattableString.Invariant(
            $"M{x} {fromY + BoxHeight / 2}C{x + BesideReach} {fromY + BoxHeight / 2} {x + BesideReach} {toY} {x + 1} {toY}"
        );
    }

    /// <summary>Below the boxes and back.</summary>
    private string Around(FlowEdge edge)
    {
        var (fromX, fromY) = paper.Corner(edge.From);
        var (toX, toY) = paper.Corner(edge.To);
        var inset = Math.Min(
            BackInset + (paper.Level(edge) - 1) * BackStep,
            BoxWidth / 2 - BackStep
        );
        var (startX, endX) = (fromX + BoxWidth / 2 + inset, toX + BoxWidth / 2 - inset);
        // Such a curve goes down three quarters of the way to its control points.
        var below = Math.Max(fromY, toY) + BoxHeight + paper.Turn(edge) * 4 / 3;
        return FormattableString.Invariant(
            $"M{startX} {fromY + BoxHeight}C{startX} {below} {endX} {below} {endX} {toY + BoxHeight + 1}"
        );
    }

    /// <summary>Where nothing else comes by: over the straight way through a column, else at the end that the edge has for itself.</summary>
    private void Label(
        FlowEdge edge,
        string words,
        IReadOnlyList<(int X, int Y)> route,
        ILookup<string, FlowEdge> into,
        ILookup<string, FlowEdge> outOf
    )
    {
        var (x, y) = paper.Corner(edge.From);
        var (toX, toY) = paper.Corner(edge.To);
        const int above = BoxHeight / 2 - 7;
        const int below = BoxHeight / 2 + 16;
        // On the side from which the curve does not come.
        var beside = y < toY ? below : above;
        var (left, top, anchor) =
            paper.LeadsBack(edge)
                ? (
                    (x + toX + BoxWidth) / 2,
                    Math.Max(y, toY) + BoxHeight + paper.Turn(edge) + 12,
                    "middle"
                )
            : paper.LeadsUpOrDown(edge)
                ? (x + BoxWidth + BesideReach, (y + toY) / 2 + BoxHeight / 2 + 4, "start")
            : route is [var bend, ..] ? (bend.X + BoxWidth / 2, bend.Y + above, "middle")
            : into[edge.To].Skip(1).Any() is false ? (toX - 12, toY + beside, "end")
            : outOf[edge.From].Skip(1).Any() is false ? (x + BoxWidth + 8, y + above, "start")
            : ((x + BoxWidth + toX) / 2, (y + toY) / 2 + above, "middle");
        var kind = Kind(edge) is { Length: > 0 } special ? special + "-text" : "soft";
        var longest = paper.LeadsBack(edge) ? LongestBackLabel : LongestLabel;
        Text(left, top, FlowWords.Short(words, longest), 11, $"label {kind}", anchor);
        svg.Append('\n');
    }

    private void Undo(string alias, string undo)
    {
        var (x, y) = paper.Corner(alias);
        var (toX, toY) = paper.Corner(undo);
        Add(
            $"<path class=\"undo\" d=\"M{x + BoxWidth / 2} {y + BoxHeight}L{toX + BoxWidth / 2} {toY}\"><title>{FlowSvg.Escape($"{undo} undoes {alias}")}</title></path>\n"
        );
    }

    private void Text(int x, int y, string text, int size, string kind, string anchor = "middle")
    {
        var classes = kind.Length == 0 ? "" : $" class=\"{kind}\"";
        Add(
            $"<text{classes} x=\"{x}\" y=\"{y}\" font-size=\"{size}\" text-anchor=\"{anchor}\">{FlowSvg.Escape(text)}</text>"
        );
    }

    private void Add(FormattableString line) => Add(svg, line);

    private static void Add(StringBuilder text, FormattableString line) =>
        text.Append(FormattableString.Invariant(line));
}
