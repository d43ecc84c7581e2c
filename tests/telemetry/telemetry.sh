#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The Labyrinth authors
#
# Telemetry is read while packets are forwarded: every endpoint answers, the
# figures add up in every sample, and no packet waits for a buffer. What
# labyrinth-map does of it is tests/telemetry/map.sh.

set -u
HERE=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/lib.sh
. "$HERE/../lib.sh"
# shellcheck source=tests/telemetry/telemetry_lib.sh
. "$HERE/telemetry_lib.sh"

usage()
{
	cat <<END
Usage: ${0##*/} BUILD

  BUILD  build directory that holds the plugin and the applications

NO_HUGE=1 in the environment: as where there are no huge pages.
END
}

ENDPOINTS=(/labyrinth/list /labyrinth/pool /labyrinth/lanes /labyrinth/window /labyrinth/map
	/labyrinth/order /labyrinth/held /labyrinth/violations /labyrinth/patrol)

# questions ROUNDS: of every kind, about all frames in turn.
questions()
{
	local i
	for ((i = 0; i < $1; i++)); do
		printf '%s\n' /labyrinth/list /labyrinth/pool,fwd_0 /labyrinth/lanes,fwd_0 \
			/labyrinth/window,fwd_0 "/labyrinth/map,fwd_0,$((i * 256 % 8000))" \
			/labyrinth/order,fwd_0 /labyrinth/order,fwd_0,1 /labyrinth/held,fwd_0 \
			/labyrinth/violations /labyrinth/patrol /labyrinth/pool,fwd_0
	done
}

test_under_load()
{
	local profile=$1 said
	forward "$profile" "--pool-options=profile=$profile" || return
	said=$LOGS/$profile.figures
	questions 150 | ask_raw >"$LOGS/$profile.answers"
	check "$profile: every endpoint answers, every sample adds up" \
		figures "$said" "${ENDPOINTS[@]}" <"$LOGS/$profile.answers"
	note "$(cat "$said")"
	ended_well "$profile"
}

# A frame that is held gets older, and telemetry tells who has it.
test_held()
{
	local before after
	forward held --pool-options=trace=4 || return
	before=$(ask /labyrinth/held,fwd_0,1 | field age_ms)
	sleep 1
	after=$(ask /labyrinth/held,fwd_0,1 | field age_ms)
	before=${before//[!0-9]/}
	after=${after//[!0-9]/}
	check "a frame held for a second is a second older (${before:-?} ms, then ${after:-?} ms)" \
		[ "$((${after:-0} - ${before:-0}))" -ge 900 ]
	check "the trace tells the place that got it" \
		grep -qE '0x|\.c:[0-9]' <(ask /labyrinth/held,fwd_0,1 | field site)
	ended_well "held frames"
}

# ready: the holder has its buffers, and telemetry is there.
ready()
{
	grep -aq '^ready' "$LOG" 2>/dev/null && has_answer
}

# hold WHAT OPTIONS KIND: a program with buffers in the background; sets HOLDER, PREFIX and LOG.
hold()
{
	local entry last=$(($(nproc) - 1))
	local -a eal=()
	eal_args "holder-$1"
	use_ops labyrinth "$BUILD"
	for entry in "${EAL_ARGS[@]}"; do
		[[ $entry == --no-telemetry ]] || eal+=("$entry")
	done
	PREFIX=holder-$1-$$
	LOG=$LOGS/holder-$1.log
	LABYRINTH_OPTIONS=$2 NO_HUGE_MB=128 "${OPS_ENV[@]}" "$BUILD/tests/telemetry/holder" \
		"${eal[@]}" "${OPS_ARGS[@]}" --lcores "0@0,1@$last" -- "$3" >"$LOG" 2>&1 </dev/null &
	HOLDER=$!
	at_exit end_process "$HOLDER"
	wait_until 20 ready && return 0
	not_ok "holder: $1: not ready" "$LOG"
	return 1
}

# held_sites WHAT OPTIONS KIND [QUESTION-END]: what a program does that keeps buffers is what is
# told of it.
held_sites()
{
	local answer
	hold "$1" "$2" "$3" || return
	answer=$LOGS/holder-$1.json
	ask "/labyrinth/held,rx${4:-}" >"$answer"
	if "$REPO/tests/telemetry/held.py" "$REPO/tests/telemetry/holder.c" "$1" <"$answer"; then
		ok "held, $1: counts and places are those of the program"
	else
		ask "/labyrinth/pool,rx" >>"$LOG"
		not_ok "held, $1: counts and places are those of the program" "$LOG"
	fi
	end_process "$HOLDER"
}

test_held_sites()
{
	held_sites few-untraced profile=guard few
	held_sites few-fast profile=fast few
	if ! ldconfig -p | grep -q 'libdw\.so\.1'; then
		skip "held: function and line" "no libdw.so.1 (package libdw1)"
		return
	fi
	held_sites few profile=guard,trace=2 few
	held_sites many profile=guard,trace=2 many ,64
	held_sites called profile=guard,trace=2 called
}

# violations WHAT OPTIONS: what a program does wrong is told with time, process, places, addresses.
violations()
{
	local since=${EPOCHREALTIME/,/.}
	hold "$1" "$2,violation=report" twice || return
	ask /labyrinth/violations >"$LOGS/$1.json"
	check "violations, $1: when, who, where, by what addresses" \
		"$REPO/tests/telemetry/violations.py" "$REPO/tests/telemetry/holder.c" "$HOLDER" \
		"$(sed -n 's/^buffer //p' "$LOG")" "$since" "$1" <"$LOGS/$1.json"
	end_process "$HOLDER"
}

test_violations()
{
	if ! ldconfig -p | grep -q 'libdw\.so\.1'; then
		skip "violations: function and line" "no libdw.so.1 (package libdw1)"
		return
	fi
	violations traced profile=guard,trace=2
	violations untraced profile=guard
}

# The patrol goes round and finds nothing, and takes no more than its share.
test_patrol()
{
	local rounds share findings
	forward patrol --pool-options=profile=strict,patrol=10 || return
	sleep 3
	rounds=$(ask /labyrinth/patrol | field rounds)
	share=$(ask /labyrinth/patrol | field cpu_ppm)
	findings=$(ask /labyrinth/patrol | field findings)
	check "the patrol has gone round (${rounds:-?} times)" [ "${rounds:-0}" -ge 2 ]
	check "the patrol takes at most 1 % of a CPU (${share:-?} of a million)" \
		[ "${share:-1000000}" -le 10000 ]
	check "the patrol finds nothing where nothing is wrong" [ "${findings:-1}" -eq 0 ]
	ended_well "patrol"
}

# What a lane's answers are worth under bad questions.
test_bad_questions()
{
	local question lanes
	forward questions || return
	for question in pool "pool," pool,nix pool,fwd_0,x map,fwd_0,-1 map,fwd_0,99999999999 \
		lanes,fwd_0,1,2 held,nix order "pool,$(printf 'x%.0s' {1..200})"; do
		check "no answer to /labyrinth/${question:0:30}" \
			grep -q ': null}$' <(ask "/labyrinth/$question")
	done
	check_eq "frames behind the last one: none" \
		"$(ask /labyrinth/map,fwd_0,100000 | field address)" "[]"
	lanes=$(ask /labyrinth/lanes,fwd_0 | field lanes)
	check_eq "lanes behind the last one: none" \
		"$(ask /labyrinth/lanes,fwd_0,4000 | field next)" "${lanes:-some}"
	ended_well "bad questions"
}

# Trace points: none unless asked for, then with the name of the pool.
test_trace()
{
	local dir=$TRUSTED/trace.$$
	mkdir "$dir" && at_exit rm -rf "$dir"
	FORWARD_EAL=("--trace=mempool.labyrinth.*" "--trace-dir=$dir")
	forward traced || return
	FORWARD_EAL=()
	ended_well "traced"
	check "trace points: events are described" \
		grep -q mempool.labyrinth.refill "$dir"/*/metadata
	check "trace points: events tell the pool" grep -qa fwd_0 "$dir"/*/channel*
}

# testpmd: mempool's own dump is of use.
test_dump()
{
	local log=$LOGS/dump.log
	eal_args dump
	use_ops labyrinth "$BUILD"
	limited 60 "$log" "${OPS_ENV[@]}" dpdk-testpmd "${EAL_ARGS[@]}" "${OPS_ARGS[@]}" -l 0,1 \
		--vdev=net_null0 -- --total-num-mbufs=4000 --cmdline-file=<(dump_command) -i
	check "rte_mempool_dump: counts the free frames" \
		grep -qE 'common_pool_count=4000$' "$log"
	check "rte_mempool_dump: names the handler" grep -q 'ops_name: <labyrinth>' "$log"
}

[[ $# == 1 && $1 != -* ]] || { usage >&2 && exit 2; }
[[ -d $1 ]] || die "no build directory $1"
BUILD=$(realpath "$1")
undo_on_exit
LOGS=$BUILD/testlogs/telemetry
mkdir -p "$LOGS" || die "cannot write to $LOGS"
trusted_dir "$BUILD"
telemetry_begin
test_under_load guard
test_under_load fast
test_under_load strict
test_held
test_held_sites
test_violations
test_patrol
test_bad_questions
test_trace
test_dump
summary
