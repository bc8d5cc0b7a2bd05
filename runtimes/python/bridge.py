"""Leads from the loopback of this sandbox to the one socket that leads out of it, for as long as a command runs."""

import os
import socket
import subprocess
import sys
import threading


def pump(source, target):
    try:
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        pass


def serve(inner):
    with inner, socket.socket(socket.AF_UNIX) as outer:
        outer.connect(os.environ["SLUICE_EGRESS"])
        there = threading.Thread(target=pump, args=(inner, outer), daemon=True)
        there.start()
        pump(outer, inner)


def accept(listener):
    while True:
        inner, _ = listener.accept()
        threading.Thread(target=serve, args=(inner,), daemon=True).start()


accepting = threading.Thread(
    target=accept,
    args=(socket.create_server(("127.0.0.1", 3128), backlog=64),),
    daemon=True,
)
accepting.start()
sys.exit(subprocess.run(sys.argv[1:]).returncode)
