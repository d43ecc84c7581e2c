#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The Labyrinth authors
#
# What labyrinth does, seen in half a minute: five acts, 60 lines at most.

set -u
cd "$(dirname "$0")" || exit 2
# shellcheck source=tests/lib.sh
. tests/lib.sh
# shellcheck source=tests/misuse/misuse_lib.sh
. tests/misuse/misuse_lib.sh

QUICK=0
if [[ ${1:-} == --quick && $# == 1 ]]; then
	QUICK=1
elif (($# > 0)); then
	cat <<END
Usage: ./demo.sh [--quick]

Builds the project and shows in five acts what labyrinth does: where buffers lie,
how a double free and an overflow are found in an unmodified testpmd, what it
costs, and a picture. Takes half a minute after the build; --quick: 20 seconds.
END
	[[ $1 == -h || $1 == --help ]] && exit 0
	exit 2
fi

BUILD=build
FWD=$BUILD/app/labyrinth-fwd/labyrinth-fwd
PLACEMENT=$BUILD/tests/system/placement
PACKAGES=(gcc meson ninja-build pkg-config libdpdk-dev dpdk-dev libnuma-dev libinih-dev libcunit1-dev
	libjansson-dev libcairo2-dev)
# Logs of all programs: EAL's lines stand there.
LOGS=$BUILD/demo
ROUNDS=3
LOAD_SECONDS=3
((QUICK)) && ROUNDS=1 && LOAD_SECONDS=2

say()
{
	printf '%s\n' "$*"
}

act()
{
	printf '\n%d. %s\n' "$1" "$2"
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

# --- build --------------------------------------------------------------------

# How far ninja is, on one line of a terminal.
show_progress()
{
	local line
	while IFS= read -r line; do
		printf '%s\n' "$line" >>"$LOGS/build.log"
		[[ -t 1 && $line =~ ^\[[0-9]+/[0-9]+\] ]] && printf '\r  %s ' "${BASH_REMATCH[0]}"
	done
	[[ -t 1 ]] && printf '\r\033[K'
	return 0
}

run_ninja()
{
	nice ninja -C "$BUILD" 2>&1 | show_progress
	return "${PIPESTATUS[0]}"
}

build()
{
	if [[ ! -e $BUILD/build.ninja ]]; then
		meson setup "$BUILD" --buildtype=release >"$LOGS/setup.log" 2>&1 || {
			tail -n 30 "$LOGS/setup.log" >&2
			die "meson setup $BUILD: failed"
		}
	fi
	: >"$LOGS/build.log"
	interruptible run_ninja || {
		tail -n 30 "$LOGS/build.log" >&2
		die "ninja -C $BUILD: failed (whole log: $LOGS/build.log)"
	}
}

# --- act 1 ----------------------------------------------------------------------

# first_addresses OPS: the first buffer of three fresh processes, on one line.
first_addresses()
{
	local i address different
	local -a all=()
	for i in 1 2 3; do
		address=$(timeout 30 "$PLACEMENT" --ops "$1" --first 2>"$LOGS/placement.err") || {
			cat "$LOGS/placement.err" >&2
			die "$PLACEMENT --ops $1 --first: failed"
		}
		all+=("$address")
	done
	different=$(printf '%s\n' "${all[@]}" | sort -u | wc -l)
	printf '   %-10s  %s  %s  %s  %d different\n' "$1" "${all[@]}" "$different"
}

# --- acts 2 and 3 ---------------------------------------------------------------

# testpmd NAME OPS PLUGIN [VARIABLE=VALUE...]: unmodified testpmd forwards with a
# buggy plugin. Sets LOG and STATUS.
testpmd()
{
	local ops=$2 plugin=$TRUSTED_PLUGINS/$3
	LOG=$LOGS/$1.log
	shift 3
	use_ops "$ops" "$BUILD" >/dev/null
	interruptible run_testpmd "$plugin" "$@"
	STATUS=$?
}

run_testpmd()
{
	local plugin=$1
	shift
	# The braces take bash's own word about a crash out of the way.
	{ sleep "$LOAD_SECONDS" | timeout --kill-after=5 30 env "$@" dpdk-testpmd "${EAL_ARGS[@]}" \
		"${CPUS_ARGS[@]}" "${OPS_ARGS[@]}" -d "$plugin" --vdev=net_null0 -- --auto-start \
		--forward-mode=io --total-num-mbufs=16384 --mbcache=128 >"$LOG" 2>&1; } 2>/dev/null
}

testpmd_ended()
{
	case $STATUS in
	0) say "   testpmd ended well." ;;
	134) say "   testpmd was stopped (SIGABRT), before anybody could use the buffer." ;;
	*) say "   testpmd ended with status $STATUS." ;;
	esac
}

# report LINES: what matters of the report in LOG, without directories.
report()
{
	grep -aE 'LABYRINTH:   |LABYRINTH: (violation|SUMMARY)' "$LOG" |
		grep -aE ': +(violation:|tripped|found|allocated|freed|likely|culprit|move 1|conclusion|SUMMARY)' |
		grep -av 'violation=' |
		sed -E 's/LABYRINTH: +/   | /; s/ \([^()]*\+0x[0-9a-f]+\)//; s|\.\./[^ ]*/||g; s|/[^ ]*/||g' |
		head -n "$1" | fold -s -w 100 | sed 's/ $//; s/^[^ ]/   |     &/'
}

double_free()
{
	act 2 "Unmodified testpmd, as Debian ships it, with a callback that frees a packet twice"
	testpmd ring-twice ring_mp_mc free_twice.so
	say "   ring_mp_mc: $(sed -nE 's/^free-twice: ([0-9]+) times.*/\1/p' "$LOG") buffers with two" \
		"owners in $LOAD_SECONDS s. Not a word."
	testpmd_ended
	say "   labyrinth, profile guard (the default), trace=1:"
	testpmd labyrinth-twice labyrinth free_twice.so LABYRINTH_OPTIONS=trace=1
	report 7
	testpmd_ended
}

overflow()
{
	act 3 "The same testpmd, with a callback that writes one byte too many"
	testpmd ring-beyond ring_mp_mc write_beyond.so
	say "   ring_mp_mc: $(grep -c '^write-beyond: ' "$LOG") byte written into what lies behind." \
		"Not a word."
	say "   labyrinth, patrol=100; the buffer waits in a queue and nobody frees it:"
	testpmd labyrinth-beyond labyrinth write_beyond.so WRITE_BEYOND_KEEP=1 \
		LABYRINTH_OPTIONS=patrol=100,trace=1
	report 8
	testpmd_ended
}

# --- acts 4 and 5 ---------------------------------------------------------------

forwarding()
{
	local log=$LOGS/compare.log
	act 4 "What it costs: packets a second, in turns, over ports in memory"
	interruptible timeout --kill-after=5 100 "$FWD" -- --rounds="$ROUNDS" \
		--duration=$((ROUNDS * 3)) --stats-period=0 \
		--compare=ring_mp_mc,labyrinth:profile=fast,labyrinth:profile=guard \
		</dev/null >"$log" 2>&1 || { tail -n 20 "$log" >&2 && die "$FWD: failed"; }
	awk '/^handler/ { on = 1 } /^\(/ { on = 0 }
		on { printf "   %-25s %11s %10s %7s\n", $1, $2, $1 == "handler" ? "stalls" : $(NF - 1), $NF }' "$log"
	if awk '/^labyrinth:/ && $(NF - 1) != 0 { bad = 1 } END { exit bad }' "$log"; then
		say "   Interrupted by labyrinth: never (no page fault, no waiting)."
	else
		say "   Stalls: page faults or waiting, of the allocator or of a driver."
	fi
}

# Two forwarders, one of each handler, drawn while they run.
picture()
{
	local common=(--no-pci) map=$BUILD/app/labyrinth-map/labyrinth-map
	local -a prefixes=("demo-stock-$$" "demo-maze-$$")
	act 5 "A picture of both pools"
	((${NO_HUGE:-0})) && common+=(--no-huge --no-shconf -m 128)
	((${NO_HUGE:-0})) || common+=(--in-memory)
	for i in 0 1; do
		at_exit del_eal_dir "${prefixes[i]}"
	done
	timeout 60 "$FWD" "${common[@]}" --lcores=0,1@0 --file-prefix="${prefixes[0]}" -- --embedded \
		--pool-ops=ring_mp_mc --duration=4 --stats-period=0 </dev/null >"$LOGS/stock.log" 2>&1 &
	timeout 60 "$FWD" "${common[@]}" --lcores=0,1@0 --file-prefix="${prefixes[1]}" -- --embedded \
		--duration=4 --stats-period=0 </dev/null >"$LOGS/maze.log" 2>&1 &
	interruptible sleep 2
	"$map" --file-prefix="${prefixes[0]}" --file-prefix="${prefixes[1]}" \
		"${PICTURES[@]}" >"$LOGS/map.log" 2>&1
	STATUS=$?
	wait
	if ((STATUS == 0)); then
		say "   ${PICTURES[*]#--*=}"
	else
		say "   not drawn: $(tail -n 1 "$LOGS/map.log")"
	fi
}

# ----------------------------------------------------------------------------

undo_on_exit
CHILD=
at_exit end_child
say "Labyrinth: packet buffers at addresses nobody can predict, each with one owner."
mapfile -t MISSING < <(missing_packages "${PACKAGES[@]}")
((${#MISSING[@]} == 0)) || say "Installing ${MISSING[*]}..."
install_missing "${PACKAGES[@]}" >/dev/null
mkdir -p "$LOGS" || die "cannot write to $LOGS"
say "Building in $BUILD/ (two or three minutes the first time)..."
build
is_root || note "not root: going on with what an ordinary user may do"
eal_memory demo 256 128
cpus_args 2
trusted_dir "$BUILD"
TRUSTED_PLUGINS=$TRUSTED
cp "$BUILD"/tests/misuse/*.so "$TRUSTED_PLUGINS/" 2>/dev/null
PICTURES=("--png=$BUILD/demo/labyrinth.png" "--html=$BUILD/demo/labyrinth.html")
began=$SECONDS

act 1 "Where the first packet buffer of three fresh processes lies"
first_addresses ring_mp_mc
first_addresses labyrinth
double_free
overflow
forwarding
picture

printf '\nDone in %d s. Logs: %s/. The real tests: ./test.sh. What it is: README.md\n' \
	$((SECONDS - began)) "$LOGS"
if ((${#MISSING[@]} > 0)); then
	say "Installed: ${MISSING[*]}. Away again: apt-get purge --autoremove ${MISSING[*]}"
else
	say "Nothing was installed; huge pages are given back. Away again: rm -r $BUILD"
fi
