#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The Labyrinth authors
"""A session typed at a terminal: session.py FORWARDER TESTPMD LCORES EAL-ARGUMENT...

Types commands into labyrinth-fwd through a pseudo-terminal, with history and
completion, and ends it in each possible way; then types into testpmd the
commands that both have. Prints a line for each check and a summary.
"""

import os
import pty
import re
import select
import signal
import subprocess
import sys
import time

PROMPT = {"fwd": "labyrinth-fwd> ", "testpmd": "testpmd> "}
PASSED = FAILED = 0

# What both understand, and what shows that it was understood.
BOTH = [
    ("show port info 0", "MAC address: "),
    ("show port stats all", "RX-packets: "),
    ("show port xstats 0", "rx_good_packets: "),
    ("show port summary all", "Driver|driver"),
    ("show config rxtx", r"packets/burst=32|bursts of 32"),
    ("show config fwd", "io packet forwarding|mode io, "),
    ("set fwd macswap", "Set macswap packet|mode macswap is set"),
    ("set burst 64", "set to 64|bursts are of 64"),
    ("show config rxtx", r"packets/burst=64|bursts of 64"),
    ("set promisc 1 off", None),
    ("set promisc 1 on", None),
    ("start tx_first 2", None),
    ("show fwd stats all", "port|Port"),
    ("clear port stats all", "port 0.* cleared"),
    ("clear fwd stats all", None),
    ("stop", None),
    ("set fwd rxonly", "Set rxonly packet|mode rxonly is set"),
    ("start", None),
    ("stop", None),
    ("set fwd txonly", "Set txonly packet|mode txonly is set"),
    ("set fwd flowgen", "Set flowgen packet|mode flowgen is set"),
    ("set fwd icmpecho", "Set icmpecho packet|mode icmpecho is set"),
    ("set fwd 5tswap", "Set 5tswap packet|mode 5tswap is set"),
    ("set fwd csum", "Set csum packet|mode csum is set"),
    ("set fwd mac", "Set mac packet|mode mac is set"),
    ("set fwd io", "Set io packet|mode io is set"),
    ("start tx_first", None),
    ("stop", None),
    ("port stop all", "Done|done"),
    ("port start all", "Done|done"),
    ("dump_mempool", "mempool <"),
]
WRONG = re.compile(r"Bad arguments|Command not found|Ambiguous command|labyrinth-fwd: ")


def check(name, good, detail=""):
    global PASSED, FAILED
    if good:
        PASSED += 1
        print(f"ok - {name}")
    else:
        FAILED += 1
        print(f"not ok - {name}")
        for line in detail.splitlines()[-25:]:
            print(f"    | {line[:200]}")
    sys.stdout.flush()


class Session:
    """A program at the other end of a pseudo-terminal."""

    def __init__(self, kind, command):
        self.prompt, self.seen = PROMPT[kind], ""
        self.master, slave = pty.openpty()
        self.process = subprocess.Popen(command, stdin=slave, stdout=slave, stderr=slave,
                                        start_new_session=True)
        os.close(slave)

    def wait_for(self, pattern, seconds=20):
        """All output up to the pattern; or all there is, when it does not come."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            found = re.search(pattern, self.seen)
            if found:
                text, self.seen = self.seen[: found.end()], self.seen[found.end() :]
                return text
            if select.select([self.master], [], [], 0.2)[0]:
                try:
                    chunk = os.read(self.master, 65536)
                except OSError:
                    break
                self.seen += chunk.decode(errors="replace").replace("\r", "")
        text, self.seen = self.seen, ""
        return text

    def type(self, keys):
        os.write(self.master, keys.encode())

    def settle(self):
        """Forget what is printed until nothing comes any more."""
        while select.select([self.master], [], [], 0.5)[0]:
            os.read(self.master, 65536)
        self.seen = ""

    def command(self, line):
        """Type a line; what it prints until the next prompt."""
        self.type(line + "\n")
        return self.wait_for(r"\n" + re.escape(self.prompt))

    def end(self):
        """The rest of the output, and the exit status."""
        rest = self.wait_for("(?!)", 15)
        try:
            status = self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            status = self.process.wait()
        os.close(self.master)
        return rest, status


def open_session(kind, command):
    session = Session(kind, command)
    text = session.wait_for(re.escape(session.prompt))
    check(f"{kind}: comes to the prompt", text.endswith(session.prompt), text)
    return session


def both(kind, command):
    session = open_session(kind, command)
    bad = []
    for line, expected in BOTH:
        text = session.command(line)
        wrong = WRONG.search(text)
        if wrong or not text.endswith(session.prompt) or (expected and not re.search(expected, text)):
            bad.append(f"{line}: {text}")
    check(f"{kind}: understands {len(BOTH)} commands", not bad, "\n".join(bad))
    session.type("quit\n")
    rest, status = session.end()
    check(f"{kind}: quit ends it", status == 0, rest)


def received(text, port):
    """Packets a table of ports says the port has received."""
    found = re.search(rf"^{port} +net_\S+ +(\d+)", text, re.M)
    return int(found.group(1)) if found else -1


def figures(command):
    """Start, figures that grow, another mode, figures cleared, stop, quit."""
    session = open_session("fwd", command)
    session.command("start tx_first 4")
    time.sleep(0.3)
    first = session.command("show fwd stats all")
    time.sleep(0.3)
    second = session.command("show fwd stats all")
    check("figures grow while forwarding", 0 < received(first, 0) < received(second, 0), second)
    session.command("clear fwd stats all")
    third = session.command("show fwd stats all")
    check("clear fwd stats all", 0 <= received(third, 0) < received(second, 0), third)
    text = session.command("set fwd macswap")
    check("a mode set while forwarding counts from the next start on", "next start" in text, text)
    text = session.command("start")
    check("start twice", "labyrinth-fwd: forwarding runs already; give stop first" in text, text)
    text = session.command("stop")
    check("stop tells the mode that ran", "of mode io" in text, text)
    text = session.command("start")
    check("the other mode starts", "mode macswap:" in text, text)
    wrong_commands(session)
    session.type("quit\n")
    rest, status = session.end()
    check("quit while forwarding: the summary", "=== Summary" in rest and "(quit)" in rest, rest)
    check("quit while forwarding: no buffer lost", status == 0, rest)


def wrong_commands(session):
    for line, expected in (
        ("set fwd bogus", "labyrinth-fwd: set fwd bogus: no such mode; give one of io, "),
        ("set burst 0", "labyrinth-fwd: set burst 0: give a whole number from 1 to 512"),
        ("set burst many", "labyrinth-fwd: set burst many: give a whole number"),
        ("set promisc all maybe", "give on or off"),
        ("show port info 7", "labyrinth-fwd: port 7: there is no such port"),
        ("show port bogus 0", "give info, stats, xstats, rss-hash or summary"),
        ("show config bogus", "give rxtx, cores or fwd"),
        ("port stop 0", "not while forwarding; give stop first"),
        ("port paint 0", "not while forwarding|give start, stop"),
        ("dump_mempool bogus", "there is no such pool"),
        ("start tx_first 0", "give a whole number from 1 to 1024"),
        ("bogus", "Command not found"),
        ("show", "Bad arguments|Command not found"),
    ):
        text = session.command(line)
        lines = len(re.findall("labyrinth-fwd: |Command not|Bad arg", text))
        check(f"refuses {line!r} in one line", bool(re.search(expected, text)) and lines == 1, text)


def editing(command):
    session = open_session("fwd", command)
    session.type("set fw\tmacs\t\n")
    text = session.wait_for(r"\n" + re.escape(session.prompt))
    check("completion of a command and a mode", "mode macswap is set" in text, text)
    session.type("set fwd \t\t")
    text = session.wait_for("pipeline")
    check("completion lists the modes", "hold" in text and "pipeline" in text, text)
    session.type("\x01\x0b")
    session.settle()
    session.command("set burst 48")
    session.command("show port summary all")
    session.type("\x1b[A\x1b[A\n")
    text = session.wait_for(r"\n" + re.escape(session.prompt))
    check("history: two lines up", "bursts are of 48" in text, text)
    text = session.command("help")
    check("help", "set fwd MODE" in text and "5tswap" in text, text)
    session.type("\x04")
    rest, status = session.end()
    check("Ctrl-D: the summary", "=== Summary" in rest and status == 0, rest)


def ways_to_end(command):
    for name, end in (
        ("Ctrl-C", lambda s: s.type("\x03")),
        ("SIGTERM", lambda s: s.process.send_signal(signal.SIGTERM)),
        ("SIGINT", lambda s: s.process.send_signal(signal.SIGINT)),
        ("a terminal that hangs up", lambda s: os.write(s.master, b"\x04")),
    ):
        session = open_session("fwd", command)
        session.command("start tx_first")
        end(session)
        rest, status = session.end()
        check(f"{name}: the summary, and no buffer lost", "=== Summary" in rest and status == 0, rest)


def main():
    forwarder, testpmd, lcores, *eal = sys.argv[1:]
    ports = ["--vdev=net_null0", "--vdev=net_ring1"]
    fwd = [forwarder, *eal, "--lcores", lcores, *ports, "--", "-i"]
    both("fwd", fwd)
    both("testpmd", [testpmd, *eal, "--lcores", lcores, *ports, "--", "-i", "--total-num-mbufs=8191"])
    figures(fwd)
    editing(fwd)
    ways_to_end(fwd)
    print(f"{PASSED} passed, {FAILED} failed")
    sys.exit(1 if FAILED else 0)


if __name__ == "__main__":
    main()
