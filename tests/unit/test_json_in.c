/* SPDX-License-Identifier: Apache-2.0 */
/* Reading JSON that another program wrote: strictly, and with its places. */
#include "json_in.h"

#include <check.h>
#include <jansson.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config_home.h"
#include "error.h"
#include "text.h"

static struct astro_error err;
static struct json_in *json;

static int read_text(const char *text)
{
	return json_in_read(text, strlen(text), "input", &json, &err);
}

static void finish(void)
{
	json_in_free(json);
	json = NULL;
}

static const char *const accepted[] = {
	"{}",
	"[]",
	" \t\r\n{ } ",
	"null",
	"0",
	"-0",
	"-1.50e+3",
	"1E-2",
	"\"\"",
	"{\"a\":{\"a\":[1,2,{\"a\":true}]},\"b\":false}",
	"\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\"",
	"\"J\xc3\xbcrgen \xf0\x9f\x98\x80\"",
	"\"\x7f\"",
	"\"\\uD83D\\uDE00\"",
};

START_TEST(reads_what_is_json)
{
	ck_assert_msg(read_text(accepted[_i]) == ASTRO_OK, "%s: %s",
	              accepted[_i], err.message);
}
END_TEST

static const struct {
	const char *text;
	const char *message;
} refused[] = {
	{"", "byte 1: no value where one must be"},
	{"{", "byte 2: no string where one must be"},
	{"{]", "byte 2: no string where one must be"},
	{"[1,]", "byte 4: no value where one must be"},
	{"{\"a\":1,}", "byte 8: no string where one must be"},
	{"{\"a\" 1}", "byte 6: no \":\" behind a name"},
	{"{'a':1}", "byte 2: no string where one must be"},
	{"{a:1}", "byte 2: no string where one must be"},
	{"[1 2]", "byte 4: neither \",\" nor an end"},
	{"[1}", "byte 3: neither \",\" nor an end"},
	{"{}x", "byte 3: something behind the document"},
	{"{}{}", "byte 3: something behind the document"},
	{"\xef\xbb\xbf{}", "byte 1: no value where one must be"},
	{"{\"a\":1,\"b\":2,\"a\":3}", "byte 17: a member that is there twice"},
	{"{\"a\":1,\"\\u0061\":3}", "byte 16: a member that is there twice"},
	{"\"a", "byte 3: a string without an end"},
	{"\"a\\", "byte 4: an escape that is none"},
	{"\"\\x41\"", "byte 3: an escape that is none"},
	{"\"\\u12g4\"", "byte 6: an escape that is none"},
	{"\"\\u0000\"", "byte 8: a NUL in a text"},
	{"\"\\ud83d\"", "byte 8: half a character"},
	{"\"\\ud83d\\u0041\"", "byte 14: half a character"},
	{"\"\\ude00\"", "byte 8: half a character"},
	{"\"a\nb\"", "byte 3: a control character"},
	{"\"\xff\"", "byte 2: bytes that are not UTF-8"},
	{"\"\xc0\xaf\"", "byte 2: bytes that are not UTF-8"},
	{"\"\xed\xa0\x80\"", "byte 2: bytes that are not UTF-8"},
	{"01", "byte 2: a number that is none"},
	{"1.", "byte 3: a number that is none"},
	{"1e", "byte 3: a number that is none"},
	{"+1", "byte 1: no value where one must be"},
	{".5", "byte 1: no value where one must be"},
	{"NaN", "byte 1: no value where one must be"},
	{"tru", "byte 1: no value where one must be"},
	{"truex", "byte 5: something behind the document"},
	{"// {}\n{}", "byte 1: no value where one must be"},
};

START_TEST(refuses_what_is_none_and_says_where)
{
	char wanted[200];

	ck_assert_int_eq(read_text(refused[_i].text), ASTRO_BAD_CONFIG);
	(void)snprintf(wanted, sizeof(wanted), "input: no JSON: %s",
	               refused[_i].message);
	ck_assert_str_eq(err.message, wanted);
	ck_assert_ptr_null(json);
}
END_TEST

START_TEST(refuses_a_byte_of_nothing)
{
	static const char text[] = "{\"a\0\":1}";

	ck_assert_int_eq(
		json_in_read(text, sizeof(text) - 1, "input", &json, &err),
		ASTRO_BAD_CONFIG);
	ck_assert_str_eq(err.message,
	                 "input: no JSON: byte 4: a control character");
}
END_TEST

START_TEST(says_where_each_value_stands)
{
	static const char text[] = "{ \"a\" : [1, \"x\\u0041\"] ,\"b\":-2.5 }";
	const struct json_in_value *root, *list, *number;

	ck_assert_int_eq(read_text(text), ASTRO_OK);

	root = json_in_root(json);
	ck_assert_int_eq(root->kind, JSON_IN_OBJECT);
	ck_assert_uint_eq(root->end, sizeof(text) - 1);
	list = json_in_member(root, "a");
	ck_assert_int_eq(list->kind, JSON_IN_ARRAY);
	ck_assert_uint_eq(list->name_start, 2);
	ck_assert_int_eq(text[list->start], '[');
	ck_assert_int_eq(text[list->end - 1], ']');
	ck_assert_int_eq(list->first->kind, JSON_IN_NUMBER);
	ck_assert_str_eq(list->first->next->text, "xA");
	ck_assert_ptr_null(list->first->next->next);
	number = json_in_member(root, "b");
	ck_assert_uint_eq(number->end - number->start, 4);
	ck_assert_ptr_null(json_in_member(root, "c"));
	ck_assert_ptr_null(json_in_member(list, "a"));
	ck_assert_ptr_null(json_in_text(root, "a"));
}
END_TEST

/* COUNT times PIECE between START and END, into a text the test clears. */
static void repeat(struct text *text, const char *start, const char *piece,
                   size_t count, const char *end)
{
	text_init(text, 4 * 1024 * 1024);
	ck_assert(text_add_string(text, start));
	for (; count > 0; count--)
		ck_assert(text_add_string(text, piece));
	ck_assert(text_add_string(text, end));
}

static const struct {
	const char *start, *piece, *end;
	size_t most;
	const char *message;
} limits[] = {
	{"", " ", "{}", JSON_IN_BYTES_MAX - 2, "longer than 1 MiB"},
	{"[0", ",0", "]", JSON_IN_VALUES_MAX - 2, "more values"},
};

START_TEST(stops_at_its_limits)
{
	struct text text;

	repeat(&text, limits[_i].start, limits[_i].piece, limits[_i].most,
	       limits[_i].end);
	ck_assert_int_eq(read_text(text.bytes), ASTRO_OK);
	text_clear(&text);
	finish();
	repeat(&text, limits[_i].start, limits[_i].piece, limits[_i].most + 1,
	       limits[_i].end);
	ck_assert_int_eq(read_text(text.bytes), ASTRO_BAD_CONFIG);
	ck_assert_ptr_nonnull(strstr(err.message, limits[_i].message));
	text_clear(&text);
}
END_TEST

static int read_nested(int depth)
{
	char text[200];

	memset(text, '[', (size_t)depth);
	memset(text + depth, ']', (size_t)depth);
	return json_in_read(text, (size_t)depth * 2, "input", &json, &err);
}

START_TEST(stops_at_its_depth)
{
	ck_assert_int_eq(read_nested(JSON_IN_DEPTH_MAX), ASTRO_OK);
	finish();
	ck_assert_int_eq(read_nested(JSON_IN_DEPTH_MAX + 1), ASTRO_BAD_CONFIG);
	ck_assert_ptr_nonnull(strstr(err.message, "nested deeper"));
}
END_TEST

static int read_members(int count)
{
	struct text text;
	int i, status;

	text_init(&text, 1024 * 1024);
	for (i = 0; i < count; i++)
		ck_assert(
			text_addf(&text, "%c\"%d\":0", i == 0 ? '{' : ',', i));
	ck_assert(text_add_string(&text, "}"));
	status = read_text(text.bytes);
	text_clear(&text);
	return status;
}

START_TEST(stops_at_so_many_members)
{
	ck_assert_int_eq(read_members(JSON_IN_MEMBERS_MAX), ASTRO_OK);
	finish();
	ck_assert_int_eq(read_members(JSON_IN_MEMBERS_MAX + 1),
	                 ASTRO_BAD_CONFIG);
	ck_assert_ptr_nonnull(strstr(err.message, "more members"));
}
END_TEST

static uint32_t random_state = 1;

static uint32_t random_next(uint32_t below)
{
	random_state = random_state * 1664525u + 1013904223u;
	return (random_state >> 8) % below;
}

/* jansson is the judge, but for numbers that do not fit into its own.  True
 * when both find it good. */
static bool agree(const char *text, size_t len)
{
	json_error_t why;
	json_t *judged = json_loadb(
		text, len, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &why);
	int status = json_in_read(text, len, "input", &json, &err);
	bool is_good = judged != NULL;

	if (!is_good && json_error_code(&why) == json_error_numeric_overflow)
		status = ASTRO_BAD_CONFIG;
	ck_assert_msg(is_good == (status == ASTRO_OK),
	              "%.*s: jansson: %s, astro: %s", (int)len, text,
	              is_good ? "good" : why.text,
	              status == ASTRO_OK ? "good" : err.message);
	json_decref(judged);
	finish();
	return is_good;
}

START_TEST(agrees_with_jansson_on_thirty_thousand_broken_documents)
{
	static const char seed[] =
		"{\"kind\":\"ExecCredential\",\"a\":[1,-2.5e1,true,null,"
		"\"\\u00e9\\ud83d\\ude00\\n\"],\"b\":{\"c\":\"\xc3\xa9\",\"d\""
		":{}},\"c\":[[],{}]}";
	static const char parts[] = "{}[],:\"\\u0tfn-+.eE19 \n\xc3\xff"
				    "ab";
	char text[sizeof(seed)];
	int round, good = 0;

	for (round = 0; round < 30000; round++) {
		uint32_t changes = 1 + random_next(3);

		memcpy(text, seed, sizeof(seed));
		while (changes-- > 0)
			text[random_next(sizeof(seed) - 1)] =
				parts[random_next(sizeof(parts) - 1)];
		good += agree(text, sizeof(seed) - 1);
	}
	/* Both kinds were met. */
	ck_assert_int_gt(good, 300);
	ck_assert_int_lt(good, 29000);
}
END_TEST

static void add_tests(TCase *tcase)
{
	tcase_add_checked_fixture(tcase, NULL, finish);
	tcase_add_loop_test(tcase, reads_what_is_json, 0,
	                    sizeof(accepted) / sizeof(accepted[0]));
	tcase_add_loop_test(tcase, refuses_what_is_none_and_says_where, 0,
	                    sizeof(refused) / sizeof(refused[0]));
	tcase_add_test(tcase, refuses_a_byte_of_nothing);
	tcase_add_test(tcase, says_where_each_value_stands);
	tcase_add_loop_test(tcase, stops_at_its_limits, 0,
	                    sizeof(limits) / sizeof(limits[0]));
	tcase_add_test(tcase, stops_at_its_depth);
	tcase_add_test(tcase, stops_at_so_many_members);
	tcase_add_test(tcase,
	               agrees_with_jansson_on_thirty_thousand_broken_documents);
}

int main(void)
{
	return run_case("json_in", add_tests);
}
