// Node's own modules and globals, as far as a package needs them without @types/node, which takes precedence where it is
// installed. Modules are `any`; what is precise comes from @types/node.
declare module "node:*";
declare module "assert";
declare module "assert/strict";
declare module "buffer";
declare module "crypto";
declare module "events";
declare module "fs";
declare module "fs/promises";
declare module "os";
declare module "path";
declare module "perf_hooks";
declare module "querystring";
declare module "stream";
declare module "stream/promises";
declare module "string_decoder";
declare module "timers";
declare module "timers/promises";
declare module "url";
declare module "util";
declare module "v8";
declare module "worker_threads";
declare module "zlib";

interface Console {
    assert(condition?: unknown, ...values: unknown[]): void;
    debug(...values: unknown[]): void;
    dir(value: unknown, options?: unknown): void;
    error(...values: unknown[]): void;
    info(...values: unknown[]): void;
    log(...values: unknown[]): void;
    table(value: unknown): void;
    time(label?: string): void;
    timeEnd(label?: string): void;
    trace(...values: unknown[]): void;
    warn(...values: unknown[]): void;
}
declare var console: Console;

declare var process: { exit(code?: number): never; [member: string]: any };
declare var global: typeof globalThis;
declare var require: any;
declare var module: any;
declare var __dirname: string;
declare var __filename: string;

type BufferEncoding = "ascii" | "utf8" | "utf-8" | "utf16le" | "ucs2" | "base64" | "base64url" | "latin1" | "binary" | "hex";
interface Buffer extends Uint8Array {
    [method: string]: any;
    [index: number]: number;
    toString(encoding?: BufferEncoding, start?: number, end?: number): string;
    subarray(start?: number, end?: number): Buffer;
}
declare var Buffer: {
    from(value: string, encoding?: BufferEncoding): Buffer;
    from(value: Uint8Array | readonly number[]): Buffer;
    from(value: ArrayBufferLike, start?: number, length?: number): Buffer;
    alloc(size: number, fill?: string | number, encoding?: BufferEncoding): Buffer;
    allocUnsafe(size: number): Buffer;
    byteLength(value: string | Uint8Array, encoding?: BufferEncoding): number;
    compare(a: Uint8Array, b: Uint8Array): -1 | 0 | 1;
    concat(values: readonly Uint8Array[], length?: number): Buffer;
    isBuffer(value: unknown): value is Buffer;
};

declare function setTimeout(run: (...values: any[]) => void, milliseconds?: number, ...values: any[]): any;
declare function setInterval(run: (...values: any[]) => void, milliseconds?: number, ...values: any[]): any;
declare function setImmediate(run: (...values: any[]) => void, ...values: any[]): any;
declare function clearTimeout(timer?: any): void;
declare function clearInterval(timer?: any): void;
declare function clearImmediate(timer?: any): void;
declare function queueMicrotask(run: () => void): void;
declare function structuredClone<T>(value: T): T;
declare function fetch(address: string | URL, options?: any): Promise<any>;
declare function atob(text: string): string;
declare function btoa(text: string): string;

declare class AbortSignal {
    readonly aborted: boolean;
    readonly reason: any;
    onabort: ((event: any) => void) | null;
    addEventListener(type: string, listener: (event: any) => void, options?: any): void;
    removeEventListener(type: string, listener: (event: any) => void): void;
    throwIfAborted(): void;
    static abort(reason?: any): AbortSignal;
    static timeout(milliseconds: number): AbortSignal;
}
declare class AbortController {
    readonly signal: AbortSignal;
    abort(reason?: any): void;
}
declare class TextEncoder {
    encode(text?: string): Uint8Array;
}
declare class TextDecoder {
    constructor(encoding?: string, options?: { fatal?: boolean; ignoreBOM?: boolean });
    decode(bytes?: ArrayBufferView | ArrayBuffer, options?: { stream?: boolean }): string;
}
declare class URLSearchParams {
    constructor(init?: string | Record<string, string> | [string, string][]);
    append(name: string, value: string): void;
    delete(name: string): void;
    get(name: string): string | null;
    getAll(name: string): string[];
    has(name: string): boolean;
    set(name: string, value: string): void;
    forEach(run: (value: string, name: string) => void): void;
    entries(): IterableIterator<[string, string]>;
    keys(): IterableIterator<string>;
    values(): IterableIterator<string>;
    [Symbol.iterator](): IterableIterator<[string, string]>;
    toString(): string;
}
declare class URL {
    constructor(address: string, base?: string | URL);
    hash: string;
    host: string;
    hostname: string;
    href: string;
    readonly origin: string;
    password: string;
    pathname: string;
    port: string;
    protocol: string;
    search: string;
    readonly searchParams: URLSearchParams;
    username: string;
    toString(): string;
    toJSON(): string;
}
declare var performance: { now(): number; readonly timeOrigin: number };
