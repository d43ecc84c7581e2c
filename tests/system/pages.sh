#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The Labyrinth authors
#
# The pages hosts have: of 1 GiB and no others, transparent ones only, none. On each
# unmodified testpmd forwards with backing=auto and the driver says what it took; a
# pool of 262,144 mbufs and twenty of 1,024 are made; a secondary process maps the
# same; nothing is left behind.

set -u
HERE=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/lib.sh
. "$HERE/../lib.sh"
# shellcheck source=tests/system/testpmd_lib.sh
. "$HERE/testpmd_lib.sh"
# shellcheck source=tests/processes/peers.sh
. "$HERE/../processes/peers.sh"

CASES=(gigantic transparent none)

usage()
{
	cat <<END
Usage: ${0##*/} [-s CASE[,CASE...]] BUILD

  BUILD    build directory that holds the plugin and the test programs
  -s CASE  only these: ${CASES[*]}

Needs root and a mount namespace of its own; for the first case memory in two
pieces of 1 GiB.
END
}

SHMEM=/sys/kernel/mm/transparent_hugepage/shmem_enabled
LARGE_WANTED=2
BIG=262144
SMALL=1024
SMALLS=20

# reserve_large COUNT: so many 1 GiB pages free, undone at exit; else REASON tells why not.
# Sets LARGE_BEFORE.
reserve_large()
{
	REASON="this kernel has no 1 GiB pages"
	[[ -d $LARGE_SYSFS ]] || return 1
	LARGE_BEFORE=$(huge_total "$LARGE_SYSFS")
	REASON="$1 pages of 1 GiB cannot be reserved: no memory in such large pieces"
	reserve_pages "$1" "$LARGE_SYSFS"
}

# mount_only PAGESIZE: sets HUGE_DIR; of the sizes there are EAL takes those it finds mounted.
mount_only()
{
	umount -a -t hugetlbfs 2>/dev/null
	HUGE_DIR=$(mktemp -d)
	at_exit rmdir "$HUGE_DIR"
	mount -t hugetlbfs -o "pagesize=$1" none "$HUGE_DIR" || return 1
	at_exit umount "$HUGE_DIR"
}

# forwards REASON-PATTERN [EAL-OPTION...]: testpmd, with backing=auto.
forwards()
{
	local pattern=$1
	shift
	SCENARIO=pages-$CASE
	pmd_start null "$@" --vdev net_null0 --vdev net_null1 --
	check_start null "$CASE: testpmd" maze || return
	check "$CASE: testpmd: it says what it took: $pattern" \
		grep -aqE "pool $PMD_POOL: backing=maze \\($pattern" "${PMD_LOG[null]}"
	pmd_run null "port start all" start
	sleep 1
	pmd_run null stop
	pmd_packets null
	check_some "$CASE: testpmd" "$PMD_RX" "packets forwarded" "${PMD_LOG[null]}"
	check_end null "$CASE: testpmd"
}

# many_pools PATTERN: one large pool and many small ones, of the primary.
many_pools()
{
	local i made=0 full=0
	PATIENCE=60 told primary create big "$BIG" backing=auto
	said primary "pool big: backing=maze \\($1"
	for ((i = 0; i < SMALLS; i++)); do
		tell primary create "small$i" "$SMALL" backing=auto && made=$((made + 1))
	done
	check_eq "$CASE: pools of $SMALL made" "$made" "$SMALLS" "${PEER_LOG[primary]}"
	check_eq "$CASE: and in a maze" \
		"$(grep -acE "pool small[0-9]+: backing=maze \\($1" "${PEER_LOG[primary]}")" "$SMALLS" "${PEER_LOG[primary]}"
	told primary churn big 1000
	for ((i = 0; i < SMALLS; i++)); do
		tell primary churn "small$i" 100 || continue
		tell primary count "small$i"
		[[ $REPLY == "ok $SMALL" ]] && full=$((full + 1))
	done
	check_eq "$CASE: small pools whole after use" "$full" "$SMALLS" "${PEER_LOG[primary]}"
}

free_pools()
{
	local i
	told primary free big
	for ((i = 0; i < SMALLS; i++)); do
		tell primary free "small$i"
	done
}

# A secondary that was there before the pools, and one that comes afterwards.
both_processes()
{
	told second churn big 1000
	told second churn small7 200
	told primary send ring big 200
	told second receive ring 200
	LCORE=1 peer late secondary
	told late churn small3 200
	told primary send other small3 100
	told late receive other 100
	tell late count small3
	check_eq "$CASE: late: all buffers are free" "$REPLY" "ok $SMALL"
}

case_gigantic()
{
	local before reserved
	# A pool that finds no 1 GiB page takes what there is of 2 MiB: nothing, here.
	reserved=$(huge_total)
	at_exit huge_set "$reserved"
	huge_set $((reserved - $(huge_free)))
	reserve_large "$LARGE_WANTED" || { skip "$CASE" "$REASON" && return; }
	mount_only 1G || { skip "$CASE" "no file system of 1 GiB pages" && return; }
	before=$(huge_free "$LARGE_SYSFS")
	forwards '1 GiB pages: [0-9]+ blocks of 2 MiB in 1 page that pools share' "--huge-dir=$HUGE_DIR"
	HUGE_ARGS=("--huge-dir=$HUGE_DIR")
	peer primary primary -m512
	LCORE=1 peer second secondary
	many_pools '1 GiB pages: '
	check_eq "$CASE: pages that EAL and all $((SMALLS + 1)) pools take" $((before - $(huge_free "$LARGE_SYSFS"))) 2
	both_processes
	# One more than there are: EAL's memory, and the reason.
	told primary create more "$BIG" backing=auto
	said primary 'pool more: backing=eal \(not enough 1 GiB pages left'
	told primary free more
	free_pools
	wait_until 5 huge_free_is $((before - 1)) "$LARGE_SYSFS"
	check_eq "$CASE: pages left when the pools are freed: EAL's" $((before - $(huge_free "$LARGE_SYSFS"))) 1
	told primary create again "$SMALL" pages=1g,backing=maze
	told second churn again 100
	unsaid second 'EAL: (Cannot|Fail|Could)'
	end_peer late
	end_peer second
	end_peer primary
	rm -f "$HUGE_DIR"/*
	wait_until 10 huge_free_is "$before" "$LARGE_SYSFS"
	check_eq "$CASE: 1 GiB pages free before and after" "$(huge_free "$LARGE_SYSFS")" "$before"
	huge_set "$LARGE_BEFORE" "$LARGE_SYSFS"
	huge_set "$reserved"
}

# shmem WORD: what the kernel allows, until this script ends.
shmem()
{
	local was
	was=$(sed -n 's/.*\[\(.*\)\].*/\1/p' "$SHMEM" 2>/dev/null)
	[[ -n $was && -w $SHMEM ]] || return 1
	at_exit shmem_set "$was"
	shmem_set "$1"
}

shmem_set()
{
	echo "$1" >"$SHMEM"
}

# without_huge PATTERN: EAL on small pages, which no other process can map.
without_huge()
{
	NO_HUGE=1 NO_HUGE_MB=512 forwards "$1"
	HUGE_ARGS=(--no-huge --no-shconf)
	peer primary primary -m512
	many_pools "$1"
	free_pools
	check_eq "$CASE: memory of mazes left" "$(grep -c 'memfd:labyrinth' "/proc/${PEER_PID[primary]}/maps")" 0
	end_peer primary
}

case_transparent()
{
	shmem advise || { skip "$CASE" "this kernel has no transparent huge pages for shared memory" && return; }
	without_huge 'transparent huge pages: [1-9][0-9]* of [0-9]+ blocks have one'
}

case_none()
{
	[[ ! -e $SHMEM ]] || shmem never || { skip "$CASE" "cannot write to $SHMEM" && return; }
	without_huge '4 KiB pages'
	HUGE_ARGS=(--no-huge --no-shconf)
	peer primary primary -m512
	tell primary create wish "$SMALL" backing=maze,pages=thp
	said primary 'pool wish: backing=maze is not possible: the kernel does not allow transparent huge pages'
	if [[ -d $LARGE_SYSFS ]] && (($(huge_free "$LARGE_SYSFS") > 0)); then
		skip "$CASE: no 1 GiB page" "some are reserved on this machine"
	else
		tell primary create wish "$SMALL" backing=maze,pages=1g
		said primary 'pool wish: backing=maze is not possible: not enough 1 GiB pages left'
	fi
	end_peer primary
}

ONLY=
IN_NAMESPACE=0
while getopts 'hns:' flag; do
	case $flag in
	s) ONLY=,$OPTARG, ;;
	n) IN_NAMESPACE=1 ;;
	h) usage && exit 0 ;;
	*) usage >&2 && exit 2 ;;
	esac
done
shift $((OPTIND - 1))
(($# == 1)) || { usage >&2 && exit 2; }
BUILD=$(realpath "$1")
PEER=$BUILD/tests/processes/peer
[[ -x $PEER ]] || die "no $PEER: build first (meson setup $1 && ninja -C $1)"

if ((!IN_NAMESPACE)); then
	if ! is_root || ! unshare -m true 2>/dev/null; then
		skip "kinds of pages" "needs root and namespaces"
		summary
		exit
	fi
	exec unshare -m "$0" -n ${ONLY:+-s "${ONLY//,/ }"} "$BUILD"
fi

undo_on_exit
unset LABYRINTH_OPTIONS LABYRINTH_CONFIG
OPS=labyrinth
use_ops labyrinth "$BUILD"
LOGS=$BUILD/testlogs/pages
SCRATCH=$(mktemp -d)
at_exit rm -rf "$SCRATCH"
mkdir -p "$LOGS" || die "cannot write to $LOGS"
PREFIX=lab-pages-$$
at_exit del_eal_dir "$PREFIX"
at_exit kill_all_peers
at_exit pmd_end_all
for CASE in "${CASES[@]}"; do
	[[ -z $ONLY || $ONLY == *[,\ ]${CASE}[,\ ]* ]] && "case_$CASE"
done
summary
