/* SPDX-License-Identifier: Apache-2.0 */
/* The session store against the kernel's own keyring. */
#include "backend.h"

#include <check.h>
#include <errno.h>
#include <keyutils.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "error.h"
#include "secret.h"

static char folder[64];
static struct store_entry entry = {.folder = folder, .name = "astronomer.io"};
static struct astro_error err;

/* A folder that no other run has: the kernel's keyring is everybody's. */
static void begin(void)
{
	memset(&err, 0, sizeof(err));
	(void)snprintf(folder, sizeof(folder), "/test/%ld/%ld/.astro",
	               (long)getppid(), (long)getpid());
}

static void end(void)
{
	(void)store_session.erase(NULL, &entry, NULL);
}

static int put(const struct store_entry *where, const char *bytes, size_t len)
{
	struct astro_secret *record;
	int status;

	ck_assert_int_eq(secret_new(bytes, len, &record, &err), ASTRO_OK);
	status = store_session.put(NULL, where, record, &err);
	secret_free(record);
	return status;
}

static void expect(const struct store_entry *where, const char *bytes,
                   size_t len)
{
	struct astro_secret *record;
	int status = store_session.get(NULL, where, &record, &err);
	const char *kept;
	size_t kept_len;

	ck_assert_msg(status == ASTRO_OK, "%d: %s", status, err.message);
	kept = secret_bytes(record, &kept_len);
	ck_assert_uint_eq(kept_len, len);
	ck_assert_mem_eq(kept, bytes, len);
	secret_free(record);
}

static void expect_none(void)
{
	struct astro_secret *record;

	ck_assert_int_eq(store_session.get(NULL, &entry, &record, &err),
	                 ASTRO_NOT_FOUND);
	ck_assert_str_eq(err.message,
	                 "the kernel keyring holds no login for astronomer.io; "
	                 "it is emptied at a reboot");
	ck_assert_str_eq(err.hint, "run `astro login`");
	ck_assert_ptr_null(record);
}

static key_serial_t key_of_entry(void)
{
	char description[128];

	(void)snprintf(description, sizeof(description), "astro:%s:%s",
	               entry.folder, entry.name);
	return (key_serial_t)keyctl_search(KEY_SPEC_USER_KEYRING, "user",
	                                   description, 0);
}

START_TEST(keeps_replaces_and_erases_a_login)
{
	ck_assert_int_eq(store_session.probe(NULL, &err), ASTRO_OK);
	expect_none();
	ck_assert_int_eq(store_session.erase(NULL, &entry, &err),
	                 ASTRO_NOT_FOUND);

	ck_assert_int_eq(put(&entry, "one", 3), ASTRO_OK);
	expect(&entry, "one", 3);
	ck_assert_int_eq(put(&entry, "t\0wo", 4), ASTRO_OK);
	expect(&entry, "t\0wo", 4);

	ck_assert_int_eq(store_session.erase(NULL, &entry, &err), ASTRO_OK);
	expect_none();
	ck_assert_int_eq(put(&entry, "three", 5), ASTRO_OK);
	expect(&entry, "three", 5);
}
END_TEST

START_TEST(two_homes_and_two_contexts_never_share)
{
	struct store_entry home = entry, context = entry;

	home.folder = "/test/joe/.astro";
	context.name = "corp.example.com";
	ck_assert_int_eq(put(&entry, "1", 1), ASTRO_OK);
	ck_assert_int_eq(put(&home, "2", 1), ASTRO_OK);
	ck_assert_int_eq(put(&context, "3", 1), ASTRO_OK);
	ck_assert_int_eq(store_session.erase(NULL, &entry, &err), ASTRO_OK);

	expect_none();
	expect(&home, "2", 1);
	expect(&context, "3", 1);
	ck_assert_int_eq(store_session.erase(NULL, &home, &err), ASTRO_OK);
	ck_assert_int_eq(store_session.erase(NULL, &context, &err), ASTRO_OK);
}
END_TEST

/* RUN in a process whose session keyring is new and links nothing. */
static void in_another_session(void (*run)(void))
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		if (keyctl_join_session_keyring(NULL) < 0)
			_exit(1);
		run();
		_exit(0);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
}

static void put_there(void)
{
	if (put(&entry, "shared", 6) != ASTRO_OK)
		_exit(2);
}

static void get_there(void)
{
	struct astro_secret *record;

	if (store_session.get(NULL, &entry, &record, &err) != ASTRO_OK ||
	    strcmp(secret_bytes(record, NULL), "again") != 0)
		_exit(3);
}

START_TEST(processes_of_different_sessions_share_it)
{
	in_another_session(put_there);
	expect(&entry, "shared", 6);
	ck_assert_int_eq(put(&entry, "again", 5), ASTRO_OK);
	in_another_session(get_there);
}
END_TEST

START_TEST(leaves_the_session_keyring_of_the_shell_as_it_was)
{
	key_serial_t session = keyctl_join_session_keyring(NULL);
	void *links = NULL;

	ck_assert_int_gt(session, 0);
	ck_assert_int_eq(put(&entry, "one", 3), ASTRO_OK);
	expect(&entry, "one", 3);
	ck_assert_int_eq(keyctl_read_alloc(session, &links), 0);
	free(links);
}
END_TEST

START_TEST(others_read_nothing)
{
	char *description = NULL, *at;
	key_serial_t key;

	ck_assert_int_eq(put(&entry, "one", 3), ASTRO_OK);
	key = key_of_entry();
	ck_assert_int_gt(key, 0);
	/* type;uid;gid;permissions;description */
	ck_assert_int_gt(keyctl_describe_alloc(key, &description), 0);
	at = strchr(description, ';');
	at = strchr(at + 1, ';');
	at = strchr(at + 1, ';');
	ck_assert_int_eq(strncmp(at, ";3f010000;", 10), 0);
	free(description);
}
END_TEST

START_TEST(takes_others_their_rights_to_a_key_that_was_there)
{
	char *description = NULL;
	key_serial_t key;

	ck_assert_int_eq(put(&entry, "one", 3), ASTRO_OK);
	key = key_of_entry();
	ck_assert_int_eq(keyctl_setperm(key, KEY_POS_ALL | KEY_USR_ALL |
	                                             KEY_GRP_ALL | KEY_OTH_ALL),
	                 0);
	ck_assert_int_eq(put(&entry, "two", 3), ASTRO_OK);
	ck_assert_int_eq(key_of_entry(), key);
	ck_assert_int_gt(keyctl_describe_alloc(key, &description), 0);
	ck_assert_ptr_nonnull(strstr(description, ";3f010000;"));
	free(description);
}
END_TEST

START_TEST(keeps_32767_bytes_and_no_more)
{
	static char large[32768];

	memset(large, 'x', sizeof(large));
	ck_assert_int_eq(put(&entry, large, 32768), ASTRO_STORE);
	ck_assert_str_eq(err.message,
	                 "a login of 32768 bytes is too large for the kernel "
	                 "keyring, which takes 32767");
	ck_assert_str_eq(err.hint,
	                 "keep the login in the context file with --store "
	                 "file");
	/* An ordinary user may keep 20,000 bytes in all. */
	if (geteuid() != 0)
		return;
	ck_assert_int_eq(put(&entry, large, 32767), ASTRO_OK);
	expect(&entry, large, 32767);
}
END_TEST

START_TEST(a_quota_that_is_used_up_is_said_and_changes_nothing)
{
	static char large[25000];

	/* Root's quota is another. */
	if (geteuid() == 0)
		ck_assert_int_eq(setresuid(65533, 65533, 65533), 0);
	ck_assert_int_eq(put(&entry, "kept", 4), ASTRO_OK);
	memset(large, 'x', sizeof(large));
	ck_assert_int_eq(put(&entry, large, sizeof(large)), ASTRO_STORE);
	ck_assert_str_eq(err.message,
	                 "the kernel keyring is full: a login of this size is "
	                 "over your quota");
	expect(&entry, "kept", 4);
}
END_TEST

START_TEST(a_key_revoked_behind_our_back_is_no_login)
{
	ck_assert_int_eq(put(&entry, "one", 3), ASTRO_OK);
	ck_assert_int_eq(keyctl_revoke(key_of_entry()), 0);
	expect_none();
	ck_assert_int_eq(put(&entry, "two", 3), ASTRO_OK);
	expect(&entry, "two", 3);
}
END_TEST

START_TEST(a_path_too_long_for_a_key_is_said)
{
	static char path[5000];
	struct store_entry deep = {.folder = path, .name = "astronomer.io"};
	struct astro_secret *record;

	memset(path, 'x', sizeof(path) - 1);
	ck_assert_int_eq(put(&deep, "x", 1), ASTRO_STORE);
	ck_assert_ptr_nonnull(strstr(err.message, "the path xxxx"));
	ck_assert_int_eq(store_session.get(NULL, &deep, &record, &err),
	                 ASTRO_STORE);
	ck_assert_int_eq(store_session.erase(NULL, &deep, &err), ASTRO_STORE);
}
END_TEST

/* As containers have it: add_key() and keyctl() fail with NUMBER. */
static void forbid_keys(unsigned number)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
	                 offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_add_key, 1, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_keyctl, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | number),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = {
		.len = sizeof(code) / sizeof(code[0]),
		.filter = code,
	};

	ck_assert_int_eq(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
	ck_assert_int_eq(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program),
	                 0);
}

START_TEST(a_forbidden_keyring_is_said)
{
	static const int numbers[] = {EPERM, ENOSYS};
	struct astro_secret *record;
	char message[128];

	forbid_keys((unsigned)numbers[_i]);
	(void)snprintf(message, sizeof(message),
	               "the kernel keyring cannot be used here: %s",
	               strerror(numbers[_i]));
	ck_assert_int_eq(store_session.probe(NULL, &err), ASTRO_STORE);
	ck_assert_str_eq(err.message, message);
	ck_assert_int_eq(put(&entry, "x", 1), ASTRO_STORE);
	ck_assert_str_eq(err.message, message);
	ck_assert_int_eq(store_session.erase(NULL, &entry, &err), ASTRO_STORE);
	ck_assert_int_eq(store_session.get(NULL, &entry, &record, &err),
	                 ASTRO_STORE);
	ck_assert_str_eq(err.message, message);
	ck_assert_str_eq(err.hint,
	                 "containers often forbid it: keep the login in the "
	                 "context file with --store file");
}
END_TEST

/* Inside such a container there is nothing else to test against. */
static bool kernel_forbids_keys(void)
{
	if (keyctl_get_keyring_ID(KEY_SPEC_USER_KEYRING, 1) >= 0)
		return false;
	return errno == ENOSYS || errno == EPERM;
}

int main(void)
{
	Suite *suite = suite_create("session");
	TCase *tcase = tcase_create("session");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tcase, begin, end);
	tcase_add_loop_test(tcase, a_forbidden_keyring_is_said, 0, 2);
	if (kernel_forbids_keys()) {
		printf("The kernel keyring is forbidden here (%s): only that "
		       "is tested.\n",
		       strerror(errno));
	} else {
		tcase_add_test(tcase, keeps_replaces_and_erases_a_login);
		tcase_add_test(tcase, two_homes_and_two_contexts_never_share);
		tcase_add_test(tcase, processes_of_different_sessions_share_it);
		tcase_add_test(
			tcase,
			leaves_the_session_keyring_of_the_shell_as_it_was);
		tcase_add_test(tcase, others_read_nothing);
		tcase_add_test(
			tcase,
			takes_others_their_rights_to_a_key_that_was_there);
		tcase_add_test(tcase, keeps_32767_bytes_and_no_more);
		tcase_add_test(
			tcase,
			a_quota_that_is_used_up_is_said_and_changes_nothing);
		tcase_add_test(tcase,
		               a_key_revoked_behind_our_back_is_no_login);
		tcase_add_test(tcase, a_path_too_long_for_a_key_is_said);
	}
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
