# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The Labyrinth authors
#
# net_pcap: what was read from a capture must be what is written to the other,
# byte for byte. One capture is made up (all lengths, chains of buffers), one is
# recorded from a ping and a TCP transfer.

scenario_pcap()
{
	local made=$SCRATCH/made.pcap
	"$HERE/pcap_tool.py" make "$made" 6000 || return
	pcap_forward made "$made"
}

# Frames longer than a buffer: pcap chains buffers when it reads.
scenario_pcap_jumbo()
{
	local made=$SCRATCH/jumbo.pcap
	"$HERE/pcap_tool.py" make "$made" 500 9000 || return
	pcap_forward jumbo "$made"
}

scenario_pcap_recorded()
{
	local recorded=$SCRATCH/recorded.pcap
	if ! is_root; then
		skip "pcap_recorded" "recording needs root"
		return
	fi
	if ! pcap_record "$recorded"; then
		not_ok "pcap_recorded: records real traffic" "$LOGS/record.log"
		return
	fi
	pcap_forward recorded "$recorded"
}

# pcap_record FILE: a ping and a TCP transfer between two namespaces.
pcap_record()
{
	local left=lab-rec-a-$$ right=lab-rec-b-$$ dump status
	(
		undo_here
		add_netns "$left" && add_netns "$right" || exit 1
		ip -n "$left" link add veth0 type veth peer name veth1 netns "$right" || exit 1
		ip -n "$left" addr add 192.0.2.1/24 dev veth0
		ip -n "$right" addr add 192.0.2.2/24 dev veth1
		ip netns exec "$left" ethtool -K veth0 tso off gso off gro off >/dev/null
		ip netns exec "$right" ethtool -K veth1 tso off gso off gro off >/dev/null
		ip -n "$left" link set veth0 up
		ip -n "$right" link set veth1 up
		ip netns exec "$left" timeout 30 tcpdump -U -Z root -i veth0 -w "$1" 2>&1 &
		dump=$!
		sleep 1
		ip netns exec "$left" ping -q -c 5 -i 0.1 -s 900 192.0.2.2 &&
			"$HERE/transfer.py" "$left" "$right" 192.0.2.2 200000
		status=$?
		sleep 1
		end_process "$dump"
		exit "$status"
	) >"$LOGS/record.log" 2>&1
	status=$?
	((status == 0)) && [[ -s $1 ]]
}

# pcap_forward NAME CAPTURE [TESTPMD-OPTION...]
pcap_forward()
{
	local name=$1 in=$2 out=$SCRATCH/$1-out.pcap verdict
	shift 2
	rm -f "$out"
	pmd_start "$name" --vdev "net_pcap0,rx_pcap=$in,tx_pcap=$out" -- \
		--port-topology=loop --no-flush-rx "$@"
	check_start "$name" "$SCENARIO" maze || return
	pmd_run "$name" "port start all" start
	pcap_settle "$out"
	check_end "$name" "$SCENARIO"
	verdict=$("$HERE/pcap_tool.py" compare "$in" "$out")
	if [[ $verdict == *"are the same" ]]; then
		ok "$SCENARIO: $verdict"
	else
		not_ok "$SCENARIO: payload: $verdict" "${PMD_LOG[$name]}"
	fi
}

# pcap_settle FILE: until it has stopped growing.
pcap_settle()
{
	local size=-1 now tries=40
	sleep 0.5
	while ((tries-- > 0)); do
		now=$(stat -c %s "$1" 2>/dev/null || echo 0)
		((now > 24 && now == size)) && return
		size=$now
		sleep 0.3
	done
}
