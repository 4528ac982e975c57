/* SPDX-License-Identifier: Apache-2.0 */
/* The negotiation: version by the symbol, size in the table, names. */
#include "provider_table.h"

#include <stdio.h>
#include <string.h>

#include "error.h"
#include "text.h"

enum { TABLE_SIZE_MAX = 64 * 1024 };

/* The lowest table that 1.0 can be: up to its last required operation. */
static const size_t table_size_min =
	offsetof(struct astro_provider, authenticate) +
	sizeof(((struct astro_provider *)NULL)->authenticate);

bool provider_name_is_plain(const char *name)
{
	size_t len = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_-");

	return len >= 1 && len <= PROVIDER_NAME_MAX && name[len] == '\0';
}

bool provider_title_is_plain(const char *title, size_t len)
{
	char shown[PROVIDER_TITLE_MAX * 2];

	if (len == 0 || len > PROVIDER_TITLE_MAX)
		return false;
	/* Whatever had to be escaped is no part of a name. */
	text_escape(shown, sizeof(shown), title, len);
	return strlen(shown) == len && memcmp(shown, title, len) == 0;
}

int provider_table_refuse_major(const char *path, unsigned major,
                                struct astro_error *err)
{
	return error_set(err, ASTRO_BAD_PLUGIN,
	                 "install a version of it for this astro",
	                 "%s is made for version %u of the provider "
	                 "contract, this astro speaks version %u",
	                 path, major, ASTRO_ABI_MAJOR);
}

int provider_table_judge(const struct astro_provider *head, size_t object_size,
                         const char *path, struct astro_error *err)
{
	/* size, abi_major and abi_minor stand first in every version. */
	if (object_size < offsetof(struct astro_provider, name) ||
	    head->size < offsetof(struct astro_provider, name) ||
	    head->size > TABLE_SIZE_MAX)
		return error_set(err, ASTRO_BAD_PLUGIN, NULL,
		                 "%s has a table that makes no sense", path);
	if (head->abi_major != ASTRO_ABI_MAJOR)
		return provider_table_refuse_major(path, head->abi_major, err);
	if (head->size > object_size)
		return error_set(err, ASTRO_BAD_PLUGIN, NULL,
		                 "%s says that its table has %u bytes, but it "
		                 "has %zu",
		                 path, (unsigned)head->size, object_size);
	if (head->size < table_size_min)
		return error_set(err, ASTRO_BAD_PLUGIN, NULL,
		                 "%s has a table of %u bytes, which is too "
		                 "short: version %u.%u, as it says, and %u.%u, "
		                 "which this astro speaks, have at least %zu",
		                 path, (unsigned)head->size,
		                 (unsigned)head->abi_major,
		                 (unsigned)head->abi_minor, ASTRO_ABI_MAJOR,
		                 ASTRO_ABI_MINOR, table_size_min);
	return ASTRO_OK;
}

int provider_table_judge_names(const char *own, const char *title,
                               const char *name, const char *path,
                               struct astro_error *err)
{
	char shown[PROVIDER_NAME_MAX + 1] = "";

	if (own == NULL ||
	    strnlen(own, PROVIDER_NAME_MAX + 1) > PROVIDER_NAME_MAX ||
	    strcmp(own, name) != 0) {
		if (own != NULL)
			(void)snprintf(shown, sizeof(shown), "%.*s",
			               PROVIDER_NAME_MAX, own);
		return error_set(err, ASTRO_BAD_PLUGIN,
		                 "a provider's file is named after it",
		                 "%s calls itself \"%s\", not \"%s\"", path,
		                 shown, name);
	}
	if (title != NULL &&
	    !provider_title_is_plain(title,
	                             strnlen(title, PROVIDER_TITLE_MAX + 1)))
		return error_set(err, ASTRO_BAD_PLUGIN, NULL,
		                 "%s has a title that cannot be shown (at most "
		                 "%d bytes of UTF-8, in one line)",
		                 path, (int)PROVIDER_TITLE_MAX);
	return ASTRO_OK;
}

static int judge_operations(const struct astro_provider *table,
                            const char *path, struct astro_error *err)
{
	const char *missing = NULL;

	if (table->open == NULL)
		missing = "open";
	else if (table->close == NULL)
		missing = "close";
	else if (table->authenticate == NULL)
		missing = "authenticate";
	if (missing != NULL)
		return error_set(err, ASTRO_BAD_PLUGIN, NULL,
		                 "%s has no %s operation, which is required",
		                 path, missing);
	return ASTRO_OK;
}

int provider_table_take(const struct provider_found *found, const char *name,
                        struct astro_provider *out, struct astro_error *err)
{
	const struct astro_provider *table = found->table;
	int status = provider_table_judge(table, found->object_size,
	                                  found->path, err);

	if (status != ASTRO_OK)
		return status;
	memset(out, 0, sizeof(*out));
	memcpy(out, table,
	       table->size < sizeof(*out) ? table->size : sizeof(*out));
	status = judge_operations(out, found->path, err);
	if (status == ASTRO_OK)
		status = provider_table_judge_names(out->name, out->title, name,
		                                    found->path, err);
	return status;
}
