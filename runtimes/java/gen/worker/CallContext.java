package gen.worker;

import axiom.AxiomContext;
import axiom.Flow;
import axiom.Memory;
import axiom.Memory.Answers;
import axiom.Memory.Entry;
import axiom.Memory.Turn;
import axiom.Memory.Written;
import gen.protobuf.InvalidProtocolBufferException;
import gen.protobuf.Reader;
import gen.protobuf.Writer;
import java.util.Map;
import java.util.TreeMap;

/** What a handler asks its run and its flow's memory, and what it tells of itself. Whose memory it is, the host knows. */
final class CallContext implements AxiomContext.Reflection, AxiomContext.Telemetry, Memory.Store {
    static final int PROGRESS = 1;

    private static final int EVENT = 2;
    private static final int COUNTER = 3;
    private static final int HISTOGRAM = 4;
    private static final int REFLECT = 1;
    private static final int APPEND = 2;
    private static final int LAST = 3;
    private static final int END = 4;
    private static final int WRITE = 5;
    private static final int FIND = 6;
    private static final int MAX_ASK = 72 << 10;
    private static final int MAX_NAME = 256;
    private static final int MAX_ATTRIBUTES = 16;

    private final Worker worker;
    private final Call call;
    private Flow flow;

    CallContext(Worker worker, Call call) {
        this.worker = worker;
        this.call = call;
    }

    @Override
    public synchronized Flow flow() {
        if (flow == null) flow = question(asked(REFLECT)).flow();
        return flow;
    }

    @Override
    public Written append(String session, String role, String content, String toolName, String toolCallId) {
        Writer writer = asked(APPEND);
        some(writer, 18, session);
        some(writer, 26, role);
        some(writer, 34, content);
        some(writer, 58, toolName);
        some(writer, 66, toolCallId);
        return question(writer).written();
    }

    @Override
    public Answers<Turn> last(String session, int n) {
        Writer writer = asked(LAST);
        some(writer, 18, session);
        count(writer, n);
        return question(writer).foundTurns();
    }

    @Override
    public Written end(String session) {
        Writer writer = asked(END);
        some(writer, 18, session);
        return question(writer).written();
    }

    @Override
    public Written write(String session, String content, double importance) {
        Writer writer = asked(WRITE);
        some(writer, 18, session);
        some(writer, 34, content);
        if (Double.doubleToRawLongBits(importance) != 0) {
            writer.writeTag(49);
            writer.writeDouble(importance);
        }
        return question(writer).written();
    }

    @Override
    public Answers<Entry> search(String session, String query, int limit) {
        Writer writer = asked(FIND);
        some(writer, 18, session);
        some(writer, 34, query);
        count(writer, limit);
        return question(writer).foundEntries();
    }

    @Override
    public void addEvent(String name, Map<String, String> attributes) {
        note(EVENT, name, 0, attributes);
    }

    @Override
    public void counter(String name, double value, Map<String, String> attributes) {
        note(COUNTER, name, value, attributes);
    }

    @Override
    public void histogram(String name, double value, Map<String, String> attributes) {
        note(HISTOGRAM, name, value, attributes);
    }

    void note(int what, String name, double value, Map<String, String> attributes) {
        Writer writer = asked(what);
        some(writer, 18, Worker.clip(String.valueOf(name), MAX_NAME));
        if (Double.doubleToRawLongBits(value) != 0) {
            writer.writeTag(25);
            writer.writeDouble(value);
        }
        Map<String, String> sorted = new TreeMap<>();
        if (attributes != null) attributes.forEach((key, it) -> sorted.put(String.valueOf(key), String.valueOf(it)));
        int left = MAX_ATTRIBUTES;
        for (Map.Entry<String, String> attribute : sorted.entrySet()) {
            if (left-- == 0) break;
            writer.writeTag(34);
            int mark = writer.begin();
            some(writer, 10, Worker.clip(attribute.getKey(), MAX_NAME));
            some(writer, 18, Worker.clip(attribute.getValue(), MAX_NAME));
            writer.end(mark);
        }
        worker.send(Frames.NOTE, call.number(), writer.toByteArray());
    }

    private static Writer asked(int what) {
        Writer writer = new Writer();
        writer.writeTag(8);
        writer.writeInt32(what);
        return writer;
    }

    private static void some(Writer writer, int tag, String text) {
        if (text != null && !text.isEmpty()) Worker.text(writer, tag, text);
    }

    private static void count(Writer writer, int count) {
        if (count == 0) return;
        writer.writeTag(40);
        writer.writeInt64(count);
    }

    private Answer question(Writer writer) {
        byte[] payload = writer.toByteArray();
        if (payload.length > MAX_ASK)
            return Answer.refusal("too_large", "The question has " + payload.length + " bytes; the limit is " + MAX_ASK + ".");
        byte[] answer = call.secrets().question(payload);
        if (answer == null) return Answer.refusal("unavailable", "The call is over.");
        try {
            return Answer.read(new Reader(answer));
        } catch (InvalidProtocolBufferException e) {
            return Answer.refusal("unavailable", "The answer cannot be read.");
        }
    }
}
