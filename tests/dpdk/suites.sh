#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The Labyrinth authors
#
# DPDK's own tests, unmodified, with the pools of this project: first with
# ring_mp_mc, which proves that a suite works on this machine at all, then with
# labyrinth once per option string.

set -u
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

usage()
{
	cat <<END
Usage: ${0##*/} [-o OPS] [-s SUITE[,SUITE...]] BUILD [OPTIONS...]

  BUILD     build directory that holds the plugin
  OPTIONS   values of LABYRINTH_OPTIONS, all suites once with each
            (default: backing=maze backing=eal)
  -o OPS    mempool ops to test (default: labyrinth)
  -s SUITE  only these suites

NO_HUGE=1 in the environment: the same on 4 KiB pages.
END
}

# Name, seconds allowed, virtual devices it needs. Not here, because they do not
# pass with ring_mp_mc either (seen with DPDK 22.11 as Debian builds it):
# link_bonding_mode4 (its handshake depends on timers of 100 ms), ipsec (crashes
# with a crypto device, is skipped without), pcapng (needs a NIC), flow_classify
# (not in that build).
SUITES=(
	"mempool 60"
	"mbuf 60"
	"ring_pmd 30"
	"link_bonding 60"
	"link_bonding_rssconf 30"
	"reorder 30"
	"sched 30"
	"table 90"
	"distributor 60"
	"ipfrag 30"
	"event_eth_rx_adapter 30"
	"event_eth_tx_adapter 30"
	"event_crypto_adapter 30 crypto_null"
	"pmd_perf 60 net_ring0 net_ring1"
	"cksum 30"
	"security 30"
	"pdump 30"
	"cryptodev_null 30 crypto_null"
	"func_reentrancy 30"
)

# Suites with pools from rte_mempool_create(), which names its ops itself: run
# once more with all=on, or with the takeover plugin where the ops are not labyrinth;
# those in the second list have no others.
EVERYWHERE_SUITES=" mempool mbuf ring_pmd event_crypto_adapter cryptodev_null security func_reentrancy "
EVERYWHERE_ONLY=" security func_reentrancy "

# Fails now and then with any pool, because it counts on time: tried again.
declare -A TRIES=([link_bonding]=3)

# Does not pass with ring_mp_mc on 4 KiB pages.
HUGE_ONLY=" event_eth_rx_adapter "

# run_suite LABEL NAME SECONDS VDEVS EAL-OPTION...: sets LOG; returns 0 only
# when the program succeeded and said "Test OK".
run_suite()
{
	local label=$1 name=$2 seconds=$3 vdevs=$4 vdev tries
	local -a devices=()
	shift 4
	for vdev in $vdevs; do
		devices+=(--vdev "$vdev")
	done
	LOG=$LOGS/$name.${label//[^a-zA-Z0-9_=]/_}.log
	for ((tries = ${TRIES[$name]:-1}; tries > 0; tries--)); do
		DPDK_TEST=${name}_autotest limited "$seconds" "$LOG" \
			"${WITH[@]}" dpdk-test "${EAL_ARGS[@]}" "${CPUS_ARGS[@]}" "${devices[@]}" "$@" &&
			grep -aq '^Test OK' "$LOG" && return 0
	done
	return 1
}

# A suite that never came near the driver proves nothing: the driver must have
# reported a pool, with the backing that was asked for, unless the suite brought
# the memory itself.
used_the_driver()
{
	local seen
	seen=$(grep -avF '(memory given by the application)' "$LOG" | backings_in - | sort -u | xargs)
	case ",$1," in
	*,backing=maze,*) [[ $seen == maze ]] ;;
	*,backing=eal,*) [[ $seen == eal ]] ;;
	*) [[ -n $seen ]] ;;
	esac
}

# result LABEL NAME OPTIONS STATUS: judges the run whose output LOG holds.
result()
{
	local name="$2_autotest with $1"
	if (($4 != 0)) && [[ $3 != *backing=eal* ]] && grep -aqx 'mempool not contiguous' "$LOG"; then
		# From 24.11 on it wants its first pool in one piece, when all else has passed.
		skip "$name: its last check" "wants memory in one piece, which a maze is not"
	elif (($4 != 0)); then
		not_ok "$name" "$LOG"
	elif [[ $OPS == labyrinth && $1 != ring_mp_mc ]] && ! used_the_driver "$3"; then
		not_ok "$name: passed, but its pools were not the driver's ($(backings_in "$LOG" | sort | uniq -c | xargs))" "$LOG"
	else
		ok "$name"
	fi
}

# one_suite NAME SECONDS VDEV...
one_suite()
{
	local name=$1 seconds=$2 options status label
	shift 2
	if ((${NO_HUGE:-0})) && [[ $HUGE_ONLY == *" $name "* ]]; then
		skip "${name}_autotest" "needs huge pages, with any pool"
		return
	fi
	WITH=()
	run_suite ring_mp_mc "$name" "$seconds" "$*"
	status=$?
	result ring_mp_mc "$name" '' $status
	((status == 0)) || return 0
	WITH=("${OPS_ENV[@]}")
	for options in "${OPTIONS[@]}"; do
		# This suite looks up keys of 8 bytes of which it wrote 4 into a
		# fresh buffer: it hopes for zeros where poison lies, of all or of a few.
		[[ $name == table && $options == *strict* ]] && options+=,poison=off
		[[ $name == table ]] && options+=${options:+,}sample=off
		export LABYRINTH_OPTIONS=$options
		label=$OPS${options:+ $options}
		if [[ $EVERYWHERE_ONLY != *" $name "* ]]; then
			run_suite "$label" "$name" "$seconds" "$*" "${OPS_ARGS[@]}"
			result "$label" "$name" "$options" $?
		fi
		if [[ $EVERYWHERE_SUITES == *" $name "* ]]; then
			LABYRINTH_OPTIONS=all=on${options:+,$options} \
				run_suite "$label everywhere" "$name" "$seconds" "$*" "${EVERYWHERE_ARGS[@]}"
			result "$label everywhere" "$name" "$options" $?
		fi
	done
	unset LABYRINTH_OPTIONS
}

# everywhere_args: sets EVERYWHERE_ARGS.
everywhere_args()
{
	EVERYWHERE_ARGS=(-d "${PLUGIN:-}")
	[[ $OPS == labyrinth ]] && return 0
	trusted_dir "$BUILD"
	compile "$REPO/tests/dpdk/takeover.c" "$TRUSTED/takeover.so" -shared -fPIC
	export TAKEOVER_OPS=$OPS
	# Later DPDKs do not link their programs with the ring's ops, which must be there first.
	EVERYWHERE_ARGS=(-d "$(dpdk_drivers)/librte_mempool_ring.so" -d "$TRUSTED/takeover.so")
}

OPS=labyrinth
ONLY=
while getopts 'ho:s:' flag; do
	case $flag in
	o) OPS=$OPTARG ;;
	s) ONLY=,$OPTARG, ;;
	h) usage && exit 0 ;;
	*) usage >&2 && exit 2 ;;
	esac
done
shift $((OPTIND - 1))
(($# >= 1)) || { usage >&2 && exit 2; }
BUILD=$1
shift
OPTIONS=("$@")
((${#OPTIONS[@]} > 0)) || OPTIONS=(backing=maze backing=eal)
[[ $OPS == labyrinth ]] || OPTIONS=('')

undo_on_exit
command -v dpdk-test >/dev/null || die "no dpdk-test: install the package dpdk-dev"
LOGS=$BUILD/testlogs/suites
mkdir -p "$LOGS" || die "cannot write to $LOGS"
use_ops "$OPS" "$BUILD"
everywhere_args
# Later DPDKs need more for tables.
reserve_huge 1024 || NO_HUGE=1
eal_args suites
cpus_args 2
huge_before=$(huge_free)
holders_before=$(huge_holders)
for suite in "${SUITES[@]}"; do
	read -ra words <<<"$suite"
	[[ -n $ONLY && $ONLY != *",${words[0]},"* ]] && continue
	one_suite "${words[@]}"
done
check_huge_same "DPDK's suites" "$huge_before" "$holders_before"
summary
