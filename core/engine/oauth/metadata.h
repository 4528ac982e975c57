/* SPDX-License-Identifier: Apache-2.0 */
/* What a server says of itself, where its provider did not ask. */
#ifndef CORE_ENGINE_OAUTH_METADATA_H
#define CORE_ENGINE_OAUTH_METADATA_H

#include <astro/provider.h>

struct http;

/*
 * SERVER's device authorization endpoint, from its metadata (RFC 8628, 4).
 * *OUT is NULL with ASTRO_OK where it names none, or has no metadata (404); the
 * caller frees it.
 * ASTRO_UNSAFE: the metadata are those of another issuer (RFC 8414, 3.3).
 */
int metadata_device_endpoint(struct http *http,
                             const struct astro_server *server, char **out,
                             struct astro_error *err);

#endif
