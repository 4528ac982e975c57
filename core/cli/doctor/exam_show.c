/* SPDX-License-Identifier: Apache-2.0 */
/* A diagnosis as people read it, and as JSON. */
#include "exam.h"

#include <stdio.h>
#include <string.h>

#include "error.h"
#include "json_out.h"
#include "output.h"
#include "terminal.h"
#include "text.h"

#define BOLD "\033[1m"
#define PLAIN "\033[0m"

/* "warning  variables  ", and the text behind it. */
enum { STATE_WIDTH = 9, INDENT = 20, WIDTH_MIN = 50, LINE_MAX_BYTES = 8192 };

static const char *const groups[] = {"program", "files", "variables", "context",
                                     "login",   "way",   "network"};

static bool is_in(const struct diagnosis_check *check, const char *group)
{
	size_t len = strlen(group);

	return strncmp(check->name, group, len) == 0 && check->name[len] == '.';
}

/* Characters, not bytes. */
static size_t width_of(const char *text, size_t len)
{
	size_t width = 0, i;

	for (i = 0; i < len; i++)
		if (((unsigned char)text[i] & 0xC0) != 0x80)
			width++;
	return width;
}

/* TEXT from column INDENT on, which the cursor has reached, broken at blanks.
 * A word that is too long, as a path to copy, stays whole. */
static void print_wrapped(const char *text)
{
	size_t most = terminal_width(stdout), at = INDENT;

	if (most < WIDTH_MIN)
		most = WIDTH_MIN;
	while (*text != '\0') {
		size_t len = strcspn(text, " "), width = width_of(text, len);

		if (at > INDENT && at + 1 + width > most) {
			(void)printf("\n%*s", INDENT, "");
			at = INDENT;
		} else if (at > INDENT) {
			(void)printf(" ");
			at++;
		}
		(void)printf("%.*s", (int)len, text);
		at += width;
		text += len;
		text += strspn(text, " ");
	}
	(void)printf("\n");
}

static void print_row(enum diagnosis_state state, const char *group,
                      const char *text)
{
	bool is_bold =
		state >= DIAGNOSIS_WARNING && terminal_has_colour(stdout);

	(void)printf("%s%-*s%s%-*s", is_bold ? BOLD : "", STATE_WIDTH,
	             diagnosis_state_name(state), is_bold ? PLAIN : "",
	             INDENT - STATE_WIDTH, group);
	print_wrapped(text);
}

/* All facts of a group in one row. */
static void show_facts(const struct diagnosis *diagnosis, const char *group)
{
	struct text facts;
	size_t i;

	text_init(&facts, LINE_MAX_BYTES);
	for (i = 0; i < diagnosis->count; i++) {
		const struct diagnosis_check *check = &diagnosis->checks[i];

		if (check->state == DIAGNOSIS_FACT && is_in(check, group))
			(void)text_addf(&facts, "%s%s",
			                facts.len == 0 ? "" : "; ",
			                check->what.message);
	}
	if (facts.len > 0)
		print_row(DIAGNOSIS_FACT, group, facts.bytes);
	text_clear(&facts);
}

static void show_group(const struct diagnosis *diagnosis, const char *group)
{
	size_t i;

	show_facts(diagnosis, group);
	for (i = 0; i < diagnosis->count; i++) {
		const struct diagnosis_check *check = &diagnosis->checks[i];

		if (check->state < DIAGNOSIS_SKIPPED || !is_in(check, group))
			continue;
		print_row(check->state, group, check->what.message);
		if (check->what.hint[0] == '\0')
			continue;
		(void)printf("%*sfix: ", INDENT - 5, "");
		print_wrapped(check->what.hint);
	}
}

void exam_show(const struct exam *exam)
{
	const struct diagnosis *diagnosis = &exam->diagnosis;
	size_t warnings = diagnosis_count(diagnosis, DIAGNOSIS_WARNING), i;

	for (i = 0; i < sizeof(groups) / sizeof(groups[0]); i++)
		show_group(diagnosis, groups[i]);
	if (diagnosis_count(diagnosis, DIAGNOSIS_ERROR) > 0)
		return;
	if (warnings == 0)
		(void)printf("All is well.\n");
	else
		(void)printf("No errors, %zu warning%s.\n", warnings,
		             warnings == 1 ? "" : "s");
}

static void add_check(struct json_out *json,
                      const struct diagnosis_check *check)
{
	const char *fix = check->what.hint;

	json_out_object(json, NULL);
	json_out_string(json, "name", check->name);
	json_out_string(json, "state", diagnosis_state_name(check->state));
	json_out_string(json, "message", check->what.message);
	json_out_string(json, "fix", fix[0] == '\0' ? NULL : fix);
	json_out_number(json, "exit_code", error_exit_code(check->what.status));
	json_out_close(json);
}

int exam_show_json(const struct exam *exam, struct astro_error *err)
{
	const struct diagnosis *diagnosis = &exam->diagnosis;
	struct json_out json;
	size_t i, j;
	int status;

	json_out_init(&json);
	json_out_object(&json, NULL);
	json_out_string(&json, "domain",
	                exam->name[0] == '\0' ? NULL : exam->name);
	json_out_bool(&json, "isHealthy", diagnosis_gravest(diagnosis) == NULL);
	json_out_array(&json, "checks");
	for (i = 0; i < sizeof(groups) / sizeof(groups[0]); i++)
		for (j = 0; j < diagnosis->count; j++)
			if (is_in(&diagnosis->checks[j], groups[i]))
				add_check(&json, &diagnosis->checks[j]);
	json_out_close(&json);
	json_out_close(&json);
	status = json_out_print(&json, err);
	json_out_clear(&json);
	return status;
}
