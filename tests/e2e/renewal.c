/* SPDX-License-Identifier: Apache-2.0 */
/* A login that is about to be refreshed, and what became of it. */
#include "renewal.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { TRIES = 1500, TRY_MS = 10, ANSWER_AT = 512 };

void renewal_pause(int ms)
{
	const struct timespec time = {.tv_sec = ms / 1000,
	                              .tv_nsec = ms % 1000 * 1000000L};

	(void)nanosleep(&time, NULL);
}

static void stamp(int64_t left, char out[32])
{
	time_t time = (time_t)left;
	struct tm parts;
	struct timespec now;

	ck_assert_int_eq(clock_gettime(CLOCK_REALTIME, &now), 0);
	time += now.tv_sec;
	ck_assert_ptr_nonnull(gmtime_r(&time, &parts));
	(void)strftime(out, 32, "%Y-%m-%dT%H:%M:%SZ", &parts);
}

int renewal_hold_file(void)
{
	char path[PATH_SIZE];
	int fd;

	(void)snprintf(path, sizeof(path), "%.4000s.lock", home_file);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(flock(fd, LOCK_EX), 0);
	return fd;
}

void renewal_begin(int64_t left, const char *claims)
{
	char wish[300], when[32], *access, *refresh, *text;

	(void)snprintf(wish, sizeof(wish), "{'user': 'jane@example.com'%s%s}",
	               claims[0] != '\0' ? ", " : "", claims);
	access = sandbox_token(wish, "access_token");
	refresh =
		sandbox_token("{'user': 'jane@example.com'}", "refresh_token");
	stamp(left, when);
	ck_assert_int_ge(asprintf(&text,
	                          "# by hand\n"
	                          "local:\n"
	                          "  core: http://localhost:@\n"
	                          "context: localhost\n"
	                          "contexts:\n"
	                          "  localhost:\n"
	                          "    domain: localhost\n"
	                          "    colour: green # unknown\n"
	                          "    expiresin: %s\n"
	                          "    organization: clorgacme\n"
	                          "    refreshtoken: %s\n"
	                          "    token: Bearer %s\n"
	                          "    workspace: clwsold\n"
	                          "  other_io:\n"
	                          "    token: \"Bearer other\"\n",
	                          when, refresh, access),
	                 0);
	home_write(text);
	sandbox_forget();
	free(text);
	free(access);
	free(refresh);
}

void renewal_expire(int64_t left)
{
	int lock = renewal_hold_file();
	char *text = home_read(), *at = strstr(text, "expiresin: ");
	char when[32];
	FILE *out;

	ck_assert_ptr_nonnull(at);
	at += strlen("expiresin: ");
	stamp(left, when);
	ck_assert_uint_eq(strcspn(at, "\n"), strlen(when));
	memcpy(at, when, strlen(when));
	out = fopen(home_file, "w");
	ck_assert_ptr_nonnull(out);
	ck_assert_int_ge(fputs(text, out), 0);
	ck_assert_int_eq(fclose(out), 0);
	free(text);
	(void)close(lock);
}

size_t renewal_posts(void)
{
	json_t *log = sandbox_log(), *entry;
	size_t i, count = 0;

	json_array_foreach(log, i, entry)
	{
		const char *path =
			json_string_value(json_object_get(entry, "path"));

		count += strcmp(path, "/oauth/token") == 0;
	}
	json_decref(log);
	return count;
}

void renewal_await_posts(size_t count)
{
	int tries;

	for (tries = 0; tries < TRIES; tries++) {
		if (renewal_posts() >= count)
			return;
		renewal_pause(TRY_MS);
	}
	ck_abort_msg("the token endpoint was not asked");
}

char *renewal_journal(size_t *len)
{
	char path[PATH_SIZE], *bytes;
	struct stat info;
	ssize_t got;
	int fd;

	(void)snprintf(path, sizeof(path), "%.4000s/.astro/state/%s",
	               home_folder, "localhost.journal");
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return NULL;
	ck_assert_int_eq(fstat(fd, &info), 0);
	bytes = calloc(1, (size_t)info.st_size + 1);
	ck_assert_ptr_nonnull(bytes);
	got = read(fd, bytes, (size_t)info.st_size);
	(void)close(fd);
	ck_assert_int_ge(got, 0);
	*len = (size_t)got;
	return bytes;
}

bool renewal_journal_answers(void)
{
	size_t len = 0;
	char *bytes = renewal_journal(&len);
	bool found = bytes != NULL && len > ANSWER_AT &&
	             strncmp(bytes, "astro refresh journal", 21) == 0 &&
	             strstr(bytes + ANSWER_AT, "\nsum=") != NULL;

	free(bytes);
	return found;
}
