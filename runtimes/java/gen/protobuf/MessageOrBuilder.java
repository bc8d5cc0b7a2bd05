package gen.protobuf;

/** A message, or what builds one: both can be read. */
public interface MessageOrBuilder {
    Message getDefaultInstanceForType();

    /** Always true: nothing is required. */
    default boolean isInitialized() {
        return true;
    }
}
