#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The Labyrinth authors
#
# labyrinth-fwd --nic-report: its file is what was printed, complete, and true: figures
# agree with each other, pools with telemetry, and the machine with its files. What goes
# wrong is told, and leaves no file behind.

set -u
HERE=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/lib.sh
. "$HERE/../lib.sh"
# shellcheck source=tests/fwd/fwd_lib.sh
. "$HERE/fwd_lib.sh"

RINGS=(--vdev=net_ring0 --vdev=net_ring1)
READER=$HERE/report.py
# The host's name, as nobody would choose it.
HOST=no-such-host-name

# report NAME EAL... -- OPTION...: sets FILE, too.
report()
{
	local name=$1
	shift
	FILE=$LOGS/${name//[^a-zA-Z0-9]/_}.txt
	run_on "$name" "$LCORES" "$@" "--nic-report=$FILE"
}

# holds NAME CHECK [ARGUMENT...]: one thing that report.py says of the file.
holds()
{
	local name=$1
	shift
	if python3 "$READER" "$FILE" "$@" >"$LOGS/reader.log" 2>&1; then
		ok "$name"
	else
		not_ok "$name" "$LOGS/reader.log"
	fi
}

# complete NAME: of the last run.
complete()
{
	check_eq "$1: exit status" "$STATUS" 0 "$ERRORS"
	holds "$1: all sections, and the end" sections complete
	holds "$1: a row for each pool" rows
	holds "$1: medians are those of the turns" medians
}

# no_report NAME MESSAGE: refused, and no file.
no_report()
{
	expect_refused "refuses $1" "$2"
	check "and leaves no file: $1" test ! -e "$FILE"
}

test_rings()
{
	local -a EAL_ARGS=("${EAL_ARGS[@]/--no-telemetry/--telemetry}")
	report "two rings" "${RINGS[@]}" -- --duration=6 &
	ask_telemetry
	wait $!
	STATUS=$?
	FILE=$LOGS/two_rings.txt
	LOG=$LOGS/two_rings.log
	ERRORS=$LOGS/two_rings.err
	complete "two rings"
	check "two rings: the file is what was printed" diff -q "$FILE" \
		<(sed -n '/^labyrinth-nic-report/,/^end:/p' "$LOG")
	holds "two rings: everything was forwarded" forwarded
	holds "two rings: made here, and whole at the end" circulated
	holds "two rings: no errors" no_errors
	holds "two rings: as many regions as halls make" regions
	holds "two rings: telemetry saw the same pools" telemetry "$LOGS/seen.json"
	check "two rings: each tells its driver" test "$(grep -c '^driver: net_ring$' "$FILE")" = 2
	check "two rings: what pools do for it" grep -q '^pools: backing=auto takes a maze' "$FILE"
}

# ask_telemetry: what there is while the report is made, into seen.json.
ask_telemetry()
{
	python3 "$HERE/pools_seen.py" "$RUNTIME_DIRECTORY" 12 >"$LOGS/seen.json" 2>"$LOGS/seen.err"
}

# One that makes packets without end: nothing has to be sent, nor looked at.
test_one_port()
{
	report "one port" --vdev=net_null0 -- --duration=3
	complete "one port"
	holds "one port: everything was forwarded" forwarded
	holds "one port: its packets come from outside" outside
	check "one port: says so" grep -q '^traffic: comes from outside$' "$FILE"
}

test_four_ports()
{
	report "embedded" -- --embedded --duration=4 --rounds=4
	complete "embedded"
	check_eq "embedded: rounds" "$(awk '$1 == "guard,halls=1" && NF > 8 && $2 == 4' "$FILE" | wc -l)" 1 "$FILE"
	check_eq "embedded: ports that make their packets" "$(grep -c '^traffic: comes' "$FILE")" 2 "$FILE"
	holds "embedded: the others' come back whole" circulated
}

# Nobody learns who sent it.
test_privacy()
{
	is_root || { skip "no name in the file" "needs root, to rename a host" && return; }
	FILE=$LOGS/private.txt
	LOG=$LOGS/private.log
	# shellcheck disable=SC2016 # the other bash expands it
	unshare --uts bash -c 'echo "$0" >/proc/sys/kernel/hostname && exec "$@"' "$HOST" \
		"$FORWARDER" "${EAL_ARGS[@]}" --lcores "$LCORES" --vdev=net_null0,size=64 -- \
		--duration=3 "--nic-report=$FILE" >"$LOG" 2>&1 </dev/null
	check_eq "privacy: exit status" "$?" 0 "$LOG"
	check "privacy: no host name" not grep -q "$HOST" "$FILE"
	check "privacy: no MAC address" not grep -qiE '([0-9a-f]{2}:){5}[0-9a-f]{2}' "$FILE"
	check "privacy: no argument of a virtual device" not grep -q 'size=64' "$FILE"
}

# A machine of files: it has one CPU model, huge pages of its own, and refuses DMA.
test_machine()
{
	local root=$LOGS/machine writer
	mkdir -p "$root"/{proc,dev,sys/kernel/mm/hugepages/hugepages-2048kB}
	printf 'processor\t: 0\nmodel name\t: Abacus 9000\nflags\t: x\n' >"$root/proc/cpuinfo"
	echo 512 >"$root/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages"
	echo 7 >"$root/sys/kernel/mm/hugepages/hugepages-2048kB/free_hugepages"
	echo '3,1,1,-;DMAR: [DMA Write] of yesterday' >"$root/dev/kmsg"
	{
		wait_until 20 grep -qs '^ .*2 guard' "$LOGS/a_machine.txt"
		echo '3,2,2,-;DMAR: [DMA Write NO_PASID] Request device [3b:00.0] fault addr 0x1' \
			>>"$root/dev/kmsg"
	} &
	writer=$!
	report "a machine" "${RINGS[@]}" -- --duration=5 "--doctor-root=$root"
	wait "$writer"
	complete "a machine"
	check "a machine: its CPU" grep -qx 'CPU: Abacus 9000' "$FILE"
	check "a machine: its huge pages" grep -qx 'huge pages of 2048kB: 512, of which 7 are free' "$FILE"
	check "a machine: what its doctor finds" grep -q '^\[problem\] huge pages: only 7 of 512' "$FILE"
	holds "a machine: a refused DMA, once" faults 1
	check "a machine: and what EAL's table says" grep -q '^\[ok\] .*table of mempool ops: ' "$FILE"
	rm "$root/dev/kmsg"
	report "a silent kernel" "${RINGS[@]}" -- --duration=3 "--doctor-root=$root"
	complete "a silent kernel"
	check "a silent kernel: why nothing is known" grep -q '^refused DMA: unknown (/dev/kmsg: No such file' "$FILE"
	holds "a silent kernel: nobody counts" faults unknown
}

# Mazes want pages that nobody has: the other pools are measured.
test_impossible_pools()
{
	[[ $(huge_total "$LARGE_SYSFS") == 0 ]] || { skip "pools that cannot be made" "there are 1 GiB pages" && return; }
	LABYRINTH_OPTIONS=backing=maze,pages=1g report "no mazes" "${RINGS[@]}" -- --duration=3
	check_eq "no mazes: exit status" "$STATUS" 0 "$ERRORS"
	holds "no mazes: a row for each pool" rows
	holds "no mazes: six of them say why not" failed 6 'backing=maze is not possible'
	check "no mazes: the options are told" grep -qx 'LABYRINTH_OPTIONS: backing=maze,pages=1g' "$FILE"
}

# Who has begun does not end for that.
test_impossible_options()
{
	LABYRINTH_OPTIONS=nosuch=1 report "bad options" "${RINGS[@]}" -- --duration=3
	check_eq "bad options: exit status" "$STATUS" 0 "$ERRORS"
	holds "bad options: all of labyrinth's say why not" failed 8 'nosuch'
}

interrupt()
{
	wait_until 20 grep -qs '^ .*2 guard,halls=64 .*[0-9]$' "$LOGS/interrupted.txt" &&
		kill -INT "$(pgrep -f "nic-report=$LOGS/interrupted.txt" | tail -n 1)"
}

test_interrupted()
{
	interrupt &
	report "interrupted" "${RINGS[@]}" -- --duration=30
	wait $!
	check_eq "interrupted: exit status" "$STATUS" 0 "$ERRORS"
	holds "interrupted: all sections, and why it ends" sections 'stopped early'
	holds "interrupted: medians are those of the turns" medians
}

test_bad_options()
{
	local report=--nic-report=$LOGS/never.txt
	refused "no name of a file" "--nic-report=: give the name" --nic-report=
	refused "a report of 2 seconds" "--duration=2: --nic-report needs a second for each of 3" "$report" --duration=2
	refused "a report of no number" "--duration=5m: .* whole number" "$report" --duration=5m
	refused "two rounds of a report" "--rounds=2: --nic-report needs 3" "$report" --rounds=2
	refused "rounds of nothing" "--rounds: only with --compare or --nic-report" --rounds=4
	refused "a report and commands" "--interactive: not with --nic-report" "$report" -i
	refused "a report and a comparison" "--compare: not with --nic-report" "$report" --compare=ring_mp_mc,labyrinth
	refused "a report in another mode" "--forward-mode: not with --nic-report" "$report" --forward-mode=mac
	refused "a report of one handler" "--pool-ops: not with --nic-report" "$report" --pool-ops=stack
	refused "a report with pool options" "--pool-options: not with --nic-report" "$report" --pool-options=halls=2
	refused "a report under lockdown" "--lockdown: not with --nic-report" "$report" --lockdown
	refused "a report with live tables" "--stats-period: not with --nic-report" "$report" --stats-period=1
	refused "a report and the doctor" "--doctor: not with --nic-report" "$report" --doctor
	check "none of them left a file" test ! -e "$LOGS/never.txt"
	run "the option alone" "--nic-report=$LOGS/never.txt" --duration=1
	expect_refused "as the first word it needs no --" "--duration=1: --nic-report needs"
}

test_bad_files()
{
	echo mine >"$LOGS/a_file_that_is_there.txt"
	report "a file that is there" "${RINGS[@]}" -- --duration=3
	expect_refused "refuses a file that is there" "$FILE: File exists; name another file, or remove"
	check_eq "and leaves it as it is" "$(cat "$FILE")" mine
	FILE=$LOGS/nowhere/report.txt
	run_on "no directory" "$LCORES" "${RINGS[@]}" -- --duration=3 "--nic-report=$FILE"
	no_report "a directory that is not there" "nowhere/report.txt: No such file or directory"
	run_on "a directory" "$LCORES" "${RINGS[@]}" -- --duration=3 "--nic-report=$LOGS"
	expect_refused "refuses a directory" "--nic-report=$LOGS: Is a directory"
	# By a link: should the device be removed, it is the link that goes.
	ln -s /dev/full "$LOGS/a_full_disk.txt"
	report "a full disk" "${RINGS[@]}" -- --duration=3
	expect_refused "a full disk is told" "--nic-report=$FILE: it cannot be written to: No space left"
}

test_bad_ports()
{
	report "no port" -- --duration=3
	no_report "no port" "no port found"
	report "a port that is deaf" --vdev=net_null0,no-rx=1 -- --duration=3
	no_report "ports to which nothing comes back" "no packet came back to any port; connect two ports"
	LCORES=0@0 report "one lcore" "${RINGS[@]}" -- --duration=3
	no_report "one lcore" "give EAL two or more"
	report "more queues than a port has" "${RINGS[@]}" -- --rxq=100 --duration=3
	no_report "more queues than a port has" "--rxq=100: port 0 .* at most 16"
}

# Each pool has a line, and one more tells what follows.
test_no_pool_at_all()
{
	report "too many mbufs" "${RINGS[@]}" -- --total-num-mbufs=2147483647 --duration=3
	check_eq "no pool at all: exit status" "$STATUS" 1 "$ERRORS"
	check_eq "no pool at all: a line for each, and the last" "$(grep -c '^labyrinth-fwd: ' "$ERRORS")" 10 "$ERRORS"
	check "no pool at all: the last one says so" grep -q '^labyrinth-fwd: --nic-report: nothing could be measured$' "$ERRORS"
	check "no pool at all: no file" test ! -e "$FILE"
}

begin fwd-report "$@"

test_bad_options
test_bad_files
test_bad_ports
test_rings
test_one_port
test_four_ports
test_privacy
test_machine
test_impossible_pools
test_impossible_options
test_interrupted
test_no_pool_at_all
finish
