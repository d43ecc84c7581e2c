#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The Labyrinth authors
#
# labyrinth-fwd --doctor: a good machine is well, and of each machine that was
# spoilt in one place it finds that place and names the remedy. The machines are
# directories with the few files of /proc and /sys that the doctor reads.

set -u
HERE=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/lib.sh
. "$HERE/../lib.sh"
# shellcheck source=tests/fwd/fwd_lib.sh
. "$HERE/fwd_lib.sh"

HUGE=sys/kernel/mm/hugepages/hugepages-2048kB
LARGE=sys/kernel/mm/hugepages/hugepages-1048576kB
CGROUP=sys/fs/cgroup

# put TEXT FILE: into the machine at hand.
put()
{
	mkdir -p "$(dirname "$ROOT/$2")" && printf '%s\n' "$1" >"$ROOT/$2"
}

# node NUMBER CPUS FREE
node()
{
	put "$2" "sys/devices/system/node/node$1/cpulist"
	put "$3" "sys/devices/system/node/node$1/hugepages/hugepages-2048kB/free_hugepages"
}

# pci ADDRESS CLASS VENDOR DEVICE SUBVENDOR SUBDEVICE KERNEL-DRIVER
pci()
{
	local device=sys/bus/pci/devices/$1
	put "$2" "$device/class"
	put "$3" "$device/vendor"
	put "$4" "$device/device"
	put "$5" "$device/subsystem_vendor"
	put "$6" "$device/subsystem_device"
	[[ -z $7 ]] || ln -s "../../../bus/pci/drivers/$7" "$ROOT/$device/driver"
}

# machine NAME: sets ROOT, a machine where all is well.
machine()
{
	ROOT=$LOGS/$1
	put 512 "$HUGE/nr_hugepages"
	put 400 "$HUGE/free_hugepages"
	node 0 0-3 200
	node 1 4-7 200
	put $'Name:\tx\nCapEff:\t000001ffffffffff' proc/self/status
	put $'Max locked memory         65536                65536                bytes' proc/self/limits
	put 65530 proc/sys/vm/max_map_count
	mkdir -p "$ROOT/dev/hugepages"
	put 'nodev /dev/hugepages hugetlbfs rw,pagesize=2M 0 0' proc/mounts
	put '0::/user/one' proc/self/cgroup
	put max "$CGROUP/user/one/hugetlb.2MB.max"
	put max "$CGROUP/user/one/memory.max"
	put 0 sys/kernel/iommu_groups/0/devices
	# 48 bits in bits 16 to 21.
	put 8d2078c106f0466 sys/class/iommu/dmar0/intel-iommu/cap
	put d2008c222f0686 sys/class/iommu/dmar0/intel-iommu/ecap
}

# doctor [EAL...]: of the machine at hand.
doctor()
{
	LOG=$LOGS/doctor.log
	ERRORS=$LOGS/doctor.err
	timeout --kill-after=5 30 "$FORWARDER" "$@" -- --doctor "--doctor-root=$ROOT" >"$LOG" 2>"$ERRORS" </dev/null
	STATUS=$?
}

# well NAME [EAL...]
well()
{
	local name=$1
	shift
	doctor "$@"
	if ((STATUS == 0)) && [[ $(tail -n 1 "$LOG") == "All is well." ]] && ! grep -q problem "$LOG"; then
		ok "$name: all is well"
	else
		not_ok "$name: exit status $STATUS" "$LOG"
	fi
}

# finds NAME PATTERN [EAL...]: this, and nothing else.
finds()
{
	local name=$1 pattern=$2
	shift 2
	doctor "$@"
	if ((STATUS != 1)); then
		not_ok "$name: exit status $STATUS, expected 1" "$LOG"
	elif [[ $(grep -c '^\[problem\]' "$LOG") != 1 ]]; then
		not_ok "$name: $(grep -c '^\[problem\]' "$LOG") problems, expected 1" "$LOG"
	elif ! grep -qE "^\[problem\] $pattern" "$LOG"; then
		not_ok "$name: does not say '$pattern'" "$LOG"
	else
		ok "finds $name, and names the remedy"
	fi
}

# says NAME PATTERN: a line of the doctor's last words.
says()
{
	check "says $1" grep -qE "^\[ok\] +$2" "$LOG"
}

test_memory()
{
	machine none
	put 0 "$HUGE/nr_hugepages"
	put 0 "$HUGE/free_hugepages"
	finds "that there are no huge pages" "huge pages: none .*echo 64 >/proc/sys/vm/nr_hugepages"
	machine large
	put 0 "$HUGE/nr_hugepages"
	put 0 "$HUGE/free_hugepages"
	put 4 "$LARGE/nr_hugepages"
	put 3 "$LARGE/free_hugepages"
	well "a machine with 1 GiB pages only"
	says "what these mean" "1 GiB pages: 3 of 4 are free; pools share them: walls stand at the edges"
	put 1 "$LARGE/free_hugepages"
	finds "that 1 GiB pages are taken" "1 GiB pages: only 1 of 4 are free, 2 are wanted.*echo 5 >"
	machine transparent
	put 'always within_size [advise] never deny force' sys/kernel/mm/transparent_hugepage/shmem_enabled
	well "a machine with transparent huge pages"
	says "what these are for" "transparent huge pages: allowed for shared memory"
	put 'always within_size advise [never] deny force' sys/kernel/mm/transparent_hugepage/shmem_enabled
	well "one without"
	says "how to allow them" "transparent huge pages: not for shared memory.*echo advise >"
	machine taken
	put 10 "$HUGE/free_hugepages"
	finds "that huge pages are taken" "huge pages: only 10 of 512 .*echo 566 >"
	machine lopsided
	node 1 4-7 0
	finds "a NUMA node without huge pages" "NUMA: node 1 \(CPUs 4-7\) .*echo 64 >/sys/devices/system/node/node1/"
	machine unreachable
	put 'nodev /nowhere/huge hugetlbfs rw,pagesize=2M 0 0' proc/mounts
	finds "a hugetlbfs that this user cannot write to" "hugetlbfs: .*/nowhere/huge; run with --in-memory"
	machine locked
	put $'Name:\tx\nCapEff:\t0000000000000000' proc/self/status
	finds "that memory cannot be locked" "locked memory: RLIMIT_MEMLOCK is 64 KiB.*ulimit -l"
	machine maps
	put 1000 proc/sys/vm/max_map_count
	finds "too few mappings" "mappings: .*sysctl vm.max_map_count=65530"
}

test_cgroups()
{
	machine hugetlb
	put 20971520 "$CGROUP/user/hugetlb.2MB.max"
	finds "a limit on huge pages" "control group, huge pages: /sys/fs/cgroup/user/hugetlb.2MB.max allows 20 MiB, .*echo max >"
	machine memory
	put 104857600 "$CGROUP/user/one/memory.max"
	finds "a limit on memory" "control group, memory: /sys/fs/cgroup/user/one/memory.max allows 100 MiB.*echo max >"
	machine older
	put $'5:memory:/a/b\n4:cpu,hugetlb:/a\n0::/x' proc/self/cgroup
	put 0 "$CGROUP/hugetlb/a/hugetlb.2MB.limit_in_bytes"
	put 9223372036854771712 "$CGROUP/memory/a/b/memory.limit_in_bytes"
	finds "a limit of version 1" "control group, huge pages: /sys/fs/cgroup/hugetlb/a/.* allows 0 MiB.*echo -1 >"
}

test_dma()
{
	machine unprivileged
	rm -r "$ROOT/sys/kernel/iommu_groups" "$ROOT/sys/class/iommu"
	# CAP_IPC_LOCK, but not CAP_SYS_ADMIN.
	put $'Name:\tx\nCapEff:\t0000000000004000' proc/self/status
	finds "that no device can be used" "IOVA: no IOMMU, .*run as root.*intel_iommu=on"
	put $'Name:\tx\nCapEff:\t0000000000204000' proc/self/status
	well "a machine without IOMMU for one who may"
	machine narrow
	# 39 bits.
	put 8d2078c10260466 sys/class/iommu/dmar0/intel-iommu/cap
	finds "a narrow IOMMU" "IOMMU width: .*dmar0.*: 39 bits.*--iova-mode=pa"
}

test_plugins()
{
	machine plugins
	trusted_dir "$1"
	compile "$HERE/../dpdk/crowd.c" "$LOGS/crowd.so" -shared -fPIC
	cp "$LOGS/crowd.so" "$TRUSTED/crowd-$$.so"
	at_exit rm -f "$TRUSTED/crowd-$$.so"
	finds "that the table of mempool ops is full" "table of mempool ops: all 16 places.*name the drivers" \
		-d "$TRUSTED/crowd-$$.so"
	mkdir -m 777 "$LOGS/open"
	# Whatever the mask takes away.
	chmod 777 "$LOGS/open"
	cp -L "$1/drivers/mempool/labyrinth/librte_mempool_labyrinth.so"* "$LOGS/open/" 2>/dev/null
	LD_LIBRARY_PATH=$LOGS/open finds "a plugin that EAL refuses" \
		"plugin: .* lies below .*/open, .*chmod o-w"
}

# Devices that are files only: the doctor must not open any.
test_nics()
{
	local maze='backing=auto takes a maze'
	machine nics
	well "a machine without NICs"
	says "that there are none" "NIC: no network device"
	pci 0000:01:00.0 0x020000 0x15b3 0x1017 0x15b3 0x0001 mlx5_core
	pci 0000:02:00.0 0x020000 0x8086 0x100e 0x8086 0x0001 vfio-pci
	pci 0000:03:00.0 0x020000 0x19ee 0x4000 0x19ee 0x4000 vfio-pci
	pci 0000:04:00.0 0x020000 0x10ee 0x0100 0x10ee 0x0001 vfio-pci
	pci 0000:05:00.0 0x020000 0x1924 0x0a03 0x1924 0x0001 vfio-pci
	pci 0000:06:00.0 0x020000 0xffff 0x0001 0xffff 0x0001 ""
	pci 0000:07:00.0 0x030000 0x8086 0x100e 0x8086 0x0001 ""
	well "a machine with six NICs"
	says "that mlx5 gets one hall, and why" \
		"NIC: 0000:01:00.0 \(15b3:1017, kernel driver mlx5_core\), driver mlx5_pci: $maze, halls=auto one hall: it looks up"
	says "that others get all" \
		"NIC: 0000:02:00.0 \(8086:100e, kernel driver vfio-pci\), driver net_e1000_em: $maze, halls=auto a hall for each page"
	says "that nfp gets a window below 2^40" \
		"NIC: 0000:03:00.0 .* driver net_nfp_pf: $maze below 2\^40, .*cuts addresses to 40 bits"
	says "that EF100 gets EAL's memory, and why" \
		"NIC: 0000:04:00.0 .* driver net_sfc_efx: backing=auto takes EAL's memory: it reaches two regions"
	says "that another sfc gets a maze" "NIC: 0000:05:00.0 .* driver net_sfc_efx: $maze, halls=auto a hall"
	says "that nothing takes a NIC" \
		"NIC: 0000:06:00.0 \(ffff:0001, kernel driver none\): no driver that EAL loads here takes it"
	check_eq "devices that are no NICs are left out" "$(grep -c ' NIC: ' "$LOG")" 6 "$LOG"
}

# The real machine may be in any state: a word about each thing all the same.
test_this_machine()
{
	LOG=$LOGS/here.log
	"$FORWARDER" --doctor >"$LOG" 2>&1 </dev/null
	STATUS=$?
	check_eq "this machine: exit status and last line agree" "$STATUS" \
		"$([[ $(tail -n 1 "$LOG") == "All is well." ]] && echo 0 || echo 1)" "$LOG"
	check "this machine: a word about the table" grep -qE '^\[(ok|problem)\] +table of mempool ops' "$LOG"
	check "this machine: a word about huge pages" grep -qE '^\[(ok|problem)\] +huge pages' "$LOG"
}

# EAL keeps what it was told: to try it again with other options shows nothing of the machine.
test_after_eal()
{
	LOG=$LOGS/after.log
	"$FORWARDER" --no-pci --no-telemetry --in-memory "--file-prefix=doctor-$$" -l 0 -m 99999999 -- \
		--duration=1 >"$LOG" 2>&1 </dev/null
	at_exit del_eal_dir "doctor-$$"
	check "EAL that does not start: what the doctor sees" grep -q '^What --doctor sees:' "$LOG"
	check "EAL that does not start: not tried with options that do not go with the first" \
		test ! -s <(grep 'does not start even' "$LOG")
}

begin fwd-doctor "$@"

# The plugin beside the program may lie where EAL would refuse it.
if ! eal_trusts "$1/drivers/mempool/labyrinth"; then
	trusted_dir "$1"
	cp -L "$1/drivers/mempool/labyrinth/librte_mempool_labyrinth.so"* "$TRUSTED/"
	export LD_LIBRARY_PATH=$TRUSTED
fi
machine good
well "a good machine"
test_memory
test_cgroups
test_dma
test_plugins "$1"
test_nics
test_this_machine
test_after_eal
finish
