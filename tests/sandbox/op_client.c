/* SPDX-License-Identifier: Apache-2.0 */
/* Clients: known from the start or registered, public or with a secret. */
#include "op_client.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <openssl/evp.h>

#include "data.h"
#include "exchange.h"
#include "fields.h"
#include "grants.h"
#include "op.h"
#include "sandbox.h"

enum { BASIC_MAX = 4096, ADDRESS_MAX = 2048 };

json_t *op_client_find(const struct sandbox *box, const char *id)
{
	json_t *client;
	size_t i;

	json_array_foreach(setting(box, "op_clients"), i, client)
	{
		if (op_is(client, "client_id", id))
			return client;
	}
	client = grant_find(box, "op-client", id);
	return grant_is_good(box, client) ? client : NULL;
}

/* ADDRESS without the port, when it is one of this machine's own. */
static bool without_port(const char *address, char out[ADDRESS_MAX])
{
	static const char *const hosts[] = {"http://127.0.0.1", "http://[::1]",
	                                    "http://localhost"};
	size_t i;

	for (i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++) {
		size_t len = strlen(hosts[i]);
		const char *rest = address + len;

		if (strncmp(address, hosts[i], len) != 0)
			continue;
		if (*rest == ':')
			while (isdigit((unsigned char)*++rest))
				;
		if (*rest != '/')
			return false;
		return snprintf(out, ADDRESS_MAX, "%s%s", hosts[i], rest) <
		       ADDRESS_MAX;
	}
	return false;
}

bool op_client_has_address(const json_t *client, const char *member,
                           const char *address)
{
	char plain[ADDRESS_MAX], known_plain[ADDRESS_MAX];
	json_t *entry;
	size_t i;

	json_array_foreach(json_object_get(client, member), i, entry)
	{
		const char *known = json_string_value(entry);

		if (address == NULL || known == NULL)
			continue;
		if (strcmp(known, address) == 0 ||
		    (without_port(address, plain) &&
		     without_port(known, known_plain) &&
		     strcmp(plain, known_plain) == 0))
			return true;
	}
	return false;
}

/* "Basic ..." as {"client_id", "client_secret"}; NULL: it is no such header.
 * Each half is form-encoded before they are joined (RFC 6749, 2.3.1). */
static json_t *basic_of(const char *header)
{
	unsigned char plain[BASIC_MAX + 1];
	struct text pair;
	const char *colon;
	json_t *out = NULL;
	int len;

	if (header == NULL || strncasecmp(header, "Basic ", 6) != 0 ||
	    strlen(header + 6) > BASIC_MAX)
		return NULL;
	len = EVP_DecodeBlock(plain, (const unsigned char *)header + 6,
	                      (int)strlen(header + 6));
	if (len <= 0)
		return NULL;
	plain[len] = '\0';
	colon = strchr((char *)plain, ':');
	if (colon == NULL)
		return NULL;
	text_init(&pair, BASIC_MAX * 2);
	text_addf(&pair, "client_id=%.*s&client_secret=%s",
	          (int)(colon - (char *)plain), (char *)plain, colon + 1);
	out = fields_parse(pair.bytes, pair.len);
	text_clear(&pair);
	return out;
}

static void refuse(const struct request *request, struct reply *reply,
                   const char *description)
{
	reply_refusal(reply, 401, "invalid_client", description);
	/* RFC 6749, 5.2: when the client tried that way. */
	if (request_header(request, "authorization") != NULL)
		reply_header(reply, "WWW-Authenticate",
		             "Basic realm=\"sandbox\"");
}

/* Whether GIVEN, which came by METHOD, is CLIENT's proof. */
static bool proves(const json_t *client, const json_t *given,
                   const char *method)
{
	const char *secret = fields_get(given, "client_secret");

	if (!op_is(client, "token_endpoint_auth_method", method))
		return false;
	if (strcmp(method, "none") == 0)
		return secret == NULL;
	return op_is(client, "client_secret", secret);
}

json_t *op_client_authenticate(struct sandbox *box,
                               const struct request *request,
                               const json_t *form, struct reply *reply)
{
	json_t *basic = basic_of(request_header(request, "authorization"));
	const json_t *given = basic != NULL ? basic : form;
	const char *method = basic != NULL ? "client_secret_basic"
	                     : fields_get(form, "client_secret") != NULL
	                             ? "client_secret_post"
	                             : "none";
	json_t *client = op_client_find(box, fields_get(given, "client_id"));

	if (form == NULL) {
		reply_refusal(reply, 400, "invalid_request",
		              "the body must be a form, each parameter once");
		client = NULL;
	} else if (basic != NULL && fields_get(form, "client_secret")) {
		/* RFC 6749, 2.3: one method in each request. */
		reply_refusal(reply, 400, "invalid_request",
		              "the client authenticates in two ways at once");
		client = NULL;
	} else if (client == NULL) {
		refuse(request, reply, "the client_id is missing or unknown");
	} else if (basic != NULL && fields_get(form, "client_id") != NULL &&
	           !op_is(form, "client_id", fields_get(basic, "client_id"))) {
		refuse(request, reply,
		       "the client_id is not the one of the "
		       "Authorization header");
		client = NULL;
	} else if (!proves(client, given, method)) {
		refuse(request, reply,
		       "the client does not prove itself in its own way");
		client = NULL;
	}
	json_decref(basic);
	return client;
}
