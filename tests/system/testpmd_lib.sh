# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The Labyrinth authors
#
# Driving unmodified testpmd programs through their command line, and counting
# their buffers. Several can run at once, each under a name of its own.
# shellcheck disable=SC2034 # results are for those who source this

declare -A PMD_PID PMD_FD PMD_LOG PMD_MARK

# The pool testpmd creates on socket 0.
PMD_POOL=mb_pool_0

# pmd_start NAME [EAL-OPTION...] -- [TESTPMD-OPTION...]: ready for commands when
# it returns 0. Ports are stopped, so that no buffer is in use yet. NETNS in
# the environment of the call: the network namespace to run in.
pmd_start()
{
	local name=$1 fifo log
	local -a eal=() enter=() few=(--total-num-mbufs=16384)
	shift
	while (($# > 0)) && [[ $1 != -- ]]; do
		eal+=("$1")
		shift
	done
	(($# > 0)) && shift
	log=$LOGS/$SCENARIO.$name.log
	fifo=$SCRATCH/$name.in
	rm -f "$fifo"
	mkfifo "$fifo" || return 1
	eal_args "pmd-$name"
	cpus_args 2
	((${PMD_ALL_MBUFS:-0})) && few=()
	[[ -n ${NETNS:-} ]] && enter=(ip netns exec "$NETNS")
	timeout --kill-after=5 "${PMD_SECONDS:-90}" "${enter[@]}" \
		"${OPS_ENV[@]}" stdbuf -oL dpdk-testpmd "${EAL_ARGS[@]}" "${CPUS_ARGS[@]}" "${OPS_ARGS[@]}" "${eal[@]}" -- \
		--interactive --disable-device-start --mbcache=128 "${few[@]}" "$@" \
		<"$fifo" >"$log" 2>&1 &
	pmd_drive "$name" $! "$fifo" "$log"
}

# pmd_drive NAME PID FIFO LOG: a testpmd that reads and writes these; ready for commands when
# it returns 0.
pmd_drive()
{
	local fd
	PMD_PID[$1]=$2
	exec {fd}>"$3"
	PMD_FD[$1]=$fd
	PMD_LOG[$1]=$4
	PMD_MARK[$1]=0
	pmd_sync "$1"
}

pmd_alive()
{
	kill -0 "${PMD_PID[$1]}" 2>/dev/null
}

# pmd_cmd NAME COMMAND: only handed over; a dead program is the next sync's matter.
pmd_cmd()
{
	pmd_alive "$1" || return 1
	printf '%s\n' "$2" >&"${PMD_FD[$1]}"
}

pmd_saw()
{
	grep -aq -- "$2" "${PMD_LOG[$1]}" || ! pmd_alive "$1"
}

# pmd_sync NAME: all commands so far are done. testpmd reads byte by byte, so
# it echoes a comment only when the command before it has returned.
pmd_sync()
{
	local mark
	PMD_MARK[$1]=$((PMD_MARK[$1] + 1))
	mark="#mark-${PMD_MARK[$1]}#"
	pmd_cmd "$1" "$mark" || return 1
	wait_until "${PMD_SYNC_SECONDS:-30}" pmd_saw "$1" "$mark"
	grep -aq -- "$mark" "${PMD_LOG[$1]}"
}

# pmd_run NAME COMMAND...: each command, then wait for the last.
pmd_run()
{
	local name=$1 command
	shift
	for command in "$@"; do
		pmd_cmd "$name" "$command" || return 1
	done
	pmd_sync "$name"
}

# pmd_output NAME COMMAND: what the log got while the command ran.
pmd_output()
{
	local from
	from=$(wc -c <"${PMD_LOG[$1]}")
	pmd_run "$1" "$2" || return 1
	tail -c +$((from + 1)) "${PMD_LOG[$1]}"
}

# pmd_dump NAME: sets PMD_SIZE and PMD_AVAIL of the pool: all its buffers, and
# those free in the common pool and in DPDK's caches.
pmd_dump()
{
	local text
	PMD_SIZE=0
	PMD_AVAIL=-1
	text=$(pmd_output "$1" "$(dump_command) $PMD_POOL") || return 1
	PMD_SIZE=$(sed -n 's/^ *size=\([0-9]*\).*/\1/p' <<<"$text" | head -1)
	PMD_AVAIL=$(awk -F= '
		/common_pool_count=/ { common = $2; seen++ }
		/total_cache_count=/ { cached = $2 }
		END { print seen ? common + cached : -1 }' <<<"$text")
}

# pmd_packets NAME: sets PMD_RX, PMD_TX and PMD_DROP from the sums that the last
# "stop" printed.
pmd_packets()
{
	local sums
	sums=$(tac "${PMD_LOG[$1]}" | grep -a -m1 -B9 'Accumulated forward statistics for all ports' | tac)
	read -r PMD_RX PMD_TX PMD_DROP < <(awk '
		/RX-packets:/ { rx = $2 }
		/TX-packets:/ { tx = $2 }
		/TX-dropped:/ || /TX-packets:/ { for (i = 1; i < NF; i++) if ($i == "TX-dropped:") drop = $(i + 1) }
		END { printf "%.0f %.0f %.0f\n", rx, tx, drop }' <<<"$sums")
}

# pmd_backing NAME: sets PMD_BACKING, what the driver said about the pool.
pmd_backing()
{
	PMD_BACKING=$(grep -aoE "$BACKING_RE" "${PMD_LOG[$1]}" | sed -nE "s/^pool $PMD_POOL: backing=(maze|eal).*/\1/p" | head -1)
}

# check_start NAME LABEL BACKING: it came up with every buffer free and, with
# backing=auto, chose the BACKING expected. On failure the scenario ends.
check_start()
{
	local name=$1 label=$2
	if ! pmd_dump "$name" || ((PMD_AVAIL < 0)); then
		not_ok "$label: testpmd starts" "${PMD_LOG[$name]}"
		return 1
	fi
	check_eq "$label: every buffer free at the start" "$PMD_AVAIL" "$PMD_SIZE" "${PMD_LOG[$name]}"
	if [[ $OPS == labyrinth ]]; then
		pmd_backing "$name"
		check_eq "$label: backing of $(asked_backing)" "$PMD_BACKING" "$(expected_backing "$3")" "${PMD_LOG[$name]}"
	fi
	return 0
}

asked_backing()
{
	local asked=${LABYRINTH_OPTIONS:-}
	[[ ,$asked, =~ ,backing=([a-z]+), ]] && echo "${BASH_REMATCH[1]}" || echo auto
}

# expected_backing AUTO: AUTO unless LABYRINTH_OPTIONS names another; "given" is
# eal whatever it names, for memory the application brought.
expected_backing()
{
	local asked
	asked=$(asked_backing)
	case $1,$asked in
	given,*) echo eal ;;
	*,auto) echo "$1" ;;
	*) echo "$asked" ;;
	esac
}

# check_end NAME LABEL [KEPT]: stops and closes the ports, which gives back what
# drivers keep in their rings; then every buffer must be free again, and testpmd
# must quit. KEPT: how many a driver never gives back, whatever the pool.
check_end()
{
	local name=$1 label=$2 kept=${3:-0} status
	pmd_run "$name" "stop" "port stop all" "port close all"
	pmd_dump "$name"
	if ((kept == 0)); then
		check_eq "$label: buffers free at the end" "$PMD_AVAIL" "$PMD_SIZE" "${PMD_LOG[$name]}"
	elif ((PMD_AVAIL <= PMD_SIZE && PMD_AVAIL >= PMD_SIZE - kept)); then
		ok "$label: buffers free at the end ($PMD_AVAIL of $PMD_SIZE, the port may keep $kept)"
	else
		not_ok "$label: buffers free at the end: $PMD_AVAIL of $PMD_SIZE, the port may keep $kept" "${PMD_LOG[$name]}"
	fi
	pmd_cmd "$name" quit
	pmd_end "$name"
	status=$?
	check_eq "$label: exit status of testpmd" "$status" 0 "${PMD_LOG[$name]}"
}

# pmd_end NAME: waits for it (its timeout is the bound); returns its status.
pmd_end()
{
	local fd=${PMD_FD[$1]} status
	exec {fd}>&-
	wait "${PMD_PID[$1]}"
	status=$?
	unset "PMD_PID[$1]"
	return "$status"
}

# pmd_end_all: whatever still runs, after a scenario that gave up.
pmd_end_all()
{
	local name fd
	for name in "${!PMD_PID[@]}"; do
		fd=${PMD_FD[$name]}
		exec {fd}>&-
		end_process "${PMD_PID[$name]}"
		unset "PMD_PID[$name]"
	done
}

# check_some LABEL COUNT WHAT [LOG]: something really happened.
check_some()
{
	if (($2 > 0)); then
		ok "$1: $3 ($2)"
	else
		not_ok "$1: $3: none" "${4:-}"
	fi
}
