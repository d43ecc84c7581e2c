#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The Labyrinth authors
#
# Builds and tests everything. The last line is "N passed, N failed".

set -u
cd "$(dirname "$0")" || exit 2
# shellcheck source=tests/lib.sh
. tests/lib.sh
# shellcheck source=tests/lanes.sh
. tests/lanes.sh

usage()
{
	cat <<END
Usage: ./test.sh [--quick] [--releases] [--soak[=SECONDS]]

Installs the packages that are missing (as root, from the distribution), builds
with gcc and with clang and under sanitizers, runs the unit tests in each build,
DPDK's own test suites and unmodified testpmd on the labyrinth driver, and real
packets between network namespaces, with and without huge pages.

  --quick     one build and one round of everything
  --releases  afterwards all that tests/releases/releases.sh does on Debian 12, 13
              and unstable: another hour
  --soak      afterwards repeat what moves packets, for an hour or SECONDS

Needs 20 to 30 minutes on two cores. Run as root: without, what needs root is
skipped, and says so. Reserves huge pages while it runs, if it may, and falls
back to 4 KiB pages if not. Leaves the machine as it found it.
Logs: build/testlogs. Exit status 0 when nothing failed, 1 otherwise.
END
}

QUICK=0
RELEASES=0
SOAK=0
for word in "$@"; do
	case $word in
	--quick) QUICK=1 ;;
	--releases) RELEASES=1 ;;
	--soak) SOAK=3600 ;;
	--soak=*[!0-9]* | --soak=) die "$word: give --soak or --soak=SECONDS" ;;
	--soak=*) SOAK=${word#*=} ;;
	-h | --help) usage && exit 0 ;;
	*) die "$word: unknown; ./test.sh --help lists the options" ;;
	esac
done

BUILD=build
LOGS=$BUILD/testlogs
FAILURES=$LOGS/failures

section()
{
	printf '\n== %s (%d s so far)\n' "$1" "$SECONDS"
}

# step NAME SECONDS COMMAND...: one result; the output is shown if it fails.
step()
{
	local name=$1 seconds=$2 log
	log=$LOGS/${name//[^a-zA-Z0-9]/_}.log
	shift 2
	if limited "$seconds" "$log" "$@"; then ok "$name"; else not_ok "$name" "$log"; fi
}

# failures_of NAME LOG: what failed in a script's log, and why.
failures_of()
{
	awk -v name="$1" '/^not ok - / { show = 1; print "not ok - " name ": " substr($0, 10); next }
		!/^    / { show = 0 } show' "$2"
}

# all_failures: once more and together, since thousands of lines lie between them.
all_failures()
{
	[[ -s $FAILURES ]] || return 0
	section "what failed"
	cat "$FAILURES"
}

# script NAME COMMAND...: a script with a summary of its own, which is added to ours.
# No summary is a failure. It has SCRIPT_SECONDS seconds.
script()
{
	local name=$1 log last status
	log=$LOGS/${name//[^a-zA-Z0-9]/_}.log
	shift
	section "$name"
	timeout --kill-after=30 "${SCRIPT_SECONDS:-1200}" "$@" </dev/null 2>&1 | tee "$log"
	status=${PIPESTATUS[0]}
	failures_of "$name" "$log" >>"$FAILURES"
	last=$(tail -n 1 "$log")
	if [[ $last =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed$ ]]; then
		PASSED=$((PASSED + BASH_REMATCH[1]))
		FAILED=$((FAILED + BASH_REMATCH[2]))
		((status == 0 || BASH_REMATCH[2] > 0)) || not_ok "$name: exit status $status" "$log"
	else
		not_ok "$name: ended without a summary, exit status $status" "$log"
	fi
}

# unit_tests BUILD-DIRECTORY SECONDS [MESON-OPTION...]: each test counts.
unit_tests()
{
	local dir=$1 seconds=$2 log good bad status
	shift 2
	log=$LOGS/unit_$dir${*//[^a-z]/_}.log
	limited "$seconds" "$log" meson test -C "$dir" --no-rebuild --print-errorlogs "$@"
	status=$?
	good=$(awk '/^Ok:/ { print $2 }' "$log")
	bad=$(awk '/^(Fail|Unexpected Pass|Timeout):/ { n += $NF } END { print n + 0 }' "$log")
	PASSED=$((PASSED + ${good:-0}))
	FAILED=$((FAILED + bad))
	if ((status == 0 && ${good:-0} > 0)); then
		note "unit tests in $dir: $good passed, $(awk '/^Skipped:/ { print $2 }' "$log") skipped"
		return
	fi
	((bad > 0)) && FAILED=$((FAILED - 1))
	SHOW_LINES=80 not_ok "unit tests in $dir: ${good:-0} passed, $bad failed, exit status $status" "$log"
}

# build DIRECTORY TARGETS [MESON-OPTION...]: with the CC in the environment.
build()
{
	local dir=$1
	local -a targets
	read -ra targets <<<"$2"
	shift 2
	if [[ ! -e $dir/build.ninja ]]; then
		step "configure $dir" 120 meson setup "$dir" "$@"
	fi
	step "build $dir" 3000 nice ninja -C "$dir" "${targets[@]}"
}

# licensed: every source file names its license.
licensed()
{
	local -a without
	mapfile -t without < <(git ls-files -z -- '*.c' '*.h' '*.sh' '*.py' '*meson.build' .ci/run |
		xargs -0 grep -L 'SPDX-License-Identifier: BSD-3-Clause')
	((${#without[@]} == 0)) || { printf 'no license line: %s\n' "${without[@]}" && return 1; }
}

# The version of clang-format that judges: that of Debian 12.
FORMAT=14

static_checks()
{
	local -a sources scripts
	section "static checks"
	mapfile -t sources < <(git ls-files -- '*.c' '*.h')
	mapfile -t scripts < <(git ls-files -- '*.sh' .ci/run tests/vm/run)
	if ((${#scripts[@]} == 0)); then
		skip "static checks" "not a git work tree, so there is no list of files"
		return
	fi
	if [[ $(clang-format --version) == *"version $FORMAT."* ]]; then
		step "clang-format" 60 clang-format --dry-run --Werror "${sources[@]}"
	else
		skip "clang-format" "each version lays out some macros in its own way; the project's is $FORMAT"
	fi
	step "shellcheck" 120 shellcheck -x "${scripts[@]}"
	check "license lines" licensed
}

first_build()
{
	section "build and unit tests"
	CC=gcc build build all --buildtype=release -Dwerror=true
	if ((QUICK)); then unit_tests build 900; else unit_tests build 900 --no-suite steps; fi
}

# What thinks for long, and asks no clock.
thinking()
{
	local SCRIPT_SECONDS=4200
	script "fuzzing" tests/fuzz/fuzz.sh "$BUILD"
	script "proof: models, memory orders, mutations" tests/model/model.sh
}

# With clang, what unit tests run; what else it warns of, clang-tidy tells. With sanitizers, what
# runs under them.
compile_all()
{
	# These step through processes, one instruction at a time.
	unit_tests build 1800 --suite steps
	step "clang-tidy" 3000 tests/clang_tidy.sh "$BUILD"
	CC=clang build build-clang "meson-test-prereq plugin" --buildtype=release -Dwerror=true
	# All steps were tried above.
	UNIT_FEW=1 unit_tests build-clang 1800 --suite steps
	CC=gcc build build-asan "meson-test-prereq plugin" --buildtype=debugoptimized -Dwerror=true \
		-Db_sanitize=address,undefined -Db_lundef=false
	CC=gcc build build-tsan unit_programs --buildtype=debugoptimized -Dwerror=true \
		-Db_sanitize=thread -Db_lundef=false
}

behind()
{
	renice -n 5 "$BASHPID" >/dev/null
	compile_all
	thinking
	script "cache lines that lcores take from each other" tests/coherence/coherence.sh "$BUILD"
}

# Each profile, and each backing; all pairs of them in a soak. Where testpmd differs in
# options alone, some scenarios; in a soak all.
OPTIONS=(backing=maze "profile=fast,backing=eal" "profile=strict,backing=maze")
((QUICK)) && OPTIONS=(backing=maze backing=eal)
((SOAK == 0)) || OPTIONS+=(backing=eal "profile=fast,backing=maze" "profile=strict,backing=eal")
SOME=(-s "null,ring,pcap,af_packet,tap,memif")
((SOAK == 0)) || SOME=()

suites()
{
	script "DPDK's own suites" tests/dpdk/suites.sh "$BUILD" "${OPTIONS[@]}"
}

testpmd()
{
	script "testpmd with labyrinth" tests/system/testpmd.sh "$BUILD" labyrinth
	script "between namespaces" tests/system/netns.sh "$BUILD"
}

forwarder_cli()
{
	script "labyrinth-fwd" tests/fwd/fwd_cli.sh "$BUILD"
	script "labyrinth-fwd: doctor" tests/fwd/fwd_doctor.sh "$BUILD"
}

forwarder_modes()
{
	script "labyrinth-fwd: modes, frames, pools" tests/fwd/fwd_modes.sh "$BUILD"
	script "labyrinth-fwd: lockdown" tests/fwd/fwd_lockdown.sh "$BUILD"
}

forwarder_commands()
{
	script "labyrinth-fwd: report of a NIC" tests/fwd/fwd_report.sh "$BUILD"
	script "labyrinth-fwd: commands" tests/fwd/fwd_session.sh "$BUILD"
}

misuse_told()
{
	script "misuse" tests/misuse/matrix.sh "$BUILD"
	script "violations in signal handlers" tests/misuse/interrupted.sh "$BUILD"
	script "reports" tests/misuse/reports.sh "$BUILD"
}

misuse_found()
{
	script "crashes" tests/crashes/crashes.sh "$BUILD"
	script "the patrol, wherever programs run" tests/misuse/patrols.sh "$BUILD"
	script "writes to freed buffers, sampled" tests/misuse/sampling.sh "$BUILD"
}

misuse_tried()
{
	script "attacks" tests/misuse/attack.sh "$BUILD" 1000
	script "statistics of places and orders" tests/misuse/statistics.sh "$BUILD"
	script "double frees in unmodified testpmd" tests/misuse/unmodified.sh "$BUILD"
	script "no false alarm" tests/misuse/soak.sh "$BUILD"
}

telemetry()
{
	script "telemetry" tests/telemetry/telemetry.sh "$BUILD"
	script "labyrinth-map" tests/telemetry/map.sh "$BUILD"
}

monitoring()
{
	script "monitoring with Prometheus" tests/monitoring/monitoring.sh "$BUILD"
}

tools()
{
	script "programs under ThreadSanitizer" tests/sanitizers/tsan.sh "$BUILD"
	script "sanitizers, valgrind, containers" tests/system/deploy.sh "$BUILD"
	script "gdb and core dumps" tests/system/gdb.sh "$BUILD"
}

documentation()
{
	script "the documentation" tests/docs/check_docs.sh "$BUILD"
}

other_options()
{
	script "Open vSwitch" tests/system/ovs.sh "$BUILD"
	((QUICK)) && return
	LABYRINTH_OPTIONS=backing=eal \
		script "testpmd with labyrinth, backing=eal" \
		tests/system/testpmd.sh "${SOME[@]}" "$BUILD" labyrinth
	LABYRINTH_OPTIONS=profile=strict \
		script "testpmd with labyrinth, profile=strict" \
		tests/system/testpmd.sh "${SOME[@]}" "$BUILD" labyrinth
}

system_tests()
{
	side_by_side "DPDK's own programs" suites testpmd
	script "kinds of pages" tests/system/pages.sh "$BUILD"
	script "bad input" tests/system/bad_input.sh "$BUILD"
	side_by_side "labyrinth-fwd" forwarder_cli forwarder_modes forwarder_commands
	script "labyrinth-fwd: several processes" tests/fwd/fwd_processes.sh "$BUILD"
	script "installation" tests/install/install.sh "$BUILD"
	script "the driver" tests/driver/driver.sh "$BUILD"
	script "NICs, imitated" tests/nics/nics.sh "$BUILD"
	script "several processes" tests/processes/processes.sh "$BUILD"
	script "secondaries killed" tests/processes/kill.sh "$BUILD"
	script "stress" tests/processes/stress.sh "$BUILD"
	side_by_side "misuse" misuse_told misuse_found misuse_tried
	script "pools freed too early" tests/misuse/freed.sh "$BUILD"
	script "failing calls in pool creation" tests/faults/faults.sh "$BUILD"
	((QUICK)) && thinking
	side_by_side "tools" telemetry monitoring tools
	script "containers of podman" tests/system/podman.sh "$BUILD"
	script "a service of systemd" tests/system/systemd.sh "$BUILD"
	side_by_side "documentation, other options" documentation other_options
	script "the demo" tests/docs/check_demo.sh "$BUILD"
}

# Of other builds, whose tests look how many huge pages are free; and what needs none.
units_elsewhere()
{
	unit_tests build-clang 900 --no-suite steps
	unit_tests build-asan 600 -t 4
	# The race detector does not know EAL's memory: the library's tests only.
	unit_tests build-tsan 600 -t 4 --suite lib
	NO_HUGE=1 script "testpmd with labyrinth, 4 KiB pages" \
		tests/system/testpmd.sh "${SOME[@]}" "$BUILD" labyrinth
	NO_HUGE=1 script "DPDK's own suites, 4 KiB pages" \
		tests/dpdk/suites.sh -s mempool,mbuf,ring_pmd,reorder "$BUILD" backing=maze
	NO_HUGE=1 script "between namespaces, 4 KiB pages" tests/system/netns.sh "$BUILD" labyrinth
}

# The virtual machine's memory is its own.
in_vm()
{
	script "in a virtual machine" tests/vm/run --build "$BUILD"
}

more_tests()
{
	section "what ran beside the scripts: clang-tidy, other compilers and sanitizers, fuzzing, proof"
	usual_priority "$BEHIND"
	join_lane "$BEHIND"
	side_by_side "other builds, small pages, a virtual machine" units_elsewhere in_vm
	script "the driver under ASan and UBSan" \
		tests/dpdk/suites.sh -s mempool,mbuf,ring_pmd,func_reentrancy build-asan "${OPTIONS[@]}"
	script "testpmd under ASan and UBSan" \
		tests/system/testpmd.sh -s null,xmem,pcap,af_packet build-asan labyrinth
	script "other releases of Debian" tests/releases/releases.sh --quick
	# What measures is here, where nothing runs beside it.
	script "what the profiles cost" tests/misuse/cost.sh "$BUILD"
	script "labyrinth-bench" tests/bench/bench_cli.sh "$BUILD"
	script "what the TLB costs" tests/bench/pages.sh -q "$BUILD"
	script "what testpmd forwards" tests/bench/testpmd_rate.sh -n 1 -s 1 "$BUILD"
}

soak()
{
	local end round=0
	SCRIPT_SECONDS=$((SOAK + 300)) script "soak: no false alarm" tests/misuse/soak.sh "$BUILD" "$SOAK"
	SCRIPT_SECONDS=$((SOAK + 300)) script "soak: fuzzing" tests/fuzz/fuzz.sh -t "$SOAK" "$BUILD"
	SCRIPT_SECONDS=5400 script "soak: secondaries killed" tests/processes/kill.sh -o -n 1000 "$BUILD"
	SCRIPT_SECONDS=$((SOAK + 600)) script "soak: stress" tests/processes/stress.sh -t $((SOAK / 5 + 1)) "$BUILD"
	script "soak: testpmd with ring_mp_mc" tests/system/testpmd.sh "$BUILD" ring_mp_mc
	SCRIPT_SECONDS=3600 script "soak: proof" tests/model/model.sh --long
	step "soak: clang-tidy" 3600 tests/clang_tidy.sh --deep "$BUILD"
	script "soak: in a virtual machine" tests/vm/run --build "$BUILD" --long
	end=$((SECONDS + SOAK))
	while ((SECONDS < end)); do
		round=$((round + 1))
		script "soak $round: testpmd" tests/system/testpmd.sh "$BUILD" labyrinth
		script "soak $round: namespaces" tests/system/netns.sh "$BUILD" labyrinth
		script "soak $round: suites" tests/dpdk/suites.sh -s mempool,mbuf,ring_pmd,distributor "$BUILD"
		unit_tests build 900
	done
}

# Nothing of ours may stay behind, whatever failed.
left_as_found()
{
	section "left as found"
	[[ $(huge_total) == "$1" ]] || huge_set "$1"
	check_eq "huge pages reserved" "$(huge_total)" "$1"
	check_huge_same "all tests" "$2" "$holders_before"
	check_eq "network namespaces left" "$(ip netns list 2>/dev/null | grep -c '^lab-')" "$3"
}

undo_on_exit
# shellcheck disable=SC2119 # all packages of the list
install_missing
{ mkdir -p "$LOGS" && : >"$FAILURES"; } || die "cannot write to $PWD/$LOGS"
is_root || note "not root: what needs root is skipped"
total_before=$(huge_total)
free_before=$(huge_free)
holders_before=$(huge_holders)
spaces_before=$(ip netns list 2>/dev/null | grep -c '^lab-')
reserve_huge 1024
at_exit end_lanes
static_checks
first_build
if ((!QUICK)); then
	lane behind
	BEHIND=$LANE
fi
if [[ -e $BUILD/drivers/mempool/labyrinth/librte_mempool_labyrinth.so ]]; then
	system_tests
	((QUICK)) || more_tests
	((RELEASES)) && SCRIPT_SECONDS=5400 script "all releases of Debian" tests/releases/releases.sh
	((SOAK > 0)) && soak
else
	not_ok "no plugin was built: system tests cannot run"
fi
left_as_found "$total_before" "$free_before" "$spaces_before"
all_failures
printf '\n# %d s, logs in %s\n' "$SECONDS" "$LOGS"
summary
