package main

import (
	"package.name/axiom"
	"package.name/gen/proto"
)

func (a *answer) read(r *proto.Reader) error {
	for r.Next() {
		switch r.Tag() {
		case 10:
			a.code = r.String()
		case 18:
			a.message = r.String()
		case 26:
			a.id = r.String()
		case 34:
			a.turns = append(a.turns, readTurn(r))
		case 42:
			a.entries = append(a.entries, readEntry(r))
		case 50:
			a.readFlow(r)
		default:
			r.Skip()
		}
	}
	return r.Err()
}

func readTurn(r *proto.Reader) (turn axiom.Turn) {
	end := r.Begin()
	for r.Next() {
		switch r.Tag() {
		case 10:
			turn.ID = r.String()
		case 18:
			turn.SessionID = r.String()
		case 26:
			turn.Role = r.String()
		case 34:
			turn.Content = r.String()
		case 40:
			turn.CreatedAt = r.Int64()
		case 50:
			turn.ToolName = r.String()
		case 58:
			turn.ToolCallID = r.String()
		default:
			r.Skip()
		}
	}
	r.End(end)
	return turn
}

func readEntry(r *proto.Reader) (entry axiom.Entry) {
	end := r.Begin()
	for r.Next() {
		switch r.Tag() {
		case 10:
			entry.ID = r.String()
		case 18:
			entry.Content = r.String()
		case 26:
			entry.SessionID = r.String()
		case 33:
			entry.Importance = r.Double()
		case 41:
			entry.Score = r.Double()
		case 48:
			entry.CreatedAt = r.Int64()
		default:
			r.Skip()
		}
	}
	r.End(end)
	return entry
}

func (a *answer) readFlow(r *proto.Reader) {
	end := r.Begin()
	for r.Next() {
		switch r.Tag() {
		case 10:
			a.flow.GraphID = r.String()
		case 18:
			a.flow.Nodes = append(a.flow.Nodes, readNode(r))
		case 26:
			a.flow.Edges = append(a.flow.Edges, readEdge(r))
		case 34:
			a.flow.LoopEdges = append(a.flow.LoopEdges, readEdge(r))
		case 42:
			readPosition(r, &a.flow.Position)
		default:
			r.Skip()
		}
	}
	r.End(end)
}

func readNode(r *proto.Reader) (node axiom.FlowNode) {
	end := r.Begin()
	for r.Next() {
		switch r.Tag() {
		case 8:
			node.InstanceID = int(r.Int32())
		case 18:
			node.Name = r.String()
		case 26:
			node.PackageName = r.String()
		case 34:
			node.PackageVersion = r.String()
		case 42:
			node.NodeType = r.String()
		case 50:
			node.InputMessageName = r.String()
		case 58:
			node.OutputMessageName = r.String()
		case 66:
			node.CanvasNodeID = r.String()
		default:
			r.Skip()
		}
	}
	r.End(end)
	return node
}

func readEdge(r *proto.Reader) (edge axiom.FlowEdge) {
	end := r.Begin()
	for r.Next() {
		switch r.Tag() {
		case 8:
			edge.SrcInstance = int(r.Int32())
		case 16:
			edge.DstInstance = int(r.Int32())
		case 26:
			edge.CanvasEdgeID = r.String()
		case 32:
			edge.HasCondition = r.Bool()
		case 40:
			edge.HasAdapter = r.Bool()
		case 48:
			edge.MaxIterations = int(r.Int32())
		default:
			r.Skip()
		}
	}
	r.End(end)
	return edge
}

func readPosition(r *proto.Reader, position *axiom.Position) {
	end := r.Begin()
	for r.Next() {
		switch r.Tag() {
		case 8:
			position.CurrentInstance = int(r.Int32())
		case 18:
			position.Alias = r.String()
		case 24:
			position.Depth = int(r.Int32())
		case 34:
			head, visit := readVisit(r)
			position.LoopIterations[head] = visit
		case 42:
			position.SubflowStackGraphIDs = append(position.SubflowStackGraphIDs, r.String())
		case 48:
			position.Visit = int(r.Int32())
		case 56:
			position.Item = int(r.Int32()) - 1
		case 64:
			position.Attempt = int(r.Int32())
		default:
			r.Skip()
		}
	}
	r.End(end)
}

func readVisit(r *proto.Reader) (head, visit int) {
	end := r.Begin()
	for r.Next() {
		switch r.Tag() {
		case 8:
			head = int(r.Int32())
		case 16:
			visit = int(r.Int32())
		default:
			r.Skip()
		}
	}
	r.End(end)
	return head, visit
}
