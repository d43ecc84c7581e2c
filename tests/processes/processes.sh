#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The Labyrinth authors
#
# Pools shared by several processes: primaries, secondaries, unmodified tools of
# DPDK's that attach, and what happens when one of them is stopped or killed.

set -u
HERE=$(dirname "$0")
# shellcheck source=tests/lib.sh
. "$HERE/../lib.sh"
# shellcheck source=tests/processes/namespaces.sh
. "$HERE/namespaces.sh"
# shellcheck source=tests/processes/peers.sh
. "$HERE/peers.sh"
# shellcheck source=tests/system/testpmd_lib.sh
. "$HERE/../system/testpmd_lib.sh"
# shellcheck source=tests/processes/tools.sh
. "$HERE/tools.sh"
# shellcheck source=tests/processes/recovery.sh
. "$HERE/recovery.sh"

CASES=(share order all version leftover taken late stopped forked registry recovered left container held beyond reports killed tools)

usage()
{
	cat <<END
Usage: ${0##*/} [-s CASE[,CASE...]] BUILD

  BUILD    build directory that holds the plugin and the test programs
  -s CASE  only these: ${CASES[*]}

Needs root, huge pages and namespaces of its own.
END
}

PROFILES=(fast guard strict)
POOL_SIZE=1023

# Every profile in either backing: pools "before" and "after" the secondary.
each_pool()
{
	local when=$1 profile backing
	shift
	for profile in "${PROFILES[@]}"; do
		for backing in maze eal; do
			"$@" "$when-$profile-$backing" "profile=$profile,backing=$backing"
		done
	done
}

make_pool()
{
	told primary create "$1" "$POOL_SIZE" "$2"
}

# Both processes at once, then everything must be there again.
churn_both()
{
	say primary "churn $1 3000"
	told second churn "$1" 3000
	hear primary 20
	check_eq "$CASE: primary: $1 meanwhile" "$REPLY" "ok 0 bad values" "${PEER_LOG[primary]}"
}

hand_over()
{
	told primary send "ring-$1" "$1" 200
	told second receive "ring-$1" 200
	tell second count "$1"
	check_eq "$CASE: $1: all free again" "$REPLY" "ok $POOL_SIZE"
}

case_share()
{
	local pool name at
	peer primary primary "$POOLS_MEMORY"
	each_pool before make_pool
	# With fast, DPDK's own caches want every lcore id to be in one process only.
	LCORE=1 peer second secondary --log-level=pmd.mempool.labyrinth:info
	each_pool after make_pool
	each_pool before churn_both
	each_pool after churn_both
	each_pool before hand_over
	each_pool after hand_over
	for pool in before-guard-maze after-guard-maze; do
		for name in primary second; do
			tell "$name" walk "$pool"
			check_eq "$CASE: $name: walls of $pool in EAL's contiguous memory" "$REPLY" "ok 0 walls, there"
		done
	done
	said second 'pool before-guard-maze: maze mapped'
	said second 'pool after-strict-maze: maze mapped'
	tell second info after-fast-maze
	at=${REPLY#ok maze }
	at=${at% *}
	check "$CASE: second has the window of after-fast-maze" mapped second "$at"
	told primary free after-fast-maze
	check "$CASE: and leaves it when the pool is freed" not mapped second "$at"
	told primary create automatic "$POOL_SIZE" backing=auto
	said primary 'pool automatic: backing=maze'
	told second churn automatic 100
	told second create own 255 backing=auto
	said second 'pool own: backing=eal'
	told primary churn own 100
	told second free own
	unsaid second 'EAL: (Cannot|Fail|Could)'
	end_peer second
	end_peer primary
	check_eq "$CASE: files left by the driver" \
		"$(find "/var/run/dpdk/$PREFIX" -name '*labyrinth*' | wc -l)" 0
}

# mapped NAME ADDRESS
mapped()
{
	grep -qi "^0*${2#0x}-" "/proc/${PEER_PID[$1]}/maps"
}

# Other plugins in another order: DPDK bug 1073.
case_order()
{
	local place
	peer primary primary "PEER_EXTRA=$BUILD/tests/processes/extra.so"
	told primary create p "$POOL_SIZE" backing=maze
	tell primary ops
	place=${REPLY% of *}
	check "$CASE: primary: labyrinth is in the place of a handler without hardware, another is free ($REPLY)" \
		[ "${REPLY##* }" -le 15 ]
	peer second secondary
	tell second ops
	check_eq "$CASE: second: it is where the primary has it" "${REPLY% of *}" "$place"
	said second "mempool ops put in the primary process's order"
	told second churn p 1000
	told second create q 255 backing=eal
	told primary churn q 1000
	end_peer second
	end_peer primary
}

# serves NAME POOL: it is labyrinth's there; else a ring.
serves()
{
	tell "$1" info "$2"
}

# With all=on in one of them or in both: each pool is in all what it was made as.
case_all()
{
	peer primary primary LABYRINTH_OPTIONS=all=on
	said primary 'all=on: pools of ring_mp_mc, ring_mp_sc, ring_sp_mc and ring_sp_sc are made by this driver'
	told primary plain p "$POOL_SIZE"
	check "$CASE: primary: it is labyrinth's" serves primary p
	LCORE=1 peer second secondary
	unsaid second 'all=on'
	check "$CASE: second: there, too" serves second p
	churn_both p
	hand_over p
	told second plain ring 255
	check "$CASE: a pool of second, which was not told: a ring" not serves second ring
	told primary churn ring 100
	end_peer second
	LCORE=1 peer second secondary LABYRINTH_OPTIONS=all=on
	told second plain own 255
	check "$CASE: a pool of second, which was told: labyrinth's" serves primary own
	told primary churn own 100
	end_peer second
	end_peer primary
	peer primary primary
	told primary plain ring "$POOL_SIZE"
	LCORE=1 peer second secondary LABYRINTH_OPTIONS=all=on
	check "$CASE: a ring stays one for second, which was told" not serves second ring
	churn_both ring
	end_peer second
	end_peer primary
}

# change_bytes OFFSET TEXT: of the file that the primary shares.
change_bytes()
{
	local file
	file=$(find /var/run/dpdk "${XDG_RUNTIME_DIR:-/tmp}/dpdk" -path "*/$PREFIX/labyrinth" 2>/dev/null | head -n 1)
	printf '%b' "$2" | dd "of=$file" bs=1 "seek=$1" conv=notrunc status=none
}

# Primaries with another plugin: of another version, of the same version but built
# otherwise, from before versions were noted.
case_version()
{
	local offset what word said
	peer primary primary
	told primary create p "$POOL_SIZE" backing=maze
	for what in '8 XXXXXXXX [0-9.]+' '16 0.0.9\0 0[.]0[.]9' '0 XXXXXXXX unknown'; do
		read -r offset word said <<<"$what"
		change_bytes "$offset" "$word"
		peer second secondary
		check_eq "$CASE: second does not start" "${REPLY%%:*}" "failed to start"
		check_eq "$CASE: second says why in one line" "$(grep -cE \
			"LABYRINTH: .*: the primary process has version $said of this plugin, this process version [0-9.]+(, built otherwise)?: load the same file in both" \
			"${PEER_LOG[second]}") $(grep -c LABYRINTH: "${PEER_LOG[second]}")" "1 2" "${PEER_LOG[second]}"
		kill_peer second
	done
	told primary churn p 1000
	end_peer primary
}

# Something lies at the addresses of a pool that is there already.
case_taken()
{
	local at
	peer primary primary
	told primary create p "$POOL_SIZE" backing=maze
	tell primary info p
	at=${REPLY#ok maze }
	peer second secondary "PEER_TAKE=${at% *}"
	check_eq "$CASE: second does not start" "${REPLY%%:*}" "failed to start"
	said second "pool p: its maze .*addresses are taken here.*start this process again.*backing=eal"
	said second "cannot use the pools of its primary: not started"
	kill_peer second
	told primary churn p 1000
	peer second secondary
	told second churn p 1000
	end_peer second
	end_peer primary
}

# Nothing is free in the secondary where a pool made later could lie.
case_late()
{
	peer primary primary
	peer second secondary
	told second take
	told primary create p "$POOL_SIZE" backing=auto
	said primary 'pool p: secondary process [0-9]+ cannot map its maze'
	said primary 'pool p: backing=eal \(a secondary process cannot map the window\)'
	told second churn p 1000
	tell primary create q "$POOL_SIZE" backing=maze
	check_eq "$CASE: primary: backing=maze is refused" "$REPLY" "failed Address already in use"
	end_peer second
	end_peer primary
}

# A secondary that is stopped delays pools, but only once, and not for ever.
case_stopped()
{
	local began
	peer primary primary "$POOLS_MEMORY"
	peer second secondary
	peer third secondary
	kill -STOP "${PEER_PID[second]}"
	began=$SECONDS
	told primary create p "$POOL_SIZE" backing=maze
	check "$CASE: the primary does not wait for ever" test $((SECONDS - began)) -lt 8
	said primary "secondary process ${PEER_PID[second]} did not answer"
	began=$SECONDS
	told primary create q "$POOL_SIZE" backing=maze
	told primary create r "$POOL_SIZE" backing=maze
	told primary free r
	check "$CASE: nor again" test $((SECONDS - began)) -lt 3
	told third churn q 100
	kill -CONT "${PEER_PID[second]}"
	told second churn p 100
	told second churn q 100
	told primary create s "$POOL_SIZE" backing=maze
	told second churn s 100
	unsaid second violation
	end_peer second
	end_peer third
	end_peer primary
}

case_forked()
{
	peer primary primary
	peer second secondary
	told primary create p "$POOL_SIZE" profile=guard,backing=maze
	told primary fork p
	told second fork p
	told primary churn p 1000
	told second churn p 1000
	tell primary count p
	check_eq "$CASE: nothing is lost" "$REPLY" "ok $POOL_SIZE"
	tell second processes
	check_eq "$CASE: a child that ends takes nothing with it" "$REPLY" "ok 0:alive:0 1:alive:128"
	end_peer second
	end_peer primary
}

case_registry()
{
	peer primary primary
	peer second secondary
	peer third secondary
	tell primary processes
	check_eq "$CASE: three processes" "$REPLY" "ok 0:alive:0 1:alive:128 2:alive:256"
	tell third lane
	check_eq "$CASE: lanes of the third" "$REPLY" "ok 256 any"
	end_peer second
	tell primary processes
	check_eq "$CASE: one has ended" "$REPLY" "ok 0:alive:0 1:dead:128 2:alive:256"
	kill_peer third
	tell primary processes
	check_eq "$CASE: one was killed" "$REPLY" "ok 0:alive:0 1:dead:128 2:dead:256"
	peer second secondary
	tell second processes
	check_eq "$CASE: a new one takes the entry of who ended" "$REPLY" "ok 0:alive:0 1:alive:128 2:dead:256"
	peer third secondary
	tell third lane
	check_eq "$CASE: the next does not take the dead one's" "$REPLY" "ok 384 any"
	told primary forget 2
	tell primary forget 1
	check_eq "$CASE: the living are not forgotten" "$REPLY" "failed Device or resource busy"
	tell primary processes
	check_eq "$CASE: the dead one's is free" "$REPLY" "ok 0:alive:0 1:alive:128 3:alive:384"
	told primary older 3
	tell primary processes
	check_eq "$CASE: who has the lock lives" "$REPLY" "ok 0:alive:0 1:alive:128 3:alive:384"
	told third leave close
	tell primary processes
	check_eq "$CASE: a later process with the same id is another one" "$REPLY" \
		"ok 0:alive:0 1:alive:128 3:dead:384"
	end_peer second
	end_peer third
	end_peer primary
}

# What a secondary does wrong is reported as what a primary does.
case_reports()
{
	peer primary primary LABYRINTH_OPTIONS=violation=report
	told primary create p "$POOL_SIZE" backing=maze,trace=4
	LCORE=1 peer second secondary
	tell second lane
	check_eq "$CASE: second: its lane" "$REPLY" "ok 129 any"
	told second twice p
	said second 'violation: .* in pool p \(number 1\)'
	said second "tripped over by: lcore 1 of process ${PEER_PID[second]}"
	said second "freed last by: lcore 1 of process ${PEER_PID[second]}"
	told second wall p
	# The braces take bash's own word about it out of the way.
	{
		check "$CASE: second ends at a wall" wait_until 5 ended "${PEER_PID[second]}"
		wait "${PEER_PID[second]}"
	} 2>/dev/null
	said second 'violation: access to a wall in pool p'
	kill_peer second
	told primary churn p 1000
	end_peer primary
}

is_told()
{
	tell second primary && [[ $REPLY == "ok gone told" ]]
}

case_killed()
{
	peer primary primary
	told primary create p "$POOL_SIZE" backing=maze
	peer second secondary
	told second watch
	told second get p 100
	tell second primary
	check_eq "$CASE: second: the primary lives" "$REPLY" "ok alive untold"
	kill_peer primary
	check "$CASE: second is told that the primary was killed" wait_until 3 is_told
	said second 'primary process [0-9]+ was killed'
	told second put p
	peer again primary
	said again "process ${PEER_PID[second]}, a secondary of a primary that is gone, still runs"
	kill_peer again
	kill_peer second
	peer primary primary
	told primary create p "$POOL_SIZE" backing=maze
	peer second secondary
	told second watch
	told second churn p 1000
	tell primary processes
	check_eq "$CASE: the next primary starts anew" "$REPLY" "ok 0:alive:0 1:alive:128"
	kill_peer primary
	check "$CASE: second is told again" wait_until 3 is_told
	end_peer second
	# One that ends by itself.
	peer primary primary
	peer second secondary
	told second watch
	end_peer primary
	check "$CASE: second is told of an end, too" wait_until 3 is_told
	said second 'primary process [0-9]+ has ended'
	end_peer second
	peer primary primary
	end_peer primary
	check_huge_same "$CASE" "$HUGE_BEFORE" "$HOLDERS_BEFORE"
}

ONLY=
IN_NAMESPACES=0
while getopts 'hns:' flag; do
	case $flag in
	s) ONLY=,$OPTARG, ;;
	n) IN_NAMESPACES=1 ;;
	h) usage && exit 0 ;;
	*) usage >&2 && exit 2 ;;
	esac
done
shift $((OPTIND - 1))
take_program peer "$@"
PEER=$PROGRAM

((IN_NAMESPACES)) || in_namespaces "several processes" 400 -n ${ONLY:+-s "${ONLY//,/ }"} "$BUILD"

undo_on_exit
PREFIX=lab-mp-$$
POOLS_MEMORY=-m256
at_exit del_eal_dir "$PREFIX"
mount_huge
HUGE_ARGS=("--huge-dir=$HUGE_DIR")
at_exit kill_all_peers
for CASE in "${CASES[@]}"; do
	[[ -z $ONLY || $ONLY == *[,\ ]${CASE}[,\ ]* ]] && "case_$CASE"
done
summary
