package gen.protobuf.util;

import gen.protobuf.Struct;
import gen.protobuf.Value;
import java.util.Map;

/** JSON objects. */
public final class Structs {
    private Structs() {}

    public static Struct of(String name, Value value) {
        return of(Map.of(name, value));
    }

    public static Struct of(Map<String, Value> fields) {
        return Struct.newBuilder().putAllFields(fields).build();
    }
}
