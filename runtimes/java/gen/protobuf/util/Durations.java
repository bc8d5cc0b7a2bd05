package gen.protobuf.util;

import gen.protobuf.Duration;

/** From and to spans of time: seconds and nanoseconds of the same sign. */
public final class Durations {
    private Durations() {}

    public static Duration fromDuration(java.time.Duration duration) {
        long seconds = duration.getSeconds();
        int nanos = duration.getNano();
        // Java's nanoseconds count forward, also from a negative second.
        if (seconds < 0 && nanos > 0) {
            seconds++;
            nanos -= 1_000_000_000;
        }
        return Duration.newBuilder().setSeconds(seconds).setNanos(nanos).build();
    }

    public static java.time.Duration toDuration(Duration duration) {
        return java.time.Duration.ofSeconds(duration.getSeconds(), duration.getNanos());
    }

    public static Duration fromMillis(long milliseconds) {
        return fromDuration(java.time.Duration.ofMillis(milliseconds));
    }

    public static long toMillis(Duration duration) {
        return toDuration(duration).toMillis();
    }
}
