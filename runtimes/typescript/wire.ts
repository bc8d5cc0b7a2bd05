/** The bytes are no message of the type. */
export class InvalidMessageError extends Error {
    constructor(message = "The bytes are no such message.") {
        super(message);
        this.name = "InvalidMessageError";
    }
}

/** A whole number as a bigint. */
export function whole(value: bigint | number): bigint {
    return typeof value === "bigint" ? value : BigInt(value);
}

export function same(a: Uint8Array, b: Uint8Array): boolean {
    return a.length === b.length && Buffer.compare(a, b) === 0;
}

/** Reads the wire format. Malformed bytes are an InvalidMessageError. */
export class Reader {
    at = 0;
    /** Where the last tag began. */
    start = 0;
    readonly length: number;
    private readonly bytes: Buffer;
    private low = 0;
    private high = 0;

    constructor(bytes: Uint8Array) {
        this.bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
        this.length = bytes.length;
    }

    /** The next tag; 0 at the end. */
    tag(end: number): number {
        if (this.at >= end) return 0;
        this.start = this.at;
        this.varint();
        if (this.high !== 0 || this.low < 8 || this.at > end) throw new InvalidMessageError();
        return this.low;
    }

    /** The end of a length-delimited value, which lies within that of the message around it. */
    end(outer: number): number {
        this.varint();
        const end = this.at + this.low;
        if (this.high !== 0 || end > outer) throw new InvalidMessageError();
        return end;
    }

    int32(): number {
        this.varint();
        return this.low | 0;
    }

    uint32(): number {
        this.varint();
        return this.low;
    }

    sint32(): number {
        this.varint();
        return (this.low >>> 1) ^ -(this.low & 1);
    }

    int64(): bigint {
        return BigInt.asIntN(64, this.uint64());
    }

    uint64(): bigint {
        this.varint();
        return this.high === 0 ? BigInt(this.low) : (BigInt(this.high) << 32n) | BigInt(this.low);
    }

    sint64(): bigint {
        const bits = this.uint64();
        return (bits >> 1n) ^ -(bits & 1n);
    }

    bool(): boolean {
        this.varint();
        return (this.low | this.high) !== 0;
    }

    fixed32(): number {
        return this.bytes.readUInt32LE(this.take(4));
    }

    sfixed32(): number {
        return this.bytes.readInt32LE(this.take(4));
    }

    fixed64(): bigint {
        return this.bytes.readBigUInt64LE(this.take(8));
    }

    sfixed64(): bigint {
        return this.bytes.readBigInt64LE(this.take(8));
    }

    float(): number {
        return this.bytes.readFloatLE(this.take(4));
    }

    double(): number {
        return this.bytes.readDoubleLE(this.take(8));
    }

    string(): string {
        const end = this.end(this.length);
        const start = this.at;
        this.at = end;
        const text = this.bytes.toString("utf8", start, end);
        // What is no UTF-8 has become a replacement character, which may also have been sent as one.
        if (text.includes("\ufffd") && !same(Buffer.from(text), this.bytes.subarray(start, end)))
            throw new InvalidMessageError("A text of the message is not valid UTF-8.");
        return text;
    }

    bytesValue(): Uint8Array {
        const end = this.end(this.length);
        const start = this.at;
        this.at = end;
        return this.slice(start, end);
    }

    /** A copy. */
    slice(start: number, end: number): Uint8Array {
        const copy = new Uint8Array(end - start);
        copy.set(this.bytes.subarray(start, end));
        return copy;
    }

    /** True when a value side by side with others ended where it had to. */
    packed(end: number): boolean {
        if (this.at > end) throw new InvalidMessageError();
        return this.at < end;
    }

    skip(tag: number, end: number, depth: number): void {
        switch (tag & 7) {
            case 0:
                this.varint();
                break;
            case 1:
                this.take(8);
                break;
            case 2:
                this.at = this.end(end);
                break;
            case 3:
                if (depth >= 100) throw new InvalidMessageError();
                for (;;) {
                    const inner = this.groupTag(end);
                    if (inner === tag + 1) return;
                    this.skip(inner, end, depth + 1);
                }
            case 5:
                this.take(4);
                break;
            default:
                throw new InvalidMessageError();
        }
        if (this.at > end) throw new InvalidMessageError();
    }

    private groupTag(end: number): number {
        this.varint();
        if (this.high !== 0 || this.low < 8 || this.at > end) throw new InvalidMessageError();
        return this.low;
    }

    /** At most ten bytes and 64 bits, into two halves. */
    private varint(): void {
        const bytes = this.bytes;
        let low = 0;
        let high = 0;
        for (let shift = 0; shift < 70 && this.at < this.length; shift += 7) {
            const byte = bytes[this.at++]!;
            const bits = byte & 127;
            if (shift < 28) low |= bits << shift;
            else if (shift === 28) {
                low |= bits << 28;
                high = bits >>> 4;
            } else if (shift < 63) high |= bits << (shift - 32);
            else high |= (bits & 1) << 31;
            if (byte < 128) {
                this.low = low >>> 0;
                this.high = high >>> 0;
                return;
            }
        }
        throw new InvalidMessageError();
    }

    private take(count: number): number {
        const start = this.at;
        if (count > this.length - start) throw new InvalidMessageError();
        this.at += count;
        return start;
    }
}

/** Writes the wire format into a buffer that grows. */
export class Writer {
    private buffer = Buffer.allocUnsafe(256);
    private at = 0;

    /** The bytes written. */
    finish(): Uint8Array {
        const bytes = new Uint8Array(this.at);
        bytes.set(this.buffer.subarray(0, this.at));
        return bytes;
    }

    /** A number of at most 32 bits without a sign: tags and lengths. */
    varint(value: number): void {
        this.ensure(5);
        while (value > 127) {
            this.buffer[this.at++] = (value & 127) | 128;
            value >>>= 7;
        }
        this.buffer[this.at++] = value;
    }

    int32(value: number): void {
        range(value, -0x80000000, 0x7fffffff);
        if (value >= 0) this.varint(value);
        else this.halves(value >>> 0, 0xffffffff);
    }

    uint32(value: number): void {
        range(value, 0, 0xffffffff);
        this.varint(value);
    }

    sint32(value: number): void {
        range(value, -0x80000000, 0x7fffffff);
        this.varint(((value << 1) ^ (value >> 31)) >>> 0);
    }

    int64(value: bigint): void {
        this.big(signed(value));
    }

    uint64(value: bigint): void {
        this.big(unsigned(value));
    }

    sint64(value: bigint): void {
        const number = signed(value);
        this.big((number << 1n) ^ (number >> 63n));
    }

    bool(value: boolean): void {
        if (typeof value !== "boolean") throw wrong("a boolean", value);
        this.varint(value ? 1 : 0);
    }

    fixed32(value: number): void {
        range(value, 0, 0xffffffff);
        const at = this.ensure(4);
        this.at = this.buffer.writeUInt32LE(value, at);
    }

    sfixed32(value: number): void {
        range(value, -0x80000000, 0x7fffffff);
        const at = this.ensure(4);
        this.at = this.buffer.writeInt32LE(value, at);
    }

    fixed64(value: bigint): void {
        const at = this.ensure(8);
        this.at = this.buffer.writeBigUInt64LE(unsigned(value), at);
    }

    sfixed64(value: bigint): void {
        const at = this.ensure(8);
        this.at = this.buffer.writeBigInt64LE(signed(value), at);
    }

    float(value: number): void {
        if (typeof value !== "number") throw wrong("a number", value);
        const at = this.ensure(4);
        this.at = this.buffer.writeFloatLE(value, at);
    }

    double(value: number): void {
        if (typeof value !== "number") throw wrong("a number", value);
        const at = this.ensure(8);
        this.at = this.buffer.writeDoubleLE(value, at);
    }

    string(value: string): void {
        if (typeof value !== "string") throw wrong("a string", value);
        // Half of a surrogate pair has no UTF-8.
        if (/\p{Surrogate}/u.test(value)) throw new TypeError("a text holds half of a surrogate pair");
        const length = Buffer.byteLength(value);
        this.varint(length);
        const at = this.ensure(length);
        this.at += this.buffer.write(value, at, length, "utf8");
    }

    bytesValue(value: Uint8Array): void {
        if (!(value instanceof Uint8Array)) throw wrong("a Uint8Array", value);
        this.varint(value.length);
        this.raw(value);
    }

    /** Fields that are encoded already. */
    raw(value: Uint8Array): void {
        const at = this.ensure(value.length);
        this.buffer.set(value, at);
        this.at += value.length;
    }

    message(value: { $write(writer: Writer): void }): void {
        if (typeof value?.$write !== "function") throw wrong("a message", value);
        const mark = this.begin();
        value.$write(this);
        this.end(mark);
    }

    /** Begins a value whose length is known at its end. Returns the mark to end it with. */
    begin(): number {
        this.ensure(1);
        return ++this.at;
    }

    end(mark: number): void {
        const length = this.at - mark;
        if (length > 127) {
            // One byte was kept for the length: longer ones move the content.
            const extra = length < 1 << 14 ? 1 : length < 1 << 21 ? 2 : length < 1 << 28 ? 3 : 4;
            this.ensure(extra);
            this.buffer.copyWithin(mark + extra, mark, this.at);
        }
        this.at = mark - 1;
        this.varint(length);
        this.at += length;
    }

    private big(value: bigint): void {
        this.halves(Number(BigInt.asUintN(32, value)), Number(BigInt.asUintN(32, value >> 32n)));
    }

    private halves(low: number, high: number): void {
        this.ensure(10);
        while (high !== 0 || low > 127) {
            this.buffer[this.at++] = (low & 127) | 128;
            low = ((low >>> 7) | (high << 25)) >>> 0;
            high >>>= 7;
        }
        this.buffer[this.at++] = low;
    }

    /** Makes room, and returns where it begins. */
    private ensure(count: number): number {
        if (this.buffer.length - this.at < count) {
            const larger = Buffer.allocUnsafe(Math.max(2 * this.buffer.length, this.at + count));
            this.buffer.copy(larger, 0, 0, this.at);
            this.buffer = larger;
        }
        return this.at;
    }
}

function range(value: number, low: number, high: number): void {
    if (typeof value !== "number") throw wrong("a number", value);
    if (!Number.isInteger(value) || value < low || value > high)
        throw new RangeError(`${value} is no whole number from ${low} to ${high}`);
}

function signed(value: bigint | number): bigint {
    const number = whole(value);
    if (BigInt.asIntN(64, number) !== number) throw new RangeError(`${number} does not fit into 64 bits`);
    return number;
}

function unsigned(value: bigint | number): bigint {
    const number = whole(value);
    if (BigInt.asUintN(64, number) !== number)
        throw new RangeError(`${number} does not fit into 64 bits without a sign`);
    return number;
}

function wrong(expected: string, found: unknown): TypeError {
    const what = found === null ? "null" : typeof found === "object" ? (found as object).constructor?.name : typeof found;
    return new TypeError(`expected ${expected}, found ${what}`);
}
