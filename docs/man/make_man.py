#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The Labyrinth authors
"""Manual pages from what the programs and the configuration say of themselves.

make_man.py VERSION tool PROGRAM       what PROGRAM --help prints
make_man.py VERSION ini labyrinth.ini  its options, from its comments
make_man.py VERSION driver labyrinth.ini
"""

import os
import re
import subprocess
import sys

SUMMARIES = {
    "labyrinth-fwd": "forward packets in buffers that labyrinth allocates",
    "labyrinth-bench": "measure and compare DPDK mempool handlers",
    "labyrinth-map": "draw where the frames of DPDK mempools lie",
}

DRIVER = """Labyrinth is a mempool driver for DPDK. Packet buffers lie at addresses nobody can predict, in
huge pages scattered over a random window with unmapped walls between them. Every buffer has one owner:
a double free or a foreign free is found at the call, an overflow out of a buffer by a patrol that looks at
all buffers once a second.

DPDK loads the driver from its directory of drivers. A program takes it for all pools of mbufs that name
no handler themselves:"""


def escape(text):
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return "\\&" + text if text[:1] in (".", "'") else text


def head(name, section, version, summary):
    date = os.environ.get("SOURCE_DATE_EPOCH", "")
    return [f'.TH {name.upper()} {section} "{date}" "labyrinth {version}" "Labyrinth"',
            ".nh", ".SH NAME", f"{escape(name)} \\- {escape(summary)}"]


def item(term, text):
    return [".TP", f"\\fB{escape(term)}\\fR", escape(text)]


def tool(program, version):
    name = os.path.basename(program)
    # Leaks of a program that only prints do not count in a build with sanitizers.
    environment = dict(os.environ, ASAN_OPTIONS="detect_leaks=0", LC_ALL="C")
    said = subprocess.run([program, "--help"], check=True, capture_output=True, text=True,
                          env=environment, timeout=60).stdout
    lines = said.splitlines()
    usage = re.sub(r"^[Uu]sage: *", "", lines[0])
    page = head(name, 1, version, SUMMARIES[name])
    page += [".SH SYNOPSIS", f"\\fB{escape(usage)}\\fR", ".SH DESCRIPTION"]
    for line in lines[1:]:
        row = re.match(r"^ {2,}(\S.*?) {2,}(\S.*)$", line)
        if row:
            page += item(row.group(1), row.group(2))
        elif re.match(r"^\S[^:]*:$", line):
            page += [f'.SH "{escape(line[:-1]).upper()}"']
        elif re.match(r"^ {8,}\S", line):
            page += [escape(line.strip())]
        elif line.strip() == "":
            page += [".PP"]
        else:
            page += [escape(line.strip())]
    return page


def options(path):
    """(key, default, meaning) of each option."""
    rows, comment = [], []
    for line in open(path, encoding="utf-8"):
        pair = re.match(r"^([\w-]+) = (\S+)$", line)
        if pair:
            rows.append((pair.group(1), pair.group(2), " ".join(comment)))
            comment = []
        elif line.startswith("; "):
            comment.append(line[2:].strip())
        else:
            comment = []
    return rows


def option_items(path):
    page = []
    for key, default, meaning in options(path):
        page += item(f"{key} = {default}", meaning or "A part of a profile, as the one above.")
    return page


def ini(path, version):
    return head("labyrinth.ini", 5, version, "options of labyrinth pools") + [
        ".SH DESCRIPTION",
        "The mempool driver labyrinth reads this file where it was installed, or the one that the "
        "environment variable LABYRINTH_CONFIG names. A section holds lines of key = value; a "
        "semicolon at the start of a line or after a blank begins a comment.",
    ] + item("[default]", "for all pools") + item(
        '[pool "glob"]', "for pools whose name the glob matches") + [
        ".SH OPTIONS", "The value shown is the default."] + option_items(path) + [
        '.SH "SEE ALSO"', "\\fBlabyrinth\\fR(7)"]


def driver(path, version):
    page = head("labyrinth", 7, version, "DPDK mempool driver with unpredictable, exclusive frames")
    page += [".SH DESCRIPTION"]
    for paragraph in DRIVER.split("\n\n"):
        page += [".PP"] + [escape(line) for line in paragraph.splitlines()]
    page += [".PP", ".RS", ".nf", "\\fBdpdk\\-testpmd \\-\\-mbuf\\-pool\\-ops\\-name=labyrinth\\fR", ".fi",
             ".RE", ".SH OPTIONS",
             "key=value,key=value. Later places win: the file labyrinth.ini, the environment variable "
             "LABYRINTH_OPTIONS, the options of the pool itself. The value shown is the default."]
    page += option_items(path)
    page += [".SH ENVIRONMENT"]
    page += item("LABYRINTH_CONFIG", "path of an INI file instead of the installed one; empty: none")
    page += item("LABYRINTH_OPTIONS", "options for all pools of the process")
    page += ['.SH "SEE ALSO"', "\\fBlabyrinth.ini\\fR(5), \\fBlabyrinth\\-fwd\\fR(1), "
             "\\fBlabyrinth\\-bench\\fR(1), \\fBlabyrinth\\-map\\fR(1)"]
    return page


def main():
    version, kind, path = sys.argv[1:]
    page = {"tool": tool, "ini": ini, "driver": driver}[kind](path, version)
    out = []
    for line in page:
        # Two paragraphs in a row, or one after a heading, are one too many.
        if line == ".PP" and (not out or out[-1] == ".PP" or out[-1].startswith(".S")):
            continue
        if line.startswith((".SH", ".TP")) and out and out[-1] == ".PP":
            out.pop()
        out.append(line)
    print("\n".join(['.\\" Made by docs/man/make_man.py.'] + out))


if __name__ == "__main__":
    main()
