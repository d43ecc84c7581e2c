#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The Labyrinth authors
"""Send the frames of a capture over an interface: replay.py FILE INTERFACE"""

import pathlib
import socket
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "system"))

from pcap_tool import packets  # noqa: E402

# So many at a time, so that who captures them need not be quick.
BURST = 20
PAUSE = 0.005


def main():
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as link:
        link.bind((sys.argv[2], 0))
        for number, frame in enumerate(packets(sys.argv[1])):
            link.send(frame)
            if number % BURST == BURST - 1:
                time.sleep(PAUSE)


if __name__ == "__main__":
    main()
