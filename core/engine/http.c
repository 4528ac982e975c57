/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Transfers through libcurl: the one policy for all of them, and the pool that
 * drives them.  Addresses are taken apart here too, by the same parser.
 */
#include "http.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "address.h"
#include "clock.h"
#include "error.h"
#include "failure.h"
#include "log.h"
#include "request.h"
#include "response.h"
#include "text.h"
#include "tls.h"
#include "transfer.h"
#include "wipe.h"

enum {
	ANSWER_MAX = 1024 * 1024,
	HEADERS_MAX = 64 * 1024,
	HEADS_MAX = 20, /* answers of the 1xx kind, and the final one */
	CONNECT_MS = 10 * 1000,
	WATCHES_MAX = 16,
	/* HTTP/2 needs one; with HTTP/1.1 the requests of a round would wait
	 * for each other on it. */
	HOST_CONNECTIONS_MAX = 3
};

struct pool {
	CURLM *multi;
	bool skip_verify;
	char *user_agent;
	struct authorities authorities;
	int64_t deadline;  /* clock_boot(), 0: none */
	uint32_t limit_ms; /* 0: none */
};

struct transfer {
	struct pool *pool;
	CURL *easy;
	struct curl_slist *lines;
	struct request request;
	size_t sent;
	struct text body;
	size_t header_bytes;
	int heads;
	const char *refusal; /* why we broke it off ourselves */
	bool is_added, is_done;
	CURLcode result;
	char reason[CURL_ERROR_SIZE];
};

static size_t take_body(char *bytes, size_t size, size_t count, void *data)
{
	struct transfer *transfer = data;
	size_t len = size * count;

	/* Here and not by CURLOPT_MAXFILESIZE, which does not stop a chunked
	 * flood. */
	if (text_add(&transfer->body, bytes, len))
		return len;
	transfer->refusal = "an answer of more than 1048576 bytes";
	return 0;
}

static size_t take_header(char *bytes, size_t size, size_t count, void *data)
{
	struct transfer *transfer = data;
	size_t len = size * count;

	transfer->header_bytes += len;
	if (len >= 5 && memcmp(bytes, "HTTP/", 5) == 0)
		transfer->heads++;
	if (transfer->header_bytes > HEADERS_MAX)
		transfer->refusal = "headers of more than 65536 bytes";
	else if (transfer->heads > HEADS_MAX + 1)
		transfer->refusal = "more than 20 interim answers";
	else
		return len;
	return 0;
}

/*
 * libcurl sends a request again when a reused connection dies before the
 * answer begins.  For one with a body it must be able to rewind, which is not
 * offered: so it does that only while nothing of the body has left (RFC 9110,
 * 9.2.2: a POST that may have been received is not repeated).
 */
static size_t give_body(char *bytes, size_t size, size_t count, void *data)
{
	struct transfer *transfer = data;
	const struct text *body = &transfer->request.body;
	size_t len = size * count;

	if (len > body->len - transfer->sent)
		len = body->len - transfer->sent;
	memcpy(bytes, body->bytes + transfer->sent, len);
	transfer->sent += len;
	return len;
}

static bool set_policy(CURL *easy, const struct pool *pool,
                       const struct request *request)
{
	long connect_ms = CONNECT_MS;
	bool ok = true;

	if (request->timeout_ms < CONNECT_MS)
		connect_ms = (long)request->timeout_ms;
#define SET(option, value) (ok = ok && !curl_easy_setopt(easy, option, value))
	SET(CURLOPT_URL, request->url);
	SET(CURLOPT_PROTOCOLS_STR, request->parts.scheme);
	SET(CURLOPT_REDIR_PROTOCOLS_STR, "https");
	SET(CURLOPT_FOLLOWLOCATION, 0L);
	SET(CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	SET(CURLOPT_NOSIGNAL, 1L);
	/* A name that does not resolve must not hold up ^C. */
	SET(CURLOPT_QUICK_EXIT, 1L);
	SET(CURLOPT_PIPEWAIT, 1L);
	SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
	SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	SET(CURLOPT_SSL_VERIFYPEER, pool->skip_verify ? 0L : 1L);
	SET(CURLOPT_SSL_VERIFYHOST, pool->skip_verify ? 0L : 2L);
	SET(CURLOPT_CONNECTTIMEOUT_MS, connect_ms);
	SET(CURLOPT_TIMEOUT_MS, (long)request->timeout_ms);
	SET(CURLOPT_USERAGENT, pool->user_agent);
	SET(CURLOPT_HEADEROPT, (long)CURLHEADER_SEPARATE);
	/* Through a proxy plain http would leave this machine after all. */
	if (request->is_loopback)
		SET(CURLOPT_PROXY, "");
#undef SET
	return ok;
}

static bool set_authorities(CURL *easy, const struct authorities *from)
{
	struct curl_blob blob = {from->bundle.bytes, from->bundle.len,
	                         CURL_BLOB_NOCOPY};
	const char *folders =
		from->folders.len > 0 ? from->folders.bytes : NULL;

	return !curl_easy_setopt(easy, CURLOPT_CAPATH, folders) &&
	       !curl_easy_setopt(easy, CURLOPT_CAINFO, from->file) &&
	       (blob.len == 0 ||
	        !curl_easy_setopt(easy, CURLOPT_CAINFO_BLOB, &blob));
}

static bool set_callbacks(struct transfer *transfer)
{
	CURL *easy = transfer->easy;
	bool ok = true;

#define SET(option, value) (ok = ok && !curl_easy_setopt(easy, option, value))
	SET(CURLOPT_WRITEFUNCTION, take_body);
	SET(CURLOPT_WRITEDATA, transfer);
	SET(CURLOPT_HEADERFUNCTION, take_header);
	SET(CURLOPT_HEADERDATA, transfer);
	SET(CURLOPT_READFUNCTION, give_body);
	SET(CURLOPT_READDATA, transfer);
	SET(CURLOPT_ERRORBUFFER, transfer->reason);
	SET(CURLOPT_PRIVATE, transfer);
	SET(CURLOPT_HTTPHEADER, transfer->lines);
	if (strcmp(transfer->request.method, "GET") != 0) {
		size_t len = transfer->request.body.len;

		SET(CURLOPT_POST, 1L);
		SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)len);
		SET(CURLOPT_CUSTOMREQUEST, transfer->request.method);
		/* Without a body there is nothing to rewind: see give_body().
		 */
		SET(CURLOPT_FRESH_CONNECT, len == 0 ? 1L : 0L);
	}
#undef SET
	return ok;
}

static bool add_line(struct curl_slist **lines, const char *line)
{
	struct curl_slist *more = curl_slist_append(*lines, line);

	if (more != NULL)
		*lines = more;
	return more != NULL;
}

static bool set_headers(struct transfer *transfer)
{
	const struct text *headers = &transfer->request.headers;
	const char *line = headers->bytes;
	bool ok = add_line(&transfer->lines, "Expect:");

	/* libcurl would name a type where there is no body. */
	if (!transfer->request.has_body)
		ok = ok && add_line(&transfer->lines, "Content-Type:");
	for (; ok && line < headers->bytes + headers->len;
	     line += strlen(line) + 1)
		ok = add_line(&transfer->lines, line);
	return ok;
}

void transfer_free(struct transfer *transfer)
{
	if (transfer == NULL)
		return;
	if (transfer->is_added)
		(void)curl_multi_remove_handle(transfer->pool->multi,
		                               transfer->easy);
	curl_easy_cleanup(transfer->easy);
	curl_slist_free_all(transfer->lines);
	request_clear(&transfer->request);
	text_clear(&transfer->body);
	free(transfer);
}

static int limit_time(const struct pool *pool, struct request *request,
                      struct astro_error *err)
{
	int64_t left = pool->deadline - clock_boot();

	if (pool->deadline == 0)
		return ASTRO_OK;
	if (left <= 0)
		return error_set(err, ASTRO_UNREACHABLE, "try again",
		                 "%s was not asked: the time was up",
		                 request->host);
	if (request->timeout_ms > left)
		request->timeout_ms = (uint32_t)left;
	return ASTRO_OK;
}

int transfer_new(struct pool *pool, const struct astro_request *asked,
                 struct transfer **out, struct astro_error *err)
{
	struct transfer *transfer = calloc(1, sizeof(*transfer));
	int status;

	*out = NULL;
	if (transfer == NULL)
		return error_no_memory(err);
	transfer->pool = pool;
	text_init(&transfer->body, ANSWER_MAX);
	status = request_init(&transfer->request, asked, err);
	if (status == ASTRO_OK)
		status = limit_time(pool, &transfer->request, err);
	if (status != ASTRO_OK)
		goto out;
	if (pool->limit_ms != 0 &&
	    transfer->request.timeout_ms > pool->limit_ms)
		transfer->request.timeout_ms = pool->limit_ms;
	transfer->easy = curl_easy_init();
	if (transfer->easy == NULL || !set_headers(transfer) ||
	    !set_policy(transfer->easy, pool, &transfer->request) ||
	    !set_authorities(transfer->easy, &pool->authorities) ||
	    !set_callbacks(transfer)) {
		status = error_no_memory(err);
		goto out;
	}
	*out = transfer;
	transfer = NULL; /* handed over */
out:
	transfer_free(transfer);
	return status;
}

int transfer_start(struct transfer *transfer, struct astro_error *err)
{
	if (curl_multi_add_handle(transfer->pool->multi, transfer->easy) !=
	    CURLM_OK)
		return error_no_memory(err);
	transfer->is_added = true;
	return ASTRO_OK;
}

/* Only scheme, host and path: a query may carry a code or a state. */
static void trace(const struct transfer *transfer)
{
	const struct request *request = &transfer->request;
	curl_off_t microseconds = 0;
	long code = 0, connects = 0;
	char end[CURL_ERROR_SIZE + 16];

	if (!log_is_verbose())
		return;
	(void)curl_easy_getinfo(transfer->easy, CURLINFO_TOTAL_TIME_T,
	                        &microseconds);
	(void)curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &code);
	(void)curl_easy_getinfo(transfer->easy, CURLINFO_NUM_CONNECTS,
	                        &connects);
	if (transfer->result == CURLE_OK)
		(void)snprintf(end, sizeof(end), "%ld", code);
	else
		(void)snprintf(end, sizeof(end), "%s",
		               transfer->refusal != NULL ? transfer->refusal
		               : *transfer->reason != '\0'
		                       ? transfer->reason
		                       : curl_easy_strerror(transfer->result));
	log_write(ASTRO_DEBUG, "%s %s://%s%s: %s in %lld ms, %s connection",
	          request->method, request->parts.scheme, request->host,
	          request->parts.path, end, (long long)microseconds / 1000,
	          connects > 0 ? "new" : "same");
}

/* Let everything go on that can, and note what has come to its end. */
void pool_drive(struct pool *pool)
{
	const CURLMsg *message;
	int running, left;

	(void)curl_multi_perform(pool->multi, &running);
	while ((message = curl_multi_info_read(pool->multi, &left)) != NULL) {
		struct transfer *transfer = NULL;

		if (message->msg != CURLMSG_DONE)
			continue;
		(void)curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE,
		                        (char **)&transfer);
		transfer->is_done = true;
		transfer->result = message->data.result;
		trace(transfer);
	}
}

static enum failure_kind kind_of(CURLcode code)
{
	switch ((int)code) {
	case CURLE_OUT_OF_MEMORY:
		return FAILURE_MEMORY;
	case CURLE_COULDNT_RESOLVE_HOST:
		return FAILURE_NAME;
	case CURLE_COULDNT_RESOLVE_PROXY:
		return FAILURE_PROXY_NAME;
	case CURLE_COULDNT_CONNECT:
		return FAILURE_CONNECTION;
	case CURLE_OPERATION_TIMEDOUT:
		return FAILURE_TIMEOUT;
	case CURLE_SSL_CONNECT_ERROR:
		return FAILURE_HANDSHAKE;
	case CURLE_PEER_FAILED_VERIFICATION:
		return FAILURE_CERTIFICATE;
	case CURLE_UNSUPPORTED_PROTOCOL: /* HTTP/0.9 */
	case CURLE_WEIRD_SERVER_REPLY:
		return FAILURE_NOT_HTTP;
	case CURLE_GOT_NOTHING:
	case CURLE_SEND_FAIL_REWIND:
		return FAILURE_CLOSED;
	case CURLE_PARTIAL_FILE:
	case CURLE_RECV_ERROR:
	case CURLE_SEND_ERROR:
	case CURLE_HTTP2:
	case CURLE_HTTP2_STREAM:
		return FAILURE_BROKEN;
	}
	return FAILURE_OTHER;
}

/* The limit that was reached: that of connecting is the shorter one. */
static long passed_limit(const struct transfer *transfer)
{
	long limit = (long)transfer->request.timeout_ms;
	curl_off_t connected = 0;

	(void)curl_easy_getinfo(transfer->easy, CURLINFO_PRETRANSFER_TIME_T,
	                        &connected);
	return limit > CONNECT_MS && connected == 0 ? CONNECT_MS : limit;
}

static int failed(const struct transfer *transfer, struct astro_error *err)
{
	struct failure failure = {.kind = kind_of(transfer->result),
	                          .host = transfer->request.host,
	                          .detail = transfer->reason};
	long proxy_code = 0;

	if (transfer->refusal != NULL) {
		failure.kind = FAILURE_REFUSED;
		failure.detail = transfer->refusal;
	} else if (*transfer->reason == '\0' || failure.kind == FAILURE_OTHER) {
		failure.detail = curl_easy_strerror(transfer->result);
	}
	(void)curl_easy_getinfo(transfer->easy, CURLINFO_HTTP_CONNECTCODE,
	                        &proxy_code);
	if (proxy_code >= 300) {
		failure.kind = FAILURE_PROXY;
		failure.number = proxy_code;
	}
	if (failure.kind == FAILURE_CONNECTION)
		(void)curl_easy_getinfo(transfer->easy, CURLINFO_OS_ERRNO,
		                        &failure.number);
	if (failure.kind == FAILURE_TIMEOUT)
		failure.number = passed_limit(transfer);
	if (failure.kind == FAILURE_CERTIFICATE)
		(void)curl_easy_getinfo(transfer->easy,
		                        CURLINFO_SSL_VERIFYRESULT,
		                        &failure.number);
	failure.no_authorities =
		authorities_are_none(&transfer->pool->authorities);
	return failure_tell(&failure, err);
}

static const char *header_of(const struct transfer *transfer, const char *name)
{
	struct curl_header *header;

	if (curl_easy_header(transfer->easy, name, 0, CURLH_HEADER, -1,
	                     &header) != CURLHE_OK)
		return NULL;
	return header->value;
}

/* RFC 9110, 6.6.1; 0 where it makes no sense. */
static int64_t date_of(const struct transfer *transfer)
{
	const char *date = header_of(transfer, "Date");
	time_t seconds = date != NULL ? curl_getdate(date, NULL) : -1;

	return seconds > 0 ? (int64_t)seconds : 0;
}

int transfer_judge(const struct transfer *transfer, struct astro_response **out,
                   struct astro_error *err)
{
	struct answer answer = {.host = transfer->request.host,
	                        .body = &transfer->body,
	                        .ignores_body = transfer->request.ignores_body};
	char redirect[HOST_MAX], *location = NULL, *type = NULL;
	curl_off_t retry_after = 0;
	long code = 0;

	*out = NULL;
	if (transfer->result != CURLE_OK)
		return failed(transfer, err);
	(void)curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &code);
	(void)curl_easy_getinfo(transfer->easy, CURLINFO_CONTENT_TYPE, &type);
	(void)curl_easy_getinfo(transfer->easy, CURLINFO_REDIRECT_URL,
	                        &location);
	(void)curl_easy_getinfo(transfer->easy, CURLINFO_RETRY_AFTER,
	                        &retry_after);
	answer.status = (int)code;
	answer.content_type = type;
	answer.retry_after = retry_after;
	answer.date = date_of(transfer);
	answer.nonce = header_of(transfer, "DPoP-Nonce");
	if (location != NULL) {
		address_host(location, redirect, sizeof(redirect));
		answer.redirect = redirect;
	}
	return response_new(&answer, out, err);
}

int transfer_code(const struct transfer *transfer)
{
	long code = 0;

	if (transfer->is_done && transfer->result == CURLE_OK)
		(void)curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE,
		                        &code);
	return (int)code;
}

bool transfer_is_sent(const struct transfer *transfer)
{
	/* libcurl asks for the body when it has a connection to send it on;
	 * CURLINFO_REQUEST_SIZE would count what a proxy was told as well. */
	return transfer->sent > 0;
}

bool transfer_is_done(const struct transfer *transfer)
{
	return transfer->is_done;
}

const char *transfer_url(const struct transfer *transfer)
{
	return transfer->request.url;
}

int pool_wait(struct pool *pool, struct http_watch *watches, size_t count,
              int timeout_ms, struct astro_error *err)
{
	struct curl_waitfd waits[WATCHES_MAX] = {{0}};
	size_t i;

	if (count > WATCHES_MAX)
		return error_set(err, ASTRO_INTERNAL, NULL,
		                 "more than %d descriptors to watch",
		                 WATCHES_MAX);
	for (i = 0; i < count; i++) {
		waits[i].fd = watches[i].fd;
		waits[i].events = CURL_WAIT_POLLIN;
	}
	if (curl_multi_poll(pool->multi, waits, (unsigned)count, timeout_ms,
	                    NULL) != CURLM_OK)
		return error_no_memory(err);
	for (i = 0; i < count; i++)
		watches[i].readable = waits[i].revents != 0;
	return ASTRO_OK;
}

static int start_library(struct astro_error *err)
{
	static bool started;

	if (started)
		return ASTRO_OK;
	/* libcurl would write the keys of every connection there. */
	(void)unsetenv("SSLKEYLOGFILE");
	if (curl_global_init_mem(CURL_GLOBAL_DEFAULT, wipe_malloc, wipe_free,
	                         wipe_realloc, wipe_strdup,
	                         wipe_calloc) != CURLE_OK)
		return error_set(err, ASTRO_INTERNAL, NULL,
		                 "libcurl does not start");
	started = true;
	return ASTRO_OK;
}

int pool_new(const struct http_options *options, struct pool **out,
             struct astro_error *err)
{
	const curl_version_info_data *version;
	struct pool *pool;
	int status = start_library(err);

	*out = NULL;
	if (status != ASTRO_OK)
		return status;
	pool = calloc(1, sizeof(*pool));
	if (pool == NULL)
		return error_no_memory(err);
	version = curl_version_info(CURLVERSION_NOW);
	status = authorities_find(version->cainfo, version->capath,
	                          &pool->authorities, err);
	if (status != ASTRO_OK)
		goto out;
	pool->skip_verify = options->skip_verify;
	pool->user_agent =
		text_copy(options->user_agent != NULL ? options->user_agent
	                                              : "astro/" ASTRO_VERSION);
	pool->multi = curl_multi_init();
	if (pool->user_agent == NULL || pool->multi == NULL ||
	    curl_multi_setopt(pool->multi, CURLMOPT_PIPELINING,
	                      CURLPIPE_MULTIPLEX) != CURLM_OK ||
	    curl_multi_setopt(pool->multi, CURLMOPT_MAX_HOST_CONNECTIONS,
	                      (long)HOST_CONNECTIONS_MAX) != CURLM_OK) {
		status = error_no_memory(err);
		goto out;
	}
	*out = pool;
	pool = NULL; /* handed over */
out:
	pool_free(pool);
	return status;
}

void pool_end_at(struct pool *pool, int64_t deadline)
{
	pool->deadline = deadline;
}

void pool_limit(struct pool *pool, uint32_t timeout_ms)
{
	pool->limit_ms = timeout_ms;
}

void pool_free(struct pool *pool)
{
	if (pool == NULL)
		return;
	(void)curl_multi_cleanup(pool->multi);
	authorities_clear(&pool->authorities);
	free(pool->user_agent);
	free(pool);
}
