/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_BASE_SECRET_H
#define CORE_BASE_SECRET_H

#include <stdbool.h>
#include <stddef.h>

#include <astro/provider.h>

enum { SECRET_MAX = 1024 * 1024 };

/*
 * A secret lives in pages of its own (but for secret_new_plain()): locked and
 * kept out of core dumps where the system allows, wiped when freed.  Nothing
 * formats one.
 */

/* Copies LEN bytes (0 to SECRET_MAX) and adds a NUL. */
int secret_new(const void *bytes, size_t len, struct astro_secret **out,
               struct astro_error *err);
/*
 * The same for one that lies in ordinary memory already, as what was read from
 * the context file does: a locked page would guard nothing, and costs more than
 * reading that file.  It is masked and wiped like any other.
 */
int secret_new_plain(const void *bytes, size_t len, struct astro_secret **out,
                     struct astro_error *err);
int secret_copy(const struct astro_secret *secret, struct astro_secret **out,
                struct astro_error *err);
/* Lends the bytes, followed by a NUL, until secret_free(); LEN may be NULL. */
const char *secret_bytes(const struct astro_secret *secret, size_t *len);
/* explicit_bzero(), whose checked twin has a page of libc for itself: for what
 * a cached token comes by. */
void secret_wipe(void *bytes, size_t len);
/* Accepts NULL. */
void secret_free(struct astro_secret *secret);
/* In a time that depends on the lengths alone. */
bool secret_equal(const void *a, size_t a_len, const void *b, size_t b_len);
/*
 * Put "***" over every secret that is alive and occurs in TEXT: the one place
 * that log, trace, error and tell go through.  Secrets shorter than 4 bytes
 * are left alone; they would blank ordinary words.
 */
void secret_mask(char *text);

#endif
