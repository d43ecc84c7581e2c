# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The Labyrinth authors
#
# Running labyrinth-fwd and reading what it prints: for tests/fwd/fwd_*.sh,
# which has sourced tests/lib.sh and calls begin first, finish last.
# shellcheck disable=SC2034 # some results are for those who source this

usage()
{
	cat <<END
Usage: ${0##*/} BUILD

  BUILD  build directory that holds app/labyrinth-fwd/labyrinth-fwd

In the environment: FORWARDER and TESTPMD, other programs; POOL_OPS, the mempool
ops of most runs (default: labyrinth); NO_HUGE=1, to run on 4 KiB pages.
END
}

# begin NAME ARGUMENT...: those of the script.
begin()
{
	local name=$1
	shift
	[[ ${1:-} == -h || ${1:-} == --help ]] && usage && exit 0
	(($# == 1)) || { usage >&2 && exit 2; }
	prepare "$1" "$name"
	HUGE_BEFORE=$(huge_free)
	HOLDERS=$(huge_holders)
}

finish()
{
	check "no run left a file behind" nothing_left
	check_huge_same "all runs" "$HUGE_BEFORE" "$HOLDERS"
	summary
}

# prepare BUILD NAME: sets FORWARDER, OPS, LOGS, EAL_ARGS and LCORES.
prepare()
{
	local cpus
	FORWARDER=$(realpath "${FORWARDER:-$1/app/labyrinth-fwd/labyrinth-fwd}")
	[[ -x $FORWARDER ]] || die "no forwarder at $FORWARDER: build first (ninja -C $1)"
	OPS=${POOL_OPS:-labyrinth}
	undo_on_exit
	LOGS=$(mktemp -d) || die "cannot make a directory for logs"
	at_exit rm -rf "$LOGS"
	# EAL puts its files here instead of where other programs have theirs.
	RUNTIME_DIRECTORY=$LOGS/run
	export RUNTIME_DIRECTORY
	mkdir "$RUNTIME_DIRECTORY"
	((${NO_HUGE:-0})) || reserve_huge 512 || NO_HUGE=1
	eal_args "$2"
	cpus=$(nproc)
	LCORES=0@0,1@0,2@$((cpus > 1 ? 1 : 0))
}

nothing_left()
{
	local left
	left=$(find "$RUNTIME_DIRECTORY" -mindepth 2)
	[[ -z $left ]] && return 0
	note "left behind: $left"
	return 1
}

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

# capture NAME MODE OPTION...: from sent.pcap on port 0 to got.pcap on port 1, and
# what port 0 sends to back.pcap.
capture()
{
	local name=$1 mode=$2
	shift 2
	# A header without a packet: the port that only sends needs something to read.
	head -c 24 "$LOGS/sent.pcap" >"$LOGS/none.pcap"
	run_on "$name" "$LCORES" \
		"--vdev=net_pcap0,rx_pcap=$LOGS/sent.pcap,tx_pcap=$LOGS/back.pcap" \
		"--vdev=net_pcap1,rx_pcap=$LOGS/none.pcap,tx_pcap=$LOGS/got.pcap" -- \
		"--forward-mode=$mode" "--pool-ops=$OPS" --duration=1 --stats-period=0 "$@"
	no_loss "$name"
}

# run_in NAME LINES EAL... -- OPTION...: with commands from a pipe. A line that
# begins with a blank is a command of ours: sleep SECONDS, or a function here.
run_in()
{
	local name=$1 lines=$2 line
	shift 2
	LOG=$LOGS/${name//[^a-zA-Z0-9]/_}.log
	ERRORS=${LOG%.log}.err
	# What an earlier run said is not what this one waits for.
	: >"$LOG"
	while IFS= read -r line; do
		case $line in
		' '*) ${line# } ;;
		*) printf '%s\n' "$line" ;;
		esac
	done <<<"$lines" | {
		timeout --kill-after=5 60 "$FORWARDER" "${EAL_ARGS[@]}" --lcores "$LCORES" "$@" \
			>"$LOG" 2>"$ERRORS"
	} 2>/dev/null
	STATUS=${PIPESTATUS[1]}
}

starts_are()
{
	(($(grep -c '^mode [a-z0-9]*: ' "$LOG") >= $1))
}

# started [N]: the forwarder of run_in has come to the command that starts it, so many times.
started()
{
	wait_until 20 starts_are "${1:-1}"
}

# forwards [N]: and has had a second to forward.
forwards()
{
	started "${1:-1}" && sleep 1
}

# flood: packets of many flows into the interface of net_tap.
flood()
{
	started && python3 "$HERE/flood.py" "$TAP" 2000
}

# --- what a summary says ----------------------------------------------------

# table_column HEADER COLUMN: of each row of the summary's table of that name.
table_column()
{
	awk -v header="$1" -v column="$2" '
		/^=== (Summary|Comparison)/ { summary = 1 }
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
