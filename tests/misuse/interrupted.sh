#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The Labyrinth authors
#
# Double frees in a signal handler that interrupts the report of another one: nothing
# hangs, with violation=report the program goes on, with panic it stops.

set -u
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/misuse/misuse_lib.sh
. "$(dirname "$0")/misuse_lib.sh"

usage()
{
	cat <<END
Usage: tests/misuse/interrupted.sh BUILD

Logs: BUILD/testlogs/interrupted.
END
}

(($# > 0)) || { usage >&2 && exit 2; }
[[ $1 == -h || $1 == --help ]] && usage && exit 0
BUILD=$1
PROGRAM=$BUILD/tests/misuse/interrupted
LOGS=$BUILD/testlogs/interrupted
[[ -x $PROGRAM ]] || die "no program at $PROGRAM: build first"
ABORTED=134

# run OPTIONS: sets LOG and STATUS.
run()
{
	LOG=$LOGS/${1//[^a-z]/_}.log
	LABYRINTH_OPTIONS=$1 limited 30 "$LOG" "${OPS_ENV[@]}" "$PROGRAM" "${EAL_ARGS[@]}" -l 0 \
		"${OPS_ARGS[@]}"
	STATUS=$?
}

undo_on_exit
mkdir -p "$LOGS" || die "cannot write to $LOGS"
eal_memory interrupted 64 64
use_ops labyrinth "$BUILD"
run violation=report
check_eq "violation=report: exit status" "$STATUS" 0 "$LOG"
check "violation=report: all buffers are there" grep -aqE '^done: [0-9]+ frees, [1-9][0-9]+ in a handler; 1023 available$' "$LOG"
check "violation=report: reported" grep -aq 'violation: double free in pool p' "$LOG"
check "violation=report: what was not reported was counted" grep -aq 'more were counted before it' "$LOG"
run violation=panic
check_eq "violation=panic: exit status" "$STATUS" "$ABORTED" "$LOG"
summary
