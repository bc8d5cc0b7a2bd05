"""Frames on the two pipes 3 and 4, and the few protobuf fields in them. Placed in gen/ when a package is built; not for editing.

Frames are `u32 length | u8 kind | u32 call | payload`, little-endian (spec/worker-protocol.md). Raw reads and writes
keep a call at a few microseconds, and nothing but the standard library's cheapest modules is imported before hello.
"""

import os
import struct
from _thread import allocate_lock

INVOKE, SECRET_VALUE, CANCEL, SHUTDOWN, ANSWER = 1, 2, 3, 4, 32
INPUT, INPUT_END, OUTPUT_CREDIT = 16, 17, 18
HELLO, RESULT, ERROR, SECRET_GET, LOG, ASK, NOTE = 65, 66, 67, 68, 69, 96, 97
OUTPUT, INPUT_CREDIT = 80, 81
MAX_PAYLOAD = 16 << 20
_MAX_TEXT = 60 << 10
_HEAD = struct.Struct("<IBI")

_read, _write = os.read, os.write
_pending = b""
_output = allocate_lock()  # one frame at a time on pipe 4


class Cancelled(BaseException):
    """The host asked to stop while something was being waited for."""


def ready():
    """Whether a whole frame has been read already."""
    return len(_pending) >= 9 and len(_pending) >= 9 + int.from_bytes(_pending[:4], "little")


def comes():
    """
    Whether receiving would not have to wait for a frame's beginning. An event loop may say that the pipe has something
    when a secret's reader has taken it meanwhile.
    """
    from select import select  # an event loop has it already

    return bool(_pending) or bool(select((3,), (), (), 0)[0])


def receive():
    global _pending
    data = _pending
    while len(data) < 9:
        more = _read(3, 65536)
        if not more:
            os._exit(0)
        data = data + more if data else more
    length, kind, call = _HEAD.unpack_from(data)
    end = 9 + length
    if len(data) < end:
        whole = bytearray(data)
        while len(whole) < end:
            more = _read(3, min(1 << 20, end - len(whole)))
            if not more:
                os._exit(0)
            whole += more
        data = bytes(whole)
    _pending = data[end:]
    return kind, call, data[9:end]


def send(kind, call, payload):
    data = _HEAD.pack(len(payload), kind, call) + payload
    with _output:
        sent = _write(4, data)
        while sent < len(data):
            data = data[sent:]
            sent = _write(4, data)


# ---- the few protobuf fields that frames hold


def varint(value):
    if value < 128:
        return bytes((value,))
    out = bytearray()
    while value >= 128:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
    return bytes(out)


def bytes_field(number, value):
    return varint(number << 3 | 2) + varint(len(value)) + value


def text_field(number, value):
    return bytes_field(number, value.encode("utf-8", "replace"))


def clip(text, limit):
    data = text.encode("utf-8", "replace")
    if len(data) <= limit:
        return text
    return data[: limit - 3].decode("utf-8", "ignore") + "…"


def fields(data):
    at, end = 0, len(data)
    while at < end:
        tag = data[at]
        at += 1
        if tag & 128:
            raise ValueError("unexpected field number")
        if tag & 7 == 1:
            yield tag >> 3, data[at : at + 8]
            at += 8
            continue
        value = shift = 0
        while True:
            byte = data[at]
            at += 1
            value |= (byte & 127) << shift
            if byte < 128:
                break
            shift += 7
        if tag & 7 == 2:
            yield tag >> 3, data[at : at + value]
            at += value
        else:
            yield tag >> 3, value


# ---- what the host is told of failures


def fault(kind, message, stack=""):
    """The payload of an error."""
    return (
        text_field(1, kind) + text_field(2, clip(message, _MAX_TEXT)) + (text_field(3, clip(stack, _MAX_TEXT)) if stack else b"")
    )


def describe(error):
    """What the host is told of an exception; the worker's own frames are not in its stack."""
    if isinstance(error, MemoryError):
        return fault("out_of_memory", "out of memory")
    name = type(error).__name__
    try:
        text = str(error)
    except BaseException:
        text = ""
    try:
        import traceback

        trace = error.__traceback__
        while trace is not None and trace.tb_frame.f_globals.get("__name__", "").startswith("gen._"):
            trace = trace.tb_next
        stack = "".join(traceback.format_exception(type(error), error, trace, limit=50))
    except BaseException:
        stack = ""
    return fault("exception", f"{name}: {text}" if text else name, stack)
