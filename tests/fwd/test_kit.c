/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/* Parts of --nic-report that need neither EAL nor ports: these are made up here. */

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <CUnit/Basic.h>

#include <rte_ethdev.h>
#include <rte_mbuf.h>

#include "app_message.h"
#include "kit_counters.h"
#include "kit_kernel.h"
#include "kit_packets.h"
#include "kit_text.h"
#include "packet.h"

#define TURN   7
#define PORTS  2
#define XSTATS 3

const struct fwd_kit_kind fwd_kit_kinds[FWD_KIT_ROWS] = {{.name = "first"}, {.name = "second"}};

static char directory[] = "/tmp/test_kit.XXXXXX";

/** A path in the directory; valid until the next call. */
static const char *
in_directory(const char *name)
{
	static char path[256];

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	return path;
}

static void
write_file(const char *name, const char *text, const char *mode)
{
	FILE *file = fopen(in_directory(name), mode);

	CU_ASSERT_PTR_NOT_NULL_FATAL(file);
	fputs(text, file);
	fclose(file);
}

static void
read_file(const char *name, char *text, size_t size)
{
	FILE *file = fopen(in_directory(name), "r");

	CU_ASSERT_PTR_NOT_NULL_FATAL(file);
	text[fread(text, 1, size - 1, file)] = '\0';
	fclose(file);
}

/* --- packets ------------------------------------------------------------------- */

static char room[RTE_PKTMBUF_HEADROOM + FWD_PACKET_LEN];

static struct rte_mbuf
make_packet(void)
{
	const struct rte_ether_addr mac = {{2, 0, 0, 0, 0, 1}};
	struct rte_mbuf packet = {.buf_addr = room, .buf_len = sizeof(room), .refcnt = 1};

	fwd_kit_packet_fill(&packet, &mac, &mac, TURN, 5);
	return packet;
}

static void
test_a_packet_is_intact(void)
{
	struct rte_mbuf packet = make_packet();

	CU_ASSERT(fwd_kit_packet_intact(&packet, TURN));
}

static void
test_a_peer_may_change_addresses(void)
{
	struct rte_mbuf packet = make_packet();

	memset(rte_pktmbuf_mtod(&packet, char *), 0xaa, 2 * RTE_ETHER_ADDR_LEN);
	CU_ASSERT(fwd_kit_packet_intact(&packet, TURN));
}

static void
test_each_other_byte_counts(void)
{
	const size_t end = RTE_ETHER_HDR_LEN + 20 + 8 + 16;
	struct rte_mbuf packet = make_packet();
	char *data = rte_pktmbuf_mtod(&packet, char *);
	size_t i;

	for (i = 2 * RTE_ETHER_ADDR_LEN; i < end; i++) {
		data[i] ^= 0x10;
		CU_ASSERT_FALSE(fwd_kit_packet_intact(&packet, TURN));
		data[i] ^= 0x10;
	}
	CU_ASSERT(fwd_kit_packet_intact(&packet, TURN));
}

static void
test_an_earlier_turn_does_not_count(void)
{
	struct rte_mbuf packet = make_packet();

	CU_ASSERT_FALSE(fwd_kit_packet_intact(&packet, TURN + 1));
}

static void
test_a_short_packet_is_not_read_beyond(void)
{
	struct rte_mbuf packet = make_packet();

	packet.data_len = 40;
	CU_ASSERT_FALSE(fwd_kit_packet_intact(&packet, TURN));
}

/* --- counters ------------------------------------------------------------------ */

static struct rte_eth_stats stats[PORTS];
static uint64_t values[PORTS][XSTATS];
static int there[PORTS];
static const char *const names[XSTATS] = {"rx_good_packets", "rx_crc_errors", "tx_dropped"};

int
rte_eth_stats_get(uint16_t port, struct rte_eth_stats *to)
{
	*to = stats[port];
	return 0;
}

int
rte_eth_xstats_get_names(uint16_t port, struct rte_eth_xstat_name *to, unsigned int size)
{
	int i;

	for (i = 0; to != NULL && i < there[port] && i < (int)size; i++)
		snprintf(to[i].name, sizeof(to[i].name), "%s", names[i]);
	return there[port];
}

/** The last comes first: a driver may answer in any order. */
int
rte_eth_xstats_get(uint16_t port, struct rte_eth_xstat *to, unsigned int size)
{
	int i;

	for (i = 0; i < there[port] && i < (int)size; i++) {
		to[i].id = (uint64_t)(there[port] - 1 - i);
		to[i].value = values[port][to[i].id];
	}
	return there[port];
}

static struct fwd_kit_counters counters;
static struct fwd_ports ports;

static void
open_counters(void)
{
	memset(stats, 0, sizeof(stats));
	memset(values, 0, sizeof(values));
	there[0] = there[1] = XSTATS;
	ports.nb = PORTS;
	ports.port[1].id = 1;
	CU_ASSERT_EQUAL_FATAL(fwd_kit_counters_open(&counters, &ports), 0);
}

/** What is printed of drivers' counters. */
static const char *
printed(void)
{
	static char text[2048];
	struct fwd_kit_text out;

	unlink(in_directory("printed"));
	CU_ASSERT_EQUAL_FATAL(fwd_kit_text_open(&out, in_directory("printed")), 0);
	fwd_kit_counters_print(&counters, &out);
	CU_ASSERT_EQUAL(fwd_kit_text_close(&out, true), 0);
	read_file("printed", text, sizeof(text));
	return text;
}

static void
test_only_a_turn_counts(void)
{
	open_counters();
	stats[0].imissed = 100;
	stats[1].ierrors = 50;
	fwd_kit_counters_begin(&counters);
	stats[0].imissed += 3;
	stats[1].imissed += 4;
	stats[1].ierrors += 1;
	stats[0].oerrors = 9;
	stats[0].rx_nombuf = 2;
	fwd_kit_counters_end(&counters, 1);
	stats[0].imissed += 1000;
	CU_ASSERT_EQUAL(counters.errors[1].imissed, 7);
	CU_ASSERT_EQUAL(counters.errors[1].ierrors, 1);
	CU_ASSERT_EQUAL(counters.errors[1].oerrors, 9);
	CU_ASSERT_EQUAL(counters.errors[1].rx_nombuf, 2);
	CU_ASSERT_EQUAL(counters.errors[0].imissed, 0);
	fwd_kit_counters_close(&counters);
}

static void
test_turns_of_a_row_add_up(void)
{
	unsigned int i;

	open_counters();
	for (i = 0; i < 3; i++) {
		fwd_kit_counters_begin(&counters);
		stats[0].imissed += 5;
		values[1][1] += 2;
		fwd_kit_counters_end(&counters, 0);
	}
	CU_ASSERT_EQUAL(counters.errors[0].imissed, 15);
	CU_ASSERT_STRING_EQUAL(printed(), "first                 1            6 rx_crc_errors\n");
	fwd_kit_counters_close(&counters);
}

static void
test_counters_may_start_again(void)
{
	open_counters();
	stats[0].imissed = 100;
	values[0][2] = 100;
	fwd_kit_counters_begin(&counters);
	stats[0].imissed = 3;
	values[0][2] = 4;
	fwd_kit_counters_end(&counters, 0);
	CU_ASSERT_EQUAL(counters.errors[0].imissed, 3);
	CU_ASSERT_STRING_EQUAL(printed(), "first                 0            4 tx_dropped\n");
	fwd_kit_counters_close(&counters);
}

static void
test_only_errors_are_printed(void)
{
	open_counters();
	fwd_kit_counters_begin(&counters);
	values[0][0] = 1000000;
	values[1][2] = 1;
	fwd_kit_counters_end(&counters, 1);
	CU_ASSERT_STRING_EQUAL(printed(), "second                1            1 tx_dropped\n");
	fwd_kit_counters_close(&counters);
}

static void
test_a_driver_may_change_its_mind(void)
{
	open_counters();
	fwd_kit_counters_begin(&counters);
	there[0] = XSTATS - 1;
	values[0][1] = 8;
	fwd_kit_counters_end(&counters, 0);
	CU_ASSERT_STRING_EQUAL(printed(), "");
	fwd_kit_counters_close(&counters);
}

static void
test_a_driver_without_counters(void)
{
	open_counters();
	fwd_kit_counters_close(&counters);
	there[0] = 0;
	there[1] = -ENOTSUP;
	CU_ASSERT_EQUAL_FATAL(fwd_kit_counters_open(&counters, &ports), 0);
	fwd_kit_counters_begin(&counters);
	stats[1].ierrors = 1;
	fwd_kit_counters_end(&counters, 0);
	CU_ASSERT_EQUAL(counters.errors[0].ierrors, 1);
	CU_ASSERT_STRING_EQUAL(printed(), "");
	fwd_kit_counters_close(&counters);
}

/* --- the kernel's log ------------------------------------------------------------ */

static void
test_refused_dma_is_counted(void)
{
	struct fwd_kit_kernel kernel = {0};

	CU_ASSERT(mkdir(in_directory("dev"), 0700) == 0);
	write_file("dev/kmsg", "DMAR: [DMA Write] before\n", "w");
	fwd_kit_kernel_open(&kernel, directory);
	CU_ASSERT_EQUAL(fwd_kit_kernel_faults(&kernel), 0);
	write_file("dev/kmsg",
	           "3,1,1,-;DMAR: [DMA Write NO_PASID] Request device [3b:00.0] fault addr 0x1\n"
	           "6,2,1,-;usb 1-1: new device\n"
	           "6,3,1,-;DMAR: Intel(R) Virtualization Technology for Directed I/O\n"
	           "3,4,1,-;vfio-pci 0000:3b:00.0: AMD-Vi: Event logged [IO_PAGE_FAULT domain=1]\n",
	           "a");
	CU_ASSERT_EQUAL(fwd_kit_kernel_faults(&kernel), 2);
	CU_ASSERT_EQUAL(fwd_kit_kernel_faults(&kernel), 0);
	CU_ASSERT_STRING_EQUAL(kernel.why, "");
	fwd_kit_kernel_close(&kernel);
}

static void
test_a_log_that_cannot_be_read(void)
{
	struct fwd_kit_kernel kernel = {0};

	fwd_kit_kernel_open(&kernel, "/nowhere");
	CU_ASSERT_EQUAL(fwd_kit_kernel_faults(&kernel), -1);
	CU_ASSERT_STRING_EQUAL(kernel.why, "/dev/kmsg: No such file or directory");
	fwd_kit_kernel_close(&kernel);
}

/* --- the file ------------------------------------------------------------------- */

static void
test_a_file_that_is_there_is_kept(void)
{
	struct fwd_kit_text text;
	char content[64];

	write_file("kept", "of yesterday", "w");
	CU_ASSERT_EQUAL(fwd_kit_text_open(&text, in_directory("kept")), -1);
	CU_ASSERT_PTR_NOT_NULL(strstr(app_last_error(), "File exists; name another file"));
	read_file("kept", content, sizeof(content));
	CU_ASSERT_STRING_EQUAL(content, "of yesterday");
}

static void
test_each_line_is_written_at_once(void)
{
	struct fwd_kit_text text;
	char content[64];

	CU_ASSERT_EQUAL_FATAL(fwd_kit_text_open(&text, in_directory("lines")), 0);
	fwd_kit_print(&text, "one: %d\n", 1);
	read_file("lines", content, sizeof(content));
	CU_ASSERT_STRING_EQUAL(content, "one: 1\n");
	CU_ASSERT_EQUAL(fwd_kit_text_close(&text, true), 0);
	CU_ASSERT_EQUAL(access(in_directory("lines"), F_OK), 0);
}

static void
test_what_is_not_worth_keeping_goes(void)
{
	struct fwd_kit_text text;
	char path[256];

	snprintf(path, sizeof(path), "%s", in_directory("gone"));
	CU_ASSERT_EQUAL_FATAL(fwd_kit_text_open(&text, path), 0);
	CU_ASSERT_EQUAL(fwd_kit_text_close(&text, false), 0);
	CU_ASSERT_NOT_EQUAL(access(path, F_OK), 0);
	CU_ASSERT_EQUAL(fwd_kit_text_close(&text, false), 0);
}

static void
test_a_full_disk_is_told(void)
{
	struct fwd_kit_text text;
	char path[256];

	/* By a link: should the device be removed, it is the link that goes. */
	snprintf(path, sizeof(path), "%s", in_directory("full"));
	CU_ASSERT_EQUAL_FATAL(symlink("/dev/full", path), 0);
	CU_ASSERT_EQUAL_FATAL(fwd_kit_text_open(&text, path), 0);
	fwd_kit_print(&text, "a line\n");
	CU_ASSERT_EQUAL(fwd_kit_text_close(&text, false), -1);
	CU_ASSERT_PTR_NOT_NULL(
		strstr(app_last_error(), "/full: it cannot be written to: No space"));
	CU_ASSERT_EQUAL(access(path, F_OK), 0);
}

int
main(void)
{
	CU_TestInfo tests[] = {
		{"a packet is intact", test_a_packet_is_intact},
		{"a peer may change addresses", test_a_peer_may_change_addresses},
		{"each other byte counts", test_each_other_byte_counts},
		{"an earlier turn does not count", test_an_earlier_turn_does_not_count},
		{"a short packet is not read beyond", test_a_short_packet_is_not_read_beyond},
		{"only a turn counts", test_only_a_turn_counts},
		{"turns of a row add up", test_turns_of_a_row_add_up},
		{"counters may start again", test_counters_may_start_again},
		{"only errors are printed", test_only_errors_are_printed},
		{"a driver may change its mind", test_a_driver_may_change_its_mind},
		{"a driver without counters", test_a_driver_without_counters},
		{"refused DMA is counted", test_refused_dma_is_counted},
		{"a log that cannot be read", test_a_log_that_cannot_be_read},
		{"a file that is there is kept", test_a_file_that_is_there_is_kept},
		{"each line is written at once", test_each_line_is_written_at_once},
		{"what is not worth keeping goes", test_what_is_not_worth_keeping_goes},
		{"a full disk is told", test_a_full_disk_is_told},
		CU_TEST_INFO_NULL,
	};
	CU_SuiteInfo suites[] = {
		{"fwd kit", NULL, NULL, NULL, NULL, tests},
		CU_SUITE_INFO_NULL,
	};
	char remove[64];
	unsigned int failures;

	if (mkdtemp(directory) == NULL || CU_initialize_registry() != CUE_SUCCESS ||
	    CU_register_suites(suites) != CUE_SUCCESS)
		return EXIT_FAILURE;
	CU_basic_set_mode(CU_BRM_VERBOSE);
	CU_basic_run_tests();
	failures = CU_get_number_of_failures();
	CU_cleanup_registry();
	snprintf(remove, sizeof(remove), "rm -rf %s", directory);
	return system(remove) == 0 && failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
