#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The Labyrinth authors
#
# labyrinth-fwd -i: a session typed at a terminal, and the same commands from a
# pipe; what testpmd has too is typed into testpmd as well.

set -u
HERE=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/lib.sh
. "$HERE/../lib.sh"
# shellcheck source=tests/fwd/fwd_lib.sh
. "$HERE/fwd_lib.sh"

test_typed()
{
	LOG=$LOGS/session.log
	timeout --kill-after=5 120 "$HERE/session.py" "$FORWARDER" "${TESTPMD:-dpdk-testpmd}" "$LCORES" \
		"${EAL_ARGS[@]}" >"$LOG" 2>&1 </dev/null
	add_results "a session typed at a terminal" $? "$LOG"
}

test_piped()
{
	run_in "piped" $'set fwd mac\nstart\n forwards\nstop\nquit\nset fwd bogus' \
		--vdev=net_null0 --vdev=net_null1 -- -i
	no_loss "commands from a pipe"
	check "commands from a pipe: nothing after quit" test ! -s <(grep bogus "$LOG" "$ERRORS")
	run_in "piped end" $'start tx_first' --vdev=net_null0 --vdev=net_ring1 -- -i
	no_loss "the end of a pipe while forwarding"
	check "the end of a pipe: the summary" grep -q '^=== Summary' "$LOG"
	run_in "piped wrong" $'bogus\nquit' --vdev=net_null0 -- -i
	check_eq "a wrong command from a pipe: exit status" "$STATUS" 1 "$ERRORS"
	check_eq "a wrong command from a pipe: one line" \
		"$(grep '^labyrinth-fwd: ' "$ERRORS")" "labyrinth-fwd: bogus: no such command; help lists them"
	run_in "auto start" $' forwards\nstop\nquit' --vdev=net_null0 -- -i -a --tx-first
	no_loss "-i -a"
	check "-i -a starts at once" grep -q '^Stopped after' "$LOG"
}

# What testpmd has for every day, from a file, and one line for each mistake.
test_daily()
{
	local file=$LOGS/commands.txt said
	cat >"$file" <<-'END'
		# a comment
		set nbcore 1
		set corelist 1
		show port rss-hash 0
		show port 0 rss-hash
		port config mtu 0 1400
		show port info 0
		set eth-peer 1 02:00:00:00:00:42
		set txpkts 200
		set fwd txonly
		clear port all all
		start
	END
	run_in "daily" $' forwards\nset txpkts 64\nport config mtu 0 1300\nstop\nshow port stats 0\nquit' \
		--vdev=net_null0 "--vdev=net_pcap1,tx_pcap=$LOGS/daily.pcap" -- -i "--cmdline-file=$file"
	check "commands of a file: an MTU" grep -q '^MTU: 1400,' "$LOG"
	check_eq "commands of a file: RSS, in both orders" "$(grep -c '^port 0: RSS functions 0x' "$LOG")" 2 "$LOG"
	check_eq "commands of a file: both counters of both ports" \
		"$(grep -cE '^port [01]: x?stats cleared' "$LOG")" 4 "$LOG"
	check "commands of a file: the lcore that was chosen" grep -qE '^lcore 1: to port 0' "$LOG"
	check_eq "commands of a file: packets of 200 bytes, to that peer" \
		"$(python3 -c 'import struct, sys
data = open(sys.argv[1], "rb").read()
length = struct.unpack("<I", data[36:40])[0]
print(length, data[40:46].hex(":"))' "$LOGS/daily.pcap")" "200 02:00:00:00:00:42"
	check_eq "while forwarding: refused in one line each" \
		"$(grep -c '^labyrinth-fwd: .*: not while forwarding; give stop first' "$ERRORS")" 2 "$ERRORS"
	while IFS='|' read -r command said; do
		run_in "daily wrong" "$command"$'\nquit' --vdev=net_null0 -- -i
		check_eq "$command: one line" "$(grep '^labyrinth-fwd: ' "$ERRORS" | grep -cF -- "$said")" 1 "$ERRORS"
		check_eq "$command: exit status" "$STATUS" 1 "$ERRORS"
	done <<-END
		set nbcore 99|set nbcore 99: give a whole number from 1 to
		set corelist 0|set corelist 0: lcore 0 cannot forward
		set corelist x|set corelist
		set portlist 0,1|set portlist 0,1: there is no port 1;
		set portlist x|set portlist
		set eth-peer 0 02:00|set eth-peer
		set txpkts 63|set txpkts 63: give a whole number from 64 to
		set verbose 4|set verbose 4: give a whole number from 0 to 3
		show rxq info 0 1|queue 1: give a whole number from 0 to 0
		show txq info 7 0|port 7: there is no such port
		port config queues 0 1|port config queues: give mtu
		load /nix|load /nix: No such file
	END
	echo "load $LOGS/circle.txt" >"$LOGS/circle.txt"
	run_in "circle" "load $LOGS/circle.txt"$'\nquit' --vdev=net_null0 -- -i
	check_eq "a file that loads itself: one line" \
		"$(grep -c '^labyrinth-fwd: load .*more than 8 deep' "$ERRORS")" 1 "$ERRORS"
	refused "commands of a file without -i" "--cmdline-file: only with -i" "--cmdline-file=$file"
}

# told VERBOSE: three packets of a file are forwarded with this; sets RECEIVED and SENT, the lines
# that tell of those of 200 bytes.
told()
{
	run_in "verbose $1" "set verbose $1"$'\nstart\n forwards\nstop\nquit' \
		"--vdev=net_pcap0,rx_pcap=$LOGS/three.pcap" "--vdev=net_pcap1,tx_pcap=$LOGS/sent.pcap" -- -i
	RECEIVED=$(sed -n '/^port .*: received/,/^port .*: sending/p' "$LOG" | grep -cE "$PACKET")
	SENT=$(sed -n '/^port .*: sending/,/^port .*: received/p' "$LOG" | grep -cE "$PACKET")
}

test_verbose()
{
	PACKET='^  src=02:00:00:00:00:01 - dst=02:00:00:00:00:02 - pool=[a-z0-9_]+ - type=0x0800 - length=200 - nb_segs=1 - '
	python3 -c 'import struct, sys
packet = bytes.fromhex("0200000000020200000000010800") + bytes(186)
with open(sys.argv[1], "wb") as out:
    out.write(struct.pack("<IHHIIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1))
    for length in (64, 100, 200):
        out.write(struct.pack("<IIII", 0, 0, length, length) + packet[:length])' "$LOGS/three.pcap"
	told 0
	check_eq "verbose 0: no word of packets" "$RECEIVED $SENT" "0 0" "$LOG"
	told 1
	check_eq "verbose 1: of what is received" "$RECEIVED $SENT" "1 0" "$LOG"
	told 2
	check_eq "verbose 2: of what is sent" "$RECEIVED $SENT" "0 1" "$LOG"
	told 3
	check_eq "verbose 3: of both" "$RECEIVED $SENT" "1 1" "$LOG"
	run_in "verbose, for ever" $'set verbose 3\nstart\n started\nset verbose 0\nstop\nset verbose 3\nquit' \
		--vdev=net_null0 -- -i
	check "verbose: not while ports are emptied" test -z "$(sed -n '/^verbose 3/h;//!H;$!d;x;/port .*: received/p' "$LOG")"
	run_in "verbose, lockdown" $'set verbose 1\nquit' --vdev=net_null0 -- -i --lockdown
	check "verbose with --lockdown: refused" \
		grep -q '^labyrinth-fwd: set verbose: forwarding lcores cannot print with --lockdown' "$ERRORS"
}

# Three ports: the first and the last are a pair when the one between them is left out.
test_portlist()
{
	local received
	run_in "portlist" $'set portlist 0,2\nset fwd macswap\nstart\n forwards\nstop\nshow port stats 1\nset portlist 0-2\nstart\n forwards 2\nstop\nshow port stats 1\nquit' \
		"--vdev=net_pcap0,rx_pcap=$LOGS/three.pcap,tx_pcap=$LOGS/sent0.pcap" \
		"--vdev=net_null1" "--vdev=net_pcap2,rx_pcap=$LOGS/three.pcap,tx_pcap=$LOGS/sent2.pcap" -- -i
	check_eq "portlist: exit status" "$STATUS" 0 "$LOG"
	check_eq "portlist: what the first port received left by the last one" \
		"$(stat -c %s "$LOGS/sent2.pcap")" "$(stat -c %s "$LOGS/three.pcap")" "$LOG"
	received=$(sed -nE 's/^ *RX-packets: *([0-9]+).*/\1/p' "$LOG" | tr '\n' ' ')
	check "portlist: the port between receives nothing until it is chosen again ($received)" \
		grep -qE '^0 [1-9][0-9]* $' <<<"$received"
}

begin fwd-session "$@"
test_typed
test_piped
test_daily
test_verbose
test_portlist
finish
