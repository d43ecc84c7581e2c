#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The Labyrinth authors
#
# Checks the models of the lock-free core exhaustively, the memory orders of the
# shipped headers by a litmus harness, and that the checks notice mutations.

set -u
HERE=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/lib.sh
. "$HERE/../lib.sh"

usage()
{
	cat <<END
Usage: ${0##*/} [--long]

  --long  larger models, and all mutations (about 15 minutes; else one minute)
END
}

LONG=0
for word in "$@"; do
	case $word in
	--long) LONG=1 ;;
	-h | --help) usage && exit 0 ;;
	*) die "$word: unknown; ${0##*/} --help lists the options" ;;
	esac
done

undo_on_exit
install_missing spin gcc
# shellcheck source=tests/model/model_lib.sh
. "$HERE/model_lib.sh"

# holds NAME MODEL [-DNAME...]
holds()
{
	local name=$1 begin=$SECONDS
	shift
	if explore $((LONG ? 1200 : 900)) "$@"; then
		ok "$name ($(states) states, $((SECONDS - begin)) s)"
	else
		not_ok "$name" "$WORK_DIR/log"
	fi
}

holds "depot and lanes, three threads, two calls each" depot -DOPS=2
holds "no waiting: two of three threads stop for good" depot -DOPS=1 -DALONE
holds "kill and recovery" recovery
holds "kill and recovery, kept lanes" recovery -DKEPT
holds "kill and recovery, lanes on stacks" recovery -DON_STACK -DOPS=1
if ((LONG)); then
	holds "no waiting, two calls each" depot -DOPS=2 -DALONE
	holds "two processes killed" recovery -DTWO_DEAD
	holds "two processes killed, kept lanes" recovery -DTWO_DEAD -DKEPT
	holds "kill and recovery, lanes on stacks, two calls each" recovery -DON_STACK
	holds "two processes killed, lanes on stacks" recovery -DTWO_DEAD -DON_STACK -DOPS=1
	holds "kill and recovery, three rooms" recovery -DROOMS=3
fi
if "$HERE/litmus.sh" >"$WORK_DIR/log" 2>&1; then
	ok "memory orders: $(tail -n 1 "$WORK_DIR/log")"
else
	not_ok "memory orders" "$WORK_DIR/log"
fi
if ((LONG)); then
	"$HERE/mutations.sh" --all >"$WORK_DIR/mutations" 2>&1
else
	"$HERE/mutations.sh" >"$WORK_DIR/mutations" 2>&1
fi
status=$?
cat "$WORK_DIR/mutations"
check "mutations" test "$status" -eq 0
summary
