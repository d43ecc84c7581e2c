# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The Labyrinth authors
#
# What the scripts beside share; source tests/lib.sh first.
# shellcheck disable=SC2034 # NO_HUGE_MB is for eal_args

# once REGEX: in one line of LOG and no more.
once()
{
	(($(grep -acE "$1" "$LOG") == 1))
}

# found_by_command PATTERN FUNCTION SOURCE MARK: the command in the line of LOG that matches runs,
# and finds that function at that line of the source, inlined or not.
found_by_command()
{
	local command
	command=$(grep -aE -m 1 "^LABYRINTH: $1.*; function and line: addr2line " "$LOG")
	[[ -n $command ]] && bash -c "${command#*function and line: }" 2>&1 |
		grep -qE "^( \(inlined by\) )?$2 at .*${3##*/}:$(marked "$3" "$4")( |$)"
}

# eal_memory NAME PAGES MB: sets EAL_ARGS for programs that take so much of
# EAL's memory, while PAGES huge pages of 2 MiB serve all; without them on
# small pages.
eal_memory()
{
	if ((${NO_HUGE:-0})) || ! reserve_huge "$2"; then
		NO_HUGE=1
		NO_HUGE_MB=$3
		eal_args "$1"
	else
		eal_args "$1"
		EAL_ARGS+=(-m "$3")
	fi
}
