/* SPDX-License-Identifier: Apache-2.0 */
/* How tests steer the sandbox: everything below /sandbox/. */
#include <stdlib.h>
#include <string.h>

#include "data.h"
#include "exchange.h"
#include "faults.h"
#include "fields.h"
#include "grants.h"
#include "handlers.h"
#include "mint.h"
#include "parameters.h"
#include "sandbox.h"

static void done(struct reply *reply)
{
	reply_json(reply, 200, json_pack("{s:b}", "ok", 1));
}

static void show_faults(struct sandbox *box, const struct request *request,
                        struct reply *reply)
{
	(void)request;
	reply_json(reply, 200, json_incref(box->faults));
}

/* One fault, or an array of them. */
static void add_faults(struct sandbox *box, const struct request *request,
                       struct reply *reply)
{
	json_t *all = parameters_of(request), *fault;
	const char *complaint = NULL;
	size_t i;

	if (!json_is_array(all))
		all = json_pack("[o]", all == NULL ? json_null() : all);
	json_array_foreach(all, i, fault)
	{
		if (complaint == NULL)
			complaint = faults_add(box, json_deep_copy(fault));
	}
	json_decref(all);
	if (complaint != NULL)
		reply_message(reply, 400, complaint);
	else
		done(reply);
}

static void drop_faults(struct sandbox *box, const struct request *request,
                        struct reply *reply)
{
	(void)request;
	json_array_clear(box->faults);
	done(reply);
}

/* ?path= and ?operation= narrow it down. */
static void show_log(struct sandbox *box, const struct request *request,
                     struct reply *reply)
{
	const char *path = request_argument(request, "path");
	const char *operation = request_argument(request, "operation");
	json_t *out = json_array(), *entry;
	size_t i;

	json_array_foreach(box->log, i, entry)
	{
		const char *own_path = fields_get(entry, "path");
		const char *own_operation = fields_get(entry, "operation");

		if (path != NULL && strcmp(own_path, path) != 0)
			continue;
		if (operation != NULL &&
		    (own_operation == NULL ||
		     strcmp(own_operation, operation) != 0))
			continue;
		json_array_append(out, entry);
	}
	reply_json(reply, 200, out);
}

static void drop_log(struct sandbox *box, const struct request *request,
                     struct reply *reply)
{
	(void)request;
	json_array_clear(box->log);
	done(reply);
}

static void show_settings(struct sandbox *box, const struct request *request,
                          struct reply *reply)
{
	(void)request;
	reply_json(reply, 200, json_incref(box->settings));
}

static void change_settings(struct sandbox *box, const struct request *request,
                            struct reply *reply)
{
	json_t *changes = parameters_of(request);
	const char *wrong = NULL;

	if (!json_is_object(changes))
		reply_message(reply, 400, "settings are a JSON object");
	else if (!data_change(box, changes, &wrong))
		reply_json(reply, 400,
		           json_pack("{s:s, s:s}", "message",
		                     "no such setting, or of another type",
		                     "setting", wrong));
	else
		done(reply);
	json_decref(changes);
}

static bool is_software(const json_t *asked)
{
	const char *product = fields_get(asked, "product");

	return product != NULL && strcmp(product, "software") == 0;
}

/* An access token (and a refresh token), or one for Houston, without a
 * login. */
static void give_token(struct sandbox *box, const struct request *request,
                       struct reply *reply)
{
	json_t *asked = parameters_of(request);
	json_t *lifetime = json_object_get(asked, "lifetime");
	const char *name = fields_get(asked, "user");
	char *family = grant_random(), *access, *refresh = NULL;
	struct mint mint = {
		.family = family,
		.scope = "openid profile email offline_access",
		.lifetime = json_is_integer(lifetime)
	                            ? json_integer_value(lifetime)
	                            : setting_number(box, "token_lifetime"),
		.claims = json_object_get(asked, "claims"),
		.opaque = json_is_true(json_object_get(asked, "opaque")),
	};

	if (json_is_true(json_object_get(asked, "expired")))
		mint.lifetime = -60;
	mint.user = is_software(asked)
	                    ? data_houston_user(box, name ? name : "jane")
	                    : data_user(box, "email",
	                                name ? name : "jane@example.com");
	if (mint.user == NULL) {
		reply_message(reply, 404, "no such user");
	} else if (is_software(asked)) {
		access = mint_houston(box, &mint);
		reply_json(reply, 200, json_pack("{s:s}", "token", access));
		free(access);
	} else {
		access = mint_access(box, &mint);
		refresh = mint_refresh(box, &mint);
		reply_json(reply, 200,
		           json_pack("{s:s, s:s, s:I}", "access_token", access,
		                     "refresh_token", refresh, "expires_in",
		                     (json_int_t)mint.lifetime));
		free(access);
		free(refresh);
	}
	free(family);
	json_decref(asked);
}

static void rotate_keys(struct sandbox *box, const struct request *request,
                        struct reply *reply)
{
	(void)request;
	if (keys_rotate(&box->keys))
		done(reply);
	else
		reply_message(reply, 500, "no new key could be made");
}

static void reset(struct sandbox *box, const struct request *request,
                  struct reply *reply)
{
	(void)request;
	sandbox_reset(box);
	done(reply);
}

struct command {
	const char *method, *path;
	void (*handle)(struct sandbox *, const struct request *,
	               struct reply *);
};

static const struct command commands[] = {
	{"GET", "/sandbox/faults", show_faults},
	{"POST", "/sandbox/faults", add_faults},
	{"DELETE", "/sandbox/faults", drop_faults},
	{"GET", "/sandbox/log", show_log},
	{"DELETE", "/sandbox/log", drop_log},
	{"GET", "/sandbox/settings", show_settings},
	{"POST", "/sandbox/settings", change_settings},
	{"POST", "/sandbox/token", give_token},
	{"POST", "/sandbox/keys", rotate_keys},
	{"POST", "/sandbox/reset", reset},
	{"POST", "/sandbox/device", device_control},
	{"GET", "/sandbox/grants", grants_control},
	{"GET", "/sandbox/op/cases", op_control_list},
	{"GET", "/sandbox/op/case", op_control_show},
	{"POST", "/sandbox/op/case", op_control_play},
	{"PUT", "/sandbox/op/case", op_control_play},
	{"DELETE", "/sandbox/op/case", op_control_drop},
	{"POST", "/sandbox/op/keys", op_control_rotate},
};

void control_handle(struct sandbox *box, const struct request *request,
                    struct reply *reply)
{
	size_t i;

	for (i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (strcmp(commands[i].path, request->path) == 0 &&
		    strcmp(commands[i].method, request->method) == 0) {
			commands[i].handle(box, request, reply);
			return;
		}
	}
	reply_message(reply, 404, "no such command; see docs/sandbox.md");
}
