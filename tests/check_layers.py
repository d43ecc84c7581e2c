#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The Labyrinth authors

"""Check that every file uses only its own folder and lower ones, and that no files use each
other in a circle.

tests/layers.ini names the folders. A file uses the headers that it includes with quotes, and
a source uses the sources that define what it calls, as the objects of a build say.
"""

import argparse
import configparser
import os
import re
import subprocess
import sys

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*["<]([^">]+)[">]', re.M)
# Where sources may lie.
ROOTS = ("lib", "drivers", "app")
DEFINED = "TDBRVW"
OPENING = "<!-- layers: made by tests/check_layers.py --picture -->"
CLOSING = "<!-- end of layers -->"


class Tree:
    """A tree of sources: its folders, the lowest first, and what others may include of it."""

    def __init__(self, path, section):
        self.path = path
        self.uses = section.get("uses", "").split()
        self.public = section.get("public", "").split()
        self.without = section.get("without", "").split()
        self.about = {name: text for name, text in section.items()
                      if name not in ("uses", "public", "without")}
        self.order = {name: i for i, name in enumerate(self.about)}
        self.files = []

    def folder(self, file):
        """The folder of a file, `.` for the tree itself."""
        return os.path.dirname(os.path.relpath(file, self.path)) or "."


def read_trees(root, layers):
    """The trees with their files."""
    config = configparser.ConfigParser(interpolation=None)
    config.optionxform = str
    config.read(layers)
    trees = [Tree(path, config[path]) for path in config.sections()]
    for tree in trees:
        for folder, _, names in os.walk(os.path.join(root, tree.path)):
            tree.files += [os.path.relpath(os.path.join(folder, name), root)
                           for name in names if name.endswith((".c", ".h"))]
        tree.files.sort()
    return trees


def check_trees(root, trees, problems):
    """Every source is in a tree."""
    known = {file for tree in trees for file in tree.files}
    for top in ROOTS:
        for folder, _, names in os.walk(os.path.join(root, top)):
            for name in names:
                file = os.path.relpath(os.path.join(folder, name), root)
                if name.endswith((".c", ".h")) and file not in known:
                    problems.append(f"{file}: tests/layers.ini does not name its tree")


def objects_of(build, trees):
    """(source, object) of each source that the build has an object of."""
    sources = [file for tree in trees for file in tree.files if file.endswith(".c")]
    for folder, _, names in os.walk(build):
        if not folder.endswith(".p"):
            continue
        base = os.path.dirname(os.path.relpath(folder, build))
        if not any((base + "/").startswith(tree.path + "/") for tree in trees):
            continue
        mangled = {os.path.relpath(file, base).replace("/", "_") + ".o": file
                   for file in sources}
        for name in names:
            if name in mangled:
                yield mangled[name], os.path.join(folder, name)


def symbols_of(file):
    """What an object defines for others, and what it needs."""
    defined, needed = set(), set()
    lines = subprocess.run(["nm", "-g", file], capture_output=True, text=True, check=True).stdout
    for line in lines.splitlines():
        words = line.split()
        if len(words) < 2:
            continue
        if words[-2] == "U":
            needed.add(words[-1])
        elif words[-2] in DEFINED:
            defined.add(words[-1])
    return defined, needed


def include_uses(root, trees, problems):
    """{file: {file it includes}}"""
    uses = {}
    for tree in trees:
        known = {}
        for other in trees:
            if other.path not in tree.uses:
                known.update({os.path.basename(file): file for file in other.files})
        for other in trees:
            if other.path in tree.uses:
                known.update({os.path.basename(file): file for file in other.files})
        mine = {}
        for file in tree.files:
            name = os.path.basename(file)
            if name in mine:
                problems.append(f"{file} and {mine[name]} have one name")
            mine[name] = file
        known.update(mine)
        for file in tree.files:
            with open(os.path.join(root, file), encoding="utf-8") as text:
                found = INCLUDE.findall(text.read())
            uses[file] = {known[os.path.basename(name)] for name in found
                          if os.path.basename(name) in known}
            problems += [f"{file} includes {name}, which tests/layers.ini forbids"
                         for name in found if name in tree.without]
    return uses


def call_uses(build, trees, uses, problems):
    """Adds what sources call."""
    where, needs = {}, {}
    tree_of = {file: tree for tree in trees for file in tree.files}
    for source, name in objects_of(build, trees):
        defined, needed = symbols_of(name)
        needs.setdefault(source, set()).update(needed)
        for symbol in defined:
            where.setdefault(symbol, set()).add(source)
    for source, needed in needs.items():
        for symbol in needed:
            # Programs of different trees may have one name for two things, as main().
            for other in where.get(symbol, ()):
                if tree_of[other] is tree_of[source] and other != source:
                    uses[source].add(other)
    for file in uses:
        if file.endswith(".c") and file not in needs:
            problems.append(f"{file} has no object in {build}")


def check_order(trees, uses, problems):
    """A file uses its own folder and lower ones, and of other trees what is public."""
    tree_of = {file: tree for tree in trees for file in tree.files}
    for file, others in sorted(uses.items()):
        tree = tree_of[file]
        mine = tree.folder(file)
        if mine not in tree.order:
            problems.append(f"{file}: tests/layers.ini does not name its folder")
            continue
        for other in sorted(others):
            theirs = tree_of[other].folder(other)
            if tree_of[other] is not tree:
                if tree_of[other].path not in tree.uses or theirs not in tree_of[other].public:
                    problems.append(f"{file} uses {other}, which is not for it")
            elif tree.order.get(theirs, 0) > tree.order[mine]:
                problems.append(f"{file} uses {other}: {mine} is below {theirs}")


def circles(uses):
    """Sets of files that use each other (Tarjan)."""
    index, low, stack, found = {}, {}, [], []

    def visit(file):
        index[file] = low[file] = len(index)
        stack.append(file)
        for other in uses[file]:
            if other not in index:
                visit(other)
                low[file] = min(low[file], low[other])
            elif other in stack:
                low[file] = min(low[file], index[other])
        if low[file] == index[file]:
            at = stack.index(file)
            if len(stack) - at > 1:
                found.append(sorted(stack[at:]))
            del stack[at:]

    for file in uses:
        if file not in index:
            visit(file)
    return found


def picture(trees, uses):
    """The layers, the highest first, and which lower ones each uses."""
    lines = []
    for tree in reversed(trees):
        lines.append(tree.path)
        width = max(len(name) for name in tree.about)
        for name in reversed(tree.about):
            files = [file for file in tree.files if tree.folder(file) == name]
            below = {tree.folder(other) for file in files for other in uses[file]
                     if other in tree.files} - {name}
            text = " ".join(sorted(below, key=lambda folder: tree.order.get(folder, 0)))
            lines.append(f"  {name:<{width}}  {len(files):>2} files  {tree.about[name]}")
            if below:
                lines.append(f"  {'':<{width}}            uses {text}")
        lines.append("")
    return "\n".join(lines[:-1])


def check_page(page, drawn, problems):
    """The page has this picture."""
    with open(page, encoding="utf-8") as text:
        content = text.read()
    if f"{OPENING}\n\n```text\n{drawn}\n```\n\n{CLOSING}" not in content:
        problems.append(f"{page}: its picture of the layers is not what --picture draws")


def main():
    """0: all is well, 1: not."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("build", help="a build that has objects of everything")
    parser.add_argument("--picture", action="store_true", help="draw the layers")
    parser.add_argument("--page", help="a page that has to have the picture")
    args = parser.parse_args()
    root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    trees = read_trees(root, os.path.join(root, "tests", "layers.ini"))
    problems = []
    check_trees(root, trees, problems)
    uses = include_uses(root, trees, problems)
    call_uses(args.build, trees, uses, problems)
    drawn = picture(trees, uses)
    if args.picture:
        print(drawn)
        return 0
    check_order(trees, uses, problems)
    problems += ["a circle: " + " ".join(circle) for circle in circles(uses)]
    if args.page:
        check_page(args.page, drawn, problems)
    for problem in problems:
        print(problem)
    print(f"{len(uses)} files, {sum(len(others) for others in uses.values())} uses, "
          f"{len(problems)} problems")
    return 1 if problems else 0


sys.exit(main())
