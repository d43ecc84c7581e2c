/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "app_message.h"
#include "kit.h"
#include "kit_engine.h"
#include "kit_log.h"
#include "kit_machine.h"
#include "kit_tables.h"
#include "kit_text.h"
#include "kit_turn.h"
#include "lcores.h"
#include "secondary.h"
#include "stop.h"
#include "vdevs.h"

/* Of the file, not of the program: another number when columns or sections change. */
#define FORMAT 1

int
fwd_kit_examine(struct fwd_kit *kit, const struct fwd_options *options)
{
	kit->doctor.root = options->doctor_root;
	kit->doctor.out = open_memstream(&kit->findings, &kit->len);
	if (kit->doctor.out == NULL) {
		app_error("no memory for what the doctor finds: %s", strerror(errno));
		return -1;
	}
	fwd_doctor_memory(&kit->doctor);
	fwd_doctor_cgroup(&kit->doctor);
	fwd_doctor_dma(&kit->doctor);
	return 0;
}

void
fwd_kit_free(struct fwd_kit *kit)
{
	if (kit->doctor.out != NULL)
		fclose(kit->doctor.out);
	free(kit->findings);
	memset(kit, 0, sizeof(*kit));
}

/** Find the ports, and lcores for them. 0, or -1 (one line was printed). */
static int
open_session(struct fwd_session *session)
{
	struct fwd_options *options = session->options;
	int nb_lcores;
	unsigned int nb_streams;

	if (fwd_secondary() && fwd_secondary_check(options) != 0)
		return -1;
	nb_lcores = fwd_lcores_count(options);
	options->engine = &fwd_kit_engine;
	session->nb_pools = 2;
	if (nb_lcores < 0 || fwd_vdevs_check(session->arguments) != 0 ||
	    fwd_ports_find(&session->ports, options) != 0 || fwd_ports_watch() != 0)
		return -1;
	/* Nobody is told of idle lcores at each turn. */
	nb_streams = fwd_streams_count(options, &session->ports);
	options->nb_cores = RTE_MIN((unsigned int)nb_lcores, nb_streams);
	return 0;
}

static void
print_head(struct fwd_kit *kit, struct fwd_kit_text *text)
{
	fwd_kit_print(
		text,
		"labyrinth-nic-report %d\n"
		"# For the maintainers of labyrinth; docs/nics.md tells what each line means.\n"
		"# No MAC address, host name, serial number or time of day is in here. [doctor]\n"
		"# may name directories: look at it before you send the file.\n",
		FORMAT);
	fwd_kit_machine_print(text, kit->doctor.root);
	fwd_doctor_table(&kit->doctor);
	fwd_doctor_nics(&kit->doctor);
	fflush(kit->doctor.out);
	fwd_kit_print(text, "\n[doctor]\n%s", kit->findings);
}

static void
print_setup(struct fwd_kit_text *text, const struct fwd_kit_bench *bench, double seconds)
{
	const struct fwd_options *options = bench->session->options;

	fwd_kit_ports_print(text, &bench->session->ports, options, bench->busy);
	fwd_kit_print(text,
	              "\n[setup]\nseconds: %u\nrounds: %u\nseconds of a turn: %.2f\nforwarding "
	              "lcores: %u\n"
	              "burst: %u\nmbuf cache: %u\nmbuf size: %u\n",
	              options->duration, options->rounds, seconds, options->nb_cores,
	              options->burst, options->mbcache, fwd_options_largest(options));
}

/** One turn of a row. As fwd_kit_turn_take(). */
static int
take_turn(struct fwd_kit_bench *bench, struct fwd_kit_text *text, unsigned int round,
          unsigned int number, double seconds)
{
	struct fwd_kit_row *row = &bench->rows[number];
	int ret;

	if (row->failed)
		return fwd_stop_signal() != 0;
	fwd_kit_turn_print_begin(text, round, number);
	if (fwd_kit_turn_change(bench, number) != 0) {
		fwd_kit_turn_print_end(text, NULL);
		return 0;
	}
	ret = fwd_kit_turn_take(bench, seconds);
	fwd_kit_turn_print_end(text, ret == 0 ? &row->figures[row->turns - 1] : NULL);
	if (ret == 0 && round == 1 && number == 0 && row->figures[0].rate <= 0) {
		app_error("--nic-report: no packet came back to any port; connect two ports with a "
		          "cable, or have a peer send, and see that the links are up");
		return -1;
	}
	return ret;
}

/** Every other round goes backwards, so that no row always follows the same one. */
static int
take_rounds(struct fwd_kit_bench *bench, struct fwd_kit_text *text, double seconds)
{
	const uint32_t rounds = bench->session->options->rounds;
	uint32_t round, i;
	int ret;

	for (round = 1; round <= rounds; round++) {
		for (i = 0; i < FWD_KIT_ROWS; i++) {
			ret = take_turn(bench, text, round,
			                round % 2 != 0 ? i : FWD_KIT_ROWS - 1 - i, seconds);
			if (ret != 0)
				return ret;
		}
	}
	return 0;
}

/** Returns 0, 1 when stopped early, or -1 (one line was printed). */
static int
measure(struct fwd_kit *kit, struct fwd_kit_bench *bench, struct fwd_kit_text *text)
{
	const struct fwd_options *options = bench->session->options;
	const double seconds = (double)options->duration / (options->rounds * FWD_KIT_ROWS);

	print_head(kit, text);
	/* Ports have no link, and some no counters, before they are started. */
	if (fwd_kit_turn_change(bench, 0) == 0)
		fwd_kit_turn_listen(bench);
	if (fwd_kit_counters_open(&bench->counters, &bench->session->ports) != 0)
		return -1;
	print_setup(text, bench, seconds);
	fwd_kit_turns_print(text);
	return take_rounds(bench, text, seconds);
}

static bool
has_figures(const struct fwd_kit_row *rows)
{
	unsigned int i;

	for (i = 0; i < FWD_KIT_ROWS; i++)
		if (rows[i].turns > 0)
			return true;
	return false;
}

int
fwd_kit_run(struct fwd_kit *kit, struct fwd_session *session)
{
	static struct fwd_kit_row rows[FWD_KIT_ROWS];
	static struct fwd_kit_bench bench;
	struct fwd_kit_text text;
	bool keep;
	int ret;

	bench = (struct fwd_kit_bench){.session = session, .rows = rows};
	if (open_session(session) != 0 || fwd_kit_log_open() != 0 ||
	    fwd_kit_text_open(&text, session->options->nic_report) != 0)
		return -1;
	fwd_kit_kernel_open(&bench.kernel, session->options->doctor_root);
	ret = measure(kit, &bench, &text);
	fwd_kit_turn_end(&bench);
	keep = ret >= 0 && has_figures(rows);
	if (keep) {
		fwd_kit_tables_print(&text, &bench);
		fwd_kit_print(&text, "\nend: %s\n", ret == 0 ? "complete" : "stopped early");
	} else if (ret >= 0)
		app_error("--nic-report: nothing could be measured");
	if (fwd_kit_text_close(&text, keep) != 0)
		keep = false;
	if (keep)
		app_notice("the report is in %s", session->options->nic_report);
	fwd_kit_kernel_close(&bench.kernel);
	fwd_kit_counters_close(&bench.counters);
	return keep ? 0 : -1;
}
