#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The Labyrinth authors
#
# labyrinth-bench from outside: what it says to bad command lines, that every
# workload runs with every handler, and that its files hold what it measured.
# No figure is judged: they mean nothing on a machine that does other things.

set -u
HERE=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/lib.sh
. "$HERE/../lib.sh"

usage()
{
	cat <<END
Usage: ${0##*/} BUILD

  BUILD  build directory that holds app/labyrinth-bench/labyrinth-bench

NO_HUGE=1 in the environment: the same on 4 KiB pages.
END
}

GUARD=labyrinth:profile=guard
WORKLOADS="loop touch fill random hold pipe pass rxring latency copy create nullio nullswap"

# --- one run ----------------------------------------------------------------

# run NAME ARGUMENT...: sets LOG (stdout), ERRORS (stderr) and STATUS.
run()
{
	LOG=$LOGS/${1//[^a-zA-Z0-9]/_}.log
	ERRORS=${LOG%.log}.err
	shift
	{ timeout --kill-after=5 "${SECONDS_ALLOWED:-100}" "$BENCH" "$@" >"$LOG" 2>"$ERRORS" </dev/null; } 2>/dev/null
	STATUS=$?
}

# quick NAME OPTION...: memory and file prefix chosen here, lcores by the program.
quick()
{
	local name=$1
	shift
	run "$name" "${EAL_ARGS[@]}" -- --quick "$@"
}

# succeeded NAME: of the last run.
succeeded()
{
	if ((STATUS == 0)); then ok "$1"; else not_ok "$1: exit status $STATUS" "$ERRORS"; fi
}

# refused NAME MESSAGE ARGUMENT...: exit status 1 and exactly one line of its own.
refused()
{
	local name="refuses $1" message=$2 said
	shift 2
	run "$name" "$@"
	said=$(grep -ac '^labyrinth-bench: ' "$ERRORS")
	if ((STATUS != 1)); then
		not_ok "$name: exit status $STATUS, expected 1" "$ERRORS"
	elif ((said != 1)); then
		not_ok "$name: $said lines of its own, expected 1" "$ERRORS"
	elif ! grep -aqE "^labyrinth-bench: .*$message" "$ERRORS"; then
		not_ok "$name: does not say '$message'" "$ERRORS"
	else
		ok "$name"
	fi
}

# --- tests ------------------------------------------------------------------

test_help()
{
	local word
	run "help" --help
	check_eq "--help: exit status" "$STATUS" 0 "$ERRORS"
	for word in handlers workload cache lcores bulk kept ring size elt touch-lines rounds ms \
		fresh aged bar quick csv json svg compare help; do
		grep -q -- "^  --$word" "$LOG" || not_ok "--help does not name --$word" "$LOG"
	done
	for word in $WORKLOADS; do
		grep -q -- "^  $word " "$LOG" || not_ok "--help does not name workload $word" "$LOG"
	done
}

test_bad_options()
{
	echo '{"results": []}' >"$LOGS/empty.json"
	echo '{}' >"$LOGS/other.json"
	refused "an unknown option" "--bogus: unknown" -- --bogus=1
	refused "a stray word" "stray: unexpected" -- stray
	refused "a value too many" "--quick: takes no value" -- --quick=1
	refused "a missing value" "--bulk: a value is missing" -- --bulk
	refused "a bulk of 0" "--bulk=0: .* 1 to 512" -- --bulk=0
	refused "a bulk of 513" "--bulk=1,513: .* 1 to 512" -- --bulk=1,513
	refused "a range backwards" "--kept=64..32: " -- --kept=64..32
	refused "text behind a number" "--cache=256x: " -- --cache=256x
	refused "no lcores" "--lcores=0: " -- --lcores=0
	refused "more CPUs than lcores" "--lcores=1@2: " -- --lcores=1@2
	refused "a pool beyond 4 M" "--size=8M: " -- --size=8M
	refused "a tiny object" "--elt=64: .* 128 to 65535" -- --elt=64
	refused "more lines than there are" "--touch-lines=37: .* 36 lines" -- --touch-lines=37
	refused "no rounds" "--rounds=0: .* 1 to" -- --rounds=0
	refused "a workload that does not exist" "--workload=dance: no such" -- --workload=loop,dance
	refused "a handler without a name" "--handlers=:a=b: " -- --handlers=:a=b
	refused "a handler without options" "--handlers=stack:: " -- --handlers=stack:
	refused "its own option among EAL's" "--kept=8: stands among EAL's" --kept=8 --
	refused "a file it cannot write" "--csv=/nowhere/a.csv: No such" -- --csv=/nowhere/a.csv
	refused "a directory it cannot make" "--svg=/nowhere/at/all: No such" -- --svg=/nowhere/at/all
	refused "a directory for a file" "--json=/: Is a directory" -- --json=/
	refused "a file to compare with that is not there" "--compare=/nowhere: .*--json wrote" -- \
		--compare=/nowhere
	refused "a second file that is not there" "--compare=/nowhere: .*--json wrote" -- \
		"--compare=$LOGS/empty.json,/nowhere"
	refused "a file that --json did not write" 'no array "results"' -- --compare="$LOGS/other.json"
	refused "few rounds for the bar" "--rounds=3: --bar needs 5" -- --bar --rounds=3
	refused "objects as small as some of the bar" "--elt=256: --bar measures such objects" -- \
		--bar --elt=256
	refused "handlers for the bar" "--bar: chooses handlers" -- --bar --handlers=stack
}

# Found only when EAL is up.
test_bad_setups()
{
	refused "a handler that does not exist" "--handlers=heap: no such .*ring_mp_mc" \
		"${EAL_ARGS[@]}" -- --handlers=heap
	refused "an option of a handler" "--handlers=labyrinth:profile=lax: makes no pool" \
		"${EAL_ARGS[@]}" -- --handlers=labyrinth:profile=lax
	export LABYRINTH_OPTIONS=all=on
	refused "a ring where all pools are labyrinth's" "--handlers=ring_mp_mc: .*; all=on makes it" \
		"${EAL_ARGS[@]}" -- --handlers=labyrinth,ring_mp_mc
	unset LABYRINTH_OPTIONS
	refused "a pool too small" "--size=500: too small for 1 lcores.* give [0-9]+ or more" \
		"${EAL_ARGS[@]}" -- --size=500 --lcores=1
	refused "lcores that EAL has not" "--lcores=3@1: EAL has 1 lcores on 1 CPUs" \
		"${EAL_ARGS[@]}" --lcores 0@0 -- --lcores=3@1
	refused "an EAL option that does not exist" "EAL did not start" \
		"${EAL_ARGS[@]}" --bogus -- --quick
	refused "only cells without sense" "no cell left" "${EAL_ARGS[@]}" -- --kept=8 --bulk=32
}

# check_files NAME CSV JSON PYTHON: an expression over rows (of the CSV) and
# results (of the JSON), both lists of dictionaries.
check_files()
{
	local name=$1 said
	if said=$(python3 - "$2" "$3" "$4" <<-'END' 2>&1
		import csv, json, sys
		rows = list(csv.DictReader(open(sys.argv[1])))
		results = json.load(open(sys.argv[2]))["results"]
		if not eval(sys.argv[3]):
		    sys.exit("rows: %r" % [(r["workload"], r["handler"], r["lcores"], r["cpus"],
		             r["samples"], r["median"], r["reason"]) for r in rows])
	END
	); then
		ok "$name"
	else
		printf '%s\n' "$said" >"$LOGS/files.txt"
		not_ok "$name" "$LOGS/files.txt"
	fi
}

# Every workload, with lcores of their own and lcores that share a CPU.
test_workloads()
{
	local csv=$LOGS/all.csv json=$LOGS/all.json file
	quick "all workloads" --workload=all "--handlers=ring_mp_mc,$GUARD" --lcores=1,2@1 \
		--bulk=1,32 --kept=64 --ring=128 --rounds=3 --csv="$csv" --json="$json" --svg="$LOGS/svg"
	succeeded "all workloads"
	check_files "every workload is in both files" "$csv" "$json" \
		"{r['workload'] for r in rows} == {r['workload'] for r in results} == set('$WORKLOADS'.split())"
	check_files "both files hold the same results" "$csv" "$json" \
		"[(r['handler'], float(r['median'])) for r in rows] == [(r['handler'], r['median']) for r in results]"
	check_files "every handler was sampled three times" "$csv" "$json" \
		"rows and all(r['samples'] == '3' and float(r['median']) > 0 for r in rows) and all(len(r['samples']) == 3 for r in results)"
	check_files "quartiles lie about the median" "$csv" "$json" \
		"all(float(r['min']) <= float(r['q1']) <= float(r['median']) <= float(r['q3']) <= float(r['max']) for r in rows)"
	check_files "ratios are those of the medians" "$csv" "$json" \
		"all(abs(float(b['ratio']) - float(b['median']) / float(a['median'])) < 0.01 * float(b['ratio']) + 0.001 for a, b in zip(rows, rows[1:]) if b['handler'] == '$GUARD')"
	check_files "all placements of lcores" "$csv" "$json" \
		"{(r['lcores'], r['cpus']) for r in rows if r['workload'] == 'loop'} == {('1', '1'), ('2', '1')}"
	check_files "percentiles rise" "$csv" "$json" \
		"all(0 < float(r['p50_ns']) <= float(r['p99_ns']) <= float(r['p9999_ns']) <= float(r['max_ns']) and float(r['running_max_ns']) <= float(r['max_ns']) for r in rows if r['workload'] == 'latency')"
	check_eq "no line of the table is longer than 100 columns" \
		"$(grep -v '^labyrinth-bench: ' "$LOG" | awk 'length($0) > 100' | wc -l)" 0 "$LOG"
	check "latencies stand beside the machine's own noise" \
		grep -qE '^ +\(the machine alone\) +[0-9]+' "$LOG"
	check_files "the machine's own noise is that of as long a time as a call takes" "$csv" "$json" \
		"any(a['handler'] == '(the machine alone)' for a in rows) and all(2 * float(a['p50_ns']) >= float(r['p50_ns']) for a in rows if a['handler'] == '(the machine alone)' for r in rows if all(r[k] == a[k] for k in ('workload', 'cache', 'lcores', 'cpus', 'bulk', 'kept')))"
	check_eq "--quick is stamped on the table, at its head and its end" \
		"$(grep -c '^QUICK: ' "$LOG")" 2 "$LOG"
	check_files "--quick is stamped in both files" "$csv" "$json" \
		"all(r['quick'] == '1' for r in rows) and json.load(open('$json'))['quick'] and json.load(open('$json'))['complete']"
	check_eq "--quick is stamped on every plot" \
		"$(grep -L 'no measurement' "$LOGS"/svg/*.svg | wc -l)" 0
	for file in bars-touch-cache256-lcores1 bars-touch-cache256-lcores2on1 heat-loop \
		latency-cache256-lcores2on1-bulk1-kept64-size8191; do
		check "$file.svg is well-formed and names the command" \
			plot_is_good "$LOGS/svg/$file.svg" --workload=all
	done
}

# plot_is_good FILE OPTION: is well-formed, and names the command with this option.
plot_is_good()
{
	python3 -c 'import sys, xml.dom.minidom as x; x.parse(sys.argv[1])' "$1" 2>/dev/null &&
		grep -q '>labyrinth-bench ' "$1" && grep -qE -- "$2( |<)" "$1"
}

# Every handler without hardware; some are for one lcore only, and say so.
test_handlers()
{
	local csv=$LOGS/handlers.csv json=$LOGS/handlers.json
	quick "all handlers" --handlers=all,labyrinth:profile=guard,backing=eal --workload=touch \
		--lcores=1,2 --kept=64 --csv="$csv" --json="$json"
	succeeded "all handlers"
	check_files "stock handlers and profiles take part" "$csv" "$json" \
		"{'ring_mp_mc', 'stack', 'lf_stack', 'labyrinth:profile=fast', '$GUARD', 'labyrinth:profile=strict', '$GUARD,backing=eal'} <= {r['handler'] for r in rows}"
	check_files "on one lcore all of them" "$csv" "$json" \
		"all(float(r['median']) > 0 for r in rows if r['lcores'] == '1')"
	check_files "on two lcores all but those for one" "$csv" "$json" \
		"{r['handler'] for r in rows if r['reason']} == {'ring_sp_sc', 'ring_mp_sc', 'ring_sp_mc'} and all(r['lcores'] == '2' for r in rows if r['reason'])"
	check "tells what backs labyrinth's pools" \
		grep -q "^labyrinth-bench: $GUARD,backing=eal: profile guard in memory of EAL" "$LOG"
}

test_pools()
{
	local csv=$LOGS/pools.csv json=$LOGS/pools.json
	quick "axes" --handlers=stack --workload=touch --lcores=1 --cache=0,512 --kept=32..128 \
		--bulk=1,64 --size=1K,16K --touch-lines=3 --elt=2048 --fresh --aged --csv="$csv" \
		--json="$json"
	succeeded "fresh and aged pools on all axes"
	# A bulk of 64 makes no sense where 32 are kept.
	check_files "both files say that pools are aged" "$csv" "$json" \
		"all(r['aged'] == '1' for r in rows) and all(r['aged'] for r in results)"
	check_files "every cell of the axes" "$csv" "$json" \
		"len(rows) == 2 * 2 * (3 + 2) and len({tuple(r[k] for k in ('cache', 'bulk', 'kept', 'size')) for r in rows}) == len(rows)"
	check "says what was left out" grep -q '^labyrinth-bench: 4 cells left out' "$LOG"
	quick "raw objects" --handlers="stack,$GUARD" --elt=128 --lcores=1 --workload=loop,touch,fill
	succeeded "objects too small for mbufs"
}

# Neighbours in memory that are neighbours in order, of 4,095 objects. Of a random order
# two are expected.
test_aged()
{
	local name options age nb
	LOG=$LOGS/aged.log
	check "aged pools: every object is there once" \
		aged_pools "$BUILD/tests/bench/test_aged"
	while read -r name options age nb; do
		[[ $age == aged ]] && check "aged $name, $options: $nb neighbours in order" test "$nb" -lt 20
		[[ $name == ring_mp_mc && $age == fresh ]] &&
			check "fresh $name: $nb neighbours in order" test "$nb" -gt 3000
	done < <(grep -E ' (aged|fresh) [0-9]+$' "$LOG")
	check_eq "aged pools: handlers seen" "$(grep -cE ' aged [0-9]+$' "$LOG")" 5 "$LOG"
}

aged_pools()
{
	timeout 60 "$1" "${EAL_ARGS[@]}" >"$LOG" 2>"$LOG.err" </dev/null
}

# Figures changed by hand: the verdict must follow, whatever the machine does.
test_compare()
{
	quick "measure for --compare" --handlers=ring_mp_mc,stack --workload=touch,loop --lcores=1 \
		--bulk=1,32 --kept=64 --json="$LOGS/before.json"
	python3 - "$LOGS" <<-'END'
		import json, sys
		data = json.load(open(sys.argv[1] + "/before.json"))
		for r, factor in zip(data["results"], (0.5, 2, 1, 1, 1, 1, 1)):
		    for key in ("median", "q1", "q3"):
		        r[key] *= factor
		del data["results"][7:]
		json.dump(data, open(sys.argv[1] + "/after.json", "w"))
	END
	run "compare two files" -- "--compare=$LOGS/before.json,$LOGS/after.json"
	succeeded "--compare with two files"
	check "--compare: counts" \
		grep -q '^7 results compared: 1 faster, 1 slower, 5 the same; mean ratio 1.000$' "$LOG"
	check "--compare: what only one file has" \
		grep -q '^0 results are only in the new run, 1 only in the old one$' "$LOG"
	check "--compare: half the time is faster" grep -qE '^touch .* 0\.500 faster$' "$LOG"
	check "--compare: twice the time is slower" grep -qE '^touch .* 2\.000 slower$' "$LOG"
	quick "compare with a file" --handlers=ring_mp_mc --workload=touch --lcores=1 --bulk=32 \
		--kept=64 "--compare=$LOGS/before.json"
	check "--compare: this run with a file" grep -q '^1 results compared: ' "$LOG"
}

test_bar()
{
	local file
	rm -rf "$LOGS/bar"
	SECONDS_ALLOWED=400 quick "bar" --bar "--svg=$LOGS/bar"
	succeeded "--bar --quick"
	check_eq "--bar: every line was measured" \
		"$(sed -n '/^The bar/,$p' "$LOG" | grep -c 'not measured')" 0 "$LOG"
	check "--bar: says of each promise whether it holds" \
		bar_is_complete "$(sed -n '/^The bar/,$p' "$LOG")"
	# Touching is measured in fresh pools first, then in aged ones.
	for file in heat-touch heat-touch-2 bars-touch-cache256-lcores1-2; do
		check "--bar: $file.svg" plot_is_good "$LOGS/bar/$file.svg" --bar
	done
}

# 45 promises, of fresh and of aged pools; the lines without a limit promise nothing.
bar_is_complete()
{
	(($(grep -cE ' [0-9.]+ +[0-9.]+  (holds|MISSED) ' <<<"$1") == 45))
}

# Larger than all free huge pages. Large objects, since what is touched of each is small.
test_no_huge()
{
	local free
	free=$(huge_free)
	if ((free > 2048)); then
		skip "too few huge pages" "$free are free, more than memory need be spent on"
		return
	fi
	run "no huge" -- --quick --handlers=stack --workload=loop --lcores=1 --elt=65535 \
		"--size=$(((free + 64) * 32))"
	succeeded "too few huge pages"
	check "too few huge pages: says so" grep -q '^labyrinth-bench: .*going on with --no-huge' "$LOG"
	check "too few huge pages: measures" grep -qE '^loop .* stack +[0-9]+\.[0-9]+' "$LOG"
}

test_signal()
{
	local pid
	LOG=$LOGS/signal.log
	"$BENCH" "${EAL_ARGS[@]}" -- --lcores=1 --handlers=stack --rounds=20 --ms=10 \
		--bulk=1..256,1..256 --json="$LOGS/part.json" >"$LOG" 2>"$LOG.err" </dev/null &
	pid=$!
	wait_until 20 grep -q '^loop .* stack' "$LOG"
	kill -TERM "$pid"
	wait "$pid"
	check_eq "a signal: exit status" "$?" 1 "$LOG.err"
	check "a signal: says so" grep -qE \
		'^labyrinth-bench: stopped by a signal: [1-9][0-9]* of 36 cells measured' "$LOG.err"
	check "a signal: what was measured is kept" python3 -c '
import json, sys
data = json.load(open(sys.argv[1]))
assert not data["complete"] and data["results"][0]["median"] > 0' "$LOGS/part.json"
}

nothing_left()
{
	local left
	left=$(find "$RUNTIME_DIRECTORY" -mindepth 2)
	[[ -z $left ]] && return 0
	note "left behind: $left"
	return 1
}

# --- main -------------------------------------------------------------------

[[ ${1:-} == -h || ${1:-} == --help ]] && usage && exit 0
(($# == 1)) || { usage >&2 && exit 2; }
BENCH=$(realpath "$1/app/labyrinth-bench/labyrinth-bench")
BUILD=$(realpath "$1")
[[ -x $BENCH ]] || die "no labyrinth-bench in $1: build first (ninja -C $1)"

undo_on_exit
LOGS=$(mktemp -d) || die "cannot make a directory for logs"
at_exit rm -rf "$LOGS"
# EAL puts its files here instead of where other programs have theirs.
RUNTIME_DIRECTORY=$LOGS/run
export RUNTIME_DIRECTORY
mkdir "$RUNTIME_DIRECTORY"
eal_args bench-cli

HUGE_BEFORE=$(huge_free)
test_help
test_bad_options
test_bad_setups
test_workloads
test_handlers
test_pools
test_aged
test_compare
test_bar
test_no_huge
test_signal
check "no run left a file behind" nothing_left
check_huge_same "all runs" "$HUGE_BEFORE"
summary
