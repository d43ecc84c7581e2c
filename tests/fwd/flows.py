#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The Labyrinth authors
"""Frames with IP in them, and what the modes that look at it do with them.

make FILE                    UDP and TCP over IPv4 and IPv6, tagged, fragments, broken ones
spoil FILE FILE              the same with all checksums wrong
make-icmp FILE               pings, ARP requests and what gets no answer
check 5tswap SENT GOT        source and destination exchanged, nothing else
check csum SENT GOT PEER     SENT (before it was spoilt) with PEER as destination
check icmpecho SENT GOT      an answer to each question, nothing else
check flowgen GOT PEER       generated frames, many destinations, checksums right
"""

import os
import random
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "system"))
from pcap_tool import FILE_HEADER, LINKTYPE_ETHERNET, MAGICS, RECORD_HEADER, packets  # noqa: E402

UDP, TCP, ICMP = 17, 6, 1
MACS = bytes.fromhex("020000000001") + bytes.fromhex("020000000002")


def write(path, frames):
    with open(path, "wb") as file:
        file.write(FILE_HEADER.pack(MAGICS[0], 2, 4, 0, 0, 65535, LINKTYPE_ETHERNET))
        for number, frame in enumerate(frames):
            file.write(RECORD_HEADER.pack(number, 0, len(frame), len(frame)) + frame)


def fold(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return total


def put16(data, at, value):
    return data[:at] + struct.pack(">H", value) + data[at + 2 :]


class Frame:
    """Where the headers of a frame lie, found by means of our own."""

    def __init__(self, data):
        self.data, self.l3, self.l4, self.protocol, self.version = data, 14, None, None, None
        kind = data[12:14]
        while kind in (b"\x81\x00", b"\x88\xa8"):
            kind = data[self.l3 + 2 : self.l3 + 4]
            self.l3 += 4
        if kind == b"\x08\x00" and len(data) >= self.l3 + 20 and data[self.l3] & 15 >= 5:
            self.version, self.protocol = 4, data[self.l3 + 9]
            fragment = struct.unpack(">H", data[self.l3 + 6 : self.l3 + 8])[0]
            self.fragment = fragment & 0x3FFF
            if fragment & 0x1FFF == 0:
                self.l4 = self.l3 + (data[self.l3] & 15) * 4
            self.payload = struct.unpack(">H", data[self.l3 + 2 : self.l3 + 4])[0]
            self.payload -= (data[self.l3] & 15) * 4
            self.pseudo = data[self.l3 + 12 : self.l3 + 20]
        elif kind == b"\x86\xdd" and len(data) >= self.l3 + 40:
            self.version, self.protocol, self.fragment = 6, data[self.l3 + 6], 0
            self.l4 = self.l3 + 40
            self.payload = struct.unpack(">H", data[self.l3 + 4 : self.l3 + 6])[0]
            self.pseudo = data[self.l3 + 8 : self.l3 + 40]
        if self.l4 is not None and self.l4 >= len(data):
            self.l4 = None

    def sum_at(self):
        return self.l4 + {UDP: 6, TCP: 16}[self.protocol]

    def has_ports(self):
        return self.l4 is not None and self.protocol in (UDP, TCP) and self.l4 + 4 <= len(self.data)

    def has_sum(self):
        room = {UDP: 8, TCP: 20}.get(self.protocol)
        if self.l4 is None or room is None or self.l4 + room > len(self.data) or self.fragment:
            return False
        return self.protocol != UDP or self.version != 4 or self.data[self.sum_at() : self.sum_at() + 2] != b"\0\0"

    def summed(self):
        """The frame with the checksums it should have."""
        data = self.data
        if self.version == 4 and self.l4 is not None:
            data = put16(data, self.l3 + 10, 0)
            data = put16(data, self.l3 + 10, 0xFFFF ^ fold(data[self.l3 : self.l4]))
        if self.has_sum():
            data = put16(data, self.sum_at(), 0)
            body = data[self.l4 : self.l4 + self.payload]
            if self.payload > len(data) - self.l4:
                return data
            value = 0xFFFF ^ fold(self.pseudo + struct.pack(">HH", self.protocol, self.payload) + body)
            data = put16(data, self.sum_at(), value or (0xFFFF if self.protocol == UDP else 0))
        return data


def l4_of(rng, protocol, size):
    ports = struct.pack(">HH", rng.randint(1, 65535), rng.randint(1, 65535))
    if protocol == UDP:
        return ports + struct.pack(">HH", size, 1) + rng.randbytes(size - 8)
    return ports + rng.randbytes(8) + b"\x50\x10" + rng.randbytes(2) + b"\0\1\0\0" + rng.randbytes(size - 20)


def ip4(rng, protocol, l4, fragment=0, options=0):
    head = struct.pack(">BBHHHBBH", 0x45 + options, 0, 20 + 4 * options + len(l4), rng.randint(0, 65535),
                       fragment, 64, protocol, 0)
    return b"\x08\x00" + head + rng.randbytes(8) + b"\x01" * (4 * options) + l4


def ip6(rng, protocol, l4):
    return b"\x86\xdd\x60\0\0\0" + struct.pack(">HBB", len(l4), protocol, 64) + rng.randbytes(32) + l4


def make(path):
    rng, frames = random.Random(6), []
    for number in range(300):
        protocol = (UDP, TCP)[number % 2]
        l4 = l4_of(rng, protocol, rng.randint(20, 1400))
        body = (ip4(rng, protocol, l4), ip6(rng, protocol, l4), ip4(rng, protocol, l4, 0, 3),
                ip4(rng, protocol, l4, 0x2000), ip4(rng, protocol, l4, 0x00B9))[number % 5]
        if number % 7 == 0:
            body = b"\x81\x00\x00\x2a" + body
        if number % 21 == 0:
            body = b"\x88\xa8\x00\x07" + body
        frames.append(MACS + body)
    whole = MACS + ip4(rng, UDP, l4_of(rng, UDP, 100))
    # UDP without a checksum; headers cut off at every place; a length beyond the end.
    frames.append(put16(whole, 14 + 20 + 6, 0))
    frames += [whole[:cut] for cut in range(15, 60)]
    frames.append(put16(whole, 16, 65535))
    frames.append(MACS + b"\x08\x00" + b"\x44" + rng.randbytes(50))
    frames = [f.ljust(20, b"\0") if len(f) < 20 else f for f in frames]
    write(path, [Frame(f).summed() for f in frames])


def spoil(source, path):
    """Any checksum becomes another one, but one that is absent stays so."""
    spoilt = []
    for data in packets(source):
        frame = Frame(data)
        if frame.version == 4 and frame.l4 is not None:
            data = put16(data, frame.l3 + 10, 0xDEAD)
        if frame.has_sum():
            data = put16(data, frame.sum_at(), 0xBEEF)
        spoilt.append(data)
    write(path, spoilt)


def swapped(data):
    frame = Frame(data)
    data = data[6:12] + data[:6] + data[12:]
    if frame.version is not None:
        at, size = (frame.l3 + 12, 4) if frame.version == 4 else (frame.l3 + 8, 16)
        data = data[:at] + data[at + size : at + 2 * size] + data[at : at + size] + data[at + 2 * size :]
    if frame.has_ports():
        at = frame.l4
        data = data[:at] + data[at + 2 : at + 4] + data[at : at + 2] + data[at + 4 :]
    return data


def ping(rng, kind, code=0):
    icmp = bytes([kind, code, 0, 0]) + rng.randbytes(rng.randint(5, 900))
    icmp = put16(icmp, 2, 0xFFFF ^ fold(icmp))
    frame = MACS + ip4(rng, ICMP, icmp)
    return Frame(frame).summed()


def make_icmp(path):
    rng, frames = random.Random(8), []
    for number in range(60):
        frames.append(ping(rng, 8))
        frames.append(ping(rng, (0, 3, 11)[number % 3]))
        frames.append(ping(rng, 8, 1))
        frames.append(b"\xff" * 6 + MACS[6:] + b"\x08\x06\0\1\x08\0\6\4\0" + bytes([1 + number % 2])
                      + MACS[6:] + rng.randbytes(4) + bytes(6) + rng.randbytes(4) + bytes(18))
        frames.append(MACS + ip4(rng, UDP, l4_of(rng, UDP, 100)))
    write(path, frames)


def answer(data, own):
    """What must come back, or None."""
    if data[12:14] == b"\x08\x06":
        if data[21] != 1:
            return None
        return (data[6:12] + own + data[12:21] + b"\2" + own + data[38:42] + data[22:28] + data[28:32]
                + data[42:])
    frame = Frame(data)
    if frame.protocol != ICMP or data[frame.l4 : frame.l4 + 2] != b"\x08\0":
        return None
    icmp = put16(b"\0" + data[frame.l4 + 1 :], 2, 0)
    icmp = put16(icmp, 2, 0xFFFF ^ fold(icmp[: frame.payload]))
    at = frame.l3 + 12
    return data[6:12] + data[:6] + data[12:at] + data[at + 4 : at + 8] + data[at : at + 4] + icmp


def compare(expected, got):
    if not expected or len(expected) != len(got):
        return f"{len(expected)} frames expected, {len(got)} got"
    for number, (a, b) in enumerate(zip(expected, got)):
        if a != b:
            return f"frame {number}:\n expected {a.hex()[:200]}\n got      {b.hex()[:200]}"
    return None


def check_flowgen(got, peer):
    if len(got) < 2000:
        return f"only {len(got)} frames"
    for number, data in enumerate(got):
        if data[:6] != peer or len(data) != 64 or fold(data[14:34]) != 0xFFFF:
            return f"frame {number}: {data.hex()}"
    flows = len({data[30:34] for data in got})
    return None if flows == 1024 else f"{flows} destinations"


def complete(path):
    """All packets of a capture that may be cut off in the middle of one."""
    frames = []
    try:
        for frame in packets(path):
            frames.append(frame)
    except (ValueError, struct.error):
        pass
    return frames


def check(mode, words):
    if mode == "flowgen":
        return check_flowgen(complete(words[0]), bytes.fromhex(words[1].replace(":", "")))
    sent, got = list(packets(words[0])), list(packets(words[1]))
    if mode == "5tswap":
        return compare([swapped(f) for f in sent], got)
    if mode == "icmpecho":
        own = next((f[6:12] for f in got if f[12:14] == b"\x08\x06"), bytes(6))
        return compare([a for a in (answer(f, own) for f in sent) if a is not None], got)
    peer = bytes.fromhex(words[2].replace(":", ""))
    if any(f[:6] != peer for f in got):
        return "another destination than the peer"
    return compare([f[12:] for f in sent], [f[12:] for f in got])


def main():
    words = sys.argv[1:]
    if words[:1] == ["make"]:
        make(words[1])
    elif words[:1] == ["spoil"]:
        spoil(words[1], words[2])
    elif words[:1] == ["make-icmp"]:
        make_icmp(words[1])
    elif words[:1] == ["check"] and len(words) > 3:
        wrong = check(words[1], words[2:])
        if wrong is not None:
            sys.exit(f"{words[1]}: {wrong}")
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main()
