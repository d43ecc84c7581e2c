#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The Labyrinth authors
"""Does /labyrinth/held tell what tests/telemetry/holder.c has done?

    held.py SOURCE few|few-untraced|few-fast|many|called  <ANSWER

Says what is wrong; exit status 1 then.
"""

import json
import re
import sys


def lines(source):
    """The marked lines of the source, by mark."""
    marks = {}
    with open(source, encoding="ascii") as file:
        for number, text in enumerate(file, 1):
            mark = re.search(r"/\* LINE (\w+) \*/", text)
            if mark:
                marks[mark.group(1)] = number
    return marks


def groups(pool):
    """Frames of each group by lcore and place."""
    sites = pool.get("owner_site", [""] * len(pool["owner_lcore"]))
    found = {}
    for lcore, site, frames in zip(pool["owner_lcore"], sites, pool["owner_frames"], strict=True):
        assert (lcore, site) not in found, f"twice: lcore {lcore}, {site}"
        found[lcore, re.sub(r" at .*/", " at ", site)] = frames
    return found


def place(function, marks, mark):
    """As telemetry tells it, without the directory."""
    return f"{function}() at holder.c:{marks[mark]}"


def check_few(pool, marks):
    """Two places, one of them on two lcores."""
    here, there = place("keep_here", marks, "here"), place("keep_there", marks, "there")
    assert pool["known"] == 1 and pool["owned"] == 200 and pool["unlisted"] == 0
    assert groups(pool) == {(0, here): 100, (0, there): 70, (1, here): 30}
    assert pool["owner_frames"] == [100, 70, 30], "the largest comes first"
    assert len(set(pool["owner_pid"])) == 1
    assert {re.sub(r" at .*/", " at ", site) for site in pool["site"]} <= {here, there}
    assert len(pool["site"]) == len(pool["address"]) == 16
    assert max(pool["owner_oldest_ms"]) == pool["age_ms"][0]


def check_few_untraced(pool, _):
    """Who is known, where is not."""
    assert pool["owned"] == 200 and pool["unlisted"] == 0
    assert groups(pool) == {(0, ""): 170, (1, ""): 30}
    assert "owner_site" not in pool and "site" not in pool


def check_few_fast(pool, _):
    """Nobody knows whose they are."""
    assert pool["known"] == 0 and pool["owned"] == 200 and pool["unlisted"] == 200
    assert groups(pool) == {} and pool["address"] == []


def check_many(pool, _):
    """More places than are told, the smallest are left out; the longest answer is whole."""
    assert pool["owned"] == sum(range(60)) and pool["unlisted"] == sum(range(12))
    assert pool["owner_frames"] == list(range(59, 11, -1))
    for frames, site in zip(pool["owner_frames"], pool["owner_site"], strict=True):
        assert re.match(rf"\.\.\._.*_{frames}\(\) at \S*holder\.c:\d+$", site), site
    for name in ("owner_lcore", "owner_pid", "owner_oldest_ms"):
        assert len(pool[name]) == 48, name
    for name in ("address", "lcore", "pid", "age_ms", "site"):
        assert len(pool[name]) == 64, name


def check_called(pool, marks):
    """What a function of DPDK asks for is told of by who called that."""
    assert groups(pool) == {(0, place("keep_called", marks, "called")): 20,
                            (0, place("keep_called_again", marks, "again")): 10}


def main():
    pool = json.load(sys.stdin)["/labyrinth/held"]
    try:
        globals()["check_" + sys.argv[2].replace("-", "_")](pool, lines(sys.argv[1]))
    except AssertionError as wrong:
        print(f"held.py: {wrong}: {pool}"[:2000], file=sys.stderr)
        raise


if __name__ == "__main__":
    main()
