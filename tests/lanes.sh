# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The Labyrinth authors
#
# Scripts of test.sh beside each other: most wait most of the time, or let lcores poll for a
# second. Part of test.sh, which has sourced tests/lib.sh; needs LOGS and section() at the call.

# Huge pages that scripts beside each other have enough of.
HUGE_TOGETHER=2048

# Processes of lanes that were not joined yet.
declare -A LANES=()

# counted FUNCTION: with results of its own.
counted()
{
	# shellcheck disable=SC2034 # for who adds to them
	local PASSED=0 FAILED=0
	"$1"
	summary
}

# lane FUNCTION: sets LANE, the process that runs it. Its results come when it is joined.
lane()
{
	counted "$1" >"$LOGS/lane_$1.log" 2>&1 </dev/null &
	LANE=$!
	LANES[$LANE]=$1
}

# join_lane PROCESS
join_lane()
{
	local name=${LANES[$1]}
	wait "$1"
	add_results "lane $name" $? "$LOGS/lane_$name.log"
	unset "LANES[$1]"
}

end_lanes()
{
	local process
	for process in "${!LANES[@]}"; do end_with_children "$process"; done
}

# side_by_side NAME FUNCTION...: where there are huge pages for all of them, else one after the other.
side_by_side()
{
	local part total free holders
	local -a lanes=()
	section "$1, beside each other"
	shift
	total=$(huge_total)
	if ! reserve_pages "$HUGE_TOGETHER"; then
		for part in "$@"; do "$part"; done
		return
	fi
	free=$(huge_free)
	holders=$(huge_holders)
	for part in "$@"; do
		BESIDE=1 lane "$part"
		lanes+=("$LANE")
	done
	for part in "${lanes[@]}"; do join_lane "$part"; done
	check_huge_same "all of them" "$free" "$holders"
	huge_set "$total"
}
