/* SPDX-License-Identifier: Apache-2.0 */
/* The rows.  Those in sh have host REQUEST, which ends them when the request
 * fails, and say LINE. */
#include "kit_programs.h"

#define SH                                                                     \
	"#!/bin/sh\n"                                                          \
	"say() { printf '%s\\n' \"$1\"; }\n"                                   \
	"host() { say \"$1\"; read -r answer;"                                 \
	" case $answer in '{\"ok\":true'*) ;; *) exit 1 ;; esac; }\n"          \
	"read -r describe\n"
#define DESCRIBED                                                              \
	SH "say '{\"result\": {\"contract\": 1, \"title\": \"Kit\","           \
	   " \"operations\": [\"authenticate\"]}}'\n"                          \
	   "read -r authenticate || exit 0\n"
#define LOGIN(fields)                                                          \
	"say '{\"result\": {\"login\": {\"fields\": {" fields "}}}}'\n"
#define TOKEN "\"access_token\": \"t\""
#define ASK(members)                                                           \
	"'{\"request\": \"ask\", \"key\": \"username\","                       \
	" \"label\": \"User:\"" members "}'\n"
#define ASK_PIN                                                                \
	"'{\"request\": \"ask\", \"key\": \"pin\", \"label\": \"PIN:\","       \
	" \"echo\": false, \"keep\": \"p\"}'\n"
#define GET(members)                                                              \
	"'{\"request\": \"http\", \"url\": \"https://kit.example/badge\"" members \
	"}'\n"
#define PYTHON                                                                 \
	"#!/usr/bin/env python3\n"                                             \
	"import json, sys\n"                                                   \
	"def send(line): print(json.dumps(line), flush=True)\n"                \
	"def host(request, **members):\n"                                      \
	"    send({'request': request, **members})\n"                          \
	"    answer = json.loads(sys.stdin.readline())\n"                      \
	"    return answer if answer['ok'] else sys.exit(1)\n"                 \
	"sys.stdin.readline()\n"                                               \
	"send({'result': {'contract': 1, 'operations': ['authenticate']}})\n"  \
	"if not sys.stdin.readline(): sys.exit()\n"

#define BROKEN(name, text, says, rule, rule_says)                              \
	{                                                                      \
		name, 0755, text, 6, says, "error", rule, rule_says            \
	}
#define UNSAFE(name, mode, text, says, rule, rule_says)                        \
	{                                                                      \
		name, mode, text, 7, says, "error", rule, rule_says            \
	}
#define CHECKED(name, level, text, rule, rule_says)                            \
	{                                                                      \
		name, 0755, text, -1, NULL, level, rule, rule_says             \
	}

const struct kit_program kit_programs[] = {
	/* The file. */
	{"plain_file", 0644, DESCRIBED LOGIN(TOKEN), 6,
         "cannot be started: Permission denied", "error", "executable",
         "it is not executable (mode 0644)"},
	UNSAFE("of_others", 0757, DESCRIBED LOGIN(TOKEN),
               "others may write to ", "owner", "others may write"),
	UNSAFE("setuid", 04755, DESCRIBED LOGIN(TOKEN), "set-user-id", "owner",
               "set-user-id"),
	BROKEN("no_interpreter", "#!/opt/nowhere/python3\n",
               "cannot be started: No such file", "interpreter",
               "its interpreter /opt/nowhere/python3 is not there"),
	BROKEN("folder_interpreter", "#!/etc\n",
               "cannot be started: Permission denied", "interpreter",
               "its interpreter /etc cannot be executed"),
	BROKEN("relative_interpreter", "#!python3\n", "cannot be started: ",
               "interpreter", "\"python3\" is no absolute path"),
	BROKEN("from_windows", "#!/bin/sh\r\nexit 0\r\n",
               "cannot be started: No such file", "interpreter",
               "its first line ends with a carriage return"),
	BROKEN("env_of_nothing", "#!/usr/bin/env no-such-python\n",
               "ended during describe (exit 127)", "interpreter",
               "env finds no no-such-python"),
	BROKEN("no_first_line", "print('hello')\n",
               "cannot be started: Exec format error", "interpreter",
               "it is neither a script that begins with #! nor"),
	BROKEN("marked", "\xef\xbb\xbf#!/bin/sh\n",
               "cannot be started: Exec format error", "interpreter",
               "it begins with a byte order mark"),

	/* What it says of itself. */
	BROKEN("asks_too_early", SH "host " ASK(""),
               "asks for ask before it is opened", "describe",
               "it asks for ask before it is opened"),
	BROKEN("of_old",
               SH "say '{\"result\": {\"contract\": 0, \"operations\":"
                  " [\"authenticate\"]}}'\nread -r next\n",
               "is made for version 0 of the provider contract", "describe",
               "it is made for version 0"),
	BROKEN("offers_nothing",
               SH "say '{\"result\": {\"contract\": 1}}'\nread -r next\n",
               "does not offer authenticate", "describe",
               "it does not offer authenticate"),
	{"refuses_to_say", 0755,
         SH "say '{\"failed\": \"unsafe\", \"message\": \"not you\"}'\n", 7,
         "astro: not you", "error", "describe",
         "it does not describe itself: not you"},
	BROKEN("says_no_whole_line",
               SH "printf %s '{\"result\": {\"contract\": 1,"
                  " \"operations\": [\"authenticate\"]}}'\nread -r next\n",
               "sent no whole line for 5 seconds during describe", "silence",
               "it sent no whole line for 5 seconds during describe"),

	/* Its lines. */
	BROKEN("prints_debug", DESCRIBED "echo 'debug: to work'\n" LOGIN(TOKEN),
               "sent a line during authenticate that is no JSON", "lines",
               "it sent a line during authenticate that is no JSON"),
	BROKEN("says_lists", DESCRIBED "say '[]'\nread -r next\n",
               "sent a line during authenticate that is neither a request",
               "lines", "neither a request nor a result nor a failure"),
	BROKEN("writes_latin1",
               DESCRIBED "printf '{\"request\": \"tell\", \"text\":"
                         " \"J\\366rg\"}\\n'\nread -r next\n",
               "that is no JSON", "lines", "that is no JSON"),
	BROKEN("talks_too_long",
               PYTHON "send({'request': 'tell', 'text': 'x' * 2000000})\n"
                      "sys.stdin.readline()\n",
               "sent a line of more than 1048576 bytes", "lines",
               "it sent a line of more than 1048576 bytes"),

	/* Its requests. */
	BROKEN("misspells",
               DESCRIBED "host '{\"request\": \"ask\", \"key\": \"username\","
                         " \"lable\": \"User:\"}'\n",
               "puts \"lable\" into ask", "requests", "it puts \"lable\""),
	BROKEN("wants_the_password", DESCRIBED "host " ASK(", \"echo\": false"),
               "without echo and gives the answer no name (keep)", "requests",
               "without echo and gives the answer no name"),
	BROKEN("speaks_of_nothing",
               DESCRIBED LOGIN("\"access_token\": {\"secret\": \"gone\"}"),
               "speaks of \"gone\", which it has not got", "requests",
               "it speaks of \"gone\""),
	BROKEN("adds_to_its_result",
               DESCRIBED "say '{\"result\": {\"login\": {\"fields\": {" TOKEN
                         "}}, \"since\": 1}}'\nread -r next\n",
               "puts \"since\" into its result", "requests",
               "it puts \"since\" into its result"),
	{"asks_in_the_clear", 0755,
         DESCRIBED "host '{\"request\": \"http\","
                   " \"url\": \"http://kit.example/badge\"}'\n",
         7, "kit.example", "error", "addresses",
         "a request goes to http://kit.example/badge: plain http"},

	/* Its failures. */
	BROKEN("fails_in_its_own_words",
               DESCRIBED "say '{\"failed\": \"oops\", \"message\": \"no\"}'\n",
               "failed with \"oops\", which is none of the words for it",
               "failure", "it failed with \"oops\""),
	BROKEN("fails_without_a_word",
               DESCRIBED "say '{\"failed\": \"denied\"}'\n",
               "failed in authenticate without saying why", "failure",
               "it failed in authenticate without saying why"),

	/* Its end. */
	BROKEN("gives_up", DESCRIBED "echo 'out of ideas' >&2\nexit 3\n",
               "ended during authenticate (exit 3)", "ends",
               "it ended during authenticate (exit 3); it says: out of ideas"),
	BROKEN("aborts", DESCRIBED "kill -ABRT $$\n",
               "was ended by signal 6 (Aborted) during authenticate", "ends",
               "it was ended by signal 6 (Aborted)"),
	BROKEN("closes_its_output", DESCRIBED "exec >&-\nsleep 600\n",
               "closed its pipes during authenticate", "ends",
               "it closed its pipes during authenticate"),
	CHECKED("trusts_the_server", "error",
                PYTHON "badge = host('http',"
                       " url='https://kit.example/badge')['body']\n"
                       "send({'result': {'login': {'fields': {"
                       "'access_token': badge['token']}}}})\n",
                "ends", "; it says: KeyError: 'token'"),
	CHECKED("ends_badly", "warning",
                DESCRIBED LOGIN(TOKEN) "read -r next\nexit 3\n", "ending",
                "it ends with exit 3"),
	CHECKED("ends_by_a_signal", "warning",
                DESCRIBED LOGIN(TOKEN) "read -r next\nkill -TERM $$\n",
                "ending", "it ends by signal 15 (Terminated)"),

	/* What it comes to. */
	BROKEN("token_of_two_words",
               DESCRIBED LOGIN("\"access_token\": \"two words\""),
               "an access token with characters that no token has", "token",
               "an access_token with characters that no token has"),
	BROKEN("keeps_what_is_not_its_own",
               DESCRIBED LOGIN(TOKEN ", \"hosts\": \"kit.example\""),
               "wants to keep a key that is not its own: hosts", "store",
               "the login keeps the key hosts, which is not its own"),
	CHECKED("goes_on_when_cancelled", "error",
                DESCRIBED "say " ASK("") "read -r answer\n" LOGIN(TOKEN),
                "cancel",
                "authenticate ends with \"ok\" where ask was cancelled"),
	CHECKED("has_one_word_for_all", "warning",
                DESCRIBED "say " ASK(
			"") "read -r answer\n"
                            "case $answer in '{\"ok\":true'*) ;;"
                            " *'\"cancelled\"'*) exit 1 ;;"
                            " *) say '{\"failed\": \"internal\","
                            " \"message\": \"no\"}'; exit ;; esac\n"
                            "read_on() { say " GET(
				    ", \"keep\": \"b\"") "read -r answer; }\nread_on\n"
                                                         "case $answer in '{\"ok\":true'*) ;;"
                                                         " *'\"cancelled\"'*) exit 1 ;;"
                                                         " *) say '{\"failed\": \"internal\","
                                                         " \"message\": \"no\"}'; exit ;;"
                                                         " esac\n" LOGIN(TOKEN),
                "passing-on", "authenticate ends with \"internal\" where "),
	CHECKED("asks_without_end", "error",
                DESCRIBED "while :; do host " GET("") "done\n", "endless",
                "more than 300 requests in one login"),

	/* Secrets. */
	CHECKED("tells_the_token", "error",
                DESCRIBED "host " GET(
			", \"show\": [\"token\"]") "token=${answer#*\\\"token\\\":\\\"}\n"
                                                   "host '{\"request\": \"tell\", \"text\":"
                                                   " \"'\"${token%%\\\"*}\"'\"}'\n" LOGIN(
							   TOKEN),
                "secrets", "a secret is in a line for the person"),
	CHECKED("traces_the_password", "error",
                DESCRIBED "host " ASK_PIN
                          "host '{\"request\": \"reveal\", \"value\":"
                          " {\"secret\": \"p\"}}'\n"
                          "echo \"$answer\" >&2\n" LOGIN(TOKEN),
                "secrets", "a secret is in its standard error"),
	CHECKED("fails_with_the_token", "error",
                PYTHON "badge = host('http', url='https://kit.example/badge',"
                       " show=['token'])['shown']\n"
                       "send({'failed': 'denied', 'message':"
                       " 'no use for ' + str(badge['token'])})\n",
                "secrets", "a secret is in a message"),

	/* What it leaves. */
	CHECKED("leaves_a_helper", "error",
                DESCRIBED
                "sleep 600 </dev/null >/dev/null 2>&1 &\n" LOGIN(TOKEN),
                "processes", "was killed with its group"),
	/* It has left when the other end of the pipe is closed. */
	CHECKED("leaves_its_group", "error",
                DESCRIBED "up=$(setsid sh -c 'echo; exec sleep 600"
                          " </dev/null >/dev/null 2>&1' &)\n" LOGIN(TOKEN),
                "processes", "left its group, and outlives it"),
};
const size_t kit_program_count = sizeof(kit_programs) / sizeof(kit_programs[0]);
