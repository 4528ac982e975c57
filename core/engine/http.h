/* SPDX-License-Identifier: Apache-2.0 */
/*
 * HTTP for providers and for the engine: one TLS policy, one cache of
 * connections (one a host with HTTP/2), several requests at once.  The only
 * door to libcurl, but for doctor/peer.c, which sends nothing.
 */
#ifndef CORE_ENGINE_HTTP_H
#define CORE_ENGINE_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <astro/provider.h>

struct http;
struct json;
struct text;

struct http_options {
	bool skip_verify; /* houston.skip_verify_tls of the person's own file */
	const char *user_agent;
};

int http_new(const struct http_options *options, struct http **out,
             struct astro_error *err);
void http_free(struct http *http);
/* No request goes on beyond DEADLINE (clock_boot(), 0: none), whatever time it
 * asks for itself; one that comes later is ASTRO_UNREACHABLE at once. */
void http_end_at(struct http *http, int64_t deadline);

/* Send COUNT requests at once and wait for all; the rules are those of
 * astro_host.http and http_all.  ^C ends it within 200 ms (ASTRO_CANCELLED). */
int http_send(struct http *http, const struct astro_request *const *requests,
              size_t count, struct astro_response **outs,
              struct astro_error *err);

/*
 * A secret that the server takes only once.  Before a request that carries it
 * leaves, BEFORE is called, and an error of it is the request's.  What became
 * of such requests is added up.
 */
struct http_guard {
	const struct astro_secret *secret;
	int (*before)(void *data, struct astro_error *err);
	void *data;
	bool is_sent; /* a byte of one's body may have left */
	bool is_lost; /* one that was sent had no complete answer */
	int code;     /* the answer to the last that had one, or 0 */
};
/*
 * GUARD is lent until it is NULL again.  While there is one somebody may be
 * waiting for the end of it: its requests take 15 seconds, others 10, at most.
 */
void http_set_guard(struct http *http, struct http_guard *guard);

/* Begin a GET of URL, so that its host's connection is open when it is needed;
 * the answer is thrown away.  Errors are logged only. */
void http_warm(struct http *http, const char *url);
/* The same, but the answer is kept for http_prefetched(). */
void http_prefetch(struct http *http, const char *url);
/* The answer to a prefetch of URL, waiting for it if need be; NULL when it
 * failed.  The caller frees it. */
struct astro_response *http_prefetched(struct http *http, const char *url);

/* A descriptor to watch beside the transfers. */
struct http_watch {
	int fd;
	bool readable; /* out */
};
/* Drive what http_warm() began and wait for it, for the WATCHES, or for
 * TIMEOUT_MS.  EINTR returns ASTRO_OK early. */
int http_wait(struct http *http, struct http_watch *watches, size_t count,
              int timeout_ms, struct astro_error *err);

int response_status(const struct astro_response *response);
/* NULL when the answer had no JSON. */
const struct json *response_json(const struct astro_response *response);
/*
 * Add what stands at PATH ("": the whole) of the answer to OUT, as JSON; null
 * where nothing does.  By whoever plays the host: the check of a provider,
 * whose servers are made up, has its own.
 */
int response_show(const struct astro_response *response, const char *path,
                  struct text *out, struct astro_error *err);
const char *response_reason(const struct astro_response *response);
/* What the server wants in the next proof of possession (RFC 9449, 8), or "".
 */
enum { RESPONSE_NONCE_SIZE = 512 };
const char *response_nonce(const struct astro_response *response);
/* The server's clock when it answered (RFC 9110, 6.6.1), unix seconds; 0 where
 * it did not say. */
int64_t response_date(const struct astro_response *response);
void response_free(struct astro_response *response);

#endif
