# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The Labyrinth authors
#
# Two hosts in network namespaces of their own, which talk to each other through a
# program in a third. Source it after tests/lib.sh.
#   left a0 - p0 [program] p1 - b0 right
# shellcheck disable=SC2154,SC2034 # LOGS and BUILD are of the script that sources this

PATH_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
LEFT=lab-left-$$
MIDDLE=lab-middle-$$
RIGHT=lab-right-$$
LEFT_IP=192.0.2.1

# build_path RIGHT-IP [LEFT-GATEWAY RIGHT-GATEWAY]: both veths, each with one end in the
# program's namespace; with gateways, the hosts lie in two networks.
build_path()
{
	local end
	RIGHT_IP=$1
	add_netns "$LEFT" && add_netns "$MIDDLE" && add_netns "$RIGHT" || return 1
	ip -n "$MIDDLE" link add p0 type veth peer name a0 netns "$LEFT" || return 1
	ip -n "$MIDDLE" link add p1 type veth peer name b0 netns "$RIGHT" || return 1
	ip -n "$LEFT" addr add "$LEFT_IP/24" dev a0
	ip -n "$RIGHT" addr add "$RIGHT_IP/24" dev b0
	# af_packet hands over frames as they are: no checksum may be left to a NIC.
	for end in "$LEFT a0" "$MIDDLE p0" "$MIDDLE p1" "$RIGHT b0"; do
		ip netns exec "${end% *}" ethtool -K "${end#* }" tx off rx off gso off gro off tso off >/dev/null 2>&1
		ip -n "${end% *}" link set "${end#* }" up || return 1
	done
	[[ -z ${2:-} ]] || { ip -n "$LEFT" route add default via "$2" && ip -n "$RIGHT" route add default via "$3"; }
}

# A ping comes back.
answers_now()
{
	ip netns exec "$LEFT" ping -q -c 1 -W 1 "$RIGHT_IP" >/dev/null 2>&1
}

# answers PID: or the program has ended.
answers()
{
	answers_now || ended "$1"
}

# The first hundred requests are answered, with the payload they left with. With -w ping waits
# for as many answers, and sends more meanwhile; else it waits as long as two took before.
check_ping()
{
	local log=$LOGS/ping.$1.$2.log answered
	limited 30 "$log" ip netns exec "$LEFT" ping -c 100 -w 20 -i 0.01 -s "$2" -p 5ac3960f "$RIGHT_IP"
	answered=$(sed -nE 's/.* icmp_seq=([0-9]+) ttl.*/\1/p' "$log" | sort -nu | awk '$1 <= 100' | wc -l)
	if ((answered == 100)) && ! grep -qE 'wrong data|corrupted|DUP' "$log"; then
		ok "$1: 100 of 100 pings answered, payload of $2 bytes"
	else
		not_ok "$1: ping with $2 bytes of payload: $answered of 100 answered" "$log"
	fi
}

check_tcp()
{
	local log=$LOGS/tcp.$1.$2-$3.log
	if limited 90 "$log" "$PATH_DIR/transfer.py" "$2" "$3" "$4" "${TCP_BYTES:-20000000}"; then
		ok "$1: $(tail -n 1 "$log")"
	else
		not_ok "$1: TCP from $2 to $3: $(tail -n 1 "$log")" "$log"
	fi
}

# check_path NAME: short and long packets, and TCP both ways.
check_path()
{
	check_ping "$1" 56
	check_ping "$1" 1472
	check_tcp "$1" "$LEFT" "$RIGHT" "$RIGHT_IP"
	check_tcp "$1" "$RIGHT" "$LEFT" "$LEFT_IP"
}

# end_program: the one whose timeout is PID. Sets STATUS.
end_program()
{
	kill -TERM "$PID" 2>/dev/null
	# The braces take bash's own word about a crash out of the way.
	{ wait "$PID"; } 2>/dev/null
	STATUS=$?
	PID=
}

end_left_over()
{
	[[ -z ${PID:-} ]] || end_process "$PID"
}

# find_culprit: sets CULPRIT, a plugin that frees packets twice, where EAL loads it from.
find_culprit()
{
	CULPRIT=$BUILD/tests/misuse/free_twice.so
	[[ -e $CULPRIT ]] || die "no plugin at $CULPRIT: build first"
	eal_trusts "$(dirname "$CULPRIT")" && return 0
	trusted_dir "$BUILD"
	cp "$CULPRIT" "$TRUSTED/" && CULPRIT=$TRUSTED/free_twice.so
}

# pings N: so many packets each way, whatever becomes of them.
pings()
{
	limited 60 "$LOGS/pings.log" ip netns exec "$LEFT" ping -c "$1" -i 0.01 -W 2 "$RIGHT_IP"
}

# names_both PROGRAM LOG: the report says where the program and where the culprit freed.
names_both()
{
	grep -aqE "LABYRINTH: SUMMARY: labyrinth: double free .* found in .*$1.*, freed in .*free_twice" "$2"
}
