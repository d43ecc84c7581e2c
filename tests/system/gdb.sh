#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The Labyrinth authors
#
# What docs/deploy/debugging.md says of gdb and core dumps: where it stops at a violation and
# at a wall, what it sees of a packet in the process and in a core.

set -u
HERE=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/lib.sh
. "$HERE/../lib.sh"

usage()
{
	cat <<END
Usage: ${0##*/} BUILD

  BUILD  build directory that holds the plugin, tests/crashes/crash_buffers and
         tests/misuse/misuse
END
}

SOURCE=$HERE/../crashes/buffers.c
# What crash_buffers fills a packet with, 256 bytes from where its mbuf begins.
INSIDE=256
FILLED='0x5e[[:space:]]+0x5e[[:space:]]+0x5e[[:space:]]+0x5e'

# debug NAME OPTIONS GDB-WORD...: a session without a person. Sets LOG.
debug()
{
	local options=$2
	LOG=$LOGS/$1.log
	shift 2
	LABYRINTH_OPTIONS=$options limited 60 "$LOG" gdb -nx -batch -ex 'set debuginfod enabled off' \
		-ex 'set breakpoint pending on' -ex 'handle SIGALRM nostop noprint' "$@"
}

# backtrace NAME: the function that freed for the second time, at its line.
backtrace()
{
	local line
	line=$(grep -n 'rte_mempool_put(pool, m);' "$SOURCE" | cut -d : -f 1 | tr '\n' '|')
	check "$1: the backtrace has the call that frees" said "^#[0-9]+ .*freed_twice \(\) at .*buffers.c:(${line%|})$"
}

test_violation()
{
	debug panic patrol=off -ex run -ex bt \
		--args "$BUFFERS" "${EAL_ARGS[@]}" "${OPS_ARGS[@]}" -l 0 -- freed-twice
	check "violation=panic: gdb stops at SIGABRT" said 'received signal SIGABRT'
	backtrace "violation=panic"
	# Of the System V calling convention: the first argument is the level, 3 is CRIT.
	# shellcheck disable=SC2016 # gdb's variable
	debug report patrol=off,violation=report -ex 'break rte_log if $edi == 3' -ex run -ex bt \
		--args "$BUFFERS" "${EAL_ARGS[@]}" "${OPS_ARGS[@]}" -l 0 -- freed-twice
	check "violation=report: gdb stops at a breakpoint with a condition" said '^(Thread .* hit )?Breakpoint 1, .*rte_log'
	backtrace "violation=report"
}

test_wall()
{
	debug wall '' -ex run -ex bt -ex continue -ex bt --args "$BUILD/tests/misuse/misuse" \
		"${EAL_ARGS[@]}" "${OPS_ARGS[@]}" --lcores 0@0,1@0 -- write-through guard panic
	check_eq "a wall: SIGSEGV, and once more behind the report" \
		"$(grep -aoE 'received signal SIGSEGV|violation: access to a wall' "$LOG" | uniq | tr '\n' ',')" \
		"received signal SIGSEGV,violation: access to a wall,received signal SIGSEGV," "$LOG"
}

# The frame, in the report of a log.
frame_of()
{
	grep -aoEm1 'pointer 0x[0-9a-f]+' "$1" | cut -d ' ' -f 2
}

test_core()
{
	local log=$LOGS/core.log frame
	if [[ $(cat /proc/sys/kernel/core_pattern) != core ]]; then
		skip "cores" "cores do not go to the working directory"
		return
	fi
	(cd "$WORK" && ulimit -c unlimited &&
		LABYRINTH_OPTIONS=patrol=off limited 30 "$log" "$BUFFERS" "${EAL_ARGS[@]}" "${OPS_ARGS[@]}" -l 0 -- freed-twice)
	frame=$(frame_of "$log")
	debug core-read '' -ex bt -ex "x/4xb $frame+$INSIDE" "$BUFFERS" "$(echo "$WORK"/core*)"
	backtrace "a core"
	check "a core: the packet is not in it" not said "$FILLED"
	check "a core: gdb shows zeros, or that it cannot read, in its place" \
		said '0x00[[:space:]]+0x00[[:space:]]+0x00[[:space:]]+0x00|Cannot access memory'
}

# The frame's address differs from run to run: it is known when the report is out.
test_living()
{
	# shellcheck disable=SC2016 # for the other shell
	debug living patrol=off -ex run -ex 'python
import re
text = open(r"'"$WORK"'/living.out", errors="replace").read()
frame = int(re.search(r"pointer (0x[0-9a-f]+)", text).group(1), 16)
gdb.execute("x/4xb %d" % (frame + '$INSIDE'))' \
		--args sh -c 'exec "$@" >"$0" 2>&1' "$WORK/living.out" "$BUFFERS" "${EAL_ARGS[@]}" "${OPS_ARGS[@]}" -l 0 -- freed-twice
	check "a living process: the packet can be read" said "$FILLED"
}

[[ $# == 1 && $1 != -* ]] || { usage >&2 && exit 2; }
[[ -d $1 ]] || die "no build directory $1"
BUILD=$(realpath "$1")
undo_on_exit
LOGS=$BUILD/testlogs/gdb
mkdir -p "$LOGS" || die "cannot write to $LOGS"
rm -f "$LOGS"/*
BUFFERS=$BUILD/tests/crashes/crash_buffers
if ! command -v gdb >/dev/null; then
	skip "gdb" "not installed"
else
	WORK=$(mktemp -d) || die "no directory for temporary files"
	at_exit rm -rf "$WORK"
	NO_HUGE=1 NO_HUGE_MB=256
	eal_args gdb
	use_ops labyrinth "$BUILD"
	test_violation
	test_wall
	test_core
	test_living
fi
summary
