/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two parts at fixed places, each with a checksum behind it, so that one that
 * a crash has torn is recognised:
 *
 *   astro refresh journal 1        answer
 *   spent=SHA256                   obtained=1700000000
 *   process=123                    expires=1700003600
 *   boot=UUID                      access_token=...
 *   since=1700000000               refresh_token=...
 *   sum=SHA256                     sum=SHA256, over the first part too
 */
#include "journal.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "clock.h"
#include "credential.h"
#include "error.h"
#include "held.h"
#include "secret.h"
#include "state.h"
#include "text.h"

enum {
	ANSWER_AT = 512,
	/* Two tokens of a credential's greatest length, and what is around
	 * them. */
	SIZE = ANSWER_AT + 2 * 64 * 1024 + 1024,
	HEX_SIZE = 2 * JOURNAL_HASH_LEN + 1,
};

static const char title[] = "astro refresh journal 1\n";
static const char answer_title[] = "answer\n";

static int fault(struct astro_error *err, const struct state *state, int number)
{
	return error_set_system(err, ASTRO_STORE, number, NULL,
	                        "%s: the journal of the refresh cannot be "
	                        "written",
	                        state->journal);
}

static void hash_secret(const struct astro_secret *secret,
                        unsigned char out[JOURNAL_HASH_LEN])
{
	size_t len;
	const char *bytes = secret_bytes(secret, &len);

	(void)SHA256((const unsigned char *)bytes, len, out);
}

static void write_hex(const unsigned char bytes[JOURNAL_HASH_LEN],
                      char out[HEX_SIZE])
{
	size_t i;

	for (i = 0; i < JOURNAL_HASH_LEN; i++)
		(void)snprintf(out + 2 * i, 3, "%02x", bytes[i]);
}

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

/* The checksum of a part: of the bytes before it, and of SPENT, which ties an
 * answer to the request that it answers. */
static void sum_of(const unsigned char spent[JOURNAL_HASH_LEN],
                   const char *bytes, size_t len, char out[HEX_SIZE])
{
	unsigned char digest[JOURNAL_HASH_LEN], joined[2 * JOURNAL_HASH_LEN];

	(void)SHA256((const unsigned char *)bytes, len, digest);
	memcpy(joined, spent, JOURNAL_HASH_LEN);
	memcpy(joined + JOURNAL_HASH_LEN, digest, JOURNAL_HASH_LEN);
	(void)SHA256(joined, sizeof(joined), digest);
	write_hex(digest, out);
}

static bool add_sum(struct text *part,
                    const unsigned char spent[JOURNAL_HASH_LEN])
{
	char sum[HEX_SIZE];

	sum_of(spent, part->bytes, part->len, sum);
	return text_addf(part, "sum=%s\n", sum);
}

/* ---- writing ---- */

int journal_prepare(const struct state *state, struct journal *out,
                    struct astro_error *err)
{
	struct stat info;
	int number;

	memset(out, 0, sizeof(*out));
	out->state = state;
	out->fd = openat(state->folder, state->journal,
	                 O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC,
	                 0600);
	if (out->fd < 0)
		return fault(err, state, errno);
	if (fstat(out->fd, &info) != 0 || !S_ISREG(info.st_mode) ||
	    info.st_uid != geteuid()) {
		journal_close(out);
		return error_set(err, ASTRO_UNSAFE, "remove it",
		                 "%s: it is no file of this user",
		                 state->journal);
	}
	number = posix_fallocate(out->fd, 0, SIZE);
	if (number == 0 && (fchmod(out->fd, 0600) != 0 || fsync(out->fd) != 0 ||
	                    (fsync(state->folder) != 0 && errno != EINVAL)))
		number = errno;
	if (number == 0)
		return ASTRO_OK;
	journal_close(out);
	return fault(err, state, number);
}

/* A part at its place, the rest of the place zeroed, and on the disk. */
static int put_part(const struct journal *journal, const struct text *part,
                    off_t at, struct astro_error *err)
{
	size_t done = 0;

	while (done < part->len) {
		ssize_t written = pwrite(journal->fd, part->bytes + done,
		                         part->len - done, at + (off_t)done);

		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0)
			return fault(err, journal->state,
			             written < 0 ? errno : EIO);
		done += (size_t)written;
	}
	if (fsync(journal->fd) != 0)
		return fault(err, journal->state, errno);
	return ASTRO_OK;
}

int journal_pending(struct journal *journal,
                    const struct astro_secret *refresh_token,
                    struct astro_error *err)
{
	static const char zero[ANSWER_AT + sizeof(answer_title)];
	char spent[HEX_SIZE], boot[HELD_BOOT_SIZE];
	struct text part;
	int status;

	hash_secret(refresh_token, journal->spent);
	write_hex(journal->spent, spent);
	held_boot_id(boot);
	text_init(&part, 2 * sizeof(zero));
	if (text_addf(&part,
	              "%sspent=%s\nprocess=%ld\nboot=%.36s\nsince=%" PRId64
	              "\n",
	              title, spent, (long)getpid(), boot, clock_wall()) &&
	    add_sum(&part, journal->spent) &&
	    /* An older answer behind it ends with its title. */
	    text_add(&part, zero, sizeof(zero) - part.len))
		status = put_part(journal, &part, 0, err);
	else
		status = error_no_memory(err);
	text_clear(&part);
	journal->is_pending |= status == ASTRO_OK;
	return status;
}

static bool is_keepable(const struct astro_secret *token)
{
	const char *bytes;
	size_t len;

	bytes = token == NULL ? "" : secret_bytes(token, &len);
	return token != NULL && len > 0 && text_is_visible(bytes, len);
}

int journal_answer(struct journal *journal,
                   const struct astro_credential *answer, int64_t obtained,
                   struct astro_error *err)
{
	const struct astro_secret *access =
		credential_get(answer, "access_token");
	const struct astro_secret *refresh =
		credential_get(answer, "refresh_token");
	struct text part;
	int status;

	if (!is_keepable(access) || !is_keepable(refresh))
		return error_set(err, ASTRO_BAD_ANSWER, NULL,
		                 "a token has characters that no token has");
	text_init(&part, SIZE - ANSWER_AT);
	if (text_addf(&part, "%sobtained=%" PRId64 "\nexpires=%" PRId64 "\n",
	              answer_title, obtained, credential_expiry(answer)) &&
	    text_add_string(&part, "access_token=") &&
	    text_add_string(&part, secret_bytes(access, NULL)) &&
	    text_add_string(&part, "\nrefresh_token=") &&
	    text_add_string(&part, secret_bytes(refresh, NULL)) &&
	    text_add_string(&part, "\n") && add_sum(&part, journal->spent) &&
	    /* It may be the second one, and shorter. */
	    text_add(&part, "", 1))
		status = put_part(journal, &part, ANSWER_AT, err);
	else
		status = error_no_memory(err);
	text_clear(&part);
	journal->is_answered |= status == ASTRO_OK;
	return status;
}

void journal_close(struct journal *journal)
{
	if (journal->fd >= 0)
		(void)close(journal->fd);
	journal->fd = -1;
}

/* ---- reading ---- */

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
	char sum[HEX_SIZE];

	if (end == NULL)
		return false;
	end++;
	sum_of(spent, part, (size_t)(end - part), sum);
	end += sizeof(mark) - 2;
	return strlen(end) == HEX_SIZE && end[HEX_SIZE - 1] == '\n' &&
	       memcmp(end, sum, HEX_SIZE - 1) == 0;
}

static bool read_pending(char *part, struct journal_entry *out)
{
	int64_t process;
	char *spent;

	if (strncmp(part, title, sizeof(title) - 1) != 0)
		return false;
	spent = strstr(part, "spent=");
	if (spent == NULL || !read_hex(spent + 6, out->spent) ||
	    !sum_fits(out->spent, part))
		return false;
	part += sizeof(title) - 1;
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

	if (strncmp(part, answer_title, sizeof(answer_title) - 1) != 0 ||
	    !sum_fits(out->spent, part))
		return ASTRO_OK;
	part += sizeof(answer_title) - 1;
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

/* As much as there is, up to SIZE; *LEN is 0 where there is no file. */
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
		got = read(fd, bytes + *len, SIZE - *len);
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
	char *bytes = calloc(1, SIZE + 1);
	size_t len;
	int status;

	memset(out, 0, sizeof(*out));
	if (bytes == NULL)
		return error_no_memory(err);
	status = read_file(state, bytes, &len, err);
	if (status == ASTRO_OK && len > 0) {
		bytes[ANSWER_AT - 1] = '\0';
		if (read_pending(bytes, out)) {
			out->kind = JOURNAL_PENDING;
			status = read_answer(bytes + ANSWER_AT, out, err);
		}
	}
	explicit_bzero(bytes, SIZE);
	free(bytes);
	return status;
}

bool journal_is_about(const struct journal_entry *entry,
                      const struct astro_secret *refresh_token)
{
	unsigned char hash[JOURNAL_HASH_LEN];

	if (entry->kind == JOURNAL_NONE || refresh_token == NULL)
		return false;
	hash_secret(refresh_token, hash);
	return memcmp(hash, entry->spent, sizeof(hash)) == 0;
}

void journal_entry_clear(struct journal_entry *entry)
{
	credential_free(entry->answer);
	memset(entry, 0, sizeof(*entry));
}
