/* SPDX-License-Identifier: Apache-2.0 */
/* KUBERNETES_EXEC_INFO: what is understood, and what ends without a token. */
#include "exec_info.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "config_home.h"
#include "error.h"
#include "json_in.h"

static struct astro_error err;
static struct exec_info info;

#define GROUP "client.authentication.k8s.io/"
#define HEAD(version)                                                          \
	"{\"kind\":\"ExecCredential\",\"apiVersion\":\"" GROUP version "\""

static const struct {
	const char *text;
	const char *version;
	const char *server; /* NULL: none is named */
} accepted[] = {
	{NULL, GROUP "v1", NULL},
	{"", GROUP "v1", NULL},
	{HEAD("v1") "}", GROUP "v1", NULL},
	{HEAD("v1beta1") ",\"spec\":{\"interactive\":true}}", GROUP "v1beta1",
         NULL},
	{HEAD("v1beta1") ",\"spec\":{}}", GROUP "v1beta1", NULL},
	{HEAD("v1") ",\"spec\":null,\"status\":null}", GROUP "v1", NULL},
	{HEAD("v1") ",\"spec\":{\"interactive\":false,\"cluster\":{\"server\":"
                    "\"https://K8s.Example.com:6443/a\","
                    "\"certificate-authority-data\":\"LS0t\",\"config\":"
                    "{\"any\":[1,{\"thing\":null}]}}}}",
         GROUP "v1", "k8s.example.com:6443"},
	{HEAD("v1") ",\"spec\":{\"cluster\":{\"server\":\"https://[::1]\"}}}",
         GROUP "v1", "[::1]"},
};

START_TEST(reads_what_kubectl_asks)
{
	ck_assert_msg(exec_info_read(accepted[_i].text, &info, &err) ==
	                      ASTRO_OK,
	              "%s", err.message);
	ck_assert_str_eq(info.version, accepted[_i].version);
	ck_assert_int_eq(info.has_server, accepted[_i].server != NULL);
	if (accepted[_i].server != NULL)
		ck_assert_str_eq(info.server, accepted[_i].server);
}
END_TEST

static const struct {
	const char *text;
	int status;
	const char *message;
} refused[] = {
	{"x", ASTRO_BAD_CONFIG, "no JSON: byte 1: no value where one must be"},
	{"{}", ASTRO_BAD_CONFIG, "it is no ExecCredential"},
	{"[]", ASTRO_BAD_CONFIG, "it is no ExecCredential"},
	{"{\"kind\":\"Config\",\"apiVersion\":\"" GROUP "v1\"}",
         ASTRO_BAD_CONFIG, "it is no ExecCredential"},
	{"{\"kind\":\"ExecCredential\"}", ASTRO_BAD_CONFIG,
         "it has no apiVersion"},
	{"{\"kind\":\"ExecCredential\",\"apiVersion\":1}", ASTRO_BAD_CONFIG,
         "it has no apiVersion"},
	{HEAD("v1alpha1") "}", ASTRO_BAD_CONFIG,
         "the apiVersion " GROUP "v1alpha1 is not known here"},
	{HEAD("v2") "}", ASTRO_BAD_CONFIG,
         "the apiVersion " GROUP "v2 is not known here"},
	{HEAD("v1") ",\"kind\":\"ExecCredential\"}", ASTRO_BAD_CONFIG,
         "no JSON: byte 79: a member that is there twice"},
	{HEAD("v1") ",\"spec\":[]}", ASTRO_BAD_CONFIG, "its spec is no object"},
	{HEAD("v1") ",\"spec\":{\"interactive\":\"no\"}}", ASTRO_BAD_CONFIG,
         "interactive is neither true nor false"},
	{HEAD("v1") ",\"spec\":{\"cluster\":{}}}", ASTRO_BAD_CONFIG,
         "the cluster has no server"},
	{HEAD("v1") ",\"spec\":{\"cluster\":\"https://a.b\"}}",
         ASTRO_BAD_CONFIG, "the cluster has no server"},
	{HEAD("v1") ",\"spec\":{\"cluster\":{\"server\":\"http://a.b\"}}}",
         ASTRO_UNSAFE, "a token is not given to the server http://a.b"},
	{HEAD("v1") ",\"spec\":{\"cluster\":{\"server\":\"https://a@b\"}}}",
         ASTRO_UNSAFE, "a token is not given to the server https://a@b"},
	{HEAD("v1") ",\"spec\":{\"cluster\":{\"server\":\"\"}}}", ASTRO_UNSAFE,
         "a token is not given to the server "},
};

START_TEST(refuses_what_it_cannot_answer)
{
	static const char variable[] = "KUBERNETES_EXEC_INFO: ";

	ck_assert_int_eq(exec_info_read(refused[_i].text, &info, &err),
	                 refused[_i].status);
	ck_assert(strncmp(err.message, variable, sizeof(variable) - 1) == 0);
	ck_assert_str_eq(err.message + sizeof(variable) - 1,
	                 refused[_i].message);
}
END_TEST

/* OUT-06 */
START_TEST(refuses_more_than_a_mebibyte)
{
	char *text = malloc(JSON_IN_BYTES_MAX + 2);

	ck_assert_ptr_nonnull(text);
	memset(text, ' ', JSON_IN_BYTES_MAX + 1);
	text[JSON_IN_BYTES_MAX + 1] = '\0';
	ck_assert_int_eq(exec_info_read(text, &info, &err), ASTRO_BAD_CONFIG);
	ck_assert_str_eq(err.message,
	                 "KUBERNETES_EXEC_INFO: longer than 1 MiB");
	free(text);
}
END_TEST

static void add_tests(TCase *tcase)
{
	tcase_add_loop_test(tcase, reads_what_kubectl_asks, 0,
	                    sizeof(accepted) / sizeof(accepted[0]));
	tcase_add_loop_test(tcase, refuses_what_it_cannot_answer, 0,
	                    sizeof(refused) / sizeof(refused[0]));
	tcase_add_test(tcase, refuses_more_than_a_mebibyte);
}

int main(void)
{
	return run_case("exec_info", add_tests);
}
