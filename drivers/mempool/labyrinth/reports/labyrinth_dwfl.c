/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

/*
 * libdw's interface is declared here as far as it is used, so that its headers
 * are not needed. Its functions and structures have been what they are since 2009,
 * and carry versions.
 */

#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "labyrinth_dwfl.h"

#define LIBRARY                "libdw.so.1"
#define TAG_SUBPROGRAM         0x2e
#define TAG_INLINED_SUBROUTINE 0x1d
#define AT_CALL_FILE           0x58
#define AT_CALL_LINE           0x59

struct dw_die {
	void *addr;
	void *cu;
	void *abbrev;
	long padding;
};

struct dw_attribute {
	unsigned int code;
	unsigned int form;
	unsigned char *value;
	void *cu;
};

struct dwfl_callbacks {
	void *find_elf;
	void *find_debuginfo;
	void *section_address;
	char **debuginfo_path;
};

static struct {
	void *(*begin)(const struct dwfl_callbacks *callbacks);
	void (*report_begin)(void *dwfl);
	int (*report)(void *dwfl, pid_t pid);
	int (*report_end)(void *dwfl, void *removed, void *arg);
	void *(*addrmodule)(void *dwfl, uint64_t address);
	const char *(*addrname)(void *module, uint64_t address);
	struct dw_die *(*addrdie)(void *module, uint64_t address, uint64_t *bias);
	void *(*getsrc)(void *module, uint64_t address);
	const char *(*lineinfo)(void *line, uint64_t *address, int *number, int *column,
	                        uint64_t *mtime, uint64_t *length);
	int (*getscopes)(struct dw_die *unit, uint64_t address, struct dw_die **scopes);
	int (*getscopes_die)(struct dw_die *die, struct dw_die **scopes);
	int (*tag)(struct dw_die *die);
	const char *(*diename)(struct dw_die *die);
	struct dw_attribute *(*attr)(struct dw_die *die, unsigned int name,
	                             struct dw_attribute *attribute);
	int (*formudata)(struct dw_attribute *attribute, uint64_t *value);
	int (*getsrcfiles)(struct dw_die *unit, void **files, size_t *n);
	const char *(*filesrc)(void *files, size_t index, uint64_t *mtime, uint64_t *length);
	int (*build_id_find_debuginfo)(void *module, void **data, const char *name, uint64_t base,
	                               const char *file, const char *link, uint32_t crc,
	                               char **found);
} dw;

static void *dwfl;
static struct dwfl_callbacks callbacks;

/* Functions cannot be assigned from data pointers in C; their bits can. */
static bool
bind(void *library, const char *name, void *to)
{
	void *function = dlsym(library, name);

	memcpy(to, &function, sizeof(function));
	return function != NULL;
}

#define BIND(member, name) bind(library, name, &dw.member)

static bool
bind_all(void *library)
{
	return BIND(begin, "dwfl_begin") && BIND(report_begin, "dwfl_report_begin") &&
	       BIND(report, "dwfl_linux_proc_report") && BIND(report_end, "dwfl_report_end") &&
	       BIND(addrmodule, "dwfl_addrmodule") && BIND(addrname, "dwfl_module_addrname") &&
	       BIND(addrdie, "dwfl_module_addrdie") && BIND(getsrc, "dwfl_module_getsrc") &&
	       BIND(lineinfo, "dwfl_lineinfo") && BIND(getscopes, "dwarf_getscopes") &&
	       BIND(getscopes_die, "dwarf_getscopes_die") && BIND(tag, "dwarf_tag") &&
	       BIND(diename, "dwarf_diename") && BIND(attr, "dwarf_attr") &&
	       BIND(formudata, "dwarf_formudata") && BIND(getsrcfiles, "dwarf_getsrcfiles") &&
	       BIND(filesrc, "dwarf_filesrc") &&
	       BIND(build_id_find_debuginfo, "dwfl_build_id_find_debuginfo");
}

static int
open_beside(const char *file, const char *folder, const char *link, char **found)
{
	const char *slash = file == NULL ? NULL : strrchr(file, '/');
	int fd;

	if (slash == NULL ||
	    asprintf(found, "%.*s/%s%s", (int)(slash - file), file, folder, link) < 0) {
		*found = NULL;
		return -1;
	}
	fd = open(*found, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		free(*found);
		*found = NULL;
	}
	return fd;
}

/*
 * Debug information apart from its object: by build id, or by name beside it. Not
 * by libdw's own search, which may ask servers and wait for them.
 */
static int
find_debuginfo(void *module, void **data, const char *name, uint64_t base, const char *file,
               const char *link, uint32_t crc, char **found)
{
	int fd = dw.build_id_find_debuginfo(module, data, name, base, file, link, crc, found);

	if (fd < 0 && link != NULL)
		fd = open_beside(file, "", link, found);
	if (fd < 0 && link != NULL)
		fd = open_beside(file, ".debug/", link, found);
	return fd;
}

/* Objects that are loaded now; some may have been added since. */
static bool
look_around(void)
{
	int ret;

	dw.report_begin(dwfl);
	ret = dw.report(dwfl, getpid());
	return dw.report_end(dwfl, NULL, NULL) == 0 && ret == 0;
}

static bool
load(void)
{
	static bool tried;
	void *library;
	bool bound;

	if (tried)
		return dwfl != NULL;
	tried = true;
	library = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
	if (library == NULL || !bind_all(library))
		return false;
	bound = bind(library, "dwfl_linux_proc_find_elf", &callbacks.find_elf) &&
	        bind(library, "dwfl_offline_section_address", &callbacks.section_address);
	callbacks.find_debuginfo = (void *)(uintptr_t)find_debuginfo;
	if (bound)
		dwfl = dw.begin(&callbacks);
	return dwfl != NULL && look_around();
}

/* Calls inlined from DPDK's headers are not what the reader looks for. */
static bool
is_dpdk_header(const char *file)
{
	const char *slash = strrchr(file, '/');
	const char *base = slash == NULL ? file : slash + 1;
	size_t len = strlen(base);

	return strncmp(base, "rte_", 4) == 0 && len > 2 && strcmp(base + len - 2, ".h") == 0;
}

static void
place_set(struct labyrinth_source *source, const char *file, int line)
{
	size_t len = file == NULL ? 0 : strlen(file);

	/* The end of a long path tells more than its start. */
	if (len >= sizeof(source->file))
		file += len - (sizeof(source->file) - 1);
	snprintf(source->file, sizeof(source->file), "%s", file == NULL ? "" : file);
	source->line = line;
}

static uint64_t
number_of(struct dw_die *die, unsigned int name)
{
	struct dw_attribute attribute;
	uint64_t value = 0;

	if (dw.attr(die, name, &attribute) == NULL || dw.formudata(&attribute, &value) != 0)
		return 0;
	return value;
}

static void
name_set(struct labyrinth_source *source, const char *name)
{
	if (name != NULL)
		snprintf(source->function, sizeof(source->function), "%s", name);
}

/* From the innermost function outwards, to the first that is the program's own. */
static void
climb(struct labyrinth_source *source, struct dw_die *unit, struct dw_die *scopes, int n)
{
	void *files = NULL;
	size_t most = 0;
	int i;

	if (dw.getsrcfiles(unit, &files, &most) != 0)
		most = 0;
	for (i = 0; i < n; i++) {
		int tag = dw.tag(&scopes[i]);
		uint64_t file;

		if (tag != TAG_SUBPROGRAM && tag != TAG_INLINED_SUBROUTINE)
			continue;
		name_set(source, dw.diename(&scopes[i]));
		if (tag == TAG_SUBPROGRAM || !is_dpdk_header(source->file))
			return;
		file = number_of(&scopes[i], AT_CALL_FILE);
		if (file >= most)
			return;
		place_set(source, dw.filesrc(files, file, NULL, NULL),
		          (int)number_of(&scopes[i], AT_CALL_LINE));
	}
}

static void
find_function(void *module, uint64_t address, struct labyrinth_source *source)
{
	struct dw_die *scopes = NULL;
	struct dw_die *chain = NULL;
	uint64_t bias = 0;
	struct dw_die *unit = dw.addrdie(module, address, &bias);
	int n = unit == NULL ? 0 : dw.getscopes(unit, address - bias, &scopes);

	/* Scopes as they are nested in the code, not in the source. */
	n = n > 0 ? dw.getscopes_die(&scopes[0], &chain) : 0;
	if (n > 0)
		climb(source, unit, chain, n);
	free(chain);
	free(scopes);
}

bool
labyrinth_dwfl_find(uintptr_t address, struct labyrinth_source *source)
{
	const char *file;
	void *module;
	void *line;
	int number = 0;

	memset(source, 0, sizeof(*source));
	if (!load())
		return false;
	module = dw.addrmodule(dwfl, address);
	if (module == NULL && look_around())
		module = dw.addrmodule(dwfl, address);
	if (module == NULL)
		return false;
	name_set(source, dw.addrname(module, address));
	line = dw.getsrc(module, address);
	file = line == NULL ? NULL : dw.lineinfo(line, NULL, &number, NULL, NULL, NULL);
	if (file != NULL) {
		place_set(source, file, number);
		find_function(module, address, source);
		source->dpdk = is_dpdk_header(source->file);
	}
	return source->function[0] != '\0' || source->line > 0;
}
