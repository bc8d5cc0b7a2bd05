using Sluice.Language.Packages;

namespace Sluice.Language.Flows.Checks;

/// <summary>
/// The rules of flows over streams: one line of placements from the flow's input to its output, at least one of them a
/// pipeline node; a unary one among them is called once per frame. Adapters and conditions hold for each frame. Nothing
/// is waited for, tried again or undone: a frame that has passed is not kept.
/// </summary>
internal sealed class PipelineCheck(FlowDocument flow, FlowMistakes mistakes)
{
    /// <param name="edges">With known ends.</param>
    /// <param name="placed">By alias, those that were resolved.</param>
    public void Check(IReadOnlyList<FlowEdge> edges, IReadOnlyDictionary<string, Placed> placed)
    {
        var streams = placed.Values.Any(p => p.Node?.Type == NodeType.Pipeline);
        if (!flow.PipelineMode)
        {
            if (streams)
                CheckUnary(placed);
            return;
        }
        if (!streams)
        {
            if (placed.Count == flow.Nodes.Count)
                mistakes.AddHead(
                    "flow_pipeline_mode",
                    "None of the placements is a node of the type `pipeline`; leave out `pipeline_mode`.",
                    "pipeline_mode",
                    FlowReader.Flow
                );
            return;
        }
        CheckLine(edges);
        foreach (var placement in flow.Nodes)
            CheckSettings(placement);
        if (
            flow.OutputFacade is { } facade
            && (facade.Join is not null || facade.Compose is not null)
        )
            mistakes.AddAt(
                "flow_pipeline_setting",
                $"`{(facade.Join is not null ? "join" : "compose")}` does not go with `pipeline_mode`: each frame comes from one edge.",
                facade.At,
                FlowDocument.FlowOutput
            );
    }

    private void CheckUnary(IReadOnlyDictionary<string, Placed> placed)
    {
        foreach (var (alias, at) in placed)
            if (at.Node is { Type: NodeType.Pipeline } node)
                mistakes.Add(
                    "flow_pipeline_node",
                    $"`{alias}` is `{node.Name}` of `{at.Placement.Package}`, which works on streams; a flow has such nodes with `pipeline_mode: true`.",
                    at.Placement
                );
    }

    private void CheckLine(IReadOnlyList<FlowEdge> edges)
    {
        var left = new Dictionary<string, FlowEdge>(StringComparer.Ordinal);
        var entered = new Dictionary<string, FlowEdge>(StringComparer.Ordinal);
        foreach (var edge in edges)
        {
            foreach (
                var (has, key) in new[]
                {
                    (edge.Loop, "loop"),
                    (edge.OnError, "on_error"),
                    (edge.FanOut is not null, "fan_out"),
                }
            )
                if (has)
                    mistakes.Add(
                        "flow_pipeline_edge",
                        $"`{key}` does not go with `pipeline_mode`: an edge carries each frame once, to the next placement.",
                        edge,
                        key
                    );
            if (edge.Loop || edge.OnError)
                continue;
            if (!left.TryAdd(edge.From, edge))
                Second(edge, $"from `{edge.From}` to `{left[edge.From].To}`");
            if (!entered.TryAdd(edge.To, edge))
                Second(edge, $"to `{edge.To}` from `{entered[edge.To].From}`");
        }

        void Second(FlowEdge edge, string first) =>
            mistakes.Add(
                "flow_pipeline_line",
                $"In a flow over streams the placements stand in one line, and an edge leads {first} already.",
                edge
            );
    }

    private void CheckSettings(FlowPlacement placement)
    {
        if (placement.Subflow is not null)
            mistakes.Add(
                "flow_pipeline_subflow",
                "A flow over streams has no flows in it.",
                placement,
                "subflow"
            );
        foreach (
            var (has, key) in new[]
            {
                (placement.Join is not null, "join"),
                (placement.Compose is not null, "compose"),
                (placement.Retry is not null, "retry"),
                (placement.Compensate is not null, "compensate"),
            }
        )
            if (has)
                mistakes.Add(
                    "flow_pipeline_setting",
                    $"`{key}` does not go with `pipeline_mode`: a frame that has passed is not kept, so nothing waits for others, is tried again or undone.",
                    placement,
                    key
                );
    }
}
