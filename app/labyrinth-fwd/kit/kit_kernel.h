/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef FWD_KIT_KERNEL_H
#define FWD_KIT_KERNEL_H

/**
 * @file
 * DMA that an IOMMU has refused, as the kernel's log tells.
 */

#include <stdint.h>

struct fwd_kit_kernel {
	int fd;        /**< of the log; -1: it cannot be read */
	char why[128]; /**< it cannot */
};

/** Read the log from here on. */
void
fwd_kit_kernel_open(struct fwd_kit_kernel *kernel, const char *root);

/**
 * Lines about refused DMA since the last call. The kernel leaves out lines when there are
 * many, so that not their number counts, but whether there are any.
 *
 * @return
 *   Their number, or -1 when the log cannot be read.
 */
int64_t
fwd_kit_kernel_faults(struct fwd_kit_kernel *kernel);

void
fwd_kit_kernel_close(struct fwd_kit_kernel *kernel);

#endif /* FWD_KIT_KERNEL_H */
