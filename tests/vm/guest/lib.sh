# shellcheck shell=sh
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The Labyrinth authors
#
# What cases are made of, in the guest. NICs by letter: e e1000e, g e1000, v
# virtio; 0 and 1 are the two ends of a wire. Those on node 0: e0 g1 v0.
# shellcheck disable=SC2086 # lists of words are split on purpose

e0=0000:11:00.0 e1=0000:21:00.0
g0=0000:22:00.0 g1=0000:12:00.0
v0=0000:13:00.0 v1=0000:23:00.0
DRIVER=/vm/librte_mempool_labyrinth.so
LOG=/tmp/case.log
NODES=/sys/devices/system/node
EAL="--in-memory --no-telemetry --log-level=lib.eal:5"

cmdline()
{
	tr ' ' '\n' </proc/cmdline | sed -n "s/^$1=//p"
}

bind()
{
	echo vfio-pci >"/sys/bus/pci/devices/$1/driver_override"
	echo "$1" >/sys/bus/pci/drivers_probe
}

bind_nics()
{
	for nic in /sys/bus/pci/devices/*; do
		case $(cat "$nic/class") in
		0x0200*) bind "${nic##*/}" ;;
		esac
	done
}

show_nics()
{
	for nic in /sys/bus/pci/drivers/vfio-pci/0*; do
		[ -e "$nic" ] || continue
		echo "${nic##*/} $(cat "$nic/vendor" "$nic/device" "$nic/numa_node" | tr '\n' ' ')" \
			"group $(basename "$(readlink "$nic/iommu_group")")"
	done
}

# nics NAME...: EAL options for these.
nics()
{
	for nic in "$@"; do
		eval "printf ' -a %s' \"\$$nic\""
	done
}

# test_on NICS EAL-OPTION... -- JOB...: vmtest on CPU 0. NICS is one word, "e0,e1".
test_on()
{
	on=$(nics $(echo "$1" | tr ',' ' '))
	shift
	timeout 120 /vm/vmtest -l 0 $EAL $on "$@" 2>&1
}

# exchange NICS OPTIONS [EAL-OPTION...]
exchange()
{
	on=$1 options=$2
	shift 2
	test_on "$on" "$@" -- exchange frames=${FRAMES:-1000} mbufs=${MBUFS:-4095} "options=$options"
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

# forwarded NICS OPTIONS COMMAND...: a forwarder on CPU 1, frames through it.
forwarded()
{
	on=$1 options=$2
	shift 2
	"$@" >/tmp/forwarder.log 2>&1 </dev/null &
	forwarder=$!
	exchange "$on" "$options" --iova-mode=va
	status=$?
	numa_of $forwarder >/tmp/forwarder.numa
	stop $forwarder
	ended=$?
	grep -a 'LABYRINTH: pool' /tmp/forwarder.log
	[ $status = 0 ] || { tail -n 20 /tmp/forwarder.log && return 1; }
	return $ended
}

# numa_of PID: "POOL-WINDOW-PAGES NODE" of each page of a maze.
numa_of()
{
	grep 'memfd:labyrinth' "/proc/$1/numa_maps" | grep -o ' N[0-9]*=[0-9]*' | sort | uniq -c |
		awk '{ split($2, a, "="); n[a[1]] += $1 * a[2] } END { for (i in n) print i, n[i] }'
}

with_fwd()
{
	on=$1 options=$2
	shift 2
	forwarded "$FROM" "$options" /vm/labyrinth-fwd --lcores '0@1,1@1' $EAL \
		$(nics $(echo "$on" | tr ',' ' ')) "$@" -- --stats-period=0 \
		--pool-options="$options" --total-num-mbufs=4095 --mbcache=64
}

# testpmd ends when its standard input does; it gets none, and SIGINT.
with_testpmd()
{
	on=$1 options=$2
	shift 2
	LABYRINTH_OPTIONS=$options
	export LABYRINTH_OPTIONS
	forwarded "$FROM" "$options" dpdk-testpmd --lcores '0@1,1@1' $EAL \
		$(nics $(echo "$on" | tr ',' ' ')) -d $DRIVER --mbuf-pool-ops-name=labyrinth "$@" -- \
		--total-num-mbufs=4095 --mbcache=64 --auto-start --stats-period=60 --numa
}

faults()
{
	dmesg | grep -c 'DMAR: \[DMA'
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

# run_case NAME FAULTS COMMAND: one line of result; the log if it fails. A number
# of free huge pages that has changed is a failure, too.
run_case()
{
	name=$1 want=$2 result=ok
	pages=$(huge_free)
	begin=$(cut -d ' ' -f 1 /proc/uptime)
	dmesg -c >/dev/null
	rm -rf /tmp/serving /tmp/plugged /tmp/done
	(eval "$3") >$LOG 2>&1 || result=failed
	seen=$(faults)
	[ "$(huge_free)" = "$pages" ] || { result=failed && echo "huge pages free: $pages, then $(huge_free)" >>$LOG; }
	case $want-$seen in
	none-0) ;;
	some-0) result=failed && echo "no DMAR fault was seen" >>$LOG ;;
	some-*) ;;
	*) result=failed && echo "DMAR faults were seen" >>$LOG ;;
	esac
	frames=$(sed -n 's/^vmtest: .*frames verified: //p' $LOG | awk '{ n += $1 } END { print n + 0 }')
	end=$(cut -d ' ' -f 1 /proc/uptime)
	[ "$seen" = 0 ] && seen=none || seen=some
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
	while read -r name want command <&3; do
		run_case "$name" "$want" "$command"
	done 3<&0
	echo "@end"
}
