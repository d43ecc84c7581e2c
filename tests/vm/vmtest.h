/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#ifndef VMTEST_H
#define VMTEST_H

/*
 * What runs in the guest: frames from one port to another, each checked byte
 * by byte where it arrives, on pools of the labyrinth driver.
 */

#include <stdbool.h>
#include <stdint.h>

#include <rte_dev.h>
#include <rte_ether.h>
#include <rte_mbuf.h>
#include <rte_mempool.h>

#define VM_PORTS  2
#define VM_QUEUES 8

/* What a job is to do: key=value behind "--". */
struct vm_args {
	const char *options;  /* of the pools: labyrinth's */
	const char *ops;      /* of the pools, instead of labyrinth's: the control */
	const char *devices;  /* to be probed by the job itself, separated by ',' */
	const char *wait_for; /* a file that must appear first */
	const char *expect;   /* what the log must say */
	unsigned int frames;  /* of each phase */
	unsigned int mbufs;   /* of each pool */
	unsigned int node;
	unsigned int queues; /* of each port, and frames must come in on all of them */
};

struct vm_port {
	uint16_t id;
	int socket;
	struct rte_mempool *pool;
	struct rte_device *device;
	bool started;
	unsigned int received[VM_QUEUES]; /* frames, by queue */
};

extern struct vm_args vm_args;
extern struct vm_port vm_port[VM_PORTS];
/* Frames that arrived as they were sent, in all phases. */
extern unsigned int vm_verified;

/* One line of the reason; the job has failed. Returns -1. */
int __attribute__((format(printf, 1, 2))) vm_fail(const char *fmt, ...);

/* A line for who reads the log. */
void __attribute__((format(printf, 1, 2))) vm_say(const char *fmt, ...);

/* --- frames.c --- */

/* The MAC address of a port, by its index in vm_port. */
struct rte_ether_addr
vm_address(unsigned int port);

/*
 * A frame of a phase; its length and every byte derive from phase and number.
 * Frames of odd phases go to port 1, those of even ones to port 0.
 */
struct rte_mbuf *
vm_frame_make(struct rte_mempool *pool, uint32_t phase, uint32_t number);

/* The same into an mbuf that is there already. */
int
vm_frame_fill(struct rte_mbuf *m, uint32_t phase, uint32_t number);

/* Is it that, whole? Tells its number. */
bool
vm_frame_intact(const struct rte_mbuf *m, uint32_t phase, uint32_t *number);

/* Does it begin with this one, whole? */
bool
vm_frame_begins(const struct rte_mbuf *m, uint32_t phase, uint32_t number);

/* --- ports.c --- */

/* Pools, one for each port, on the port's node. */
int
vm_pools_make(void);

struct rte_mempool *
vm_pool_make(const char *name, unsigned int mbufs, int socket, const char *options);

/* Find the two ports there are; configure and start them. */
int
vm_ports_find(void);

int
vm_ports_start(void);

/* For a failed test: what the two saw. */
void
vm_ports_show(void);

void
vm_ports_stop(void);

/* Every frame is back; free the pools. */
int
vm_pools_free(void);

/* rte_dev_probe() of every device of vm_args.devices. */
int
vm_devices_probe(void);

/* The same when vm_args.wait_for, if told, is there; nothing if no device is named. */
int
vm_devices_plug(void);

int
vm_wait_for(const char *path);

/* --- phases.c --- */

/* Until the first frame gets through: link, forwarder. */
int
vm_hello(void);

/* All phases, both ways; every frame must arrive intact, once. */
int
vm_phases(uint32_t first);

/* One frame out of each page of the first port's pool. */
int
vm_every_page(uint32_t phase);

/* Sends frames for a while, tells how many arrived intact. */
unsigned int
vm_try(uint32_t phase, unsigned int frames);

/* --- memory.c --- */

struct vm_chunk {
	void *at;
	rte_iova_t iova;
	size_t len;
};

/* Memory of a pool by address, in pages; neighbours joined where their IOVAs are, if `join`. */
unsigned int
vm_chunks(struct rte_mempool *mp, struct vm_chunk **chunks, bool join);

/* Pages of a pool (2 MiB), and how many of them lie on a node: asked of the kernel. */
int
vm_pages_on(struct rte_mempool *mp, int node, unsigned int *pages, unsigned int *there);

/* --- jobs --- */

int
vm_job_exchange(void);

int
vm_job_plug(void);

int
vm_job_unplug(void);

int
vm_job_unmapped(void);

int
vm_job_crypto(void);

int
vm_job_node(void);

int
vm_job_limit(void);

int
vm_job_refused(void);

int
vm_job_serve(void);

int
vm_job_join(void);

#endif /* VMTEST_H */
