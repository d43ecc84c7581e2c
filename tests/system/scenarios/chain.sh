# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The Labyrinth authors
#
# Two testpmd programs in a row, joined by shared memory: what the peer sends
# into the one comes back from the other, and the other way round.
#   peer q0 - p0 [first] joint [second] p1 - q1 peer

# chain_run BACKING1 BACKING2 KEPT2 VDEV1 VDEV2 [EAL-OPTION2...]: VDEV1 makes the
# joint in the first program, VDEV2 joins it in the second.
chain_run()
{
	local backing1=$1 backing2=$2 kept2=$3 vdev1=$4 vdev2=$5
	shift 5
	two_veths || return 1
	pmd_start first --vdev net_af_packet0,iface=p0 --vdev "$vdev1" --
	check_start first "$SCENARIO, first" "$backing1" || return
	pmd_run first "port start all" start
	pmd_start second --vdev "$vdev2" --vdev net_af_packet1,iface=p1 "$@" --
	check_start second "$SCENARIO, second" "$backing2" || return
	pmd_run second "port start all" start
	peer_check "$SCENARIO" q0 q1
	peer_check "$SCENARIO" q1 q0 --seed 2
	# A memif port that is polled while its peer goes away may crash, whatever
	# the mempool handler is.
	pmd_run first stop
	check_end second "$SCENARIO, second" "$kept2"
	check_end first "$SCENARIO, first"
}

scenario_memif()
{
	local socket=$SCRATCH/memif.sock
	chain_run maze maze 0 \
		"net_memif0,role=server,socket=$socket,socket-abstract=no" \
		"net_memif1,role=client,socket=$socket,socket-abstract=no"
}

# The client's pool itself is shared with the server. The client does not free
# what its receive ring of 1024 holds, and what it sent last.
scenario_memif_zero_copy()
{
	local socket=$SCRATCH/memifzc.sock
	chain_run maze eal $((1024 + 64)) \
		"net_memif0,role=server,socket=$socket,socket-abstract=no" \
		"net_memif1,role=client,socket=$socket,socket-abstract=no,zero-copy=yes" \
		--single-file-segments
}

# virtio-user shares its memory with the vhost side, which copies out of it.
scenario_virtio_user()
{
	local socket=$SCRATCH/vhost.sock
	chain_run maze eal 0 \
		"net_vhost0,iface=$socket,queues=1" \
		"net_virtio_user0,path=$socket,queues=1" \
		--single-file-segments
}
