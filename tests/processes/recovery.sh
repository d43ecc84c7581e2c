# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The Labyrinth authors
#
# Recovery, asked for by processes with lanes of their own, by those without, and
# over telemetry. Part of tests/processes/processes.sh.

# ask QUESTION: of the primary's telemetry; the answer in REPLY, without its frame.
ask()
{
	REPLY=$(echo "$1" | dpdk-telemetry.py -f "$PREFIX" 2>/dev/null | sed -n 's|^{"'"${1%%,*}"'": \(.*\)}$|\1|p')
}

# replied WHAT PATTERN: one result.
replied()
{
	if [[ $REPLY =~ ^$2$ ]]; then
		ok "$CASE: $1 ($REPLY)"
	else
		not_ok "$CASE: $1: $REPLY, not $2"
	fi
}

# A killed secondary: what it held, and what its program owned.
case_recovered()
{
	local fields
	TELEMETRY=--telemetry peer primary primary "$POOLS_MEMORY"
	told primary create p "$POOL_SIZE" profile=guard,backing=maze
	told primary create q "$POOL_SIZE" profile=fast,backing=eal
	peer second secondary
	told second get p 100
	told second enter p
	kill_peer second
	ask /labyrinth/recover,none
	replied "no pool of that name" null
	ask /labyrinth/recover
	replied "no name" null
	ask /labyrinth/reclaim,none
	replied "no pool of that name to reclaim" null
	ask /labyrinth/recover,p,1
	fields='"processes": 1, "lanes": [1-9], "rooms": [1-9], "frames": [1-9][0-9]*, "reclaimed": 0'
	replied "recovered over telemetry" "\{\"name\": \"p\", $fields\}"
	ask /labyrinth/recover,p
	fields='"processes": 1, "lanes": 0, "rooms": 0, "frames": 0, "reclaimed"'
	replied "once" "\{\"name\": \"p\", $fields: 0\}"
	tell primary count p
	check_eq "$CASE: what its program owned is not free" "$REPLY" "ok $((POOL_SIZE - 100))"
	ask /labyrinth/reclaim,q
	replied "nobody knows who owns frames of fast" null
	ask /labyrinth/reclaim,p
	replied "reclaimed over telemetry" "\{\"name\": \"p\", $fields: 100\}"
	tell primary count p
	check_eq "$CASE: all are free" "$REPLY" "ok $POOL_SIZE"
	tell primary processes
	check_eq "$CASE: other pools may name it" "$REPLY" "ok 0:alive:0 1:dead:128"
	tell primary reclaim all
	check_eq "$CASE: all pools" "$REPLY" "ok processes 1 lanes 0 rooms 0 frames 0 reclaimed 0"
	tell primary recover all
	check_eq "$CASE: nothing is left" "$REPLY" "ok processes 0 lanes 0 rooms 0 frames 0 reclaimed 0"
	tell primary processes
	check_eq "$CASE: its place is free" "$REPLY" "ok 0:alive:0"
	told primary churn p 1000
	end_peer primary
}

# second_dead: does the primary see that the second process is gone?
second_dead()
{
	tell primary processes
	[[ $REPLY == *1:dead* ]]
}

# Processes that are gone while their ids, or their children, live on; and one that
# lives without its descriptors.
case_left()
{
	local how
	peer primary primary "$POOLS_MEMORY"
	told primary create p "$POOL_SIZE" profile=guard,backing=maze
	for how in exec fork; do
		peer second secondary
		told second get p 100
		told second leave "$how"
		wait_until 10 second_dead
		check_eq "$CASE: $how: the primary sees it" "$REPLY" "ok 0:alive:0 1:dead:128"
		tell primary reclaim all
		replied "$how: all comes back" "ok processes 1 lanes [0-9] rooms [0-9] frames [0-9]+ reclaimed 100"
		tell primary count p
		check_eq "$CASE: $how: all are free" "$REPLY" "ok $POOL_SIZE"
		kill_peer second
	done
	peer second secondary
	told second get p 100
	told second leave close
	tell primary reclaim all
	check_eq "$CASE: without descriptors it lives" "$REPLY" "ok processes 0 lanes 0 rooms 0 frames 0 reclaimed 0"
	told second put p
	end_peer second
	end_peer primary
	# The forked child has descriptors of EAL files.
	sleep 3
}

# One with an id that is another process's elsewhere, as in a container.
case_container()
{
	if ! unshare --pid --fork --mount-proc true 2>/dev/null; then
		skip "$CASE" "needs namespaces of process ids"
		return
	fi
	peer primary primary "$POOLS_MEMORY"
	told primary create p "$POOL_SIZE" profile=guard,backing=maze
	CONTAINER=1 peer second secondary
	told second get p 100
	tell primary processes
	check_eq "$CASE: it lives" "$REPLY" "ok 0:alive:0 1:alive:128"
	tell primary reclaim all
	check_eq "$CASE: nothing is taken from it" "$REPLY" "ok processes 0 lanes 0 rooms 0 frames 0 reclaimed 0"
	tell second reclaim all
	check_eq "$CASE: nor from the primary" "$REPLY" "ok processes 0 lanes 0 rooms 0 frames 0 reclaimed 0"
	kill_peer second
	wait_until 10 second_dead
	check_eq "$CASE: it is killed" "$REPLY" "ok 0:alive:0 1:dead:128"
	tell primary reclaim all
	# What its program had counts as that of the process that has this id here.
	replied "it is recovered" "ok processes 1 lanes [0-9] rooms [0-9] frames [0-9]+ reclaimed (0|100)"
	end_peer primary
}

# Who recovers a process, and who would take its place, keep out of each other's way.
case_held()
{
	peer primary primary "$POOLS_MEMORY"
	told primary create p "$POOL_SIZE" profile=guard,backing=maze
	peer second secondary
	peer third secondary
	tell primary hold 2
	check_eq "$CASE: the living are not held" "$REPLY" "failed Stale file handle"
	end_peer second
	told third hold 1
	tell primary recover all
	check_eq "$CASE: another recovery is under way" "$REPLY" "failed Device or resource busy"
	peer fourth secondary
	tell fourth number
	check_eq "$CASE: nobody takes its place meanwhile" "$REPLY" "ok 3"
	kill_peer third
	tell primary recover all
	replied "who held it was killed" "ok processes 2 lanes [0-9]+ rooms [0-9]+ frames [0-9]+ reclaimed 0"
	peer fifth secondary
	tell fifth number
	check_eq "$CASE: its place is free then" "$REPLY" "ok 1"
	told fifth churn p 1000
	tell primary count p
	check_eq "$CASE: nothing is lost" "$REPLY" "ok $POOL_SIZE"
	end_peer fourth
	end_peer fifth
	end_peer primary
}

# More processes than have lanes of their own.
case_beyond()
{
	local i
	peer primary primary "$POOLS_MEMORY"
	told primary create p "$POOL_SIZE" profile=guard,backing=maze
	for i in 1 2 3 4 5 6 7 8; do
		peer "p$i" secondary
	done
	tell p7 lane
	check_eq "$CASE: p7 has no lanes of its own" "$REPLY" "ok 4294967295 any"
	tell p7 number
	check_eq "$CASE: p7 has a number" "$REPLY" "ok 7"
	told p7 get p 50
	tell p7 enter p
	replied "p7 is in a lane that many use" "ok common lane [0-9]+"
	told p8 churn p 1000
	tell p6 enter p
	replied "p6 is in one of its own" "ok own lane [0-9]+"
	kill_peer p7
	kill_peer p6
	tell p8 recover p
	replied "p8, without lanes, recovers both" "ok processes 2 lanes 2 rooms [1-9] frames [1-9][0-9]* reclaimed 0"
	tell p8 reclaim all
	replied "p8 reclaims" "ok processes 2 lanes 0 rooms 0 frames 0 reclaimed 50"
	tell p8 count p
	check_eq "$CASE: all are free" "$REPLY" "ok $POOL_SIZE"
	told primary get p 20
	tell primary hand p 7
	check_eq "$CASE: nobody is there to be given frames" "$REPLY" "failed No such process"
	told primary hand p 8
	kill_peer p8
	tell p5 reclaim all
	replied "what p8 was given is its own" "ok processes 1 lanes 0 rooms 0 frames 0 reclaimed 20"
	told primary churn p 1000
	tell primary count p
	check_eq "$CASE: nothing is lost" "$REPLY" "ok $POOL_SIZE"
	for i in 1 2 3 4 5; do
		end_peer "p$i"
	done
	end_peer primary
}
