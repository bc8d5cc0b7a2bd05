package gen.protobuf.util;

import gen.protobuf.Timestamp;
import java.time.Instant;

/** From and to points in time: seconds since 1970 in UTC, and nanoseconds that count forward. */
public final class Timestamps {
    private Timestamps() {}

    public static Timestamp fromInstant(Instant instant) {
        return Timestamp.newBuilder().setSeconds(instant.getEpochSecond()).setNanos(instant.getNano()).build();
    }

    public static Instant toInstant(Timestamp timestamp) {
        return Instant.ofEpochSecond(timestamp.getSeconds(), timestamp.getNanos());
    }

    public static Timestamp fromMillis(long milliseconds) {
        return fromInstant(Instant.ofEpochMilli(milliseconds));
    }

    public static long toMillis(Timestamp timestamp) {
        return toInstant(timestamp).toEpochMilli();
    }

    public static Timestamp now() {
        return fromInstant(Instant.now());
    }
}
