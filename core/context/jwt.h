/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a JWT (RFC 7519) says of itself.  Unverified: for showing and planning,
 * and for refusing what no server would take.
 */
#ifndef CORE_CONTEXT_JWT_H
#define CORE_CONTEXT_JWT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct jwt {
	char *payload; /* JSON; wiped */
	size_t size;
};

/* TOKEN with or without "Bearer " before it.  False, and JWT cleared, when it
 * is none: an opaque token, or no memory. */
bool jwt_open(struct jwt *jwt, const char *token, size_t len);
void jwt_close(struct jwt *jwt);

/* A NumericDate ("exp", "nbf", "iat") in whole seconds, from 0 to STAMP_MAX;
 * false when there is none. */
bool jwt_time(const struct jwt *jwt, const char *claim, int64_t *seconds);
/* True when there is such a claim, whatever it holds. */
bool jwt_has(const struct jwt *jwt, const char *claim);

/*
 * Call TAKE with each string of the array CLAIM, as it stands between its
 * quotes, until it returns false.  False then, and when the claim is no array
 * of strings.
 */
bool jwt_each(const struct jwt *jwt, const char *claim,
              bool (*take)(void *data, const char *text, size_t len),
              void *data);

#endif
