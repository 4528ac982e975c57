/* SPDX-License-Identifier: Apache-2.0 */
/* The OAuth pieces of the host, for programs: the tokens stay with the host. */
#include <stdlib.h>
#include <string.h>

#include "dialogue.h"
#include "error.h"
#include "json.h"
#include "login_object.h"
#include "request_table.h"
#include "value.h"

enum { WARM_ADDRESSES_MAX = 16 };

/* Who is asked, and who asks. */
struct parties {
	struct astro_server server;
	struct astro_client client;
	struct value secret;
};

static int read_server(struct dialogue *dialogue, const struct json *json,
                       struct astro_server *server, struct astro_error *err)
{
	const struct {
		const char *name;
		const char **address;
	} texts[] = {
		{"issuer", &server->issuer},
		{"authorization_endpoint", &server->authorization_endpoint},
		{"token_endpoint", &server->token_endpoint},
		{"device_authorization_endpoint",
	         &server->device_authorization_endpoint},
		{"pushed_authorization_endpoint",
	         &server->pushed_authorization_endpoint},
		{"revocation_endpoint", &server->revocation_endpoint},
		{"jwks_uri", &server->jwks_uri},
		{"id_token_algorithms", &server->id_token_algorithms},
		{"metadata_uri", &server->metadata_uri},
	};
	int names_itself = 0, wants_pushed = 0, publishes_keys = 0;
	size_t i;
	int status;

	server->size = sizeof(*server);
	status = value_check_members(
		dialogue, json,
		"issuer authorization_endpoint token_endpoint "
		"device_authorization_endpoint pushed_authorization_endpoint "
		"revocation_endpoint jwks_uri id_token_algorithms metadata_uri "
		"names_itself wants_pushed publishes_keys",
		"a server", err);
	for (i = 0; status == ASTRO_OK && i < sizeof(texts) / sizeof(texts[0]);
	     i++)
		status = value_text(dialogue, json, texts[i].name, false,
		                    texts[i].address, err);
	if (status == ASTRO_OK)
		status = value_flag(dialogue, json, "names_itself", 0,
		                    &names_itself, err);
	if (status == ASTRO_OK)
		status = value_flag(dialogue, json, "wants_pushed", 0,
		                    &wants_pushed, err);
	if (status == ASTRO_OK)
		status = value_flag(dialogue, json, "publishes_keys", 0,
		                    &publishes_keys, err);
	if (names_itself)
		server->flags |= ASTRO_SERVER_NAMES_ITSELF;
	if (wants_pushed)
		server->flags |= ASTRO_SERVER_WANTS_PUSHED;
	if (publishes_keys)
		server->flags |= ASTRO_SERVER_PUBLISHES_KEYS;
	return status;
}

static int read_client(struct dialogue *dialogue, const struct json *json,
                       struct parties *parties, struct astro_error *err)
{
	struct astro_client *client = &parties->client;
	struct json secret = json_at(json, "secret");
	int posts = 0, proves = 0, status;

	client->size = sizeof(*client);
	status = value_check_members(dialogue, json,
	                             "id secret posts_secret proves_possession",
	                             "a client", err);
	if (status == ASTRO_OK)
		status = value_text(dialogue, json, "id", true, &client->id,
		                    err);
	if (status == ASTRO_OK)
		status = value_flag(dialogue, json, "posts_secret", 0, &posts,
		                    err);
	if (status == ASTRO_OK)
		status = value_flag(dialogue, json, "proves_possession", 0,
		                    &proves, err);
	if (status == ASTRO_OK)
		status = value_read(dialogue, &secret, &parties->secret, err);
	if (status == ASTRO_OK && parties->secret.text != NULL)
		status = dialogue_misuse(dialogue, err,
		                         "gives a client's secret that is none "
		                         "(make it one with the request "
		                         "secret)");
	client->secret = parties->secret.secret;
	if (posts)
		client->flags |= ASTRO_CLIENT_POSTS_SECRET;
	if (proves)
		client->flags |= ASTRO_CLIENT_PROVES_POSSESSION;
	return status;
}

static int read_parties(struct dialogue *dialogue, const struct json *request,
                        struct parties *parties, struct astro_error *err)
{
	struct json server = json_at(request, "server");
	struct json client = json_at(request, "client");
	int status = ASTRO_OK;

	memset(parties, 0, sizeof(*parties));
	if (json_kind(&server, "") != JSON_KIND_OBJECT ||
	    json_kind(&client, "") != JSON_KIND_OBJECT)
		status = dialogue_misuse(dialogue, err,
		                         "names no server or no client in %s",
		                         json_text(request, "request"));
	if (status == ASTRO_OK)
		status = read_server(dialogue, &server, &parties->server, err);
	if (status == ASTRO_OK)
		status = read_client(dialogue, &client, parties, err);
	return status;
}

/* CREDENTIAL goes to the shelf. */
static int give(struct dialogue *dialogue, const char *keep,
                struct astro_credential *credential, struct json_out *answer,
                struct astro_error *err)
{
	struct thing thing = {.credential = credential};

	memcpy(thing.name, keep, strlen(keep) + 1);
	login_object_write(answer, credential);
	return shelf_put(&dialogue->shelf, &thing, err);
}

static int read_name(struct dialogue *dialogue, const struct json *request,
                     const char **keep, struct astro_error *err)
{
	int status = value_keep(dialogue, request, keep, err);

	if (status == ASTRO_OK && *keep == NULL)
		status = dialogue_misuse(
			dialogue, err, "gives what comes of %s no name (keep)",
			json_text(request, "request"));
	return status;
}

struct warmth {
	struct dialogue *dialogue;
	const char *addresses[WARM_ADDRESSES_MAX];
	size_t count;
	struct astro_error *err;
};

static int add_address(void *data, const char *name, const struct json *json)
{
	struct warmth *warmth = data;

	if (name == NULL && json_text(json, "") != NULL &&
	    warmth->count < WARM_ADDRESSES_MAX) {
		warmth->addresses[warmth->count++] = json_text(json, "");
		return ASTRO_OK;
	}
	return dialogue_misuse(warmth->dialogue, warmth->err,
	                       "gives addresses to warm that are no list of at "
	                       "most %d",
	                       WARM_ADDRESSES_MAX);
}

int request_can_authorize(struct dialogue *dialogue, const struct json *request,
                          struct json_out *answer, struct astro_error *err)
{
	const struct astro_host *host = dialogue->host;

	(void)request;
	(void)answer;
	return host->can_authorize(host->core, err);
}

int request_authorize(struct dialogue *dialogue, const struct json *request,
                      struct json_out *answer, struct astro_error *err)
{
	const struct astro_host *host = dialogue->host;
	struct json parameters = json_at(request, "parameters");
	struct json warm = json_at(request, "warm");
	struct astro_authorization wish = {.size = sizeof(wish)};
	struct astro_credential *credential = NULL;
	struct warmth warmth = {.dialogue = dialogue, .err = err};
	struct fields fields = {.items = NULL};
	struct parties parties;
	const char *keep = NULL;
	int status = read_parties(dialogue, request, &parties, err);

	if (status == ASTRO_OK)
		status = read_name(dialogue, request, &keep, err);
	if (status == ASTRO_OK)
		status = value_text(dialogue, request, "scope", false,
		                    &wish.scope, err);
	if (status == ASTRO_OK)
		status = value_text(dialogue, request, "redirect_uri", true,
		                    &wish.redirect_uri, err);
	if (status == ASTRO_OK)
		status = fields_read(dialogue, &parameters, &fields, err);
	if (status == ASTRO_OK)
		status = json_each(&warm, add_address, &warmth);
	if (status != ASTRO_OK)
		goto out;
	wish.server = &parties.server;
	wish.client = &parties.client;
	wish.parameters = fields.items;
	wish.parameter_count = fields.count;
	wish.warm = warmth.addresses;
	wish.warm_count = warmth.count;
	status = host->authorize(host->core, &wish, &credential, err);
	if (status == ASTRO_OK)
		status = give(dialogue, keep, credential, answer, err);
out:
	fields_clear(dialogue, &fields);
	value_clear(dialogue, &parties.secret);
	return status;
}

/* The credential that the running operation is about. */
static int find_login(struct dialogue *dialogue, const char *name,
                      const struct astro_credential **out,
                      struct astro_error *err)
{
	const struct thing *thing = shelf_find(&dialogue->shelf, name);

	*out = NULL;
	if (thing != NULL)
		*out = thing->lent != NULL ? thing->lent : thing->credential;
	if (*out != NULL)
		return ASTRO_OK;
	return dialogue_misuse(dialogue, err,
	                       "speaks of \"%s\" in %s, which is no credential",
	                       name, dialogue->channel.operation);
}

int request_refresh(struct dialogue *dialogue, const struct json *request,
                    struct json_out *answer, struct astro_error *err)
{
	const struct astro_host *host = dialogue->host;
	struct json parameters = json_at(request, "parameters");
	struct astro_refresh wish = {.size = sizeof(wish)};
	const struct astro_credential *old = NULL;
	struct astro_credential *credential = NULL;
	struct fields fields = {.items = NULL};
	struct parties parties;
	const char *keep = NULL;
	int status = read_parties(dialogue, request, &parties, err);

	if (status == ASTRO_OK)
		status = read_name(dialogue, request, &keep, err);
	if (status == ASTRO_OK)
		status = value_text(dialogue, request, "scope", false,
		                    &wish.scope, err);
	if (status == ASTRO_OK)
		status = fields_read(dialogue, &parameters, &fields, err);
	if (status == ASTRO_OK)
		status = find_login(dialogue, SHELF_LOGIN, &old, err);
	if (status != ASTRO_OK)
		goto out;
	wish.server = &parties.server;
	wish.client = &parties.client;
	wish.parameters = fields.items;
	wish.parameter_count = fields.count;
	status = host->refresh(host->core, &wish, old, &credential, err);
	if (status == ASTRO_OK)
		status = give(dialogue, keep, credential, answer, err);
out:
	fields_clear(dialogue, &fields);
	value_clear(dialogue, &parties.secret);
	return status;
}

int request_revoke(struct dialogue *dialogue, const struct json *request,
                   struct json_out *answer, struct astro_error *err)
{
	const struct astro_host *host = dialogue->host;
	const struct astro_credential *credential;
	const char *name = NULL;
	struct parties parties;
	int status = read_parties(dialogue, request, &parties, err);

	(void)answer;
	if (status == ASTRO_OK)
		status = value_text(dialogue, request, "credential", false,
		                    &name, err);
	if (status == ASTRO_OK)
		status = find_login(dialogue, name != NULL ? name : SHELF_LOGIN,
		                    &credential, err);
	if (status == ASTRO_OK)
		status = host->revoke(host->core, &parties.server,
		                      &parties.client, credential, err);
	value_clear(dialogue, &parties.secret);
	return status;
}
