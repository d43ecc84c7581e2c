# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The Labyrinth authors
#
# The table of cases: machine | name | DMAR faults | command in the guest | what it
# proves. Machines: wide has two nodes and an IOMMU of 48 bits, narrow one node
# and an IOMMU of 39 bits. The commands are those of guest/lib.sh.
# shellcheck disable=SC2034 # for tests/vm/run

CASES=(
	"wide|e1000e|none|exchange e0,e1 profile=guard,backing=maze|net_e1000_em on an e1000e, from node 0 to node 1"
	"wide|e1000|none|exchange g0,g1 profile=guard,backing=maze|net_e1000_em on an 82540EM"
	"wide|virtio|none|exchange v0,v1 profile=guard,backing=maze|net_virtio, modern, its DMA behind the IOMMU"
	"wide|eal|none|exchange e0,e1 profile=guard,backing=eal|frames in EAL's own memory"
	"wide|unmapped|some|test_on e0,e1 -- unmapped options=backing=maze|without its mappings no frame arrives, and the faults are seen"
)
