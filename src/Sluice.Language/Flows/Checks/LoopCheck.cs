using Sluice.Language.Documents;

namespace Sluice.Language.Flows.Checks;

/// <summary>
/// The rules of loops. A loop edge leads back to a placement from which its source is reached, or to itself; what lies
/// between is its body. Only the target has edges that enter the body, only the source has plain edges that leave it
/// (errors may leave from anywhere), and two bodies lie apart or one within the other.
/// </summary>
internal sealed class LoopCheck
{
    private readonly FlowEdge[] loops;
    private readonly FlowEdge[] forward;
    private readonly Reach after;
    private readonly Reach before;
    private readonly FlowMistakes mistakes;

    /// <param name="edges">With known ends, and without cycles but loops.</param>
    public LoopCheck(IReadOnlyList<FlowEdge> edges, FlowMistakes mistakes)
    {
        this.mistakes = mistakes;
        loops = [.. edges.Where(e => e.Loop)];
        forward = [.. edges.Where(e => !e.Loop)];
        after = Reach.Along(forward, e => e.From, e => e.To);
        before = Reach.Along(forward, e => e.To, e => e.From);
    }

    public void Check()
    {
        var bodies = new List<(FlowEdge Edge, HashSet<string> Body)>();
        foreach (var loop in loops)
        {
            // Each loop is compared with all edges and all other loops: thousands of bad ones would take minutes.
            if (mistakes.IsFull)
                return;
            var body = before.From(loop.From);
            body.IntersectWith(after.From(loop.To));
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
            if (mistakes.IsFull)
                return;
            var (isFrom, isTo) = (body.Contains(edge.From), body.Contains(edge.To));
            if (isTo && !isFrom && edge.To != loop.To)
                mistakes.Add(
                    "flow_loop_entered",
                    $"This edge enters the loop {loop} (its body is {Named(body)}); a loop is entered at `{loop.To}` only.",
                    edge
                );
            if (isFrom && !isTo && !edge.OnError && edge.From != loop.From)
                mistakes.Add(
                    "flow_loop_left",
                    $"This edge leaves the loop {loop} (its body is {Named(body)}); a loop is left from `{loop.From}` only.",
                    edge
                );
        }
    }

    private static string Named(HashSet<string> body) =>
        Shown.List(body.Order(StringComparer.Ordinal));

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
