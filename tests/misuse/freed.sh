#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The Labyrinth authors
#
# Pools that are freed while programs, or ports, still hold buffers of them; buffers
# that are held at the end of a process; and the patrol's last look at both.

set -u
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/misuse/misuse_lib.sh
. "$(dirname "$0")/misuse_lib.sh"

usage()
{
	cat <<END
Usage: tests/misuse/freed.sh BUILD

Logs: BUILD/testlogs/freed.
END
}

(($# > 0)) || { usage >&2 && exit 2; }
[[ $1 == -h || $1 == --help ]] && usage && exit 0
BUILD=$1
PROGRAM=$BUILD/tests/misuse/freed
SOURCE=$(dirname "$0")/freed.c
LOGS=$BUILD/testlogs/freed
[[ -x $PROGRAM ]] || die "no program at $PROGRAM: build first"
WHO='lcore 0 of process [0-9]+'

# place FUNCTION MARK: where in the program, by function and line, as a regular expression; by
# object and offset where nothing reads debug information.
place()
{
	if ldconfig -p | grep -q 'libdw\.so\.1'; then
		printf '%s\(\) at [^ ]*freed\.c:%d' "$1" \
			"$(marked "$SOURCE" "$2")"
	else
		printf '/[^ ]*/freed\+0x[0-9a-f]+'
	fi
}

# Words before the program.
BEFORE=()

# scene NAME OPTIONS [EAL-ARGUMENT...]: sets LOG and STATUS.
scene()
{
	local name=$1 options=$2
	shift 2
	LOG=$LOGS/$name-${options//[^a-z0-9]/_}.log
	LABYRINTH_OPTIONS=$options limited 60 "$LOG" "${BEFORE[@]}" "${OPS_ENV[@]}" "$PROGRAM" "${EAL_ARGS[@]}" \
		-l 0 "${OPS_ARGS[@]}" "$@" -- "$name"
	STATUS=$?
}

touches()
{
	scene touch trace=4
	check_eq "touched: exit status" "$STATUS" 0 "$LOG"
	check "touched: rte_mempool_free() says who holds what, in one line" once \
		"pool rx: freed with 150 of 4095 frames held: 100 by $WHO in $(place hold_here here) \(since [0-9]+ ms at most\), 50 by $WHO in $(place hold_there there) \(since [0-9]+ ms at most\); the oldest: frame 0x[0-9a-f]+, [0-9]+ ms"
	check "touched: the first touch is explained, and no other" once \
		"access to freed pool rx: address 0x[0-9a-f]+, in frame 0x[0-9a-f]+ at offset [0-9]+; the pool was freed [0-9]+ ms ago by $WHO; the frame was last got by $WHO, [0-9]+ ms before that; reads as zeros from now on$"
	check "touched: a command finds the line of the touch" found_by_command \
		' +the access is at' touch "$SOURCE" touch
	check "touched: a command finds the line that got the frame" found_by_command \
		' +frame 0x[0-9a-f]+ was allocated at' hold_here "$SOURCE" here
	check "touched: it reads as zeros" said '^sum of what is read: 0$'
	check "touched: a pool made later is whole" said '^available in a pool made later: 4095$'
	check "touched: no crash" not said 'crash audit'
	if ((${NO_HUGE:-0})); then
		skip "touched: huge pages go back at once" "there are none"
	else
		check "touched: huge pages go back at once" said '^huge pages back: 1$'
	fi
	scene touch profile=fast
	check "profile=fast: how many" once 'pool rx: freed with 150 of 4095 frames held$'
	check_eq "profile=fast: exit status" "$STATUS" 0 "$LOG"
	scene touch backing=eal
	check "backing=eal: how many, whose" once "pool rx: freed with 150 of 4095 frames held: 150 by $WHO"
	check_eq "backing=eal: exit status" "$STATUS" 0 "$LOG"
	scene many ''
	check_eq "200 pools freed with frames held: exit status" "$STATUS" 0 "$LOG"
	scene nothing-held ''
	check_eq "nothing held: exit status" "$STATUS" 0 "$LOG"
	check "nothing held: nothing said" not said 'frames held'
}

leaks()
{
	scene end-holding leaks=on
	check_eq "leaks=on: exit status" "$STATUS" 0 "$LOG"
	check "leaks=on: said at the end" once "pool rx: at the end of the process 100 of 4095 frames held: 100 by $WHO"
	scene end-holding leaks=off
	check "leaks=off: nothing said" not said 'frames held'
}

# Where many system calls are refused; huge pages are of no use there.
contained()
{
	local -a saved=("${EAL_ARGS[@]}")
	NO_HUGE=1 NO_HUGE_MB=64 eal_args freed-contained
	BEFORE=(python3 "$(dirname "$0")/../system/container.py")
	scene end-holding leaks=on,backing=eal
	BEFORE=()
	EAL_ARGS=("${saved[@]}")
	check "leaks=on, behind a container's filter of system calls: said at the end" once \
		"pool rx: at the end of the process 100 of 4095 frames held: 100 by $WHO"
}

# last_look SCENE KIND OPTIONS: the patrol's rounds are too far apart to see it.
last_look()
{
	scene "$1" "patrol=3600000,violation=report,$3"
	check_eq "$1, $3: exit status" "$STATUS" 0 "$LOG"
	check "$1, $3: told of, once" once "^LABYRINTH: violation: $2"
	check "$1, $3: found by the last look" said 'found by: the patrol of process'
}

last_looks()
{
	local options
	for options in profile=guard profile=fast backing=eal; do
		last_look overflow-free 'overflow (behind|into)' "$options"
		last_look overflow-end 'overflow (behind|into)' "$options"
	done
	last_look overflow-end 'overflow (behind|into)' profile=strict
	scene overflow-free patrol=3600000,violation=report,profile=strict
	check "overflow-free, profile=strict: the put tells, and nobody once more" once '^LABYRINTH: violation: '
	check "overflow-free, profile=strict: the put tells" not said 'found by: the patrol'
	scene written-free patrol=3600000,violation=report,profile=strict
	check "written-free, profile=strict: told of, once" once '^LABYRINTH: violation: write after free'
	scene overflow-end patrol=3600000
	check_eq "overflow-end, violation=panic: killed by SIGABRT" "$STATUS" 134 "$LOG"
	check "overflow-end, violation=panic: told of, once" once '^LABYRINTH: violation: overflow (behind|into)'
	scene overflow-end patrol=off
	check_eq "overflow-end, patrol=off: exit status" "$STATUS" 0 "$LOG"
	check "overflow-end, patrol=off: nothing looked at" not said 'violation: '
}

# port NAME OPS: the same end with any ops.
port()
{
	local tap
	tap=$(dpdk_drivers)/librte_net_tap.so
	[[ -e $tap ]] || tap=
	use_ops "$2" "$BUILD"
	scene "$1" '' ${tap:+-d "$tap"} --vdev=net_tap0
}

ports()
{
	local name
	if [[ ! -w /dev/net/tun ]] || ! is_root; then
		skip "ports closed after their pool was freed" "no /dev/net/tun, or not root"
		return
	fi
	for name in port-later port-closed; do
		port "$name" ring_mp_mc
		check_eq "$name, ring_mp_mc: exit status" "$STATUS" 0 "$LOG"
		port "$name" labyrinth
		check_eq "$name, labyrinth: exit status" "$STATUS" 0 "$LOG"
		check "$name, labyrinth: who held what" once "pool rx: freed with 256 of 4095 frames held: 256 by $WHO"
		check "$name, labyrinth: the touch is explained" once 'access to freed pool rx: .* reads as zeros'
	done
}

undo_on_exit
mkdir -p "$LOGS" || die "cannot write to $LOGS"
eal_memory freed 96 64
use_ops labyrinth "$BUILD"
touches
leaks
last_looks
contained
ports
summary
