"""Calls of pipeline nodes: frames in, frames out, neither side far ahead of the other. Placed in gen/ when a package is built; not for editing.

A frame costs its length, and at least a kilobyte. Each side may send while its balance is above nothing, and gets back
what the other has taken (spec/worker-protocol.md). One thread at a time reads the pipe and hands round what it reads, so
that a handler's other threads can ask for secrets while it waits for a frame.
"""

import os
from collections import deque
from threading import Condition

from . import _frames
from ._frames import (
    CANCEL,
    ERROR,
    INPUT,
    INPUT_CREDIT,
    INPUT_END,
    MAX_PAYLOAD,
    OUTPUT,
    OUTPUT_CREDIT,
    RESULT,
    SHUTDOWN,
    Cancelled,
    send,
)

WINDOW = 64 << 10
LEAST_COST = 1 << 10
_END = object()


def _cost(frame):
    return max(len(frame), LEAST_COST)


class Stream:
    """What has arrived for one call, and what may be sent."""

    def __init__(self, call):
        self.call = call
        self.stop = None  # called at a cancel, while an async handler runs
        self._state = Condition()
        self._reading = False
        self._cancelled = False
        self._over = False
        self._inbox = deque()
        self._input_ended = False
        self._credit = WINDOW
        self._held = 0  # cost of the frame that the handler works on
        self._owed = 0
        self._answers = {}
        self._sleepers = []

    # ---- for handlers that wait

    def take(self):
        """The next frame of the input, or _END."""
        self._give_back()
        return self._until(self._next)

    def emit(self, frame):
        self._until(self._has_room)
        self._spend(frame)

    def ask(self, kind, payload, answer):
        """Sends a question and waits for the frame that answers it."""
        self._answers.pop(answer, None)
        send(kind, self.call, payload)
        return self._until(lambda: self._answers.pop(answer, None))

    def close(self):
        """The call is over. True when a thread of the node reads the pipe still, which nobody can stop."""
        with self._state:
            self._over = True
            self._state.notify_all()
            return self._reading

    # ---- for those that must not

    async def take_async(self):
        self._give_back()
        return await self._until_async(self._next)

    async def emit_async(self, frame):
        await self._until_async(self._has_room)
        self._spend(frame)

    def heard(self):
        """The pipe has something, and nobody waits for it."""
        with self._state:
            if self._reading or not _frames.comes():
                return
            self._dispatch(*_frames.receive())
            while _frames.ready():
                self._dispatch(*_frames.receive())

    # ----

    def _next(self):
        if self._inbox:
            frame = self._inbox.popleft()
            self._held = _cost(frame)
            return frame
        return _END if self._input_ended else None

    def _has_room(self):
        return self._credit > 0 or None

    def _spend(self, frame):
        with self._state:
            if self._over:
                raise Cancelled
            self._credit -= _cost(frame)
            send(OUTPUT, self.call, frame)

    def _give_back(self):
        """What was taken, before the handler waits for more, or when it is half of the window."""
        with self._state:
            self._owed += self._held
            self._held = 0
            waits = not self._inbox and not self._input_ended and not _frames.ready()
            if self._over or not self._owed or not waits and self._owed < WINDOW // 2:
                return
            send(INPUT_CREDIT, self.call, self._owed.to_bytes(4, "little"))
            self._owed = 0

    def _until(self, ready):
        with self._state:
            while True:
                if self._cancelled or self._over:
                    raise Cancelled
                value = ready()
                if value is not None:
                    return value
                if self._reading:
                    self._state.wait()
                    continue
                self._reading = True
                self._state.release()
                try:
                    frame = _frames.receive()
                finally:
                    self._state.acquire()
                    self._reading = False
                self._dispatch(*frame)

    async def _until_async(self, ready):
        from asyncio import get_running_loop

        loop = get_running_loop()
        while True:
            with self._state:
                # What has been read with something else makes the pipe ready no more.
                while not self._reading and _frames.ready():
                    self._dispatch(*_frames.receive())
                if self._cancelled:
                    raise Cancelled
                value = ready()
                if value is not None:
                    return value
                woken = loop.create_future()
                self._sleepers.append((loop, woken))
            await woken

    def _dispatch(self, kind, call, payload):
        if kind == SHUTDOWN:
            os._exit(0)
        if call != self.call:
            return  # of a call that has ended
        if kind == INPUT:
            self._inbox.append(payload)
        elif kind == INPUT_END:
            self._input_ended = True
        elif kind == OUTPUT_CREDIT:
            self._credit += int.from_bytes(payload, "little")
        elif kind == CANCEL:
            self._cancelled = True
            if self.stop is not None:
                self.stop()
        else:
            self._answers[kind] = payload
        self._state.notify_all()
        sleepers, self._sleepers = self._sleepers, []
        for loop, woken in sleepers:
            loop.call_soon_threadsafe(_wake, woken)


def _wake(future):
    if not future.done():
        future.set_result(None)


class _Inputs:
    """What a handler sees as its input: an iterator, also for `async for`."""

    __slots__ = ("_stream", "_parse")

    def __init__(self, stream, parse):
        self._stream, self._parse = stream, parse

    def __iter__(self):
        return self

    def __next__(self):
        frame = self._stream.take()
        if frame is _END:
            raise StopIteration
        return self._parse(frame)

    def __aiter__(self):
        return self

    async def __anext__(self):
        frame = await self._stream.take_async()
        if frame is _END:
            raise StopAsyncIteration
        return self._parse(frame)


class Pipeline:
    """A node whose handler takes an iterator and gives one."""

    __slots__ = ("_handler", "_parse", "_output")

    def __init__(self, handler, parse, output):
        self._handler, self._parse, self._output = handler, parse, output

    def run(self, context, stream, run_async, error):
        """Runs the handler to its end; answers the kind and the payload of the frame that ends the call."""
        given = self._handler(context, _Inputs(stream, self._parse))
        if hasattr(given, "__aiter__"):
            wrong = run_async(self._drive(given, stream))
        elif hasattr(given, "__iter__"):
            wrong = self._iterate(given, stream)
        else:
            wrong = ("wrong_type", f"it returned {type(given).__name__}, not an iterator of {self._output.__name__}")
        return (ERROR, error(*wrong)) if wrong else (RESULT, b"")

    def _iterate(self, given, stream):
        try:
            for output in given:
                frame, wrong = self._frame(output)
                if wrong:
                    return wrong
                stream.emit(frame)
        finally:
            if hasattr(given, "close"):
                given.close()  # what it holds is let go now, not when it is collected

    async def _drive(self, given, stream):
        try:
            async for output in given:
                frame, wrong = self._frame(output)
                if wrong:
                    return wrong
                await stream.emit_async(frame)
        finally:
            if hasattr(given, "aclose"):
                await given.aclose()

    def _frame(self, output):
        if not isinstance(output, self._output):
            return None, ("wrong_type", f"it gave {type(output).__name__}, not {self._output.__name__}")
        frame = output.SerializeToString()
        if len(frame) > MAX_PAYLOAD:
            return None, ("too_large", f"a frame has {len(frame)} bytes, more than {MAX_PAYLOAD}")
        return frame, None
