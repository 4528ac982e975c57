/* SPDX-License-Identifier: Apache-2.0 */
/* Requests as their callers see them: sent and awaited, or begun early. */
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "error.h"
#include "http.h"
#include "interrupt.h"
#include "log.h"
#include "request.h"
#include "transfer.h"

enum {
	WARM_MS = 10 * 1000,
	WARM_GUARDED_MS = 3 * 1000,
	GUARDED_MS = 15 * 1000,
	BESIDE_GUARDED_MS = 10 * 1000,
	POLL_MS = 100, /* a signal may come just before the poll */
	REQUESTS_MAX = 64
};

/* One that was begun early. */
struct early {
	struct early *next;
	struct transfer *transfer;
	bool is_kept; /* somebody will ask for its answer */
};

struct http {
	struct pool *pool;
	struct early *early;
	struct http_guard *guard; /* or NULL */
};

int http_new(const struct http_options *options, struct http **out,
             struct astro_error *err)
{
	struct http *http = calloc(1, sizeof(*http));
	int status;

	*out = NULL;
	if (http == NULL)
		return error_no_memory(err);
	status = pool_new(options, &http->pool, err);
	if (status != ASTRO_OK) {
		free(http);
		return status;
	}
	*out = http;
	return ASTRO_OK;
}

static void drop(struct early **place)
{
	struct early *early = *place;

	*place = early->next;
	transfer_free(early->transfer);
	free(early);
}

void http_free(struct http *http)
{
	if (http == NULL)
		return;
	while (http->early != NULL)
		drop(&http->early);
	pool_free(http->pool);
	free(http);
}

void http_end_at(struct http *http, int64_t deadline)
{
	pool_end_at(http->pool, deadline);
}

static int await(struct http *http, const struct transfer *transfer,
                 struct astro_error *err)
{
	for (;;) {
		int status;

		pool_drive(http->pool);
		if (transfer_is_done(transfer))
			return ASTRO_OK;
		status = interrupt_check(err);
		if (status == ASTRO_OK)
			status = pool_wait(http->pool, NULL, 0, POLL_MS, err);
		if (status != ASTRO_OK)
			return status;
	}
}

void http_set_guard(struct http *http, struct http_guard *guard)
{
	http->guard = guard;
	pool_limit(http->pool, guard != NULL ? BESIDE_GUARDED_MS : 0);
}

static bool is_guarded(const struct http *http,
                       const struct astro_request *request)
{
	return http->guard != NULL &&
	       request_carries(request, http->guard->secret);
}

static int make(struct http *http, const struct astro_request *request,
                struct transfer **out, struct astro_error *err)
{
	bool guarded = is_guarded(http, request);
	int status;

	if (guarded)
		pool_limit(http->pool, GUARDED_MS);
	status = transfer_new(http->pool, request, out, err);
	if (guarded)
		pool_limit(http->pool, BESIDE_GUARDED_MS);
	return status;
}

/* What is known of a guarded request now that it is over. */
static void note_end(struct http_guard *guard, const struct transfer *transfer)
{
	int code;

	if (!transfer_is_sent(transfer))
		return;
	code = transfer_code(transfer);
	guard->is_sent = true;
	if (code != 0)
		guard->code = code;
	else
		guard->is_lost = true;
}

int http_send(struct http *http, const struct astro_request *const *requests,
              size_t count, struct astro_response **outs,
              struct astro_error *err)
{
	struct transfer *transfers[REQUESTS_MAX] = {NULL};
	int status = ASTRO_OK;
	size_t i;

	for (i = 0; i < count; i++)
		outs[i] = NULL;
	if (count > REQUESTS_MAX)
		return error_set(err, ASTRO_BAD_PLUGIN, NULL,
		                 "the provider made more than %d requests at "
		                 "once",
		                 REQUESTS_MAX);
	/* All are looked at before the first byte leaves. */
	for (i = 0; i < count && status == ASTRO_OK; i++)
		status = make(http, requests[i], &transfers[i], err);
	for (i = 0; i < count && status == ASTRO_OK; i++)
		if (is_guarded(http, requests[i]))
			status = http->guard->before(http->guard->data, err);
	for (i = 0; i < count && status == ASTRO_OK; i++)
		status = transfer_start(transfers[i], err);
	for (i = 0; i < count && status == ASTRO_OK; i++)
		status = await(http, transfers[i], err);
	for (i = 0; i < count && status == ASTRO_OK; i++)
		status = transfer_judge(transfers[i], &outs[i], err);

	for (i = 0; i < count; i++) {
		if (transfers[i] != NULL && is_guarded(http, requests[i]))
			note_end(http->guard, transfers[i]);
		transfer_free(transfers[i]);
		if (status != ASTRO_OK) {
			response_free(outs[i]);
			outs[i] = NULL;
		}
	}
	return status;
}

static int begin(struct http *http, const char *url, bool is_kept,
                 struct astro_error *err)
{
	struct astro_request request = {
		.size = sizeof(request), .timeout_ms = WARM_MS, .url = url};
	struct early *early = calloc(1, sizeof(*early));
	int status;

	if (early == NULL)
		return error_no_memory(err);
	if (http->guard != NULL)
		request.timeout_ms = WARM_GUARDED_MS;
	status = transfer_new(http->pool, &request, &early->transfer, err);
	if (status == ASTRO_OK)
		status = transfer_start(early->transfer, err);
	if (status != ASTRO_OK) {
		transfer_free(early->transfer);
		free(early);
		return status;
	}
	early->is_kept = is_kept;
	early->next = http->early;
	http->early = early;
	pool_drive(http->pool);
	return ASTRO_OK;
}

void http_warm(struct http *http, const char *url)
{
	struct astro_error why = {0};

	if (begin(http, url, false, &why) != ASTRO_OK)
		log_write(ASTRO_DEBUG, "not warmed: %s", why.message);
}

void http_prefetch(struct http *http, const char *url)
{
	struct astro_error why = {0};

	if (begin(http, url, true, &why) != ASTRO_OK)
		log_write(ASTRO_DEBUG, "not prefetched: %s", why.message);
}

struct astro_response *http_prefetched(struct http *http, const char *url)
{
	struct early **place = &http->early;
	struct astro_response *response = NULL;
	struct astro_error why = {0};

	while (*place != NULL &&
	       !((*place)->is_kept &&
	         strcmp(transfer_url((*place)->transfer), url) == 0))
		place = &(*place)->next;
	if (*place == NULL)
		return NULL;
	if (await(http, (*place)->transfer, &why) != ASTRO_OK ||
	    transfer_judge((*place)->transfer, &response, &why) != ASTRO_OK)
		log_write(ASTRO_DEBUG, "not prefetched: %s", why.message);
	drop(place);
	return response;
}

static void drop_warmed(struct http *http)
{
	struct early **place = &http->early;

	while (*place != NULL) {
		if (!(*place)->is_kept && transfer_is_done((*place)->transfer))
			drop(place);
		else
			place = &(*place)->next;
	}
}

static bool any_is_readable(const struct http_watch *watches, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (watches[i].readable)
			return true;
	return false;
}

int http_wait(struct http *http, struct http_watch *watches, size_t count,
              int timeout_ms, struct astro_error *err)
{
	int64_t end = clock_boot() + timeout_ms, left = timeout_ms;

	do {
		int status;

		pool_drive(http->pool);
		drop_warmed(http);
		status = pool_wait(http->pool, watches, count,
		                   left < POLL_MS ? (int)left : POLL_MS, err);
		if (status != ASTRO_OK)
			return status;
		left = end - clock_boot();
	} while (left > 0 && interrupt_signal() == 0 &&
	         !any_is_readable(watches, count));
	return ASTRO_OK;
}
