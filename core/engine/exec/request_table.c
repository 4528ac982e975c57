/* SPDX-License-Identifier: Apache-2.0 */
/* The requests of a provider's program by their names. */
#include "request_table.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "dialogue.h"
#include "json.h"
#include "log.h"
#include "value.h"

static const struct {
	const char *name;
	request_function *serve;
	const char *members;
} table[] = {
	{"ask", request_ask, "key label echo fallback keep"},
	{"authorize", request_authorize,
         "server client scope redirect_uri parameters warm keep"},
	{"browse", request_browse, "url"},
	{"can_ask", request_can_ask, ""},
	{"can_authorize", request_can_authorize, ""},
	{"choose", request_choose, "key label items current"},
	{"forget", request_forget, "name"},
	{"has_answer", request_has_answer, "key"},
	{"has_docker", request_has_docker, ""},
	{"http", request_http, REQUEST_HTTP_MEMBERS},
	{"http_all", request_http_all, "requests"},
	{"list_add", request_list_add, "rows"},
	{"log", request_log, "level text"},
	{"now", request_now, ""},
	{"random", request_random, "bytes keep"},
	{"read", request_read, "answer show"},
	{"refresh", request_refresh, "server client scope parameters keep"},
	{"registry_login", request_registry_login, "registry user secret"},
	{"reveal", request_reveal, "value"},
	{"revoke", request_revoke, "server client credential"},
	{"secret", request_secret, "text keep"},
	{"setting", request_setting, "key"},
	{"store_erase", request_store_erase, ""},
	{"store_put", request_store_put, "login"},
	{"tell", request_tell, "text"},
	{"token_expiry", request_token_expiry, "value"},
	{"url_escape", request_url_escape, "text"},
	{"wait", request_wait, "ms"},
};

int request_serve(struct dialogue *dialogue, const struct json *request,
                  struct json_out *answer, struct astro_error *err)
{
	const char *name = json_text(request, "request");
	char known[200];
	size_t i;
	int status;

	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (strcmp(table[i].name, name) == 0)
			break;
	if (i == sizeof(table) / sizeof(table[0]))
		return dialogue_misuse(dialogue, err,
		                       "asks for \"%s\", which this astro does "
		                       "not know",
		                       name);
	if (dialogue->host == NULL)
		return dialogue_misuse(dialogue, err,
		                       "asks for %s before it is opened", name);
	log_write(ASTRO_DEBUG, "%s: asks for %s", dialogue->provider, name);
	(void)snprintf(known, sizeof(known), "request %s", table[i].members);
	status = value_check_members(dialogue, request, known, name, err);
	if (status != ASTRO_OK)
		return status;
	return table[i].serve(dialogue, request, answer, err);
}
