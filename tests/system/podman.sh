#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The Labyrinth authors
#
# What docs/deploy/containers.md says of containers, in containers: unmodified testpmd and
# the plugin in an image of a few files of this machine, run by podman without capabilities,
# behind filters of system calls and under limits of memory; and the pod of config/deploy.

set -u
HERE=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/lib.sh
. "$HERE/../lib.sh"

usage()
{
	cat <<END
Usage: ${0##*/} BUILD

  BUILD  build directory that holds the plugin, labyrinth-fwd and tests/misuse/free_twice.so

Needs root and podman with runc or crun; for the pod catatonit, too. All of its storage
is in a directory that goes at the end.
END
}

# What docs/deploy/containers.md shows.
HARDENED=(--read-only --tmpfs=/tmp --user=1000:1000 --cap-drop=all --security-opt=no-new-privileges
	"--security-opt=seccomp=$REPO/config/deploy/seccomp.json")
POD_FILE=$REPO/config/deploy/pod.yaml
# Fewer bytes than a pool has. The other two take the place of those in containers.conf.
LOCKS=(--ulimit=memlock=65536:65536 --ulimit=nofile=1024:1024 --ulimit=nproc=1024:1024)
ABORTED=134
# What abort() comes to for process 1 of a container, which no signal of its own ends.
ABORTED_AS_FIRST=139
KILLED=137
DRIVERS=(mempool_ring bus_pci bus_vdev net_null)

# --- the image --------------------------------------------------------------

# links FILE: it and, where it is a link, all it leads over.
links()
{
	local file=$1 to
	echo "$file"
	while [[ -L $file ]]; do
		to=$(readlink "$file")
		[[ $to == /* ]] || to=${file%/*}/$to
		file=$(realpath -s "$to")
		echo "$file"
	done
}

# files_of PROGRAM...: with the libraries they need, under the names of a merged /usr.
files_of()
{
	local file
	for file in "$@" $(ldd "$@" 2>/dev/null | sed -nE 's/.*[[:space:]](\/[^ ]+) \(0x.*/\1/p' | sort -u); do
		[[ $file == "$BUILD"/* ]] || links "$(sed -E 's#^/(lib|lib64|bin)/#/usr/\1/#' <<<"$file")"
	done
}

# make_tree: sets TREE, a root directory of testpmd, four of DPDK's drivers and ours.
make_tree()
{
	local dir name
	local -a files=("$(command -v dpdk-testpmd)")
	TREE=$WORK/tree
	mkdir -p "$TREE"/{tmp,run,var,etc,proc,sys,dev,opt} "$TREE"/usr/{bin,sbin,lib,lib64}
	chmod 1777 "$TREE/tmp"
	for dir in bin sbin lib lib64; do ln -s "usr/$dir" "$TREE/$dir"; done
	for name in "${DRIVERS[@]}"; do
		files+=("$(dpdk_drivers)/librte_$name".so*)
	done
	files_of "${files[@]}" "$PLUGIN" | sort -u >"$WORK/files"
	tar -C / -c --no-recursion -T "$WORK/files" 2>/dev/null | tar -C "$TREE" -x
	cp "$PLUGIN" "$CULPRIT" "$TREE/opt/"
	# labyrinth-fwd looks for its plugin where the build has it.
	mkdir -p "$TREE/opt/app/labyrinth-fwd" "$TREE/opt/drivers/mempool/labyrinth"
	cp "$BUILD/app/labyrinth-fwd/labyrinth-fwd" "$TREE/opt/app/labyrinth-fwd/"
	cp "$PLUGIN" "$TREE/opt/drivers/mempool/labyrinth/librte_mempool_labyrinth.so.0"
}

# settings RUNTIME: limits no higher than any user's, so that a container can be started
# by one who may not raise limits.
settings()
{
	cat >"$WORK/containers.conf" <<END
[containers]
default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]
netns = "none"
[engine]
runtime = "$1"
cgroup_manager = "cgroupfs"
events_logger = "none"
END
}

# finds_runtime: one that starts a container here. Not every one knows each kind of cgroups.
finds_runtime()
{
	local runtime
	for runtime in crun runc; do
		command -v $runtime >/dev/null || continue
		settings $runtime
		limited 60 "$LOGS/start-$runtime.log" "${POD[@]}" run --rm --memory=64m localhost/labyrinth dpdk-testpmd --version
		# testpmd itself ends by 0 or 1.
		(($? < 120)) && note "$(podman --version), $runtime" && return 0
	done
	return 1
}

# Groups that podman makes above those of its containers.
del_groups()
{
	find /sys/fs/cgroup -depth -type d -path '*/libpod_parent*' -exec rmdir {} + 2>/dev/null
	return 0
}

end_podman()
{
	"${POD[@]}" pod rm --all --force >/dev/null 2>&1
	"${POD[@]}" rm --all --force --time 1 >/dev/null 2>&1
	((HAD_GROUPS)) || del_groups
	rm -rf "$WORK"
}

# --- runs -------------------------------------------------------------------

# testpmd NAME PAGES PODMAN-OPTION...: two seconds of it in a container. Sets LOG and STATUS.
testpmd()
{
	local name=$1
	local -a memory=(--in-memory)
	[[ $2 == small ]] && memory=(--no-huge --no-shconf -m 256)
	shift 2
	LOG=$LOGS/$name.log
	limited 60 "$LOG" "${POD[@]}" run --rm -v "$WORK/commands:/commands:ro" "$@" localhost/labyrinth dpdk-testpmd \
		"${memory[@]}" --no-pci --iova-mode=va -l 0,1 "${PLUGINS[@]}" --mbuf-pool-ops-name=labyrinth \
		--vdev=net_null0 --vdev=net_null1 -- --total-num-mbufs=4096 --cmdline-file=/commands -i
	STATUS=$?
}

# forwarded: packets that went through.
forwarded()
{
	sed -nE 's/.*RX-total: ([1-9][0-9]*).*/\1/p' "$LOG" | tail -n 1
}

# works NAME PAGES PODMAN-OPTION...
works()
{
	testpmd "${1//[^a-z0-9]/_}" "${@:2}"
	check_eq "$1: testpmd ends well" $STATUS 0 "$LOG"
	check "$1: it forwarded" [ -n "$(forwarded)" ]
	check_eq "$1: its pages" "$(sed -nE 's/.*backing=maze \(([^)]*)\).*/\1/p' "$LOG")" \
		"$([[ $2 == huge ]] && echo "huge pages" || echo "4 KiB pages")" "$LOG"
}

warned()
{
	grep -c 'LABYRINTH: .*RLIMIT_MEMLOCK' "$LOG"
}

test_small_pages()
{
	works "4 KiB pages, no capability, the filter of config/deploy" small --memory=512m "${HARDENED[@]}"
	testpmd memlock small --cap-drop=all "${LOCKS[@]}"
	check_eq "a small RLIMIT_MEMLOCK: one line says so" "$(warned)" 1 "$LOG"
	testpmd ipc_lock small --cap-drop=all --cap-add=ipc_lock "${LOCKS[@]}"
	check_eq "with CAP_IPC_LOCK: none" "$STATUS $(warned)" "0 0" "$LOG"
}

test_huge_pages()
{
	if ((!HUGE)); then
		skip "huge pages" "none can be reserved"
		return
	fi
	works "huge pages, no capability, the filter of config/deploy" huge --memory=512m "${HARDENED[@]}"
	# As Docker's filter does without CAP_SYS_NICE.
	testpmd refused_huge huge --cap-drop=all "--security-opt=seccomp=$WORK/refusing.json"
	if [[ -e /proc/self/numa_maps ]]; then
		check_eq "a filter that refuses mbind: EAL gets no huge page" "$STATUS" 1 "$LOG"
		check "a filter that refuses mbind: libnuma says so" grep -q 'set_mempolicy: Operation not permitted' "$LOG"
	fi
}

test_filter()
{
	works "4 KiB pages, a filter that refuses mbind" small --cap-drop=all "--security-opt=seccomp=$WORK/refusing.json"
}

test_memory()
{
	testpmd killed small --cap-drop=all --memory=12m --memory-swap=12m
	check_eq "12 MiB of memory: the kernel ends it" $STATUS $KILLED "$LOG"
	LOG=$LOGS/doctor.log
	limited 60 "$LOG" "${POD[@]}" run --rm --cap-drop=all --memory=100m localhost/labyrinth \
		/opt/app/labyrinth-fwd/labyrinth-fwd --doctor
	check "100 MiB of memory: --doctor tells of it" \
		grep -qE '^\[problem\] control group, memory: .* allows 100 MiB, ' "$LOG"
}

# What podman starts pods and --init with.
has_init()
{
	command -v catatonit >/dev/null || [[ -x /usr/libexec/podman/catatonit ]]
}

test_violation()
{
	local -a culprit=(-e FREE_TWICE_EVERY=50 -e LABYRINTH_OPTIONS=trace=2)
	PLUGINS+=(-d "/opt/${CULPRIT##*/}")
	testpmd first small "${HARDENED[@]}" "${culprit[@]}"
	check_eq "a double free: the container ends" $STATUS $ABORTED_AS_FIRST "$LOG"
	if has_init; then
		testpmd violation small --init "${HARDENED[@]}" "${culprit[@]}"
		check_eq "a double free, --init: the container ends" $STATUS $ABORTED "$LOG"
	fi
	PLUGINS=("${PLUGINS[@]:0:2}")
	check "a double free: both sites are named, behind the filter" \
		grep -aqE 'SUMMARY: labyrinth: double free .* found in .*testpmd.*, freed in .*free_twice' "$LOG"
}

# Fields of the file that kubectl, which drops what it does not know, did not give back.
lost_fields()
{
	kubectl set env --local -f "$POD_FILE" NONE=1 -o json | python3 -c 'import json, sys, yaml

def lost(path, given, kept):
    if isinstance(given, (dict, list)):
        for key in given if isinstance(given, dict) else range(len(given)):
            try:
                lost("%s/%s" % (path, key), given[key], kept[key])
            except (KeyError, IndexError, TypeError):
                print("%s/%s" % (path, key))
    elif given != kept:
        print(path)

lost("", yaml.safe_load(open(sys.argv[1])), json.load(sys.stdin))' "$POD_FILE" 2>&1
}

test_fields()
{
	if ! command -v kubectl >/dev/null || ! python3 -c 'import yaml' 2>/dev/null; then
		skip "the fields of the pod" "needs kubectl and python3-yaml"
		return
	fi
	check_eq "fields of the pod that kubectl does not know" "$(lost_fields | xargs)" ""
}

# Of huge pages podman says nothing: it ignores their limit.
test_pod()
{
	local id
	if ! has_init; then
		skip "the pod" "no catatonit, which podman starts pods with"
		return
	elif ((!HUGE)); then
		skip "the pod" "no huge pages"
		return
	fi
	LOG=$LOGS/pod.log
	if ! limited 60 "$LOG" "${POD[@]}" kube play --network=none "$POD_FILE"; then
		not_ok "the pod starts" "$LOG"
		return
	fi
	id=$("${POD[@]}" ps --all --quiet --filter name=forwarder-testpmd)
	wait_until 15 pod_forwards "$id"
	check "the pod forwards, with its pool in huge pages" pod_forwards "$id"
	check_eq "the pod's program has no capability, nor can get one" \
		"$("${POD[@]}" top "$id" seccomp capeff capbnd capprm 2>/dev/null | tail -n 1 | xargs)" "filter none none none"
	check_eq "the pod's memory" "$("${POD[@]}" inspect --format '{{.HostConfig.Memory}}' "$id")" $((512 << 20))
	limited 30 "$LOGS/pod-down.log" "${POD[@]}" kube down "$POD_FILE"
}

pod_forwards()
{
	"${POD[@]}" logs "$1" >"$LOGS/pod-testpmd.log" 2>&1
	grep -q 'backing=maze (huge pages)' "$LOGS/pod-testpmd.log" &&
		grep -qE 'RX-packets: [1-9]' "$LOGS/pod-testpmd.log"
}

test_podman()
{
	local before holders
	HUGE=1
	reserve_huge 100 || HUGE=0
	before=$(huge_free)
	holders=$(huge_holders)
	PLUGINS=(-d "/opt/${PLUGIN##*/}")
	printf 'start\nshow port stats all\nstop\nquit\n' >"$WORK/commands"
	echo '{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"action": "SCMP_ACT_ERRNO", "errnoRet": 1,
		"names": ["mbind", "get_mempolicy", "set_mempolicy", "move_pages", "migrate_pages"]}]}' >"$WORK/refusing.json"
	test_small_pages
	test_filter
	test_huge_pages
	test_memory
	test_violation
	test_pod
	check_huge_same "all containers" "$before" "$holders"
}

[[ $# == 1 && $1 != -* ]] || { usage >&2 && exit 2; }
[[ -d $1 ]] || die "no build directory $1"
BUILD=$(realpath "$1")
undo_on_exit
LOGS=$BUILD/testlogs/podman
mkdir -p "$LOGS" || die "cannot write to $LOGS"
rm -f "$LOGS"/*.log
test_fields
if ! command -v podman >/dev/null; then
	skip "podman" "not installed (packages podman, runc or crun, catatonit)"
elif ! is_root || (($(nproc) < 2)); then
	skip "podman" "needs root and two CPUs"
else
	find_plugin "$BUILD"
	CULPRIT=$BUILD/tests/misuse/free_twice.so
	[[ -e $CULPRIT ]] || die "no plugin at $CULPRIT: build first"
	WORK=$(mktemp -d) || die "no directory for temporary files"
	POD=(podman --storage-driver=vfs "--root=$WORK/root" "--runroot=$WORK/run")
	export CONTAINERS_CONF=$WORK/containers.conf
	HAD_GROUPS=$(find /sys/fs/cgroup -type d -name libpod_parent 2>/dev/null | grep -c .)
	at_exit end_podman
	settings runc
	make_tree
	if ! tar -C "$TREE" -c . | "${POD[@]}" import - localhost/labyrinth >"$LOGS/import.log" 2>&1; then
		skip "podman" "imports no image: $(tail -n 1 "$LOGS/import.log")"
	elif ! finds_runtime; then
		skip "podman" "starts no container here: $(tail -qn 1 "$LOGS"/start-*.log | tail -n 1)"
	else
		test_podman
	fi
fi
summary
