#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The Labyrinth authors
#
# Is the placement of frames, and strict's order of reuse, as random as promised?
# Chi-square tests in one process, then first addresses in many.

set -u
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/misuse/misuse_lib.sh
. "$(dirname "$0")/misuse_lib.sh"

usage()
{
	cat <<END
Usage: tests/misuse/statistics.sh BUILD [POOLS]

The entropy of the first frame's address is measured over POOLS pools (2048 if
not given; more pools can tell more bits).
END
}

(($# > 0)) || { usage >&2 && exit 2; }
[[ $1 == -h || $1 == --help ]] && usage && exit 0
PROGRAM=$1/tests/misuse/statistics
[[ -x $PROGRAM ]] || die "no program at $PROGRAM: build first"
LOG=$1/testlogs/statistics.log
PROCESSES=8

program()
{
	timeout --kill-after=5 300 "$PROGRAM" "${EAL_ARGS[@]}" -l 0 "$@"
}

# first_addresses POOL: how many processes find their first mbuf elsewhere.
first_addresses()
{
	local i
	for ((i = 0; i < PROCESSES; i++)); do
		program -- first "$1" 2>"$LOG.first" | awk '$1 == "first" { print $2 }'
	done | sort -u | wc -l
}

undo_on_exit
mkdir -p "$(dirname "$LOG")" || die "cannot write to $1"
eal_memory statistics 64 64
program --log-level=critical -- "${2:-2048}" 2>&1 | tee "$LOG" | grep -avE '^[0-9]+ passed'
read -r PASSED _ FAILED _ < <(grep -aE '^[0-9]+ passed, [0-9]+ failed$' "$LOG")
if [[ -z ${FAILED:-} ]]; then
	PASSED=0 FAILED=0
	not_ok "the tests ended without a summary" "$LOG"
fi
for profile in fast guard strict; do
	check_eq "$profile: different first addresses in $PROCESSES processes" \
		"$(first_addresses "$profile")" "$PROCESSES" "$LOG.first"
done
note "ring_mp_mc: $(first_addresses ring_mp_mc) different first addresses in $PROCESSES processes"
summary
