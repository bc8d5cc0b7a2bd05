// The two pipes to the host: 3 is read, 4 is written (spec/worker-protocol.md). Loaded before the package's own code, so
// that the host is told what goes wrong there.
import * as fs from "node:fs";
import { Socket } from "node:net";
import { written } from "./places.js";
import { Writer } from "./wire.js";

export const INVOKE = 1;
export const SECRET_VALUE = 2;
export const CANCEL = 3;
export const SHUTDOWN = 4;
export const INPUT = 16;
export const INPUT_END = 17;
export const OUTPUT_CREDIT = 18;
export const ANSWER = 32;
export const HELLO = 65;
export const RESULT = 66;
export const ERROR = 67;
export const SECRET_GET = 68;
export const LOG = 69;
export const OUTPUT = 80;
export const INPUT_CREDIT = 81;
export const ASK = 96;
export const NOTE = 97;

const HEAD = 9;
const MAX_TEXT = 60 << 10;

export type Frame = { kind: number; call: number; payload: Buffer };

/**
 * What has come on pipe 3 and is not read yet. The event loop reads while nothing runs or a handler waits; a handler
 * that reads a secret stops the loop and reads by itself, so the two never meet.
 */
let pending: Buffer = Buffer.allocUnsafe(64 << 10);
let start = 0;
let end = 0;

function room(count: number): void {
    if (pending.length - end >= count) return;
    const needed = end - start + count;
    const larger = needed > pending.length ? Buffer.allocUnsafe(Math.max(needed, 2 * pending.length)) : pending;
    pending.copy(larger, 0, start, end);
    end -= start;
    start = 0;
    pending = larger;
}

/** The next frame that is here whole. */
export function next(): Frame | undefined {
    if (end - start < HEAD) return undefined;
    const length = pending.readUInt32LE(start);
    if (end - start < HEAD + length) {
        room(HEAD + length - (end - start));
        return undefined;
    }
    const kind = pending[start + 4]!;
    const call = pending.readUInt32LE(start + 5);
    const content = pending.subarray(start + HEAD, start + HEAD + length);
    const payload: Buffer = Buffer.from(content);
    if (kind === SECRET_VALUE) content.fill(0);
    start += HEAD + length;
    if (start === end) {
        start = end = 0;
        // A large call does not cost its memory for ever.
        if (pending.length > 1 << 20) pending = Buffer.allocUnsafe(64 << 10);
    }
    return { kind, call, payload };
}

const bell = new Int32Array(new SharedArrayBuffer(4));

/** The next frame, waited for with the event loop at rest. */
export function wait(): Frame {
    for (let turn = 0; ; turn++) {
        const frame = next();
        if (frame !== undefined) return frame;
        room(4096);
        try {
            const count: number = fs.readSync(3, pending, end, pending.length - end, null);
            if (count === 0) process.exit(0);
            end += count;
        } catch (error: any) {
            if (error.code !== "EAGAIN") throw error;
            // Nothing rings this bell: the pipe cannot be waited for, and most answers are here within the first few turns.
            if (turn > 4) Atomics.wait(bell, 0, 0, turn < 40 ? 0.05 : 1);
        }
    }
}

let sending: Buffer = Buffer.allocUnsafe(4 << 10);

export function send(kind: number, call: number, payload: Uint8Array): void {
    const length = HEAD + payload.length;
    let bytes = sending;
    if (bytes.length < length) bytes = Buffer.allocUnsafe(length);
    bytes.writeUInt32LE(payload.length, 0);
    bytes[4] = kind;
    bytes.writeUInt32LE(call, 5);
    bytes.set(payload, HEAD);
    for (let sent = 0; sent < length; ) sent += fs.writeSync(4, bytes, sent, length - sent);
}

/** The kind of the next frame, as soon as its head is here. */
export function coming(): number | undefined {
    return end - start < HEAD ? undefined : pending[start + 4];
}

let ended = false;
let receive = (): void => {};

/** Calls back whenever there may be frames. The end of the pipe is the end of the process, as is whatever breaks it. */
export function listen(callback: () => void): void {
    receive = callback;
    const pipe = new Socket({
        fd: 3,
        readable: true,
        writable: false,
        onread: {
            buffer: Buffer.allocUnsafe(64 << 10),
            callback(count: number, bytes: Buffer): boolean {
                room(count);
                pending.set(bytes.subarray(0, count), end);
                end += count;
                receive();
                return true;
            },
        },
    } as any);
    pipe.on("error", () => process.exit(0));
    pipe.on("end", () => {
        ended = true;
        resume();
        // The host is gone and kills nobody: what still runs has a second.
        setTimeout(() => process.exit(0), 1000);
    });
}

/** Goes on with frames that came while a call was in flight. */
export function resume(): void {
    if (start < end || ended) setImmediate(receive);
}

/** True when nothing more will come. */
export function isOver(): boolean {
    return ended;
}

// ---- the few protobuf fields that frames hold

export function text(writer: Writer, number: number, value: string): void {
    writer.varint((number << 3) | 2);
    writer.string(wellFormed(value));
}

/** Halves of surrogate pairs become replacement characters. */
function wellFormed(value: string): string {
    return value.replace(/\p{Surrogate}/gu, "\ufffd");
}

/** At most so many bytes of UTF-8. */
export function clip(value: string, max: number): string {
    if (value.length * 3 <= max || Buffer.byteLength(value) <= max) return value;
    const bytes = Buffer.from(value);
    let cut = max - 3;
    while ((bytes[cut]! & 0xc0) === 0x80) cut--;
    return bytes.toString("utf8", 0, cut) + "…";
}

export function describe(kind: string, message: string, stack = ""): Uint8Array {
    const writer = new Writer();
    text(writer, 1, kind);
    text(writer, 2, clip(message, MAX_TEXT));
    if (stack !== "") text(writer, 3, clip(stack, MAX_TEXT));
    return writer.finish();
}

export function explain(error: any): Uint8Array {
    try {
        if (error instanceof RangeError && /allocation failed|Invalid array buffer length/.test(error.message))
            return describe("out_of_memory", "out of memory");
        if (!(error instanceof Error)) return describe("exception", `it threw ${String(error)}`);
        const lines = clip(error.stack ?? "", MAX_TEXT).split("\n");
        const own = lines.filter((line) => !/\/gen\/(channel|worker|streams)\.js|node:internal/.test(line));
        return describe(
            "exception",
            error.message ? `${error.name}: ${error.message}` : error.name,
            own.map(written).join("\n"),
        );
    } catch {
        return describe("exception", "it threw what cannot be shown");
    }
}

// What is thrown while the package is loaded: it cannot serve at all.
const broken = (error: unknown): void => {
    send(ERROR, 0, explain(error));
    process.exit(1);
};
process.on("uncaughtException", broken);
process.on("unhandledRejection", broken);

/** From now on, what nobody catches goes to this. */
export function catchAll(stray: (error: unknown) => void): void {
    for (const name of ["uncaughtException", "unhandledRejection"]) process.removeAllListeners(name).on(name, stray);
}
