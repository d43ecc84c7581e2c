#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The Labyrinth authors
#
# Open vSwitch as it is, installed or out of Debian's packages: its pool is labyrinth's, packets are forwarded between two ports, and nothing
# is said of a violation. Has a database and sockets of its own.

set -u
HERE=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/lib.sh
. "$HERE/../lib.sh"

usage()
{
	cat <<END
Usage: ${0##*/} BUILD

  BUILD  build directory that holds the plugin
END
}

PACKAGES=(openvswitch-switch-dpdk openvswitch-switch openvswitch-common)
DAEMON=/usr/lib/openvswitch-switch-dpdk/ovs-vswitchd-dpdk
SCHEMA=/usr/share/openvswitch/vswitch.ovsschema
# Pages of its pool and of EAL.
PAGES=600

vsctl()
{
	with_borrowed ovs-vsctl "--db=unix:$WORK/db.sock" --timeout=30 "$@"
}

end_daemon()
{
	[[ -s $1 ]] && end_process "$(cat "$1")"
}

start()
{
	export OVS_RUNDIR=$WORK OVS_LOGDIR=$WORK OVS_DBDIR=$WORK
	with_borrowed ovsdb-tool create "$WORK/conf.db" "$SCHEMA" || return 1
	at_exit end_daemon "$WORK/db.pid"
	with_borrowed ovsdb-server "$WORK/conf.db" "--remote=punix:$WORK/db.sock" "--pidfile=$WORK/db.pid" \
		--detach --no-chdir "--log-file=$LOGS/db.log" || return 1
	at_exit del_eal_dir "ovs-$$"
	vsctl --no-wait init
	vsctl --no-wait set Open_vSwitch . other_config:dpdk-init=true \
		other_config:dpdk-extra="--no-pci --file-prefix=ovs-$$ -d $PLUGIN --mbuf-pool-ops-name=labyrinth"
	at_exit end_daemon "$WORK/vs.pid"
	with_borrowed "$DAEMON" "unix:$WORK/db.sock" "--pidfile=$WORK/vs.pid" --detach --no-chdir \
		"--log-file=$LOGS/vs.log" >/dev/null 2>&1
}

ask()
{
	echo "$1" | dpdk-telemetry.py -f "ovs-$$"
}

# Each of the fields named is there and zero in the JSON that comes in.
has_zeros()
{
	python3 -c 'import json, sys
pool = next(iter(json.load(sys.stdin).values()))
sys.exit(any(pool.get(field) != 0 for field in sys.argv[1:]))' "$@"
}

received()
{
	vsctl get Interface null0 statistics:rx_packets
}

has_received()
{
	(($(received) > 1000000))
}

test_ovs()
{
	local pool answer
	check "the daemon starts" start
	vsctl add-br br0 -- set bridge br0 datapath_type=netdev
	vsctl add-port br0 null0 -- set Interface null0 type=dpdk options:dpdk-devargs=net_null0
	vsctl add-port br0 null1 -- set Interface null1 type=dpdk options:dpdk-devargs=net_null1
	sleep 2
	check "its pool lies in a maze" grep -qE "$BACKING_RE" "$LOGS/vs.log"
	pool=$(ask /labyrinth/list | sed -E 's/.*\["([^"]*)".*/\1/')
	answer=$(ask "/labyrinth/pool,$pool")
	check "telemetry knows it" grep -q '"backing": "maze"' <<<"$answer"
	check "no violation, no failure" has_zeros failures violations <<<"$answer"
	wait_until 15 has_received
	check "it goes on receiving packets ($(received))" has_received
}

[[ $# == 1 && $1 != -* ]] || { usage >&2 && exit 2; }
[[ -d $1 ]] || die "no build directory $1"
BUILD=$(realpath "$1")
undo_on_exit
LOGS=$BUILD/testlogs/ovs
mkdir -p "$LOGS" || die "cannot write to $LOGS"
rm -f "$LOGS"/*.log
if [[ ! -x $DAEMON ]] && borrow "$BUILD/borrowed/ovs" "${PACKAGES[@]}"; then
	DAEMON=$BUILD/borrowed/ovs$DAEMON
	SCHEMA=$BUILD/borrowed/ovs$SCHEMA
fi
if [[ ! -x $DAEMON ]]; then
	skip "Open vSwitch" "openvswitch-switch-dpdk is not installed, and its package cannot be had (log: $BUILD/borrowed/ovs/log)"
elif ! is_root || ! reserve_huge $PAGES; then
	skip "Open vSwitch" "it needs root and $PAGES huge pages"
else
	find_plugin "$BUILD"
	WORK=$(mktemp -d) || die "no directory for temporary files"
	at_exit rm -rf "$WORK"
	test_ovs
fi
summary
