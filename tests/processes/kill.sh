#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The Labyrinth authors
#
# A secondary that gets and puts without pause is stopped for a while, two times,
# and then killed, at random instants: does the primary go on, and is every buffer there again?

set -u
HERE=$(dirname "$0")
# shellcheck source=tests/lib.sh
. "$HERE/../lib.sh"
# shellcheck source=tests/processes/namespaces.sh
. "$HERE/namespaces.sh"

usage()
{
	cat <<END
Usage: ${0##*/} [-o] [-n KILLS] BUILD

  BUILD     build directory that holds the test programs
  -o        DPDK's own handlers beside it, which lose buffers and hang
  -n KILLS  of secondaries that use a guard pool in a maze (25)

Needs root, huge pages and namespaces of its own.
END
}

# kills COUNT HANDLER OPTIONS: a row of the table; sets the results.
kills()
{
	local log=$LOGS/kills-$2.log line
	line=$(timeout --foreground --kill-after=5 $((120 + $1 * 5)) "$PROGRAM" "$1" "$2" "$3" -- --no-pci --no-telemetry \
		"--file-prefix=$PREFIX" "--huge-dir=$HUGE_DIR" 2>"$log" | tail -n 1)
	read -r DONE HANGS SLOW STALLS LOST TWICE RECLAIMED IN_LANES ERRORS <<<"$line"
	printf '# %-34s %6s %6s %6s %6s %6s %6s %10s %9s\n' "$2${3:+ $3}" "${DONE:-?}" "${HANGS:-?}" \
		"${SLOW:-?}" "${STALLS:-?}" "${LOST:-?}" "${TWICE:-?}" "${RECLAIMED:-?}" "${IN_LANES:-?}"
	LOG=$log
}

# ours COUNT OPTIONS
ours()
{
	kills "$1" labyrinth "$2"
	check_eq "$2: kills" "${DONE:-none}" "$1" "$LOG"
	check_eq "$2: hangs, kills after which it stayed slow, stops that stalled it, lost, twice, errors" \
		"${HANGS:-} ${SLOW:-} ${STALLS:-} ${LOST:-} ${TWICE:-} ${ERRORS:-}" "0 0 0 0 0 0" "$LOG"
	check "$2: there was something to reclaim" test "${RECLAIMED:-0}" -gt 0
}

# theirs HANDLER: whatever it shows; only that it could be tried is asked for.
theirs()
{
	kills 5 "$1" ""
	check_eq "$1: kills" "${DONE:-none}" 5 "$LOG"
}

COUNT=25
OTHERS=()
IN_NAMESPACES=0
while getopts 'hmon:' flag; do
	case $flag in
	n) COUNT=$OPTARG ;;
	m) IN_NAMESPACES=1 ;;
	o) OTHERS=(-o) ;;
	h) usage && exit 0 ;;
	*) usage >&2 && exit 2 ;;
	esac
done
shift $((OPTIND - 1))
take_program kills "$@"

((IN_NAMESPACES)) || in_namespaces "kills" 64 -m "${OTHERS[@]}" -n "$COUNT" "$BUILD"

undo_on_exit
PREFIX=lab-kill-$$
at_exit del_eal_dir "$PREFIX"
mount_huge
printf '# %-34s %6s %6s %6s %6s %6s %6s %10s %9s\n' "handler" kills hangs slow stalls lost twice reclaimed "in lanes"
ours "$COUNT" profile=guard,backing=maze,patrol=10
ours 5 profile=guard,backing=eal
ours 5 profile=strict,backing=maze,patrol=10
if ((${#OTHERS[@]} > 0)); then
	theirs ring_mp_mc
	theirs stack
	theirs lf_stack
fi
# EAL leaves files of its own behind, and a mount of its own keeps them; mazes are no files.
rm -f "$HUGE_DIR/$PREFIX"*
check_huge_same "kills" "$HUGE_BEFORE" "$HOLDERS_BEFORE"
summary
