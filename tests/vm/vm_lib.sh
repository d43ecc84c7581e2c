# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The Labyrinth authors
#
# Booting the guest and reading its serial line. For tests/vm/run.

QEMU=(qemu-system-x86_64 -nodefaults -display none -no-user-config -no-reboot)
KERNEL_LINE="console=ttyS0 intel_iommu=on iommu=nopt tsc=reliable no_timer_check mitigations=off
	panic=-1 init_on_alloc=0 quiet random.trust_cpu=on"

# nic NUMBER NAME MODEL WIRE BUS SLOT: a NIC below a root port of its own.
nic()
{
	ARGS+=(-device "pcie-root-port,id=port_$2,bus=$5,addr=$6,chassis=$1,slot=$1"
		-netdev "hubport,id=net_$2,hubid=$4"
		-device "$3,netdev=net_$2,id=$2,bus=port_$2,mac=52:54:00:00:00:$(printf %02x "$1")")
}

VIRTIO=virtio-net-pci,iommu_platform=on,disable-legacy=on,disable-modern=off

# machine_args NAME: sets ARGS. Wires are hubs: e 1, g 2, v 3, m 4, p 5.
machine_args()
{
	ARGS=(-machine "q35,accel=${VM_ACCEL:-tcg},kernel-irqchip=split" -cpu max)
	case $1 in
	wide)
		ARGS+=(-m 4096M -smp '2,sockets=2,cores=1,threads=1'
			-object 'memory-backend-ram,id=m0,size=2048M' -object 'memory-backend-ram,id=m1,size=2048M'
			-numa 'node,nodeid=0,cpus=0,memdev=m0' -numa 'node,nodeid=1,cpus=1,memdev=m1'
			-numa 'dist,src=0,dst=1,val=20'
			-device 'intel-iommu,intremap=on,caching-mode=on,aw-bits=48'
			-device 'pxb-pcie,id=n0,bus=pcie.0,bus_nr=16,numa_node=0'
			-device 'pxb-pcie,id=n1,bus=pcie.0,bus_nr=32,numa_node=1'
			-device 'pcie-root-port,id=port_new,bus=pcie.0,addr=10.0,chassis=20,slot=20')
		nic 1 e0 e1000e 1 n0 0
		nic 2 g1 e1000 2 n0 1
		nic 3 v0 "$VIRTIO" 3 n0 2
		nic 4 e1 e1000e 1 n1 0
		nic 5 g0 e1000 2 n1 1
		nic 6 v1 "$VIRTIO" 3 n1 2
		nic 7 m0 vmxnet3 4 n0 3
		nic 8 p0 "$VIRTIO,packed=on" 5 n0 4
		nic 9 m1 vmxnet3 4 n1 3
		nic 10 p1 "$VIRTIO,packed=on" 5 n1 4
		HUGEPAGES=0:640,1:640
		;;
	narrow)
		ARGS+=(-m 2048M -smp 2 -device 'intel-iommu,intremap=on,caching-mode=on,aw-bits=39')
		nic 1 e0 e1000e 1 pcie.0 10.0
		nic 2 e1 e1000e 1 pcie.0 11.0
		HUGEPAGES=384
		;;
	esac
}

# plug: a NIC on the wire of the e1000es, where none was.
plug()
{
	printf '%s\n' "netdev_add hubport,id=net_new,hubid=1" \
		"device_add e1000e,netdev=net_new,id=new,bus=port_new,mac=52:54:00:00:00:20" >"$MONITOR.in"
}

unplug()
{
	printf '%s\n' "device_del new" >"$MONITOR.in"
}

# boot MACHINE INITRD HANDLER: each line of the serial line to the handler.
boot()
{
	local machine=$1 initrd=$2 handler=$3 line log=$LOGS/$1.serial
	machine_args "$machine"
	MONITOR=$VM/monitor
	rm -f "$MONITOR".in "$MONITOR".out
	mkfifo "$MONITOR".in "$MONITOR".out
	exec {serial}< <(exec timeout --kill-after=5 "$BOOT_SECONDS" "${QEMU[@]}" "${ARGS[@]}" -kernel "$KERNEL" \
		-initrd "$initrd" -append "${KERNEL_LINE//$'\n'/ } hugepages=$HUGEPAGES vm=$MODE" \
		-serial stdio -chardev "pipe,id=monitor,path=$MONITOR" -mon chardev=monitor </dev/null 2>&1)
	at_exit end_process "$!"
	: >"$log"
	while IFS= read -r line <&"$serial"; do
		line=${line%$'\r'}
		printf '%s\n' "$line" >>"$log"
		"$handler" "$line"
	done
	exec {serial}<&-
}
