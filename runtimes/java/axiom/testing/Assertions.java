package axiom.testing;

import java.util.Objects;

/** What a test may expect. A test without any of these fails by throwing too. */
public final class Assertions {
    private Assertions() {}

    /** Code of a test that may throw anything. */
    @FunctionalInterface
    public interface Executable {
        void execute() throws Throwable;
    }

    public static void assertEquals(Object expected, Object actual) {
        if (!Objects.deepEquals(expected, actual))
            fail("expected " + shown(expected) + ", found " + shown(actual));
    }

    public static void assertEquals(double expected, double actual, double tolerance) {
        if (Double.compare(expected, actual) != 0 && !(Math.abs(expected - actual) <= tolerance))
            fail("expected " + expected + ", found " + actual);
    }

    public static void assertTrue(boolean condition) {
        assertTrue(condition, "expected true");
    }

    public static void assertTrue(boolean condition, String message) {
        if (!condition) fail(message);
    }

    public static void assertFalse(boolean condition) {
        assertTrue(!condition, "expected false");
    }

    public static void assertFalse(boolean condition, String message) {
        assertTrue(!condition, message);
    }

    public static void assertNull(Object actual) {
        if (actual != null) fail("expected null, found " + shown(actual));
    }

    public static void assertNotNull(Object actual) {
        if (actual == null) fail("expected anything but null");
    }

    /** Gives what was thrown. */
    public static <T extends Throwable> T assertThrows(Class<T> expected, Executable code) {
        try {
            code.execute();
        } catch (Throwable thrown) {
            if (expected.isInstance(thrown)) return expected.cast(thrown);
            throw new AssertionError("expected " + expected.getSimpleName() + ", thrown was " + thrown, thrown);
        }
        return fail("expected " + expected.getSimpleName() + ", nothing was thrown");
    }

    /** Never returns; a result can be asked of it where one is needed. */
    public static <T> T fail(String message) {
        throw new AssertionError(message);
    }

    private static String shown(Object value) {
        return value instanceof String ? "\"" + value + "\"" : String.valueOf(value).strip();
    }
}
