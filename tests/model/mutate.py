#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The Labyrinth authors
"""Replace FROM by TO once in FILE, after the comment `@atomic LABEL:` (-: anywhere)."""

import re
import sys


def main():
    path, label, old, new = sys.argv[1:]
    with open(path, encoding="utf-8") as file:
        text = file.read()
    begin = 0 if label == "-" else text.index(f"@atomic {label}:")
    # A comparison and swap may be broken into lines between its orders.
    match = re.compile(r"\s+".join(map(re.escape, old.split()))).search(text, begin)
    if match is None:
        sys.exit(f"{path}: no {old} after {label}")
    with open(path, "w", encoding="utf-8") as file:
        file.write(text[:match.start()] + new + text[match.end():])


if __name__ == "__main__":
    main()
