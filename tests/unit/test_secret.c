/* SPDX-License-Identifier: Apache-2.0 */
/* Secrets: copied, compared, masked, wiped. */
#include "secret.h"

#include <check.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "error.h"

static struct astro_secret *make(const char *text)
{
	struct astro_secret *secret;

	ck_assert_int_eq(secret_new(text, strlen(text), &secret, NULL),
	                 ASTRO_OK);
	return secret;
}

START_TEST(keeps_its_own_copy_and_ends_it_with_nul)
{
	char bytes[] = "canary";
	struct astro_secret *secret = make(bytes);
	size_t len;

	bytes[0] = 'X';

	ck_assert_str_eq(secret_bytes(secret, &len), "canary");
	ck_assert_uint_eq(len, 6);
	secret_free(secret);
	secret_free(NULL);
}
END_TEST

START_TEST(works_where_no_memory_may_be_locked)
{
	struct rlimit none = {0, 0};
	struct astro_secret *secret;

	ck_assert_int_eq(setrlimit(RLIMIT_MEMLOCK, &none), 0);
	secret = make("canary");

	ck_assert_str_eq(secret_bytes(secret, NULL), "canary");
	secret_free(secret);
}
END_TEST

/* The flags of the mapping that AT lies in (proc(5), VmFlags). */
static void read_flags(const void *at, char *flags, size_t size)
{
	FILE *in = fopen("/proc/self/smaps", "r");
	bool is_ours = false;
	char line[512];

	ck_assert_ptr_nonnull(in);
	flags[0] = '\0';
	while (fgets(line, sizeof(line), in) != NULL) {
		uintptr_t low, high;

		if (sscanf(line, "%" SCNxPTR "-%" SCNxPTR " ", &low, &high) ==
		    2)
			is_ours = (uintptr_t)at >= low && (uintptr_t)at < high;
		else if (is_ours && strncmp(line, "VmFlags:", 8) == 0)
			(void)snprintf(flags, size, "%.200s", line + 8);
	}
	(void)fclose(in);
}

static bool may_lock(size_t bytes)
{
	void *probe = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
	                   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	bool is_locked;

	ck_assert_ptr_ne(probe, MAP_FAILED);
	is_locked = mlock(probe, bytes) == 0;
	ck_assert_int_eq(munmap(probe, bytes), 0);
	return is_locked;
}

START_TEST(stays_out_of_core_dumps_and_out_of_swap)
{
	struct astro_secret *secret = make("canary");
	char flags[256];

	read_flags(secret_bytes(secret, NULL), flags, sizeof(flags));

	ck_assert_msg(strstr(flags, " dd") != NULL, "dumped: %s", flags);
	if (may_lock((size_t)sysconf(_SC_PAGESIZE)))
		ck_assert_msg(strstr(flags, " lo") != NULL, "swapped: %s",
		              flags);
	secret_free(secret);
}
END_TEST

/* What is not a secret is dumped and swapped: the flags mean something. */
START_TEST(ordinary_memory_has_no_such_flags)
{
	char flags[256], *bytes = malloc(1024 * 1024);

	bytes[0] = 'x';
	read_flags(bytes, flags, sizeof(flags));

	ck_assert_ptr_nonnull(strstr(flags, " rd"));
	ck_assert_ptr_null(strstr(flags, " dd"));
	ck_assert_ptr_null(strstr(flags, " lo"));
	free(bytes);
}
END_TEST

/* Of this process, in kB. */
static long locked_memory(void)
{
	char line[256];
	long count = -1;
	FILE *in = fopen("/proc/self/status", "r");

	ck_assert_ptr_nonnull(in);
	while (count < 0 && fgets(line, sizeof(line), in) != NULL)
		if (strncmp(line, "VmLck:", 6) == 0)
			count = strtol(line + 6, NULL, 10);
	(void)fclose(in);
	ck_assert_int_ge(count, 0);
	return count;
}

START_TEST(a_plain_secret_takes_no_locked_page_and_is_masked_all_the_same)
{
	long before = locked_memory();
	struct astro_secret *secret;
	char text[] = "the canary";
	size_t len;

	ck_assert_int_eq(secret_new_plain("canary", 6, &secret, NULL),
	                 ASTRO_OK);
	ck_assert_str_eq(secret_bytes(secret, &len), "canary");
	ck_assert_uint_eq(len, 6);
	ck_assert_int_eq(locked_memory(), before);
	secret_mask(text);
	ck_assert_str_eq(text, "the ***");

	secret_free(secret);
	(void)snprintf(text, sizeof(text), "the canary");
	secret_mask(text);
	ck_assert_str_eq(text, "the canary");
}
END_TEST

START_TEST(wipes_every_byte_and_no_more)
{
	char bytes[] = "canary!";

	secret_wipe(bytes, 6);

	ck_assert_mem_eq(bytes, "\0\0\0\0\0\0!", sizeof(bytes));
}
END_TEST

START_TEST(refuses_more_than_its_maximum)
{
	static int (*const makers[])(
		const void *, size_t, struct astro_secret **,
		struct astro_error *) = {secret_new, secret_new_plain};
	struct astro_error err = {0};
	struct astro_secret *secret;
	char *bytes = calloc(1, SECRET_MAX + 1);

	ck_assert_int_eq(makers[_i](bytes, SECRET_MAX + 1, &secret, &err),
	                 ASTRO_BAD_ANSWER);
	ck_assert_ptr_null(secret);
	ck_assert_str_eq(err.message, "a secret of more than 1048576 bytes");
	free(bytes);
}
END_TEST

START_TEST(masks_every_living_secret_wherever_it_occurs)
{
	struct astro_secret *first = make("canary-one");
	struct astro_secret *second = make("canary-two");
	char text[200] = "a canary-one b canary-two c canary-one";

	secret_mask(text);
	ck_assert_str_eq(text, "a *** b *** c ***");

	secret_free(first);
	(void)snprintf(text, sizeof(text), "canary-one canary-two");
	secret_mask(text);
	ck_assert_str_eq(text, "canary-one ***");
	secret_free(second);
}
END_TEST

START_TEST(masks_the_beginning_of_a_secret_that_a_cut_text_ends_in)
{
	struct astro_secret *secret = make("canary-that-is-long");
	char text[200] = "sent canary-that";

	secret_mask(text);

	ck_assert_str_eq(text, "sent ***");
	secret_free(secret);
}
END_TEST

START_TEST(leaves_ordinary_words_alone_beside_a_short_secret)
{
	struct astro_secret *secret = make("ab");
	char text[] = "a table";

	secret_mask(text);

	ck_assert_str_eq(text, "a table");
	secret_free(secret);
}
END_TEST

START_TEST(an_error_message_never_shows_a_secret)
{
	struct astro_secret *secret = make("canary-one");
	struct astro_error err;

	ck_assert_int_eq(error_set(&err, ASTRO_DENIED, "not canary-one again",
	                           "the server said canary-one"),
	                 ASTRO_DENIED);

	ck_assert_str_eq(err.message, "the server said ***");
	ck_assert_str_eq(err.hint, "not *** again");
	secret_free(secret);
}
END_TEST

START_TEST(compares_by_content)
{
	ck_assert(secret_equal("abc", 3, "abc", 3));
	ck_assert(!secret_equal("abc", 3, "abd", 3));
	ck_assert(!secret_equal("abc", 3, "abcd", 4));
	ck_assert(secret_equal("", 0, "", 0));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("secret");
	TCase *tcase = tcase_create("secret");
	SRunner *runner;
	int failed;

	tcase_add_test(tcase, keeps_its_own_copy_and_ends_it_with_nul);
	tcase_add_test(tcase, works_where_no_memory_may_be_locked);
	tcase_add_test(tcase, stays_out_of_core_dumps_and_out_of_swap);
	tcase_add_test(tcase, ordinary_memory_has_no_such_flags);
	tcase_add_test(
		tcase,
		a_plain_secret_takes_no_locked_page_and_is_masked_all_the_same);
	tcase_add_test(tcase, wipes_every_byte_and_no_more);
	tcase_add_loop_test(tcase, refuses_more_than_its_maximum, 0, 2);
	tcase_add_test(tcase, masks_every_living_secret_wherever_it_occurs);
	tcase_add_test(tcase,
	               masks_the_beginning_of_a_secret_that_a_cut_text_ends_in);
	tcase_add_test(tcase,
	               leaves_ordinary_words_alone_beside_a_short_secret);
	tcase_add_test(tcase, an_error_message_never_shows_a_secret);
	tcase_add_test(tcase, compares_by_content);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
