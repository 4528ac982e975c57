/* SPDX-License-Identifier: Apache-2.0 */
/* Everything that a provider's program may ask of the host. */
#ifndef CORE_ENGINE_EXEC_REQUEST_TABLE_H
#define CORE_ENGINE_EXEC_REQUEST_TABLE_H

#include <astro/provider.h>

struct dialogue;
struct json;
struct json_out;

/* Of a request to a server, whether alone or one of several. */
#define REQUEST_HTTP_MEMBERS                                                   \
	"url method headers body fields query document bearer numbers "        \
	"ignores_body timeout_ms keep show"

/*
 * Serve REQUEST: what it gives becomes members of ANSWER, an open object.  A
 * failure is for the program to see, unless the dialogue is broken by it.
 */
int request_serve(struct dialogue *dialogue, const struct json *request,
                  struct json_out *answer, struct astro_error *err);

/* The requests: each serves the one of its name, whose members are known. */
typedef int request_function(struct dialogue *dialogue,
                             const struct json *request,
                             struct json_out *answer, struct astro_error *err);
request_function request_ask, request_browse, request_can_ask, request_choose,
	request_has_answer, request_log, request_setting, request_tell;
request_function request_forget, request_now, request_random, request_reveal,
	request_secret, request_token_expiry, request_url_escape, request_wait;
request_function request_http, request_http_all, request_read;
request_function request_authorize, request_can_authorize, request_refresh,
	request_revoke;
request_function request_has_docker, request_list_add, request_registry_login,
	request_store_erase, request_store_put;

#endif
