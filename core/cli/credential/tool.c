/* SPDX-License-Identifier: Apache-2.0 */
/* Programs that are configured by running them. */
#include "tool.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "error.h"
#include "interrupt.h"

int tool_self(char *out, struct astro_error *err)
{
	ssize_t len = readlink("/proc/self/exe", out, PATH_MAX - 1);

	if (len < 0)
		return error_set_system(err, ASTRO_INTERNAL, errno,
		                        "mount /proc", "/proc/self/exe");
	out[len] = '\0';
	if (text_is_visible(out, (size_t)len))
		return ASTRO_OK;
	return error_set(err, ASTRO_UNSUPPORTED,
	                 "install astro under a plain path",
	                 "%s: a path that no configuration file can hold", out);
}

bool tool_add_word(struct text *text, const char *word)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789_./:@%+=,-";
	const char *at;

	if (word[0] != '\0' && word[strspn(word, plain)] == '\0')
		return text_add_string(text, word);
	if (!text_add_string(text, "'"))
		return false;
	for (at = word; *at != '\0'; at++) {
		bool fits = *at == '\'' ? text_add_string(text, "'\\''")
		                        : text_add(text, at, 1);

		if (!fits)
			return false;
	}
	return text_add_string(text, "'");
}

static _Noreturn void be_tool(const char *const *argv, int output)
{
	int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);

	if (nothing < 0 || dup2(nothing, STDIN_FILENO) < 0 ||
	    dup2(output, STDOUT_FILENO) < 0 || dup2(output, STDERR_FILENO) < 0)
		_exit(127);
	(void)unsetenv("ASTRO_API_TOKEN");
	/* Those that are ignored here would be ignored there. */
	(void)signal(SIGPIPE, SIG_DFL);
	(void)signal(SIGXFSZ, SIG_DFL);
	(void)execv(argv[0], (char *const *)(uintptr_t)argv);
	(void)dprintf(STDERR_FILENO, "%s: %s\n", argv[0], strerror(errno));
	_exit(127);
}

/* What does not fit is read all the same, so that nothing waits for it. */
static void collect(int fd, struct text *output)
{
	char chunk[4096];
	ssize_t got;

	for (;;) {
		got = read(fd, chunk, sizeof(chunk));
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			break;
		(void)text_add(output, chunk, (size_t)got);
	}
}

int tool_run(const char *const *argv, struct text *output, int *code,
             struct astro_error *err)
{
	int ends[2], ended = 0;
	pid_t child;

	text_init(output, TOOL_OUTPUT_MAX);
	if (pipe2(ends, O_CLOEXEC) != 0)
		return error_set_system(err, ASTRO_INTERNAL, errno, NULL, "%s",
		                        argv[0]);
	(void)fflush(stdout);
	child = fork();
	if (child == 0)
		be_tool(argv, ends[1]);
	(void)close(ends[1]);
	if (child > 0)
		collect(ends[0], output);
	(void)close(ends[0]);
	if (child < 0)
		return error_set_system(err, ASTRO_INTERNAL, errno, NULL, "%s",
		                        argv[0]);
	while (waitpid(child, &ended, 0) < 0 && errno == EINTR)
		;
	*code = WIFEXITED(ended) ? WEXITSTATUS(ended) : 128 + WTERMSIG(ended);
	return interrupt_check(err);
}
