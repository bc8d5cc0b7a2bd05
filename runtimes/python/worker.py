"""Serves one package's nodes over the two pipes 3 and 4. Placed in gen/ when a package is built; not for editing."""

import os
import sys
from _thread import allocate_lock

from ._frames import (
    CANCEL,
    ERROR,
    HELLO,
    INVOKE,
    LOG,
    MAX_PAYLOAD,
    RESULT,
    SECRET_GET,
    SECRET_VALUE,
    SHUTDOWN,
    Cancelled,
    bytes_field,
    clip,
    comes,
    describe,
    fault,
    fields,
    receive,
    send,
    text_field,
)

_MAX_LINE = 16 << 10
_MAX_FIELDS = 8 << 10
_MAX_SECRET_NAME = 128

_channel = allocate_lock()  # who reads pipe 3 and writes a question to pipe 4
_current = 0  # the call in flight, 0 for none
_stream = None  # that of the call in flight, when it is a pipeline node's


# ---- what a handler sees as ax


class _Log:
    __slots__ = ()

    def debug(self, msg, **attrs):
        _log("debug", msg, attrs)

    def info(self, msg, **attrs):
        _log("info", msg, attrs)

    def warn(self, msg, **attrs):
        _log("warn", msg, attrs)

    warning = warn

    def error(self, msg, **attrs):
        _log("error", msg, attrs)


def _log(level, msg, attrs):
    payload = text_field(1, level) + text_field(2, clip(str(msg), _MAX_LINE))
    left = _MAX_FIELDS
    for key, value in attrs.items():
        value = clip(str(value), 1024)
        entry = text_field(1, key) + text_field(2, value)
        left -= len(entry)
        if left < 0:
            break
        payload += bytes_field(3, entry)
    send(LOG, _current, payload)


def _ask(question, asked, awaited):
    """Asks the host, and gives the payload of its answer; None when there is no call."""
    with _channel:
        call = _current
        if not call:
            return None
        if _stream is not None:
            return _stream.ask(question, asked, awaited)
        send(question, call, asked)
        while True:
            kind, number, payload = receive()
            if kind == awaited and number == call:
                return payload
            if kind == CANCEL:
                raise Cancelled
            if kind == SHUTDOWN:
                os._exit(0)


class _Secrets:
    __slots__ = ()

    def get(self, name):
        """The value and True, or an empty text and False."""
        asked = str(name).encode("utf-8", "replace")
        if not asked or len(asked) > _MAX_SECRET_NAME:
            return "", False
        payload = _ask(SECRET_GET, asked, SECRET_VALUE)
        if payload is None or not payload[0]:
            return "", False
        return payload[1:].decode("utf-8", "surrogateescape"), True

    def status(self, name):
        found = self.get(name)[1]
        status = getattr(_context_module, "SecretStatus", None)
        if status is None:
            return "Available" if found else "Unset"
        for available, unset in (("AVAILABLE", "UNSET"), ("Available", "Unset")):
            if hasattr(status, available):
                return getattr(status, available if found else unset)
        return found


class _Params:
    __slots__ = ("_values",)

    def __init__(self, values):
        self._values = values

    def get(self, name):
        """The value and True, or an empty text and False."""
        value = self._values.get(name)
        return ("", False) if value is None else (value, True)


_NO_PARAMS = _Params({})
_THE_LOG = _Log()
_THE_SECRETS = _Secrets()


def _define_context(base):
    class _Context(base):
        log = _THE_LOG
        secrets = _THE_SECRETS
        params = _NO_PARAMS
        execution_id = flow_id = tenant_id = trace_id = ""
        _reflection = _agent = None

        def __init__(self):
            pass

        @property
        def reflection(self):
            if self._reflection is None:
                more = _more()
                self._reflection = more.values.AxiomReflection(more.Store(_ask).reflect)
            return self._reflection

        @property
        def agent(self):
            if self._agent is None:
                more = _more()
                self._agent = more.values.AxiomAgent(more.Store(_ask))
            return self._agent

        def telemetry(self):
            return _more().values.AxiomTelemetry(_note)

        def progress(self, fraction, message=""):
            _note("progress", message, fraction, {})

    return _Context


def _more():
    """What few calls need, and so no start waits for."""
    from . import _context

    return _context


def _note(kind, name, value, attributes):
    if _current:
        _more().note(_current, kind, name, value, attributes)


# ---- nodes


class _Broken:
    """Stands in for a node whose module cannot be imported: the others still serve."""

    def __init__(self, error):
        self.error = error


def _load(nodes, messages):
    loaded = {}
    for name, (module, function, input_name, output_name, kind) in nodes.items():
        try:
            handler = getattr(__import__(module, fromlist=("_",)), function)
            types = (getattr(messages, input_name).FromString, getattr(messages, output_name))
            if kind == "unary":
                loaded[name] = (handler, *types)
            else:
                from ._streams import Pipeline

                loaded[name] = Pipeline(handler, *types)
            code = getattr(handler, "__code__", None)
            if code is not None and code.co_flags & 0x280:  # async, with or without yield
                _start_loop()
        except Exception as error:
            loaded[name] = _Broken(error)
    return loaded


def _invoke(call, payload):
    global _current, _stream
    node, data, params, streams = "", b"", None, 0
    context = _new_context()
    for number, value in fields(payload):
        if number == 1:
            node = value.decode()
        elif number == 2:
            data = value
        elif number == 4:
            context.execution_id = value.decode()
        elif number == 5:
            context.flow_id = value.decode()
        elif number == 6:
            context.tenant_id = value.decode()
        elif number == 7:
            context.trace_id = value.decode()
        elif number == 8:
            entry = dict(fields(value))
            params = {} if params is None else params
            params[entry.get(1, b"").decode()] = entry.get(2, b"").decode()
        elif number == 15:
            streams = value
    if params:
        context.params = _Params(params)
    _current = call
    try:
        found = _nodes.get(node)
        if found is None:
            kind, answer = ERROR, fault("unknown_node", f"the package has no node {node}")
        elif type(found) is _Broken:
            kind, answer = ERROR, describe(found.error)
        elif bool(streams) != (type(found) is not tuple):
            kind, answer = ERROR, fault("wrong_type", f"{node} is {'a unary' if streams else 'a pipeline'} node")
        elif streams:
            from ._streams import Stream

            _stream = Stream(call)
            kind, answer = found.run(context, _stream, _run, fault)
        else:
            handler, parse, output_type = found
            output = handler(context, parse(data))
            if hasattr(output, "__await__"):
                output = _run(output)
            if isinstance(output, output_type):
                kind, answer = RESULT, output.SerializeToString()
                if len(answer) > MAX_PAYLOAD:
                    kind, answer = ERROR, fault("too_large", f"the output has {len(answer)} bytes, more than {MAX_PAYLOAD}")
            else:
                kind, answer = ERROR, fault(
                    "wrong_type", f"it returned {type(output).__name__}, not {output_type.__name__}"
                )
    except Cancelled:
        kind, answer = ERROR, fault("cancelled", "it was stopped")
    except BaseException as error:
        kind, answer = ERROR, describe(error)
    _flush()
    with _channel:  # a thread of the node may be waiting for a secret still
        lost = _stream is not None and _stream.close()
        _current, _stream = 0, None
        send(kind, call, answer)
    if lost:
        os._exit(0)  # what the host says next would be read by a thread that nobody can stop


def _flush():
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except Exception:
        pass


# ---- async handlers

_loop = None


def _start_loop():
    global _loop
    if _loop is None:
        import asyncio

        _loop = asyncio.new_event_loop()
        asyncio.set_event_loop(_loop)
        _loop.add_reader(3, _heard)


_task = None


def _heard():
    """Runs while an async handler waits: the host has something to say, which can only be that it should stop."""
    if _stream is not None:
        _stream.heard()
        return
    if not _channel.acquire(False):
        return  # a secret is being read on another thread, which will see it
    try:
        if not comes():
            return
        kind, call, _ = receive()
    finally:
        _channel.release()
    if kind == SHUTDOWN:
        os._exit(0)
    if kind == CANCEL and call == _current and _task is not None:
        _task.cancel()


def _run(awaitable):
    global _task
    _start_loop()

    async def whole():
        return await awaitable

    _task = _loop.create_task(whole())
    if _stream is not None:
        _stream.stop = lambda: _loop.call_soon_threadsafe(_task.cancel)
    try:
        return _loop.run_until_complete(_task)
    finally:
        _task = None


# ---- start

_nodes = {}
_context_module = None
_new_context = None


def _hello(nodes, fingerprint):
    payload = b"\x08\x01" + text_field(2, "python")
    for name in nodes:
        payload += text_field(3, name)
    return payload + text_field(4, fingerprint) if fingerprint else payload


def main():
    global _nodes, _context_module, _new_context
    sys.stdout.reconfigure(line_buffering=True, errors="replace")
    sys.stderr.reconfigure(errors="replace")
    try:
        if "SLUICE_EGRESS" in os.environ:
            from . import _egress

            _egress.start()
        from gen import _nodes as table
        from gen import axiom_context, messages_pb2

        _context_module = axiom_context
        try:
            _new_context = _define_context(axiom_context.AxiomContext)
            _new_context()
        except Exception:
            _new_context = _define_context(object)
        _nodes = _load(table.NODES, messages_pb2)
        fingerprint = getattr(table, "FINGERPRINT", "")
    except BaseException as error:
        send(ERROR, 0, describe(error))
        os._exit(1)
    send(HELLO, 0, _hello(_nodes, fingerprint))
    while True:
        kind, call, payload = receive()
        if kind == INVOKE:
            _invoke(call, payload)
        elif kind == SHUTDOWN:
            _flush()
            os._exit(0)
