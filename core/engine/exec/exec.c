/* SPDX-License-Identifier: Apache-2.0 */
/* The operations of a provider, each as a message to its program. */
#include "exec.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dialogue.h"
#include "error.h"
#include "json.h"
#include "json_out.h"
#include "log.h"
#include "login_object.h"
#include "provider_table.h"
#include "value.h"

enum {
	/* Nothing to be done but to say it. */
	PROMPT_MS = 5 * 1000,
	/* It may have to ask somebody else. */
	PATIENCE_MS = 30 * 1000,
	END_MS = 2000
};

enum operation {
	OPEN,
	CLOSE,
	PROMPT,
	AUTHENTICATE,
	WORKSPACES,
	STORE,
	REFRESH,
	REVOKE,
	END_SESSION,
	OPERATIONS
};
static const char *const operation_names[OPERATIONS] = {
	[OPEN] = "open",
	[CLOSE] = "close",
	[PROMPT] = "prompt",
	[AUTHENTICATE] = "authenticate",
	[WORKSPACES] = "workspaces",
	[STORE] = "store",
	[REFRESH] = "refresh",
	[REVOKE] = "revoke",
	[END_SESSION] = "end_session",
};

/* One run of the program. */
struct astro_session {
	struct exec_program *program;
	struct dialogue dialogue;
};

struct exec_program {
	int fd;
	char *path, *name;
	char title[PROVIDER_TITLE_MAX + 1];
	bool offers[OPERATIONS];
	/* Started to describe itself, and not opened yet; or NULL. */
	struct astro_session *waiting;
};

/* ---- a run ---- */

static void session_free(struct astro_session *session)
{
	if (session == NULL)
		return;
	channel_close(&session->dialogue.channel,
	              session->dialogue.is_broken ? 0 : END_MS);
	shelf_clear(&session->dialogue.shelf);
	free(session);
}

static int start(struct exec_program *program, struct astro_session **out,
                 struct astro_error *err)
{
	struct astro_session *session = calloc(1, sizeof(*session));
	struct channel *channel;
	int status;

	*out = NULL;
	if (session == NULL)
		return error_no_memory(err);
	session->program = program;
	session->dialogue.provider = program->name;
	channel = &session->dialogue.channel;
	channel->provider = program->name;
	status = channel_open(channel, program->fd, program->path, err);
	if (status == ASTRO_OK)
		*out = session;
	else
		free(session);
	return status;
}

/* Send MESSAGE for OPERATION; *RESULT may be left out. */
static int run(struct astro_session *session, enum operation operation,
               struct json_out *message, struct json **result,
               struct astro_error *err)
{
	struct dialogue *dialogue = &session->dialogue;
	struct json *given = NULL;
	int status;

	dialogue->channel.patience_ms = operation == OPEN || operation == CLOSE
	                                        ? PROMPT_MS
	                                        : PATIENCE_MS;
	status = dialogue_run(dialogue, operation_names[operation], message,
	                      &given, err);
	if (result != NULL) {
		*result = given;
		return status;
	}
	if (status == ASTRO_OK)
		status = value_check_members(dialogue, given, "", "its result",
		                             err);
	json_free(given);
	return status;
}

/* ---- what the program says of itself ---- */

static int note_operation(void *data, const char *name, const struct json *json)
{
	struct exec_program *program = data;
	const char *word = json_text(json, "");
	int i;

	(void)name;
	for (i = 0; word != NULL && i < OPERATIONS; i++) {
		if (strcmp(word, operation_names[i]) != 0)
			continue;
		program->offers[i] = true;
		return ASTRO_OK;
	}
	/* As with a table that is longer than ours. */
	log_write(ASTRO_DEBUG,
	          "%s: offers the operation %s, which is not known",
	          program->name, word != NULL ? word : "without a name");
	return ASTRO_OK;
}

static int read_title(struct dialogue *dialogue, struct exec_program *program,
                      const struct json *json, struct astro_error *err)
{
	const char *title;
	int status = value_text(dialogue, json, "title", false, &title, err);

	if (status != ASTRO_OK)
		return status;
	if (title == NULL)
		title = program->name;
	if (!provider_title_is_plain(title, strlen(title)))
		return dialogue_misuse(dialogue, err,
		                       "has a title that cannot be shown (1 to "
		                       "%d bytes of UTF-8, in one line)",
		                       PROVIDER_TITLE_MAX);
	memcpy(program->title, title, strlen(title) + 1);
	return ASTRO_OK;
}

static int read_description(struct dialogue *dialogue,
                            struct exec_program *program,
                            const struct json *json, struct astro_error *err)
{
	struct json operations = json_at(json, "operations");
	int64_t contract = json_number(json, "contract", 0);
	int status;

	if (contract != ASTRO_ABI_MAJOR)
		return dialogue_misuse(
			dialogue, err,
			"is made for version %lld of the provider "
			"contract, this astro speaks version %u",
			(long long)contract, ASTRO_ABI_MAJOR);
	status = read_title(dialogue, program, json, err);
	if (status == ASTRO_OK)
		status = json_each(&operations, note_operation, program);
	if (status == ASTRO_OK && !program->offers[AUTHENTICATE])
		status = dialogue_misuse(dialogue, err,
		                         "does not offer authenticate among "
		                         "its operations, which is required");
	return status;
}

static int describe(struct astro_session *session, struct exec_program *program,
                    struct astro_error *err)
{
	struct dialogue *dialogue = &session->dialogue;
	struct json_out message;
	struct json *result;
	int status;

	dialogue->channel.patience_ms = PROMPT_MS;
	dialogue_begin(&message, "describe");
	json_out_string(&message, "provider", program->name);
	json_out_number(&message, "contract", ASTRO_ABI_MAJOR);
	json_out_number(&message, "minor", ASTRO_ABI_MINOR);
	status = dialogue_run(dialogue, "describe", &message, &result, err);
	if (status == ASTRO_OK)
		status = read_description(dialogue, program, result, err);
	json_free(result);
	return status;
}

/* ---- the operations ---- */

/* The run that has described itself already; else, since each session is a run
 * of its own, another one. */
static int take_run(struct exec_program *program, struct astro_core *core,
                    struct astro_session **out, struct astro_error *err)
{
	int status;

	*out = program->waiting;
	program->waiting = NULL;
	if (*out != NULL)
		return ASTRO_OK;
	status = start(program, out, err);
	if (*out == NULL)
		return status;
	(*out)->dialogue.core = core;
	return describe(*out, program, err);
}

static int send_open(struct astro_session *session, struct astro_error *err)
{
	const struct dialogue *dialogue = &session->dialogue;
	struct json_out message;

	if (!session->program->offers[OPEN])
		return ASTRO_OK;
	dialogue_begin(&message, operation_names[OPEN]);
	json_out_string(&message, "domain",
	                dialogue->host->setting(dialogue->settings, "domain"));
	return run(session, OPEN, &message, NULL, err);
}

static int exec_open(const struct astro_host *host,
                     const struct astro_settings *settings,
                     struct astro_session **out, struct astro_error *err)
{
	struct astro_session *session = NULL;
	int status =
		take_run(core_program(host->core), host->core, &session, err);

	*out = NULL;
	if (status == ASTRO_OK && session != NULL) {
		session->dialogue.core = host->core;
		session->dialogue.host = host;
		session->dialogue.settings = settings;
		session->dialogue.shelf.host = host;
		status = send_open(session, err);
	}
	if (status == ASTRO_OK)
		*out = session;
	else
		session_free(session);
	return status;
}

static void exec_close(struct astro_session *session)
{
	struct astro_error why = {.status = ASTRO_OK};
	struct json_out message;

	if (session == NULL)
		return;
	if (session->program->offers[CLOSE] && !session->dialogue.is_broken) {
		dialogue_begin(&message, operation_names[CLOSE]);
		if (run(session, CLOSE, &message, NULL, &why) != ASTRO_OK)
			log_write(ASTRO_DEBUG, "%s: not closed: %s",
			          session->program->name, why.message);
	}
	session_free(session);
}

static int exec_prompt(struct astro_session *session, struct astro_error *err)
{
	struct json_out message;

	dialogue_begin(&message, operation_names[PROMPT]);
	return run(session, PROMPT, &message, NULL, err);
}

/* The result is a login. */
static int earn(struct astro_session *session, enum operation operation,
                struct json_out *message, struct astro_credential **out,
                struct astro_error *err)
{
	struct dialogue *dialogue = &session->dialogue;
	struct json *result = NULL;
	struct json login;
	int status = run(session, operation, message, &result, err);

	*out = NULL;
	if (status == ASTRO_OK)
		status = value_check_members(dialogue, result, "login",
		                             "its result", err);
	if (status == ASTRO_OK) {
		login = json_at(result, "login");
		status = login_object_read(dialogue, &login, out, err);
	}
	json_free(result);
	return status;
}

static int exec_authenticate(struct astro_session *session,
                             struct astro_credential **out,
                             struct astro_error *err)
{
	struct json_out message;

	dialogue_begin(&message, operation_names[AUTHENTICATE]);
	return earn(session, AUTHENTICATE, &message, out, err);
}

/* Begin the message of an operation that is about LOGIN, which is lent to the
 * program as "login" meanwhile. */
static int lend(struct astro_session *session, enum operation operation,
                const struct astro_credential *login, struct json_out *message,
                struct astro_error *err)
{
	const struct thing thing = {.name = SHELF_LOGIN, .lent = login};

	dialogue_begin(message, operation_names[operation]);
	login_object_write(message, login);
	return shelf_put(&session->dialogue.shelf, &thing, err);
}

static void take_back(struct astro_session *session)
{
	shelf_remove(&session->dialogue.shelf, SHELF_LOGIN);
}

static int exec_workspaces(struct astro_session *session,
                           const struct astro_credential *credential,
                           struct astro_listing *listing,
                           struct astro_error *err)
{
	struct json_out message;
	int status = lend(session, WORKSPACES, credential, &message, err);

	session->dialogue.listing = listing;
	if (status == ASTRO_OK)
		status = run(session, WORKSPACES, &message, NULL, err);
	else
		json_out_clear(&message);
	session->dialogue.listing = NULL;
	take_back(session);
	return status;
}

static int exec_store(struct astro_session *session,
                      const struct astro_credential *credential,
                      struct astro_error *err)
{
	struct json_out message;
	int status = lend(session, STORE, credential, &message, err);

	if (status == ASTRO_OK)
		status = run(session, STORE, &message, NULL, err);
	else
		json_out_clear(&message);
	take_back(session);
	return status;
}

static int exec_refresh(struct astro_session *session,
                        const struct astro_credential *old,
                        struct astro_credential **out, struct astro_error *err)
{
	struct json_out message;
	int status = lend(session, REFRESH, old, &message, err);

	*out = NULL;
	if (status == ASTRO_OK)
		status = earn(session, REFRESH, &message, out, err);
	else
		json_out_clear(&message);
	take_back(session);
	return status;
}

static int exec_revoke(struct astro_session *session,
                       const struct astro_credential *credential,
                       struct astro_error *err)
{
	struct json_out message;
	int status = lend(session, REVOKE, credential, &message, err);

	if (status == ASTRO_OK)
		status = run(session, REVOKE, &message, NULL, err);
	else
		json_out_clear(&message);
	take_back(session);
	return status;
}

static int exec_end_session(struct astro_session *session,
                            struct astro_error *err)
{
	struct json_out message;

	dialogue_begin(&message, operation_names[END_SESSION]);
	return run(session, END_SESSION, &message, NULL, err);
}

static void fill_table(const struct exec_program *program,
                       struct astro_provider *table)
{
	const bool *offers = program->offers;

	*table = (struct astro_provider){
		.size = sizeof(*table),
		.abi_major = ASTRO_ABI_MAJOR,
		.abi_minor = ASTRO_ABI_MINOR,
		.name = program->name,
		.title = program->title,
		.open = exec_open,
		.close = exec_close,
		.prompt = offers[PROMPT] ? exec_prompt : NULL,
		.authenticate = exec_authenticate,
		.workspaces = offers[WORKSPACES] ? exec_workspaces : NULL,
		.store = offers[STORE] ? exec_store : NULL,
		.refresh = offers[REFRESH] ? exec_refresh : NULL,
		.revoke = offers[REVOKE] ? exec_revoke : NULL,
		.end_session = offers[END_SESSION] ? exec_end_session : NULL,
	};
}

int exec_load(int fd, const char *path, const char *name,
              struct astro_provider *table, struct exec_program **out,
              struct astro_error *err)
{
	struct exec_program *program = calloc(1, sizeof(*program));
	int status = ASTRO_OK;

	*out = NULL;
	if (program == NULL) {
		(void)close(fd);
		return error_no_memory(err);
	}
	program->fd = fd;
	program->path = strdup(path);
	program->name = strdup(name);
	if (program->path == NULL || program->name == NULL)
		status = error_no_memory(err);
	if (status == ASTRO_OK)
		status = start(program, &program->waiting, err);
	if (program->waiting != NULL)
		status = describe(program->waiting, program, err);
	if (status != ASTRO_OK) {
		exec_free(program);
		return status;
	}
	fill_table(program, table);
	*out = program;
	return ASTRO_OK;
}

void exec_free(struct exec_program *program)
{
	if (program == NULL)
		return;
	session_free(program->waiting);
	(void)close(program->fd);
	free(program->path);
	free(program->name);
	free(program);
}
