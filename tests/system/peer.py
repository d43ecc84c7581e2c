#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The Labyrinth authors
"""A peer on raw sockets: sends frames of random bytes and lengths into one
interface and expects each, byte for byte and in order, from another.

The window bounds what is under way, so that nothing but a fault loses a frame.
Exit status 0 when all came back intact; the last line says what happened.
"""

import argparse
import random
import select
import socket
import sys
import time

ETHERTYPE = 0x88B5  # IEEE 802: for local experiments, nobody else's frames
ETH_P_ALL = 3
PACKET_OUTGOING = 4
HEADER = 14 + 4  # Ethernet, sequence number


def open_socket(interface):
    sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
    sock.bind((interface, ETH_P_ALL))
    sock.setblocking(False)
    return sock


def make_frame(rng, sequence, largest):
    size = rng.choice((60, 61, 64, 127, 128, 129, 512, largest, rng.randint(60, largest)))
    head = b"\x02\x00\x00\x00\x00\x02" + b"\x02\x00\x00\x00\x00\x01"
    head += ETHERTYPE.to_bytes(2, "big") + sequence.to_bytes(4, "big")
    return head + rng.randbytes(size - HEADER)


def receive(sock):
    """The next frame of ours that came in from the wire, or None."""
    while True:
        try:
            frame, address = sock.recvfrom(65536)
        except BlockingIOError:
            return None
        if address[2] == PACKET_OUTGOING or len(frame) < HEADER:
            continue
        if int.from_bytes(frame[12:14], "big") == ETHERTYPE:
            return frame


def probe(out, back, seconds):
    """Waits until the path forwards at all; its frames are number 2^32 - 1."""
    frame = make_frame(random.Random(0), 0xFFFFFFFF, 60)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        out.send(frame)
        select.select([back], [], [], 0.2)
        if receive(back) is not None:
            time.sleep(0.3)
            while receive(back) is not None:
                pass
            return True
    return False


def exchange(out, back, args):
    """Sends all frames; returns an error, or None."""
    rng = random.Random(args.seed)
    waiting = []
    sent = got = 0
    while got < args.count:
        while sent < args.count and len(waiting) < args.window:
            frame = make_frame(rng, sent, args.largest)
            out.send(frame)
            waiting.append(frame)
            sent += 1
        frame = receive(back)
        if frame is None:
            if not select.select([back], [], [], args.patience)[0]:
                return f"frame {got} did not come within {args.patience} s ({sent} sent)"
            continue
        if frame[14:18] == b"\xff\xff\xff\xff":
            continue
        expected = waiting.pop(0)
        if frame != expected:
            at = next((i for i, (a, b) in enumerate(zip(frame, expected)) if a != b), min(len(frame), len(expected)))
            return f"frame {got} differs from byte {at} on: {len(frame)} bytes of {len(expected)}"
        got += 1
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", required=True, help="interface to send into")
    parser.add_argument("--back", required=True, help="interface to expect frames from")
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--window", type=int, default=16)
    parser.add_argument("--largest", type=int, default=1514)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--patience", type=float, default=5.0)
    args = parser.parse_args()
    out, back = open_socket(args.out), open_socket(args.back)
    if not probe(out, back, 10):
        print(f"{args.out} -> {args.back}: no frame came through in 10 s")
        return 1
    error = exchange(out, back, args)
    if error is not None:
        print(f"{args.out} -> {args.back}: {error}")
        return 1
    print(f"{args.out} -> {args.back}: {args.count} frames came back as they were sent")
    return 0


if __name__ == "__main__":
    sys.exit(main())
