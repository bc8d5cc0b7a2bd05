package gen.worker;

import axiom.AxiomContext;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CancellationException;

/** Asks the host in one call, one thing at a time: for secrets by their names, and what the context asks. */
final class CallSecrets implements AxiomContext.Secrets {
    private final Worker worker;
    private final Call call;
    // Threads that ask at once wait for each other here; the fields below are guarded by this object itself.
    private final Object asking = new Object();
    private byte[] answer;
    private boolean isWaiting;
    private boolean isOver;

    CallSecrets(Worker worker, Call call) {
        this.worker = worker;
        this.call = call;
    }

    /** A call that has ended finds nothing, and neither does a name that cannot be. */
    @Override
    public Optional<String> get(String name) {
        byte[] asked = name.getBytes(StandardCharsets.UTF_8);
        if (asked.length == 0 || asked.length > 128) return Optional.empty();
        byte[] value;
        synchronized (asking) {
            value = ask(Frames.SECRET_GET, asked);
        }
        if (value == null || value.length == 0 || value[0] == 0) return Optional.empty();
        String text = new String(value, 1, value.length - 1, StandardCharsets.UTF_8);
        Arrays.fill(value, (byte) 0);
        return Optional.of(text);
    }

    /** The answer to a question of the context; null for a call that has ended. */
    byte[] question(byte[] payload) {
        synchronized (asking) {
            return ask(Frames.ASK, payload);
        }
    }

    private synchronized byte[] ask(int kind, byte[] payload) {
        if (isOver) return null;
        answer = null;
        isWaiting = true;
        notifyAll();
        if (!call.isCancelled()) worker.send(kind, call.number(), payload);
        while (answer == null && !call.isCancelled() && !isOver) await();
        isWaiting = false;
        notifyAll();
        if (answer != null) return answer;
        throw new CancellationException("the call is over");
    }

    /** What the host says, which may be read before the node waits for it. */
    synchronized void answer(byte[] payload) {
        while (!isOver && !call.isCancelled() && (!isWaiting || answer != null)) await();
        answer = payload;
        notifyAll();
    }

    /** The call has been stopped. */
    synchronized void wake() {
        notifyAll();
    }

    /** The host takes no end of a call that waits for an answer: it is awaited, unless the call is stopped. */
    synchronized void close() {
        while (isWaiting && !call.isCancelled()) await();
        isOver = true;
        notifyAll();
    }

    private void await() {
        waitFor(this);
    }

    /** Waits for news of what the caller holds. A thread may be interrupted for reasons of the node's own, which do not end the wait. */
    static void waitFor(Object held) {
        boolean isInterrupted = Thread.interrupted();
        try {
            held.wait();
        } catch (InterruptedException e) {
            isInterrupted = true;
        }
        if (isInterrupted) Thread.currentThread().interrupt();
    }
}
