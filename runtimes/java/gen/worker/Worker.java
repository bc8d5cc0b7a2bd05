package gen.worker;

import gen.protobuf.Writer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Serves the package's nodes over the two pipes of the host, one call at a time. */
public class Worker implements Runnable {
    private final Frames frames;
    // The call in flight, or null. Guarded by this object.
    private Call current;

    Worker(Frames frames) {
        this.frames = frames;
    }

    public static void main(String[] arguments) throws IOException {
        Worker worker = new Worker(Frames.ofPipes());
        String way = System.getenv("SLUICE_EGRESS");
        if (way != null) Egress.start(way);
        worker.frames.send(Frames.HELLO, 0, hello("java", Dispatch.NODES, Dispatch.FINGERPRINT));
        new Thread(worker, "node").start();
        worker.run();
    }

    /**
     * Whoever reads a call goes on to serve it, and leaves the reading to the other thread: so a call begins without
     * waiting for a switch of threads, and a cancel is heard while it runs.
     */
    @Override
    public void run() {
        while (true) {
            Call call;
            try {
                synchronized (frames) {
                    call = next();
                }
            } catch (IOException e) {
                // The host is gone.
                Runtime.getRuntime().halt(0);
                return;
            }
            call.serve();
            ended();
        }
    }

    /** Hears what the host says until it is a call. The call before has its end first. */
    private Call next() throws IOException {
        while (true) {
            Frames.Frame frame = frames.receive();
            if (frame == null) Runtime.getRuntime().halt(0);
            switch (frame.kind()) {
                case Frames.INVOKE -> {
                    Call call = new Call(this, frame.call(), frame.payload());
                    begin(call);
                    return call;
                }
                case Frames.SECRET_VALUE, Frames.ANSWER -> {
                    Call call = current(frame.call());
                    if (call != null) call.secrets().answer(frame.payload());
                }
                case Frames.CANCEL -> {
                    Call call = current(frame.call());
                    if (call != null) call.stop();
                }
                case Frames.INPUT, Frames.INPUT_END, Frames.OUTPUT_CREDIT -> {
                    Call call = current(frame.call());
                    if (call != null && call.stream() != null) call.stream().heard(frame.kind(), frame.payload());
                }
                case Frames.SHUTDOWN -> {
                    begin(null);
                    System.out.flush();
                    Runtime.getRuntime().halt(0);
                }
                default -> {}
            }
        }
    }

    private synchronized void begin(Call call) {
        while (current != null) {
            try {
                wait();
            } catch (InterruptedException e) {
                // A node's thread interrupts a thread that is not its own; the call before still has its end first.
            }
        }
        current = call;
    }

    private synchronized void ended() {
        current = null;
        notifyAll();
    }

    private synchronized Call current(int number) {
        return current != null && current.number() == number ? current : null;
    }

    void send(int kind, int call, byte[] payload) {
        try {
            frames.send(kind, call, payload);
        } catch (IOException e) {
            Runtime.getRuntime().halt(0);
        }
    }

    static byte[] hello(String language, String[] nodes, String fingerprint) {
        Writer writer = new Writer();
        writer.writeTag(8);
        writer.writeInt32(1);
        text(writer, 18, language);
        for (String node : nodes) text(writer, 26, node);
        if (!fingerprint.isEmpty()) text(writer, 34, fingerprint);
        return writer.toByteArray();
    }

    static void text(Writer writer, int tag, String text) {
        writer.writeTag(tag);
        writer.writeString(text);
    }

    /** At most so many bytes of UTF-8. */
    static String clip(String text, int most) {
        if (text.length() * 3L <= most) return text;
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (bytes.length <= most) return text;
        int end = most - 3;
        while ((bytes[end] & 0xC0) == 0x80) end--;
        return new String(Arrays.copyOf(bytes, end), StandardCharsets.UTF_8) + "…";
    }
}
