/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <string.h>

#include <rte_mbuf.h>

#include "labyrinth_pool.h"

__attribute__((visibility("default"))) bool
rte_labyrinth_is(const struct rte_mempool *mp)
{
	if (mp == NULL || mp->pool_data == NULL)
		return false;
	return strcmp(rte_mempool_get_ops(mp->ops_index)->name, RTE_LABYRINTH_OPS_NAME) == 0;
}

bool
labyrinth_pool_has_mbufs(const struct rte_mempool *mp)
{
	const struct rte_pktmbuf_pool_private *priv =
		rte_mempool_get_priv((struct rte_mempool *)(uintptr_t)mp);
	uint32_t keep;

	if (mp->private_data_size < sizeof(*priv))
		return false;
	keep = (uint32_t)sizeof(struct rte_mbuf) + priv->mbuf_priv_size;
	return priv->mbuf_data_room_size != 0 && priv->flags == 0 &&
	       RTE_ALIGN_CEIL(keep + priv->mbuf_data_room_size, sizeof(uint64_t)) == mp->elt_size;
}
