#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The Labyrinth authors
#
# Prints after how many packets the option sample finds writes to freed buffers.

set -u
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/misuse/misuse_lib.sh
. "$(dirname "$0")/misuse_lib.sh"

usage()
{
	cat <<END
Usage: tests/misuse/sampling.sh BUILD

One packet of 1,000 has a buffer that is written to after it was freed.
END
}

(($# > 0)) || { usage >&2 && exit 2; }
[[ $1 == -h || $1 == --help ]] && usage && exit 0
PROGRAM=$1/tests/misuse/sampling
[[ -x $PROGRAM ]] || die "no program at $PROGRAM: build first"

# found N TRIALS: one row.
found()
{
	timeout --kill-after=5 120 "$PROGRAM" "${EAL_ARGS[@]}" -l 0 --log-level=critical -- \
		"$1" "$2" 2>/dev/null
}

undo_on_exit
eal_memory sampling 64 64
echo "One packet of 1,000 has a buffer that is written to after it was freed. Packets until that is found:"
echo
printf '%-13s | %11s | %11s | %s\n' "" median mean "ms at 148.8 M packets a second"
for trials in "64 101" "1024 51" "16384 15"; do
	read -r n times <<<"$trials"
	found "$n" "$times"
	check "sample=$n finds it about as soon as it must" [ "$?" -eq 0 ]
done
summary
