/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_ENGINE_RESOLVE_H
#define CORE_ENGINE_RESOLVE_H

#include <stdbool.h>

#include <astro/provider.h>

struct astro_core;

/*
 * Find and load the provider of this run: the job's, else the context's
 * `provider`, else "oidc" for an issuer, whoever claims the domain, and
 * "software".  *WRITTEN_DOWN: the context must name it, since it would not be
 * found, or not be recognised offline, without.
 */
int resolve_provider(struct astro_core *core, const struct astro_provider **out,
                     bool *written_down, struct astro_error *err);

#endif
