/* SPDX-License-Identifier: Apache-2.0 */
/* A request as a provider asked for it, checked and made into bytes. */
#ifndef CORE_ENGINE_REQUEST_H
#define CORE_ENGINE_REQUEST_H

#include <stdbool.h>
#include <stdint.h>

#include <astro/provider.h>

#include "address.h"
#include "http.h"
#include "text.h"

enum { HOST_MAX = 300 };

struct request {
	const char *method; /* a constant */
	char *url;
	struct url_parts parts;
	char host[HOST_MAX]; /* for messages */
	bool is_loopback;
	uint32_t timeout_ms;
	struct text headers; /* lines, each ended by a NUL */
	struct text body;
	bool has_body;
	bool ignores_body; /* of the answer */
};

/*
 * ASTRO_UNSAFE for plain http to another machine, ASTRO_BAD_PLUGIN for a
 * request that makes no sense.  Cleared with request_clear(), whatever the
 * status.
 */
int request_init(struct request *request, const struct astro_request *asked,
                 struct astro_error *err);
/* True when a header, a field or the bearer token of REQUEST is SECRET. */
bool request_carries(const struct astro_request *request,
                     const struct astro_secret *secret);
void request_clear(struct request *request);

#endif
