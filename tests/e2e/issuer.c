/* SPDX-License-Identifier: Apache-2.0 */
#include "issuer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

char issuer_address[ISSUER_SIZE];

void issuer_of(const char *path, char out[ISSUER_SIZE])
{
	(void)snprintf(out, ISSUER_SIZE, "http://127.0.0.1:%u%s", sandbox_port,
	               path != NULL ? path : "/op");
}

static void begin(void)
{
	home_begin();
	issuer_of(NULL, issuer_address);
	env_browser("jane@example.com");
}

TCase *issuer_case(Suite *suite, const char *name)
{
	TCase *tcase = tcase_create(name);

	tcase_add_checked_fixture(tcase, begin, home_end);
	tcase_set_timeout(tcase, 60);
	suite_add_tcase(suite, tcase);
	return tcase;
}

char *issuer_log_in(int code)
{
	struct pty_result result = astro_ends(
		code, NULL, "login", issuer_address, "--timeout", "20", NULL);
	char *text = strdup(result.err);

	pty_result_clear(&result);
	return text;
}

void issuer_works(void)
{
	free(issuer_log_in(0));
}

void issuer_fails(int code, const char *part)
{
	char *before = home_read(), *text = issuer_log_in(code),
	     *after = home_read();

	text_expect(text, part);
	ck_assert_str_eq(before, after);
	free(before);
	free(after);
	free(text);
}

/* The name with "_" for all but a-z, 0-9 and "-". */
static void key_of(const char *name, char out[ISSUER_SIZE])
{
	size_t i;

	for (i = 0; name[i] != '\0'; i++)
		out[i] = (name[i] >= 'a' && name[i] <= 'z') ||
		                         (name[i] >= '0' && name[i] <= '9') ||
		                         name[i] == '-'
		                 ? name[i]
		                 : '_';
	out[i] = '\0';
}

/* LINES, each indented, to OUT. */
static void add_lines(FILE *out, const char *lines)
{
	while (*lines != '\0') {
		size_t len = strcspn(lines, "\n");

		(void)fprintf(out, "    %.*s\n", (int)len, lines);
		lines += len + (lines[len] == '\n');
	}
}

void issuer_write(const char *path, const char *lines)
{
	char issuer[ISSUER_SIZE], key[ISSUER_SIZE], *text;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	ck_assert_ptr_nonnull(out);
	issuer_of(path, issuer);
	key_of(issuer, key);
	(void)fprintf(out,
	              "contexts:\n"
	              "  %s:\n"
	              "    domain: %s\n"
	              "    issuer: %s\n"
	              "    provider: oidc\n",
	              key, issuer, issuer);
	add_lines(out, lines);
	(void)fclose(out);
	home_write(text);
	free(text);
}

void issuer_expect_keys(const char *keys)
{
	char *text = home_read(), *line, *rest = text, *seen;
	size_t len, indent;
	FILE *out = open_memstream(&seen, &len);

	ck_assert_ptr_nonnull(out);
	while ((line = strsep(&rest, "\n")) != NULL) {
		indent = strspn(line, " ");
		if (indent < 4)
			continue;
		(void)fprintf(out, "%s%.*s", ftell(out) > 0 ? " " : "",
		              (int)strcspn(line + indent, ":"), line + indent);
	}
	(void)fclose(out);
	ck_assert_str_eq(seen, keys);
	free(seen);
	free(text);
}

char *issuer_asked(const char *path)
{
	json_t *log = sandbox_log(), *entry = log_find(log, path);
	const char *query = json_string_value(json_object_get(entry, "query"));
	const char *body = json_string_value(json_object_get(entry, "body"));
	char *asked;

	ck_assert_int_ge(asprintf(&asked, "%s%s", query != NULL ? query : "",
	                          body != NULL ? body : ""),
	                 0);
	json_decref(log);
	return asked;
}

char *issuer_header(const char *path, const char *name)
{
	json_t *log = sandbox_log(), *entry = log_find(log, path);
	const char *value = json_string_value(
		json_object_get(json_object_get(entry, "headers"), name));
	char *copy = strdup(value != NULL ? value : "");

	json_decref(log);
	return copy;
}

static bool is(const json_t *entry, const char *name, const char *value)
{
	return strcmp(json_string_value(json_object_get(entry, name)), value) ==
	       0;
}

unsigned issuer_count(const char *method, const char *path)
{
	json_t *log = sandbox_log(), *entry;
	unsigned count = 0;
	size_t i;

	json_array_foreach(log, i, entry)
	{
		count += is(entry, "method", method) && is(entry, "path", path);
	}
	json_decref(log);
	return count;
}
