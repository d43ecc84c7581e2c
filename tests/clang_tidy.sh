#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The Labyrinth authors
#
# tests/clang_tidy.sh [--deep] BUILD: clang-tidy over what the products are made of, with the
# compiler's own warnings; over the test programs, those warnings alone. It takes the compiler's
# arguments from a build directory. --deep: the analyzer goes on for as long as it likes, which
# takes three times as long.

set -u
cd "$(dirname "$0")/.." || exit 2
DEPTH=(-Xclang -analyzer-config -Xclang max-nodes=50000)
[[ ${1:-} != --deep ]] || { DEPTH=() && shift; }
BUILD=${1:?build directory}

# tidy [OPTION...]: over the files on standard input, a line each.
tidy()
{
	xargs -r -d '\n' -n 10 -P 2 clang-tidy --quiet -p "$BUILD" "$@"
}

# built: those that the build directory compiles.
built()
{
	local file
	while IFS= read -r file; do
		! grep -qF "/$file\"" "$BUILD/compile_commands.json" || echo "$file"
	done
}

status=0
git ls-files -- 'lib/*.c' 'drivers/*.c' 'app/*.c' | tidy "${DEPTH[@]/#/--extra-arg=}" || status=1
git ls-files -- 'tests/*.c' | built | tidy --checks='-*,clang-diagnostic-*,readability-misleading-indentation' || status=1
exit $status
