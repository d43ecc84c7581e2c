#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The Labyrinth authors
#
# Reports as an engineer reads them: a program that knows nothing of labyrinth,
# built with debug information, does one thing wrong; the report must name function,
# file and line of both culprits, and say what follows. Stripped, it must give a
# command that finds them.

set -u
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/misuse/misuse_lib.sh
. "$(dirname "$0")/misuse_lib.sh"

usage()
{
	cat <<END
Usage: tests/misuse/reports.sh BUILD

Logs: BUILD/testlogs/reports.
END
}

(($# > 0)) || { usage >&2 && exit 2; }
[[ $1 == -h || $1 == --help ]] && usage && exit 0
BUILD=$1
LOGS=$BUILD/testlogs/reports
PROGRAM=$BUILD/tests/misuse/culprit
SOURCE=$(dirname "$0")/culprit.c
[[ -x $PROGRAM ]] || die "no program at $PROGRAM: build first"

# line MARK: the line of the source that is marked so.
line()
{
	marked "$SOURCE" "$1"
}

# go KIND OPTIONS [PROGRAM]: sets LOG and STATUS.
go()
{
	LOG=$LOGS/$1.${2//[=,]/_}.$(basename "${3:-$PROGRAM}").log
	use_ops labyrinth "$BUILD"
	LABYRINTH_OPTIONS=$2 limited 30 "$LOG" "${OPS_ENV[@]}" "${3:-$PROGRAM}" "${EAL_ARGS[@]}" \
		-l 0 "${OPS_ARGS[@]}" -- "$1"
	STATUS=$?
}

# place FUNCTION MARK: what a report says of that line, as a regular expression.
place()
{
	printf '%s\(\) at [^ ]*culprit\.c:%d' "$1" "$(line "$2")"
}

# tripped FUNCTION MARK: the backtrace begins there, or in what it calls of DPDK.
tripped()
{
	said "^LABYRINTH:     [01]: $(place "$1" "$2") "
}

# summary_line PATTERN: the last line of the report.
summary_line()
{
	grep -a '^LABYRINTH' "$LOG" | tail -n 1 | grep -qE "^LABYRINTH: SUMMARY: labyrinth: .*$1"
}

told_double()
{
	((STATUS == 134)) && tripped second_free second &&
		said "move 1 back: freed by lcore 0 .* (at|called from) $(place first_free first) " &&
		said "move 2 back: allocated by lcore 0 .* at $(place get get) " &&
		said "conclusion: the first free came from lcore 0 in $(place first_free first), the second from $(place second_free second)" &&
		summary_line "double free in pool rx, found in $(place second_free second), freed in $(place first_free first)"
}

told_reused()
{
	((STATUS == 134)) && tripped second_free second &&
		said "conclusion: the first free came from lcore 0 in $(place first_free first) \(move 3 back\); this buffer was reused since, .*the culprit is the free at move 1 back"
}

told_foreign()
{
	((STATUS == 134)) && tripped put put && said "free of a foreign pointer in pool tx" &&
		said "it belongs to pool rx: buffer 0x[0-9a-f]+, offset 0, allocated by lcore 0" &&
		said "its move 1 back: allocated by lcore 0 .* at $(place get get) " &&
		said "conclusion: a buffer of another pool was freed into this one; it was allocated by lcore 0 in $(place get get)" &&
		summary_line "found in $(place put put), allocated in $(place get get)"
}

told_never()
{
	((STATUS == 134)) && tripped put put &&
		said 'free of a frame that was never allocated in pool rx' &&
		said 'conclusion: nobody ever allocated this buffer'
}

told_stack()
{
	((STATUS == 134)) && tripped put put && said 'it belongs to no pool; it lies in \[stack\]'
}

told_interior()
{
	((STATUS == 134)) && tripped put put && said "allocated by .* at $(place get get)" &&
		said "conclusion: the pointer is that of the packet's data: the mbuf is at 0x"
}

told_header()
{
	((STATUS == 134)) && tripped put put &&
		said "culprit's move 1 back: allocated by lcore 0 .* at $(place neighbours take) " &&
		said "conclusion: written past its end by the holder of the buffer in front, 0x[0-9a-f]+, allocated by lcore 0 in $(place neighbours take)" &&
		summary_line "the buffer in front was allocated in $(place neighbours take)"
}

told_canary()
{
	((STATUS == 134)) && tripped put put &&
		said "conclusion: whoever had this buffer wrote past its end; it was allocated by lcore 0 in $(place neighbours take)"
}

# The place alone: an inline function that the compiler did not inline hides who called it.
told_watched()
{
	((STATUS == 134)) && tripped neighbours take &&
		said "move 1 back: freed by lcore 0 .* at (rte_pktmbuf_free\\(\\) at |$(place first_free first))" &&
		said "conclusion: written while free: by who freed it, lcore 0 in (rte_pktmbuf_free|first_free)\\(\\) at"
}

told_after()
{
	((STATUS == 134)) && tripped neighbours take &&
		said "conclusion: written while free: by who freed it, lcore 0 in $(place first_free first)" &&
		said "rte_mempool_obj_iter\(\), which may not write to buffers that are free"
}

told_mbuf()
{
	said 'mbuf: port 65535, pkt_len 0, data_len 0, data_off 128, refcnt 1, nb_segs 1, next \(nil\), ol_flags 0x0; with its own data' &&
		said 'packet begins:( [0-9a-f]{2}){32}$' &&
		said '  at [0-9-]+T[0-9:.]+Z, in process [0-9]+$'
}

# Without trace there is a command that brings it; run, it names the first culprit.
told_command()
{
	local command
	said 'move 1 back' && return 1
	command=$(grep -aA1 'to see who moved the buffer before, and where, run again:' "$LOG" | tail -n 1)
	command=${command#LABYRINTH:     }
	[[ $command == LABYRINTH_OPTIONS=profile=guard,trace=4\ * ]] || return 1
	LOG=$LOGS/double.again.log
	limited 30 "$LOG" "${OPS_ENV[@]}" bash -c "$command"
	said "move 1 back: freed by lcore 0 .* (at|called from) $(place first_free first) "
}

# told_lines FUNCTION MARK...: the commands of a stripped program's report, with the file that was
# not stripped, find all of these. Function and line stand nowhere in the report itself.
told_lines()
{
	local report=$LOG command
	LOG=${LOG%.log}.lines.log
	grep -aq 'culprit\.c:' "$report" && return 1
	grep -aoE "addr2line -Cfpie '[^']*/culprit_stripped' .*" "$report" |
		while read -r command; do
			bash -c "${command/"$STRIPPED"/"$(realpath "$PROGRAM")"}"
		done >"$LOG" 2>&1
	while (($# > 0)); do
		said "^( \(inlined by\) )?$1 at .*culprit\.c:$(line "$2")( |$)" || return 1
		shift 2
	done
}

# stripped KIND OPTIONS FUNCTION MARK...: both culprits can be found.
stripped()
{
	go "$1" "$2" "$STRIPPED"
	check "stripped, $1: commands that find function and line" told_lines "${@:3}"
}

# Each kind of violation.
all_stripped()
{
	local p=profile=guard,trace=4
	stripped double $p first_free first second_free second
	stripped foreign $p put put get get
	stripped never $p put put
	stripped stack $p put put
	stripped interior $p put put get get
	stripped header $p,patrol=off put put neighbours take
	stripped canary profile=strict,trace=4,patrol=off put put neighbours take
	stripped after profile=strict,trace=4,patrol=off first_free first neighbours take
	stripped wall $p,patrol=off wall wall neighbours take
	stripped overrun $p,patrol=50 neighbours take
	stripped one-byte $p,patrol=50 neighbours take
	stripped underrun $p,patrol=50 neighbours take
	stripped lost $p,patrol=50 get get
	stripped written profile=strict,trace=4,patrol=50 first_free first
}

# In a signal handler nothing is loaded and no lock is taken for it.
told_handler()
{
	((STATUS == 134)) && ! said 'first_free\(\) at' &&
		said "addr2line -Cfpie '[^']*/culprit' 0x" && said '^LABYRINTH: SUMMARY'
}

# No colour where nobody sees it.
plain()
{
	! grep -aq $'\033' "$LOGS"/*.log
}

# coloured: on a terminal, which script(1) makes, there is.
coloured()
{
	LOG=$LOGS/terminal.log
	use_ops labyrinth "$BUILD"
	LABYRINTH_OPTIONS=trace=4 limited 30 /dev/null "${OPS_ENV[@]}" script -qec \
		"$(printf '%q ' "$PROGRAM" "${EAL_ARGS[@]}" -l 0 "${OPS_ARGS[@]}" -- double)" "$LOG"
	grep -aq $'\033\\[1;31mSUMMARY' "$LOG"
}

# An access to a wall: who, whose buffer, and a command that names the line.
told_wall()
{
	((STATUS == 139)) && said 'accessed by: lcore 0 of process' &&
		said 'that frame was allocated by: lcore 0 of process' &&
		found_by_command ' +frame 0x[0-9a-f]+ was allocated at' neighbours "$SOURCE" take &&
		found_by_command ' +the access is at' wall "$SOURCE" wall
}

# What the patrol finds, within a round or two, though nobody frees anything.
patrol_found()
{
	((STATUS == 134)) && said '  found by: the patrol of process [0-9]+' &&
		said "violation: $1 in pool rx" && said "conclusion: $2" &&
		summary_line "found in a round of the patrol"
}

# Where a gap shows that the buffer in front is whole, nothing in the report accuses its holder.
accuses_one()
{
	! said 'the end of the buffer in front is whole' ||
		! said 'likely culprit|SUMMARY: .*buffer in front'
}

# Eight reports, and no line of one inside of another.
told_apart()
{
	((STATUS == 0)) && [[ $(grep -aoE '^LABYRINTH: (==+|violation: |SUMMARY: )' "$LOG" |
		sed 's/^LABYRINTH: //; s/==*/=/' | tr -d '\n') == $(printf '=violation: =SUMMARY: %.0s' {1..8}) ]]
}

patrol_quiet()
{
	((STATUS == 0)) && ! said 'violation: ' && said '^culprit: not found'
}

undo_on_exit
mkdir -p "$LOGS" || die "cannot write to $LOGS"
rm -f "$LOGS"/*.log
eal_memory reports 48 64
if ! ldconfig -p | grep -q 'libdw\.so\.1'; then
	skip "function and line of both culprits" "no libdw.so.1 (package libdw1)"
else
	go double profile=guard,trace=4
	check "double free: both places by function and line" told_double
	check "double free: the mbuf, its packet and the time" told_mbuf
	go reused profile=guard,trace=4
	check "reused: the culprit is the free in between" told_reused
	go foreign profile=guard,trace=4
	check "foreign: the pool it belongs to, and whose it is" told_foreign
	go stack profile=guard,trace=4
	check "foreign: what memory it is" told_stack
	go never profile=guard,trace=4
	check "never allocated: who freed it" told_never
	go interior profile=guard,trace=4
	check "interior: the mbuf whose data it is" told_interior
	go header profile=guard,trace=4
	check "header: who has the buffer in front" told_header
	go canary profile=strict,trace=4
	check "canary: who had the buffer" told_canary
	go after profile=strict,trace=4
	check "write after free: who freed it" told_after
	# Every second buffer is watched: one time in a million all of these are not.
	for ((try = 0; try < 20; try++)); do
		go after profile=guard,sample=2
		((STATUS == 0)) || break
	done
	check "write after free, a watched buffer: where it was freed, without trace" told_watched
	go together profile=guard,violation=report
	check "eight threads that trip at the same time: whole reports, one after another" told_apart
	go double profile=guard
	check "without trace: the command that names the culprit" told_command
fi
STRIPPED=$(realpath "$LOGS")/culprit_stripped
strip -o "$STRIPPED" "$PROGRAM"
all_stripped
go handler profile=guard,trace=4
check "in a signal handler: commands only" told_handler
go wall profile=guard,trace=4
check "wall: who accessed it, whose buffer is near, function and line" told_wall
P=profile=guard,trace=4,patrol=50
BY=""
ldconfig -p | grep -q 'libdw\.so\.1' && BY=" in $(place neighbours take)"
HOLDER="written past its end by the holder of the buffer in front, 0x[0-9a-f]+, allocated by lcore 0$BY"
OWN="whoever had this buffer wrote past its end; it was allocated by lcore 0$BY"
go overrun $P
check "patrol: header and mbuf overwritten by zeros" patrol_found \
	"overflow (into a frame's header|behind a frame)" \
	"($HOLDER|$OWN)"
go one-byte $P
check "patrol: one byte past the end" patrol_found "overflow (into a frame's header|behind a frame)" \
	"($HOLDER|$OWN)"
go underrun $P
check "patrol: in front of the start" patrol_found "overflow into a frame's header" \
	"(the end of the buffer in front is whole: the holder of this buffer wrote in front of its start; it was allocated by lcore 0$BY|$HOLDER)"
check "patrol: in front of the start: one is accused" accuses_one
go lost $P
check "patrol: an mbuf that can never come back" patrol_found "buffer that can never come back" \
	"no free brings this buffer back"
go written profile=strict,trace=4,patrol=50
check "patrol: a free buffer written to" patrol_found "write after free" "written while free: by who freed it"
go one-byte profile=guard,trace=4,patrol=50,backing=eal
check "patrol: one byte past the end in EAL's memory" patrol_found \
	"overflow (into a frame's header|behind a frame)" "($HOLDER|$OWN)"
go one-byte profile=guard,patrol=off
check "patrol=off: nothing is found" patrol_quiet
for options in profile=guard,patrol=1 profile=strict,patrol=1 profile=fast,patrol=1; do
	go quiet $options
	check "patrol: no false alarm, EAL ends with it at work ($options)" patrol_quiet
done
check "no colour in files" plain
if command -v script >/dev/null; then
	check "colour on a terminal" coloured
else
	skip "colour on a terminal" "no script(1)"
fi
summary
