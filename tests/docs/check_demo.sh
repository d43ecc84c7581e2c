#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The Labyrinth authors
#
# demo.sh shows what it promises, in 60 lines at most, without EAL's noise. With -w its
# output goes into docs/demo.md.

set -u
HERE=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/lib.sh
. "$HERE/../lib.sh"

WRITE=0
[[ ${1:-} == -w ]] && WRITE=1 && shift
if (($# != 1)) || [[ $1 == -* ]]; then
	echo "Usage: ${0##*/} [-w] BUILD" >&2
	exit 2
fi
cd "$HERE/../.." || die "cannot enter the project"
[[ $(realpath "$1") == "$PWD/build" ]] || {
	skip "demo.sh" "it builds in build/, not in $1"
	summary
	exit
}
LOGS=$1/testlogs/demo
mkdir -p "$LOGS" || die "cannot write to $LOGS"
LOG=$LOGS/demo.log
limited 300 "$LOG" ./demo.sh --quick
STATUS=$?
check_eq "demo.sh --quick: exit status" "$STATUS" 0 "$LOG"
check "60 lines at most: $(wc -l <"$LOG")" test "$(wc -l <"$LOG")" -le 60
check_eq "no line of EAL's" "$(grep -c 'EAL: ' "$LOG")" 0 "$LOG"
check_eq "no line is longer than 110 columns" "$(awk 'length($0) > 110' "$LOG" | wc -l)" 0 "$LOG"
check "act 1: ring_mp_mc's buffers lie at one address" grep -qE '^ +ring_mp_mc .* 1 different$' "$LOG"
check "act 1: labyrinth's do not" grep -qE '^ +labyrinth .* 3 different$' "$LOG"
check "act 2: ring_mp_mc says nothing of double frees" \
	grep -qE '^ +ring_mp_mc: [1-9][0-9]* buffers with two owners' "$LOG"
check "act 2: labyrinth finds the double free" grep -q 'violation: double free in pool' "$LOG"
check "act 2: names who freed first" grep -qE 'freed by lcore .* at free_first\(\)' "$LOG"
check "act 2: and the line" grep -q 'free_first() at free_twice.c:41' "$LOG"
check "act 2: names who freed again" grep -qE 'SUMMARY: .*found in [a-z]' "$LOG"
check "act 3: the overflow is found" grep -qE 'violation: .*overflow' "$LOG"
check_eq "acts 2 and 3: testpmd was stopped" "$(grep -c 'testpmd was stopped' "$LOG")" 2 "$LOG"
check_eq "act 4: a rate for each handler" \
	"$(grep -cE '^ +(ring_mp_mc|labyrinth:profile=(fast|guard)) +[0-9]+ +[0-9]+ +[0-9.]+$' "$LOG")" 3 "$LOG"
check "act 5: the picture is there" test -s "$(sed -nE 's/^ +(build\/demo\/[a-z.]+).*/\1/p' "$LOG" | tail -n 1)"
# write_page: the first block of the page becomes the demo's output.
write_page()
{
	awk -v log_file="$LOG" '
		/^```$/ && inside { inside = 0; done = 1 }
		!inside
		/^```text$/ && !done { inside = 1; while ((getline line <log_file) > 0) print line }
	' docs/demo.md >"$LOGS/demo.md" && cp "$LOGS/demo.md" docs/demo.md
}

((WRITE)) && ((STATUS == 0)) && write_page
summary
