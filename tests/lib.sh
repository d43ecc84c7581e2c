# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The Labyrinth authors
#
# What all test scripts share: results, undoing, packages, huge pages, the
# network and how to hand the driver to an unmodified DPDK program.
# Source it after `set -u`; it needs bash 5.
# shellcheck disable=SC2034,SC2317 # results are for those who source this

REPO=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
export REPO

# --- results ----------------------------------------------------------------

PASSED=0
FAILED=0

ok()
{
	PASSED=$((PASSED + 1))
	printf 'ok - %s\n' "$1"
}

# not_ok NAME [LOGFILE]: the end of the log is what tells why.
not_ok()
{
	FAILED=$((FAILED + 1))
	printf 'not ok - %s\n' "$1"
	if [[ -n ${2:-} && -s $2 ]]; then
		grep -avE 'cache_count\[' "$2" | tail -n "${SHOW_LINES:-25}" | cut -c1-200 | sed 's/^/    | /'
		printf '    | (whole log: %s)\n' "$2"
	fi
}

# check NAME COMMAND...: one result, of what the command says.
check()
{
	local name=$1
	shift
	if "$@"; then ok "$name"; else not_ok "$name"; fi
}

# check_eq NAME ACTUAL EXPECTED [LOGFILE]
check_eq()
{
	if [[ $2 == "$3" ]]; then
		ok "$1 ($2)"
	else
		not_ok "$1: got '$2', expected '$3'" "${4:-}"
	fi
}

note()
{
	printf '# %s\n' "$*"
}

# A skip is neither a pass nor a failure, and always says why.
skip()
{
	printf 'skip - %s: %s\n' "$1" "$2"
}

die()
{
	printf '%s: %s\n' "${0##*/}" "$*" >&2
	exit 2
}

# The last line of every script; the caller ends with its status.
summary()
{
	printf '%d passed, %d failed\n' "$PASSED" "$FAILED"
	((FAILED == 0))
}

is_root()
{
	((EUID == 0))
}

# --- undoing ----------------------------------------------------------------

UNDO=()

# at_exit COMMAND...: commands are undone in reverse order, whatever ends us.
at_exit()
{
	local quoted
	printf -v quoted '%q ' "$@"
	UNDO+=("$quoted")
}

undo_all()
{
	local status=$? i
	trap - EXIT
	trap '' INT TERM HUP
	for ((i = ${#UNDO[@]} - 1; i >= 0; i--)); do
		eval "${UNDO[i]}"
	done
	UNDO=()
	exit "$status"
}

undo_on_exit()
{
	trap undo_all EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM HUP
}

# undo_here: for a subshell, which undoes its own at its own end.
undo_here()
{
	UNDO=()
	undo_on_exit
}

# end_process PID [SECONDS]: asks, waits, insists.
end_process()
{
	local pid=$1 tries=$((${2:-5} * 10))
	kill -TERM "$pid" 2>/dev/null || return 0
	while ((tries-- > 0)) && kill -0 "$pid" 2>/dev/null; do
		sleep 0.1
	done
	kill -KILL "$pid" 2>/dev/null
	wait "$pid" 2>/dev/null
	return 0
}

# limited SECONDS LOG COMMAND...: stdin is empty, all output goes to the log.
limited()
{
	local seconds=$1 log=$2
	shift 2
	# The braces take bash's own word about a crash out of the way.
	{ timeout --kill-after=5 "$seconds" "$@" >"$log" 2>&1 </dev/null; } 2>/dev/null
}

# wait_until SECONDS COMMAND...: polls until the command succeeds.
wait_until()
{
	local end=$((SECONDS + $1))
	shift
	while ! "$@"; do
		((SECONDS >= end)) && return 1
		sleep 0.1
	done
}

# --- packages ---------------------------------------------------------------

# The one list: what building and testing needs, and a file each brings.
NEEDED_PACKAGES=(
	dpdk-dev=/usr/bin/dpdk-testpmd
	libdpdk-dev=/usr/include/dpdk/rte_mempool.h
	libnuma-dev=/usr/include/numa.h
	libcunit1-dev=/usr/include/CUnit/CUnit.h
	meson=/usr/bin/meson
	ninja-build=/usr/bin/ninja
	pkg-config=/usr/bin/pkg-config
	gcc=/usr/bin/gcc
	clang=/usr/bin/clang
	clang-format=/usr/bin/clang-format
	shellcheck=/usr/bin/shellcheck
	python3=/usr/bin/python3
	iproute2=/sbin/ip
	iputils-ping=/bin/ping
	tcpdump=/usr/bin/tcpdump
	ethtool=/usr/sbin/ethtool
)

# missing_packages [NAME...]: of the whole list, or only of those named.
missing_packages()
{
	local entry name file
	for entry in "${NEEDED_PACKAGES[@]}"; do
		name=${entry%%=*}
		file=${entry#*=}
		if (($# > 0)) && [[ " $* " != *" $name "* ]]; then
			continue
		fi
		[[ -e $file ]] || printf '%s\n' "$name"
	done
}

# install_missing [NAME...]: nothing is fetched when nothing is missing.
install_missing()
{
	local -a missing
	mapfile -t missing < <(missing_packages "$@")
	((${#missing[@]} == 0)) && return 0
	if ! is_root || ! command -v apt-get >/dev/null; then
		die "missing packages: ${missing[*]} (install them: apt-get install ${missing[*]})"
	fi
	note "installing ${missing[*]}"
	timeout 300 apt-get update -q >/dev/null ||
		note "apt-get update failed; trying with the lists that are there"
	DEBIAN_FRONTEND=noninteractive timeout 900 apt-get install -y -q \
		--no-install-recommends "${missing[@]}" >/dev/null ||
		die "could not install: ${missing[*]}"
}

# --- huge pages -------------------------------------------------------------

HUGE_SYSFS=/sys/kernel/mm/hugepages/hugepages-2048kB

huge_total()
{
	cat "$HUGE_SYSFS/nr_hugepages" 2>/dev/null || echo 0
}

huge_free()
{
	cat "$HUGE_SYSFS/free_hugepages" 2>/dev/null || echo 0
}

huge_set()
{
	echo "$1" 2>/dev/null >"$HUGE_SYSFS/nr_hugepages"
}

# reserve_huge COUNT: at least that many 2 MiB pages free, undone at exit.
# Returns 1, after a word of explanation, where they cannot be had.
reserve_huge()
{
	local want=$1 total free
	total=$(huge_total)
	free=$(huge_free)
	((free >= want)) && return 0
	if [[ -w $HUGE_SYSFS/nr_hugepages ]]; then
		at_exit huge_set "$total"
		huge_set $((total + want - free))
		((total + want - free <= $(huge_total))) && return 0
		huge_set "$total"
	fi
	note "cannot reserve $want huge pages of 2 MiB ($free free): falling back to 4 KiB pages"
	return 1
}

huge_free_is()
{
	[[ $(huge_free) == "$1" ]]
}

# check_huge_same NAME BEFORE: nothing that ran may keep a huge page. The
# kernel gives the pages of a dead process back with a little delay.
check_huge_same()
{
	wait_until 10 huge_free_is "$2"
	check_eq "$1: huge pages free before and after" "$(huge_free)" "$2"
}

# --- network ----------------------------------------------------------------

# add_netns NAME: with the loopback up and without IPv6, whose neighbour
# discovery would mix frames of its own into the comparison.
add_netns()
{
	ip netns add "$1" || return 1
	at_exit del_netns "$1"
	ip netns exec "$1" sysctl -qw net.ipv6.conf.all.disable_ipv6=1 \
		net.ipv6.conf.default.disable_ipv6=1 2>/dev/null
	ip -n "$1" link set lo up
}

# Interfaces of a namespace go with it.
del_netns()
{
	local pid
	for pid in $(ip netns pids "$1" 2>/dev/null); do
		end_process "$pid"
	done
	ip netns del "$1" 2>/dev/null
	return 0
}

# add_veth NETNS A B: both ends in the namespace, up, offloads off: packets
# must be on the wire as they will be compared.
add_veth()
{
	local end
	ip -n "$1" link add "$2" type veth peer name "$3" || return 1
	for end in "$2" "$3"; do
		ip netns exec "$1" ethtool -K "$end" tx off rx off gso off gro off tso off >/dev/null 2>&1
		ip -n "$1" link set "$end" up || return 1
	done
}

# --- the driver -------------------------------------------------------------

# What the driver says about a pool; groups: pool, backing, reason.
export BACKING_RE='pool ([^ :]+): backing=(maze|eal) \((.*)\)'

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
	PLUGIN=$(realpath "$built")
	eal_trusts "$(dirname "$PLUGIN")" && return 0
	trusted_dir "$1"
	cp -L "$built" "$TRUSTED/" || die "cannot copy $built to $TRUSTED"
	PLUGIN=$TRUSTED/${built##*/}
	note "EAL refuses plugins below a directory everybody may write to: using a copy, $PLUGIN"
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
