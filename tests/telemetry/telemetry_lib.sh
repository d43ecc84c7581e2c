# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The Labyrinth authors
#
# Asking a forwarder over telemetry. For scripts that have sourced tests/lib.sh
# and set BUILD and LOGS.
# shellcheck disable=SC2034,SC2154 # results for, and variables of, those who source this

FORWARD_EAL=()

telemetry_begin()
{
	HUGE=1
	if ((${NO_HUGE:-0})) || ! reserve_huge 128; then
		HUGE=0
		export NO_HUGE=1
	fi
}

has_answer()
{
	[[ -n $(ask /info) ]]
}

# forward NAME OPTION...: labyrinth-fwd in the background, with ports
# and traffic of its own; sets FORWARDER, PREFIX and LOG. FORWARD_EAL are
# options of EAL's for it.
forward()
{
	local name=$1 entry last=$(($(nproc) - 1))
	local -a eal=()
	shift
	eal_args "telemetry-$name"
	for entry in "${EAL_ARGS[@]}"; do
		[[ $entry == --no-telemetry ]] || eal+=("$entry")
	done
	PREFIX=telemetry-$name-$$
	LOG=$LOGS/$name.log
	NO_HUGE_MB=512 "$BUILD/app/labyrinth-fwd/labyrinth-fwd" "${eal[@]}" \
		--lcores "0@(0-$last),1@0,2@$last" "${FORWARD_EAL[@]}" \
		-- --embedded --stats-period=0 "$@" >"$LOG" 2>&1 </dev/null &
	FORWARDER=$!
	at_exit end_process "$FORWARDER"
	wait_until 20 has_answer && sleep 0.3 && return 0
	not_ok "$name: no telemetry" "$LOG"
	return 1
}

# ended_well NAME: stops the forwarder, which lost no frame and never went without one.
ended_well()
{
	local status
	kill -TERM "$FORWARDER"
	wait "$FORWARDER"
	status=$?
	check_eq "$1: forwarding ends well" "$status" 0 "$LOG"
	check "$1: no get failed" grep -qE 'gets failed 0, on demand 0, violations 0, quarantined 0$' "$LOG"
}

# ask_raw: questions from standard input; an answer a line.
ask_raw()
{
	timeout 60 dpdk-telemetry.py -f "$PREFIX" 2>/dev/null
}

ask()
{
	echo "$1" | ask_raw
}

# field NAME: of the one answer on standard input; nothing, and a failure, if nobody answered.
field()
{
	python3 -c 'import json, sys
text = sys.stdin.read()
if not text.strip():
    sys.exit(1)
answer = list(json.loads(text).values())[0]
print(json.dumps(answer[sys.argv[1]]))' "$1"
}

# figures SAID COMMAND...: checks the answers on standard input.
figures()
{
	local said=$1
	shift
	"$REPO/tests/telemetry/figures.py" "$@" >"$said"
}
