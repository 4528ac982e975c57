/* SPDX-License-Identifier: Apache-2.0 */
/* Signatures by name: op_signature's good one, and those that are none. */
#ifndef SANDBOX_FORGERY_H
#define SANDBOX_FORGERY_H

#include <stddef.h>

#include "jws.h"

struct sandbox;

struct forgery {
	const char *name;
	const char *algorithm; /* for the header; NULL: what the settings say */
	/* The signature of INPUT at OUT, and its length. */
	size_t (*sign)(struct sandbox *box, const char *input,
	               unsigned char out[JWS_SIGNATURE_MAX]);
};

/* NULL: there is none of that name. */
const struct forgery *forgery_find(const char *name);

#endif
