#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The Labyrinth authors
"""Small pools as labyrinth-map --save writes them, good ones and broken ones.

    saved.py DIRECTORY           writes good.json, larger.json, wide.json
    saved.py --bad DIRECTORY     writes broken files; prints "FILE<tab>what is to be said"
    saved.py --svg FILE WHAT     prints a count of shapes: walls, pages, free, owned
"""

import copy
import json
import os
import re
import sys
import xml.etree.ElementTree

SLOT = 2 << 20
STRIDE = 2368
BASE = 0x4000000000
# Of labyrinth-map, as SVG tells colours.
COLOURS = {"walls": 0x3d4258, "pages": 0xfffdf5, "free": 0x8fbbe6, "owned": 0xe8590c}
# In a style, or from cairo 1.18 on in an attribute.
FILL = re.compile(r"rgb\(([\d.]+)%, ?([\d.]+)%, ?([\d.]+)%\)")


def pool(frames, owned, slots=64):
    """A maze of every third slot."""
    pages = [BASE + i * SLOT for i in range(1, slots - 1, 3)]
    address = [pages[i % len(pages)] + i // len(pages) * STRIDE for i in range(frames)]
    return {
        "name": "saved", "handler": "labyrinth", "backing": "maze", "entrance": BASE,
        "slots": slots, "slot_len": SLOT, "frame_stride": STRIDE, "size": frames, "sampled": 1,
        "piece_address": pages, "piece_len": [SLOT] * len(pages), "address": address,
        "state": [3 if i < owned else 1 for i in range(frames)], "lcore": [1] * frames,
        "pid": [1] * frames, "age_ms": [5] * frames, "order_known": 1, "order_lcore": -1,
        "order": address[owned:owned + 20],
    }


def write(directory, name, pools):
    """One file."""
    with open(os.path.join(directory, name), "w", encoding="ascii") as file:
        json.dump({"labyrinth-map": 1, "pools": pools}, file)


def good(directory):
    """Files that can be drawn."""
    write(directory, "good.json", [pool(500, 40)])
    write(directory, "larger.json", [pool(600, 70)])
    # More slots than the picture has room for frames.
    write(directory, "wide.json", [pool(50000, 90, 10000), pool(500, 40)])


def bad(directory):
    """Files that cannot."""
    def change(file, said, **values):
        one = pool(50, 4)
        for key, value in values.items():
            if value is None:
                del one[key]
            else:
                one[key] = value
        write(directory, file, [one])
        print(f"{file}\t{said}")

    change("no_frames.json", '"address" is no array', address=[])
    change("no_numbers.json", '"address" is no array of numbers', address=["x"] * 50)
    change("negative.json", '"address" is no array of numbers', address=[-5] * 50)
    change("short_state.json", '"state" is no array of the length', state=[1])
    change("odd_state.json", '"state" is no array of states', state=[9] * 50)
    change("outside.json", '"address" is an address outside', address=list(range(1, 51)))
    change("no_name.json", '"name" is no word', name=7)
    change("no_stride.json", '"frame_stride" is no number', frame_stride=None)
    change("many_slots.json", '"slots" is out of range', slots=1 << 40)
    change("tiny_slots.json", '"slot_len" is less', slot_len=1)
    change("bad_order.json", '"order" is no array', order=[0.5])
    write(directory, "no_pool.json", [])
    print("no_pool.json\tnot what labyrinth-map --save writes")
    write(directory, "no_object.json", [3])
    print("no_object.json\ta pool is no JSON object")
    for name, text in (("empty.json", ""), ("cut.json", json.dumps(pool(5, 1))[:100]),
                       ("binary.json", "\x01\x02\x03")):
        with open(os.path.join(directory, name), "w", encoding="ascii") as file:
            file.write(text)
        print(f"{name}\tcannot be read as JSON")
    with open(os.path.join(directory, "other.json"), "w", encoding="ascii") as file:
        json.dump(copy.deepcopy(pool(5, 1)), file)
    print("other.json\tnot what labyrinth-map --save writes")


def shapes(file, what):
    """Rectangles of that colour, but for the one in the legend."""
    colour = COLOURS[what]
    wanted = [(colour >> shift & 255) / 255 * 100 for shift in (16, 8, 0)]
    count = told = 0
    for element in xml.etree.ElementTree.parse(file).getroot().iter():
        style = re.sub(r"stroke:[^;]*", "", element.get("style") or "")
        match = FILL.search(element.get("fill") or style)
        told += match is not None
        if match and all(abs(float(p) - w) < 0.01 for p, w in zip(match.groups(), wanted)):
            count += (element.get("d") or "").count("Z")
    return count - (what != "pages") if told > 0 else "no colour is told"


if __name__ == "__main__":
    if sys.argv[1] == "--bad":
        bad(sys.argv[2])
    elif sys.argv[1] == "--svg":
        print(shapes(sys.argv[2], sys.argv[3]))
    else:
        good(sys.argv[1])
