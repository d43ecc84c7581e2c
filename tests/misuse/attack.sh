#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The Labyrinth authors
#
# Prints the attack table: what becomes of overflows, double frees, writes after
# free and foreign frees in a pool of ring_mp_mc and of each profile.

set -u
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/misuse/misuse_lib.sh
. "$(dirname "$0")/misuse_lib.sh"

usage()
{
	cat <<END
Usage: tests/misuse/attack.sh BUILD [TRIALS]

TRIALS of each attack on each kind of pool, 10000 if not given (a minute or two).
END
}

(($# > 0)) || { usage >&2 && exit 2; }
[[ $1 == -h || $1 == --help ]] && usage && exit 0
PROGRAM=$1/tests/misuse/attack
TRIALS=${2:-10000}
[[ -x $PROGRAM ]] || die "no program at $PROGRAM: build first"
[[ $TRIALS =~ ^[1-9][0-9]{0,6}$ ]] || die "$TRIALS: give a number of trials from 1 to 9999999"

undo_on_exit
eal_memory attack 64 64
timeout --kill-after=5 3600 "$PROGRAM" "${EAL_ARGS[@]}" -l 0 --log-level=critical -- "$TRIALS"
