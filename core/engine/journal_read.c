/* SPDX-License-Identifier: Apache-2.0 */
/* What a run before has left in the journal: whole, torn, or nothing. */
#include "journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "credential.h"
#include "error.h"
#include "journal_part.h"
#include "secret.h"
#include "state.h"

static bool read_hex(const char *text, unsigned char out[JOURNAL_HASH_LEN])
{
	size_t i;

	for (i = 0; i < JOURNAL_HASH_LEN; i++) {
		char pair[3] = {text[2 * i], '\0', '\0'};

		if (strspn(text + 2 * i, "0123456789abcdef") < 2)
			return false;
		pair[1] = text[2 * i + 1];
		out[i] = (unsigned char)strtoul(pair, NULL, 16);
	}
	return true;
}

/* Step over "NAME=VALUE\n" at *AT, which VALUE is lent from; NULL: another
 * line. */
static char *take_line(char **at, const char *name)
{
	size_t len = strlen(name);
	char *value = *at + len, *end = strchr(*at, '\n');

	if (end == NULL || strncmp(*at, name, len) != 0)
		return NULL;
	*end = '\0';
	*at = end + 1;
	return value;
}

static bool take_number(char **at, const char *name, int64_t *out)
{
	const char *value = take_line(at, name);
	char *end;

	if (value == NULL)
		return false;
	errno = 0;
	*out = strtoll(value, &end, 10);
	return errno == 0 && end != value && *end == '\0';
}

/* Is PART, ended by NUL, closed by the sum of what is before it? */
static bool sum_fits(const unsigned char spent[JOURNAL_HASH_LEN],
                     const char *part)
{
	static const char mark[] = "\nsum=";
	const char *end = strstr(part, mark);
	char sum[JOURNAL_HEX_SIZE];

	if (end == NULL)
		return false;
	end++;
	journal_sum(spent, part, (size_t)(end - part), sum);
	end += sizeof(mark) - 2;
	return strlen(end) == JOURNAL_HEX_SIZE &&
	       end[JOURNAL_HEX_SIZE - 1] == '\n' &&
	       memcmp(end, sum, JOURNAL_HEX_SIZE - 1) == 0;
}

static bool read_pending(char *part, struct journal_entry *out)
{
	int64_t process;
	char *spent;

	if (strncmp(part, JOURNAL_TITLE, sizeof(JOURNAL_TITLE) - 1) != 0)
		return false;
	spent = strstr(part, "spent=");
	if (spent == NULL || !read_hex(spent + 6, out->spent) ||
	    !sum_fits(out->spent, part))
		return false;
	part += sizeof(JOURNAL_TITLE) - 1;
	if (take_line(&part, "spent=") == NULL ||
	    !take_number(&part, "process=", &process) ||
	    take_line(&part, "boot=") == NULL ||
	    !take_number(&part, "since=", &out->since))
		return false;
	out->process = (long)process;
	return true;
}

static int set_token(struct astro_credential *credential, const char *name,
                     const char *value, struct astro_error *err)
{
	struct astro_secret *secret;
	int status = secret_new(value, strlen(value), &secret, err);

	if (status == ASTRO_OK)
		status = credential_set(credential, name, secret, err);
	secret_free(secret);
	return status;
}

/* *OUT stays NULL where there is no whole answer. */
static int read_answer(char *part, struct journal_entry *out,
                       struct astro_error *err)
{
	const char *access, *refresh;
	struct astro_credential *answer;
	int64_t expires;
	int status;

	if (strncmp(part, JOURNAL_ANSWER_TITLE,
	            sizeof(JOURNAL_ANSWER_TITLE) - 1) != 0 ||
	    !sum_fits(out->spent, part))
		return ASTRO_OK;
	part += sizeof(JOURNAL_ANSWER_TITLE) - 1;
	if (!take_number(&part, "obtained=", &out->obtained) ||
	    !take_number(&part, "expires=", &expires))
		return ASTRO_OK;
	access = take_line(&part, "access_token=");
	refresh = take_line(&part, "refresh_token=");
	if (access == NULL || refresh == NULL)
		return ASTRO_OK;

	status = credential_new(&answer, err);
	if (status == ASTRO_OK)
		status = set_token(answer, "access_token", access, err);
	if (status == ASTRO_OK)
		status = set_token(answer, "refresh_token", refresh, err);
	if (status != ASTRO_OK) {
		credential_free(answer);
		return status;
	}
	credential_expires(answer, expires);
	out->answer = answer;
	out->kind = JOURNAL_ANSWERED;
	return ASTRO_OK;
}

/* As much as there is, up to JOURNAL_SIZE; *LEN is 0 where there is no file. */
static int read_file(const struct state *state, char *bytes, size_t *len,
                     struct astro_error *err)
{
	int fd = openat(state->folder, state->journal,
	                O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct stat info;
	ssize_t got;
	int number = errno;

	*len = 0;
	if (fd < 0 && number == ENOENT)
		return ASTRO_OK;
	if (fd < 0)
		return error_set_system(err, ASTRO_STORE, number, NULL, "%s",
		                        state->journal);
	if (fstat(fd, &info) != 0 || !S_ISREG(info.st_mode) ||
	    info.st_uid != geteuid()) {
		(void)close(fd);
		return error_set(err, ASTRO_UNSAFE, "remove it",
		                 "%s: it is no file of this user",
		                 state->journal);
	}
	do {
		got = read(fd, bytes + *len, JOURNAL_SIZE - *len);
		if (got > 0)
			*len += (size_t)got;
	} while (got > 0 || (got < 0 && errno == EINTR));
	number = errno;
	(void)close(fd);
	if (got < 0)
		return error_set_system(err, ASTRO_STORE, number, NULL, "%s",
		                        state->journal);
	return ASTRO_OK;
}

int journal_read(const struct state *state, struct journal_entry *out,
                 struct astro_error *err)
{
	char *bytes = calloc(1, JOURNAL_SIZE + 1);
	size_t len;
	int status;

	memset(out, 0, sizeof(*out));
	if (bytes == NULL)
		return error_no_memory(err);
	status = read_file(state, bytes, &len, err);
	if (status == ASTRO_OK && len > 0) {
		bytes[JOURNAL_ANSWER_AT - 1] = '\0';
		if (read_pending(bytes, out)) {
			out->kind = JOURNAL_PENDING;
			status = read_answer(bytes + JOURNAL_ANSWER_AT, out,
			                     err);
		}
	}
	explicit_bzero(bytes, JOURNAL_SIZE);
	free(bytes);
	return status;
}

bool journal_is_about(const struct journal_entry *entry,
                      const struct astro_secret *refresh_token)
{
	unsigned char hash[JOURNAL_HASH_LEN];

	if (entry->kind == JOURNAL_NONE || refresh_token == NULL)
		return false;
	journal_hash(refresh_token, hash);
	return memcmp(hash, entry->spent, sizeof(hash)) == 0;
}

void journal_entry_clear(struct journal_entry *entry)
{
	credential_free(entry->answer);
	memset(entry, 0, sizeof(*entry));
}
