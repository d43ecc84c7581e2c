/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef LAB_GAUGE_H
#define LAB_GAUGE_H

/* Numbers that tell how full a part of the labyrinth is just now. */

#include "labyrinth_private.h"

/* Frames in the depot, as far as counts tell that nobody's death put wrong. */
uint32_t
lab_depot_frames(const struct labyrinth *lab);

/* Frames taken out of circulation. */
uint32_t
lab_quarantined(const struct labyrinth *lab);

/* The free frames in a lane's rooms; busy, if not NULL, tells if somebody is in it. */
uint32_t
lab_lane_holds(const struct labyrinth *lab, const struct lab_lane *lane, bool *busy);

#endif /* LAB_GAUGE_H */
