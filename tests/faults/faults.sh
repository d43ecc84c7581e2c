#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The Labyrinth authors
#
# Every call that the making of a pool rests on fails once, with physical and with
# virtual addresses for IOVAs: nothing may be left behind.

set -u
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

usage()
{
	cat <<END
Usage: ${0##*/} BUILD

  BUILD  build directory that holds tests/faults/test_faults

NO_HUGE=1 in the environment: the same on 4 KiB pages.
END
}

# faults NAME EAL-OPTIONS: the results of one program are added to ours.
faults()
{
	local log=$LOGS/$1.log
	note "$1"
	limited 120 "$log" "$PROGRAM" "$2"
	add_results "$1" $? "$log"
}

(($# == 1)) || { usage >&2 && exit 2; }
[[ $1 == -h ]] && usage && exit 0
PROGRAM=$1/tests/faults/test_faults
LOGS=$1/testlogs/faults

undo_on_exit
[[ -x $PROGRAM ]] || die "no $PROGRAM: build first (meson setup $1 && ninja -C $1)"
mkdir -p "$LOGS" || die "cannot write to $LOGS"
((${NO_HUGE:-0})) || reserve_huge 128 || export NO_HUGE=1
holders=$(huge_holders)
huge_before=$(huge_free)
# Physical addresses are root's to see.
if is_root && ((!${NO_HUGE:-0})); then
	faults physical "-l 0 --iova-mode=pa"
else
	skip "IOVA as PA" "needs root and huge pages"
fi
faults virtual "-l 0 --iova-mode=va"
check_huge_same "faults" "$huge_before" "$holders"
summary
