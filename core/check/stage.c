/* SPDX-License-Identifier: Apache-2.0 */
/* What the sessions of a trial share: counters, and what is lent out. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "address.h"
#include "credential.h"
#include "domain.h"
#include "error.h"
#include "exec.h"
#include "findings.h"
#include "script.h"
#include "stage.h"
#include "turn.h"

enum { START = 1800000000 };

/* host->fail(), the _free()s and the answers have no argument for it. */
static struct stage *current;

const char *status_name(int status)
{
	static const char *const names[] = {
		"ok",        "cancelled",   "bad config",  "bad plugin",
		"denied",    "expired",     "unreachable", "bad answer",
		"not found", "unsupported", "unsafe",      "timed out",
		"store",     "usage",       "no memory",   "internal"};

	if (status < (int)ASTRO_OK || status > (int)ASTRO_INTERNAL)
		return "no status";
	return names[status];
}

struct stage *stage_now(void)
{
	return current;
}

void stage_open(struct stage *stage, const struct host_plan *plan,
                const struct script *script, int report_fd)
{
	memset(stage, 0, sizeof(*stage));
	stage->plan = plan;
	stage->script = script;
	stage->report_fd = report_fd;
	stage->operation = "open";
	stage->now = START;
	stage->settings.stage = stage;
	(void)snprintf(stage->domain, sizeof(stage->domain), "%s.example",
	               plan->name);
	current = stage;
}

struct exec_program *core_program(const struct astro_core *core)
{
	return core->stage->program;
}

/* Nobody watches the turns of a trial: it has five seconds as a whole. */
void turn_of_host(struct astro_core *core)
{
	(void)core;
}

struct astro_core *stage_core(struct stage *stage)
{
	struct astro_core *core = &stage->cores[stage->core_count++];

	core->stage = stage;
	core->table.size = sizeof(core->table);
	core->table.abi_major = ASTRO_ABI_MAJOR;
	core->table.abi_minor = ASTRO_ABI_MINOR;
	core->table.core = core;
	host_fill_person(&core->table);
	host_fill_network(&core->table);
	host_fill_credentials(&core->table);
	return core;
}

void stage_settle(struct stage *stage)
{
	static const char *const names[] = {
		[STAGE_SECRET] = "a secret",
		[STAGE_RESPONSE] = "an answer of a server",
		[STAGE_CREDENTIAL] = "a credential",
	};
	size_t i;

	for (i = 0; i < stage->object_count; i++)
		if (!stage->objects[i].is_callers)
			finding_tell(stage->report_fd, RULE_BORROWED,
			             "%s is not given back",
			             names[stage->objects[i].kind]);
}

void stage_close(struct stage *stage)
{
	credential_free(stage->kept);
	stage->kept = NULL;
}

static void tell_late(const char *function)
{
	finding_tell(current->report_fd, RULE_LATE,
	             "host->%s() is called after close()", function);
}

void stage_notice(const char *function)
{
	size_t i;

	for (i = 0; i < current->core_count; i++)
		if (!current->cores[i].is_closed)
			return;
	tell_late(function);
}

int stage_step(struct astro_core *core, const char *function,
               struct astro_error *err)
{
	if (core != NULL && core->is_closed)
		tell_late(function);
	else
		stage_notice(function);
	if (++current->calls != current->plan->fail_call)
		return ASTRO_OK;
	current->failed = function;
	return error_set(err, (enum astro_status)current->plan->fail_status,
	                 NULL, "host->%s() was made to fail", function);
}

void stage_inspect(const char *where, const char *text)
{
	if (text != NULL && strstr(text, SERVER_CANARY) != NULL)
		finding_tell(current->report_fd, RULE_SECRETS,
		             "a secret is in %s", where);
}

int stage_misuse(const char *function, struct astro_error *err)
{
	return stage_blame(function, NULL, err);
}

int stage_blame(const char *function, const char *fault,
                struct astro_error *err)
{
	const char *colon = fault == NULL ? "" : ": ";

	if (fault == NULL)
		fault = "";
	if (current->is_program)
		finding_tell(current->report_fd, RULE_REQUESTS,
		             "its request %s makes no sense%s%s", function,
		             colon, fault);
	else
		finding_tell(current->report_fd, RULE_ARGUMENTS,
		             "host->%s() is called with arguments that make "
		             "no sense%s%s",
		             function, colon, fault);
	return error_set(err, ASTRO_BAD_PLUGIN, NULL,
	                 "the provider called %s() with arguments that make "
	                 "no sense%s%s",
	                 function, colon, fault);
}

void stage_judge_address(const char *what, const char *url)
{
	struct url_parts parts;
	const char *fault = NULL;

	/* What a lie or an odd person has put into it is refused, too. */
	if (url == NULL || current->plan->lie != LIE_NONE ||
	    current->plan->person != PERSON_WILLING)
		return;
	if (url_parts_get(url, &parts, NULL) != ASTRO_OK)
		fault = "no http or https address";
	else if (strcmp(parts.scheme, "https") != 0 &&
	         !domain_is_loopback(parts.host))
		fault = "plain http to another machine";
	if (fault != NULL)
		finding_tell(current->report_fd, RULE_ADDRESS,
		             "%s goes to %.100s: %s", what, url, fault);
	url_parts_clear(&parts);
}

bool stage_is_endless(size_t *count, size_t max, const char *what)
{
	if (++*count <= max)
		return false;
	if (*count == max + 1)
		finding_tell(current->report_fd, RULE_ENDLESS,
		             "more than %zu %s in one login", max, what);
	return true;
}

static size_t find(enum stage_kind kind, const void *object)
{
	size_t i;

	for (i = 0; i < current->object_count; i++)
		if (current->objects[i].kind == kind &&
		    current->objects[i].object == object)
			break;
	return i;
}

void stage_lend(enum stage_kind kind, const void *object)
{
	size_t i = current->object_count;

	if (i == STAGE_OBJECTS) {
		finding_tell(current->report_fd, RULE_BORROWED,
		             "more than %d objects of the host at once",
		             (int)STAGE_OBJECTS);
		return;
	}
	current->objects[i].kind = kind;
	current->objects[i].object = object;
	current->objects[i].is_callers = false;
	current->object_count++;
}

bool stage_knows(enum stage_kind kind, const void *object, const char *function)
{
	if (find(kind, object) < current->object_count)
		return true;
	finding_tell(current->report_fd, RULE_FREED,
	             "host->%s() is called with what was given back, or never "
	             "lent",
	             function);
	return false;
}

bool stage_take_back(enum stage_kind kind, const void *object,
                     const char *function)
{
	size_t i;

	if (!stage_knows(kind, object, function))
		return false;
	i = find(kind, object);
	current->objects[i] = current->objects[--current->object_count];
	return true;
}

void stage_hand_over(const void *object)
{
	size_t i = find(STAGE_CREDENTIAL, object);

	if (i < current->object_count)
		current->objects[i].is_callers = true;
}
