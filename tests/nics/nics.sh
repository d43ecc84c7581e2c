#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The Labyrinth authors
#
# Pools as drivers of NICs see and use them. No such NIC is needed: what their
# drivers do is imitated. Prints the table of docs/nics.md.

set -u
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

usage()
{
	cat <<END
Usage: ${0##*/} BUILD

  BUILD    build directory that holds the plugin and the test programs

NO_HUGE=1 in the environment: the same on 4 KiB pages.
END
}

# Lines of a table: its head and its rows.
TABLE='^(# (IOVA|halls|  )|  [0-9a-z]+ +[0-9])'

# nics MODE: with IOVA as va or pa.
nics()
{
	local log=$LOGS/$1.log
	note "IOVA as $1"
	limited 100 "$log" "$PROGRAM" "$1"
	add_results "IOVA as $1" $? "$log" "$TABLE"
}

# What stands out from the results of one run.
tables()
{
	local mode
	printf '\n'
	for mode in va pa; do
		[[ -e $LOGS/$mode.log ]] && grep -E "$TABLE" "$LOGS/$mode.log"
	done
	printf '\n'
}

(($# == 1)) || { usage >&2 && exit 2; }
[[ $1 == -h || $1 == --help ]] && usage && exit 0
PROGRAM=$1/tests/nics/test_nics
LOGS=$1/testlogs/nics

undo_on_exit
[[ -x $PROGRAM ]] || die "no $PROGRAM: build first (meson setup $1 && ninja -C $1)"
mkdir -p "$LOGS" || die "cannot write to $LOGS"
rm -f "$LOGS"/*.log
((${NO_HUGE:-0})) || reserve_huge 480 || export NO_HUGE=1
holders=$(huge_holders)
huge_before=$(huge_free)
nics va
# Physical addresses are root's to see.
if is_root && ((!${NO_HUGE:-0})); then
	nics pa
else
	skip "IOVA as PA" "needs root and huge pages"
fi
tables
check_huge_same "nics" "$huge_before" "$holders"
summary
