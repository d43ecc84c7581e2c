#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The Labyrinth authors
#
# A correct program must never be accused: random sizes, clones, chains,
# attached buffers and frees by other lcores, under all profiles.

set -u
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/misuse/misuse_lib.sh
. "$(dirname "$0")/misuse_lib.sh"

usage()
{
	cat <<END
Usage: tests/misuse/soak.sh BUILD [SECONDS | --soak]

Takes SECONDS in all, 20 if not given, an hour with --soak; shared by profiles
and backings.
END
}

(($# > 0)) || { usage >&2 && exit 2; }
[[ $1 == -h || $1 == --help ]] && usage && exit 0
PROGRAM=$1/tests/misuse/soak
LOGS=$1/testlogs/soak
SECONDS_ALL=${2:-20}
[[ $SECONDS_ALL == --soak ]] && SECONDS_ALL=3600
[[ -x $PROGRAM ]] || die "no program at $PROGRAM: build first"
[[ $SECONDS_ALL =~ ^[1-9][0-9]{0,4}$ ]] || die "$SECONDS_ALL: give seconds, 1 to 99999, or --soak"
KINDS=(
	"profile=fast,backing=maze"
	"profile=guard,backing=maze,sample=64"
	"profile=guard,backing=eal,sample=64"
	"profile=guard,backing=maze,trace=3,sample=64"
	"profile=strict,backing=maze"
	"profile=strict,backing=eal"
	"profile=strict,backing=maze,poison=64,trace=3"
)

undo_on_exit
mkdir -p "$LOGS" || die "cannot write to $LOGS"
eal_memory soak 80 64
# More lcores than CPUs: they are stopped in the middle of a call now and then.
cpus_args 4
each=$((SECONDS_ALL / ${#KINDS[@]}))
((each > 0)) || each=1
for kind in "${KINDS[@]}"; do
	log=$LOGS/$kind.log
	if limited $((each + 60)) "$log" "$PROGRAM" "${EAL_ARGS[@]}" "${CPUS_ARGS[@]}" -- "$each" "$kind,patrol=10,violation=report"; then
		ok "$kind: $(tail -n 1 "$log")"
	else
		not_ok "$kind" "$log"
	fi
done
summary
