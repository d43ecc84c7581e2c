#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The Labyrinth authors
"""
Asks a Prometheus on this machine.

prometheus.py PORT alerts             names of the alerts that fire
prometheus.py PORT query EXPRESSION   first value, or nothing
prometheus.py PORT dashboard FILE     checks a Grafana dashboard: each expression is
                                      understood and has a result, panels do not overlap
"""

import json
import sys
import urllib.error
import urllib.parse
import urllib.request


def ask(port, path, **words):
    url = f"http://127.0.0.1:{port}/api/v1/{path}?{urllib.parse.urlencode(words)}"
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return json.load(answer)["data"]
    except urllib.error.HTTPError as error:
        raise SystemExit(f"{words}: {json.load(error)['error']}")
    except OSError:
        raise SystemExit("no answer")


def expand(text):
    for word, meaning in (
        ("$__rate_interval", "9s"),
        ("$instance", ".*"),
        ("$pool", ".*"),
    ):
        text = text.replace(word, meaning)
    return text


def covered(panel):
    at = panel["gridPos"]
    return {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}


def dashboard(port, file):
    with open(file, encoding="utf-8") as text:
        board = json.load(text)
    errors = [f"no {key}" for key in ("title", "uid", "schemaVersion", "templating", "panels") if not board.get(key)]
    taken = set()
    ids = set()
    for panel in board["panels"]:
        here = covered(panel)
        if here & taken or max(x for x, _ in here) > 23:
            errors.append(f"{panel['title']}: lies over another one, or outside")
        taken |= here
        if panel["id"] in ids or not panel.get("description"):
            errors.append(f"{panel['title']}: its id is not its own, or it has no description")
        ids.add(panel["id"])
        for target in panel["targets"]:
            if not ask(port, "query", query=expand(target["expr"]))["result"]:
                errors.append(f"{panel['title']}: no result for {target['expr']}")
    for note in board["annotations"]["list"]:
        ask(port, "query", query=expand(note["expr"]))
    print("\n".join(errors) or f"{len(ids)} panels")
    return not errors


def main():
    port, what, *rest = sys.argv[1:]
    if what == "alerts":
        firing = {a["labels"]["alertname"] for a in ask(port, "alerts")["alerts"] if a["state"] == "firing"}
        print(" ".join(sorted(firing)))
    elif what == "query":
        for result in ask(port, "query", query=rest[0])["result"][:1]:
            print(result["value"][1])
    elif what == "dashboard":
        sys.exit(not dashboard(port, rest[0]))


if __name__ == "__main__":
    main()
