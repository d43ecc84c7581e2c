#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The Labyrinth authors
#
# How many cache lines lcores take from each other for a packet: the accesses of the real
# code, as valgrind sees them, in a model of coherent caches.

set -u
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

usage()
{
	cat <<END
Usage: tests/coherence/coherence.sh [--long] BUILD

Prints for ring_mp_mc and for guard, with owner words wide and compact, the lines that move
from one lcore to another for each packet, and those taken from others to write to them.
With 1 and 4 lcores; --long: with 16 and 64 as well, which takes ten minutes.
END
}

LCORES=(1 4)
LIMIT=300
while (($# > 0)); do
	case $1 in
	--long) LCORES=(1 4 16 64) LIMIT=900 ;;
	-h | --help) usage && exit 0 ;;
	*) break ;;
	esac
	shift
done
(($# == 1)) || { usage >&2 && exit 2; }
PROGRAM=$1/tests/coherence/accesses
MODEL=$1/tests/coherence/mesi
LOGS=$1/testlogs/coherence
[[ -x $PROGRAM && -x $MODEL ]] || die "no program at $PROGRAM: build first"
undo_on_exit
install_missing valgrind
mkdir -p "$LOGS" || die "cannot write to $LOGS"
PLUGIN=$(dpdk_drivers)/librte_mempool_ring.so

# moves HANDLER LCORES MODE: sets MOVED and TAKEN.
moves()
{
	local log=$LOGS/$1-$2-$3.log
	read -r MOVED TAKEN < <(timeout "$LIMIT" valgrind --tool=lackey --trace-mem=yes --log-fd=9 \
		"$PROGRAM" "$1" "$2" "$3" "$PLUGIN" 9>&1 >/dev/null 2>"$log" | "$MODEL" 2>>"$log")
	[[ -n ${TAKEN:-} ]]
}

# at_most TEXT FIGURE LIMIT
at_most()
{
	check "$1: $2, at most $3" awk -v a="$2" -v b="$3" 'BEGIN { exit !(a != "" && a + 0 <= b) }'
}

declare -A SUM
printf '%-8s %-8s %14s %14s %14s\n' lcores "" ring_mp_mc "guard, wide" "compact"
for lcores in "${LCORES[@]}"; do
	for mode in forward pipe; do
		((lcores > 1)) || [[ $mode == forward ]] || continue
		line=
		for handler in ring_mp_mc guard compact; do
			if moves "$handler" "$lcores" "$mode"; then
				SUM[$handler-$lcores-$mode]=$(awk -v a="$MOVED" -v b="$TAKEN" 'BEGIN { print a + b }')
			else
				not_ok "$handler, $lcores lcores, $mode" "$LOGS/$handler-$lcores-$mode.log"
			fi
			line+=$(printf ' %14s' "${MOVED:-?} + ${TAKEN:-?}")
		done
		printf '%-8s %-8s%s\n' "$lcores" "$mode" "$line"
	done
done
# One lcore alone takes nothing from anybody, nor does one that puts what it got itself, as long
# as owner words have lines of their own.
at_most "guard, 1 lcore" "${SUM[guard-1-forward]:-}" 0
at_most "guard, 4 lcores forward" "${SUM[guard-4-forward]:-}" 0.1
at_most "ring_mp_mc, 4 lcores forward" "${SUM[ring_mp_mc-4-forward]:-}" 0.1
check "compact words: the model sees lines that are shared" \
	awk -v a="${SUM[compact-4-forward]:-0}" 'BEGIN { exit !(a > 1) }'
# The word of each frame goes there and back, by a read and a write each; the rest is mbufs.
at_most "guard, from lcore to lcore" "${SUM[guard-4-pipe]:-}" 6
summary
