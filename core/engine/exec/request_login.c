/* SPDX-License-Identifier: Apache-2.0 */
/* Requests about what a login comes with, and what is kept of it. */
#include <string.h>

#include "dialogue.h"
#include "error.h"
#include "json.h"
#include "login_object.h"
#include "request_table.h"
#include "value.h"

struct listed {
	struct dialogue *dialogue;
	struct astro_error *err;
};

static int add_row(void *data, const char *name, const struct json *json)
{
	const struct listed *listed = data;
	struct dialogue *dialogue = listed->dialogue;
	const char *id, *title;
	int status;

	(void)name;
	status = value_text(dialogue, json, "id", true, &id, listed->err);
	if (status == ASTRO_OK)
		status = value_text(dialogue, json, "name", false, &title,
		                    listed->err);
	if (status == ASTRO_OK)
		status = dialogue->host->list_add(dialogue->listing, id, title,
		                                  listed->err);
	return status;
}

int request_list_add(struct dialogue *dialogue, const struct json *request,
                     struct json_out *answer, struct astro_error *err)
{
	struct json rows = json_at(request, "rows");
	struct listed listed = {dialogue, err};

	(void)answer;
	if (dialogue->listing == NULL)
		return dialogue_misuse(dialogue, err, "lists workspaces in %s",
		                       dialogue->channel.operation);
	if (json_kind(&rows, "") != JSON_KIND_ARRAY)
		return dialogue_misuse(dialogue, err,
		                       "lists workspaces that are no list "
		                       "(rows)");
	return json_each(&rows, add_row, &listed);
}

int request_store_put(struct dialogue *dialogue, const struct json *request,
                      struct json_out *answer, struct astro_error *err)
{
	const struct astro_host *host = dialogue->host;
	struct json login = json_at(request, "login");
	struct astro_credential *credential;
	int status = login_object_read(dialogue, &login, &credential, err);

	(void)answer;
	if (status == ASTRO_OK)
		status = host->store_put(host->core, credential, err);
	host->credential_free(credential);
	return status;
}

int request_store_erase(struct dialogue *dialogue, const struct json *request,
                        struct json_out *answer, struct astro_error *err)
{
	const struct astro_host *host = dialogue->host;

	(void)request;
	(void)answer;
	return host->store_erase(host->core, err);
}

int request_has_docker(struct dialogue *dialogue, const struct json *request,
                       struct json_out *answer, struct astro_error *err)
{
	const struct astro_host *host = dialogue->host;

	(void)request;
	(void)err;
	json_out_bool(answer, "value", host->has_docker(host->core) != 0);
	return ASTRO_OK;
}

int request_registry_login(struct dialogue *dialogue,
                           const struct json *request, struct json_out *answer,
                           struct astro_error *err)
{
	const struct astro_host *host = dialogue->host;
	struct json json = json_at(request, "secret");
	struct value secret = {.text = NULL};
	const char *registry, *user;
	int status;

	(void)answer;
	status =
		value_text(dialogue, request, "registry", true, &registry, err);
	if (status == ASTRO_OK)
		status =
			value_text(dialogue, request, "user", true, &user, err);
	if (status == ASTRO_OK)
		status = value_read(dialogue, &json, &secret, err);
	if (status == ASTRO_OK && secret.text != NULL)
		status = dialogue_misuse(dialogue, err,
		                         "gives a registry's secret that is "
		                         "none (make it one with the request "
		                         "secret)");
	if (status == ASTRO_OK)
		status = host->registry_login(host->core, registry, user,
		                              secret.secret, err);
	value_clear(dialogue, &secret);
	return status;
}
