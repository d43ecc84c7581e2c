#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The Labyrinth authors
#
# labyrinth-fwd -i: a session typed at a terminal, and the same commands from a
# pipe; what testpmd has too is typed into testpmd as well.

set -u
HERE=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/lib.sh
. "$HERE/../lib.sh"
# shellcheck source=tests/fwd/fwd_lib.sh
. "$HERE/fwd_lib.sh"

test_typed()
{
	local last
	LOG=$LOGS/session.log
	timeout --kill-after=5 120 "$HERE/session.py" "$FORWARDER" "${TESTPMD:-dpdk-testpmd}" "$LCORES" \
		"${EAL_ARGS[@]}" >"$LOG" 2>&1 </dev/null
	last=$(tail -n 1 "$LOG")
	if [[ $last =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed$ ]]; then
		head -n -1 "$LOG"
		PASSED=$((PASSED + BASH_REMATCH[1]))
		FAILED=$((FAILED + BASH_REMATCH[2]))
	else
		not_ok "a session typed at a terminal: ended without a summary" "$LOG"
	fi
}

test_piped()
{
	run_in "piped" $'set fwd mac\nstart\n sleep 0.2\nstop\nquit\nset fwd bogus' \
		--vdev=net_null0 --vdev=net_null1 -- -i
	no_loss "commands from a pipe"
	check "commands from a pipe: nothing after quit" test ! -s <(grep bogus "$LOG" "$ERRORS")
	run_in "piped end" $'start tx_first' --vdev=net_null0 --vdev=net_ring1 -- -i
	no_loss "the end of a pipe while forwarding"
	check "the end of a pipe: the summary" grep -q '^=== Summary' "$LOG"
	run_in "piped wrong" $'bogus\nquit' --vdev=net_null0 -- -i
	check_eq "a wrong command from a pipe: exit status" "$STATUS" 1 "$ERRORS"
	check_eq "a wrong command from a pipe: one line" \
		"$(grep '^labyrinth-fwd: ' "$ERRORS")" "labyrinth-fwd: bogus: no such command; help lists them"
	run_in "auto start" $' sleep 0.3\nstop\nquit' --vdev=net_null0 -- -i -a --tx-first
	no_loss "-i -a"
	check "-i -a starts at once" grep -q '^Stopped after' "$LOG"
}

begin fwd-session "$@"
test_typed
test_piped
finish
