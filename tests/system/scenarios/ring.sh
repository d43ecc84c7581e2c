# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The Labyrinth authors
#
# net_ring: each port is a ring to itself; the packets of the start go round and
# round, and a last run that only receives takes them out again.

scenario_ring()
{
	pmd_start ring --vdev net_ring0 --vdev net_ring1 --
	check_start ring ring maze || return
	pmd_run ring "port start all" "start tx_first 8"
	sleep 2
	pmd_run ring stop
	pmd_packets ring
	check_some ring "$PMD_RX" "packets forwarded" "${PMD_LOG[ring]}"
	pmd_run ring "set fwd rxonly" start
	sleep 0.5
	check_end ring ring
}
