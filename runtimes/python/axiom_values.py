"""What ax.agent.memory, ax.reflection and ax.telemetry() give, and a memory for tests that lasts as long as its context.

Whatever waits for an answer can be used as it is, and awaited in async handlers: `turns = await session.history.last(5)`.
"""


class _Answer:
    """An answer that is there already, so that awaiting it does not wait."""

    def __await__(self):
        return self
        yield


class Written(_Answer, str):
    """The id of what was written. Empty, and so false, when it was refused: then code and message say why."""

    code = message = ""

    @property
    def ok(self) -> bool:
        return not self.code


class Answers(_Answer, list):
    """A list of turns or entries. Empty when it was refused: then code and message say why."""

    code = message = ""

    @property
    def ok(self) -> bool:
        return not self.code


class _Values:
    """Attributes in the order of __slots__."""

    __slots__ = ()

    def __init__(self, *values):
        for name, value in zip(self.__slots__, values):
            setattr(self, name, value)

    def __repr__(self):
        shown = ", ".join(f"{name}={getattr(self, name, None)!r}" for name in self.__slots__)
        return f"{type(self).__name__}({shown})"


class Turn(_Values):
    """A turn of a session; created_at in milliseconds since 1970."""

    __slots__ = ("id", "session_id", "role", "content", "created_at", "tool_name", "tool_call_id")


class Entry(_Values):
    """An entry that was found; score is how well it fits, above 0 and at most 1."""

    __slots__ = ("id", "content", "session_id", "importance", "score", "created_at")
    memory_type = "semantic"
    confidence = 1.0

    @property
    def scope_level(self) -> str:
        return "session" if self.session_id else "flow"


class FlowNode(_Values):
    """A placement of the graph; canvas_node_id is its alias."""

    __slots__ = (
        "instance_id",
        "name",
        "package_name",
        "package_version",
        "node_type",
        "input_message_name",
        "output_message_name",
        "canvas_node_id",
    )


class FlowEdge(_Values):
    """An edge of the graph; instance 0 stands for the flow's own input and output."""

    __slots__ = ("src_instance", "dst_instance", "canvas_edge_id", "has_condition", "has_adapter", "max_iterations")


class Position(_Values):
    """Where in the graph the call is; item is -1 outside of a fan-out."""

    __slots__ = (
        "current_instance",
        "alias",
        "depth",
        "loop_iterations",
        "subflow_stack_graph_ids",
        "visit",
        "item",
        "attempt",
    )


class Flow(_Values):
    """The structure of the graph that runs. No condition, adapter or payload is in it."""

    __slots__ = ("graph_id", "nodes", "edges", "loop_edges", "position")


class AxiomReflection:
    """The graph, and where in it the call is."""

    def __init__(self, read=None):
        self._read = read
        self._flow = None

    @property
    def flow(self) -> Flow:
        """Asked for once in a call. Empty in tests."""
        if self._flow is None:
            self._flow = self._read() if self._read else Flow("", [], [], [], Position(0, "", 0, {}, [], 1, -1, 1))
        return self._flow


class AxiomHistory:
    """The turns of a session."""

    def __init__(self, store, session):
        self._store = store
        self._session = session

    def last(self, n: int = 20) -> "list[Turn]":
        """The n newest turns, oldest first; n is 1 to 200."""
        return self._store.last(self._session, n)

    def append(self, role: str, content: str, tool_name: str = "", tool_call_id: str = "") -> Written:
        """Adds a turn; the role is user, assistant, tool or system."""
        return self._store.append(self._session, role, content, tool_name, tool_call_id)


class _Entries:
    def __init__(self, store, session=""):
        self._store = store
        self._session = session

    def search(self, query: str, limit: int = 5) -> "list[Entry]":
        """Entries that have some of the words, best first; the limit is 1 to 50."""
        return self._store.search(self._session, query, limit)

    def write(self, content: str, importance: float = 0.5) -> Written:
        """Keeps an entry and gives its id; the importance is 0 to 1."""
        return self._store.write(self._session, content, importance)


class AxiomSession(_Entries):
    """A session by the name that the node's input gives it. A search in it finds its entries and the flow's."""

    def __init__(self, store, session):
        super().__init__(store, session)
        self.id = session
        self.history = AxiomHistory(store, session)

    def end(self) -> Written:
        """Closes it: nothing can be added any more."""
        return self._store.end(self._session)


class AxiomMemory(_Entries):
    """What the flow remembers from run to run. Its own entries are found by every run of the flow."""

    def session(self, id: str) -> AxiomSession:
        return AxiomSession(self._store, str(id))


class AxiomAgent:
    def __init__(self, store=None):
        self.memory = AxiomMemory(store or TestMemory())


class AxiomTelemetry:
    """Events and measurements. In tests they are kept in recorded, as (kind, name, value, attributes)."""

    def __init__(self, tell=None):
        self.recorded = []
        self._tell = tell or (lambda *told: self.recorded.append(told))

    def add_event(self, name: str, attrs=None) -> None:
        self._tell("event", name, 0.0, dict(attrs or {}))

    def counter(self, name: str, value: float = 1, attrs=None) -> None:
        self._tell("counter", name, float(value), dict(attrs or {}))

    def histogram(self, name: str, value: float, attrs=None) -> None:
        self._tell("histogram", name, float(value), dict(attrs or {}))


class TestMemory:
    """A memory in the test's own process, with none of the limits. It finds whole words."""

    __test__ = False  # pytest, this is no test

    def __init__(self):
        self.turns = []
        self.entries = []
        self.ended = set()

    def append(self, session, role, content, tool_name, tool_call_id):
        if session in self.ended:
            return refused(Written(""), "ended", "The session has ended.")
        self.turns.append(Turn(f"turn-{len(self.turns) + 1}", session, role, content, 0, tool_name, tool_call_id))
        return Written(self.turns[-1].id)

    def last(self, session, n):
        return Answers([turn for turn in self.turns if turn.session_id == session][-n:])

    def write(self, session, content, importance):
        self.entries.append(Entry(f"entry-{len(self.entries) + 1}", content, session, importance, 0.0, 0))
        return Written(self.entries[-1].id)

    def search(self, session, query, limit):
        asked = set(query.lower().split())
        found = []
        for entry in reversed(self.entries):
            have = len(asked & set(entry.content.lower().split()))
            if have and entry.session_id in ("", session):
                found.append(Entry(entry.id, entry.content, entry.session_id, entry.importance, have / len(asked), 0))
        return Answers(sorted(found, key=lambda entry: -entry.score)[:limit])

    def end(self, session):
        self.ended.add(session)
        return Written("")


def refused(answer, code, message):
    answer.code, answer.message = code, message
    return answer
