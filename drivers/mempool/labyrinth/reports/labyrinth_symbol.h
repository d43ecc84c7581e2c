/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef LABYRINTH_SYMBOL_H
#define LABYRINTH_SYMBOL_H

/*
 * Places in the program in words: function, file and line where there is debug
 * information and a library that reads it, else object and offset.
 *
 * Return addresses are taken for the call in front of them. Thread-safe. Not for
 * signal handlers: what is loaded and read takes memory and locks.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A text about a place, longest first: function, file, object. */
#define LABYRINTH_PLACE_LEN 640

/* The object that an address lies in. */
struct labyrinth_object {
	char path[256];
	uintptr_t offset; /* of the call, as tools that read the object expect it */
};

/*
 * Where a return address leads: "main() at prog.c:12 (/bin/prog+0x1234)".
 * Tells whether file and line are known.
 */
bool
labyrinth_place(const void *call, char *text, size_t len);

/* The same in few words: "main() at prog.c:12", or "/bin/prog+0x1234". */
bool
labyrinth_place_short(const void *call, char *text, size_t len);

/* Is it in DPDK, a function of its headers or in one of its libraries? */
bool
labyrinth_place_is_dpdk(const void *call);

/* The object of a return address; false if it is in none. Safe in signal handlers
 * that did not interrupt the loader.
 */
bool
labyrinth_place_object(const void *call, struct labyrinth_object *object);

/*
 * Object and offset alone: "/bin/prog+0x1234"; the address, and false, if it is in no
 * object. Takes neither memory nor locks: nothing else may be done in a signal handler.
 */
bool
labyrinth_place_plain(const void *call, char *text, size_t len);

/* The call that is the program's, or the one inside of DPDK if that is all there is. */
const void *
labyrinth_place_own(const void *call, const void *caller);

#endif /* LABYRINTH_SYMBOL_H */
