/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef LAB_VISIT_H
#define LAB_VISIT_H

/* Get and put by who is in a lane, with all rooms that it takes. */

#include "lane.h"

/* 0, or -ENOENT and none. */
int
lab_visit_get(struct labyrinth *lab, struct lab_visit *visit, void **frames, uint32_t n);

void
lab_visit_put(struct labyrinth *lab, struct lab_visit *visit, void *const *frames, uint32_t n);

#endif /* LAB_VISIT_H */
