/* SPDX-License-Identifier: Apache-2.0 */
/* The authorization endpoint and the login page behind it. */
#include "handlers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "challenge.h"
#include "data.h"
#include "exchange.h"
#include "fields.h"
#include "grants.h"
#include "mint.h"
#include "sandbox.h"
#include "transaction.h"

/* The page behind it. */
static struct transaction_site site_of(const struct sandbox *box)
{
	return (struct transaction_site){
		.kind = "login",
		.path = "/login",
		.base = box->base,
	};
}

static bool redirect_is_known(const struct sandbox *box, const char *address)
{
	json_t *known;
	size_t i;

	json_array_foreach(setting(box, "redirect_uris"), i, known)
	{
		if (json_is_string(known) && address != NULL &&
		    strcmp(json_string_value(known), address) == 0)
			return true;
	}
	return false;
}

/* Send the browser back with ANSWER (taken over), state and iss. */
static void send_back(struct sandbox *box, struct reply *reply,
                      const json_t *asked, json_t *answer)
{
	const char *state = fields_get(asked, "state");
	char issuer[80];

	if (state != NULL)
		json_object_set_new(answer, "state", json_string(state));
	(void)snprintf(issuer, sizeof(issuer), "%s/", box->base);
	/* RFC 9207, 2: also with an error. */
	if (setting_true(box, "authorization_iss"))
		json_object_set_new(answer, "iss", json_string(issuer));
	reply_redirect(reply, fields_get(asked, "redirect_uri"), answer);
	json_decref(answer);
}

static bool differs(const char *value, const char *wanted)
{
	return value == NULL || strcmp(value, wanted) != 0;
}

/* What is wrong with an authorization request, as error and description; both
 * NULL when nothing is. */
static void check(const struct sandbox *box, const json_t *asked,
                  const char **error, const char **description)
{
	const char *mode = fields_get(asked, "response_mode");
	const char *challenge = fields_get(asked, "code_challenge");

	*error = "invalid_request";
	if (fields_get(asked, "response_type") == NULL) {
		*description = "response_type is missing";
	} else if (differs(fields_get(asked, "response_type"), "code")) {
		*error = "unsupported_response_type";
		*description = "response_type must be code";
	} else if (mode != NULL && strcmp(mode, "query") != 0) {
		*description = "response_mode must be query";
	} else if (challenge == NULL) {
		*description = "code_challenge is missing";
	} else if (differs(fields_get(asked, "code_challenge_method"),
	                   "S256")) {
		*description = "code_challenge_method must be S256";
	} else if (!challenge_is_one(challenge)) {
		*description = "code_challenge must be 43 characters of "
			       "base64url";
	} else if (!mint_scope_has(fields_get(asked, "scope"), "openid")) {
		*error = "invalid_scope";
		*description = "scope must have openid";
	} else if (differs(fields_get(asked, "audience"),
	                   setting_text(box, "audience"))) {
		*error = "access_denied";
		*description = "Service not found: the audience is wrong";
	} else if (!differs(fields_get(asked, "prompt"), "none")) {
		*error = "login_required";
		*description = "Login required";
	} else {
		*error = *description = NULL;
	}
}

void oauth_authorize(struct sandbox *box, const struct request *request,
                     struct reply *reply)
{
	const struct transaction_site site = site_of(box);
	const json_t *asked = request->arguments;
	const char *error, *description;

	if (asked == NULL) {
		transaction_refuse(reply,
		                   "A parameter is malformed or comes twice.");
	} else if (differs(fields_get(asked, "client_id"),
	                   setting_text(box, "client_id"))) {
		transaction_refuse(reply,
		                   "Unknown client: the client_id is wrong.");
	} else if (!redirect_is_known(box, fields_get(asked, "redirect_uri"))) {
		transaction_refuse(reply,
		                   "Callback URL mismatch: the redirect_uri is "
		                   "not one of this client's.");
	} else {
		check(box, asked, &error, &description);
		if (error != NULL)
			send_back(box, reply, asked,
			          json_pack("{s:s, s:s}", "error", error,
			                    "error_description", description));
		else
			transaction_begin(box, &site, reply,
			                  json_deep_copy(asked));
	}
}

void oauth_show_login(struct sandbox *box, const struct request *request,
                      struct reply *reply)
{
	const char *transaction = request_argument(request, "transaction");
	const struct transaction_site site = site_of(box);
	json_t *login = transaction_find(box, &site, request, transaction);

	if (login == NULL)
		transaction_lost(reply);
	else
		transaction_show(reply, &site, transaction,
		                 grant_text(login, "login_hint"), NULL);
}

/* The code remembers what the token endpoint will have to compare. */
static void give_code(struct sandbox *box, struct reply *reply, json_t *login,
                      const json_t *user)
{
	char *code = grant_random(), *family = grant_random();
	json_t *details = json_deep_copy(login);

	json_object_set(details, "sub", json_object_get(user, "sub"));
	json_object_set_new(details, "family", json_string(family));
	grant_add(box, "code", code, setting_number(box, "code_lifetime"),
	          details);
	send_back(box, reply, login, json_pack("{s:s}", "code", code));
	free(code);
	free(family);
}

void oauth_login(struct sandbox *box, const struct request *request,
                 struct reply *reply)
{
	const struct transaction_site site = site_of(box);
	json_t *form = request_form(request);
	const char *transaction = fields_get(form, "transaction");
	const char *name = fields_get(form, "user");
	json_t *login = transaction_find(box, &site, request, transaction);
	json_t *user = data_user(box, "email", name);

	if (login == NULL) {
		transaction_lost(reply);
	} else if (!differs(fields_get(form, "action"), "cancel")) {
		send_back(box, reply, login,
		          json_pack("{s:s, s:s}", "error", "access_denied",
		                    "error_description",
		                    "The login was cancelled"));
		grant_remove(box, transaction);
	} else if (user == NULL || differs(fields_get(form, "password"),
	                                   fields_get(user, "password"))) {
		transaction_show(reply, &site, transaction, name,
		                 "Wrong email or password");
	} else {
		give_code(box, reply, login, user);
		grant_remove(box, transaction);
	}
	json_decref(form);
}
