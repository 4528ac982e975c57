/* SPDX-License-Identifier: Apache-2.0 */
/* A login by the scripted browser, from the first page to the callback. */
#include "visit.h"

#include <getopt.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include <jansson.h>

#include "browser.h"
#include "fields.h"
#include "form.h"

enum { STEPS_MAX = 20, ADDRESS_MAX = 64 * 1024 };

struct visit {
	struct browser *browser;
	FILE *out;
	const char *url, *user, *password, *code;
	unsigned long wait_ms;
	bool cancel, tamper, twice, https, no_genuine, stop;
};

static const char help[] =
	"usage: astro-sandbox visit [OPTION…] URL\n"
	"\n"
	"Opens URL as a browser would, logs in at the sandbox's page and "
	"follows the\n"
	"redirect to the program that waits. For BROWSER=\"astro-sandbox "
	"visit\".\n"
	"\n"
	"  --user NAME       log in as NAME (else what the page has filled in, "
	"else\n"
	"                    $ASTRO_SANDBOX_USER, else jane@example.com)\n"
	"  --password WORD   (else $ASTRO_SANDBOX_PASSWORD, else sandbox- and "
	"the\n"
	"                    user's name)\n"
	"  --code CODE       the code that a device shows (else what the page "
	"has filled\n"
	"                    in)\n"
	"  --cancel          press Cancel instead\n"
	"  --wait MS         think so long before submitting\n"
	"  --stop            print the callback's address instead of going "
	"there\n"
	"  --tamper-state    first go there with a wrong state\n"
	"  --https           first go there with https\n"
	"  --twice           go there twice at the same time\n"
	"  --no-genuine      leave out the right answer after --tamper-state, "
	"--https\n"
	"  --output FILE     append the steps to FILE, not to standard output\n"
	"\n"
	"Exit 0: the callback's page, or the last one, reports success.\n";

/* One step, one line, at once. */
static void say(const struct visit *visit, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static void say(const struct visit *visit, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vfprintf(visit->out, fmt, args);
	va_end(args);
	fputc('\n', visit->out);
	fflush(visit->out);
}

/* An address without its query: that has codes in it. */
static int short_len(const char *url)
{
	return (int)strcspn(url, "?");
}

static char *title_of(const struct answer *answer)
{
	return form_text_of(answer->body.bytes, "<title>");
}

static void report(const struct visit *visit, const char *what,
                   const struct answer *answer)
{
	char *title = title_of(answer);

	if (answer->status == 0)
		say(visit, "%s: no answer (%s)", what, answer->error);
	else if (answer->location != NULL)
		say(visit, "%s: %ld, on to %.*s", what, answer->status,
		    short_len(answer->location), answer->location);
	else
		say(visit, "%s: %ld %s", what, answer->status, title);
	free(title);
}

static bool is_success(const struct answer *answer)
{
	char *title = title_of(answer);
	bool fine = answer->status == 200 && title != NULL &&
	            (strcasestr(title, "logged in") != NULL ||
	             strcasestr(title, "logged out") != NULL ||
	             strcasestr(title, "success") != NULL);

	free(title);
	return fine;
}

/* URL with another state, or with https: what a client has to refuse. */
static char *spoiled(const char *url, bool tamper)
{
	const char *question = strchr(url, '?');
	json_t *query = NULL;
	struct text out;
	char *copy;

	text_init(&out, ADDRESS_MAX);
	if (!tamper) {
		text_addf(&out, "https%s", strstr(url, "://"));
	} else {
		text_add(&out, url, strcspn(url, "?"));
		query = fields_parse(question == NULL ? "" : question + 1,
		                     question == NULL ? 0
		                                      : strlen(question + 1));
		json_object_set_new(query, "state", json_string("tampered"));
		text_add(&out, "?", 1);
		fields_write(&out, query);
	}
	copy = text_copy(out.bytes);
	json_decref(query);
	text_clear(&out);
	return copy;
}

static void go_wrong(const struct visit *visit, const char *what,
                     const char *url, bool tamper)
{
	char *wrong = spoiled(url, tamper);
	struct answer answer;

	browser_send(visit->browser, wrong, NULL, &answer);
	report(visit, what, &answer);
	answer_clear(&answer);
	free(wrong);
}

static int go_back(const struct visit *visit, const char *url)
{
	struct answer answers[2];
	bool fine = false;
	int i, count = visit->twice ? 2 : 1;

	if (visit->stop) {
		say(visit, "callback %s", url);
		return 0;
	}
	if (visit->https)
		go_wrong(visit, "callback by https", url, false);
	if (visit->tamper)
		go_wrong(visit, "callback with a wrong state", url, true);
	if (visit->no_genuine)
		return 0;
	if (visit->twice)
		browser_send_twice(visit->browser, url, answers);
	else
		browser_send(visit->browser, url, NULL, &answers[0]);
	for (i = 0; i < count; i++) {
		report(visit, "callback", &answers[i]);
		fine = fine || is_success(&answers[i]);
		answer_clear(&answers[i]);
	}
	return fine ? 0 : 1;
}

static const char *user_for(const struct visit *visit, const json_t *fields)
{
	const char *filled = fields_get(fields, "user");
	const char *wanted = getenv("ASTRO_SANDBOX_USER");

	if (visit->user != NULL)
		return visit->user;
	if (filled != NULL && filled[0] != '\0')
		return filled;
	if (wanted != NULL && wanted[0] != '\0')
		return wanted;
	return fields_get(fields, "transaction") != NULL ||
	                       fields_get(fields, "user_code") != NULL
	               ? "jane@example.com"
	               : "jane";
}

/* Fill in FIELDS; what is posted goes to OUT. */
static void fill(const struct visit *visit, json_t *fields, struct text *out)
{
	const char *user = user_for(visit, fields);
	const char *password = visit->password != NULL
	                               ? visit->password
	                               : getenv("ASTRO_SANDBOX_PASSWORD");

	json_object_set_new(fields, "password",
	                    password != NULL && password[0] != '\0'
	                            ? json_string(password)
	                            : json_sprintf("sandbox-%.*s",
	                                           (int)strcspn(user, "@"),
	                                           user));
	json_object_set_new(fields, "user", json_string(user));
	if (visit->code != NULL)
		json_object_set_new(fields, "user_code",
		                    json_string(visit->code));
	json_object_set_new(fields, "action",
	                    json_string(visit->cancel ? "cancel" : "login"));
	say(visit, "%s as %s", visit->cancel ? "cancel" : "log in",
	    fields_get(fields, "user"));
	fields_write(out, fields);
}

/* A page that goes nowhere: a device's success, a logout's, or the token page
 * with the token for pasting. */
static int end_on_page(const struct visit *visit, const struct answer *answer)
{
	char *token = form_text_of(answer->body.bytes, "<code id=\"token\">");
	bool fine = answer->status == 200 && token != NULL && token[0] != '\0';

	if (fine)
		say(visit, "token %s", token);
	free(token);
	return fine || is_success(answer) ? 0 : 1;
}

static void think(unsigned long milliseconds)
{
	const struct timespec pause = {
		.tv_sec = (time_t)(milliseconds / 1000),
		.tv_nsec = (long)(milliseconds % 1000) * 1000000,
	};

	(void)nanosleep(&pause, NULL);
}

/* Where to go from ANSWER; NULL: nowhere.  A form is submitted once: a page
 * that shows it again has refused. */
static char *next_of(const struct visit *visit, const char *url,
                     const struct answer *answer, bool *submitted,
                     struct text *form)
{
	json_t *page;
	char *next;

	text_clear(form);
	if (answer->location != NULL)
		return text_copy(answer->location);
	page = form_parse(answer->body.bytes);
	if (page == NULL || *submitted) {
		json_decref(page);
		return NULL;
	}
	*submitted = true;
	next = browser_resolve(url, fields_get(page, "action"));
	think(visit->wait_ms);
	fill(visit, json_object_get(page, "fields"), form);
	json_decref(page);
	return next;
}

static int run(const struct visit *visit)
{
	char *url = text_copy(visit->url), *next;
	struct answer answer;
	struct text form;
	bool submitted = false;
	int steps, code = 1;

	text_init(&form, ADDRESS_MAX);
	for (steps = 0; url != NULL && steps < STEPS_MAX; steps++) {
		/* The first address of another server is the callback's. */
		if (!browser_same_origin(visit->url, url)) {
			code = go_back(visit, url);
			break;
		}
		say(visit, "%s %.*s", form.len > 0 ? "submit to" : "open",
		    short_len(url), url);
		browser_send(visit->browser, url,
		             form.len > 0 ? form.bytes : NULL, &answer);
		report(visit, "page", &answer);
		next = next_of(visit, url, &answer, &submitted, &form);
		if (next == NULL)
			code = end_on_page(visit, &answer);
		answer_clear(&answer);
		free(url);
		url = next;
	}
	free(url);
	text_clear(&form);
	return code;
}

/* -1: go on; otherwise the exit code. */
static int options_parse(struct visit *visit, int argc, char **argv)
{
	static const struct option known[] = {
		{"user", required_argument, NULL, 'u'},
		{"password", required_argument, NULL, 'p'},
		{"code", required_argument, NULL, 'd'},
		{"cancel", no_argument, NULL, 'c'},
		{"wait", required_argument, NULL, 'w'},
		{"stop", no_argument, NULL, 's'},
		{"tamper-state", no_argument, NULL, 't'},
		{"https", no_argument, NULL, 'e'},
		{"twice", no_argument, NULL, '2'},
		{"no-genuine", no_argument, NULL, 'n'},
		{"output", required_argument, NULL, 'o'},
		{"help", no_argument, NULL, 'h'},
		{NULL, 0, NULL, 0},
	};
	int option;

	while ((option = getopt_long(argc, argv, "h", known, NULL)) != -1) {
		switch (option) {
		case 'u':
			visit->user = optarg;
			break;
		case 'p':
			visit->password = optarg;
			break;
		case 'd':
			visit->code = optarg;
			break;
		case 'c':
			visit->cancel = true;
			break;
		case 'w':
			visit->wait_ms = strtoul(optarg, NULL, 10);
			break;
		case 's':
			visit->stop = true;
			break;
		case 't':
			visit->tamper = true;
			break;
		case 'e':
			visit->https = true;
			break;
		case '2':
			visit->twice = true;
			break;
		case 'n':
			visit->no_genuine = true;
			break;
		case 'o':
			visit->out = fopen(optarg, "ae");
			if (visit->out == NULL)
				return 1;
			break;
		case 'h':
			fputs(help, stdout);
			return 0;
		default:
			return 2;
		}
	}
	if (optind != argc - 1) {
		fputs("astro-sandbox visit: which address?\n", stderr);
		return 2;
	}
	visit->url = argv[optind];
	return -1;
}

int visit_main(int argc, char **argv)
{
	struct visit visit = {.out = stdout};
	int code = options_parse(&visit, argc, argv);

	if (code >= 0)
		goto out;
	code = 1;
	visit.browser = browser_new();
	if (visit.browser == NULL)
		goto out;
	code = run(&visit);
	browser_free(visit.browser);
out:
	if (visit.out != NULL && visit.out != stdout)
		fclose(visit.out);
	return code;
}
