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

    /** Plain parameters, read by name. */
    @FunctionalInterface
    interface Params {
        Optional<String> get(String name);
    }
}
