#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The Labyrinth authors
#
# Suricata as it is installed, inline between two hosts: with DPDK's handler and with
# labyrinth all packets pass, rules match, and a double free under it is named.

set -u
HERE=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/lib.sh
. "$HERE/../lib.sh"
# shellcheck source=tests/system/path_lib.sh
. "$HERE/path_lib.sh"

usage()
{
	cat <<END
Usage: ${0##*/} BUILD

  BUILD  build directory that holds the plugin and tests/misuse/free_twice.so

In the environment: LABYRINTH_OPTIONS, as the driver reads it; NO_HUGE=1, to run on
4 KiB pages; TCP_BYTES (default 20000000).
END
}

ABORTED=134
RULE='alert icmp any any -> any any (msg:"a ping"; itype:8; sid:1;)'

# interface OWN OTHER: what comes in at the one goes out at the other.
interface()
{
	cat <<END
    - interface: $1
      threads: 1
      promisc: true
      multicast: false
      mempool-size: 8191
      mempool-cache-size: 257
      rx-descriptors: 256
      tx-descriptors: 256
      copy-mode: ips
      copy-iface: $2
END
}

# configuration OPS PLUGIN...: every option of EAL is a key, without its dashes.
configuration()
{
	local ops=$1 memory='in-memory:'
	shift
	((${NO_HUGE:-0})) && memory=$'no-huge:\n    no-shconf:\n    m: 768'
	cat <<END
%YAML 1.1
---
default-rule-path: $WORK
rule-files: [test.rules]
classification-file: /etc/suricata/classification.config
reference-config-file: /etc/suricata/reference.config
unix-command: {enabled: no}
stats: {enabled: no}
logging:
  outputs:
    - console: {enabled: yes}
outputs:
  - eve-log: {enabled: yes, filetype: regular, filename: eve.json, types: [alert]}
threading:
  set-cpu-affinity: yes
  cpu-affinity:
    - management-cpu-set: {cpu: [0]}
    - worker-cpu-set: {cpu: [0, 1], mode: exclusive}
dpdk:
  eal-params:
    proc-type: primary
    $memory
    no-pci:
    file-prefix: $PREFIX
    log-level: notice
    d: [$(printf '"%s",' "$@")]
    mbuf-pool-ops-name: $ops
    vdev: ["net_af_packet0,iface=p0", "net_af_packet1,iface=p1"]
  interfaces:
END
	interface net_af_packet0 net_af_packet1
	interface net_af_packet1 net_af_packet0
}

# start NAME OPS [PLUGIN...]: Suricata wants a CPU for each interface and one beside them,
# so it is told of more than there may be.
start()
{
	local name=$1
	shift
	LOG=$LOGS/$name.log
	rm -f "$WORK/eve.json"
	configuration "$@" >"$WORK/suricata.yaml"
	# shellcheck disable=SC2016 # the other shell expands them
	timeout --kill-after=5 200 ip netns exec "$MIDDLE" sh -c '
		mount --bind "$0" /sys/devices/system/cpu/online && exec "$@"' "$WORK/cpus" \
		suricata -c "$WORK/suricata.yaml" -l "$WORK" --dpdk -k none >"$LOG" 2>&1 </dev/null &
	PID=$!
	wait_until 60 answers "$PID"
	! ended "$PID"
}

ask()
{
	echo "$1" | dpdk-telemetry.py -f "$PREFIX"
}

# pools COMMAND: the names in telemetry's answer to it, one a line.
pools()
{
	ask "$1" | python3 -c 'import json, sys
print(*next(iter(json.load(sys.stdin).values())), sep="\n")'
}

# serves POOL: labyrinth does, buffers of it went round, and nothing is wrong.
serves()
{
	ask "/labyrinth/pool,$1" | python3 -c 'import json, sys
pool = next(iter(json.load(sys.stdin).values()))
print(pool)
sys.exit(not (pool["backing"] == sys.argv[1] and pool["refills"] > 0
              and pool["violations"] == pool["failures"] == 0))' "$BACKING" >"$LOGS/pool.log"
}

alerts()
{
	grep -c '"signature":"a ping"' "$WORK/eve.json"
}

forward_with()
{
	local pool before holders names
	local -a plugins=()
	[[ $1 == labyrinth ]] && plugins=("$PLUGIN")
	before=$(huge_free)
	holders=$(huge_holders)
	if ! start "$1" "$1" "${plugins[@]}"; then
		not_ok "$1: the path comes up" "$LOG"
		end_program
		return
	fi
	check_path "$1"
	if [[ $1 == labyrinth ]]; then
		check_eq "$1: its pools lie in mazes" "$(backings_in "$LOG" | xargs)" "$BACKING $BACKING" "$LOG"
		names=$(pools /labyrinth/list | xargs)
		check_eq "$1: all pools are labyrinth's" "${names:-none}" "$(pools /mempool/list | xargs)"
		for pool in $names; do
			check "$1: $pool: buffers go round, no violation, no failure" serves "$pool"
		done
	fi
	end_program
	check_eq "$1: exit status" "$STATUS" 0 "$LOG"
	# Echo requests of check_path, and of the wait for the path.
	check "$1: rules match ($(alerts) alerts)" [ "$(alerts)" -ge 200 ]
	check_huge_same "$1" "$before" "$holders"
}

free_twice()
{
	export FREE_TWICE_EVERY=50
	LABYRINTH_OPTIONS=trace=2,violation=report start report labyrinth "$PLUGIN" "$CULPRIT"
	pings 100
	check "a double free, violation=report: packets pass" wait_until 10 answers_now
	end_program
	check_eq "a double free, violation=report: Suricata goes on" "$STATUS" 0 "$LOG"
	check "a double free, violation=report: both sites are named" names_both suricata "$LOG"
	LABYRINTH_OPTIONS=trace=2 start panic labyrinth "$PLUGIN" "$CULPRIT"
	pings 100
	end_program
	check_eq "a double free, violation=panic: stopped" "$STATUS" $ABORTED "$LOG"
	check "a double free, violation=panic: both sites are named" names_both suricata "$LOG"
}

test_suricata()
{
	WORK=$(mktemp -d) || die "no directory for temporary files"
	at_exit rm -rf "$WORK"
	echo "$RULE" >"$WORK/test.rules"
	echo 0-3 >"$WORK/cpus"
	PREFIX=suricata-$$
	at_exit del_eal_dir "$PREFIX"
	build_path 192.0.2.2 || die "cannot create the network namespaces"
	at_exit end_left_over
	find_plugin "$BUILD"
	find_culprit
	note "$(suricata -V 2>&1)"
	forward_with ring_mp_mc
	forward_with labyrinth
	free_twice
}

[[ $# == 1 && $1 != -* ]] || { usage >&2 && exit 2; }
[[ -d $1 ]] || die "no build directory $1"
BUILD=$(realpath "$1")
undo_on_exit
LOGS=$BUILD/testlogs/suricata
mkdir -p "$LOGS" || die "cannot write to $LOGS"
rm -f "$LOGS"/*.log
BACKING=maze
if ! suricata --build-info 2>/dev/null | grep -q 'DPDK support: *yes'; then
	skip "Suricata" "not installed, or built without DPDK (Debian 13 and later have it)"
elif ! is_root || ! command -v mount >/dev/null || (($(nproc) < 2)); then
	skip "Suricata" "needs root, mount and two CPUs"
else
	((${NO_HUGE:-0})) || reserve_huge 300 || NO_HUGE=1
	test_suricata
fi
summary
