/* SPDX-License-Identifier: Apache-2.0 */
#include "json_edit.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "text.h"

enum { OUT_MAX = 4000 };

static struct json_document document(const char *bytes)
{
	return (struct json_document){bytes, strlen(bytes)};
}

static const char *const entry[] = {"auths", "r.example.com", "auth", NULL};

static const struct {
	const char *before, *after;
} sets[] = {
	/* Docker's own style: tabs. */
	{"{\n\t\"auths\": {\n\t\t\"a.io\": {\n\t\t\t\"auth\": \"x\"\n\t\t}\n"
         "\t},\n\t\"psFormat\": \"table\"\n}",
         "{\n\t\"auths\": {\n\t\t\"a.io\": {\n\t\t\t\"auth\": \"x\"\n\t\t},\n"
         "\t\t\"r.example.com\": {\n\t\t\t\"auth\": \"NEW\"\n\t\t}\n"
         "\t},\n\t\"psFormat\": \"table\"\n}"},
	/* Nothing there. */
	{"{}", "{\n\t\"auths\": {\n\t\t\"r.example.com\": {\n\t\t\t\"auth\": "
               "\"NEW\"\n\t\t}\n\t}\n}"},
	{" { \n } \n",
         " {\n \t\"auths\": {\n \t\t\"r.example.com\": {\n \t\t\t\"auth\": "
         "\"NEW\"\n \t\t}\n \t}\n } \n"},
	/* Blanks, and a last member that is no object. */
	{"{\n  \"HttpHeaders\": {\"a\": \"}{,\\\"\"},\n  \"n\": 1e400\n}\n",
         "{\n  \"HttpHeaders\": {\"a\": \"}{,\\\"\"},\n  \"n\": 1e400,\n"
         "  \"auths\": {\n    \"r.example.com\": {\n      \"auth\": "
         "\"NEW\"\n    }\n  }\n}\n"},
	/* An empty object, on a line of its own. */
	{"{\n  \"auths\": {},\n  \"z\": [1, {\"y\": []}]\n}",
         "{\n  \"auths\": {\n    \"r.example.com\": {\n      \"auth\": "
         "\"NEW\"\n    }\n  },\n  \"z\": [1, {\"y\": []}]\n}"},
	/* One line. */
	{"{\"auths\":{\"a\":{}},\"b\":null}",
         "{\"auths\":{\"a\":{},\"r.example.com\": {\"auth\": \"NEW\"}},"
         "\"b\":null}"},
	{"{ \"auths\": { \"a\": {} } }",
         "{ \"auths\": { \"a\": {}, \"r.example.com\": {\"auth\": \"NEW\"} } "
         "}"},
	/* There already, whatever it is. */
	{"{\"auths\":{\"r.example.com\":{\"email\":\"e\",\"auth\": \"old\" }}}",
         "{\"auths\":{\"r.example.com\":{\"email\":\"e\",\"auth\": \"NEW\" }}}"},
	{"{\"auths\":{\"r.example.com\":{\"auth\":[\"]\",{\"}\":1}]}}}",
         "{\"auths\":{\"r.example.com\":{\"auth\":\"NEW\"}}}"},
	/* A name may be written with escapes. */
	{"{\"\\u0061uths\":{\"r\\u002Eexample.com\":{\"auth\":\"old\"}}}",
         "{\"\\u0061uths\":{\"r\\u002Eexample.com\":{\"auth\":\"NEW\"}}}"},
	/* One that begins in the same way is another. */
	{"{\"auths\":{\"r.example.com.evil\":{\"auth\":\"x\"},"
         "\"r.example.co\":{}}}",
         "{\"auths\":{\"r.example.com.evil\":{\"auth\":\"x\"},"
         "\"r.example.co\":{},\"r.example.com\": {\"auth\": \"NEW\"}}}"},
	/* Windows. */
	{"{\r\n  \"a\": 1\r\n}\r\n",
         "{\r\n  \"a\": 1,\r\n  \"auths\": {\r\n    \"r.example.com\": {"
         "\r\n      \"auth\": \"NEW\"\r\n    }\r\n  }\r\n}\r\n"},
};

START_TEST(puts_a_value_where_it_belongs)
{
	struct json_document before = document(sets[_i].before), after;
	struct astro_error err;
	const char *value;
	struct text out;
	size_t len;

	text_init(&out, OUT_MAX);

	ck_assert_int_eq(json_edit_set(&before, entry, "\"NEW\"", &out, &err),
	                 ASTRO_OK);

	ck_assert_str_eq(out.bytes, sets[_i].after);
	after = document(out.bytes);
	ck_assert(json_edit_find(&after, entry, &value, &len));
	ck_assert_uint_eq(len, 5);
	ck_assert_int_eq(memcmp(value, "\"NEW\"", 5), 0);
	text_clear(&out);
}
END_TEST

static const char *const no_objects[] = {
	"{\"auths\": null}", "{\"auths\": \"{}\"}", "{\"auths\": [{}]}"};

START_TEST(refuses_a_way_that_is_no_object)
{
	struct json_document before = document(no_objects[_i]);
	struct astro_error err;
	struct text out;

	text_init(&out, OUT_MAX);

	ck_assert_int_eq(json_edit_set(&before, entry, "1", &out, &err),
	                 ASTRO_BAD_CONFIG);
	ck_assert_str_eq(err.message, "\"auths\" is no JSON object");
	ck_assert_uint_eq(out.len, 0);
	text_clear(&out);
}
END_TEST

static const struct {
	const char *before, *after;
} removals[] = {
	{"{\"auths\":{\"r.example.com\":{\"auth\":\"x\"}}}", "{\"auths\":{}}"},
	{"{\"auths\": { \"r.example.com\":1, \"b\":2 } }",
         "{\"auths\": { \"b\":2 } }"},
	{"{\"auths\": { \"a\":1, \"r.example.com\":2 } }",
         "{\"auths\": { \"a\":1 } }"},
	{"{\n\t\"auths\": {\n\t\t\"r.example.com\": {},\n\t\t\"b\": {}\n\t}\n}",
         "{\n\t\"auths\": {\n\t\t\"b\": {}\n\t}\n}"},
	{"{\n\t\"auths\": {\n\t\t\"a\": {},\n\t\t\"r.example.com\": {}\n\t}\n}",
         "{\n\t\"auths\": {\n\t\t\"a\": {}\n\t}\n}"},
	{"{\"auths\":{}}", "{\"auths\":{}}"},
	{"{\"auths\":\"r.example.com\"}", "{\"auths\":\"r.example.com\"}"},
	{"{}", "{}"},
};

START_TEST(takes_one_member_away)
{
	static const char *const path[] = {"auths", "r.example.com", NULL};
	struct json_document before = document(removals[_i].before);
	struct astro_error err;
	struct text out;

	text_init(&out, OUT_MAX);

	ck_assert_int_eq(json_edit_remove(&before, path, &out, &err), ASTRO_OK);

	ck_assert_str_eq(out.bytes, removals[_i].after);
	text_clear(&out);
}
END_TEST

/* Whatever is cut off or broken: no byte beyond the end is looked at. */
START_TEST(stays_within_a_document_that_is_no_json)
{
	static const char whole[] = "{\"auths\": {\"r.example.com\" : "
				    "{\"auth\": [\"\\u0041\", {}], \"b\": 1}}}";
	size_t len;

	for (len = 0; len < sizeof(whole); len++) {
		char *cut = malloc(len + 1);
		struct json_document before = {cut, len};
		struct astro_error err;
		const char *value;
		struct text out;
		size_t found;

		ck_assert_ptr_nonnull(cut);
		memcpy(cut, whole, len);
		text_init(&out, OUT_MAX);
		(void)json_edit_find(&before, entry, &value, &found);
		(void)json_edit_set(&before, entry, "1", &out, &err);
		text_clear(&out);
		text_init(&out, OUT_MAX);
		(void)json_edit_remove(&before, entry, &out, &err);
		text_clear(&out);
		free(cut);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("json_edit");
	TCase *tcase = tcase_create("json_edit");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tcase, puts_a_value_where_it_belongs, 0,
	                    sizeof(sets) / sizeof(sets[0]));
	tcase_add_loop_test(tcase, refuses_a_way_that_is_no_object, 0,
	                    sizeof(no_objects) / sizeof(no_objects[0]));
	tcase_add_loop_test(tcase, takes_one_member_away, 0,
	                    sizeof(removals) / sizeof(removals[0]));
	tcase_add_test(tcase, stays_within_a_document_that_is_no_json);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
