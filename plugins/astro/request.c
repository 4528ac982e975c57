/* SPDX-License-Identifier: Apache-2.0 */
/* The API's way of asking and of refusing. */
#include "session.h"

#include <stdarg.h>
#include <stdio.h>

/* The service knows its clients by Go's names for systems. */
#if defined(__x86_64__)
#define CLIENT_SYSTEM "linux-amd64"
#elif defined(__aarch64__)
#define CLIENT_SYSTEM "linux-arm64"
#else
#define CLIENT_SYSTEM "linux-other"
#endif

static const struct astro_field headers[] = {
	{.name = "x-astro-client-identifier", .text = "cli"},
	{.name = "x-astro-client-version", .text = ASTRO_VERSION},
	{.name = "x-client-os-identifier", .text = CLIENT_SYSTEM},
};

int address_format(const struct astro_session *session,
                   char address[ADDRESS_MAX], struct astro_error *err,
                   const char *fmt, ...)
{
	va_list args;
	int len;

	va_start(args, fmt);
	len = vsnprintf(address, ADDRESS_MAX, fmt, args);
	va_end(args);
	if (len < 0 || len >= ADDRESS_MAX)
		return session->host->fail(err, ASTRO_BAD_ANSWER, NULL,
		                           "an address of %s is too long",
		                           session->api);
	return ASTRO_OK;
}

void request_prepare(struct astro_request *request, const char *address,
                     const struct astro_secret *bearer)
{
	*request = (struct astro_request){
		.size = sizeof(*request),
		.url = address,
		.headers = headers,
		.header_count = sizeof(headers) / sizeof(headers[0]),
		.bearer = bearer,
	};
}

int answer_check(const struct astro_session *session,
                 const struct astro_response *answer, const char *what,
                 struct astro_error *err)
{
	const struct astro_host *host = session->host;
	int code = host->answer_status(answer);

	if (code == 200 || code == 204)
		return ASTRO_OK;
	if (code == 401 || code == 403)
		return host->fail(err, ASTRO_DENIED,
		                  "log in again; if it stays so, ask your "
		                  "Organization Owner for access",
		                  "the server refused %s: %s (%d)", what,
		                  host->answer_reason(answer), code);
	if (code >= 400)
		return host->fail(err, ASTRO_DENIED, NULL,
		                  "the server refused %s: %s (%d)", what,
		                  host->answer_reason(answer), code);
	return host->fail(err, ASTRO_BAD_ANSWER, NULL,
	                  "the server answered %s with status %d", what, code);
}

int api_get(struct astro_session *session, const char *address,
            const struct astro_secret *bearer, const char *what,
            struct astro_response **out, struct astro_error *err)
{
	const struct astro_host *host = session->host;
	struct astro_response *answer = NULL;
	struct astro_request request;
	int status;

	*out = NULL;
	request_prepare(&request, address, bearer);
	status = host->http(host->core, &request, &answer, err);
	if (status == ASTRO_OK)
		status = answer_check(session, answer, what, err);
	if (status == ASTRO_OK) {
		*out = answer;
		answer = NULL; /* handed over */
	}
	host->answer_free(answer);
	return status;
}
