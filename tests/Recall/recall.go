package nodes

import (
	"context"
	"fmt"
	"strings"

	"{module}/axiom"
	"{module}/gen"
)

func Recall(ctx context.Context, ax axiom.Context, input *gen.Text) (*gen.Text, error) {
	memory := axiom.AgentOf(ax).Memory()
	session := memory.Session("ada")
	var said, parts []string
	id, _ := session.History().Append("user", "Größe ♥")
	said = append(said, id)
	id, _ = session.History().Append("tool", "42", axiom.Tool{Name: "calc", CallID: "c-1"})
	said = append(said, id)
	turns, _ := session.History().Last(3)
	for _, it := range turns {
		parts = append(parts, strings.Join([]string{it.Role, it.Content, it.ToolName, it.ToolCallID}, "="))
	}
	said = append(said, strings.Join(parts, ","))
	id, _ = memory.Write("a fact", 0.25)
	said = append(said, id)
	id, _ = session.Write("own", 1)
	said = append(said, id)
	found, _ := session.Search("fact", 2)
	parts = nil
	for _, it := range found {
		parts = append(parts, fmt.Sprintf("%s=%s=%d=%d", it.Content, it.SessionID, int(it.Importance*100), int(it.Score*100)))
	}
	said = append(said, strings.Join(parts, ","))
	if err := session.End(); err != nil {
		return nil, err
	}
	_, err := session.Write("late", 0.5)
	said = append(said, err.(*axiom.Refusal).Code)
	flow := axiom.ReflectionOf(ax).Flow()
	at := flow.Position
	said = append(said, fmt.Sprintf("%s/%d/%s:%s/%d>%d/%d:%d/%s/%d/%d/%d/%d/%d/%d",
		flow.GraphID, len(flow.Nodes), flow.Nodes[0].CanvasNodeID, flow.Nodes[0].PackageName,
		flow.Edges[0].SrcInstance, flow.Edges[0].DstInstance, len(flow.LoopEdges), flow.LoopEdges[0].MaxIterations,
		at.Alias, at.Depth, at.LoopIterations[1], len(at.SubflowStackGraphIDs), at.Visit, at.Item, at.Attempt))
	axiom.Progress(ax, 0.5, "half")
	axiom.TelemetryOf(ax).AddEvent("seen", map[string]string{"b": "ü", "a": "1"})
	axiom.TelemetryOf(ax).Counter("hits", 2, nil)
	axiom.TelemetryOf(ax).Histogram("ms", 1.5, nil)
	return &gen.Text{Text: strings.Join(said, "|")}, nil
}
