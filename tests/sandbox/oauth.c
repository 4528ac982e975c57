/* SPDX-License-Identifier: Apache-2.0 */
/* The authorization endpoint and the login page behind it. */
#include "handlers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data.h"
#include "exchange.h"
#include "fields.h"
#include "grants.h"
#include "mint.h"
#include "page.h"
#include "sandbox.h"

enum { LOGIN_SECONDS = 600, CHALLENGE_LEN = 43 };

/* Shown to the person: nothing may be sent to an address that is not known
 * (RFC 6749, 4.1.2.1). */
static void show_error(struct reply *reply, const char *message)
{
	page_message(&reply->body, "Oops, something went wrong", message);
	reply_page(reply, 400);
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

static bool is_challenge(const char *challenge)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz0123456789-_";

	return strlen(challenge) == CHALLENGE_LEN &&
	       strspn(challenge, digits) == CHALLENGE_LEN;
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
	} else if (!is_challenge(challenge)) {
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

/*
 * The login page belongs to the browser that asked for it: the cookie has the
 * same value as the transaction's "browser".
 */
static void begin_login(struct sandbox *box, struct reply *reply,
                        json_t *details)
{
	char *transaction = grant_random(), *browser = grant_random();
	char cookie[200], address[200];

	if (transaction == NULL || browser == NULL) {
		json_decref(details);
		goto out;
	}
	json_object_set_new(details, "browser", json_string(browser));
	grant_add(box, "login", transaction, LOGIN_SECONDS, details);
	(void)snprintf(cookie, sizeof(cookie),
	               "login-%.8s=%s; Path=/login; HttpOnly; SameSite=Lax",
	               transaction, browser);
	(void)snprintf(address, sizeof(address), "%s/login?transaction=%s",
	               box->base, transaction);
	reply_redirect(reply, address, NULL);
	reply_header(reply, "Set-Cookie", cookie);
out:
	free(transaction);
	free(browser);
}

void oauth_authorize(struct sandbox *box, const struct request *request,
                     struct reply *reply)
{
	const json_t *asked = request->arguments;
	const char *error, *description;

	if (asked == NULL) {
		show_error(reply, "A parameter is malformed or comes twice.");
	} else if (differs(fields_get(asked, "client_id"),
	                   setting_text(box, "client_id"))) {
		show_error(reply, "Unknown client: the client_id is wrong.");
	} else if (!redirect_is_known(box, fields_get(asked, "redirect_uri"))) {
		show_error(reply, "Callback URL mismatch: the redirect_uri is "
		                  "not one of this client's.");
	} else {
		check(box, asked, &error, &description);
		if (error != NULL)
			send_back(box, reply, asked,
			          json_pack("{s:s, s:s}", "error", error,
			                    "error_description", description));
		else
			begin_login(box, reply, json_deep_copy(asked));
	}
}

/* The transaction, if it is open and this browser's own. */
static json_t *find_login(struct sandbox *box, const struct request *request,
                          const char *transaction)
{
	json_t *login = grant_find(box, "login", transaction);
	const char *cookies = request_header(request, "cookie");
	char wanted[200];

	if (!grant_is_good(box, login) || cookies == NULL)
		return NULL;
	(void)snprintf(wanted, sizeof(wanted), "login-%.8s=%s", transaction,
	               grant_text(login, "browser"));
	return strstr(cookies, wanted) == NULL ? NULL : login;
}

static void show_login(struct reply *reply, const char *transaction,
                       const char *user, const char *complaint)
{
	const struct page_login login = {
		.title = "Log in to the sandbox",
		.action = "/login",
		.transaction = transaction,
		.user = user,
		.complaint = complaint,
		.cancel = true,
	};

	page_login(&reply->body, &login);
	reply_page(reply, complaint == NULL ? 200 : 400);
}

static const char no_login[] =
	"This login has ended, or began in another browser. Start again from "
	"the program that sent you here.";

void oauth_show_login(struct sandbox *box, const struct request *request,
                      struct reply *reply)
{
	const char *transaction = request_argument(request, "transaction");
	json_t *login = find_login(box, request, transaction);

	if (login == NULL)
		show_error(reply, no_login);
	else
		show_login(reply, transaction, grant_text(login, "login_hint"),
		           NULL);
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
	json_t *form = request_form(request);
	const char *transaction = fields_get(form, "transaction");
	const char *name = fields_get(form, "user");
	json_t *login = find_login(box, request, transaction);
	json_t *user = data_user(box, "email", name);

	if (login == NULL) {
		show_error(reply, no_login);
	} else if (!differs(fields_get(form, "action"), "cancel")) {
		send_back(box, reply, login,
		          json_pack("{s:s, s:s}", "error", "access_denied",
		                    "error_description",
		                    "The login was cancelled"));
		grant_remove(box, transaction);
	} else if (user == NULL || differs(fields_get(form, "password"),
	                                   fields_get(user, "password"))) {
		show_login(reply, transaction, name, "Wrong email or password");
	} else {
		give_code(box, reply, login, user);
		grant_remove(box, transaction);
	}
	json_decref(form);
}
