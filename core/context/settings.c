/* SPDX-License-Identifier: Apache-2.0 */
/* What the file says for all contexts: the Go CLI's own settings. */
#include "context.h"

#include <string.h>

#include "config.h"

enum { DEPTH_MAX = 3 };

/* Those that mean something here, each of them one value. */
static const char *const settings[][DEPTH_MAX + 1] = {
	{"cloud", "api", "port"},       {"cloud", "api", "protocol"},
	{"houston", "skip_verify_tls"}, {"local", "core"},
	{"local", "houston"},           {"local", "platform"},
};

static int refuse(const struct config *config, const struct tree_node *key,
                  const char *expected, struct astro_error *err)
{
	return error_set(err, ASTRO_BAD_CONFIG, NULL,
	                 "%s:%u:%u: %.64s: expected %s, found %s",
	                 config->label, (unsigned)key->line,
	                 (unsigned)key->column, key->text, expected,
	                 tree_kind_name(key->next));
}

static int check_setting(const struct config *config, const char *const *path,
                         struct astro_error *err)
{
	const struct tree_node *value = config->tree->root;

	for (;;) {
		const struct tree_node *key = tree_find(value, *path, &value);
		bool is_last = *++path == NULL;

		value = tree_target(value);
		if (key == NULL || tree_is_null(value))
			return ASTRO_OK;
		if (!is_last && value->kind != TREE_MAPPING)
			return refuse(config, key, "a mapping", err);
		if (is_last && value->kind != TREE_SCALAR)
			return refuse(config, key, "a plain value", err);
		if (is_last)
			return ASTRO_OK;
	}
}

int config_check_settings(const struct paths *paths,
                          const struct config *config, struct astro_error *err)
{
	int status = ASTRO_OK;
	size_t i;

	for (i = 0;
	     status == ASTRO_OK && i < sizeof(settings) / sizeof(settings[0]);
	     i++)
		status = check_setting(config, settings[i], err);
	return status == ASTRO_OK ? status : config_refuse(paths, err);
}
