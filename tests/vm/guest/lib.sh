# shellcheck shell=dash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The Labyrinth authors
#
# What cases are made of, in the guest. Devices by letter: e e1000e, g e1000, v virtio,
# m vmxnet3, p virtio with packed rings, q virtio with four queues, r the same with packed
# rings, i igb, f a virtual function of igb; 0 and 1 are the two ends of a wire. Those on
# node 0: e0 g1 v0 m0 p0 q0 r0. Crypto devices: c0, and c1, which the IOMMU would check.
# shellcheck disable=SC2034,SC2046,SC2086 # lists of words are split, names of devices built

cmdline()
{
	tr ' ' '\n' </proc/cmdline | sed -n "s/^$1=//p"
}

case $(cmdline machine) in
wide)
	e0=0000:11:00.0 e1=0000:21:00.0
	g0=0000:22:00.0 g1=0000:12:00.0
	v0=0000:13:00.0 v1=0000:23:00.0
	m0=0000:14:00.0 m1=0000:24:00.0
	p0=0000:15:00.0 p1=0000:25:00.0
	c0=0000:16:00.0 c1=0000:17:00.0
	q0=0000:18:00.0 q1=0000:26:00.0
	r0=0000:19:00.0 r1=0000:27:00.0
	;;
narrow) e0=0000:01:00.0 e1=0000:02:00.0 ;;
amd) e0=0000:00:10.0 e1=0000:00:11.0 ;;
igb)
	i0=0000:01:00.0 i1=0000:02:00.0
	f0=0000:01:10.0 f1=0000:02:10.0
	;;
esac
# Words in front of vmtest: as_user.
AS=
DRIVER=/vm/librte_mempool_labyrinth.so
# Where the driver is that the programs are linked with.
export LD_LIBRARY_PATH=/vm
LOG=/tmp/case.log
SKIPPED=77
REPORT=/tmp/report.txt
NODES=/sys/devices/system/node
EAL="--in-memory --no-telemetry --log-level=lib.eal:5"

# bind DEVICE [DRIVER]
bind()
{
	echo "${2:-vfio-pci}" >"/sys/bus/pci/devices/$1/driver_override"
	[ ! -e "/sys/bus/pci/devices/$1/driver" ] || echo "$1" >"/sys/bus/pci/devices/$1/driver/unbind"
	echo "$1" >/sys/bus/pci/drivers_probe
}

# NICs, and crypto devices of virtio.
bind_all()
{
	for device in /sys/bus/pci/devices/*; do
		case $(cat "$device/class" "$device/vendor" "$device/device" | tr '\n' ' ') in
		0x0200* | *"0x1af4 0x1054 ") bind "${device##*/}" ;;
		esac
	done
}

show_devices()
{
	for nic in /sys/bus/pci/drivers/vfio-pci/0*; do
		[ -e "$nic" ] || continue
		echo "${nic##*/} $(cat "$nic/vendor" "$nic/device" "$nic/numa_node" | tr '\n' ' ')" \
			"group $(basename "$(readlink "$nic/iommu_group")")"
	done
}

# nics LIST: EAL options for these, "e0,e1"; none at all if it is empty.
nics()
{
	[ -n "$1" ] || printf ' --no-pci'
	for nic in $(echo "$1" | tr ',' ' '); do
		eval "printf ' -a %s' \"\$$nic\""
	done
}

# as_user COMMAND...: vmtest runs as user 1000, who can get no capability, and may lock 1 GiB.
as_user()
{
	chmod 755 / /vm
	chown 1000:1000 /dev/vfio/[0-9]*
	ulimit -l 1048576
	mkdir -p /tmp/user && chown 1000:1000 /tmp/user
	export XDG_RUNTIME_DIR=/tmp/user
	AS="/usr/bin/setpriv --reuid=1000 --regid=1000 --clear-groups --inh-caps=-all --bounding-set=-all --no-new-privs"
	$AS grep -E '^(Uid|CapEff|NoNewPrivs)' /proc/self/status
	"$@"
}

# test_on LIST EAL-OPTION... -- JOB...: vmtest on CPU 0, for LIMIT seconds at most.
test_on()
{
	local on
	on=$(nics "$1")
	shift
	timeout "${LIMIT:-120}" $AS /vm/vmtest -l 0 $EAL $on "$@" 2>&1
}

# exchange LIST OPTIONS [EAL-OPTION...]: OPTIONS are labyrinth's.
exchange()
{
	local on=$1 options=$2
	shift 2
	test_on "$on" "$@" -- exchange "frames=${FRAMES:-1000}" "mbufs=${MBUFS:-4095}" \
		"queues=${QUEUES:-1}" "options=$options"
}

# control LIST [EAL-OPTION...]: the same with pools of DPDK's own.
control()
{
	local on=$1
	shift
	test_on "$on" "$@" -- exchange "queues=${QUEUES:-1}" ops=ring_mp_mc
}

# with_queues exchange|control LIST...: on NICs of four queues.
with_queues()
{
	if [ ! -e "/sys/bus/pci/devices/$q0" ]; then
		echo "the host has no taps or no bridge for NICs of several queues"
		return $SKIPPED
	fi
	QUEUES=4 "$@"
}

# vfs COMMAND...: on virtual functions of igb, as they are used: the kernel's driver has
# the physical ones. Once they are there, they stay.
vfs()
{
	[ -e "/sys/bus/pci/devices/$f0" ] || vfs_make || return 1
	"$@"
}

vfs_make()
{
	local pf module
	# It would send frames of its own.
	echo 1 >/proc/sys/net/ipv6/conf/default/disable_ipv6
	for module in dca i2c-algo-bit igb; do
		insmod "/modules/$module.ko" || return 1
	done
	for pf in $i0 $i1; do
		bind $pf igb
		echo 2 >/sys/bus/pci/devices/$pf/sriov_numvfs || return 1
		ip link set "$(ls /sys/bus/pci/devices/$pf/net)" up || return 1
	done
	bind $f0
	bind $f1
}

large()
{
	FRAMES=500 MBUFS=240000
	exchange e0,e1 backing=maze
}

stop()
{
	kill -INT "$1" 2>/dev/null
	for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		kill -0 "$1" 2>/dev/null || break
		usleep 200000
	done
	kill -9 "$1" 2>/dev/null
	wait "$1"
}

# forwarded LIST OPTIONS COMMAND...: a forwarder on CPU 1; frames through it, between
# the other ends of its wires, LIST.
forwarded()
{
	local on=$1 options=$2 forwarder status ended
	shift 2
	"$@" >/tmp/forwarder.log 2>&1 </dev/null &
	forwarder=$!
	exchange "$on" "$options"
	status=$?
	grep 'memfd:labyrinth' /proc/$forwarder/numa_maps >/tmp/forwarder.numa
	stop $forwarder
	ended=$?
	grep -a 'LABYRINTH: pool' /tmp/forwarder.log
	[ $status = 0 ] && [ $ended = 0 ] && return 0
	echo "the forwarder ended with $ended"
	tail -n 20 /tmp/forwarder.log
	return 1
}

# with_fwd OPTIONS [PORTS OTHER-ENDS]: ports on different nodes if not told.
with_fwd()
{
	forwarded "${3:-e0,g0}" "$1" /vm/labyrinth-fwd --lcores 0@1,1@1 $EAL $(nics "${2:-e1,g1}") -- \
		--stats-period=0 "--pool-options=$1" --total-num-mbufs=4095 --mbcache=64
}

with_testpmd()
{
	LABYRINTH_OPTIONS=$1
	export LABYRINTH_OPTIONS
	forwarded e0,g0 "$1" dpdk-testpmd --lcores 0@1,1@1 $EAL $(nics e1,g1) -d $DRIVER \
		--mbuf-pool-ops-name=labyrinth -- --total-num-mbufs=4095 --mbcache=64 --auto-start \
		--stats-period=60
}

# nic_report LIST DRIVER VA|PA: what labyrinth-fwd --nic-report makes of two ends of a wire,
# in 6 seconds. The host reads the file, which goes over the console.
nic_report()
{
	rm -f $REPORT
	timeout "${LIMIT:-120}" /vm/labyrinth-fwd --lcores 0@0,1@1 $EAL $(nics "$1") \
		"--iova-mode=$(echo "$3" | tr VPA vpa)" -- --nic-report=$REPORT --duration=6 \
		"--total-num-mbufs=${MBUFS:-8191}" 2>&1 || return 1
	{
		echo "@report $2 $3"
		sed 's/^/@file /' $REPORT
	} >/dev/console
	# Those under way at the ends of turns, which had gone round until then.
	awk '$1 == "[errors]" { getline; for (i = 1; i <= NF; i++) column[$i] = i; table = 1; next }
		table && NF == 0 { exit }
		table { intact += $column["intact"] }
		END { print "report: of both ports, frames verified: " intact + 0 }' $REPORT
}

# pages_on NODE...: the last forwarder has as many pages on each of these nodes, none
# on another, and each where it is bound to.
pages_on()
{
	awk -v nodes="$*" '{
		for (i = 2; i <= NF; i++) {
			if ($i ~ /^bind/) { bound = $i; sub(/.*:/, "", bound) }
			if ($i ~ /^N[0-9]+=/) { on = $i; sub(/^N/, "", on); sub(/=.*/, "", on) }
		}
		pages[on]++
		wrong += bound != on
	}
	END {
		n = split(nodes, node, " ")
		for (i = 1; i <= n; i++) {
			printf "pages on node %d: %d\n", node[i], pages[node[i]]
			bad += pages[node[i]] == 0 || pages[node[i]] != pages[node[1]]
			known += pages[node[i]]
		}
		printf "elsewhere: %d, elsewhere than bound to: %d\n", NR - known, wrong
		exit !(n > 0 && bad + wrong == 0 && known == NR)
	}' /tmp/forwarder.numa
}

# late EAL-OPTION... -- JOB...: EAL scans the bus, but probes no device by itself.
late()
{
	timeout 120 /vm/vmtest -l 0 $EAL -a 0000:ff:1f.7 "$@" 2>&1
}

# plug_new KIND DEVICES COMMAND...: the machine gets one more device while the command
# runs, which waits for it. What the machine is asked for goes over the console.
plug_new()
{
	local kind=$1 devices=$2 port=/sys/bus/pci/devices/0000:00:10.0 new test status
	shift 2
	new=$(printf '0000:%02x:00.0' "$(cat $port/secondary_bus_number)")
	"$@" "devices=$devices$new" wait=/tmp/plugged &
	test=$!
	echo "@plug $kind" >/dev/console
	appears "/sys/bus/pci/devices/$new" || return 1
	bind "$new"
	touch /tmp/plugged
	wait $test
	status=$?
	echo @unplug >/dev/console
	vanishes "/sys/bus/pci/devices/$new" && return $status
}

appears()
{
	for _ in $(seq 100); do
		[ -e "$1" ] && return 0
		usleep 100000
	done
	echo "$1 does not appear"
	return 1
}

vanishes()
{
	for _ in $(seq 100); do
		[ -e "$1" ] || return 0
		usleep 100000
	done
	echo "$1 stays"
	return 1
}

# secondary OPTIONS: both have files to share, so it is not in memory alone.
secondary()
{
	local shared primary status ended
	shared="--no-telemetry --log-level=lib.eal:5 --file-prefix=shared $(nics e0,e1)"
	timeout 120 /vm/vmtest -l 0 $shared --proc-type=primary -- serve "options=$1" wait=/tmp/done \
		>/tmp/primary.log 2>&1 &
	primary=$!
	appears /tmp/serving &&
		timeout 120 /vm/vmtest -l 1 $shared --proc-type=secondary -- join 2>&1
	status=$?
	touch /tmp/done
	wait $primary
	ended=$?
	cat /tmp/primary.log
	rm -f /dev/hugepages/shared*
	[ $status = 0 ] && [ $ended = 0 ]
}

# secondary_maze: where this driver has secondaries map mazes.
secondary_maze()
{
	if ! tr '\0' '\n' <$DRIVER | grep -qF 'a secondary process cannot map the window'; then
		echo "this driver maps no mazes in secondary processes"
		return $SKIPPED
	fi
	secondary backing=maze
}

# node NODE OPTIONS [EAL-OPTION...]
node()
{
	local on=$1 options=$2
	shift 2
	test_on e0 "$@" -- node "node=$on" mbufs=20000 "options=$options"
}

# short_of NODE node|refused OPTIONS [EAL-OPTION...]: huge pages for EAL, and few more.
short_of()
{
	local on=$1 job=$2 options=$3 had left=4 status
	shift 3
	had=$(cat $NODES/node$on/hugepages/hugepages-2048kB/nr_hugepages)
	[ $# = 0 ] || left=34
	huge_set "$on" $left
	test_on e0 "$@" -- "$job" "node=$on" mbufs=20000 "options=$options"
	status=$?
	huge_set "$on" "$had"
	return $status
}

entry_limit()
{
	local status limit=/sys/module/vfio_iommu_type1/parameters/dma_entry_limit
	echo 40 >$limit
	test_on e0,e1 -- refused options=backing=maze mbufs=60000
	status=$?
	echo 65535 >$limit
	[ $status = 0 ] && says 'dma_entry_limit'
}

faults()
{
	dmesg | grep -c 'DMAR: \[DMA'
}

# Some of QEMU's devices reach for address 0 by themselves.
faults_elsewhere()
{
	dmesg | grep 'DMAR: \[DMA' | grep -cv 'fault addr 0x0 '
}

# says TEXT: the log of the case must.
says()
{
	grep -aqF -- "$1" $LOG || { echo "does not say: $1" && return 1; }
}

huge_set()
{
	echo "$2" >"$NODES/node$1/hugepages/hugepages-2048kB/nr_hugepages"
}

huge_free()
{
	cat $NODES/node*/hugepages/hugepages-2048kB/free_hugepages | tr '\n' ' '
}

# attempt COMMAND: its output is the log of the case.
attempt()
{
	rm -rf /tmp/serving /tmp/plugged /tmp/done
	(eval "$1") >$LOG 2>&1
}

# try_case NAME COMMAND: now and then a device of QEMU's stands still from its start on,
# and no frame of it is ever sent (docs/vm-tests.md). Then once more, and it says so.
try_case()
{
	local status
	attempt "$2"
	status=$?
	if [ $status = 0 ] || ! grep -aq '^vmtest: failed: no frame gets through' $LOG; then
		return $status
	fi
	echo "@note $1: no frame got through: once more. What the ports had seen:"
	grep -a '^port [0-9]*: link' $LOG | sed 's/^/@note     /'
	attempt "$2"
}

# run_case NAME FAULTS COMMAND: FAULTS are none, some, zero (at address 0 alone) or host:
# the host looks for them. One line of result; the log if it fails. A number
# of free huge pages that has changed is a failure, too.
run_case()
{
	local name=$1 want=$2 result=ok pages begin end seen frames
	pages=$(huge_free)
	begin=$(cut -d ' ' -f 1 /proc/uptime)
	dmesg -c >/dev/null
	try_case "$name" "$3"
	case $? in
	0) ;;
	"$SKIPPED") result=skipped want=none && echo "@why $(tail -n 1 $LOG)" ;;
	*) result=failed ;;
	esac
	seen=$(faults)
	[ "$(huge_free)" = "$pages" ] || { result=failed && echo "huge pages free: $pages, then $(huge_free)" >>$LOG; }
	case $want-$seen in
	none-0) ;;
	zero-*) [ "$(faults_elsewhere)" = 0 ] || { result=failed && echo "DMAR faults were seen, not at address 0 alone" >>$LOG; } ;;
	some-0) result=failed && echo "no DMAR fault was seen" >>$LOG ;;
	some-* | host-*) ;;
	*) result=failed && echo "DMAR faults were seen" >>$LOG ;;
	esac
	frames=$(sed -n 's/^[a-z]*: .*frames verified: //p' $LOG | awk '{ n += $1 } END { print n + 0 }')
	end=$(cut -d ' ' -f 1 /proc/uptime)
	case $seen-$(faults_elsewhere) in
	0-*) seen=none ;;
	*-0) seen=zero ;;
	*) seen=some ;;
	esac
	if [ $result = failed ] || [ "$(cmdline vm)" = verbose ]; then
		grep -av '^$' $LOG | tail -n 60 | cut -c 1-180 | sed 's/^/@log /'
		dmesg | tail -n 5 | cut -c 1-160 | sed 's/^/@log /'
	fi
	echo "@case $name $result $frames $seen $(echo "$begin $end" | awk '{ print $2 - $1 }')"
}

# run_cases: lines "NAME FAULTS COMMAND" from standard input.
run_cases()
{
	echo "@begin $(cut -d ' ' -f 1 /proc/uptime)"
	local name want command
	while read -r name want command <&3; do
		run_case "$name" "$want" "$command"
	done 3<&0
	echo "@end"
}
