#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The Labyrinth authors
#
# tests/clang_tidy.sh BUILD: clang-tidy over what the products are made of. It
# takes the compiler's arguments from a build directory.

set -u
cd "$(dirname "$0")/.." || exit 2
git ls-files -z -- 'lib/*.c' 'drivers/*.c' 'app/*.c' |
	xargs -0 -n 10 -P 2 clang-tidy --quiet -p "${1:?build directory}"
