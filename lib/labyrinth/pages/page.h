/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef LAB_PAGE_H
#define LAB_PAGE_H

#include "labyrinth_private.h"

/*
 * The index of a page, if this address is one. Returns false otherwise;
 * index may be NULL.
 */
bool
lab_page_index(const struct labyrinth *lab, const void *page, uint32_t *index);

/* Is this one free? */
bool
lab_page_is_free(const struct labyrinth *lab, uint32_t index);

#endif /* LAB_PAGE_H */
