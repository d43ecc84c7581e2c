#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The Labyrinth authors
"""endpoint_test.py ENDPOINT: what the endpoint makes of answers that are rare."""

import importlib.util
import sys

POOL = {
    "name": "p", "size": 10, "available": 1, "cached": 2, "quarantined": 3, "used": 4, "peak": 5,
    "frame_stride": 6, "window_len": 7, "footprint": 8, "refills": 9, "flushes": 10, "steals": 11,
    "failures": 12, "injected": 13, "violations": 14,
}
HELD = {
    "known": 1, "owner_lcore": [-1, 3], "owner_pid": [7, 8], "owner_frames": [1, 3],
    "owner_oldest_ms": [1500, 2],
}


class Telemetry:
    def __init__(self, **answers):
        self.answers = answers

    def cmd(self, uri, arg=None):
        command = uri.rsplit("/", 1)[1]
        answer = self.answers.get(command)
        return answer.get(arg.split(",")[0]) if arg is not None and answer else answer


def main():
    spec = importlib.util.spec_from_file_location("labyrinth", sys.argv[1])
    endpoint = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(endpoint)
    names = set(endpoint.info())

    def found(**answers):
        samples = endpoint.metrics(Telemetry(**answers))
        assert {name for name, _, _ in samples} <= names
        assert [name for name, _, _ in samples] == sorted(name for name, _, _ in samples)
        return {(name, *labels.values()): value for name, value, labels in samples}

    seen = {"violations": 2}
    assert found(list=None) == {}
    assert found(list=[], violations=seen) == {("process_violations_total",): 2}
    # Freed between two questions.
    assert found(list=["gone"], pool={}, held={}, violations=seen) == {("process_violations_total",): 2}
    all_of_it = found(list=["p"], pool={"p": POOL}, held={"p": HELD}, violations=seen)
    assert all_of_it[("used_frames", "p")] == 4 and all_of_it[("violations_total", "p")] == 14
    assert all_of_it[("owner_frames", "p", -1, 7)] == 1
    assert all_of_it[("owner_oldest_seconds", "p", -1, 7)] == 1.5
    assert all_of_it[("owner_frames", "p", 3, 8)] == 3
    assert not any(key[0].startswith("patrol") for key in all_of_it)
    # Places of one owner are one sample, not several of the same labels.
    traced = {"known": 1, "owner_lcore": [3, 3, 4], "owner_pid": [8, 8, 8], "owner_frames": [5, 2, 1],
              "owner_oldest_ms": [10, 3000, 20], "owner_site": ["a", "b", "a"]}
    samples = endpoint.metrics(Telemetry(list=["p"], pool={"p": POOL}, held={"p": traced}, violations=seen))
    assert [(value, labels["lcore"]) for name, value, labels in samples if name == "owner_frames"] == [(7, 3), (1, 4)]
    assert [value for name, value, _ in samples if name == "owner_oldest_seconds"] == [3, 0.02]
    fast = found(list=["p"], pool={"p": POOL}, held={"p": {"known": 0}}, violations=seen)
    assert ("used_frames", "p") in fast and not any(key[0].startswith("owner") for key in fast)
    patrol = {"on": 1, "rounds": 3, "findings": 1, "cpu_us": 250}
    walked = found(list=[], violations=seen, patrol=patrol)
    assert walked[("patrol_findings_total",)] == 1 and walked[("patrol_rounds_total",)] == 3
    assert walked[("patrol_cpu_seconds_total",)] == 250e-6
    assert ("patrol_rounds_total",) not in found(list=[], violations=seen, patrol={**patrol, "on": 0})


if __name__ == "__main__":
    main()
