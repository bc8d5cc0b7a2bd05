package gen.worker;

import gen.protobuf.InvalidProtocolBufferException;
import gen.protobuf.Message;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;

/** The frames of one call of a pipeline node, neither side far ahead of the other. */
final class CallStream {
    private static final int MAX_PAYLOAD = 16 << 20;
    /** What may be under way in one direction before any of it is taken. */
    private static final int WINDOW = 64 << 10;
    /** What a frame costs at least. */
    private static final int LEAST_COST = 1 << 10;

    private final Worker worker;
    private final Call call;
    // All that follows is guarded by this object.
    private final ArrayDeque<byte[]> inbox = new ArrayDeque<>();
    private boolean isInputEnded;
    private boolean isOver;
    private long credit = WINDOW;
    private int held;
    private int owed;

    CallStream(Worker worker, Call call) {
        this.worker = worker;
        this.call = call;
    }

    /** Reads a message. */
    interface Parser<T> {
        T parse(byte[] bytes) throws InvalidProtocolBufferException;
    }

    /** A failure with a kind of its own, on its way through a handler. */
    static final class Refused extends RuntimeException {
        private final Failure failure;

        Refused(Failure failure) {
            super(failure.getMessage(), failure, false, false);
            this.failure = failure;
        }

        Failure failure() {
            return failure;
        }
    }

    /** What a handler takes. */
    <T> Iterator<T> inputs(Parser<T> parser) {
        return new Iterator<>() {
            private byte[] next;

            @Override
            public boolean hasNext() {
                if (next == null) next = take();
                return next != null;
            }

            @Override
            public T next() {
                if (!hasNext()) throw new NoSuchElementException();
                byte[] bytes = next;
                next = null;
                try {
                    return parser.parse(bytes);
                } catch (InvalidProtocolBufferException e) {
                    throw new IllegalArgumentException(e.getMessage(), e);
                }
            }
        };
    }

    /** What a handler gives to. */
    <T extends Message> Consumer<T> outputs(String type) {
        return output -> {
            try {
                if (output == null) throw new Failure("wrong_type", "it gave null, not " + type);
                byte[] frame = output.toByteArray();
                if (frame.length > MAX_PAYLOAD)
                    throw new Failure("too_large", "a frame has " + frame.length + " bytes, more than " + MAX_PAYLOAD);
                emit(frame);
            } catch (Failure failure) {
                throw new Refused(failure);
            }
        };
    }

    /** What the host says of the stream; it never waits. */
    synchronized void heard(int kind, byte[] payload) {
        switch (kind) {
            case Frames.INPUT -> inbox.add(payload);
            case Frames.INPUT_END -> isInputEnded = true;
            default -> credit += Frames.number(payload, 0);
        }
        notifyAll();
    }

    /** The call has been stopped. */
    synchronized void wake() {
        notifyAll();
    }

    /** Nothing may be sent any more. */
    synchronized void close() {
        isOver = true;
        notifyAll();
    }

    private synchronized byte[] take() {
        giveBack();
        while (true) {
            check();
            byte[] frame = inbox.poll();
            if (frame != null) {
                held = cost(frame);
                return frame;
            }
            if (isInputEnded) return null;
            CallSecrets.waitFor(this);
        }
    }

    /** Sends a frame, when there is room for it. */
    synchronized void emit(byte[] frame) {
        check();
        while (credit <= 0) {
            CallSecrets.waitFor(this);
            check();
        }
        credit -= cost(frame);
        worker.send(Frames.OUTPUT, call.number(), frame);
    }

    /** What was taken, before the handler waits for more, or when it is half of the window. */
    void giveBack() {
        owed += held;
        held = 0;
        boolean waits = inbox.isEmpty() && !isInputEnded;
        if (isOver || owed == 0 || !waits && owed < WINDOW / 2) return;
        byte[] payload = new byte[4];
        Frames.put(payload, 0, owed);
        owed = 0;
        worker.send(Frames.INPUT_CREDIT, call.number(), payload);
    }

    private void check() {
        if (isOver || call.isCancelled()) throw new CancellationException("the call is over");
    }

    private static int cost(byte[] frame) {
        return Math.max(frame.length, LEAST_COST);
    }
}
