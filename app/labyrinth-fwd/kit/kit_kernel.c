/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <rte_common.h>

#include "kit_kernel.h"

/* Intel's IOMMU, AMD's and Arm's. */
static const char *const faults[] = {"DMAR: [DMA ", "IO_PAGE_FAULT", "arm-smmu"};

void
fwd_kit_kernel_open(struct fwd_kit_kernel *kernel, const char *root)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/dev/kmsg", root);
	kernel->fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (kernel->fd >= 0 && lseek(kernel->fd, 0, SEEK_END) >= 0)
		return;
	snprintf(kernel->why, sizeof(kernel->why), "/dev/kmsg: %s", strerror(errno));
	fwd_kit_kernel_close(kernel);
}

static int64_t
count(const char *text)
{
	int64_t nb = 0;
	size_t i;

	for (i = 0; i < RTE_DIM(faults); i++) {
		const char *at = text;

		while ((at = strstr(at, faults[i])) != NULL) {
			at += strlen(faults[i]);
			nb++;
		}
	}
	return nb;
}

int64_t
fwd_kit_kernel_faults(struct fwd_kit_kernel *kernel)
{
	char text[8192];
	int64_t nb = 0;
	ssize_t len;

	if (kernel->fd < 0)
		return -1;
	/* One line a call; EPIPE: some were overwritten before. */
	while ((len = read(kernel->fd, text, sizeof(text) - 1)) > 0 ||
	       (len < 0 && errno == EPIPE)) {
		text[len < 0 ? 0 : len] = '\0';
		nb += count(text);
	}
	return nb;
}

void
fwd_kit_kernel_close(struct fwd_kit_kernel *kernel)
{
	if (kernel->fd >= 0)
		close(kernel->fd);
	kernel->fd = -1;
}
