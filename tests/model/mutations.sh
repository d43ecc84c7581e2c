#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The Labyrinth authors
#
# Breaks one thing at a time and shows which check notices.

set -u
HERE=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/lib.sh
. "$HERE/../lib.sh"

usage()
{
	cat <<END
Usage: ${0##*/} [--all]

Prints a table: mutation | caught by. Exit status 1 when one that should be caught is not.

  --all  every mutation (minutes), not only those that are noticed quickly
END
}

ALL=0
for word in "$@"; do
	case $word in
	--all) ALL=1 ;;
	-h | --help) usage && exit 0 ;;
	*) die "$word: unknown; ${0##*/} --help lists the options" ;;
	esac
done

undo_on_exit
# shellcheck source=tests/model/model_lib.sh
. "$HERE/model_lib.sh"
MISSED=0

# Without --all: some of each kind.
QUICK=(
	"pop does not advance the version"
	"a lane is left before its room is given away"
	"a room is taken without an intent"
	"recovery believes what a live lane names"
	"depot-push-cas: relaxed"
	"depot-pop-load: relaxed"
	"lane-leave: relaxed"
	"page-free: relaxed"
)

# wanted NAME: is this mutation's turn?
wanted()
{
	local name
	((ALL)) && return 0
	for name in "${QUICK[@]}"; do
		[[ $name == "$1" ]] && return 0
	done
	return 1
}

row()
{
	printf '%-62s | %s\n' "$1" "$2"
}

# model NAME MODEL -DNAME...: a property fails in the model with this changed.
model()
{
	local name=$1 by
	shift
	wanted "$name" || return 0
	explore 300 "$@"
	if (($? == 1)); then
		by=$(sed -n 's/^pan:1: //p' "$WORK_DIR/log" | cut -c1-60)
		row "$name" "model $1: $by"
	else
		row "$name" "NOT CAUGHT"
		MISSED=$((MISSED + 1))
	fi
}

model "pop does not advance the version" depot -DNO_VERSION -DOPS=2
model "a room is stolen from a lane that is busy" depot -DSTEAL_BUSY -DOPS=2
model "a lane is left before its room is given away" depot -DLEAVE_FIRST -DOPS=2
model "a room is taken without an intent" recovery -DNO_INTENT
model "moves of rooms are not counted" recovery -DNO_STIR
model "a move is counted before the intent is there" recovery -DSTIR_FIRST
model "the intent ends before the slot names the room" recovery -DINTENT_ENDS_FIRST
model "the slot names the new room before the old one is given" recovery -DPUBLISH_FIRST
model "recovery reads the slot before the intent" recovery -DSLOT_FIRST
model "recovery believes what a live lane names" recovery -DNAMED_IS_HELD
model "lanes of the dead are not marked" recovery -DNO_MARK -DTWO_DEAD
model "threads on their stacks are not counted" recovery -DON_STACK -DON_STACK_NOT_COUNTED
model "the count ends before the room is back" recovery -DON_STACK -DON_STACK_ENDS_FIRST
# shellcheck source=tests/model/mutations_orders.sh
. "$HERE/mutations_orders.sh"
((MISSED == 0))
