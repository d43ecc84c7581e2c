#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The Labyrinth authors
#
# Prints the attack table: what becomes of overflows, double frees, writes after
# free and foreign frees in a pool of ring_mp_mc and of each profile.

set -u
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/misuse/misuse_lib.sh
. "$(dirname "$0")/misuse_lib.sh"

usage()
{
	cat <<END
Usage: tests/misuse/attack.sh BUILD [TRIALS]

TRIALS of each attack on each kind of pool, 10000 if not given (a minute or two). Then
overflows as programs have them, freed as programs free: of 52 lengths, or of every
length from 1 to 4096 with ALL=1 in the environment.
END
}

(($# > 0)) || { usage >&2 && exit 2; }
[[ $1 == -h || $1 == --help ]] && usage && exit 0
PROGRAM=$1/tests/misuse/attack
TRIALS=${2:-10000}
[[ -x $PROGRAM ]] || die "no program at $PROGRAM: build first"
[[ $TRIALS =~ ^[1-9][0-9]{0,6}$ ]] || die "$TRIALS: give a number of trials from 1 to 9999999"

# overflows PROFILE BYTES HOW: one row; found, each, with the right culprit?
overflows()
{
	local first=1 step=80 last=1
	((${ALL:-0})) && step=5 last=5
	for ((; first <= last; first++)); do
		timeout --kill-after=5 60 "$OVERFLOWS" "${EAL_ARGS[@]/--no-telemetry/--telemetry}" -l 0 --log-level=critical \
			-- "$2" "$3" "$1" "$first" "$step" 2>/dev/null || return
	done
}

# Frees as programs have them, and buffers that nobody frees.
overflow_table()
{
	local profile bytes how
	printf '%s\n' "Overflows of many lengths: found at the call, at the crash it ended in, by the patrol, never;" \
		"how often the right buffer was named, and another one as well; how long the patrol took at most, in rounds and in ms." ""
	printf '%-8s %-5s %-6s | %5s | %5s %5s %5s %5s | %5s %5s | %6s %5s\n' bytes freed in of call crash \
		patrol never right wrong rounds ms
	for profile in fast guard strict; do
		for how in free put keep; do
			for bytes in zeros letters random headers; do
				if overflows "$profile" "$bytes" "$how"; then
					PASSED=$((PASSED + 1))
				else
					not_ok "overflows: $profile $bytes $how: one was not found, not within a round, or another buffer was named"
				fi
			done
		done
	done
}

OVERFLOWS=$1/tests/misuse/overflows
undo_on_exit
eal_memory attack 64 64
timeout --kill-after=5 3600 "$PROGRAM" "${EAL_ARGS[@]}" -l 0 --log-level=critical -- "$TRIALS"
check "the attack table is what it must be" [ "$?" -eq 0 ]
overflow_table
summary
