/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/* Get and put as programs call them: in the form that suits the processor. */

#include "path.h"

int
labyrinth_get(labyrinth_t *lab, uint32_t lane, void **frames, uint32_t n)
{
	return lab_path->get_from(lab, frames, n, lane, __builtin_return_address(0));
}

int
labyrinth_get_from(labyrinth_t *lab, void **frames, uint32_t n, uint32_t lane, const void *site)
{
	return lab_path->get_from(lab, frames, n, lane, site);
}

int
labyrinth_get_here(labyrinth_t *lab, void **frames, uint32_t n, const void *site)
{
	return lab_path->get(lab, frames, n, site);
}

int
labyrinth_put(labyrinth_t *lab, uint32_t lane, void *const *frames, uint32_t n)
{
	return lab_path->put_from(lab, frames, n, lane, __builtin_return_address(0));
}

int
labyrinth_put_from(labyrinth_t *lab, void *const *frames, uint32_t n, uint32_t lane,
                   const void *site)
{
	return lab_path->put_from(lab, frames, n, lane, site);
}

int
labyrinth_put_here(labyrinth_t *lab, void *const *frames, uint32_t n, const void *site)
{
	return lab_path->put(lab, frames, n, site);
}
