# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The Labyrinth authors
#
# EAL shares memory through a file system of huge pages, which may not be there:
# scripts about several processes mount one where nobody else sees it. Needs
# tests/lib.sh.
# shellcheck disable=SC2034 # results are for those who source this

# in_namespaces WHAT PAGES ARGUMENT...: runs this script once more with these
# arguments, in namespaces of its own and with so many huge pages, and ends.
in_namespaces()
{
	local what=$1 pages=$2
	shift 2
	undo_on_exit
	if ! is_root || ! unshare -m -n true 2>/dev/null; then
		skip "$what" "needs root and namespaces"
		summary
		exit
	fi
	if ! reserve_huge "$pages"; then
		skip "$what" "EAL shares memory only in huge pages"
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
