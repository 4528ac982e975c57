/* SPDX-License-Identifier: Apache-2.0 */
#include "plugins.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

const char *plugin_path(const char *name)
{
	static char paths[8][PATH_SIZE];
	static size_t next;
	char *out = paths[next++ % 8];

	(void)snprintf(out, PATH_SIZE, "%.2000s/%.2000s", home_folder, name);
	return out;
}

static void make_folders(const char *name)
{
	char part[PATH_SIZE];
	size_t i;

	for (i = 1; i <= strlen(name); i++) {
		if (name[i] != '/' && name[i] != '\0')
			continue;
		(void)snprintf(part, sizeof(part), "%.*s", (int)i, name);
		(void)mkdir(plugin_path(part), 0700);
	}
}

void plugin_put(const char *folder, const char *from, const char *to)
{
	char source[PATH_SIZE], target[PATH_SIZE], bytes[65536];
	ssize_t got;
	int in, out;

	make_folders(folder);
	(void)snprintf(source, sizeof(source), "%s/%s.so", TEST_PLUGINS, from);
	(void)snprintf(target, sizeof(target), "%.1000s/%.1000s.so", folder,
	               to);
	in = open(source, O_RDONLY | O_CLOEXEC);
	ck_assert_msg(in >= 0, "%s has not been built", source);
	out = open(plugin_path(target), O_WRONLY | O_CREAT | O_TRUNC, 0700);
	ck_assert_int_ge(out, 0);
	while ((got = read(in, bytes, sizeof(bytes))) > 0)
		ck_assert_int_eq(write(out, bytes, (size_t)got), got);
	ck_assert_int_eq(got, 0);
	ck_assert_int_eq(fchmod(out, 0755), 0);
	(void)close(in);
	ck_assert_int_eq(close(out), 0);
}

void plugin_write(const char *name, const char *text)
{
	FILE *out = fopen(plugin_path(name), "w");

	ck_assert_ptr_nonnull(out);
	ck_assert_int_ge(fputs(text, out), 0);
	ck_assert_int_eq(fclose(out), 0);
}

json_t *plugin_listed(const char *name, json_t **document)
{
	struct pty_result result =
		astro_ends(0, NULL, "provider", "list", "--json", NULL);
	json_t *row, *found = NULL;
	size_t i;

	*document = json_loads(result.out, 0, NULL);
	ck_assert_msg(*document != NULL, "no JSON:\n%s", result.out);
	json_array_foreach(json_object_get(*document, "providers"), i,
	                   row) if (strcmp(plugin_text(row, "name"), name) == 0)
		found = row;
	ck_assert_msg(found != NULL, "no %s in\n%s", name, result.out);
	pty_result_clear(&result);
	return found;
}

const char *plugin_text(const json_t *row, const char *key)
{
	const char *text = json_string_value(json_object_get(row, key));

	ck_assert_msg(json_object_get(row, key) != NULL, "no %s", key);
	return text != NULL ? text : "(null)";
}
