/* SPDX-License-Identifier: Apache-2.0 */
/* JSON: what is refused, what is found, what is written. */
#include "json.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "secret.h"
#include "text.h"

static struct json *parse(const char *text)
{
	struct json *json;
	struct astro_error err = {0};

	ck_assert_msg(json_parse(text, strlen(text), &json, &err) == ASTRO_OK,
	              "%s", err.message);
	return json;
}

static const struct {
	const char *text, *message;
} refused[] = {
	{"", "'[' or '{' expected (line 1, column 0)"},
	{"\"text\"", "'[' or '{' expected (line 1, column 6)"},
	{"{\"a\":1,\"a\":2}", "duplicate object key (line 1, column 10)"},
	{"{\"a\":\"\\u0000\"}",
         "\\u0000 is not allowed without JSON_ALLOW_NUL (line 1, column 13)"},
	{"{\"a\":1} x", "end of file expected (line 1, column 9)"},
	{"\xef\xbb\xbf{}", "'[' or '{' expected (line 1, column 1)"},
	{"{'a':1}", "string or '}' expected (line 1, column 2)"},
	{"{\"a\":NaN}", "invalid token (line 1, column 8)"},
	{"{\"a\":1e400}", "real number overflow (line 1, column 10)"},
	{"{\"a\":\"\\ud800\"}",
         "invalid Unicode '\\uD800' (line 1, column 13)"},
	{"{\"a\":\"\xff\"}", "unable to decode byte 0xff (line 1, column 6)"},
	{"{\"a\":\"x\ny\"}", "unexpected newline (line 1, column 7)"},
	{"{\"a\":1,}", "string or '}' expected (line 1, column 8)"},
	{"{/**/\"a\":1}", "string or '}' expected (line 1, column 2)"},
	{"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]", "nested deeper than 32"},
};

START_TEST(refuses_with_the_reason)
{
	struct json *json;
	struct astro_error err = {0};

	ck_assert_int_eq(json_parse(refused[_i].text, strlen(refused[_i].text),
	                            &json, &err),
	                 ASTRO_BAD_ANSWER);
	ck_assert_ptr_null(json);
	ck_assert_str_eq(err.message, refused[_i].message);
}
END_TEST

START_TEST(takes_a_depth_of_32_and_brackets_in_strings)
{
	char text[200];
	struct json *json;

	memset(text, '[', 32);
	memset(text + 32, ']', 32);
	text[64] = '\0';
	json_free(parse(text));

	json = parse("[\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\\\"[[[\"]");
	ck_assert_uint_eq(strlen(json_text(json, "0")), 42);
	json_free(json);
}
END_TEST

START_TEST(takes_strings_of_64_kib_and_no_more)
{
	enum { MOST = 65536 };
	char *text = malloc(MOST + 10);
	struct json *json;
	struct astro_error err = {0};

	memset(text, 'x', MOST + 10);
	memcpy(text, "[\"", 2);
	memcpy(text + 2 + MOST, "\"]", 3);
	json = parse(text);
	ck_assert_uint_eq(strlen(json_text(json, "0")), MOST);
	json_free(json);

	memcpy(text + 2 + MOST, "x\"]", 4);
	ck_assert_int_eq(json_parse(text, strlen(text), &json, &err),
	                 ASTRO_BAD_ANSWER);
	ck_assert_str_eq(err.message, "a string of more than 65536 bytes");
	free(text);
}
END_TEST

/* An empty object of three bytes takes three hundred. */
START_TEST(takes_65536_values_and_no_more)
{
	enum { MOST = 65536 };
	struct astro_error err = {0};
	struct json *json;
	struct text text;
	size_t i;

	text_init(&text, 1024 * 1024);
	/* The list itself is one of them. */
	(void)text_add_string(&text, "[0");
	for (i = 2; i < MOST; i++)
		(void)text_add_string(&text, i % 2 == 0 ? ",{}" : ",1");
	(void)text_add_string(&text, "]");
	json = parse(text.bytes);
	ck_assert_int_eq(json_count(json, ""), MOST - 1);
	json_free(json);

	text.bytes[text.len - 1] = ',';
	(void)text_add_string(&text, "1]");
	ck_assert_int_eq(json_parse(text.bytes, text.len, &json, &err),
	                 ASTRO_BAD_ANSWER);
	ck_assert_str_eq(err.message, "more than 65536 values");
	ck_assert_ptr_null(json);

	text_clear(&text);
}
END_TEST

/* Commas in a text are none between values. */
START_TEST(counts_no_commas_in_texts)
{
	enum { MOST = 65536 };
	char *text = malloc(2 * MOST);
	size_t at = 0;
	int part;

	for (part = 0; part < 2; part++) {
		text[at++] = part == 0 ? '[' : ',';
		text[at++] = '"';
		memset(text + at, ',', MOST - 100);
		at += MOST - 100;
		text[at++] = '"';
	}
	memcpy(text + at, "]", 2);
	json_free(parse(text));
	free(text);
}
END_TEST

START_TEST(survives_being_cut_off_anywhere)
{
	static const char text[] = "{\"a\":[1,2.5,\"x\\u00e9\",true,null,{}],"
				   "\"b\":{\"c\":-1e3}}";
	size_t len;

	for (len = 0; len < sizeof(text) - 1; len++) {
		struct json *json;
		struct astro_error err = {0};

		ck_assert_int_eq(json_parse(text, len, &json, &err),
		                 ASTRO_BAD_ANSWER);
		ck_assert_ptr_null(json);
		ck_assert_str_ne(err.message, "");
	}
}
END_TEST

START_TEST(finds_by_path)
{
	struct json *json =
		parse("{\"user\":{\"id\":\"u1\",\"\":\"no\"},\"items\":"
	              "[{\"id\":\"i0\"},{\"id\":\"i1\"}],"
	              "\"https://x.example/a.b\":\"claim\",\"Error\":\"x\"}");

	ck_assert_str_eq(json_text(json, "user.id"), "u1");
	ck_assert_str_eq(json_text(json, "items.1.id"), "i1");
	ck_assert_str_eq(json_text(json, "https://x.example/a.b"), "claim");
	ck_assert_ptr_null(json_text(json, "items.2.id"));
	ck_assert_ptr_null(json_text(json, "items.-1.id"));
	ck_assert_ptr_null(json_text(json, "items.1x.id"));
	ck_assert_ptr_null(json_text(json, "items.99999999999999999999.id"));
	ck_assert_ptr_null(json_text(json, "error"));
	ck_assert_ptr_null(json_text(json, "user"));
	ck_assert_ptr_null(json_text(json, "user..id"));
	ck_assert_ptr_null(json_text(NULL, "user"));
	ck_assert_int_eq(json_count(json, "items"), 2);
	ck_assert_int_eq(json_count(json, "user"), -1);
	ck_assert_int_eq(json_count(json, ""), -1);
	json_free(json);
	json_free(NULL);
}
END_TEST

static const struct {
	const char *text;
	int64_t number;
} numbers[] = {
	{"0", 0},
	{"-1", -1},
	{"3600.5", 3600},
	{"-0.5", -1},
	{"1e3", 1000},
	{"9223372036854775807", INT64_MAX},
	{"-9223372036854775808", INT64_MIN},
	{"99999999999999999999", INT64_MAX},
	{"-99999999999999999999", INT64_MIN},
	{"1e308", INT64_MAX},
	{"-1e308", INT64_MIN},
	{"9007199254740993", 9007199254740993},
	{"\"3600\"", 3600},
	{"\"-7\"", -7},
	{"\"99999999999999999999\"", INT64_MAX},
	{"\"abc\"", 42},
	{"\"12abc\"", 42},
	{"\" 12\"", 42},
	{"\"+12\"", 42},
	{"\"--1\"", 42},
	{"\"\"", 42},
	{"\"1.5\"", 42},
	{"true", 42},
	{"null", 42},
	{"[]", 42},
	{"{}", 42},
};

START_TEST(reads_numbers_floored_and_saturated)
{
	char text[100];
	struct json *json;

	(void)snprintf(text, sizeof(text), "{\"n\":%s}", numbers[_i].text);
	json = parse(text);

	ck_assert_int_eq(json_number(json, "n", 42), numbers[_i].number);
	json_free(json);
}
END_TEST

START_TEST(tells_the_kinds_apart)
{
	struct json *json = parse("{\"n\":null,\"s\":\"\",\"i\":1,\"r\":1.5,"
	                          "\"t\":true,\"f\":false,\"a\":[],\"o\":{}}");

	ck_assert_int_eq(json_kind(json, "x"), JSON_KIND_ABSENT);
	ck_assert_int_eq(json_kind(NULL, "x"), JSON_KIND_ABSENT);
	ck_assert_int_eq(json_kind(json, "n"), JSON_KIND_NULL);
	ck_assert_int_eq(json_kind(json, "s"), JSON_KIND_STRING);
	ck_assert_int_eq(json_kind(json, "i"), JSON_KIND_NUMBER);
	ck_assert_int_eq(json_kind(json, "r"), JSON_KIND_NUMBER);
	ck_assert_int_eq(json_kind(json, "t"), JSON_KIND_FLAG);
	ck_assert_int_eq(json_kind(json, "a"), JSON_KIND_ARRAY);
	ck_assert_int_eq(json_kind(json, "o"), JSON_KIND_OBJECT);
	ck_assert_int_eq(json_kind(json, ""), JSON_KIND_OBJECT);
	ck_assert_int_eq(json_flag(json, "t", 5), 1);
	ck_assert_int_eq(json_flag(json, "f", 5), 0);
	ck_assert_int_eq(json_flag(json, "n", 5), 5);
	ck_assert_int_eq(json_flag(json, "i", 5), 5);
	json_free(json);
}
END_TEST

START_TEST(writes_fields_in_their_order_and_escaped)
{
	struct astro_secret *secret;
	struct astro_error err = {0};
	struct astro_field fields[] = {
		{"username", "z\"\\\n\x01/\xc3\xa9", NULL},
		{"left out", NULL, NULL},
		{"password", NULL, NULL},
		{"empty", "", NULL},
		{"first", "12", NULL},
	};
	struct text out;

	ck_assert_int_eq(secret_new("`$(x)`{}", 8, &secret, &err), ASTRO_OK);
	fields[2].secret = secret;
	text_init(&out, 1000);

	ck_assert_int_eq(json_write_fields(&out, NULL, fields, 5, &err),
	                 ASTRO_OK);
	ck_assert_str_eq(out.bytes,
	                 "{\"username\":\"z\\\"\\\\\\u000a\\u0001/\xc3\xa9\","
	                 "\"password\":\"`$(x)`{}\",\"empty\":\"\","
	                 "\"first\":\"12\"}");

	text_clear(&out);
	ck_assert_int_eq(
		json_write_numbers(&out, "query {\n x }", fields + 4, 1, &err),
		ASTRO_OK);
	ck_assert_str_eq(out.bytes, "{\"query\":\"query {\\u000a x }\","
	                            "\"variables\":{\"first\":12}}");

	text_clear(&out);
	ck_assert_int_eq(json_write_fields(&out, "q", NULL, 0, &err), ASTRO_OK);
	ck_assert_str_eq(out.bytes, "{\"query\":\"q\",\"variables\":{}}");
	text_clear(&out);
	secret_free(secret);
}
END_TEST

START_TEST(refuses_to_write_what_is_no_utf8)
{
	static const struct astro_field fields[] = {{"username", "\xff", NULL}};
	struct astro_error err = {0};
	struct text out;

	text_init(&out, 1000);
	ck_assert_int_eq(json_write_fields(&out, NULL, fields, 1, &err),
	                 ASTRO_USAGE);
	ck_assert_str_eq(err.message, "the username is no UTF-8 text");
	text_clear(&out);
}
END_TEST

START_TEST(writes_a_part_as_it_was)
{
	struct json *json = parse("{\"keys\":[{\"kid\":\"a\", \"n\": 1}]}");
	struct astro_error err = {0};
	struct text out;

	text_init(&out, 1000);
	ck_assert_int_eq(json_write(&out, json, "keys.0", &err), ASTRO_OK);
	ck_assert_str_eq(out.bytes, "{\"kid\":\"a\",\"n\":1}");
	ck_assert_int_eq(json_write(&out, json, "keys.1", &err),
	                 ASTRO_NOT_FOUND);
	ck_assert_str_eq(err.message, "nothing at \"keys.1\" in the answer");
	text_clear(&out);
	json_free(json);
}
END_TEST

static int note(void *data, const char *name, const struct json *value)
{
	const char *text = json_text(value, "");

	if (!text_addf(data, "%s=%s;", name != NULL ? name : "-",
	               text != NULL ? text : "?"))
		return ASTRO_NO_MEMORY;
	return text != NULL && strcmp(text, "stop") == 0 ? ASTRO_NOT_FOUND
	                                                 : ASTRO_OK;
}

static const struct {
	const char *path, *seen;
	int status;
} walks[] = {
	{"object", "b=1;a.b=2;c=?;", ASTRO_OK},
	{"array", "-=x;-=y;", ASTRO_OK},
	{"early", "-=x;-=stop;", ASTRO_NOT_FOUND},
	{"text", "", ASTRO_OK},
	{"absent", "", ASTRO_OK},
};

START_TEST(visits_members_in_their_order)
{
	struct json *json = parse(
		"{\"object\":{\"b\":\"1\",\"a.b\":\"2\",\"c\":3},"
		"\"array\":[\"x\",\"y\"],\"early\":[\"x\",\"stop\",\"y\"],"
		"\"text\":\"z\"}");
	struct json part = json_at(json, walks[_i].path);
	struct text seen;

	text_init(&seen, 100);
	ck_assert_int_eq(json_each(&part, note, &seen), walks[_i].status);
	ck_assert_str_eq(seen.len == 0 ? "" : seen.bytes, walks[_i].seen);
	text_clear(&seen);
	json_free(json);
}
END_TEST

START_TEST(keeps_a_part_without_its_parent)
{
	struct json *json = parse("{\"a\":{\"b\":\"c\"}}"), *kept;
	struct json part = json_at(json, "a");
	struct astro_error err = {0};

	ck_assert_int_eq(json_keep(&part, &kept, &err), ASTRO_OK);
	json_free(json);
	ck_assert_str_eq(json_text(kept, "b"), "c");
	json_free(kept);
}
END_TEST

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

int main(void)
{
	Suite *suite = suite_create("json");
	TCase *tcase = tcase_create("json");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tcase, refuses_with_the_reason, 0, COUNT(refused));
	tcase_add_test(tcase, takes_a_depth_of_32_and_brackets_in_strings);
	tcase_add_test(tcase, takes_strings_of_64_kib_and_no_more);
	tcase_add_test(tcase, takes_65536_values_and_no_more);
	tcase_add_test(tcase, counts_no_commas_in_texts);
	tcase_add_test(tcase, survives_being_cut_off_anywhere);
	tcase_add_test(tcase, finds_by_path);
	tcase_add_loop_test(tcase, reads_numbers_floored_and_saturated, 0,
	                    COUNT(numbers));
	tcase_add_test(tcase, tells_the_kinds_apart);
	tcase_add_test(tcase, writes_fields_in_their_order_and_escaped);
	tcase_add_test(tcase, refuses_to_write_what_is_no_utf8);
	tcase_add_test(tcase, writes_a_part_as_it_was);
	tcase_add_loop_test(tcase, visits_members_in_their_order, 0,
	                    COUNT(walks));
	tcase_add_test(tcase, keeps_a_part_without_its_parent);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
