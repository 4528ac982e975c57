/* SPDX-License-Identifier: Apache-2.0 */
/* The program: what it can do, and how it ends. */
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "command.h"
#include "error.h"
#include "interrupt.h"
#include "output.h"

/* Of a tool that calls us by a name of its own; they take one or three. */
enum { ARGUMENTS_MAX = 16 };

const struct command *const commands[] = {
	/* clang-format off */
	&command_login,
	&command_logout,
	&command_auth_login,
	&command_auth_logout,
	&command_auth_token,
	&command_auth_status,
	&command_auth_doctor,
	&command_context_list,
	&command_context_switch,
	&command_context_delete,
	&command_context_show,
	&command_context_move_store,
	&command_workspace_list,
	&command_workspace_switch,
	&command_exec,
	&command_provider_check,
	&command_credential_kubectl,
	&command_credential_git,
	&command_credential_docker,
	&command_credential_setup,
	&command_provider_list,
	&command_provider_info,
	&command_provider_new,
	&command_completion,
	&command_version,
	&command_help,
	NULL,
	/* clang-format on */
};

/* Nothing that is opened later may pass for standard input, output or error.
 * Writing to an output that was closed must fail, not vanish. */
static int open_standard_streams(struct astro_error *err)
{
	struct pollfd streams[3] = {{0, 0, 0}, {1, 0, 0}, {2, 0, 0}};
	int fd;

	if (poll(streams, 3, 0) <= 0)
		return ASTRO_OK;
	for (fd = 0; fd < 3; fd++)
		if ((streams[fd].revents & POLLNVAL) != 0 &&
		    open("/dev/null", fd == 2 ? O_WRONLY : O_RDONLY) != fd)
			return error_set(err, ASTRO_INTERNAL, NULL,
			                 "/dev/null cannot be opened");
	return ASTRO_OK;
}

/* Secrets will be in memory: no dump of it, no look into it. */
static int harden(struct astro_error *err)
{
	const struct rlimit none = {0, 0};

	if (getauxval(AT_SECURE) != 0)
		return error_set(
			err, ASTRO_UNSAFE,
			"remove the set-user-id bit or capability",
			"refused to run set-user-id: its rights are not "
			"those of its caller");
	(void)setrlimit(RLIMIT_CORE, &none);
#ifndef ASTRO_KEEP_DUMPABLE
	(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
	return ASTRO_OK;
}

static void print_error(const struct astro_error *err)
{
	/* A protocol had it said on standard output. */
	if (err->status != ASTRO_OK && err->message[0] == '\0')
		return;
	(void)fprintf(stderr, "astro: %s\n",
	              err->message[0] == '\0' ? "failed" : err->message);
	if (err->hint[0] != '\0')
		(void)fprintf(stderr, "  try: %s\n", err->hint);
}

/* Everything is written and freed: what exit() would still walk through is
 * time.  The leak checker wants its walk. */
static _Noreturn void leave(void)
{
#ifdef ASTRO_KEEP_DUMPABLE
	exit(0);
#else
	_exit(0);
#endif
}

/* As a tool calls it: "git-credential-astro get" is "credential git get". */
static int run_as(const char *program, int argc, char **argv,
                  struct astro_error *err)
{
	char *words[COMMAND_NAME_WORDS + ARGUMENTS_MAX];
	int count = command_of_program(program, words);

	if (count == 0)
		return command_run(argc, argv, err);
	if (argc > ARGUMENTS_MAX)
		return error_set(err, ASTRO_USAGE, NULL, "too many arguments");
	memcpy(words + count, argv, (size_t)argc * sizeof(*argv));
	return command_run(count + argc, words, err);
}

int main(int argc, char **argv)
{
	struct astro_error err;
	int status;

	memset(&err, 0, sizeof(err));
	status = harden(&err);
	if (status == ASTRO_OK)
		status = open_standard_streams(&err);
	interrupt_install();
	if (status == ASTRO_OK)
		status = argc > 0 ? run_as(argv[0], argc - 1, argv + 1, &err)
		                  : command_run(0, argv, &err);
	if (status == ASTRO_OK)
		status = output_finish(&err);
	if (status == ASTRO_OK)
		leave();

	if (interrupt_signal() != 0)
		status = error_set(&err, ASTRO_CANCELLED, NULL, "interrupted");
	/* What went to standard output comes first where both are one. */
	(void)fflush(stdout);
	print_error(&err);
	interrupt_end();
	return interrupt_exit_code(status);
}
