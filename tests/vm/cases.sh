# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The Labyrinth authors
#
# The table of cases: machine | name | DMAR faults | command in the guest | what it
# proves. Machines: wide has two nodes and an IOMMU of 48 bits, narrow one node
# and an IOMMU of 39 bits. The commands are those of guest/lib.sh.
# shellcheck disable=SC2034 # for tests/vm/run

CASES=(
	"wide|e1000e|none|exchange e0,e1 backing=maze|an e1000e on net_e1000_em, from node to node"
	"wide|e1000|none|exchange g0,g1 backing=maze|an 82540EM on net_e1000_em"
	"wide|virtio|none|exchange v0,v1 backing=maze|a modern virtio NIC whose DMA the IOMMU checks"
	"wide|e1000e-eal|none|exchange e0,e1 backing=eal|frames in EAL's own memory"
	"wide|virtio-eal|none|exchange v0,v1 backing=eal|the same"
	"wide|fast|none|exchange e0,e1 profile=fast,backing=maze|DPDK's cache above the lanes"
	"wide|fast-eal|none|exchange v0,v1 profile=fast,backing=eal|the same in EAL's memory"
	"wide|strict|none|exchange e0,e1 profile=strict,backing=maze|no check takes what a NIC wrote for damage"
	"wide|strict-eal|none|exchange g0,g1 profile=strict,backing=eal|the same in EAL's memory"
	"wide|strict-virtio|none|exchange v0,v1 profile=strict,backing=maze|the same with virtio"
	"wide|pa|none|exchange e0,e1 backing=maze --iova-mode=pa|physical IOVAs, a mapping for each page"
	"wide|pa-eal|none|exchange e0,e1 backing=eal --iova-mode=pa|physical IOVAs in EAL's memory"
	"wide|pa-virtio|none|exchange v0,v1 profile=fast,backing=maze --iova-mode=pa|physical IOVAs with virtio"
	"wide|small-pages|none|exchange g0,g1 backing=maze,pages=small|a maze of 4 KiB pages"
	"wide|large|none|large|two pools of more pages than EAL keeps mappings: a frame out of each page"
	"wide|fwd|none|with_fwd backing=maze && pages_on 0 1|labyrinth-fwd between NICs on two nodes: as many pages on each, each where it is bound to"
	"wide|fwd-node-1|none|with_fwd backing=maze e1,v1 e0,v0 && pages_on 1|labyrinth-fwd between an e1000e and a virtio NIC on node 1: every page there"
	"wide|fwd-strict|none|with_fwd profile=strict,backing=maze|labyrinth-fwd under strict"
	"wide|fwd-eal|none|with_fwd profile=fast,backing=eal|labyrinth-fwd in EAL's memory"
	"wide|testpmd|none|with_testpmd backing=maze|unmodified testpmd between two NICs"
	"wide|testpmd-strict|none|with_testpmd profile=strict,backing=maze|testpmd under strict"
	"wide|testpmd-eal|none|with_testpmd profile=fast,backing=eal|testpmd in EAL's memory"
	"wide|plug|none|plug_late e0,e1|NICs that EAL probes after the pools exist"
	"wide|plug-new|none|plug_new|a NIC the machine gets while the program runs, after the pools exist"
	"wide|unplug|none|test_on e0,e1 -- unplug options=backing=maze devices=\$e0,\$e1|NICs removed, their pools freed, plugged again: three times, nothing left"
	"wide|unplug-virtio|none|test_on v0,v1 -- unplug options=backing=maze devices=\$v0,\$v1|the same with virtio"
	"wide|secondary|none|secondary backing=eal|a secondary process sends and receives with the pools of its primary"
	"wide|secondary-maze|none|secondary_maze|the same with pools in mazes"
	"wide|node-0|none|node 0 backing=maze|a pool for node 0 has every page there"
	"wide|node-1|none|node 1 backing=maze|a pool for node 1 has every page there"
	"wide|node-1-eal|none|node 1 backing=eal|the same in EAL's memory"
	"wide|node-1-small|none|node 1 backing=maze,pages=small|the same with 4 KiB pages"
	"wide|node-short|none|short_of 1 refused backing=maze,pages=huge && says \"not enough huge pages left on the pool's NUMA node\"|node 1 has no huge pages: a clear error"
	"wide|node-short-small|none|short_of 1 node backing=maze && says '4 KiB pages: no huge page is left'|node 1 has no huge pages: 4 KiB pages of node 1, and it says so"
	"wide|node-short-eal|none|short_of 1 node backing=auto --socket-mem=8,64 && says 'backing=eal (not enough huge pages left on'|node 1 has no huge pages but those of EAL: these, and it says so"
	"wide|node-short-none|none|short_of 1 refused backing=auto|node 1 has no memory: an error, no memory of node 0"
	"wide|limit-eal|none|test_on e0,e1 -- limit options=backing=maze && says 'EAL keeps at most 256'|EAL's table of mappings is full: an error with the remedy, backing=auto goes on, nothing leaks"
	"wide|limit-kernel|none|entry_limit|the kernel's limit of mappings: the same"
	"wide|limit-memlock|none|test_on e0,e1 -- refused expect=memlock options=backing=maze,pages=huge && says 'raise the limit of locked memory'|the limit of locked memory: the same"
	"wide|unmapped|some|test_on e0,e1 -- unmapped options=backing=maze|without mappings no frame arrives intact, and the faults are seen"
	"narrow|narrow|none|exchange e0,e1 backing=maze|an IOMMU of 39 bits: the maze lies below"
	"narrow|narrow-strict|none|exchange e0,e1 profile=strict,backing=maze|the same under strict"
	"narrow|narrow-eal|none|exchange e0,e1 backing=eal|the same in EAL's memory"
	"narrow|narrow-pa|none|exchange e0,e1 backing=maze --iova-mode=pa|the same with physical IOVAs"
	"narrow|one-node|none|node 0 backing=maze|a machine of one node: a pool for node 0"
	"narrow|no-node-1|none|test_on '' -- refused node=1 options=backing=maze && says 'on socket 1: Cannot allocate memory'|and none for node 1"
)
