#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The Labyrinth authors
#
# Debian's releases, each with its own DPDK, compiler and tools, in a file system of its
# own: what of the tests works there, as a table.
# shellcheck disable=SC2016 # other programs expand them
set -u
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

HERE=$REPO/tests/releases
ALL_RELEASES=(bookworm trixie sid)
ALL_COLUMNS=(gcc clang unit suites testpmd demo install package programs nics)
# What a run has only if it is asked for.
OTHER_COLUMNS=(plugin forward test)
# File systems and builds are kept here from run to run.
CACHE=${LAB_CACHE:-/var/cache/labyrinth-tests}
# What a file system and its builds take, in MiB.
ROOM=4000

usage()
{
	cat <<END
Usage: ${0##*/} [--quick] [-r RELEASE[,RELEASE...]] [-c COLUMN[,COLUMN...]]

  -r       of ${ALL_RELEASES[*]} (default: all)
  -c       of ${ALL_COLUMNS[*]} (default: all);
           or test, which is ./test.sh --quick
  --quick  build the plugin with gcc and forward with testpmd, where the file systems
           are there already

Keeps file systems and builds in $CACHE, or in LAB_CACHE of the environment;
delete it to begin anew.
Needs root, mmdebstrap, a mirror of Debian (the one this machine uses) and $ROOM MiB
for each release. Logs: $CACHE/logs.
END
}

# --- file systems ---------------------------------------------------------------

packages_wanted()
{
	local entry
	for entry in "${NEEDED_PACKAGES[@]}"; do
		case ${entry%%=*} in
		libclang-rt-dev | spin | shellcheck) ;;
		*) printf '%s,' "${entry%%=*}" ;;
		esac
	done
	printf 'binutils,build-essential,ca-certificates,debhelper,dpkg-dev,gawk,git,kmod,lintian,procps'
}

# make_root RELEASE: a file system of the release, whole or not at all.
make_root()
{
	local root=$CACHE/$1 log=$LOGS/$1-root.log site
	[[ -d $root ]] && return 0
	if ((QUICK)); then
		REASON="no file system in $root: $0 -r $1 makes it"
		return 1
	fi
	if ! install_optional mmdebstrap; then
		REASON="mmdebstrap cannot be installed"
		return 1
	fi
	site=$(debian_mirror)
	if [[ -z $site ]]; then
		REASON="apt names no mirror of Debian"
		return 1
	fi
	if (($(df --output=avail -m "$CACHE" | tail -n 1) < ROOM)); then
		REASON="less than $ROOM MiB free in $CACHE"
		return 1
	fi
	note "making a file system of $1"
	rm -rf "$root.part"
	if ! limited 1500 "$log" mmdebstrap --variant=apt --include="$(packages_wanted)" \
		--aptopt='Acquire::Check-Valid-Until "false"' --aptopt='Acquire::Check-Date "false"' \
		--aptopt='APT::Install-Recommends "false"' "$1" "$root.part" "$site"; then
		rm -rf "$root.part"
		REASON="$(grep -aE '^E:' "$log" | head -n 1 | sed 's#[a-z]*://[^ ]*#...#g') (log: $log)"
		return 1
	fi
	mv "$root.part" "$root"
}

# inside RELEASE COMMAND...: there, in /src.
inside()
{
	local release=$1
	shift
	"$HERE/enter.sh" "$CACHE/$release" "$CACHE/work-$release" "$@"
}

# copy_sources RELEASE: files that did not change keep their times, for ninja.
copy_sources()
{
	local to=$CACHE/work-$1/src
	mkdir -p "$to"
	git -C "$REPO" ls-files -z --cached --others --exclude-standard |
		(cd "$REPO" && xargs -0 ls -d 2>/dev/null) >"$LOGS/$1-files"
	find "$to" -type f -not -path "$to/build*" -printf '%P\n' | sort | comm -23 - <(sort "$LOGS/$1-files") |
		(cd "$to" && xargs -r -d '\n' rm -f)
	while IFS= read -r file; do
		cmp -s "$REPO/$file" "$to/$file" && continue
		mkdir -p "$to/$(dirname "$file")"
		cp -a "$REPO/$file" "$to/$file" && touch "$to/$file"
	done <"$LOGS/$1-files"
}

# --- cells ----------------------------------------------------------------------

# build_in RELEASE COMPILER DIRECTORY TARGET
build_in()
{
	inside "$1" bash -c '[[ -e $2/build.ninja ]] ||
		CC=$1 meson setup "$2" --buildtype=release -Dwerror=true || exit 1
		nice ninja -C "$2" $3' bash "$2" "$3" "${4:-}"
}

# cell RELEASE COLUMN: its command.
cell()
{
	case $2 in
	gcc) build_in "$1" gcc build ;;
	clang) build_in "$1" clang build-clang ;;
	unit) inside "$1" meson test -C build --no-rebuild --print-errorlogs ;;
	suites) inside "$1" tests/dpdk/suites.sh build backing=maze backing=eal profile=fast,backing=maze \
		profile=strict,backing=maze ;;
	testpmd) inside "$1" tests/system/testpmd.sh build labyrinth ;;
	programs)
		build_in "$1" gcc build-plugin "plugin tests/misuse/free_twice.so" &&
			inside "$1" tests/releases/programs.sh build-plugin
		;;
	demo) inside "$1" ./demo.sh ;;
	install) inside "$1" tests/install/install.sh build ;;
	package) inside "$1" tests/install/package.sh . ;;
	nics) inside "$1" tests/nics/nics.sh build ;;
	test) inside "$1" ./test.sh --quick ;;
	plugin) build_in "$1" gcc build-plugin plugin ;;
	forward) inside "$1" tests/system/testpmd.sh -s null build-plugin labyrinth ;;
	*) return 2 ;;
	esac
}

# What a cell says: how many passed, or that it failed.
word_of()
{
	local log=$2
	if (($1 == 124)); then
		echo "FAIL (time)"
	elif grep -aqE '^[0-9]+ passed, [0-9]+ failed$' "$log"; then
		sed -nE 's/^([0-9]+) passed, 0 failed$/\1 ok/p; s/^([0-9]+) passed, ([0-9]+) failed$/FAIL (\2)/p' "$log" | tail -n 1
	elif (($1 == 0)); then
		awk '/^Ok: / { n = $2 " " } END { print n "ok" }' "$log"
	else
		echo FAIL
	fi
}

# one_cell RELEASE COLUMN: into CELL, and counted.
one_cell()
{
	local log=$LOGS/$1-$2.log status most=900
	# At most 15 minutes: nothing but the whole takes half of that on two quiet cores.
	[[ $2 == test ]] && most=5400
	limited $most "$log" "$0" --cell "$1" "$2"
	status=$?
	CELL=$(word_of $status "$log")
	if [[ $CELL == *ok ]]; then ok "$1: $2: $CELL"; else not_ok "$1: $2: $CELL" "$log"; fi
}

one_release()
{
	local column row
	REASON=
	if ! make_root "$1"; then
		skip "$1" "$REASON"
		TABLE+="| $1 | $(for _ in "${COLUMNS[@]}"; do printf ' | -'; done) |"$'\n'
		return
	fi
	copy_sources "$1"
	row="| $1 | $(chroot "$CACHE/$1" dpkg-query -W -f '${Version}' libdpdk-dev) "
	for column in "${COLUMNS[@]}"; do
		one_cell "$1" "$column"
		row+="| $CELL "
	done
	TABLE+="$row|"$'\n'
	rm -rf "$CACHE/work-$1/upper" "$CACHE/work-$1/work" "$CACHE/work-$1/all"
}

QUICK=0
RELEASES=("${ALL_RELEASES[@]}")
COLUMNS=("${ALL_COLUMNS[@]}")
if [[ ${1:-} == --cell ]]; then
	cell "$2" "$3"
	exit
fi
while (($# > 0)); do
	case $1 in
	--quick) QUICK=1 COLUMNS=(plugin forward) RELEASES=(trixie sid) ;;
	-r) IFS=, read -ra RELEASES <<<"${2:-}" && shift ;;
	-c) IFS=, read -ra COLUMNS <<<"${2:-}" && shift ;;
	-h | --help) usage && exit 0 ;;
	*) usage >&2 && exit 2 ;;
	esac
	shift
done
for word in "${RELEASES[@]}"; do
	[[ " ${ALL_RELEASES[*]} " == *" $word "* ]] || die "-r $word: give ${ALL_RELEASES[*]}"
done
for word in "${COLUMNS[@]}"; do
	[[ " ${ALL_COLUMNS[*]} ${OTHER_COLUMNS[*]} " == *" $word "* ]] || die "-c $word: give ${ALL_COLUMNS[*]}"
done
undo_on_exit
if ! is_root || ! mkdir -p "$CACHE/logs" 2>/dev/null; then
	skip "releases" "needs root and $CACHE"
	summary
	exit
fi
LOGS=$CACHE/logs
TABLE=
for release in "${RELEASES[@]}"; do
	one_release "$release"
done
printf '\n| release | DPDK |%s\n|---|---|%s\n%s\n' "$(printf ' %s |' "${COLUMNS[@]}")" \
	"$(printf -- '---|%.0s' "${COLUMNS[@]}")" "$TABLE"
summary
