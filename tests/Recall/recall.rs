use std::collections::HashMap;
use std::error::Error;

use crate::axiom_context::AxiomContext;
use crate::messages::Text;

/// Asks and tells all that can be asked and told.
pub fn recall(ax: &dyn AxiomContext, _input: Text) -> Result<Text, Box<dyn Error>> {
    let memory = ax.agent().memory();
    let session = memory.session("ada");
    let mut said = vec![session.history().append("user", "Größe ♥")?];
    said.push(session.history().append_tool("calc", "c-1", "42")?);
    let turns = session.history().last(3)?;
    let turns = turns
        .iter()
        .map(|it| [&*it.role, &it.content, &it.tool_name, &it.tool_call_id].join("="));
    said.push(turns.collect::<Vec<_>>().join(","));
    said.push(memory.write("a fact", 0.25)?);
    said.push(session.write("own", 1.0)?);
    let found = session.search("fact", 2)?;
    let found = found.iter().map(|it| {
        let (importance, score) = ((it.importance * 100.0) as i32, (it.score * 100.0) as i32);
        format!("{}={}={}={}", it.content, it.session_id, importance, score)
    });
    said.push(found.collect::<Vec<_>>().join(","));
    session.end()?;
    said.push(session.write("late", 0.5).unwrap_err().code);
    let flow = ax.reflection().flow();
    let (node, edge, at) = (&flow.nodes[0], &flow.edges[0], &flow.position);
    said.push(format!(
        "{}/{}/{}:{}/{}>{}/{}:{}/{}/{}/{}/{}/{}/{}/{}",
        flow.graph_id,
        flow.nodes.len(),
        node.canvas_node_id,
        node.package_name,
        edge.src_instance,
        edge.dst_instance,
        flow.loop_edges.len(),
        flow.loop_edges[0].max_iterations,
        at.alias,
        at.depth,
        at.loop_iterations[&1],
        at.subflow_stack_graph_ids.len(),
        at.visit,
        at.item,
        at.attempt
    ));
    ax.progress(0.5, "half");
    if let Some(telemetry) = ax.axiom_telemetry() {
        let attributes = HashMap::from([("b", "ü".to_string()), ("a", "1".to_string())]);
        telemetry.add_event("seen", &attributes);
        telemetry.counter("hits", 2.0, &HashMap::new());
        telemetry.histogram("ms", 1.5, &HashMap::new());
    }
    Ok(Text {
        text: said.join("|"),
        ..Default::default()
    })
}
