/* SPDX-License-Identifier: Apache-2.0 */
/* The claims of an id_token: whose it is, for whom, and when. */
#include "claims.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base64.h"
#include "error.h"
#include "json.h"
#include "log.h"
#include "secret.h"
#include "state.h"

enum { SUBJECT_MAX = 255, TOLERANCE = 60, LONG_LIFE = 24 * 60 * 60 };

static int refuse(struct astro_error *err, const char *hint, const char *what)
{
	return error_set(err, ASTRO_UNSAFE, hint, "the id_token %s", what);
}

static int check_issuer(const struct json *claims, const char *expected,
                        struct astro_error *err)
{
	const char *issuer = json_text(claims, "iss");

	if (issuer == NULL)
		return refuse(err, NULL, "names no issuer");
	if (strcmp(issuer, expected) != 0)
		return error_set(err, ASTRO_UNSAFE, NULL,
		                 "the id_token is issued by %s, not by %s",
		                 issuer, expected);
	return ASTRO_OK;
}

/* Core lets further audiences be, if they are trusted; we know of none. */
static int check_audience(const struct json *claims, const char *client_id,
                          struct astro_error *err)
{
	const char *audience = json_text(claims, "aud");
	const char *party = json_text(claims, "azp");

	if (json_kind(claims, "aud") == JSON_KIND_ABSENT)
		return refuse(err, NULL, "names no audience");
	if (json_count(claims, "aud") > 1)
		return refuse(err, NULL, "is for others as well");
	if (json_count(claims, "aud") == 1)
		audience = json_text(claims, "aud.0");
	if (audience == NULL || strcmp(audience, client_id) != 0)
		return refuse(err, NULL, "is for another client");
	if (json_kind(claims, "azp") != JSON_KIND_ABSENT &&
	    (party == NULL || strcmp(party, client_id) != 0))
		return refuse(err, NULL, "was issued to another client (azp)");
	return ASTRO_OK;
}

/* JSON numbers only; -1 for anything that is no time. */
static int64_t time_at(const struct json *claims, const char *name)
{
	int64_t value = json_number(claims, name, -1);

	if (json_kind(claims, name) != JSON_KIND_NUMBER || value < 0 ||
	    value > JOSE_TIME_MAX)
		return -1;
	return value;
}

static int check_times(const struct json *claims, int64_t now,
                       struct astro_error *err)
{
	static const char hint[] = "check this machine's clock";
	int64_t expiry = time_at(claims, "exp");
	int64_t issued = time_at(claims, "iat");
	int64_t start = time_at(claims, "nbf");

	if (expiry < 0)
		return refuse(err, NULL, "has no proper time of expiry (exp)");
	if (issued < 0)
		return refuse(err, NULL, "has no proper time of issue (iat)");
	if (start < 0 && json_kind(claims, "nbf") != JSON_KIND_ABSENT)
		return refuse(err, NULL, "has no proper time of start (nbf)");
	if (expiry <= now - TOLERANCE)
		return error_set(err, ASTRO_UNSAFE, hint,
		                 "by this machine's clock, the id_token "
		                 "expired %" PRId64 " s ago",
		                 now - expiry);
	if (issued > now + TOLERANCE)
		return error_set(err, ASTRO_UNSAFE, hint,
		                 "by this machine's clock, the id_token was "
		                 "issued %" PRId64 " s in the future",
		                 issued - now);
	if (start > now + TOLERANCE)
		return error_set(err, ASTRO_UNSAFE, hint,
		                 "by this machine's clock, the id_token "
		                 "begins to count in %" PRId64 " s",
		                 start - now);
	if (expiry - issued > LONG_LIFE)
		log_write(ASTRO_DEBUG,
		          "the id_token is good for more than a day");
	return ASTRO_OK;
}

static int check_nonce(const struct json *claims, const char *expected,
                       struct astro_error *err)
{
	const char *nonce = json_text(claims, "nonce");

	if (expected == NULL)
		return ASTRO_OK;
	if (nonce == NULL)
		return refuse(err, NULL, "has no nonce");
	if (!secret_equal(nonce, strlen(nonce), expected, strlen(expected)))
		return refuse(err, NULL, "belongs to another login (nonce)");
	return ASTRO_OK;
}

/* 12.2: a refresh answers for the login that it goes on with. */
static int check_origin(const struct json *claims,
                        const struct state_origin *origin,
                        struct astro_error *err)
{
	if (origin == NULL)
		return ASTRO_OK;
	/* The servers of one issuer have a clock each. */
	if (time_at(claims, "iat") < origin->issued - TOLERANCE)
		return refuse(err, "log in again",
		              "is older than that of the login (iat)");
	if (json_kind(claims, "nonce") == JSON_KIND_ABSENT)
		return ASTRO_OK;
	return check_nonce(claims, origin->nonce, err);
}

/* 3.1.3.6: the left half of the hash of the token's characters. */
static int check_access_token(const struct json *claims,
                              const struct astro_secret *access_token,
                              const EVP_MD *digest, struct astro_error *err)
{
	const char *claimed = json_text(claims, "at_hash");
	unsigned char hash[EVP_MAX_MD_SIZE];
	char text[EVP_MAX_MD_SIZE * 2];
	const char *bytes;
	unsigned hash_len;
	size_t len;

	if (access_token == NULL ||
	    json_kind(claims, "at_hash") == JSON_KIND_ABSENT)
		return ASTRO_OK;
	bytes = secret_bytes(access_token, &len);
	if (EVP_Digest(bytes, len, hash, &hash_len, digest, NULL) != 1)
		return error_set(err, ASTRO_INTERNAL, NULL,
		                 "the cryptographic library has no hash for "
		                 "the id_token");
	base64_encode(hash, hash_len / 2, text);
	if (claimed == NULL || strcmp(claimed, text) != 0)
		return refuse(err, NULL,
		              "belongs to another access token (at_hash)");
	return ASTRO_OK;
}

static int check_subject(const struct json *claims, struct astro_error *err)
{
	const char *subject = json_text(claims, "sub");

	if (subject == NULL || *subject == '\0')
		return refuse(err, NULL, "names nobody (sub)");
	if (strlen(subject) > SUBJECT_MAX)
		return refuse(err, NULL, "has a sub of more than 255 bytes");
	return ASTRO_OK;
}

int claims_check(const struct json *claims,
                 const struct jose_expected *expected, const EVP_MD *digest,
                 struct astro_error *err)
{
	int status = check_issuer(claims, expected->issuer, err);

	if (status == ASTRO_OK)
		status = check_audience(claims, expected->client_id, err);
	if (status == ASTRO_OK)
		status = check_nonce(claims, expected->nonce, err);
	if (status == ASTRO_OK)
		status = check_times(claims, expected->now, err);
	if (status == ASTRO_OK)
		status = check_origin(claims, expected->origin, err);
	if (status == ASTRO_OK)
		status = check_subject(claims, err);
	if (status == ASTRO_OK)
		status = check_access_token(claims, expected->access_token,
		                            digest, err);
	return status;
}
