#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The Labyrinth authors
#
# The documentation says what is: its commands run and print what it shows, its
# C examples compile and do what they say, its links lead somewhere, and its
# lists of options, messages, fields and files are those of the code.

set -u
HERE=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/lib.sh
. "$HERE/../lib.sh"
# shellcheck source=tests/docs/docs_lib.sh
. "$HERE/docs_lib.sh"

usage()
{
	cat <<END
Usage: ${0##*/} BUILD

  BUILD  build directory that holds the plugin and the applications

NO_HUGE=1 in the environment: as where there are no huge pages.
END
}

# Commands that are not run here, why, and what is looked at instead: the
# function, called with the command's words.
declare -A NOT_RUN=(
	["./demo.sh"]="takes 90 seconds: help_works"
	["./test.sh"]="runs this very script: help_works"
	["tests/vm/run"]="boots virtual machines, test.sh runs it: help_works"
	["tests/model/model.sh"]="takes a minute, test.sh runs it: help_works"
	["tests/coherence/coherence.sh build"]="takes minutes, test.sh runs it: help_works"
	["tests/model/mutations.sh"]="takes minutes, test.sh runs it: help_works"
	["tests/model/litmus.sh"]="test.sh runs it: help_works"
	["build/app/labyrinth-bench/labyrinth-bench --no-telemetry --"]="takes minutes, bench_cli.sh runs it with --quick: help_works"
	["tests/nics/nics.sh"]="test.sh runs it: help_works"
	["tests/misuse/statistics.sh"]="test.sh runs it: help_works"
	["build/tests/unit/unit_maze_halls"]="a unit test: is_built"
	["apt-get install"]="changes the machine: packages_known"
	["meson setup build"]="this build exists already: options_known"
	["ninja -C build"]="this build exists already: is_built"
	["meson install"]="writes to the system: installs_elsewhere"
	["ovs-vsctl"]="tests/system/ovs.sh does: tested_with_ovs"
	["grout"]="needs grout, tests/system/grout.sh does: tested_with_grout"
	["gdb"]="needs gdb, tests/system/gdb.sh does: tested_with_gdb"
	["podman"]="needs an image, tests/system/podman.sh does: tested_with_podman"
	["systemd-analyze verify"]="the program is not installed, tests/system/systemd.sh does: tested_with_systemd"
	["systemctl"]="changes the machine, tests/system/systemd.sh runs the unit: tested_with_systemd"
	["build/app/labyrinth-fwd/labyrinth-fwd --file-prefix=shared"]="shares memory, tests/fwd/fwd_processes.sh does: fwd_known"
	["build/app/labyrinth-fwd/labyrinth-fwd -l 0-2 -a"]="needs NICs, tests/fwd/fwd_report.sh does without: fwd_known"
	["dpdk-proc-info"]="needs a primary, see tests/processes: tool_known"
	["dpdk-pdump"]="needs a primary, see tests/processes: tool_known"
	["LD_PRELOAD=build/drivers/mempool/labyrinth/librte_mempool_labyrinth.so dpdk-dumpcap"]="needs a primary, see tests/processes: tool_known"
)

help_works()
{
	(cd "$REPO" && "$1" --help) >/dev/null 2>&1
}

# Every option behind -- is one of labyrinth-fwd's.
fwd_known()
{
	local word own=0
	for word in "$@"; do
		[[ $word == -- ]] && own=1 && continue
		((own)) || continue
		[[ $word == --* ]] || continue
		"$BUILD/app/labyrinth-fwd/labyrinth-fwd" --help | grep -qE -- "^  ${word%%=*}[ =[,]" || return 1
	done
}

# Every package that can be seen from here is one that exists.
packages_known()
{
	local name
	shift 2
	for name in "$@"; do
		[[ " ${NEEDED_PACKAGES[*]}" == *" $name="* ]] || return 1
	done
}

# Every -Dname and every --name is one that this build was configured with.
options_known()
{
	local word
	shift 3
	for word in "$@"; do
		word=${word%%=*}
		word=${word#-D}
		word=${word#--}
		meson introspect --buildoptions "$BUILD" | grep -q "\"name\": \"$word\"" || return 1
	done
}

# The tool exists, and so does the plugin it is given.
tool_known()
{
	[[ $* == *librte_mempool_labyrinth.so* ]] || return 1
	[[ $1 == *=* ]] && shift
	command -v "$1" >/dev/null && [[ -e $BUILD/drivers/mempool/labyrinth/librte_mempool_labyrinth.so ]]
}

is_built()
{
	[[ -e $BUILD/build.ninja && -x $BUILD/app/labyrinth-fwd/labyrinth-fwd ]]
}

installs_elsewhere()
{
	shift 2
	DESTDIR=$WORK/installed meson install "${@/%build/$BUILD}" --no-rebuild >/dev/null 2>&1 ||
		return 1
	[[ -n $(find "$WORK/installed" -name librte_mempool_labyrinth.so) &&
		-n $(find "$WORK/installed" -name librte_mempool_labyrinth.pc) &&
		-n $(find "$WORK/installed" -name labyrinth.ini) ]]
}

# Every option that EAL gets there is one that the test gives it.
tested_with_ovs()
{
	local word
	for word in "$@"; do
		[[ $word == other_config:* ]] || continue
		grep -qF -- "${word%%=*}" tests/system/ovs.sh || return 1
	done
}

# in_files FILES WORD...: every option stands in one of these files, whatever its value there;
# files of the project are there, and so is the plugin.
in_files()
{
	local -a files
	local word
	read -ra files <<<"$1"
	shift
	for word in "$@"; do
		case $word in
		*/librte_mempool_labyrinth.so) continue ;;
		config/* | tests/*) [[ -e $word ]] || { note "no $word" && return 1; } ;;
		*.service) [[ -e config/deploy/$word ]] || { note "no $word" && return 1; } ;;
		-*) grep -qF -e "${word%%=*}" "${files[@]}" || { note "not tested: $word" && return 1; } ;;
		esac
	done
}

tested_with_grout()
{
	in_files tests/system/grout.sh "$@"
}

tested_with_podman()
{
	in_files "tests/system/podman.sh config/deploy/pod.yaml" "$@"
}

tested_with_systemd()
{
	in_files tests/system/systemd.sh "$@"
}

# What is debugged has options of its own, which other commands of the pages have, too.
tested_with_gdb()
{
	local own=$*
	local -a words
	read -ra words <<<"${own%% --args *}"
	in_files tests/system/gdb.sh "${words[@]}"
}

# --- commands ---------------------------------------------------------------

# substitute COMMAND: sets SUBSTITUTE if the table has it.
substitute()
{
	local start
	for start in "${!NOT_RUN[@]}"; do
		if [[ "$1 " == "$start "* ]]; then
			SUBSTITUTE=${NOT_RUN[$start]}
			return 0
		fi
	done
	return 1
}

# run_block NAME FILE: one fence. Either all of its commands stand in the table,
# or all are run, in one shell.
run_block()
{
	local name=$1 block=$2 command log
	local -a words
	log=$LOGS/${name//[^a-zA-Z0-9]/_}.log
	if substitute "$(commands_of "$block" | head -n 1)"; then
		while read -r command; do
			read -ra words <<<"$command"
			substitute "$command" || { not_ok "$name: $command: not in the table" && continue; }
			check "$name: $command (not run: ${SUBSTITUTE%: *}; ${SUBSTITUTE##*: })" \
				"${SUBSTITUTE##*: }" "${words[@]}"
		done < <(commands_of "$block")
		return
	fi
	if needs_what_is_not_there "$block"; then
		skip "$name" "$MISSING"
		return
	fi
	commands_of "$block" >"$WORK/commands.sh"
	if ! (cd "$WORK" && limited 90 "$log" bash -eu "$WORK/commands.sh"); then
		not_ok "$name: the commands fail" "$log"
	else
		check_shown "$name" "$block" "$log"
	fi
}

# check_shown NAME BLOCK LOG: what the fence shows was printed, but for numbers.
check_shown()
{
	local line all=1
	normal <"$3" >"$WORK/printed"
	while IFS= read -r line; do
		grep -qaxF -- "$line" "$WORK/printed" || {
			not_ok "$1: never printed: $line" "$3"
			all=0
		}
	done < <(output_of "$2" | normal)
	((all)) && ok "$1"
	return 0
}

test_commands()
{
	local page block n
	for page in "${PAGES[@]}"; do
		n=0
		fences "$page" 'console|sh' "$WORK/blocks"
		for block in "$WORK"/blocks/*; do
			[[ -e $block ]] || continue
			n=$((n + 1))
			run_block "$page, commands $n" "$block"
		done
	done
}

# --- C ----------------------------------------------------------------------

# example PAGE SOURCE EXPECTED: compiled, run, compared with the fence behind it.
example()
{
	local page=$1 source=$2 expected=$3 name program log
	local -a run=()
	name="$page, $(basename "$source")"
	program=${source%.c}
	log=$LOGS/example_$(basename "$program").log
	# shellcheck disable=SC2046 # pkg-config prints words
	if ! ${CC:-gcc} -std=gnu11 -O2 -Wall -Wextra -Wundef -Wshadow -Werror \
		-o "$program" "$source" $(example_flags "$source") >"$log" 2>&1; then
		not_ok "$name: does not compile" "$log"
		return
	fi
	ok "$name: compiles"
	if grep -q rte_eal_init "$source"; then
		eal_args docs
		run=("${EAL_ARGS[@]}" --lcores 0@0)
	fi
	if ! limited 30 "$log" "$program" "${run[@]}"; then
		not_ok "$name: fails" "$log"
	elif [[ ! -s $expected ]]; then
		not_ok "$name: the page does not show what it prints"
	else
		check "$name: prints what the page shows" contains_lines "$log" "$expected"
	fi
}

test_examples()
{
	local page source
	for page in "${PAGES[@]}"; do
		examples_of "$page" "$WORK"
		for source in "$WORK"/*.c; do
			[[ -e $source ]] || continue
			example "$page" "$source" "${source%.c}.expected"
			mkdir -p "$WORK/sources"
			mv "$source" "$WORK/sources/"
		done
	done
}

# ----------------------------------------------------------------------------

[[ $# == 1 && $1 != -* ]] || { usage >&2 && exit 2; }
[[ -d $1 ]] || die "no build directory $1"
BUILD=$(realpath "$1")
undo_on_exit
LOGS=$BUILD/testlogs/docs
mkdir -p "$LOGS" || die "cannot write to $LOGS"
cd "$REPO" || die "cannot enter $REPO"
mapfile -t PAGES < <(ls README.md docs/*.md docs/*/*.md)
RST=docs/mempool_labyrinth.rst
make_work
HUGE=1
if ((${NO_HUGE:-0})) || ! reserve_huge 256; then
	HUGE=0
	export NO_HUGE=1
fi
# Before the commands: some of them compile these once more.
test_examples
mv "$WORK"/sources/*.c "$WORK/"
test_commands
test_prose
test_site
test_links
test_paths
test_layers
test_options
test_forwarder
test_map
test_rst
test_telemetry
test_messages
test_vm_cases
summary
