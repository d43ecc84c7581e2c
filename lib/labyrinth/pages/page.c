/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * Raw pages. Every page has a version word: even is free, odd is owned, and
 * each change of owner advances it. To take a page is to swap its word from
 * even to odd, so exclusivity needs no other proof.
 *
 * The search starts at a keyed pseudo-random page: the order of allocation is
 * not to be predicted, and threads rarely meet. It looks at each word at most
 * once, which bounds the steps and makes "none is free" true for each page at
 * the time it was looked at.
 */

#include "page.h"
#include "seal.h"

bool
lab_page_index(const struct labyrinth *lab, const void *page, uint32_t *index)
{
	uintptr_t off = (uintptr_t)page - lab->entrance;
	uintptr_t slot = off / LABYRINTH_SLOT_SIZE;
	uint32_t at;

	if (off >= lab->span || off % LABYRINTH_PAGE_SIZE != 0 ||
	    !lab_slot_is_open(lab, (uintptr_t)page))
		return false;
	if (index == NULL)
		return true;
	at = lab->slot_page[slot] + (uint32_t)(off % LABYRINTH_SLOT_SIZE / LABYRINTH_PAGE_SIZE);
	if (at >= lab->frames || lab->table[at] != page)
		return false;
	*index = at;
	return true;
}

bool
lab_page_is_free(const struct labyrinth *lab, uint32_t index)
{
	/* @atomic page-count: pairs page-claim, page-free. Else: a torn number. */
	return (atomic_load_explicit(&lab->version[index], memory_order_relaxed) & 1) == 0;
}

static uint32_t
search_start(struct labyrinth *lab)
{
	/* @atomic ticket: pairs ticket. Else: two searches start at the same page. */
	uint64_t ticket = atomic_fetch_add_explicit(&lab->ticket, 1, memory_order_relaxed);
	uint64_t mixed = lab_fold(ticket ^ lab->key[0], lab->key[1]);

	return (uint32_t)(((mixed & UINT32_MAX) * lab->frames) >> 32);
}

static bool
page_claim(_Atomic uint32_t *word)
{
	/* @atomic page-look: pairs page-claim, page-free. Else: only the swap below fails. */
	uint32_t version = atomic_load_explicit(word, memory_order_relaxed);

	if ((version & 1) != 0)
		return false;
	/*
	 * @atomic page-claim: pairs page-look, page-free, page-free-look, page-count.
	 * Else: the last owner's writes to the page may land after it is ours, or two threads own
	 * it.
	 */
	return atomic_compare_exchange_strong_explicit(word, &version, version + 1,
	                                               memory_order_acquire, memory_order_relaxed);
}

void *
alloc_labyrinth_page_atomic_exclusive(labyrinth_t *lab, unsigned int gfp)
{
	struct labyrinth_violation none = {.kind = LABYRINTH_NO_EXIT};
	uint32_t start;
	uint32_t i;

	if (gfp != (LABYRINTH_GFP_ATOMIC | LABYRINTH_GFP_EXCLUSIVE) || lab->frames == 0 ||
	    (lab->flags & LABYRINTH_F_PAGES) == 0)
		return NULL;
	start = search_start(lab);
	for (i = start; i < lab->frames; i++) {
		if (page_claim(&lab->version[i]))
			return lab->table[i];
	}
	for (i = 0; i < start; i++) {
		if (page_claim(&lab->version[i]))
			return lab->table[i];
	}
	if ((lab->flags & LABYRINTH_F_OOM_PANIC) != 0)
		lab_violation(lab, NULL, &none);
	return NULL;
}

void *
labyrinth_void_alloc_page_gfp_atomic_exclusive(labyrinth_t *lab, unsigned int gfp)
{
	return alloc_labyrinth_page_atomic_exclusive(lab, gfp);
}

void
labyrinth_free_page(labyrinth_t *lab, void *page)
{
	struct labyrinth_violation violation = {.kind = LABYRINTH_FOREIGN, .frame = page};
	uint32_t version;
	uint32_t index;

	if (page == NULL)
		return;
	if ((lab->flags & LABYRINTH_F_PAGES) == 0 || !lab_page_index(lab, page, &index)) {
		lab_violation(lab, NULL, &violation);
		return;
	}
	/* @atomic page-free-look: pairs page-claim, page-free. Else: only the swap below fails. */
	version = atomic_load_explicit(&lab->version[index], memory_order_relaxed);
	/*
	 * @atomic page-free: pairs page-look, page-claim, page-free-look, page-count. Else:
	 * the next owner may see the page before our last writes to it, or two frees of it both
	 * succeed.
	 */
	if ((version & 1) == 0 ||
	    !atomic_compare_exchange_strong_explicit(&lab->version[index], &version, version + 1,
	                                             memory_order_release, memory_order_relaxed)) {
		violation.kind = version == 0 ? LABYRINTH_NEVER_ALLOCATED : LABYRINTH_DOUBLE_FREE;
		violation.nearest = page;
		lab_violation(lab, NULL, &violation);
	}
}
