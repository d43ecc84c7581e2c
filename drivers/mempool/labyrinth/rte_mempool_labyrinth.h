/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef RTE_MEMPOOL_LABYRINTH_H
#define RTE_MEMPOOL_LABYRINTH_H

/**
 * @file
 * Labyrinth mempool driver: what an application may call.
 *
 * The driver needs nothing from an application: load it
 * (`-d librte_mempool_labyrinth.so`) and choose it
 * (`--mbuf-pool-ops-name=labyrinth`). The functions below create a pool with
 * options of its own and show what a pool is doing.
 */

#include <stdbool.h>
#include <stdint.h>

#include <rte_mempool.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Name of the mempool ops, for rte_mempool_set_ops_byname(). */
#define RTE_LABYRINTH_OPS_NAME "labyrinth"

/** Where the frames of a pool lie. */
enum rte_labyrinth_backing {
	RTE_LABYRINTH_BACKING_NONE = 0, /**< not populated yet */
	RTE_LABYRINTH_BACKING_MAZE,     /**< a randomised window of our own */
	RTE_LABYRINTH_BACKING_EAL,      /**< memory of EAL's or the application's */
};

/** What a pool is: fixed once it has been populated. */
struct rte_labyrinth_info {
	enum rte_labyrinth_backing backing; /**< where the frames lie */
	const char *profile;                /**< as set, whatever its parts were set to; static */
	void *entrance;                     /**< maze: first address of the window, else NULL */
	size_t window_len;                  /**< maze: bytes of address space reserved */
	size_t page_size;                   /**< maze: bytes per page: 1 GiB, 2 MiB or 4 KiB */
	uint32_t pages;        /**< maze: pages mapped; of 1 GiB: shared with other pools */
	uint32_t frames;       /**< frames the pool was populated with */
	uint32_t frame_stride; /**< bytes of a frame without its random gap */
	uint32_t lanes;        /**< lanes, guest lanes included */
	size_t footprint;      /**< bytes of rooms, depot and lanes */
	uint32_t halls;        /**< maze: runs of pages between walls, else 0 */
	uint32_t chunks;       /**< pieces of memory as mempool and drivers see the pool */
};

/** What a pool has done: gauges are exact while no call is under way. */
struct rte_labyrinth_stats {
	uint32_t size;        /**< frames of the pool */
	uint32_t available;   /**< free frames in the depot */
	uint32_t cached;      /**< free frames in lanes */
	uint32_t quarantined; /**< frames taken out of circulation */
	uint32_t used;        /**< the others; these four add up to size, always */
	uint32_t peak;        /**< most frames ever seen used; docs/telemetry.md tells how */
	uint64_t refills;     /**< rooms lanes took from the depot */
	uint64_t flushes;     /**< rooms lanes gave to the depot */
	uint64_t steals;      /**< times a lane took another lane's rooms */
	uint64_t failures;    /**< gets that found too few frames */
	uint64_t injected;    /**< gets that failed on demand (option fail) */
	uint64_t violations;  /**< broken ownership rules seen */
};

/**
 * Create a pool of mbufs backed by labyrinth.
 *
 * As rte_pktmbuf_pool_create(), whatever --mbuf-pool-ops-name says, with
 * options for this pool which win over the INI file and the environment.
 * Free it with rte_mempool_free(). Not thread-safe against other pool creation
 * of the same name.
 *
 * @param name
 *   Name of the pool, unique.
 * @param n
 *   Number of mbufs.
 * @param cache_size
 *   Size of DPDK's per-lcore cache; profiles that check every call bypass it.
 * @param priv_size
 *   Bytes of application private data per mbuf, a multiple of
 *   RTE_MBUF_PRIV_ALIGN.
 * @param data_room_size
 *   Bytes of data per mbuf, headroom included.
 * @param socket_id
 *   NUMA socket, or SOCKET_ID_ANY.
 * @param options
 *   `key=value,key=value`, or NULL; see config/labyrinth.ini for all keys. Not
 *   needed any more when the call returns.
 * @return
 *   The pool, owned by the caller, or NULL with rte_errno set:
 *   - EINVAL: a bad size or option (one log line says which and what is allowed)
 *   - ENOENT: the driver is not in the table of mempool ops, or the file that
 *     LABYRINTH_CONFIG names cannot be read
 *   - ENOMEM: no memory left on that socket
 *   - EEXIST: the name is in use
 *   - ENAMETOOLONG: the name is too long
 *   - ENOSPC: no memzone or memory segment list left, or (with backing=maze) EAL's
 *     table of DMA mappings is full
 *   - with backing=maze, where backing=auto takes EAL's memory instead: ENODEV
 *     (no such NUMA node), EADDRNOTAVAIL (no free range of addresses), EMFILE,
 *     ENFILE (no file descriptor left), EPERM (huge pages or physical addresses
 *     are forbidden to this user), EXDEV (the kernel took pages of another NUMA
 *     node), EIO (the kernel refuses a DMA mapping), or what a device gave for a
 *     reason not to map the window for DMA
 */
struct rte_mempool *
rte_labyrinth_pktmbuf_pool_create(const char *name, unsigned int n, unsigned int cache_size,
                                  uint16_t priv_size, uint16_t data_room_size, int socket_id,
                                  const char *options);

/**
 * Is this pool backed by labyrinth? Thread-safe.
 *
 * @param mp
 *   A pool, or NULL.
 * @return
 *   true when mp's ops are labyrinth's and its private data exists.
 */
bool
rte_labyrinth_is(const struct rte_mempool *mp);

/**
 * Tell what a pool is. Thread-safe.
 *
 * @param mp
 *   A pool backed by labyrinth.
 * @param info
 *   Filled in by the call; owned by the caller.
 * @return
 *   0, or -EINVAL when a pointer is NULL or mp is not labyrinth's.
 */
int
rte_labyrinth_info_get(const struct rte_mempool *mp, struct rte_labyrinth_info *info);

/**
 * Tell what a pool has done. Thread-safe; walks the rooms, so not for the
 * data path.
 *
 * @param mp
 *   A pool backed by labyrinth.
 * @param stats
 *   Filled in by the call; owned by the caller.
 * @return
 *   0, or -EINVAL when a pointer is NULL or mp is not labyrinth's.
 */
int
rte_labyrinth_stats_get(const struct rte_mempool *mp, struct rte_labyrinth_stats *stats);

/** A device as its bus and EAL name it; it need not be there. */
struct rte_labyrinth_nic {
	const char *bus;    /**< "pci", "auxiliary", "vdev", ... */
	const char *name;   /**< of the device; of a virtual one it tells the driver */
	const char *driver; /**< DPDK's driver, or NULL */
	const char *args;   /**< its arguments (devargs), or NULL */
	uint16_t vendor;    /**< of a PCI device, or 0 */
};

/** What the driver of a device asks of a pool's memory, so that `auto` heeds it. */
struct rte_labyrinth_nic_needs {
	const char *why;    /**< what it does with memory; static; NULL: it takes any */
	uint32_t halls;     /**< halls=auto makes at most so many; 0: as without it */
	uint32_t addr_bits; /**< with IOVA as VA a maze lies below 2 to this power; or 0 */
	bool eal;           /**< backing=auto takes EAL's memory */
	bool eal_pa;        /**< the same, but with physical IOVAs only */
	bool own_dma;       /**< it registers pools by itself: nothing is mapped for DMA */
};

/**
 * Tell what `backing=auto` and `halls=auto` do when a device is there and has this
 * driver. Thread-safe; needs no EAL.
 *
 * @param nic
 *   The device.
 * @param needs
 *   Filled in by the call; owned by the caller.
 * @return
 *   0, or -EINVAL when a pointer is NULL, or bus or name of nic.
 */
int
rte_labyrinth_nic_needs_get(const struct rte_labyrinth_nic *nic,
                            struct rte_labyrinth_nic_needs *needs);

/** A broken ownership rule, as told to an application's handler. */
struct rte_labyrinth_violation {
	const struct rte_mempool *mp; /**< the pool */
	const char *kind;             /**< what was broken, in words; static */
	const void *pointer;          /**< the pointer at fault */
	const void *frame;            /**< the object it points into, or NULL */
	unsigned int lcore;           /**< who tripped over it, or LCORE_ID_ANY */
	bool stop;                    /**< the process stops when the handler returns */
	const void *culprit;          /**< object that was written past, or NULL: none is known */
};

/**
 * Told of violations, by the thread that tripped, or by a control thread for what the patrol
 * finds; also inside of rte_mempool_free() and exit(). Must not use the pool, which may be
 * freed already when the patrol tells. It returns, or ends the process. What goes wrong in it is
 * reported, but it is not called for that.
 */
typedef void (*rte_labyrinth_violation_cb)(const struct rte_labyrinth_violation *violation,
                                           void *arg);

/**
 * Set a handler that is told of every violation in this process, after its
 * report has been logged or, when there are more than ten in a second, only
 * counted. Thread-safe; one handler a process, the last one set counts.
 *
 * @param cb
 *   The handler, or NULL for none.
 * @param arg
 *   Handed to it; owned by the caller, for as long as the handler is set.
 */
void
rte_labyrinth_violation_cb_set(rte_labyrinth_violation_cb cb, void *arg);

/** Told that the primary process has ended, by a control thread. */
typedef void (*rte_labyrinth_primary_cb)(void *arg);

/**
 * A secondary process: set a handler that is told, once, that the primary
 * process has ended or was killed; the log has a line then, too. The pools stay
 * mapped and usable, but nobody else will use them any more: the application
 * should end. Thread-safe; one handler a process, the last one set counts. In a
 * primary process it is never called.
 *
 * @param cb
 *   The handler, or NULL for none.
 * @param arg
 *   Handed to it; owned by the caller, for as long as the handler is set.
 * @return
 *   0, or -ESRCH when the primary has ended already: then it may not be told.
 */
int
rte_labyrinth_primary_cb_set(rte_labyrinth_primary_cb cb, void *arg);

/**
 * A secondary process: does the primary still live? Thread-safe; reads /proc,
 * so not for the data path.
 *
 * @return
 *   false when it has ended or was killed. Always true in a primary process, and
 *   in a secondary one whose primary did not load this driver.
 */
bool
rte_labyrinth_primary_alive(void);

/** What recovery found. */
struct rte_labyrinth_recovery {
	uint32_t processes; /**< ended or killed ones that nobody had recovered */
	uint32_t pid;       /**< process id of the last of them; 0: none */
	uint32_t lanes;     /**< lanes they had been in, or had kept */
	uint32_t rooms;     /**< rooms given back */
	uint32_t frames;    /**< free frames in these, which others can get now */
	uint32_t reclaimed; /**< frames put that their programs had owned */
};

/**
 * Give back what the lanes and the calls under way of dead processes held. The
 * living go on meanwhile. Thread-safe; reads /proc and looks at all frames if
 * there is anything to recover, so not for the data path.
 *
 * @param mp
 *   A pool backed by labyrinth, or NULL for all of them; only after that may a new
 *   process have the place of a dead one.
 * @param found
 *   Filled in; owned by the caller.
 * @return
 *   0; -EINVAL when found is NULL or mp is not labyrinth's; -ESRCH when this process
 *   has no number (rte_labyrinth_process()); -EBUSY when another recovery is under
 *   way, -EAGAIN when rooms moved too fast or a live thread is in a call that may
 *   move them: try again.
 */
int
rte_labyrinth_recover(struct rte_mempool *mp, struct rte_labyrinth_recovery *found);

/**
 * As rte_labyrinth_recover(); then put all frames which programs own that have
 * ended. A frame is its getter's, whoever it was passed on to, until
 * rte_labyrinth_hand_over() says otherwise: frames that a dead process passed on
 * without it are taken away from whoever uses them. Thread-safe, not for the data
 * path.
 *
 * @param mp
 *   A pool backed by labyrinth, or NULL for all of them.
 * @param found
 *   Filled in; owned by the caller.
 * @return
 *   As rte_labyrinth_recover(), and nothing is reclaimed then; -ENOTSUP when mp does not
 *   check a seal (profile fast): nothing tells there who owns a frame; -EFAULT when
 *   this process has not mapped the maze of a pool, whose frames are left as they are.
 */
int
rte_labyrinth_reclaim(struct rte_mempool *mp, struct rte_labyrinth_recovery *found);

/**
 * Say that frames belong to another process from now on: before they are passed
 * on to it, or after they came from one. Thread-safe.
 *
 * @param mp
 *   A pool backed by labyrinth.
 * @param objs
 *   Frames (mbufs) that the caller owns.
 * @param n
 *   How many.
 * @param process
 *   What rte_labyrinth_process() told the new owner.
 * @param lcore
 *   Its lcore id, for reports.
 * @return
 *   0; -EINVAL when mp is not labyrinth's, there is no such lcore id, or one of
 *   them is no owned frame (those in front of it have been handed over); -ESRCH
 *   when there is no such process; -EFAULT when this process has not mapped the maze.
 */
int
rte_labyrinth_hand_over(struct rte_mempool *mp, void *const *objs, unsigned int n,
                        unsigned int process, unsigned int lcore);

/**
 * The number by which this process is known to those it shares pools with.
 * Thread-safe, after rte_eal_init().
 *
 * @param process
 *   Filled in; owned by the caller.
 * @return
 *   0; -EINVAL when process is NULL; -ESRCH when it has none: a child of fork(),
 *   or more than 64 processes.
 */
int
rte_labyrinth_process(unsigned int *process);

#ifdef __cplusplus
}
#endif

#endif /* RTE_MEMPOOL_LABYRINTH_H */
