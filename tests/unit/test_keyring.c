/* SPDX-License-Identifier: Apache-2.0 */
/* The keyring store against gnome-keyring: open, locked, hanging, absent. */
#include "backend.h"

#include <check.h>
#include <fcntl.h>
#include <libsecret/secret.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "desktop.h"
#include "error.h"
#include "fake_secrets.h"
#include "interrupt.h"
#include "secret.h"

#define HINT                                                                   \
	"unlock the keyring or start its service, or keep the login in the "   \
	"context file with --store file"

static const struct store_entry entry = {
	.folder = "/home/jane/.astro",
	.name = "astronomer.io",
	.account = "jane@example.com",
};
static struct astro_error err;

static void begin(void)
{
	memset(&err, 0, sizeof(err));
	interrupt_install();
	desktop_begin();
}

static void begin_unlocked(void)
{
	begin();
	desktop_start_bus();
	desktop_start_keyring("password");
}

static int put(const struct store_entry *where, const char *text)
{
	struct astro_secret *record;
	int status;

	ck_assert_int_eq(secret_new(text, strlen(text), &record, &err),
	                 ASTRO_OK);
	status = store_keyring.put(NULL, where, record, &err);
	secret_free(record);
	return status;
}

static void expect(const struct store_entry *where, const char *text)
{
	struct astro_secret *record;
	int status = store_keyring.get(NULL, where, &record, &err);

	ck_assert_msg(status == ASTRO_OK, "%d: %s", status, err.message);
	ck_assert_str_eq(secret_bytes(record, NULL), text);
	secret_free(record);
}

static void expect_none(const struct store_entry *where)
{
	struct astro_secret *record;

	ck_assert_int_eq(store_keyring.get(NULL, where, &record, &err),
	                 ASTRO_NOT_FOUND);
	ck_assert_str_eq(err.message,
	                 "the keyring holds no login for astronomer.io");
	ck_assert_ptr_null(record);
}

/* Every operation fails in the same way. */
static void expect_refused(int status, const char *message)
{
	struct astro_secret *record;

	ck_assert_msg(store_keyring.probe(NULL, &err) == status, "%s",
	              err.message);
	ck_assert_str_eq(err.message, message);
	ck_assert_int_eq(store_keyring.get(NULL, &entry, &record, &err),
	                 status);
	ck_assert_str_eq(err.message, message);
	ck_assert_ptr_null(record);
	ck_assert_int_eq(put(&entry, "never kept"), status);
	ck_assert_str_eq(err.message, message);
	ck_assert_int_eq(store_keyring.erase(NULL, &entry, &err), status);
	ck_assert_str_eq(err.message, message);
}

/* What is in the default collection, seen with libsecret's simple calls. */
static SecretCollection *collection(void)
{
	SecretService *service = secret_service_get_sync(
		SECRET_SERVICE_OPEN_SESSION, NULL, NULL);
	SecretCollection *all = secret_collection_for_alias_sync(
		service, SECRET_COLLECTION_DEFAULT,
		SECRET_COLLECTION_LOAD_ITEMS, NULL, NULL);

	ck_assert_ptr_nonnull(all);
	g_object_unref(service);
	return all;
}

static guint count_items(void)
{
	SecretCollection *all = collection();
	GList *items = secret_collection_get_items(all);
	guint count = g_list_length(items);

	g_list_free_full(items, g_object_unref);
	g_object_unref(all);
	return count;
}

static void lock(void)
{
	SecretCollection *all = collection();
	GList objects = {all, NULL, NULL};

	ck_assert_int_eq(
		secret_service_lock_sync(NULL, &objects, NULL, NULL, NULL), 1);
	g_object_unref(all);
}

/* An item as another program, or an earlier run of ours, would leave it. */
static void add_item(const char *schema, const char *key, const char *value,
                     const char *key2, const char *value2, const char *secret)
{
	GHashTable *attributes = g_hash_table_new(g_str_hash, g_str_equal);
	SecretCollection *all = collection();
	SecretValue *text = secret_value_new(secret, -1, "text/plain");
	SecretItem *item;

	if (schema != NULL)
		(void)g_hash_table_insert(attributes, (char *)"xdg:schema",
		                          (char *)schema);
	(void)g_hash_table_insert(attributes, (char *)key, (char *)value);
	(void)g_hash_table_insert(attributes, (char *)key2, (char *)value2);
	item = secret_item_create_sync(all, NULL, attributes, "an item", text,
	                               SECRET_ITEM_CREATE_NONE, NULL, NULL);
	ck_assert_ptr_nonnull(item);
	g_object_unref(item);
	secret_value_unref(text);
	g_object_unref(all);
	g_hash_table_unref(attributes);
}

START_TEST(keeps_replaces_and_erases_a_login)
{
	ck_assert_int_eq(store_keyring.probe(NULL, &err), ASTRO_OK);
	expect_none(&entry);
	ck_assert_int_eq(store_keyring.erase(NULL, &entry, &err),
	                 ASTRO_NOT_FOUND);
	ck_assert_str_eq(err.message,
	                 "the keyring holds no login for astronomer.io");

	ck_assert_int_eq(put(&entry, "{\"version\":1}"), ASTRO_OK);
	expect(&entry, "{\"version\":1}");
	ck_assert_int_eq(put(&entry, "f\xc3\xbcnf"), ASTRO_OK);
	expect(&entry, "f\xc3\xbcnf");
	ck_assert_uint_eq(count_items(), 1);

	ck_assert_int_eq(store_keyring.erase(NULL, &entry, &err), ASTRO_OK);
	expect_none(&entry);
	ck_assert_uint_eq(count_items(), 0);
}
END_TEST

START_TEST(names_the_login_for_people_and_not_for_finding_it)
{
	struct store_entry other = entry;
	SecretCollection *all;
	GList *items;
	char *label;

	other.account = NULL;
	ck_assert_int_eq(put(&other, "old"), ASTRO_OK);
	ck_assert_int_eq(put(&entry, "new"), ASTRO_OK);
	expect(&other, "new");

	all = collection();
	items = secret_collection_get_items(all);
	ck_assert_uint_eq(g_list_length(items), 1);
	label = secret_item_get_label(items->data);
	ck_assert_str_eq(label,
	                 "astro login: astronomer.io (jane@example.com)");
	g_free(label);
	g_list_free_full(items, g_object_unref);
	g_object_unref(all);
}
END_TEST

START_TEST(two_homes_and_two_contexts_never_share)
{
	struct store_entry home = entry, context = entry;

	home.folder = "/home/joe/.astro";
	context.name = "corp.example.com";
	ck_assert_int_eq(put(&entry, "1"), ASTRO_OK);
	ck_assert_int_eq(put(&home, "2"), ASTRO_OK);
	ck_assert_int_eq(put(&context, "3"), ASTRO_OK);
	ck_assert_int_eq(store_keyring.erase(NULL, &entry, &err), ASTRO_OK);

	expect_none(&entry);
	expect(&home, "2");
	expect(&context, "3");
}
END_TEST

START_TEST(leaves_foreign_items_alone)
{
	/* Beginnings of our attributes and of their values, the label and the
	 * attributes under another schema. */
	add_item("io.astronomer.astro.Login", "fold", entry.folder, "contex",
	         entry.name, "prefix of names");
	add_item("io.astronomer.astro.Login", "folder", "/home/jane", "context",
	         "astronomer", "prefix of values");
	add_item("org.example.Other", "folder", entry.folder, "context",
	         entry.name, "another schema");
	add_item(NULL, "folder", entry.folder, "context", entry.name,
	         "no schema");
	expect_none(&entry);

	ck_assert_int_eq(put(&entry, "ours"), ASTRO_OK);
	expect(&entry, "ours");
	ck_assert_uint_eq(count_items(), 5);
	ck_assert_int_eq(store_keyring.erase(NULL, &entry, &err), ASTRO_OK);
	ck_assert_uint_eq(count_items(), 4);
	ck_assert_int_eq(store_keyring.erase(NULL, &entry, &err),
	                 ASTRO_NOT_FOUND);
	ck_assert_uint_eq(count_items(), 4);
}
END_TEST

START_TEST(the_newest_of_several_counts_and_a_put_removes_the_others)
{
	add_item("io.astronomer.astro.Login", "folder", entry.folder, "context",
	         entry.name, "older");
	/* The service's clock has whole seconds. */
	(void)sleep(1);
	add_item("io.astronomer.astro.Login", "folder", entry.folder, "context",
	         entry.name, "newer");
	ck_assert_uint_eq(count_items(), 2);
	expect(&entry, "newer");

	ck_assert_int_eq(put(&entry, "newest"), ASTRO_OK);
	ck_assert_uint_eq(count_items(), 1);
	expect(&entry, "newest");
}
END_TEST

START_TEST(an_item_deleted_behind_our_back_is_no_login)
{
	SecretCollection *all;
	GList *items;

	ck_assert_int_eq(put(&entry, "1"), ASTRO_OK);
	all = collection();
	items = secret_collection_get_items(all);
	ck_assert(secret_item_delete_sync(items->data, NULL, NULL));
	g_list_free_full(items, g_object_unref);
	g_object_unref(all);

	expect_none(&entry);
}
END_TEST

START_TEST(keeps_large_logins_whole_and_refuses_what_is_no_text)
{
	static char large[192 * 1024 + 2];
	struct astro_secret *record;
	size_t i;

	for (i = 0; i < 192 * 1024; i++)
		large[i] = (char)('!' + i % 90);
	ck_assert_int_eq(put(&entry, large), ASTRO_OK);
	expect(&entry, large);

	large[i] = '!';
	ck_assert_int_eq(put(&entry, large), ASTRO_STORE);
	ck_assert_str_eq(err.message,
	                 "the login is no text that a keyring could keep");
	ck_assert_int_eq(put(&entry, "\xff"), ASTRO_STORE);
	ck_assert_int_eq(secret_new("a\0b", 3, &record, &err), ASTRO_OK);
	ck_assert_int_eq(store_keyring.put(NULL, &entry, record, &err),
	                 ASTRO_STORE);
	secret_free(record);
	large[i] = '\0';
	expect(&entry, large);
}
END_TEST

START_TEST(many_writers_at_once_leave_one_login)
{
	enum { WRITERS = 12 };
	pid_t writers[WRITERS];
	int i, status;

	for (i = 0; i < WRITERS; i++) {
		writers[i] = fork();
		if (writers[i] == 0)
			_exit(put(&entry, "from one of many") != ASTRO_OK);
	}
	for (i = 0; i < WRITERS; i++) {
		ck_assert_int_eq(waitpid(writers[i], &status, 0), writers[i]);
		ck_assert_int_eq(status, 0);
	}
	expect(&entry, "from one of many");
	ck_assert_int_eq(put(&entry, "last"), ASTRO_OK);
	ck_assert_uint_eq(count_items(), 1);
}
END_TEST

START_TEST(a_locked_keyring_is_not_a_missing_login)
{
	ck_assert_int_eq(put(&entry, "kept"), ASTRO_OK);
	lock();
	expect_refused(ASTRO_STORE, "the keyring is locked, and nobody is here "
	                            "to unlock it");
	ck_assert_str_eq(err.hint, HINT);
}
END_TEST

START_TEST(a_locked_keyring_says_nothing_of_what_it_may_not_hold)
{
	lock();
	expect_refused(ASTRO_STORE, "the keyring is locked, and nobody is here "
	                            "to unlock it");
}
END_TEST

START_TEST(somebody_who_is_there_is_asked_to_unlock)
{
	desktop_start_bus();
	desktop_sit_down();
	desktop_start_keyring("password");
	ck_assert_int_eq(put(&entry, "kept"), ASTRO_OK);

	lock();
	desktop_expect_dialog("password");
	expect(&entry, "kept");
	lock();
	desktop_expect_dialog("password");
	ck_assert_int_eq(store_keyring.probe(NULL, &err), ASTRO_OK);
	expect(&entry, "kept");
}
END_TEST

START_TEST(a_closed_dialog_leaves_the_login_where_it_is)
{
	desktop_start_bus();
	desktop_sit_down();
	desktop_start_keyring("password");
	ck_assert_int_eq(put(&entry, "kept"), ASTRO_OK);

	lock();
	desktop_expect_dialog(NULL);
	ck_assert_int_eq(store_keyring.probe(NULL, &err), ASTRO_STORE);
	ck_assert_str_eq(err.message,
	                 "the keyring stayed locked: its dialog was closed");
	desktop_expect_dialog(NULL);
	ck_assert_int_eq(put(&entry, "never kept"), ASTRO_STORE);
	ck_assert_str_eq(err.message,
	                 "the keyring stayed locked: its dialog was closed");
	desktop_expect_dialog("password");
	expect(&entry, "kept");
}
END_TEST

START_TEST(a_first_collection_is_made_where_somebody_is_there)
{
	desktop_start_bus();
	desktop_sit_down();
	desktop_start_keyring(NULL);
	desktop_expect_dialog("new");
	ck_assert_msg(put(&entry, "first") == ASTRO_OK, "%s", err.message);
	expect(&entry, "first");
}
END_TEST

START_TEST(without_a_collection_and_a_person_nothing_is_kept)
{
	desktop_start_bus();
	desktop_start_keyring(NULL);
	expect_refused(ASTRO_STORE,
	               "the keyring has no default collection (one that is "
	               "locked may look like that), and nobody is here to make "
	               "one");
}
END_TEST

START_TEST(no_bus_is_no_keyring_and_none_is_started)
{
	(void)setenv("DISPLAY", ":77", 1);
	expect_refused(ASTRO_STORE,
	               "the keyring cannot be reached: there is no "
	               "session bus here");
	ck_assert_str_eq(err.hint, "log in to a desktop session, or keep the "
	                           "login in the context file with --store "
	                           "file");
}
END_TEST

START_TEST(a_bus_that_is_gone_is_said)
{
	struct astro_secret *record;

	desktop_start_bus();
	desktop_stop_bus();
	ck_assert_int_eq(store_keyring.get(NULL, &entry, &record, &err),
	                 ASTRO_STORE);
	ck_assert_ptr_nonnull(
		strstr(err.message, "the session bus cannot be reached: "));
	ck_assert_str_eq(err.hint, HINT);
}
END_TEST

START_TEST(a_bus_without_the_service_is_said)
{
	desktop_start_bus();
	expect_refused(ASTRO_STORE, "no keyring service runs on the session "
	                            "bus");
	ck_assert_str_eq(err.hint,
	                 "start one (gnome-keyring, KWallet, KeePassXC), or "
	                 "keep the login in the context file with --store "
	                 "file");
}
END_TEST

/* Twenty times as fast, for what never answers. */
static int64_t hurried_clock(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_BOOTTIME, &now);
	return (int64_t)now.tv_sec * 20000 + now.tv_nsec / 50000;
}

/* An hour later as soon as the dialog is open. */
static int64_t clock_of_dialog(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_BOOTTIME, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000 +
	       (desktop_dialog_is_open() ? 3600 * 1000 : 0);
}

START_TEST(a_hanging_service_is_given_up_after_three_seconds)
{
	ck_assert_int_eq(put(&entry, "kept"), ASTRO_OK);
	desktop_signal_keyring(SIGSTOP);
	clock_replace(NULL, hurried_clock);
	expect_refused(ASTRO_STORE, "the keyring did not answer within 3 "
	                            "seconds");
	ck_assert_str_eq(err.hint, HINT);
	clock_replace(NULL, NULL);
	desktop_signal_keyring(SIGCONT);
	expect(&entry, "kept");
}
END_TEST

START_TEST(three_seconds_are_three_seconds)
{
	struct astro_secret *record;
	int64_t begun;

	desktop_signal_keyring(SIGSTOP);
	begun = clock_boot();
	ck_assert_int_eq(store_keyring.get(NULL, &entry, &record, &err),
	                 ASTRO_STORE);
	ck_assert_int_ge(clock_boot() - begun, 3000);
	ck_assert_int_lt(clock_boot() - begun, 4500);
	desktop_signal_keyring(SIGCONT);
}
END_TEST

START_TEST(a_dialog_that_nobody_answers_ends_after_a_minute)
{
	desktop_start_bus();
	desktop_sit_down();
	desktop_start_keyring("password");
	lock();
	desktop_leave_dialog_open();
	clock_replace(NULL, clock_of_dialog);
	ck_assert_int_eq(store_keyring.probe(NULL, &err), ASTRO_STORE);
	ck_assert_str_eq(err.message,
	                 "the keyring did not answer within 60 seconds");
	clock_replace(NULL, NULL);
}
END_TEST

START_TEST(an_interrupted_wait_ends_at_once)
{
	struct astro_secret *record;
	int64_t begun;

	desktop_signal_keyring(SIGSTOP);
	begun = clock_boot();
	ck_assert_int_eq(raise(SIGINT), 0);
	ck_assert_int_eq(store_keyring.get(NULL, &entry, &record, &err),
	                 ASTRO_CANCELLED);
	ck_assert_str_eq(err.message, "interrupted");
	ck_assert_int_lt(clock_boot() - begun, 2000);
	interrupt_forget();
	desktop_signal_keyring(SIGCONT);
}
END_TEST

START_TEST(a_service_that_dies_is_an_error_and_not_our_end)
{
	struct astro_secret *record;

	ck_assert_int_eq(put(&entry, "kept"), ASTRO_OK);
	desktop_signal_keyring(SIGKILL);
	ck_assert_int_eq(store_keyring.get(NULL, &entry, &record, &err),
	                 ASTRO_STORE);
	ck_assert_str_eq(err.message,
	                 "no keyring service runs on the session bus");
	desktop_stop_bus();
	ck_assert_int_eq(store_keyring.get(NULL, &entry, &record, &err),
	                 ASTRO_STORE);
}
END_TEST

START_TEST(a_bus_elsewhere_is_refused)
{
	static const char *const addresses[] = {
		"tcp:host=198.51.100.1,port=1",
		"unixexec:path=/bin/true",
		"autolaunch:",
		"unix:path=/nonexistent;tcp:host=198.51.100.1,port=1",
	};
	char message[256];
	size_t i;

	for (i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++) {
		const char *bad = strrchr(addresses[i], ';');

		(void)setenv("DBUS_SESSION_BUS_ADDRESS", addresses[i], 1);
		(void)snprintf(message, sizeof(message),
		               "the keyring is not asked over a bus that is no "
		               "local socket: %s",
		               bad != NULL ? bad + 1 : addresses[i]);
		expect_refused(ASTRO_UNSAFE, message);
	}
}
END_TEST

START_TEST(a_service_without_encryption_is_refused)
{
	desktop_start_bus();
	fake_secrets_start(FAKE_SECRETS_PLAIN);
	expect_refused(ASTRO_STORE, "the keyring service offers no encrypted "
	                            "session");
}
END_TEST

START_TEST(a_service_that_answers_nonsense_is_refused)
{
	struct astro_secret *record;

	desktop_start_bus();
	fake_secrets_start(FAKE_SECRETS_GARBAGE);
	ck_assert_int_eq(store_keyring.get(NULL, &entry, &record, &err),
	                 ASTRO_STORE);
	ck_assert_str_eq(err.message, "the keyring failed: Couldn\u2019t "
	                              "communicate with the secret storage");
	ck_assert_int_eq(put(&entry, "x"), ASTRO_STORE);
}
END_TEST

START_TEST(a_service_that_dies_in_the_middle_of_a_call_is_said)
{
	struct astro_secret *record;

	desktop_start_bus();
	fake_secrets_start(FAKE_SECRETS_LEAVES);
	ck_assert_int_eq(store_keyring.get(NULL, &entry, &record, &err),
	                 ASTRO_STORE);
	ck_assert_ptr_nonnull(strstr(err.message, "the keyring failed: "));
	ck_assert_str_eq(err.hint, HINT);
}
END_TEST

START_TEST(a_bus_of_another_user_is_refused)
{
	ck_assert_int_eq(geteuid(), 0);
	desktop_start_foreign_bus(65534);
	expect_refused(ASTRO_UNSAFE,
	               "the session bus belongs to another user (65534), who "
	               "would see the login");
}
END_TEST

static void add_fixture(Suite *suite, const char *name, SFun set_up,
                        TCase **out)
{
	*out = tcase_create(name);
	tcase_set_timeout(*out, 90);
	tcase_add_checked_fixture(*out, set_up, desktop_end);
	suite_add_tcase(suite, *out);
}

int main(void)
{
	Suite *suite = suite_create("keyring");
	TCase *open, *made;
	SRunner *runner;
	int failed;

	add_fixture(suite, "unlocked", begin_unlocked, &open);
	tcase_add_test(open, keeps_replaces_and_erases_a_login);
	tcase_add_test(open, names_the_login_for_people_and_not_for_finding_it);
	tcase_add_test(open, two_homes_and_two_contexts_never_share);
	tcase_add_test(open, leaves_foreign_items_alone);
	tcase_add_test(
		open,
		the_newest_of_several_counts_and_a_put_removes_the_others);
	tcase_add_test(open, an_item_deleted_behind_our_back_is_no_login);
	tcase_add_test(open,
	               keeps_large_logins_whole_and_refuses_what_is_no_text);
	tcase_add_test(open, many_writers_at_once_leave_one_login);
	tcase_add_test(open, a_locked_keyring_is_not_a_missing_login);
	tcase_add_test(open,
	               a_locked_keyring_says_nothing_of_what_it_may_not_hold);
	tcase_add_test(open, a_hanging_service_is_given_up_after_three_seconds);
	tcase_add_test(open, three_seconds_are_three_seconds);
	tcase_add_test(open, an_interrupted_wait_ends_at_once);
	tcase_add_test(open, a_service_that_dies_is_an_error_and_not_our_end);

	add_fixture(suite, "in the making", begin, &made);
	tcase_add_test(made, somebody_who_is_there_is_asked_to_unlock);
	tcase_add_test(made, a_closed_dialog_leaves_the_login_where_it_is);
	tcase_add_test(made,
	               a_first_collection_is_made_where_somebody_is_there);
	tcase_add_test(made, without_a_collection_and_a_person_nothing_is_kept);
	tcase_add_test(made, no_bus_is_no_keyring_and_none_is_started);
	tcase_add_test(made, a_bus_that_is_gone_is_said);
	tcase_add_test(made, a_bus_without_the_service_is_said);
	tcase_add_test(made, a_dialog_that_nobody_answers_ends_after_a_minute);
	tcase_add_test(made, a_bus_elsewhere_is_refused);
	tcase_add_test(made, a_service_without_encryption_is_refused);
	tcase_add_test(made, a_service_that_answers_nonsense_is_refused);
	tcase_add_test(made,
	               a_service_that_dies_in_the_middle_of_a_call_is_said);
	/* Only root can be somebody else. */
	if (geteuid() == 0)
		tcase_add_test(made, a_bus_of_another_user_is_refused);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
