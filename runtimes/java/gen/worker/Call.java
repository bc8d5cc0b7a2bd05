package gen.worker;

import axiom.AxiomContext;
import axiom.Memory;
import gen.protobuf.InvalidProtocolBufferException;
import gen.protobuf.Reader;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** One call, as its handler sees it. */
final class Call implements AxiomContext {
    private static final int MAX_PAYLOAD = 16 << 20;

    private final Worker worker;
    private final int number;
    private final CallSecrets secrets;
    // Of a pipeline node; null for others.
    private CallStream stream;
    private final CallContext context;
    private InvalidProtocolBufferException unreadable;
    private String node = "";
    private byte[] input = {};
    private String executionId = "";
    private String flowId = "";
    private String tenantId = "";
    // In milliseconds since 1970; 0 for none.
    private long deadline;
    private final Map<String, String> params = new HashMap<>();
    // The thread that serves the call, until it is over.
    private Thread thread;
    private volatile boolean isStopped;

    Call(Worker worker, int number, byte[] payload) {
        this.worker = worker;
        this.number = number;
        secrets = new CallSecrets(worker, this);
        context = new CallContext(worker, this);
        try {
            read(new Reader(payload));
        } catch (InvalidProtocolBufferException e) {
            unreadable = e;
        }
    }

    int number() {
        return number;
    }

    /** Answers in any case. */
    void serve() {
        synchronized (this) {
            thread = Thread.currentThread();
            if (isStopped) thread.interrupt();
        }
        int kind = Frames.RESULT;
        byte[] answer;
        try {
            if (unreadable != null) throw unreadable;
            answer = answer();
            if (answer.length > MAX_PAYLOAD)
                throw new Failure("too_large", "the output has " + answer.length + " bytes, more than " + MAX_PAYLOAD);
        } catch (Throwable thrown) {
            kind = Frames.ERROR;
            answer = Failure.describe(thrown, isStopped);
        }
        System.out.flush();
        end(kind, answer);
    }

    private byte[] answer() throws Throwable {
        if (stream == null) return Dispatch.call(node, this, input);
        Dispatch.stream(node, this, stream);
        return new byte[0];
    }

    /** The host asks to stop. */
    void stop() {
        synchronized (this) {
            isStopped = true;
            if (thread != null) thread.interrupt();
        }
        secrets.wake();
        if (stream != null) stream.wake();
    }

    /** A thread of the node may be waiting for an answer still, and may go on when the call is over. */
    private void end(int kind, byte[] answer) {
        synchronized (this) {
            thread = null;
        }
        secrets.close();
        if (stream != null) stream.close();
        Thread.interrupted();
        worker.send(kind, number, answer);
    }

    CallStream stream() {
        return stream;
    }

    String node() {
        return node;
    }

    byte[] input() {
        return input;
    }

    Map<String, String> allParams() {
        return params;
    }

    @Override
    public Logger log() {
        return new CallLog(worker, number);
    }

    @Override
    public CallSecrets secrets() {
        return secrets;
    }

    @Override
    public Reflection reflection() {
        return context;
    }

    @Override
    public Agent agent() {
        return () -> new Memory(context);
    }

    @Override
    public Telemetry telemetry() {
        return context;
    }

    @Override
    public void progress(double fraction, String message) {
        context.note(CallContext.PROGRESS, message == null ? "" : message, fraction, Map.of());
    }

    @Override
    public String executionId() {
        return executionId;
    }

    @Override
    public String flowId() {
        return flowId;
    }

    @Override
    public String tenantId() {
        return tenantId;
    }

    @Override
    public Params params() {
        return name -> Optional.ofNullable(params.get(name));
    }

    @Override
    public Optional<Instant> deadline() {
        return deadline == 0 ? Optional.empty() : Optional.of(Instant.ofEpochMilli(deadline));
    }

    @Override
    public boolean isCancelled() {
        return isStopped;
    }

    private void read(Reader reader) throws InvalidProtocolBufferException {
        for (int tag; (tag = reader.next()) != 0; ) {
            switch (tag) {
                case 10 -> node = reader.readString();
                case 18 -> input = reader.readBytes().toByteArray();
                case 24 -> deadline = System.currentTimeMillis() + reader.readInt64();
                case 34 -> executionId = reader.readString();
                case 42 -> flowId = reader.readString();
                case 50 -> tenantId = reader.readString();
                case 66 -> readParam(reader);
                case 120 -> {
                    if (reader.readBool()) stream = new CallStream(worker, this);
                }
                default -> reader.skip();
            }
        }
        // The time of a stream is that between its signs of life, which the host looks at.
        if (stream != null) deadline = 0;
    }

    private void readParam(Reader reader) throws InvalidProtocolBufferException {
        String name = "";
        String value = "";
        int outer = reader.begin();
        for (int tag; (tag = reader.next()) != 0; ) {
            switch (tag) {
                case 10 -> name = reader.readString();
                case 18 -> value = reader.readString();
                default -> reader.skip();
            }
        }
        reader.end(outer);
        params.put(name, value);
    }
}
