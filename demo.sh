#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The Labyrinth authors
#
# What labyrinth does, seen in a minute and a half.

set -u
cd "$(dirname "$0")" || exit 2
# shellcheck source=tests/lib.sh
. tests/lib.sh

if (($# > 0)); then
	cat <<END
Usage: ./demo.sh

Builds the project, shows where packet buffers lie with DPDK's default pool and
with labyrinth, then forwards packets for ten seconds and prints a summary.
END
	[[ $1 == -h || $1 == --help ]] && exit 0
	exit 2
fi

BUILD=build
PROCESSES=5
FWD=$BUILD/app/labyrinth-fwd/labyrinth-fwd
PLACEMENT=$BUILD/tests/system/placement

say()
{
	printf '\n%s\n' "$*"
}

# interruptible COMMAND...: bash runs its traps only when a command has ended;
# waiting is what it breaks off, so that Ctrl-C and SIGTERM count at once.
interruptible()
{
	local status
	"$@" &
	CHILD=$!
	wait "$CHILD"
	status=$?
	CHILD=
	return "$status"
}

end_child()
{
	[[ -z $CHILD ]] || end_process "$CHILD" 10
}

# first_addresses OPS: one line per fresh process, then how many differ.
first_addresses()
{
	local i address
	local -a all=()
	for ((i = 0; i < PROCESSES; i++)); do
		address=$(timeout 30 "$PLACEMENT" --ops "$1" --first 2>"$ERRORS") || {
			cat "$ERRORS" >&2
			die "$PLACEMENT --ops $1 --first: failed"
		}
		all+=("$address")
		printf '  %-12s process %d: first buffer at %s\n' "$1" $((i + 1)) "$address"
	done
	printf '  %-12s %d different in %d processes\n' "$1" \
		"$(printf '%s\n' "${all[@]}" | sort -u | wc -l)" "$PROCESSES"
}

build()
{
	local log=$BUILD/demo-build.log
	if [[ ! -e $BUILD/build.ninja ]]; then
		meson setup "$BUILD" --buildtype=release >"$ERRORS" 2>&1 || {
			tail -n 30 "$ERRORS" >&2
			die "meson setup $BUILD: failed"
		}
	fi
	interruptible nice ninja -C "$BUILD" >"$log" 2>&1 || {
		tail -n 30 "$log" >&2
		die "ninja -C $BUILD: failed (whole log: $log)"
	}
}

undo_on_exit
ERRORS=$(mktemp) || die "no temporary file"
at_exit rm -f "$ERRORS"
CHILD=

cat <<END
Labyrinth demo: packet buffers at addresses nobody can predict, from an
allocator no stopped thread can block. It installs what is missing, builds the
project into $BUILD/, reserves huge pages if it may and gives them back.
END
install_missing gcc meson ninja-build pkg-config libdpdk-dev libnuma-dev libinih-dev libcunit1-dev \
	libjansson-dev libcairo2-dev
at_exit end_child
say "Building..."
build
is_root || note "not root: going on with what an ordinary user may do"
reserve_huge 256 || note "the demo works without huge pages as well, a little slower"
at_exit end_child
began=$SECONDS

say "1. Where is the first packet buffer of a pool? $PROCESSES fresh processes each."
first_addresses ring_mp_mc
first_addresses labyrinth

say "2. Forwarding between ports of its own for ten seconds: $FWD"
interruptible timeout --kill-after=5 60 "$FWD" </dev/null || die "$FWD: failed"

say "Done in $((SECONDS - began)) s. More: $FWD --help, ./test.sh, README.md"
