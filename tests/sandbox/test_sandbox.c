/* SPDX-License-Identifier: Apache-2.0 */
/* The sandbox, tested from outside: a test against it has to mean something. */
#include <stdlib.h>

#include <check.h>

#include "client.h"
#include "suites.h"

int main(void)
{
	Suite *suite = suite_create("sandbox");
	SRunner *runner;
	int failed;

	suite_add_oauth(suite);
	suite_add_tokens(suite);
	suite_add_services(suite);
	suite_add_faults(suite);
	runner = srunner_create(suite);
	client_start();
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	client_stop();
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
