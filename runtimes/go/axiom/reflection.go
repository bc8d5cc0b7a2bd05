package axiom

// Reflection shows the graph that runs.
type Reflection interface {
	// Flow is asked for once in a call. It is empty where there is none.
	Flow() Flow
}

// ReflectionOf shows the graph that runs, and where in it the call is.
func ReflectionOf(ax Context) Reflection {
	if has, ok := ax.(interface{ Reflection() Reflection }); ok {
		return has.Reflection()
	}
	return nowhere{}
}

// Flow is the structure of a graph. No condition, adapter or payload is in it.
type Flow struct {
	GraphID   string
	Nodes     []FlowNode
	Edges     []FlowEdge
	LoopEdges []FlowEdge
	Position  Position
}

// FlowNode is a placement of the graph.
type FlowNode struct {
	// InstanceID counts from 1.
	InstanceID                        int
	Name, PackageName, PackageVersion string
	// NodeType is node or subflow.
	NodeType                            string
	InputMessageName, OutputMessageName string
	// CanvasNodeID is the placement's alias.
	CanvasNodeID string
}

// FlowEdge is an edge of the graph. Instance 0 stands for the flow's own input and output.
type FlowEdge struct {
	SrcInstance, DstInstance int
	CanvasEdgeID             string
	HasCondition, HasAdapter bool
	// MaxIterations is that of a loop edge, else 0.
	MaxIterations int
}

// Position is where in the graph the call is.
type Position struct {
	CurrentInstance int
	Alias           string
	// Depth is 0 in a run that nobody's subflow is.
	Depth int
	// LoopIterations says, by the instance that the innermost loop around the call leads back to, which visit this is.
	LoopIterations map[int]int
	// SubflowStackGraphIDs are those above, from the root run to the parent.
	SubflowStackGraphIDs []string
	Visit                int
	// Item is the index in a fan-out, else -1.
	Item    int
	Attempt int
}

// NewFlow is an empty one, for the worker and for tests.
func NewFlow() Flow {
	return Flow{Position: Position{LoopIterations: map[int]int{}, Visit: 1, Item: -1, Attempt: 1}}
}

type nowhere struct{}

func (nowhere) Flow() Flow { return NewFlow() }
