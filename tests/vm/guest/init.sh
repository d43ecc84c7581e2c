#!/bin/busybox sh
# shellcheck shell=dash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The Labyrinth authors
#
# The first process of the guest: mounts, modules, devices, then the cases or a shell.

/bin/busybox --install -s /bin
export PATH=/bin:/usr/bin:/vm
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
mkdir -p /dev/hugepages /dev/pts
mount -t hugetlbfs -o pagesize=2M huge /dev/hugepages
for module in irqbypass vfio vfio_virqfd vfio_iommu_type1 vfio-pci-core vfio-pci; do
	[ ! -e "/modules/$module.ko" ] || insmod "/modules/$module.ko"
done
# The kernel's messages are read, not shown.
echo 1 >/proc/sys/kernel/printk
# shellcheck source=tests/vm/guest/lib.sh
. /vm/lib.sh
bind_all
cd /root || exit
if [ "$(cmdline vm)" = shell ]; then
	echo "programs: /vm, devices: show_devices, functions: /vm/lib.sh; poweroff ends it"
	show_devices
	ENV=/vm/lib.sh setsid cttyhack sh
else
	run_cases </vm/cases
fi
poweroff -f
