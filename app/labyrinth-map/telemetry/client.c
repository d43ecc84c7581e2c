/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "app_message.h"
#include "client.h"

#define SOCKET_NAME     "dpdk_telemetry.v2"
#define GREETING_LEN    1024
#define ANSWER_MOST     (1u << 20)
#define TIMEOUT_SECONDS 5
#define QUESTION_MOST   256

_Static_assert(sizeof(((struct map_client *)0)->path) ==
                       sizeof(((struct sockaddr_un *)0)->sun_path),
               "a path is as long as a socket's may be");

const char *
map_client_runtime_dir(void)
{
	const char *dir = getenv("RUNTIME_DIRECTORY");

	if (dir != NULL)
		return dir;
	if (getuid() == 0)
		return "/var/run";
	dir = getenv("XDG_RUNTIME_DIR");
	return dir != NULL ? dir : "/tmp";
}

int
map_client_path(char *path, size_t size, const char *prefix)
{
	if (snprintf(path, size, "%s/dpdk/%s/" SOCKET_NAME, map_client_runtime_dir(), prefix) <
	    (int)size)
		return 0;
	app_error("--file-prefix=%s: too long for the path of a socket (at most %zu characters)",
	          prefix, size - 1);
	return -1;
}

/* One message, as text. */
static int
receive(struct map_client *client, char *text, size_t size)
{
	ssize_t len = recv(client->fd, text, size - 1, 0);

	if (len <= 0) {
		app_error("%s: no answer: %s", client->path,
		          len == 0                                  ? "the process has gone"
		          : errno == EAGAIN || errno == EWOULDBLOCK ? "nothing came for 5 seconds"
		                                                    : strerror(errno));
		return -1;
	}
	text[len] = '\0';
	return 0;
}

/* The greeting names the longest answer. */
static int
greeted(struct map_client *client)
{
	char text[GREETING_LEN + 1];
	json_int_t len = 0;
	json_t *greeting;

	if (receive(client, text, sizeof(text)) != 0)
		return -1;
	greeting = json_loads(text, 0, NULL);
	if (json_unpack(greeting, "{s:I}", "max_output_len", &len) != 0 || len <= 0 ||
	    len > ANSWER_MOST) {
		json_decref(greeting);
		app_error("%s: does not greet as DPDK's telemetry does", client->path);
		return -1;
	}
	client->pid = json_integer_value(json_object_get(greeting, "pid"));
	json_decref(greeting);
	client->answer_len = (size_t)len;
	client->answer = malloc(client->answer_len + 1);
	if (client->answer == NULL)
		app_error("no memory for an answer of %zu bytes", client->answer_len);
	return client->answer == NULL ? -1 : 0;
}

int
map_client_try(struct map_client *client, const char *path)
{
	const struct timeval timeout = {.tv_sec = TIMEOUT_SECONDS};
	struct sockaddr_un address = {.sun_family = AF_UNIX};

	*client = (struct map_client){.fd = -1};
	if (strlen(path) >= sizeof(client->path)) {
		app_error("%s: a socket's path has at most %zu characters", path,
		          sizeof(client->path) - 1);
		return -1;
	}
	memcpy(client->path, path, strlen(path) + 1);
	memcpy(address.sun_path, path, strlen(path) + 1);
	client->fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	if (client->fd < 0 ||
	    setsockopt(client->fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout)) != 0 ||
	    setsockopt(client->fd, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof(timeout)) != 0 ||
	    connect(client->fd, (const struct sockaddr *)&address, sizeof(address)) != 0)
		return 1;
	return greeted(client);
}

int
map_client_open(struct map_client *client, const char *path)
{
	int ret = map_client_try(client, path);

	if (ret <= 0)
		return ret;
	app_error("%s: cannot connect: %s; is the program running, with that --file-prefix and "
	          "without --no-telemetry?",
	          path, strerror(errno));
	return -1;
}

void
map_client_program(const struct map_client *client, char *text, size_t size)
{
	char path[64];
	FILE *file;

	text[0] = '\0';
	snprintf(path, sizeof(path), "/proc/%lld/comm", client->pid);
	file = client->pid > 0 ? fopen(path, "r") : NULL;
	if (file != NULL) {
		if (fgets(text, (int)size, file) != NULL)
			text[strcspn(text, "\n")] = '\0';
		fclose(file);
	}
	if (text[0] == '\0')
		snprintf(text, size, "?");
}

json_t *
map_client_ask(struct map_client *client, const char *format, ...)
{
	char question[QUESTION_MOST], command[QUESTION_MOST];
	json_t *whole, *answer;
	json_error_t error;
	va_list args;
	int len;

	va_start(args, format);
	len = vsnprintf(question, sizeof(question), format, args);
	va_end(args);
	if (len < 0 || len >= (int)sizeof(question)) {
		app_error("the question %s... is too long", format);
		return NULL;
	}
	memcpy(command, question, sizeof(command));
	command[strcspn(command, ",")] = '\0';
	if (send(client->fd, question, (size_t)len, MSG_NOSIGNAL) != len) {
		app_error("%s: cannot ask: %s", client->path, strerror(errno));
		return NULL;
	}
	if (receive(client, client->answer, client->answer_len + 1) != 0)
		return NULL;
	whole = json_loads(client->answer, 0, &error);
	answer = json_incref(json_object_get(whole, command));
	json_decref(whole);
	if (answer == NULL)
		app_error("%s: the answer to %s is not JSON as DPDK sends it: %s", client->path,
		          question, whole == NULL ? error.text : "another command's");
	return answer;
}

void
map_client_close(struct map_client *client)
{
	if (client->fd >= 0)
		close(client->fd);
	free(client->answer);
	client->answer = NULL;
	client->fd = -1;
}
