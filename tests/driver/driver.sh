#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The Labyrinth authors
#
# The driver as applications use it: programs that each make pools in a process
# of their own, and what only shows over many processes.

set -u
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

usage()
{
	cat <<END
Usage: ${0##*/} [-s NAME[,NAME...]] BUILD

  BUILD    build directory that holds the plugin and the test programs
  -s NAME  only these: placement ${PROGRAMS[*]%% *}

NO_HUGE=1 in the environment: the same on 4 KiB pages.
END
}

# Name, seconds allowed, arguments. Large pools come last: they need many pages.
PROGRAMS=(
	"options 60 $REPO/config/labyrinth.ini"
	"options_bad 60"
	"all 60 on all=on,violation=report"
	"all 60 on violation=report,all=off,all=on,profile=strict"
	"all 60 on all=on,violation=report,backing=eal"
	"all 60 off all=off"
	"all 60 off all=on,all=off"
	"all 60 off backing=eal"
	"all 60 bad all=maybe"
	"all 60 bad all="
	"all 60 bad all"
	"all 60 file on [default]|_all_=_on_;_all|"
	"all 60 file on [pool_\"x\"]|fail=off|[default]|all=off|all=on|"
	"all 60 file off [default]|all=off|"
	"all 60 file off [pool_\"*\"]|all=on|"
	"all 60 file off [default]|;all=on|small=all|"
	"all 60 file on [default]|all=off| all=on"
	"all 60 file off [default]|all=on| all=off"
	"ending 60"
	"failures 60"
	"lifecycle 90"
	"shapes 90"
	"given 60"
	"threads 90"
	"recovery 60"
	"seccomp 120"
	"shared_cpu 90"
	"narrow 60"
	"memory 120"
	"many 120"
	"many 120 small"
)

# Large pools: a little more than a million mbufs of the usual size.
MANY_PAGES=1260
PROCESSES=64
FEW_PROCESSES=8
# Buffers of the pools whose placement is looked at, and how often the next one
# may be the neighbour of the last, times that many.
BUFFERS=8191
NEIGHBOURS_MOST=3

wanted()
{
	[[ -z $ONLY || $ONLY == *",$1,"* ]]
}

# program NAME SECONDS [ARGUMENT...]: its results are added to ours.
program()
{
	local name=$1 seconds=$2 log
	shift 2
	log=$*
	log=$LOGS/$name${1:+_${log//[^a-z0-9=]/_}}.log
	note "$name $*"
	limited "$seconds" "$log" "$PROGRAMS_AT/test_$name" "$@"
	add_results "$name" $? "$log"
}

# one_placement OPS [OPTIONS]: what one fresh process prints, whole or not at all.
one_placement()
{
	local line
	line=$(timeout 30 "$PLACEMENT" --ops "$1" --count "$BUFFERS" --first --neighbours \
		${2:+--options "$2"}) && printf '%s\n' "$line"
}

# placements COUNT OPS [OPTIONS]: looks at that many fresh processes. Sets MOST, how
# often the commonest address of a first buffer came, and TIMES_N, the chance that
# the next buffer is the neighbour of the last, times the number of buffers. Both
# are empty if a process failed.
placements()
{
	local count=$1 i seen hits steps chance log=$LOGS/placement.log
	shift
	MOST=
	TIMES_N=
	# Other programs may have all huge pages for a moment: EAL gets a second try.
	seen=$(for ((i = 0; i < count; i++)); do
		one_placement "$@" 2>>"$log" || { sleep 2 && one_placement "$@" 2>>"$log"; } || exit 1
	done) || { cat "$log" >&2 && return; }
	MOST=$(grep ^0x <<<"$seen" | sort | uniq -c | sort -rn | awk 'NR == 1 { print $1 }')
	read -r hits steps chance TIMES_N < <(grep -v ^0x <<<"$seen" | awk '
		{ hits += $1; steps += $2; n = $3 }
		END { printf "%d %d %.6f %.3f\n", hits, steps, hits / steps, hits / steps * n }')
	note "$1${2:+ $2}, $count processes: the commonest address of the first buffer came $MOST times"
	note "$1${2:+ $2}: the next buffer is the neighbour of the last: $hits of $steps," \
		"chance $chance = $TIMES_N / n (n = $BUFFERS)"
}

at_most()
{
	[[ -n $1 ]] && awk -v a="$1" -v b="$2" 'BEGIN { exit !(a <= b) }'
}

placement()
{
	local options
	: >"$LOGS/placement.log"
	placements "$FEW_PROCESSES" ring_mp_mc
	check_eq "ring_mp_mc: the first buffer is at one address in all $FEW_PROCESSES processes" "$MOST" "$FEW_PROCESSES"
	check "ring_mp_mc: the next buffer is the neighbour nearly always" at_most $((BUFFERS / 2)) "${TIMES_N:-0}"
	for options in backing=maze backing=eal; do
		placements "$PROCESSES" labyrinth "$options"
		check "labyrinth $options: no address of the first buffer came more than twice" at_most "$MOST" 2
		check "labyrinth $options: the chance of a neighbour is below $NEIGHBOURS_MOST / n" \
			at_most "$TIMES_N" "$NEIGHBOURS_MOST"
	done
}

ONLY=
while getopts 'hs:' flag; do
	case $flag in
	s) ONLY=,$OPTARG, ;;
	h) usage && exit 0 ;;
	*) usage >&2 && exit 2 ;;
	esac
done
shift $((OPTIND - 1))
(($# == 1)) || { usage >&2 && exit 2; }
BUILD=$1
PROGRAMS_AT=$BUILD/tests/driver
PLACEMENT=$BUILD/tests/system/placement

undo_on_exit
[[ -x $PLACEMENT ]] || die "no $PLACEMENT: build first (meson setup $BUILD && ninja -C $BUILD)"
LOGS=$BUILD/testlogs/driver
mkdir -p "$LOGS" || die "cannot write to $LOGS"
((${NO_HUGE:-0})) || reserve_huge 512 || export NO_HUGE=1
holders=$(huge_holders)
huge_before=$(huge_free)
wanted placement && placement
for entry in "${PROGRAMS[@]}"; do
	read -ra words <<<"$entry"
	wanted "${words[0]}" || continue
	if [[ ${words[0]} == memory ]] && ((!${NO_HUGE:-0})); then
		reserve_huge "$MANY_PAGES" || note "pools of a million buffers are left out"
		holders+=$(huge_holders)
		huge_before=$(huge_free)
	fi
	program "${words[@]}"
done
check_huge_same "driver" "$huge_before" "$holders"
summary
