/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the administrator of this machine says about providers, in
 * /etc/astro/providers.yaml:
 *
 *     allow: [astro, software, corp]     # no other is loaded
 *     sha256:
 *         corp: 9f86d081...              # or a list of them
 *
 * Both keys may be left out, and so may the file.  Nothing of the person's can
 * loosen it.
 */
#ifndef CORE_ENGINE_POLICY_H
#define CORE_ENGINE_POLICY_H

#include <stdbool.h>

#include <astro/provider.h>

#define POLICY_FILE "/etc/astro/providers.yaml"

struct policy;

/* Read FILE, which must be root's, as every folder above it must.  A file that
 * is not there says nothing.  ASTRO_UNSAFE: somebody else could have written
 * it; ASTRO_BAD_CONFIG: it makes no sense. */
int policy_load(const char *file, struct policy **out, struct astro_error *err);
void policy_free(struct policy *policy);

/* May NAME, whose file at PATH is open as FD, be loaded?  ASTRO_UNSAFE: it is
 * not allowed, or its bytes are not those that are pinned. */
int policy_judge(const struct policy *policy, const char *name, int fd,
                 const char *path, struct astro_error *err);
/* The same by its name alone, for a provider that is not here. */
bool policy_allows(const struct policy *policy, const char *name);

#endif
