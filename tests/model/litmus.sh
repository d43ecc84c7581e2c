#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The Labyrinth authors
#
# Compiles the lock-free core against an explorer of C11's memory model and runs it.

set -u
HERE=$(cd "$(dirname "$0")" && pwd)
CORE=$HERE/../../lib/labyrinth
case ${1:-} in
'') ;;
-h | --help)
	printf 'Usage: %s [CORE]\n\n  CORE  directory with the sources (default: lib/labyrinth)\n' "${0##*/}"
	exit 0
	;;
*) CORE=$1 ;;
esac

OUT=$(mktemp -d) || exit 2
trap 'rm -rf "$OUT"' EXIT
INSIDE=("-I$CORE")
for folder in "$CORE"/*/; do
	INSIDE+=("-I$folder")
done
gcc -std=gnu11 -O1 -w -DLAB_SHELVES=3 -include "$HERE/litmus.h" "${INSIDE[@]}" -o "$OUT/litmus" \
	"$HERE/litmus.c" "$HERE/litmus_tests.c" \
	"$CORE/rooms/lane_cache.c" "$CORE/rooms/lane.c" "$CORE/rooms/lane_steal.c" \
	"$CORE/pages/page.c" -pthread || exit 2
nice timeout 250 "$OUT/litmus"
