package axiom;

import java.util.AbstractList;
import java.util.List;

/** What a flow remembers from run to run. Its own entries are found by every run of the flow. */
public final class Memory {
    private final Store store;

    public Memory(Store store) {
        this.store = store;
    }

    /** The session with the name that the node's input gives it. */
    public Session session(String id) {
        return new Session(store, id);
    }

    /** At most 5 entries of the flow that have some of the words, best first. */
    public Answers<Entry> search(String query) {
        return search(query, 5);
    }

    /** Entries of the flow that have some of the words, best first; the limit is 1 to 50. */
    public Answers<Entry> search(String query, int limit) {
        return store.search("", query, limit);
    }

    /** Keeps an entry of the flow with the importance 0.5. */
    public Written write(String content) {
        return write(content, 0.5);
    }

    /** Keeps an entry of the flow; the importance is 0 to 1. */
    public Written write(String content, double importance) {
        return store.write("", content, importance);
    }

    /** A session of the flow, with turns and entries. */
    public static final class Session {
        private final Store store;
        private final String id;

        Session(Store store, String id) {
            this.store = store;
            this.id = id;
        }

        public String id() {
            return id;
        }

        public History history() {
            return new History(store, id);
        }

        public Answers<Entry> search(String query) {
            return search(query, 5);
        }

        /** Entries of the session and of the flow that have some of the words, best first; the limit is 1 to 50. */
        public Answers<Entry> search(String query, int limit) {
            return store.search(id, query, limit);
        }

        public Written write(String content) {
            return write(content, 0.5);
        }

        /** Keeps an entry of the session; the importance is 0 to 1. */
        public Written write(String content, double importance) {
            return store.write(id, content, importance);
        }

        /** Closes it: nothing can be added any more. */
        public Written end() {
            return store.end(id);
        }
    }

    /** The turns of a session. */
    public static final class History {
        private final Store store;
        private final String session;

        History(Store store, String session) {
            this.store = store;
            this.session = session;
        }

        /** The n newest turns, oldest first; n is 1 to 200. */
        public Answers<Turn> last(int n) {
            return store.last(session, n);
        }

        /** Adds a turn; the role is user, assistant, tool or system. */
        public Written append(String role, String content) {
            return append(role, content, "", "");
        }

        /** Adds a turn that comes from a tool. */
        public Written append(String role, String content, String toolName, String toolCallId) {
            return store.append(session, role, content, toolName, toolCallId);
        }
    }

    /** A turn of a session; it was made at a time in milliseconds since 1970. */
    public record Turn(
        String id,
        String sessionId,
        String role,
        String content,
        long createdAt,
        String toolName,
        String toolCallId
    ) {}

    /** An entry that was found; of the flow, its session is empty. The score is how well it fits, above 0 and at most 1. */
    public record Entry(String id, String content, String sessionId, double importance, double score, long createdAt) {}

    /**
     * What came of a write: the id, or why it was refused. The code is empty, or invalid, too_large, full, ended,
     * rate_limited, unavailable or unsupported.
     */
    public record Written(String id, String code, String message) {
        public boolean ok() {
            return code.isEmpty();
        }
    }

    /** Turns or entries. Empty when it was refused: then code and message say why. */
    public static final class Answers<T> extends AbstractList<T> {
        private final List<T> items;
        private final String code;
        private final String message;

        public Answers(List<T> items, String code, String message) {
            this.items = List.copyOf(items);
            this.code = code;
            this.message = message;
        }

        public boolean ok() {
            return code.isEmpty();
        }

        public String code() {
            return code;
        }

        public String message() {
            return message;
        }

        @Override
        public T get(int index) {
            return items.get(index);
        }

        @Override
        public int size() {
            return items.size();
        }
    }

    /** What memory is kept in; the session is empty for the flow. Every member has an implementation here, which refuses. */
    public interface Store {
        default Written append(String session, String role, String content, String toolName, String toolCallId) {
            return refuse();
        }

        default Answers<Turn> last(String session, int n) {
            return new Answers<>(List.of(), refuse().code(), refuse().message());
        }

        default Written end(String session) {
            return refuse();
        }

        default Written write(String session, String content, double importance) {
            return refuse();
        }

        default Answers<Entry> search(String session, String query, int limit) {
            return new Answers<>(List.of(), refuse().code(), refuse().message());
        }

        private static Written refuse() {
            return new Written("", "unavailable", "This context remembers nothing.");
        }
    }
}
