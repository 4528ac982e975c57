/* SPDX-License-Identifier: Apache-2.0 */
#include "verdict.h"

#include <dirent.h>
#include <string.h>

static bool begins(const char *text, const char *start)
{
	return strncmp(text, start, strlen(start)) == 0;
}

void verdict_one_clear_line(const struct op_case *played,
                            const struct pty_result *result)
{
	const char *line = result->err;
	unsigned errors = 0, hints = 0;

	while (*line != '\0') {
		size_t len = strcspn(line, "\n");

		if (begins(line, "astro: ")) {
			errors++;
			ck_assert_msg(len > 20 && len < 400, "%s:\n%s",
			              played->name, result->err);
		} else if (begins(line, "  try: ")) {
			hints++;
			ck_assert_msg(errors == 1 && line[len + 1] == '\0',
			              "%s:\n%s", played->name, result->err);
		} else {
			ck_assert_msg(errors == 0, "%s:\n%s", played->name,
			              result->err);
		}
		line += len + (line[len] == '\n');
	}
	ck_assert_msg(errors == 1 && hints <= 1, "%s:\n%s", played->name,
	              result->err);
}

void verdict_clean(const struct op_case *played, const char *text)
{
	static const char *const marks[] = {"\u202e", "\u202d", "\u2066",
	                                    "\u200f"};
	size_t i;

	for (i = 0; text[i] != '\0'; i++)
		ck_assert_msg((unsigned char)text[i] >= ' ' || text[i] == '\n',
		              "%s: a byte %d in\n%s", played->name, text[i],
		              text);
	for (i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
		ck_assert_msg(strstr(text, marks[i]) == NULL, "%s:\n%s",
		              played->name, text);
}

static const char *text_of(const json_t *entry, const char *name)
{
	return json_string_value(json_object_get(entry, name));
}

void verdict_requests(const struct op_case *played, enum op_step step)
{
	json_t *log = sandbox_log(), *entry;
	unsigned keys = 0;
	bool has_begun = false;
	size_t i;

	json_array_foreach(log, i, entry)
	{
		const char *path = text_of(entry, "path");
		bool with_token =
			json_object_get(json_object_get(entry, "headers"),
		                        "authorization") != NULL;

		/* Every login begins with the metadata: what comes before is
		 * the warming of a connection by the case before, which the
		 * sandbox has come to late. */
		has_begun |= strstr(path, "/.well-known/") != NULL;
		if (!has_begun && !with_token)
			continue;
		ck_assert_msg(op_step_allows(step, path, with_token),
		              "%s: asked for %s%s", played->name, path,
		              with_token ? " with a token" : "");
		keys += begins(path, "/op/jwks");
	}
	/* A key that is not known is looked for once more, not for ever. */
	ck_assert_msg(keys <= (played->flow == OP_LOGIN_TWICE ? 4 : 2),
	              "%s: asked %u times for keys", played->name, keys);
	ck_assert_msg(i > 0, "%s: nothing was asked", played->name);
	json_decref(log);
}

void verdict_folder(const struct op_case *played)
{
	char path[PATH_SIZE + 16];
	struct dirent *entry;
	DIR *folder;

	(void)snprintf(path, sizeof(path), "%s/.astro", home_folder);
	folder = opendir(path);
	ck_assert_ptr_nonnull(folder);
	while ((entry = readdir(folder)) != NULL)
		ck_assert_msg(
			entry->d_name[0] == '.' ||
				strcmp(entry->d_name, "config.yaml") == 0 ||
				strcmp(entry->d_name, "config.yaml.lock") ==
					0 ||
				strcmp(entry->d_name, "state") == 0,
			"%s: left %s", played->name, entry->d_name);
	(void)closedir(folder);
}
