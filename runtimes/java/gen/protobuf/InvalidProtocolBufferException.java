package gen.protobuf;

import java.io.IOException;

/** The bytes are no message of the type. */
public class InvalidProtocolBufferException extends IOException {
    public InvalidProtocolBufferException(String message) {
        super(message);
    }
}
