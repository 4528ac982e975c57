/* SPDX-License-Identifier: Apache-2.0 */
/* base64url: vectors of RFC 4648 and RFC 7636, and what is refused. */
#include "base64.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *bytes;
	size_t len;
	const char *text;
} vectors[] = {
	{"", 0, ""},
	{"f", 1, "Zg"},
	{"fo", 2, "Zm8"},
	{"foo", 3, "Zm9v"},
	{"foob", 4, "Zm9vYg"},
	{"fooba", 5, "Zm9vYmE"},
	{"foobar", 6, "Zm9vYmFy"},
	{"hello", 5, "aGVsbG8"},
	{"\xff\xfe", 2, "__4"},
	{"\xfb\xef\xbe", 3, "----"},
};

START_TEST(encodes_the_published_vectors)
{
	char out[64];

	base64_encode(vectors[_i].bytes, vectors[_i].len, out);

	ck_assert_str_eq(out, vectors[_i].text);
	ck_assert_uint_eq(base64_encoded_len(vectors[_i].len), strlen(out));
}
END_TEST

START_TEST(decodes_what_it_encodes)
{
	unsigned char out[64];
	size_t len;

	ck_assert(base64_decode(vectors[_i].text, strlen(vectors[_i].text), out,
	                        &len));
	ck_assert_uint_eq(len, vectors[_i].len);
	ck_assert_mem_eq(out, vectors[_i].bytes, len);
}
END_TEST

static const char *const refused[] = {
	"Z",     "Zg==",
	"Zm9v ", "Zm9v\n",
	"Zm+v",  "Zm/v",
	"Zh",  /* bits set after the last byte */
	"Zm9", /* the same, two bytes */
	"Zm9vY", "\xc3\xa9\xc3\xa9",
};

START_TEST(refuses_what_is_not_strict)
{
	unsigned char out[64];
	size_t len;

	ck_assert(!base64_decode(refused[_i], strlen(refused[_i]), out, &len));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("base64");
	TCase *tcase = tcase_create("base64");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tcase, encodes_the_published_vectors, 0,
	                    sizeof(vectors) / sizeof(vectors[0]));
	tcase_add_loop_test(tcase, decodes_what_it_encodes, 0,
	                    sizeof(vectors) / sizeof(vectors[0]));
	tcase_add_loop_test(tcase, refuses_what_is_not_strict, 0,
	                    sizeof(refused) / sizeof(refused[0]));
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
