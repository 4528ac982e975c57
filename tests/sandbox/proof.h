/* SPDX-License-Identifier: Apache-2.0 */
/* DPoP proofs as a client makes them, and wrong ones. */
#ifndef SANDBOX_PROOF_H
#define SANDBOX_PROOF_H

#include <jansson.h>
#include <openssl/evp.h>

struct proof_request {
	EVP_PKEY *pair; /* P-256 */
	const char *method;
	const char *path;   /* below the provider's own address */
	const char *access; /* the token that goes with it, or NULL */
	const char *nonce;  /* of the server, or NULL */
	const json_t
		*changes; /* {"header", "claims"} over the usual, or NULL */
};

/* A request header "DPoP: ..."; the caller frees. */
char *proof_make(const struct proof_request *wanted);

#endif
