#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The Labyrinth authors
#
# Crashes: what happens after SIGSEGV, SIGBUS, SIGILL, SIGFPE and SIGABRT is what
# would have happened without the driver, and what is said of buffers is true.

set -u
HERE=$(dirname "$0")
# shellcheck source=tests/lib.sh
. "$HERE/../lib.sh"
# shellcheck source=tests/misuse/misuse_lib.sh
. "$HERE/../misuse/misuse_lib.sh"

usage()
{
	cat <<END
Usage: tests/crashes/crashes.sh BUILD

Logs: BUILD/testlogs/crashes.
END
}

(($# > 0)) || { usage >&2 && exit 2; }
[[ $1 == -h || $1 == --help ]] && usage && exit 0
BUILD=$(realpath "$1")
PROGRAMS=$BUILD/tests/crashes
SOURCE=$(realpath "$HERE/buffers.c")
LOGS=$BUILD/testlogs/crashes
[[ -x $PROGRAMS/crash_table ]] || die "no program at $PROGRAMS/crash_table: build first"
SEGV=139
ABRT=134
# What the audit says of a culprit and its victim.
OVERFLOW='overflow: frame (0x[0-9a-f]+) \(in use, allocated [0-9]+ ms ago by lcore 0 of process [0-9]+\) was written beyond its end, towards frame'

# compared NAME: a program with results of its own. Cores land in the directory it runs in.
compared()
{
	local log=$LOGS/$1.log
	(cd "$CORES" && limited 120 "$log" "$PROGRAMS/crash_$1")
	add_results "$1" $? "$log"
}

# crash NAME [OPTIONS]: sets LOG, STATUS and TOOK. The program is an unmodified one. The patrol
# would sometimes find first what the audit is to find.
crash()
{
	local begun=$EPOCHREALTIME
	LOG=$LOGS/$1${2:+-${2//[^a-z]/_}}.log
	(cd "$CORES" && LABYRINTH_OPTIONS=patrol=off${2:+,$2} limited 30 "$LOG" "${OPS_ENV[@]}" \
		"$PROGRAMS/crash_buffers" "${EAL_ARGS[@]}" -l 0 "${OPS_ARGS[@]}" -- "$1")
	STATUS=$?
	TOOK=$(((${EPOCHREALTIME/./} - ${begun/./}) / 1000))
}

# right_culprit: what the audit says is what the program did.
right_culprit()
{
	local did told
	did=$(sed -nE 's/^culprit (0x[0-9a-f]+)$/\1/p' "$LOG")
	told=$(sed -nE "s/.*crash audit: pool rx: $OVERFLOW.*/\\1/p" "$LOG")
	[[ -n $did && $did == "$told" ]]
}

buffers()
{
	local which
	crash whole
	check_eq "whole: exit status" "$STATUS" "$SEGV" "$LOG"
	check "whole: the buffers are innocent" \
		said 'crash audit: signal 11 at address 0x8, in no pool; 1023 frames of 1 pools looked at: 0 overruns'
	for which in '' backing=eal profile=strict; do
		crash overflow "$which"
		check_eq "overflow by one byte, $which: exit status" "$STATUS" "$SEGV" "$LOG"
		check "overflow by one byte, $which: who did it" right_culprit
		crash overflow-abort "$which"
		check_eq "overflow, then abort(), $which: exit status" "$STATUS" "$ABRT" "$LOG"
		check "overflow, then abort(), $which: who did it" right_culprit
	done
	crash overflow-handled
	check_eq "overflow, the program has a handler: exit status" "$STATUS" 11 "$LOG"
	check "overflow, the program has a handler: who did it" right_culprit
	crash beside-report
	check_eq "overflow, abort() beside a report: exit status" "$STATUS" "$ABRT" "$LOG"
	check "overflow, abort() beside a report: who did it" right_culprit
	crash overflow audit=off
	check_eq "audit=off: exit status" "$STATUS" "$SEGV" "$LOG"
	check "audit=off: nothing is said" not said 'LABYRINTH: crash audit'
	crash unreadable
	check_eq "memory of a pool that is gone: exit status" "$STATUS" "$SEGV" "$LOG"
	check "memory of a pool that is gone: the address" \
		said 'crash audit: address 0x[0-9a-f]+ lies in pool rx, in frame 0x[0-9a-f]+ at offset 256: in use, allocated'
	check "memory of a pool that is gone: the audit survives it" said 'signal 11; .*, not all: 0 overruns'
	crash overflow trace=2
	check "overflow, trace: a command finds the line that got the buffer" found_by_command \
		" +frame $(sed -n 's/^culprit //p' "$LOG") was allocated at" followed "$SOURCE" taken
	check "overflow, trace: a command finds the line of the crash" found_by_command \
		' +the access is at' overflow "$SOURCE" overflow
	crash unreadable trace=2
	check "a crash in a buffer, trace: a command finds the line that got it" found_by_command \
		' +frame 0x[0-9a-f]+ was allocated at' unreadable "$SOURCE" lost
	check "a crash in a buffer, trace: a command finds the line of the crash" found_by_command \
		' +the access is at' unreadable "$SOURCE" unreadable
	crash nobody-reads
	check_eq "standard error is a full pipe: exit status" "$STATUS" "$SEGV" "$LOG"
	check "standard error is a full pipe: the end comes ($TOOK ms)" test "$TOOK" -lt 5000
}

# Reports, which are more than a pipe has room for, of calls and of the patrol.
unread()
{
	crash report-unread violation=report
	check_eq "reports into a full pipe: the program goes on" "$STATUS" 0 "$LOG"
	check "reports into a full pipe: all buffers are there" said '^still there: 1023$'
	crash report-unread violation=panic
	check_eq "a report into a full pipe, violation=panic: the program stops" "$STATUS" "$ABRT" "$LOG"
	crash finding-unread violation=report,patrol=10
	check_eq "the patrol's reports into a full pipe: the program goes on" "$STATUS" 0 "$LOG"
	check "the patrol's reports into a full pipe: pools come and go" said '^pools came and went$'
	crash finding-stops violation=panic,patrol=10
	check_eq "a finding into a full pipe, violation=panic: the program stops" "$STATUS" "$ABRT" "$LOG"
}

patrol_faults()
{
	crash patrol-faults patrol=10
	check_eq "the patrol meets memory that is gone: another pool's overflow is found" "$STATUS" "$ABRT" "$LOG"
	check "the patrol meets memory that is gone: and says so once" once \
		'pool rx: its memory cannot be read: the patrol leaves it out'
	check "the patrol meets memory that is gone: that is no crash" not said 'crash audit'
	check "the patrol meets memory that is gone: the overflow is reported" said \
		'violation: overflow .* in pool other \(number 1\)'
}

# core_has_mark FILTER OPTIONS: is what stands in a packet in the core?
core_has_mark()
{
	rm -f "$CORES"/core*
	LOG=$LOGS/marked-${2//[^a-z]/_}.log
	(
		cd "$CORES" && ulimit -c unlimited && echo "$1" >/proc/self/coredump_filter || exit 1
		LABYRINTH_OPTIONS=$2 limited 60 "$LOG" "${OPS_ENV[@]}" "$PROGRAMS/crash_buffers" \
			"${EAL_ARGS[@]}" -l 0 "${OPS_ARGS[@]}" -- marked
	)
	grep -aq 'LABYRINTH-MARK-IN-PACKET' "$CORES"/core*
}

dumps()
{
	if [[ $(cat /proc/sys/kernel/core_pattern) != core ]] || ((${NO_HUGE:-0})); then
		skip "dump=: cores" "cores do not go to the working directory, or there are no huge pages"
	else
		check "dump=off: no packet memory in a core" not core_has_mark 0x7f dump=off
		check "dump=violation: none either" not core_has_mark 0x7f dump=violation
		check "dump=on: packet memory is in the core" core_has_mark 0x7f dump=on
		check "dump=on, a filter without it: none" not core_has_mark 0x33 dump=on
		check "dump=on, a filter without it: and that is said" \
			said 'pool rx: dump=on: .* only with bit 0x40 of /proc/PID/coredump_filter'
	fi
	crash freed-twice dump=violation
	check_eq "dump=violation: exit status" "$STATUS" "$ABRT" "$LOG"
	check "dump=violation: the buffer is in the report" said 'dump    256: (5e){32}$'
	crash freed-twice dump=off
	check "dump=off: it is not" not said ' dump +256:'
}

undo_on_exit
mkdir -p "$LOGS" || die "cannot write to $LOGS"
CORES=$(mktemp -d) || die "no temporary directory"
at_exit rm -rf "$CORES"
compared table
compared scenes
eal_memory crashes 64 64
use_ops labyrinth "$BUILD"
buffers
unread
patrol_faults
dumps
summary
