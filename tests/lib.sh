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
FAILURES=

ok()
{
	PASSED=$((PASSED + 1))
	printf 'ok - %s\n' "$1"
}

# tell_failure NAME [LOGFILE]: the end of the log is what tells why.
tell_failure()
{
	printf 'not ok - %s\n' "$1"
	if [[ -n ${2:-} && -s $2 ]]; then
		grep -avE 'cache_count\[' "$2" | tail -n "${SHOW_LINES:-25}" | cut -c1-200 | sed 's/^/    | /'
		printf '    | (whole log: %s)\n' "$2"
	fi
}

# not_ok NAME [LOGFILE]: also to the file FAILURES, if that is set.
not_ok()
{
	FAILED=$((FAILED + 1))
	tell_failure "$@" | tee -a "${FAILURES:-/dev/null}"
}

# check NAME COMMAND...: one result, of what the command says.
check()
{
	local name=$1
	shift
	if "$@"; then ok "$name"; else not_ok "$name"; fi
}

# not COMMAND...: for check.
not()
{
	! "$@"
}

# said REGEX: in LOG.
said()
{
	grep -aqE -e "$1" "$LOG"
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

# add_results NAME STATUS LOG [HIDDEN]: of a program that has ended with this status and counts
# for itself. Its results are added to ours, without lines that match HIDDEN. One that ends
# without its last line of results has failed, whatever it said before; the driver may say more.
add_results()
{
	local last counts='^([0-9]+) passed, ([0-9]+) failed$'
	last=$(grep -E "$counts" "$3" | tail -n 1)
	if [[ ! $last =~ $counts ]]; then
		not_ok "$1: ended without a summary, exit status $2" "$3"
		return
	fi
	PASSED=$((PASSED + BASH_REMATCH[1]))
	FAILED=$((FAILED + BASH_REMATCH[2]))
	sed -E "/$counts/d${4:+;/$4/d}" "$3"
	(($2 == 0 || BASH_REMATCH[2] > 0)) || not_ok "$1: exit status $2" "$3"
}

is_root()
{
	((EUID == 0))
}

# marked SOURCE MARK: the line of a source that is marked so.
marked()
{
	grep -n "LINE $2 " "$1" | cut -d : -f 1
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

# children_of PID: sets children.
children_of()
{
	children=()
	read -ra children 2>/dev/null <"/proc/$1/task/$1/children"
}

# descendants_of PID: adds to descendants, parents first.
descendants_of()
{
	local child
	local -a children
	children_of "$1"
	for child in "${children[@]}"; do
		descendants+=("$child")
		descendants_of "$child"
	done
}

# end_with_children PID: all at once, since a script that waits for its child ends after that.
end_with_children()
{
	local pid
	local -a descendants=()
	descendants_of "$1"
	kill -TERM "$1" "${descendants[@]}" 2>/dev/null
	for pid in "$1" "${descendants[@]}"; do
		end_process "$pid"
	done
}

# usual_priority PID: and those it has started, if we may. Parents first, for what they start next.
usual_priority()
{
	local child
	local -a children
	renice -n 0 -p "$1" >/dev/null 2>&1
	children_of "$1"
	for child in "${children[@]}"; do
		usual_priority "$child"
	done
}

# ended PID: a process that is gone, or only not yet waited for.
ended()
{
	local state
	state=$(sed -E 's/.*\) (.).*/\1/' "/proc/$1/stat" 2>/dev/null) || return 0
	[[ -z $state || $state == Z ]]
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

# The one list: what building and testing needs, and a file each brings. The name of
# clang's runtime has clang's version in it, which differs from release to release.
NEEDED_PACKAGES=(
	dpdk-dev=/usr/bin/dpdk-testpmd
	dpdk=/usr/bin/dpdk-telemetry.py
	libdpdk-dev=/usr/include/dpdk/rte_mempool.h
	libnuma-dev=/usr/include/numa.h
	libinih-dev=/usr/include/ini.h
	libcunit1-dev=/usr/include/CUnit/CUnit.h
	libjansson-dev=/usr/include/jansson.h
	libcairo2-dev=/usr/include/cairo/cairo.h
	libdw1=/usr/lib/x86_64-linux-gnu/libdw.so.1
	binutils=/usr/bin/addr2line
	meson=/usr/bin/meson
	ninja-build=/usr/bin/ninja
	pkg-config=/usr/bin/pkg-config
	gcc=/usr/bin/gcc
	clang=/usr/bin/clang
	'libclang-rt-dev=/usr/lib/llvm-*/lib/clang/*/lib/linux/libclang_rt.fuzzer-*.a'
	clang-format=/usr/bin/clang-format
	clang-tidy=/usr/bin/clang-tidy
	shellcheck=/usr/bin/shellcheck
	spin=/usr/bin/spin
	valgrind=/usr/bin/valgrind
	python3=/usr/bin/python3
	iproute2=/sbin/ip
	iputils-ping=/bin/ping
	strace=/usr/bin/strace
	tcpdump=/usr/bin/tcpdump
	ethtool=/usr/sbin/ethtool
	util-linux=/usr/bin/unshare
)

# What only the tests of the documentation need: without, some of them are skipped.
DOCS_PACKAGES=(
	codespell=/usr/bin/codespell
	mkdocs=/usr/bin/mkdocs
)

# What only the tests in a virtual machine need: without, they are skipped.
VM_PACKAGES=(
	qemu-system-x86=/usr/bin/qemu-system-x86_64
	busybox-static=/bin/busybox
	cpio=/bin/cpio
	numactl=/usr/bin/numactl
)

# What only file systems of other releases of Debian need.
RELEASES_PACKAGES=(
	mmdebstrap=/usr/bin/mmdebstrap
)

# package_name NAME: what this release calls it.
package_name()
{
	local major dev
	if [[ $1 == dpdk ]]; then
		# Before Debian 13 its tools are in the other package.
		dev=$(apt-cache policy dpdk-dev 2>/dev/null | awk '/Candidate:/ { print $2 }')
		dpkg --compare-versions "$dev" lt 23 2>/dev/null && printf 'dpdk-dev\n' && return
	fi
	[[ $1 == libclang-rt-dev ]] || { printf '%s\n' "$1" && return; }
	major=$(apt-cache depends clang 2>/dev/null | sed -n 's/.*Depends: clang-\([0-9]*\)$/\1/p' | head -n 1)
	printf 'libclang-rt-%s-dev\n' "${major:-14}"
}

# missing_packages [NAME...]: of the whole list, or only of those named.
missing_packages()
{
	local entry name file
	for entry in "${NEEDED_PACKAGES[@]}" ${1:+"${DOCS_PACKAGES[@]}" "${VM_PACKAGES[@]}" "${RELEASES_PACKAGES[@]}"}; do
		name=${entry%%=*}
		file=${entry#*=}
		if (($# > 0)) && [[ " $* " != *" $name "* ]]; then
			continue
		fi
		compgen -G "$file" >/dev/null || package_name "$name"
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
	timeout 300 apt-get update -q >/dev/null ||
		note "apt-get update failed; trying with the lists that are there"
	# Only now is it known what this release calls them.
	mapfile -t missing < <(missing_packages "$@")
	note "installing ${missing[*]}"
	DEBIAN_FRONTEND=noninteractive timeout 900 apt-get install -y -q \
		--no-install-recommends "${missing[@]}" >/dev/null ||
		die "could not install: ${missing[*]}"
}

# install_optional NAME...: as install_missing, but a failure is the caller's to
# explain.
install_optional()
{
	[[ -z $(missing_packages "$@") ]] || (install_missing "$@") 2>/dev/null
}

# debian_mirror: the one this machine takes its own release from.
# shellcheck disable=SC2016 # apt-get expands them
debian_mirror()
{
	apt-get indextargets --format '$(SITE) $(RELEASE) $(COMPONENT)' 2>/dev/null |
		awk '$2 !~ /-/ && $2 !~ /nodistro/ && $3 == "main" { print $1; exit }'
}

# download_debs LOG DIRECTORY NAME...: Debian's packages, and those they need that are not installed.
download_debs()
{
	local log=$1 dir=$2
	shift 2
	timeout 300 apt-get install -q -y --no-install-recommends --reinstall --download-only \
		-o Debug::NoLocking=1 -o "Dir::Cache::archives=$dir" "$@" >"$log" 2>&1
}

# borrow DIRECTORY NAME...: the files of Debian's packages, below a directory, and the path to
# programs there; with_borrowed runs them. Nothing is installed, so no service starts. Fails where
# they cannot be had.
borrow()
{
	local dir=$1 deb stamp
	shift
	stamp="with libraries: $* of $(. /etc/os-release && echo "$VERSION")"
	if [[ $(cat "$dir/complete" 2>/dev/null) != "$stamp" ]]; then
		command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null || return 1
		rm -rf "$dir"
		mkdir -p "$dir/debs/partial"
		note "borrowing ${*}"
		if ! download_debs "$dir/log" "$dir/debs" "$@"; then
			is_root && timeout 300 apt-get update -q >/dev/null 2>&1
			download_debs "$dir/log" "$dir/debs" "$@" || return 1
		fi
		# The C library is this machine's.
		rm -f "$dir"/debs/libc6_*
		for deb in "$dir"/debs/*.deb; do
			dpkg-deb -x "$deb" "$dir" || return 1
		done
		rm -rf "$dir/debs"
		echo "$stamp" >"$dir/complete"
	fi
	PATH=$PATH:$dir/usr/bin:$dir/usr/sbin
	for dir in "$dir"/{lib,usr/lib}/*-linux-gnu; do
		[[ -d $dir ]] && BORROWED_LIBRARIES+=:$dir
	done
	return 0
}
BORROWED_LIBRARIES=

# with_borrowed PROGRAM...: one that was borrowed, or is installed.
with_borrowed()
{
	env ${BORROWED_LIBRARIES:+LD_LIBRARY_PATH="${BORROWED_LIBRARIES#:}"} "$@"
}

# --- huge pages -------------------------------------------------------------

HUGE_SYSFS=/sys/kernel/mm/hugepages/hugepages-2048kB
LARGE_SYSFS=/sys/kernel/mm/hugepages/hugepages-1048576kB

# These are of pages of 2 MiB, or of the kind whose directory is given last.
huge_total()
{
	cat "${1:-$HUGE_SYSFS}/nr_hugepages" 2>/dev/null || echo 0
}

huge_free()
{
	cat "${1:-$HUGE_SYSFS}/free_hugepages" 2>/dev/null || echo 0
}

huge_set()
{
	echo "$1" 2>/dev/null >"${2:-$HUGE_SYSFS}/nr_hugepages"
}

huge_free_is()
{
	[[ $(huge_free "${2:-}") == "$1" ]]
}

# pages_free COUNT [SYSFS]: at least so many are.
pages_free()
{
	(($(huge_free "${2:-}") >= $1))
}

# reserve_pages COUNT [SYSFS]: at least that many pages free, undone at exit. Returns 1 where
# they cannot be had. BESIDE=1 in the environment: of scripts beside each other none changes
# how many there are, nor looks who has them.
reserve_pages()
{
	local total free
	if ((${BESIDE:-0})); then
		wait_until 60 pages_free "$@" || not_ok "huge pages of scripts beside each other: $1 free"
		return 0
	fi
	total=$(huge_total "${2:-}")
	free=$(huge_free "${2:-}")
	((free >= $1)) && return 0
	[[ -w ${2:-$HUGE_SYSFS}/nr_hugepages ]] || return 1
	at_exit huge_set "$total" "${2:-}"
	huge_set $((total + $1 - free)) "${2:-}"
	((total + $1 - free <= $(huge_total "${2:-}"))) && return 0
	huge_set "$total" "${2:-}"
	return 1
}

# reserve_huge COUNT: reserve_pages of 2 MiB, with a word of explanation where that fails.
reserve_huge()
{
	reserve_pages "$1" && return 0
	note "cannot reserve $1 huge pages of 2 MiB ($(huge_free) free): falling back to 4 KiB pages"
	return 1
}

# huge_holders: the processes that have huge pages mapped, as "PID (name)".
huge_holders()
{
	awk '/^Name:/ { name = $2 } /^Pid:/ { pid = $2 }
		/^HugetlbPages:/ && $2 > 0 { printf "%s%s (%s)", sep, pid, name; sep = ", " }' \
		/proc/[0-9]*/status 2>/dev/null
}

# check_huge_same NAME BEFORE [HOLDERS]: nothing that ran may keep a huge page.
# The kernel gives the pages of a dead process back with a little delay. Only
# what others do, who hold or held huge pages at the same time, spoils the sum:
# HOLDERS had some before. Our own programs have ended by now.
check_huge_same()
{
	local others
	if ((${BESIDE:-0})); then
		skip "$1: huge pages free before and after" "scripts beside this one use them, too: looked at when all have ended"
		return
	fi
	if ! wait_until 10 huge_free_is "$2"; then
		others=$(huge_holders)${3:-}
		if [[ -n $others ]]; then
			skip "$1: huge pages free before and after" "other programs use them, too: $others"
			return
		fi
	fi
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

# shellcheck source=tests/dpdk/eal.sh
. "$REPO/tests/dpdk/eal.sh"

# ordinary_user FILE...: sets USER_DIR, a directory of an ordinary user, who has nothing of his own
# below the build directory, with copies of these files; and AS_USER, words before his commands.
# shellcheck disable=SC2034 # for who calls this
ordinary_user()
{
	USER_DIR=$(mktemp -d /run/labyrinth-user.XXXXXX) || return
	at_exit rm -rf "$USER_DIR"
	chmod 755 "$USER_DIR"
	mkdir -m 700 "$USER_DIR/run"
	chown 65534:65534 "$USER_DIR/run"
	cp -L "$@" "$USER_DIR/"
	AS_USER=(setpriv --reuid=65534 --regid=65534 --clear-groups env "XDG_RUNTIME_DIR=$USER_DIR/run")
}
