#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The Labyrinth authors
#
# The unit of config/deploy, checked by systemd-analyze and run by a systemd of its own in a
# container of systemd-nspawn: what the process has and has not, that it forwards, and
# that a violation ends it and systemd starts it again.

set -u
HERE=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/lib.sh
. "$HERE/../lib.sh"

usage()
{
	cat <<END
Usage: ${0##*/} BUILD

  BUILD  build directory that holds the plugin, labyrinth-fwd and tests/misuse/free_twice.so

Needs systemd-analyze; to run the unit, root and systemd-nspawn (package systemd-container).
END
}

UNIT=$REPO/config/deploy/labyrinth-fwd.service
# Where the build is in the container.
INSIDE=/opt/build
FWD=$INSIDE/app/labyrinth-fwd/labyrinth-fwd

# --- the container ----------------------------------------------------------

# make_root: sets ROOT, a root directory with the machine's /usr and nothing else.
make_root()
{
	local dir
	ROOT=$WORK/root
	mkdir -p "$ROOT"/{usr,etc/systemd/system,etc/labyrinth,proc,sys,dev,run,tmp,var/log,root,results,$INSIDE}
	for dir in bin sbin lib lib64; do ln -s "usr/$dir" "$ROOT/$dir"; done
	ln -s /run "$ROOT/var/run"
	chmod 1777 "$ROOT/tmp"
	printf '%s\n' root:x:0:0::/root:/bin/sh labyrinth:x:990:990::/:/bin/false >"$ROOT/etc/passwd"
	printf '%s\n' root:x:0: labyrinth:x:990: >"$ROOT/etc/group"
	cp -r /etc/alternatives /etc/ld.so.conf /etc/ld.so.conf.d "$ROOT/etc/" 2>/dev/null
	: >"$ROOT/etc/machine-id"
	echo ID=labyrinth >"$ROOT/etc/os-release"
	cp "$REPO/config/labyrinth.ini" "$ROOT/etc/labyrinth/"
}

# unit NAME [LINE...]: the unit of config/deploy under a name of its own, with the program in
# the build and lines of the test's.
unit()
{
	local name=$1 dir=$ROOT/etc/systemd/system
	shift
	cp "$UNIT" "$dir/$name.service"
	mkdir -p "$dir/$name.service.d"
	{
		printf '[Service]\n'
		sed -n "s#^ExecStart=/usr/bin/labyrinth-fwd --in-memory#ExecStart=\nExecStart=$FWD ${MEMORY:---in-memory}#p" "$UNIT"
		printf 'StandardOutput=append:/results/%s.log\nStandardError=inherit\n' "$name"
		printf 'RuntimeDirectory=\nRuntimeDirectory=%s\n' "$name"
		printf '%s\n' "$@"
	} >"$dir/$name.service.d/test.conf"
	UNITS+=("$name")
}

# boot: the container's systemd starts the units, looks at them and ends.
boot()
{
	local dir=$ROOT/etc/systemd/system
	cat >"$ROOT/results/look" <<-'END'
		for name; do
			for try in 1 2 3 4 5 6 7 8 9 10; do
				grep -q backing= /results/$name.log && break
				sleep 0.5
			done
		done
		sleep 3
		for name; do
			systemctl show -p ActiveState -p Result -p NRestarts -p ExecMainStatus $name >/results/$name.show
			pid=$(systemctl show --value -p MainPID $name)
			cat /proc/$pid/status /proc/$pid/limits /proc/$pid/oom_score_adj >/results/$name.proc
			grep memfd:labyrinth /proc/$pid/maps >/results/$name.maps
			ls -l /run/$name/dpdk/*/ >/results/$name.run
		done
		systemctl stop "$@"
		for name; do systemctl show -p ActiveState -p Result $name >/results/$name.stopped; done
		systemctl --force --force exit
	END
	cat >"$dir/look.service" <<-END
		[Unit]
		DefaultDependencies=no
		[Service]
		Type=oneshot
		ExecStart=/bin/sh /results/look ${UNITS[*]}
		TimeoutStartSec=40
	END
	cat >"$dir/default.target" <<-END
		[Unit]
		Wants=look.service ${UNITS[*]/%/.service}
		AllowIsolate=yes
	END
	limited 60 "$LOGS/boot.log" systemd-nspawn --quiet --register=no --keep-unit "--directory=$ROOT" \
		--bind-ro=/usr "--bind-ro=$BUILD:$INSIDE" --capability=CAP_IPC_LOCK --boot
	cp "$ROOT"/results/* "$LOGS/" 2>/dev/null
}

# --- what it says -----------------------------------------------------------

# value NAME KIND WORDS: what stands behind the words.
value()
{
	sed -nE "s/^$3[[:space:]=:]+//p" "$LOGS/$1.$2" | head -n 1 | xargs
}

# runs NAME PAGES: the unit is as it should be, and its pool lies in a maze of these pages.
runs()
{
	LOG=$LOGS/$1.log
	check_eq "$1: it runs, started once" "$(value "$1" show ActiveState) $(value "$1" show NRestarts)" "active 0" "$LOG"
	check_eq "$1: its pool's pages" "$(sed -nE 's/.*backing=maze \(([^)]*)\).*/\1/p' "$LOG")" "$2" "$LOG"
}

test_service()
{
	[[ " ${UNITS[*]} " != *" huge "* ]] || runs huge "huge pages"
	runs service "4 KiB pages"
	check_eq "service: its user" "$(value service proc Uid)" "990 990 990 990"
	check_eq "service: CAP_IPC_LOCK and nothing else" \
		"$(value service proc CapEff) $(value service proc CapBnd)" "0000000000004000 0000000000004000"
	check_eq "service: it can get no rights, and has a filter" \
		"$(value service proc NoNewPrivs) $(value service proc Seccomp)" "1 2"
	check "service: its core may be as large as the machine allows" \
		[ "$(value service proc 'Max core file size' | cut -d ' ' -f 1)" = "$(ulimit -Hc)" ]
	check "service: a socket for telemetry" grep -q 'dpdk_telemetry' "$LOGS/service.run"
	check "service: a maze is mapped" grep -q memfd:labyrinth "$LOGS/service.maps"
	check "service: no word of RLIMIT_MEMLOCK" not grep -q RLIMIT_MEMLOCK "$LOGS/service.log"
	check_eq "service: stopped well" "$(value service stopped ActiveState) $(value service stopped Result)" \
		"inactive success" "$LOGS/service.log"
	check_eq "service: mbufs lost" "$(awk '/^pool .* lost$/ { getline; print $NF }' "$LOGS/service.log")" 0
}

test_violation()
{
	LOG=$LOGS/violation.log
	check "a double free: systemd starts the program again ($(value violation show NRestarts) times)" \
		[ "$(value violation show NRestarts)" -ge 1 ]
	check "a double free: both sites are named in the unit's log" \
		grep -aqE 'SUMMARY: labyrinth: double free .*, freed in .*free_twice' "$LOG"
}

# A filter that ends the process ends all programs that load DPDK's drivers.
test_killed()
{
	check "without SystemCallErrorNumber: ended by SIGSYS" grep -q 'Result=.*\(signal\|core-dump\)' "$LOGS/killed.show"
	check_eq "without SystemCallErrorNumber: the signal" "$(value killed show ExecMainStatus)" 31
}

# The file that LABYRINTH_CONFIG names must be one that the unit's user can read.
test_configuration()
{
	check "no configuration: one line says so" grep -qE 'LABYRINTH: .*/etc/labyrinth/none.ini' "$LOGS/unread.log"
}

verified()
{
	local log=$LOGS/verify.log
	sed "s#^ExecStart=/usr/bin/labyrinth-fwd#ExecStart=$BUILD/app/labyrinth-fwd/labyrinth-fwd#" "$UNIT" \
		>"$WORK/labyrinth-fwd.service"
	limited 30 "$log" systemd-analyze verify --man=no "$WORK/labyrinth-fwd.service"
	# It says all it knows of other units of the machine, too.
	! grep -q 'labyrinth-fwd.service' "$log"
}

[[ $# == 1 && $1 != -* ]] || { usage >&2 && exit 2; }
[[ -d $1 ]] || die "no build directory $1"
BUILD=$(realpath "$1")
undo_on_exit
LOGS=$BUILD/testlogs/systemd
mkdir -p "$LOGS" || die "cannot write to $LOGS"
rm -f "$LOGS"/*
WORK=$(mktemp -d) || die "no directory for temporary files"
at_exit rm -rf "$WORK"
UNITS=()
if ! command -v systemd-analyze >/dev/null; then
	skip "systemd" "no systemd-analyze"
	summary
	exit
fi
check "systemd-analyze verify has nothing to say" verified
if ! is_root || ! command -v systemd-nspawn >/dev/null; then
	skip "the unit, run" "needs root and systemd-nspawn (package systemd-container)"
else
	make_root
	reserve_huge 150 && unit huge
	before=$(huge_free)
	holders=$(huge_holders)
	MEMORY="--no-huge --no-shconf -m 512"
	unit service
	unit violation "Environment=FREE_TWICE_EVERY=50 LABYRINTH_OPTIONS=trace=2"
	sed -i "s#^ExecStart=$FWD#& -d $INSIDE/tests/misuse/free_twice.so#" "$ROOT/etc/systemd/system/violation.service.d/test.conf"
	unit killed SystemCallErrorNumber=kill
	unit unread Environment=LABYRINTH_CONFIG=/etc/labyrinth/none.ini
	boot
	if [[ ! -s $LOGS/service.show ]]; then
		skip "the unit, run" "no systemd starts here: $(tail -n 1 "$LOGS/boot.log")"
	else
		test_service
		test_violation
		test_killed
		test_configuration
		check_huge_same "all units" "$before" "$holders"
	fi
fi
summary
