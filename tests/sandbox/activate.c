/* SPDX-License-Identifier: Apache-2.0 */
/* The device grant of Astro's client, at the paths of Auth0. */
#include "activate.h"

#include <string.h>

#include "data.h"
#include "exchange.h"
#include "fields.h"
#include "handlers.h"
#include "mint.h"
#include "sandbox.h"

struct device_site activate_site(const struct sandbox *box)
{
	return (struct device_site){
		.kind = "device",
		.path = "/activate",
		.base = box->base,
		.service = "A device asks for your Astro account. Go on only "
			   "if the code is the one that it shows.",
		.interval = setting_number(box, "device_interval"),
		.lifetime = setting_number(box, "device_lifetime"),
		.script = setting(box, "device_script"),
	};
}

static bool differs(const json_t *form, const char *name, const char *wanted)
{
	const char *value = fields_get(form, name);

	return value == NULL || strcmp(value, wanted) != 0;
}

/* RFC 8628, 3.1. */
void activate_begin(struct sandbox *box, const struct request *request,
                    struct reply *reply)
{
	const struct device_site site = activate_site(box);
	json_t *form = request_form(request);

	if (form == NULL)
		reply_refusal(reply, 400, "invalid_request",
		              "the body must be a form, each parameter once");
	else if (differs(form, "client_id", setting_text(box, "client_id")))
		reply_refusal(reply, 401, "invalid_client",
		              "the client_id is missing or unknown");
	else if (!setting_true(box, "device_authorization"))
		reply_refusal(reply, 403, "unauthorized_client",
		              "the device grant is not allowed for the client");
	else if (differs(form, "audience", setting_text(box, "audience")))
		reply_refusal(reply, 403, "access_denied",
		              "Service not found: the audience is wrong");
	else if (!mint_scope_has(fields_get(form, "scope"), "openid"))
		reply_refusal(reply, 400, "invalid_scope",
		              "scope must have openid");
	else
		device_begin(box, &site, reply, json_deep_copy(form));
	json_decref(form);
}

void activate_show(struct sandbox *box, const struct request *request,
                   struct reply *reply)
{
	const struct device_site site = activate_site(box);

	device_show_page(&site, request, reply);
}

void activate_submit(struct sandbox *box, const struct request *request,
                     struct reply *reply)
{
	const struct device_site site = activate_site(box);

	device_submit(box, &site, request, reply);
}
