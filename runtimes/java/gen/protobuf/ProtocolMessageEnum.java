package gen.protobuf;

/** An enum of the package's messages. */
public interface ProtocolMessageEnum {
    /** The number on the wire. What was not recognised has none, and throws. */
    int getNumber();
}
