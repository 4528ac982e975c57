/* SPDX-License-Identifier: Apache-2.0 */
/* The OpenID provider's authorization endpoint and its login page. */
#include <stdlib.h>

#include "data.h"
#include "exchange.h"
#include "fields.h"
#include "grants.h"
#include "handlers.h"
#include "op.h"
#include "op_client.h"
#include "op_keys.h"
#include "op_request.h"
#include "sandbox.h"
#include "transaction.h"

/* ORIGIN has to live as long as what is returned. */
static struct transaction_site site_of(const struct sandbox *box,
                                       char origin[OP_ADDRESS_MAX])
{
	return (struct transaction_site){
		.kind = "op-login",
		.path = "/op/login",
		.base = op_origin(box, origin),
	};
}

/* Send the browser back with ANSWER (taken over), state and iss. */
static void send_back(struct sandbox *box, struct reply *reply,
                      const json_t *asked, json_t *answer)
{
	const char *state = fields_get(asked, "state");
	char issuer[OP_ADDRESS_MAX];

	if (state != NULL)
		json_object_set_new(answer, "state", json_string(state));
	/* RFC 9207, 2: also with an error. */
	if (setting_true(box, "op_authorization_iss"))
		json_object_set_new(answer, "iss",
		                    json_string(op_address(box, "", issuer)));
	reply_redirect(reply, fields_get(asked, "redirect_uri"), answer);
	json_decref(answer);
}

/* What is asked for: the query itself, or what it stands for (RFC 9126, 4).
 * The caller decrements; NULL: the page says why. */
static json_t *asked_by(struct sandbox *box, const struct request *request,
                        struct reply *reply)
{
	const char *uri = request_argument(request, "request_uri");
	json_t *asked;

	if (request->arguments == NULL) {
		transaction_refuse(reply, "A parameter is malformed or comes "
		                          "twice.");
		return NULL;
	}
	if (uri == NULL)
		return json_incref(request->arguments);
	asked = op_request_pushed(box, uri,
	                          request_argument(request, "client_id"));
	if (asked == NULL)
		transaction_refuse(reply, "The request_uri is unknown, was "
		                          "used already or has expired.");
	return asked;
}

void op_authorize(struct sandbox *box, const struct request *request,
                  struct reply *reply)
{
	char origin[OP_ADDRESS_MAX];
	const struct transaction_site site = site_of(box, origin);
	json_t *asked = asked_by(box, request, reply);
	json_t *client = op_client_find(box, fields_get(asked, "client_id"));
	struct op_refusal refusal;

	if (asked == NULL)
		return;
	if (op_is(box->settings, "op_key_rotation", "each_login"))
		op_keys_rotate(box);
	if (client == NULL) {
		transaction_refuse(reply, "Unknown client: the client_id is "
		                          "wrong.");
	} else if (!op_client_has_address(client, "redirect_uris",
	                                  fields_get(asked, "redirect_uri"))) {
		transaction_refuse(reply, "The redirect_uri is not one of "
		                          "this client's.");
	} else {
		refusal = op_request_check(asked);
		if (setting_true(box, "op_pushed_required") &&
		    asked == request->arguments)
			refusal = (struct op_refusal){
				"invalid_request",
				"the request must be pushed"};
		if (refusal.error != NULL)
			send_back(box, reply, asked,
			          json_pack("{s:s, s:s}", "error",
			                    refusal.error, "error_description",
			                    refusal.description));
		else
			transaction_begin(box, &site, reply,
			                  json_deep_copy(asked));
	}
	json_decref(asked);
}

void op_show_login(struct sandbox *box, const struct request *request,
                   struct reply *reply)
{
	char origin[OP_ADDRESS_MAX];
	const struct transaction_site site = site_of(box, origin);
	const char *name = request_argument(request, "transaction");
	json_t *login = transaction_find(box, &site, request, name);

	if (login == NULL)
		transaction_lost(reply);
	else
		transaction_show(reply, &site, name,
		                 grant_text(login, "login_hint"), NULL);
}

/* The code remembers what the token endpoint will have to compare. */
static void give_code(struct sandbox *box, struct reply *reply, json_t *login,
                      const json_t *user)
{
	static const char *const members[] = {
		"client_id", "redirect_uri",   "scope",    "nonce",
		"resource",  "code_challenge", "dpop_jkt", NULL,
	};
	char *code = grant_random(), *family = grant_random();
	json_t *details = json_object();

	op_copy(details, login, members);
	json_object_set(details, "sub", json_object_get(user, "sub"));
	json_object_set_new(details, "family", json_string(family));
	json_object_set_new(details, "auth_time",
	                    json_integer(sandbox_now(box)));
	grant_add(box, "op-code", code, setting_number(box, "op_code_lifetime"),
	          details);
	send_back(box, reply, login, json_pack("{s:s}", "code", code));
	free(code);
	free(family);
}

void op_login(struct sandbox *box, const struct request *request,
              struct reply *reply)
{
	char origin[OP_ADDRESS_MAX];
	const struct transaction_site site = site_of(box, origin);
	json_t *form = request_form(request);
	const char *name = fields_get(form, "transaction");
	json_t *login = transaction_find(box, &site, request, name);
	json_t *user = data_user(box, "email", fields_get(form, "user"));

	if (login == NULL) {
		transaction_lost(reply);
	} else if (op_is(form, "action", "cancel")) {
		send_back(box, reply, login,
		          json_pack("{s:s, s:s}", "error", "access_denied",
		                    "error_description",
		                    "The login was cancelled"));
		grant_remove(box, name);
	} else if (user == NULL ||
	           !op_is(user, "password", fields_get(form, "password"))) {
		transaction_show(reply, &site, name, fields_get(form, "user"),
		                 "Wrong email or password");
	} else {
		give_code(box, reply, login, user);
		grant_remove(box, name);
	}
	json_decref(form);
}
