# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The Labyrinth authors
#
# How a model is checked. Source it after tests/lib.sh.

MODELS=$REPO/tests/model
WORK_DIR=$(mktemp -d)
at_exit rm -rf "$WORK_DIR"

# explore SECONDS MODEL [-DNAME...]: every state; the output of spin is in $WORK_DIR/log.
# Status 0: all hold, 1: something does not, 2: not finished in the time.
explore()
{
	local seconds=$1 model=$2 option=
	local log=$WORK_DIR/log
	shift 2
	# Threads that are stopped for good do not come to their end.
	[[ " $* " == *" -DALONE "* ]] && option=-E
	rm -f "$WORK_DIR"/*.trail
	(
		cd "$WORK_DIR" || exit 2
		cp "$MODELS/$model.pml" . &&
			spin "$@" -a "$model.pml" &&
			gcc -O2 -w -DSAFETY -DCOLLAPSE -DMEMLIM=6000 -o pan pan.c
	) >"$log" 2>&1 || return 2
	# shellcheck disable=SC2086 # no option is none
	(cd "$WORK_DIR" && nice timeout "$seconds" ./pan -m200000 -w24 $option) >>"$log" 2>&1 || return 2
	grep -q 'errors: 0' "$log" && ! grep -q 'max search depth too small\|Search not completed' "$log" &&
		return 0
	grep -q 'errors: 1' "$log" && grep -q '^pan:1: ' "$log" && return 1
	return 2
}

# states: of the last run.
states()
{
	awk '/states, stored/ { printf "%d", $1 }' "$WORK_DIR/log"
}
