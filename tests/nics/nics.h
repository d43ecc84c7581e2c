/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef NICS_NICS_H
#define NICS_NICS_H

/* The parts of this program; each prints its results. */

/* The table: pools of all sizes and numbers of halls, as drivers see their memory. */
void
nics_table(void);

/* What backing=auto and the mappings for DMA do with each driver there. */
void
nics_drivers(void);

/* Devices that come after a pool, and go before it. */
void
nics_vfio(void);

/* Queues that get and put buffers as drivers do. */
void
nics_rings(void);

#endif /* NICS_NICS_H */
