#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The Labyrinth authors
#
# Prints what each profile costs, in cycles per object, beside ring_mp_mc.

set -u
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/misuse/misuse_lib.sh
. "$(dirname "$0")/misuse_lib.sh"

usage()
{
	cat <<END
Usage: tests/misuse/cost.sh BUILD [ROUNDS]

Figures are for reading: none of them is an error. More ROUNDS (31 if not given)
make steadier medians.
END
}

(($# > 0)) || { usage >&2 && exit 2; }
[[ $1 == -h || $1 == --help ]] && usage && exit 0
PROGRAM=$1/tests/misuse/cost
[[ -x $PROGRAM ]] || die "no program at $PROGRAM: build first"

undo_on_exit
eal_memory cost 160 128
timeout --kill-after=5 600 "$PROGRAM" "${EAL_ARGS[@]}" -l 0 --log-level=critical -- "${2:-31}"
