/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef LAB_CALLER_H
#define LAB_CALLER_H

/*
 * Who called the function that a return address lies in. Compilers make one
 * function of a large inline one that a program uses in many places, such as
 * rte_pktmbuf_free(): the address of the call inside of it names nobody.
 */

/*
 * The return address above `site`, which is one of the calling thread's own
 * return addresses; NULL when that cannot be told. Walks the stack the first time
 * it is asked for a site, and remembers how far apart the two are there.
 */
const void *
lab_caller_of(const void *site);

#endif /* LAB_CALLER_H */
