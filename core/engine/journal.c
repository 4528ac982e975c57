/* SPDX-License-Identifier: Apache-2.0 */
/* The journal written: what a refresh is about to do, and what came of it. */
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
#include "journal_part.h"
#include "secret.h"
#include "state.h"
#include "text.h"

static int fault(struct astro_error *err, const struct state *state, int number)
{
	return error_set_system(err, ASTRO_STORE, number, NULL,
	                        "%s: the journal of the refresh cannot be "
	                        "written",
	                        state->journal);
}

void journal_hash(const struct astro_secret *secret,
                  unsigned char out[JOURNAL_HASH_LEN])
{
	size_t len;
	const char *bytes = secret_bytes(secret, &len);

	(void)SHA256((const unsigned char *)bytes, len, out);
}

static void write_hex(const unsigned char bytes[JOURNAL_HASH_LEN],
                      char out[JOURNAL_HEX_SIZE])
{
	size_t i;

	for (i = 0; i < JOURNAL_HASH_LEN; i++)
		(void)snprintf(out + 2 * i, 3, "%02x", bytes[i]);
}

void journal_sum(const unsigned char spent[JOURNAL_HASH_LEN], const char *bytes,
                 size_t len, char out[JOURNAL_HEX_SIZE])
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
	char sum[JOURNAL_HEX_SIZE];

	journal_sum(spent, part->bytes, part->len, sum);
	return text_addf(part, "sum=%s\n", sum);
}

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
	number = posix_fallocate(out->fd, 0, JOURNAL_SIZE);
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
	static const char
		zero[JOURNAL_ANSWER_AT + sizeof(JOURNAL_ANSWER_TITLE)];
	char spent[JOURNAL_HEX_SIZE], boot[HELD_BOOT_SIZE];
	struct text part;
	int status;

	journal_hash(refresh_token, journal->spent);
	write_hex(journal->spent, spent);
	held_boot_id(boot);
	text_init(&part, 2 * sizeof(zero));
	if (text_addf(
		    &part,
		    "%sspent=%s\nprocess=%ld\nboot=%.36s\nsince=%" PRId64 "\n",
		    JOURNAL_TITLE, spent, (long)getpid(), boot, clock_wall()) &&
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
	text_init(&part, JOURNAL_SIZE - JOURNAL_ANSWER_AT);
	if (text_addf(&part, "%sobtained=%" PRId64 "\nexpires=%" PRId64 "\n",
	              JOURNAL_ANSWER_TITLE, obtained,
	              credential_expiry(answer)) &&
	    text_add_string(&part, "access_token=") &&
	    text_add_string(&part, secret_bytes(access, NULL)) &&
	    text_add_string(&part, "\nrefresh_token=") &&
	    text_add_string(&part, secret_bytes(refresh, NULL)) &&
	    text_add_string(&part, "\n") && add_sum(&part, journal->spent) &&
	    /* It may be the second one, and shorter. */
	    text_add(&part, "", 1))
		status = put_part(journal, &part, JOURNAL_ANSWER_AT, err);
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
