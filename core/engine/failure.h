/* SPDX-License-Identifier: Apache-2.0 */
/* Transfers that did not come to an answer, in sentences. */
#ifndef CORE_ENGINE_FAILURE_H
#define CORE_ENGINE_FAILURE_H

#include <stdbool.h>

#include <astro/provider.h>

enum failure_kind {
	FAILURE_NAME,        /* it does not resolve */
	FAILURE_PROXY_NAME,  /* nor does the proxy's */
	FAILURE_PROXY,       /* it answered NUMBER */
	FAILURE_CONNECTION,  /* NUMBER is an errno, or 0 */
	FAILURE_TIMEOUT,     /* NUMBER milliseconds have passed */
	FAILURE_HANDSHAKE,   /* TLS was not agreed upon */
	FAILURE_CERTIFICATE, /* NUMBER is OpenSSL's verification result */
	FAILURE_NOT_HTTP,
	FAILURE_CLOSED,  /* before the answer began */
	FAILURE_BROKEN,  /* before it ended */
	FAILURE_REFUSED, /* by us: DETAIL says what was sent */
	FAILURE_MEMORY,
	FAILURE_OTHER
};

struct failure {
	enum failure_kind kind;
	const char *host;
	const char *detail; /* the library's own words */
	long number;
	bool no_authorities; /* there were none to check against */
};

/* Fills ERR and returns its status. */
int failure_tell(const struct failure *failure, struct astro_error *err);

#endif
