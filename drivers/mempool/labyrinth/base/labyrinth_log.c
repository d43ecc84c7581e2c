/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include "labyrinth_log.h"

RTE_LOG_REGISTER(labyrinth_logtype, pmd.mempool.labyrinth, NOTICE);
