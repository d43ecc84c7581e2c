#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The Labyrinth authors
"""A telemetry socket at which something is wrong.

    peer.py SOCKET leaves|babbles|lies|changes|empties|nulls|stalls
"""

import json
import socket
import sys
import time

GREETING = b'{"version": "DPDK", "pid": 1, "max_output_len": 16384}'


def answer(kind, question):
    """What that kind of peer says."""
    command = question.split(",")[0]
    if kind == "lies":
        return "{nonsense"
    if kind == "changes":
        return json.dumps({"/other": []})
    if kind == "empties":
        return json.dumps({command: []})
    if command.endswith("/list"):
        return json.dumps({command: ["x"]})
    return json.dumps({command: None})


def serve(connection, kind):
    """One client, until it goes."""
    if kind == "stalls":
        time.sleep(7)
        return
    if kind == "leaves":
        return
    connection.send(b"hello" if kind == "babbles" else GREETING)
    while True:
        question = connection.recv(1024)
        if not question:
            return
        connection.send(answer(kind, question.decode()).encode())


def main():
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    listener.bind(sys.argv[1])
    listener.listen()
    connection, _ = listener.accept()
    with connection:
        serve(connection, sys.argv[2])


if __name__ == "__main__":
    main()
