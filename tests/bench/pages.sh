#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The Labyrinth authors
#
# What the TLB costs: labyrinth beside ring_mp_mc, both on pages of the same size,
# cycles per buffer that is got, written to and put. Both pools are in random order.

set -u
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

usage()
{
	cat <<END
Usage: ${0##*/} [-q] BUILD

  BUILD  build directory that holds the applications
  -q     as short as can be: shows that it runs, no figure means anything

Needs root. Reserves 2 pages of 1 GiB and 500 of 2 MiB, each for its part of the run.
END
}

# measure SIZE PAGES: on pages of that size only, so EAL has no others.
measure()
{
	local size=$1 pages=$2 dir log=$LOGS/$1.log
	dir=$(mktemp -d)
	at_exit rmdir "$dir"
	mount -t hugetlbfs -o "pagesize=$size" none "$dir" || return 1
	at_exit umount "$dir"
	timeout 300 "$BENCH" --no-pci --huge-dir="$dir" --file-prefix="pages-$$" --huge-unlink=always -- \
		"${SHORT[@]}" --aged --workload=touch --lcores=1 --cache=256 --bulk=32 --kept="$KEPT" --size="$SIZE" \
		--handlers="ring_mp_mc,labyrinth:profile=fast,backing=maze,pages=$pages,labyrinth:profile=guard,backing=maze,pages=$pages" \
		>"$log" 2>&1
}

# one SIZE PAGES SYSFS COUNT KIB: in a namespace and with pages of its own.
one()
{
	local name="pages of $1"
	if (
		undo_here
		reserve_pages "$4" "$3" || exit 3
		measure "$1" "$2"
	); then
		sed "s/^/    /" "$LOGS/$1.log" | grep -av 'EAL:'
		check_eq "$name: profiles of labyrinth that lie in them" \
			"$(grep -ac "in a maze of $5 KiB pages" "$LOGS/$1.log")" 2 "$LOGS/$1.log"
	elif (($? == 3)); then
		skip "$name" "$4 of them cannot be reserved"
	else
		not_ok "$name" "$LOGS/$1.log"
	fi
}

SHORT=()
KEPT=65536
SIZE=131071
IN_NAMESPACE=0
while getopts 'hnq' flag; do
	case $flag in
	q) SHORT=(--quick) KEPT=4096 SIZE=16383 ;;
	n) IN_NAMESPACE=1 ;;
	h) usage && exit 0 ;;
	*) usage >&2 && exit 2 ;;
	esac
done
shift $((OPTIND - 1))
(($# == 1)) || { usage >&2 && exit 2; }
BUILD=$(realpath "$1")
BENCH=$BUILD/app/labyrinth-bench/labyrinth-bench
[[ -x $BENCH ]] || die "no $BENCH: build first (meson setup $1 && ninja -C $1)"
LOGS=$BUILD/testlogs/bench_pages
mkdir -p "$LOGS" || die "cannot write to $LOGS"
if ((!IN_NAMESPACE)); then
	if ! is_root || ! unshare -m true 2>/dev/null; then
		skip "pages of each size" "needs root and namespaces"
		summary
		exit
	fi
	exec unshare -m "$0" -n ${SHORT:+-q} "$BUILD"
fi
umount -a -t hugetlbfs 2>/dev/null
undo_on_exit
at_exit del_eal_dir "pages-$$"
one 1G 1g "$LARGE_SYSFS" 2 1048576
one 2M 2m "$HUGE_SYSFS" 500 2048
summary
