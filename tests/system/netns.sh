#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The Labyrinth authors
#
# Real packets: two network namespaces talk to each other, by ping and by TCP
# with a checksum, through labyrinth-fwd in a third.
#   left a0 - p0 [forwarder] p1 - b0 right

set -u
HERE=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/lib.sh
. "$HERE/../lib.sh"

usage()
{
	cat <<END
Usage: ${0##*/} BUILD [OPS...]

  BUILD  build directory that holds labyrinth-fwd
  OPS    mempool ops, each in turn (default: ring_mp_mc labyrinth)

In the environment: FORWARDER, another program; LABYRINTH_OPTIONS, as the driver
reads it; NO_HUGE=1, to run on 4 KiB pages; TCP_BYTES (default 20000000).
END
}

# build_path: both veths, each with one end in the forwarder's namespace.
build_path()
{
	local end
	add_netns "$LEFT" && add_netns "$MIDDLE" && add_netns "$RIGHT" || return 1
	ip -n "$MIDDLE" link add p0 type veth peer name a0 netns "$LEFT" || return 1
	ip -n "$MIDDLE" link add p1 type veth peer name b0 netns "$RIGHT" || return 1
	ip -n "$LEFT" addr add 192.0.2.1/24 dev a0
	ip -n "$RIGHT" addr add 192.0.2.2/24 dev b0
	# af_packet hands over frames as they are: no checksum may be left to a NIC.
	for end in "$LEFT a0" "$MIDDLE p0" "$MIDDLE p1" "$RIGHT b0"; do
		ip netns exec "${end% *}" ethtool -K "${end#* }" tx off rx off gso off gro off tso off >/dev/null 2>&1
		ip -n "${end% *}" link set "${end#* }" up || return 1
	done
}

start_forwarder()
{
	LOG=$LOGS/fwd.$1.log
	eal_args "netns-$1"
	cpus_args 2
	timeout --kill-after=5 150 ip netns exec "$MIDDLE" "$FORWARDER" \
		"${EAL_ARGS[@]}" "${CPUS_ARGS[@]}" \
		--vdev net_af_packet0,iface=p0 --vdev net_af_packet1,iface=p1 \
		-- --forward-mode=io "--pool-ops=$1" >"$LOG" 2>&1 </dev/null &
	FWD_PID=$!
}

forwards()
{
	ip netns exec "$LEFT" ping -q -c 1 -W 1 192.0.2.2 >/dev/null 2>&1 ||
		! kill -0 "$FWD_PID" 2>/dev/null
}

# All that was sent must come back, and with the payload it left with.
check_ping()
{
	local log=$LOGS/ping.$1.$2.log
	limited 30 "$log" ip netns exec "$LEFT" ping -c 100 -i 0.01 -W 2 -s "$2" -p 5ac3960f 192.0.2.2
	if grep -q ' 0% packet loss' "$log" && ! grep -qE 'wrong data|corrupted' "$log"; then
		ok "$1: $(grep -o '^100 packets.*loss' "$log"), payload of $2 bytes"
	else
		not_ok "$1: ping with $2 bytes of payload" "$log"
	fi
}

check_tcp()
{
	local log=$LOGS/tcp.$1.$2-$3.log
	if limited 90 "$log" "$HERE/transfer.py" "$2" "$3" "$4" "${TCP_BYTES:-20000000}"; then
		ok "$1: $(tail -n 1 "$log")"
	else
		not_ok "$1: TCP from $2 to $3: $(tail -n 1 "$log")" "$log"
	fi
}

# stop_forwarder OPS: timeout hands the signal on and returns the status; the
# forwarder must end well and miss no buffer.
stop_forwarder()
{
	local status pools
	kill -TERM "$FWD_PID" 2>/dev/null
	wait "$FWD_PID"
	status=$?
	FWD_PID=
	check_eq "$1: exit status of the forwarder" "$status" 0 "$LOG"
	pools=$(awk '/^pool .* lost$/ { table = 1; next } table && $1 ~ /^fwd_/ { print $NF }' "$LOG" | xargs)
	check_eq "$1: buffers lost, by its summary" "$pools" 0 "$LOG"
}

forward_with()
{
	local before holders
	before=$(huge_free)
	holders=$(huge_holders)
	start_forwarder "$1"
	if ! wait_until 20 forwards || ! kill -0 "$FWD_PID" 2>/dev/null; then
		not_ok "$1: the path comes up" "$LOG"
		end_process "$FWD_PID"
		return
	fi
	check_ping "$1" 56
	check_ping "$1" 1472
	check_tcp "$1" "$LEFT" "$RIGHT" 192.0.2.2
	check_tcp "$1" "$RIGHT" "$LEFT" 192.0.2.1
	if [[ $1 == labyrinth && -z ${LABYRINTH_OPTIONS:-} ]]; then
		check_eq "$1: backing of auto" "$(backings_in "$LOG" | sort -u | xargs)" maze "$LOG"
	fi
	stop_forwarder "$1"
	check_huge_same "$1" "$before" "$holders"
}

stop_left_over()
{
	[[ -z ${FWD_PID:-} ]] || end_process "$FWD_PID"
}

(($# >= 1)) || { usage >&2 && exit 2; }
[[ $1 == -h ]] && usage && exit 0
BUILD=$1
shift
FORWARDER=$(realpath "${FORWARDER:-$BUILD/app/labyrinth-fwd/labyrinth-fwd}")
[[ -x $FORWARDER ]] || die "no forwarder at $FORWARDER: build first (ninja -C $BUILD)"
(($# > 0)) || set -- ring_mp_mc labyrinth

undo_on_exit
LOGS=$(realpath "$BUILD")/testlogs/netns
mkdir -p "$LOGS" || die "cannot write to $LOGS"
if ! is_root; then
	skip "netns" "needs root"
	summary
	exit
fi
LEFT=lab-left-$$
MIDDLE=lab-middle-$$
RIGHT=lab-right-$$
build_path || die "cannot create the network namespaces"
at_exit stop_left_over
((${NO_HUGE:-0})) || reserve_huge 256 || NO_HUGE=1
for ops in "$@"; do
	forward_with "$ops"
done
summary
