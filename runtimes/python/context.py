"""What a handler asks its run and its flow's memory. Placed in gen/ when a package is built, and loaded when it is first used."""

import struct

from . import axiom_values as values
from ._frames import ANSWER, ASK, NOTE, bytes_field, clip, fields, send, text_field, varint

_REFLECT, _APPEND, _LAST, _END, _WRITE, _FIND = 1, 2, 3, 4, 5, 6
_NOTES = {"progress": 1, "event": 2, "counter": 3, "histogram": 4}
_MAX_ASK = 72 << 10
_MAX_NAME = 256
_MAX_ATTRIBUTES = 16
_DOUBLE = struct.Struct("<d")


def _number(field, value):
    return varint(field << 3) + varint(value & 0xFFFFFFFFFFFFFFFF) if value else b""


def _double(field, value):
    data = _DOUBLE.pack(value)
    return varint(field << 3 | 1) + data if data != b"\0" * 8 else b""


def _text(field, value):
    return text_field(field, value) if value else b""


class _Refused:
    """An answer that could not be had."""

    def __init__(self, code, message):
        self.code, self.message, self.id = code, message, ""
        self.turns, self.entries, self.reflection = [], [], b""


_NOBODY = _Refused("unavailable", "The call is over.")


class Store:
    """Asks the host; whose memory it is, the host knows."""

    def __init__(self, ask):
        self._ask = ask

    def ask(self, kind, session="", role="", text="", count=0, importance=0.0, tool_name="", tool_call_id=""):
        payload = b"".join(
            (
                _number(1, kind),
                _text(2, session),
                _text(3, role),
                _text(4, text),
                _number(5, count),
                _double(6, importance),
                _text(7, tool_name),
                _text(8, tool_call_id),
            )
        )
        if len(payload) > _MAX_ASK:
            return _Refused("too_large", f"The question has {len(payload)} bytes; the limit is {_MAX_ASK}.")
        answer = self._ask(ASK, payload, ANSWER)
        return _NOBODY if answer is None else _read(answer)

    def append(self, session, role, content, tool_name, tool_call_id):
        return _written(
            self.ask(_APPEND, session, str(role), str(content), tool_name=str(tool_name), tool_call_id=str(tool_call_id))
        )

    def last(self, session, n):
        answer = self.ask(_LAST, session, count=int(n))
        return values.refused(values.Answers(answer.turns), answer.code, answer.message)

    def end(self, session):
        return _written(self.ask(_END, session))

    def write(self, session, content, importance):
        return _written(self.ask(_WRITE, session, text=str(content), importance=float(importance)))

    def search(self, session, query, limit):
        answer = self.ask(_FIND, session, text=str(query), count=int(limit))
        return values.refused(values.Answers(answer.entries), answer.code, answer.message)

    def reflect(self):
        return _flow(self.ask(_REFLECT).reflection)


def _written(answer):
    return values.refused(values.Written(answer.id), answer.code, answer.message)


def _read(payload):
    answer = _Refused("", "")
    for number, value in fields(payload):
        if number == 1:
            answer.code = value.decode()
        elif number == 2:
            answer.message = value.decode()
        elif number == 3:
            answer.id = value.decode()
        elif number == 4:
            answer.turns.append(_value(values.Turn, value, _TURN))
        elif number == 5:
            answer.entries.append(_value(values.Entry, value, _ENTRY))
        elif number == 6:
            answer.reflection = value
    return answer


def _of_text(value):
    return value.decode()


def _of_double(value):
    return _DOUBLE.unpack(value)[0]


# By field: how it is read, and what stands for it when it is not there.
_TURN = ((_of_text, ""),) * 4 + ((int, 0),) + ((_of_text, ""),) * 2
_ENTRY = ((_of_text, ""),) * 3 + ((_of_double, 0.0),) * 2 + ((int, 0),)
_NODE = ((int, 0),) + ((_of_text, ""),) * 7
_EDGE = ((int, 0),) * 2 + ((_of_text, ""),) + ((bool, False),) * 2 + ((int, 0),)


def _value(kind, payload, shape):
    found = [default for _, default in shape]
    for number, value in fields(payload):
        if 0 < number <= len(shape):
            found[number - 1] = shape[number - 1][0](value)
    return kind(*found)


def _flow(payload):
    flow = values.Flow("", [], [], [], values.Position(0, "", 0, {}, [], 1, -1, 1))
    for number, value in fields(payload):
        if number == 1:
            flow.graph_id = value.decode()
        elif number == 2:
            flow.nodes.append(_value(values.FlowNode, value, _NODE))
        elif number == 3:
            flow.edges.append(_value(values.FlowEdge, value, _EDGE))
        elif number == 4:
            flow.loop_edges.append(_value(values.FlowEdge, value, _EDGE))
        elif number == 5:
            _position(flow.position, value)
    return flow


def _position(position, payload):
    for number, value in fields(payload):
        if number == 1:
            position.current_instance = value
        elif number == 2:
            position.alias = value.decode()
        elif number == 3:
            position.depth = value
        elif number == 4:
            entry = dict(fields(value))
            position.loop_iterations[entry.get(1, 0)] = entry.get(2, 0)
        elif number == 5:
            position.subflow_stack_graph_ids.append(value.decode())
        elif number == 6:
            position.visit = value
        elif number == 7:
            position.item = value - 1
        elif number == 8:
            position.attempt = value


def note(call, kind, name, value, attributes):
    """Tells the host something; nothing is answered."""
    payload = _number(1, _NOTES[kind]) + _text(2, clip(str(name), _MAX_NAME)) + _double(3, float(value))
    for key, shown in list(attributes.items())[:_MAX_ATTRIBUTES]:
        payload += bytes_field(4, _text(1, clip(str(key), _MAX_NAME)) + _text(2, clip(str(shown), _MAX_NAME)))
    send(NOTE, call, payload)
