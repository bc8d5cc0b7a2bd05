from gen.axiom_context import AxiomContext
from gen.messages_pb2 import Text


def recall(ax: AxiomContext, input: Text) -> Text:
    memory = ax.agent.memory
    session = memory.session("ada")
    said = [session.history.append("user", "Größe ♥")]
    said.append(session.history.append("tool", "42", tool_name="calc", tool_call_id="c-1"))
    turns = session.history.last(3)
    said.append(",".join(f"{it.role}={it.content}={it.tool_name}={it.tool_call_id}" for it in turns))
    said.append(memory.write("a fact", importance=0.25))
    said.append(session.write("own", importance=1))
    found = session.search("fact", limit=2)
    said.append(
        ",".join(f"{it.content}={it.session_id}={int(it.importance * 100)}={int(it.score * 100)}" for it in found)
    )
    session.end()
    said.append(session.write("late").code)
    flow = ax.reflection.flow
    node, edge, loop, at = flow.nodes[0], flow.edges[0], flow.loop_edges[0], flow.position
    said.append(
        f"{flow.graph_id}/{len(flow.nodes)}/{node.canvas_node_id}:{node.package_name}"
        f"/{edge.src_instance}>{edge.dst_instance}/{len(flow.loop_edges)}:{loop.max_iterations}/{at.alias}/{at.depth}"
        f"/{at.loop_iterations[1]}/{len(at.subflow_stack_graph_ids)}/{at.visit}/{at.item}/{at.attempt}"
    )
    ax.progress(0.5, "half")
    ax.telemetry().add_event("seen", {"a": "1", "b": "ü"})
    ax.telemetry().counter("hits", 2)
    ax.telemetry().histogram("ms", 1.5)
    return Text(text="|".join(said))
