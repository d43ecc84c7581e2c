#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The Labyrinth authors
#
# The patrol wherever programs run: on pages of each kind, without huge pages, in
# memory alone, as an ordinary user, under fork(), beside pools that come and go. Each time
# one byte is written past the end of a buffer that nobody frees.

set -u
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/misuse/misuse_lib.sh
. "$(dirname "$0")/misuse_lib.sh"

usage()
{
	cat <<END
Usage: tests/misuse/patrols.sh BUILD

Logs: BUILD/testlogs/patrols.
END
}

(($# == 1)) || { usage >&2 && exit 2; }
[[ $1 == -h || $1 == --help ]] && usage && exit 0
BUILD=$1
LOGS=$BUILD/testlogs/patrols
PROGRAM=$BUILD/tests/misuse/culprit
[[ -x $PROGRAM ]] || die "no program at $PROGRAM: build first"
# Words before the program.
AS_USER=()

# found NAME KIND OPTIONS [EAL-ARGUMENT...]: the patrol stops the process, for one overflow.
found()
{
	local name=$1 kind=$2 options=$3 status
	shift 3
	LOG=$LOGS/${name//[^a-z0-9]/_}.log
	LABYRINTH_OPTIONS=patrol=20${options:+,$options} limited 30 "$LOG" "${AS_USER[@]}" \
		"${OPS_ENV[@]}" "$PROGRAM" "${EAL_ARGS[@]}" -l 0 "${OPS_ARGS[@]}" "$@" -- "$kind"
	status=$?
	check_eq "$name: the process is stopped" "$status" 134 "$LOG"
	check "$name: found by the patrol" said '  found by: the patrol of process [0-9]+'
	check_eq "$name: told of once" \
		"$(grep -acE "^LABYRINTH: violation: overflow (into a frame's header|behind a frame) in pool rx" "$LOG") of $(grep -ac '^LABYRINTH: violation: ' "$LOG")" \
		"1 of 1" "$LOG"
}

on_pages()
{
	found "pages as they are" one-byte ''
	found "4 KiB pages" one-byte pages=small
	found "EAL's memory" one-byte backing=eal
	found "profile=fast" one-byte profile=fast
	found "after a fork" forked ''
	found "EAL's memory, after a fork" forked backing=eal
	found "pools come and go" beside-pools ''
	found "EAL's memory, pools come and go" beside-pools backing=eal
	if ((${NO_HUGE:-0})); then
		skip "in memory alone" "no huge pages, which EAL wants for it"
	else
		found "in memory alone" one-byte '' --in-memory
	fi
}

without_huge_pages()
{
	NO_HUGE=1 NO_HUGE_MB=64 eal_args patrols-small
	found "without huge pages" one-byte ''
	found "without huge pages, EAL's memory" one-byte backing=eal
}

unprivileged()
{
	if ! is_root; then
		skip "as an ordinary user" "not root: all of this runs as one"
		return
	fi
	find_plugin "$BUILD"
	ordinary_user "$PLUGIN" "$PROGRAM" || return
	PROGRAM=$USER_DIR/${PROGRAM##*/}
	OPS_ARGS=(-d "$USER_DIR/${PLUGIN##*/}" --mbuf-pool-ops-name=labyrinth)
	NO_HUGE=1 NO_HUGE_MB=64 eal_args patrols-user
	found "an ordinary user" one-byte ''
	found "an ordinary user, EAL's memory" one-byte backing=eal
}

# ending SCENE OPTIONS: sets LOG and STATUS.
ending()
{
	LOG=$LOGS/$1.log
	LABYRINTH_OPTIONS=$2 limited 60 "$LOG" "$BUILD/tests/misuse/endings" "${EAL_ARGS[@]}" -l 0 \
		-- "$1"
	STATUS=$?
}

# What applications do when they are told, and after it.
endings()
{
	local scene
	for scene in exit-in-callback exit-in-call; do
		ending "$scene" patrol=20
		check_eq "$scene: the program's own exit status" "$STATUS" 7 "$LOG"
		check_eq "$scene: told once" "$(grep -ac '^endings: told ' "$LOG")" 1 "$LOG"
	done
	ending crash-in-callback patrol=3600000,violation=report
	check_eq "a crash in the callback, in rte_mempool_free()" "$STATUS" 139 "$LOG"
	ending crash-on-patrol patrol=20,violation=report
	check_eq "a crash in the callback, on the patrol's thread" "$STATUS" 139 "$LOG"
	ending many patrol=3600000,violation=report
	check "16,380 overflows at the end of a pool: told of" said '^endings: most told$'
	check "16,380 overflows at the end of a pool: each takes what one of 2,047 takes" said '^endings: each took the same time$'
	ending again patrol=20,violation=report,profile=strict
	check "a buffer that was taken out, overrun again: told of each time" said '^endings: told of 4$'
	ending freed-while-told patrol=20,violation=report,backing=eal
	check "a pool freed while its findings are told: told of all" said '^endings: told of 6$'
	ending others patrol=20,violation=report
	check "another pool is freed: told of once" said '^endings: told of 1$'
}

# A share of a CPU is kept to, and a round that is longer for it is told of.
long_rounds()
{
	local ms
	for ms in 1 1000; do
		LOG=$LOGS/round_$ms.log
		LABYRINTH_OPTIONS=patrol=$ms limited 30 "$LOG" "${OPS_ENV[@]}" "$BUILD/tests/misuse/freed" \
			"${EAL_ARGS[@]}" -l 0 "${OPS_ARGS[@]}" -- nothing-held
		check_eq "patrol=$ms: exit status" $? 0 "$LOG"
		check_eq "patrol=$ms: lines that tell of a longer round" \
			"$(grep -acE 'pool rx: a round of the patrol takes some [0-9]+ ms for its 4095 frames, and not patrol=1:' "$LOG")" \
			$((ms == 1)) "$LOG"
	done
}

undo_on_exit
mkdir -p "$LOGS" || die "cannot write to $LOGS"
eal_memory patrols 96 64
use_ops labyrinth "$BUILD"
on_pages
long_rounds
endings
without_huge_pages
unprivileged
summary
