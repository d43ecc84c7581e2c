# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The Labyrinth authors
#
# DPDK's own tools, as they are: they attach to testpmd, whose pools lie in
# mazes. Part of tests/processes/processes.sh.

FRAMES=1000

# run_testpmd EAL-OPTION... -- OPTION...: a primary, ready for commands when it returns 0.
run_testpmd()
{
	rm -f "$LOGS/testpmd.in"
	mkfifo "$LOGS/testpmd.in" || die "cannot make $LOGS/testpmd.in"
	stdbuf -oL dpdk-testpmd --no-pci --no-telemetry -l 0,1 --proc-type=primary "--file-prefix=$PREFIX" \
		"${HUGE_ARGS[@]}" "$@" <"$LOGS/testpmd.in" >"$LOGS/testpmd.log" 2>&1 &
	at_exit end_process $!
	pmd_drive testpmd $! "$LOGS/testpmd.in" "$LOGS/testpmd.log"
}

# start_testpmd: on an interface of its own.
start_testpmd()
{
	LABYRINTH_OPTIONS=profile=strict run_testpmd -d "$PLUGIN" --mbuf-pool-ops-name=labyrinth \
		--vdev=net_af_packet0,iface=lab1,framecnt=2048 \
		-- -i --total-num-mbufs=8192 --forward-mode=rxonly &&
		grep -aq 'pool mb_pool_0: backing=maze' "$LOGS/testpmd.log"
}

links_up()
{
	ip link set lo up && ip link add lab0 type veth peer name lab1 || return 1
	for end in lab0 lab1; do
		sysctl -qw "net.ipv6.conf.$end.disable_ipv6=1" 2>/dev/null
		ethtool -K "$end" tx off rx off gso off gro off tso off >/dev/null 2>&1
		ip link set "$end" up || return 1
	done
}

same_frames()
{
	"$HERE/../system/pcap_tool.py" compare "$LOGS/made.pcap" "$1" >/dev/null
}

# settle FILE: wait until it grows no more.
settle()
{
	local size last=-1 end=$((SECONDS + 15))
	while ((SECONDS < end)); do
		size=$(stat -c %s "$1" 2>/dev/null || echo 0)
		((size > 24 && size == last)) && return
		last=$size
		sleep 1
	done
}

# capture NAME READY COMMAND...: starts a tool, sends the frames when it says that
# it is ready, ends it, and compares what it captured in NAME.pcap. It is ended while testpmd
# does not forward: a tool that ends frees the ring and the counters that DPDK's callback, called
# for each burst on testpmd's lcore, may be using at that moment, whatever the pool is.
capture()
{
	local name=$1 ready=$2 log=$LOGS/$1.log pid
	shift 2
	rm -f "$LOGS/$name.pcap" "$LOGS/$name.early.pcap"
	pmd_run testpmd start || note "$CASE: $name: testpmd does not start to forward"
	stdbuf -oL "$@" >"$log" 2>&1 </dev/null &
	pid=$!
	if wait_until 20 grep -aqE "$ready" "$log"; then
		sleep 0.5
		"$HERE/replay.py" "$LOGS/made.pcap" lab0
		settle "$LOGS/$name.pcap"
	fi
	# Where EAL cannot take a device away in time it probes it once more, which empties the
	# file of a tool that wrote it long ago.
	cp "$LOGS/$name.pcap" "$LOGS/$name.early.pcap" 2>/dev/null
	pmd_run testpmd stop || note "$CASE: $name: testpmd does not stop forwarding"
	# Another tool writes the rest of its file at its end.
	kill -INT "$pid" 2>/dev/null
	wait_until 20 ended "$pid"
	end_process "$pid"
	if same_frames "$LOGS/$name.early.pcap" || same_frames "$LOGS/$name.pcap"; then
		ok "$CASE: $name: $FRAMES packets as they were sent"
	else
		not_ok "$CASE: $name: not the packets that were sent" "$log"
	fi
}

# mapped_maze NAME: did the tool map the primary's pool?
mapped_maze()
{
	check "$CASE: $1 maps the maze" grep -aq 'pool mb_pool_0: maze mapped' "$LOGS/$1.log"
}

# pdump NAME [OPTION...]
pdump()
{
	local name=$1
	shift
	capture "$name" 'capture for' dpdk-pdump --no-pci "--file-prefix=$PREFIX" "$@" \
		--log-level=pmd.mempool.labyrinth:info -- --pdump \
		"port=0,queue=*,rx-dev=$LOGS/$name.pcap,ring-size=2048,total-num-mbufs=4095"
}

# dumpcap NAME [VARIABLE...]: it takes no plugin from its command line.
dumpcap()
{
	local name=$1
	shift
	capture "$name" 'Packets captured' env "$@" dpdk-dumpcap "--file-prefix=$PREFIX" -i 0 -P \
		-w "$LOGS/$name.pcap"
}

# proc_info NAME EXPECTED OPTION...
proc_info()
{
	local name=$1 expected=$2
	shift 2
	limited 20 "$LOGS/$name.log" dpdk-proc-info --no-pci "--file-prefix=$PREFIX" \
		"${DRIVER[@]}" -- "$@"
	check_eq "$CASE: dpdk-proc-info $*: exit status" $? 0 "$LOGS/$name.log"
	check "$CASE: and it shows: $expected" grep -aqE "$expected" "$LOGS/$name.log"
}

# A primary without the driver, where another one was killed that had an older one.
case_leftover()
{
	if ! command -v dpdk-testpmd >/dev/null; then
		skip "$CASE" "no dpdk-testpmd"
		return
	fi
	peer primary primary
	kill_peer primary
	change_bytes 16 '0.0.9\0'
	if ! run_testpmd --vdev=net_null0 -- -i --total-num-mbufs=2048; then
		not_ok "$CASE: testpmd starts" "$LOGS/testpmd.log"
		return
	fi
	peer second secondary
	check_eq "$CASE: a secondary starts" "${REPLY%% *}" ok "${PEER_LOG[second]}"
	said second "the primary process has not loaded this driver"
	unsaid second "has version"
	end_peer second
	pmd_cmd testpmd quit
	pmd_end testpmd
	check_eq "$CASE: testpmd ends" $? 0 "$LOGS/testpmd.log"
}

case_tools()
{
	find_plugin "$BUILD"
	if grep -q __asan_init "$PLUGIN"; then
		skip "$CASE" "built with sanitizers"
		return
	fi
	links_up || { skip "$CASE" "no veth interfaces" && return; }
	"$HERE/../system/pcap_tool.py" make "$LOGS/made.pcap" "$FRAMES" 1514
	check "$CASE: testpmd starts with its pool in a maze" start_testpmd
	DRIVER=(-d "$PLUGIN")
	proc_info proc_info_pool 'ops_name labyrinth' --show-mempool=mb_pool_0
	proc_info proc_info_all 'ops_name: <labyrinth>' --show-mempool
	proc_info proc_info_iterate 'iterated [0-9]{4}' --iter-mempool=mb_pool_0
	proc_info proc_info_stats 'NIC statistics' --stats
	# Without the driver it may look at ports, but not into pools. Who makes pools
	# without it is at the mercy of the order in which the two loaded plugins.
	DRIVER=()
	proc_info proc_info_without 'NIC statistics' --stats
	dumpcap dumpcap "LD_PRELOAD=$PLUGIN"
	check "$CASE: dumpcap has the driver" \
		grep -aq 'mempool ops put in the primary' "$LOGS/dumpcap.log"
	pdump pdump -d "$PLUGIN"
	mapped_maze pdump
	pmd_cmd testpmd quit
	wait_until 10 ended "${PMD_PID[testpmd]}" || note "$CASE: testpmd does not end"
	{ pmd_end testpmd; } 2>/dev/null
	check_eq "$CASE: testpmd ends" $? 0 "$LOGS/testpmd.log"
	check "$CASE: without a violation" not grep -aqE 'violation: |rror' "$LOGS/testpmd.log"
}
