/* SPDX-License-Identifier: Apache-2.0 */
/* yaml.c, scan.c and tree.c: hostile documents, and where nodes are. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "config_home.h"
#include "text.h"
#include "tree.h"

#define BYTES(text) text, sizeof(text) - 1

static const struct {
	const char *bytes;
	size_t len;
	const char *message;
} hostile[] = {
	{BYTES("a: x\0y\n"),
         "config.yaml:1:5: control characters are not allowed"},
	{BYTES("a: \x1b[2J\n"),
         "config.yaml:1:4: control characters are not allowed"},
	{BYTES("a: \x7f\n"),
         "config.yaml:1:4: control characters are not allowed"},
	{BYTES("a: \xc2\x9b\n"),
         "config.yaml:1:4: control characters are not allowed"},
	{BYTES("a: \"x\\0y\"\n"),
         "config.yaml:1:4: control characters are not allowed"},
	{BYTES("a: b\nc: \xff\xfe\n"), "config.yaml:2:4: this is not UTF-8"},
	{BYTES("\xff\xfe"
               "a\0"),
         "config.yaml:1:1: this is not UTF-8"},
	{BYTES("a: \xc0\xaf\n"), "config.yaml:1:4: this is not UTF-8"},
	{BYTES("a: \xed\xa0\x80\n"), "config.yaml:1:4: this is not UTF-8"},
	{BYTES("contexts:\n\ta: b\n"),
         "config.yaml:2:1: a tab is used for indentation"},
	{BYTES("contexts:\n  \ta: b\n"),
         "config.yaml:2:3: a tab is used for indentation"},
	{BYTES("contexts: &a [*a]\n"),
         "config.yaml:1:15: this alias stands inside its own value"},
	{BYTES("a: *b\n"), "config.yaml:1:4: this alias has no anchor"},
	{BYTES("a: !!python/object/apply:os.system [id]\n"),
         "config.yaml:1:4: this tag is not allowed"},
	{BYTES("a: !!binary aGk=\n"),
         "config.yaml:1:4: this tag is not allowed"},
	{BYTES("a: !mine x\n"), "config.yaml:1:4: this tag is not allowed"},
	{BYTES("a: b\n---\na: c\n"), "config.yaml:2:1: more than one document"},
	{BYTES("a: b\n...\nc: d\n"), "config.yaml:3:1: more than one document"},
	{BYTES("%TAG ! tag:x,2000:\n---\na: b\n"),
         "config.yaml:1:1: no directive but one %YAML is allowed"},
	{BYTES("%YAML 1.1\n%YAML 1.1\n---\na: b\n"),
         "config.yaml:2:1: no directive but one %YAML is allowed"},
	{BYTES("%YAML 9.9\n---\na: b\n"),
         "config.yaml:1:1: found incompatible YAML document"},
	{BYTES("a: 1\nb: 2\na: 3\n"),
         "config.yaml:3:1: this key is there twice"},
	{BYTES("x: {a: 1, a: 2}\n"),
         "config.yaml:1:11: this key is there twice"},
	{BYTES("a: [\n"),
         "config.yaml:2:1: did not find expected node content"},
	{BYTES("a: \"b\n"), "config.yaml:2:1: found unexpected end of stream"},
	{BYTES("a: b: c\n"),
         "config.yaml:1:5: mapping values are not allowed in this context"},
	{BYTES("b\xc3\xbc: [\n"),
         "config.yaml:2:1: did not find expected node content"},
};

START_TEST(says_where_and_why_a_document_makes_no_sense)
{
	expect_refused(hostile[_i].bytes, hostile[_i].len, hostile[_i].message);
}
END_TEST

static double seconds_now(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static char *repeat(const char *piece, size_t count, const char *tail)
{
	size_t len = strlen(piece), i;
	char *out = malloc(len * count + strlen(tail) + 1);

	for (i = 0; i < count; i++)
		memcpy(out + i * len, piece, len);
	memcpy(out + len * count, tail, strlen(tail) + 1);
	return out;
}

static const struct {
	const char *piece;
	size_t count;
	const char *message;
} deep[] = {
	{"[", 40000, "config.yaml:1:65: nesting deeper than 64"},
	{"{a: ", 20000, "config.yaml:1:257: nesting deeper than 64"},
	{"- ", 20000, "config.yaml:1:129: nesting deeper than 64"},
	{"[\n", 20000, "config.yaml:65:1: nesting deeper than 64"},
	{"? ", 20000, "config.yaml:1:129: nesting deeper than 64"},
};

START_TEST(stops_at_64_levels_before_libyaml_gets_slow)
{
	char *bytes = repeat(deep[_i].piece, deep[_i].count, "");
	double before = seconds_now();

	expect_refused(bytes, strlen(bytes), deep[_i].message);
	/* Ten times what it may take, for sanitizers and busy machines. */
	ck_assert_double_lt(seconds_now() - before, 0.5);
	free(bytes);
}
END_TEST

START_TEST(takes_64_levels_and_not_65)
{
	char *open = repeat("[", 63, ""), *close = repeat("]", 63, "\n");
	char bytes[200];

	(void)snprintf(bytes, sizeof(bytes), "a: %s%s", open, close);
	config_free(parse_text(bytes));
	(void)snprintf(bytes, sizeof(bytes), "a: [%s]%s", open, close);
	expect_refused(bytes, strlen(bytes),
	               "config.yaml:1:67: nesting deeper than 64");
	free(open);
	free(close);
}
END_TEST

START_TEST(a_scalar_has_up_to_64_kibibytes)
{
	char *bytes = malloc(70000);

	memset(bytes, 'x', 70000);
	memcpy(bytes, "a: ", 3);
	bytes[3 + 65536] = '\0';
	config_free(parse_text(bytes));
	bytes[3 + 65536] = 'x';
	expect_refused(bytes, 3 + 65537,
	               "config.yaml:1:4: a value longer than 65536 bytes");
	free(bytes);
}
END_TEST

START_TEST(a_file_has_up_to_16_mebibytes)
{
	char *line = repeat("#", 1023, "\n");
	char *bytes = repeat(line, 16 * 1024, "#");

	expect_refused(bytes, TREE_BYTES_MAX + 1,
	               "config.yaml: larger than 16 MiB");
	bytes[TREE_BYTES_MAX] = '\0';
	config_free(parse_text(bytes));
	free(line);
	free(bytes);
}
END_TEST

START_TEST(many_tag_directives_are_not_read_one_by_one)
{
	char *bytes = repeat("%TAG !a! tag:x,2000:\n", 100000, "---\na: b\n");
	double before = seconds_now();

	expect_refused(bytes, strlen(bytes),
	               "config.yaml:1:1: no directive but one %YAML is "
	               "allowed");
	ck_assert_double_lt(seconds_now() - before, 0.5);
	free(bytes);
}
END_TEST

START_TEST(billions_of_laughs_are_counted_not_told)
{
	struct text bytes;
	double before = seconds_now();
	int i;

	text_init(&bytes, 10000);
	(void)text_addf(&bytes, "a0: &a0 lol\n");
	for (i = 1; i < 30; i++)
		(void)text_addf(&bytes, "a%d: &a%d [*a%d,*a%d,*a%d]\n", i, i,
		                i - 1, i - 1, i - 1);
	expect_refused(bytes.bytes, bytes.len,
	               "config.yaml:7:14: alias expansion limit: more than "
	               "1000 nodes");
	ck_assert_double_lt(seconds_now() - before, 0.5);
	text_clear(&bytes);
}
END_TEST

START_TEST(too_many_anchors_or_values_are_refused)
{
	struct text bytes;
	char *many;
	int i;

	text_init(&bytes, 100000);
	for (i = 0; i < 1001; i++)
		(void)text_addf(&bytes, "k%d: &a%d x\n", i, i);
	expect_refused(bytes.bytes, bytes.len,
	               "config.yaml:1001:8: more than 1000 anchors");
	text_clear(&bytes);

	many = repeat("- x\n", 500000, "");
	expect_refused(many, strlen(many),
	               "config.yaml:500000:3: more than 500000 values");
	free(many);
}
END_TEST

START_TEST(files_without_content_have_no_contexts)
{
	static const char *const empty[] = {"",
	                                    "\n",
	                                    "# only\n# comments\n",
	                                    "{}\n",
	                                    "null\n",
	                                    "~",
	                                    "---\n",
	                                    "--- {}\n",
	                                    "---\n...\n",
	                                    "\xef\xbb\xbf",
	                                    "contexts:\n",
	                                    "contexts: {}\n",
	                                    "%YAML 1.2\n---\n{}\n...\n# end\n"};
	size_t i;

	for (i = 0; i < sizeof(empty) / sizeof(*empty); i++) {
		struct config *config = parse_text(empty[i]);

		ck_assert_uint_eq(config_count(config), 0);
		config_free(config);
	}
}
END_TEST

static void expect_bytes(const struct tree *tree, const struct tree_node *node,
                         const char *expected)
{
	ck_assert_uint_eq(node->end - node->start, strlen(expected));
	ck_assert_int_eq(
		memcmp(tree->bytes + node->start, expected, strlen(expected)),
		0);
}

START_TEST(places_are_bytes_whatever_the_characters)
{
	static const char bytes[] =
		"\xef\xbb\xbf# \xe2\x82\xac\r\nna\xc3\xafve: "
		"\xf0\x9f\x9a\x80 x # \xc3\xa9\r\nlist: [\xc3\xa9, b]\r\n"
		"q: \"\xc3\xa9\\n\"\r\nempty:\r\nlast: z";
	const struct tree_node *value;
	struct astro_error err = {0};
	struct tree *tree;

	ck_assert_int_eq(tree_read(bytes, sizeof(bytes) - 1, "x", &tree, &err),
	                 ASTRO_OK);
	ck_assert_uint_eq(tree->body, 3);
	(void)tree_find(tree->root, "na\xc3\xafve", &value);
	expect_bytes(tree, value, "\xf0\x9f\x9a\x80 x");
	(void)tree_find(tree->root, "list", &value);
	expect_bytes(tree, value, "[\xc3\xa9, b]");
	expect_bytes(tree, value->first->next, "b");
	(void)tree_find(tree->root, "q", &value);
	expect_bytes(tree, value, "\"\xc3\xa9\\n\"");
	(void)tree_find(tree->root, "empty", &value);
	expect_bytes(tree, value, "");
	ck_assert_int_eq(tree->bytes[value->start - 1], ':');
	(void)tree_find(tree->root, "last", &value);
	expect_bytes(tree, value, "z");
	tree_free(tree);
}
END_TEST

START_TEST(every_prefix_of_the_go_file_is_read_or_refused)
{
	size_t len, cut;
	char *bytes = read_whole(TEST_DATA "/go-config.yaml", &len);

	for (cut = 0; cut <= len; cut++) {
		struct config *config = NULL;
		struct astro_error err = {0};
		/* A copy of its own, so that a sanitizer sees the end. */
		char *prefix = malloc(cut + 1);
		int status;

		memcpy(prefix, bytes, cut);
		status =
			config_parse(prefix, cut, "config.yaml", &config, &err);
		if (status == ASTRO_OK)
			ck_assert_uint_le(config_count(config), 2);
		else
			ck_assert_int_eq(status, ASTRO_BAD_CONFIG);
		config_free(config);
		free(prefix);
	}
	free(bytes);
}
END_TEST

START_TEST(every_byte_of_the_go_file_changed_is_read_or_refused)
{
	static const char replacements[] = "\n\t:#&*!|>'\"%@`{}[],-? \xff";
	size_t len, at, i;
	char *bytes = read_whole(TEST_DATA "/go-config.yaml", &len);

	for (at = 0; at < len; at += 3) {
		for (i = 0; i < sizeof(replacements); i++) {
			struct config *config = NULL;
			char kept = bytes[at];

			bytes[at] = replacements[i];
			(void)config_parse(bytes, len, "config.yaml", &config,
			                   NULL);
			config_free(config);
			bytes[at] = kept;
		}
	}
	free(bytes);
}
END_TEST

static void add_tests(TCase *tcase)
{
	tcase_add_loop_test(tcase, says_where_and_why_a_document_makes_no_sense,
	                    0, sizeof(hostile) / sizeof(*hostile));
	tcase_add_loop_test(tcase, stops_at_64_levels_before_libyaml_gets_slow,
	                    0, sizeof(deep) / sizeof(*deep));
	tcase_add_test(tcase, takes_64_levels_and_not_65);
	tcase_add_test(tcase, a_scalar_has_up_to_64_kibibytes);
	tcase_add_test(tcase, a_file_has_up_to_16_mebibytes);
	tcase_add_test(tcase, many_tag_directives_are_not_read_one_by_one);
	tcase_add_test(tcase, billions_of_laughs_are_counted_not_told);
	tcase_add_test(tcase, too_many_anchors_or_values_are_refused);
	tcase_add_test(tcase, files_without_content_have_no_contexts);
	tcase_add_test(tcase, places_are_bytes_whatever_the_characters);
	tcase_add_test(tcase, every_prefix_of_the_go_file_is_read_or_refused);
	tcase_add_test(tcase,
	               every_byte_of_the_go_file_changed_is_read_or_refused);
}

int main(void)
{
	return run_case("yaml", add_tests);
}
