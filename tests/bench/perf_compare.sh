#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The Labyrinth authors
#
# Measures handlers with what everybody has: DPDK's own mempool_perf_autotest
# and testpmd forwarding over net_null, both unmodified. All handlers take turns,
# for several rounds; medians and ratios to ring_mp_mc are printed.

set -u
HERE=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/lib.sh
. "$HERE/../lib.sh"

usage()
{
	cat <<END
Usage: ${0##*/} [-q] [-r ROUNDS] [-s SECONDS] [-t mempool|testpmd] BUILD

  BUILD       build directory that holds the plugin
  -r ROUNDS   turns of each handler (5)
  -s SECONDS  testpmd: length of one measurement (2)
  -t TEST     only this one
  -q          as short as can be: only to see that it works

Takes about half an hour, most of it for mempool_perf_autotest. Exit status 0 when
everything was measured, whatever the figures; NO_HUGE=1 in the environment: the
same on 4 KiB pages.
END
}

# Those that any number of lcores may use at once; the first is compared with.
STOCK=(ring_mp_mc ring_mt_rts ring_mt_hts stack lf_stack bucket)
CONTESTANTS=("${STOCK[@]}" labyrinth:profile=fast labyrinth:profile=guard)
MODES=(io macswap)

# --- medians ----------------------------------------------------------------

# medians FILE: of lines "KEY VALUE" prints "KEY MEDIAN Q1 Q3", keys in the
# order of their first appearance.
medians()
{
	awk '{ if (!($1 in n)) keys[++nb] = $1; v[$1, ++n[$1]] = $2 }
		function at(key, share,    i, place, low) {
			place = 1 + share * (n[key] - 1); low = int(place)
			return low >= n[key] ? s[n[key]] : s[low] + (s[low + 1] - s[low]) * (place - low)
		}
		END {
			for (k = 1; k <= nb; k++) {
				key = keys[k]
				for (i = 1; i <= n[key]; i++) {
					for (j = i; j > 1 && s[j - 1] > v[key, i]; j--)
						s[j] = s[j - 1]
					s[j] = v[key, i]
				}
				print key, at(key, 0.5), at(key, 0.25), at(key, 0.75)
			}
		}' "$1"
}

# --- one handler ------------------------------------------------------------

# choose HANDLER: sets OPS and, in the environment, the options of its pools.
choose()
{
	OPS=${1%%:*}
	unset LABYRINTH_OPTIONS
	[[ $1 == *:* ]] && export LABYRINTH_OPTIONS=${1#*:}
	return 0
}

# plugins: sets PLUGINS: the handlers' own, which would else come after what
# takes their names over.
plugins()
{
	local name
	PLUGINS=(-d "$PLUGIN")
	for name in ring stack bucket; do
		PLUGINS+=(-d "librte_mempool_$name.so")
	done
}

# --- mempool_perf_autotest --------------------------------------------------

# rte_mempool_create(), which the test uses, wants ring_mp_mc: who is to be
# measured takes that name over.
perf_turn()
{
	local handler=$1 log=$2
	local -a takeover=()
	choose "$handler"
	[[ $OPS == ring_mp_mc ]] || takeover=(-d "$TRUSTED/takeover.so")
	DPDK_TEST=mempool_perf_autotest limited 1800 "$log" \
		env LD_PRELOAD="$TRUSTED/hurry.so" "HURRY=$HURRY" "TAKEOVER_OPS=$OPS" \
		dpdk-test "${EAL_ARGS[@]}" "${CPUS_ARGS[@]}" "${PLUGINS[@]}" "${takeover[@]}" &&
		grep -aq '^Test OK' "$log"
}

# perf_rates LOG: lines "SECTION/cores=N/COMBINATION RATE".
perf_rates()
{
	awk '
		/^start performance test \(without cache\)/ { section = "no cache" }
		/^start performance test for/ { section = "" }
		/^start performance test \(with cache\)/ { section = "cache" }
		/^start performance test \(with user-owned cache\)/ { section = "own cache" }
		/^mempool_autotest / && /rate_persec=/ && section != "" {
			gsub(/ /, "_", section)
			split($NF, rate, "=")
			print section "/" $3 "/" $4 $5 $6 $7, rate[2]
		}' "$1"
}

# perf_table: geometric means of all combinations, as ratios of rates.
perf_table()
{
	local handler
	printf '\n%-32s %-10s %-8s %8s %8s %8s\n' "mempool_perf_autotest" cache cores ratio least most
	for handler in "${CONTESTANTS[@]}"; do
		[[ -s $LOGS/perf.$handler ]] || continue
		awk -v handler="$handler" '
			NR == FNR { base[$1] = $2; next }
			base[$1] > 0 && $2 > 0 {
				split($1, part, "/")
				key = part[1] " " part[2]
				ratio = $2 / base[$1]
				if (!(key in n)) { order[++nb] = key; least[key] = ratio }
				n[key]++
				sum[key] += log(ratio)
				if (ratio < least[key]) least[key] = ratio
				if (ratio > most[key]) most[key] = ratio
			}
			END {
				for (i = 1; i <= nb; i++) {
					split(order[i], part, " ")
					printf "%-32s %-10s %-8s %8.3f %8.3f %8.3f\n", handler, part[1], part[2],
						exp(sum[order[i]] / n[order[i]]), least[order[i]], most[order[i]]
				}
			}' <(medians "$LOGS/perf.${STOCK[0]}") <(medians "$LOGS/perf.$handler")
	done
	note "ratio: rate compared with ring_mp_mc's, geometric mean of all bulks and kept objects"
}

compare_perf()
{
	local round handler log
	for ((round = 1; round <= ROUNDS; round++)); do
		for handler in "${CONTESTANTS[@]}"; do
			log=$LOGS/perf.$round.${handler//[^a-z0-9_]/_}.log
			if perf_turn "$handler" "$log"; then
				perf_rates "$log" >>"$LOGS/perf.$handler"
			elif [[ $OPS != labyrinth ]] && grep -aq 'mempool is not full' "$log"; then
				# Seen with ring_mt_rts of DPDK 22.11, without any of this too.
				perf_rates "$log" >>"$LOGS/perf.$handler"
				note "$handler does not pass this test of DPDK's own: only what came before counts"
			else
				not_ok "mempool_perf_autotest with $handler, round $round" "$log"
			fi
		done
		note "mempool_perf_autotest: round $round of $ROUNDS done ($SECONDS s so far)"
	done
	perf_table
	for handler in "${CONTESTANTS[@]}"; do
		check "mempool_perf_autotest measured $handler" test -s "$LOGS/perf.$handler"
	done
}

# --- testpmd ----------------------------------------------------------------

# What is typed: testpmd tells the rate since the last time it was asked.
pmd_commands()
{
	local mode
	for mode in "${MODES[@]}"; do
		printf 'set fwd %s\nstart\n' "$mode"
		sleep 0.5
		printf 'show port stats all\n'
		sleep "$PMD_SECONDS"
		# A comment is echoed, so the log tells which rate is whose.
		printf '#mode-%s#\nshow port stats all\nstop\n' "$mode"
	done
	printf 'quit\n'
}

# pmd_turn HANDLER LOG: commands come only when the prompt is there.
pmd_turn()
{
	local handler=$1 log=$2 fifo=$SCRATCH/commands pid fd
	choose "$handler"
	rm -f "$fifo"
	mkfifo "$fifo" || return 1
	timeout --kill-after=5 120 stdbuf -oL dpdk-testpmd "${EAL_ARGS[@]}" "${CPUS_ARGS[@]}" \
		"${PLUGINS[@]}" "--mbuf-pool-ops-name=$OPS" --vdev net_null0 --vdev net_null1 -- \
		--interactive --nb-cores=1 --mbcache=256 --total-num-mbufs=16384 \
		<"$fifo" >"$log" 2>&1 &
	pid=$!
	exec {fd}>"$fifo"
	wait_until 30 grep -aq 'testpmd>' "$log"
	# A testpmd that has ended is told by its exit status.
	{ pmd_commands >&"$fd"; } 2>/dev/null
	exec {fd}>&-
	wait "$pid"
}

# pmd_rates LOG: lines "MODE PACKETS-PER-SECOND", of both ports together.
pmd_rates()
{
	awk '
		match($0, /#mode-[a-z]+#/) {
			mode = substr($0, RSTART + 6, RLENGTH - 7)
			ports = 0
			sum = 0
		}
		/Rx-pps:/ && mode != "" {
			sum += $2
			if (++ports == 2) {
				print mode, sum
				mode = ""
			}
		}' "$1"
}

# verdict HANDLER MODE RATIO: what is promised about some of them.
verdict()
{
	local least
	case $1/$2 in
	labyrinth:profile=fast/*) least=1.0 ;;
	labyrinth:profile=guard/io) least=0.85 ;;
	labyrinth:profile=guard/macswap) least=0.92 ;;
	*) return ;;
	esac
	awk -v ratio="$3" -v least="$least" 'BEGIN {
		printf("at least %.2f: %s", least, (ratio >= least) ? "holds" : "MISSED") }'
}

pmd_table()
{
	local handler mode rate q1 q3 base ratio
	printf '\n%-32s %-8s %9s %9s %9s %8s\n' "testpmd over net_null" mode Mpps q1 q3 ratio
	for mode in "${MODES[@]}"; do
		base=
		for handler in "${CONTESTANTS[@]}"; do
			[[ -s $LOGS/pmd.$handler ]] || continue
			read -r _ rate q1 q3 < <(medians "$LOGS/pmd.$handler" | grep "^$mode ")
			[[ -n ${rate:-} ]] || continue
			base=${base:-$rate}
			ratio=$(awk -v a="$rate" -v b="$base" 'BEGIN { printf("%.3f", (b > 0) ? a / b : 0) }')
			awk -v h="$handler" -v m="$mode" -v r="$rate" -v a="$q1" -v b="$q3" -v x="$ratio" \
				-v v="$(verdict "$handler" "$mode" "$ratio")" 'BEGIN {
				printf "%-32s %-8s %9.2f %9.2f %9.2f %8.3f %s\n", h, m, r / 1e6, a / 1e6, b / 1e6, x, v }'
		done
	done
}

compare_pmd()
{
	local round handler log
	for ((round = 1; round <= ROUNDS; round++)); do
		for handler in "${CONTESTANTS[@]}"; do
			log=$LOGS/pmd.$round.${handler//[^a-z0-9_]/_}.log
			if pmd_turn "$handler" "$log"; then
				pmd_rates "$log" >>"$LOGS/pmd.$handler"
			else
				not_ok "testpmd with $handler, round $round" "$log"
			fi
		done
		note "testpmd: round $round of $ROUNDS done ($SECONDS s so far)"
	done
	pmd_table
	for handler in "${CONTESTANTS[@]}"; do
		check_eq "testpmd measured $handler in every mode" \
			"$(awk '$2 > 0 { print $1 }' "$LOGS/pmd.$handler" 2>/dev/null | sort -u | xargs)" \
			"${MODES[*]}"
	done
}

# --- main -------------------------------------------------------------------

ROUNDS=5
PMD_SECONDS=2
# 50 ms for each combination.
HURRY=100
TESTS="mempool testpmd"
while getopts qr:s:t:h option; do
	case $option in
	q) ROUNDS=1 PMD_SECONDS=0.3 HURRY=5000 ;;
	r) ROUNDS=$OPTARG ;;
	s) PMD_SECONDS=$OPTARG ;;
	t) TESTS=$OPTARG ;;
	h) usage && exit 0 ;;
	*) usage >&2 && exit 2 ;;
	esac
done
shift $((OPTIND - 1))
(($# == 1)) || { usage >&2 && exit 2; }
[[ $ROUNDS =~ ^[1-9][0-9]*$ ]] || die "-r $ROUNDS: give a number of rounds, 1 or more"
[[ $PMD_SECONDS =~ ^[0-9]+(\.[0-9]+)?$ ]] || die "-s $PMD_SECONDS: give seconds, such as 2 or 0.5"
[[ $TESTS =~ ^(mempool|testpmd|mempool testpmd)$ ]] || die "-t $TESTS: give mempool or testpmd"

undo_on_exit
LOGS=$(mktemp -d) || die "cannot make a directory for logs"
SCRATCH=$LOGS
at_exit rm -rf "$LOGS"
trusted_dir "$1"
find_plugin "$1"
plugins
eal_args perf-compare
cpus_args 2
compile "$REPO/tests/dpdk/takeover.c" "$TRUSTED/takeover.so" -shared -fPIC
compile "$HERE/hurry.c" "$TRUSTED/hurry.so" -shared -fPIC
HUGE_BEFORE=$(huge_free)
[[ $TESTS == *testpmd* ]] && compare_pmd
[[ $TESTS == *mempool* ]] && compare_perf
check_huge_same "all runs" "$HUGE_BEFORE"
summary
