#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The Labyrinth authors
"""What a file of labyrinth-fwd --nic-report says, checked; docs/nics.md tells its format.

report.py FILE sections END        all sections are there in order, and this is the end
report.py FILE rows                each table has a row for each pool, in order
report.py FILE medians             [rates] is what [turns] comes to
report.py FILE forwarded           all rows have figures, and they are possible
report.py FILE circulated          packets were made, and found whole at the end
report.py FILE outside             none was made
report.py FILE no_errors           no errors are counted
report.py FILE regions             as many as the halls of each pool make
report.py FILE ports DRIVER        two, each of this driver and with a link
report.py FILE iova MODE           this is the IOVA mode
report.py FILE faults N            so many in all, or "unknown"
report.py FILE failed N WORDS      so many rows are not made, for that reason
report.py FILE telemetry SEEN      pools are what pools_seen.py has seen
"""

import json
import re
import statistics
import sys

POOLS = ["ring_mp_mc"] + [f"{profile},{memory}" for profile in ("fast", "guard")
                          for memory in ("halls=auto", "halls=1", "halls=64", "backing=eal")]
ERRORS = ("tx_drops", "rx_nombuf", "imissed", "ierrors", "oerrors", "violations", "missing")


class Report:
    def __init__(self, path):
        self.sections, name = {}, None
        with open(path, encoding="utf-8") as file:
            lines = file.read().splitlines()
        assert lines[0] == "labyrinth-nic-report 1", lines[0]
        for line in lines[1:]:
            header = re.fullmatch(r"\[([a-z]+(?: [0-9a-z]+)?)\]", line)
            if header:
                name = header.group(1)
                assert name not in self.sections, f"{name} twice"
                self.sections[name] = []
            elif name is not None and line:
                self.sections[name].append(line)
        # It belongs to no section.
        self.end = self.sections[name].pop()
        assert self.end == lines[-1]

    def table(self, name):
        lines = self.sections[name]
        columns = lines[0].split()
        # The last column may have blanks.
        rows = [dict(zip(columns, line.split(None, len(columns) - 1))) for line in lines[1:]]
        assert all(len(row) == len(columns) for row in rows), f"{name}: a row is cut off"
        return rows

    def measured(self):
        return [row for row in self.table("rates") if row["rounds"] != "0"]


def sections(report, end):
    ports = [name for name in report.sections if name.startswith("port ")]
    assert ports == [f"port {i}" for i in range(len(ports))] and ports, ports
    expected = ["software", "machine", "doctor"] + ports + ["setup", "turns", "pools", "rates",
                                                            "errors", "counters"]
    found = [name for name in report.sections if name != "kernel log"]
    assert found == expected, found
    assert report.end == f"end: {end}", report.end
    for name in ["software", "machine", "doctor", "setup"] + ports:
        assert all(": " in line for line in report.sections[name]), name


def rows(report):
    for table in ("pools", "rates", "errors"):
        names = [row["pool"] for row in report.table(table)]
        assert names == POOLS, (table, names)


def near(told, right, step):
    return abs(float(told) - right) <= step * 0.51


def medians(report):
    turns = report.table("turns")
    for row in report.measured():
        mine = [turn for turn in turns if turn["pool"] == row["pool"] and turn["packets/s"] != "-"]
        assert len(mine) == int(row["rounds"]) > 0, row
        rates = [float(turn["packets/s"]) for turn in mine]
        assert near(row["packets/s"], statistics.median(rates), 2), row
        assert float(row["lowest"]) == min(rates) and float(row["highest"]) == max(rates), row
        for column, step in (("cycles/packet", 0.2), ("packets/burst", 0.2), ("get_cycles", 2)):
            right = statistics.median(float(turn[column]) for turn in mine)
            assert near(row[column], right, step), (row, column, right)
    first = float(report.table("rates")[0]["packets/s"])
    for row in report.measured():
        # Lcores of a busy machine may get no time at all.
        right = float(row["packets/s"]) / first if first > 0 else 0
        # What is told of either rate is rounded, too.
        assert near(row["ratio"], right, 0.002 + 2 * (1 + right) / max(first, 1)), row


def forwarded(report):
    assert len(report.measured()) == len(POOLS)
    rounds = re.search(r"rounds: (\d+)", "\n".join(report.sections["setup"])).group(1)
    for row in report.measured():
        assert row["rounds"] == rounds, row
        assert float(row["packets/s"]) > 0 and float(row["cycles/packet"]) > 0, row
        assert 1 <= float(row["packets/burst"]) <= 32 and float(row["get_cycles"]) > 0, row


def circulated(report):
    for row in report.table("errors"):
        made, left, drops = (int(row[name]) for name in ("made", "left", "tx_drops"))
        assert made > 0 and left == made - drops, row
        assert int(row["intact"]) == left, row


def outside(report):
    for row in report.table("errors"):
        assert row["made"] == row["left"] == row["intact"] == "0", row


def no_errors(report):
    for row in report.table("errors"):
        # A ring takes no more than it has room for: packets made again may be too many.
        names = ERRORS if row["again"] == "0" else ERRORS[1:]
        assert all(row[name] == "0" for name in names), row
    assert report.table("counters") == []


def values(report, name, what):
    """Of sections whose names begin with this."""
    return [line.split(": ", 1)[1] for section, lines in report.sections.items()
            if section.startswith(name) for line in lines if line.startswith(f"{what}: ")]


def regions(report):
    # One on each node that a port is on, with a token of EAL's.
    pools = len(set(values(report, "port", "NUMA node")))
    physical = values(report, "software", "IOVA mode") == ["PA"]
    for row in report.table("pools"):
        pages, halls, chunks, told = (int(row[name]) for name in ("pages", "halls", "chunks", "regions"))
        if row["backing"] != "maze":
            assert halls == 0 and 1 <= told <= chunks, row
            continue
        asked = re.search(r"halls=(\d+)", row["pool"])
        # Small pages lie together, 2 MiB of them.
        most = pages * int(row["page_kB"]) // max(int(row["page_kB"]), 2048)
        assert asked is None or halls == min(int(asked.group(1)) * pools, most), row
        assert pools <= halls and told == halls + pools, row
        assert chunks == (pages if physical else halls) + pools, row


def ports(report, driver):
    assert values(report, "port", "driver") == [driver] * 2
    assert all(link.startswith("up, ") for link in values(report, "port", "link"))
    for name in ("PCI id", "kernel driver", "firmware", "link", "queues", "traffic"):
        assert len(values(report, "port", name)) == 2, name


def iova(report, mode):
    assert values(report, "software", "IOVA mode") == [mode]


def faults(report, number):
    told = [row["dma_faults"] for row in report.table("errors")]
    if number == "unknown":
        assert set(told) == {"-"}, told
    else:
        assert sum(map(int, told)) == int(number), told


def failed(report, number, words):
    pools = [row for row in report.table("pools") if row["backing"] == "-"]
    assert len(pools) == int(number), len(pools)
    assert all(row["why"].startswith("not made: ") and words in row["why"] for row in pools), pools
    names = {row["pool"] for row in pools}
    # Those are not measured, and all others are.
    assert {row["pool"] for row in report.table("rates") if row["packets/s"] == "-"} == names


def key(profile, backing, halls):
    return f"{profile} {backing} {halls}"


def telemetry(report, path):
    with open(path, encoding="utf-8") as file:
        seen = {key(pool["profile"], pool["backing"], pool["halls"]): pool for pool in json.load(file)}
    compared = set()
    for row in report.table("pools")[1:]:
        pool = seen.get(key(row["pool"].split(",")[0], row["backing"], row["halls"]))
        # Turns are short: one may pass unseen, but not all of a kind.
        if pool is None:
            continue
        compared.add(row["pool"])
        assert int(row["chunks"]) == pool["chunks"] and int(row["pages"]) == pool["pages"], (row, pool)
        assert int(row["mbufs"]) == pool["size"], (row, pool)
        if row["backing"] == "maze":
            assert int(row["page_kB"]) * 1024 == pool["page_size"], (row, pool)
            # EAL's token is one more.
            assert int(row["regions"]) == pool["halls"] + 1, (row, pool)
    assert len(compared) >= 6, f"only {sorted(compared)} were seen: {sorted(seen)}"


def main():
    path, what, *arguments = sys.argv[1:]
    {check.__name__: check for check in (sections, rows, medians, forwarded, circulated, outside,
                                         no_errors, regions, ports, iova, faults, failed, telemetry)}[what](
        Report(path), *arguments)


if __name__ == "__main__":
    main()
