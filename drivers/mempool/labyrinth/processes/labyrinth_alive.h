/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef LABYRINTH_ALIVE_H
#define LABYRINTH_ALIVE_H

/*
 * Liveness by a lock: each process locks the byte of its entry in the shared file, by
 * a record lock. The kernel takes the lock away when the process ends or starts
 * another program, by whatever way, and gives no part of it to a forked child. It
 * holds in every namespace of process ids.
 *
 * Such a lock goes, too, when its process closes the file, as programs do that
 * close all descriptors. So a lock that is gone is a sign only: a process that still has the
 * file mapped lives.
 */

#include <stdbool.h>
#include <stdint.h>

/* The file; the descriptor stays open, and the file must not be opened again here. */
void
labyrinth_alive_file(int fd);

/* Lock the byte of an entry. False: another process has the lock. */
bool
labyrinth_alive_lock(uint32_t entry);

void
labyrinth_alive_unlock(uint32_t entry);

/* Does another process have the lock of this entry? */
bool
labyrinth_alive_locked(uint32_t entry);

/* Has the process with this id left the file for sure? */
bool
labyrinth_alive_unmapped(uint32_t pid);

#endif /* LABYRINTH_ALIVE_H */
