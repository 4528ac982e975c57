/* SPDX-License-Identifier: Apache-2.0 */
/* Device codes: begun by a client, decided by a person, polled for. */
#include "device.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "data.h"
#include "exchange.h"
#include "fields.h"
#include "grants.h"
#include "page.h"
#include "random.h"
#include "sandbox.h"

/* RFC 8628, 6.1: eight letters without vowels; 3.5: slow_down adds 5 s. */
enum { CODE_LEN = 8, SLOW_DOWN_S = 5 };

static bool is(const json_t *object, const char *name, const char *wanted)
{
	const char *value = fields_get(object, name);

	return value != NULL && wanted != NULL && strcmp(value, wanted) == 0;
}

/* Milliseconds on a clock that clock_offset moves as well. */
static int64_t now_ms(const struct sandbox *box)
{
	return clock_boot() + setting_number(box, "clock_offset") * 1000;
}

static bool user_code_make(char out[CODE_LEN + 2])
{
	static const char letters[] = "BCDFGHJKLMNPQRSTVWXZ";
	unsigned char bytes[CODE_LEN];
	size_t i, at = 0;

	if (random_fill(bytes, sizeof(bytes), NULL) != 0)
		return false;
	for (i = 0; i < CODE_LEN; i++) {
		if (i == CODE_LEN / 2)
			out[at++] = '-';
		out[at++] = letters[bytes[i] % (sizeof(letters) - 1)];
	}
	out[at] = '\0';
	return true;
}

/* RFC 8628, 6.1: case and punctuation do not matter. */
static bool same_user_code(const char *a, const char *b)
{
	for (;;) {
		while (*a != '\0' && !isalnum((unsigned char)*a))
			a++;
		while (*b != '\0' && !isalnum((unsigned char)*b))
			b++;
		if (toupper((unsigned char)*a) != toupper((unsigned char)*b))
			return false;
		if (*a == '\0')
			return true;
		a++;
		b++;
	}
}

static bool is_open(const struct sandbox *box, const json_t *grant)
{
	return grant_is_good(box, grant) && is(grant, "state", "pending");
}

/* The youngest open one of KIND (NULL: any) with USER_CODE (NULL: any). */
static json_t *find_open(const struct sandbox *box, const char *kind,
                         const char *user_code)
{
	json_t *grant, *found = NULL;
	const char *name;

	json_object_foreach(box->grants, name, grant)
	{
		const char *own = fields_get(grant, "user_code");

		if (own != NULL && is_open(box, grant) &&
		    (kind == NULL || is(grant, "kind", kind)) &&
		    (user_code == NULL || same_user_code(own, user_code)))
			found = grant;
	}
	return found;
}

void device_begin(struct sandbox *box, const struct device_site *site,
                  struct reply *reply, json_t *details)
{
	char *code = grant_random();
	char user_code[CODE_LEN + 2];
	json_t *answer;

	if (code == NULL || !user_code_make(user_code)) {
		json_decref(details);
		reply_message(reply, 500, "no code could be made");
		goto out;
	}
	json_object_set_new(details, "user_code", json_string(user_code));
	json_object_set_new(details, "state", json_string("pending"));
	json_object_set_new(details, "interval", json_integer(site->interval));
	json_object_set_new(details, "script", json_deep_copy(site->script));
	grant_add(box, site->kind, code, site->lifetime, details);

	answer = json_pack("{s:s, s:s, s:I, s:I}", "device_code", code,
	                   "user_code", user_code, "expires_in",
	                   (json_int_t)site->lifetime, "interval",
	                   (json_int_t)site->interval);
	json_object_set_new(answer, "verification_uri",
	                    json_sprintf("%s%s", site->base, site->path));
	json_object_set_new(answer, "verification_uri_complete",
	                    json_sprintf("%s%s?user_code=%s", site->base,
	                                 site->path, user_code));
	reply_json(reply, 200, answer);
out:
	free(code);
}

static bool approve(const struct sandbox *box, json_t *grant, const char *email)
{
	json_t *user = data_user(box, "email", email);
	char *family = grant_random();

	if (user != NULL && family != NULL) {
		json_object_set(grant, "sub", json_object_get(user, "sub"));
		json_object_set_new(grant, "family", json_string(family));
		json_object_set_new(grant, "auth_time",
		                    json_integer(sandbox_now(box)));
		json_object_set_new(grant, "state", json_string("approved"));
	}
	free(family);
	return user != NULL;
}

/* The next word of the script, the caller decrements; NULL: it is over. */
static json_t *next_word(json_t *grant)
{
	json_t *script = json_object_get(grant, "script");
	json_t *word = json_incref(json_array_get(script, 0));

	json_array_remove(script, 0);
	return word;
}

/* A word that is an error of the token endpoint, or NULL: go on. */
static const char *obey(const struct sandbox *box, json_t *grant,
                        const char *word)
{
	if (word == NULL)
		return NULL;
	if (strncmp(word, "approve", 7) == 0) {
		(void)approve(box, grant,
		              word[7] == ':' ? word + 8 : "jane@example.com");
		return NULL;
	}
	return word;
}

/* 3.5: whoever asks too early is told to slow down, and stays slower. */
static bool is_too_early(const struct sandbox *box, json_t *grant)
{
	json_t *last = json_object_get(grant, "polled_ms");
	int64_t interval =
		json_integer_value(json_object_get(grant, "interval"));
	bool early = last != NULL &&
	             now_ms(box) - json_integer_value(last) < interval * 1000;

	json_object_set_new(grant, "polled_ms", json_integer(now_ms(box)));
	return early;
}

static void slow_down(json_t *grant)
{
	json_t *old = json_object_get(grant, "interval");

	json_object_set_new(
		grant, "interval",
		json_integer(json_integer_value(old) + SLOW_DOWN_S));
}

/* Why GRANT gives nothing yet; NULL: it has been approved.  WORD, which the
 * caller decrements, keeps what the script said. */
static const char *poll_error(struct sandbox *box, json_t *grant, json_t **word)
{
	const char *error;

	if (!grant_is_good(box, grant))
		return "expired_token";
	if (is_too_early(box, grant)) {
		slow_down(grant);
		return "slow_down";
	}
	*word = next_word(grant);
	error = obey(box, grant, json_string_value(*word));
	if (error != NULL && strcmp(error, "slow_down") == 0)
		slow_down(grant);
	if (error != NULL)
		return error;
	if (is(grant, "state", "denied"))
		return "access_denied";
	return is(grant, "state", "pending") ? "authorization_pending" : NULL;
}

json_t *device_poll(struct sandbox *box, const struct device_site *site,
                    const char *code, const char *client_id,
                    struct reply *reply)
{
	json_t *grant = grant_find(box, site->kind, code), *word = NULL;
	const char *error;

	if (code == NULL) {
		reply_refusal(reply, 400, "invalid_request",
		              "device_code is missing");
		return NULL;
	}
	if (grant == NULL || !is(grant, "client_id", client_id) ||
	    grant_spent(grant) != 0) {
		reply_refusal(reply, 400, "invalid_grant",
		              "the device_code is unknown or was used already");
		return NULL;
	}
	error = poll_error(box, grant, &word);
	if (error != NULL)
		reply_refusal(reply, 400, error,
		              "the device has not been authorized");
	else
		grant_spend(box, grant);
	json_decref(word);
	return error == NULL ? grant : NULL;
}

static void show(const struct device_site *site, const char *user_code,
                 const char *user, const char *complaint, struct reply *reply)
{
	const struct page_login login = {
		.title = "Connect a device to the sandbox",
		.notice = site->service,
		.action = site->path,
		.user_code = user_code == NULL ? "" : user_code,
		.user = user,
		.complaint = complaint,
		.cancel = true,
	};

	page_login(&reply->body, &login);
	reply_page(reply, complaint == NULL ? 200 : 400);
}

void device_show_page(const struct device_site *site,
                      const struct request *request, struct reply *reply)
{
	show(site, request_argument(request, "user_code"), NULL, NULL, reply);
}

void device_submit(struct sandbox *box, const struct device_site *site,
                   const struct request *request, struct reply *reply)
{
	json_t *form = request_form(request);
	const char *user_code = fields_get(form, "user_code");
	const char *name = fields_get(form, "user");
	json_t *user = data_user(box, "email", name);
	json_t *grant = user_code == NULL
	                        ? NULL
	                        : find_open(box, site->kind, user_code);

	if (grant == NULL) {
		show(site, user_code, name, "Unknown code, or one that ended",
		     reply);
	} else if (is(form, "action", "cancel")) {
		json_object_set_new(grant, "state", json_string("denied"));
		page_message(&reply->body, "The device was refused",
		             "You may close this window.");
		reply_page(reply, 200);
	} else if (user == NULL ||
	           !is(user, "password", fields_get(form, "password"))) {
		show(site, user_code, name, "Wrong email or password", reply);
	} else {
		(void)approve(box, grant, name);
		page_message(&reply->body, "The device is logged in",
		             "You may close this window and go back to it.");
		reply_page(reply, 200);
	}
	json_decref(form);
}

const char *device_act(struct sandbox *box, const char *user_code,
                       const char *action, const char *email)
{
	json_t *grant = find_open(box, NULL, user_code);

	if (grant == NULL)
		return "no such device code is open";
	if (action == NULL)
		return "the action is missing: approve, deny or expire";
	if (strcmp(action, "approve") == 0)
		return approve(box, grant,
		               email == NULL ? "jane@example.com" : email)
		               ? NULL
		               : "no such user";
	if (strcmp(action, "deny") == 0)
		json_object_set_new(grant, "state", json_string("denied"));
	else if (strcmp(action, "expire") == 0)
		json_object_set_new(grant, "expires", json_integer(0));
	else
		return "the action must be approve, deny or expire";
	return NULL;
}
