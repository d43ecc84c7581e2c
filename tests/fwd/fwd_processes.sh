#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The Labyrinth authors
#
# labyrinth-fwd as a primary whose secondaries are killed while they hold its
# buffers, and as a secondary whose primary ends or is killed. CASES in the
# environment: only those.

set -u
HERE=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/lib.sh
. "$HERE/../lib.sh"
# shellcheck source=tests/fwd/fwd_lib.sh
. "$HERE/fwd_lib.sh"
# shellcheck source=tests/processes/namespaces.sh
. "$HERE/../processes/namespaces.sh"
# shellcheck source=tests/telemetry/telemetry_lib.sh
. "$HERE/../telemetry/telemetry_lib.sh"

KILLS=6
ORPHANED=3
SECONDARY_LCORES=(--lcores "2@0,3@$(($(nproc) - 1))")
PORTS=(--vdev=net_null0 --vdev=net_null1)
# A burst on its way on each port's queue, and one that is a sample.
MOVING=96
declare -A PID IN

# One that ended unexpectedly must not end us.
trap ':' PIPE

# launch NAME ARGUMENT...: in the background, told what to do by say. OUTPUT=FILE
# in front: its output goes there.
launch()
{
	local name=$1 to
	shift
	# What the one before said must not be taken for what this one says.
	rm -f "$LOGS/$name.in" "$LOGS/$name.log" "$LOGS/$name.err"
	mkfifo "$LOGS/$name.in" || die "cannot make $LOGS/$name.in"
	"$FORWARDER" "${SHARED[@]}" "$@" <"$LOGS/$name.in" >"${OUTPUT:-$LOGS/$name.log}" 2>"$LOGS/$name.err" &
	PID[$name]=$!
	exec {to}>"$LOGS/$name.in"
	IN[$name]=$to
}

# say NAME LINE...: it may have ended already.
say()
{
	local to=${IN[$1]}
	shift
	{ printf '%s\n' "$@" >&"$to"; } 2>/dev/null
}

# reap NAME: one that ends or was killed; sets STATUS. Its number stays for who asks what is left.
reap()
{
	local to=${IN[$1]}
	{ wait "${PID[$1]}"; } 2>/dev/null
	STATUS=$?
	exec {to}>&-
	unset "IN[$1]"
}

end_all()
{
	local name
	for name in "${!IN[@]}"; do
		end_process "${PID[$name]}"
	done
}

# primary OPTION...: comes to forward.
primary()
{
	launch primary --lcores 0@0,1@0 "${PORTS[@]}" -- "$@"
	wait_until 20 grep -qsE '^(lcore 1: |labyrinth-fwd> )' "$LOGS/primary.log" ||
		not_ok "$CASE: the primary does not forward" "$LOGS/primary.err"
}

# secondary OPTION...: comes to forward on lcores of its own.
secondary()
{
	launch secondary --proc-type=secondary "${SECONDARY_LCORES[@]}" -- "$@"
	wait_until 20 grep -qsE '^(lcore 3: |labyrinth-fwd> )' "$LOGS/secondary.log" ||
		not_ok "$CASE: the secondary does not forward" "$LOGS/secondary.err"
}

# over NAME: waits for its end, up to thirty seconds; sets LOG, ERRORS and STATUS.
over()
{
	LOG=$LOGS/$1.log
	ERRORS=$LOGS/$1.err
	wait_until 30 ended "${PID[$1]}" || { kill -KILL "${PID[$1]}" && note "$CASE: the $1 does not end"; }
	reap "$1"
}

kill_one()
{
	kill -KILL "${PID[$1]}"
	reap "$1"
}

packets()
{
	ask /ethdev/stats,0 | field ipackets
}

# counted_on BEFORE
counted_on()
{
	local now
	now=$(packets)
	((${now:-0} > $1))
}

# goes_on WHAT: packets are counted on.
goes_on()
{
	local before
	before=$(packets)
	check "$CASE: $1: the primary goes on" wait_until 10 counted_on "${before:-0}"
}

# used POOL: as the primary tells.
used()
{
	ask "/labyrinth/pool,$1" | field used
}

used_above()
{
	local now
	now=$(used "$1")
	((${now:-0} > $2))
}

# holds POOL NUMBER: the secondary holds so many; what the primary has on its way is less than MOVING.
holds()
{
	wait_until 20 used_above "$1" $(($2 + MOVING)) ||
		not_ok "$CASE: the secondary does not hold $2 of pool $1" "$LOGS/secondary.log"
}

# gone PID: the line about a process, if it is there.
gone()
{
	grep -aoE "secondary process $1 has gone: [0-9]+ buffers given back \([0-9]+ held, [0-9]+ in lanes\)" "$LOGS/primary.log"
}

# given_back LEAST: the line about the last secondary comes, and that many at least were held.
given_back()
{
	local line
	wait_until 20 gone "${PID[secondary]}" >/dev/null
	line=$(gone "${PID[secondary]}")
	if [[ $line =~ ([0-9]+)\ buffers\ .*\(([0-9]+)\ held,\ ([0-9]+)\ in ]] &&
		((BASH_REMATCH[2] >= $1 && BASH_REMATCH[1] == BASH_REMATCH[2] + BASH_REMATCH[3])); then
		HELD=$((HELD + BASH_REMATCH[2]))
		ok "$CASE: $line"
	else
		not_ok "$CASE: what the secondary held is not given back: '$line'" "$LOGS/primary.log"
	fi
}

# one_line NAME PATTERN: of its own, and no other.
one_line()
{
	check_eq "$CASE: the $1 says one line" \
		"$(grep -a '^labyrinth-fwd: ' "$LOGS/$1.err")" "labyrinth-fwd: $2" "$LOGS/$1.err"
}

# --- cases ------------------------------------------------------------------

case_kills()
{
	local i left
	HELD=0
	primary --stats-period=0
	for ((i = 0; i < KILLS; i++)); do
		secondary --stats-period=0 --burst=$((1 << i)) --hold-ms=60000
		holds fwd_0 128
		sleep "0.$((RANDOM % 5 + 1))"
		kill_one secondary
		goes_on "kill $i"
		given_back 1
	done
	secondary --stats-period=0 --duration=1
	over secondary
	check_eq "$CASE: a secondary that ends by itself: exit status" "$STATUS" 0 "$ERRORS"
	no_files
	goes_on "a secondary that ends by itself"
	given_back 0
	left=$(used fwd_0)
	check "$CASE: telemetry: only what is on its way is used ($left)" test "${left:-9999}" -le $MOVING
	kill -TERM "${PID[primary]}"
	over primary
	no_loss "$CASE"
	check_eq "$CASE: the summary has the sum" \
		"$(grep -a '^given back of' "$LOG" | grep -oE '[0-9]+ [sb][a-z]+' | xargs)" \
		"$((KILLS + 1)) secondary $HELD buffers" "$LOG"
}

# With commands, and without system calls on forwarding lcores; two pools.
case_commands()
{
	HELD=0
	primary -i -a --lockdown --mbuf-size=2176,1024 --hold-ms=1000
	refused_secondary "one of two pools" "2 pools of mbufs; give --pool=NAME, one of .*fwd_0_1_0"
	secondary --pool=fwd_0_1_0 --hold-ms=60000 --lockdown --stats-period=1
	check "$CASE: it uses that pool" grep -q '^lcore 3: from pool fwd_0_1_0 and back' "$LOGS/secondary.log"
	holds fwd_0_1_0 1000
	kill_one secondary
	given_back 1000
	launch typed --proc-type=secondary --lcores 2@0,3@0 -- -i --pool=fwd_0
	say typed start 'show fwd stats all' stop 'set fwd mac' start 'port stop all' quit
	over typed
	check_eq "$CASE: a secondary takes commands" "$(grep -c '^Stopped after' "$LOG")" 1 "$LOG"
	check_eq "$CASE: but none about ports" "$(sed -n 's/^labyrinth-fwd: //p' "$ERRORS")" \
		$'mode mac: needs ports, which only the primary process has; a secondary process takes mode alloc\nport all: a secondary process has no ports' "$ERRORS"
	check_eq "$CASE: its exit status tells" "$STATUS" 1 "$ERRORS"
	kill -TERM "${PID[primary]}"
	over primary
	no_loss "$CASE"
	check_eq "$CASE: no system call was refused" "$(grep -ac 'system call' "$ERRORS")" 0 "$ERRORS"
}

# Nobody knows there what a program held.
case_fast()
{
	HELD=0
	primary --stats-period=1 --pool-options=profile=fast
	secondary --stats-period=0 --hold-ms=60000
	holds fwd_0 128
	kill_one secondary
	given_back 0
	check_eq "$CASE: what it held cannot be told" "$HELD" 0
	check "$CASE: the live table shows it" wait_until 10 grep -qa '^given back of 1 secondary' "$LOGS/primary.log"
	kill -TERM "${PID[primary]}"
	over primary
	check_eq "$CASE: and is lost: exit status" "$STATUS" 1 "$ERRORS"
	check "$CASE: and is lost: the line" grep -qaE '^labyrinth-fwd: [0-9]+ buffers are not back' "$ERRORS"
}

# files: those of huge pages of a primary that was killed, in pages.
files()
{
	du -s -B2M --apparent-size "$HUGE_DIR" | cut -f1
}

only_files_left()
{
	(($(huge_free) + $(files) >= HUGE_BEFORE))
}

next_primary()
{
	run_shared "$CASE next" --lcores 0@0,1@0 "${PORTS[@]}" -- --duration=1 --stats-period=0
	no_loss "$CASE: the next primary"
	moved "$CASE: the next primary" $RX
}

# no_files: of the last secondary's. Names of other files have numbers of many digits.
no_files()
{
	check_eq "$CASE: the secondary's files" \
		"$(find "$RUNTIME_DIRECTORY" | grep -cE "[^0-9a-f]${PID[secondary]}([^0-9a-f]|\$)")" 0
}

# orphaned: the last secondary ends as it should.
orphaned()
{
	over secondary
	check_eq "$CASE: the secondary's exit status" "$STATUS" "$ORPHANED" "$ERRORS"
	one_line secondary "the primary process has ended: so does this one"
	check "$CASE: the secondary's summary" \
		grep -qa '^=== Summary: .* alloc .*(the primary process has ended)' "$LOG"
}

# orphaned_by_end: the primary was not killed. From DPDK 23.11 on EAL can't be cleaned up then;
# the next primary does it.
orphaned_by_end()
{
	orphaned
	pkg-config --atleast-version=23.11 libdpdk || no_files
	next_primary
	no_files
}

sockets()
{
	find "$RUNTIME_DIRECTORY" -name 'mp_socket_*' | sort | xargs
}

case_orphans()
{
	local before
	primary --stats-period=0
	secondary --stats-period=0 --hold-ms=1000
	kill_one primary
	orphaned
	no_files
	check "$CASE: the maze is gone, EAL's files are left" wait_until 10 only_files_left
	before=$(sockets)
	refused_secondary "what a dead primary left" "no primary process .* start it first"
	check_eq "$CASE: who is refused leaves no socket" "$(sockets)" "$before"
	primary --stats-period=0
	secondary --stats-period=0
	kill -STOP "${PID[secondary]}"
	kill_one primary
	kill -TERM "${PID[secondary]}"
	kill -CONT "${PID[secondary]}"
	CASE="ends and a signal" orphaned
	no_files
	next_primary
	primary --stats-period=0
	secondary -i -a
	kill -TERM "${PID[primary]}"
	over primary
	no_loss "$CASE: a primary that ends before its secondary"
	CASE=ends orphaned_by_end
}

# One that is stopped keeps nobody from ending, and ends when it goes on.
case_stopped()
{
	primary --stats-period=0
	secondary --stats-period=0 --hold-ms=60000
	holds fwd_0 128
	kill -STOP "${PID[secondary]}"
	kill -TERM "${PID[primary]}"
	over primary
	check_eq "$CASE: what it holds is not back: exit status" "$STATUS" 1 "$ERRORS"
	check "$CASE: the primary says why" grep -qa 'a secondary process did not answer' "$LOG"
	kill -CONT "${PID[secondary]}"
	orphaned_by_end
}

# One that prints where nobody reads keeps its buffers meanwhile, and uses them.
case_busy()
{
	local from helps
	mapfile -t helps < <(yes help | head -n 100)
	primary --stats-period=0
	mkfifo "$LOGS/unread" || die "cannot make $LOGS/unread"
	exec {from}<>"$LOGS/unread"
	OUTPUT=$LOGS/unread launch secondary --proc-type=secondary "${SECONDARY_LCORES[@]}" -- -i -a --hold-ms=60000
	say secondary "${helps[@]}"
	holds fwd_0 128
	kill -TERM "${PID[primary]}"
	over primary
	check "$CASE: the primary says who did not answer" \
		grep -qa 'a secondary process did not answer within 3 seconds: .* the pools, are left' "$LOG"
	check_eq "$CASE: what it holds is not back: exit status" "$STATUS" 1 "$ERRORS"
	ended "${PID[secondary]}" && not_ok "$CASE: the pools are taken from a secondary that uses them"
	# It must see the end, which it would not if it could write there itself.
	cat "$LOGS/unread" >"$LOGS/secondary.log" {from}>&- &
	exec {from}>&-
	orphaned_by_end
}

# faulty FAULT OPTION...: a primary with one of primary_faults.c.
faulty()
{
	local fault=$1
	shift
	export "$fault=1" LD_PRELOAD=$LOGS/primary_faults.so
	primary "$@"
	unset "$fault" LD_PRELOAD
}

# EAL's memory is not given up while the primary frees its pools.
case_slow()
{
	faulty SLOW_CLOSE --stats-period=0
	secondary --stats-period=0
	kill -TERM "${PID[primary]}"
	wait_until 30 ended "${PID[secondary]}"
	check "$CASE: the secondary waits for the primary" wait_until 2 ended "${PID[primary]}"
	over primary
	no_loss "$CASE"
	orphaned_by_end
}

# What lies in other pools is given back, of later processes too.
case_unmapped()
{
	local i
	HELD=0
	faulty NO_MAZE --stats-period=0
	for i in 1 2; do
		secondary --stats-period=0 --hold-ms=60000
		holds fwd_0 128
		kill_one secondary
		given_back 1
	done
	kill -TERM "${PID[primary]}"
	over primary
	no_loss "$CASE"
	check_eq "$CASE: one line says what is wrong" \
		"$(grep -ac 'is not given back, or not all of it: Bad address' "$LOG")" 1 "$LOG"
}

# --- bad use ----------------------------------------------------------------

# run_shared NAME ARGUMENT...: as run, with memory that is shared.
run_shared()
{
	local name=$1
	shift
	run "$name" "${SHARED[@]}" "$@"
}

# refused_secondary NAME MESSAGE OPTION...
refused_secondary()
{
	local name="refuses $1" message=$2
	shift 2
	run_shared "$name" --proc-type=secondary --lcores 2@0,3@0 -- --duration=1 "$@"
	expect_refused "$name" "$message"
}

case_bad()
{
	refused_secondary "a secondary without a primary" "no primary process .* start it first"
	run_shared "refuses pool" --lcores 0@0,1@0 "${PORTS[@]}" -- --pool=fwd_0 --duration=1
	expect_refused "refuses a pool by name in a primary" "--pool=fwd_0: only in a secondary"
	primary --stats-period=0
	refused_secondary "a pool that does not exist" "--pool=nosuch: .* there is fwd_0" --pool=nosuch
	refused_secondary "ports in a secondary" "--portmask or --portlist: not in a secondary" --portlist=0
	refused_secondary "queues in a secondary" "--rxq: not in a secondary" --rxq=2
	refused_secondary "a pool of its own" "--pool-options: not in a secondary" --pool-options=profile=fast
	refused_secondary "a report in a secondary" "--nic-report: not in a secondary" \
		"--nic-report=$LOGS/never.txt" --duration=3
	check "and leaves no file" test ! -e "$LOGS/never.txt"
	refused_secondary "a mode with ports" "mode io: needs ports, .* takes mode alloc" --forward-mode=io
	run_shared "refuses one lcore" --proc-type=secondary --lcores 2@0 -- --duration=1
	expect_refused "refuses one lcore in a secondary" "give EAL two or more"
	kill -TERM "${PID[primary]}"
	over primary
	no_loss "$CASE"
	# Packets would reach into the mbufs behind; labyrinth-fwd itself makes no such pool.
	FORWARDER=${TESTPMD:-dpdk-testpmd} launch primary --lcores 0@0,1@0 "${PORTS[@]}" -- \
		--mbuf-size=2176,160 --total-num-mbufs=4096
	wait_until 20 counted_on 0 ||
		not_ok "$CASE: testpmd does not forward" "$LOGS/primary.err"
	refused_secondary "mbufs without room for a packet" "pool mb_pool_0_1: .* room for 160 bytes, packets need 192" --pool=mb_pool_0_1
	say primary ''
	over primary
}

# ----------------------------------------------------------------------------

INNER=0
[[ ${1:-} == --inner ]] && INNER=1 && shift
((INNER)) || [[ $# != 1 || $1 == -* ]] || in_namespaces "several processes" 128 --inner "$1"
begin fwd-processes "$@"
BUILD=$1
at_exit end_all
[[ -n $(missing_packages dpdk) ]] && die "no dpdk-telemetry.py: install the package dpdk"
mount_huge
PREFIX=fwd-processes-$$
SHARED=(--no-pci "--file-prefix=$PREFIX" "--huge-dir=$HUGE_DIR")
FAULTY='slow unmapped'
# A sanitizer's library wants to be the first that is preloaded.
if grep -q __asan_init "$FORWARDER"; then
	skip "a primary with faults" "built with sanitizers"
	FAULTY=
else
	compile "$HERE/primary_faults.c" "$LOGS/primary_faults.so" -shared -fPIC
fi
for CASE in ${CASES:-bad kills commands fast orphans stopped busy $FAULTY}; do
	"case_$CASE"
done
# EAL's, of primaries that share memory.
rm -rf "${RUNTIME_DIRECTORY:?}/dpdk" "${HUGE_DIR:?}/$PREFIX"*
finish
