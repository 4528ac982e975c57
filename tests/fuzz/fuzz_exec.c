/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the program of a provider says, from its description to its login: the
 * bytes come from its output, and a host without a network answers them.
 */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "dialogue.h"
#include "error.h"
#include "fake_host.h"
#include "fuzz.h"
#include "json.h"
#include "json_out.h"
#include "login_object.h"

/* The room of a pipe: nobody reads while we write. */
enum { SAID_MAX = 60 * 1024 };

static const struct fake_route routes[] = {
	{"https://api.example.com/", NULL, 200,
         "{\"token\":\"" FAKE_CANARY "t\",\"user\":{\"id\":\"u1\"},"
         "\"expires_in\":3600,\"list\":[1,{\"a\":null}]}"},
	{NULL, NULL, 0, NULL},
};

static const struct fake_answer answers[] = {
	{"username", "jane"},
	{"password", FAKE_CANARY "password"},
	{NULL, NULL},
};

static const struct fake_script script = {
	.domain = "example.com",
	.routes = routes,
	.answers = answers,
};

/* A program that has said its piece, reads whatever it is told, and is over. */
static void play(struct channel *channel, const uint8_t *bytes, size_t len)
{
	int ends[2];

	channel->child = (struct child){-1, -1, -1, -1, -1, 0};
	channel->child.in = open("/dev/null", O_WRONLY | O_CLOEXEC);
	MUST(pipe2(ends, O_CLOEXEC) == 0);
	MUST(write(ends[1], bytes, len) == (ssize_t)len);
	(void)close(ends[1]);
	channel->child.out = ends[0];
	channel->provider = "played";
	channel->patience_ms = 1000;
	text_init(&channel->input, CHANNEL_LINE_MAX + 16 * 1024);
	text_init(&channel->trace, 2048);
}

static int authenticate(struct dialogue *dialogue, struct astro_error *err)
{
	struct astro_credential *login = NULL;
	struct json *result = NULL;
	struct json_out message;
	struct json given;
	int status;

	dialogue_begin(&message, "authenticate");
	status = dialogue_run(dialogue, "authenticate", &message, &result, err);
	if (status == ASTRO_OK) {
		given = json_at(result, "login");
		status = login_object_read(dialogue, &given, &login, err);
	}
	MUST((status == ASTRO_OK) == (login != NULL));
	if (login != NULL) {
		json_out_init_line(&message);
		json_out_object(&message, NULL);
		login_object_write(&message, login);
		json_out_clear(&message);
	}
	dialogue->host->credential_free(login);
	json_free(result);
	return status;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct astro_error err = {.status = ASTRO_OK};
	struct dialogue *dialogue = calloc(1, sizeof(*dialogue));
	struct fake_host host;
	int status = ASTRO_OK;

	MUST(dialogue != NULL);
	fake_host_init(&host, &script);
	dialogue->provider = "played";
	dialogue->host = &host.table;
	dialogue->settings = host.settings;
	dialogue->shelf.host = &host.table;
	dialogue->listing = fake_listing_new();
	play(&dialogue->channel, bytes, len < SAID_MAX ? len : SAID_MAX);

	/* As long as it is understood; its end is an error as well. */
	while (status == ASTRO_OK || !dialogue->is_broken) {
		status = authenticate(dialogue, &err);
		MUST(status == ASTRO_OK || err.message[0] != '\0');
	}
	channel_close(&dialogue->channel, 0);
	shelf_clear(&dialogue->shelf);
	MUST(host.secrets == 0);
	MUST(host.credentials == 0);
	MUST(host.live_responses == 0);
	/* What it has not said itself. */
	MUST(!host.told_a_secret ||
	     memmem(bytes, len, FAKE_CANARY, sizeof(FAKE_CANARY) - 1) != NULL);
	fake_listing_free(dialogue->listing);
	fake_host_clear(&host);
	free(dialogue);
	return 0;
}
