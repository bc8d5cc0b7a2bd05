package gen.protobuf;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/** Writes protobuf's text format; for generated code. */
public final class Printer {
    private final StringBuilder text = new StringBuilder();
    private String indent = "";

    /** A field with a string, bytes, a message, or what shows as it is. */
    public void field(String name, Object value) {
        if (value instanceof Message) block(name, () -> ((Message) value).print(this));
        else if (value instanceof String) plain(name, quoted(((String) value).getBytes(StandardCharsets.UTF_8)));
        else if (value instanceof ByteString) plain(name, quoted(((ByteString) value).bytes));
        else plain(name, value);
    }

    public void plain(String name, Object value) {
        text.append(indent).append(name).append(": ").append(value).append('\n');
    }

    public <T> void list(String name, Iterable<T> values, Function<T, ?> shown) {
        for (T value : values) show(name, value, shown);
    }

    public <K extends Comparable<K>, V> void map(String name, Map<K, V> map, Function<K, ?> key, Function<V, ?> value) {
        new TreeMap<>(map).forEach((k, v) -> block(name, () -> {
            show("key", k, key);
            show("value", v, value);
        }));
    }

    /** The name of an enum's value, or its number. */
    public static Word word(Enum<?> value, int number) {
        return new Word(value == null ? String.valueOf(number) : value.name());
    }

    /** A number that has no sign. */
    public static Word unsigned(int value) {
        return new Word(Integer.toUnsignedString(value));
    }

    public static Word unsigned(long value) {
        return new Word(Long.toUnsignedString(value));
    }

    /** A text that stands without quotes. */
    public record Word(String text) {
        @Override
        public String toString() {
            return text;
        }
    }

    private <T> void show(String name, T value, Function<T, ?> shown) {
        field(name, shown == null ? value : shown.apply(value));
    }

    private void block(String name, Runnable body) {
        text.append(indent).append(name).append(" {\n");
        String outer = indent;
        indent += "  ";
        body.run();
        indent = outer;
        text.append(indent).append("}\n");
    }

    private static String quoted(byte[] bytes) {
        StringBuilder quoted = new StringBuilder("\"");
        for (byte b : bytes) {
            int known = "\u0007\b\f\n\r\t\u000b\\'\"".indexOf(b);
            if (known >= 0 && b > 0) quoted.append('\\').append("abfnrtv\\'\"".charAt(known));
            else if (b >= ' ' && b < 0x7F) quoted.append((char) b);
            else quoted.append(String.format("\\%03o", b & 0xFF));
        }
        return quoted.append('"').toString();
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
