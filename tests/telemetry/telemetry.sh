#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The Labyrinth authors
#
# Telemetry is read while packets are forwarded: every endpoint answers, the
# figures add up in every sample, forwarding does not suffer. labyrinth-map
# draws what it is told, live or saved, and says in one line what it cannot.

set -u
HERE=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/lib.sh
. "$HERE/../lib.sh"

usage()
{
	cat <<END
Usage: ${0##*/} BUILD

  BUILD  build directory that holds the plugin and the applications

NO_HUGE=1 in the environment: as where there are no huge pages.
END
}

ENDPOINTS=(/labyrinth/list /labyrinth/pool /labyrinth/lanes /labyrinth/window /labyrinth/map
	/labyrinth/order /labyrinth/held /labyrinth/violations)

# forward NAME SECONDS EAL-OR-OWN...: labyrinth-fwd in the background, with two
# net_null ports and two looped rings; sets FORWARDER and PREFIX.
forward()
{
	local name=$1 seconds=$2
	shift 2
	PREFIX=telemetry-$name-$$
	at_exit del_eal_dir "$PREFIX"
	eal_args telemetry
	# Its own prefix, and with telemetry.
	EAL_ARGS=("${EAL_ARGS[@]/--no-telemetry/--proc-type=primary}")
	EAL_ARGS=("${EAL_ARGS[@]/--file-prefix=*/--file-prefix=$PREFIX}")
	LOG=$LOGS/$name.log
	"$BUILD/app/labyrinth-fwd/labyrinth-fwd" "${EAL_ARGS[@]}" --lcores "0@(0-$(($(nproc) - 1))),1@0,2@$(($(nproc) - 1))" \
		"${FORWARD_EAL[@]}" -- --embedded --duration="$seconds" --stats-period=0 "$@" \
		>"$LOG" 2>&1 </dev/null &
	FORWARDER=$!
	at_exit end_process "$FORWARDER"
	wait_until 20 is_listed || not_ok "$name: no telemetry" "$LOG"
}
