package nodes;

import axiom.AxiomContext;
import axiom.Flow;
import axiom.Memory;
import gen.Messages.Text;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

public class Recall {
    public static Text recall(AxiomContext ax, Text input) {
        Memory memory = ax.agent().memory();
        Memory.Session session = memory.session("ada");
        List<String> said = new ArrayList<>();
        said.add(session.history().append("user", "Größe ♥").id());
        said.add(session.history().append("tool", "42", "calc", "c-1").id());
        said.add(
            session
                .history()
                .last(3)
                .stream()
                .map(it -> String.join("=", it.role(), it.content(), it.toolName(), it.toolCallId()))
                .collect(Collectors.joining(","))
        );
        said.add(memory.write("a fact", 0.25).id());
        said.add(session.write("own", 1).id());
        said.add(
            session
                .search("fact", 2)
                .stream()
                .map(it -> it.content() + "=" + it.sessionId() + "=" + (int) (it.importance() * 100) + "=" + (int) (it.score() * 100))
                .collect(Collectors.joining(","))
        );
        session.end();
        said.add(session.write("late").code());
        Flow flow = ax.reflection().flow();
        Flow.Node node = flow.nodes().get(0);
        Flow.Edge edge = flow.edges().get(0);
        Flow.Position at = flow.position();
        said.add(
            flow.graphId() + "/" + flow.nodes().size() + "/" + node.canvasNodeId() + ":" + node.packageName()
            + "/" + edge.srcInstance() + ">" + edge.dstInstance()
            + "/" + flow.loopEdges().size() + ":" + flow.loopEdges().get(0).maxIterations()
            + "/" + at.alias() + "/" + at.depth() + "/" + at.loopIterations().get(1)
            + "/" + at.subflowStackGraphIds().size() + "/" + at.visit() + "/" + at.item() + "/" + at.attempt()
        );
        ax.progress(0.5, "half");
        AxiomContext.telemetryOf(ax).addEvent("seen", Map.of("b", "ü", "a", "1"));
        AxiomContext.telemetryOf(ax).counter("hits", 2, Map.of());
        AxiomContext.telemetryOf(ax).histogram("ms", 1.5, Map.of());
        return Text.newBuilder().setText(String.join("|", said)).build();
    }
}
