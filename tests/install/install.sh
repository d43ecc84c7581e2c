#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The Labyrinth authors
#
# tests/install/install.sh BUILD: `meson install`, what works then that did not
# before, and `ninja uninstall`, after which everything is as it was.

set -u
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

HERE=$REPO/tests/install
TOOLS=(labyrinth-fwd labyrinth-bench labyrinth-map)

# installed_files: what the build directory would install, one path a line.
installed_files()
{
	meson introspect "$BUILD" --installed | python3 -c '
import json, sys
for path in json.load(sys.stdin).values():
    print(path)'
}

# tree: files and directories where something may be installed.
tree()
{
	local dir
	while read -r dir; do
		while [[ ! -d $dir ]]; do dir=$(dirname "$dir"); done
		printf '%s\n' "$dir"
	done < <(installed_files | xargs -d '\n' dirname; printf '%s\n' "$PREFIX") | sort -u |
		xargs -d '\n' -I{} find {} -maxdepth 1 | sort -u
}

uninstall()
{
	((INSTALLED)) || return 0
	INSTALLED=0
	ninja -C "$BUILD" uninstall >"$LOGS/uninstall.log" 2>&1
}

files_test()
{
	local file absent=0
	while read -r file; do
		[[ -e $file ]] || { note "not there: $file" && absent=1; }
	done < <(installed_files)
	check_eq "every file is where it was to be" "$absent" 0
	check "the plugin is where DPDK looks for drivers, $DRIVERS" \
		test -e "$DRIVERS/librte_mempool_labyrinth.so"
	check_eq "name of the plugin's ABI" "$(soname "$DRIVERS/librte_mempool_labyrinth.so")" \
		librte_mempool_labyrinth.so.0
	check_eq "name of the library's ABI" "$(soname "$LIBRARIES/liblabyrinth.so")" liblabyrinth.so.0
}

soname()
{
	objdump -p "$1" | awk '$1 == "SONAME" { print $2 }'
}

# No variable, no ldconfig: a fresh environment.
tools_test()
{
	local tool said version
	version=$(meson introspect "$BUILD" --projectinfo | sed -n 's/.*"version": "\([^"]*\)".*/\1/p')
	for tool in "${TOOLS[@]}"; do
		said=$(env -i "$PREFIX/bin/$tool" --version 2>&1)
		if [[ $said == "$tool $version"* ]]; then
			ok "$tool --version: $said"
		else
			not_ok "$tool --version: '$said'"
		fi
	done
	eal_args install
	limited 60 "$LOGS/fwd.log" env -i PATH="$PATH" "$PREFIX/bin/labyrinth-fwd" "${EAL_ARGS[@]}" \
		"${CPUS_ARGS[@]}" --vdev=net_null0 --vdev=net_null1 -- --duration=1 --stats-period=0
	check_eq "labyrinth-fwd forwards" "$? $(grep -ac "on labyrinth (time is up)" "$LOGS/fwd.log")" "0 1" "$LOGS/fwd.log"
	check "and does not load the plugin twice" not grep -aq 'stays unused' "$LOGS/fwd.log"
}

# testpmd LOG [EAL-OPTION...]: unmodified, forwards for a second; sets SENT.
testpmd()
{
	local log=$1
	shift
	eal_args install
	limited 60 "$log" timeout --signal=INT 4 dpdk-testpmd "${EAL_ARGS[@]}" "${CPUS_ARGS[@]}" \
		--mbuf-pool-ops-name=labyrinth --vdev=net_null0 --vdev=net_null1 "$@" -- \
		--total-num-mbufs=4096 --auto-start --stats-period=1
	SENT=$(awk '/TX-packets/ { for (i = 1; i < NF; i++) if ($i == "TX-packets:" && $(i + 1) > most) most = $(i + 1) }
		END { print most + 0 }' "$log")
}

testpmd_test()
{
	local log=$LOGS/testpmd.log
	testpmd "$log"
	if ((SENT > 0)) && grep -aqE "$BACKING_RE" "$log"; then
		ok "testpmd without -d: $SENT packets sent"
	else
		not_ok "testpmd without -d" "$log"
	fi
	testpmd "$log.second" -d "$PLUGIN"
	if ((SENT > 0)) && [[ $(grep -ac 'stays unused' "$log.second") == 1 ]]; then
		ok "another copy by -d: $(grep -aoE 'LABYRINTH: .*stays unused.*' "$log.second")"
	else
		not_ok "another copy by -d" "$log.second"
	fi
}

config_test()
{
	local ini log=$LOGS/config.log
	ini=$(pkg-config --variable=configfile librte_mempool_labyrinth)
	sed -i 's/^profile = guard/profile = fast/' "$ini"
	testpmd "$log"
	check "$ini counts without a variable" grep -aq 'profile=fast' "$log"
	LABYRINTH_CONFIG='' testpmd "$log.none"
	check "LABYRINTH_CONFIG= takes no file" grep -aq 'profile=guard' "$log.none"
	sed -i 's/^profile = fast/profile = fist/' "$ini"
	testpmd "$log.bad"
	check "a bad value there is told" \
		grep -aqF "option \"profile=fist\" from section [default] of $ini" "$log.bad"
}

# compile_and_run NAME PACKAGE EXPECTED [ARGUMENT...]: by pkg-config alone.
compile_and_run()
{
	local name=$1 package=$2 expected=$3 static=${STATIC:-} said log=$LOGS/compile_$1$STATIC.log
	shift 3
	# shellcheck disable=SC2046,SC2086 # words
	if ! cc -Wall -Werror -o "$SCRATCH/$name" "$HERE/$name.c" \
		$(pkg-config --cflags "$package") ${static:+-Wl,-Bstatic -llabyrinth -Wl,-Bdynamic} \
		$(pkg-config --libs $static "$package") >"$log" 2>&1; then
		not_ok "$name: compile with $package ${static}" "$log"
		return
	fi
	said=$(cd / && env -i "$SCRATCH/$name" "$@" 2>"$log" | tail -n 1)
	check_eq "$name, compiled with $package ${static}" "$said" "$expected" "$log"
}

programs_test()
{
	export PKG_CONFIG_PATH=$LIBRARIES/pkgconfig
	eal_args install
	STATIC='' compile_and_run with_dpdk librte_mempool_labyrinth "1024 frames, labyrinth" "${EAL_ARGS[@]}" -l 0
	STATIC='' compile_and_run without_dpdk liblabyrinth "a labyrinth"
	STATIC=--static LIBRARY_PATH=$LIBRARIES compile_and_run without_dpdk liblabyrinth "a labyrinth"
}

[[ $# == 1 && $1 != -* ]] || die "usage: ${0##*/} BUILD"
BUILD=$(realpath "$1")
INSTALLED=0
undo_on_exit
LOGS=$BUILD/testlogs/install
mkdir -p "$LOGS" || die "cannot write to $LOGS"
if ! is_root; then
	skip "installation" "not root"
	summary
	exit
fi
find_plugin "$BUILD"
PREFIX=$(meson introspect "$BUILD" --buildoptions | python3 -c '
import json, sys
print(next(o["value"] for o in json.load(sys.stdin) if o["name"] == "prefix"))')
while read -r file; do
	if [[ -e $file ]]; then
		skip "installation" "$file is there already"
		summary
		exit
	fi
done < <(installed_files)
DRIVERS=$(dpdk_drivers)
SCRATCH=$(mktemp -d) || die "no temporary directory"
at_exit rm -rf "$SCRATCH"
cpus_args 2
reserve_huge 256 || NO_HUGE=1
before=$(tree)
at_exit uninstall
INSTALLED=1
check "meson install" limited 120 "$LOGS/install.log" meson install -C "$BUILD" --no-rebuild
LIBRARIES=$(dirname "$(find "$PREFIX/lib" "$PREFIX/lib64" -name liblabyrinth.a 2>/dev/null | head -n 1)")
export PKG_CONFIG_PATH=$LIBRARIES/pkgconfig
files_test
tools_test
testpmd_test
programs_test
config_test
uninstall
check_eq "ninja uninstall leaves nothing" "$(diff <(echo "$before") <(tree) | tr '\n' ' ')" ''
summary
