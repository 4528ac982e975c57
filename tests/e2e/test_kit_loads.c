/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ten thousand loads and refusals, each in its supervised child: the parent
 * neither grows nor forgets to close anything, and a provider is judged the
 * same every time.
 */
#include <check.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "error.h"
#include "kit_cases.h"
#include "loader.h"
#include "supervise.h"

#ifdef __SANITIZE_ADDRESS__
/* Each fork copies what it remembers. */
enum { LOADS = 1000 };
#else
enum { LOADS = 10000 };
#endif
enum { CASES_MAX = 256, PAGES_MAX = 64, WARM_UP = 200 };

static char folder[64];

struct load {
	const char *name;
	struct loader_folders folders;
};

static int load(void *data, int report_fd)
{
	struct load *wanted = data;
	const struct astro_provider *provider;
	struct astro_error err = {0};
	int status, none = open("/dev/null", O_WRONLY | O_CLOEXEC);

	/* One of them prints. */
	if (none < 0 || dup2(none, STDOUT_FILENO) < 0)
		return 1;
	(void)close(none);
	wanted->folders.report_fd = report_fd;
	status = loader_load(&wanted->folders, wanted->name, &provider, &err);
	report_end(report_fd, status, &err);
	return 0;
}

static size_t entries_of(const char *path)
{
	DIR *open_folder = opendir(path);
	size_t count = 0;

	ck_assert_ptr_nonnull(open_folder);
	while (readdir(open_folder) != NULL)
		count++;
	(void)closedir(open_folder);
	return count;
}

/* Pages that are ours alone. */
static long pages(void)
{
	FILE *in = fopen("/proc/self/statm", "r");
	long all = 0, resident = 0, shared = 0;

	ck_assert_ptr_nonnull(in);
	ck_assert_int_eq(fscanf(in, "%ld %ld %ld", &all, &resident, &shared),
	                 3);
	(void)fclose(in);
	return resident - shared;
}

/* Those that end at once, and leave nobody behind who would count. */
static size_t make_kit(const struct kit_case **out)
{
	size_t count = 0, i;

	for (i = 0; i < kit_case_count; i++) {
		const struct kit_case *item = &kit_cases[i];

		if (!kit_can_make(item) ||
		    strcmp(item->name, "load_loops") == 0 ||
		    strcmp(item->name, "load_stops") == 0 ||
		    strcmp(item->name, "load_leaves_children") == 0)
			continue;
		ck_assert_uint_lt(count, CASES_MAX);
		kit_make(item, folder);
		out[count++] = item;
	}
	return count;
}

static void remove_kit(const struct kit_case *const *cases, size_t count)
{
	char path[200];
	size_t i;

	for (i = 0; i < count; i++) {
		(void)snprintf(path, sizeof(path), "%s/%s.so", folder,
		               cases[i]->name);
		ck_assert_int_eq(remove(path), 0);
	}
	ck_assert_int_eq(rmdir(folder), 0);
}

static int load_once(struct load *wanted)
{
	struct report *report = NULL;
	struct astro_error err = {0};
	int status = supervise(load, wanted, 0, &report, &err);

	ck_assert_msg(status == ASTRO_OK || err.message[0] != '\0',
	              "%s: no word", wanted->name);
	report_free(report);
	return status;
}

START_TEST(ten_thousand_loads_leave_nothing_in_the_parent)
{
	const struct rlimit no_core = {0, 0};
	const struct kit_case *cases[CASES_MAX];
	int verdicts[CASES_MAX];
	char *folders[] = {folder, NULL};
	struct load wanted = {.folders = {.folders = folders}};
	size_t count, descriptors = 0, files = 0, heap = 0, i, good = 0;
	long memory = 0;

	(void)setrlimit(RLIMIT_CORE, &no_core);
	count = make_kit(cases);
	for (i = 0; i < LOADS; i++) {
		int status;

		wanted.name = cases[i % count]->name;
		status = load_once(&wanted);
		if (i < count)
			verdicts[i] = status;
		ck_assert_msg(status == verdicts[i % count],
		              "%s: %d now, %d before", wanted.name, status,
		              verdicts[i % count]);
		if (status == ASTRO_OK)
			good++;
		if (i == WARM_UP) {
			descriptors = entries_of("/proc/self/fd");
			files = entries_of(folder);
			heap = mallinfo2().uordblks;
			memory = pages();
		}
	}
	ck_assert_uint_gt(good, 0);
	ck_assert_uint_lt(good, LOADS);
	ck_assert_uint_eq(entries_of("/proc/self/fd"), descriptors);
	ck_assert_uint_eq(entries_of(folder), files);
#ifndef __SANITIZE_ADDRESS__
	/* That one keeps what is freed for a while. */
	ck_assert_uint_le(mallinfo2().uordblks, heap + 4096);
	ck_assert_int_le(pages(), memory + PAGES_MAX);
#endif
	(void)heap;
	(void)memory;
	ck_assert_int_eq(waitpid(-1, NULL, WNOHANG), -1);
	ck_assert_int_eq(errno, ECHILD);
	(void)printf("%d loads of %zu providers: %zu loaded, %zu refused\n",
	             (int)LOADS, count, good, LOADS - good);
	remove_kit(cases, count);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("loads");
	TCase *tcase = tcase_create("loads");
	SRunner *runner = srunner_create(suite);
	int failed;

	(void)umask(022);
	(void)snprintf(folder, sizeof(folder), "/tmp/astro-loads-XXXXXX");
	if (mkdtemp(folder) == NULL)
		return EXIT_FAILURE;
	tcase_set_timeout(tcase, 280);
	tcase_add_test(tcase, ten_thousand_loads_leave_nothing_in_the_parent);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
