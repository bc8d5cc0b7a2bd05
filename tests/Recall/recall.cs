using System.Collections.Generic;
using System.Linq;
using Axiom;
using Gen;

namespace Nodes;

public static class RecallNode
{
    public static Text Recall(IAxiomContext ax, Text input)
    {
        var memory = ax.Agent().Memory();
        var session = memory.Session("ada");
        List<string> said = [session.History().Append("user", "Größe ♥").Id];
        said.Add(session.History().Append("tool", "42", "calc", "c-1").Id);
        var turns = session.History().Last(3);
        said.Add(
            string.Join(
                ',',
                turns.Select(it => $"{it.Role}={it.Content}={it.ToolName}={it.ToolCallId}")
            )
        );
        said.Add(memory.Write("a fact", 0.25).Id);
        said.Add(session.Write("own", 1).Id);
        var found = session.Search("fact", 2);
        said.Add(
            string.Join(
                ',',
                found.Select(it =>
                    $"{it.Content}={it.SessionId}={it.Importance * 100}={it.Score * 100}"
                )
            )
        );
        session.End();
        said.Add(session.Write("late").Code);
        var flow = ax.Reflection().Flow();
        var (node, edge, at) = (flow.Nodes[0], flow.Edges[0], flow.Position);
        said.Add(
            $"{flow.GraphId}/{flow.Nodes.Count}/{node.CanvasNodeId}:{node.PackageName}/{edge.SrcInstance}>{edge.DstInstance}"
                + $"/{flow.LoopEdges.Count}:{flow.LoopEdges[0].MaxIterations}/{at.Alias}/{at.Depth}/{at.LoopIterations[1]}"
                + $"/{at.SubflowStackGraphIds.Count}/{at.Visit}/{at.Item}/{at.Attempt}"
        );
        ax.Progress(0.5, "half");
        Telemetry
            .Of(ax)
            .AddEvent("seen", new Dictionary<string, string> { ["b"] = "ü", ["a"] = "1" });
        Telemetry.Of(ax).Counter("hits", 2);
        Telemetry.Of(ax).Histogram("ms", 1.5);
        return new Text { Text_ = string.Join('|', said) };
    }
}
