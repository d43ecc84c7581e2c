#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The Labyrinth authors
#
# Real packets: two network namespaces talk to each other, by ping and by TCP
# with a checksum, through labyrinth-fwd in a third.

set -u
HERE=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/lib.sh
. "$HERE/../lib.sh"
# shellcheck source=tests/system/path_lib.sh
. "$HERE/path_lib.sh"

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
	if ! wait_until 20 answers "$FWD_PID" || ended "$FWD_PID"; then
		not_ok "$1: the path comes up" "$LOG"
		end_process "$FWD_PID"
		return
	fi
	check_path "$1"
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
build_path 192.0.2.2 || die "cannot create the network namespaces"
at_exit stop_left_over
((${NO_HUGE:-0})) || reserve_huge 256 || NO_HUGE=1
for ops in "$@"; do
	forward_with "$ops"
done
summary
