#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The Labyrinth authors
#
# What nobody should ask for: each ends in the errno that is documented and one
# clear message, or in a fallback that is stated; and nothing is left behind.

set -u
HERE=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/lib.sh
. "$HERE/../lib.sh"

# How the driver opens a line, whatever its level.
DRIVER_LINE='LABYRINTH: '

# probe NAME [ARGUMENT...]: sets RESULT and LOG; one pool of pool_probe's.
probe()
{
	local name=$1
	shift
	LOG=$LOGS/${name//[^a-zA-Z0-9]/_}.log
	limited "${SECONDS_ALLOWED:-30}" "$LOG" "${AS_USER[@]}" "$PROBE" "${EAL_ARGS[@]}" \
		"${PLUGINS[@]}" -- labyrinth "$@"
	STATUS=$?
	RESULT=$(sed -n 's/^result: //p' "$LOG")
}

driver_lines()
{
	grep -a "$DRIVER_LINE" "$LOG" | grep -avE "$BACKING_RE"
}

# refused NAME ERRNO WORDS [ARGUMENT...]: that errno, a non-zero exit status, one
# line of the driver's, and in it each of the WORDS.
refused()
{
	local name=$1 errno=$2 words=$3 word lines
	shift 3
	probe "$name" "$@"
	if [[ $RESULT != "$errno" ]] || ((STATUS != 1)); then
		not_ok "$name: got '$RESULT', exit status $STATUS; expected $errno" "$LOG"
		return
	fi
	lines=$(driver_lines)
	if [[ -z $lines || $(wc -l <<<"$lines") != 1 ]]; then
		not_ok "$name: $errno, but not in one line: '$lines'" "$LOG"
		return
	fi
	for word in $words; do
		if [[ $lines != *"$word"* ]]; then
			not_ok "$name: the message does not name '$word': $lines" "$LOG"
			return
		fi
	done
	ok "$name: $errno, $lines"
}

# refused_by_dpdk NAME ERRNO [ARGUMENT...]: DPDK itself stops it.
refused_by_dpdk()
{
	local name=$1 errno=$2
	shift 2
	probe "$name" "$@"
	check_eq "$name: refused by DPDK" "$RESULT $STATUS" "$errno 1" "$LOG"
}

# refused_or_said NAME ERRNO [ARGUMENT...]: or it works, and a line says how.
refused_or_said()
{
	local name=$1 errno=$2 said
	shift 2
	probe "$name" "$@"
	said=$(grep -a "$DRIVER_LINE" "$LOG" | tail -n 1)
	if [[ $RESULT == created || $RESULT == "$errno" ]] && [[ -n $said ]]; then
		ok "$name: $RESULT, $said"
	else
		not_ok "$name: got '$RESULT', the driver said '$said'; expected created or $errno, and why" "$LOG"
	fi
}

created()
{
	local name=$1
	shift
	probe "$name" "$@"
	check_eq "$name" "$RESULT $STATUS" "created 0" "$LOG"
}

# warned NAME WORDS [ARGUMENT...]: the pool is made, and one line names the WORDS.
warned()
{
	local name=$1 words=$2 word lines
	shift 2
	probe "$name" "$@"
	lines=$(driver_lines)
	if [[ $RESULT != created || -z $lines || $(wc -l <<<"$lines") != 1 ]]; then
		not_ok "$name: got '$RESULT' and not one line, but: '$lines'" "$LOG"
		return
	fi
	for word in $words; do
		if [[ $lines != *"$word"* ]]; then
			not_ok "$name: the warning does not name '$word': $lines" "$LOG"
			return
		fi
	done
	ok "$name: $lines"
}

# What was meant for this driver and reaches nothing.
warning_tests()
{
	local ini=$SCRATCH/others.ini
	LABYRINTH_OPTONS=profile=fast \
		warned "a misspelt variable" "LABYRINTH_OPTONS LABYRINTH_OPTIONS meant"
	LABYRINT_CONFIG=/none warned "a misspelt prefix" "LABYRINT_CONFIG LABYRINTH_CONFIG meant"
	LABYRINTH_PROFILE=strict \
		warned "an unknown variable" "LABYRINTH_PROFILE LABYRINTH_CONFIG LABYRINTH_OPTIONS"
	printf '[default]\nprofile=fast\n[pool "other*"]\nbacking=maze\n[pool "pro*"]\nseal=off\n' >"$ini"
	LABYRINTH_CONFIG=$ini warned "a section that matches no pool" "[pool \"other*\"] $ini"
}

options_tests()
{
	local ini=$SCRATCH/bad.ini
	created "a pool that is all right"
	created "options of the pool itself" backing=eal,profile=fast
	refused "unknown key of the pool" EINVAL "bogus backing" bogus=1
	refused "bad value of the pool" EINVAL "backing moon maze eal auto" backing=moon
	refused "key without a value" EINVAL "backing" backing
	LABYRINTH_OPTIONS=bogus=1 \
		refused "unknown key in the environment" EINVAL "bogus LABYRINTH_OPTIONS"
	LABYRINTH_OPTIONS=backing=moon \
		refused "bad value in the environment" EINVAL "backing moon LABYRINTH_OPTIONS"
	printf '[default]\nbogus=1\n' >"$ini"
	LABYRINTH_CONFIG=$ini refused "unknown key in the INI file" EINVAL "bogus $ini"
	printf '[default]\nprofile=fast\n[pool "pro*"]\nbacking=moon\n' >"$ini"
	LABYRINTH_CONFIG=$ini refused "bad value in the INI file" EINVAL "backing moon $ini"
	LABYRINTH_CONFIG=$SCRATCH/none.ini refused "an INI file that is not there" ENOENT "none.ini"
}

sizes_tests()
{
	local socket=ENOMEM
	refused_by_dpdk "no elements" EINVAL n=0
	# Without huge pages DPDK refuses it by another errno, with any ops.
	((${NO_HUGE:-0})) && socket=EINVAL
	refused_by_dpdk "an impossible NUMA socket" "$socket" socket=7
	created "elements of one byte" elt=1
	SECONDS_ALLOWED=60 refused "more than all memory, maze" ENOMEM "probe" n=100000000 backing=maze
	refused "more than any pool can hold" EINVAL "probe 134217728" n=200000000
	refused_or_said "an element larger than a huge page, maze" EINVAL n=16 elt=3000000 backing=maze
	# Where addresses are physical, luck decides whether any pool finds such memory.
	EAL_ARGS+=(--iova-mode=va)
	refused_or_said "an element larger than a huge page" ENOMEM n=16 elt=3000000
	eal_args bad-input
}

# A pool that takes more than all the huge pages there are.
pages_tests()
{
	local many
	if ((${NO_HUGE:-0})); then
		skip "no huge pages left" "there are none"
		return
	fi
	many=$(($(huge_free) * 1000))
	SECONDS_ALLOWED=90 refused_or_said "no huge pages left, maze" ENOMEM n="$many" backing=maze
	SECONDS_ALLOWED=90 refused_or_said "no huge pages left" ENOMEM n="$many"
}

# The driver cannot even register: it says so once, and the pool is refused.
table_test()
{
	local name="a full table of mempool ops" said
	compile "$REPO/tests/dpdk/crowd.c" "$TRUSTED/crowd.so" -shared -fPIC
	PLUGINS=(-d "$TRUSTED/crowd.so" -d "$PLUGIN")
	CROWD_LAST=cn9k_mempool_ops warned "$name, one of an Arm processor" "cn9k_mempool_ops x86 place"
	probe "$name"
	PLUGINS=(-d "$PLUGIN")
	said=$(grep -ai "labyrinth.*\(table\|regist\)" "$LOG")
	if [[ $RESULT == ENOENT && -n $said ]]; then
		ok "$name: $RESULT, $said"
	else
		not_ok "$name: got '$RESULT', the driver said '$said'" "$LOG"
	fi
	PLUGINS=(-d "$TRUSTED/crowd.so" -d "$PLUGIN")
	LABYRINTH_OPTIONS=all=on probe "$name, all=on"
	PLUGINS=(-d "$PLUGIN")
	check_eq "$name: all=on says that no pool follows" "$RESULT $(grep -aoE 'all=on: .*' "$LOG")" \
		"ENOENT all=on: the driver has no place among DPDK's mempool ops: no pool follows" "$LOG"
}

# An ordinary user, on 4 KiB pages: EAL allows no more without privileges.
user_test()
{
	is_root || return
	ordinary_user "$PLUGIN" "$PROBE" || return
	PLUGINS=(-d "$USER_DIR/${PLUGIN##*/}")
	PROBE=$USER_DIR/${PROBE##*/}
	NO_HUGE=1 eal_args bad-user
	created "an ordinary user" backing=maze
	printf '[default]\nprofile=fast\n' >"$USER_DIR/secret.ini"
	chmod 600 "$USER_DIR/secret.ini"
	LABYRINTH_CONFIG=$USER_DIR/secret.ini refused "an INI file that the user may not read" ENOENT \
		"secret.ini LABYRINTH_CONFIG Permission denied"
	created "an ordinary user, backing=eal" backing=eal
}

# A plugin built for another release of DPDK: EAL says what it lacks, and does not
# start; one that is not there is told of in the same way.
release_test()
{
	local old=$TRUSTED/librte_mempool_labyrinth_old.so name="a plugin of another release of DPDK"
	sed -E 's/librte_mempool\.so\.[0-9]([0-9])/librte_mempool.so.0\1/' "$PLUGIN" >"$old"
	at_exit rm -f "$old"
	PLUGINS=(-d "$old")
	probe "$name"
	PLUGINS=(-d "$PLUGIN")
	if ((STATUS != 0)) && [[ -z $RESULT ]] &&
		[[ $(grep -acE 'librte_mempool\.so\.0[0-9]: cannot open shared object' "$LOG") == 1 ]]; then
		ok "$name: exit status $STATUS, $(grep -ahoE 'librte_mempool\.so\.0[0-9]: .*' "$LOG")"
	else
		not_ok "$name: exit status $STATUS, result '$RESULT'" "$LOG"
	fi
}

# A program that is not ours and does not know why: it ends, and the line is there.
testpmd_test()
{
	local name="testpmd with an unknown key" status
	LOG=$LOGS/testpmd.log
	LABYRINTH_OPTIONS=bogus=1 limited 30 "$LOG" dpdk-testpmd "${EAL_ARGS[@]}" "${PLUGINS[@]}" \
		--mbuf-pool-ops-name=labyrinth --vdev net_null0 -- --total-num-mbufs=4096
	status=$?
	if ((status != 0 && status != 124)) && [[ $(driver_lines) == *bogus*LABYRINTH_OPTIONS* || $(driver_lines) == *LABYRINTH_OPTIONS*bogus* ]]; then
		ok "$name: exit status $status"
	else
		not_ok "$name: exit status $status" "$LOG"
	fi
}

[[ $# == 1 && $1 != -* ]] || die "usage: ${0##*/} BUILD"
BUILD=$1
AS_USER=()
undo_on_exit
LOGS=$(realpath "$BUILD")/testlogs/bad_input
mkdir -p "$LOGS" || die "cannot write to $LOGS"
SCRATCH=$(mktemp -d) || die "no temporary directory"
at_exit rm -rf "$SCRATCH"
find_plugin "$BUILD"
trusted_dir "$BUILD"
PROBE=$TRUSTED/pool_probe
# rte_mempool_create_empty() wants the ring's ops, even where it uses others: they
# must be there before anything fills the table.
compile "$REPO/tests/dpdk/pool_probe.c" "$PROBE" -Wl,--no-as-needed -lrte_mempool_ring
PLUGINS=(-d "$PLUGIN")
reserve_huge 256 || NO_HUGE=1
eal_args bad-input
huge_before=$(huge_free)
holders_before=$(huge_holders)
options_tests
warning_tests
sizes_tests
pages_tests
table_test
release_test
testpmd_test
check_huge_same "bad input" "$huge_before" "$holders_before"
user_test
summary
