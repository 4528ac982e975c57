/* SPDX-License-Identifier: Apache-2.0 */
/* The scripted server. */
#include "wire.h"

#include <check.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CONNECTIONS_MAX = 64, REQUESTS_MAX = 64, REQUEST_MAX = 256 * 1024 };

struct connection {
	struct wire *wire;
	pthread_t thread;
	int fd;
	SSL *tls;
};

struct wire {
	const struct wire_step *steps;
	size_t count;
	SSL_CTX *tls;
	bool is_eager;
	int fd;
	unsigned port;
	pthread_t thread;
	atomic_bool stopping;
	pthread_mutex_t lock;
	pthread_cond_t more; /* requests, or the end */
	size_t held_until;   /* this many requests have come */
	struct connection connections[CONNECTIONS_MAX];
	size_t connection_count;
	char *requests[REQUESTS_MAX];
	size_t request_count;
};

static ssize_t receive(struct connection *connection, char *out, size_t len)
{
	if (connection->tls != NULL)
		return SSL_read(connection->tls, out, (int)len);
	return recv(connection->fd, out, len, 0);
}

static bool give(struct connection *connection, const char *bytes, size_t len)
{
	while (len > 0) {
		ssize_t sent =
			connection->tls != NULL
				? SSL_write(connection->tls, bytes, (int)len)
				: send(connection->fd, bytes, len,
		                       MSG_NOSIGNAL);

		if (sent <= 0)
			return false;
		bytes += sent;
		len -= (size_t)sent;
	}
	return true;
}

static size_t body_len(const char *request)
{
	const char *line = strcasestr(request, "\r\nContent-Length:");

	return line == NULL ? 0 : strtoul(line + 17, NULL, 10);
}

/* A whole request, or NULL at the connection's end. */
static char *read_request(struct connection *connection)
{
	char *request = calloc(1, REQUEST_MAX + 1);
	size_t len = 0;

	while (len < REQUEST_MAX) {
		const char *end = strstr(request, "\r\n\r\n");
		ssize_t got;

		if (end != NULL &&
		    len - (size_t)(end + 4 - request) >= body_len(request))
			return request;
		got = receive(connection, request + len, REQUEST_MAX - len);
		if (got <= 0)
			break;
		len += (size_t)got;
	}
	free(request);
	return NULL;
}

static void stall(struct connection *connection)
{
	char byte;

	while (!connection->wire->stopping &&
	       recv(connection->fd, &byte, 1, 0) > 0)
		;
}

static void drip(struct connection *connection, const char *answer)
{
	struct pollfd nothing = {.fd = -1};
	const char *at = answer;

	while (!connection->wire->stopping && give(connection, at, 1)) {
		at = at[1] == '\0' ? answer : at + 1;
		(void)poll(&nothing, 1, 20);
	}
}

static void flood(struct connection *connection, const char *answer)
{
	size_t len = strlen(answer);

	if (!give(connection, answer, len))
		return;
	while (!connection->wire->stopping &&
	       give(connection, answer + len - 1024, 1024))
		;
}

static void reset(struct connection *connection)
{
	struct linger now = {.l_onoff = 1, .l_linger = 0};

	(void)setsockopt(connection->fd, SOL_SOCKET, SO_LINGER, &now,
	                 sizeof(now));
}

/* False: the connection is at its end. */
static bool play(struct connection *connection, const struct wire_step *step)
{
	switch (step->end) {
	case WIRE_KEEP:
		return give(connection, step->answer, strlen(step->answer));
	case WIRE_CLOSE:
		(void)give(connection, step->answer, strlen(step->answer));
		return false;
	case WIRE_RESET:
		(void)give(connection, step->answer, strlen(step->answer));
		reset(connection);
		return false;
	case WIRE_STALL:
		(void)give(connection, step->answer, strlen(step->answer));
		stall(connection);
		return false;
	case WIRE_DRIP:
		drip(connection, step->answer);
		return false;
	case WIRE_FLOOD:
		flood(connection, step->answer);
		return false;
	case WIRE_INTERRUPT:
		(void)kill(getpid(), SIGINT);
		stall(connection);
		return false;
	}
	return false;
}

static void *serve(void *data)
{
	struct connection *connection = data;
	struct wire *wire = connection->wire;
	bool goes_on = true;
	char *request;

	if (connection->tls != NULL && SSL_accept(connection->tls) != 1)
		goes_on = false;
	if (wire->is_eager) {
		char bytes[4096];

		/* Closing with unread bytes would be a reset. */
		(void)recv(connection->fd, bytes, sizeof(bytes), 0);
		goes_on = play(connection, wire->steps);
	}
	while (goes_on && (request = read_request(connection)) != NULL) {
		size_t index;

		pthread_mutex_lock(&wire->lock);
		index = wire->request_count;
		if (index < REQUESTS_MAX)
			wire->requests[wire->request_count++] = request;
		pthread_cond_broadcast(&wire->more);
		while (wire->request_count < wire->held_until &&
		       !wire->stopping)
			pthread_cond_wait(&wire->more, &wire->lock);
		pthread_mutex_unlock(&wire->lock);
		if (index >= REQUESTS_MAX) {
			free(request);
			break;
		}
		if (index >= wire->count)
			index = wire->count - 1;
		goes_on = play(connection, &wire->steps[index]);
	}
	if (connection->tls != NULL)
		(void)SSL_shutdown(connection->tls);
	/* The number stays taken until wire_stop(), which shuts it down. */
	pthread_mutex_lock(&wire->lock);
	(void)close(connection->fd);
	connection->fd = -1;
	pthread_mutex_unlock(&wire->lock);
	return NULL;
}

static void *take(void *data)
{
	struct wire *wire = data;
	int fd;

	while ((fd = accept(wire->fd, NULL, NULL)) >= 0) {
		struct connection *connection;

		pthread_mutex_lock(&wire->lock);
		if (wire->stopping ||
		    wire->connection_count == CONNECTIONS_MAX) {
			pthread_mutex_unlock(&wire->lock);
			(void)close(fd);
			break;
		}
		connection = &wire->connections[wire->connection_count++];
		connection->wire = wire;
		connection->fd = fd;
		if (wire->tls != NULL) {
			connection->tls = SSL_new(wire->tls);
			(void)SSL_set_fd(connection->tls, fd);
		}
		(void)pthread_create(&connection->thread, NULL, serve,
		                     connection);
		pthread_mutex_unlock(&wire->lock);
	}
	return NULL;
}

static struct wire *start(const struct wire_step *steps, size_t count,
                          SSL_CTX *tls, bool is_eager)
{
	struct wire *wire = calloc(1, sizeof(*wire));
	struct sockaddr_in address = {.sin_family = AF_INET,
	                              .sin_addr.s_addr =
	                                      htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(address);
	sigset_t all, before;

	wire->steps = steps;
	wire->count = count;
	wire->tls = tls;
	wire->is_eager = is_eager;
	pthread_mutex_init(&wire->lock, NULL);
	pthread_cond_init(&wire->more, NULL);
	wire->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ck_assert_int_ge(wire->fd, 0);
	ck_assert_int_eq(bind(wire->fd, (struct sockaddr *)&address, len), 0);
	ck_assert_int_eq(listen(wire->fd, 16), 0);
	ck_assert_int_eq(
		getsockname(wire->fd, (struct sockaddr *)&address, &len), 0);
	wire->port = ntohs(address.sin_port);

	/* Signals are for the thread under test. */
	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	ck_assert_int_eq(pthread_create(&wire->thread, NULL, take, wire), 0);
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	return wire;
}

struct wire *wire_start(const struct wire_step *steps, size_t count,
                        SSL_CTX *tls)
{
	return start(steps, count, tls, false);
}

struct wire *wire_start_eager(const struct wire_step *step)
{
	return start(step, 1, NULL, true);
}

unsigned wire_port(const struct wire *wire)
{
	return wire->port;
}

size_t wire_connections(struct wire *wire)
{
	size_t count;

	pthread_mutex_lock(&wire->lock);
	count = wire->connection_count;
	pthread_mutex_unlock(&wire->lock);
	return count;
}

size_t wire_open(struct wire *wire)
{
	size_t count = 0, i;

	pthread_mutex_lock(&wire->lock);
	for (i = 0; i < wire->connection_count; i++)
		count += wire->connections[i].fd >= 0;
	pthread_mutex_unlock(&wire->lock);
	return count;
}

size_t wire_requests(struct wire *wire)
{
	size_t count;

	pthread_mutex_lock(&wire->lock);
	count = wire->request_count;
	pthread_mutex_unlock(&wire->lock);
	return count;
}

void wire_hold(struct wire *wire, size_t requests)
{
	pthread_mutex_lock(&wire->lock);
	wire->held_until = requests;
	pthread_mutex_unlock(&wire->lock);
}

const char *wire_request(struct wire *wire, size_t index)
{
	ck_assert_uint_lt(index, wire_requests(wire));
	return wire->requests[index];
}

void wire_stop(struct wire *wire)
{
	size_t i;

	pthread_mutex_lock(&wire->lock);
	wire->stopping = true;
	pthread_cond_broadcast(&wire->more);
	(void)shutdown(wire->fd, SHUT_RDWR);
	for (i = 0; i < wire->connection_count; i++)
		if (wire->connections[i].fd >= 0)
			(void)shutdown(wire->connections[i].fd, SHUT_RDWR);
	pthread_mutex_unlock(&wire->lock);
	(void)pthread_join(wire->thread, NULL);
	for (i = 0; i < wire->connection_count; i++) {
		(void)pthread_join(wire->connections[i].thread, NULL);
		SSL_free(wire->connections[i].tls);
	}
	for (i = 0; i < wire->request_count; i++)
		free(wire->requests[i]);
	(void)close(wire->fd);
	pthread_mutex_destroy(&wire->lock);
	free(wire);
}
