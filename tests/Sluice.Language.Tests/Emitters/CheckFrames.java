package gen.worker;

import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

/** Reads and writes frames, given as bytes with their meaning, a line each. */
public final class CheckFrames {
    private static final HexFormat HEX = HexFormat.of();

    public static void main(String[] arguments) throws Exception {
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in));
        int count = 0;
        for (String line; (line = lines.readLine()) != null; count++) {
            String[] parts = line.split(" ", -1);
            Map<String, String> meaning = new HashMap<>();
            for (String part : Arrays.copyOfRange(parts, 3, parts.length)) {
                String[] pair = part.split("=", 2);
                if (pair.length == 2) meaning.put(pair[0], new String(HEX.parseHex(pair[1]), StandardCharsets.UTF_8));
            }
            int kind = Integer.parseInt(parts[0]);
            int call = Integer.parseUnsignedInt(parts[1]);
            byte[] whole = HEX.parseHex(parts[2]);
            if (kind < Frames.HELLO) read(kind, call, whole, meaning);
            else check(Arrays.equals(write(kind, call, meaning), whole), "sent " + line);
        }
        System.out.println(count + " frames");
    }

    /** The frame comes in pieces, behind another that shares its buffer. */
    private static void read(int kind, int call, byte[] whole, Map<String, String> meaning) throws Exception {
        ByteArrayOutputStream both = new ByteArrayOutputStream();
        both.write(new byte[] {0, 0, 0, 0, Frames.CANCEL, 9, 0, 0, 0});
        both.write(whole);
        InputStream pieces = new ByteArrayInputStream(both.toByteArray()) {
            @Override
            public synchronized int read(byte[] target, int offset, int length) {
                return super.read(target, offset, Math.min(length, 7));
            }
        };
        Frames frames = new Frames(pieces, new ByteArrayOutputStream());
        Frames.Frame before = frames.receive();
        check(before.kind() == Frames.CANCEL && before.call() == 9 && before.payload().length == 0, "the frame before");
        Frames.Frame frame = frames.receive();
        check(frame.kind() == kind && frame.call() == call, "head");
        check(frames.receive() == null, "end");
        switch (kind) {
            case Frames.INVOKE -> invoke(new Call(new Worker(frames), call, frame.payload()), meaning);
            case Frames.SECRET_VALUE -> {
                // Whatever is asked is answered with this frame.
                Call[] asking = new Call[1];
                Worker answering = new Worker(new Frames(pieces, new ByteArrayOutputStream())) {
                    @Override
                    void send(int sent, int of, byte[] payload) {
                        asking[0].secrets().answer(frame.payload());
                    }
                };
                asking[0] = new Call(answering, call, new byte[0]);
                String value = new String(HEX.parseHex(meaning.get("value")), StandardCharsets.UTF_8);
                check(asking[0].secrets().get("ANY").orElse("").equals(value), "value");
                asking[0] = new Call(answering, call, new byte[0]);
                byte[] again = HEX.parseHex(meaning.get("found").equals("true") ? "01" : "00");
                check(again[0] == whole[9], "found");
            }
            case Frames.INPUT -> {
                CallStream stream = stream(frames, call);
                stream.heard(kind, frame.payload());
                check(stream.inputs(HEX::formatHex).next().equals(meaning.get("frame")), "frame");
            }
            case Frames.INPUT_END -> {
                CallStream stream = stream(frames, call);
                stream.heard(kind, frame.payload());
                check(!stream.inputs(HEX::formatHex).hasNext(), "input end");
            }
            case Frames.OUTPUT_CREDIT -> check(
                Frames.number(frame.payload(), 0) == Integer.parseInt(meaning.get("bytes")), "credit");
            default -> check(frame.payload().length == 0, "payload");
        }
    }

    private static CallStream stream(Frames frames, int call) {
        return new Call(new Worker(frames), call, new byte[] {120, 1}).stream();
    }

    private static void invoke(Call call, Map<String, String> meaning) {
        check(call.node().equals(meaning.get("node")), "node");
        check(HEX.formatHex(call.input()).equals(meaning.get("input")), "input");
        if (meaning.containsKey("stream")) {
            check(call.stream() != null && call.deadline().isEmpty(), "stream");
            return;
        }
        check(call.stream() == null, "no stream");
        long left = call.deadline().orElseThrow().toEpochMilli() - System.currentTimeMillis();
        check(left <= Long.parseLong(meaning.get("timeout_ms")), "timeout");
        check(call.executionId().equals(meaning.get("execution_id")), "execution_id");
        check(call.flowId().equals(meaning.get("flow_id")), "flow_id");
        check(call.tenantId().equals(meaning.get("tenant_id")), "tenant_id");
        check(call.allParams().equals(pairs(meaning.get("params"))), "params");
    }

    private static byte[] write(int kind, int call, Map<String, String> meaning) throws Exception {
        ByteArrayOutputStream sent = new ByteArrayOutputStream();
        Frames frames = new Frames(InputStream.nullInputStream(), sent);
        switch (kind) {
            case Frames.HELLO -> {
                String[] nodes = meaning.get("nodes").isEmpty() ? new String[0] : meaning.get("nodes").split("\n");
                frames.send(kind, call, Worker.hello(meaning.get("language"), nodes, meaning.get("fingerprint")));
            }
            case Frames.RESULT -> frames.send(kind, call, HEX.parseHex(meaning.get("output")));
            case Frames.ERROR -> frames.send(kind, call, Failure.encode(meaning.get("kind"), meaning.get("message"), meaning.get("stack")));
            case Frames.SECRET_GET -> frames.send(kind, call, meaning.get("name").getBytes(StandardCharsets.UTF_8));
            case Frames.OUTPUT -> stream(frames, call).emit(HEX.parseHex(meaning.get("frame")));
            case Frames.INPUT_CREDIT -> {
                CallStream stream = stream(frames, call);
                stream.heard(Frames.INPUT, new byte[Integer.parseInt(meaning.get("bytes"))]);
                stream.inputs(HEX::formatHex).next();
                stream.giveBack();
            }
            case Frames.LOG -> frames.send(kind, call, CallLog.encode(meaning.get("level"), meaning.get("text"), pairs(meaning.get("fields"))));
            default -> throw new IllegalArgumentException("kind " + kind);
        }
        return sent.toByteArray();
    }

    private static Map<String, String> pairs(String lines) {
        Map<String, String> pairs = new TreeMap<>();
        for (String line : lines.split("\n")) {
            String[] pair = line.split("=", 2);
            if (pair.length == 2) pairs.put(pair[0], pair[1]);
        }
        return pairs;
    }

    private static void check(boolean good, String what) {
        if (good) return;
        System.out.println(what);
        System.exit(1);
    }
}
