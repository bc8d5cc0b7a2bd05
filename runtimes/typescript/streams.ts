// Calls of pipeline nodes: frames in, frames out, neither side far ahead of the other (spec/worker-protocol.md).
import { INPUT, INPUT_CREDIT, INPUT_END, OUTPUT, OUTPUT_CREDIT, send } from "./channel.js";
import { Message, decode } from "./codec.js";

const MAX_PAYLOAD = 16 << 20;
/** What may be under way in one direction before any of it is taken. */
const WINDOW = 64 << 10;
/** What a frame costs at least. */
const LEAST_COST = 1 << 10;

/** The host asked to stop while something was being waited for. */
export class Cancelled extends Error {
    constructor() {
        super("it was stopped");
        this.name = "AbortError";
    }
}

/** A failure with a kind of its own. */
export class Failure {
    constructor(
        readonly kind: string,
        readonly message: string,
    ) {}
}

const cost = (frame: Uint8Array): number => Math.max(frame.length, LEAST_COST);

/** What has come for one call, and what may go out. */
export class Stream {
    private readonly inbox: Buffer[] = [];
    private ended = false;
    private stopped = false;
    private credit = WINDOW;
    /** Cost of the frame that the handler works on. */
    private held = 0;
    private owed = 0;
    private sleepers: (() => void)[] = [];

    constructor(private readonly call: number) {}

    heard(kind: number, payload: Buffer): void {
        if (kind === INPUT) this.inbox.push(payload);
        else if (kind === INPUT_END) this.ended = true;
        else if (kind === OUTPUT_CREDIT) this.credit += payload.readUInt32LE(0);
        this.wake();
    }

    stop(): void {
        this.stopped = true;
        this.wake();
    }

    async *inputs<I extends Message>(type: new () => I): AsyncGenerator<I, void, undefined> {
        for (;;) {
            this.giveBack();
            const frame = await this.until(() => this.inbox.shift() ?? (this.ended ? null : undefined));
            if (frame === null) return;
            this.held = cost(frame);
            yield decode(new type(), frame);
        }
    }

    async emit(frame: Uint8Array): Promise<void> {
        await this.until(() => (this.credit > 0 ? true : undefined));
        this.credit -= cost(frame);
        send(OUTPUT, this.call, frame);
    }

    /** What was taken, before the handler waits for more, or when it is half of the window. */
    private giveBack(): void {
        this.owed += this.held;
        this.held = 0;
        const waits = this.inbox.length === 0 && !this.ended;
        if (this.owed === 0 || (!waits && this.owed < WINDOW / 2)) return;
        const credit = Buffer.alloc(4);
        credit.writeUInt32LE(this.owed, 0);
        this.owed = 0;
        send(INPUT_CREDIT, this.call, credit);
    }

    private async until<T>(ready: () => T | undefined): Promise<T> {
        for (;;) {
            if (this.stopped) throw new Cancelled();
            const value = ready();
            if (value !== undefined) return value;
            await new Promise<void>((done) => this.sleepers.push(done));
        }
    }

    private wake(): void {
        const sleepers = this.sleepers;
        this.sleepers = [];
        for (const sleeper of sleepers) sleeper();
    }
}

/** Sends what a handler gives, to its end. */
export async function pump(stream: Stream, given: any, type: new () => Message): Promise<void> {
    const named = type.name.replace(/\$/g, ".");
    if (typeof given?.[Symbol.asyncIterator] !== "function" && typeof given?.[Symbol.iterator] !== "function")
        throw new Failure("wrong_type", `it returned ${nameOf(given)}, not an iterator of ${named}`);
    for await (const output of given) {
        if (!(output instanceof type)) throw new Failure("wrong_type", `it gave ${nameOf(output)}, not ${named}`);
        const frame = output.serializeBinary();
        if (frame.length > MAX_PAYLOAD)
            throw new Failure("too_large", `a frame has ${frame.length} bytes, more than ${MAX_PAYLOAD}`);
        await stream.emit(frame);
    }
}

export function nameOf(value: unknown): string {
    return value == null ? "nothing" : ((value as object).constructor?.name ?? typeof value);
}
