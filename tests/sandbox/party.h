/* SPDX-License-Identifier: Apache-2.0 */
/* A relying party by the letter: what it asks, and what it thinks of the
 * answers.  A complaint is NULL when there is none. */
#ifndef SANDBOX_PARTY_H
#define SANDBOX_PARTY_H

#include <stdint.h>

#include <jansson.h>
#include <openssl/evp.h>

#include "client.h"

#define PARTY_REDIRECT "http://127.0.0.1:1/callback"

struct op_case;

/* What it has come to know. */
struct party {
	const struct op_case *played;
	char issuer[100];
	char client[100], secret[100];
	json_t *metadata, *tokens, *claims;
	EVP_PKEY *pair; /* for DPoP, or NULL */
	char nonce[100];
	int64_t moved; /* seconds that the server's clock was put forward */
};

/* The path of the address that the metadata have under NAME; NULL: none, or one
 * that may not be asked. */
const char *party_path(const struct party *party, const char *name);
/* Read the metadata. */
const char *party_discover(struct party *party);
/* Be a client: one that is known, or register. */
const char *party_enroll(struct party *party);
/* POST FIELDS (taken over) as the client, with a proof where one is wanted. */
void party_post(struct party *party, const char *path, json_t *fields,
                struct got *got);
/* A right authorization request. */
json_t *party_request(const struct party *party);
/* RFC 9126: REQUEST becomes what is left for the browser. */
const char *party_push(struct party *party, json_t **request);
/* The person logs in; ANSWER is where the browser is sent. */
void party_browse(struct party *party, const json_t *request,
                  struct got *answer);

/* What the browser brought (RFC 6749, 10.12; RFC 9207). */
const char *party_judge_answer(const struct party *party, const char *state,
                               const char *issuer);
/* RFC 6749, 5.1; RFC 6750, 2.1. */
const char *party_judge_tokens(const struct party *party,
                               const struct got *got);
/* The id_token among the tokens; CLAIMS are the caller's. */
const char *party_judge_id_token(struct party *party, const char *nonce,
                                 json_t **claims);
/* OpenID Connect Core, 5.3.2. */
const char *party_judge_userinfo(struct party *party);

#endif
