package gen.worker;

import axiom.Flow;
import axiom.Memory.Answers;
import axiom.Memory.Entry;
import axiom.Memory.Turn;
import axiom.Memory.Written;
import gen.protobuf.InvalidProtocolBufferException;
import gen.protobuf.Reader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What the host answers. */
record Answer(String code, String message, String id, List<Turn> turns, List<Entry> entries, Flow flow) {
    static Answer refusal(String code, String message) {
        return new Answer(code, message, "", List.of(), List.of(), Flow.EMPTY);
    }

    Written written() {
        return new Written(id, code, message);
    }

    Answers<Turn> foundTurns() {
        return new Answers<>(turns, code, message);
    }

    Answers<Entry> foundEntries() {
        return new Answers<>(entries, code, message);
    }

    static Answer read(Reader reader) throws InvalidProtocolBufferException {
        String[] texts = { "", "", "" };
        List<Turn> turns = new ArrayList<>();
        List<Entry> entries = new ArrayList<>();
        Flow flow = Flow.EMPTY;
        for (int tag; (tag = reader.next()) != 0; ) {
            switch (tag) {
                case 10, 18, 26 -> texts[(tag >> 3) - 1] = reader.readString();
                case 34 -> turns.add(turn(reader));
                case 42 -> entries.add(entry(reader));
                case 50 -> flow = flow(reader);
                default -> reader.skip();
            }
        }
        return new Answer(texts[0], texts[1], texts[2], turns, entries, flow);
    }

    private static Turn turn(Reader reader) throws InvalidProtocolBufferException {
        // By field number.
        String[] texts = { "", "", "", "", "", "", "", "" };
        long at = 0;
        int end = reader.begin();
        for (int tag; (tag = reader.next()) != 0; ) {
            switch (tag) {
                case 10, 18, 26, 34, 50, 58 -> texts[tag >> 3] = reader.readString();
                case 40 -> at = reader.readInt64();
                default -> reader.skip();
            }
        }
        reader.end(end);
        return new Turn(texts[1], texts[2], texts[3], texts[4], at, texts[6], texts[7]);
    }

    private static Entry entry(Reader reader) throws InvalidProtocolBufferException {
        String[] texts = { "", "", "", "" };
        double importance = 0;
        double score = 0;
        long at = 0;
        int end = reader.begin();
        for (int tag; (tag = reader.next()) != 0; ) {
            switch (tag) {
                case 10, 18, 26 -> texts[tag >> 3] = reader.readString();
                case 33 -> importance = reader.readDouble();
                case 41 -> score = reader.readDouble();
                case 48 -> at = reader.readInt64();
                default -> reader.skip();
            }
        }
        reader.end(end);
        return new Entry(texts[1], texts[2], texts[3], importance, score, at);
    }

    private static Flow flow(Reader reader) throws InvalidProtocolBufferException {
        String id = "";
        List<Flow.Node> nodes = new ArrayList<>();
        List<Flow.Edge> edges = new ArrayList<>();
        List<Flow.Edge> loopEdges = new ArrayList<>();
        Flow.Position position = Flow.EMPTY.position();
        int end = reader.begin();
        for (int tag; (tag = reader.next()) != 0; ) {
            switch (tag) {
                case 10 -> id = reader.readString();
                case 18 -> nodes.add(node(reader));
                case 26 -> edges.add(edge(reader));
                case 34 -> loopEdges.add(edge(reader));
                case 42 -> position = position(reader);
                default -> reader.skip();
            }
        }
        reader.end(end);
        return new Flow(id, List.copyOf(nodes), List.copyOf(edges), List.copyOf(loopEdges), position);
    }

    private static Flow.Node node(Reader reader) throws InvalidProtocolBufferException {
        String[] texts = { "", "", "", "", "", "", "", "", "" };
        int instance = 0;
        int end = reader.begin();
        for (int tag; (tag = reader.next()) != 0; ) {
            switch (tag) {
                case 8 -> instance = reader.readInt32();
                case 18, 26, 34, 42, 50, 58, 66 -> texts[tag >> 3] = reader.readString();
                default -> reader.skip();
            }
        }
        reader.end(end);
        return new Flow.Node(instance, texts[2], texts[3], texts[4], texts[5], texts[6], texts[7], texts[8]);
    }

    private static Flow.Edge edge(Reader reader) throws InvalidProtocolBufferException {
        // By field number.
        int[] numbers = new int[7];
        String id = "";
        int end = reader.begin();
        for (int tag; (tag = reader.next()) != 0; ) {
            switch (tag) {
                case 8, 16, 32, 40, 48 -> numbers[tag >> 3] = reader.readInt32();
                case 26 -> id = reader.readString();
                default -> reader.skip();
            }
        }
        reader.end(end);
        return new Flow.Edge(numbers[1], numbers[2], id, numbers[4] != 0, numbers[5] != 0, numbers[6]);
    }

    private static Flow.Position position(Reader reader) throws InvalidProtocolBufferException {
        int[] numbers = { 0, 0, 0, 0, 0, 0, 1, 0, 1 };
        String alias = "";
        Map<Integer, Integer> loops = new HashMap<>();
        List<String> above = new ArrayList<>();
        int end = reader.begin();
        for (int tag; (tag = reader.next()) != 0; ) {
            switch (tag) {
                case 8, 24, 48, 56, 64 -> numbers[tag >> 3] = reader.readInt32();
                case 18 -> alias = reader.readString();
                case 34 -> visit(reader, loops);
                case 42 -> above.add(reader.readString());
                default -> reader.skip();
            }
        }
        reader.end(end);
        return new Flow.Position(
            numbers[1],
            alias,
            numbers[3],
            Map.copyOf(loops),
            List.copyOf(above),
            numbers[6],
            numbers[7] - 1,
            numbers[8]
        );
    }

    private static void visit(Reader reader, Map<Integer, Integer> loops) throws InvalidProtocolBufferException {
        int[] numbers = new int[3];
        int end = reader.begin();
        for (int tag; (tag = reader.next()) != 0; ) {
            switch (tag) {
                case 8, 16 -> numbers[tag >> 3] = reader.readInt32();
                default -> reader.skip();
            }
        }
        reader.end(end);
        loops.put(numbers[1], numbers[2]);
    }
}
