/* SPDX-License-Identifier: Apache-2.0 */
/* Owns the web server of one login: what is asked of it, and the one answer
 * that it keeps. */
#include "callback.h"

#include <microhttpd.h>

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "answer.h"
#include "clock.h"
#include "error.h"
#include "gate.h"
#include "log.h"
#include "page.h"
#include "secret.h"
#include "text.h"

enum {
	MEMORY_MAX = 48 * 1024, /* for one request, all headers included */
	CONNECTIONS_MAX = 64,   /* whole requests that are being answered */
	SECONDS_MAX = 5,
	TURNS_MAX = 64,
	FINISH_MS = 500
};

enum outcome { OUTCOME_OPEN, OUTCOME_SUCCESS, OUTCOME_FAILURE };

struct callback {
	struct gate *gate;
	struct MHD_Daemon *daemon;
	int epoll; /* the gate's and the daemon's */
	char *path;
	char *state, *issuer;
	bool must_name_issuer;
	struct astro_secret *query; /* the accepted answer */
	enum outcome outcome;
	struct MHD_Connection *held; /* the browser waits for its page */
};

/* One request. */
struct visit {
	char *target; /* as sent; has the code */
	bool held;
};

/* The headers that tell a person's navigation from a page's trick. */
struct headers {
	unsigned hosts;
	bool twice;
	const char *host, *origin, *mode, *dest;
};

static void once(const char **place, const char *value, bool *twice)
{
	if (*place != NULL)
		*twice = true;
	*place = value != NULL ? value : "";
}

static enum MHD_Result collect(void *data, enum MHD_ValueKind kind,
                               const char *name, const char *value)
{
	struct headers *headers = data;

	(void)kind;
	if (strcasecmp(name, "Host") == 0) {
		headers->hosts++;
		headers->host = value;
	} else if (strcasecmp(name, "Origin") == 0) {
		once(&headers->origin, value, &headers->twice);
	} else if (strcasecmp(name, "Sec-Fetch-Mode") == 0) {
		once(&headers->mode, value, &headers->twice);
	} else if (strcasecmp(name, "Sec-Fetch-Dest") == 0) {
		once(&headers->dest, value, &headers->twice);
	}
	return MHD_YES;
}

/* One of our three names, with our port: anything else came by a name that
 * somebody made point here (DNS rebinding). */
static bool host_is_ours(const struct callback *callback, const char *host)
{
	static const char *const names[] = {"localhost", "127.0.0.1", "[::1]"};
	char ours[32];
	size_t i;

	for (i = 0; host != NULL && i < sizeof(names) / sizeof(names[0]); i++) {
		(void)snprintf(ours, sizeof(ours), "%s:%u", names[i],
		               (unsigned)callback_port(callback));
		if (strcasecmp(host, ours) == 0)
			return true;
		/* Browsers leave out the port of the scheme. */
		if (callback_port(callback) == 80 &&
		    strcasecmp(host, names[i]) == 0)
			return true;
	}
	return false;
}

static bool origin_is_ours(const struct callback *callback, const char *origin)
{
	return strncmp(origin, "http://", 7) == 0 &&
	       host_is_ours(callback, origin + 7);
}

/* Where and how: the status, 200 when the query is worth a look. */
static unsigned judge_request(const struct callback *callback,
                              const struct headers *headers, const char *method,
                              const char *target)
{
	size_t len = strcspn(target, "?");

	if (headers->hosts != 1 || !host_is_ours(callback, headers->host))
		return MHD_HTTP_MISDIRECTED_REQUEST;
	/* The raw path: no other spelling is registered. */
	if (strlen(callback->path) != len ||
	    memcmp(callback->path, target, len) != 0)
		return MHD_HTTP_NOT_FOUND;
	if (strcmp(method, MHD_HTTP_METHOD_GET) != 0)
		return MHD_HTTP_METHOD_NOT_ALLOWED;
	if (headers->twice ||
	    (headers->mode != NULL && strcmp(headers->mode, "navigate") != 0) ||
	    (headers->dest != NULL && strcmp(headers->dest, "document") != 0) ||
	    (headers->origin != NULL &&
	     !origin_is_ours(callback, headers->origin)))
		return MHD_HTTP_FORBIDDEN;
	return MHD_HTTP_OK;
}

static unsigned judge_answer(struct callback *callback, const char *query)
{
	const struct answer_expected expected = {
		.state = callback->state,
		.issuer = callback->issuer,
		.must_name_issuer = callback->must_name_issuer,
	};
	struct astro_error err;

	if (query == NULL || callback->state == NULL ||
	    strchr(query, '#') != NULL ||
	    answer_judge(query, &expected) != ANSWER_GOOD)
		return MHD_HTTP_BAD_REQUEST;
	if (callback->query != NULL || callback->outcome != OUTCOME_OPEN)
		return MHD_HTTP_CONFLICT;
	memset(&err, 0, sizeof(err));
	if (secret_new(query, strlen(query), &callback->query, &err) !=
	    ASTRO_OK)
		return MHD_HTTP_INTERNAL_SERVER_ERROR;
	return MHD_HTTP_OK;
}

static enum page page_for(unsigned status)
{
	if (status == MHD_HTTP_BAD_REQUEST)
		return PAGE_REFUSED;
	if (status == MHD_HTTP_CONFLICT)
		return PAGE_ENDED;
	return PAGE_NOTHING;
}

static enum MHD_Result send_page(struct MHD_Connection *connection,
                                 unsigned status, enum page page)
{
	const char *html = page_html(page);
	const struct page_header *header;
	struct MHD_Response *response;
	enum MHD_Result result;

	/* Constant: the library only reads it. */
	response = MHD_create_response_from_buffer(
		strlen(html), (void *)(uintptr_t)html, MHD_RESPMEM_PERSISTENT);
	if (response == NULL)
		return MHD_NO;
	for (header = page_headers; header->name != NULL; header++)
		(void)MHD_add_response_header(response, header->name,
		                              header->value);
	if (status == MHD_HTTP_METHOD_NOT_ALLOWED)
		(void)MHD_add_response_header(response, MHD_HTTP_HEADER_ALLOW,
		                              MHD_HTTP_METHOD_GET);
	result = MHD_queue_response(connection, status, response);
	MHD_destroy_response(response);
	return result;
}

static enum MHD_Result answer_request(void *data,
                                      struct MHD_Connection *connection,
                                      const char *url, const char *method,
                                      const char *version, const char *upload,
                                      size_t *upload_len, void **context)
{
	struct callback *callback = data;
	struct visit *visit = *context;
	struct headers headers;
	unsigned status;
	char *query;

	(void)url;
	(void)version;
	(void)upload;
	*upload_len = 0;
	if (visit == NULL || visit->target == NULL)
		return MHD_NO;
	if (visit->held)
		return callback->outcome == OUTCOME_SUCCESS
		               ? send_page(connection, MHD_HTTP_OK,
		                           PAGE_SUCCESS)
		               : send_page(connection, MHD_HTTP_OK,
		                           PAGE_FAILURE);

	memset(&headers, 0, sizeof(headers));
	(void)MHD_get_connection_values(connection, MHD_HEADER_KIND, collect,
	                                &headers);
	query = strchr(visit->target, '?');
	if (query != NULL)
		query++;
	status = judge_request(callback, &headers, method, visit->target);
	if (status == MHD_HTTP_OK)
		status = judge_answer(callback, query);
	log_write(ASTRO_DEBUG, "callback: a request answered with %u", status);
	if (status != MHD_HTTP_OK)
		return send_page(connection, status, page_for(status));

	visit->held = true;
	callback->held = connection;
	MHD_suspend_connection(connection);
	return MHD_YES;
}

/* The target before the library takes it apart: "/%63allback" is no
 * "/callback". */
static void *begin_visit(void *data, const char *target,
                         struct MHD_Connection *connection)
{
	struct visit *visit = calloc(1, sizeof(*visit));

	(void)data;
	(void)connection;
	if (visit != NULL)
		visit->target = strdup(target);
	return visit;
}

static void end_visit(void *data, struct MHD_Connection *connection,
                      void **context, enum MHD_RequestTerminationCode code)
{
	struct callback *callback = data;
	struct visit *visit = *context;

	(void)code;
	if (callback->held == connection)
		callback->held = NULL;
	if (visit == NULL)
		return;
	if (visit->target != NULL)
		explicit_bzero(visit->target, strlen(visit->target));
	free(visit->target);
	free(visit);
	*context = NULL;
}

/* The library may have more to do than its descriptors show. */
static void serve(struct callback *callback)
{
	MHD_UNSIGNED_LONG_LONG wait;
	int turn;

	for (turn = 0; turn < TURNS_MAX; turn++) {
		(void)MHD_run(callback->daemon);
		if (MHD_get_timeout(callback->daemon, &wait) != MHD_YES ||
		    wait != 0)
			break;
	}
}

/* A whole request for the library; it closes the socket, come what may. */
static void pass(void *data, int fd)
{
	struct callback *callback = data;
	struct sockaddr_storage address;
	socklen_t len = sizeof(address);

	memset(&address, 0, sizeof(address));
	if (getpeername(fd, (struct sockaddr *)&address, &len) != 0) {
		(void)close(fd);
		return;
	}
	(void)MHD_add_connection(callback->daemon, fd,
	                         (struct sockaddr *)&address, len);
	/* One at a time: a flood cannot fill the library's places. */
	serve(callback);
}

static int watch(int epoll, int fd)
{
	struct epoll_event event;

	memset(&event, 0, sizeof(event));
	event.events = EPOLLIN;
	event.data.fd = fd;
	return epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
}

static int start_server(struct callback *callback, struct astro_error *err)
{
	const union MHD_DaemonInfo *info = NULL;

	callback->daemon = MHD_start_daemon(
		MHD_USE_NO_LISTEN_SOCKET | MHD_USE_EPOLL |
			MHD_ALLOW_SUSPEND_RESUME,
		0, NULL, NULL, answer_request, callback,
		MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)MEMORY_MAX,
		MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS_MAX,
		MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)SECONDS_MAX,
		MHD_OPTION_URI_LOG_CALLBACK, begin_visit, callback,
		MHD_OPTION_NOTIFY_COMPLETED, end_visit, callback,
		MHD_OPTION_END);
	if (callback->daemon != NULL)
		info = MHD_get_daemon_info(callback->daemon,
		                           MHD_DAEMON_INFO_EPOLL_FD);
	callback->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (info == NULL || callback->epoll < 0 ||
	    watch(callback->epoll, info->epoll_fd) != 0 ||
	    watch(callback->epoll, gate_fd(callback->gate)) != 0)
		return error_set_system(err, ASTRO_INTERNAL, errno, NULL,
		                        "the callback's web server");
	return ASTRO_OK;
}

int callback_open(uint16_t port, const char *path, struct callback **out,
                  struct astro_error *err)
{
	struct callback *callback = calloc(1, sizeof(*callback));
	int status;

	*out = NULL;
	if (callback == NULL)
		return error_no_memory(err);
	callback->epoll = -1;
	callback->path = text_copy(path);
	if (callback->path == NULL) {
		status = error_no_memory(err);
		goto out;
	}
	status = gate_open(port, &callback->gate, err);
	if (status != ASTRO_OK)
		goto out;
	status = start_server(callback, err);
	if (status != ASTRO_OK)
		goto out;
	*out = callback;
	callback = NULL; /* handed over */
out:
	callback_close(callback);
	return status;
}

uint16_t callback_port(const struct callback *callback)
{
	return gate_port(callback->gate);
}

void callback_expect(struct callback *callback,
                     const struct answer_expected *expected)
{
	free(callback->state);
	free(callback->issuer);
	callback->state = text_copy(expected->state);
	callback->issuer = text_copy(expected->issuer);
	callback->must_name_issuer = expected->must_name_issuer;
	/* Without memory for the issuer nothing can be told from a forgery. */
	if (expected->issuer != NULL && callback->issuer == NULL) {
		free(callback->state);
		callback->state = NULL;
	}
}

int callback_fd(const struct callback *callback)
{
	return callback->epoll;
}

void callback_run(struct callback *callback)
{
	gate_run(callback->gate, pass, callback);
	serve(callback);
}

const char *callback_query(const struct callback *callback)
{
	if (callback->query == NULL)
		return NULL;
	return secret_bytes(callback->query, NULL);
}

void callback_finish(struct callback *callback, bool success)
{
	struct pollfd watched = {.fd = callback->epoll, .events = POLLIN};
	int64_t end = clock_boot() + FINISH_MS, left;

	if (callback->outcome != OUTCOME_OPEN)
		return;
	callback->outcome = success ? OUTCOME_SUCCESS : OUTCOME_FAILURE;
	if (callback->held == NULL)
		return;
	MHD_resume_connection(callback->held);
	callback_run(callback);
	while (callback->held != NULL && (left = end - clock_boot()) > 0) {
		int count = poll(&watched, 1, (int)left);

		if (count == 0 || (count < 0 && errno != EINTR))
			break;
		callback_run(callback);
	}
}

void callback_close(struct callback *callback)
{
	if (callback == NULL)
		return;
	/* The library must not be stopped with somebody waiting in it. */
	if (callback->daemon != NULL && callback->epoll >= 0)
		callback_finish(callback, false);
	if (callback->daemon != NULL)
		MHD_stop_daemon(callback->daemon);
	gate_close(callback->gate);
	if (callback->epoll >= 0)
		(void)close(callback->epoll);
	secret_free(callback->query);
	free(callback->path);
	free(callback->state);
	free(callback->issuer);
	free(callback);
}
