#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The Labyrinth authors
"""Check that the files of the library lie in layers.

A file needs the headers that it includes with quotes; a .c file also needs those
that define the symbols it uses. It may need files of its own folder and of
folders before it in labyrinth_folders of the library's meson.build (headers for
programs come first of all). No file needs itself by way of others.
"""

import argparse
import pathlib
import re
import subprocess
import sys

INCLUDE = re.compile(r'^#include "([^"]+)"', re.MULTILINE)
SYMBOL = re.compile(r":([a-z_0-9]+\.c)\.o:\s*[0-9a-f]* ([A-Za-z]) (\S+)$")


def folders_of(library):
    """The folders, lowest first."""
    text = (library / "meson.build").read_text(encoding="utf-8")
    body = text[text.index("labyrinth_folders = {"):]
    return ["include"] + re.findall(r"^    '(\w+)': \[", body[:body.index("\n}")], re.MULTILINE)


def includes(files):
    """Pairs of a file and a header that it includes."""
    for name, path in files.items():
        for header in INCLUDE.findall(path.read_text(encoding="utf-8")):
            if header in files:
                yield name, header


def calls(archive, files):
    """Pairs of a file and one that defines a symbol it uses."""
    run = subprocess.run(["nm", "-A", archive], capture_output=True, text=True, check=True)
    defined, used = {}, []
    for line in run.stdout.splitlines():
        match = SYMBOL.search(line)
        if match is None:
            continue
        # Objects are named after folder and file.
        name = match.group(1).partition("_")[2]
        if name not in files:
            continue
        if match.group(2) == "U":
            used.append((name, match.group(3)))
        elif match.group(2) in "BCDGRSTVW":
            defined[match.group(3)] = name
    for name, symbol in used:
        if defined.get(symbol, name) != name:
            yield name, defined[symbol]


def circle_from(name, needs, trail, good):
    """A circle that can be reached from this file, as a list, or None."""
    if name in trail:
        return trail[trail.index(name):] + [name]
    if name in good:
        return None
    for other in sorted(needs.get(name, ())):
        circle = circle_from(other, needs, trail + [name], good)
        if circle is not None:
            return circle
    good.add(name)
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("library", type=pathlib.Path, help="folder of the library's sources")
    parser.add_argument("archive", help="static library that was made of them")
    options = parser.parse_args()
    order = folders_of(options.library)
    paths = sorted(options.library.rglob("*.[ch]"))
    files = {path.name: path for path in paths}
    problems = [f"{path}: another file has this name" for path in paths if files[path.name] != path]
    problems += [f"{path}: in no folder that has a place in the order" for path in paths
                 if path.parent.name not in order]
    pairs = set(includes(files))
    symbols = set(calls(options.archive, files))
    needs = {}
    for name, other in sorted(pairs | symbols):
        needs.setdefault(name, set()).add(other)
        if order.index(files[other].parent.name) > order.index(files[name].parent.name):
            problems.append(f"{files[name]}: needs {other}, which lies higher")
    good = set()
    for name in files:
        circle = circle_from(name, needs, [], good)
        if circle is not None:
            problems.append("a circle: " + " -> ".join(circle))
            break
    if not symbols:
        problems.append(f"{options.archive}: no symbols")
    print("\n".join(problems), file=sys.stderr)
    print(f"{len(files)} files, {len(pairs | symbols)} needs, {len(problems)} problems", file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
