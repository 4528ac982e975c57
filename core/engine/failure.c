/* SPDX-License-Identifier: Apache-2.0 */
/* What is said of a server that could not be asked. */
#include "failure.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "error.h"
#include "tls.h"

static int unreachable(const struct failure *failure, const char *why,
                       struct astro_error *err)
{
	return error_set(err, ASTRO_UNREACHABLE,
	                 "check the network and try again",
	                 "cannot reach %s: %s", failure->host, why);
}

static const char *connection_reason(long number)
{
	switch (number) {
	case ECONNREFUSED:
		return "connection refused";
	case ENETUNREACH:
		return "network unreachable";
	case EHOSTUNREACH:
		return "host unreachable";
	}
	return "no connection";
}

static int no_answer(const struct failure *failure, struct astro_error *err)
{
	char why[60];

	if (failure->number % 1000 == 0)
		(void)snprintf(why, sizeof(why), "no answer within %ld s",
		               failure->number / 1000);
	else
		(void)snprintf(why, sizeof(why), "no answer within %ld ms",
		               failure->number);
	return unreachable(failure, why, err);
}

static int no_handshake(const struct failure *failure, struct astro_error *err)
{
	/* How the libraries tell of a connection that was closed or reset. */
	static const char *const signs[] = {"SSL_connect:", "unexpected eof",
	                                    "Recv failure", "Send failure"};
	bool is_closed = false;
	size_t i;

	for (i = 0; i < sizeof(signs) / sizeof(signs[0]); i++)
		is_closed |= strstr(failure->detail, signs[i]) != NULL;
	if (is_closed)
		return unreachable(failure,
		                   "the connection was closed before it was "
		                   "secure",
		                   err);
	return error_set(err, ASTRO_UNSAFE, NULL,
	                 "no secure connection with %s: %s", failure->host,
	                 failure->detail);
}

int failure_tell(const struct failure *failure, struct astro_error *err)
{
	switch (failure->kind) {
	case FAILURE_NAME:
		return unreachable(failure, "name not found", err);
	case FAILURE_PROXY_NAME:
		return unreachable(failure, "the proxy's name is not found",
		                   err);
	case FAILURE_PROXY:
		return error_set(err, ASTRO_UNREACHABLE,
		                 "check HTTPS_PROXY and NO_PROXY",
		                 "cannot reach %s: the proxy answered %ld",
		                 failure->host, failure->number);
	case FAILURE_CONNECTION:
		return unreachable(failure, connection_reason(failure->number),
		                   err);
	case FAILURE_TIMEOUT:
		return no_answer(failure, err);
	case FAILURE_HANDSHAKE:
		return no_handshake(failure, err);
	case FAILURE_CERTIFICATE:
		return tls_certificate_fault(failure->host, failure->number,
		                             failure->detail,
		                             failure->no_authorities, err);
	case FAILURE_NOT_HTTP:
		return error_set(err, ASTRO_BAD_ANSWER,
		                 "check the address and the network",
		                 "%s did not answer in HTTP", failure->host);
	case FAILURE_CLOSED:
		return unreachable(failure,
		                   "the connection was closed without an "
		                   "answer",
		                   err);
	case FAILURE_BROKEN:
		return unreachable(failure, "the connection broke", err);
	case FAILURE_REFUSED:
		return error_set(err, ASTRO_BAD_ANSWER, NULL,
		                 "%s sent %s, which is refused", failure->host,
		                 failure->detail);
	case FAILURE_MEMORY:
		return error_no_memory(err);
	case FAILURE_OTHER:
		break;
	}
	return unreachable(failure, failure->detail, err);
}
