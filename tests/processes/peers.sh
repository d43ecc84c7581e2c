# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The Labyrinth authors
#
# Several peers (tests/processes/peer.c) that are told what to do. Part of
# tests/processes/processes.sh; needs tests/lib.sh, and PEER, PREFIX, LOGS set.
# shellcheck disable=SC2034 # results are for those who source this

# A peer that ended unexpectedly must not end us.
trap ':' PIPE

declare -A PEER_PID PEER_IN PEER_OUT PEER_LOG

# peer NAME TYPE [WORD...]: starts one, primary or secondary, with EAL options and
# the words as its environment where they look like VAR=VALUE. TELEMETRY=--telemetry
# in front: it answers there. CONTAINER=1 in front: in a namespace of process ids of its own. Sets
# REPLY to its first line.
peer()
{
	local name=$1 type=$2 word in out to from lcore=${LCORE:-0}
	local -a environment=() options=() around=()
	((${CONTAINER:-0})) && around=(unshare --pid --fork --mount-proc --kill-child)
	shift 2
	for word in "$@"; do
		if [[ $word == [A-Z]*=* ]]; then environment+=("$word"); else options+=("$word"); fi
	done
	in=$LOGS/$name.in
	out=$LOGS/$name.out
	PEER_LOG[$name]=$LOGS/$name.log
	rm -f "$in" "$out"
	mkfifo "$in" "$out" || die "cannot make $in"
	"${around[@]}" env "${environment[@]}" "$PEER" --no-pci "${TELEMETRY:---no-telemetry}" "--file-prefix=$PREFIX" \
		"--proc-type=$type" -l "$lcore" "${HUGE_ARGS[@]}" "${options[@]}" <"$in" >"$out" 2>"${PEER_LOG[$name]}" &
	PEER_PID[$name]=$!
	exec {to}>"$in" {from}<"$out"
	PEER_IN[$name]=$to
	PEER_OUT[$name]=$from
	hear "$name" 20
}

# hear NAME SECONDS: its next line that is an answer, in REPLY.
hear()
{
	local end=$((SECONDS + $2))
	REPLY=
	while ((SECONDS <= end)); do
		IFS= read -r -t "$2" -u "${PEER_OUT[$1]}" REPLY || { REPLY='no answer' && return 1; }
		[[ $REPLY == ok* || $REPLY == failed* ]] && return 0
	done
}

# say NAME LINE: it may have ended already.
say()
{
	{ printf '%s\n' "$2" >&"${PEER_IN[$1]}"; } 2>/dev/null
}

# tell NAME COMMAND...: sets REPLY to the answer; fails unless that begins with ok.
tell()
{
	local name=$1
	shift
	say "$name" "$*"
	hear "$name" "${PATIENCE:-20}"
	[[ $REPLY == ok* ]]
}

# told NAME COMMAND...: one result.
told()
{
	local name=$1
	shift
	if tell "$name" "$@"; then
		ok "$CASE: $name: $* ($REPLY)"
	else
		not_ok "$CASE: $name: $*: $REPLY" "${PEER_LOG[$name]}"
	fi
}

forget_peer()
{
	local in=${PEER_IN[$1]} out=${PEER_OUT[$1]}
	exec {in}>&- {out}<&-
	unset "PEER_PID[$1]"
	rm -f "$LOGS/$1.in" "$LOGS/$1.out"
}

# end_peer NAME: one result, of its exit status.
end_peer()
{
	local pid=${PEER_PID[$1]} status
	say "$1" quit
	wait_until 10 ended "$pid" || { kill -KILL "$pid" && note "$CASE: $1 does not end"; }
	{ wait "$pid"; } 2>/dev/null
	status=$?
	forget_peer "$1"
	check_eq "$CASE: $1 ends" "$status" 0 "${PEER_LOG[$1]}"
}

# kill_peer NAME: at once.
kill_peer()
{
	local pid=${PEER_PID[$1]}
	kill -KILL "$pid" 2>/dev/null
	{ wait "$pid"; } 2>/dev/null
	forget_peer "$1"
}

kill_all_peers()
{
	local name
	for name in "${!PEER_PID[@]}"; do
		kill -KILL "${PEER_PID[$name]}" 2>/dev/null
		{ wait "${PEER_PID[$name]}"; } 2>/dev/null
	done
}

# said NAME PATTERN: one result: does a line of its log match?
said()
{
	if grep -aqE -- "$2" "${PEER_LOG[$1]}"; then
		ok "$CASE: $1 says: $2"
	else
		not_ok "$CASE: $1 does not say: $2" "${PEER_LOG[$1]}"
	fi
}

# unsaid NAME PATTERN
unsaid()
{
	if grep -aqE -- "$2" "${PEER_LOG[$1]}"; then
		not_ok "$CASE: $1 should not say: $2" "${PEER_LOG[$1]}"
	else
		ok "$CASE: $1 does not say: $2"
	fi
}
