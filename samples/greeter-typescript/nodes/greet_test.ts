import assert from "node:assert/strict";
import { test } from "node:test";
import { AxiomContext } from "../gen/axiomContext";
import { GreetRequest } from "../gen/messages_pb";
import { greet } from "./greet";

/** The context of a test: secrets come from an object. */
class TestContext extends AxiomContext {
    override readonly secrets;

    constructor({ secretsMap = {} }: { secretsMap?: Record<string, string> } = {}) {
        super();
        const values = new Map(Object.entries(secretsMap));
        this.secrets = {
            get: (name: string): [string, boolean] => [values.get(name) ?? "", values.has(name)],
        };
    }
}

test("signs with the secret", async () => {
    const ax = new TestContext({ secretsMap: { GREETER_SIGNATURE: "test-sig" } });
    const reply = await greet(ax, new GreetRequest().setName("Ada"));
    assert.equal(reply.getGreeting(), "Hello Ada, from test-sig");
});

test("signs as anonymous without the secret", async () => {
    const reply = await greet(new TestContext(), new GreetRequest().setName("Ada"));
    assert.equal(reply.getGreeting(), "Hello Ada, from anonymous");
});
