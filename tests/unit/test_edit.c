/* SPDX-License-Identifier: Apache-2.0 */
/* edit.c, quote.c and verify.c: only the bytes that must change do. */
#include "edit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config_home.h"
#include "text.h"
#include "tree.h"

#define C "contexts"
#define SET(text, ...)                                                         \
	{                                                                      \
		{__VA_ARGS__}, EDIT_TEXT, text, sizeof(text) - 1               \
	}
#define PLAIN(text, ...)                                                       \
	{                                                                      \
		{__VA_ARGS__}, EDIT_PLAIN, text, sizeof(text) - 1              \
	}
#define REMOVE(...)                                                            \
	{                                                                      \
		{__VA_ARGS__}, EDIT_REMOVE, NULL, 0                            \
	}

/* The document changed; the edits must prove exact, unless refused. */
static int apply(const char *before, size_t len, const struct edit *edits,
                 size_t count, struct text *out, struct astro_error *err)
{
	struct tree *tree, *changed = NULL;
	struct edit sorted[8];
	int status;

	memcpy(sorted, edits, count * sizeof(*edits));
	ck_assert_int_eq(tree_read(before, len, "config.yaml", &tree, err),
	                 ASTRO_OK);
	status = edit_apply(tree, "config.yaml", sorted, &count, out, err);
	if (status == ASTRO_OK) {
		ck_assert_msg(tree_read(out->bytes, out->len, "changed",
		                        &changed, err) == ASTRO_OK,
		              "%s in:\n%s", err->message, out->bytes);
		ck_assert_msg(edit_is_exact(tree, changed, sorted, count),
		              "not exact:\n%s", out->bytes);
	}
	tree_free(changed);
	tree_free(tree);
	return status;
}

static const struct {
	const char *before;
	struct edit edits[4];
	size_t count;
	const char *after;
} examples[] = {
	/* values */
	{"context: a.io # now\n",
         {SET("b.io", "context")},
         1,
         "context: b.io # now\n"},
	{"context: 'a.io'\n", {SET("b.io", "context")}, 1, "context: b.io\n"},
	{"context:\n", {SET("b.io", "context")}, 1, "context: b.io\n"},
	{"context:  # none\n",
         {SET("b.io", "context")},
         1,
         "context: b.io  # none\n"},
	{"context: \"\"\n", {SET("b.io", "context")}, 1, "context: b.io\n"},
	{"context: ~\nx: y\n",
         {SET("b.io", "context")},
         1,
         "context: b.io\nx: y\n"},
	{"context: a.io", {SET("", "context")}, 1, "context: \"\""},
	{"context: |\n  old\n  text\n\nx: y\n",
         {SET("b.io", "context")},
         1,
         "context: b.io\n\nx: y\n"},
	{"context: >-\n  old", {SET("b.io", "context")}, 1, "context: b.io"},
	{"context: \"old\n  text\" # c\nx: y\n",
         {SET("b.io", "context")},
         1,
         "context: b.io # c\nx: y\n"},
	{"context: old\n  text\nx: y\n",
         {SET("b.io", "context")},
         1,
         "context: b.io\nx: y\n"},
	{"context: !!str a\n", {SET("b.io", "context")}, 1, "context: b.io\n"},
	{"{context: a, x: y}\n",
         {SET("b.io", "context")},
         1,
         "{context: b.io, x: y}\n"},
	{"{\"context\":\"a\"}\n",
         {SET("b.io", "context")},
         1,
         "{\"context\":b.io}\n"},
	{"? context\n: a\n",
         {SET("b.io", "context")},
         1,
         "? context\n: b.io\n"},
	{"Context: a\n", {SET("b.io", "context")}, 1, "Context: b.io\n"},
	/* new keys, in order where there is one */
	{"a: 1\nz: 2\n", {SET("x", "context")}, 1, "a: 1\ncontext: x\nz: 2\n"},
	{"z: 2\na: 1\n", {SET("x", "context")}, 1, "z: 2\na: 1\ncontext: x\n"},
	{"d: 1\n", {SET("x", "context")}, 1, "context: x\nd: 1\n"},
	{"a: 1", {SET("x", "context")}, 1, "a: 1\ncontext: x"},
	{"a: 1\r\nd: 2\r\n",
         {SET("x", "context")},
         1,
         "a: 1\r\ncontext: x\r\nd: 2\r\n"},
	{"a: 1 # one\n# about d\nd: 2\n",
         {SET("x", "context")},
         1,
         "a: 1 # one\ncontext: x\n# about d\nd: 2\n"},
	{"a: |+\n  text\n\nd: 1\n",
         {SET("x", "context")},
         1,
         "a: |+\n  text\n\ncontext: x\nd: 1\n"},
	{"a:\n- 1\n- 2\nd: 1\n",
         {SET("x", "context")},
         1,
         "a:\n- 1\n- 2\ncontext: x\nd: 1\n"},
	{"{a: b}\n", {SET("x", "context")}, 1, "{a: b, context: x}\n"},
	{"contexts: {a_io: {token: x}}\n",
         {SET("w", C, "a_io", "workspace")},
         1,
         "contexts: {a_io: {token: x, workspace: w}}\n"},
	{"contexts:\n  a_io:\n    # mine\n    token: x\n",
         {SET("a.io", C, "a_io", "domain")},
         1,
         "contexts:\n  a_io:\n    domain: a.io\n    # mine\n    token: x\n"},
	{"contexts:\n    a_io:\n        token: x\n",
         {SET("w", C, "a_io", "workspace"), SET("e", C, "a_io", "u_email"),
          SET("a.io", C, "a_io", "domain")},
         3,
         "contexts:\n    a_io:\n        domain: a.io\n        token: x\n"
         "        u_email: e\n        workspace: w\n"},
	/* new contexts */
	{"",
         {SET("a.io", C, "a_io", "domain"), SET("a.io", "context")},
         2,
         "context: a.io\ncontexts:\n    a_io:\n        domain: a.io\n"},
	{"# mine\n",
         {SET("a.io", "context"), SET("t", C, "a_io", "token")},
         2,
         "# mine\ncontext: a.io\ncontexts:\n    a_io:\n        token: t\n"},
	{"# mine",
         {SET("t", C, "a_io", "token")},
         1,
         "# mine\ncontexts:\n    a_io:\n        token: t"},
	{"\xef\xbb\xbf",
         {SET("a.io", "context")},
         1,
         "\xef\xbb\xbf"
         "context: a.io\n"},
	{"{}\n",
         {SET("a.io", "context"), SET("x", "z")},
         2,
         "context: a.io\nz: x\n"},
	{"{}", {SET("a.io", "context")}, 1, "context: a.io\n"},
	{"# c\nnull # d\n# e\n",
         {SET("a.io", "context")},
         1,
         "# c\n # d\ncontext: a.io\n# e\n"},
	{"---\n# c\n...\n",
         {SET("a.io", "context")},
         1,
         "---\n# c\ncontext: a.io\n...\n"},
	{"contexts: {} # none\nx: y\n",
         {SET("t", C, "a_io", "token")},
         1,
         "contexts:  # none\n    a_io:\n        token: t\nx: y\n"},
	{"contexts: {}\n",
         {SET("t", C, "a_io", "token"), SET("w", C, "a_io", "workspace"),
          SET("t", C, "b_io", "token")},
         3,
         "contexts:\n    a_io:\n        token: t\n        workspace: w\n"
         "    b_io:\n        token: t\n"},
	{"contexts:\nx:\n  y: z\n",
         {SET("t", C, "a_io", "token")},
         1,
         "contexts:\n  a_io:\n    token: t\nx:\n  y: z\n"},
	{"contexts: null",
         {SET("t", C, "a_io", "token")},
         1,
         "contexts:\n    a_io:\n        token: t"},
	{"contexts:\n  b_io:\n    token: t\n",
         {SET("t", C, "a_io", "token")},
         1,
         "contexts:\n  a_io:\n    token: t\n  b_io:\n    token: t\n"},
	{"contexts:\n   b_io:\n      token: t",
         {SET("t", C, "c_io", "token")},
         1,
         "contexts:\n   b_io:\n      token: t\n   c_io:\n      token: t"},
	{"contexts:\n  b_io: {token: t}\n",
         {SET("u", C, "c_io", "token")},
         1,
         "contexts:\n  b_io: {token: t}\n  c_io:\n    token: u\n"},
	{"contexts:\n  b_io:\n  c_io:\n    token: t\n",
         {SET("u", C, "b_io", "token")},
         1,
         "contexts:\n  b_io:\n    token: u\n  c_io:\n    token: t\n"},
	{"",
         {SET("t", C, "127_0_0_1_8080", "token")},
         1,
         "contexts:\n    \"127_0_0_1_8080\":\n        token: t\n"},
	/* removing */
	{"contexts:\n  a_io:\n    token: x # secret\n    workspace: w\n",
         {REMOVE(C, "a_io", "token")},
         1,
         "contexts:\n  a_io:\n    # secret\n    workspace: w\n"},
	{"contexts:\r\n  a_io:  # mine\r\n    token: x\t# secret",
         {REMOVE(C, "a_io", "token"), REMOVE(C, "a_io")},
         2,
         "contexts:\r\n  # mine\r\n    # secret"},
	{"a: b # c\nd: e#f\n", {REMOVE("a"), REMOVE("d")}, 2, "# c\n"},
	{"a: b # c", {REMOVE("a"), SET("x", "z")}, 2, "# c\nz: x"},
	{"contexts:\n  a_io:\n    token: x\n  # b\n  b_io:\n    token: y\n",
         {REMOVE(C, "a_io")},
         1,
         "contexts:\n  # b\n  b_io:\n    token: y\n"},
	{"context: a.io\ncontexts:\n  # mine\n  a_io:\n    token: x\nz: 1\n",
         {REMOVE(C, "a_io"), REMOVE(C), SET("", "context")},
         3,
         "context: \"\"\n  # mine\nz: 1\n"},
	{"contexts:\n  a_io:\n    token: x\n",
         {REMOVE(C, "a_io", "token")},
         1,
         "contexts:\n  a_io:\n"},
	{"a: |\n  text\n\nb: c\n", {REMOVE("a")}, 1, "b: c\n"},
	{"a: b\nc: d", {REMOVE("c")}, 1, "a: b\n"},
	{"a: b\n", {REMOVE("x")}, 1, "a: b\n"},
	/* in flow style */
	{"contexts: {a_b: {domain: a.b, token: x}}\n",
         {REMOVE(C, "a_b", "token")},
         1,
         "contexts: {a_b: {domain: a.b}}\n"},
	{"contexts: {a_b: {domain: a.b, token: x, workspace: w}} # c\n",
         {REMOVE(C, "a_b", "token")},
         1,
         "contexts: {a_b: {domain: a.b, workspace: w}} # c\n"},
	{"contexts: {a_b: {token: x, domain: a.b, refreshtoken: y}}\n",
         {REMOVE(C, "a_b", "token"), REMOVE(C, "a_b", "refreshtoken")},
         2,
         "contexts: {a_b: {domain: a.b}}\n"},
	{"contexts: {a_b: { domain: a.b , token: x , t: y , } }\n",
         {REMOVE(C, "a_b", "token"), REMOVE(C, "a_b", "t")},
         2,
         "contexts: {a_b: { domain: a.b , } }\n"},
	{"{\"contexts\":{\"a_b\":{\"domain\":\"a.b\",\"token\":\"x,y\"}}}",
         {REMOVE(C, "a_b", "token")},
         1,
         "{\"contexts\":{\"a_b\":{\"domain\":\"a.b\"}}}"},
	{"contexts: {a_b: {token: x, t: y}}\n",
         {REMOVE(C, "a_b", "token"), REMOVE(C, "a_b", "t")},
         2,
         "contexts: {a_b: {}}\n"},
	{"contexts: {a_b: {token: x,}}\n",
         {REMOVE(C, "a_b", "token")},
         1,
         "contexts: {a_b: {}}\n"},
	{"contexts: {a_b: {token: , t}}\n",
         {REMOVE(C, "a_b", "token"), REMOVE(C, "a_b", "t")},
         2,
         "contexts: {a_b: {}}\n"},
	{"contexts: !!map {a_b: {token: x}, c_d: {token: y}}\n",
         {REMOVE(C, "a_b")},
         1,
         "contexts: !!map {c_d: {token: y}}\n"},
	{"contexts: {a_b: {token: x}, c_d: {token: y}}\n",
         {REMOVE(C, "c_d")},
         1,
         "contexts: {a_b: {token: x}}\n"},
	{"contexts: {\n  # mine\n  a_b: {token: x}, # of a\n  # about c\n"
         "  c_d: {token: y} # of c\n}\n",
         {REMOVE(C, "a_b")},
         1,
         "contexts: {\n  # mine\n  # about c\n  c_d: {token: y} # of c\n}\n"},
	{"contexts: {\n  # mine\n  a_b: {token: x}, # of a\n  # about c\n"
         "  c_d: {token: y} # of c\n}\n",
         {REMOVE(C, "c_d")},
         1,
         "contexts: {\n  # mine\n  a_b: {token: x} # of a\n  # about c\n"
         "}\n"},
	{"contexts: {\r\n  a_b: {t: x},\r\n  c_d: {t: y},\r\n"
         "  e_f: {t: z}\r\n}\r\n",
         {REMOVE(C, "c_d"), REMOVE(C, "e_f")},
         2,
         "contexts: {\r\n  a_b: {t: x}\r\n}\r\n"},
	{"contexts: {\n  a_b: {t: x}\n  , c_d: {t: y}\n  , e_f: {t: z}\n}\n",
         {REMOVE(C, "a_b"), REMOVE(C, "e_f")},
         2,
         "contexts: {\n  c_d: {t: y}\n  \n}\n"},
	{"contexts: {a_b: {t: x}, # of a\n  c_d: {t: y}}\n",
         {REMOVE(C, "a_b"), REMOVE(C, "c_d")},
         2,
         "contexts: {\n  }\n"},
	{"context: a.b\ncontexts: {a_b: {token: x}}\nx: y\n",
         {REMOVE(C, "a_b"), REMOVE(C), SET("", "context")},
         3,
         "context: \"\"\nx: y\n"},
	{"{context: a.b, contexts: {a_b: {token: x}}, x: y}\n",
         {REMOVE(C, "a_b"), REMOVE(C), SET("", "context")},
         3,
         "{context: \"\", x: y}\n"},
	{"contexts:\n  a_b: {token: x}\n  c_d: {token: y}\n",
         {REMOVE(C, "a_b")},
         1,
         "contexts:\n  c_d: {token: y}\n"},
	{"contexts:\n  a_b: {token: x, w: v}\n",
         {REMOVE(C, "a_b", "token"), SET("z", C, "a_b", "w"),
          SET("nn", C, "a_b", "new")},
         3,
         "contexts:\n  a_b: {w: z, new: nn}\n"},
	{"contexts: {a_b: {token: x, w: v}}\n",
         {REMOVE(C, "a_b", "w"), SET("nn", C, "a_b", "new")},
         2,
         "contexts: {a_b: {token: x, new: nn}}\n"},
	{"contexts: {a_b: {token: x}}\n",
         {REMOVE(C, "a_b", "token"), SET("nn", C, "a_b", "new"),
          SET("o", C, "a_b", "old")},
         3,
         "contexts: {a_b: {new: nn, old: o}}\n"},
	{"contexts: {a_io: {token: x}}\n",
         {SET("yy", C, "b_io", "token"), SET("b.io", C, "b_io", "domain"),
          SET("z", C, "c_io", "token"), SET("w", C, "a_io", "workspace")},
         4,
         "contexts: {a_io: {token: x, workspace: w}, "
         "b_io: {domain: b.io, token: yy}, c_io: {token: z}}\n"},
	{"{contexts: {}}\n",
         {SET("yy", C, "b_io", "token"), SET("z", C, "c_io", "token"),
          SET("b.io", "context")},
         3,
         "{contexts: {b_io: {token: yy}, c_io: {token: z}}, "
         "context: b.io}\n"},
	{"{contexts: null, x: ~}\n",
         {SET("yy", C, "b_io", "token"), SET("z", C, "c_io", "token")},
         2,
         "{contexts: {b_io: {token: yy}, c_io: {token: z}}, x: ~}\n"},
	{"{contexts: , x: y}\n",
         {SET("yy", C, "b_io", "token")},
         1,
         "{contexts: {b_io: {token: yy}}, x: y}\n"},
	{"contexts: {\n}\n",
         {SET("yy", C, "b_io", "token")},
         1,
         "contexts: {b_io: {token: yy}\n}\n"},
	{"{\n  # all of it\n}\n",
         {SET("yy", C, "b_io", "token"), SET("b.io", "context")},
         2,
         "{context: b.io, contexts: {b_io: {token: yy}}\n  # all of it\n}\n"},
	/* the last of two with one path counts */
	{"a: b\n", {SET("c", "a"), SET("d", "a")}, 2, "a: d\n"},
	{"contexts:\n  a_io:\n    token: x\n",
         {PLAIN("2026-11-25T16:16:57Z", C, "a_io", "expiresin")},
         1,
         "contexts:\n  a_io:\n    expiresin: 2026-11-25T16:16:57Z\n"
         "    token: x\n"},
};

START_TEST(changes_just_these_bytes)
{
	size_t count = examples[_i].count;
	struct astro_error err = {0};
	struct text out;
	int status;

	text_init(&out, TREE_BYTES_MAX);
	status = apply(examples[_i].before, strlen(examples[_i].before),
	               examples[_i].edits, count, &out, &err);
	ck_assert_msg(status == ASTRO_OK, "%s", err.message);
	ck_assert_str_eq(out.bytes, examples[_i].after);
	text_clear(&out);
}
END_TEST

static const char *const between[] = {", ",
                                      ",",
                                      " , ",
                                      ",\n  ",
                                      "\n  , ",
                                      ", # of it\n  # own\n  ",
                                      "\r\n\r\n  # own\r\n  ,"};
static const char *const around[][2] = {
	{"{", "}"},
	{"{ ", " , }"},
	{"{\n  ", "\n}"},
	{"{ # of all\n  # own\n  ", ", # of it\n  # own\n}"}};

enum {
	BETWEEN = sizeof(between) / sizeof(*between),
	AROUND = sizeof(around) / sizeof(*around),
	PAIRS = 4,
	SUBSETS = 1 << PAIRS
};

static size_t count_of(const char *text, const char *part)
{
	size_t count = 0;

	while ((text = strstr(text, part)) != NULL) {
		text += strlen(part);
		count++;
	}
	return count;
}

START_TEST(any_pairs_go_out_of_a_flow_mapping_and_no_comment_with_them)
{
	static const char *const keys[PAIRS] = {"a", "b", "c", "d"};
	int subset = _i % SUBSETS, gap = _i / SUBSETS % BETWEEN;
	const char *const *braces = around[_i / SUBSETS / BETWEEN % AROUND];
	const struct edit added = SET("new", C, "e");
	struct edit edits[PAIRS + 1];
	struct astro_error err = {0};
	struct text before, after;
	size_t count = 0, i;

	text_init(&before, 1000);
	text_init(&after, 1000);
	(void)text_addf(&before, "contexts: %s", braces[0]);
	for (i = 0; i < PAIRS; i++) {
		const struct edit edit = REMOVE(C, keys[i]);

		(void)text_addf(&before, "%s%s: '%s, }'",
		                i == 0 ? "" : between[gap], keys[i], keys[i]);
		if (subset & 1 << i)
			edits[count++] = edit;
	}
	(void)text_addf(&before, "%s # end\nx: y\n", braces[1]);
	if (_i >= SUBSETS * BETWEEN * AROUND)
		edits[count++] = added;
	if (count > 0)
		ck_assert_msg(apply(before.bytes, before.len, edits, count,
		                    &after, &err) == ASTRO_OK,
		              "%s in:\n%s", err.message, before.bytes);
	if (count > 0)
		ck_assert_msg(count_of(before.bytes, "# own") ==
		                      count_of(after.bytes, "# own"),
		              "from:\n%sto:\n%s", before.bytes, after.bytes);
	text_clear(&before);
	text_clear(&after);
}
END_TEST

static const struct {
	const char *before;
	struct edit edit;
	const char *message;
} by_hand[] = {
	{"context: &a x\n", SET("y", "context"),
         "config.yaml:1:10: an anchor or alias is not changed"},
	{"x: &a y\ncontext: *a\n", SET("y", "context"),
         "config.yaml:2:10: an anchor or alias is not changed"},
	{"contexts: &c\n  a_io:\n    token: x\n", SET("y", C, "a_io", "token"),
         "config.yaml:1:11: an anchor or alias is not changed"},
	{"{contexts}\n", SET("y", C, "b_io", "token"),
         "config.yaml:1:10: a key without a colon is not changed"},
	{"contexts: {? a_io : {token: x}, b: c}\n", REMOVE(C, "a_io"),
         "config.yaml:1:14: a key behind a \"?\" is not removed"},
	{"contexts: {a_io: {token: &t x, w: *t}}\n", REMOVE(C, "a_io", "token"),
         "config.yaml:1:26: an anchor or alias is not changed"},
	{"contexts: {a_io: {token: &t x}, b: *t}\n", REMOVE(C, "a_io"),
         "config.yaml:1:12: an anchor is not removed"},
	{"{context}\n", SET("y", "context"),
         "config.yaml:1:9: a key without a colon is not changed"},
	{"contexts:\n  a_io: {token: &t x}\ny: *t\n", REMOVE(C, "a_io"),
         "config.yaml:2:3: an anchor is not removed"},
	{"contexts: [a]\n", SET("y", C, "b_io", "token"),
         "config.yaml:1:11: expected a mapping"},
	{"context: [a]\n", SET("y", "context"),
         "config.yaml:1:10: expected a plain value"},
	{"? contexts\n: a_io:\n    token: x\n", REMOVE(C),
         "config.yaml:1:3: it does not have lines of its own"},
	{"a: b\rc: d\r", SET("y", "context"),
         "config.yaml: its lines do not end in LF or CRLF"},
	{"a: b\xe2\x80\xa8", SET("y", "context"),
         "config.yaml: its lines do not end in LF or CRLF"},
};

START_TEST(refuses_what_only_a_person_should_change)
{
	struct astro_error err = {0};
	struct text out;

	text_init(&out, TREE_BYTES_MAX);
	ck_assert_int_eq(apply(by_hand[_i].before, strlen(by_hand[_i].before),
	                       &by_hand[_i].edit, 1, &out, &err),
	                 ASTRO_BAD_CONFIG);
	ck_assert_str_eq(err.message, by_hand[_i].message);
	text_clear(&out);
}
END_TEST

static const struct {
	const char *value, *written;
} quotes[] = {
	{"", "\"\""},
	{"plain", "plain"},
	{"Bearer AAA.BBB.CCC", "Bearer AAA.BBB.CCC"},
	{"jane@example.com", "jane@example.com"},
	{"http://localhost:8888/v1", "http://localhost:8888/v1"},
	{"/path", "/path"},
	{"v1.M-x_y~z+/=", "v1.M-x_y~z+/="},
	{"443", "\"443\""},
	{"true", "\"true\""},
	{"No", "\"No\""},
	{"y", "\"y\""},
	{"yes", "\"yes\""},
	{"OFF", "\"OFF\""},
	{"null", "\"null\""},
	{"~", "\"~\""},
	{"1e5", "\"1e5\""},
	{"0o17", "\"0o17\""},
	{"0x1F", "\"0x1F\""},
	{"1_000", "\"1_000\""},
	{"12:30:45", "\"12:30:45\""},
	{"2026-01-01", "\"2026-01-01\""},
	{"2026-01-01T00:00:00Z", "\"2026-01-01T00:00:00Z\""},
	{".inf", "\".inf\""},
	{"-1", "\"-1\""},
	{"- a", "\"- a\""},
	{"<<", "\"<<\""},
	{"=", "\"=\""},
	{"a: b", "\"a: b\""},
	{"a:", "\"a:\""},
	{"a #b", "\"a #b\""},
	{"a#b", "a#b"},
	{" a", "\" a\""},
	{"a ", "\"a \""},
	{"[a", "\"[a\""},
	{"a,b", "\"a,b\""},
	{"!x", "\"!x\""},
	{"&x", "\"&x\""},
	{"*x", "\"*x\""},
	{"%x", "\"%x\""},
	{"@x", "\"@x\""},
	{"`x", "\"`x\""},
	{"---", "\"---\""},
	{"say \"hi\"", "\"say \\\"hi\\\"\""},
	{"back\\slash", "\"back\\\\slash\""},
	{"it's", "\"it's\""},
	{"tab\there", "\"tab\\x09here\""},
	{"line\nend\r", "\"line\\x0Aend\\x0D\""},
	{"J\xc3\xb6rg", "\"J\xc3\xb6rg\""},
	{"\xc2\x85", "\"\\x85\""},
	{"\xe2\x80\xa8", "\"\\u2028\""},
	{"\xef\xbb\xbfx", "\"\\uFEFFx\""},
	{"\xf0\x9f\x9a\x80", "\"\xf0\x9f\x9a\x80\""},
};

START_TEST(quotes_what_yaml_would_read_as_something_else)
{
	const char *value = quotes[_i].value;
	const struct edit edit = {{"context"}, EDIT_TEXT, value, strlen(value)};
	struct astro_error err = {0};
	struct text out;

	text_init(&out, 1000);
	ck_assert(edit_quote(&out, value, strlen(value)));
	ck_assert_str_eq(out.bytes, quotes[_i].written);
	text_clear(&out);
	/* And it is read back, which apply() checks. */
	ck_assert_int_eq(apply("", 0, &edit, 1, &out, &err), ASTRO_OK);
	text_clear(&out);
	ck_assert_int_eq(apply("{context: a, x: y}", 18, &edit, 1, &out, &err),
	                 ASTRO_OK);
	text_clear(&out);
}
END_TEST

START_TEST(any_character_comes_back_as_it_was)
{
	char value[16];
	unsigned code;

	for (code = 1; code < 0x800; code++) {
		struct edit edit = {{"context"}, EDIT_TEXT, value, 0};
		struct astro_error err = {0};
		struct text out;

		if (code < 0x80)
			edit.len = (size_t)snprintf(value, sizeof(value),
			                            "a%cb", (char)code);
		else
			edit.len =
				(size_t)snprintf(value, sizeof(value), "a%c%cb",
			                         (char)(0xC0 | code >> 6),
			                         (char)(0x80 | (code & 0x3F)));
		text_init(&out, 1000);
		ck_assert_int_eq(apply("x: y\n", 5, &edit, 1, &out, &err),
		                 ASTRO_OK);
		text_clear(&out);
	}
}
END_TEST

START_TEST(text_that_no_file_can_hold_is_refused)
{
	char *big = malloc(TREE_SCALAR_MAX + 1);
	struct edit edit = {{"token"}, EDIT_TEXT, big, TREE_SCALAR_MAX + 1};
	struct astro_error err = {0};
	struct text out;

	text_init(&out, TREE_BYTES_MAX);
	memset(big, 'a', TREE_SCALAR_MAX + 1);
	ck_assert_int_eq(apply("", 0, &edit, 1, &out, &err), ASTRO_STORE);
	ck_assert_str_eq(err.message,
	                 "config.yaml: token is longer than 65536 bytes");
	edit.len--;
	ck_assert_int_eq(apply("", 0, &edit, 1, &out, &err), ASTRO_OK);
	edit.len = 3;
	memcpy(big, "a\0b", 3);
	ck_assert_int_eq(apply("", 0, &edit, 1, &out, &err), ASTRO_STORE);
	ck_assert_str_eq(err.message, "config.yaml: token is no text");
	memcpy(big,
	       "a\xff"
	       "b",
	       3);
	ck_assert_int_eq(apply("", 0, &edit, 1, &out, &err), ASTRO_STORE);
	text_clear(&out);
	free(big);
}
END_TEST

START_TEST(a_wrong_result_does_not_pass_as_exact)
{
	static const char *const wrong[] = {
		"a: 1\nb: 2\n",       /* not done */
		"a: 1\nb: 3\nc: 4\n", /* something more */
		"a: 2\nb: 3\n",       /* something else */
		"b: 3\n",             /* something less */
		"a: '1'\nb: 3\n",     /* another style */
		"a: 1\nb: [3]\n",     /* another kind */
	};
	struct edit edit = SET("3", "b");
	struct tree *before, *after;
	size_t i;

	ck_assert_int_eq(tree_read("a: 1\nb: 2\n", 10, "x", &before, NULL),
	                 ASTRO_OK);
	for (i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		ck_assert_int_eq(tree_read(wrong[i], strlen(wrong[i]), "x",
		                           &after, NULL),
		                 ASTRO_OK);
		ck_assert_msg(!edit_is_exact(before, after, &edit, 1), "%s",
		              wrong[i]);
		tree_free(after);
	}
	tree_free(before);
}
END_TEST

/* ---- many files, many edits: whole lines stay as they are ---- */

enum {
	TWO_SPACES = 1,
	CRLF = 2,
	CUT = 4,  /* no line end at the end */
	MARK = 8, /* byte order mark */
	COMMENTS = 16,
	DOMAINS = 32,
	VARIANTS = 64
};

static void add_line(struct text *out, const char *line, size_t len,
                     int variant)
{
	size_t indent = strspn(line, " ");
	const char *end = variant & CRLF ? "\r\n" : "\n";

	if (indent > len)
		indent = len;
	if (variant & COMMENTS)
		(void)text_addf(out, "%*s# \xc3\xa9 about what follows%s",
		                (int)indent, "", end);
	(void)text_addf(out, "%*s%.*s%s%s",
	                (int)(variant & TWO_SPACES ? indent / 2 : indent), "",
	                (int)(len - indent), line + indent,
	                variant & COMMENTS ? "   # \xe2\x82\xac" : "", end);
	if ((variant & DOMAINS) && strstr(line, "    astronomer_io:") == line)
		add_line(out, "        domain: astronomer.io", 29,
		         variant & ~DOMAINS);
	if ((variant & DOMAINS) && strstr(line, "    mycompany") == line)
		add_line(out, "        domain: mycompany.example.com", 37,
		         variant & ~DOMAINS);
}

static void make_variant(struct text *out, int variant)
{
	size_t len;
	char *bytes = read_whole(TEST_DATA "/go-config.yaml", &len);
	const char *line = bytes;

	text_init(out, TREE_BYTES_MAX);
	if (variant & MARK)
		(void)text_add_string(out, "\xef\xbb\xbf");
	while (*line != '\0') {
		size_t count = strcspn(line, "\n");

		add_line(out, line, count, variant);
		line += count + 1;
	}
	if (variant & CUT) {
		out->len -= variant & CRLF ? 2 : 1;
		out->bytes[out->len] = '\0';
	}
	free(bytes);
}

#define A "astronomer_io"
#define M "mycompany_example_com"

static const struct {
	struct edit edits[6];
	size_t count;
	int changed; /* lines that are not there any more as they were */
} edit_sets[] = {
	{{SET("b.io", "context")}, 1, 1},
	{{SET("new", C, A, "token")}, 1, 1},
	{{SET("new", C, A, "token"), SET("new", C, A, "refreshtoken"),
          SET("", C, A, "user_email"),
          PLAIN("2027-01-01T00:00:00Z", C, A, "expiresin")},
         4,
         4},
	{{SET("x", C, M, "aaa")}, 1, 0},
	{{SET("x", C, M, "zzz")}, 1, 0},
	{{SET("x", C, M, "provider"), SET("y", C, A, "store")}, 2, 0},
	{{SET("x", C, "aaa_io", "domain"), SET("y", C, "aaa_io", "token")},
         2,
         0},
	{{SET("x", C, "mmm_io", "domain"), SET("y", C, "mmm_io", "token"),
          SET("mmm.io", "context")},
         3,
         1},
	{{SET("x", C, "zzz_io", "domain"), SET("y", "zzz")}, 2, 0},
	{{REMOVE(C, A, "token"), REMOVE(C, A, "refreshtoken")}, 2, 2},
	{{REMOVE(C, A, "workspace"), SET("x", C, A, "zzz")}, 2, 1},
	{{SET("8", "webserver", "port"), SET("9", "webserver", "zzz")}, 2, 1},
	{{REMOVE("webserver", "port")}, 1, 1},
	{{REMOVE(C, A)}, 1, -1},
	{{REMOVE(C, M)}, 1, -1},
	{{REMOVE(C, A), REMOVE(C, M), REMOVE(C), SET("", "context")}, 4, -1},
};

enum { SETS = sizeof(edit_sets) / sizeof(*edit_sets) };

static size_t line_len(const char *line)
{
	size_t len = strcspn(line, "\n");

	return line[len] == '\n' ? len + 1 : len;
}

/* Lines of BEFORE that do not come, in their order, in AFTER. */
static int count_changed(const char *before, const char *after)
{
	int changed = 0;

	while (*before != '\0') {
		size_t len = line_len(before);
		const char *at = after;

		while (*at != '\0' &&
		       (line_len(at) != len || memcmp(at, before, len) != 0))
			at += line_len(at);
		if (*at == '\0')
			changed++;
		else
			after = at + len;
		before += len;
	}
	return changed;
}

START_TEST(every_other_line_stays_byte_for_byte)
{
	int variant = _i / SETS, set = _i % SETS;
	struct astro_error err = {0};
	struct text before, after;
	int changed, expected = edit_sets[set].changed;

	make_variant(&before, variant);
	text_init(&after, TREE_BYTES_MAX);
	ck_assert_msg(apply(before.bytes, before.len, edit_sets[set].edits,
	                    edit_sets[set].count, &after, &err) == ASTRO_OK,
	              "%s", err.message);
	changed = count_changed(before.bytes, after.bytes);
	if (expected >= 0)
		/* What stood last without a line end may have got one. */
		ck_assert_int_le(changed, expected + (variant & CUT ? 1 : 0));
	if (expected >= 0)
		ck_assert_int_ge(changed, expected);
	/* Whatever was added has the file's line ends. */
	if (variant & CRLF)
		ck_assert_ptr_null(strstr(after.bytes, "\n\n"));
	if (variant & MARK)
		ck_assert_int_eq(memcmp(after.bytes, "\xef\xbb\xbf", 3), 0);
	text_clear(&before);
	text_clear(&after);
}
END_TEST

START_TEST(line_ends_are_never_mixed_by_an_edit)
{
	int variant;

	for (variant = 0; variant < VARIANTS; variant++) {
		struct astro_error err = {0};
		struct text before, after;
		size_t i, feeds = 0, pairs = 0;
		int set;

		for (set = 0; set < SETS; set++) {
			make_variant(&before, variant);
			text_init(&after, TREE_BYTES_MAX);
			ck_assert_int_eq(apply(before.bytes, before.len,
			                       edit_sets[set].edits,
			                       edit_sets[set].count, &after,
			                       &err),
			                 ASTRO_OK);
			for (i = 0; i < after.len; i++) {
				if (after.bytes[i] != '\n')
					continue;
				feeds++;
				if (after.bytes[i - 1] == '\r')
					pairs++;
			}
			text_clear(&before);
			text_clear(&after);
		}
		ck_assert_uint_eq(pairs, variant & CRLF ? feeds : 0);
	}
}
END_TEST

static void add_tests(TCase *tcase)
{
	tcase_add_loop_test(tcase, changes_just_these_bytes, 0,
	                    sizeof(examples) / sizeof(*examples));
	tcase_add_loop_test(
		tcase,
		any_pairs_go_out_of_a_flow_mapping_and_no_comment_with_them, 0,
		SUBSETS * BETWEEN * AROUND * 2);
	tcase_add_loop_test(tcase, refuses_what_only_a_person_should_change, 0,
	                    sizeof(by_hand) / sizeof(*by_hand));
	tcase_add_loop_test(tcase,
	                    quotes_what_yaml_would_read_as_something_else, 0,
	                    sizeof(quotes) / sizeof(*quotes));
	tcase_add_test(tcase, any_character_comes_back_as_it_was);
	tcase_add_test(tcase, text_that_no_file_can_hold_is_refused);
	tcase_add_test(tcase, a_wrong_result_does_not_pass_as_exact);
	tcase_add_loop_test(tcase, every_other_line_stays_byte_for_byte, 0,
	                    VARIANTS * SETS);
	tcase_add_test(tcase, line_ends_are_never_mixed_by_an_edit);
}

int main(void)
{
	return run_case("edit", add_tests);
}
