/* SPDX-License-Identifier: Apache-2.0 */
/* The sandbox's OpenID provider and its devices, tested from outside. */
#include <stdlib.h>

#include <check.h>

#include "client.h"
#include "suites.h"

int main(void)
{
	Suite *suite = suite_create("sandbox provider");
	SRunner *runner;
	int failed;

	suite_add_devices(suite);
	suite_add_provider(suite);
	suite_add_provider_tokens(suite);
	suite_add_proofs(suite);
	suite_add_cases(suite);
	suite_add_forgeries(suite);
	runner = srunner_create(suite);
	client_start();
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	client_stop();
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
