/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * A crypto device on frames of a pool: AES-CBC from one frame into another and
 * back again. What comes back must be what was there, and the vector of NIST's
 * SP 800-38A tells that what was between is AES.
 */

#include <stdlib.h>
#include <string.h>

#include <rte_cryptodev.h>
#include <rte_cycles.h>
#include <rte_errno.h>
#include <rte_mempool_labyrinth.h>

#include "vmtest.h"

#define BLOCK     16
#define BURST     16
#define STALL_S   10
#define IV_OFFSET (sizeof(struct rte_crypto_op) + sizeof(struct rte_crypto_sym_op))

/* F.2.1, CBC-AES128.Encrypt. */
static const uint8_t key[BLOCK] = {0x2b, 0x7e, 0x15, 0x16, 0x28, 0xae, 0xd2, 0xa6,
                                   0xab, 0xf7, 0x15, 0x88, 0x09, 0xcf, 0x4f, 0x3c};
static const uint8_t iv[BLOCK] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
static const uint8_t plain[] = {0x6b, 0xc1, 0xbe, 0xe2, 0x2e, 0x40, 0x9f, 0x96, 0xe9, 0x3d, 0x7e,
                                0x11, 0x73, 0x93, 0x17, 0x2a, 0xae, 0x2d, 0x8a, 0x57, 0x1e, 0x03,
                                0xac, 0x9c, 0x9e, 0xb7, 0x6f, 0xac, 0x45, 0xaf, 0x8e, 0x51};
static const uint8_t secret[] = {0x76, 0x49, 0xab, 0xac, 0x81, 0x19, 0xb2, 0x46, 0xce, 0xe9, 0x8e,
                                 0x9b, 0x12, 0xe9, 0x19, 0x7d, 0x50, 0x86, 0xcb, 0x9b, 0x50, 0x72,
                                 0x19, 0xee, 0x95, 0xdb, 0x11, 0x3a, 0x91, 0x76, 0x78, 0xb2};

static struct {
	uint8_t id;
	struct rte_mempool *pool;
	struct rte_mempool *ops;
	struct rte_mempool *sessions;
	void *encrypt;
	void *decrypt;
} crypto;

static int
pools_make(void)
{
	crypto.pool = vm_pool_make("vm_crypto", vm_args.mbufs, SOCKET_ID_ANY, vm_args.options);
	crypto.ops = rte_crypto_op_pool_create("vm_ops", RTE_CRYPTO_OP_TYPE_SYMMETRIC, 255, 0,
	                                       sizeof(iv), SOCKET_ID_ANY);
	if (crypto.pool == NULL || crypto.ops == NULL)
		return vm_fail("no pool: %s", rte_strerror(rte_errno));
	return 0;
}

static void *
session(enum rte_crypto_cipher_operation op)
{
	struct rte_crypto_sym_xform xform = {
		.type = RTE_CRYPTO_SYM_XFORM_CIPHER,
		.cipher = {.op = op,
	                   .algo = RTE_CRYPTO_CIPHER_AES_CBC,
	                   .key = {key, sizeof(key)},
	                   .iv = {IV_OFFSET, sizeof(iv)}},
	};

	return rte_cryptodev_sym_session_create(crypto.id, &xform, crypto.sessions);
}

static int
start(void)
{
	struct rte_cryptodev_config conf = {.nb_queue_pairs = 1, .socket_id = SOCKET_ID_ANY};
	struct rte_cryptodev_qp_conf queue = {.nb_descriptors = 256};
	unsigned int size;
	int ret;

	if (rte_cryptodev_count() != 1)
		return vm_fail("crypto devices: %u, and 1 is needed", rte_cryptodev_count());
	vm_say("crypto device: %s", rte_cryptodev_name_get(crypto.id));
	size = rte_cryptodev_sym_get_private_session_size(crypto.id);
	crypto.sessions =
		rte_cryptodev_sym_session_pool_create("vm_sessions", 4, size, 0, 0, SOCKET_ID_ANY);
	if (crypto.sessions == NULL)
		return vm_fail("no sessions: %s", rte_strerror(rte_errno));
	queue.mp_session = crypto.sessions;
	ret = rte_cryptodev_configure(crypto.id, &conf);
	if (ret == 0)
		ret = rte_cryptodev_queue_pair_setup(crypto.id, 0, &queue, SOCKET_ID_ANY);
	if (ret == 0)
		ret = rte_cryptodev_start(crypto.id);
	if (ret != 0)
		return vm_fail("the crypto device does not start: %s", rte_strerror(-ret));
	crypto.encrypt = session(RTE_CRYPTO_CIPHER_OP_ENCRYPT);
	crypto.decrypt = session(RTE_CRYPTO_CIPHER_OP_DECRYPT);
	return crypto.encrypt != NULL && crypto.decrypt != NULL ? 0 : vm_fail("no session");
}

static void
stop(void)
{
	rte_cryptodev_sym_session_free(crypto.id, crypto.encrypt);
	rte_cryptodev_sym_session_free(crypto.id, crypto.decrypt);
	rte_cryptodev_stop(crypto.id);
	rte_cryptodev_close(crypto.id);
	rte_mempool_free(crypto.sessions);
}

static int
submit(void *with, struct rte_mbuf *from, struct rte_mbuf *to)
{
	struct rte_crypto_op *op = rte_crypto_op_alloc(crypto.ops, RTE_CRYPTO_OP_TYPE_SYMMETRIC);

	if (op == NULL)
		return vm_fail("no operation left");
	rte_crypto_op_attach_sym_session(op, with);
	op->sym->m_src = from;
	op->sym->m_dst = to;
	op->sym->cipher.data.offset = 0;
	op->sym->cipher.data.length = from->data_len;
	memcpy(rte_crypto_op_ctod_offset(op, uint8_t *, IV_OFFSET), iv, sizeof(iv));
	if (rte_cryptodev_enqueue_burst(crypto.id, 0, &op, 1) == 1)
		return 0;
	rte_crypto_op_free(op);
	return vm_fail("an operation was not taken");
}

static int
await(unsigned int n)
{
	uint64_t end = rte_get_timer_cycles() + STALL_S * rte_get_timer_hz();
	struct rte_crypto_op *done[BURST];
	unsigned int bad = 0;
	uint16_t got;
	uint16_t i;

	while (n > 0) {
		got = rte_cryptodev_dequeue_burst(crypto.id, 0, done, BURST);
		for (i = 0; i < got; i++) {
			bad += done[i]->status != RTE_CRYPTO_OP_STATUS_SUCCESS;
			rte_crypto_op_free(done[i]);
		}
		n -= got;
		if (rte_get_timer_cycles() > end)
			return vm_fail("%u operations did not come back", n);
	}
	return bad == 0 ? 0 : vm_fail("%u operations went wrong", bad);
}

/* n frames, from one to another. */
static int
all(void *with, struct rte_mbuf **from, struct rte_mbuf **to, unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++) {
		if (submit(with, from[i], to[i]) != 0)
			return -1;
	}
	return await(n);
}

static int
known_answer(void)
{
	struct rte_mbuf *m[2] = {NULL, NULL};
	int ret;

	if (rte_pktmbuf_alloc_bulk(crypto.pool, m, 2) != 0)
		return vm_fail("no frame");
	memcpy(rte_pktmbuf_append(m[0], sizeof(plain)), plain, sizeof(plain));
	memset(rte_pktmbuf_append(m[1], sizeof(plain)), 0, sizeof(plain));
	ret = all(crypto.encrypt, &m[0], &m[1], 1);
	if (ret == 0 && memcmp(rte_pktmbuf_mtod(m[1], void *), secret, sizeof(secret)) != 0)
		ret = vm_fail("what the device made is not AES");
	rte_pktmbuf_free_bulk(m, 2);
	return ret;
}

/* n frames, and n of zeros that are as long. */
static int
frames_make(struct rte_mbuf **m, unsigned int n, uint32_t phase, uint32_t number)
{
	unsigned int i;

	if (rte_pktmbuf_alloc_bulk(crypto.pool, m, 2 * n) != 0)
		return vm_fail("no frames");
	for (i = 0; i < n; i++) {
		vm_frame_fill(m[i], phase, number + i);
		/* Zeros make up the last block. */
		memset(rte_pktmbuf_append(m[i], BLOCK), 0, BLOCK);
		rte_pktmbuf_trim(m[i], m[i]->data_len % BLOCK);
		memset(rte_pktmbuf_append(m[n + i], m[i]->data_len), 0, m[i]->data_len);
	}
	return 0;
}

static int
burst(uint32_t phase, uint32_t number, unsigned int n)
{
	struct rte_mbuf *m[2 * BURST];
	unsigned int i;
	int ret;

	if (frames_make(m, n, phase, number) != 0)
		return -1;
	ret = all(crypto.encrypt, m, m + n, n);
	for (i = 0; i < n && ret == 0; i++) {
		if (vm_frame_begins(m[n + i], phase, number + i))
			ret = vm_fail("frame %u was copied, not encrypted", number + i);
		memset(rte_pktmbuf_mtod(m[i], void *), 0, m[i]->data_len);
	}
	if (ret == 0)
		ret = all(crypto.decrypt, m + n, m, n);
	for (i = 0; i < n && ret == 0; i++) {
		if (vm_frame_begins(m[i], phase, number + i))
			vm_verified++;
		else
			ret = vm_fail("frame %u did not come back as it was", number + i);
	}
	rte_pktmbuf_free_bulk(m, 2 * n);
	return ret;
}

/*
 * QEMU's device goes past the IOMMU, so it would not miss a mapping. But what
 * was not mapped cannot be taken away.
 */
static int
mapped(void)
{
	struct rte_labyrinth_info pool;
	struct rte_cryptodev_info info;
	struct vm_chunk *chunks;
	unsigned int n;
	unsigned int i;
	int ret = 0;

	/* EAL maps its own memory by itself. */
	if (rte_labyrinth_info_get(crypto.pool, &pool) != 0 ||
	    pool.backing != RTE_LABYRINTH_BACKING_MAZE)
		return 0;
	n = vm_chunks(crypto.pool, &chunks, false);
	rte_cryptodev_info_get(crypto.id, &info);
	for (i = 0; i < n && ret == 0; i++) {
		struct vm_chunk *chunk = &chunks[i];

		if (rte_dev_dma_unmap(info.device, chunk->at, chunk->iova, chunk->len) != 0)
			ret = vm_fail("%p, %zu bytes: not mapped", chunk->at, chunk->len);
		else if (rte_dev_dma_map(info.device, chunk->at, chunk->iova, chunk->len) != 0)
			ret = vm_fail("%p cannot be mapped again", chunk->at);
	}
	free(chunks);
	if (ret == 0)
		vm_say("all of its %u pages are mapped", n);
	return ret;
}

static int
operate(void)
{
	unsigned int done;
	unsigned int n;
	int ret;

	ret = known_answer();
	for (done = 0; done < vm_args.frames && ret == 0; done += n) {
		n = RTE_MIN(vm_args.frames - done, (unsigned int)BURST);
		ret = burst(1, done, n);
	}
	return ret;
}

static int
pools_free(void)
{
	unsigned int lost = crypto.pool->size - rte_mempool_avail_count(crypto.pool);

	rte_mempool_free(crypto.pool);
	rte_mempool_free(crypto.ops);
	return lost == 0 ? 0 : vm_fail("%u frames are not back in their pool", lost);
}

int
vm_job_crypto(void)
{
	int ret;

	if (pools_make() != 0 || vm_devices_plug() != 0 || start() != 0)
		return -1;
	ret = operate();
	if (ret == 0)
		ret = mapped();
	stop();
	return ret == 0 ? pools_free() : -1;
}
