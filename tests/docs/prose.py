#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The Labyrinth authors
"""Plain English: words that the pages do not use, and sentences that are too long.

Usage: prose.py [--self-test] WORDS PAGE...

Prints `page:line: ...` for each finding; exit status 1 when there is one."""

import re
import sys

# Words of a sentence at most. Readers of a second language lose the thread sooner.
LONGEST = 45
SKIP = re.compile(r"^(\s*\||#|=|~|CODE +[a-z]|!\[|\s*- \[[^]]*\]\([^)]*\)$|\.\. )")


def rules(path):
    found = []
    for number, line in enumerate(open(path, encoding="utf-8"), 1):
        line = line.rstrip("\n")
        if not line or line.startswith("#"):
            continue
        parts = re.split(r"\s{2,}", line, maxsplit=1)
        if len(parts) != 2:
            sys.exit("%s:%d: no advice, or only one blank before it" % (path, number))
        found.append((re.compile(parts[0], re.IGNORECASE), parts[1]))
    return found


def plain(line):
    """Without code, and without where links lead."""
    line = re.sub(r"``[^`]*``|`[^`]*`", "CODE", line)
    line = re.sub(r"\]\([^)]*\)", "]", line)
    return line


def lines_of(text):
    """Line numbers and lines outside of fences and RST's indented blocks."""
    fence = False
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith("```"):
            fence = not fence
            yield number, ""
        elif fence or line.startswith(("    ", "\t")):
            yield number, ""
        else:
            yield number, plain(line)


def sentences(lines):
    """Line number of its beginning, and each sentence. A list's entry begins a new one."""
    start, words = 0, []
    for number, line in lines + [(0, "")]:
        new = line.strip() == "" or SKIP.match(line) or re.match(r"\s*([-*]|\d+\.) ", line)
        if new and words:
            yield start, words
            words = []
        if line.strip() == "" or SKIP.match(line):
            continue
        for word in line.split():
            if not words:
                start = number
            words.append(word)
            if re.search(r"[.:;!?]['\")*]*$", word) and not re.search(r"\b(vs|No|St)\.$", word):
                yield start, words
                words = []


def check(name, text, banned):
    found = []
    lines = list(lines_of(text))
    for number, line in lines:
        for rule, advice in banned:
            match = rule.search(line)
            if match:
                found.append("%s:%d: '%s': write %s" % (name, number, match.group(0), advice))
    for number, words in sentences(lines):
        if len(words) > LONGEST:
            found.append("%s:%d: a sentence of %d words, at most %d: %s..."
                         % (name, number, len(words), LONGEST, " ".join(words[:6])))
    return found


def self_test(banned):
    bad = ("The begin of the frame.", "Deeds of frames.", "x " * 46 + "end.",
           "- one\n- " + "x " * 46)
    good = ("The beginning of the frame.", "`deeds` in code.", "```\nbegin of\n```\n",
            "x " * 30 + "end. " + "x " * 30, "| begin with | " + "x " * 60 + "|",
            "- " + "x " * 30 + "\n- " + "x " * 30)
    for text in bad:
        if not check("bad", text, banned):
            sys.exit("not found: %s" % text)
    for text in good:
        if check("good", text, banned):
            sys.exit("found, though it is well: %s" % text)


def main(arguments):
    if arguments[:1] == ["--self-test"]:
        return self_test(rules(arguments[1]))
    if len(arguments) < 2:
        sys.exit(__doc__)
    banned = rules(arguments[0])
    found = []
    for page in arguments[1:]:
        found += check(page, open(page, encoding="utf-8").read(), banned)
    print("\n".join(found), end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
