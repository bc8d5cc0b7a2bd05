import type { AxiomContext } from "../gen/axiomContext";
import { GreetReply, GreetRequest } from "../gen/messages_pb";

/** Greets the caller, signing with the tenant's configured signature. */
export async function greet(ax: AxiomContext, input: GreetRequest): Promise<GreetReply> {
    const [signature, ok] = ax.secrets.get("GREETER_SIGNATURE");
    ax.log.info("signing", { found: ok ? "yes" : "no" });
    return new GreetReply().setGreeting(`Hello ${input.getName()}, from ${ok ? signature : "anonymous"}`);
}
