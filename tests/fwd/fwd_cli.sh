#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The Labyrinth authors
#
# labyrinth-fwd from outside: what it says to good and bad command lines, that
# every mode moves packets without losing a buffer, and how it ends.

set -u
HERE=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/lib.sh
. "$HERE/../lib.sh"
# shellcheck source=tests/fwd/fwd_lib.sh
. "$HERE/fwd_lib.sh"

PEER=02:00:00:00:00:77

# --- tests ------------------------------------------------------------------

test_help()
{
	local option
	run "help" --help
	check_eq "--help: exit status" "$STATUS" 0 "$ERRORS"
	for option in forward-mode rxq txq rxd txd nb-cores burst mbcache total-num-mbufs \
		mbuf-size pool pool-ops pool-options portmask portlist eth-peer tx-first duration \
		stats-period embedded interactive auto-start rss-ip rss-udp max-pkt-len enable-scatter \
		numa no-numa cmdline-file compare rounds lockdown hold-ms nic-report doctor doctor-root help; do
		grep -q -- "^  --$option" "$LOG" || not_ok "--help does not name --$option" "$LOG"
	done
	run "help behind" -- --help
	check "-- --help prints the same" grep -q '^usage: labyrinth-fwd' "$LOG"
}

test_bad_options()
{
	refused "an unknown option" "--bogus: unknown" --bogus=1
	refused "a short option" "-x: unknown" -x
	refused "an ambiguous option" "--p: unknown or shortened" --p=1
	refused "a stray word" "stray: unexpected" stray
	refused "a value too many" "--embedded: takes no value" --embedded=yes
	refused "a missing value" "--burst: a value is missing" --burst
	refused "a mode that does not exist" \
		"--forward-mode=route: .* io, mac, macswap, rxonly, txonly" --forward-mode=route
	refused "a burst of 0" "--burst=0: .* 1 to 512" --burst=0
	refused "a burst of 513" "--burst=513: .* 1 to 512" --burst=513
	refused "text for a number" "--duration=ten: .* whole number" --duration=ten
	refused "text behind a number" "--duration=1s: .* whole number" --duration=1s
	refused "a negative number" "--stats-period=-1: .* whole number" --stats-period=-1
	refused "a number beyond 64 bits" "--rxd=99999999999999999999: " --rxd=99999999999999999999
	refused "no receive queue" "--rxq=0: .* from 1" --rxq=0
	refused "fewer transmit than receive queues" "--txq=1: .* at least 2" --rxq=2 --txq=1
	refused "too large a cache" "--mbcache=100000: .* 0 to" --mbcache=100000
	refused "no mbufs" "--total-num-mbufs=0: .* from 1" --total-num-mbufs=0
	refused "fewer mbufs than a cache holds" "--total-num-mbufs=64: .* 375 or more" \
		--total-num-mbufs=64
	refused "more mbufs than memory" "MiB of memory needed" --total-num-mbufs=2147483647
	refused "mbufs without room" "--mbuf-size=64: .* from" --mbuf-size=64
	refused "a bad port list" "--portlist=2-1: .* such as 0,2-3" --portlist=2-1
	refused "an empty port mask" "--portmask=0x0: .* from 1" --portmask=0x0
	refused "a peer without address" "--eth-peer=0: .* such as" --eth-peer=0
	refused "a peer with a bad address" "--eth-peer=0,12:34: .* such as" --eth-peer=0,12:34
	refused "pool options for other handlers" "--pool-options: .* not for ring_mp_mc" \
		--pool-ops=ring_mp_mc --pool-options=profile=fast
	run "refuses own options among EAL's" --forward-mode=mac
	expect_refused "refuses own options among EAL's" "--forward-mode=mac: .* behind --"
}

test_bad_setups()
{
	local null=(--vdev=net_null0) one=0@0,1@0 end=(--duration=1 --stats-period=0)
	refused_on "no lcore to forward" "give EAL two or more" 0@0 "${null[@]}" -- "${end[@]}"
	refused_on "more forwarding lcores than there are" "--nb-cores=3: only 1" $one \
		"${null[@]}" -- --nb-cores=3 "${end[@]}"
	refused_on "no port" "no port found: .* --embedded" $one -- "${end[@]}"
	refused_on "a port that cannot be made" "--vdev=net_tap9,.*: this port" $one \
		--vdev=net_tap9,iface=a-name-too-long-for-linux -- "${end[@]}"
	refused_on "a port list beyond the ports" "no port 5; .* 0x1" $one "${null[@]}" -- \
		--portlist=5 "${end[@]}"
	refused_on "a peer of a port that is not there" "--eth-peer: there is no port 3" $one \
		"${null[@]}" -- "--eth-peer=3,$PEER" "${end[@]}"
	refused_on "more queues than a port has" "--rxq=100: port 0 .* at most 16" $one \
		--vdev=net_ring0 -- --rxq=100 "${end[@]}"
	refused_on "a handler that does not exist" "--pool-ops=nosuch: .* ring_mp_mc" $one \
		"${null[@]}" -- --pool-ops=nosuch "${end[@]}"
	refused_on "another handler for EAL" "--mbuf-pool-ops-name=stack: .* --pool-ops=stack" $one \
		--mbuf-pool-ops-name=stack "${null[@]}" -- "${end[@]}"
	export LABYRINTH_OPTIONS=all=on
	refused_on "a ring where all pools are labyrinth's" "no ring_mp_mc pool .*; all=on makes it" $one \
		"${null[@]}" -- --pool-ops=ring_mp_mc "${end[@]}"
	unset LABYRINTH_OPTIONS
	refused_on "an unknown pool option" "no labyrinth pool of .*: Invalid argument" $one \
		"${null[@]}" -- --pool-options=nosuch=1 "${end[@]}"
	refused_on "an lcore map beyond the CPUs" "EAL did not start" 0@0,1@1000 "${null[@]}" -- \
		"${end[@]}"
	refused_on "an unknown EAL option" "EAL did not start" $one --nosuch -- "${end[@]}"
}

# mode MODE COLUMN...: over net_null and net_ring, the columns must not be zero.
mode()
{
	local mode=$1 kind column name
	shift
	for kind in net_null net_ring; do
		name="$mode over $kind"
		run_on "$name" "$LCORES" "--vdev=${kind}0" "--vdev=${kind}1" -- \
			"--forward-mode=$mode" "--pool-ops=$OPS" --tx-first=4 --duration=1 \
			--stats-period=0
		for column in "$@"; do
			moved "$name: $([[ $column == "$RX" ]] && echo received || echo sent)" \
				"$column"
		done
		no_loss "$name"
	done
}

test_modes()
{
	mode io $RX $TX
	mode mac $RX $TX
	mode macswap $RX $TX
	mode rxonly $RX
	mode txonly $TX
	# Nobody empties the rings here: what does not fit must be counted and freed.
	moved "txonly over net_ring: drops are counted" $DROPS
}

test_contents()
{
	local tool=$HERE/../system/pcap_tool.py
	python3 "$tool" make "$LOGS/sent.pcap" 500 1500 || die "cannot make a capture"
	capture "io over net_pcap" io
	check "io changes nothing" \
		python3 "$HERE/frames.py" check io "$LOGS/sent.pcap" "$LOGS/got.pcap"
	capture "macswap over net_pcap" macswap
	check "macswap exchanges the addresses" \
		python3 "$HERE/frames.py" check macswap "$LOGS/sent.pcap" "$LOGS/got.pcap"
	capture "mac over net_pcap" mac "--eth-peer=1,$PEER"
	check "mac sets the addresses" \
		python3 "$HERE/frames.py" check mac "$LOGS/sent.pcap" "$LOGS/got.pcap" $PEER
	capture_generated
}

# What txonly sends, but only a few bursts of it: a second would fill the disk.
capture_generated()
{
	run_on "txonly capture" "$LCORES" "--vdev=net_ring0" \
		"--vdev=net_pcap1,rx_pcap=$LOGS/none.pcap,tx_pcap=$LOGS/got.pcap" -- \
		--forward-mode=io "--pool-ops=$OPS" --tx-first=4 "--eth-peer=0,$PEER" \
		"--eth-peer=1,$PEER" --duration=1 --stats-period=0
	no_loss "generated frames over net_pcap"
	check "generated frames are right" \
		python3 "$HERE/frames.py" check txonly "$LOGS/got.pcap" $PEER
}

test_spread()
{
	local streams
	run_on "queues" "$LCORES" --vdev=net_null0 --vdev=net_null1 -- --rxq=2 --txq=3 --burst=64 \
		--rxd=256 --txd=256 --mbcache=0 --total-num-mbufs=3000 --mbuf-size=4096 \
		"--pool-ops=$OPS" --duration=1 --stats-period=0
	no_loss "two queues on two lcores"
	streams=$(grep -aoE 'from port [01] queue [01] to port [01] queue [01]' "$LOG" | sort -u | wc -l)
	check_eq "every receive queue has an lcore" "$streams" 4 "$LOG"
	moved "two queues on two lcores: sent" $TX
	run_on "three ports" "$LCORES" --vdev=net_null0 --vdev=net_null1 --vdev=net_null2 -- \
		--portlist=0,2 "--pool-ops=$OPS" --duration=1 --stats-period=0
	check_eq "--portlist chooses ports" "$(table_column '^port .* rx packets' 1)" "0 2" "$LOG"
	no_loss "--portlist"
	run_on "odd" "$LCORES" --vdev=net_null0 -- "--pool-ops=$OPS" --duration=1 --stats-period=0
	check "a port alone sends to itself" \
		grep -q 'from port 0 queue 0 to port 0 queue 0' "$LOG"
	no_loss "a port alone"
}

test_handlers()
{
	local ops
	for ops in ring_mp_mc stack labyrinth; do
		run_on "$ops" "$LCORES" --vdev=net_null0 --vdev=net_null1 -- "--pool-ops=$ops" \
			--duration=1 --stats-period=0
		check "--pool-ops=$ops is what the pool uses" grep -q "^pool fwd_.*: $ops, " "$LOG"
		no_loss "--pool-ops=$ops"
	done
	run_on "pool options" "$LCORES" --vdev=net_null0 -- --pool-options=profile=fast \
		--duration=1 --stats-period=0
	no_loss "--pool-options=profile=fast"
}

# A pool too small for the ports and the lcores: counted, shown, survived.
test_starved()
{
	local failures
	run_on "starved" "$LCORES" --vdev=net_ring0 --vdev=net_ring1 -- --forward-mode=txonly \
		--total-num-mbufs=500 --mbcache=0 "--pool-ops=$OPS" --duration=1 --stats-period=0
	no_loss "an empty pool"
	failures=$(table_column '^lcore .* alloc failures' 6)
	# shellcheck disable=SC2086 # one word an lcore
	if all_above 0 $failures; then
		ok "an empty pool: failures are counted ($failures)"
	else
		not_ok "an empty pool: failures '$failures'" "$LOG"
	fi
}

test_figures()
{
	local gets rounds
	run_on "txonly figures" "$LCORES" --vdev=net_null0 --vdev=net_null1 -- \
		--forward-mode=txonly "--pool-ops=$OPS" --duration=1 --stats-period=0
	gets=$(table_column '^lcore .* p99.9' 2)
	rounds=$(table_column '^lcore .* rounds$' 7)
	check_eq "txonly: every get is measured" "$gets" "$rounds" "$LOG"
	awk '/p99.9/ { table = 1; next } table && /^\(/ { exit }
		table { rows++; if ($3 == 0 || $3 > $4 || $4 > $5 || $5 > $6) bad = 1 }
		END { exit bad || rows < 3 }' "$LOG"
	check_eq "percentiles rise from p50 to max" $? 0 "$LOG"
	# Two busy lcores on one CPU: the kernel must take it from each of them.
	run_on "one CPU" 0@0,1@0,2@0 --vdev=net_null0 --vdev=net_null1 -- "--pool-ops=$OPS" \
		--duration=2 --stats-period=1
	gets=$(table_column '^lcore .* involuntary' 5)
	# shellcheck disable=SC2086 # one word an lcore
	check "context switches of lcores sharing a CPU are seen ($gets)" all_above 0 $gets
	check_eq "a live table each second" "$(grep -c '^after [12] s' "$LOG")" 2 "$LOG"
}

# ends_with SIGNAL: the summary is printed and nothing is lost.
ends_with()
{
	local name="SIG$1" pid
	LOG=$LOGS/$name.log
	ERRORS=$LOGS/$name.err
	"$FORWARDER" "${EAL_ARGS[@]}" --lcores "$LCORES" --vdev=net_null0 --vdev=net_null1 -- \
		"--pool-ops=$OPS" --stats-period=1 >"$LOG" 2>"$ERRORS" </dev/null &
	pid=$!
	wait_until 20 grep -q '^after ' "$LOG" || not_ok "$name: no live table" "$LOG"
	kill -s "$1" "$pid"
	# If it does not end by itself, its status will tell.
	wait_until 10 has_ended "$pid" || kill -KILL "$pid"
	wait "$pid"
	STATUS=$?
	check "$name: prints the summary" grep -q '^=== Summary: ' "$LOG"
	no_loss "$name"
}

has_ended()
{
	! kill -0 "$1" 2>/dev/null
}

test_signals()
{
	ends_with INT
	ends_with TERM
	ends_with HUP
}

test_closed_pipe()
{
	local status
	timeout --kill-after=5 30 "$FORWARDER" "${EAL_ARGS[@]}" --lcores "$LCORES" \
		--vdev=net_null0 -- "--pool-ops=$OPS" 2>/dev/null </dev/null | head -n 1 >/dev/null
	status=${PIPESTATUS[0]}
	check_eq "a closed output ends it" "$status" 0
}

test_embedded()
{
	local bases
	run "without EAL options" -- --duration=1 --stats-period=0
	no_loss "without EAL options"
	bases=$(grep -aoE 'base-virtaddr=0x[0-9a-f]+' "$LOG")
	moved "without EAL options: received" $RX
	moved "without EAL options: sent" $TX
	run "without any option"
	no_loss "without any option"
	check "without any option: ends after 10 seconds" grep -qE '^=== Summary: 10\.' "$LOG"
	if [[ -z $bases || $(grep -aoE 'base-virtaddr=0x[0-9a-f]+' "$LOG") == "$bases" ]]; then
		not_ok "the base address is another in each run ($bases)" "$LOG"
	else
		ok "the base address is another in each run"
	fi
	run_on "embedded" "$LCORES" -- --embedded --duration=1 --stats-period=0
	no_loss "--embedded with EAL options"
	test_embedded_no_huge
}

# A pool larger than all huge pages, so that it has to do without. Large
# mbufs, since what is touched of each is small.
test_embedded_no_huge()
{
	local total mbufs
	total=$(huge_total)
	if ((total > 2048)); then
		skip "too few huge pages" "there are $total, more than memory need be spent on"
		return
	fi
	mbufs=$(((total + 64) * 32 + 8192))
	run "no huge pages" -- --duration=1 --stats-period=0 --mbuf-size=65535 \
		"--total-num-mbufs=$mbufs"
	check "too few huge pages: says so" grep -q '^labyrinth-fwd: .*--no-huge' "$LOG"
	no_loss "too few huge pages"
}

# A DPDK without net_null, as some distributions build it: hidden from one process.
test_without_null()
{
	local drivers=$LOGS/drivers FORWARDER=$FORWARDER
	if ! is_root || ! unshare --mount true 2>/dev/null; then
		skip "a DPDK without net_null" "needs root and mount namespaces"
		return
	fi
	mkdir "$drivers"
	cp -a "$(dpdk_drivers)/." "$drivers" && rm "$drivers"/librte_net_null.so*
	cat >"$LOGS/hidden" <<-END
		#!/bin/sh
		mount --bind "$drivers" "$(dpdk_drivers)" && exec "$FORWARDER" "\$@"
	END
	cat >"$LOGS/without" <<-END
		#!/bin/sh
		exec unshare --mount "$LOGS/hidden" "\$@"
	END
	chmod +x "$LOGS/hidden" "$LOGS/without"
	FORWARDER=$LOGS/without
	run_on "without net_null" "$LCORES" -- --embedded "--pool-ops=$OPS" --duration=1 --stats-period=0
	check "without net_null: says so" grep -q '^labyrinth-fwd: this DPDK has no net_null' "$LOG"
	no_loss "without net_null"
	rm -rf "$drivers"
}

# --- main -------------------------------------------------------------------

begin fwd-cli "$@"
test_help
test_bad_options
test_bad_setups
test_modes
test_contents
test_spread
test_handlers
test_starved
test_figures
test_signals
test_closed_pipe
test_embedded
test_without_null
finish
