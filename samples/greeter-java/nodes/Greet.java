package nodes;

import axiom.AxiomContext;
import gen.Messages.GreetReply;
import gen.Messages.GreetRequest;
import java.util.Map;
import java.util.Optional;

public class Greet {
    /** Greets the caller, signing with the tenant's configured signature. */
    public static GreetReply greet(AxiomContext ax, GreetRequest input) {
        Optional<String> signature = ax.secrets().get("GREETER_SIGNATURE");
        ax.log().info("signing", Map.of("found", signature.isPresent() ? "yes" : "no"));
        return GreetReply.newBuilder()
            .setGreeting("Hello " + input.getName() + ", from " + signature.orElse("anonymous"))
            .build();
    }
}
