#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The Labyrinth authors
#
# Threads and processes on few processors, random bulks, frames passed on with values
# that are checked, signals, stops, pools that come and go: all at once.

set -u
HERE=$(dirname "$0")
# shellcheck source=tests/lib.sh
. "$HERE/../lib.sh"
# shellcheck source=tests/processes/namespaces.sh
. "$HERE/namespaces.sh"

usage()
{
	cat <<END
Usage: ${0##*/} [-t SECONDS] [-s SEED] BUILD

  BUILD       build directory that holds the test programs
  -t SECONDS  of each of the five runs (2)
  -s SEED     of what threads do (the time)

Without root, huge pages or namespaces of its own: threads of one process only.
END
}

# run NAME SECONDARIES CACHE OPTIONS EAL-OPTION...
run()
{
	local name=$1 secondaries=$2 cache=$3 options=$4 log=$LOGS/stress-$1.log
	local available got twice steals wrong gets passed signals stops pools
	shift 4
	timeout --foreground --kill-after=5 $((TIME + 60)) "$PROGRAM" "$TIME" "$SEED" "$secondaries" "$cache" \
		"$options" -- --no-pci --no-telemetry "--file-prefix=$PREFIX" "$@" >"$log.out" 2>"$log"
	check_eq "$name: exit status" $? 0 "$log"
	read -r available got twice steals wrong gets passed signals stops pools <<<"$(tail -n 1 "$log.out")"
	check_eq "$name: available, obtained, twice, wrong" \
		"${available:-} ${got:-} ${twice:-} ${wrong:-}" "3000 3000 0 0" "$log"
	# Lanes that are kept give nothing away.
	check "$name: frames were passed on, signals came, rooms were taken from lanes that are shared" \
		test $((${passed:-0} > 0 && ${signals:-0} > 0 && (cache > 0 || ${steals:-0} > 0))) = 1
	note "$name, seed $SEED: ${gets:-?} frames got, ${passed:-?} passed on, ${steals:-?} steals, ${signals:-?} signals," \
		"${stops:-?} stops, ${pools:-?} pools"
}

TIME=2
SEED=$(date +%s)
IN_NAMESPACES=0
while getopts 'hmt:s:' flag; do
	case $flag in
	t) TIME=$OPTARG ;;
	s) SEED=$OPTARG ;;
	m) IN_NAMESPACES=1 ;;
	h) usage && exit 0 ;;
	*) usage >&2 && exit 2 ;;
	esac
done
shift $((OPTIND - 1))
take_program stress "$@"
PREFIX=lab-stress-$$

if ((!IN_NAMESPACES)); then
	undo_on_exit
	note "seed $SEED"
	if may_share 128; then
		unshare -m -n "$0" -m -t "$TIME" -s "$SEED" "$BUILD"
		exit
	fi
	skip "several processes" "$REASON"
	for profile in fast guard strict; do
		run "threads-$profile" 0 0 "profile=$profile" --no-huge --no-shconf -m 512 -l 0
	done
	summary
	exit
fi

undo_on_exit
at_exit del_eal_dir "$PREFIX"
mount_huge
# Eight threads and two lcores in each process, on CPUs 0 and 1.
for profile in fast guard strict; do
	run "processes-$profile" 2 0 "profile=$profile" "--huge-dir=$HUGE_DIR" --lcores '(0-2)@(0,1)'
done
# Kept lanes, and threads that register, which EAL allows in one process only.
run threads-guard 0 256 profile=guard --in-memory "--huge-dir=$HUGE_DIR" -l 0
run threads-strict 0 256 profile=strict --in-memory "--huge-dir=$HUGE_DIR" -l 0
rm -f "$HUGE_DIR/$PREFIX"*
check_huge_same "stress" "$HUGE_BEFORE" "$HOLDERS_BEFORE"
summary
