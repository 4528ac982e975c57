/* SPDX-License-Identifier: Apache-2.0 */
/* Who is asking: tokens in the Authorization header. */
#include "access.h"

#include <string.h>
#include <strings.h>

#include "data.h"
#include "exchange.h"
#include "grants.h"
#include "sandbox.h"

json_t *access_user(struct sandbox *box, const struct request *request)
{
	const char *header = request_header(request, "authorization");
	json_t *grant;

	if (header == NULL || strncasecmp(header, "Bearer ", 7) != 0)
		return NULL;
	grant = grant_find(box, "access", header + 7);
	if (!grant_is_good(box, grant))
		return NULL;
	return data_user(box, "sub", grant_text(grant, "sub"));
}

json_t *access_houston_user(struct sandbox *box, const struct request *request)
{
	json_t *grant = grant_find(box, "houston",
	                           request_header(request, "authorization"));

	if (!grant_is_good(box, grant))
		return NULL;
	return data_houston_user(box, grant_text(grant, "username"));
}
