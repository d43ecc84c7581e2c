# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The Labyrinth authors
#
# Running labyrinth-fwd and reading what it prints: for tests/fwd/fwd_cli.sh,
# which has sourced tests/lib.sh and set FORWARDER, LOGS and EAL_ARGS.
# shellcheck disable=SC2034 # some results are for those who source this

# --- one run ----------------------------------------------------------------

# run NAME ARGUMENT...: sets LOG (stdout), ERRORS (stderr) and STATUS.
run()
{
	LOG=$LOGS/${1//[^a-zA-Z0-9]/_}.log
	ERRORS=${LOG%.log}.err
	shift
	{ timeout --kill-after=5 60 "$FORWARDER" "$@" >"$LOG" 2>"$ERRORS" </dev/null; } 2>/dev/null
	STATUS=$?
}

# run_on NAME LCORES EAL... -- OPTION...: with memory and file prefix chosen here.
run_on()
{
	local name=$1 lcores=$2
	shift 2
	run "$name" "${EAL_ARGS[@]}" --lcores "$lcores" "$@"
}

# expect_refused NAME MESSAGE: of the last run; exactly one line of our own.
expect_refused()
{
	local said
	said=$(grep -ac '^labyrinth-fwd: ' "$ERRORS")
	if ((STATUS != 1)); then
		not_ok "$1: exit status $STATUS, expected 1" "$ERRORS"
	elif ((said != 1)); then
		not_ok "$1: $said lines of its own, expected 1" "$ERRORS"
	elif ! grep -aqE "^labyrinth-fwd: .*$2" "$ERRORS"; then
		not_ok "$1: does not say '$2'" "$ERRORS"
	elif grep -aq '^=== Summary' "$LOG"; then
		not_ok "$1: ran all the same" "$LOG"
	else
		ok "$1"
	fi
}

# refused NAME MESSAGE OPTION...: a bad option of ours, found before EAL starts.
refused()
{
	local name="refuses $1" message=$2
	shift 2
	run "$name" -- "$@"
	expect_refused "$name" "$message"
}

# refused_on NAME MESSAGE LCORES EAL... -- OPTION...
refused_on()
{
	local name="refuses $1" message=$2
	shift 2
	run_on "$name" "$@"
	expect_refused "$name" "$message"
}

# --- what a summary says ----------------------------------------------------

# table_column HEADER COLUMN: of each row of the summary's table of that name.
table_column()
{
	awk -v header="$1" -v column="$2" '
		/^=== Summary/ { summary = 1 }
		summary && $0 ~ header { table = 1; next }
		table && NF == 0 { exit }
		table && $1 ~ /^(all|rooms|\()/ { next }
		table { print $column }' "$LOG" | xargs
}

# all_above LIMIT NUMBER...: and at least one number.
all_above()
{
	local limit=$1 number
	shift
	(($# > 0)) || return 1
	for number in "$@"; do
		((number > limit)) || return 1
	done
}

# no_loss NAME: the last run ended well and every buffer came back.
no_loss()
{
	local lost before after
	lost=$(table_column '^pool .* lost$' 5)
	before=$(table_column '^pool .* lost$' 3)
	after=$(table_column '^pool .* lost$' 4)
	if ((STATUS != 0)); then
		not_ok "$1: exit status $STATUS" "$ERRORS"
	elif [[ -z $lost || $lost =~ [^0\ ] || $before != "$after" ]]; then
		not_ok "$1: buffers before '$before', after '$after', lost '$lost'" "$LOG"
	else
		ok "$1: no buffer lost ($after available)"
	fi
}

# moved NAME COLUMN: of the table of ports; every port must have moved packets.
moved()
{
	local numbers
	numbers=$(table_column '^port .* rx packets' "$2")
	# shellcheck disable=SC2086 # one word a port
	if all_above 0 $numbers; then
		ok "$1 ($numbers packets)"
	else
		not_ok "$1: '$numbers' packets" "$LOG"
	fi
}

RX=3
TX=4
DROPS=5
