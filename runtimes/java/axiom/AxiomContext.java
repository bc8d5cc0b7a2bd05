package axiom;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * What a node is told about its call and may ask for during it. Every member has an implementation here, so that a
 * package's own stand-ins name only what they need, and keep compiling when members are added.
 */
public interface AxiomContext {
    default Logger log() {
        return new Logger() {};
    }

    default Secrets secrets() {
        return name -> Optional.empty();
    }

    default String executionId() {
        return "";
    }

    default String flowId() {
        return "";
    }

    default String tenantId() {
        return "";
    }

    /** The plain parameters of the flow's config. */
    default Params params() {
        return name -> Optional.empty();
    }

    /** The graph that runs, and where in it this call is. */
    default Reflection reflection() {
        return () -> Flow.EMPTY;
    }

    /** What the flow remembers from run to run: {@code ax.agent().memory()}. */
    default Agent agent() {
        Memory memory = new Memory(new Memory.Store() {});
        return () -> memory;
    }

    /** Events and measurements of this call. */
    default Telemetry telemetry() {
        return new Telemetry() {};
    }

    static Telemetry telemetryOf(AxiomContext ax) {
        return ax.telemetry();
    }

    /** Says how far the call is, from 0 to 1, and what it is at. */
    default void progress(double fraction, String message) {}

    /** When the call will be stopped; empty in tests. */
    default Optional<Instant> deadline() {
        return Optional.empty();
    }

    /** True when the call is to stop: its run was cancelled, or its time is over. The node's thread is interrupted then. */
    default boolean isCancelled() {
        return false;
    }

    /** Log lines of this call, with attributes. */
    interface Logger {
        default void debug(String message, Map<String, String> attributes) {}

        default void info(String message, Map<String, String> attributes) {}

        default void warn(String message, Map<String, String> attributes) {}

        default void error(String message, Map<String, String> attributes) {}

        default void debug(String message) {
            debug(message, Map.of());
        }

        default void info(String message) {
            info(message, Map.of());
        }

        default void warn(String message) {
            warn(message, Map.of());
        }

        default void error(String message) {
            error(message, Map.of());
        }
    }

    /** The secrets of the tenant, read by name. A missing one is never an exception. */
    @FunctionalInterface
    interface Secrets {
        Optional<String> get(String name);

        default SecretStatus status(String name) {
            return get(name).isPresent() ? SecretStatus.AVAILABLE : SecretStatus.UNSET;
        }
    }

    /** Why a secret can be read, or cannot. */
    enum SecretStatus {
        AVAILABLE,
        REVOKED,
        UNSET,
    }

    /** Shows the graph that runs. */
    @FunctionalInterface
    interface Reflection {
        /** Asked for once in a call. Empty where there is none. */
        Flow flow();
    }

    /** What a flow has beside its nodes. */
    @FunctionalInterface
    interface Agent {
        Memory memory();
    }

    /** Takes events and measurements. What is too much of it is left out. */
    interface Telemetry {
        default void addEvent(String name, Map<String, String> attributes) {}

        default void counter(String name, double value, Map<String, String> attributes) {}

        default void histogram(String name, double value, Map<String, String> attributes) {}
    }

    /** Plain parameters, read by name. */
    @FunctionalInterface
    interface Params {
        Optional<String> get(String name);
    }
}
