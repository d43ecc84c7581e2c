# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The Labyrinth authors
#
# The machines, booting the guest in them and reading its serial line. For tests/vm/run.

QEMU=(qemu-system-x86_64)
KERNEL_LINE="console=ttyS0 intel_iommu=on iommu=nopt tsc=reliable no_timer_check mitigations=off
	panic=-1 init_on_alloc=0 quiet random.trust_cpu=on"
VIRTIO=virtio-net-pci,iommu_platform=on,disable-legacy=on,disable-modern=off
INTEL_IOMMU=intel-iommu,intremap=on,caching-mode=on,aw-bits

# Wires that are no hubs, since these have one queue: bridges in a network namespace
# that lives as long as QEMU. IPv6 would send frames of its own, and a bridge may be
# told to ask the firewall.
# shellcheck disable=SC2016 # sh expands it
TAPS='
bridge()
{
	ip link add "$1" type bridge && ip link set "$1" up || exit
	for end in "${1}0" "${1}1"; do
		ip tuntap add "$end" mode tap multi_queue && ip link set "$end" master "$1" up || exit
	done
}
echo 1 >/proc/sys/net/ipv6/conf/default/disable_ipv6
bridge q && bridge r
! [ -e /proc/sys/net/bridge ] || echo 0 >/proc/sys/net/bridge/bridge-nf-call-iptables
exec "$@"'

# root_port NUMBER NAME BUS SLOT: where a device NAME can be plugged.
root_port()
{
	ARGS+=(-device "pcie-root-port,id=port_$2,bus=$3,addr=$4,chassis=$1,slot=$1")
}

# card NUMBER NAME MODEL WIRE AT: a NIC; its wire as QEMU's -netdev has it.
card()
{
	ARGS+=(-netdev "$4,id=net_$2"
		-device "$3,netdev=net_$2,id=$2,$5,mac=52:54:00:00:00:$(printf %02x "$1")")
}

# nic NUMBER NAME MODEL WIRE BUS SLOT: a NIC below a root port of its own; WIRE is the
# number of a hub.
nic()
{
	root_port "$1" "$2" "$5" "$6"
	card "$1" "$2" "$3" "hubport,hubid=$4" "bus=port_$2"
}

# queues_nic NUMBER NAME OPTIONS BUS SLOT: a virtio NIC of four queues, on a bridge.
queues_nic()
{
	root_port "$1" "$2" "$4" "$5"
	card "$1" "$2" "$VIRTIO,mq=on,vectors=10$3" \
		"tap,ifname=$2,queues=4,script=no,downscript=no,vhost=off" "bus=port_$2"
}

# crypto NUMBER NAME OPTIONS BUS SLOT: AES by QEMU itself.
crypto()
{
	root_port "$1" "$2" "$4" "$5"
	ARGS+=(-object "cryptodev-backend-builtin,id=key_$2"
		-device "virtio-crypto-pci,id=$2,cryptodev=key_$2,bus=port_$2$3")
}

# machine_wide: hubs are e 1, g 2, v 3, m 4, p 5.
machine_wide()
{
	HUGEPAGES=0:640,1:640
	ARGS+=(-m 4096M -smp '2,sockets=2,cores=1,threads=1'
		-object 'memory-backend-ram,id=m0,size=2048M' -object 'memory-backend-ram,id=m1,size=2048M'
		-numa 'node,nodeid=0,cpus=0,memdev=m0' -numa 'node,nodeid=1,cpus=1,memdev=m1'
		-numa 'dist,src=0,dst=1,val=20'
		-device "$INTEL_IOMMU=48"
		-device 'pxb-pcie,id=n0,bus=pcie.0,bus_nr=16,numa_node=0'
		-device 'pxb-pcie,id=n1,bus=pcie.0,bus_nr=32,numa_node=1'
		-object 'cryptodev-backend-builtin,id=key_new')
	root_port 20 new pcie.0 10.0
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
	crypto 11 c0 "" n0 5
	crypto 12 c1 ,iommu_platform=on n0 6
	with_taps || return 0
	queues_nic 13 q0 "" n0 7
	queues_nic 14 q1 "" n1 7
	queues_nic 15 r0 ,packed=on n0 8
	queues_nic 16 r1 ,packed=on n1 8
}

machine_narrow()
{
	HUGEPAGES=384
	ARGS+=(-m 2048M -smp 2 -device "$INTEL_IOMMU=39")
	nic 1 e0 e1000e 1 pcie.0 10.0
	nic 2 e1 e1000e 1 pcie.0 11.0
}

# machine_amd: QEMU numbers what this IOMMU serves when the machine is made, and buses
# behind ports have no number yet: so the NICs are on the bus of the root. It tells the
# guest of no access that nothing is mapped for; QEMU's log has them.
machine_amd()
{
	local item=guest_errors
	HUGEPAGES=384
	"${QEMU[@]}" -d help 2>/dev/null | grep -q '^invalid_mem' && item=invalid_mem
	FAULTS=$LOGS/amd.faults
	ARGS+=(-m 2048M -smp 2 -device 'amd-iommu,intremap=on' -d "$item" -D "$FAULTS")
	card 1 e0 e1000e hubport,hubid=1 bus=pcie.0,addr=10.0
	card 2 e1 e1000e hubport,hubid=1 bus=pcie.0,addr=11.0
}

machine_igb()
{
	HUGEPAGES=384
	ARGS+=(-m 2048M -smp 2 -device "$INTEL_IOMMU=48")
	nic 1 i0 igb 1 pcie.0 10.0
	nic 2 i1 igb 1 pcie.0 11.0
}

# kernel_of MACHINE: the package; one of them is small, but knows Intel's IOMMU alone,
# and no igb.
kernel_of()
{
	case $1 in
	wide | narrow) echo linux-image-cloud-amd64 ;;
	*) echo linux-image-amd64 ;;
	esac
}

# with_taps: sets BEFORE_QEMU, where taps can be had.
with_taps()
{
	unshare --net sh -c "$TAPS" sh true 2>/dev/null || return 1
	BEFORE_QEMU=(unshare --net sh -c "$TAPS" sh)
}

# machine_args NAME: sets ARGS, HUGEPAGES, BEFORE_QEMU, and FAULTS where QEMU tells of them.
machine_args()
{
	FAULTS=
	BEFORE_QEMU=()
	ARGS=(-nodefaults -display none -no-user-config -no-reboot
		-machine "q35,accel=${VM_ACCEL:-tcg},kernel-irqchip=split" -cpu max)
	"machine_$1"
}

# qemu_append MACHINE MODE: the kernel's command line.
qemu_append()
{
	printf '%s hugepages=%s machine=%s vm=%s' "${KERNEL_LINE//$'\n'/ }" "$HUGEPAGES" "$1" "$2"
}

# plug nic|crypto: what was not there. The NIC is on the wire of the e1000es.
plug()
{
	case $1 in
	nic)
		printf '%s\n' "netdev_add hubport,id=net_new,hubid=1" \
			"device_add e1000e,netdev=net_new,id=new,bus=port_new,mac=52:54:00:00:00:20"
		;;
	crypto) echo "device_add virtio-crypto-pci,cryptodev=key_new,id=new,bus=port_new" ;;
	esac >"$MONITOR.in"
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
	exec {serial}< <(exec timeout --kill-after=5 "$BOOT_SECONDS" "${BEFORE_QEMU[@]}" "${QEMU[@]}" "${ARGS[@]}" \
		-kernel "$KERNEL" -initrd "$initrd" -append "$(qemu_append "$machine" "$MODE")" \
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
