/* SPDX-License-Identifier: Apache-2.0 */
/* Runs a credential helper: pipes, a clock, and an environment picked by hand.
 */
#include "helper.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "error.h"
#include "interrupt.h"
#include "person.h"
#include "place.h"
#include "program.h"
#include "text.h"

enum {
	NAME_LEN_MAX = 32,
	PATH_SIZE = 4096,
	CHUNK = 4096,
	SLICE_MS = 20,
	QUICK_MS = 10 * 1000,
	TYPING_MS = 60 * 1000
};

static const char hint[] =
	"keep the login in the context file with --store file, or mend the "
	"helper";

/* What a helper needs to find its keys and to ask the person.  A list of what
 * is let through, for a token may stand in any variable (ASTRO_API_TOKEN). */
static const char *const let_through[] = {
	"DBUS_SESSION_BUS_ADDRESS",
	"DISPLAY",
	"GNUPGHOME",
	"GPG_TTY",
	"HOME",
	"LANG",
	"LANGUAGE",
	"LC_ALL",
	"LC_CTYPE",
	"LC_MESSAGES",
	"LOGNAME",
	"PASSWORD_STORE_DIR",
	"PASSWORD_STORE_GPG_OPTS",
	"PASSWORD_STORE_KEY",
	"PASSWORD_STORE_UMASK",
	"TERM",
	"TMPDIR",
	"USER",
	"WAYLAND_DISPLAY",
	"XAUTHORITY",
	"XDG_CONFIG_HOME",
	"XDG_DATA_HOME",
	"XDG_RUNTIME_DIR",
};
enum { LET_THROUGH = sizeof(let_through) / sizeof(let_through[0]) };

struct child {
	const struct helper_run *run;
	char path[PATH_SIZE];
	char *environment[LET_THROUGH + 2];
	pid_t pid;
	int in, out; /* our ends, or -1 */
	size_t sent;
	int64_t deadline;
	int limit; /* milliseconds, for the message */
	bool ended;
	int status; /* of waitpid(), once ended */
};

static int find(struct child *child, struct astro_error *err)
{
	char program[sizeof("docker-credential-") + NAME_LEN_MAX];
	const char *name = child->run->name;

	if (name == NULL || !place_helper_is_plain(name))
		return error_set(err, ASTRO_BAD_CONFIG,
		                 "a helper is named like \"helper:pass\", for "
		                 "a program docker-credential-pass",
		                 "\"%s\" is no name of a credential helper",
		                 name != NULL ? name : "");
	(void)snprintf(program, sizeof(program), "docker-credential-%s", name);
	if (!program_find(program, child->path, sizeof(child->path)))
		return error_set(err, ASTRO_STORE,
		                 "install it, or keep the login in the context "
		                 "file with --store file",
		                 "the credential helper %s is not on PATH",
		                 program);
	return ASTRO_OK;
}

static int pick_environment(struct child *child, struct astro_error *err)
{
	size_t count = 0, i;

	child->environment[count] = program_search_path();
	if (child->environment[count++] == NULL)
		return error_no_memory(err);
	for (i = 0; i < LET_THROUGH; i++) {
		const char *value = getenv(let_through[i]);

		if (value == NULL)
			continue;
		if (asprintf(&child->environment[count], "%s=%s",
		             let_through[i], value) < 0) {
			child->environment[count] = NULL;
			return error_no_memory(err);
		}
		count++;
	}
	return ASTRO_OK;
}

/* A session of its own: a helper that reads from the terminal fails instead of
 * taking what is typed for the login, and with it ends what it has started. */
static int spawn(struct child *child, const int in[2], const int out[2])
{
	char *argv[] = {child->path, (char *)(uintptr_t)child->run->verb, NULL};
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t signals;
	int number;

	number = posix_spawn_file_actions_init(&actions);
	if (number != 0)
		return number;
	number = posix_spawnattr_init(&attributes);
	if (number != 0) {
		(void)posix_spawn_file_actions_destroy(&actions);
		return number;
	}
	(void)sigfillset(&signals);
	(void)posix_spawnattr_setsigdefault(&attributes, &signals);
	(void)sigemptyset(&signals);
	(void)posix_spawnattr_setsigmask(&attributes, &signals);
	(void)posix_spawnattr_setflags(&attributes,
	                               (short)(POSIX_SPAWN_SETSID |
	                                       POSIX_SPAWN_SETSIGDEF |
	                                       POSIX_SPAWN_SETSIGMASK));
	number = posix_spawn_file_actions_adddup2(&actions, in[0], 0);
	if (number == 0)
		number = posix_spawn_file_actions_adddup2(&actions, out[1], 1);
	if (number == 0)
		number = posix_spawn_file_actions_addopen(
			&actions, 2, "/dev/null", O_WRONLY, 0);
	if (number == 0)
		number = posix_spawn_file_actions_addclosefrom_np(&actions, 3);
	if (number == 0)
		number = posix_spawn(&child->pid, child->path, &actions,
		                     &attributes, argv, child->environment);
	(void)posix_spawnattr_destroy(&attributes);
	(void)posix_spawn_file_actions_destroy(&actions);
	return number;
}

static int not_run(const struct child *child, int number,
                   struct astro_error *err)
{
	return error_set_system(err, ASTRO_STORE, number, hint,
	                        "the credential helper %s cannot be run",
	                        child->path);
}

static int start(struct child *child, struct astro_error *err)
{
	int in[2] = {-1, -1}, out[2] = {-1, -1}, number = 0;

	if (pipe2(in, O_CLOEXEC) != 0 || pipe2(out, O_CLOEXEC) != 0 ||
	    fcntl(in[1], F_SETFL, O_NONBLOCK) != 0 ||
	    fcntl(out[0], F_SETFL, O_NONBLOCK) != 0)
		number = errno;
	if (number == 0)
		number = spawn(child, in, out);
	if (number == 0) {
		child->in = in[1];
		child->out = out[0];
		in[1] = out[0] = -1; /* handed over */
	} else {
		child->ended = true;
	}
	if (in[0] >= 0)
		(void)close(in[0]);
	if (in[1] >= 0)
		(void)close(in[1]);
	if (out[0] >= 0)
		(void)close(out[0]);
	if (out[1] >= 0)
		(void)close(out[1]);
	return number == 0 ? ASTRO_OK : not_run(child, number, err);
}

static void shut(int *fd)
{
	if (*fd >= 0)
		(void)close(*fd);
	*fd = -1;
}

static bool has_ended(struct child *child)
{
	if (!child->ended &&
	    waitpid(child->pid, &child->status, WNOHANG) == child->pid)
		child->ended = true;
	return child->ended;
}

static int check_patience(const struct child *child, struct astro_error *err)
{
	if (clock_boot() >= child->deadline)
		return error_set(err, ASTRO_STORE, hint,
		                 "the credential helper %s did not answer "
		                 "within %d seconds",
		                 child->path, child->limit / 1000);
	return interrupt_check(err);
}

/* A helper need not read: what it makes of that, it says. */
static void feed(struct child *child)
{
	const struct text *input = child->run->input;
	ssize_t len = write(child->in, input->bytes + child->sent,
	                    input->len - child->sent);

	if (len > 0)
		child->sent += (size_t)len;
	else if (errno != EAGAIN && errno != EINTR)
		shut(&child->in);
	if (child->sent == input->len)
		shut(&child->in);
}

static int drain(struct child *child, struct astro_error *err)
{
	char chunk[CHUNK];
	int status = ASTRO_OK;
	ssize_t len;

	while ((len = read(child->out, chunk, sizeof(chunk))) > 0) {
		if (text_add(child->run->output, chunk, (size_t)len))
			continue;
		status = error_set(err, ASTRO_STORE, hint,
		                   "the credential helper %s answers with "
		                   "more than %zu bytes",
		                   child->path, child->run->output->max);
		break;
	}
	explicit_bzero(chunk, sizeof(chunk));
	if (len == 0 || (len < 0 && errno != EAGAIN && errno != EINTR))
		shut(&child->out);
	return status;
}

/* To the end of its output; or to its own end, for what it has started (an
 * agent) may hold the pipe for ever. */
static int talk(struct child *child, struct astro_error *err)
{
	int status = ASTRO_OK;

	while (status == ASTRO_OK && child->out >= 0) {
		struct pollfd watched[] = {
			{.fd = child->out, .events = POLLIN},
			{.fd = child->in, .events = POLLOUT},
		};
		bool last = has_ended(child);

		status = check_patience(child, err);
		if (status != ASTRO_OK)
			break;
		if (poll(watched, 2, last ? 0 : SLICE_MS) < 0)
			continue;
		if (watched[1].revents != 0)
			feed(child);
		if (watched[0].revents != 0)
			status = drain(child, err);
		if (last)
			shut(&child->out);
	}
	while (status == ASTRO_OK && !has_ended(child)) {
		status = check_patience(child, err);
		(void)poll(NULL, 0, 1);
	}
	return status;
}

static void finish(struct child *child)
{
	size_t i;

	shut(&child->in);
	shut(&child->out);
	if (!child->ended) {
		(void)kill(-child->pid, SIGKILL);
		while (waitpid(child->pid, NULL, 0) < 0 && errno == EINTR)
			;
	}
	for (i = 0; child->environment[i] != NULL; i++)
		free(child->environment[i]);
}

int helper_run(const struct helper_run *run, int *out, struct astro_error *err)
{
	struct child child = {.run = run, .in = -1, .out = -1, .ended = true};
	int status;

	*out = -1;
	status = find(&child, err);
	if (status == ASTRO_OK)
		status = pick_environment(&child, err);
	if (status != ASTRO_OK)
		goto out;
	child.limit = person_can_type() ? TYPING_MS : QUICK_MS;
	child.deadline = clock_boot() + child.limit;
	child.ended = false;
	status = start(&child, err);
	if (status == ASTRO_OK)
		status = talk(&child, err);
	if (status != ASTRO_OK)
		goto out;
	if (WIFSIGNALED(child.status))
		status = error_set(err, ASTRO_STORE, hint,
		                   "the credential helper %s was ended by "
		                   "signal %d",
		                   child.path, WTERMSIG(child.status));
	else
		*out = WEXITSTATUS(child.status);
out:
	finish(&child);
	return status;
}
