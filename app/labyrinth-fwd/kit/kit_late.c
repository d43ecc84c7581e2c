/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <stdlib.h>

#include "kit_late.h"

struct fwd_kit_late {
	struct fwd_kit_late *next;
	struct fwd_pools pools;
	struct fwd_kit_fate *fate;
};

static void
retire(struct fwd_pools *pools, struct fwd_kit_fate *fate)
{
	fate->violations += fwd_kit_pools_violations(pools);
	fate->missing += fwd_kit_pools_retire(pools);
}

void
fwd_kit_late_add(struct fwd_kit_late **late, struct fwd_pools *pools, struct fwd_kit_fate *fate)
{
	struct fwd_kit_late *one = NULL;

	if (fwd_kit_pools_missing(pools) > 0)
		one = malloc(sizeof(*one));
	if (one == NULL) {
		retire(pools, fate);
		return;
	}
	*one = (struct fwd_kit_late){.next = *late, .pools = *pools, .fate = fate};
	*late = one;
	pools->nb = 0;
}

void
fwd_kit_late_free(struct fwd_kit_late **late, bool all)
{
	while (*late != NULL) {
		struct fwd_kit_late *one = *late;

		if (!all && fwd_kit_pools_missing(&one->pools) > 0) {
			late = &one->next;
			continue;
		}
		retire(&one->pools, one->fate);
		*late = one->next;
		free(one);
	}
}
