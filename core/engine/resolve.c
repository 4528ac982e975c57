/* SPDX-License-Identifier: Apache-2.0 */
/* Which provider serves a context. */
#include "resolve.h"

#include <assert.h>
#include <string.h>

#include "core.h"
#include "domain.h"
#include "error.h"
#include "log.h"
#include "provider_table.h"

static bool is(const char *text, const char *other)
{
	return text != NULL && strcmp(text, other) == 0;
}

/* Nobody was told: find out from the name. */
static int find_natural(const struct astro_core *core,
                        const struct astro_provider **out,
                        struct astro_error *err)
{
	const char *name = core->job->name;
	int status;

	*out = NULL;
	if (core->job->is_issuer)
		return loader_load(&core->folders, "oidc", out, err);
	/* The Go CLI's switch between the two products on this machine. */
	if (is(name, "localhost") &&
	    is(config_value(core->config, "local.platform"), "software"))
		return loader_load(&core->folders, "software", out, err);
	/* A broken astro.so must not hand these to somebody else. */
	if (is(name, "localhost") || domain_is_astro(name))
		return loader_load(&core->folders, "astro", out, err);
	status = loader_claimant(&core->folders, name, out, err);
	if (status == ASTRO_OK && *out == NULL)
		status = loader_load(&core->folders, "software", out, err);
	return status;
}

static int find_named(const struct astro_core *core, const char *name,
                      const struct astro_provider **out,
                      struct astro_error *err)
{
	static const char hint[] = "it has 1 to 32 of a-z, 0-9, _ and -";

	if (provider_name_is_plain(name))
		return loader_load(&core->folders, name, out, err);
	*out = NULL;
	if (core->job->provider == name)
		return error_set(err, ASTRO_USAGE, hint,
		                 "\"%s\" is no name of a provider", name);
	return error_set(err, ASTRO_BAD_CONFIG, hint,
	                 "the provider of %s, \"%s\", is no name of a "
	                 "provider",
	                 core->job->name, name);
}

/*
 * A context without the key is Astro's or Software's, by what it holds: every
 * other provider is written down, and these two when the name would lead
 * elsewhere.
 */
static bool needs_key(const struct astro_core *core,
                      const struct astro_provider *used, bool is_named)
{
	const struct astro_provider *natural;
	struct astro_error ignored;

	if (core->job->is_issuer ||
	    (!is(used->name, "astro") && !is(used->name, "software")))
		return true;
	/* Else it is where the name has led. */
	return is_named &&
	       (find_natural(core, &natural, &ignored) != ASTRO_OK ||
	        natural != used);
}

int resolve_provider(struct astro_core *core, const struct astro_provider **out,
                     bool *written_down, struct astro_error *err)
{
	const char *key = NULL, *name = core->job->provider;
	int status;

	if (core->settings.context != NULL)
		key = context_value(core->settings.context, "provider");
	if (name == NULL)
		name = key;
	*written_down = false;
	if (name != NULL)
		status = find_named(core, name, out, err);
	else
		status = find_natural(core, out, err);
	if (status != ASTRO_OK)
		return status;
	assert(*out != NULL); /* found, or refused */
	core->program = loader_program(*out);
	log_write(ASTRO_DEBUG, "%s: provider %s", core->job->name,
	          (*out)->name);

	/* What the file says stays, unless it names another. */
	if (key != NULL)
		*written_down = !is((*out)->name, key);
	else
		*written_down = needs_key(core, *out, name != NULL);
	return ASTRO_OK;
}
