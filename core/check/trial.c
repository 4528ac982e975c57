/* SPDX-License-Identifier: Apache-2.0 */
/* The parent's side of a trial, and the child's. */
#include "trial.h"

#include <assert.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "clock.h"
#include "error.h"
#include "file.h"
#include "heap.h"
#include "loader.h"
#include "pattern.h"
#include "provider_file.h"
#include "report.h"
#include "story.h"
#include "supervise.h"
#include "talk.h"
#include "text.h"
#include "world.h"

enum {
	LIMIT_MS = 5000,
	/* It may be silent for thirty seconds. */
	PROGRAM_LIMIT_MS = 45 * 1000,
	SAID_MAX = 160
};

/* What parent and child share: the child's standard output and error, which
 * are the parent's to read afterwards. */
struct play {
	const struct trial *trial;
	int out, error;
};

/* ---- the child ---- */

static void report_size(int fd, const char *key, size_t value)
{
	char number[32];

	(void)snprintf(number, sizeof(number), "%zu", value);
	report_value(fd, key, number);
}

/* A session and a group of its own, no terminal, and streams that tell. */
static int set_up(const struct play *play, int report_fd,
                  struct astro_error *err)
{
	const struct rlimit no_core = {0, 0};
	char number[32];
	int none = open("/dev/null", O_RDONLY | O_CLOEXEC);

	(void)setsid();
	(void)setrlimit(RLIMIT_CORE, &no_core);
	if (none < 0 || dup2(none, STDIN_FILENO) < 0 ||
	    dup2(play->out, STDOUT_FILENO) < 0 ||
	    dup2(play->error, STDERR_FILENO) < 0)
		return error_set_system(err, ASTRO_INTERNAL, errno, NULL,
		                        "the streams of a trial");
	(void)close(none);
	(void)close(play->out);
	(void)close(play->error);
	(void)snprintf(number, sizeof(number), "%ld", (long)getpid());
	report_value(report_fd, "pid", number);
	return ASTRO_OK;
}

/* The loader's sentences, as rules. */
static enum rule_number rule_of_loading(const struct astro_error *err)
{
	if (strstr(err->message, "cannot be loaded") != NULL)
		return RULE_LIBRARIES;
	if (strstr(err->message, "while it is loaded") != NULL)
		return RULE_LOADING;
	return RULE_TABLE;
}

/* Its descriptor, which stays open, in *FD. */
static int load(const struct trial *trial, int report_fd, int *fd,
                const struct astro_provider **out)
{
	struct loader_folders folders = {.report_fd = report_fd};
	struct provider_file file;
	struct astro_error err = {0};
	int status;

	*out = NULL;
	provider_file_init(&file, trial->provider_kind);
	file.fd = open(trial->file,
	               O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);
	*fd = file.fd;
	if (!text_add_string(&file.path, trial->file))
		status = error_no_memory(&err);
	else if (file.fd < 0)
		status = error_set_system(&err, ASTRO_BAD_PLUGIN, errno, NULL,
		                          "%s", trial->file);
	else
		status = loader_take(&folders, &file, trial->plan.name, out,
		                     &err);
	provider_file_clear(&file);
	if (status != ASTRO_OK && trial->provider_kind == PROVIDER_PROGRAM)
		talk_tell_fault(stage_now(), &err);
	else if (status != ASTRO_OK)
		finding_tell(report_fd, rule_of_loading(&err), "%s",
		             err.message);
	assert((status == ASTRO_OK) == (*out != NULL));
	return status;
}

/* Twice: once what was asked for here, once the loader's. */
static void unload(int fd)
{
	char link[32];
	void *library;

	(void)snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	library = dlopen(link, RTLD_LAZY | RTLD_LOCAL | RTLD_NOLOAD);
	if (library == NULL)
		return;
	(void)dlclose(library);
	(void)dlclose(library);
}

static void judge_heap(const struct trial *trial, const struct heap *heap,
                       size_t after_first, int report_fd)
{
	size_t allowed =
		trial->kind == TRIAL_TWICE ? after_first : trial->kept_blocks;

	if (heap->is_full || heap->live <= allowed)
		return;
	finding_tell(report_fd, RULE_MEMORY,
	             "memory of the session is left after close()");
}

static int play_story(const struct trial *trial, struct stage *stage,
                      const struct astro_provider *provider,
                      struct astro_error *err)
{
	switch (trial->kind) {
	case TRIAL_CLOSE_NOTHING:
		story_close_nothing(stage, provider);
		return ASTRO_OK;
	case TRIAL_OPEN:
		return story_open(stage, provider, err);
	case TRIAL_TWO:
		return story_two(stage, provider, err);
	case TRIAL_LOGIN:
	case TRIAL_TWICE:
		return story_login(stage, provider, err);
	case TRIAL_FILE:
	case TRIAL_LOAD:
	case TRIAL_UNLOAD:
		break;
	}
	return ASTRO_OK;
}

static void report_played(const struct stage *stage, int status,
                          const char *message)
{
	int fd = stage->report_fd;

	report_size(fd, "calls", stage->calls);
	report_size(fd, "answers", stage->answers);
	report_size(fd, "wants_token", stage->wants_token ? 1 : 0);
	report_size(fd, "status", (size_t)status);
	report_value(fd, "message", message);
}

static void play_once(const struct trial *trial,
                      const struct astro_provider *provider,
                      const struct heap *heap, int report_fd)
{
	struct astro_error err = {0};
	struct stage *stage = calloc(1, sizeof(*stage));
	int status;

	if (stage == NULL)
		return;
	stage_open(stage, &trial->plan, trial->script, report_fd);
	status = play_story(trial, stage, provider, &err);
	stage_settle(stage);
	report_played(stage, status, err.message);
	report_size(report_fd, "allocations", heap->count);
	report_size(report_fd, "blocks", heap->live);
	/* The stage itself stays: a provider may have kept a pointer to the
	 * host, which is to be told, and not to crash. */
	stage_close(stage);
}

static void play_all(const struct trial *trial,
                     const struct astro_provider *provider, int report_fd)
{
	struct heap heap = {.report_fd = report_fd};
	struct world before;
	const void *function;
	size_t after_first;

	memcpy(&function, &provider->open, sizeof(function));
	if (!heap_watch(&heap, function))
		heap.is_full = true;
	heap.fail_at = trial->fail_allocation;
	world_take(&before);
	play_once(trial, provider, &heap, report_fd);
	after_first = heap.live;
	if (trial->kind == TRIAL_TWICE)
		play_once(trial, provider, &heap, report_fd);
	if (trial->kind != TRIAL_CLOSE_NOTHING)
		judge_heap(trial, &heap, after_first, report_fd);
	world_compare(&before, report_fd);
	world_clear(&before);
}

static void judge_domains(const struct astro_provider *provider, int report_fd)
{
	const char *const *domains = provider->domains;
	size_t i;

	for (i = 0; domains != NULL && domains[i] != NULL; i++) {
		if (i == PATTERNS_MAX) {
			finding_tell(report_fd, RULE_DOMAINS,
			             "there are more than %d domains",
			             PATTERNS_MAX);
			break;
		}
		if (pattern_match(domains[i], "") < 0)
			finding_tell(report_fd, RULE_DOMAINS,
			             "\"%.100s\" is no pattern", domains[i]);
	}
}

/* Memory, descriptors and the like are ours, and not the program's. */
static void play_program(const struct trial *trial, int report_fd)
{
	const struct astro_provider *provider;
	struct astro_error err = {0};
	struct stage *stage = calloc(1, sizeof(*stage));
	int fd, status;

	if (stage == NULL)
		return;
	/* Whatever loses its parent becomes our child. */
	(void)prctl(PR_SET_CHILD_SUBREAPER, 1);
	stage_open(stage, &trial->plan, trial->script, report_fd);
	stage->is_program = true;
	if (load(trial, report_fd, &fd, &provider) == ASTRO_OK) {
		report_value(report_fd, "title", provider->title);
		stage->program = loader_program(provider);
		status = play_story(trial, stage, provider, &err);
		report_played(stage, status, err.message);
	}
	loader_forget();
	talk_judge_processes(stage);
	stage_close(stage);
	free(stage);
}

static void play_loading(const struct trial *trial, int report_fd)
{
	const struct astro_provider *provider;
	struct world before;
	int fd;

	world_take(&before);
	if (load(trial, report_fd, &fd, &provider) != ASTRO_OK)
		return;
	report_value(report_fd, "title", provider->title);
	if (trial->kind == TRIAL_LOAD)
		judge_domains(provider, report_fd);
	report_value(report_fd, "at", "unloading");
	if (trial->kind == TRIAL_UNLOAD)
		unload(fd);
	(void)close(fd);
	world_compare(&before, report_fd);
	world_clear(&before);
}

static int work(void *data, int report_fd)
{
	const struct play *play = data;
	const struct trial *trial = play->trial;
	const struct astro_provider *provider;
	struct astro_error err = {0};
	int fd, status = set_up(play, report_fd, &err);

	report_value(report_fd, "at", "loading");
	if (status != ASTRO_OK)
		;
	else if (trial->kind == TRIAL_FILE)
		file_judge(trial->file, trial->provider_kind, report_fd);
	else if (trial->provider_kind == PROVIDER_PROGRAM)
		play_program(trial, report_fd);
	else if (trial->kind == TRIAL_LOAD || trial->kind == TRIAL_UNLOAD)
		play_loading(trial, report_fd);
	else if (load(trial, report_fd, &fd, &provider) == ASTRO_OK)
		play_all(trial, provider, report_fd);
	report_end(report_fd, status, &err);
	/* What is kept to be looked at is no leak. */
	if (report_is_heard(report_fd))
		_exit(0);
	return 1;
}

/* ---- the parent ---- */

static size_t size_of(const struct report *report, const char *key)
{
	const char *text = NULL, *next;
	size_t i;

	for (i = 0; (next = report_get(report, key, i)) != NULL; i++)
		text = next;
	return text == NULL ? 0 : (size_t)strtoull(text, NULL, 10);
}

static void copy_text(const struct report *report, const char *key, char *out,
                      size_t size)
{
	const char *text = report_get(report, key, 0);

	(void)snprintf(out, size, "%s", text == NULL ? "" : text);
}

static const char *last(const struct report *report, const char *key)
{
	const char *text = NULL, *next;
	size_t i;

	for (i = 0; (next = report_get(report, key, i)) != NULL; i++)
		text = next;
	return text == NULL ? "" : text;
}

/* What was written to FD, cut short, into OUT; false when nothing was. */
static bool read_said(int fd, char *out, size_t size)
{
	ssize_t got = pread(fd, out, size - 1, 0);

	out[got > 0 ? got : 0] = '\0';
	return got > 0;
}

static void judge_streams(const struct play *play, const struct report *report,
                          struct findings *findings)
{
	const char *names[] = {"standard output", "standard error"};
	const int fds[] = {play->out, play->error};
	bool is_dead = report_reached(report) != REPORT_ENDED;
	char said[SAID_MAX], text[FINDING_TEXT_MAX];
	size_t i;

	for (i = 0; i < 2; i++) {
		if (!read_said(fds[i], said, sizeof(said)))
			continue;
		if (strstr(said, SERVER_CANARY) != NULL) {
			(void)snprintf(text, sizeof(text), "a secret is in %s",
			               names[i]);
			findings_add(findings, RULE_SECRETS, text,
			             play->trial->when);
		} else if (!is_dead) {
			(void)snprintf(text, sizeof(text), "%s has: %.100s",
			               names[i], said);
			findings_add(findings, RULE_STREAMS, text,
			             play->trial->when);
		}
	}
}

static enum rule_number rule_of_death(const struct astro_error *err)
{
	if (strstr(err->message, "in time") != NULL)
		return RULE_RETURNS;
	if (strstr(err->message, "ended the program") != NULL ||
	    strstr(err->message, "ended early") != NULL)
		return RULE_EXIT;
	if (strstr(err->message, "closed files") != NULL)
		return RULE_DESCRIPTORS;
	return RULE_CRASH;
}

/* "in authenticate: crashed (signal 11...)", and glibc's own last words. */
static void judge_death(const struct play *play, const struct report *report,
                        const struct astro_error *why,
                        struct findings *findings)
{
	const char *verb = strstr(why->message, play->trial->plan.name);
	char said[SAID_MAX], text[FINDING_TEXT_MAX];
	bool has_said = read_said(play->error, said, sizeof(said)) &&
	                strstr(said, SERVER_CANARY) == NULL;

	verb = verb == NULL ? why->message
	                    : verb + strlen(play->trial->plan.name) + 1;
	said[strcspn(said, "\n")] = '\0';
	(void)snprintf(text, sizeof(text), "%s: it %.200s%s%.100s",
	               last(report, "at"), verb, has_said ? "; it says: " : "",
	               has_said ? said : "");
	findings_add(findings, rule_of_death(why), text, play->trial->when);
}

/* Whoever is left of the child's group goes with it. */
static void clear_group(const struct play *play, const struct report *report,
                        struct findings *findings)
{
	/* The first: it was said before the provider could say anything. */
	const char *text = report_get(report, "pid", 0);
	long pid = text == NULL ? 0 : strtol(text, NULL, 10);

	if (pid <= 1 || kill((pid_t)-pid, SIGKILL) != 0)
		return;
	findings_add(findings, RULE_PROCESSES, "a process outlives the login",
	             play->trial->when);
}

static void take_result(const struct report *report, struct trial_result *out)
{
	out->status = (int)size_of(report, "status");
	out->calls = size_of(report, "calls");
	out->answers = size_of(report, "answers");
	out->wants_token = size_of(report, "wants_token") > 0;
	out->allocations = size_of(report, "allocations");
	out->blocks = size_of(report, "blocks");
	copy_text(report, "message", out->message, sizeof(out->message));
	copy_text(report, "title", out->title, sizeof(out->title));
}

int trial_run(const struct trial *trial, struct findings *findings,
              struct trial_result *out, struct astro_error *err)
{
	int64_t limit = trial->provider_kind == PROVIDER_PROGRAM
	                        ? PROGRAM_LIMIT_MS
	                        : LIMIT_MS;
	struct play play = {.trial = trial};
	struct report *report = NULL;
	struct astro_error why = {0};
	int status;

	memset(out, 0, sizeof(*out));
	play.out = memfd_create("astro-check-out", MFD_CLOEXEC);
	play.error = memfd_create("astro-check-error", MFD_CLOEXEC);
	status = supervise(work, &play, clock_boot() + limit, &report, &why);
	if (status == ASTRO_CANCELLED ||
	    (status != ASTRO_OK && report_reached(report) == REPORT_ENDED)) {
		*err = why;
		goto out;
	}
	out->is_dead = status != ASTRO_OK;
	out->is_hung = out->is_dead && rule_of_death(&why) == RULE_RETURNS;
	status = ASTRO_OK;
	findings_take(findings, report, trial->when);
	take_result(report, out);
	if (out->is_dead)
		judge_death(&play, report, &why, findings);
	judge_streams(&play, report, findings);
	clear_group(&play, report, findings);
out:
	report_free(report);
	(void)close(play.out);
	(void)close(play.error);
	return status;
}
