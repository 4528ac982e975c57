/* SPDX-License-Identifier: Apache-2.0 */
/* Sizes, flags and NULLs of what a provider passes. */
#include "abi.h"

#include <stdbool.h>
#include <string.h>

enum { FIELDS_MAX = 256, ROWS_MAX = 100000, WARM_MAX = 16 };

/* Where version 1.0 ended, whatever has been appended since. */
#define UNTIL(type, member)                                                    \
	(offsetof(type, member) + sizeof(((type *)NULL)->member))

enum {
	QUESTION_SIZE = UNTIL(struct astro_question, fallback),
	MENU_SIZE = UNTIL(struct astro_menu, current),
	REQUEST_SIZE = UNTIL(struct astro_request, bearer),
	SERVER_SIZE = UNTIL(struct astro_server, metadata_uri),
	CLIENT_SIZE = UNTIL(struct astro_client, secret),
	AUTHORIZATION_SIZE = UNTIL(struct astro_authorization, warm_count),
	REFRESH_SIZE = UNTIL(struct astro_refresh, parameter_count),

	SERVER_FLAGS = ASTRO_SERVER_NAMES_ITSELF | ASTRO_SERVER_WANTS_PUSHED |
	               ASTRO_SERVER_PUBLISHES_KEYS,
	CLIENT_FLAGS =
		ASTRO_CLIENT_POSTS_SECRET | ASTRO_CLIENT_PROVES_POSSESSION
};

/* Every struct begins with its size.  False: GIVEN has not even LEAST bytes. */
static bool take(void *known, size_t known_size, const void *given,
                 size_t least)
{
	uint32_t size;

	memcpy(&size, given, sizeof(size));
	if (size < least)
		return false;
	memset(known, 0, known_size);
	memcpy(known, given, size < known_size ? size : known_size);
	return true;
}

const char *abi_fields(const struct astro_field *fields, size_t count)
{
	size_t i;

	if (fields == NULL)
		return count == 0 ? NULL : "there are no fields to count";
	if (count > FIELDS_MAX)
		return "there are more than 256 fields";
	for (i = 0; i < count; i++) {
		if (fields[i].name == NULL)
			return "astro_field.name is NULL";
		if (fields[i].text != NULL && fields[i].secret != NULL)
			return "astro_field has a text and a secret";
	}
	return NULL;
}

const char *abi_question(const struct astro_question *given,
                         struct astro_question *known)
{
	if (given == NULL)
		return "astro_question is NULL";
	if (!take(known, sizeof(*known), given, QUESTION_SIZE))
		return "astro_question.size is too small";
	if (known->echo > ASTRO_ECHO_OFF)
		return "astro_question.echo is not one that this astro knows";
	if (known->key == NULL)
		return "astro_question.key is NULL";
	return known->label == NULL ? "astro_question.label is NULL" : NULL;
}

const char *abi_menu(const struct astro_menu *given, struct astro_menu *known)
{
	size_t i;

	if (given == NULL)
		return "astro_menu is NULL";
	if (!take(known, sizeof(*known), given, MENU_SIZE))
		return "astro_menu.size is too small";
	if (known->flags != 0)
		return "astro_menu.flags has one that this astro does not know";
	if (known->key == NULL)
		return "astro_menu.key is NULL";
	if (known->label == NULL)
		return "astro_menu.label is NULL";
	if (known->items == NULL || known->count == 0)
		return "astro_menu has no items";
	if (known->count > ROWS_MAX)
		return "astro_menu has more than 100000 items";
	for (i = 0; i < known->count; i++)
		if (known->items[i].id == NULL || known->items[i].name == NULL)
			return "astro_item has no id or no name";
	return NULL;
}

const char *abi_request(const struct astro_request *given)
{
	const char *fault;

	if (given == NULL)
		return "astro_request is NULL";
	if (given->size < REQUEST_SIZE)
		return "astro_request.size is too small";
	if (given->url == NULL)
		return "astro_request.url is NULL";
	if (given->body > ASTRO_BODY_DOCUMENT)
		return "astro_request.body is not one that this astro knows";
	fault = abi_fields(given->headers, given->header_count);
	return fault != NULL ? fault
	                     : abi_fields(given->fields, given->field_count);
}

const char *abi_server(const struct astro_server *given,
                       struct astro_server *known)
{
	if (given == NULL)
		return "astro_server is NULL";
	if (!take(known, sizeof(*known), given, SERVER_SIZE))
		return "astro_server.size is too small";
	known->size = sizeof(*known);
	if ((known->flags & ~(uint32_t)SERVER_FLAGS) != 0)
		return "astro_server.flags has one that this astro does not "
		       "know";
	if (known->issuer == NULL)
		return "astro_server.issuer is NULL";
	return known->token_endpoint == NULL
	               ? "astro_server.token_endpoint is NULL"
	               : NULL;
}

const char *abi_client(const struct astro_client *given,
                       struct astro_client *known)
{
	if (given == NULL)
		return "astro_client is NULL";
	if (!take(known, sizeof(*known), given, CLIENT_SIZE))
		return "astro_client.size is too small";
	known->size = sizeof(*known);
	if ((known->flags & ~(uint32_t)CLIENT_FLAGS) != 0)
		return "astro_client.flags has one that this astro does not "
		       "know";
	return known->id == NULL ? "astro_client.id is NULL" : NULL;
}

static const char *judge_warm(const struct astro_authorization *asked)
{
	size_t i;

	if (asked->warm == NULL)
		return asked->warm_count == 0
		               ? NULL
		               : "astro_authorization.warm is NULL";
	if (asked->warm_count > WARM_MAX)
		return "astro_authorization.warm has more than 16 addresses";
	for (i = 0; i < asked->warm_count; i++)
		if (asked->warm[i] == NULL)
			return "astro_authorization.warm has a NULL";
	return NULL;
}

const char *abi_authorization(const struct astro_authorization *given,
                              struct abi_authorization *known)
{
	struct astro_authorization *asked = &known->asked;
	const char *fault;

	if (given == NULL)
		return "astro_authorization is NULL";
	if (!take(asked, sizeof(*asked), given, AUTHORIZATION_SIZE))
		return "astro_authorization.size is too small";
	asked->size = sizeof(*asked);
	if (asked->flags != 0)
		return "astro_authorization.flags has one that this astro does "
		       "not know";
	fault = abi_server(asked->server, &known->server);
	if (fault == NULL)
		fault = abi_client(asked->client, &known->client);
	if (fault == NULL && known->server.authorization_endpoint == NULL)
		fault = "astro_server.authorization_endpoint is NULL";
	if (fault == NULL && asked->redirect_uri == NULL)
		fault = "astro_authorization.redirect_uri is NULL";
	if (fault == NULL)
		fault = judge_warm(asked);
	if (fault == NULL)
		fault = abi_fields(asked->parameters, asked->parameter_count);
	asked->server = &known->server;
	asked->client = &known->client;
	return fault;
}

const char *abi_refresh(const struct astro_refresh *given,
                        struct abi_refresh *known)
{
	struct astro_refresh *asked = &known->asked;
	const char *fault;

	if (given == NULL)
		return "astro_refresh is NULL";
	if (!take(asked, sizeof(*asked), given, REFRESH_SIZE))
		return "astro_refresh.size is too small";
	asked->size = sizeof(*asked);
	if (asked->flags != 0)
		return "astro_refresh.flags has one that this astro does not "
		       "know";
	fault = abi_server(asked->server, &known->server);
	if (fault == NULL)
		fault = abi_client(asked->client, &known->client);
	if (fault == NULL)
		fault = abi_fields(asked->parameters, asked->parameter_count);
	asked->server = &known->server;
	asked->client = &known->client;
	return fault;
}
