#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The Labyrinth authors
"""Do the figures of telemetry add up, in every sample?

Reads what dpdk-telemetry.py printed, one answer a line, and says per command
how many answers were good; exit status 1 when one was not, or when a command
named as an argument was never answered.
"""

import collections
import json
import sys

COUNTERS = ("refills", "flushes", "steals", "failures", "violations")
problems = []
answers = collections.Counter()
before = {}


def check(truth, text):
    """Remember what is wrong."""
    if not truth:
        problems.append(text)


def gauges(command, pool):
    """The four gauges are all frames, the peak is a peak, counters do not fall."""
    total = sum(pool[g] for g in ("available", "cached", "used", "quarantined"))
    check(total == pool["size"], f"{command}: {total} of {pool['size']} frames: {pool}")
    check(pool["used"] <= pool["peak"] <= pool["size"], f"{command}: peak: {pool}")
    last = before.get(pool["name"], pool)
    for counter in COUNTERS + ("peak",):
        check(pool[counter] >= last[counter], f"{command}: {counter} fell: {last} {pool}")
    before[pool["name"]] = pool


def check_pool(pool):
    """/labyrinth/pool"""
    gauges("pool", pool)


def check_lanes(pool):
    """/labyrinth/lanes: counters of the lanes are those of the pool."""
    gauges("lanes", pool)
    lanes = [v for v in pool.values() if isinstance(v, dict)]
    check(lanes and pool["next"] == pool["lanes"], f"lanes: {pool}")
    for counter in ("refills", "flushes", "steals", "failures"):
        check(sum(lane[counter] for lane in lanes) == pool[counter], f"lanes: {counter}: {pool}")


def check_window(pool):
    """/labyrinth/window: pages are in the window, aligned, never neighbours."""
    pages = sorted(pool["address"])
    length = pool["slot_len"]
    end = pool["entrance"] + pool["slots"] * length
    if pool["backing"] == "maze":
        check(pages and all(pool["entrance"] <= p < end and p % length == 0 for p in pages),
              f"window: {pool}")
        check(all(b - a > length for a, b in zip(pages, pages[1:])), f"window: no wall: {pool}")


def check_map(pool):
    """/labyrinth/map: arrays of one length, states that exist."""
    count = pool["next"] - pool["first"]
    check(len(set(pool["address"])) == count > 0, f"map: {count} frames")
    for name in ("state", "lcore", "pid", "age_ms", "room", "position"):
        check(len(pool[name]) == count, f"map: {name}: {len(pool[name])} of {count}")
    check(set(pool["state"]) <= {0, 1, 2, 3, 4}, "map: states")


def check_order(pool):
    """/labyrinth/order: frames, each once, unless it is drawn at each get."""
    if not pool["known"]:
        check(pool["address"] == [], "order: unknown, and yet told")
        return
    # A frame that moves meanwhile may be seen twice, but not most of them.
    check(len(set(pool["address"])) * 2 > len(pool["address"]) > 0, "order: the same frames")


def check_held(pool):
    """/labyrinth/held: the owners have what is owned, the oldest frames come first."""
    check(sum(pool["owner_frames"]) + pool["unlisted"] == pool["owned"], f"held: {pool}")
    check(pool["age_ms"] == sorted(pool["age_ms"], reverse=True), f"held: order: {pool}")
    check(len(pool["address"]) <= pool["owned"], f"held: {pool}")
    if pool["owner_oldest_ms"]:
        check(max(pool["owner_oldest_ms"]) == pool["age_ms"][0], f"held: oldest: {pool}")


def main():
    checks = {f"/labyrinth/{name[6:]}": fn for name, fn in globals().items()
              if name.startswith("check_")}
    for line in sys.stdin:
        try:
            answer = json.loads(line)
        except ValueError:
            problems.append(f"not JSON: {line[:200]}")
            continue
        for command, value in answer.items():
            check(value is not None, f"{command}: no answer")
            if value is not None and command in checks:
                checks[command](value)
            answers[command] += 1
    for command in sys.argv[1:]:
        check(answers[command] > 0, f"{command}: never answered")
    print(", ".join(f"{n} of {c}" for c, n in sorted(answers.items())))
    for problem in problems[:5]:
        print(problem[:400], file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
