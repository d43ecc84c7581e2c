#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The Labyrinth authors
"""A TCP transfer of random bytes between two network namespaces, with a
checksum: transfer.py CLIENT-NETNS SERVER-NETNS SERVER-ADDRESS BYTES

Exit status 0 when the server got what the client sent; says so in one line.
"""

import hashlib
import os
import random
import socket
import subprocess
import sys
import time

PORT = 5001
TIMEOUT = 60


def serve(address):
    """Prints a ready line, then length and digest of all one client sent."""
    digest, length = hashlib.sha256(), 0
    with socket.create_server((address, PORT)) as server:
        server.settimeout(TIMEOUT)
        print("ready", flush=True)
        connection, _ = server.accept()
        with connection:
            connection.settimeout(TIMEOUT)
            while chunk := connection.recv(1 << 16):
                digest.update(chunk)
                length += len(chunk)
    print(length, digest.hexdigest())


def send(address, count):
    rng, digest, left = random.Random(count), hashlib.sha256(), count
    with socket.create_connection((address, PORT), timeout=TIMEOUT) as connection:
        while left > 0:
            chunk = rng.randbytes(min(left, 1 << 16))
            connection.sendall(chunk)
            digest.update(chunk)
            left -= len(chunk)
    print(count, digest.hexdigest())


def start(netns, *words):
    command = ["ip", "netns", "exec", netns, sys.executable, os.path.abspath(__file__), *words]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def main():
    if sys.argv[1:2] == ["--serve"]:
        serve(sys.argv[2])
        return 0
    if sys.argv[1:2] == ["--send"]:
        send(sys.argv[2], int(sys.argv[3]))
        return 0
    if len(sys.argv) != 5:
        print(__doc__, file=sys.stderr)
        return 2
    client_netns, server_netns, address, count = sys.argv[1:]
    begin = time.monotonic()
    server = start(server_netns, "--serve", address)
    client = None
    try:
        if server.stdout.readline().strip() != "ready":
            print("the server did not start")
            return 1
        client = start(client_netns, "--send", address, count)
        sent = client.communicate(timeout=TIMEOUT)[0].strip()
        got = server.communicate(timeout=TIMEOUT)[0].strip()
    except subprocess.TimeoutExpired:
        print(f"the transfer of {count} bytes did not end within {TIMEOUT} s")
        return 1
    finally:
        for process in (server, client):
            if process is not None and process.poll() is None:
                process.kill()
    if sent == "" or sent != got:
        print(f"sent '{sent}', got '{got}'")
        return 1
    print(f"{count} bytes over TCP arrived with the right checksum in {time.monotonic() - begin:.1f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
