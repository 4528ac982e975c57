/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A cached token against a program that does nothing: whole processes, taken
 * in turn, in one run; medians and their ratio.
 */
#include <fcntl.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { ROUNDS = 1000 };

static const char contents[] = "context: astronomer.io\n"
			       "contexts:\n"
			       "    astronomer_io:\n"
			       "        domain: astronomer.io\n"
			       "        expiresin: 2099-11-25T16:16:57Z\n"
			       "        refreshtoken: v1.refresh\n"
			       "        token: Bearer AAA.BBB.CCC\n"
			       "        user_email: jane@example.com\n";

/* "ASTRO_HOME=..." */
static char home_setting[64];

static int64_t microseconds(char *const argv[])
{
	posix_spawn_file_actions_t actions;
	struct timespec before, after;
	char *const environment[] = {home_setting, NULL};
	int status;
	pid_t pid;

	(void)posix_spawn_file_actions_init(&actions);
	(void)posix_spawn_file_actions_addopen(&actions, 1, "/dev/null",
	                                       O_WRONLY, 0);
	(void)clock_gettime(CLOCK_MONOTONIC, &before);
	if (posix_spawn(&pid, argv[0], &actions, NULL, argv, environment) !=
	            0 ||
	    waitpid(pid, &status, 0) != pid || status != 0) {
		fprintf(stderr, "bench: %s does not end well\n", argv[0]);
		exit(1);
	}
	(void)clock_gettime(CLOCK_MONOTONIC, &after);
	(void)posix_spawn_file_actions_destroy(&actions);
	return (after.tv_sec - before.tv_sec) * 1000000 +
	       (after.tv_nsec - before.tv_nsec) / 1000;
}

static int compare(const void *a, const void *b)
{
	int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;

	return (left > right) - (left < right);
}

static int64_t median(int64_t *times)
{
	qsort(times, ROUNDS, sizeof(times[0]), compare);
	return times[ROUNDS / 2];
}

static void write_context(const char *home)
{
	char path[4096];
	int fd;

	(void)snprintf(path, sizeof(path), "%s/.astro", home);
	(void)mkdir(path, 0700);
	(void)snprintf(path, sizeof(path), "%s/.astro/config.yaml", home);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	if (fd < 0 || write(fd, contents, sizeof(contents) - 1) < 0) {
		perror(path);
		exit(1);
	}
	(void)close(fd);
}

int main(int argc, char *argv[])
{
	static int64_t nothing[ROUNDS], token[ROUNDS];
	char home[] = "/tmp/astro-bench-XXXXXX";
	char path[4096];
	int i;

	if (argc != 3) {
		fprintf(stderr, "usage: bench_token ASTRO NOTHING\n");
		return 2;
	}
	if (mkdtemp(home) == NULL)
		return 1;
	(void)snprintf(home_setting, sizeof(home_setting), "ASTRO_HOME=%s",
	               home);
	write_context(home);

	for (i = -20; i < ROUNDS; i++) {
		char *const idle[] = {argv[2], NULL};
		char *const cached[] = {argv[1], "auth", "token", NULL};
		int64_t first = microseconds(idle);
		int64_t second = microseconds(cached);

		if (i >= 0) { /* the first ones only warm the page cache */
			nothing[i] = first;
			token[i] = second;
		}
	}
	printf("nothing     %5ld us\n", (long)median(nothing));
	printf("auth token  %5ld us\n", (long)median(token));
	printf("ratio       %5.2f (medians of %d)\n",
	       (double)token[ROUNDS / 2] / (double)nothing[ROUNDS / 2], ROUNDS);

	(void)snprintf(path, sizeof(path), "%s/.astro/config.yaml", home);
	(void)unlink(path);
	(void)snprintf(path, sizeof(path), "%s/.astro", home);
	(void)rmdir(path);
	(void)rmdir(home);
	return 0;
}
