/* SPDX-License-Identifier: Apache-2.0 */
#include "answering.h"

#include <arpa/inet.h>
#include <check.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static pid_t server;
static int bodies[2];

static void answer_one(int fd, int status, const char *json)
{
	static char request[65536], answer[65536];
	const char *body = NULL, *length;
	size_t len = 0, need = 0;

	while (len < sizeof(request) - 1) {
		ssize_t got =
			recv(fd, request + len, sizeof(request) - 1 - len, 0);

		if (got <= 0)
			return;
		len += (size_t)got;
		request[len] = '\0';
		body = strstr(request, "\r\n\r\n");
		if (body == NULL)
			continue;
		body += 4;
		length = strstr(request, "Content-Length: ");
		if (length != NULL)
			need = strtoul(length + 16, NULL, 10);
		if (len - (size_t)(body - request) >= need)
			break;
	}
	if (strncmp(request, "POST /token ", 12) != 0) {
		status = 404;
		json = "{}";
	} else if (write(bodies[1], body, need) != (ssize_t)need) {
		return;
	}
	(void)snprintf(answer, sizeof(answer),
	               "HTTP/1.1 %d Whatever\r\n"
	               "Content-Type: application/json\r\n"
	               "Content-Length: %zu\r\nConnection: close\r\n\r\n%s",
	               status, strlen(json), json);
	(void)send(fd, answer, strlen(answer), MSG_NOSIGNAL);
}

uint16_t answering_start(int status, const char *json)
{
	struct sockaddr_in address = {.sin_family = AF_INET};
	socklen_t len = sizeof(address);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&address, len), 0);
	ck_assert_int_eq(listen(fd, 16), 0);
	ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&address, &len), 0);
	ck_assert_int_eq(pipe(bodies), 0);
	server = fork();
	ck_assert_int_ge(server, 0);
	while (server == 0) {
		int client;

		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		client = accept(fd, NULL, NULL);
		if (client < 0)
			_exit(1);
		answer_one(client, status, json);
		(void)close(client);
	}
	(void)close(fd);
	(void)close(bodies[1]);
	return ntohs(address.sin_port);
}

const char *answering_stop(void)
{
	static char body[65536];
	size_t used = 0;
	ssize_t got;

	(void)kill(server, SIGKILL);
	(void)waitpid(server, NULL, 0);
	while ((got = read(bodies[0], body + used, sizeof(body) - 1 - used)) >
	       0)
		used += (size_t)got;
	(void)close(bodies[0]);
	body[used] = '\0';
	return body;
}

void answering_get(uint16_t port, const char *target, char *answer, size_t size)
{
	struct sockaddr_in address = {.sin_family = AF_INET};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), len;
	char request[8192];
	size_t used = 0;
	ssize_t got;

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	address.sin_port = htons(port);
	answer[0] = '\0';
	len = snprintf(request, sizeof(request),
	               "GET %s HTTP/1.1\r\nHost: localhost:%u\r\n"
	               "Sec-Fetch-Mode: navigate\r\n\r\n",
	               target, (unsigned)port);
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0 &&
	    send(fd, request, (size_t)len, MSG_NOSIGNAL) == len)
		while ((got = recv(fd, answer + used, size - 1 - used, 0)) > 0)
			used += (size_t)got;
	answer[used] = '\0';
	(void)close(fd);
}

void answering_value(const char *url, const char *name, char *out, size_t size)
{
	char key[64];
	const char *at;

	(void)snprintf(key, sizeof(key), "%s=", name);
	out[0] = '\0';
	for (at = strchr(url, '?'); at != NULL; at = strchr(at, '&')) {
		at++;
		if (strncmp(at, key, strlen(key)) != 0)
			continue;
		at += strlen(key);
		(void)snprintf(out, size, "%.*s", (int)strcspn(at, "&"), at);
		return;
	}
}
