/* SPDX-License-Identifier: Apache-2.0 */
/* A thread for each connection, so that a fault may simply sleep. */
#include "server.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <microhttpd.h>

#include "exchange.h"
#include "faults.h"
#include "handlers.h"
#include "houston.h"
#include "log.h"
#include "sandbox.h"
#include "transmit.h"

enum { PORT_TRIES = 20 };

static int open_v4(unsigned port)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_port = htons((uint16_t)port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;

	if (fd < 0)
		return -1;
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(fd, (struct sockaddr *)&address, sizeof(address)) != 0 ||
	    listen(fd, SOMAXCONN) != 0) {
		close(fd);
		return -1;
	}
	return fd;
}

/* -1 with errno EAFNOSUPPORT or EADDRNOTAVAIL: no IPv6 here. */
static int open_v6(unsigned port)
{
	struct sockaddr_in6 address = {
		.sin6_family = AF_INET6,
		.sin6_port = htons((uint16_t)port),
		.sin6_addr = IN6ADDR_LOOPBACK_INIT,
	};
	int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;
	int number;

	if (fd < 0)
		return -1;
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	(void)setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
	if (bind(fd, (struct sockaddr *)&address, sizeof(address)) != 0 ||
	    listen(fd, SOMAXCONN) != 0) {
		number = errno;
		close(fd);
		errno = number;
		return -1;
	}
	return fd;
}

static unsigned port_of(int fd)
{
	struct sockaddr_in address;
	socklen_t len = sizeof(address);

	if (getsockname(fd, (struct sockaddr *)&address, &len) != 0)
		return 0;
	return ntohs(address.sin_port);
}

bool server_listen(struct server *server, struct sandbox *box, unsigned port)
{
	int tries;

	memset(server, 0, sizeof(*server));
	server->sockets[0] = server->sockets[1] = -1;
	for (tries = 0; tries < PORT_TRIES; tries++) {
		server->sockets[0] = open_v4(port);
		if (server->sockets[0] < 0)
			return false;
		box->port = port_of(server->sockets[0]);
		server->sockets[1] = open_v6(box->port);
		if (server->sockets[1] >= 0 || errno != EADDRINUSE)
			break;
		close(server->sockets[0]);
		server->sockets[0] = -1;
		errno = EADDRINUSE;
		if (port != 0)
			return false;
	}
	(void)snprintf(box->base, sizeof(box->base), "http://localhost:%u",
	               box->port);
	return server->sockets[0] >= 0;
}

static enum MHD_Result add_header(void *cls, enum MHD_ValueKind kind,
                                  const char *name, const char *value)
{
	json_t *headers = cls, *old;
	char lower[200];
	size_t i;

	(void)kind;
	for (i = 0; name[i] != '\0' && i + 1 < sizeof(lower); i++)
		lower[i] = (char)tolower((unsigned char)name[i]);
	lower[i] = '\0';
	old = json_object_get(headers, lower);
	if (old != NULL)
		json_object_set_new(headers, lower,
		                    json_sprintf("%s, %s",
		                                 json_string_value(old),
		                                 value == NULL ? "" : value));
	else
		json_object_set_new(headers, lower,
		                    json_string(value == NULL ? "" : value));
	return MHD_YES;
}

static void handle(struct sandbox *box, const struct request *request,
                   struct reply *reply)
{
	json_t *struck, *entry;

	pthread_mutex_lock(&box->lock);
	if (strncmp(request->path, "/sandbox/", 9) == 0) {
		control_handle(box, request, reply);
		pthread_mutex_unlock(&box->lock);
		return;
	}
	struck = faults_take(box, request);
	entry = log_begin(box, request);
	pthread_mutex_unlock(&box->lock);

	if (!faults_before(box, struck, reply)) {
		pthread_mutex_lock(&box->lock);
		routes_handle(box, request, reply);
		pthread_mutex_unlock(&box->lock);
	}
	faults_after(struck, reply);

	pthread_mutex_lock(&box->lock);
	log_end(box, entry, reply->drop ? 0 : reply->status, struck);
	pthread_mutex_unlock(&box->lock);
	json_decref(struck);
}

/* Called when the request line is there; what it returns is *REQUEST of
 * on_request(). */
static void *on_target(void *cls, const char *target,
                       struct MHD_Connection *connection)
{
	struct request *request = calloc(1, sizeof(*request));

	(void)cls;
	(void)connection;
	if (request != NULL)
		request_init(request, target);
	return request;
}

static enum MHD_Result on_request(void *cls, struct MHD_Connection *connection,
                                  const char *url, const char *method,
                                  const char *version, const char *body,
                                  size_t *body_len, void **state)
{
	struct request *request = *state;
	struct sandbox *box = cls;
	struct reply reply;
	enum MHD_Result result;

	(void)url;
	(void)version;
	if (request == NULL || request->path == NULL || request->query == NULL)
		return MHD_NO;
	if (request->method[0] == '\0') {
		(void)snprintf(request->method, sizeof(request->method), "%s",
		               method);
		return MHD_YES;
	}
	if (*body_len > 0) {
		bool fine = text_add(&request->body, body, *body_len);

		*body_len = 0;
		return fine ? MHD_YES : MHD_NO;
	}
	MHD_get_connection_values(connection, MHD_HEADER_KIND, add_header,
	                          request->headers);
	request->connection =
		(unsigned long)(uintptr_t)MHD_get_connection_info(
			connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT)
			->socket_context;
	request->operation = houston_operation(request);
	reply_init(&reply);
	handle(box, request, &reply);
	result = transmit(box, connection, &reply);
	reply_clear(&reply);
	return result;
}

static void on_completed(void *cls, struct MHD_Connection *connection,
                         void **state, enum MHD_RequestTerminationCode code)
{
	struct request *request = *state;

	(void)cls;
	(void)connection;
	(void)code;
	if (request != NULL)
		request_clear(request);
	free(request);
	*state = NULL;
}

/* Give each connection its number, kept where MHD keeps a pointer. */
static void on_connection(void *cls, struct MHD_Connection *connection,
                          void **state,
                          enum MHD_ConnectionNotificationCode code)
{
	struct sandbox *box = cls;

	(void)connection;
	if (code != MHD_CONNECTION_NOTIFY_STARTED)
		return;
	pthread_mutex_lock(&box->lock);
	*state = (void *)(uintptr_t)++box->connections;
	pthread_mutex_unlock(&box->lock);
}

bool server_start(struct server *server, struct sandbox *box)
{
	int i;

	for (i = 0; i < 2; i++) {
		if (server->sockets[i] < 0)
			continue;
		server->daemons[i] = MHD_start_daemon(
			MHD_USE_THREAD_PER_CONNECTION |
				MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_POLL |
				MHD_USE_ITC | (i == 1 ? MHD_USE_IPv6 : 0),
			0, NULL, NULL, on_request, box,
			MHD_OPTION_LISTEN_SOCKET, server->sockets[i],
			MHD_OPTION_URI_LOG_CALLBACK, on_target, box,
			MHD_OPTION_NOTIFY_COMPLETED, on_completed, box,
			MHD_OPTION_NOTIFY_CONNECTION, on_connection, box,
			MHD_OPTION_END);
		if (server->daemons[i] == NULL)
			return false;
	}
	return true;
}

void server_stop(struct server *server, struct sandbox *box)
{
	int i;

	sandbox_stop(box);
	for (i = 0; i < 2; i++) {
		if (server->daemons[i] != NULL)
			MHD_stop_daemon(server->daemons[i]);
		else if (server->sockets[i] >= 0)
			close(server->sockets[i]);
	}
}
