#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The Labyrinth authors
#
# labyrinth-fwd: what the modes that look into packets do with them, long and
# scattered frames, several queues and pools, ports and peers that go away,
# handlers compared.

set -u
HERE=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/lib.sh
. "$HERE/../lib.sh"
# shellcheck source=tests/fwd/fwd_lib.sh
. "$HERE/fwd_lib.sh"

PEER=02:00:00:00:00:77
FLOWS=$HERE/flows.py
TOOL=$HERE/../system/pcap_tool.py

# --- modes ------------------------------------------------------------------

test_contents()
{
	python3 "$FLOWS" make "$LOGS/sent.pcap" || die "cannot make a capture"
	capture "5tswap over net_pcap" 5tswap
	check "5tswap exchanges the five" \
		python3 "$FLOWS" check 5tswap "$LOGS/sent.pcap" "$LOGS/got.pcap"
	capture "pipeline over net_pcap" pipeline
	check "pipeline changes nothing, and keeps the order" \
		python3 "$TOOL" compare "$LOGS/sent.pcap" "$LOGS/got.pcap"
	cp "$LOGS/sent.pcap" "$LOGS/right.pcap"
	python3 "$FLOWS" spoil "$LOGS/right.pcap" "$LOGS/sent.pcap" || die "cannot spoil a capture"
	capture "csum over net_pcap" csum "--eth-peer=1,$PEER"
	check "csum computes what was wrong" \
		python3 "$FLOWS" check csum "$LOGS/right.pcap" "$LOGS/got.pcap" $PEER
	python3 "$FLOWS" make-icmp "$LOGS/sent.pcap" || die "cannot make a capture"
	capture "icmpecho over net_pcap" icmpecho
	check "icmpecho answers pings and ARP on the same port" \
		python3 "$FLOWS" check icmpecho "$LOGS/sent.pcap" "$LOGS/back.pcap"
	check_eq "icmpecho sends nothing to the other port" "$(stat -c %s "$LOGS/got.pcap")" 24
	capture "hold over net_pcap" hold
	check_eq "hold receives every packet" "$(table_column '^port .* rx packets' $RX)" "300 0" "$LOG"
}

# A capture without end goes to a reader that takes some of it and goes away.
test_flowgen()
{
	local fifo=$LOGS/fifo reader
	mkfifo "$fifo"
	head -c 400000 "$fifo" >"$LOGS/got.pcap" &
	reader=$!
	run_on "flowgen" "$LCORES" "--vdev=net_pcap0,rx_pcap=$LOGS/none.pcap,tx_pcap=$fifo" -- \
		--forward-mode=flowgen "--pool-ops=$OPS" "--eth-peer=0,$PEER" --duration=1 \
		--stats-period=0
	wait "$reader"
	no_loss "flowgen, to a reader that goes away"
	check "flowgen sends 1024 flows" python3 "$FLOWS" check flowgen "$LOGS/got.pcap" $PEER
	check "flowgen: the summary comes all the same" grep -q '^=== Summary' "$LOG"
}

# What is held is not free: a quarter of the pool at most.
test_hold()
{
	local free
	run_on "hold" "$LCORES" --vdev=net_null0 --vdev=net_null1 -- --forward-mode=hold --hold-ms=500 \
		"--pool-ops=$OPS" --duration=2 --stats-period=1
	no_loss "hold"
	free=$(sed -nE 's/^pool fwd_0: ([0-9]+) of 8191 free$/\1/p' "$LOG" | head -n 1)
	if ((${free:-8191} < 7000 && ${free:-0} > 4000)); then
		ok "hold: a large part of the pool is in flight ($free of 8191 free)"
	else
		not_ok "hold: $free of 8191 are free" "$LOG"
	fi
}

# --- frames and pools -------------------------------------------------------

test_long_frames()
{
	python3 "$TOOL" make "$LOGS/sent.pcap" 300 8900 || die "cannot make a capture"
	capture "jumbo frames in small mbufs" io --max-pkt-len=9000 --enable-scatter --mbuf-size=1024
	check "scattered over mbufs of 1 KiB, jumbo frames arrive whole" \
		python3 "$TOOL" compare "$LOGS/sent.pcap" "$LOGS/got.pcap"
	capture "jumbo frames in large mbufs" pipeline --max-pkt-len=9000 --mbuf-size=9216
	check "in mbufs of 9 KiB, jumbo frames arrive whole" \
		python3 "$TOOL" compare "$LOGS/sent.pcap" "$LOGS/got.pcap"
	capture "scattered frames through csum" csum --enable-scatter --mbuf-size=256 \
		"--eth-peer=1,$PEER"
	refused_on "jumbo frames without room" "--max-pkt-len=9000: .* give --enable-scatter" \
		"$LCORES" --vdev=net_null0 -- --max-pkt-len=9000 --duration=1
}

test_three_pools()
{
	local vdevs=() i
	python3 "$TOOL" make "$LOGS/sent.pcap" 500 1500 || die "cannot make a capture"
	for i in 0 1 2 3; do
		vdevs+=("--vdev=net_pcap$i,rx_pcap=$LOGS/sent.pcap,tx_pcap=$LOGS/got$i.pcap")
	done
	run_on "three pools" "$LCORES" "${vdevs[@]}" -- --mbuf-size=512,2176,4096 --enable-scatter \
		"--pool-ops=$OPS" --duration=1 --stats-period=0
	no_loss "three pools of different mbuf sizes"
	check_eq "three pools: their sizes" \
		"$(sed -nE 's/^pool fwd_.* mbufs of ([0-9]+) bytes.*/\1/p' "$LOG" | xargs)" "512 2176 4096"
	[[ $OPS != labyrinth ]] ||
		check_eq "three pools: packets have come from each" \
			"$(grep -c 'rooms refilled [1-9]' "$LOG")" 3 "$LOG"
	for i in 0 1 2 3; do
		check "three pools: port $i passes on what its peer got" \
			python3 "$TOOL" compare "$LOGS/sent.pcap" "$LOGS/got$i.pcap"
	done
}

# queues_busy NAME: each receive queue of the forwarder has got packets.
queues_busy()
{
	local idle
	idle=$(sed -nE 's/^(rx_q[0-9]+_?packets): 0$/\1/p' "$LOG" | xargs)
	if grep -qE '^rx_q1_?packets: [1-9]' "$LOG" && [[ -z $idle ]]; then
		ok "$1: all queues have got packets"
	else
		not_ok "$1: without packets: '$idle'" "$LOG"
	fi
}

test_queues()
{
	run_in "queues of net_ring" $'start tx_first 8\n forwards\nshow port xstats 0\nstop\nquit' \
		--vdev=net_ring0 --vdev=net_ring1 -- -i --rxq=4 --rss-ip "--pool-ops=$OPS"
	no_loss "RSS over net_ring"
	queues_busy "RSS over net_ring"
	run_on "rss listed" "$LCORES" --vdev=net_null0 -- --rxq=2 --rss-udp "--pool-ops=$OPS" \
		--duration=1 --stats-period=0
	no_loss "RSS over net_null"
	if ! is_root || [[ ! -e /dev/net/tun ]]; then
		skip "RSS over net_tap" "needs root and /dev/net/tun"
		return
	fi
	TAP=lfq$$
	run_in "queues of net_tap" $'start\n flood\nshow port xstats 0\nstop\nquit' \
		"--vdev=net_tap0,iface=$TAP" -- -i --rxq=2 --rss-udp --forward-mode=rxonly "--pool-ops=$OPS"
	no_loss "queues of net_tap"
	queues_busy "queues of net_tap"
}

# --- what goes away ---------------------------------------------------------

test_port_detached()
{
	run_in "detached" $'start tx_first 4\n forwards\nport detach 1\n sleep 1\nshow fwd stats all\nstop\nquit' \
		--vdev=net_null0 --vdev=net_ring1 --vdev=net_null2 --vdev=net_null3 -- -i "--pool-ops=$OPS"
	no_loss "a port detached while forwarding"
	check "a port detached while forwarding: one line says so" \
		grep -q '^labyrinth-fwd: port 1 (net_ring1) is gone' "$LOG"
	check "a port detached while forwarding: shown as gone" grep -qE '^1 +net_ring1 .* gone$' "$LOG"
	check "a port detached while forwarding: its figures stay" \
		grep -qE '^1 +net_ring1 +[1-9][0-9]* .* gone$' "$LOG"
}

# rate_of PORT: packets a second, in and out, of the last live table.
rate_of()
{
	awk -v port="$1" '$1 == port && $3 == "up" { last = $4 + $5 } END { printf "%.0f\n", last }' "$LOG"
}

# A driver that reports its device as taken away, in the middle of forwarding.
test_port_removed()
{
	local plugin
	trusted_dir "$1"
	plugin=$TRUSTED/remove_port-$$.so
	compile "$HERE/remove_port.c" "$plugin" -shared -fPIC
	at_exit rm -f "$plugin"
	run_on "removed" "$LCORES" -d "$plugin" --vdev=net_null0 --vdev=net_null1 --vdev=net_null2 \
		--vdev=net_null3 -- "--pool-ops=$OPS" --duration=3 --stats-period=1
	no_loss "a device taken away"
	check "a device taken away: one line says so" \
		grep -q '^labyrinth-fwd: port 0 (net_null0) is gone; going on without it' "$LOG"
	check "a device taken away: the others go on" test "$(rate_of 2)" -gt 0
	check_eq "a device taken away: its pair has nothing to do" "$(rate_of 1)" 0 "$LOG"
	check "a device taken away: shown as gone" grep -qE '^0 +net_null0 +gone ' "$LOG"
}

test_interface_deleted()
{
	local link
	if ! is_root || [[ ! -e /dev/net/tun ]]; then
		skip "an interface that is deleted" "needs root and /dev/net/tun"
		return
	fi
	TAP=lfd$$
	run_in "deleted" $'start\n forwards\n ip link del '"$TAP"$'\n sleep 0.5\nshow port summary all\nstop\nquit' \
		"--vdev=net_tap0,iface=$TAP" --vdev=net_null1 -- -i "--pool-ops=$OPS"
	no_loss "an interface deleted while forwarding"
	link=$(awk '$1 == 0 && $3 == "net_tap0" { print $5 }' "$LOG" | head -n 1)
	check_eq "an interface deleted while forwarding: the port is shown as down" "$link" down "$LOG"
}

# The ring's peer never reads: what does not fit is counted.
test_peer_stops()
{
	run_on "no reader" "$LCORES" --vdev=net_null0 --vdev=net_ring1 -- --forward-mode=io \
		"--pool-ops=$OPS" --portlist=0,1 --duration=1 --stats-period=0
	no_loss "a peer that does not read fast enough"
	# shellcheck disable=SC2046 # one word a port
	check "a peer that does not read fast enough: drops are counted" \
		all_above 0 $(table_column '^port .* rx packets' $DROPS | cut -d' ' -f2)
}

# sends LOG PATTERN: the latest table says that of what port 1 sends and drops.
sends()
{
	awk '$1 == 1 && $3 == "up" { last = ($5 > 0 ? "sends" : "waits") ($6 > 0 ? " drops" : "") } END { print last }' "$1" |
		grep -q "$2"
}

# Another process at the end of a memif, stopped by a signal for a while. It
# takes commands, so that it does not poll any more when this end goes away.
test_peer_stopped()
{
	local socket=$LOGS/memif.sock peer_log=$LOGS/peer.log peer sender name="a peer that is stopped"
	mkfifo "$LOGS/commands"
	"$FORWARDER" "${EAL_ARGS[@]}" "--file-prefix=fwd-peer-$$" --lcores 0@0,1@0 \
		"--vdev=net_memif0,role=server,socket=$socket,socket-abstract=no" -- -i --forward-mode=rxonly \
		"--pool-ops=$OPS" <"$LOGS/commands" >"$peer_log" 2>&1 &
	peer=$!
	exec 9>"$LOGS/commands"
	echo start >&9
	wait_until 20 grep -qs '^lcore 1: from' "$peer_log"
	LOG=$LOGS/sender.log ERRORS=$LOGS/sender.err
	"$FORWARDER" "${EAL_ARGS[@]}" --lcores "$LCORES" --vdev=net_null0 \
		"--vdev=net_memif1,role=client,socket=$socket,socket-abstract=no" -- "--pool-ops=$OPS" \
		--stats-period=1 >"$LOG" 2>"$ERRORS" </dev/null 9>&- &
	sender=$!
	check "$name: is sent to before" wait_until 10 sends "$LOG" sends
	kill -STOP "$peer"
	check "$name: drops are counted and shown" wait_until 10 sends "$LOG" "waits drops"
	kill -CONT "$peer"
	check "$name: is sent to afterwards" wait_until 10 sends "$LOG" sends
	echo stop >&9
	wait_until 10 grep -q '^Stopped after' "$peer_log"
	kill -TERM "$sender"
	wait "$sender"
	STATUS=$?
	no_loss "$name"
	echo quit >&9
	exec 9>&-
	wait "$peer"
	STATUS=$? LOG=$peer_log
	no_loss "$name, itself"
}

# --- handlers ---------------------------------------------------------------

test_compare()
{
	local ratio
	run_on "compare" "$LCORES" --vdev=net_null0 --vdev=net_ring1 --vdev=net_ring2 -- --compare=ring_mp_mc,labyrinth,stack \
		--rounds=3 --duration=3 --tx-first=4
	no_loss "--compare"
	check_eq "--compare: a line for each handler" \
		"$(awk '/^handler/ { on = 1; next } /^\(/ { on = 0 } on { print $1 }' "$LOG" | xargs)" \
		"ring_mp_mc labyrinth stack" "$LOG"
	ratio=$(awk '/^ring_mp_mc / { print $NF }' "$LOG")
	check_eq "--compare: the first is the measure" "$ratio" 1.000 "$LOG"
	LOG=$LOGS/stopped.log ERRORS=$LOGS/stopped.err
	timeout --preserve-status --signal=TERM --kill-after=10 3 "$FORWARDER" "${EAL_ARGS[@]}" --lcores "$LCORES" \
		--vdev=net_null0 -- --compare=ring_mp_mc,labyrinth --rounds=100 --duration=100 \
		>"$LOG" 2>"$ERRORS" </dev/null
	STATUS=$?
	no_loss "--compare, stopped by SIGTERM"
	check "--compare, stopped by SIGTERM: says so" grep -q '^=== Comparison: .* (stopped early)' "$LOG"
	refused_on "handlers to compare that do not exist" "--compare=nosuch: .* ring_mp_mc" \
		"$LCORES" --vdev=net_null0 -- --compare=ring_mp_mc,nosuch
	refused "one handler to compare" "--compare=stack: give 2 to" --compare=stack
	run_on "compare options" "$LCORES" --vdev=net_null0 -- --rounds=1 --duration=2 \
		--compare=ring_mp_mc,labyrinth:profile=fast,trace=off,labyrinth:profile=strict
	no_loss "--compare with options of labyrinth"
	check_eq "--compare: a line for each handler with its options" \
		"$(awk '/^handler/ { on = 1; next } /^\(/ { on = 0 } on { print $1 }' "$LOG" | xargs)" \
		"ring_mp_mc labyrinth:profile=fast,trace=off labyrinth:profile=strict" "$LOG"
	refused "options of another handler" "--compare=.*only labyrinth takes options" \
		--compare=labyrinth,stack:a=b
	refused "options without a handler" "--compare=a=b,stack: give 2 to" --compare=a=b,stack
	refused "turns without anything to compare" "--rounds: only with --compare" --rounds=3
}

test_bad_options()
{
	refused "an mbuf size too many" "--mbuf-size=.*: give up to 8 sizes" \
		--mbuf-size=512,512,512,512,512,512,512,512,512
	refused "an mbuf size that is none" "--mbuf-size=2176,: give up to" --mbuf-size=2176,
	refused "a length below Ethernet's" "--max-pkt-len=10: .* from 64" --max-pkt-len=10
	refused "numa both ways" "--numa: not with --no-numa" --numa --no-numa
	refused "commands for a time" "--duration: not with -i" -i --duration=3
	refused "commands and live tables" "--stats-period: not with -i" -i --stats-period=3
	refused "commands and first packets" "--tx-first: .* start tx_first" -i --tx-first
	refused "commands and a comparison" "--compare: not with -i" -i --compare=stack,labyrinth
	refused_on "one lcore for a pipeline" "pipeline: .* two forwarding lcores" 0@0,1@0 \
		--vdev=net_null0 -- --forward-mode=pipeline
	refused_on "a capture that is not there" "--vdev=net_pcap0,.*: this port" 0@0,1@0 \
		"--vdev=net_pcap0,rx_pcap=$LOGS/nosuch.pcap" -- --duration=1
	refused_on "a socket in no directory" "--vdev=net_memif0,.*: this port" 0@0,1@0 \
		"--vdev=net_memif0,role=server,socket=$LOGS/nosuch/socket,socket-abstract=no" -- --duration=1
}

# --- main -------------------------------------------------------------------

begin fwd-modes "$@"
test_contents
test_flowgen
test_hold
test_long_frames
test_three_pools
test_queues
test_port_detached
test_port_removed "$1"
test_interface_deleted
test_peer_stops
test_peer_stopped
test_compare
test_bad_options
finish
