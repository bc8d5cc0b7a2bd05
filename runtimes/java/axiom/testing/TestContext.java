package axiom.testing;

import axiom.AxiomContext;
import axiom.Memory;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** A stand-in for the context, with values to find and the lines that were logged. */
public class TestContext implements AxiomContext {
    private final Map<String, String> secretsMap;
    private final Map<String, String> paramsMap;
    private final List<Line> lines = new CopyOnWriteArrayList<>();
    private final List<Note> notes = new CopyOnWriteArrayList<>();
    private final TestMemory memory = new TestMemory();

    /** A line that a node logged. */
    public record Line(String level, String message, Map<String, String> attributes) {}

    /** Something that a node told of itself: progress, event, counter or histogram, with its name or message. */
    public record Note(String kind, String name, double value, Map<String, String> attributes) {}

    public TestContext() {
        this(Map.of());
    }

    public TestContext(Map<String, String> secretsMap) {
        this(secretsMap, Map.of());
    }

    public TestContext(Map<String, String> secretsMap, Map<String, String> paramsMap) {
        this.secretsMap = Map.copyOf(secretsMap);
        this.paramsMap = Map.copyOf(paramsMap);
    }

    /** What the node logged, in order. */
    public List<Line> lines() {
        return List.copyOf(lines);
    }

    /** What was told of progress, events and measurements, in order. */
    public List<Note> notes() {
        return List.copyOf(notes);
    }

    /** What the node remembers. */
    public TestMemory memory() {
        return memory;
    }

    @Override
    public Agent agent() {
        return () -> new Memory(memory);
    }

    @Override
    public void progress(double fraction, String message) {
        notes.add(new Note("progress", message, fraction, Map.of()));
    }

    @Override
    public Telemetry telemetry() {
        return new Telemetry() {
            @Override
            public void addEvent(String name, Map<String, String> attributes) {
                notes.add(new Note("event", name, 0, attributes));
            }

            @Override
            public void counter(String name, double value, Map<String, String> attributes) {
                notes.add(new Note("counter", name, value, attributes));
            }

            @Override
            public void histogram(String name, double value, Map<String, String> attributes) {
                notes.add(new Note("histogram", name, value, attributes));
            }
        };
    }

    @Override
    public Secrets secrets() {
        return name -> Optional.ofNullable(secretsMap.get(name));
    }

    @Override
    public Params params() {
        return name -> Optional.ofNullable(paramsMap.get(name));
    }

    @Override
    public String executionId() {
        return "test-execution";
    }

    @Override
    public String flowId() {
        return "test-flow";
    }

    @Override
    public String tenantId() {
        return "test-tenant";
    }

    @Override
    public Logger log() {
        return new Logger() {
            @Override
            public void debug(String message, Map<String, String> attributes) {
                lines.add(new Line("debug", message, attributes));
            }

            @Override
            public void info(String message, Map<String, String> attributes) {
                lines.add(new Line("info", message, attributes));
            }

            @Override
            public void warn(String message, Map<String, String> attributes) {
                lines.add(new Line("warn", message, attributes));
            }

            @Override
            public void error(String message, Map<String, String> attributes) {
                lines.add(new Line("error", message, attributes));
            }
        };
    }
}
