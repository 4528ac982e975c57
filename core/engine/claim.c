/* SPDX-License-Identifier: Apache-2.0 */
/* Which provider claims a domain, by the patterns in its table. */
#include "loader.h"

#include <string.h>

#include "error.h"
#include "log.h"
#include "pattern.h"

bool loader_claims(const struct astro_provider *provider, const char *domain)
{
	size_t i;

	if (provider->domains == NULL)
		return false;
	for (i = 0; i < PATTERNS_MAX && provider->domains[i] != NULL; i++) {
		int result = pattern_match(provider->domains[i], domain);

		if (result > 0)
			return true;
		if (result < 0)
			log_write(ASTRO_DEBUG,
			          "provider %s: a pattern of its domains "
			          "makes no sense",
			          provider->name);
	}
	return false;
}

static const struct astro_provider *
claimed_by(const struct loader_folders *folders, const char *name,
           const char *domain, enum astro_level level)
{
	const struct astro_provider *provider;
	struct astro_error err = {0};

	if (loader_load(folders, name, &provider, &err) != ASTRO_OK) {
		log_write(level, "%s", err.message);
		return NULL;
	}
	return loader_claims(provider, domain) ? provider : NULL;
}

/* Whoever gets a domain that nobody claims is loaded once more then, and says
 * as an error what is wrong with it. */
static enum astro_level level_for(const char *name)
{
	return strcmp(name, "software") == 0 ? ASTRO_DEBUG : ASTRO_WARNING;
}

int loader_claimant(const struct loader_folders *folders, const char *domain,
                    const struct astro_provider **out, struct astro_error *err)
{
	char **names;
	size_t i;
	int status;

	*out = claimed_by(folders, "astro", domain, ASTRO_DEBUG);
	if (*out != NULL)
		return ASTRO_OK;

	status = loader_names(folders, LOADER_LIBRARIES, &names, err);
	if (status != ASTRO_OK)
		return status;
	for (i = 0; names[i] != NULL && *out == NULL; i++)
		if (strcmp(names[i], "astro") != 0)
			*out = claimed_by(folders, names[i], domain,
			                  level_for(names[i]));
	loader_names_free(names);
	return ASTRO_OK;
}
