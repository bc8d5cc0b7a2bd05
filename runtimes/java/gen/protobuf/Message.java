package gen.protobuf;

import java.io.IOException;
import java.io.OutputStream;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.function.Supplier;

/** What every generated message can do. A message never changes; its builder does. */
public abstract class Message implements MessageOrBuilder, Cloneable {
    /** Messages may be nested this deep on the wire. */
    private static final int MAX_DEPTH = 320;

    private byte[] unknown;

    public abstract Builder<?, ?> toBuilder();

    public abstract Builder<?, ?> newBuilderForType();

    public final byte[] toByteArray() {
        Writer writer = new Writer();
        writeAll(writer);
        return writer.toByteArray();
    }

    public final ByteString toByteString() {
        return new ByteString(toByteArray());
    }

    public final void writeTo(OutputStream stream) throws IOException {
        stream.write(toByteArray());
    }

    /** The count of bytes that the message is encoded in. */
    public final int getSerializedSize() {
        return toByteArray().length;
    }

    /** Equal messages have equal bytes, because maps are written in the order of their keys. */
    @Override
    public final boolean equals(Object other) {
        return this == other
            || other != null
                && getClass() == other.getClass()
                && Arrays.equals(toByteArray(), ((Message) other).toByteArray());
    }

    @Override
    public final int hashCode() {
        return Arrays.hashCode(toByteArray());
    }

    /** The fields that are set, in protobuf's text format. */
    @Override
    public final String toString() {
        Printer printer = new Printer();
        print(printer);
        return printer.toString();
    }

    // ---------------------------------------------------------------- for generated code

    /** Writes the fields that the class knows, in the order of their numbers. */
    protected abstract void write(Writer writer);

    /** Reads more fields: lists grow, messages merge, everything else is replaced. */
    protected abstract void read(Reader reader, int depth) throws InvalidProtocolBufferException;

    protected abstract void print(Printer printer);

    /** Makes the lists and maps of a copy its own. */
    protected abstract void own();

    protected final void keep(Reader reader) throws InvalidProtocolBufferException {
        unknown = reader.keep(unknown);
    }

    final void writeAll(Writer writer) {
        write(writer);
        if (unknown != null) writer.writeRaw(unknown);
    }

    /** A message read from bytes on top of another, which stays as it is. */
    protected static <M extends Message> M merged(M message, byte[] bytes) throws InvalidProtocolBufferException {
        M made = copy(message);
        made.read(new Reader(bytes), 0);
        return made;
    }

    protected static <M extends Message> M merged(M message, Reader reader, int depth)
        throws InvalidProtocolBufferException {
        if (depth >= MAX_DEPTH) throw new InvalidProtocolBufferException("The message is nested too deep.");
        M made = copy(message);
        int outer = reader.begin();
        made.read(reader, depth + 1);
        reader.end(outer);
        return made;
    }

    /** The list if it may be changed; lists of messages are empty and shared before they are used. */
    protected static <T> List<T> open(List<T> list) {
        return list instanceof ArrayList ? list : new ArrayList<>(list);
    }

    protected static <K, V> Map<K, V> open(Map<K, V> map) {
        return map instanceof LinkedHashMap ? map : new LinkedHashMap<>(map);
    }

    protected static <T> List<T> copied(List<T> list) {
        return list.isEmpty() ? List.of() : new ArrayList<>(list);
    }

    protected static <K, V> Map<K, V> copied(Map<K, V> map) {
        return map.isEmpty() ? Map.of() : new LinkedHashMap<>(map);
    }

    protected static <T> List<T> view(List<T> list) {
        return Collections.unmodifiableList(list);
    }

    /** Numbers as the enum's values. */
    protected static <T> List<T> view(List<Integer> numbers, IntFunction<T> value) {
        return new AbstractList<>() {
            @Override
            public T get(int index) {
                return value.apply(numbers.get(index));
            }

            @Override
            public int size() {
                return numbers.size();
            }
        };
    }

    protected static <K, T> Map<K, T> view(Map<K, Integer> numbers, IntFunction<T> value) {
        Map<K, T> values = new LinkedHashMap<>();
        numbers.forEach((key, number) -> values.put(key, value.apply(number)));
        return Collections.unmodifiableMap(values);
    }

    protected static <K, V> V orThrow(Map<K, V> map, K key) {
        V value = map.get(key);
        if (value == null) throw new IllegalArgumentException();
        return value;
    }

    protected static <K extends Comparable<K>, V> Map<K, V> inOrder(Map<K, V> map) {
        return map.size() < 2 ? map : new TreeMap<>(map);
    }

    @SuppressWarnings("unchecked")
    static <M extends Message> M copy(M message) {
        try {
            M made = (M) message.clone();
            made.own();
            return made;
        } catch (CloneNotSupportedException e) {
            throw new AssertionError(e);
        }
    }

    /** Builds a message. What has been built stays as it is when the builder goes on. */
    public abstract static class Builder<M extends Message, B extends Builder<M, B>> implements MessageOrBuilder {
        private final M empty;
        private M message;
        // The message was given out, so that a change begins with a copy.
        private boolean isGiven = true;
        private List<Builder<?, ?>> inner = List.of();
        // Where this builds a part of another builder's message: the field, and what puts the next version in the place of the last.
        private int field;
        private BiConsumer<M, M> replace;

        protected Builder(M message, M empty) {
            this.message = message;
            this.empty = empty;
        }

        public final M build() {
            isGiven = true;
            for (Builder<?, ?> builder : inner) builder.build();
            return message;
        }

        public final M buildPartial() {
            return build();
        }

        public final B clear() {
            become(copy(empty));
            isGiven = false;
            inner = List.of();
            return self();
        }

        /** Takes over every field that is set in the other: lists grow, messages merge. */
        public final B mergeFrom(M other) {
            try {
                return mergeFrom(other.toByteArray());
            } catch (InvalidProtocolBufferException e) {
                throw new AssertionError(e);
            }
        }

        public final B mergeFrom(byte[] bytes) throws InvalidProtocolBufferException {
            ((Message) edit()).read(new Reader(bytes), 0);
            return self();
        }

        public final B mergeFrom(ByteString bytes) throws InvalidProtocolBufferException {
            return mergeFrom(bytes.bytes);
        }

        @Override
        @SuppressWarnings("unchecked")
        public B clone() {
            return (B) build().toBuilder();
        }

        @Override
        public final M getDefaultInstanceForType() {
            return empty;
        }

        @Override
        public final String toString() {
            return build().toString();
        }

        // ------------------------------------------------------------ for generated code

        /** The message to look at. The messages inside of it never change from here on. */
        protected final M seen() {
            for (Builder<?, ?> builder : inner) builder.build();
            return message;
        }

        /** The message to change. */
        protected final M edit() {
            if (isGiven) {
                become(copy(message));
                isGiven = false;
            }
            return message;
        }

        private void become(M next) {
            M was = message;
            message = next;
            if (replace != null) replace.accept(was, next);
        }

        /** The builder of the message in a field of this one. */
        protected final <N extends Message, C extends Builder<N, C>> C inner(
            int field,
            Supplier<N> get,
            Consumer<N> set
        ) {
            // Whoever has taken its place meanwhile stays.
            return inner(field, get.get(), set, (was, now) -> {
                if (get.get() == was) set.accept(now);
            });
        }

        /** The builder of a message in a list of this one. It stays with its message when the list changes. */
        protected final <N extends Message, C extends Builder<N, C>> C inner(
            int field,
            Supplier<List<N>> get,
            int index
        ) {
            return inner(field, get.get().get(index), made -> get.get().set(index, made), (was, now) -> {
                List<N> list = get.get();
                for (int i = 0; i < list.size(); i++) {
                    if (list.get(i) == was) {
                        list.set(i, now);
                        break;
                    }
                }
            });
        }

        @SuppressWarnings("unchecked")
        private <N extends Message, C extends Builder<N, C>> C inner(
            int field,
            N value,
            Consumer<N> set,
            BiConsumer<N, N> replace
        ) {
            for (Builder<?, ?> builder : inner)
                if (builder.field == field && builder.message == value) return (C) builder;
            N part = copy(value);
            C made = (C) part.toBuilder();
            Builder<N, C> base = made;
            base.field = field;
            base.isGiven = false;
            set.accept(part);
            base.replace = replace;
            inner = open(inner);
            inner.add(made);
            return made;
        }

        protected final <K, V> B each(Map<K, V> values, BiConsumer<K, V> put) {
            values.forEach(put);
            return self();
        }

        protected static String utf8(ByteString text) {
            if (!text.isValidUtf8()) throw new IllegalArgumentException("Byte string is not UTF-8.");
            return text.toStringUtf8();
        }

        @SuppressWarnings("unchecked")
        private B self() {
            return (B) this;
        }
    }
}
