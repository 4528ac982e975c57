/* SPDX-License-Identifier: Apache-2.0 */
/*
 * canonical.c: what it reads is what libyaml reads, to the last mark, and
 * whatever libyaml would have to be asked about it leaves alone.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "canonical.h"
#include "config_home.h"
#include "secret.h"
#include "text.h"

/* ---- libyaml, counted ---- */

static int readings;

int __real_yaml_parser_initialize(void *parser);
int __wrap_yaml_parser_initialize(void *parser);

/* In the place of libyaml's (-Wl,--wrap). */
int __wrap_yaml_parser_initialize(void *parser)
{
	readings++;
	return __real_yaml_parser_initialize(parser);
}

/* ---- two readings of the same bytes ---- */

static bool is_same_text(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static bool is_same(const struct tree_node *a, const struct tree_node *b)
{
	if (a == NULL || b == NULL)
		return a == b;
	if (a->kind != b->kind || a->style != b->style || a->len != b->len ||
	    a->start != b->start || a->end != b->end || a->line != b->line ||
	    a->column != b->column || a->weight != b->weight ||
	    a->anchored != b->anchored || !is_same_text(a->text, b->text))
		return false;
	return is_same(a->first, b->first) && is_same(a->next, b->next);
}

/* True when LEN bytes are read without libyaml, which must then agree. */
static bool read_both(const char *bytes, size_t len)
{
	struct astro_error err = {0};
	struct tree *quick, *tree = NULL;
	/* Of its own size, so that a sanitizer sees the end. */
	char *copy = malloc(len + (len == 0));
	int status;

	memcpy(copy, bytes, len);
	quick = canonical_read(copy, len);
	if (quick != NULL) {
		status = tree_read(copy, len, "config.yaml", &tree, &err);
		ck_assert_msg(status == ASTRO_OK, "%s:\n%.*s", err.message,
		              (int)len, bytes);
		ck_assert_msg(is_same(quick->root, tree->root), "%.*s",
		              (int)len, bytes);
		ck_assert_uint_eq(quick->len, tree->len);
		ck_assert_uint_eq(quick->body, tree->body);
		ck_assert_int_eq(quick->has_odd_lines, tree->has_odd_lines);
	}
	tree_free(tree);
	tree_free(quick);
	free(copy);
	return quick != NULL;
}

/* ---- by hand ---- */

static const char *const canonical[] = {
	"a: b\n",
	"a: b\nc: d\n",
	"a:\n b: c\n",
	"a:\n    b:\n        c: d\n    e: f\ng: h\n",
	"a:\n  b: c\nd:\n    e: f\n",
	"a: \"\"\nb: ''\n",
	"a: \" b: #c  \"\nd: ' \"e\" '\n",
	"a: \"~\"\nb: null\n",
	"contexts: null\n",
	"null: a\n12: b\n",
	"b: 1\na: 2\n",
	"B: 1\na: 2\n",
	"a: http://localhost:8888/v1\n",
	"a: 2026-11-25T16:16:57.044824155-05:00\n",
	"a: Bearer x.y-z_0~+/=\n",
	"a: -b\n",
	"a: .b\n",
	"a: b, c\n",
	"# one\n\na: b\n  # two\nc:\n\n# three\n  d: e\n\n# four\n",
	"a-b: c\na_b: d\n",
};

START_TEST(reads_what_both_programs_write)
{
	ck_assert(read_both(canonical[_i], strlen(canonical[_i])));
}
END_TEST

static const char *const others[] = {
	"",
	"\n",
	"# nothing\n",
	"a: b",
	"a:\n",
	"a:\nb: c\n",
	"a:\n  b:\n",
	" a: b\n",
	"a: b\n c: d\n",
	"a:\n  b: c\n d: e\n",
	"a:\n  b: c\n    d: e\n",
	"a:\n  b: c\n  d\n",
	"a: b\n  c\n",
	"a: b\n\n  c\n",
	"a:\n  b\n",
	"a: b \n",
	"a: \n",
	"a:  b\n",
	"a : b\n",
	"a:b\n",
	"a: b\r\n",
	"a: b\tc\n",
	"a:\tb\n",
	"\ta: b\n",
	"a:\n\tb: c\n",
	"a: b\n\t\n",
	"a: b # c\n",
	"a: # b\n  c: d\n",
	"a: #b\n",
	"a: \"b\" # c\n",
	"# \xc3\xbc\na: b\n",
	"# \x1b\na: b\n",
	"a: b: c\n",
	"a: b:\n",
	"a: - b\n",
	"a: -\n",
	"a: ? b\n",
	"? a\n: b\n",
	"- a\n",
	"a:\n- b\n",
	"a:\n  - b\n",
	"a: &x b\n",
	"a: *x\n",
	"a: !!str b\n",
	"a: !x b\n",
	"&x a: b\n",
	"<<: b\n",
	"a: |\n  b\n",
	"a: >\n  b\n",
	"a: {}\n",
	"a: []\n",
	"a: {b: c}\n",
	"{a: b}\n",
	"a: [b,\n  c]\n",
	"a: @b\n",
	"a: `b\n",
	"a: %b\n",
	"%YAML 1.1\n---\na: b\n",
	"---\na: b\n",
	"a: b\n---\n",
	"a: b\n...\n",
	"a: b\n---\nc: d\n",
	"a: ~\n",
	"a: \"b\\n\"\n",
	"a: \"b\\\"\n",
	"a: 'b''c'\n",
	"a: \"b\nc: d\"\n",
	"a: 'b\n",
	"a: \"b\"c\n",
	"a: \"b\" \n",
	"\"a\": b\n",
	"'a': b\n",
	"a: b\na: c\n",
	"a: b\nc: d\na: e\n",
	"x:\n  a: b\n  a: c\n",
	"a b: c\n",
	"a.b: c\n",
	"-a: b\n",
	": b\n",
	"a: \xc3\xbc\n",
	"a: \xff\n",
	"a: \x7f\n",
	"\xef\xbb\xbfx: b\n",
	"a: b\nc\n",
	"a: b\nc: d\xc2\x85",
	/* Nine levels. */
	"a:\n b:\n  c:\n   d:\n    e:\n     f:\n      g:\n       h:\n        i: j\n",
};

START_TEST(leaves_to_libyaml_what_neither_program_writes)
{
	ck_assert_msg(!read_both(others[_i], strlen(others[_i])), "%s",
	              others[_i]);
}
END_TEST

START_TEST(a_nul_is_not_the_end)
{
	ck_assert(!read_both("a: b\0", 5));
	ck_assert(!read_both("a: b\n\0", 6));
	ck_assert(!read_both("a\0: b\n", 6));
	ck_assert(!read_both("a: b\0\n", 6));
	ck_assert(!read_both("a: \"b\0\"\n", 8));
}
END_TEST

START_TEST(leaves_long_files_and_long_keys_to_libyaml)
{
	size_t size = CANONICAL_BYTES_MAX;
	char *bytes = malloc(size + 1);

	memset(bytes, 'x', size + 1);
	memcpy(bytes, "a: ", 3);
	bytes[size - 1] = '\n';
	ck_assert(read_both(bytes, size));
	bytes[size - 1] = 'x';
	bytes[size] = '\n';
	ck_assert(!read_both(bytes, size + 1));

	memcpy(bytes + 256, ": b\n", 4);
	bytes[1] = bytes[2] = 'a';
	ck_assert(read_both(bytes, 260));
	memcpy(bytes + 256, "a: b\n", 5);
	ck_assert(!read_both(bytes, 261));
	free(bytes);
}
END_TEST

START_TEST(finds_a_key_that_is_there_twice_wherever_it_stands)
{
	struct text text;
	size_t len;
	int i;

	text_init(&text, CANONICAL_BYTES_MAX);
	for (i = 100; i > 0; i--)
		(void)text_addf(&text, "k%d: v\n", i * 7919 % 1000);
	ck_assert(read_both(text.bytes, text.len));
	len = text.len;
	for (i = 100; i > 0; i--) {
		text.len = len;
		(void)text_addf(&text, "k%d: w\n", i * 7919 % 1000);
		ck_assert(!read_both(text.bytes, text.len));
	}
	text_clear(&text);
}
END_TEST

/* ---- by chance, the same every time ---- */

static uint64_t chance;

static size_t pick(size_t below)
{
	/* Marsaglia's xorshift64. */
	chance ^= chance << 13;
	chance ^= chance >> 7;
	chance ^= chance << 17;
	return (size_t)(chance % below);
}

/* Of go-config.yaml with a step of 4, its twin with a step of 2. */
static char *narrow(const char *bytes, size_t *len)
{
	char *out = malloc(*len + 1);
	size_t at = 0, count = 0;

	while (at < *len) {
		size_t blanks = 0;

		while (bytes[at + blanks] == ' ')
			blanks++;
		memset(out + count, ' ', blanks / 2);
		count += blanks / 2;
		at += blanks;
		do {
			out[count++] = bytes[at];
		} while (at < *len && bytes[at++] != '\n');
	}
	out[count] = '\0';
	*len = count;
	return out;
}

enum { FILES = 3 };

static char *valid_file(int index, size_t *len)
{
	char *bytes, *out;

	if (index == 0)
		return read_whole(TEST_CONFIGS "/context.example.yaml", len);
	bytes = read_whole(TEST_DATA "/go-config.yaml", len);
	if (index == 1)
		return bytes;
	out = narrow(bytes, len);
	free(bytes);
	return out;
}

START_TEST(reads_the_files_of_both_programs)
{
	size_t len;
	char *bytes = valid_file(_i, &len);

	ck_assert(read_both(bytes, len));
	free(bytes);
}
END_TEST

struct draft {
	char bytes[16 * 1024];
	size_t len;
};

static void put(struct draft *draft, size_t at, size_t drop, const char *text,
                size_t len)
{
	ck_assert_uint_lt(draft->len + len, sizeof(draft->bytes));
	memmove(draft->bytes + at + len, draft->bytes + at + drop,
	        draft->len - at - drop);
	memcpy(draft->bytes + at, text, len);
	draft->len += len - drop;
}

static size_t line_at(const struct draft *draft, size_t at)
{
	while (at > 0 && draft->bytes[at - 1] != '\n')
		at--;
	return at;
}

static size_t line_after(const struct draft *draft, size_t at)
{
	while (at < draft->len && draft->bytes[at++] != '\n')
		;
	return at;
}

/* One change of the kind that people, editors and torn writes make. */
static void spoil(struct draft *draft)
{
	static const char *const pieces[] = {
		" ",    "  ",  "    ", "\t",   "\n", "\n\n",   ":",   ": ",
		"- ",   "#",   " #",   "\"",   "'",  "\\",     "&a ", "*a",
		"!!b ", "|\n", ">\n",  "{}",   "[",  "]",      "}",   ",",
		"?",    "~",   "%",    "@",    "`",  "---\n",  "...", "<<: ",
		"\r",   "\0",  "null", "\xc3", "é",  "\x7f",   "x",   "X",
		"a: ",  "a:",  "-",    ".",    "=",  "token:", "_",   "0"};
	size_t at = pick(draft->len), start = line_at(draft, at);
	size_t after = line_after(draft, at), other;
	const char *piece = pieces[pick(sizeof(pieces) / sizeof(*pieces))];
	char line[1024];

	switch (pick(8)) {
	case 0:
		put(draft, at, 1, "", 0);
		break;
	case 1:
		put(draft, at, 1, piece, strlen(piece));
		break;
	case 2:
		put(draft, at, 0, piece, strlen(piece));
		break;
	case 3: /* a line less */
		put(draft, start, after - start, "", 0);
		break;
	case 4: /* a line again, somewhere */
		ck_assert_uint_le(after - start, sizeof(line));
		memcpy(line, draft->bytes + start, after - start);
		other = line_at(draft, pick(draft->len));
		put(draft, other, 0, line, after - start);
		break;
	case 5:
		put(draft, start, 0, "    ", 1 + pick(4));
		break;
	case 6:
		if (draft->bytes[start] == ' ')
			put(draft, start, 1 + (draft->bytes[start + 1] == ' '),
			    "", 0);
		break;
	default: /* torn */
		if (pick(4) == 0)
			draft->len = at + 1;
		break;
	}
	if (draft->len == 0)
		put(draft, 0, 0, "x", 1);
}

static void draft_file(struct draft *draft, int index)
{
	char *bytes = valid_file(index, &draft->len);
	size_t count = 1 + pick(4);

	ck_assert_uint_lt(draft->len, sizeof(draft->bytes) / 2);
	memcpy(draft->bytes, bytes, draft->len);
	free(bytes);
	while (count-- > 0)
		spoil(draft);
}

START_TEST(agrees_with_libyaml_about_spoiled_files)
{
	struct draft draft;
	int i, count = 0;

	chance = 0x9E3779B97F4A7C15 + (uint64_t)_i;
	for (i = 0; i < 3000; i++) {
		draft_file(&draft, _i);
		if (read_both(draft.bytes, draft.len))
			count++;
	}
	/* Neither reading says no to everything, or yes. */
	ck_assert_int_gt(count, 300);
	ck_assert_int_lt(count, 2700);
}
END_TEST

/* Short values of every character that YAML gives a meaning somewhere. */
START_TEST(agrees_with_libyaml_about_made_up_lines)
{
	static const char *const indents[] = {"", "", "", " ", "  ", "    "};
	static const char letters[] =
		"aabbccBC0123_--::#.,  ~/@+=\"'?&*!|>{}[]%`\\\n";
	struct text text;
	int i, count = 0;

	text_init(&text, 4096);
	chance = 0xD1B54A32D192ED03;
	for (i = 0; i < 60000; i++) {
		size_t lines = 1 + pick(4), line, letter;

		text_clear(&text);
		for (line = 0; line < lines; line++) {
			size_t len = pick(5);

			(void)text_addf(&text, "%s%c:%s", indents[pick(6)],
			                (int)('a' + line + pick(9) / 8),
			                len == 0 ? "" : " ");
			for (letter = 0; letter < len; letter++)
				(void)text_add(
					&text,
					letters + pick(sizeof(letters) - 1), 1);
			(void)text_add(&text, "\n", 1);
		}
		if (read_both(text.bytes, text.len))
			count++;
	}
	text_clear(&text);
	ck_assert_int_gt(count, 1000);
	ck_assert_int_lt(count, 30000);
}
END_TEST

/* ---- as part of a config ---- */

static void expect_same_secret(const struct context *quick,
                               const struct context *slow)
{
	struct astro_secret *one, *two;
	struct astro_error why = {0}, reason = {0};

	ck_assert_int_eq(context_access_token(quick, &one, &why),
	                 context_access_token(slow, &two, &reason));
	ck_assert_str_eq(why.message, reason.message);
	ck_assert_int_eq(one == NULL, two == NULL);
	if (one != NULL)
		ck_assert_str_eq(secret_bytes(one, NULL),
		                 secret_bytes(two, NULL));
	secret_free(one);
	secret_free(two);
}

/* What `auth token` looks at. */
static void expect_same_current(const struct config *quick,
                                const struct config *slow)
{
	const struct context *one, *two;
	struct astro_error why = {0}, reason = {0};

	ck_assert_int_eq(config_current(quick, &one, &why),
	                 config_current(slow, &two, &reason));
	ck_assert_str_eq(why.message, reason.message);
	ck_assert_int_eq(one == NULL, two == NULL);
	if (one == NULL)
		return;
	ck_assert_str_eq(context_name(one), context_name(two));
	ck_assert_str_eq(context_key(one), context_key(two));
	ck_assert_str_eq(context_provider(one), context_provider(two));
	ck_assert_int_eq(context_expiry(one), context_expiry(two));
	expect_same_secret(one, two);
}

START_TEST(finds_in_a_spoiled_file_what_libyaml_finds)
{
	struct draft draft;
	int i, count = 0;

	chance = 0x2545F4914F6CDD1D + (uint64_t)_i;
	for (i = 0; i < 400; i++) {
		struct astro_error why = {0}, reason = {0};
		struct config *quick, *slow;
		int status, expected, before;

		draft_file(&draft, _i);
		put_bytes(".astro/config.yaml", draft.bytes, draft.len);
		before = readings;
		status = config_load(&paths, &quick, &why);
		count += readings == before;
		expected = config_parse(draft.bytes, draft.len, "config.yaml",
		                        &slow, &reason);
		ck_assert_int_eq(status, expected);
		ck_assert_str_eq(why.message, reason.message);
		if (status == ASTRO_OK)
			expect_same_current(quick, slow);
		config_free(quick);
		config_free(slow);
	}
	ck_assert_int_gt(count, 40);
}
END_TEST

START_TEST(a_canonical_file_is_looked_up_without_libyaml)
{
	struct astro_error err = {0};
	const struct context *context;
	struct astro_secret *token;
	struct config *config;
	size_t len;
	char *bytes = valid_file(1, &len);

	put_bytes(".astro/config.yaml", bytes, len);
	free(bytes);
	readings = 0;
	ck_assert_int_eq(config_load(&paths, &config, &err), ASTRO_OK);
	ck_assert_int_eq(config_current(config, &context, &err), ASTRO_OK);
	ck_assert_int_eq(context_access_token(context, &token, &err), ASTRO_OK);
	ck_assert_str_eq(secret_bytes(token, NULL), "ey.software.jwt");
	ck_assert_int_eq(readings, 0);
	secret_free(token);
	config_free(config);
}
END_TEST

START_TEST(any_other_file_is_read_by_libyaml)
{
	struct astro_error err = {0};
	const struct context *context;
	struct config *config;

	put_config("context: &a x.io\ncontexts: {x_io: {domain: *a}}\n");
	readings = 0;
	ck_assert_int_eq(config_load(&paths, &config, &err), ASTRO_OK);
	ck_assert_int_eq(config_current(config, &context, &err), ASTRO_OK);
	ck_assert_str_eq(context_name(context), "x.io");
	ck_assert_int_eq(readings, 1);
	config_free(config);
}
END_TEST

START_TEST(a_change_is_judged_by_libyaml_alone)
{
	const struct change change = {.context = "x_io",
	                              .key = "workspace",
	                              .kind = CHANGE_TEXT,
	                              .text = "w"};
	struct astro_error err = {0};

	put_config("context: x.io\ncontexts:\n    x_io:\n        token: t\n");
	readings = 0;
	ck_assert_int_eq(config_change(&paths, &change, 1, &err), ASTRO_OK);
	ck_assert_int_eq(readings, 2);
}
END_TEST

static void add_tests(TCase *tcase)
{
	tcase_add_checked_fixture(tcase, home_make, home_remove);
	tcase_add_loop_test(tcase, reads_what_both_programs_write, 0,
	                    sizeof(canonical) / sizeof(*canonical));
	tcase_add_loop_test(tcase,
	                    leaves_to_libyaml_what_neither_program_writes, 0,
	                    sizeof(others) / sizeof(*others));
	tcase_add_test(tcase, a_nul_is_not_the_end);
	tcase_add_test(tcase, leaves_long_files_and_long_keys_to_libyaml);
	tcase_add_test(tcase,
	               finds_a_key_that_is_there_twice_wherever_it_stands);
	tcase_add_loop_test(tcase, reads_the_files_of_both_programs, 0, FILES);
	tcase_add_loop_test(tcase, agrees_with_libyaml_about_spoiled_files, 0,
	                    FILES);
	tcase_add_test(tcase, agrees_with_libyaml_about_made_up_lines);
	tcase_add_loop_test(tcase, finds_in_a_spoiled_file_what_libyaml_finds,
	                    0, FILES);
	tcase_add_test(tcase, a_canonical_file_is_looked_up_without_libyaml);
	tcase_add_test(tcase, any_other_file_is_read_by_libyaml);
	tcase_add_test(tcase, a_change_is_judged_by_libyaml_alone);
}

int main(void)
{
	return run_case("canonical", add_tests);
}
