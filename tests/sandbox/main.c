/* SPDX-License-Identifier: Apache-2.0 */
/* astro-sandbox: a stand-in for Astro, Houston and an OpenID provider, and a
 * browser to match. */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "data.h"
#include "fields.h"
#include "op.h"
#include "sandbox.h"
#include "server.h"
#include "visit.h"

enum { USUAL_PORT = 8888 };

struct options {
	unsigned port;
	const char *port_file, *log_file, *key_file, *settings_file;
	bool with_parent;
};

static const char help[] =
	"usage: astro-sandbox [serve] [OPTION…]\n"
	"       astro-sandbox visit [OPTION…] URL\n"
	"\n"
	"Plays Astro (OAuth and REST), Houston (GraphQL) and an OpenID "
	"provider on\n127.0.0.1 and ::1.\n"
	"\n"
	"  --port N            listen there (8888; 0: any free port)\n"
	"  --port-file FILE    write the port there when ready\n"
	"  --log FILE          append each request as a line of JSON\n"
	"  --settings FILE     begin with these settings (a JSON object)\n"
	"  --key FILE          sign with this RSA key (PEM) instead of a new "
	"one\n"
	"  --exit-with-parent  end when the process that started it ends\n"
	"\n"
	"`astro-sandbox visit --help` tells about the scripted browser.\n";

static int complain(const char *what, const char *name)
{
	fprintf(stderr, "astro-sandbox: %s%s%s\n", what,
	        name == NULL ? "" : ": ", name == NULL ? "" : name);
	return 1;
}

static bool port_parse(const char *text, unsigned *port)
{
	char *end;
	unsigned long number;

	if (*text < '0' || *text > '9')
		return false;
	number = strtoul(text, &end, 10);
	*port = (unsigned)number;
	return *end == '\0' && number <= 65535;
}

/* -1: go on; otherwise the exit code. */
static int options_parse(struct options *options, int argc, char **argv)
{
	static const struct option known[] = {
		{"port", required_argument, NULL, 'p'},
		{"port-file", required_argument, NULL, 'f'},
		{"log", required_argument, NULL, 'l'},
		{"settings", required_argument, NULL, 's'},
		{"key", required_argument, NULL, 'k'},
		{"exit-with-parent", no_argument, NULL, 'x'},
		{"help", no_argument, NULL, 'h'},
		{NULL, 0, NULL, 0},
	};
	int option;

	while ((option = getopt_long(argc, argv, "h", known, NULL)) != -1) {
		switch (option) {
		case 'p':
			if (!port_parse(optarg, &options->port))
				return complain("no port number", optarg) + 1;
			break;
		case 'f':
			options->port_file = optarg;
			break;
		case 'l':
			options->log_file = optarg;
			break;
		case 's':
			options->settings_file = optarg;
			break;
		case 'k':
			options->key_file = optarg;
			break;
		case 'x':
			options->with_parent = true;
			break;
		case 'h':
			fputs(help, stdout);
			return 0;
		default:
			return 2;
		}
	}
	return optind == argc ? -1 : complain("what is", argv[optind]) + 1;
}

static void print_users(const json_t *users, const char *name)
{
	json_t *user;
	size_t i;

	json_array_foreach(users, i, user)
	{
		printf("  %-20s %s\n", fields_get(user, name),
		       fields_get(user, "password"));
	}
}

static void print_welcome(const struct sandbox *box,
                          const struct server *server)
{
	char issuer[OP_ADDRESS_MAX];

	printf("astro-sandbox listens on %s (127.0.0.1%s)\n\n", box->base,
	       server->sockets[1] >= 0 ? " and ::1" : "");
	if (box->port != USUAL_PORT)
		printf("Not the usual port: in the context file, set\n"
		       "  local.core     %s\n  local.houston  %s/v1\n\n",
		       box->base, box->base);
	printf("Astro, `astro login localhost`:\n");
	print_users(setting(box, "users"), "email");
	printf("\nSoftware, `astro login houston`:\n");
	print_users(setting(box, "houston_users"), "username");
	printf("  or a token from %s/token\n\n", box->base);
	printf("An OpenID provider, with Astro's users: %s\n"
	       "  client sandbox-native\n\n",
	       op_address(box, "", issuer));
	fflush(stdout);
}

/* Whoever waits for the file never sees a part of it. */
static bool port_write(const char *file, unsigned port)
{
	char temporary[4096];
	FILE *stream;
	bool fine;

	if (snprintf(temporary, sizeof(temporary), "%s.new", file) >=
	    (int)sizeof(temporary))
		return false;
	stream = fopen(temporary, "we");
	if (stream == NULL)
		return false;
	fine = fprintf(stream, "%u\n", port) > 0;
	return fclose(stream) == 0 && fine && rename(temporary, file) == 0;
}

static bool settings_load(struct sandbox *box, const char *file)
{
	json_error_t error;
	json_t *changes = json_load_file(file, JSON_REJECT_DUPLICATES, &error);
	const char *wrong = NULL;
	bool fine = json_is_object(changes);

	if (!fine)
		complain(file, error.text);
	else if (!(fine = data_change(box, changes, &wrong)))
		complain("no such setting, or of another type", wrong);
	json_decref(changes);
	return fine;
}

static bool prepare(struct sandbox *box, struct server *server,
                    const struct options *options)
{
	if (!sandbox_init(box, options->key_file)) {
		complain("no RSA key", options->key_file);
		return false;
	}
	if (!server_listen(server, box, options->port)) {
		fprintf(stderr, "astro-sandbox: port %u: %s\n", options->port,
		        strerror(errno));
		return false;
	}
	/* Only now is the address known that the settings name. */
	sandbox_reset(box);
	if (options->settings_file != NULL &&
	    !settings_load(box, options->settings_file))
		return false;
	if (options->log_file != NULL) {
		box->log_file = fopen(options->log_file, "ae");
		if (box->log_file == NULL) {
			complain("cannot be written", options->log_file);
			return false;
		}
	}
	return true;
}

static int serve(int argc, char **argv)
{
	struct options options = {.port = USUAL_PORT};
	struct server server = {.sockets = {-1, -1}};
	struct sandbox box;
	sigset_t signals;
	int code, number;

	code = options_parse(&options, argc, argv);
	if (code >= 0)
		return code;
	if (options.with_parent)
		(void)prctl(PR_SET_PDEATHSIG, SIGTERM);
	/* Before any thread begins, so that all of them block these. */
	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	pthread_sigmask(SIG_BLOCK, &signals, NULL);

	code = 1;
	if (!prepare(&box, &server, &options))
		goto out;
	print_welcome(&box, &server);
	if (!server_start(&server, &box)) {
		complain("the server does not start", NULL);
		goto out;
	}
	if (options.port_file != NULL &&
	    !port_write(options.port_file, box.port)) {
		complain("cannot be written", options.port_file);
		goto out;
	}
	(void)sigwait(&signals, &number);
	code = 0;
out:
	server_stop(&server, &box);
	sandbox_clear(&box);
	return code;
}

int main(int argc, char **argv)
{
	/* Nobody may be reading what is printed. */
	signal(SIGPIPE, SIG_IGN);
	if (argc > 1 && strcmp(argv[1], "visit") == 0)
		return visit_main(argc - 1, argv + 1);
	if (argc > 1 && strcmp(argv[1], "serve") == 0)
		return serve(argc - 1, argv + 1);
	return serve(argc, argv);
}
