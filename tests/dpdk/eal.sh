# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The Labyrinth authors
#
# How to hand the driver to an unmodified DPDK program. Part of tests/lib.sh,
# which is what to source.
# shellcheck disable=SC2034 # results are for those who source this

# What the driver says about a pool; groups: pool, backing, reason.
export BACKING_RE='pool ([^ ]+): backing=(maze|eal) \((.*)\)'

# backings_in LOG: the backing of each pool the driver reported, in order.
backings_in()
{
	grep -aoE "$BACKING_RE" "$1" | sed -E "s/$BACKING_RE/\2/"
}

# Does EAL load a plugin from below this directory? It refuses when any
# directory of the path is writable by everybody, as /tmp is.
eal_trusts()
{
	local dir
	dir=$(realpath "$1") || return 1
	while :; do
		[[ -n $(find "$dir" -maxdepth 0 -perm -o+w) ]] && return 1
		[[ $dir == / ]] && return 0
		dir=$(dirname "$dir")
	done
}

# trusted_dir BUILD: sets TRUSTED, a directory EAL loads plugins from: the build
# directory itself where it can be, else one of our own.
trusted_dir()
{
	TRUSTED=$(realpath "$1")
	eal_trusts "$TRUSTED" && return 0
	TRUSTED=$(mktemp -d "$HOME/.labyrinth-test.XXXXXX") || die "cannot write to $HOME"
	at_exit rm -rf "$TRUSTED"
	eal_trusts "$TRUSTED" ||
		die "EAL loads no plugin from $1 nor from $HOME: everybody may write there"
}

# find_plugin BUILD: sets PLUGIN; a copy EAL trusts where the build is in a
# place it does not.
find_plugin()
{
	local built=$1/drivers/mempool/labyrinth/librte_mempool_labyrinth.so
	[[ -e $built ]] || die "no plugin at $built: build first (meson setup $1 && ninja -C $1)"
	PLUGIN=$(realpath "${built%/*}")/${built##*/}
	eal_trusts "$(dirname "$PLUGIN")" && return 0
	trusted_dir "$1"
	cp -L "$built" "$TRUSTED/" || die "cannot copy $built to $TRUSTED"
	PLUGIN=$TRUSTED/${built##*/}
	note "EAL refuses plugins below a directory everybody may write to: using a copy, $PLUGIN"
}

# dpdk_drivers: where DPDK looks for drivers.
dpdk_drivers()
{
	# shellcheck disable=SC2046 # pkg-config prints words
	echo RTE_EAL_PMD_PATH | cpp -P $(pkg-config --cflags-only-I libdpdk) -include rte_build_config.h - |
		sed -n 's/^"\(.*\)"$/\1/p'
}

# dump_command: testpmd's words for it.
dump_command()
{
	if pkg-config --atleast-version=25.11 libdpdk; then
		echo dump mempool
	else
		echo dump_mempool
	fi
}

# compile SOURCE OUTPUT [FLAG...]: a small test program or plugin against DPDK.
compile()
{
	local source=$1 output=$2
	shift 2
	# shellcheck disable=SC2046 # pkg-config prints words
	${CC:-cc} -std=gnu11 -O2 -Wall -Wextra -Wundef -Wshadow -Werror \
		$(pkg-config --cflags libdpdk) -o "$output" "$source" "$@" \
		$(pkg-config --libs libdpdk) || die "cannot build $source"
}

# use_ops OPS BUILD: sets OPS_ARGS, the EAL options that select the ops, and
# OPS_ENV, the words before the program: where the driver was built with
# sanitizers, their libraries must be loaded first.
use_ops()
{
	OPS_ARGS=("--mbuf-pool-ops-name=$1")
	OPS_ENV=()
	[[ $1 == labyrinth ]] || return 0
	find_plugin "$2"
	OPS_ARGS=(-d "$PLUGIN" "${OPS_ARGS[@]}")
	grep -q __asan_init "$PLUGIN" || return 0
	OPS_ENV=(env "LD_PRELOAD=$(gcc -print-file-name=libasan.so) $(gcc -print-file-name=libubsan.so)"
		ASAN_OPTIONS=detect_leaks=0 UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1)
}

# EAL leaves an empty directory per file prefix behind.
del_eal_dir()
{
	local dir
	for dir in /var/run/dpdk "${XDG_RUNTIME_DIR:-/tmp}/dpdk"; do
		[[ -d $dir/$1 ]] && rm -rf "${dir:?}/$1"
	done
}

# eal_args PREFIX: sets EAL_ARGS for a program of its own, no PCI touched.
# NO_HUGE=1 in the environment runs everything on 4 KiB pages.
eal_args()
{
	EAL_ARGS=(--no-pci --no-telemetry "--file-prefix=$1-$$")
	if ((${NO_HUGE:-0})); then
		# EAL does not take --no-huge and --in-memory together.
		EAL_ARGS+=(--no-huge --no-shconf -m "${NO_HUGE_MB:-2048}")
	else
		EAL_ARGS+=(--in-memory)
	fi
	at_exit del_eal_dir "$1-$$"
}

# cpus_args COUNT: sets CPUS_ARGS, lcores 0..COUNT-1 over the CPUs there are.
cpus_args()
{
	local i list='' cpus
	cpus=$(nproc)
	for ((i = 0; i < $1; i++)); do
		list+=${list:+,}$i@$((i % cpus))
	done
	CPUS_ARGS=(--lcores "$list")
}
