namespace Sluice.Language.Flows.Checks;

/// <summary>What a placement's join and its fan-out may ask for.</summary>
internal sealed class JoinCheck(FlowDocument flow, FlowMistakes mistakes)
{
    /// <param name="edges">With known ends.</param>
    public void Check(IReadOnlyList<FlowEdge> edges)
    {
        var entering = edges.Where(e => !e.Loop).ToLookup(e => e.To);
        foreach (var placement in flow.Nodes)
        {
            var here = entering[placement.Alias].ToArray();
            if (placement.Join is not null)
                Single(here, FlowMistakes.Of(placement, "join"), placement.Alias);
            FanOut(placement, here, edges);
        }
        if (flow.OutputFacade is { Join: not null } facade)
            Single(
                [.. entering[FlowDocument.FlowOutput]],
                facade.Spots.Of("join", facade.At),
                FlowDocument.FlowOutput
            );
    }

    private void Single(FlowEdge[] entering, Position at, string where)
    {
        if (entering.Length == 1 && entering[0].FanOut is null)
            mistakes.Warn(
                "flow_join_single",
                $"`{where}` has one edge, so its `join` says nothing.",
                at,
                where
            );
    }

    private void FanOut(FlowPlacement placement, FlowEdge[] entering, IReadOnlyList<FlowEdge> edges)
    {
        var lists = entering.Where(e => e.FanOut is not null).ToArray();
        if (lists.Length == 0)
            return;
        foreach (var second in lists.Skip(1))
            mistakes.Add(
                "flow_fan_out_twice",
                $"`{placement.Alias}` is called once per item of `{lists[0]}` already; one edge to it may have `fan_out`.",
                second,
                "fan_out"
            );
        if (entering.Length > 1 && placement.Join?.Kind == GraphJoin.Xor)
            mistakes.Add(
                "flow_fan_out",
                $"`{placement.Alias}` takes the first of its edges (`XOR`); with `fan_out` it waits for all of them.",
                lists[0],
                "fan_out"
            );
        if (edges.FirstOrDefault(e => e.Loop && e.To == placement.Alias) is { } loop)
            mistakes.Add(
                "flow_fan_out",
                $"`{placement.Alias}` is called once per item; the loop edge `{loop}` needs a placement before it to lead to.",
                lists[0],
                "fan_out"
            );
        if (
            lists[0].FanOut!.FailurePolicy is { } policy
            && placement.Join is { } join
            && join.FailurePolicy != policy
        )
            mistakes.Add(
                "flow_fan_out",
                $"`failure_policy` is `{policy}` here and `{join.FailurePolicy}` in the join of `{placement.Alias}`; make them the same.",
                lists[0],
                "fan_out.failure_policy"
            );
    }
}
