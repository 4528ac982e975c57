/* SPDX-License-Identifier: Apache-2.0 */
/* From the many trials to the few things to mend. */
#include "findings.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report.h"
#include "text.h"

enum { KINDS_MAX = 3 };

/* "17 text": the rule's number, then what was found. */
void finding_tell(int report_fd, enum rule_number rule, const char *fmt, ...)
{
	char raw[FINDING_TEXT_MAX], line[FINDING_TEXT_MAX + 16];
	va_list args;

	va_start(args, fmt);
	(void)vsnprintf(raw, sizeof(raw), fmt, args);
	va_end(args);
	(void)snprintf(line, sizeof(line), "%d %s", (int)rule, raw);
	report_value(report_fd, "finding", line);
}

void findings_add(struct findings *findings, enum rule_number rule,
                  const char *text, const char *when)
{
	struct finding *last = NULL;
	char shown[FINDING_TEXT_MAX];
	size_t kinds = 0, i;

	text_escape(shown, sizeof(shown), text, strlen(text));
	for (i = 0; i < findings->count; i++) {
		struct finding *item = &findings->items[i];

		if (item->rule != rule)
			continue;
		kinds++;
		last = item;
		if (strcmp(item->text, shown) == 0)
			break;
	}
	if (i < findings->count || kinds == KINDS_MAX) {
		last->times++;
		return;
	}
	if (findings->count == FINDINGS_MAX)
		return;
	last = &findings->items[findings->count++];
	last->rule = rule;
	last->times = 1;
	(void)snprintf(last->text, sizeof(last->text), "%s", shown);
	(void)snprintf(last->when, sizeof(last->when), "%s", when);
}

void findings_take(struct findings *findings, const struct report *report,
                   const char *when)
{
	const char *line;
	size_t i;

	for (i = 0; (line = report_get(report, "finding", i)) != NULL; i++) {
		char *rest;
		long number = strtol(line, &rest, 10);

		/* The child has the provider in it: it may say anything. */
		if (number >= 0 && number < (long)RULE_COUNT && *rest == ' ')
			findings_add(findings, (enum rule_number)number,
			             rest + 1, when);
	}
}

size_t findings_times(const struct findings *findings, enum rule_number rule)
{
	size_t times = 0, i;

	for (i = 0; i < findings->count; i++)
		if (findings->items[i].rule == rule)
			times += findings->items[i].times;
	return times;
}

size_t findings_count(const struct findings *findings, enum rule_level level)
{
	size_t count = 0, i;

	for (i = 0; i < findings->count; i++)
		if (rule_of(findings->items[i].rule)->level == level)
			count++;
	return count;
}

static void report_one(const struct finding *item, const struct rule *rule,
                       int report_fd)
{
	char number[32];

	(void)snprintf(number, sizeof(number), "%zu", item->times);
	report_value(report_fd, "level", rule_level_name(rule->level));
	report_value(report_fd, "rule", rule->name);
	report_value(report_fd, "text", item->text);
	report_value(report_fd, "when", item->when);
	report_value(report_fd, "times", number);
	report_value(report_fd, "must", rule->must);
	report_value(report_fd, "fix", rule->fix);
}

void findings_report(const struct findings *findings, int report_fd)
{
	enum rule_level level;
	size_t i;

	for (level = RULE_ERROR; level <= RULE_NOTE; level++)
		for (i = 0; i < findings->count; i++) {
			const struct finding *item = &findings->items[i];

			if (rule_of(item->rule)->level != level)
				continue;
			report_one(item,
			           findings->is_program
			                   ? rule_of_program(item->rule)
			                   : rule_of(item->rule),
			           report_fd);
		}
}
