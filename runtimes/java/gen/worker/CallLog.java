package gen.worker;

import axiom.AxiomContext;
import gen.protobuf.Writer;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Sends the log lines of one call. */
final class CallLog implements AxiomContext.Logger {
    private static final int MAX_LINE = 16 << 10;
    private static final int MAX_FIELDS = 8 << 10;
    private static final int MAX_VALUE = 1 << 10;

    private final Worker worker;
    private final int call;

    CallLog(Worker worker, int call) {
        this.worker = worker;
        this.call = call;
    }

    @Override
    public void debug(String message, Map<String, String> attributes) {
        line("debug", message, attributes);
    }

    @Override
    public void info(String message, Map<String, String> attributes) {
        line("info", message, attributes);
    }

    @Override
    public void warn(String message, Map<String, String> attributes) {
        line("warn", message, attributes);
    }

    @Override
    public void error(String message, Map<String, String> attributes) {
        line("error", message, attributes);
    }

    private void line(String level, String message, Map<String, String> attributes) {
        worker.send(Frames.LOG, call, encode(level, message, attributes));
    }

    static byte[] encode(String level, String message, Map<String, String> attributes) {
        Writer writer = new Writer();
        Worker.text(writer, 10, level);
        Worker.text(writer, 18, Worker.clip(String.valueOf(message), MAX_LINE));
        int left = MAX_FIELDS;
        for (Map.Entry<String, String> attribute : attributes == null ? Map.<String, String>of().entrySet() : attributes.entrySet()) {
            String key = Worker.clip(String.valueOf(attribute.getKey()), MAX_VALUE);
            String value = Worker.clip(String.valueOf(attribute.getValue()), MAX_VALUE);
            left -= size(key) + size(value) + 10;
            if (left < 0) break;
            writer.writeTag(26);
            int mark = writer.begin();
            Worker.text(writer, 10, key);
            Worker.text(writer, 18, value);
            writer.end(mark);
        }
        return writer.toByteArray();
    }

    private static int size(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }
}
