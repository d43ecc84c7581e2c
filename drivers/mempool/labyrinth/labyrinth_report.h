/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef LABYRINTH_REPORT_H
#define LABYRINTH_REPORT_H

/* Have violations of this process reported to the log. */
void
labyrinth_report_init(void);

#endif /* LABYRINTH_REPORT_H */
