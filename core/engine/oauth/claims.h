/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_ENGINE_OAUTH_CLAIMS_H
#define CORE_ENGINE_OAUTH_CLAIMS_H

#include <openssl/evp.h>

#include "jose.h"

/* What an id_token says, against what it must say (OpenID Connect Core,
 * 3.1.3.7).  DIGEST is that of its algorithm.  ASTRO_UNSAFE names the rule. */
int claims_check(const struct json *claims,
                 const struct jose_expected *expected, const EVP_MD *digest,
                 struct astro_error *err);

#endif
