/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * A compiler lays out a function's stack once: between the return address of a
 * call in it and its own return address there are always as many bytes. So the
 * stack is unwound once for each place that calls.
 */

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <unwind.h>

#include "caller.h"

#ifdef __x86_64__

/* Places remembered. */
#define KEPT 256
/* Bytes of stack that the library and its caller take at most. */
#define NEAR_MOST 16384
/* Bytes of stack of one function that are believed. */
#define FAR_MOST (1u << 20)
/* Nothing can be told of a place. */
#define UNKNOWN UINT64_MAX

/* Two words: if they are of two places, what they lead to does not hold the site. */
static struct {
	_Atomic uintptr_t site;
	_Atomic uint64_t where; /* bytes from here to the site, and from there to the caller */
} kept[KEPT];

struct walk {
	uintptr_t site;
	uintptr_t at;    /* where on the stack the site is */
	uintptr_t above; /* and the return address after it */
};

static _Unwind_Reason_Code
step(struct _Unwind_Context *context, void *arg)
{
	/* At each function this is where what it was called with ends. */
	uintptr_t at = (uintptr_t)_Unwind_GetCFA(context) - sizeof(uintptr_t);
	struct walk *walk = arg;

	if (walk->at != 0) {
		walk->above = at;
		return _URC_END_OF_STACK;
	}
	if (_Unwind_GetIP(context) == walk->site)
		walk->at = at;
	return _URC_NO_REASON;
}

/* Reads what may be anybody's place on the stack. */
static __attribute__((no_sanitize("address"), no_sanitize("thread"))) uintptr_t
word_at(uintptr_t at)
{
	return *(volatile const uintptr_t *)at;
}

static __attribute__((noinline)) uint64_t
unwind(uintptr_t here, uintptr_t site)
{
	struct walk walk = {.site = site};

	(void)_Unwind_Backtrace(step, &walk);
	if (walk.at < here || walk.at - here > NEAR_MOST || word_at(walk.at) != site ||
	    walk.above <= walk.at || walk.above - walk.at > FAR_MOST)
		return UNKNOWN;
	return (uint64_t)(walk.at - here) << 32 | (walk.above - walk.at);
}

static uintptr_t
follow(uintptr_t here, uintptr_t site, uint64_t where)
{
	uintptr_t at = here + (where >> 32);

	return word_at(at) == site ? word_at(at + (uint32_t)where) : 0;
}

const void *
lab_caller_of(const void *site)
{
	uintptr_t here = (uintptr_t)__builtin_frame_address(0);
	unsigned int slot = (unsigned int)((uintptr_t)site * 0x9e3779b97f4a7c15ull >> 56);
	uintptr_t caller = 0;
	uint64_t where = 0;
	bool same;

	if (site == NULL)
		return NULL;
	/* @atomic caller-site-read: pairs caller-site-write. Else: the distance of another place
	 * is used, which is then found out. */
	same = atomic_load_explicit(&kept[slot].site, memory_order_acquire) == (uintptr_t)site;
	if (same) {
		/* @atomic caller-where-read: pairs caller-where-write. Else: a distance is torn. */
		where = atomic_load_explicit(&kept[slot].where, memory_order_relaxed);
		if (where == UNKNOWN)
			return NULL;
		caller = follow(here, (uintptr_t)site, where);
	}
	/* The way here may have been another one this time. */
	if (caller != 0)
		return (const void *)caller;
	where = unwind(here, (uintptr_t)site);
	/* @atomic caller-where-write: pairs caller-where-read. Else: a distance is torn. */
	atomic_store_explicit(&kept[slot].where, where, memory_order_relaxed);
	/* @atomic caller-site-write: pairs caller-site-read. Else: the distance of another place
	 * is used, which is then found out. */
	atomic_store_explicit(&kept[slot].site, (uintptr_t)site, memory_order_release);
	return where == UNKNOWN ? NULL : (const void *)follow(here, (uintptr_t)site, where);
}

#else

const void *
lab_caller_of(const void *site)
{
	(void)site;
	return NULL;
}

#endif
