# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The Labyrinth authors
#
# Ports with a kernel interface at the other end: a peer on raw sockets sends
# through testpmd, both ways, and compares what comes back. All interfaces live
# in a namespace of their own; testpmd joins it.

# peer_check LABEL OUT BACK [PEER-OPTION...]: in NETNS, one result.
peer_check()
{
	local label=$1 out=$2 back=$3 log=$LOGS/$SCENARIO.peer-$2.log
	shift 3
	if limited 60 "$log" ip netns exec "$NETNS" "$HERE/peer.py" --out "$out" --back "$back" "$@"; then
		ok "$label: $(tail -n 1 "$log")"
	else
		not_ok "$label: payload: $(tail -n 1 "$log")" "$log"
	fi
}

# two_veths: veths p0-q0 and p1-q1; testpmd gets p0 and p1, the peer q0 and q1.
two_veths()
{
	add_veth "$NETNS" p0 q0 && add_veth "$NETNS" p1 q1
}

# wire_run NAME BACKING KEPT OUT BACK EAL-OPTION... [-- TESTPMD-OPTION...]
wire_run()
{
	local name=$1 backing=$2 kept=$3 out=$4 back=$5
	shift 5
	pmd_start "$name" "$@"
	check_start "$name" "$SCENARIO" "$backing" || return
	pmd_run "$name" "port start all" start
	peer_check "$SCENARIO" "$out" "$back"
	peer_check "$SCENARIO" "$back" "$out" --seed 2
	pmd_run "$name" stop
	pmd_packets "$name"
	check_some "$SCENARIO" "$PMD_RX" "packets forwarded" "${PMD_LOG[$name]}"
	check_end "$name" "$SCENARIO" "$kept"
}

scenario_af_packet()
{
	two_veths || return 1
	wire_run af_packet maze 0 q0 q1 \
		--vdev net_af_packet0,iface=p0 --vdev net_af_packet1,iface=p1
}

# The socket's memory is the pool's: it must be one contiguous chunk. The driver
# does not free its fill queues (2048 a port) and what was sent last; the 4000
# packets of the peer would show a buffer lost by each or every other.
scenario_af_xdp()
{
	two_veths || return 1
	wire_run af_xdp eal $((2 * (2048 + 64))) q0 q1 --vdev net_af_xdp0,iface=p0 --vdev net_af_xdp1,iface=p1
}

# The driver makes the interfaces; they are up once the ports are started.
scenario_tap()
{
	wire_run tap maze 0 t0 t1 --vdev net_tap0,iface=t0 --vdev net_tap1,iface=t1
}
