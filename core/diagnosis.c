/* SPDX-License-Identifier: Apache-2.0 */
/* The list of checks, and its way from the child to the parent. */
#include "diagnosis.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report.h"

enum { CHECKS_MAX = 200, NUMBER_SIZE = 16 };

/* On the pipe: the name, two numbers, two texts. */
static const char key_name[] = "check";
static const char key_state[] = "state";
static const char key_status[] = "status";
static const char key_text[] = "text";
static const char key_fix[] = "fix";

void diagnosis_init(struct diagnosis *diagnosis, int report_fd)
{
	memset(diagnosis, 0, sizeof(*diagnosis));
	diagnosis->report_fd = report_fd;
}

void diagnosis_clear(struct diagnosis *diagnosis)
{
	free(diagnosis->checks);
	memset(diagnosis, 0, sizeof(*diagnosis));
}

static void send_number(int fd, const char *key, int value)
{
	char number[NUMBER_SIZE];

	(void)snprintf(number, sizeof(number), "%d", value);
	report_value(fd, key, number);
}

static void send_check(int fd, const struct diagnosis_check *check)
{
	report_value(fd, key_name, check->name);
	send_number(fd, key_state, (int)check->state);
	send_number(fd, key_status, check->what.status);
	report_value(fd, key_text, check->what.message);
	report_value(fd, key_fix, check->what.hint);
}

static struct diagnosis_check *add(struct diagnosis *diagnosis,
                                   const char *name, enum diagnosis_state state)
{
	struct diagnosis_check *checks = NULL, *check;

	if (diagnosis->count < CHECKS_MAX)
		checks = realloc(diagnosis->checks,
		                 (diagnosis->count + 1) * sizeof(*checks));
	if (checks == NULL) {
		diagnosis->is_broken = true;
		return NULL;
	}
	diagnosis->checks = checks;
	check = &checks[diagnosis->count++];
	memset(check, 0, sizeof(*check));
	(void)snprintf(check->name, sizeof(check->name), "%s", name);
	check->state = state;
	return check;
}

static void finish(const struct diagnosis *diagnosis,
                   const struct diagnosis_check *check)
{
	if (diagnosis->report_fd >= 0)
		send_check(diagnosis->report_fd, check);
}

void diagnosis_note(struct diagnosis *diagnosis, const char *name,
                    enum diagnosis_state state, const char *fmt, ...)
{
	struct diagnosis_check *check = add(diagnosis, name, state);
	va_list args;

	if (check == NULL)
		return;
	va_start(args, fmt);
	(void)error_set_list(&check->what, ASTRO_OK, NULL, fmt, args);
	va_end(args);
	finish(diagnosis, check);
}

void diagnosis_warn(struct diagnosis *diagnosis, const char *name,
                    const char *fix, const char *fmt, ...)
{
	struct diagnosis_check *check = add(diagnosis, name, DIAGNOSIS_WARNING);
	va_list args;

	if (check == NULL)
		return;
	va_start(args, fmt);
	(void)error_set_list(&check->what, ASTRO_OK, fix, fmt, args);
	va_end(args);
	finish(diagnosis, check);
}

static void add_why(struct diagnosis *diagnosis, const char *name,
                    enum diagnosis_state state, const char *fix,
                    const struct astro_error *why)
{
	struct diagnosis_check *check = add(diagnosis, name, state);
	enum astro_status status = ASTRO_OK;

	if (check == NULL)
		return;
	if (state == DIAGNOSIS_ERROR)
		status = (enum astro_status)why->status;
	/* Already escaped: the same again does no harm. */
	(void)error_set(&check->what, status,
	                why->hint[0] != '\0' ? why->hint : fix, "%s",
	                why->message);
	finish(diagnosis, check);
}

void diagnosis_fail(struct diagnosis *diagnosis, const char *name,
                    const char *fix, const struct astro_error *why)
{
	add_why(diagnosis, name, DIAGNOSIS_ERROR, fix, why);
}

void diagnosis_doubt(struct diagnosis *diagnosis, const char *name,
                     const char *fix, const struct astro_error *why)
{
	add_why(diagnosis, name, DIAGNOSIS_WARNING, fix, why);
}

/* A number from 0 to MAX; -1 for anything else. */
static int number_of(const char *text, int max)
{
	char *end;
	long value = strtol(text, &end, 10);

	if (end == text || *end != '\0' || value < 0 || value > max)
		return -1;
	return (int)value;
}

void diagnosis_take(struct diagnosis *diagnosis, const struct report *report)
{
	const char *name;
	size_t i;

	for (i = 0; (name = report_get(report, key_name, i)) != NULL; i++) {
		const char *state = report_get(report, key_state, i);
		const char *status = report_get(report, key_status, i);
		struct astro_error what = {.status = ASTRO_OK};
		int number;

		/* The last one of a child that died may be cut off. */
		if (state == NULL || status == NULL ||
		    report_get(report, key_text, i) == NULL ||
		    report_get(report, key_fix, i) == NULL)
			return;
		number = number_of(state, DIAGNOSIS_ERROR);
		what.status = number_of(status, ASTRO_INTERNAL);
		if (number < 0 || what.status < 0 ||
		    (what.status == ASTRO_OK) == (number == DIAGNOSIS_ERROR))
			continue;
		(void)snprintf(what.message, sizeof(what.message), "%s",
		               report_get(report, key_text, i));
		(void)snprintf(what.hint, sizeof(what.hint), "%s",
		               report_get(report, key_fix, i));
		add_why(diagnosis, name, (enum diagnosis_state)number, NULL,
		        &what);
	}
}

size_t diagnosis_count(const struct diagnosis *diagnosis,
                       enum diagnosis_state state)
{
	size_t count = 0, i;

	for (i = 0; i < diagnosis->count; i++)
		if (diagnosis->checks[i].state == state)
			count++;
	return count;
}

const struct diagnosis_check *
diagnosis_gravest(const struct diagnosis *diagnosis)
{
	const struct diagnosis_check *gravest = NULL;
	int highest = 0;
	size_t i;

	for (i = 0; i < diagnosis->count; i++) {
		const struct diagnosis_check *check = &diagnosis->checks[i];
		int code = error_exit_code(check->what.status);

		if (check->state == DIAGNOSIS_ERROR && code > highest) {
			highest = code;
			gravest = check;
		}
	}
	return gravest;
}

const char *diagnosis_state_name(enum diagnosis_state state)
{
	switch (state) {
	case DIAGNOSIS_FACT:
	case DIAGNOSIS_OK:
		return "ok";
	case DIAGNOSIS_SKIPPED:
		return "skipped";
	case DIAGNOSIS_WARNING:
		return "warning";
	case DIAGNOSIS_ERROR:
		return "error";
	}
	return "error";
}
