#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The Labyrinth authors
#
# A program built with -fsanitize=thread runs with the plugin as it is: mazes lie
# where the runtime allows, a buffer that passes from one thread to another by the
# pool is no race, and a race of the program's own is reported.

set -u
HERE=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/lib.sh
. "$HERE/../lib.sh"

usage()
{
	cat <<END
Usage: ${0##*/} BUILD

  BUILD  build directory that holds the plugin
END
}

# run COMPILER PROFILE [WORD]: sets LOG; its result is the program's.
run()
{
	LOG=$LOGS/$1-$2${3:+-$3}.log
	LABYRINTH_OPTIONS=profile=$2,backing=maze,patrol=10 \
		TSAN_OPTIONS=suppressions=$HERE/tsan.supp limited 120 "$LOG" \
		"$WORK/tsan-$1" "${EAL_ARGS[@]}" "${OPS_ARGS[@]}" -l 0 -- "${@:3}"
}

test_compiler()
{
	local cc=$1 profile status
	CC=$cc compile "$HERE/tsan.c" "$WORK/tsan-$cc" -g -fsanitize=thread -DALLOW_EXPERIMENTAL_API -Wno-undef
	for profile in guard fast strict; do
		run "$cc" "$profile"
		check_eq "$cc, $profile: ends without a report" $? 0 "$LOG"
		check_eq "$cc, $profile: both pools in a maze, and whole at the end" \
			"$(backings_in "$LOG" | tr '\n' ' ')$(grep -c '^available: \(.*\) of \1$' "$LOG")" \
			"maze maze 2" "$LOG"
	done
	run "$cc" guard race
	status=$?
	check_eq "$cc: a race of the program's own is reported, and no other" \
		"$status, $(grep '^SUMMARY' "$LOG" | grep -oE '[a-z.]*c:[0-9]+|in .*$' | grep -cvE '^tsan.c|^in work')" \
		"66, 0" "$LOG"
}

[[ $# == 1 && $1 != -* ]] || { usage >&2 && exit 2; }
[[ -d $1 ]] || die "no build directory $1"
BUILD=$(realpath "$1")
undo_on_exit
LOGS=$BUILD/testlogs/tsan
mkdir -p "$LOGS" || die "cannot write to $LOGS"
WORK=$(mktemp -d) || die "no directory for temporary files"
at_exit rm -rf "$WORK"
# With 4 KiB pages, so that the test needs no huge ones.
NO_HUGE=1 NO_HUGE_MB=512
eal_args tsan
use_ops labyrinth "$BUILD"
for cc in gcc clang; do
	if command -v "$cc" >/dev/null; then
		test_compiler "$cc"
	else
		skip "$cc" "not installed"
	fi
done
summary
