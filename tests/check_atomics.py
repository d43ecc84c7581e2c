#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The Labyrinth authors
"""Check that every atomic operation says what it is for.

Each call of an atomic operation is immediately preceded by a comment

    @atomic LABEL: pairs LABEL[, LABEL...]. Else: what breaks without it.

Labels are unique, partners exist and name each other, orders are explicit, and
the table in docs/atomics.md says the same as the code, line by line.
`--table` prints that table instead of checking it.
"""

import argparse
import pathlib
import re
import sys

CALL = re.compile(r"\b(?:__)?(?:c11_)?atomic_(load|store|exchange|compare_exchange|fetch|init|flag|"
                  r"thread_fence|signal_fence|add|sub|and|or|xor|nand|test|clear|always|is)\w*\s*\("
                  r"|\b__sync_\w+\s*\(")
NOTE = re.compile(r"@atomic ([a-z0-9-]+): pairs ([a-z0-9, -]+)\. Else: (.*)$", re.DOTALL)
ORDER = re.compile(r"(?:memory_order_|__ATOMIC_)(\w+)")
ROW = re.compile(r"^\| `([^`]+)` \| `([^`]+)` \| ([^|]+?) \| ([^|]+?) \| (.+?) \|$")


class Operation:
    """One atomic call and what its comment says."""

    def __init__(self, path, line):
        self.path, self.line = path, line
        self.label = self.what = self.otherwise = ""
        self.pairs = []

    def row(self):
        pairs = ", ".join(f"`{p}`" for p in self.pairs)
        return (f"| `{self.label}` | `{self.path}` | {self.what} | {pairs} "
                f"| {self.otherwise} |")


def blank(match):
    """Spaces instead of text, so that offsets stay."""
    return re.sub(r"[^\n]", " ", match.group(0))


def arguments(code, start):
    """Text between the parenthesis at start and the one that closes it."""
    depth = 0
    for end in range(start, len(code)):
        depth += (code[end] == "(") - (code[end] == ")")
        if depth == 0:
            return code[start + 1:end]
    return code[start + 1:]


def operation_name(call, args):
    """For example "compare_exchange_weak release/relaxed"; no order is "none"."""
    name = re.sub(r"^(?:__)?(?:c11_)?atomic_|_explicit$|_n$", "", call.rstrip("( \t"))
    name = re.sub(r"_explicit$|_n$", "", name)
    return f"{name} {'/'.join(o.lower() for o in ORDER.findall(args)) or 'none'}"


def comment_before(text, code, offset):
    """The comment in front of the statement around offset, or None.

    A statement begins behind the last ; { or } of the code, except that the
    } of "} while (" belongs to it.
    """
    begin = max(code.rfind(c, 0, offset) for c in ";{}")
    if re.match(r"\}\s*while\b", code[begin:]):
        begin = max(code.rfind(c, 0, begin) for c in ";{}")
    found = list(re.finditer(r"/\*(.*?)\*/", text[begin + 1:offset], re.DOTALL))
    if not found:
        return None
    words = re.sub(r"\n\s*\*\s?", " ", found[-1].group(1))
    return re.sub(r"\s+", " ", words).strip()


def scan(path, text, problems):
    """All operations of one file."""
    code = re.sub(r"/\*.*?\*/|//[^\n]*|\"(?:\\.|[^\"\\\n])*\"", blank, text, flags=re.DOTALL)
    for match in CALL.finditer(code):
        line = text.count("\n", 0, match.start()) + 1
        op = Operation(path, line)
        args = arguments(code, match.end() - 1)
        op.what = operation_name(match.group(0), args)
        note = comment_before(text, code, match.start())
        parts = NOTE.search(note) if note else None
        if op.what.endswith(" none") and not op.what.startswith(("init", "is_")):
            problems.append(f"{path}:{line}: {match.group(0)}...): no explicit memory order")
        if parts is None:
            problems.append(f"{path}:{line}: {match.group(0)}...): no comment "
                            "\"@atomic LABEL: pairs LABEL. Else: ...\" in front of it")
            continue
        op.label = parts.group(1)
        op.pairs = sorted(p.strip() for p in parts.group(2).split(","))
        op.otherwise = parts.group(3).strip()
        yield op


def check_code(ops, problems):
    """Labels are unique, partners exist and are mutual."""
    known = {}
    for op in ops:
        if op.label in known:
            other = known[op.label]
            problems.append(f"{op.path}:{op.line}: label {op.label} is that of "
                            f"{other.path}:{other.line} already")
        known[op.label] = op
        if not op.otherwise:
            problems.append(f"{op.path}:{op.line}: {op.label}: nothing after Else")
    for op in ops:
        for pair in op.pairs:
            if pair not in known:
                problems.append(f"{op.path}:{op.line}: {op.label} pairs {pair}, which is nowhere")
            elif op.label not in known[pair].pairs:
                problems.append(f"{op.path}:{op.line}: {op.label} pairs {pair}, "
                                f"but {pair} does not pair {op.label}")


def check_table(ops, table, problems):
    """The table has the same rows as the code, and no others."""
    rows = {}
    for number, line in enumerate(table.read_text().splitlines(), 1):
        match = ROW.match(line)
        if match is None:
            continue
        if match.group(1) in rows:
            problems.append(f"{table}:{number}: {match.group(1)} is there twice")
        rows[match.group(1)] = (number, line)
    for op in ops:
        if op.label not in rows:
            problems.append(f"{table}: no row for {op.label} of {op.path}:{op.line}")
        elif rows.pop(op.label)[1] != op.row():
            problems.append(f"{table}: {op.label} of {op.path}:{op.line} should be\n  {op.row()}")
    for label, (number, _) in rows.items():
        problems.append(f"{table}:{number}: {label} is not in the code")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--table", action="store_true", help="print the table of the code")
    parser.add_argument("root", type=pathlib.Path, help="root of the sources")
    parser.add_argument("folder", nargs="+", help="folders below it to check")
    options = parser.parse_args()
    problems = []
    ops = []
    for folder in options.folder:
        files = sorted(f for f in (options.root / folder).rglob("*.[ch]"))
        if not files:
            problems.append(f"{folder}: no sources there")
        for file in files:
            ops.extend(scan(str(file.relative_to(options.root)), file.read_text(), problems))
    check_code(ops, problems)
    if options.table:
        print("\n".join(op.row() for op in ops))
    else:
        check_table(ops, options.root / "docs/atomics.md", problems)
    print("\n".join(problems), file=sys.stderr)
    print(f"{len(ops)} atomic operations, {len(problems)} problems", file=sys.stderr)
    return 1 if problems or not ops else 0


if __name__ == "__main__":
    sys.exit(main())
