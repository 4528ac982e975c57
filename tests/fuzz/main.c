/* SPDX-License-Identifier: Apache-2.0 */
/*
 * main.c RUNS SEED...: each seed (a file, or those of a folder), then RUNS
 * mutants of them.  With "=N" for RUNS, mutant N alone.  A child does it, so
 * that whatever ends it, its parent can say which mutant did.
 */
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fuzz.h"
#include "mutate.h"

enum {
	SEEDS_MAX = 256,
	SEED_SIZE_MAX = 1024 * 1024,
	ROOM = 1024, /* that a mutant may be longer than its seed */
	PATIENCE_SECONDS = 20
};

static struct piece seeds[SEEDS_MAX];
static size_t seed_count;

static void read_seed(const char *path, int fd, size_t len)
{
	uint8_t *bytes = malloc(len + 1);

	if (bytes == NULL || read(fd, bytes, len) != (ssize_t)len) {
		(void)fprintf(stderr, "%s cannot be read\n", path);
		exit(2);
	}
	seeds[seed_count].bytes = bytes;
	seeds[seed_count++].len = len;
}

static void add_seed(const char *path)
{
	struct stat info;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || fstat(fd, &info) != 0 || info.st_size > SEED_SIZE_MAX ||
	    seed_count == SEEDS_MAX) {
		(void)fprintf(stderr, "%s is no seed\n", path);
		exit(2);
	}
	if (S_ISREG(info.st_mode))
		read_seed(path, fd, (size_t)info.st_size);
	(void)close(fd);
}

static int compare_names(const struct dirent **a, const struct dirent **b)
{
	/* alphasort() goes by the locale. */
	return strcmp((*a)->d_name, (*b)->d_name);
}

static void add_seeds(const char *path)
{
	struct dirent **names;
	char file[4096];
	int count = scandir(path, &names, NULL, compare_names), i;

	if (count < 0) {
		add_seed(path);
		return;
	}
	for (i = 0; i < count; i++) {
		(void)snprintf(file, sizeof(file), "%s/%s", path,
		               names[i]->d_name);
		add_seed(file);
		free(names[i]);
	}
	free(names);
}

/* Of its own size, so that a sanitizer sees where it ends. */
static void run(const uint8_t *bytes, size_t len)
{
	uint8_t *copy = malloc(len + (len == 0));

	MUST(copy != NULL);
	memcpy(copy, bytes, len);
	(void)alarm(PATIENCE_SECONDS);
	(void)LLVMFuzzerTestOneInput(copy, len);
	free(copy);
}

static void run_mutant(uint64_t number)
{
	const struct piece *seed = &seeds[number % seed_count];
	const struct piece *other = &seeds[number / seed_count % seed_count];
	uint8_t *bytes = malloc(seed->len + ROOM);
	size_t len;

	MUST(bytes != NULL);
	len = mutate(number, seed, other, bytes, seed->len + ROOM);
	run(bytes, len);
	free(bytes);
}

static void run_all(uint64_t runs, volatile uint64_t *at)
{
	size_t i;

	for (i = 0; i < seed_count; i++)
		run(seeds[i].bytes, seeds[i].len);
	for (*at = 1; *at <= runs; (*at)++)
		run_mutant(*at);
}

int main(int argc, char **argv)
{
	bool is_one = argc > 1 && argv[1][0] == '=';
	uint64_t runs;
	volatile uint64_t *at;
	int i, status;
	pid_t child;

	if (argc < 3) {
		(void)fprintf(stderr, "usage: %s RUNS SEED...\n", argv[0]);
		return 2;
	}
	runs = strtoull(argv[1] + (is_one ? 1 : 0), NULL, 10);
	for (i = 2; i < argc; i++)
		add_seeds(argv[i]);
	MUST(seed_count > 0);
	if (is_one) {
		run_mutant(runs);
		return 0;
	}

	at = mmap(NULL, sizeof(*at), PROT_READ | PROT_WRITE,
	          MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	MUST(at != MAP_FAILED);
	child = fork();
	if (child == 0) {
		run_all(runs, at);
		return 0;
	}
	if (waitpid(child, &status, 0) == child && status == 0)
		return 0;
	(void)fprintf(stderr,
	              "it ended with status %#x (%s) at mutant %llu; again "
	              "with =%llu\n",
	              (unsigned)status,
	              WIFSIGNALED(status) ? strsignal(WTERMSIG(status)) : "",
	              (unsigned long long)*at, (unsigned long long)*at);
	return 1;
}
