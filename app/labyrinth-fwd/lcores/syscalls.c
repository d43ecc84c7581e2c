/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <stddef.h>
#include <sys/syscall.h>

#include "syscalls.h"

#define CALL(name)                 \
	{                          \
		__NR_##name, #name \
	}

static const struct {
	int number;
	const char *name;
} known[] = {
	CALL(read),       CALL(readv),       CALL(write),         CALL(writev),
	CALL(pread64),    CALL(pwrite64),    CALL(sendto),        CALL(sendmsg),
	CALL(sendmmsg),   CALL(recvfrom),    CALL(recvmsg),       CALL(recvmmsg),
	CALL(ppoll),      CALL(epoll_pwait), CALL(ioctl),         CALL(futex),
	CALL(mmap),       CALL(munmap),      CALL(mprotect),      CALL(brk),
	CALL(openat),     CALL(close),       CALL(clock_gettime), CALL(clock_nanosleep),
	CALL(nanosleep),  CALL(sched_yield), CALL(getrandom),     CALL(membarrier),
	CALL(mbind),      CALL(eventfd2),    CALL(socket),        CALL(connect),
#ifdef __NR_poll
	CALL(poll),
#endif
#ifdef __NR_epoll_wait
	CALL(epoll_wait),
#endif
};

const char *
fwd_syscall_name(int number)
{
	size_t i;

	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (known[i].number == number)
			return known[i].name;
	return "of this number";
}
