#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The Labyrinth authors
#
# grout as it is installed routes between two hosts: with DPDK's handler and with
# labyrinth all packets pass, and a double free under it is named.

set -u
HERE=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/lib.sh
. "$HERE/../lib.sh"
# shellcheck source=tests/system/path_lib.sh
. "$HERE/path_lib.sh"

usage()
{
	cat <<END
Usage: ${0##*/} BUILD

  BUILD  build directory that holds the plugin and tests/misuse/free_twice.so

In the environment: LABYRINTH_OPTIONS, as the driver reads it; NO_HUGE=1, to run on
4 KiB pages; TCP_BYTES (default 20000000).
END
}

ABORTED=134

# router COMMAND...: a command of grout's own.
router()
{
	grcli -s "$WORK/grout.sock" "$@"
}

# Its ports take packets of 2048 bytes, which the buffers of its default MTU do not hold.
add_ports()
{
	router interface add port left devargs net_af_packet0,iface=p0 rxqs 1 &&
		router interface add port right devargs net_af_packet1,iface=p1 rxqs 1 &&
		router address add 192.0.2.254/24 iface left &&
		router address add 198.51.100.254/24 iface right
}

is_ready()
{
	router interface show >/dev/null 2>&1 || ended "$PID"
}

# start NAME EAL-OPTION...
start()
{
	local -a memory=()
	LOG=$LOGS/$1.log
	shift
	((${NO_HUGE:-0})) && memory=(--test-mode)
	# In the foreground: else timeout hands SIGTERM on twice, and grout catches it once.
	timeout --foreground --kill-after=5 200 ip netns exec "$MIDDLE" \
		grout --max-mtu 2048 "${memory[@]}" --socket "$WORK/grout.sock" --metrics "unix:$WORK/metrics.sock" -- \
		"--file-prefix=$PREFIX" --log-level=notice "$@" >"$LOG" 2>&1 </dev/null &
	PID=$!
	wait_until 30 is_ready
	add_ports >"$LOGS/ports.log" 2>&1 && wait_until 30 answers "$PID" && ! ended "$PID"
}

# in_maze: where there is no telemetry, the process's mappings tell.
in_maze()
{
	local pid
	for pid in $(ip netns pids "$MIDDLE"); do
		grep -q ' /memfd:labyrinth ' "/proc/$pid/maps" && return 0
	done
	return 1
}

forward_with()
{
	local before holders
	local -a plugin=()
	[[ $1 == labyrinth ]] && plugin=(-d "$PLUGIN")
	before=$(huge_free)
	holders=$(huge_holders)
	if ! start "$1" "${plugin[@]}" "--mbuf-pool-ops-name=$1"; then
		not_ok "$1: the path comes up" "$LOG"
		end_program
		return
	fi
	check_path "$1"
	if [[ $1 == labyrinth ]]; then
		check_eq "$1: its pools lie in mazes" "$(backings_in "$LOG" | sort -u | xargs)" maze "$LOG"
		check "$1: the process has a maze mapped" in_maze
		check "$1: no violation" not grep -q 'LABYRINTH: violation' "$LOG"
	else
		check "$1: the process has no maze" not in_maze
	fi
	end_program
	check_eq "$1: exit status" "$STATUS" 0 "$LOG"
	check_huge_same "$1" "$before" "$holders"
}

free_twice()
{
	export FREE_TWICE_EVERY=50
	LABYRINTH_OPTIONS=trace=2,violation=report start report -d "$PLUGIN" -d "$CULPRIT" --mbuf-pool-ops-name=labyrinth
	pings 100
	check "a double free, violation=report: packets pass" wait_until 10 answers_now
	end_program
	check_eq "a double free, violation=report: grout goes on" "$STATUS" 0 "$LOG"
	check "a double free, violation=report: both sites are named" names_both grout "$LOG"
	LABYRINTH_OPTIONS=trace=2 start panic -d "$PLUGIN" -d "$CULPRIT" --mbuf-pool-ops-name=labyrinth
	pings 100
	end_program
	check_eq "a double free, violation=panic: stopped" "$STATUS" $ABORTED "$LOG"
	check "a double free, violation=panic: both sites are named" names_both grout "$LOG"
}

test_grout()
{
	WORK=$(mktemp -d) || die "no directory for temporary files"
	at_exit rm -rf "$WORK"
	PREFIX=grout-$$
	at_exit del_eal_dir "$PREFIX"
	build_path 198.51.100.1 192.0.2.254 198.51.100.254 || die "cannot create the network namespaces"
	# grout gives its ports addresses of IPv6, too.
	ip netns exec "$MIDDLE" sysctl -qw net.ipv6.conf.all.disable_ipv6=0 net.ipv6.conf.default.disable_ipv6=0
	at_exit end_left_over
	find_plugin "$BUILD"
	find_culprit
	export GROUT_MEMPOOL_CHUNK_SIZE=16383 GROUT_MAX_ROUTES=1024 GROUT_MAX_NEXTHOPS=1024
	note "$(grout --version 2>&1 | head -n 1)"
	forward_with ring_mp_mc
	forward_with labyrinth
	free_twice
}

[[ $# == 1 && $1 != -* ]] || { usage >&2 && exit 2; }
[[ -d $1 ]] || die "no build directory $1"
BUILD=$(realpath "$1")
undo_on_exit
LOGS=$BUILD/testlogs/grout
mkdir -p "$LOGS" || die "cannot write to $LOGS"
rm -f "$LOGS"/*.log
if ! command -v grout >/dev/null; then
	skip "grout" "not installed (a package of Debian unstable)"
elif ! is_root || [[ ! -c /dev/net/tun ]]; then
	skip "grout" "needs root and /dev/net/tun"
else
	((${NO_HUGE:-0})) || reserve_huge 400 || NO_HUGE=1
	test_grout
fi
summary
