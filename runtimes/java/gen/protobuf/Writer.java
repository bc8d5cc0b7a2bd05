package gen.protobuf;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Writes the wire format into a buffer that grows; for generated code. */
public final class Writer {
    private byte[] bytes = new byte[256];
    private int length;

    /** A copy of what was written. */
    public byte[] toByteArray() {
        return Arrays.copyOf(bytes, length);
    }

    public void writeTag(int tag) {
        writeUInt32(tag);
    }

    public void writeInt32(int value) {
        writeUInt64(value);
    }

    public void writeUInt32(int value) {
        writeUInt64(value & 0xFFFFFFFFL);
    }

    public void writeInt64(long value) {
        writeUInt64(value);
    }

    public void writeUInt64(long value) {
        ensure(10);
        while ((value & ~0x7FL) != 0) {
            bytes[length++] = (byte) (value | 0x80);
            value >>>= 7;
        }
        bytes[length++] = (byte) value;
    }

    public void writeSInt32(int value) {
        writeUInt32(value << 1 ^ value >> 31);
    }

    public void writeSInt64(long value) {
        writeUInt64(value << 1 ^ value >> 63);
    }

    public void writeBool(boolean value) {
        writeUInt64(value ? 1 : 0);
    }

    public void writeFixed32(int value) {
        ensure(4);
        for (int shift = 0; shift < 32; shift += 8) bytes[length++] = (byte) (value >> shift);
    }

    public void writeFixed64(long value) {
        writeFixed32((int) value);
        writeFixed32((int) (value >> 32));
    }

    public void writeSFixed32(int value) {
        writeFixed32(value);
    }

    public void writeSFixed64(long value) {
        writeFixed64(value);
    }

    public void writeFloat(float value) {
        writeFixed32(Float.floatToRawIntBits(value));
    }

    public void writeDouble(double value) {
        writeFixed64(Double.doubleToRawLongBits(value));
    }

    /** Half of a surrogate pair is written as a question mark. */
    public void writeString(String value) {
        byte[] text = value.getBytes(StandardCharsets.UTF_8);
        writeUInt32(text.length);
        writeRaw(text);
    }

    public void writeBytes(ByteString value) {
        writeUInt32(value.bytes.length);
        writeRaw(value.bytes);
    }

    public void writeMessage(Message value) {
        int mark = begin();
        value.writeAll(this);
        end(mark);
    }

    /** Fields that are encoded already. */
    public void writeRaw(byte[] value) {
        ensure(value.length);
        System.arraycopy(value, 0, bytes, length, value.length);
        length += value.length;
    }

    /** Begins a value whose length is known at its end. Gives the mark to end it with. */
    public int begin() {
        ensure(1);
        return ++length;
    }

    public void end(int mark) {
        int count = length - mark;
        // One byte was kept for the length: longer ones move the content.
        int extra = count < 1 << 7 ? 0 : count < 1 << 14 ? 1 : count < 1 << 21 ? 2 : count < 1 << 28 ? 3 : 4;
        if (extra > 0) {
            ensure(extra);
            System.arraycopy(bytes, mark, bytes, mark + extra, count);
        }
        length = mark - 1;
        writeLength(count);
        length += count;
    }

    private void writeLength(int value) {
        while (value > 0x7F) {
            bytes[length++] = (byte) (value | 0x80);
            value >>>= 7;
        }
        bytes[length++] = (byte) value;
    }

    private void ensure(int count) {
        if (bytes.length - length >= count) return;
        long wanted = Math.max(2L * bytes.length, (long) length + count);
        bytes = Arrays.copyOf(bytes, (int) Math.min(wanted, Integer.MAX_VALUE - 8));
    }
}
