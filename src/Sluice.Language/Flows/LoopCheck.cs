using Sluice.Language.Documents;

namespace Sluice.Language.Flows;

/// <summary>
/// The rules of loops. A loop edge leads back to a placement from which its source is reached, or to itself; what lies
/// between is its body. Only the target has edges that enter the body, only the source has plain edges that leave it
/// (errors may leave from anywhere), and two bodies lie apart or one within the other.
/// </summary>
internal sealed class LoopCheck(IReadOnlyList<FlowEdge> edges, FlowMistakes mistakes)
{
    private readonly FlowEdge[] forward = [.. edges.Where(e => !e.Loop)];

    public void Check()
    {
        var bodies = new List<(FlowEdge Edge, HashSet<string> Body)>();
        foreach (var loop in edges.Where(e => e.Loop))
        {
            var after = FlowStructure.Reach(forward, loop.To, e => e.From, e => e.To);
            var body = FlowStructure.Reach(forward, loop.From, e => e.To, e => e.From);
            body.IntersectWith(after);
            if (body.Count == 0)
            {
                mistakes.Add(
                    "flow_loop",
                    $"A loop edge leads back, but no path leads from `{loop.To}` to `{loop.From}`.",
                    loop,
                    "loop"
                );
                continue;
            }
            CheckBody(loop, body);
            foreach (var other in bodies)
                CheckOverlap(loop, body, other.Edge, other.Body);
            bodies.Add((loop, body));
        }
    }

    private void CheckBody(FlowEdge loop, HashSet<string> body)
    {
        foreach (var edge in forward)
        {
            if (edge.To != loop.To && body.Contains(edge.To) && !body.Contains(edge.From))
                mistakes.Add(
                    "flow_loop_entered",
                    $"This edge enters the loop {loop} (its body is {Shown.List(body.Order(StringComparer.Ordinal))}); a loop is entered at `{loop.To}` only.",
                    edge
                );
            if (
                edge.From != loop.From
                && !edge.OnError
                && body.Contains(edge.From)
                && !body.Contains(edge.To)
            )
                mistakes.Add(
                    "flow_loop_left",
                    $"This edge leaves the loop {loop} (its body is {Shown.List(body.Order(StringComparer.Ordinal))}); a loop is left from `{loop.From}` only.",
                    edge
                );
        }
    }

    private void CheckOverlap(
        FlowEdge loop,
        HashSet<string> body,
        FlowEdge other,
        HashSet<string> otherBody
    )
    {
        if (!body.Overlaps(otherBody))
            return;
        var apart =
            (body.IsProperSubsetOf(otherBody) || otherBody.IsProperSubsetOf(body))
            && loop.From != other.From
            && loop.To != other.To;
        if (!apart)
            mistakes.Add(
                "flow_loop_overlap",
                $"This loop overlaps the loop {other}; two loops lie apart, or one within the other with a first and a last placement of its own.",
                loop,
                "loop"
            );
    }
}
