#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The Labyrinth authors
#
# What docs/deploy says: programs under AddressSanitizer and valgrind with the
# plugin as it is, one that loads DPDK at run time, one with handlers of its own, and unmodified
# testpmd as a container would run it.

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

SOURCE=$HERE/../sanitizers/tsan.c

# whole NAME: both pools of the program lay in a maze, and nothing is missing.
whole()
{
	check_eq "$1: both pools in a maze, and whole at the end" \
		"$(backings_in "$LOG" | tr '\n' ' ')$(grep -c '^available: \(.*\) of \1$' "$LOG")" \
		"maze maze 2" "$LOG"
}

test_asan()
{
	local cc
	for cc in gcc clang; do
		command -v "$cc" >/dev/null || { skip "AddressSanitizer of $cc" "not installed" && continue; }
		CC=$cc compile "$SOURCE" "$WORK/asan-$cc" -g -fsanitize=address -DALLOW_EXPERIMENTAL_API -Wno-undef
		LOG=$LOGS/asan-$cc.log
		ASAN_OPTIONS=detect_leaks=0 limited 60 "$LOG" "$WORK/asan-$cc" "${EAL_ARGS[@]}" "${OPS_ARGS[@]}" -l 0
		check_eq "AddressSanitizer of $cc: ends without a report" $? 0 "$LOG"
		whole "AddressSanitizer of $cc"
	done
}

test_valgrind()
{
	if ! command -v valgrind >/dev/null; then
		skip "valgrind" "not installed"
		return
	fi
	compile "$SOURCE" "$WORK/plain" -g -DALLOW_EXPERIMENTAL_API
	LOG=$LOGS/valgrind.log
	# The patrol's last look, at memory that EAL has unmapped, would count as an error.
	LABYRINTH_OPTIONS=patrol=off limited 120 "$LOG" valgrind --error-exitcode=9 --log-file="$LOGS/valgrind.txt" \
		"$WORK/plain" "${EAL_ARGS[@]}" "${OPS_ARGS[@]}" -l 0 -- race
	check_eq "valgrind: ends without an error" $? 0 "$LOGS/valgrind.txt"
	whole valgrind
}

# As a program does whose DPDK is in a plugin of its own: Python has none.
test_late()
{
	compile "$SOURCE" "$WORK/late.so" -shared -fPIC -Dmain=late_main -DALLOW_EXPERIMENTAL_API
	LOG=$LOGS/late.log
	limited 60 "$LOG" python3 -c 'import ctypes, sys
words = [word.encode() for word in sys.argv[1:]]
sys.exit(ctypes.CDLL(sys.argv[1]).late_main(len(words), (ctypes.c_char_p * (len(words) + 1))(*words)))' \
		"$WORK/late.so" "${EAL_ARGS[@]}" "${OPS_ARGS[@]}" -l 0
	check_eq "DPDK loaded at run time: the program ends well" $? 0 "$LOG"
	whole "DPDK loaded at run time"
}

# places NAME EAL-OPTION...: sets PLACES, what the program says.
places()
{
	LOG=$LOGS/$1.log
	shift
	limited 60 "$LOG" "$WORK/places" "${EAL_ARGS[@]}" "$@" -l 0
	PLACES=$(sed -n 's/^places: //p' "$LOG")
}

test_places()
{
	local without
	compile "$HERE/places.c" "$WORK/places"
	places without
	without=${PLACES%%,*}
	places with "${OPS_ARGS[@]}"
	check_eq "a program with handlers of its own: as many places as without the driver" \
		"$PLACES" "${without:-none}, pool: labyrinth, free: 1023" "$LOG"
}

# testpmd NAME COMMAND...: forwards for two seconds behind the command.
testpmd()
{
	local name=$1
	shift
	LOG=$LOGS/$name.log
	limited 60 "$LOG" "$@" dpdk-testpmd "${EAL_ARGS[@]}" "${OPS_ARGS[@]}" -l 0,1 \
		--vdev=net_null0 --vdev=net_null1 -- --total-num-mbufs=4096 --auto-start \
		--cmdline-file="$WORK/commands" -i
}


test_container()
{
	printf 'start\nstop\nquit\n' >"$WORK/commands"
	testpmd container python3 "$HERE/container.py"
	check_eq "without capabilities, behind a container's filter: testpmd ends well" $? 0 "$LOG"
	check_eq "without capabilities, behind a container's filter: the pool lies in a maze" \
		"$(backings_in "$LOG")" maze "$LOG"
	is_root || return
	testpmd memlock setpriv --bounding-set=-ipc_lock --inh-caps=-ipc_lock prlimit --memlock=65536
	check "a small RLIMIT_MEMLOCK: said in one line" [ "$(grep -c 'LABYRINTH: .*RLIMIT_MEMLOCK' "$LOG")" = 1 ]
}

[[ $# == 1 && $1 != -* ]] || { usage >&2 && exit 2; }
[[ -d $1 ]] || die "no build directory $1"
BUILD=$(realpath "$1")
undo_on_exit
LOGS=$BUILD/testlogs/deploy
mkdir -p "$LOGS" || die "cannot write to $LOGS"
WORK=$(mktemp -d) || die "no directory for temporary files"
at_exit rm -rf "$WORK"
NO_HUGE=1 NO_HUGE_MB=512
eal_args deploy
use_ops labyrinth "$BUILD"
test_asan
test_valgrind
test_late
test_places
test_container
summary
