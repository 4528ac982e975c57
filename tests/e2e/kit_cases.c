/* SPDX-License-Identifier: Apache-2.0 */
/* The rows, and the files. */
#include "kit_cases.h"

#include <check.h>
#include <elf.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define OUTSIDE(name, make, code, says, rule, rule_says)                       \
	{                                                                      \
		name, make, KIT_OUTSIDE, code, says, rule, rule_says           \
	}
#define BUILT(name, code, says, rule, rule_says)                               \
	{                                                                      \
		name, KIT_BUILT, KIT_AT_ONCE, code, says, rule, rule_says      \
	}
#define HANGS(name, where)                                                     \
	{                                                                      \
		name, KIT_BUILT, KIT_HANGS, 6, "did not come back in time",    \
			"returns", where ": it did not come back in time"      \
	}
#define CHECKED(name, rule, rule_says)                                         \
	{                                                                      \
		name, KIT_BUILT, KIT_AT_ONCE, -1, NULL, rule, rule_says        \
	}
#define CRASHES(name, where)                                                   \
	BUILT(name, 6, "crashed (signal 11", "crash", where ": it crashed")

const struct kit_case kit_cases[] = {
	/* The file. */
	OUTSIDE("cut_short", KIT_CUT, 6, "is cut short", "object",
                "is cut short"),
	OUTSIDE("empty", KIT_EMPTY, 6, "is no ELF file", "object",
                "is no ELF file"),
	OUTSIDE("linker_script", KIT_SCRIPT, 6, "is no ELF file", "object",
                "is no ELF file"),
	OUTSIDE("archive", KIT_ARCHIVE, 6, "is no ELF file", "object",
                "is no ELF file"),
	OUTSIDE("other_machine", KIT_MACHINE, 6, "another kind of machine",
                "object", "another kind of machine"),
	OUTSIDE("other_class", KIT_CLASS, 6, "another kind of machine",
                "object", "another kind of machine"),
	OUTSIDE("program", KIT_PROGRAM, 6, "is no shared object", "object",
                "is no shared object"),
	OUTSIDE("folder", KIT_FOLDER, 6, "is no regular file", "file",
                "is no regular file"),
	OUTSIDE("fifo", KIT_FIFO, 6, "is no regular file", "file",
                "is no regular file"),
	OUTSIDE("socket", KIT_SOCKET, 6, "socket.so: ", "file",
                "is no regular file"),
	OUTSIDE("link", KIT_LINK, 7, "is a symbolic link", "file",
                "is a symbolic link"),
	OUTSIDE("setuid", KIT_SETUID, 7, "set-user-id", "owner", "set-user-id"),
	OUTSIDE("of_group", KIT_GROUP, 7, "others may write", "owner",
                "others may write"),
	OUTSIDE("of_others", KIT_OTHERS, 7, "others may write", "owner",
                "others may write"),
	OUTSIDE("foreign", KIT_FOREIGN, 7, "belongs to another user", "owner",
                "belongs to another user"),

	/* The object. */
	OUTSIDE("no_symbol", KIT_BUILT, 6, "does not define astro_provider_v1",
                "symbol", "does not define astro_provider_v1"),
	OUTSIDE("function_symbol", KIT_BUILT, 6, "astro_provider_v1", "symbol",
                "is no data, but a function"),
	OUTSIDE("empty_symbol", KIT_BUILT, 6, "astro_provider_v1", "symbol",
                "is of no size"),
	OUTSIDE("text_relocations", KIT_BUILT, 6, "relocations in its code",
                "relocations", "relocations in its code"),
	OUTSIDE("executable_stack", KIT_BUILT, 6, "executable stack", "stack",
                "executable stack"),
	OUTSIDE("relative_path", KIT_BUILT, 6, "in the working directory",
                "search-path", "in the working directory"),
	OUTSIDE("empty_path", KIT_BUILT, 6, "in the working directory",
                "search-path", "in the working directory"),
	OUTSIDE("needs_local_library", KIT_BUILT, 6,
                "from the working directory", "search-path",
                "from the working directory"),
	BUILT("needs_library", 6, "gone.so: cannot open", "libraries",
              "gone.so: cannot open"),
	BUILT("needs_symbol", 6, "undefined symbol: nobody_has_this",
              "libraries", "undefined symbol: nobody_has_this"),
	BUILT("needs_astro", 6, "undefined symbol: astro_engine_v1", "imports",
              "it needs astro_engine_v1"),

	/* The table. */
	BUILT("no_open", 6, "has no open operation", "table",
              "has no open operation"),
	BUILT("no_close", 6, "has no close operation", "table",
              "has no close operation"),
	BUILT("no_authenticate", 6, "has no authenticate operation", "table",
              "has no authenticate operation"),
	BUILT("no_name", 6, "calls itself \"\"", "table", "calls itself \"\""),
	BUILT("other_name", 6, "calls itself \"astro\"", "table",
              "calls itself \"astro\""),
	BUILT("odd_title", 6, "a title that cannot be shown", "table",
              "a title that cannot be shown"),
	BUILT("long_title", 6, "a title that cannot be shown", "table",
              "a title that cannot be shown"),
	BUILT("major_2", 6, "version 2 of the provider contract", "table",
              "version 2 of the provider contract"),
	BUILT("short_table", 6, "too short", "table", "too short"),
	BUILT("tiny_table", 6, "makes no sense", "table", "makes no sense"),
	BUILT("long_table", 6, "says that its table has", "table",
              "says that its table has"),

	CHECKED("bad_pattern", "domains",
                "\"(.*\\.corp\\.example\" is no pattern"),

	/* Loading. */
	BUILT("load_exits", 6, "ended the program by itself (exit 0)", "exit",
              "loading: it ended the program by itself"),
	BUILT("load_exits_at_once", 6, "ended the program by itself (exit 0)",
              "exit", "loading: it ended the program by itself"),
	CRASHES("load_crashes", "loading"),
	BUILT("load_aborts", 6, "crashed (signal 6", "crash",
              "loading: it crashed (signal 6"),
	BUILT("load_kills", 6, "was killed (signal 9", "crash",
              "loading: it was killed"),
	HANGS("load_loops", "loading"),
	HANGS("load_stops", "loading"),
	BUILT("load_closes", 6, "closed files that are not its own",
              "descriptors", "closed files that are not its own"),
	BUILT("load_takes_pipe", 6, "closed files that are not its own",
              "descriptors", "closed files that are not its own"),
	BUILT("load_handles_signals", 6, "changes what happens at the signal",
              "loading", "changes what happens at the signal"),
	BUILT("load_blocks_signals", 6, "changes what happens at the signal",
              "loading", "changes what happens at the signal"),
	BUILT("load_moves", 6, "changes the working directory", "loading",
              "changes the working directory"),
	BUILT("load_unmasks", 6, "changes the mask", "loading",
              "changes the mask"),
	BUILT("load_prints", 6, "writes to standard output", "loading",
              "writes to standard output"),
	BUILT("load_leaves_children", 6, "ended the program by itself", "exit",
              "loading: it ended the program by itself"),
	CRASHES("destructor_crashes", "loading"),

	/* An operation that does not return. */
	HANGS("hang_in_open", "open"),
	HANGS("hang_in_prompt", "prompt"),
	HANGS("hang_in_authenticate", "authenticate"),
	HANGS("hang_in_workspaces", "workspaces"),
	HANGS("hang_in_store", "store"),
	HANGS("hang_in_close", "close"),
	HANGS("stops_itself", "authenticate"),
	CRASHES("crash_in_open", "open"),
	CRASHES("crash_in_prompt", "prompt"),
	CRASHES("crash_in_authenticate", "authenticate"),
	CRASHES("crash_in_workspaces", "workspaces"),
	CRASHES("crash_in_store", "store"),
	CRASHES("crash_in_close", "close"),
	CRASHES("overflows", "authenticate"),
	BUILT("exits", 6, "ended the program by itself (exit 0)", "exit",
              "authenticate: it ended the program by itself"),
	BUILT("exits_at_once", 6, "ended the program by itself (exit 0)",
              "exit", "authenticate: it ended the program by itself"),
	BUILT("aborts", 6, "crashed (signal 6", "crash",
              "authenticate: it crashed (signal 6"),
	BUILT("kills_itself", 6, "was killed (signal 9", "crash",
              "authenticate: it was killed"),
	BUILT("jumps_out", 6, "the provider jumps_out", "crash", "it crashed"),
	BUILT("frees_twice", 6, "crashed (signal 6", "heap", "is freed twice"),
	BUILT("closes_everything", 6, "closed files that are not its own",
              "descriptors", "closed files that are not its own"),
	BUILT("leaves_children", 6, "ended the program by itself", "processes",
              "a process outlives the login"),
	{"floods_person", KIT_BUILT, KIT_HANGS, 6, "did not come back in time",
         "endless", "more than 1000 lines"},
	{"floods_log", KIT_BUILT, KIT_HANGS, 6, "did not come back in time",
         "endless", "more than 1000 lines"},

	/* One that returns what it must not. */
	BUILT("no_status", 6, "returned 99, which is no status", "status",
              "authenticate() returns 99"),
	BUILT("negative_status", 6, "returned -1, which is no status", "status",
              "authenticate() returns -1"),
	BUILT("no_credential", 6, "gives no credential", "out",
              "authenticate() succeeds without giving anything"),
	BUILT("no_session", 6, "gives no session", "out",
              "open() succeeds without giving anything"),
	BUILT("no_token", 6, "gives no access token", "token",
              "without access_token"),
	BUILT("token_of_two_lines", 6, "characters that no token has", "token",
              "characters that no token has"),
	BUILT("token_with_blank", 6, "characters that no token has", "token",
              "characters that no token has"),
	BUILT("keeps_reserved_key", 6, "a key that is not its own: hosts",
              "store", "keeps the key hosts"),
	BUILT("keeps_two_lines", 6, "a user_email that no login has", "store",
              "a user_email of more than a line"),
	BUILT("keeps_nothing", 6, "keeps nothing of the login", "store",
              "keeps nothing"),
	BUILT("expires_before_time", 6, "time of expiry that makes no sense",
              "store", "time of expiry that makes no sense"),
	BUILT("asks_nonsense", 6, "called ask() with arguments", "arguments",
              "host->ask() is called with arguments that make no sense: "
              "astro_question is NULL"),
	BUILT("asks_without_label", 6,
              "called ask() with arguments that make no sense: "
              "astro_question.label is NULL",
              "arguments", "make no sense: astro_question.label is NULL"),
	BUILT("requests_nonsense", 6, "called http_all() with arguments",
              "arguments", "make no sense: astro_request.size is too small"),
	/* The contract of exit codes is the status's. */
	BUILT("no_message", 4, "failed without saying why", "message",
              "authenticate() fails (denied) and says nothing"),

	/* What only the check sees. */
	CHECKED("leaks_memory", "memory", "left after close()"),
	CHECKED("leaks_secret", "borrowed", "a secret is not given back"),
	CHECKED("leaks_answer", "borrowed", "an answer of a server is not"),
	CHECKED("leaks_on_failure", "borrowed",
                "a credential is not given back"),
	CHECKED("gives_on_failure", "out",
                "authenticate() fails, and gives something"),
	CHECKED("frees_secret_twice", "freed", "host->secret_free()"),
	CHECKED("uses_freed_answer", "freed", "host->answer_text()"),
	CHECKED("frees_session_twice", "heap", "is freed twice"),
	CHECKED("trusts_memory", "crash", "open: it crashed"),
	CHECKED("reads_fresh_memory", "crash", "open: it crashed"),
	CHECKED("trusts_server", "crash", "authenticate: it crashed"),
	CHECKED("closes_nothing_badly", "crash", "close: it crashed"),
	CHECKED("uses_first_host", "late", "is called after close()"),
	CHECKED("one_session_for_all", "out", "the same session twice"),
	CHECKED("swallows_cancel", "cancel",
                "authenticate() ends with \"denied\" where host->ask() was"),
	CHECKED("asks_for_ever", "endless", "more than 50 questions"),
	CHECKED("asks_in_plain", "addresses",
                "a request goes to http://login.example/session: plain http"),
	CHECKED("returns_elsewhere", "addresses",
                "redirect_uri is https://corp.example/callback, where this"),
	CHECKED("secret_in_message", "secrets", "a secret is in a message"),
	CHECKED("secret_in_log", "secrets", "a secret is in the log"),
	CHECKED("secret_for_person", "secrets", "in a line for the person"),
	CHECKED("secret_in_field", "secrets", "in a field's text"),
	CHECKED("secret_as_text", "secrets", "in a credential's text"),
	CHECKED("secret_printed", "secrets", "in standard error"),
	CHECKED("prints", "streams", "standard output has: Welcome to Corp!"),
	CHECKED("prints_errors", "streams",
                "standard error has: Welcome to Corp!"),
	CHECKED("leaks_descriptor", "descriptors", "left open"),
	CHECKED("closes_stdin", "descriptors", "standard input was closed"),
	CHECKED("takes_signal", "signals", "the handler of INT was changed"),
	CHECKED("sets_alarm", "signals", "an alarm is left set"),
	CHECKED("sets_environment", "environment", "CORP_REALM was changed"),
	CHECKED("sets_locale", "locale", "it was changed to C.UTF-8"),
	CHECKED("changes_folder", "folder", "working directory was changed"),
	CHECKED("changes_mask", "folder", "changed to 000"),
	CHECKED("leaves_thread", "threads", "a thread still runs"),
	CHECKED("leaves_process", "processes", "not waited for"),

	/* And what passes, with a word or without. */
	CHECKED("careful", NULL, NULL),
	CHECKED("caches_memory", NULL, "cache"),
	CHECKED("exports_more", NULL, "exports"),
	CHECKED("origin_path", NULL, "origin"),
};
const size_t kit_case_count = sizeof(kit_cases) / sizeof(kit_cases[0]);

bool kit_can_make(const struct kit_case *broken)
{
	return broken->make != KIT_FOREIGN || geteuid() == 0;
}

static unsigned char *read_plugin(const char *name, size_t *len)
{
	char path[1024];
	struct stat info;
	unsigned char *bytes;
	int fd;

	(void)snprintf(path, sizeof(path), "%s/kit/%s.so", TEST_PLUGINS, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	ck_assert_msg(fd >= 0, "there is no %s", path);
	ck_assert_int_eq(fstat(fd, &info), 0);
	*len = (size_t)info.st_size;
	bytes = malloc(*len);
	ck_assert_ptr_nonnull(bytes);
	ck_assert_int_eq(read(fd, bytes, *len), (ssize_t)*len);
	(void)close(fd);
	return bytes;
}

static void write_file(const char *path, const void *bytes, size_t len,
                       mode_t mode)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	ck_assert_msg(fd >= 0, "%s cannot be made", path);
	ck_assert_int_eq(write(fd, bytes, len), (ssize_t)len);
	ck_assert_int_eq(fchmod(fd, mode), 0);
	ck_assert_int_eq(close(fd), 0);
}

static void make_socket(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	ck_assert_int_lt(snprintf(address.sun_path, sizeof(address.sun_path),
	                          "%s", path),
	                 (int)sizeof(address.sun_path));
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&address, sizeof(address)),
	                 0);
	(void)close(fd);
}

/* Those that begin as a whole provider. */
static void make_of_good(enum kit_make make, const char *path)
{
	size_t len;
	unsigned char *bytes = read_plugin("careful", &len);
	Elf64_Ehdr *header = (Elf64_Ehdr *)(void *)bytes;
	mode_t mode = 0755;

	if (make == KIT_CUT)
		len = len / 2;
	else if (make == KIT_MACHINE)
		header->e_machine = EM_SPARCV9;
	else if (make == KIT_CLASS)
		header->e_ident[EI_CLASS] = ELFCLASS32;
	else if (make == KIT_PROGRAM)
		header->e_type = ET_EXEC;
	else if (make == KIT_SETUID)
		mode = 04755;
	else if (make == KIT_GROUP)
		mode = 0775;
	else if (make == KIT_OTHERS)
		mode = 0757;
	write_file(path, bytes, len, mode);
	if (make == KIT_FOREIGN)
		ck_assert_int_eq(chown(path, 1, 1), 0);
	free(bytes);
}

void kit_make(const struct kit_case *broken, const char *folder)
{
	static const char script[] = "INPUT(/lib/x86_64-linux-gnu/libc.so.6)\n";
	char path[4200];
	unsigned char *bytes;
	size_t len;

	(void)snprintf(path, sizeof(path), "%s/%s.so", folder, broken->name);
	switch (broken->make) {
	case KIT_BUILT:
		bytes = read_plugin(broken->name, &len);
		write_file(path, bytes, len, 0755);
		free(bytes);
		break;
	case KIT_EMPTY:
		write_file(path, "", 0, 0644);
		break;
	case KIT_SCRIPT:
		write_file(path, script, sizeof(script) - 1, 0644);
		break;
	case KIT_ARCHIVE:
		write_file(path, "!<arch>\n", 8, 0644);
		break;
	case KIT_FOLDER:
		ck_assert_int_eq(mkdir(path, 0755), 0);
		break;
	case KIT_FIFO:
		ck_assert_int_eq(mkfifo(path, 0600), 0);
		break;
	case KIT_SOCKET:
		make_socket(path);
		break;
	case KIT_LINK:
		ck_assert_int_eq(symlink(TEST_PLUGINS "/kit/careful.so", path),
		                 0);
		break;
	case KIT_CUT:
	case KIT_MACHINE:
	case KIT_CLASS:
	case KIT_PROGRAM:
	case KIT_SETUID:
	case KIT_GROUP:
	case KIT_OTHERS:
	case KIT_FOREIGN:
		make_of_good(broken->make, path);
		break;
	}
}
