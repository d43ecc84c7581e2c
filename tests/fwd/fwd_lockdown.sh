#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The Labyrinth authors
#
# labyrinth-fwd --lockdown: ten million packets without one system call on a
# forwarding lcore, seen from inside and from outside; and what happens when a
# driver makes one all the same.

set -u
HERE=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/lib.sh
. "$HERE/../lib.sh"
# shellcheck source=tests/fwd/fwd_lib.sh
. "$HERE/fwd_lib.sh"

PACKETS=10000000

# received: packets that the lcores have received in the last run.
received()
{
	local sum=0 n
	for n in $(table_column '^lcore .* rounds$' 3); do
		sum=$((sum + n))
	done
	echo "$sum"
}

# moved_all NAME: the lcores have received PACKETS or more.
moved_all()
{
	local sum
	sum=$(received)
	if ((sum >= PACKETS)); then
		ok "$1: $sum packets received"
	else
		not_ok "$1: $sum packets received, expected $PACKETS" "$LOG"
	fi
}

says_never()
{
	grep -qE "^Interrupted by $OPS: never: .* no system call \(--lockdown\)" "$LOG"
}

# never NAME: the summary says that nothing has interrupted allocation.
never()
{
	local what='' column
	for column in 2 3 4 7; do
		what+="$(table_column '^lcore .* violations' $column) "
	done
	if [[ $what =~ ^[0\ ]+$ ]]; then
		ok "$1: no violation, no fault, no waiting"
	else
		not_ok "$1: violations, faults and waiting: $what" "$LOG"
	fi
	check "$1: the summary says never" says_never
}

# until_moved SECONDS RUN...: a run of so many seconds; of twice as many again and again while
# all is well (a lost buffer is a status, too) but too few packets came: how many a second does
# not matter.
until_moved()
{
	local seconds=$1
	shift
	"$@" "--duration=$seconds"
	while ((STATUS == 0 && seconds < 20 && $(received) < PACKETS)) && says_never; do
		((seconds *= 2))
		"$@" "--duration=$seconds"
	done
}

# locked NAME MODE SECONDS VDEV...
locked()
{
	local name=$1 mode=$2 seconds=$3
	shift 3
	until_moved "$seconds" run_on "$name" "$LCORES" "$@" -- --lockdown "--forward-mode=$mode" \
		"--pool-ops=$OPS" --tx-first=16 --stats-period=0
	no_loss "$name"
	moved_all "$name"
	never "$name"
}

test_ten_million()
{
	locked "io over net_null" io 2 --vdev=net_null0 --vdev=net_null1
	locked "io over net_ring" io 4 --vdev=net_ring0 --vdev=net_ring1
	locked "hold over net_null" hold 2 --vdev=net_null0 --vdev=net_null1
	PACKETS=1000000 locked "pipeline over both" pipeline 3 --vdev=net_null0 --vdev=net_ring1
}

# forwarding_calls TRACE: system calls of threads between the filter and their
# end, which is what the C library does there: three calls, exit the last.
forwarding_calls()
{
	awk '/ seccomp\(SECCOMP_SET_MODE_FILTER/ { locked[$1] = 1; n++; next }
		!locked[$1] || /(seccomp|exit) resumed/ || / \+\+\+ / || / exit\(/ { next }
		/ (madvise|rt_sigprocmask)[( ]/ && ends[$1]++ < 4 { next }
		{ print; bad++ }
		END { printf "%d locked, %d calls\n", n, bad }' "$1"
}

# traced TRACE OPTION...: as run, with every system call in TRACE.
traced()
{
	timeout --kill-after=5 90 strace -f -o "$1" "$FORWARDER" "${EAL_ARGS[@]}" --lcores "$LCORES" \
		--vdev=net_null0 --vdev=net_ring1 --vdev=net_null2 --vdev=net_null3 -- --lockdown \
		"--pool-ops=$OPS" --tx-first=4 --stats-period=0 "${@:2}" >"$LOG" 2>"$ERRORS" </dev/null
	STATUS=$?
}

# strace follows every thread; the packets must still come to ten million.
test_from_outside()
{
	local trace=$LOGS/strace counted name="seen by strace"
	if ! strace -o /dev/null true 2>/dev/null; then
		skip "$name" "strace cannot trace here"
		return
	fi
	LOG=$LOGS/outside.log ERRORS=$LOGS/outside.err
	until_moved 3 traced "$trace"
	no_loss "$name"
	moved_all "$name"
	counted=$(forwarding_calls "$trace" | tail -n 1)
	check_eq "$name: system calls of forwarding lcores" "$counted" "2 locked, 0 calls" "$trace"
}

# One run without the filter, so that strace is seen to see something.
test_control()
{
	if ! is_root || [[ ! -e /dev/net/tun ]]; then
		skip "a driver that makes system calls" "needs root and /dev/net/tun"
		return
	fi
	run_on "tap" 0@0,1@0 "--vdev=net_tap0,iface=lfl$$" -- --lockdown "--pool-ops=$OPS" \
		--duration=20 --stats-period=0
	check_eq "a system call ends it: exit status" "$STATUS" 1 "$ERRORS"
	check_eq "a system call is reported in one line" "$(grep -c '^labyrinth-fwd: ' "$ERRORS")" 1 "$ERRORS"
	check "a system call is named, and the remedy" \
		grep -qE '^labyrinth-fwd: --lockdown: lcore 1 tried the system call readv .* leave out --lockdown' "$ERRORS"
	check "a system call: the summary comes all the same" \
		grep -qE '^=== Summary: [0-5]\.[0-9] s .* \(a system call was refused\)' "$LOG"
	check "a system call: the summary does not say never" \
		grep -q "^Interrupted by $OPS: cannot be ruled out" "$LOG"
}

# With commands: the filter is of a run, so stop and start work.
test_again()
{
	run_in "again" $'start\n forwards\nstop\nset fwd macswap\nstart\n forwards 2\nshow fwd stats all\nstop\nquit' \
		--vdev=net_null0 --vdev=net_null1 -- -i --lockdown "--pool-ops=$OPS"
	no_loss "locked down twice"
	never "locked down twice"
}

# buggy NAME OPTION...: a plugin frees packets twice that a port sends.
buggy()
{
	local name=$1
	shift
	FREE_TWICE_EVERY=100000 run_on "$name" "$LCORES" -d "$BUGGY" --vdev=net_null0 --vdev=net_null1 -- \
		--duration=2 --stats-period=0 "$@"
}

# A report has to get out even of a thread that may make no system call.
test_violations()
{
	local counts
	BUGGY=$1/tests/misuse/free_twice.so
	if [[ $OPS != labyrinth || ! -e $BUGGY ]]; then
		skip "violations" "needs labyrinth and $BUGGY"
		return
	fi
	BUGGY=$(realpath "$BUGGY")
	if ! eal_trusts "$(dirname "$BUGGY")"; then
		trusted_dir "$1"
		cp "$BUGGY" "$TRUSTED/" && BUGGY=$TRUSTED/free_twice.so
	fi
	buggy "violations counted" --pool-options=violation=report
	counts=$(table_column '^lcore .* violations' 7)
	check "violations are counted on the lcore that tripped ($counts)" \
		test "$(tr -d '0 ' <<<"$counts")" != ""
	buggy "locked violations" --lockdown --pool-options=violation=report
	check_eq "locked down, violation=report: exit status" "$STATUS" 1 "$ERRORS"
	check "locked down, violation=report: one line tells why it ends" \
		grep -q '^labyrinth-fwd: --lockdown: lcore [12] had to report a violation' "$ERRORS"
	buggy "locked panic" --lockdown --pool-options=violation=panic
	check_eq "locked down, violation=panic: exit status" "$STATUS" 134 "$ERRORS"
	check "locked down, violation=panic: last words" \
		grep -q '^labyrinth: stopped after a violation$' "$ERRORS"
	# EAL's, of a program that had no time to remove it.
	rm -rf "${RUNTIME_DIRECTORY:?}"/dpdk/*
}

begin fwd-lockdown "$@"
ulimit -c 0

if grep -q __asan_init "$FORWARDER"; then
	refused_on "lockdown in a build with AddressSanitizer" "--lockdown: not .*; leave it out" \
		"$LCORES" --vdev=net_null0 -- --lockdown --duration=1
	summary
	exit
fi
test_ten_million
test_from_outside
test_control
test_again
test_violations "$1"
finish
