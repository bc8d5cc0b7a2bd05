package axiom;

import java.util.List;
import java.util.Map;

/** The structure of the graph that runs, and where in it the call is. No condition, adapter or payload is in it. */
public record Flow(String graphId, List<Node> nodes, List<Edge> edges, List<Edge> loopEdges, Position position) {
    public static final Flow EMPTY = new Flow(
        "",
        List.of(),
        List.of(),
        List.of(),
        new Position(0, "", 0, Map.of(), List.of(), 1, -1, 1)
    );

    /** A placement. Instances count from 1; the type is node or subflow; canvasNodeId is the alias. */
    public record Node(
        int instanceId,
        String name,
        String packageName,
        String packageVersion,
        String nodeType,
        String inputMessageName,
        String outputMessageName,
        String canvasNodeId
    ) {}

    /** An edge; instance 0 stands for the flow's own input and output. Only a loop edge has iterations. */
    public record Edge(
        int srcInstance,
        int dstInstance,
        String canvasEdgeId,
        boolean hasCondition,
        boolean hasAdapter,
        int maxIterations
    ) {}

    /**
     * Where the call is: depth is 0 in a run that nobody's subflow is, loopIterations says by the instance that the
     * innermost loop leads back to which visit this is, the graphs above are from the root run to the parent, and item
     * is -1 outside of a fan-out.
     */
    public record Position(
        int currentInstance,
        String alias,
        int depth,
        Map<Integer, Integer> loopIterations,
        List<String> subflowStackGraphIds,
        int visit,
        int item,
        int attempt
    ) {}
}
