#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The Labyrinth authors
#
# The packages: built by dpkg-buildpackage, judged by lintian, installed with apt,
# tried by debian/tests as autopkgtest would, purged again.

set -u
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

PACKAGES=(librte-mempool-labyrinth labyrinth-tools liblabyrinth0 liblabyrinth-dev labyrinth-doc)

left()
{
	dpkg-query -W -f '${db:Status-Abbrev} ${Package}\n' "${PACKAGES[@]}" 2>/dev/null | grep -v '^un' | xargs
}

purge()
{
	dpkg --purge "${PACKAGES[@]}" >"$LOGS/purge.log" 2>&1
}

# Errors are failures; so is what has no name in the packages.
lintian_test()
{
	local log=$LOGS/lintian.log
	lintian --allow-root --no-tag-display-limit "$WORK"/labyrinth_*.changes >"$log" 2>&1
	if [[ $(grep -c '^E:' "$log") == 0 ]]; then
		ok "lintian finds no error ($(grep -c '^W:' "$log") warnings)"
	else
		not_ok "lintian" "$log"
	fi
}

install_test()
{
	local test
	local -a files
	mapfile -t files < <(find "$WORK" -maxdepth 1 -name '*.deb' -not -name '*-dbgsym_*')
	at_exit purge
	if ! limited 120 "$LOGS/install.log" apt-get install -y --no-install-recommends "${files[@]}"; then
		not_ok "apt-get install ./*.deb" "$LOGS/install.log"
		return
	fi
	ok "apt-get install ./*.deb"
	while read -r test; do
		limited 120 "$LOGS/$test.log" env -C "$REPO" "debian/tests/$test"
		check_eq "debian/tests/$test" "$?" 0 "$LOGS/$test.log"
	done < <(sed -n 's/^Tests: //p' "$REPO/debian/tests/control")
	purge
	check_eq "nothing is left after purge" "$(left)" ''
}

[[ $# == 1 && $1 != -* ]] || die "usage: ${0##*/} DIRECTORY-FOR-PACKAGES"
undo_on_exit
for tool in dpkg-buildpackage lintian dh; do
	if ! is_root || ! command -v $tool >/dev/null; then
		skip "packages" "needs root, dpkg-dev, debhelper and lintian"
		summary
		exit
	fi
done
[[ -z $(left) ]] || { skip "packages" "some are installed: $(left)"; summary; exit; }
WORK=$(realpath "$1")/packages
LOGS=$WORK/logs
rm -rf "$WORK"
mkdir -p "$LOGS" "$WORK/labyrinth" || die "cannot write to $WORK"
(cd "$REPO" && { git ls-files -z 2>/dev/null | grep -z . || find . -type f -not -path './build*' -print0; } |
	tar -c --null -T -) | tar -x -C "$WORK/labyrinth" || die "cannot copy to $WORK"
rm -rf "$WORK/labyrinth/.ci"
check "dpkg-buildpackage" limited 600 "$LOGS/build.log" env -C "$WORK/labyrinth" \
	dpkg-buildpackage -us -uc -b
if ((FAILED == 0)); then
	lintian_test
	install_test
else
	tail -n 20 "$LOGS/build.log"
fi
summary
