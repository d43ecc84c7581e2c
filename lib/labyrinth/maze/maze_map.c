/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * The system calls of a maze.
 */

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <fcntl.h>
#include <numa.h>
#include <numaif.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "labyrinth_giga.h"
#include "maze_map.h"

#ifndef MFD_HUGE_2MB
#define MFD_HUGE_2MB (21u << 26)
#endif
#ifndef MFD_HUGE_1GB
#define MFD_HUGE_1GB (30u << 26)
#endif
#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE 25
#endif
#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif
#ifndef MAP_FIXED_NOREPLACE
#define MAP_FIXED_NOREPLACE 0x100000
#endif

/* Below lie programs that are not position-independent. */
#define BASE_LOWEST (1ull << 34)
/* Above lie stacks and libraries: the kernel's own choices. */
#define BASE_HIGHEST (1ull << 46)
#define BASE_TRIES   256
/*
 * A program built with -fsanitize=thread may have memory in few places only: its
 * runtime takes mmap() over and ends the program whose mapping lies elsewhere.
 * Of these places the lowest, up to 512 GiB, is wide enough for a choice.
 */
#define BASE_HIGHEST_TSAN (1ull << 39)
/* As many as Linux can be built for. */
#define NODES_MAX 1024
#define LONG_BITS (8 * sizeof(unsigned long))

/* The runtime of -fsanitize=thread brings this; without it the address is NULL. */
extern void
__tsan_init(void) __attribute__((weak));

static uint64_t
base_highest(void)
{
#ifdef __x86_64__
	if (__tsan_init != NULL)
		return BASE_HIGHEST_TSAN;
#endif
	return BASE_HIGHEST;
}

int
lab_range_reserve(void **base, size_t len, uint64_t step, uint64_t off, unsigned int addr_bits,
                  struct labyrinth_entropy *ent)
{
	uint64_t end = 1ull << addr_bits;
	uint64_t choices;
	unsigned int i;

	if (end > base_highest())
		end = base_highest();
	if (len + off >= end - BASE_LOWEST)
		return -EADDRNOTAVAIL;
	choices = (end - BASE_LOWEST - len - off) / step;
	for (i = 0; i < BASE_TRIES; i++) {
		uint64_t pick = labyrinth_entropy_below(ent, (uint32_t)choices + 1);
		void *want = (void *)(BASE_LOWEST + pick * step + off);
		void *got = mmap(want, len, PROT_NONE,
		                 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE,
		                 -1, 0);

		if (got == want) {
			*base = want;
			return 0;
		}
		/* Kernels before 4.17 take the address for a hint. */
		if (got != MAP_FAILED)
			munmap(got, len);
		else if (errno != EEXIST)
			return -errno;
	}
	return -EADDRNOTAVAIL;
}

int
lab_maze_reserve(struct labyrinth_maze *maze, unsigned int addr_bits, struct labyrinth_entropy *ent)
{
	return lab_range_reserve(&maze->entrance, (size_t)maze->slots * LABYRINTH_SLOT_SIZE,
	                         LABYRINTH_SLOT_SIZE, 0, addr_bits, ent);
}

/* Reserve exactly the addresses another process chose. */
static int
reserve_at(const struct labyrinth_maze *maze)
{
	size_t len = (size_t)maze->slots * LABYRINTH_SLOT_SIZE;
	void *got = mmap(maze->entrance, len, PROT_NONE,
	                 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE, -1, 0);

	if (got == maze->entrance)
		return 0;
	if (got == MAP_FAILED)
		return -errno;
	/* Kernels before 4.17 take the address for a hint. */
	munmap(got, len);
	return -EEXIST;
}

static int
open_memory(struct labyrinth_maze *maze)
{
	unsigned int flags = MFD_CLOEXEC;

	if (maze->pages == LABYRINTH_MAZE_HUGE)
		flags |= MFD_HUGETLB | MFD_HUGE_2MB;
	if (maze->pages == LABYRINTH_MAZE_GIGA)
		flags |= MFD_HUGETLB | MFD_HUGE_1GB;
	maze->fd = memfd_create("labyrinth", flags);
	if (maze->fd < 0)
		return errno == ENOENT || errno == ENODEV ? -ENOMEM : -errno;
	if (ftruncate(maze->fd, (off_t)maze->blocks * LABYRINTH_SLOT_SIZE) != 0)
		return -errno;
	return 0;
}

/* One node, alone, is what a kernel without NUMA has. */
static bool
one_node(void)
{
	return access("/sys/devices/system/node/node1", F_OK) != 0;
}

/*
 * Have the kernel take pages from a node. Where it knows no nodes, or does not
 * let us ask (a container's filter), there is nothing to tell it.
 */
static int
bind_node(struct labyrinth_maze *maze, void *at, size_t len, int node)
{
	/* Not libnuma's own set of nodes: it ends the process where memory is short. */
	unsigned long nodes[NODES_MAX / LONG_BITS] = {0};

	if (node == LABYRINTH_NODE_ANY)
		return 0;
	if (numa_available() < 0) {
		maze->bound = one_node();
		return node == 0 ? 0 : -ENODEV;
	}
	if (node < 0 || node >= NODES_MAX || node > numa_max_node() ||
	    numa_bitmask_isbitset(numa_all_nodes_ptr, (unsigned int)node) == 0)
		return -ENODEV;
	nodes[(unsigned int)node / LONG_BITS] = 1ul << (unsigned int)node % LONG_BITS;
	if (mbind(at, len, MPOL_BIND, nodes, NODES_MAX + 1, 0) == 0)
		return 0;
	if ((errno != ENOSYS && errno != EPERM) || node != 0)
		return -errno;
	maze->bound = one_node();
	return 0;
}

/*
 * Where pages lie is asked and not assumed: a file filled by fallocate(), or a
 * kernel that ignores the binding, would go unnoticed for ever.
 */
static int
check_node(const struct labyrinth_maze *maze, uint8_t *at, size_t len, int node)
{
	bool whole = maze->pages == LABYRINTH_MAZE_HUGE || maze->pages == LABYRINTH_MAZE_GIGA;
	size_t step = whole ? len : LABYRINTH_PAGE_SIZE;
	size_t i;
	int is;

	if (node == LABYRINTH_NODE_ANY || numa_available() < 0)
		return 0;
	for (i = 0; i < len; i += step) {
		if (get_mempolicy(&is, NULL, 0, at + i, MPOL_F_NODE | MPOL_F_ADDR) == 0 &&
		    is != node)
			return -EXDEV;
	}
	return 0;
}

/* Fault every page in now; an error here would be a SIGBUS later. */
static int
populate(const struct labyrinth_maze *maze, off_t offset, uint8_t *at, size_t len)
{
	size_t i;

	if (madvise(at, len, MADV_POPULATE_WRITE) == 0)
		return 0;
	if (errno != EINVAL)
		return errno == EFAULT || errno == EHWPOISON ? -ENOMEM : -errno;
	/* Kernels before 5.14: have the file filled, then only mappings are missing. */
	if (fallocate(maze->fd, 0, offset, (off_t)len) != 0)
		return errno == ENOSPC ? -ENOMEM : -errno;
	for (i = 0; i < len; i += LABYRINTH_PAGE_SIZE)
		*(volatile uint8_t *)(at + i) = 0;
	return 0;
}

/* One piece of memory: a block, or a page of 1 GiB. */
static int
fill_piece(struct labyrinth_maze *maze, uint8_t *at, off_t offset, size_t len, int node)
{
	void *got;
	int ret;

	/*
	 * Bound before it may be touched: in a program that has locked all its future
	 * memory, mmap() itself would fill it, from wherever the thread runs.
	 */
	got = mmap(at, len, PROT_NONE, MAP_SHARED | MAP_FIXED, maze->fd, offset);
	if (got == MAP_FAILED)
		return -errno;
	ret = bind_node(maze, at, len, node);
	/* A kernel that has none gives small pages. */
	if (maze->pages == LABYRINTH_MAZE_THP)
		(void)madvise(at, len, MADV_HUGEPAGE);
	if (ret == 0 && mprotect(at, len, PROT_READ | PROT_WRITE) != 0)
		ret = -errno;
	if (ret == 0)
		ret = populate(maze, offset, at, len);
	/* Where memory was in pieces, it may be worth the effort once. */
	if (ret == 0 && maze->pages == LABYRINTH_MAZE_THP)
		(void)madvise(at, len, MADV_COLLAPSE);
	if (ret == 0)
		ret = check_node(maze, at, len, node);
	if (ret != 0)
		return ret;
	/* Secrets and packets belong neither in core dumps nor in children. */
	if (madvise(at, len, MADV_DONTDUMP) != 0 || madvise(at, len, MADV_DONTFORK) != 0)
		return -errno;
	if ((maze->pages == LABYRINTH_MAZE_SMALL || maze->pages == LABYRINTH_MAZE_THP) &&
	    mlock(at, len) != 0)
		maze->locked = false;
	return 0;
}

/* All blocks: one by one, or as the kernel maps a 1 GiB page. */
static int
fill_all(struct labyrinth_maze *maze, int node)
{
	uint32_t i;
	int ret = 0;

	if (maze->pages == LABYRINTH_MAZE_GIGA)
		return fill_piece(maze, labyrinth_maze_block(maze, 0), 0, LABYRINTH_GIGA_LEN, node);
	for (i = 0; i < maze->blocks && ret == 0; i++)
		ret = fill_piece(maze, labyrinth_maze_block(maze, i),
		                 (off_t)i * LABYRINTH_SLOT_SIZE, LABYRINTH_SLOT_SIZE, node);
	if (ret == 0 && maze->pages == LABYRINTH_MAZE_THP)
		maze->transparent = lab_maze_thp_count(maze);
	return ret;
}

int
lab_maze_fill(struct labyrinth_maze *maze, int node)
{
	int ret;

	ret = open_memory(maze);
	maze->locked = true;
	maze->bound = true;
	return ret == 0 ? fill_all(maze, node) : ret;
}

/* Slots in the window; of a 1 GiB page all, in order, at a border of one. */
static bool
slots_plausible(const struct labyrinth_maze *maze)
{
	uint32_t i;

	for (i = 0; i < maze->blocks; i++) {
		if (maze->slot_of[i] >= maze->slots)
			return false;
		if (maze->pages == LABYRINTH_MAZE_GIGA && maze->slot_of[i] != maze->slot_of[0] + i)
			return false;
	}
	return maze->pages != LABYRINTH_MAZE_GIGA ||
	       (maze->blocks == LABYRINTH_GIGA_BLOCKS &&
	        (uintptr_t)labyrinth_maze_block(maze, 0) % LABYRINTH_GIGA_LEN == 0);
}

int
labyrinth_maze_attach(struct labyrinth_maze *maze)
{
	int ret;

	if (maze->entrance == NULL || (uintptr_t)maze->entrance % LABYRINTH_SLOT_SIZE != 0 ||
	    !slots_plausible(maze))
		return -EINVAL;
	ret = reserve_at(maze);
	if (ret != 0)
		return ret;
	maze->locked = true;
	ret = fill_all(maze, LABYRINTH_NODE_ANY);
	if (ret != 0)
		munmap(maze->entrance, (size_t)maze->slots * LABYRINTH_SLOT_SIZE);
	return ret;
}

int
labyrinth_maze_dump(const struct labyrinth_maze *maze)
{
	uint32_t i;

	for (i = 0; i < maze->blocks; i++) {
		if (madvise(labyrinth_maze_block(maze, i), LABYRINTH_SLOT_SIZE, MADV_DODUMP) != 0)
			return -errno;
	}
	return 0;
}

int
labyrinth_maze_wall_up(struct labyrinth_maze *maze)
{
	/* One call for all: nothing else can get in between. */
	if (mmap(maze->entrance, (size_t)maze->slots * LABYRINTH_SLOT_SIZE, PROT_NONE,
	         MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0) == MAP_FAILED)
		return -errno;
	if (maze->fd >= 0)
		close(maze->fd);
	maze->fd = -1;
	return 0;
}

void
labyrinth_maze_unmap(struct labyrinth_maze *maze)
{
	/* One that is all zero was never mapped: descriptor 0 is not its file. */
	if (maze->entrance == NULL)
		return;
	munmap(maze->entrance, (size_t)maze->slots * LABYRINTH_SLOT_SIZE);
	if (maze->fd >= 0)
		close(maze->fd);
	maze->entrance = NULL;
	maze->fd = -1;
}
