/* SPDX-License-Identifier: Apache-2.0 */
/* The requests of a relying party, and the look at each answer. */
#include "party.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include <check.h>

#include "fields.h"
#include "op_cases.h"
#include "proof.h"
#include "verify.h"

enum { PATH_LEN = 5000, PATIENCE_MS = 500, ANSWER_LEN_MAX = 1024 * 1024 };

static bool says(const json_t *object, const char *name, const char *wanted)
{
	const char *value = fields_get(object, name);

	return value != NULL && strcmp(value, wanted) == 0;
}

/* Milliseconds: as long as it takes, but where the server drips. */
static long patience(const struct party *party)
{
	return strstr(party->played->recipe, "drip") != NULL ? PATIENCE_MS : 0;
}

/* The path of an address of this machine; NULL: of no other may be asked. */
const char *party_path(const struct party *party, const char *name)
{
	const char *address = fields_get(party->metadata, name);
	const char *rest;

	if (address == NULL ||
	    (strncmp(address, "http://127.0.0.1:", 17) != 0 &&
	     strncmp(address, "http://localhost:", 17) != 0))
		return NULL;
	rest = strchr(address + 17, '/');
	return rest;
}

static json_t *keys_of(const struct party *party)
{
	const char *path = party_path(party, "jwks_uri");
	struct got got;
	json_t *out;

	if (path == NULL)
		return NULL;
	client_ask(&(struct ask){.path = path}, &got);
	out = got.status == 200 && got.body.len < ANSWER_LEN_MAX
	              ? json_incref(got.json)
	              : NULL;
	got_clear(&got);
	return out;
}

static const char *read_metadata(struct party *party)
{
	const char *path =
		party->played->issuer == NULL ? "/op" : party->played->issuer;
	const char *complaint = NULL;
	char full[200];
	struct got got;

	(void)snprintf(full, sizeof(full),
	               "%s/.well-known/openid-configuration", path);
	client_ask(&(struct ask){.path = full, .timeout_ms = patience(party)},
	           &got);
	if (got.status == 404) {
		got_clear(&got);
		(void)snprintf(full, sizeof(full),
		               "/.well-known/oauth-authorization-server%s",
		               path);
		client_ask(&(struct ask){.path = full,
		                         .timeout_ms = patience(party)},
		           &got);
	}
	if (got.code != CURLE_OK || got.status != 200 ||
	    !json_is_object(got.json) || got.body.len > ANSWER_LEN_MAX)
		complaint = "there is no metadata";
	party->metadata = json_incref(got.json);
	got_clear(&got);
	return complaint;
}

const char *party_discover(struct party *party)
{
	static const char *const endpoints[] = {"authorization_endpoint",
	                                        "token_endpoint"};
	const char *complaint = read_metadata(party);
	size_t i;

	if (complaint != NULL)
		return complaint;
	if (!says(party->metadata, "issuer", party->issuer))
		return "the issuer is another";
	for (i = 0; i < 2; i++)
		if (party_path(party, endpoints[i]) == NULL)
			return "an endpoint is missing or unsafe";
	if (json_object_get(party->metadata, "jwks_uri") != NULL &&
	    party_path(party, "jwks_uri") == NULL)
		return "jwks_uri is unsafe";
	return NULL;
}

/* Who the client is: known, or registered now. */
const char *party_enroll(struct party *party)
{
	const char *complaint = NULL;
	struct got got;

	if (party->client[0] != '\0')
		return NULL;
	if (party_path(party, "registration_endpoint") == NULL)
		return "there is no registration";
	client_ask(
		&(struct ask){
			.path = party_path(party, "registration_endpoint"),
			.body = "{\"redirect_uris\": [\"" PARTY_REDIRECT "\"],"
				"\"token_endpoint_auth_method\":"
				"\"none\"}"},
		&got);
	if (got.status != 201 || got_text(&got, "client_id")[0] == '\0')
		complaint = "the registration was refused";
	(void)snprintf(party->client, sizeof(party->client), "%s",
	               got_text(&got, "client_id"));
	got_clear(&got);
	return complaint;
}

static void form_write(struct text *out, const json_t *fields)
{
	text_init(out, PATH_LEN);
	fields_write(out, fields);
}

/* "Basic ..." with both halves encoded (RFC 6749, 2.3.1). */
static char *basic_of(const struct party *party)
{
	unsigned char code[500];
	struct text pair, header;
	char *out;

	text_init(&pair, 300);
	text_init(&header, 600);
	fields_escape(&pair, party->client);
	text_add(&pair, ":", 1);
	fields_escape(&pair, party->secret);
	EVP_EncodeBlock(code, (unsigned char *)pair.bytes, (int)pair.len);
	text_addf(&header, "Basic %s", (char *)code);
	out = text_copy(header.bytes);
	text_clear(&pair);
	text_clear(&header);
	return out;
}

/* POST FIELDS (taken over) as the client, with a proof where one is wanted. */
static void post_once(struct party *party, const char *path, json_t *fields,
                      struct got *got)
{
	bool by_post = strcmp(party->client, "sandbox-post") == 0;
	bool by_basic = party->secret[0] != '\0' && !by_post;
	char *basic = by_basic ? basic_of(party) : NULL, *proof = NULL;
	struct text form;

	if (!by_basic)
		json_object_set_new(fields, "client_id",
		                    json_string(party->client));
	if (by_post)
		json_object_set_new(fields, "client_secret",
		                    json_string(party->secret));
	if (party->pair != NULL)
		proof = proof_make(&(struct proof_request){
			.pair = party->pair,
			.method = "POST",
			.path = path,
			.nonce = party->nonce[0] != '\0' ? party->nonce : NULL,
		});
	form_write(&form, fields);
	client_ask(&(struct ask){.path = path,
	                         .body = form.bytes,
	                         .authorization = basic,
	                         .header = proof,
	                         .timeout_ms = patience(party)},
	           got);
	/* 8.2: good until there is another one. */
	if (got->nonce[0] != '\0')
		(void)snprintf(party->nonce, sizeof(party->nonce), "%s",
		               got->nonce);
	text_clear(&form);
	free(proof);
	free(basic);
	json_decref(fields);
}

/* RFC 9449, 8: once more with the nonce, and no more. */
void party_post(struct party *party, const char *path, json_t *fields,
                struct got *got)
{
	json_t *again = json_deep_copy(fields);

	post_once(party, path, fields, got);
	if (strcmp(got_text(got, "error"), "use_dpop_nonce") == 0) {
		got_clear(got);
		post_once(party, path, json_incref(again), got);
	}
	json_decref(again);
}

json_t *party_request(const struct party *party)
{
	return json_pack(
		"{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "client_id",
		party->client, "response_type", "code", "redirect_uri",
		PARTY_REDIRECT, "scope", "openid profile email offline_access",
		"code_challenge", CLIENT_CHALLENGE, "code_challenge_method",
		"S256", "state", "s1", "nonce", "n1");
}

/* RFC 9126; REQUEST becomes what is left for the browser. */
const char *party_push(struct party *party, json_t **request)
{
	struct got got;
	const char *complaint = NULL;
	json_t *seconds;

	party_post(party,
	           party_path(party, "pushed_authorization_request_endpoint"),
	           *request, &got);
	seconds = json_object_get(got.json, "expires_in");
	if (got.status != 201 || got_text(&got, "request_uri")[0] == '\0' ||
	    !json_is_integer(seconds) || json_integer_value(seconds) <= 0)
		complaint = "the request could not be pushed";
	*request = json_pack("{s:s, s:s}", "client_id", party->client,
	                     "request_uri", got_text(&got, "request_uri"));
	got_clear(&got);
	return complaint;
}

/* The person logs in; ANSWER is where the browser is sent. */
void party_browse(struct party *party, const json_t *request,
                  struct got *answer)
{
	struct text path, form;
	char cookie[300];
	char *transaction;
	struct got got;

	form_write(&form, request);
	text_init(&path, PATH_LEN);
	text_addf(&path, "%s?%s", party_path(party, "authorization_endpoint"),
	          form.bytes);
	client_ask(&(struct ask){.path = path.bytes}, &got);
	ck_assert_msg(got.status == 302, "%s: %s", path.bytes, got.body.bytes);
	transaction = client_parameter(got.location, "transaction");
	ck_assert_msg(transaction != NULL, "%s", got.location);
	(void)snprintf(cookie, sizeof(cookie), "%s", got.cookie);
	got_clear(&got);
	text_clear(&form);
	text_addf(&form,
	          "transaction=%s&user=jane%%40example.com"
	          "&password=sandbox-jane&action=login",
	          transaction);
	client_ask(&(struct ask){.path = "/op/login",
	                         .body = form.bytes,
	                         .cookie = cookie},
	           answer);
	free(transaction);
	text_clear(&form);
	text_clear(&path);
}

const char *party_judge_answer(const struct party *party, const char *state,
                               const char *issuer)
{
	if (state == NULL || strcmp(state, "s1") != 0)
		return "state is another";
	if (issuer != NULL && strcmp(issuer, party->issuer) != 0)
		return "iss is another";
	if (issuer == NULL &&
	    json_is_true(json_object_get(
		    party->metadata,
		    "authorization_response_iss_parameter_supported")))
		return "iss is missing";
	return NULL;
}

/* RFC 6749, 5.1; RFC 6750, 2.1. */
const char *party_judge_tokens(const struct party *party, const struct got *got)
{
	const char *type = got_text(got, "token_type");
	const char *token = got_text(got, "access_token");

	if (got->code != CURLE_OK || got->body.len > ANSWER_LEN_MAX)
		return "there is no answer";
	if (got->status != 200 || !json_is_object(got->json) ||
	    json_object_get(got->json, "error") != NULL)
		return "the server said no";
	if (strcasecmp(type, party->pair != NULL ? "DPoP" : "Bearer") != 0)
		return "the type is another";
	if (token[0] == '\0' || !text_is_visible(token, strlen(token)) ||
	    strchr(token, ' ') != NULL)
		return "the token is none";
	return NULL;
}

const char *party_judge_id_token(struct party *party, const char *nonce,
                                 json_t **claims)
{
	const char *token = fields_get(party->tokens, "id_token");
	const char *complaint;
	json_t *keys;
	struct verify wanted = {
		.algorithms = json_object_get(
			party->metadata,
			"id_token_signing_alg_values_supported"),
		.issuer = party->issuer,
		.client = party->client,
		.nonce = nonce,
		.access_token = fields_get(party->tokens, "access_token"),
		.now = (int64_t)time(NULL) + party->moved,
	};

	if (token == NULL)
		return "there is no id_token";
	keys = keys_of(party);
	wanted.keys = keys;
	complaint = keys == NULL ? "there are no keys"
	                         : verify_id_token(&wanted, token, claims);
	json_decref(keys);
	return complaint;
}

/* 5.3.2: before any claim is used. */
const char *party_judge_userinfo(struct party *party)
{
	const char *token = fields_get(party->tokens, "access_token");
	const char *path = party_path(party, "userinfo_endpoint");
	const char *complaint = NULL;
	struct text header;
	struct got got;
	char *proof = NULL;

	if (party->pair != NULL)
		proof = proof_make(&(struct proof_request){
			.pair = party->pair,
			.method = "GET",
			.path = path,
			.access = token,
			.nonce = party->nonce[0] != '\0' ? party->nonce : NULL,
		});
	text_init(&header, PATH_LEN);
	text_addf(&header, "%s %s", proof != NULL ? "DPoP" : "Bearer", token);
	client_ask(&(struct ask){.path = path,
	                         .authorization = header.bytes,
	                         .header = proof},
	           &got);
	/* Without it a login goes on; with somebody else's it does not. */
	if (got.status == 200 && json_is_object(got.json) &&
	    !json_equal(json_object_get(got.json, "sub"),
	                json_object_get(party->claims, "sub")))
		complaint = "userinfo is about another";
	if (proof != NULL)
		ck_assert_msg(got.status == 200, "%s", got.body.bytes);
	got_clear(&got);
	text_clear(&header);
	free(proof);
	return complaint;
}
