package gen.worker;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;

/** Frames of {@code u32 length | u8 kind | u32 call | payload}, little-endian. */
final class Frames {
    static final int INVOKE = 1;
    static final int SECRET_VALUE = 2;
    static final int CANCEL = 3;
    static final int SHUTDOWN = 4;
    static final int INPUT = 16;
    static final int INPUT_END = 17;
    static final int OUTPUT_CREDIT = 18;
    static final int ANSWER = 32;
    static final int HELLO = 65;
    static final int RESULT = 66;
    static final int ERROR = 67;
    static final int SECRET_GET = 68;
    static final int LOG = 69;
    static final int OUTPUT = 80;
    static final int INPUT_CREDIT = 81;
    static final int ASK = 96;
    static final int NOTE = 97;

    private static final int HEAD = 9;
    // Reads of this size and less need no memory of their own in the runtime.
    private static final int READ = 8 << 10;

    private final InputStream input;
    private final OutputStream output;
    private final byte[] buffer = new byte[READ];
    private int start;
    private int end;

    /** A frame that was read; the payload is its own. */
    record Frame(int kind, int call, byte[] payload) {}

    Frames(InputStream input, OutputStream output) {
        this.input = input;
        this.output = output;
    }

    /**
     * The two pipes that the host holds the other ends of. They are this program's standard input and output, the only
     * descriptors that Java can be given; what a node prints goes where errors go.
     */
    static Frames ofPipes() {
        System.setIn(InputStream.nullInputStream());
        System.setOut(System.err);
        // Streams of files do not mind a thread being interrupted.
        return new Frames(new FileInputStream(FileDescriptor.in), new FileOutputStream(FileDescriptor.out));
    }

    /** The next frame; null at the end of the pipe. */
    Frame receive() throws IOException {
        while (end - start < HEAD) if (!fill()) return null;
        int length = number(buffer, start);
        int kind = buffer[start + 4];
        int call = number(buffer, start + 5);
        start += HEAD;
        byte[] payload = new byte[length];
        int count = Math.min(length, end - start);
        System.arraycopy(buffer, start, payload, 0, count);
        if (kind == SECRET_VALUE) Arrays.fill(buffer, start, start + count, (byte) 0);
        start += count;
        while (count < length) {
            int read = input.read(payload, count, Math.min(length - count, 64 << 10));
            if (read <= 0) return null;
            count += read;
        }
        return new Frame(kind, call, payload);
    }

    void send(int kind, int call, byte[] payload) throws IOException {
        byte[] frame = new byte[HEAD + payload.length];
        put(frame, 0, payload.length);
        frame[4] = (byte) kind;
        put(frame, 5, call);
        System.arraycopy(payload, 0, frame, HEAD, payload.length);
        synchronized (output) {
            output.write(frame);
        }
    }

    private boolean fill() throws IOException {
        if (start == end) {
            start = end = 0;
        } else if (buffer.length - start < HEAD) {
            System.arraycopy(buffer, start, buffer, 0, end - start);
            end -= start;
            start = 0;
        }
        int read = input.read(buffer, end, buffer.length - end);
        if (read <= 0) return false;
        end += read;
        return true;
    }

    static int number(byte[] bytes, int at) {
        return bytes[at] & 0xFF
            | (bytes[at + 1] & 0xFF) << 8
            | (bytes[at + 2] & 0xFF) << 16
            | bytes[at + 3] << 24;
    }

    static void put(byte[] frame, int at, int value) {
        for (int i = 0; i < 4; i++) frame[at + i] = (byte) (value >> 8 * i);
    }
}
