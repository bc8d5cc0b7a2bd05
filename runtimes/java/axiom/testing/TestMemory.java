package axiom.testing;

import axiom.Memory;
import axiom.Memory.Answers;
import axiom.Memory.Entry;
import axiom.Memory.Turn;
import axiom.Memory.Written;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** A memory in the test's own process, with none of the limits. It finds whole words. */
public final class TestMemory implements Memory.Store {
    private final List<Turn> turns = new ArrayList<>();
    private final List<Entry> entries = new ArrayList<>();
    private final Set<String> ended = new HashSet<>();

    /** All turns, oldest first. */
    public synchronized List<Turn> turns() {
        return List.copyOf(turns);
    }

    /** All entries, oldest first. */
    public synchronized List<Entry> entries() {
        return List.copyOf(entries);
    }

    @Override
    public synchronized Written append(String session, String role, String content, String toolName, String toolCallId) {
        if (ended.contains(session)) return new Written("", "ended", "The session has ended.");
        String id = "turn-" + (turns.size() + 1);
        turns.add(new Turn(id, session, role, content, 0, toolName, toolCallId));
        return new Written(id, "", "");
    }

    @Override
    public synchronized Answers<Turn> last(String session, int n) {
        List<Turn> found = new ArrayList<>(turns);
        found.removeIf(turn -> !turn.sessionId().equals(session));
        return new Answers<>(found.subList(Math.max(0, found.size() - n), found.size()), "", "");
    }

    @Override
    public synchronized Written end(String session) {
        ended.add(session);
        return new Written("", "", "");
    }

    @Override
    public synchronized Written write(String session, String content, double importance) {
        String id = "entry-" + (entries.size() + 1);
        entries.add(new Entry(id, content, session, importance, 0, 0));
        return new Written(id, "", "");
    }

    @Override
    public synchronized Answers<Entry> search(String session, String query, int limit) {
        Set<String> asked = words(query);
        List<Entry> found = new ArrayList<>();
        for (Entry it : entries) {
            Set<String> have = words(it.content());
            have.retainAll(asked);
            double score = (double) have.size() / asked.size();
            if (score > 0 && (it.sessionId().isEmpty() || it.sessionId().equals(session)))
                found.add(new Entry(it.id(), it.content(), it.sessionId(), it.importance(), score, it.createdAt()));
        }
        found.sort(Comparator.comparingDouble(Entry::score).reversed());
        return new Answers<>(found.subList(0, Math.min(limit, found.size())), "", "");
    }

    private static Set<String> words(String text) {
        return new HashSet<>(List.of(text.toLowerCase(Locale.ROOT).split("\\s+")));
    }
}
