#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The Labyrinth authors
#
# Unmodified testpmd forwards over every kind of port that works without a NIC.
# Afterwards every buffer is free again; payloads are compared byte for byte
# wherever a peer sends; the backing chosen is the one expected.

set -u
HERE=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/lib.sh
. "$HERE/../lib.sh"
# shellcheck source=tests/system/testpmd_lib.sh
. "$HERE/testpmd_lib.sh"
for file in null ring pcap wire chain; do
	# shellcheck source=/dev/null
	. "$HERE/scenarios/$file.sh"
done

usage()
{
	cat <<END
Usage: ${0##*/} [-s SCENARIO[,SCENARIO...]] BUILD [OPS]

  BUILD        build directory that holds the plugin
  OPS          mempool ops (default: labyrinth)
  -s SCENARIO  only these of: ${!NEEDS[*]}

In the environment: LABYRINTH_OPTIONS, as the driver reads it; NO_HUGE=1, to run
on 4 KiB pages.
END
}

# What a scenario needs: root, a namespace (which needs root), huge pages, or a
# pool in EAL's own memory.
declare -A NEEDS=(
	[null]='' [default_size]='' [ring]='' [pcap]='' [pcap_jumbo]='' [pcap_recorded]=''
	[xmem]='root' [xmemhuge]='root huge'
	[af_packet]='netns' [af_xdp]='netns eal' [tap]='netns'
	[memif]='netns' [memif_zero_copy]='netns eal' [virtio_user]='netns eal'
)
ORDER=(null default_size xmem xmemhuge ring pcap pcap_jumbo pcap_recorded
	af_packet af_xdp tap memif memif_zero_copy virtio_user)

# run_scenario NAME: in a scratch directory, namespace and LOGS of its own.
run_scenario()
{
	local needs=${NEEDS[$1]} began=$SECONDS
	SCENARIO=$1
	NETNS=
	if [[ -n $needs ]] && ! is_root; then
		skip "$1" "needs root"
		return
	fi
	if [[ $needs == *eal* && $OPS == labyrinth && $(asked_backing) == maze ]]; then
		skip "$1" "its port shares EAL's own memory, which a maze is not"
		return
	fi
	if [[ $needs == *huge* ]] && ((${NO_HUGE:-0})); then
		skip "$1" "testpmd itself takes huge pages for it"
		return
	fi
	if [[ $needs == *netns* ]]; then
		NETNS=lab-$1-$$
		add_netns "$NETNS" || {
			not_ok "$1: cannot create a network namespace"
			return
		}
	fi
	"scenario_$1" || not_ok "$1: could not be set up"
	pmd_end_all
	[[ -n $NETNS ]] && del_netns "$NETNS"
	note "$1: $((SECONDS - began)) s"
}

ONLY=
while getopts 'hs:' flag; do
	case $flag in
	s) ONLY=,$OPTARG, ;;
	h) usage && exit 0 ;;
	*) usage >&2 && exit 2 ;;
	esac
done
shift $((OPTIND - 1))
(($# == 1 || $# == 2)) || { usage >&2 && exit 2; }
BUILD=$1
OPS=${2:-labyrinth}
[[ -d $BUILD ]] || die "no build directory $BUILD"

undo_on_exit
command -v dpdk-testpmd >/dev/null || die "no dpdk-testpmd: install the package dpdk-dev"
LOGS=$(realpath "$BUILD")/testlogs/testpmd
mkdir -p "$LOGS" || die "cannot write to $LOGS"
SCRATCH=$(mktemp -d) || die "no temporary directory"
at_exit rm -rf "$SCRATCH"
at_exit pmd_end_all
use_ops "$OPS" "$BUILD"
# Memory without huge pages is touched page by page, and slow to come and go.
export NO_HUGE_MB=${NO_HUGE_MB:-512}
((${NO_HUGE:-0})) || reserve_huge 512 || NO_HUGE=1
huge_before=$(huge_free)
holders_before=$(huge_holders)
for scenario in "${ORDER[@]}"; do
	[[ -n $ONLY && $ONLY != *",$scenario,"* ]] && continue
	run_scenario "$scenario"
done
check_huge_same "testpmd" "$huge_before" "$holders_before"
summary
