#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The Labyrinth authors
"""Captures for the tests: make one of varied frames, compare two.

make FILE COUNT [LARGEST]   random frames of 60 to LARGEST bytes
compare FILE FILE           the same packets, byte for byte, in the same order
"""

import random
import struct
import sys

FILE_HEADER = struct.Struct("<IHHiIII")
RECORD_HEADER = struct.Struct("<IIII")
MAGICS = (0xA1B2C3D4, 0xA1B23C4D)  # microseconds, nanoseconds
LINKTYPE_ETHERNET = 1


def make(path, count, largest):
    rng = random.Random(count)
    sizes = [60, 61, 63, 64, 65, 127, 128, 129, 1514, largest]
    with open(path, "wb") as file:
        file.write(FILE_HEADER.pack(MAGICS[0], 2, 4, 0, 0, 65535, LINKTYPE_ETHERNET))
        for number in range(count):
            size = sizes[number] if number < len(sizes) else rng.randint(60, largest)
            frame = rng.randbytes(12) + b"\x88\xb5" + rng.randbytes(size - 14)
            file.write(RECORD_HEADER.pack(number, 0, size, size) + frame)


def packets(path):
    with open(path, "rb") as file:
        data = file.read()
    if len(data) < FILE_HEADER.size or FILE_HEADER.unpack_from(data)[0] not in MAGICS:
        raise ValueError(f"{path}: no capture of this byte order")
    at = FILE_HEADER.size
    while at < len(data):
        _, _, captured, length = RECORD_HEADER.unpack_from(data, at)
        at += RECORD_HEADER.size
        if captured != length or at + captured > len(data):
            raise ValueError(f"{path}: packet cut short at byte {at}")
        yield data[at : at + captured]
        at += captured


def compare(first, second):
    ours, theirs = list(packets(first)), list(packets(second))
    if not ours:
        return f"{first} holds no packet"
    if len(ours) != len(theirs):
        return f"{first} holds {len(ours)} packets, {second} {len(theirs)}"
    for number, (a, b) in enumerate(zip(ours, theirs)):
        if a != b:
            return f"packet {number} differs: {len(a)} and {len(b)} bytes"
    print(f"{len(ours)} packets of {min(map(len, ours))} to {max(map(len, ours))} bytes are the same")
    return None


def main():
    words = sys.argv[1:]
    if len(words) in (3, 4) and words[0] == "make":
        make(words[1], int(words[2]), int(words[3]) if len(words) == 4 else 1514)
        return 0
    if len(words) == 3 and words[0] == "compare":
        try:
            error = compare(words[1], words[2])
        except (OSError, ValueError, struct.error) as problem:
            error = str(problem)
        if error is not None:
            print(error)
        return 0 if error is None else 1
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
