/* SPDX-License-Identifier: Apache-2.0 */
/* Each hostile case is hostile where its row says so, and each honest one is
 * honest: a client by the letter meets them all. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <check.h>

#include "client.h"
#include "fields.h"
#include "judge.h"
#include "suites.h"

static void order(const struct op_case *played)
{
	char order[200];

	(void)snprintf(order, sizeof(order), "{\"name\": \"%s\"}",
	               played->name);
	json_decref(client_control("op/case", order));
}

static json_t *log_of(void)
{
	struct got got;
	json_t *log;

	client_ask(&(struct ask){.path = "/sandbox/log"}, &got);
	log = json_incref(got.json);
	got_clear(&got);
	return log;
}

/* What a client that stops there may not have asked for. */
static void check_requests(const struct op_case *played)
{
	enum op_step step =
		played->verdict == OP_REFUSE ? played->step : OP_AT_END;
	json_t *log = log_of(), *entry;
	size_t i;

	ck_assert_uint_gt(json_array_size(log), 0);
	json_array_foreach(log, i, entry)
	{
		const char *path = fields_get(entry, "path");

		bool with_token = fields_get(json_object_get(entry, "headers"),
		                             "authorization") != NULL;

		ck_assert_msg(op_step_allows(step, path, with_token),
		              "%s asks for %s", played->name, path);
	}
	json_decref(log);
}

START_TEST(a_client_by_the_letter_meets_a_case_as_its_row_says)
{
	const struct op_case *played = op_case_at((size_t)_i);
	struct judgement judgement;

	order(played);
	judgement = judge(played);

	if (played->verdict == OP_ACCEPT)
		ck_assert_msg(judgement.step == OP_AT_END,
		              "%s was refused at %s: %s", played->name,
		              op_step_name(judgement.step),
		              judgement.complaint);
	if (played->verdict == OP_REFUSE)
		ck_assert_msg(judgement.step == played->step,
		              "%s: expected a refusal at %s, was %s (%s)",
		              played->name, op_step_name(played->step),
		              op_step_name(judgement.step),
		              judgement.complaint);
	check_requests(played);
}
END_TEST

START_TEST(the_list_of_cases_is_the_table)
{
	const struct op_case *entry;
	struct got got;
	size_t i;

	client_ask(&(struct ask){.path = "/sandbox/op/cases"}, &got);

	for (i = 0; (entry = op_case_at(i)) != NULL; i++) {
		json_t *row = json_array_get(got.json, i);

		ck_assert_str_eq(fields_get(row, "name"), entry->name);
		ck_assert_str_eq(fields_get(row, "verdict"),
		                 op_verdict_name(entry->verdict));
		ck_assert_str_eq(fields_get(row, "step"),
		                 op_step_name(entry->step));
	}
	ck_assert_uint_eq(json_array_size(got.json), i);
	got_clear(&got);
}
END_TEST

/* What a test program of a client builds on. */
START_TEST(each_row_agrees_with_itself)
{
	const struct op_case *entry;
	size_t i;

	for (i = 0; (entry = op_case_at(i)) != NULL; i++) {
		const char *name = entry->name;

		ck_assert_msg(op_case_find(name) == entry, "%s comes twice",
		              name);
		if (entry->verdict == OP_ACCEPT)
			ck_assert_msg(entry->step == OP_AT_END &&
			                      entry->exit_code == 0,
			              "%s is accepted, or is it?", name);
		if (entry->verdict == OP_REFUSE)
			ck_assert_msg(entry->step != OP_AT_END &&
			                      entry->exit_code != 0,
			              "%s is refused, or is it?", name);
		if (entry->flow == OP_DEVICE)
			ck_assert_msg(entry->step != OP_AT_AUTHORIZATION,
			              "%s has no browser", name);
	}
}
END_TEST

START_TEST(a_refusal_forbids_what_would_come_after_it)
{
	ck_assert(op_step_allows(OP_AT_ID_TOKEN, "/op/token", true));
	ck_assert(!op_step_allows(OP_AT_ID_TOKEN, "/op/userinfo", true));
	ck_assert(op_step_allows(OP_AT_ID_TOKEN, "/op/userinfo", false));
	ck_assert(!op_step_allows(OP_AT_ID_TOKEN, "/op/revoke", false));
	ck_assert(!op_step_allows(OP_AT_AUTHORIZATION, "/op/token", false));
	ck_assert(!op_step_allows(OP_AT_DISCOVERY, "/op/jwks", false));
	ck_assert(op_step_allows(OP_AT_END, "/op/jwks/one", false));
	ck_assert(!op_step_allows(OP_AT_END, "/op/mtls/token", false));
	ck_assert(!op_step_allows(OP_AT_END, "/evil/token", false));
	ck_assert(!op_step_allows(OP_AT_END, "/op/tokens", false));
}
END_TEST

START_TEST(a_case_that_is_dropped_leaves_an_honest_provider)
{
	const struct op_case *honest = op_case_find("oidcc-client-test");
	struct judgement judgement;
	struct got got;

	order(op_case_find("idt-13-longer"));
	order(op_case_find("oidcc-client-test-discovery-issuer-mismatch"));
	client_ask(
		&(struct ask){.path = "/sandbox/op/case", .method = "DELETE"},
		&got);
	ck_assert_int_eq(got.status, 200);
	got_clear(&got);

	judgement = judge(honest);

	ck_assert_str_eq(judgement.complaint, "");
	client_ask(&(struct ask){.path = "/sandbox/op/case"}, &got);
	ck_assert(json_is_null(json_object_get(got.json, "name")));
	got_clear(&got);
}
END_TEST

START_TEST(an_unknown_case_changes_nothing)
{
	struct got got;

	order(op_case_find("idt-13-longer"));
	client_ask(&(struct ask){.path = "/sandbox/op/case?name=nonsense",
	                         .method = "PUT"},
	           &got);

	ck_assert_int_eq(got.status, 404);
	ck_assert_ptr_nonnull(
		strstr(got_text(&got, "message"), "no such case"));
	got_clear(&got);
	client_ask(&(struct ask){.path = "/sandbox/op/case"}, &got);
	ck_assert_str_eq(got_text(&got, "name"), "idt-13-longer");
	got_clear(&got);
}
END_TEST

void suite_add_cases(Suite *suite)
{
	TCase *tcase = tcase_create("cases");
	int count = 0;

	while (op_case_at((size_t)count) != NULL)
		count++;
	tcase_add_checked_fixture(tcase, client_reset, NULL);
	tcase_set_timeout(tcase, 60);
	tcase_add_loop_test(tcase,
	                    a_client_by_the_letter_meets_a_case_as_its_row_says,
	                    0, count);
	tcase_add_test(tcase, the_list_of_cases_is_the_table);
	tcase_add_test(tcase, each_row_agrees_with_itself);
	tcase_add_test(tcase, a_refusal_forbids_what_would_come_after_it);
	tcase_add_test(tcase, a_case_that_is_dropped_leaves_an_honest_provider);
	tcase_add_test(tcase, an_unknown_case_changes_nothing);
	suite_add_tcase(suite, tcase);
}
