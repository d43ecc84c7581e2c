#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The Labyrinth authors
"""pools_seen.py DIRECTORY SECONDS: the pools that telemetry tells of while a program lives.

DIRECTORY is where DPDK programs have their files, SECONDS the longest to look. Prints what
/labyrinth/pool says of each pool, as JSON.
"""

import glob
import json
import socket
import sys
import time


def connect(directory, end):
    while time.monotonic() < end:
        for path in glob.glob(f"{directory}/dpdk/*/dpdk_telemetry.v2"):
            link = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            try:
                link.connect(path)
                link.recv(4096)
                return link
            except OSError:
                link.close()
        time.sleep(0.02)
    return None


def ask(link, command):
    link.send(command.encode())
    return json.loads(link.recv(32768) or b"{}").get(command.split(",")[0])


def main():
    directory, end = sys.argv[1], time.monotonic() + float(sys.argv[2])
    link, seen = connect(directory, end), {}
    try:
        while link is not None and time.monotonic() < end:
            for name in ask(link, "/labyrinth/list") or []:
                # It may be gone by now, or not ready.
                pool = None if name in seen else ask(link, f"/labyrinth/pool,{name}")
                if pool and pool["chunks"] > 0 and pool["available"] + pool["cached"] > 0:
                    seen[name] = pool
            time.sleep(0.02)
    except (OSError, ValueError):
        pass
    json.dump(list(seen.values()), sys.stdout)


if __name__ == "__main__":
    main()
