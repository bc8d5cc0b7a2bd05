import type { AxiomContext } from "../gen/axiomContext";
import { telemetryOf } from "../gen/axiomContext";
import { Text } from "../gen/messages_pb";

export async function recall(ax: AxiomContext, _input: Text): Promise<Text> {
    const memory = ax.agent.memory;
    const session = memory.session("ada");
    const said = [(await session.history.append("user", "Größe ♥")).id];
    said.push((await session.history.append("tool", "42", { name: "calc", callId: "c-1" })).id);
    const turns = await session.history.last(3);
    said.push(turns.map((it) => [it.role, it.content, it.toolName, it.toolCallId].join("=")).join(","));
    said.push((await memory.write("a fact", 0.25)).id);
    said.push((await session.write("own", 1)).id);
    const found = await session.search("fact", 2);
    said.push(found.map((it) => [it.content, it.sessionId, it.importance * 100, it.score * 100].join("=")).join(","));
    await session.end();
    said.push((await session.write("late")).code);
    const flow = ax.reflection.flow;
    const [node, edge, loop, at] = [flow.nodes[0]!, flow.edges[0]!, flow.loopEdges[0]!, flow.position];
    said.push(
        [
            flow.graphId,
            flow.nodes.length,
            `${node.canvasNodeId}:${node.packageName}`,
            `${edge.srcInstance}>${edge.dstInstance}`,
            `${flow.loopEdges.length}:${loop.maxIterations}`,
            at.alias,
            at.depth,
            at.loopIterations.get(1),
            at.subflowStackGraphIds.length,
            at.visit,
            at.item,
            at.attempt,
        ].join("/"),
    );
    ax.progress(0.5, "half");
    telemetryOf(ax).addEvent("seen", { a: 1, b: "ü" });
    telemetryOf(ax).counter("hits", 2);
    telemetryOf(ax).histogram("ms", 1.5);
    return new Text().setText(said.join("|"));
}
