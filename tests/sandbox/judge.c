/* SPDX-License-Identifier: Apache-2.0 */
/* One login of each kind, from the metadata to the end. */
#include "judge.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <check.h>
#include <openssl/ec.h>

#include "device.h"
#include "fields.h"
#include "party.h"

enum { PATH_LEN = 5000, POLLS_MAX = 5 };

static struct judgement stop(enum op_step step, const char *complaint)
{
	return (struct judgement){step, complaint};
}

static struct judgement at_end(void)
{
	return stop(OP_AT_END, "");
}

/* From the token answer in GOT (cleared here) to the end of a party. */
static struct judgement take_tokens(struct party *party, struct got *got,
                                    const char *nonce)
{
	const char *complaint = party_judge_tokens(party, got);

	json_decref(party->tokens);
	party->tokens = json_incref(got->json);
	got_clear(got);
	if (complaint != NULL)
		return stop(OP_AT_TOKEN, complaint);
	json_decref(party->claims);
	complaint = party_judge_id_token(party, nonce, &party->claims);
	if (complaint != NULL)
		return stop(OP_AT_ID_TOKEN, complaint);
	complaint = party_judge_userinfo(party);
	if (complaint != NULL)
		return stop(OP_AT_USERINFO, complaint);
	return at_end();
}

static struct judgement log_in(struct party *party)
{
	json_t *request = party_request(party);
	bool pushed = json_is_true(json_object_get(
		party->metadata, "require_pushed_authorization_requests"));
	const char *complaint = pushed ? party_push(party, &request) : NULL;
	char *code, *state, *issuer;
	struct got got;

	if (complaint != NULL) {
		json_decref(request);
		return stop(OP_AT_PUSH, complaint);
	}
	party_browse(party, request, &got);
	json_decref(request);
	code = client_parameter(got.location, "code");
	state = client_parameter(got.location, "state");
	issuer = client_parameter(got.location, "iss");
	complaint = party_judge_answer(party, state, issuer);
	got_clear(&got);
	if (complaint == NULL)
		party_post(party, party_path(party, "token_endpoint"),
		           json_pack("{s:s, s:s, s:s, s:s}", "grant_type",
		                     "authorization_code", "code", code,
		                     "redirect_uri", PARTY_REDIRECT,
		                     "code_verifier", CLIENT_VERIFIER),
		           &got);
	free(code);
	free(state);
	free(issuer);
	if (complaint != NULL)
		return stop(OP_AT_AUTHORIZATION, complaint);
	return take_tokens(party, &got, "n1");
}

/* OpenID Connect Core, 12.2. */
static const char *refreshed_complaint(struct party *party)
{
	json_t *first = party->claims, *claims = NULL, *nonce;
	const char *complaint;

	if (json_object_get(party->tokens, "id_token") == NULL)
		return NULL;
	complaint = party_judge_id_token(party, NULL, &claims);
	nonce = json_object_get(claims, "nonce");
	if (complaint == NULL &&
	    (!json_equal(json_object_get(claims, "sub"),
	                 json_object_get(first, "sub")) ||
	     (nonce != NULL &&
	      !json_equal(nonce, json_object_get(first, "nonce"))) ||
	     json_integer_value(json_object_get(claims, "iat")) <
	             json_integer_value(json_object_get(first, "iat"))))
		complaint = "it does not go with the first one";
	json_decref(claims);
	return complaint;
}

static struct judgement refresh(struct party *party)
{
	const char *complaint;
	char *old = text_copy(fields_get(party->tokens, "refresh_token"));
	struct got got;

	ck_assert_ptr_nonnull(old);
	/* Whatever the metadata say by now: the address is the old one. */
	party_post(party, party_path(party, "token_endpoint"),
	           json_pack("{s:s, s:s}", "grant_type", "refresh_token",
	                     "refresh_token", old),
	           &got);
	free(old);
	complaint = party_judge_tokens(party, &got);
	json_decref(party->tokens);
	party->tokens = json_incref(got.json);
	got_clear(&got);
	if (complaint == NULL)
		complaint = refreshed_complaint(party);
	return complaint == NULL ? at_end() : stop(OP_AT_REFRESH, complaint);
}

static struct judgement log_out(struct party *party)
{
	struct text path;
	struct got got;
	char *state;
	bool fine;

	text_init(&path, PATH_LEN);
	text_addf(&path,
	          "%s?id_token_hint=%s&state=s2&post_logout_redirect_uri="
	          "http%%3A%%2F%%2F127.0.0.1%%3A1%%2Flogged-out",
	          party_path(party, "end_session_endpoint"),
	          fields_get(party->tokens, "id_token"));
	client_ask(&(struct ask){.path = path.bytes}, &got);
	ck_assert_int_eq(got.status, 302);
	state = client_parameter(got.location, "state");
	fine = state != NULL && strcmp(state, "s2") == 0;
	free(state);
	got_clear(&got);
	text_clear(&path);
	return fine ? at_end() : stop(OP_AT_LOGOUT, "state is another");
}

/* Put the server's clock forward instead of waiting. */
static void move_clock(struct party *party, int64_t seconds)
{
	char settings[100];

	party->moved += seconds;
	(void)snprintf(settings, sizeof(settings), "{\"clock_offset\": %lld}",
	               (long long)party->moved);
	json_decref(client_control("settings", settings));
}

static bool may_be_shown(const char *address)
{
	return strncmp(address, "https://", 8) == 0 ||
	       strncmp(address, "http://127.0.0.1:", 17) == 0;
}

static const char *device_complaint(const struct got *got, int64_t *lifetime)
{
	json_t *seconds = json_object_get(got->json, "expires_in");
	const char *address = got_text(got, "verification_uri");

	if (address[0] == '\0')
		address = got_text(got, "verification_url");
	if (got->status != 200 || got_text(got, "device_code")[0] == '\0' ||
	    got_text(got, "user_code")[0] == '\0' || address[0] == '\0' ||
	    !json_is_integer(seconds))
		return "the answer lacks something";
	if (!may_be_shown(address))
		return "the address is unsafe";
	*lifetime = json_integer_value(seconds);
	return NULL;
}

/* RFC 8628, 3.5: absent 5 s, otherwise kept within reason. */
static int64_t interval_of(const struct got *got)
{
	json_t *value = json_object_get(got->json, "interval");
	int64_t seconds =
		json_is_integer(value) ? json_integer_value(value) : 5;

	return seconds < 1 ? 1 : seconds > 60 ? 60 : seconds;
}

/* True when the client is to ask again. */
static bool is_pending(const struct got *got, int64_t *interval)
{
	const char *error = got_text(got, "error");

	if (got->code != CURLE_OK || got->status >= 429) {
		*interval = *interval * 2 > 60 ? 60 : *interval * 2;
		return true;
	}
	if (strcmp(error, "slow_down") == 0)
		*interval += 5;
	return strcmp(error, "slow_down") == 0 ||
	       strcmp(error, "authorization_pending") == 0;
}

static struct judgement poll(struct party *party, const char *code,
                             int64_t interval, int64_t lifetime)
{
	int64_t spent = 0;
	struct got got;
	int polls;

	for (polls = 0; polls < POLLS_MAX; polls++) {
		spent += interval;
		if (spent >= lifetime)
			return stop(OP_AT_TOKEN, "the time is over");
		move_clock(party, interval);
		party_post(party, party_path(party, "token_endpoint"),
		           json_pack("{s:s, s:s}", "grant_type",
		                     DEVICE_GRANT_TYPE, "device_code", code),
		           &got);
		if (!is_pending(&got, &interval))
			return take_tokens(party, &got, NULL);
		got_clear(&got);
	}
	return stop(OP_AT_TOKEN, "it has been asked often enough");
}

static struct judgement connect_device(struct party *party)
{
	struct judgement judgement;
	int64_t lifetime = 0;
	const char *complaint;
	struct got got;

	party_post(party, party_path(party, "device_authorization_endpoint"),
	           json_pack("{s:s}", "scope",
	                     "openid profile email offline_access"),
	           &got);
	complaint = device_complaint(&got, &lifetime);
	judgement = complaint != NULL
	                    ? stop(OP_AT_DEVICE, complaint)
	                    : poll(party, got_text(&got, "device_code"),
	                           interval_of(&got), lifetime);
	got_clear(&got);
	return judgement;
}

static struct judgement go(struct party *party)
{
	struct judgement judgement = at_end();
	const char *complaint = party_discover(party);

	if (complaint != NULL)
		return stop(OP_AT_DISCOVERY, complaint);
	complaint = party_enroll(party);
	if (complaint != NULL)
		return stop(OP_AT_REGISTRATION, complaint);
	if (party->played->flow == OP_DEVICE)
		return connect_device(party);
	judgement = log_in(party);
	if (judgement.step != OP_AT_END)
		return judgement;
	switch (party->played->flow) {
	case OP_LOGIN:
	case OP_DEVICE:
		break;
	case OP_LOGIN_TWICE:
		return log_in(party);
	case OP_REFRESH:
		return refresh(party);
	case OP_LOGOUT:
		return log_out(party);
	}
	return judgement;
}

struct judgement judge(const struct op_case *played)
{
	struct party party = {.played = played};
	const char *port = strrchr(client_base(), ':') + 1;
	const char *client =
		played->client == NULL ? "sandbox-native" : played->client;
	struct judgement judgement;

	(void)snprintf(party.issuer, sizeof(party.issuer),
	               "http://127.0.0.1:%s%s", port,
	               played->issuer == NULL ? "/op" : played->issuer);
	(void)snprintf(party.client, sizeof(party.client), "%s", client);
	if (strcmp(client, "sandbox:odd client") == 0)
		(void)snprintf(party.secret, sizeof(party.secret),
		               "a+b c:d%%/\xc3\xa9&=");
	else if (client[0] != '\0' && strcmp(client, "sandbox-native") != 0)
		(void)snprintf(party.secret, sizeof(party.secret),
		               "sandbox-client-secret");
	if (played->dpop)
		party.pair = EVP_EC_gen("P-256");
	judgement = go(&party);
	EVP_PKEY_free(party.pair);
	json_decref(party.metadata);
	json_decref(party.tokens);
	json_decref(party.claims);
	return judgement;
}
