/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the engine is, and loading it: in the child only, so that a command
 * that needs no network maps none of its libraries.
 */
#include "engine_open.h"

#include <dlfcn.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "check_module.h"
#include "environment.h"
#include "error.h"
#include "prefix.h"
#include "supervise.h"

/* <prefix>/lib/astro */
static int find_library_folder(char *out, size_t size, struct astro_error *err)
{
	char prefix[PATH_MAX];
	int status = prefix_find(prefix, sizeof(prefix), err);

	if (status != ASTRO_OK)
		return status;
	if (snprintf(out, size, "%s/lib/astro", prefix) >= (int)size)
		return error_set(err, ASTRO_INTERNAL, NULL,
		                 "%s: the path is too long", prefix);
	return ASTRO_OK;
}

/* FILE in FOLDER; *OUT is the address of its SYMBOL. */
static int load(const char *folder, const char *file, const char *symbol,
                void **out, struct astro_error *err)
{
	char path[PATH_MAX];
	void *library;
	const char *why;

	*out = NULL;
	(void)snprintf(path, sizeof(path), "%s/%s", folder, file);
	library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	if (library != NULL)
		*out = dlsym(library, symbol);
	if (*out != NULL)
		return ASTRO_OK;
	why = dlerror();
	return error_set(
		err, ASTRO_INTERNAL, "install astro again, or build it anew",
		"%s cannot be loaded: %s", file, why == NULL ? path : why);
}

static int work(void *data, int report_fd)
{
	const struct engine_job *job = data;
	struct astro_error err;
	engine_main *run;
	void *symbol;
	int status;

	memset(&err, 0, sizeof(err));
	status = load(job->library_folder, ENGINE_FILE, ENGINE_SYMBOL, &symbol,
	              &err);
	/* ISO C has no cast from an object's address to a function's. */
	memcpy(&run, &symbol, sizeof(symbol));
	if (run != NULL)
		return run(job, report_fd);
	report_end(report_fd, status, &err);
	return error_exit_code(status);
}

int engine_run(struct engine_job *job, int64_t limit, struct report **out,
               struct astro_error *err)
{
	char folder[PATH_MAX];
	int status;

	*out = NULL;
	/* Whoever needs it has taken it by now; a provider, a browser and a
	 * helper program do not. */
	environment_forget("ASTRO_API_TOKEN");
	environment_forget("ASTRONOMER_KEY_SECRET");
	status = find_library_folder(folder, sizeof(folder), err);
	if (status != ASTRO_OK)
		return status;
	job->library_folder = folder;
	status = supervise(work, job, limit, out, err);
	job->library_folder = NULL;
	return status;
}

struct check_work {
	const struct check_job *job;
	const char *folder;
};

static int work_on_check(void *data, int report_fd)
{
	const struct check_work *check = data;
	struct astro_error err;
	check_main *run;
	void *symbol;
	int status;

	memset(&err, 0, sizeof(err));
	status = load(check->folder, CHECK_FILE, CHECK_SYMBOL, &symbol, &err);
	memcpy(&run, &symbol, sizeof(symbol));
	if (run != NULL)
		return run(check->job, report_fd);
	report_end(report_fd, status, &err);
	return error_exit_code(status);
}

int engine_check(const struct check_job *job, struct report **out,
                 struct astro_error *err)
{
	struct check_work check = {.job = job};
	char folder[PATH_MAX];
	int status;

	*out = NULL;
	environment_forget("ASTRO_API_TOKEN");
	environment_forget("ASTRONOMER_KEY_SECRET");
	status = find_library_folder(folder, sizeof(folder), err);
	if (status != ASTRO_OK)
		return status;
	check.folder = folder;
	return supervise(work_on_check, &check, 0, out, err);
}
