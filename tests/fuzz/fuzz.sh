#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The Labyrinth authors
#
# Fuzzing: the options of the driver, and sequences of calls of the library, each
# against a plain model. With libFuzzer, ASan and UBSan where clang has them, and
# with a main of our own.

set -u
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

usage()
{
	cat <<END
Usage: ${0##*/} [-t SECONDS] BUILD

  BUILD       build directory that holds tests/fuzz/fuzz_options and fuzz_frames
  -t SECONDS  a long run: so many seconds in all, other inputs every time

Without -t a fixed number of inputs, always the same ones. The totals are in the
lines that begin with #. An input with a finding stays in BUILD/testlogs/fuzz.
END
}

HERE=$REPO/tests/fuzz

# What each target is made of, beside fuzz_common.c, where the headers are, and what
# is linked.
declare -A SOURCES=(
	[options]="tests/fuzz/fuzz_options.c tests/fuzz/options_model.c
		drivers/mempool/labyrinth/options/labyrinth_options.c
		drivers/mempool/labyrinth/options/labyrinth_option_file.c
		drivers/mempool/labyrinth/options/labyrinth_option_sources.c"
	[frames]="tests/fuzz/arena.c tests/fuzz/frames_make.c tests/fuzz/frames_model.c
		tests/fuzz/frames_put.c tests/fuzz/fuzz_frames.c tests/fuzz/pages_run.c
		tests/fuzz/told.c"
)
declare -A LIBRARIES=(
	[options]="-linih $(pkg-config --libs libdpdk)"
	[frames]="-lnuma -lpthread"
)
# Inputs of the fixed runs, and what to count; longest input, and share of -t.
declare -A PLAIN_RUNS=([options]=200000 [frames]=3000)
declare -A FUZZER_RUNS=([options]=300000 [frames]=2500)
declare -A LEAST=([options]=300000 [frames]=250000)
declare -A COUNTED=([options]="option strings|INI files" [frames]="operations on frames|operations on pages")
declare -A LONGEST=([options]=600 [frames]=2000)
declare -A SHARE=([options]=30 [frames]=70)

# Does clang come with libFuzzer and sanitizers?
has_fuzzer()
{
	echo 'int LLVMFuzzerTestOneInput(const char *data, unsigned long len) { return data[0] > (int)len; }' |
		clang -fsanitize=fuzzer,address,undefined -x c -o "$LOGS/nothing" - >"$LOGS/nothing.log" 2>&1
}

SANITIZE=(clang -std=gnu11 -g -O1 -D_GNU_SOURCE -DALLOW_EXPERIMENTAL_API
	"-fsanitize=fuzzer,address,undefined" -fno-sanitize-recover=undefined)

LIBRARY=$REPO/lib/labyrinth
INSIDE=("-I$LIBRARY")
for folder in "$LIBRARY"/*/; do
	INSIDE+=("-I$folder")
done

# library_sources: adds the library to sources, with the flags of lib/labyrinth/meson.build.
library_sources()
{
	local file
	for file in "$LIBRARY"/*/*.c; do
		[[ $file == *_bmi2.c ]] || sources+=("$file")
	done
	[[ $(uname -m) == x86_64 ]] || return 0
	sources+=(-DLAB_HAS_PATHS)
	for file in loops_bmi2 exchange_bmi2; do
		"${SANITIZE[@]}" -mbmi -mbmi2 -DLAB_HAS_PATHS "${INSIDE[@]}" -c -o "$LOGS/$file.o" \
			"$LIBRARY"/*/"$file.c" || return 1
		sources+=("$LOGS/$file.o")
	done
}

# fuzzer_make TARGET: sets FUZZER.
fuzzer_make()
{
	local -a sources
	FUZZER=$LOGS/fuzzer_$1
	read -ra sources <<<"${SOURCES[$1]//[$'\n\t']/ }"
	if [[ $1 == frames ]]; then
		library_sources >"$LOGS/make_$1.log" 2>&1 || return 1
	fi
	# shellcheck disable=SC2046,SC2086 # words
	(cd "$REPO" && "${SANITIZE[@]}" \
		$(find lib/labyrinth drivers/mempool/labyrinth -type d -printf '-I%p ') \
		-I"$BUILD/drivers/mempool/labyrinth" $(pkg-config --cflags libdpdk) \
		-o "$FUZZER" tests/fuzz/fuzz_common.c "${sources[@]}" ${LIBRARIES[$1]}) >"$LOGS/make_$1.log" 2>&1
}

# number_of NAMES FILE: sum of those totals.
number_of()
{
	awk -v names="$1" '
		/^total:/ {
			n = split(substr($0, 8), part, ",")
			for (i = 1; i <= n; i++)
				if (match(part[i], /[0-9]+ /)) {
					name = substr(part[i], RSTART + RLENGTH)
					if (name ~ ("^(" names ")$"))
						sum += substr(part[i], RSTART, RLENGTH)
				}
		}
		END { printf "%.0f\n", sum }' "$2"
}

# run TARGET NAME SECONDS LEAST COMMAND...: no finding, and enough was done.
run()
{
	local target=$1 name=$2 seconds=$3 least=$4 log=$LOGS/$1_$2.log n
	shift 4
	if ! (cd "$LOGS" && limited "$seconds" "$log.part" "$@"); then
		SHOW_LINES=60 not_ok "$target, $name: a finding, or no end" "$log.part"
		return
	fi
	mv "$log.part" "$log"
	n=$(number_of "${COUNTED[$target]}" "$log")
	note "$target, $name: $(grep -a '^total:' "$log")"
	MADE[$target]=$((${MADE[$target]:-0} + n))
	if ((n >= least)); then
		ok "$target, $name: no finding in $n of ${COUNTED[$target]//|/ and }"
	else
		not_ok "$target, $name: only $n of ${COUNTED[$target]//|/ and }" "$log"
	fi
}

fixed()
{
	run "$1" plain 900 "${LEAST[$1]}" "$PROGRAMS_AT/fuzz_$1" "-runs=${PLAIN_RUNS[$1]}" "$CORPUS"
	((FUZZERS)) && run "$1" libFuzzer 900 "$((LEAST[$1] / 2))" "$FUZZER" -seed=1 "-runs=${FUZZER_RUNS[$1]}" \
		-len_control=0 "-max_len=${LONGEST[$1]}" ${DICTIONARY:+"$DICTIONARY"} "$LOGS/new_$1" "$CORPUS"
}

# Without sanitizers more is done in the same time: a quarter of it is for that.
long()
{
	local seconds=$((LONG * SHARE[$1] / 100)) plain
	plain=$((FUZZERS ? seconds / 4 : seconds))
	seconds=$((seconds - plain))
	run "$1" plain $((plain + 60)) 1 "$PROGRAMS_AT/fuzz_$1" "-seed=$RANDOM" \
		"-max_total_time=$plain" "$CORPUS"
	((FUZZERS)) && run "$1" libFuzzer $((seconds + 120)) 1 "$FUZZER" "-max_total_time=$seconds" \
		-len_control=0 "-max_len=${LONGEST[$1]}" ${DICTIONARY:+"$DICTIONARY"} "$LOGS/new_$1" "$CORPUS"
}

LONG=0
while getopts 'ht:' flag; do
	case $flag in
	t) LONG=$OPTARG ;;
	h) usage && exit 0 ;;
	*) usage >&2 && exit 2 ;;
	esac
done
shift $((OPTIND - 1))
(($# == 1)) || { usage >&2 && exit 2; }
BUILD=$(realpath "$1")
PROGRAMS_AT=$BUILD/tests/fuzz
LOGS=$BUILD/testlogs/fuzz

undo_on_exit
[[ -x $PROGRAMS_AT/fuzz_frames ]] || die "no $PROGRAMS_AT/fuzz_frames: build first (meson setup $1 && ninja -C $1)"
mkdir -p "$LOGS" || die "cannot write to $LOGS"
# Leaks are found by the sanitizer itself; it cannot where it is traced.
export ASAN_OPTIONS=detect_leaks=${DETECT_LEAKS:-1}
declare -A MADE=()
for target in options frames; do
	CORPUS=$HERE/corpus/$target
	DICTIONARY=
	[[ -e $HERE/$target.dict ]] && DICTIONARY=-dict=$HERE/$target.dict
	rm -rf "$LOGS/new_$target"
	mkdir -p "$LOGS/new_$target"
	FUZZERS=1
	if ! has_fuzzer; then
		FUZZERS=0
		skip "$target, libFuzzer" "clang has none: $(head -n 1 "$LOGS/nothing.log")"
	elif ! fuzzer_make "$target"; then
		FUZZERS=0
		not_ok "$target, libFuzzer: cannot be made" "$LOGS/make_$target.log"
	fi
	if ((LONG > 0)); then long "$target"; else fixed "$target"; fi
done
note "in all: ${MADE[options]:-0} option strings and INI files, ${MADE[frames]:-0} operations"
summary
