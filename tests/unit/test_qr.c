/* SPDX-License-Identifier: Apache-2.0 */
/* QR codes: what is drawn is what a camera needs. */
#include "qr.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

#define ADDRESS "https://auth.example.com/activate?user_code=WDJB-MJHT"

static struct text picture;

static void set_up(void)
{
	text_init(&picture, 65536);
}

static void tear_down(void)
{
	text_clear(&picture);
}

static size_t lines(void)
{
	size_t count = 0;
	const char *at;

	for (at = picture.bytes; *at != '\0'; at++)
		count += *at == '\n';
	return count;
}

/* The module at X, Y of the picture in ASCII: true when it is dark. */
static bool is_dark(size_t x, size_t y)
{
	size_t width = strcspn(picture.bytes, "\n");

	return picture.bytes[y * (width + 1) + 2 * x] == ' ';
}

START_TEST(has_the_three_corner_marks_and_a_quiet_zone)
{
	size_t side, x, y, i;

	ck_assert(qr_draw(ADDRESS, QR_ASCII, false, 200, &picture));
	side = lines();
	ck_assert_uint_eq(strcspn(picture.bytes, "\n"), 2 * side);
	for (i = 0; i < side; i++) {
		ck_assert(!is_dark(i, 0) && !is_dark(i, 1));
		ck_assert(!is_dark(0, i) && !is_dark(1, i));
		ck_assert(!is_dark(i, side - 1) && !is_dark(side - 1, i));
	}
	/* ISO/IEC 18004, 6.3.3: a square of 7, a ring of light, a core. */
	for (y = 0; y < 7; y++) {
		for (x = 0; x < 7; x++) {
			bool ring = x == 0 || y == 0 || x == 6 || y == 6;
			bool core = x >= 2 && x <= 4 && y >= 2 && y <= 4;

			ck_assert(is_dark(x + 2, y + 2) == (ring || core));
			ck_assert(is_dark(side - 9 + x, y + 2) ==
			          (ring || core));
			ck_assert(is_dark(x + 2, side - 9 + y) ==
			          (ring || core));
		}
	}
}
END_TEST

START_TEST(half_blocks_draw_the_same_modules_in_half_the_lines)
{
	struct text plain = picture;
	size_t side, x, y;
	const char *at;

	ck_assert(qr_draw(ADDRESS, QR_ASCII, false, 200, &picture));
	side = lines();
	text_init(&plain, 65536);
	ck_assert(qr_draw(ADDRESS, QR_BLOCKS, false, 200, &plain));
	at = plain.bytes;
	for (y = 0; y < side; y += 2) {
		for (x = 0; x < side; x++) {
			bool upper = is_dark(x, y);
			bool lower = y + 1 < side && is_dark(x, y + 1);
			const char *want = upper   ? lower ? " " : "▄"
			                   : lower ? "▀"
			                           : "█";

			ck_assert_msg(strncmp(at, want, strlen(want)) == 0,
			              "%zu, %zu", x, y);
			at += strlen(want);
		}
		ck_assert_int_eq(*at++, '\n');
	}
	ck_assert_int_eq(*at, '\0');
	text_clear(&plain);
}
END_TEST

START_TEST(colours_are_named_and_put_back_on_every_line)
{
	size_t count, resets = 0;
	const char *at;

	ck_assert(qr_draw(ADDRESS, QR_BLOCKS, true, 200, &picture));
	count = lines();
	for (at = picture.bytes; (at = strstr(at, "\033[0m\n")) != NULL; at++)
		resets++;
	ck_assert_uint_eq(resets, count);
	ck_assert_int_eq(strncmp(picture.bytes, "\033[97;40m", 8), 0);
}
END_TEST

START_TEST(nothing_is_drawn_where_it_would_be_broken)
{
	char *long_text = malloc(4001);

	ck_assert_ptr_nonnull(long_text);
	memset(long_text, 'a', 4000);
	long_text[4000] = '\0';
	/* Wider than the terminal, and more than a QR code holds. */
	ck_assert(!qr_draw(ADDRESS, QR_BLOCKS, false, 20, &picture));
	ck_assert(!qr_draw(ADDRESS, QR_ASCII, false, 60, &picture));
	ck_assert(!qr_draw(long_text, QR_BLOCKS, false, 1000, &picture));
	ck_assert_uint_eq(picture.len, 0);
	free(long_text);
}
END_TEST

START_TEST(nothing_is_shown_where_nobody_could_see_it)
{
	/* Standard error is no terminal here. */
	ck_assert(!qr_show(ADDRESS));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("qr");
	TCase *tcase = tcase_create("qr");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, has_the_three_corner_marks_and_a_quiet_zone);
	tcase_add_test(tcase,
	               half_blocks_draw_the_same_modules_in_half_the_lines);
	tcase_add_test(tcase, colours_are_named_and_put_back_on_every_line);
	tcase_add_test(tcase, nothing_is_drawn_where_it_would_be_broken);
	tcase_add_test(tcase, nothing_is_shown_where_nobody_could_see_it);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
