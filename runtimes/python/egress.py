"""Leads from the loopback of this sandbox, where clients look for a proxy, to the one socket that leads out of it."""

import os
import socket
from _thread import start_new_thread

_PORT = 3128
_MAX_CONNECTIONS = 32


def start():
    path = os.environ["SLUICE_EGRESS"]
    listener = socket.create_server(("127.0.0.1", _PORT), backlog=_MAX_CONNECTIONS)
    start_new_thread(_accept, (listener, path))


def _accept(listener, path):
    while True:
        inner, _ = listener.accept()
        try:
            outer = socket.socket(socket.AF_UNIX)
            outer.connect(path)
            start_new_thread(_pump, (inner, outer))
            start_new_thread(_pump, (outer, inner))
        except (OSError, RuntimeError):
            inner.close()


def _pump(source, target):
    try:
        while data := source.recv(16384):
            target.sendall(data)
    except OSError:
        pass
    try:
        target.shutdown(socket.SHUT_WR)
    except OSError:
        pass
