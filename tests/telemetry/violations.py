#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The Labyrinth authors
"""Does /labyrinth/violations tell what tests/telemetry/holder.c has done wrong?

    violations.py SOURCE PID BUFFER SINCE traced|untraced  <ANSWER

BUFFER is the address the program printed, SINCE a time before it, in seconds.
"""

import datetime
import json
import re
import sys
import time

from held import lines, place

FIELDS = {"pool", "kind", "time", "pid", "pointer", "frame", "lcore", "allocated_by", "freed_by",
          "site", "allocated_at", "freed_at"}


def check_common(report, number, pid, since):
    """What every report tells."""
    assert set(report) == FIELDS, f"report_{number}: {sorted(report)}"
    assert report["pool"] == "rx" and report["pid"] == pid and report["lcore"] == 0, report
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", report["time"]), report
    when = datetime.datetime.fromisoformat(report["time"][:-1] + "+00:00").timestamp()
    assert since <= when <= time.time(), f"{report['time']} is not between start and now"


def main():
    source, pid, buffer, since, traced = sys.argv[1:]
    marks = lines(source)
    answer = json.load(sys.stdin)["/labyrinth/violations"]
    assert answer["violations"] == 2, answer
    assert list(answer) == ["violations", "report_2", "report_1"], "newest first"
    for number in (1, 2):
        check_common(answer[f"report_{number}"], number, int(pid), float(since))
    double, interior = answer["report_1"], answer["report_2"]
    assert double["kind"] == "double free" and "interior" in interior["kind"]
    assert double["pointer"] == double["frame"] == interior["frame"] == buffer
    assert interior["pointer"] == hex(int(buffer, 16) + 64)
    assert re.sub(r" at .*/", " at ", interior["site"]) == place("twice", marks, "interior"), interior
    places = {name: re.sub(r" at .*/", " at ", double[name]) for name in ("site", "allocated_at", "freed_at")}
    known = traced == "traced"
    assert places == {
        "site": place("second_free", marks, "second"),
        "allocated_at": place("twice", marks, "twice") if known else "",
        "freed_at": place("first_free", marks, "first") if known else "",
    }, places


if __name__ == "__main__":
    main()
