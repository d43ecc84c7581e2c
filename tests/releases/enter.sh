#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The Labyrinth authors
#
# tests/releases/enter.sh ROOT WORK COMMAND...: a command in a release's file system
# ROOT. What it writes goes to WORK/upper and not to ROOT; its directory is /src, which
# is WORK/src. All mounts end with it.

set -u
if [[ ${LAB_ENTERED:-} != 1 ]]; then
	LAB_ENTERED=1 exec unshare --mount --propagation private "$0" "$@"
fi
root=$1
work=$2
shift 2
mkdir -p "$work/upper" "$work/work" "$work/all" "$work/src" || exit 2
mount -t overlay overlay -o "lowerdir=$root,upperdir=$work/upper,workdir=$work/work" "$work/all" || exit 2
mkdir -p "$work/all/src"
mount --bind "$work/src" "$work/all/src" || exit 2
for dir in dev proc sys; do
	mount --rbind "/$dir" "$work/all/$dir" || exit 2
done
mount -t tmpfs -o mode=755 tmpfs "$work/all/run" || exit 2
cp -L /etc/resolv.conf "$work/all/etc/resolv.conf" 2>/dev/null
exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 TERM=dumb \
	DEBIAN_FRONTEND=noninteractive ${NO_HUGE:+NO_HUGE="$NO_HUGE"} \
	chroot "$work/all" /bin/bash -c 'cd /src && exec "$@"' bash "$@"
