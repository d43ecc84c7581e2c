# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The Labyrinth authors
#
# net_null: packets from nowhere to nowhere, as fast as the pool gives buffers.

scenario_null()
{
	null_run null maze
}

# null_run NAME BACKING [TESTPMD-OPTION...]
null_run()
{
	local name=$1 backing=$2
	shift 2
	pmd_start "$name" --vdev net_null0 --vdev net_null1 -- "$@"
	check_start "$name" "$SCENARIO" "$backing" || return
	pmd_run "$name" "port start all" start
	sleep 2
	pmd_run "$name" stop
	pmd_packets "$name"
	check_some "$SCENARIO" "$PMD_RX" "packets forwarded" "${PMD_LOG[$name]}"
	check_end "$name" "$SCENARIO"
}

# The number of buffers testpmd takes by itself: as users run it.
scenario_default_size()
{
	NO_HUGE_MB=1024 PMD_ALL_MBUFS=1 null_run default maze
}

# Memory that testpmd brings along instead of EAL's: no maze is possible. Its
# --mp-alloc=anon is not here: it always takes the default ops.
scenario_xmem()
{
	null_run xmem given --mp-alloc=xmem
}

scenario_xmemhuge()
{
	null_run xmemhuge given --mp-alloc=xmemhuge
}
