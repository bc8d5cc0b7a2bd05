package gen.worker;

import gen.protobuf.Message;
import gen.protobuf.Writer;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.stream.Collectors;

/** What went wrong in a call, and has a kind of its own; everything else that is thrown is the node's. */
final class Failure extends Exception {
    private static final int MAX_TEXT = 60 << 10;

    private final String kind;

    Failure(String kind, String message) {
        super(message);
        this.kind = kind;
    }

    static Failure unknownNode(String node) {
        return new Failure("unknown_node", "the package has no node " + node);
    }

    static Failure pipeline(String node) {
        return new Failure("wrong_type", node + " is a pipeline node");
    }

    static Failure unary(String node) {
        return new Failure("wrong_type", node + " is a unary node");
    }

    /** The bytes of what a handler gave. */
    static byte[] bytes(Message output, String type) throws Failure {
        if (output == null) throw new Failure("wrong_type", "it returned null, not " + type);
        return output.toByteArray();
    }

    static byte[] describe(Throwable thrown, boolean isStopped) {
        if (thrown instanceof CallStream.Refused) return describe(((CallStream.Refused) thrown).failure(), isStopped);
        if (thrown instanceof Failure) return encode(((Failure) thrown).kind, thrown.getMessage(), "");
        if (isStopped) return encode("cancelled", "it was stopped", "");
        if (thrown instanceof OutOfMemoryError) return encode("out_of_memory", "out of memory", "");
        // A class that could not be loaded says why in its cause.
        if (thrown instanceof ExceptionInInitializerError && thrown.getCause() != null)
            return describe(thrown.getCause(), false);
        String name = thrown.getClass().getSimpleName();
        String message = thrown.getMessage() == null ? name : name + ": " + thrown.getMessage();
        return encode("exception", message, stack(thrown));
    }

    static byte[] encode(String kind, String message, String stack) {
        Writer writer = new Writer();
        Worker.text(writer, 10, kind);
        Worker.text(writer, 18, Worker.clip(message, MAX_TEXT));
        if (!stack.isEmpty()) Worker.text(writer, 26, Worker.clip(stack, MAX_TEXT));
        return writer.toByteArray();
    }

    /** The stack down to where the node was called. */
    private static String stack(Throwable thrown) {
        StringWriter text = new StringWriter();
        thrown.printStackTrace(new PrintWriter(text));
        return text.toString()
            .lines()
            .filter(line -> !line.startsWith("\tat gen.worker.") && !line.startsWith("\tat java.base/java.lang.Thread."))
            .collect(Collectors.joining("\n"));
    }
}
