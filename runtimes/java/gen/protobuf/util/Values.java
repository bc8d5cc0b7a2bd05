package gen.protobuf.util;

import gen.protobuf.ListValue;
import gen.protobuf.NullValue;
import gen.protobuf.Struct;
import gen.protobuf.Value;

/** Any JSON value. */
public final class Values {
    private Values() {}

    public static Value ofNull() {
        return Value.newBuilder().setNullValue(NullValue.NULL_VALUE).build();
    }

    public static Value of(double value) {
        return Value.newBuilder().setNumberValue(value).build();
    }

    public static Value of(String value) {
        return Value.newBuilder().setStringValue(value).build();
    }

    public static Value of(boolean value) {
        return Value.newBuilder().setBoolValue(value).build();
    }

    public static Value of(Struct value) {
        return Value.newBuilder().setStructValue(value).build();
    }

    public static Value of(ListValue value) {
        return Value.newBuilder().setListValue(value).build();
    }

    public static Value of(Iterable<Value> values) {
        return of(ListValue.newBuilder().addAllValues(values).build());
    }
}
