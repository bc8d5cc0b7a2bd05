package gen.protobuf;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Reads the wire format; for generated code. */
public final class Reader {
    private final byte[] bytes;
    private int at;
    private int end;
    private int start;
    private int tag;

    public Reader(byte[] bytes) {
        this.bytes = bytes;
        end = bytes.length;
    }

    /** The next tag; 0 at the end. */
    public int next() throws InvalidProtocolBufferException {
        if (at >= end) return 0;
        start = at;
        long value = readUInt64();
        tag = (int) value;
        if (value >>> 32 != 0 || Integer.compareUnsigned(tag, 8) < 0) throw malformed();
        return tag;
    }

    public boolean more() {
        return at < end;
    }

    /** Begins a value with a length. Gives what to end it with. */
    public int begin() throws InvalidProtocolBufferException {
        int length = length();
        int outer = end;
        end = at + length;
        return outer;
    }

    public void end(int outer) {
        at = end;
        end = outer;
    }

    public int readInt32() throws InvalidProtocolBufferException {
        return (int) readUInt64();
    }

    public int readUInt32() throws InvalidProtocolBufferException {
        return (int) readUInt64();
    }

    public long readInt64() throws InvalidProtocolBufferException {
        return readUInt64();
    }

    public long readUInt64() throws InvalidProtocolBufferException {
        long value = 0;
        for (int shift = 0; shift < 70 && at < end; shift += 7) {
            byte b = bytes[at++];
            // Of the tenth byte the lowest bit fits: Java would begin again with the first where a shift is too far.
            if (shift < 64) value |= (long) (b & 0x7F) << shift;
            if (b >= 0) return value;
        }
        throw malformed();
    }

    public int readSInt32() throws InvalidProtocolBufferException {
        int bits = (int) readUInt64();
        return bits >>> 1 ^ -(bits & 1);
    }

    public long readSInt64() throws InvalidProtocolBufferException {
        long bits = readUInt64();
        return bits >>> 1 ^ -(bits & 1);
    }

    public boolean readBool() throws InvalidProtocolBufferException {
        return readUInt64() != 0;
    }

    public int readFixed32() throws InvalidProtocolBufferException {
        int from = take(4);
        return bytes[from] & 0xFF | (bytes[from + 1] & 0xFF) << 8 | (bytes[from + 2] & 0xFF) << 16 | bytes[from + 3] << 24;
    }

    public long readFixed64() throws InvalidProtocolBufferException {
        return readFixed32Unsigned() | readFixed32Unsigned() << 32;
    }

    public int readSFixed32() throws InvalidProtocolBufferException {
        return readFixed32();
    }

    public long readSFixed64() throws InvalidProtocolBufferException {
        return readFixed64();
    }

    public float readFloat() throws InvalidProtocolBufferException {
        return Float.intBitsToFloat(readFixed32());
    }

    public double readDouble() throws InvalidProtocolBufferException {
        return Double.longBitsToDouble(readFixed64());
    }

    public String readString() throws InvalidProtocolBufferException {
        int length = length();
        int from = take(length);
        String text = new String(bytes, from, length, StandardCharsets.UTF_8);
        if (!isUtf8(bytes, from, length, text))
            throw new InvalidProtocolBufferException("A string of the message is not valid UTF-8.");
        return text;
    }

    public ByteString readBytes() throws InvalidProtocolBufferException {
        int length = length();
        return length == 0 ? ByteString.EMPTY : new ByteString(Arrays.copyOfRange(bytes, at, take(length) + length));
    }

    /** Leaves out the field that the last tag began. */
    public void skip() throws InvalidProtocolBufferException {
        skip(tag, 0);
    }

    /** Adds the field that the last tag began to those that are kept. */
    byte[] keep(byte[] kept) throws InvalidProtocolBufferException {
        skip();
        if (kept == null) return Arrays.copyOfRange(bytes, start, at);
        byte[] more = Arrays.copyOf(kept, kept.length + at - start);
        System.arraycopy(bytes, start, more, kept.length, at - start);
        return more;
    }

    private void skip(int tag, int depth) throws InvalidProtocolBufferException {
        switch (tag & 7) {
            case 0:
                readUInt64();
                break;
            case 1:
                take(8);
                break;
            case 2:
                take(length());
                break;
            case 3:
                if (depth >= 100) throw malformed();
                while (true) {
                    long inner = readUInt64();
                    if (inner == (tag & 0xFFFFFFFFL) + 1) return;
                    if (inner < 8 || inner >>> 32 != 0) throw malformed();
                    skip((int) inner, depth + 1);
                }
            case 5:
                take(4);
                break;
            default:
                throw malformed();
        }
    }

    private long readFixed32Unsigned() throws InvalidProtocolBufferException {
        return readFixed32() & 0xFFFFFFFFL;
    }

    private int length() throws InvalidProtocolBufferException {
        long length = readUInt64();
        if (length < 0 || length > end - at) throw malformed();
        return (int) length;
    }

    private int take(int count) throws InvalidProtocolBufferException {
        if (count > end - at) throw malformed();
        at += count;
        return at - count;
    }

    /** Only a text with U+FFFD in it can have come from bytes that are none. */
    static boolean isUtf8(byte[] bytes, int offset, int length, String text) {
        if (text.indexOf('\uFFFD') < 0) return true;
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, offset, length));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }

    private static InvalidProtocolBufferException malformed() {
        return new InvalidProtocolBufferException("The bytes are no such message.");
    }
}
