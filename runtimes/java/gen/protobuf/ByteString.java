package gen.protobuf;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Bytes that never change. */
public final class ByteString {
    public static final ByteString EMPTY = new ByteString(new byte[0]);

    final byte[] bytes;

    /** Takes the array for its own. */
    ByteString(byte[] bytes) {
        this.bytes = bytes;
    }

    public static ByteString empty() {
        return EMPTY;
    }

    public static ByteString copyFrom(byte[] bytes) {
        return new ByteString(bytes.clone());
    }

    public static ByteString copyFrom(byte[] bytes, int offset, int size) {
        if ((offset | size) < 0 || size > bytes.length - offset) throw new IndexOutOfBoundsException();
        return new ByteString(Arrays.copyOfRange(bytes, offset, offset + size));
    }

    /** What remains in the buffer, whose position moves to its limit. */
    public static ByteString copyFrom(ByteBuffer buffer) {
        byte[] copy = new byte[buffer.remaining()];
        buffer.get(copy);
        return new ByteString(copy);
    }

    public static ByteString copyFrom(String text, Charset charset) {
        return new ByteString(text.getBytes(charset));
    }

    public static ByteString copyFromUtf8(String text) {
        return copyFrom(text, StandardCharsets.UTF_8);
    }

    /** Reads to the end of the stream. */
    public static ByteString readFrom(InputStream stream) throws IOException {
        return new ByteString(stream.readAllBytes());
    }

    public byte byteAt(int index) {
        return bytes[index];
    }

    public int size() {
        return bytes.length;
    }

    public boolean isEmpty() {
        return bytes.length == 0;
    }

    public ByteString substring(int begin) {
        return substring(begin, size());
    }

    public ByteString substring(int begin, int end) {
        return copyFrom(bytes, begin, end - begin);
    }

    public ByteString concat(ByteString other) {
        byte[] both = Arrays.copyOf(bytes, bytes.length + other.bytes.length);
        System.arraycopy(other.bytes, 0, both, bytes.length, other.bytes.length);
        return new ByteString(both);
    }

    public boolean startsWith(ByteString prefix) {
        return size() >= prefix.size() && Arrays.mismatch(bytes, 0, prefix.size(), prefix.bytes, 0, prefix.size()) < 0;
    }

    public byte[] toByteArray() {
        return bytes.clone();
    }

    public void copyTo(byte[] target, int offset) {
        System.arraycopy(bytes, 0, target, offset, bytes.length);
    }

    public void writeTo(OutputStream stream) throws IOException {
        // The stream may keep what it is given.
        stream.write(toByteArray());
    }

    public InputStream newInput() {
        return new ByteArrayInputStream(bytes);
    }

    public ByteBuffer asReadOnlyByteBuffer() {
        return ByteBuffer.wrap(bytes).asReadOnlyBuffer();
    }

    public String toString(Charset charset) {
        return new String(bytes, charset);
    }

    /** Bytes that are no UTF-8 show as U+FFFD. */
    public String toStringUtf8() {
        return toString(StandardCharsets.UTF_8);
    }

    public boolean isValidUtf8() {
        return Reader.isUtf8(bytes, 0, bytes.length, toStringUtf8());
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ByteString && Arrays.equals(bytes, ((ByteString) other).bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return "<ByteString size=" + size() + ">";
    }
}
