/* SPDX-License-Identifier: Apache-2.0 */
/* The rules, one row each. */
#include "rules.h"

static const struct rule rules[RULE_COUNT] = {
	[RULE_FILE] = {"file", RULE_ERROR,
                       "A provider is a regular file NAME.so or "
                       "astro-provider-NAME, NAME being 1 to 32 of a-z, 0-9, "
                       "_ and -.",
                       "Give the file itself, under its own name."},
	[RULE_OWNER] = {"owner", RULE_ERROR,
                        "The file is root's or yours, writable by nobody else, "
                        "without a set-user-id bit: else it is not loaded.",
                        "chown it, and `chmod 0755` it."},
	[RULE_OBJECT] = {"object", RULE_ERROR,
                         "A provider is a whole ELF shared object for this "
                         "machine.",
                         "Build it with `cc -shared -fPIC`, here, and copy it "
                         "as a whole."},
	[RULE_SYMBOL] = {"symbol", RULE_ERROR,
                         "It defines the table astro_provider_v1, as data.",
                         "Define `const struct astro_provider "
                         "astro_provider_v1 = {...}`, as in provider.h."},
	[RULE_EXPORTS] = {"exports", RULE_WARNING,
                          "It exports its table and nothing else.",
                          "Compile with -fvisibility=hidden, or link with "
                          "provider.map (astro_add_provider() does)."},
	[RULE_IMPORTS] = {"imports", RULE_ERROR,
                          "It needs nothing of astro's own: the host's table "
                          "is the only way in.",
                          "Call the host through the table that open() gets."},
	[RULE_RISKY_IMPORTS] = {"risky-imports", RULE_WARNING,
                                "It does not end, signal, start or reconfigure "
                                "processes: the process is not its own.",
                                "Return a status instead, and leave what the "
                                "whole process shares alone."},
	[RULE_RELOCATIONS] = {"relocations", RULE_ERROR,
                              "Its code is not rewritten when it is loaded.",
                              "Compile every source with -fPIC."},
	[RULE_STACK] = {"stack", RULE_ERROR, "It asks for no executable stack.",
                        "Link with -Wl,-z,noexecstack; give assembly sources a "
                        ".note.GNU-stack section."},
	[RULE_SEARCH_PATH] = {"search-path", RULE_ERROR,
                              "It looks for libraries in absolute folders "
                              "only: a relative one is the working directory.",
                              "Link without -rpath, or with an absolute one."},
	[RULE_ORIGIN] = {"origin", RULE_WARNING,
                         "Its RPATH or RUNPATH finds what it needs.  It is "
                         "loaded by descriptor, so $ORIGIN is /proc/self/fd; a "
                         "folder that others may write to is no place for "
                         "libraries.",
                         "Link statically, or with an absolute -rpath to a "
                         "folder of root's."},
	[RULE_CONSTRUCTORS] = {"constructors", RULE_NOTE,
                               "What runs when it is loaded runs in every "
                               "login that looks for a provider.",
                               "Do it in open().  In C++, let the table be "
                               "constexpr."},
	[RULE_LIBRARIES] = {"libraries", RULE_ERROR,
                            "Every library and symbol that it needs is there.",
                            "Link with -Wl,-z,defs and with the libraries that "
                            "it uses; install them."},
	[RULE_TABLE] = {"table", RULE_ERROR,
                        "The table is of this contract, its name that of the "
                        "file, open, close and authenticate there.",
                        "Fill in .size, .abi_major, .abi_minor, .name, .title, "
                        ".open, .close and .authenticate."},
	[RULE_DOMAINS] =
		{"domains", RULE_ERROR,
                 "Each of its domains is a POSIX extended regular "
                 "expression of less than 512 bytes; NULL ends "
                 "them, after 64 at most.",
                 "Balance the brackets, and write a dot as \"\\\\.\"."},
	[RULE_LOADING] = {"loading", RULE_ERROR,
                          "Loading changes nothing that the whole process "
                          "shares.",
                          "Take the constructor out, and do it in open() if it "
                          "must be done."},
	[RULE_CRASH] = {"crash", RULE_ERROR, "It does not crash.",
                        "Compile with -g: `valgrind -q --trace-children=yes "
                        "astro provider check FILE` says where."},
	[RULE_RETURNS] = {"returns", RULE_ERROR,
                          "Every operation returns.  Without calling the host "
                          "it has less than five seconds.",
                          "Wait with host->wait(), ask with host->http(), and "
                          "give every loop an end."},
	[RULE_EXIT] = {"exit", RULE_ERROR,
                       "It does not end the program, nor jump out of an "
                       "operation.",
                       "Return a status: the host ends the program."},
	[RULE_STATUS] = {"status", RULE_ERROR,
                         "An operation returns an enum astro_status.",
                         "Return ASTRO_OK or what host->fail() returned."},
	[RULE_OUT] = {"out", RULE_ERROR,
                      "*OUT is set with ASTRO_OK, and NULL otherwise.",
                      "Set *OUT to NULL first, and to the object last."},
	[RULE_MESSAGE] = {"message", RULE_ERROR, "Every failure says why.",
                          "Return host->fail(err, ...), or the status of the "
                          "host's call that failed, with the same err."},
	[RULE_CANCEL] = {"cancel", RULE_ERROR,
                         "Where a call of the host was cancelled, the "
                         "operation ends with ASTRO_CANCELLED.",
                         "Pass on the status of the host's call."},
	[RULE_PASSING_ON] = {"passing-on", RULE_WARNING,
                             "What failed below is passed on as it is: the "
                             "exit code depends on it.",
                             "Return the status of the host's call."},
	[RULE_TOKEN] = {"token", RULE_ERROR,
                        "A credential has an \"access_token\" of printable "
                        "ASCII without blanks.",
                        "Set it with credential_set() before you return "
                        "ASTRO_OK."},
	[RULE_STORE] = {"store", RULE_ERROR,
                        "store() keeps something, under keys of its own "
                        "(a-z, 0-9, _), in one line each.",
                        "Call store_put(), and leave domain, provider, store, "
                        "hosts and expiresin to the host."},
	[RULE_LOGIN] = {"login", RULE_WARNING,
                        "A login comes about when server and person say what "
                        "it wants to hear.",
                        "Say in a script (--script) what your server answers."},
	[RULE_ARGUMENTS] = {"arguments", RULE_ERROR,
                            "The host's functions are called as provider.h "
                            "says.",
                            "Set .size to the sizeof the struct, and look at "
                            "flags, NULLs and counts."},
	[RULE_ADDRESS] = {"addresses", RULE_ERROR,
                          "Servers are asked by https, or on this machine; the "
                          "browser comes back to http://127.0.0.1, "
                          "http://[::1] or http://localhost.",
                          "Give the whole https address; let redirect_uri be "
                          "\"http://127.0.0.1:0/callback\"."},
	[RULE_LATE] = {"late", RULE_ERROR,
                       "The host is not called after close() has returned.",
                       "Keep the host in the session, and nowhere else."},
	[RULE_BORROWED] = {"borrowed", RULE_ERROR,
                           "What the host has given is given back by the end "
                           "of close().",
                           "secret_free(), answer_free() and "
                           "credential_free() on every way out."},
	[RULE_FREED] = {"freed", RULE_ERROR,
                        "What has been given back is not used, nor given back "
                        "again.",
                        "Set the pointer to NULL when you free it."},
	[RULE_ENDLESS] = {"endless", RULE_ERROR,
                          "It does not ask, request or tell without end.",
                          "Give every loop a limit."},
	[RULE_SECRETS] = {"secrets", RULE_ERROR,
                          "A secret is in no message, log line, address, text "
                          "field or output.",
                          "Leave it in its struct astro_secret, and hand that "
                          "to the host."},
	[RULE_MEMORY] = {"memory", RULE_ERROR,
                         "What it has allocated is free after close().",
                         "Free the session, and what hangs on it, on every way "
                         "out."},
	[RULE_CACHE] = {"cache", RULE_NOTE,
                        "What it allocates once and keeps is not a leak, but "
                        "nobody frees it.",
                        "Keep it in the session."},
	[RULE_HEAP] = {"heap", RULE_ERROR,
                       "Memory is freed once, by whom it belongs to.",
                       "Set the pointer to NULL when you free it; free what is "
                       "the host's through its table."},
	[RULE_DESCRIPTORS] = {"descriptors", RULE_ERROR,
                              "It closes what it has opened, and nothing else.",
                              "close() on every way out."},
	[RULE_STREAMS] = {"streams", RULE_ERROR,
                          "Standard input, output and error are the host's.",
                          "host->tell() for the person, host->log() for the "
                          "trace."},
	[RULE_SIGNALS] = {"signals", RULE_ERROR,
                          "Handlers, mask and timers are left as found.",
                          "host->wait() heeds ^C; leave signals alone."},
	[RULE_ENVIRONMENT] = {"environment", RULE_ERROR,
                              "The environment is left as found.",
                              "Pass values on as arguments."},
	[RULE_FOLDER] = {"folder", RULE_ERROR,
                         "The working directory and the mask for new files are "
                         "left as found.",
                         "Use absolute paths, openat() and fchmod()."},
	[RULE_LOCALE] = {"locale", RULE_ERROR, "The locale is left as found.",
                         "newlocale() and uselocale() around the call that "
                         "needs it, or do without."},
	[RULE_THREADS] = {"threads", RULE_ERROR,
                          "Everything happens on one thread, when close() "
                          "returns at the latest.",
                          "Join what you have started."},
	[RULE_PROCESSES] = {"processes", RULE_ERROR,
                            "It leaves no process behind.",
                            "Wait for what you have started."},
	[RULE_EXECUTABLE] = {"executable", RULE_ERROR,
                             "A program may be executed by whoever logs in.",
                             "`chmod 0755` it."},
	[RULE_INTERPRETER] = {"interpreter", RULE_ERROR,
                              "A script begins with #! and the absolute path "
                              "of an interpreter that is there; everything "
                              "else is a program for this machine.",
                              "Let its first line be \"#!/usr/bin/env "
                              "python3\", say, and end with a line feed "
                              "alone."},
	[RULE_START] = {"start", RULE_ERROR, "It can be started.",
                        "Run it by hand: the system says there why not."},
	[RULE_DESCRIBE] = {"describe", RULE_ERROR,
                           "It answers the first operation, describe, without "
                           "a request: with contract 1, a title of 1 to 64 "
                           "bytes and its operations, authenticate among them.",
                           "Answer {\"result\": {\"contract\": 1, \"title\": "
                           "\"...\", \"operations\": [\"authenticate\"]}}."},
	[RULE_LINES] = {"lines", RULE_ERROR,
                        "Each of its lines is one JSON object in UTF-8, of at "
                        "most 1 MiB: a request, a result or a failure.",
                        "Let a JSON library write it, and print nothing else "
                        "to standard output: what is for you belongs on "
                        "standard error."},
	[RULE_REQUESTS] = {"requests", RULE_ERROR,
                           "Requests and results, their members and the names "
                           "in them are those of docs/exec-provider.md.",
                           "Look it up in the tables there; what is spoken of "
                           "by a name has been kept under it (\"keep\")."},
	[RULE_FAILURE] = {"failure", RULE_ERROR,
                          "A failure has one of the words for it and says why, "
                          "unless a request has failed.",
                          "Answer {\"failed\": \"denied\", \"message\": "
                          "\"the badge is locked\"}."},
	[RULE_SILENCE] = {"silence", RULE_ERROR,
                          "It reads what it is sent, and says something every "
                          "30 seconds (5 for describe, open and close).",
                          "Flush each line.  Send a log request while it "
                          "works, and wait with the request wait."},
	[RULE_ENDS] = {"ends", RULE_ERROR,
                       "It neither ends nor closes its pipes while a result is "
                       "due, unless a request has failed.",
                       "Answer each operation with a result or a failure, "
                       "whatever a server or a person says."},
	[RULE_ENDING] = {"ending", RULE_WARNING,
                         "When its input is closed it ends by itself, within "
                         "two seconds and with exit 0.",
                         "Read operations until the end of the input, and end "
                         "there."},
};

/* Where a rule has another "must", or only another fix, for programs. */
static const struct rule program_rules[RULE_COUNT] = {
	[RULE_OWNER] = {"owner", RULE_ERROR,
                        "The file is root's or yours, writable by nobody else, "
                        "without a set-user-id bit: else it is not run.",
                        "chown it, and `chmod 0755` it."},
	[RULE_RETURNS] = {"returns", RULE_ERROR,
                          "A login comes to its end.  Here nobody has to be "
                          "waited for, and it has 45 seconds.",
                          "Wait with the request wait, which takes no time "
                          "here, and give every loop an end."},
	[RULE_CANCEL] = {"cancel", RULE_ERROR,
                         "Where a request was answered \"cancelled\", the "
                         "operation ends with that.",
                         "End, or answer {\"failed\": \"cancelled\"}, as soon "
                         "as an answer is not ok."},
	[RULE_PASSING_ON] = {"passing-on", RULE_WARNING,
                             "What failed below is passed on as it is: the "
                             "exit code depends on it.",
                             "End, or answer {\"failed\": WORD} with the word "
                             "of the answer."},
	[RULE_TOKEN] = {"token", RULE_ERROR,
                        "A login has an \"access_token\" of printable ASCII "
                        "without blanks, or is an account alone.",
                        "Put it into \"fields\", or say \"account_only\": "
                        "true."},
	[RULE_STORE] = {"store", RULE_ERROR,
                        "What a login keeps has keys of its own (a-z, 0-9, _), "
                        "in one line each.",
                        "Leave domain, provider, store, hosts and expiresin to "
                        "astro."},
	[RULE_LOGIN] = {"login", RULE_WARNING,
                        "A login comes about when server and person say what "
                        "it wants to hear.",
                        "Say in a script (--script) what your server answers, "
                        "and which settings there are."},
	[RULE_ENDLESS] = {"endless", RULE_ERROR,
                          "It does not ask, request or tell without end.",
                          "Give every loop a limit."},
	[RULE_SECRETS] = {"secrets", RULE_ERROR,
                          "A secret is in no message, log line, address or "
                          "text field, and not on its standard error.",
                          "Leave it with astro (\"keep\"), and name it where "
                          "it is needed."},
	[RULE_PROCESSES] = {"processes", RULE_ERROR,
                            "It leaves no process behind, neither in its group "
                            "nor out of it.",
                            "Wait for what it has started."},
};

const struct rule *rule_of(enum rule_number number)
{
	return &rules[number];
}

const struct rule *rule_of_program(enum rule_number number)
{
	const struct rule *own = &program_rules[number];

	return own->name != NULL ? own : &rules[number];
}

const char *rule_level_name(enum rule_level level)
{
	switch (level) {
	case RULE_ERROR:
		return "error";
	case RULE_WARNING:
		return "warning";
	case RULE_NOTE:
		return "note";
	}
	return "error";
}
