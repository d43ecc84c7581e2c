/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef LAB_SESSION_H
#define LAB_SESSION_H

/* Get and put by who is in a lane, with all rooms that it takes. */

#include "lane.h"

/* 0, or -ENOENT and none. */
int
lab_session_get(struct labyrinth *lab, struct lab_session *session, void **frames, uint32_t n);

void
lab_session_put(struct labyrinth *lab, struct lab_session *session, void *const *frames,
                uint32_t n);

#endif /* LAB_SESSION_H */
