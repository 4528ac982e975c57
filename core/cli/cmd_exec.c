/* SPDX-License-Identifier: Apache-2.0 */
/* astro exec: become a program that has the token in its environment. */
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "access.h"
#include "command.h"
#include "error.h"
#include "files.h"
#include "program.h"
#include "secret.h"

enum { PATH_SIZE = 4096, NEW_MAX = 2 };

static const char token_variable[] = "ASTRO_API_TOKEN=";
static const char domain_variable[] = "ASTRO_DOMAIN=";

static const struct option options_exec[] = {
	{"domain", 'd', OPTION_TEXT, "DOMAIN",
         "the context, instead of the current one"},
};

/* What execve() is given; freed in one place. */
struct program {
	char path[PATH_SIZE];
	char **argv;
	const char **environment;
	struct astro_secret *token; /* "ASTRO_API_TOKEN=..." */
	char domain[sizeof(domain_variable) + DOMAIN_NAME_MAX];
};

static bool begins(const char *variable, const char *start)
{
	return strncmp(variable, start, strlen(start)) == 0;
}

static int name_token(const struct access *access, struct program *program,
                      struct astro_error *err)
{
	struct astro_secret *room;
	const char *bytes;
	char *variable;
	size_t len, start = sizeof(token_variable) - 1;
	int status;

	bytes = secret_bytes(access->token, &len);
	variable = malloc(start + len);
	if (variable == NULL)
		return error_no_memory(err);
	memcpy(variable, token_variable, start);
	memcpy(variable + start, bytes, len);
	status = secret_new(variable, start + len, &room, err);
	explicit_bzero(variable, start + len);
	free(variable);
	program->token = status == ASTRO_OK ? room : NULL;
	return status;
}

/* Ours, with the token's own in it.  A stored login's context goes with it, so
 * that a program does not send the token to another one's servers. */
static int fill_environment(const struct access *access,
                            struct program *program, struct astro_error *err)
{
	bool is_stored = access->source == ACCESS_STORED;
	size_t count = 0, kept = 0, i;
	int status;

	while (environ != NULL && environ[count] != NULL)
		count++;
	program->environment =
		calloc(count + NEW_MAX + 1, sizeof(*program->environment));
	if (program->environment == NULL)
		return error_no_memory(err);
	for (i = 0; i < count; i++)
		if (!begins(environ[i], token_variable) &&
		    !(is_stored && begins(environ[i], domain_variable)))
			program->environment[kept++] = environ[i];

	status = name_token(access, program, err);
	if (status != ASTRO_OK)
		return status;
	program->environment[kept++] = secret_bytes(program->token, NULL);
	if (is_stored) {
		(void)snprintf(program->domain, sizeof(program->domain), "%s%s",
		               domain_variable, access->domain);
		program->environment[kept++] = program->domain;
	}
	return ASTRO_OK;
}

/* Into program->path: a name with a slash as it stands, else by PATH. */
static int find_program(struct program *program, struct astro_error *err)
{
	const char *name = program->argv[0], *folders = getenv("PATH");
	enum program_found found = PROGRAM_ABSENT;

	if (strchr(name, '/') != NULL) {
		if ((size_t)snprintf(program->path, PATH_SIZE, "%s", name) <
		    PATH_SIZE)
			found = program_judge(name);
	} else if (name[0] != '\0') {
		/* As execvp() has it. */
		found = program_search(folders == NULL ? "/bin:/usr/bin"
		                                       : folders,
		                       name, program->path, PATH_SIZE);
	}
	if (found != PROGRAM_ABSENT)
		return ASTRO_OK;
	return error_set(err, (enum astro_status)ERROR_NO_PROGRAM, NULL,
	                 "exec: %s: the command was not found", name);
}

/* Only comes back when it did not become the program. */
static int become(const struct program *program, struct astro_error *err)
{
	/* What was caught is the default again by execve() itself; what
	 * interrupt.h had ignored would stay ignored. */
	(void)signal(SIGPIPE, SIG_DFL);
	(void)signal(SIGXFSZ, SIG_DFL);
	/* Not execvp(): it would give what is no program to a shell. */
	(void)execve(program->path, program->argv,
	             (char *const *)(uintptr_t)program->environment);
	return error_set_system(err, (enum astro_status)ERROR_PROGRAM_FAILED,
	                        errno, NULL, "exec: %s", program->path);
}

static int run_exec(const struct options *options, struct astro_error *err)
{
	struct access_wish wish = {.typed = options_text(options, "domain")};
	struct program *program = calloc(1, sizeof(*program));
	struct access access;
	struct files files;
	int status;

	if (program == NULL)
		return error_no_memory(err);
	memset(&files, 0, sizeof(files));
	memset(&access, 0, sizeof(access));
	program->argv = options->program;
	status = find_program(program, err);
	if (status == ASTRO_OK)
		status = access_get(&files, &wish, &access, err);
	if (status == ASTRO_OK)
		status = fill_environment(&access, program, err);
	if (status == ASTRO_OK)
		status = become(program, err);
	access_clear(&access);
	files_clear(&files);
	secret_free(program->token);
	free(program->environment);
	free(program);
	return status;
}

const struct command command_exec = {
	.name = "exec",
	.summary = "Run a command with the token in its environment",
	.operands = "COMMAND [ARGUMENT...]",
	.takes_program = true,
	.options = options_exec,
	.option_count = sizeof(options_exec) / sizeof(options_exec[0]),
	.text = "The command gets ASTRO_API_TOKEN and, with a stored login, "
		"ASTRO_DOMAIN.  No shell\nis involved; flags behind the "
		"command are its own.  The exit code is the command's;\n127 "
		"when it is not found, 126 when it cannot be started.",
	.run = run_exec,
};
