#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The Labyrinth authors
#
# What unmodified testpmd forwards between two ports of net_null with several values of
# LABYRINTH_OPTIONS, in turns: medians, and their ratio to the first one.

set -u
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

usage()
{
	cat <<END
Usage: tests/bench/testpmd_rate.sh [-n ROUNDS] [-s SECONDS] BUILD [OPTIONS...]

  -n ROUNDS   turns of each (7)
  -s SECONDS  that each turn is counted for (3)
  OPTIONS     values of LABYRINTH_OPTIONS (default: patrol=off patrol=1000)
END
}

# turn OPTIONS: millions of packets a second, from the first port's count.
turn()
{
	local log=$LOGS/turn.log
	{
		sleep 1
		echo 'clear port stats all'
		sleep "$LENGTH"
		echo 'show port stats 0'
		echo quit
	} | LABYRINTH_OPTIONS=$1 timeout --kill-after=5 $((LENGTH + 30)) dpdk-testpmd "${EAL_ARGS[@]}" -l 0,1 \
		"${OPS_ARGS[@]}" --vdev=net_null0 --vdev=net_null1 -- -i --auto-start \
		--forward-mode=io --total-num-mbufs=8191 >"$log" 2>&1
	awk -v seconds="$LENGTH" '/RX-packets:/ { n = $2 } END { printf "%.2f\n", n / seconds / 1e6 }' "$log"
}

median()
{
	sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'
}

ROUNDS=7
LENGTH=3
while getopts 'hn:s:' flag; do
	case $flag in
	n) ROUNDS=$OPTARG ;;
	s) LENGTH=$OPTARG ;;
	h) usage && exit 0 ;;
	*) usage >&2 && exit 2 ;;
	esac
done
shift $((OPTIND - 1))
(($# > 0)) || { usage >&2 && exit 2; }
BUILD=$1
shift
(($# > 0)) || set -- patrol=off patrol=1000
[[ "$ROUNDS $LENGTH" =~ ^[1-9][0-9]*\ [1-9][0-9]*$ ]] || die "-n $ROUNDS -s $LENGTH: give whole numbers from 1 on"
undo_on_exit
LOGS=$BUILD/testlogs/testpmd_rate
mkdir -p "$LOGS" || die "cannot write to $LOGS"
((${NO_HUGE:-0})) || reserve_huge 300 || NO_HUGE=1
NO_HUGE_MB=256 eal_args testpmd-rate
use_ops labyrinth "$BUILD"
declare -A RATES=()
for ((round = 0; round < ROUNDS; round++)); do
	for options in "$@"; do
		RATES[$options]+="$(turn "$options") "
	done
done
first=
for options in "$@"; do
	rate=$(xargs -n 1 <<<"${RATES[$options]}" | median)
	first=${first:-$rate}
	awk -v name="$options" -v rate="$rate" -v first="$first" 'BEGIN {
		printf "# %-40s %8.2f million packets a second, %.3f of the first\n", name, rate, (first > 0 ? rate / first : 0) }'
	check "$options: testpmd forwards" awk -v rate="$rate" 'BEGIN { exit !(rate > 0) }'
done
summary
