// Serves one package's nodes, one call at a time.
import { CANCEL, ERROR, HELLO, INVOKE, LOG, RESULT, SECRET_GET, SECRET_VALUE, SHUTDOWN } from "./channel.js";
import { catchAll, clip, coming, describe, explain, isOver, listen, next, resume, send, text, wait } from "./channel.js";
import { AxiomAgent, AxiomContext, AxiomLogger, AxiomParams, AxiomReflection, AxiomSecrets, AxiomTelemetry } from "./axiomContext.js";
import { Store, note } from "./context.js";
import { leadOut } from "./egress.js";
import { Message, Reader, Writer, decode } from "./codec.js";
import { fingerprint, nodes } from "./dispatch.js";
import { Cancelled, Failure, Stream, nameOf, pump } from "./streams.js";

const MAX_PAYLOAD = 16 << 20;
const MAX_LINE = 16 << 10;
const MAX_FIELDS = 8 << 10;
const MAX_SECRET_NAME = 128;

// ---- what a handler sees as ax

class Log extends AxiomLogger {
    constructor(private readonly call: number) {
        super();
    }

    override debug(message: string, attributes?: Record<string, unknown>): void {
        this.line("debug", message, attributes);
    }

    override info(message: string, attributes?: Record<string, unknown>): void {
        this.line("info", message, attributes);
    }

    override warn(message: string, attributes?: Record<string, unknown>): void {
        this.line("warn", message, attributes);
    }

    override error(message: string, attributes?: Record<string, unknown>): void {
        this.line("error", message, attributes);
    }

    private line(level: string, message: string, attributes: Record<string, unknown> = {}): void {
        const writer = new Writer();
        text(writer, 1, level);
        text(writer, 2, clip(String(message ?? ""), MAX_LINE));
        let left = MAX_FIELDS;
        for (const [key, value] of Object.entries(attributes ?? {})) {
            const shown = clip(String(value), 1024);
            left -= Buffer.byteLength(key) + Buffer.byteLength(shown) + 10;
            if (left < 0) break;
            writer.varint(26);
            const mark = writer.begin();
            text(writer, 1, key);
            text(writer, 2, shown);
            writer.end(mark);
        }
        send(LOG, this.call, writer.finish());
    }
}

class Secrets extends AxiomSecrets {
    constructor(private readonly call: number) {
        super();
    }

    /** Asks the host. Calls that have ended, and names that cannot be, find nothing. */
    override get(name: string): [string, boolean] {
        const asked = Buffer.from(String(name));
        if (asked.length === 0 || asked.length > MAX_SECRET_NAME) return ["", false];
        const payload = ask(this.call, SECRET_GET, asked, SECRET_VALUE);
        if (payload === undefined) return ["", false];
        const found = payload.length > 0 && payload[0] !== 0;
        const value = found ? payload.toString("utf8", 1) : "";
        payload.fill(0);
        return [value, found];
    }
}

/** Asks the host, and gives the payload of its answer; undefined for a call that has ended. */
function ask(number: number, kind: number, payload: Uint8Array, awaited: number): Buffer | undefined {
    if (current?.number !== number) return undefined;
    if (current.stopped) throw new Cancelled();
    send(kind, number, payload);
    for (;;) {
        const frame = wait();
        if (frame.kind === SHUTDOWN) process.exit(0);
        if (frame.call !== number) continue;
        if (frame.kind === CANCEL) {
            current.stop();
            throw new Cancelled();
        }
        if (frame.kind === awaited) return frame.payload;
        current.stream?.heard(frame.kind, frame.payload);
    }
}

class Params extends AxiomParams {
    readonly values = new Map<string, string>();

    override get(name: string): [string, boolean] {
        const value = this.values.get(name);
        return value === undefined ? ["", false] : [value, true];
    }
}

/** One call, as its handler sees it. What it does not ask for is not made: most calls ask for little. */
class Call implements AxiomContext {
    executionId = "";
    flowId = "";
    tenantId = "";
    deadline: Date | undefined = undefined;
    node = "";
    input: Uint8Array = new Uint8Array(0);
    stopped = false;
    /** Of a pipeline node. */
    stream: Stream | undefined = undefined;
    private controller: AbortController | undefined = undefined;
    private logger: Log | undefined = undefined;
    private vault: Secrets | undefined = undefined;
    private settings: Params | undefined = undefined;
    private view: AxiomReflection | undefined = undefined;
    private helper: AxiomAgent | undefined = undefined;
    private meters: AxiomTelemetry | undefined = undefined;

    constructor(readonly number: number) {}

    get log(): AxiomLogger {
        return (this.logger ??= new Log(this.number));
    }

    get secrets(): AxiomSecrets {
        return (this.vault ??= new Secrets(this.number));
    }

    get params(): Params {
        return (this.settings ??= new Params());
    }

    get reflection(): AxiomReflection {
        return (this.view ??= new AxiomReflection(() => this.store.reflect()));
    }

    get agent(): AxiomAgent {
        return (this.helper ??= new AxiomAgent(() => this.store));
    }

    get telemetry(): AxiomTelemetry {
        return (this.meters ??= new AxiomTelemetry((kind, name, value, attributes) =>
            note(this.number, kind, name, value, attributes),
        ));
    }

    get signal(): AbortSignal {
        this.controller ??= new AbortController();
        if (this.stopped) this.controller.abort();
        return this.controller.signal;
    }

    progress(fraction: number, message = ""): void {
        note(this.number, "progress", message, fraction, {});
    }

    private get store(): Store {
        return new Store((kind, payload, awaited) => ask(this.number, kind, payload, awaited));
    }

    stop(): void {
        this.stopped = true;
        this.controller?.abort();
        this.stream?.stop();
    }

    read(payload: Buffer): void {
        const reader = new Reader(payload);
        for (let tag; (tag = reader.tag(reader.length)) !== 0; )
            switch (tag) {
                case 10:
                    this.node = reader.string();
                    break;
                case 18:
                    this.input = reader.bytesValue();
                    break;
                case 24:
                    this.deadline = new Date(Date.now() + Number(reader.int64()));
                    break;
                case 34:
                    this.executionId = reader.string();
                    break;
                case 42:
                    this.flowId = reader.string();
                    break;
                case 50:
                    this.tenantId = reader.string();
                    break;
                case 66:
                    this.parameter(reader, reader.end(reader.length));
                    break;
                case 120:
                    if (reader.int64() !== 0n) this.stream = new Stream(this.number);
                    break;
                default:
                    reader.skip(tag, reader.length, 0);
            }
    }

    private parameter(reader: Reader, end: number): void {
        let key = "";
        let value = "";
        for (let tag; (tag = reader.tag(end)) !== 0; )
            if (tag === 10) key = reader.string();
            else if (tag === 18) value = reader.string();
            else reader.skip(tag, end, 0);
        this.params.values.set(key, value);
    }
}

// A handler may ask whether its context is one, as a stand-in that extends the class is.
Object.setPrototypeOf(Call.prototype, AxiomContext.prototype);

// ---- calls

let current: Call | undefined;

function invoke(number: number, payload: Buffer): void {
    const call = new Call(number);
    current = call;
    try {
        call.read(payload);
        const node = Object.prototype.hasOwnProperty.call(nodes, call.node) ? nodes[call.node] : undefined;
        if (node === undefined) {
            answer(call, ERROR, describe("unknown_node", `the package has no node ${call.node}`));
            return;
        }
        const streams = call.stream !== undefined;
        if ((node.streams === true) !== streams)
            throw new Failure("wrong_type", `${call.node} is ${streams ? "a unary" : "a pipeline"} node`);
        if (call.stream !== undefined) {
            // Its time is that between two signs of life, which the host looks at.
            call.deadline = undefined;
            pump(call.stream, node.handler(call, call.stream.inputs(node.input)), node.output).then(
                () => answer(call, RESULT, new Uint8Array(0)),
                (error) => fail(call, error),
            );
            return;
        }
        const output = node.handler(call, decode(new node.input(), call.input));
        if (typeof (output as any)?.then !== "function") finish(call, output, node.output);
        else
            (output as Promise<unknown>).then(
                (value) => settle(call, () => finish(call, value, node.output)),
                (error) => fail(call, error),
            );
    } catch (error) {
        fail(call, error);
    }
}

function settle(call: Call, finish: () => void): void {
    try {
        finish();
    } catch (error) {
        fail(call, error);
    }
}

function finish(call: Call, output: unknown, type: new () => Message): void {
    if (!(output instanceof type)) {
        const wrong = `it returned ${nameOf(output)}, not ${type.name.replace(/\$/g, ".")}`;
        answer(call, ERROR, describe("wrong_type", wrong));
        return;
    }
    const bytes = output.serializeBinary();
    if (bytes.length > MAX_PAYLOAD)
        answer(
            call,
            ERROR,
            describe("too_large", `the output has ${bytes.length} bytes, more than ${MAX_PAYLOAD}`),
        );
    else answer(call, RESULT, bytes);
}

function fail(call: Call, error: any): void {
    if (call.stopped) answer(call, ERROR, describe("cancelled", "it was stopped"));
    else answer(call, ERROR, error instanceof Failure ? describe(error.kind, error.message) : explain(error));
}

/** A call is answered once, whatever happens to it afterwards. */
function answer(call: Call, kind: number, payload: Uint8Array): void {
    if (current !== call) return;
    current = undefined;
    send(kind, call.number, payload);
    resume();
}

/** What a handler started and did not wait for fails its call; between calls it is told to the log. */
function stray(error: unknown): void {
    if (current !== undefined) fail(current, error);
    else console.error(error);
}

/** Frames in their order; while a call is in flight, all but its end and its stream wait. */
function receive(): void {
    while (current === undefined || current.stream !== undefined || coming() === CANCEL) {
        const frame = next();
        if (frame === undefined) {
            if (current === undefined && isOver()) process.exit(0);
            return;
        }
        if (frame.kind === INVOKE) invoke(frame.call, frame.payload);
        else if (frame.kind === SHUTDOWN) process.exit(0);
        else if (frame.call !== current?.number) continue;
        else if (frame.kind === CANCEL) current.stop();
        else current.stream?.heard(frame.kind, frame.payload);
    }
}

function hello(): Uint8Array {
    const writer = new Writer();
    writer.varint(8);
    writer.varint(1);
    text(writer, 2, "typescript");
    for (const name of Object.keys(nodes)) text(writer, 3, name);
    if (fingerprint !== "") text(writer, 4, fingerprint);
    return writer.finish();
}

catchAll(stray);
listen(receive);
leadOut();
send(HELLO, 0, hello());
