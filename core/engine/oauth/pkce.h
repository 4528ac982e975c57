/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_ENGINE_OAUTH_PKCE_H
#define CORE_ENGINE_OAUTH_PKCE_H

#include <astro/provider.h>

/* 32 random bytes as base64url: 43 characters and a NUL. */
enum { PKCE_LEN = 43 };

/* A fresh verifier (RFC 7636, 4.1), state or nonce. */
int pkce_random(char out[PKCE_LEN + 1], struct astro_error *err);
/* The S256 challenge of VERIFIER (RFC 7636, 4.2). */
int pkce_challenge(const char *verifier, char out[PKCE_LEN + 1],
                   struct astro_error *err);

#endif
