/* SPDX-License-Identifier: Apache-2.0 */
/* How tests steer the OpenID provider and the devices: /sandbox/op/ and
 * /sandbox/device. */
#include <string.h>

#include "device.h"
#include "exchange.h"
#include "fields.h"
#include "grants.h"
#include "handlers.h"
#include "op_cases.h"
#include "op_keys.h"
#include "op_recipe.h"
#include "parameters.h"
#include "sandbox.h"

static json_t *described(const struct op_case *entry)
{
	json_t *out = json_pack(
		"{s:s, s:s, s:s, s:s, s:s, s:s, s:b}", "name", entry->name,
		"flow", op_flow_name(entry->flow), "verdict",
		op_verdict_name(entry->verdict), "step",
		op_step_name(entry->step), "client",
		entry->client == NULL ? "sandbox-native" : entry->client,
		"issuer", entry->issuer == NULL ? "/op" : entry->issuer, "dpop",
		entry->dpop);

	json_object_set_new(out, "exit_code",
	                    entry->exit_code < 0
	                            ? json_null()
	                            : json_integer(entry->exit_code));
	return out;
}

void op_control_list(struct sandbox *box, const struct request *request,
                     struct reply *reply)
{
	const struct op_case *entry;
	json_t *out = json_array();
	size_t i;

	(void)box;
	(void)request;
	for (i = 0; (entry = op_case_at(i)) != NULL; i++)
		json_array_append_new(out, described(entry));
	reply_json(reply, 200, out);
}

void op_control_show(struct sandbox *box, const struct request *request,
                     struct reply *reply)
{
	const char *name = fields_get(box->op_case, "name");

	(void)request;
	reply_json(reply, 200,
	           name == NULL ? json_pack("{s:n}", "name")
	                        : described(op_case_find(name)));
}

void op_control_play(struct sandbox *box, const struct request *request,
                     struct reply *reply)
{
	json_t *asked = parameters_of(request);
	const char *name = fields_get(asked, "name");
	const struct op_case *found = name == NULL ? NULL : op_case_find(name);

	if (found == NULL) {
		reply_message(reply, 404,
		              "no such case; see /sandbox/op/cases");
	} else {
		op_recipe_play(box, found);
		reply_json(reply, 200, described(found));
	}
	json_decref(asked);
}

void op_control_drop(struct sandbox *box, const struct request *request,
                     struct reply *reply)
{
	(void)request;
	op_recipe_reset(box);
	reply_json(reply, 200, json_pack("{s:b}", "ok", 1));
}

void op_control_rotate(struct sandbox *box, const struct request *request,
                       struct reply *reply)
{
	(void)request;
	op_keys_rotate(box);
	reply_json(reply, 200, json_pack("{s:b}", "ok", 1));
}

void device_control(struct sandbox *box, const struct request *request,
                    struct reply *reply)
{
	json_t *asked = parameters_of(request);
	const char *complaint = device_act(box, fields_get(asked, "user_code"),
	                                   fields_get(asked, "action"),
	                                   fields_get(asked, "user"));

	if (complaint != NULL)
		reply_message(reply, 400, complaint);
	else
		reply_json(reply, 200, json_pack("{s:b}", "ok", 1));
	json_decref(asked);
}

/* What was handed out and what has become of it; ?kind= narrows it down. */
void grants_control(struct sandbox *box, const struct request *request,
                    struct reply *reply)
{
	const char *kind = request_argument(request, "kind"), *value;
	json_t *out = json_array(), *grant;

	json_object_foreach(box->grants, value, grant)
	{
		json_t *copy;

		if (kind != NULL &&
		    strcmp(grant_text(grant, "kind"), kind) != 0)
			continue;
		copy = json_deep_copy(grant);
		json_object_set_new(copy, "value", json_string(value));
		json_object_set_new(copy, "good",
		                    json_boolean(grant_is_good(box, grant) &&
		                                 grant_spent(grant) == 0));
		json_array_append_new(out, copy);
	}
	reply_json(reply, 200, out);
}
