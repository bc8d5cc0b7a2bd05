/** A turn of a session. */
export type Turn = {
    readonly id: string;
    readonly sessionId: string;
    /** user, assistant, tool or system. */
    readonly role: string;
    readonly content: string;
    /** In milliseconds since 1970. */
    readonly createdAt: number;
    readonly toolName: string;
    readonly toolCallId: string;
};

/** An entry that was found. */
export type Entry = {
    readonly id: string;
    readonly content: string;
    /** Empty for an entry of the flow. */
    readonly sessionId: string;
    /** 0 to 1, as it was written. */
    readonly importance: number;
    /** How well it fits, above 0 and at most 1. */
    readonly score: number;
    /** In milliseconds since 1970. */
    readonly createdAt: number;
};

/** What came of a write: the id, or why it was refused. */
export class Written {
    constructor(
        readonly id: string,
        /** Empty, or invalid, too_large, full, ended, rate_limited, unavailable, unsupported. */
        readonly code = "",
        readonly message = "",
    ) {}

    get ok(): boolean {
        return this.code === "";
    }
}

/** Turns or entries. Empty when it was refused: then code and message say why. */
export class Answers<T> extends Array<T> {
    code = "";
    message = "";

    static of_<T>(items: readonly T[], code = "", message = ""): Answers<T> {
        const answers = new Answers<T>();
        answers.push(...items);
        answers.code = code;
        answers.message = message;
        return answers;
    }

    get ok(): boolean {
        return this.code === "";
    }
}

/** A placement of the graph; canvasNodeId is its alias. */
export type FlowNode = {
    readonly instanceId: number;
    readonly name: string;
    readonly packageName: string;
    readonly packageVersion: string;
    /** node or subflow. */
    readonly nodeType: string;
    readonly inputMessageName: string;
    readonly outputMessageName: string;
    readonly canvasNodeId: string;
};

/** An edge of the graph; instance 0 stands for the flow's own input and output. */
export type FlowEdge = {
    readonly srcInstance: number;
    readonly dstInstance: number;
    readonly canvasEdgeId: string;
    readonly hasCondition: boolean;
    readonly hasAdapter: boolean;
    /** Of a loop edge, else 0. */
    readonly maxIterations: number;
};

/** Where in the graph the call is. */
export type Position = {
    readonly currentInstance: number;
    readonly alias: string;
    /** 0 in a run that nobody's subflow is. */
    readonly depth: number;
    /** By the instance that the innermost loop around the call leads back to: which visit this is. */
    readonly loopIterations: ReadonlyMap<number, number>;
    /** From the root run to the parent. */
    readonly subflowStackGraphIds: readonly string[];
    readonly visit: number;
    /** The index in a fan-out, else -1. */
    readonly item: number;
    readonly attempt: number;
};

/** The structure of the graph that runs. No condition, adapter or payload is in it. */
export type Flow = {
    readonly graphId: string;
    readonly nodes: readonly FlowNode[];
    readonly edges: readonly FlowEdge[];
    readonly loopEdges: readonly FlowEdge[];
    readonly position: Position;
};

/** The graph, and where in it the call is. */
export class AxiomReflection {
    private known: Flow | undefined;

    constructor(private readonly read?: () => Flow) {}

    /** Asked for once in a call. Empty in tests. */
    get flow(): Flow {
        return (this.known ??= this.read?.() ?? emptyFlow());
    }
}

export function emptyFlow(): Flow {
    return {
        graphId: "",
        nodes: [],
        edges: [],
        loopEdges: [],
        position: {
            currentInstance: 0,
            alias: "",
            depth: 0,
            loopIterations: new Map(),
            subflowStackGraphIds: [],
            visit: 1,
            item: -1,
            attempt: 1,
        },
    };
}

/** What memory is kept in; the session is empty for the flow. */
export interface MemoryStore {
    append(session: string, role: string, content: string, toolName: string, toolCallId: string): Written;
    last(session: string, n: number): Answers<Turn>;
    end(session: string): Written;
    write(session: string, content: string, importance: number): Written;
    search(session: string, query: string, limit: number): Answers<Entry>;
}

/** The turns of a session. */
export class AxiomHistory {
    constructor(
        private readonly store: MemoryStore,
        private readonly session: string,
    ) {}

    /** The n newest turns, oldest first; n is 1 to 200. */
    async last(n = 20): Promise<Answers<Turn>> {
        return this.store.last(this.session, n);
    }

    /** Adds a turn; the role is user, assistant, tool or system. */
    async append(role: string, content: string, tool: { name?: string; callId?: string } = {}): Promise<Written> {
        return this.store.append(this.session, role, content, tool.name ?? "", tool.callId ?? "");
    }
}

class Entries {
    constructor(
        protected readonly store: MemoryStore,
        /** The session's name; empty for the flow. */
        readonly id: string,
    ) {}

    /** Entries that have some of the words, best first; the limit is 1 to 50. */
    async search(query: string, limit = 5): Promise<Answers<Entry>> {
        return this.store.search(this.id, query, limit);
    }

    /** Keeps an entry and gives its id; the importance is 0 to 1. */
    async write(content: string, importance = 0.5): Promise<Written> {
        return this.store.write(this.id, content, importance);
    }
}

/** A session by the name that the node's input gives it. A search in it finds its entries and the flow's. */
export class AxiomSession extends Entries {
    get history(): AxiomHistory {
        return new AxiomHistory(this.store, this.id);
    }

    /** Closes it: nothing can be added any more. */
    async end(): Promise<Written> {
        return this.store.end(this.id);
    }
}

/** What the flow remembers from run to run. Its own entries are found by every run of the flow. */
export class AxiomMemory extends Entries {
    constructor(store: MemoryStore) {
        super(store, "");
    }

    session(id: string): AxiomSession {
        return new AxiomSession(this.store, String(id));
    }
}

export class AxiomAgent {
    private made: AxiomMemory | undefined;

    constructor(private readonly store: () => MemoryStore = () => new TestMemory()) {}

    get memory(): AxiomMemory {
        return (this.made ??= new AxiomMemory(this.store()));
    }
}

export type Attributes = Record<string, unknown>;

/** Events and measurements. In tests they are kept in recorded, as [kind, name, value, attributes]. */
export class AxiomTelemetry {
    readonly recorded: [string, string, number, Attributes][] = [];

    constructor(private readonly tell?: (kind: string, name: string, value: number, attributes: Attributes) => void) {}

    addEvent(name: string, attributes: Attributes = {}): void {
        this.note("event", name, 0, attributes);
    }

    counter(name: string, value = 1, attributes: Attributes = {}): void {
        this.note("counter", name, value, attributes);
    }

    histogram(name: string, value: number, attributes: Attributes = {}): void {
        this.note("histogram", name, value, attributes);
    }

    private note(kind: string, name: string, value: number, attributes: Attributes): void {
        if (this.tell !== undefined) this.tell(kind, name, value, attributes);
        else this.recorded.push([kind, name, value, attributes]);
    }
}

/** A memory in the test's own process, with none of the limits. It finds whole words. */
export class TestMemory implements MemoryStore {
    readonly turns: Turn[] = [];
    readonly entries: Entry[] = [];
    private readonly ended = new Set<string>();

    append(sessionId: string, role: string, content: string, toolName: string, toolCallId: string): Written {
        if (this.ended.has(sessionId)) return new Written("", "ended", "The session has ended.");
        const id = `turn-${this.turns.length + 1}`;
        this.turns.push({ id, sessionId, role, content, createdAt: 0, toolName, toolCallId });
        return new Written(id);
    }

    last(session: string, n: number): Answers<Turn> {
        return Answers.of_(this.turns.filter((turn) => turn.sessionId === session).slice(-n));
    }

    end(session: string): Written {
        this.ended.add(session);
        return new Written("");
    }

    write(sessionId: string, content: string, importance: number): Written {
        const id = `entry-${this.entries.length + 1}`;
        this.entries.push({ id, content, sessionId, importance, score: 0, createdAt: 0 });
        return new Written(id);
    }

    search(session: string, query: string, limit: number): Answers<Entry> {
        const words = (text: string) => text.toLowerCase().split(/\s+/);
        const asked = words(query);
        const found = this.entries
            .filter((entry) => entry.sessionId === "" || entry.sessionId === session)
            .map((entry) => {
                const have = new Set(words(entry.content));
                return { ...entry, score: asked.filter((word) => have.has(word)).length / asked.length };
            })
            .filter((entry) => entry.score > 0)
            .sort((a, b) => b.score - a.score);
        return Answers.of_(found.slice(0, limit));
    }
}
