/* SPDX-License-Identifier: Apache-2.0 */
/* What a provider says of itself: its table, judged before it is believed. */
#ifndef CORE_ENGINE_PROVIDER_TABLE_H
#define CORE_ENGINE_PROVIDER_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include <astro/provider.h>

enum { PROVIDER_NAME_MAX = 32, PROVIDER_TITLE_MAX = 64 };

/* [a-z0-9_-]{1,32} */
bool provider_name_is_plain(const char *name);
/* 1 to 64 bytes of UTF-8, in one line, with nothing to escape. */
bool provider_title_is_plain(const char *title, size_t len);

/* Of a table of OBJECT_SIZE bytes only the first three members of HEAD are
 * looked at.  ASTRO_BAD_PLUGIN, both versions named where they do not fit. */
int provider_table_judge(const struct astro_provider *head, size_t object_size,
                         const char *path, struct astro_error *err);
/* ASTRO_BAD_PLUGIN unless OWN, the table's name, is NAME, the file's, and TITLE
 * can be shown, or is NULL. */
int provider_table_judge_names(const char *own, const char *title,
                               const char *name, const char *path,
                               struct astro_error *err);
/* ASTRO_BAD_PLUGIN: the file at PATH is made for version MAJOR alone. */
int provider_table_refuse_major(const char *path, unsigned major,
                                struct astro_error *err);

/* A table of OBJECT_SIZE bytes, as it was found in the file at PATH. */
struct provider_found {
	const struct astro_provider *table;
	size_t object_size;
	const char *path;
};
/*
 * Agree on the contract: *OUT is what FOUND has, completed with NULLs.  Its
 * name and title are not copied, and the title may be NULL.  ASTRO_BAD_PLUGIN.
 */
int provider_table_take(const struct provider_found *found, const char *name,
                        struct astro_provider *out, struct astro_error *err);

#endif
