/* SPDX-License-Identifier: Apache-2.0 */
/* Secrets: their memory, and the mask over whatever is printed. */
#include "secret.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>

#include "error.h"

struct astro_secret {
	struct astro_secret *next, *previous;
	size_t len;
	size_t mapped;
	char bytes[];
};

enum { MASKED_MIN = 4 };

/* Every secret that is alive, for secret_mask(). */
static struct astro_secret *alive;

static int refuse_length(struct astro_error *err)
{
	return error_set(err, ASTRO_BAD_ANSWER, NULL,
	                 "a secret of more than %d bytes", SECRET_MAX);
}

/* MAPPED is 0 for memory of malloc(). */
static struct astro_secret *fill(struct astro_secret *secret, size_t mapped,
                                 const void *bytes, size_t len)
{
	secret->len = len;
	secret->mapped = mapped;
	if (len > 0)
		memcpy(secret->bytes, bytes, len);
	secret->bytes[len] = '\0';

	secret->previous = NULL;
	secret->next = alive;
	if (alive != NULL)
		alive->previous = secret;
	alive = secret;
	return secret;
}

int secret_new(const void *bytes, size_t len, struct astro_secret **out,
               struct astro_error *err)
{
	size_t page = getauxval(AT_PAGESZ);
	size_t mapped;
	struct astro_secret *secret;

	*out = NULL;
	if (len > SECRET_MAX)
		return refuse_length(err);

	mapped = (sizeof(*secret) + len + 1 + page - 1) / page * page;
	/* Locked where the limit allows: asked for, not required. */
	secret = mmap(NULL, mapped, PROT_READ | PROT_WRITE,
	              MAP_PRIVATE | MAP_ANONYMOUS | MAP_LOCKED, -1, 0);
	if (secret == MAP_FAILED)
		secret = mmap(NULL, mapped, PROT_READ | PROT_WRITE,
		              MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (secret == MAP_FAILED)
		return error_no_memory(err);
	(void)madvise(secret, mapped, MADV_DONTDUMP);
	*out = fill(secret, mapped, bytes, len);
	return ASTRO_OK;
}

int secret_new_plain(const void *bytes, size_t len, struct astro_secret **out,
                     struct astro_error *err)
{
	struct astro_secret *secret;

	*out = NULL;
	if (len > SECRET_MAX)
		return refuse_length(err);
	secret = malloc(sizeof(*secret) + len + 1);
	if (secret == NULL)
		return error_no_memory(err);
	*out = fill(secret, 0, bytes, len);
	return ASTRO_OK;
}

int secret_copy(const struct astro_secret *secret, struct astro_secret **out,
                struct astro_error *err)
{
	return secret_new(secret->bytes, secret->len, out, err);
}

const char *secret_bytes(const struct astro_secret *secret, size_t *len)
{
	if (len != NULL)
		*len = secret->len;
	return secret->bytes;
}

void secret_wipe(void *bytes, size_t len)
{
	memset(bytes, 0, len);
	/* As if somebody read it: a last write would else be left out. */
	__asm__ volatile("" : : "r"(bytes) : "memory");
}

void secret_free(struct astro_secret *secret)
{
	if (secret == NULL)
		return;
	if (secret->previous != NULL)
		secret->previous->next = secret->next;
	else
		alive = secret->next;
	if (secret->next != NULL)
		secret->next->previous = secret->previous;
	secret_wipe(secret->bytes, secret->len);
	if (secret->mapped == 0)
		free(secret);
	else
		(void)munmap(secret, secret->mapped);
}

bool secret_equal(const void *a, size_t a_len, const void *b, size_t b_len)
{
	const volatile unsigned char *left = a, *right = b;
	unsigned char difference = 0;
	size_t i;

	if (a_len != b_len)
		return false;
	for (i = 0; i < a_len; i++)
		difference |= (unsigned char)(left[i] ^ right[i]);
	return difference == 0;
}

/* A text cut short may end in the beginning of a secret: that much, at least,
 * is taken for one. */
enum { BEGINNING_MIN = 8 };

static void mask_end(char *text, const struct astro_secret *secret)
{
	size_t len = strlen(text);
	size_t most = secret->len < len ? secret->len : len;
	size_t count;

	for (count = most; count >= BEGINNING_MIN; count--) {
		if (memcmp(text + len - count, secret->bytes, count) == 0) {
			memcpy(text + len - count, "***", sizeof("***"));
			return;
		}
	}
}

void secret_mask(char *text)
{
	const struct astro_secret *secret;

	for (secret = alive; secret != NULL; secret = secret->next) {
		char *found;

		/* One with a NUL inside cannot stand in a text. */
		if (secret->len < MASKED_MIN ||
		    strlen(secret->bytes) != secret->len)
			continue;
		while ((found = strstr(text, secret->bytes)) != NULL) {
			char *rest = found + secret->len;

			memset(found, '*', 3);
			memmove(found + 3, rest, strlen(rest) + 1);
		}
		mask_end(text, secret);
	}
}
