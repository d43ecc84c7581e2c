#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The Labyrinth authors
#
# A program that knows nothing of labyrinth, unmodified testpmd, with a plugin
# that frees some buffers twice under load: stopped, or told and going on.

set -u
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/misuse/misuse_lib.sh
. "$(dirname "$0")/misuse_lib.sh"

usage()
{
	cat <<END
Usage: tests/misuse/unmodified.sh BUILD

Logs: BUILD/testlogs/unmodified.
END
}

(($# > 0)) || { usage >&2 && exit 2; }
[[ $1 == -h || $1 == --help ]] && usage && exit 0
BUILD=$1
LOGS=$BUILD/testlogs/unmodified
BUGGY=$BUILD/tests/misuse/free_twice.so
[[ -e $BUGGY ]] || die "no plugin at $BUGGY: build first"
ABORTED=134
LOAD_SECONDS=3
# So many packets show that it goes on.
PACKETS=1000000

# load NAME OPS [OPTIONS]: testpmd forwards between the queues of a null port
# until its standard input ends. With all=on, nobody tells EAL of the ops. Sets LOG
# and STATUS.
load()
{
	LOG=$LOGS/$1.log
	use_ops "$2" "$BUILD"
	[[ ${3:-} == all=on* ]] && OPS_ARGS=(-d "$PLUGIN")
	# The braces take bash's own word about a crash out of the way.
	{ sleep "$LOAD_SECONDS" | LABYRINTH_OPTIONS=${3:-} timeout --kill-after=5 30 \
		"${OPS_ENV[@]}" dpdk-testpmd "${EAL_ARGS[@]}" "${CPUS_ARGS[@]}" \
		"${OPS_ARGS[@]}" -d "$BUGGY" --vdev net_null0 -- --auto-start --forward-mode=io \
		--total-num-mbufs=16384 --mbcache=128 >"$LOG" 2>&1; } 2>/dev/null
	STATUS=$?
}

reports()
{
	grep -ac 'LABYRINTH: violation: double free in pool mb_pool_0' "$LOG"
}

# The figures of the plugin's last words; 0 where there are none.
times()
{
	sed -nE 's/^free-twice: ([0-9]+) times, .*/\1/p' "$LOG" | grep . || echo 0
}

packets_after()
{
	sed -nE 's/^free-twice: .*, ([0-9]+) packets .*/\1/p' "$LOG" | grep . || echo 0
}

# load_enough NAME OPS OPTIONS: for longer where a slow machine needs it, and with more double
# frees than there are reports.
load_enough()
{
	local LOAD_SECONDS=$LOAD_SECONDS
	local -x FREE_TWICE_EVERY=10000
	load "$@"
	while ((STATUS == 0 && $(packets_after) <= PACKETS && LOAD_SECONDS < 24)); do
		LOAD_SECONDS=$((LOAD_SECONDS * 2))
		load "$@"
	done
}

# both_sites: one report names where the buffer was freed first, and where again.
both_sites()
{
	grep -aqE 'freed by lcore [0-9]+ .* at .*free_twice\.so' "$LOG" &&
		grep -aA1 'backtrace of who tripped over it' "$LOG" | grep -aqE ' 0: .*librte_net_null'
}

# By the one report, whose end that line is.
stopped()
{
	((STATUS == ABORTED)) && (($(reports) == 1)) &&
		grep -aq '^labyrinth: stopped after a violation$' "$LOG"
}

goes_on()
{
	((STATUS == 0)) && (($(reports) > 0)) && (($(times) > 1)) && (($(packets_after) > PACKETS))
}

# More were counted than reported, and the number of each report says so.
rate_limited()
{
	local last
	last=$(grep -aoE 'in pool mb_pool_0 \(number [0-9]+' "$LOG" | tail -n 1)
	((${last##* } > $(reports))) && ((${last##* } <= $(times))) &&
		grep -aq 'more were counted before it' "$LOG"
}

quiet()
{
	((STATUS == 0)) && (($(reports) == 0)) && (($(times) > 1))
}

undo_on_exit
mkdir -p "$LOGS" || die "cannot write to $LOGS"
BUGGY=$(realpath "$BUGGY")
if ! eal_trusts "$(dirname "$BUGGY")"; then
	trusted_dir "$BUILD"
	cp "$BUGGY" "$TRUSTED/" && BUGGY=$TRUSTED/free_twice.so
fi
eal_memory unmodified 160 128
cpus_args 2

load ring_mp_mc ring_mp_mc
check "ring_mp_mc: $(times) double frees, nobody notices" quiet
for profile in guard strict; do
	load "$profile-panic" labyrinth "profile=$profile,trace=4"
	check "$profile, violation=panic: stopped at the first double free" stopped
	check "$profile, violation=panic: the report names both sites" both_sites
	load_enough "$profile-report" labyrinth "profile=$profile,violation=report,trace=4"
	check "$profile, violation=report: goes on, $(times) double frees, $(packets_after) packets after the first" goes_on
	check "$profile, violation=report: a flood is counted, not written" rate_limited
	check "$profile, violation=report: the report names both sites" both_sites
done
load all labyrinth all=on,trace=4
check "all=on, and no word to EAL of any handler: stopped at the first double free" stopped
summary
