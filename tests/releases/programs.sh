#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The Labyrinth authors
#
# The release's own programs that use DPDK, out of its packages: Open vSwitch, Suricata and
# grout. Installs what the release has, so it is for a file system that is thrown away:
# tests/releases/releases.sh runs it in one.

set -u
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

usage()
{
	cat <<END
Usage: ${0##*/} BUILD

  BUILD  build directory that holds the plugin and tests/misuse/free_twice.so

Refuses to run where the root directory is not an overlay, as enter.sh makes it.
END
}

# install PACKAGE: no service of it is started.
install()
{
	DEBIAN_FRONTEND=noninteractive limited 400 "$LOGS/install-$1.log" \
		apt-get install -y -q --no-install-recommends "$1"
}

# program NAME PACKAGE: its script's results; what this release has no package of is skipped.
program()
{
	local log=$LOGS/$1.log
	# Of a name that others mention: (none).
	if ! apt-cache policy "$2" | grep -q '^ *Candidate: *[0-9]'; then
		skip "$1" "no package of this release"
		return
	fi
	if ! install "$2"; then
		not_ok "$2 is installed" "$LOGS/install-$2.log"
		return
	fi
	note "$2 $(dpkg-query -W -f '${Version}' "$2")"
	limited 300 "$log" "$REPO/tests/system/$1.sh" "$BUILD"
	add_results "$1" $? "$log"
}

[[ $# == 1 && $1 != -* ]] || { usage >&2 && exit 2; }
[[ -d $1 ]] || die "no build directory $1"
BUILD=$(realpath "$1")
[[ $(stat -f -c %T /) == overlayfs ]] || die "the root directory is no overlay: this would install packages for good"
LOGS=$BUILD/testlogs/programs
mkdir -p "$LOGS" || die "cannot write to $LOGS"
printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d && chmod 755 /usr/sbin/policy-rc.d
timeout 300 apt-get update -q >/dev/null 2>&1
# What the scripts need besides: dpdk-telemetry.py of dpdk, and mount.
for name in dpdk mount; do
	install "$name" || die "cannot install $name: see $LOGS/install-$name.log"
done
program ovs openvswitch-switch-dpdk
program suricata suricata
program grout grout
summary
