/* SPDX-License-Identifier: Apache-2.0 */
/* The engine's sentences about programs as rules; and what they do beside. */
#include "talk.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "aside.h"
#include "child.h"
#include "error.h"
#include "findings.h"
#include "stage.h"
#include "text.h"

/* One that was killed may take that long to be gone. */
enum { SLICES = 100, SLICE_US = 5000, CHILDREN_MAX = 64, LIST_MAX = 4096 };

static const char start[] = "the program of the provider ";

static const struct {
	const char *part;
	enum rule_number rule;
} sentences[] = {
	{"is no JSON", RULE_LINES},
	{"sent a line of more than", RULE_LINES},
	{"neither a request nor a result nor a failure", RULE_LINES},
	{"sent no whole line for", RULE_SILENCE},
	{"read nothing for", RULE_SILENCE},
	{"closed its pipes during", RULE_ENDS},
	{"was ended by signal", RULE_ENDS},
	{"ended during", RULE_ENDS},
	{"without saying why", RULE_FAILURE},
	{"none of the words for it", RULE_FAILURE},
	{"cannot be started", RULE_START},
};

static enum rule_number rule_of_fault(const struct stage *stage,
                                      const char *message)
{
	size_t i;

	for (i = 0; i < sizeof(sentences) / sizeof(sentences[0]); i++)
		if (strstr(message, sentences[i].part) != NULL)
			return sentences[i].rule;
	return stage->program == NULL ? RULE_DESCRIBE : RULE_REQUESTS;
}

static bool is_fault(const struct astro_error *err)
{
	return strncmp(err->message, start, sizeof(start) - 1) == 0;
}

void talk_tell_fault(struct stage *stage, const struct astro_error *err)
{
	enum rule_number rule = rule_of_fault(stage, err->message);
	const char *begin = "it", *what = NULL;

	/* "... of the provider NAME sent a line": it sent a line. */
	if (is_fault(err))
		what = strchr(err->message + strlen(start), ' ');
	else if (rule == RULE_DESCRIBE)
		begin = "it does not describe itself: ";
	else
		begin = "";
	if (!stage->is_faulty)
		finding_tell(stage->report_fd, rule, "%s%.250s%s%s", begin,
		             what == NULL ? err->message : what,
		             stage->last_words[0] != '\0' ? "; it says: " : "",
		             stage->last_words);
	stage->is_faulty = true;
}

void talk_judge(struct stage *stage, int status, const struct astro_error *err)
{
	if (status != ASTRO_OK)
		stage->has_failed = true;
	if (status == ASTRO_BAD_PLUGIN && is_fault(err))
		talk_tell_fault(stage, err);
}

/* ---- beside the talk ---- */

bool aside_is_heard(void)
{
	return true;
}

/* The last line is worth showing: languages say there why they gave up. */
void aside_said(const char *provider, const char *line)
{
	struct stage *stage = stage_now();

	(void)provider;
	stage_inspect("its standard error", line);
	if (strstr(line, SERVER_CANARY) == NULL)
		text_escape(stage->last_words, sizeof(stage->last_words), line,
		            strlen(line));
}

void aside_ended(const char *provider, const struct child_end *end,
                 bool was_asked)
{
	struct stage *stage = stage_now();

	(void)provider;
	if (end->is_killed)
		stage->was_killed = true;
	if (!was_asked || stage->is_faulty)
		return;
	if (end->is_killed)
		finding_tell(stage->report_fd, RULE_ENDING,
		             "it goes on when its input is closed, and had to "
		             "be killed");
	/* One that has failed may say so once more. */
	else if (WIFSIGNALED(end->status))
		finding_tell(stage->report_fd, RULE_ENDING,
		             "it ends by signal %d (%s)", WTERMSIG(end->status),
		             strsignal(WTERMSIG(end->status)));
	else if (end->status != 0 && !stage->has_failed)
		finding_tell(stage->report_fd, RULE_ENDING,
		             "it ends with exit %d%s%s",
		             WEXITSTATUS(end->status),
		             stage->last_words[0] != '\0' ? "; it says: " : "",
		             stage->last_words);
}

/* ---- what is left ---- */

/* Reap what has ended; false when nobody is left.  *KILLED: one was ended with
 * the program's group. */
static bool reap(bool *killed)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)
			*killed = true;
	return pid == 0;
}

static void kill_children(void)
{
	char path[64], list[LIST_MAX];
	char *next = list, *end;
	size_t len;
	FILE *in;

	(void)snprintf(path, sizeof(path), "/proc/self/task/%ld/children",
	               (long)getpid());
	in = fopen(path, "re");
	if (in == NULL)
		return;
	len = fread(list, 1, sizeof(list) - 1, in);
	(void)fclose(in);
	list[len] = '\0';
	for (;;) {
		long pid = strtol(next, &end, 10);

		if (end == next || pid <= 1)
			return;
		(void)kill((pid_t)pid, SIGKILL);
		next = end;
	}
}

void talk_judge_processes(const struct stage *stage)
{
	bool killed = false, ignored = false;
	int slice;

	for (slice = 0; slice < SLICES && reap(&killed); slice++)
		(void)usleep(SLICE_US);
	if (slice == SLICES) {
		finding_tell(stage->report_fd, RULE_PROCESSES,
		             "a process that it has started left its group, "
		             "and outlives it");
		/* And what these had started. */
		for (slice = 0; slice < CHILDREN_MAX && reap(&ignored);
		     slice++) {
			kill_children();
			(void)usleep(SLICE_US);
		}
	} else if (killed && !stage->was_killed) {
		finding_tell(stage->report_fd, RULE_PROCESSES,
		             "a process that it has started outlives it, and "
		             "was killed with its group");
	}
}
