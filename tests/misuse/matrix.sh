#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The Labyrinth authors
#
# The misuse matrix: every misuse under every profile and policy, each in a
# process of its own. With violation=panic the process must end by SIGABRT after
# a report of the right kind; with violation=report it must have been told, count
# and go on. Under fast nothing is checked, so nothing may be said.

set -u
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/misuse/misuse_lib.sh
. "$(dirname "$0")/misuse_lib.sh"

usage()
{
	cat <<END
Usage: tests/misuse/matrix.sh BUILD [NAME...]

Runs all misuses, or those named, and prints one line per cell: misuse, profile,
policy, what was said. "BUILD/tests/misuse/misuse list" names all misuses.
Logs: BUILD/testlogs/misuse.
END
}

(($# > 0)) || { usage >&2 && exit 2; }
[[ $1 == -h || $1 == --help ]] && usage && exit 0
BUILD=$1
shift
PROGRAM=$BUILD/tests/misuse/misuse
[[ -x $PROGRAM ]] || die "no program at $PROGRAM: build first"
LOGS=$BUILD/testlogs/misuse
WORKERS=2
# One process takes 32 for EAL and one for each of three pools.
HUGE_PAGES=80
ABORTED=134
FAULTED=139

# The cells, one array each: what, how, and what must be said.
NAMES=() PROFILES=() POLICIES=() KINDS=() ALSO=()

add_cell()
{
	NAMES+=("$1")
	PROFILES+=("$2")
	POLICIES+=("$3")
	KINDS+=("$4")
	ALSO+=("$5")
}

# add_cells NAME GUARD-KIND STRICT-KIND FAST ALSO: "-" is nothing at all.
add_cells()
{
	local policy
	for policy in panic report; do
		add_cell "$1" guard "$policy" "$2" "$5"
		add_cell "$1" strict "$policy" "$3" "$5"
	done
	[[ $4 == fast ]] || return 0
	# Walls are there whatever is checked.
	if [[ $2 == "access to a wall" ]]; then
		add_cell "$1" fast panic "$2" "$5"
	else
		add_cell "$1" fast panic - -
	fi
}

log_of()
{
	printf '%s/%s.%s.%s.log' "$LOGS" "${NAMES[$1]}" "${PROFILES[$1]}" "${POLICIES[$1]}"
}

huge_free_most()
{
	(($(huge_free) >= HUGE_PAGES))
}

# Others may be using huge pages for a moment: that is no result of a cell.
run_cell()
{
	local log status
	((${NO_HUGE:-0})) || wait_until 60 huge_free_most
	log=$(log_of "$1")
	limited 30 "$log" "$PROGRAM" "${EAL_ARGS[@]}" "${CPUS_ARGS[@]}" -- \
		"${NAMES[$1]}" "${PROFILES[$1]}" "${POLICIES[$1]}"
	status=$?
	printf 'exit status %d\n' "$status" >>"$log"
}

# Every WORKERS-th cell, from the given one on.
worker()
{
	local i
	trap - EXIT
	for ((i = $1; i < ${#NAMES[@]}; i += WORKERS)); do
		run_cell "$i"
	done
}

# said LOG: the kind in the first report, or "-".
said()
{
	local kind
	kind=$(grep -aoEm1 'LABYRINTH: violation: .* in pool [^ ]+' "$1")
	kind=${kind#LABYRINTH: violation: }
	printf '%s' "${kind:+${kind%% in pool *}}"
}

# The first call of the backtrace is the program's or a library's, not the driver's.
names_caller()
{
	grep -aA1 'backtrace of who tripped over it:' "$1" |
		grep -aqE '^LABYRINTH:     0: .*(/misuse|librte_)' &&
		! grep -aq '^LABYRINTH:     0: .*librte_mempool_labyrinth' "$1"
}

# ended LOG POLICY KIND: as this policy must end?
ended()
{
	local last status
	status=$(awk '/^exit status/ { print $3 }' "$1")
	last=$(grep -av '^exit status' "$1" | tail -n 1)
	case $2:$3 in
	*:"access to a wall") ((status == FAULTED)) && ! grep -aq '^misuse: committed' "$1" ;;
	*:-) ((status == 0)) && grep -aq '^misuse: committed' "$1" ;;
	panic:*)
		((status == ABORTED)) && [[ $last == "labyrinth: stopped after a violation" ]] &&
			grep -aq '^misuse: told before the stop' "$1" &&
			grep -aq 'violation=panic: the process stops' "$1"
		;;
	report:*) ((status == 0)) && grep -aq '^misuse: forwarding goes on' "$1" ;;
	esac
}

judge()
{
	local log kind want=${KINDS[$1]} name
	log=$(log_of "$1")
	kind=$(said "$log")
	printf -v name '%-28s %-6s %-6s %s' "${NAMES[$1]}" "${PROFILES[$1]}" "${POLICIES[$1]}" \
		"${kind:--}"
	if ! [[ ${kind:--} =~ ^($want)$ ]]; then
		not_ok "$name: expected $want" "$log"
	elif ! ended "$log" "${POLICIES[$1]}" "$want"; then
		not_ok "$name: did not end as it must" "$log"
	elif [[ $want != - ]] && ! grep -aqE -e "${ALSO[$1]}" "$log"; then
		not_ok "$name: the report does not say: ${ALSO[$1]}" "$log"
	elif [[ $want != - && $want != "access to a wall" ]] && ! names_caller "$log"; then
		not_ok "$name: the backtrace does not begin with the caller" "$log"
	else
		ok "$name"
	fi
}

undo_on_exit
mkdir -p "$LOGS" || die "cannot write to $LOGS"
eal_memory misuse "$HUGE_PAGES" 64
cpus_args 2
while IFS=$'\t' read -r name guard strict fast also; do
	(($# > 0)) && [[ " $* " != *" $name "* ]] && continue
	add_cells "$name" "$guard" "$strict" "$fast" "$also"
done < <("$PROGRAM" list)
((${#NAMES[@]} > 0)) || die "no misuse of that name"
for ((w = 0; w < WORKERS; w++)); do
	worker "$w" &
done
wait
for ((i = 0; i < ${#NAMES[@]}; i++)); do
	judge "$i"
done
summary
