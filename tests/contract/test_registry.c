/* SPDX-License-Identifier: Apache-2.0 */
/* Which registry a login to Software names, by what the server says of it. */
#include <check.h>
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* An old name of a macro of Check. */
#undef fail

#include "error.h"
#include "fake_host.h"

static const struct astro_provider *provider;

/* What appConfig answers; OWN NULL: its query is not known. */
static const struct {
	const char *version, *own;
	const char *registry; /* "": none is named */
	bool with_token;
} platforms[] = {
	{"0.28.9", NULL, "registry.software.example", true},
	{"0.29", NULL, "registry.software.example", true},
	{"0.29.2", "\"byoUpdateRegistryHost\":null,\"featureFlags\":{}",
         "registry.software.example", true},
	{"0.37.2",
         "\"byoUpdateRegistryHost\":\"mine.example/x\","
         "\"featureFlags\":{\"byoUpdateRegistryEnabled\":false}",
         "registry.software.example", true},
	{"0.37.2",
         "\"byoUpdateRegistryHost\":\"mine.example:5000/team/images\","
         "\"featureFlags\":{\"byoUpdateRegistryEnabled\":true}",
         "mine.example:5000", false},
	/* "true" is not true. */
	{"0.37.2",
         "\"byoUpdateRegistryHost\":\"mine.example\","
         "\"featureFlags\":{\"byoUpdateRegistryEnabled\":\"true\"}",
         "registry.software.example", true},
	{"1.0.0", "\"featureFlags\":{\"byoUpdateRegistryEnabled\":false}", "",
         false},
	{"1.0.0",
         "\"byoUpdateRegistryHost\":\"mine.example\","
         "\"featureFlags\":{\"byoUpdateRegistryEnabled\":true}",
         "mine.example", false},
	{"v-next", "\"featureFlags\":null", "", false},
	/* No answer, no registry. */
	{"0.37.2", NULL, "", false},
	{NULL, NULL, "", false},
};

static char bodies[2][400];
static struct fake_route routes[3];
static const struct fake_answer no_answers[] = {{NULL, NULL}};
static struct fake_script script = {.domain = "software.example",
                                    .routes = routes,
                                    .answers = no_answers,
                                    .has_docker = true};

static void play(const char *version, const char *own)
{
	size_t count = 0;

	memset(routes, 0, sizeof(routes));
	if (own != NULL) {
		(void)snprintf(bodies[0], sizeof(bodies[0]),
		               "{\"data\":{\"appConfig\":{%s}}}", own);
		routes[count++] = (struct fake_route){"houston", "featureFlags",
		                                      200, bodies[0]};
	} else {
		routes[count++] =
			(struct fake_route){"houston", "featureFlags", 400,
		                            "{\"errors\":[{\"message\":"
		                            "\"Cannot query field\"}]}"};
	}
	if (version == NULL)
		return;
	(void)snprintf(bodies[1], sizeof(bodies[1]),
	               "{\"data\":{\"appConfig\":{\"version\":\"%s\"}}}",
	               version);
	routes[count] =
		(struct fake_route){"houston", "version", 200, bodies[1]};
}

/* The part of a login that keeps it. */
static void keep(struct fake_host *fake)
{
	const struct astro_host *host;
	struct astro_session *session;
	struct astro_credential *credential;
	struct astro_secret *token;
	struct astro_error err;

	fake_host_init(fake, &script);
	host = &fake->table;
	ck_assert_int_eq(provider->open(host, fake->settings, &session, &err),
	                 ASTRO_OK);
	ck_assert_int_eq(host->credential_new(host->core, &credential, &err),
	                 ASTRO_OK);
	ck_assert_int_eq(host->secret_new(host->core, FAKE_CANARY "t",
	                                  sizeof(FAKE_CANARY "t") - 1, &token,
	                                  &err),
	                 ASTRO_OK);
	ck_assert_int_eq(
		host->credential_set(credential, "access_token", token, &err),
		ASTRO_OK);
	/* Whatever comes of the registry, the login is kept. */
	ck_assert_int_eq(provider->store(session, credential, &err), ASTRO_OK);
	ck_assert(fake->is_kept);
	ck_assert(!fake->told_a_secret);
	host->secret_free(token);
	host->credential_free(credential);
	provider->close(session);
}

START_TEST(names_the_registry_of_the_platform)
{
	struct fake_host fake;

	play(platforms[_i].version, platforms[_i].own);

	keep(&fake);

	ck_assert_str_eq(fake.registry, platforms[_i].registry);
	ck_assert_str_eq(fake.registry_user,
	                 fake.registry[0] != '\0' ? "user" : "");
	ck_assert(fake.registry_has_secret == platforms[_i].with_token);
	fake_host_clear(&fake);
}
END_TEST

static const char *const local[] = {"localhost", "houston", "localhost.me"};

START_TEST(asks_nothing_on_the_machine_of_a_developer)
{
	struct fake_host fake;

	play("0.37.2", NULL);
	script.domain = local[_i];

	keep(&fake);

	ck_assert_str_eq(fake.registry, "");
	ck_assert_uint_eq(fake.responses, 0);
	fake_host_clear(&fake);
}
END_TEST

START_TEST(asks_nothing_where_there_is_no_docker)
{
	struct fake_host fake;

	play("0.28.0", NULL);
	script.has_docker = false;

	keep(&fake);

	ck_assert_str_eq(fake.registry, "");
	ck_assert_uint_eq(fake.responses, 0);
	fake_host_clear(&fake);
}
END_TEST

int main(void)
{
	void *library = dlopen(TEST_SOFTWARE, RTLD_NOW | RTLD_LOCAL);
	Suite *suite = suite_create("the registry of Software");
	TCase *tcase = tcase_create("registry");
	SRunner *runner;
	int failed;

	if (library != NULL)
		provider = dlsym(library, ASTRO_PROVIDER_SYMBOL);
	if (provider == NULL) {
		(void)fprintf(stderr, "%s\n", dlerror());
		return EXIT_FAILURE;
	}
	tcase_add_loop_test(tcase, names_the_registry_of_the_platform, 0,
	                    sizeof(platforms) / sizeof(platforms[0]));
	tcase_add_loop_test(tcase, asks_nothing_on_the_machine_of_a_developer,
	                    0, sizeof(local) / sizeof(local[0]));
	tcase_add_test(tcase, asks_nothing_where_there_is_no_docker);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
