#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The Labyrinth authors
"""flood.py INTERFACE COUNT: send that many UDP frames, each of a flow of its own."""

import socket
import struct
import sys
import time


def main():
    interface, count = sys.argv[1], int(sys.argv[2])
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as out:
        out.bind((interface, 0))
        for number in range(count):
            ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 46, 0, 0, 64, 17, 0, bytes([10, 0, number >> 8 & 255, number & 255]),
                             bytes([10, 1, 0, 1]))
            udp = struct.pack(">HHHH", 1024 + number, 9, 26, 0)
            out.send(b"\xff" * 6 + b"\x02" + bytes(5) + b"\x08\x00" + ip + udp + bytes(18))
            if number % 100 == 99:
                time.sleep(0.005)


if __name__ == "__main__":
    main()
