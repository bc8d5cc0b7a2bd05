"""Holds the Python worker against the golden frames: python3 check_worker.py FOLDER FRAMES.json"""

import importlib.util
import json
import sys
import types


def load(name, file):
    """One of the runtime's files under the name that a build gives it."""
    spec = importlib.util.spec_from_file_location("gen." + name, sys.argv[1] + "/" + file)
    module = importlib.util.module_from_spec(spec)
    sys.modules["gen." + name] = module
    spec.loader.exec_module(module)
    return module


sys.modules["gen"] = types.ModuleType("gen")
frames_of = load("_frames", "frames.py")
worker = load("_worker", "worker.py")
streams = load("_streams", "streams.py")

with open(sys.argv[2], encoding="utf-8") as file:
    frames = json.load(file)["frames"]

sent = bytearray()
inbox = b""
frames_of._write = lambda fd, data: sent.extend(data) or len(data)


def read(fd, size):
    """Gives seven bytes at a time, so that every frame arrives in pieces."""
    global inbox
    piece, inbox = inbox[: min(size, 7)], inbox[min(size, 7) :]
    return piece


frames_of._read = read


class Nodes(dict):
    """Remembers the call instead of making it."""

    def get(self, name):
        seen["node"] = name
        return streams.Pipeline(stream_handler, bytes, bytes) if "stream" in asked_of else (handler, bytes, bytes)


def handler(ax, data):
    seen["input"] = data.hex()
    for name in ("execution_id", "flow_id", "tenant_id", "trace_id"):
        seen[name] = getattr(ax, name)
    seen["params"] = {k: ax.params.get(k)[0] for k in asked}
    return Output()


def stream_handler(ax, inputs):
    handler(ax, b"")
    seen["stream"] = True
    return iter(())


class Output(bytes):
    def SerializeToString(self):
        return bytes(self)


for frame in frames:
    name, kind, call, meaning = frame["name"], frame["kind"], frame["call"], frame["meaning"]
    whole = bytes.fromhex(frame["hex"])
    sent.clear()
    frames_of._pending = b""
    if kind == 1:
        seen, asked, asked_of, inbox = {}, list(meaning["params"]), meaning, whole
        worker._nodes, worker._new_context = Nodes(), worker._define_context(object)
        got = frames_of.receive()
        assert got[:2] == (1, call), name
        worker._invoke(call, got[2])
        expected = {k: v for k, v in meaning.items() if k != "timeout_ms"}
        assert seen == expected, (name, seen)
        assert sent[4] == 66, name
    elif kind == 2:
        worker._current, inbox = call, whole
        value, found = worker._Secrets().get("NAME")
        assert (value.encode().hex(), found) == (meaning["value"], meaning["found"]), name
    elif kind in (3, 4):
        inbox = whole
        assert frames_of.receive() == (kind, call, b""), name
    elif kind in (16, 17, 18):
        stream, inbox = streams.Stream(call), whole
        stream._credit = 0
        if kind == 16:
            assert stream.take().hex() == meaning["frame"], name
        elif kind == 17:
            assert stream.take() is streams._END, name
        else:
            stream._until(stream._has_room)
            assert stream._credit == meaning["bytes"], name
    elif kind == 80:
        streams.Stream(call).emit(bytes.fromhex(meaning["frame"]))
        assert sent == whole, name
    elif kind == 81:
        stream, inbox = streams.Stream(call), bytes.fromhex("00000000" + "11") + call.to_bytes(4, "little")
        stream._owed = meaning["bytes"]
        stream.take()
        assert sent == whole, name
    elif kind == 65:
        frames_of.send(65, call, worker._hello(meaning["nodes"], meaning["fingerprint"]))
        assert sent == whole, name
    elif kind == 66:
        frames_of.send(66, call, bytes.fromhex(meaning["output"]))
        assert sent == whole, name
    elif kind == 67:
        frames_of.send(67, call, frames_of.fault(meaning["kind"], meaning["message"], meaning["stack"]))
        assert sent == whole, name
    elif kind == 68:
        worker._current, inbox = call, bytes.fromhex("0100000002") + call.to_bytes(4, "little") + b"\0"
        worker._Secrets().get(meaning["name"])
        assert sent == whole, name
    elif kind == 69:
        worker._current = call
        worker._log(meaning["level"], meaning["text"], meaning["fields"])
        assert sent == whole, name
    else:
        raise AssertionError(f"{name}: a kind without a check")
    print("agrees:", name)
