import { InvalidMessageError, Reader, Writer, same } from "./wire.js";

export { InvalidMessageError, Reader, Writer, whole } from "./wire.js";

/** A message: what every generated class can do. */
export abstract class Message {
    /** Fields that the class does not know, as they came. */
    protected $unknown: Uint8Array | undefined = undefined;

    /** The encoded message; maps are sorted, so that equal messages give equal bytes. */
    serializeBinary(): Uint8Array {
        const writer = new Writer();
        this.$write(writer);
        return writer.finish();
    }

    /** A plain object: bytes as base64, maps as lists of pairs, 64-bit numbers as bigint. */
    abstract toObject(): object;

    /** A copy that shares nothing with this message. */
    clone(): this {
        const copy = new (this.constructor as new () => this)();
        return decode(copy, this.serializeBinary());
    }

    equals(other: Message | undefined | null): boolean {
        return (
            other != null &&
            other.constructor === this.constructor &&
            same(this.serializeBinary(), other.serializeBinary())
        );
    }

    toString(): string {
        return JSON.stringify(this.toObject(), (_, value: unknown) =>
            typeof value === "bigint" ? value.toString() : value,
        );
    }

    /** @internal */
    abstract $write(writer: Writer): void;

    /** @internal Lists grow, messages merge, everything else is replaced. */
    abstract $merge(reader: Reader, end: number, depth: number): void;

    /** @internal */
    protected $rest(writer: Writer): void {
        if (this.$unknown !== undefined) writer.raw(this.$unknown);
    }

    /** @internal Adds a field to those kept. */
    protected $keep(reader: Reader, tag: number, end: number): void {
        const start = reader.start;
        reader.skip(tag, end, 0);
        const field = reader.slice(start, reader.at);
        const before = this.$unknown;
        if (before === undefined) {
            this.$unknown = field;
            return;
        }
        this.$unknown = new Uint8Array(before.length + field.length);
        this.$unknown.set(before);
        this.$unknown.set(field, before.length);
    }
}

/** What generated code calls the types that a package's messages may have the names of. */
export type Bytes = Uint8Array;
export const Dictionary = Map;
export type Dictionary<K, V> = Map<K, V>;
export type Time = Date;
export const isList: (value: unknown) => value is any[] = Array.isArray;
export const entries: <T>(object: { [key: string]: T }) => [string, T][] = Object.entries;
export const fromEntries: <T>(entries: Iterable<[string, T]>) => { [key: string]: T } = Object.fromEntries;
export const NONE: Bytes = new Uint8Array(0);

/** Any JSON value. */
export type JavaScriptValue = null | number | string | boolean | JavaScriptValue[] | { [key: string]: JavaScriptValue };

/** Messages may be nested this deep on the wire. */
const MAX_DEPTH = 320;

export function decode<T extends Message>(message: T, bytes: Uint8Array): T {
    const reader = new Reader(bytes);
    message.$merge(reader, reader.length, 0);
    return message;
}

export function checkDepth(depth: number): void {
    if (depth > MAX_DEPTH) throw new InvalidMessageError("The message is nested too deep.");
}

/** Zero, and not minus zero. */
export function isZero(value: number): boolean {
    return Object.is(value, 0);
}

export function isZeroFloat(value: number): boolean {
    return Object.is(Math.fround(value), 0);
}

export function base64(bytes: Uint8Array): string {
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("base64");
}

/** To the millisecond before. */
export function toDate(seconds: bigint, nanos: number): Date {
    return new Date(Number(seconds) * 1000 + Math.floor(nanos / 1e6));
}

export function fromDate(value: Date): [bigint, number] {
    const seconds = Math.floor(value.getTime() / 1000);
    return [BigInt(seconds), (value.getTime() - seconds * 1000) * 1e6];
}

export function toMilliseconds(seconds: bigint, nanos: number): number {
    return Number(seconds) * 1000 + nanos / 1e6;
}

export function fromMilliseconds(value: number): [bigint, number] {
    const seconds = Math.trunc(value / 1000);
    // Adding zero makes zero of minus zero.
    return [BigInt(seconds), Math.round((value - seconds * 1000) * 1e6) + 0];
}

/** The entries of a map in the order of their keys. */
export function inOrder<K extends string | number | bigint | boolean, V>(map: Map<K, V>): [K, V][] {
    const entries = [...map];
    return entries.length < 2 ? entries : entries.sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0));
}
