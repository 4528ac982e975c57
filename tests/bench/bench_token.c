/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A cached token against a program that does nothing: whole processes, taken
 * in turn, in one run; medians and their ratio.  Page faults are most of the
 * difference, and vary less than time.
 */
#include <fcntl.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
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

struct cost {
	int64_t microseconds[ROUNDS];
	int64_t faults[ROUNDS];
};

/* "ASTRO_HOME=..." */
static char home_setting[64];

static void measure(char *const argv[], struct cost *cost, int round)
{
	posix_spawn_file_actions_t actions;
	struct timespec before, after;
	char *const environment[] = {home_setting, NULL};
	struct rusage usage;
	int status;
	pid_t pid;

	(void)posix_spawn_file_actions_init(&actions);
	(void)posix_spawn_file_actions_addopen(&actions, 1, "/dev/null",
	                                       O_WRONLY, 0);
	(void)clock_gettime(CLOCK_MONOTONIC, &before);
	if (posix_spawn(&pid, argv[0], &actions, NULL, argv, environment) !=
	            0 ||
	    wait4(pid, &status, 0, &usage) != pid || status != 0) {
		fprintf(stderr, "bench: %s does not end well\n", argv[0]);
		exit(1);
	}
	(void)clock_gettime(CLOCK_MONOTONIC, &after);
	(void)posix_spawn_file_actions_destroy(&actions);
	if (round < 0) /* the first ones only warm the page cache */
		return;
	cost->microseconds[round] = (after.tv_sec - before.tv_sec) * 1000000 +
	                            (after.tv_nsec - before.tv_nsec) / 1000;
	cost->faults[round] = usage.ru_minflt;
}

static int compare(const void *a, const void *b)
{
	int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;

	return (left > right) - (left < right);
}

static int64_t median(int64_t *values)
{
	qsort(values, ROUNDS, sizeof(values[0]), compare);
	return values[ROUNDS / 2];
}

static int64_t report(const char *what, struct cost *cost)
{
	int64_t time = median(cost->microseconds);

	printf("%-10s %6ld us  %4ld page faults\n", what, (long)time,
	       (long)median(cost->faults));
	return time;
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
	static struct cost nothing, token;
	char home[] = "/tmp/astro-bench-XXXXXX";
	char path[4096];
	int64_t least, most;
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

		measure(idle, &nothing, i);
		measure(cached, &token, i);
	}
	least = report("nothing", &nothing);
	most = report("auth token", &token);
	printf("ratio      %6.2f (medians of %d)\n",
	       (double)most / (double)least, ROUNDS);

	(void)snprintf(path, sizeof(path), "%s/.astro/config.yaml", home);
	(void)unlink(path);
	(void)snprintf(path, sizeof(path), "%s/.astro", home);
	(void)rmdir(path);
	(void)rmdir(home);
	return 0;
}
