// What a handler asks its run and its flow's memory, and what it tells of itself.
import { ANSWER, ASK, NOTE, clip, send, text } from "./channel.js";
import { Answers, Written, emptyFlow } from "./axiomValues.js";
import type { Attributes, Entry, Flow, FlowEdge, FlowNode, MemoryStore, Position, Turn } from "./axiomValues.js";
import { Reader, Writer } from "./codec.js";

const REFLECT = 1;
const APPEND = 2;
const LAST = 3;
const END = 4;
const WRITE = 5;
const FIND = 6;
const NOTES = ["", "progress", "event", "counter", "histogram"];
const MAX_ASK = 72 << 10;
const MAX_NAME = 256;
const MAX_ATTRIBUTES = 16;

/** Sends a frame and gives the payload of its answer; undefined when the call is over. */
export type Ask = (kind: number, payload: Uint8Array, awaited: number) => Buffer | undefined;

type Question = {
    session?: string;
    role?: string;
    text?: string;
    count?: number;
    importance?: number;
    toolName?: string;
    toolCallId?: string;
};

type Answer = { code: string; message: string; id: string; turns: Turn[]; entries: Entry[]; flow: Flow };

function some(writer: Writer, number: number, value = ""): void {
    if (value !== "") text(writer, number, value);
}

function some64(writer: Writer, number: number, value = 0): void {
    if (value === 0) return;
    writer.varint((number << 3) | 1);
    writer.double(value);
}

/** Asks the host; whose memory it is, the host knows. */
export class Store implements MemoryStore {
    constructor(private readonly ask: Ask) {}

    append(session: string, role: string, content: string, toolName: string, toolCallId: string): Written {
        return this.written(APPEND, { session, role, text: content, toolName, toolCallId });
    }

    last(session: string, n: number): Answers<Turn> {
        const answer = this.question(LAST, { session, count: n });
        return Answers.of_(answer.turns, answer.code, answer.message);
    }

    end(session: string): Written {
        return this.written(END, { session });
    }

    write(session: string, content: string, importance: number): Written {
        return this.written(WRITE, { session, text: content, importance });
    }

    search(session: string, query: string, limit: number): Answers<Entry> {
        const answer = this.question(FIND, { session, text: query, count: limit });
        return Answers.of_(answer.entries, answer.code, answer.message);
    }

    reflect(): Flow {
        return this.question(REFLECT, {}).flow;
    }

    private written(what: number, question: Question): Written {
        const answer = this.question(what, question);
        return new Written(answer.id, answer.code, answer.message);
    }

    private question(what: number, asked: Question): Answer {
        const writer = new Writer();
        writer.varint(8);
        writer.varint(what);
        some(writer, 2, asked.session);
        some(writer, 3, asked.role);
        some(writer, 4, asked.text);
        const count = Math.trunc(asked.count ?? 0);
        if (Number.isSafeInteger(count) && count !== 0) {
            writer.varint(40);
            writer.int64(BigInt(count));
        }
        some64(writer, 6, asked.importance);
        some(writer, 7, asked.toolName);
        some(writer, 8, asked.toolCallId);
        const payload = writer.finish();
        if (payload.length > MAX_ASK)
            return refusal("too_large", `The question has ${payload.length} bytes; the limit is ${MAX_ASK}.`);
        const answer = this.ask(ASK, payload, ANSWER);
        return answer === undefined ? refusal("unavailable", "The call is over.") : read(answer);
    }
}

function refusal(code: string, message: string): Answer {
    return { code, message, id: "", turns: [], entries: [], flow: emptyFlow() };
}

/** Each field of a message by its tag; those that are not looked for are skipped. */
function each(reader: Reader, end: number, fields: { [tag: number]: () => void }): void {
    for (let tag; (tag = reader.tag(end)) !== 0; )
        if (fields[tag] !== undefined) fields[tag]!();
        else reader.skip(tag, end, 0);
}

function read(payload: Buffer): Answer {
    const reader = new Reader(payload);
    const answer = refusal("", "");
    each(reader, reader.length, {
        10: () => (answer.code = reader.string()),
        18: () => (answer.message = reader.string()),
        26: () => (answer.id = reader.string()),
        34: () => answer.turns.push(turn(reader)),
        42: () => answer.entries.push(entry(reader)),
        50: () => (answer.flow = flow(reader)),
    });
    return answer;
}

function turn(reader: Reader): Turn {
    const it = { id: "", sessionId: "", role: "", content: "", createdAt: 0, toolName: "", toolCallId: "" };
    each(reader, reader.end(reader.length), {
        10: () => (it.id = reader.string()),
        18: () => (it.sessionId = reader.string()),
        26: () => (it.role = reader.string()),
        34: () => (it.content = reader.string()),
        40: () => (it.createdAt = Number(reader.int64())),
        50: () => (it.toolName = reader.string()),
        58: () => (it.toolCallId = reader.string()),
    });
    return it;
}

function entry(reader: Reader): Entry {
    const it = { id: "", content: "", sessionId: "", importance: 0, score: 0, createdAt: 0 };
    each(reader, reader.end(reader.length), {
        10: () => (it.id = reader.string()),
        18: () => (it.content = reader.string()),
        26: () => (it.sessionId = reader.string()),
        33: () => (it.importance = reader.double()),
        41: () => (it.score = reader.double()),
        48: () => (it.createdAt = Number(reader.int64())),
    });
    return it;
}

function flow(reader: Reader): Flow {
    const nodes: FlowNode[] = [];
    const edges: FlowEdge[] = [];
    const loopEdges: FlowEdge[] = [];
    let graphId = "";
    let position = emptyFlow().position;
    each(reader, reader.end(reader.length), {
        10: () => (graphId = reader.string()),
        18: () => nodes.push(node(reader)),
        26: () => edges.push(edge(reader)),
        34: () => loopEdges.push(edge(reader)),
        42: () => (position = place(reader)),
    });
    return { graphId, nodes, edges, loopEdges, position };
}

function node(reader: Reader): FlowNode {
    const it = {
        instanceId: 0,
        name: "",
        packageName: "",
        packageVersion: "",
        nodeType: "",
        inputMessageName: "",
        outputMessageName: "",
        canvasNodeId: "",
    };
    each(reader, reader.end(reader.length), {
        8: () => (it.instanceId = reader.int32()),
        18: () => (it.name = reader.string()),
        26: () => (it.packageName = reader.string()),
        34: () => (it.packageVersion = reader.string()),
        42: () => (it.nodeType = reader.string()),
        50: () => (it.inputMessageName = reader.string()),
        58: () => (it.outputMessageName = reader.string()),
        66: () => (it.canvasNodeId = reader.string()),
    });
    return it;
}

function edge(reader: Reader): FlowEdge {
    const it = {
        srcInstance: 0,
        dstInstance: 0,
        canvasEdgeId: "",
        hasCondition: false,
        hasAdapter: false,
        maxIterations: 0,
    };
    each(reader, reader.end(reader.length), {
        8: () => (it.srcInstance = reader.int32()),
        16: () => (it.dstInstance = reader.int32()),
        26: () => (it.canvasEdgeId = reader.string()),
        32: () => (it.hasCondition = reader.bool()),
        40: () => (it.hasAdapter = reader.bool()),
        48: () => (it.maxIterations = reader.int32()),
    });
    return it;
}

function place(reader: Reader): Position {
    const loopIterations = new Map<number, number>();
    const subflowStackGraphIds: string[] = [];
    const it = { currentInstance: 0, alias: "", depth: 0, visit: 1, item: -1, attempt: 1 };
    each(reader, reader.end(reader.length), {
        8: () => (it.currentInstance = reader.int32()),
        18: () => (it.alias = reader.string()),
        24: () => (it.depth = reader.int32()),
        34: () => {
            let [head, visit] = [0, 0];
            each(reader, reader.end(reader.length), {
                8: () => (head = reader.int32()),
                16: () => (visit = reader.int32()),
            });
            loopIterations.set(head, visit);
        },
        42: () => subflowStackGraphIds.push(reader.string()),
        48: () => (it.visit = reader.int32()),
        56: () => (it.item = reader.int32() - 1),
        64: () => (it.attempt = reader.int32()),
    });
    return { ...it, loopIterations, subflowStackGraphIds };
}

/** Tells the host something; nothing is answered. */
export function note(call: number, kind: string, name: string, value: number, attributes: Attributes): void {
    const writer = new Writer();
    writer.varint(8);
    writer.varint(NOTES.indexOf(kind));
    some(writer, 2, clip(String(name), MAX_NAME));
    some64(writer, 3, Number(value));
    for (const [key, shown] of Object.entries(attributes ?? {}).slice(0, MAX_ATTRIBUTES)) {
        writer.varint(34);
        const mark = writer.begin();
        some(writer, 1, clip(key, MAX_NAME));
        some(writer, 2, clip(String(shown), MAX_NAME));
        writer.end(mark);
    }
    send(NOTE, call, writer.finish());
}
