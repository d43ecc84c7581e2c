# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The Labyrinth authors
#
# EAL shares memory through a file system of huge pages, which may not be there:
# scripts about several processes mount one where nobody else sees it. Needs
# tests/lib.sh.
# shellcheck disable=SC2034 # results are for those who source this

# take_program NAME ARGUMENT...: one of tests/processes in the build directory, which is
# the only argument left of the script's. Sets BUILD, PROGRAM and LOGS.
take_program()
{
	local name=$1
	shift
	(($# == 1)) || { usage >&2 && exit 2; }
	BUILD=$(realpath "$1")
	PROGRAM=$BUILD/tests/processes/$name
	[[ -x $PROGRAM ]] || die "no $PROGRAM: build first (meson setup $1 && ninja -C $1)"
	LOGS=$BUILD/testlogs/processes
	mkdir -p "$LOGS" || die "cannot write to $LOGS"
}

# may_share PAGES: can namespaces and so many huge pages be had? If not, REASON tells why.
may_share()
{
	REASON="needs root and namespaces"
	is_root && unshare -m -n true 2>/dev/null || return 1
	REASON="EAL shares memory only in huge pages"
	reserve_huge "$1"
}

# in_namespaces WHAT PAGES ARGUMENT...: runs this script once more with these
# arguments, in namespaces of its own and with so many huge pages, and ends.
in_namespaces()
{
	local what=$1 pages=$2
	shift 2
	undo_on_exit
	if ! may_share "$pages"; then
		skip "$what" "$REASON"
		summary
		exit
	fi
	unshare -m -n "$0" "$@"
	exit
}

# mount_huge: sets HUGE_DIR; HUGE_BEFORE and HOLDERS_BEFORE for check_huge_same.
mount_huge()
{
	HUGE_DIR=$(mktemp -d)
	at_exit rmdir "$HUGE_DIR"
	mount -t hugetlbfs none "$HUGE_DIR" || die "cannot mount huge pages"
	at_exit umount "$HUGE_DIR"
	HUGE_BEFORE=$(huge_free)
	HOLDERS_BEFORE=$(huge_holders)
}
