/* SPDX-License-Identifier: Apache-2.0 */
/* The device grant of the OpenID provider. */
#include "op_device.h"

#include "data.h"
#include "exchange.h"
#include "fields.h"
#include "handlers.h"
#include "mint.h"
#include "op_client.h"
#include "sandbox.h"

struct device_site op_device_site(const struct sandbox *box,
                                  char origin[OP_ADDRESS_MAX])
{
	return (struct device_site){
		.kind = "op-device",
		.path = "/op/activate",
		.base = op_origin(box, origin),
		.service = "A device asks for your account. Go on only if the "
			   "code is the one that it shows.",
		.interval = setting_number(box, "op_device_interval"),
		.lifetime = setting_number(box, "op_device_lifetime"),
		.script = setting(box, "op_device_script"),
	};
}

/* RFC 8628, 3.1. */
void op_device_begin(struct sandbox *box, const struct request *request,
                     struct reply *reply)
{
	static const char *const members[] = {"scope", "resource", NULL};
	char origin[OP_ADDRESS_MAX];
	const struct device_site site = op_device_site(box, origin);
	json_t *form = request_form(request), *details;
	json_t *client = op_client_authenticate(box, request, form, reply);

	if (client == NULL) {
		json_decref(form);
		return;
	}
	if (!setting_true(box, "op_device")) {
		reply_refusal(reply, 400, "unauthorized_client",
		              "the device grant is not allowed for the client");
	} else if (!mint_scope_has(fields_get(form, "scope"), "openid")) {
		reply_refusal(reply, 400, "invalid_scope",
		              "scope must have openid");
	} else {
		details = json_object();
		op_copy(details, form, members);
		json_object_set(details, "client_id",
		                json_object_get(client, "client_id"));
		device_begin(box, &site, reply, details);
	}
	json_decref(form);
}

void op_device_show(struct sandbox *box, const struct request *request,
                    struct reply *reply)
{
	char origin[OP_ADDRESS_MAX];
	const struct device_site site = op_device_site(box, origin);

	device_show_page(&site, request, reply);
}

void op_device_submit(struct sandbox *box, const struct request *request,
                      struct reply *reply)
{
	char origin[OP_ADDRESS_MAX];
	const struct device_site site = op_device_site(box, origin);

	device_submit(box, &site, request, reply);
}
