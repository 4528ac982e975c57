/* SPDX-License-Identifier: Apache-2.0 */
/* An id_token judged by the letter, to tell whether a hostile case is one. */
#ifndef SANDBOX_VERIFY_H
#define SANDBOX_VERIFY_H

#include <stdint.h>

#include <jansson.h>

struct verify {
	const json_t *keys;       /* the JWK Set */
	const json_t *algorithms; /* of the metadata */
	const char *issuer, *client;
	const char *nonce;        /* NULL: none was sent */
	const char *access_token; /* for at_hash */
	int64_t now;
};

/* NULL and CLAIMS (the caller decrements) when it is good; otherwise what is
 * wrong. */
const char *verify_id_token(const struct verify *wanted, const char *token,
                            json_t **claims);

#endif
