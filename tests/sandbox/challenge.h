/* SPDX-License-Identifier: Apache-2.0 */
/* The server's side of PKCE (RFC 7636), S256 alone. */
#ifndef SANDBOX_CHALLENGE_H
#define SANDBOX_CHALLENGE_H

#include <stdbool.h>

/* True when CHALLENGE can be the base64url of a SHA-256. */
bool challenge_is_one(const char *challenge);
/* Section 4.6; either may be NULL. */
bool challenge_fits(const char *challenge, const char *verifier);

#endif
