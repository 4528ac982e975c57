/* SPDX-License-Identifier: Apache-2.0 */
/* What a library may do when it is loaded, or unloaded. */
#include "../plain.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#ifdef KIT_destructor_crashes
#define RUNS __attribute__((destructor))
#else
#define RUNS __attribute__((constructor))
#endif

static int *volatile nowhere;

/* Kept alive by its own code, and by the pipe that it has inherited. */
static inline void leave_children(void)
{
	int i;

	for (i = 0; i < 8; i++) {
		if (fork() != 0)
			continue;
		(void)alarm(20);
		for (;;)
			(void)pause();
	}
}

RUNS static void misbehave(void)
{
#if defined(KIT_load_exits)
	exit(0);
#elif defined(KIT_load_exits_at_once)
	_exit(0);
#elif defined(KIT_load_crashes) || defined(KIT_destructor_crashes)
	*nowhere = 1;
#elif defined(KIT_load_aborts)
	abort();
#elif defined(KIT_load_loops)
	while (nowhere == NULL)
		continue;
#elif defined(KIT_load_stops)
	(void)raise(SIGSTOP);
#elif defined(KIT_load_kills)
	(void)raise(SIGKILL);
#elif defined(KIT_load_closes)
	int fd;

	for (fd = 0; fd < 256; fd++)
		(void)close(fd);
#elif defined(KIT_load_takes_pipe)
	int fd, none = open("/dev/null", O_RDWR | O_CLOEXEC);

	for (fd = 3; fd < 64; fd++)
		if (fd != none && fcntl(fd, F_GETFD) >= 0)
			(void)dup2(none, fd);
#elif defined(KIT_load_handles_signals)
	(void)signal(SIGINT, SIG_IGN);
	(void)signal(SIGCHLD, SIG_IGN);
#elif defined(KIT_load_blocks_signals)
	sigset_t all;

	(void)sigfillset(&all);
	(void)sigprocmask(SIG_BLOCK, &all, NULL);
#elif defined(KIT_load_moves)
	if (chdir("/proc") != 0)
		abort();
#elif defined(KIT_load_unmasks)
	(void)umask(0);
#elif defined(KIT_load_prints)
	(void)printf("a banner\n");
	(void)fflush(stdout);
#elif defined(KIT_load_leaves_children)
	leave_children();
	_exit(0);
#endif
	(void)nowhere;
	(void)leave_children;
}

#ifdef KIT_destructor_crashes
/* Refused, so that it is unloaded. */
#undef KIT_NAME
#define KIT_NAME "somebody"
#endif

const struct astro_provider astro_provider_v1 = {PLAIN_PROVIDER(KIT_NAME)};
