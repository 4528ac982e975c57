/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What was found: told by the child of a trial, collected once for each rule by
 * its parent.
 */
#ifndef CORE_CHECK_FINDINGS_H
#define CORE_CHECK_FINDINGS_H

#include <stdbool.h>
#include <stddef.h>

#include <astro/provider.h>

#include "rules.h"

struct report;

enum { FINDINGS_MAX = 128, FINDING_TEXT_MAX = 400 };

/* In the child: RULE was broken, in this way. */
void finding_tell(int report_fd, enum rule_number rule, const char *fmt, ...)
	ASTRO_PRINTF(3, 4);

struct finding {
	enum rule_number rule;
	char text[FINDING_TEXT_MAX];
	char when[FINDING_TEXT_MAX];
	size_t times;
};

struct findings {
	struct finding items[FINDINGS_MAX];
	size_t count;
	bool is_program; /* what they are about */
};

/* The first of a rule's kind is shown, the others are counted: the same rule
 * with another TEXT is another finding, up to three for a rule. */
void findings_add(struct findings *findings, enum rule_number rule,
                  const char *text, const char *when);
/* Take what a trial's child has told. */
void findings_take(struct findings *findings, const struct report *report,
                   const char *when);
/* In how many trials RULE was broken. */
size_t findings_times(const struct findings *findings, enum rule_number rule);
/* Findings, however often each was made. */
size_t findings_count(const struct findings *findings, enum rule_level level);
/* Report them, as check_module.h says. */
void findings_report(const struct findings *findings, int report_fd);

#endif
