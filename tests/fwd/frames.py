#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The Labyrinth authors
"""What a forward mode may change in a frame, checked on captures.

check io SENT GOT            nothing
check macswap SENT GOT       source and destination address exchanged
check mac SENT GOT PEER      PEER as destination, one other address as source
check txonly GOT PEER        generated frames for PEER, checksums right
"""

import os
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "system"))
from pcap_tool import packets  # noqa: E402


def address(text):
    return bytes(int(part, 16) for part in text.split(":"))


def checksum(data):
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return total


def check_forwarded(mode, sent, got, peer):
    if not sent or len(sent) != len(got):
        return f"{len(sent)} frames sent, {len(got)} got"
    sources = set()
    for number, (before, after) in enumerate(zip(sent, got)):
        expected = before[:12]
        if mode == "macswap":
            expected = before[6:12] + before[:6]
        elif mode == "mac":
            sources.add(after[6:12])
            expected = peer + after[6:12]
        if after[:12] != expected:
            return f"frame {number}: addresses {after[:12].hex()}, expected {expected.hex()}"
        if after[12:] != before[12:]:
            return f"frame {number}: changed behind the addresses"
    if mode == "mac" and (len(sources) != 1 or sources == {bytes(6)}):
        return f"{len(sources)} different source addresses, or none"
    return None


def check_generated(got, peer):
    if not got:
        return "no frame"
    for number, frame in enumerate(got):
        if len(frame) != 64 or frame[:6] != peer or frame[12:14] != b"\x08\x00":
            return f"frame {number}: not an IPv4 frame of 64 bytes for {peer.hex()}"
        if checksum(frame[14:34]) != 0xFFFF:
            return f"frame {number}: wrong IPv4 checksum"
        if frame[23] != 17 or struct.unpack(">H", frame[16:18])[0] != 50:
            return f"frame {number}: no UDP, or a wrong length"
        if struct.unpack(">H", frame[38:40])[0] != 30:
            return f"frame {number}: wrong UDP length"
    if len({frame[34:36] for frame in got}) < 2:
        return "all frames have the same source port"
    return None


def main():
    words = sys.argv[1:]
    if words[:2] == ["check", "txonly"] and len(words) == 4:
        wrong = check_generated(list(packets(words[2])), address(words[3]))
    elif words[:1] == ["check"] and len(words) in (4, 5):
        peer = address(words[4]) if len(words) == 5 else None
        wrong = check_forwarded(words[1], list(packets(words[2])), list(packets(words[3])), peer)
    else:
        sys.exit(__doc__)
    if wrong is not None:
        sys.exit(f"{words[1]}: {wrong}")


if __name__ == "__main__":
    main()
