#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The Labyrinth authors
#
# Makes a site of README.md and docs/ with mkdocs: the same files, read as they are.

set -u
HERE=$(cd "$(dirname "$0")" && pwd)

if (($# != 1)) || [[ $1 == -* ]]; then
	cat >&2 <<END
Usage: ${0##*/} DIRECTORY

Writes the site to DIRECTORY/html (open index.html). Needs mkdocs: apt-get install mkdocs
END
	[[ ${1:-} == -h || ${1:-} == --help ]] && exit 0
	exit 2
fi
mkdir -p "$1" || exit 2
OUT=$(realpath "$1")
cd "$HERE/../.." || exit 2
rm -rf "$OUT/pages" "$OUT/html"
mkdir -p "$OUT/pages"
cp -r docs/. "$OUT/pages/"
# The front page lies one folder higher in the project. Files that are no pages are shown as text.
sed -E 's|\]\(docs/|](|g' README.md >"$OUT/pages/index.md"
sed -i -E 's|\[([^]]*)\]\(((\.\./)*(config\|drivers\|lib\|app\|tests)/[^)]*\|LICENSE\|[a-z_]*\.rst)\)|\1|g' \
	"$OUT"/pages/*.md "$OUT"/pages/*/*.md
{
	printf 'site_name: Labyrinth\nsite_url: ""\ndocs_dir: pages\nsite_dir: html\n'
	printf 'use_directory_urls: false\nstrict: true\ntheme: mkdocs\nplugins: []\nnav:\n'
	printf '  - Labyrinth: index.md\n'
	for group in "Using it: user-guide demo tuning performance troubleshooting telemetry multi-process glossary" \
		"How it works: architecture design-decisions performance-development atomics proof fuzzing vm-tests"; do
		printf '  - %s:\n' "${group%%:*}"
		for page in ${group#*:}; do
			printf '    - %s.md\n' "$page"
		done
	done
	# Pages that nobody listed come last.
	for dir in "$OUT"/pages/*/; do
		ls "$dir"*.md >/dev/null 2>&1 || continue
		printf '  - %s:\n' "$(basename "$dir")"
		for page in "$dir"*.md; do
			printf '    - %s/%s\n' "$(basename "$dir")" "$(basename "$page")"
		done
	done
} >"$OUT/mkdocs.yml"
mkdocs build -q -f "$OUT/mkdocs.yml"
