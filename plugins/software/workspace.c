/* SPDX-License-Identifier: Apache-2.0 */
/* The workspaces that a token may see. */
#include "session.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	PROBE_SIZE = 2,
	PAGE_SIZE_DEFAULT = 20,
	PAGE_SIZE_MAX = 100,
	PAGES_MAX = 1000,
	KEY_MAX = 64,
	NUMBER_MAX = 16
};

static const struct operation version_operation = {
	.what = "its version",
	.query = "query Version { appConfig { version } }",
};

static const struct operation list_operation = {
	.what = "the workspaces",
	.query = "query Workspaces { workspaces { id label } }",
};

static const char page_key[] = "data.paginatedWorkspaces";

static const char page_query[] =
	"query WorkspacePage($pageSize: Int, $pageNumber: Int) { "
	"paginatedWorkspaces(take: $pageSize, pageNumber: $pageNumber) "
	"{ id label } }";

/* Add the rows of the array at KEY; *COUNT is their number. */
static int rows_add(struct astro_session *session,
                    const struct astro_response *answer, const char *key,
                    struct astro_listing *listing, int64_t *count,
                    struct astro_error *err)
{
	const struct astro_host *host = session->host;
	const char *id, *name;
	char path[KEY_MAX];
	int64_t i;
	int status;

	*count = host->answer_count(answer, key);
	if (*count < 0)
		return host->fail(err, ASTRO_BAD_ANSWER, NULL,
		                  "%s sent no list of workspaces",
		                  session->api);
	for (i = 0; i < *count; i++) {
		(void)snprintf(path, sizeof(path), "%s.%" PRId64 ".id", key, i);
		id = host->answer_text(answer, path);
		(void)snprintf(path, sizeof(path), "%s.%" PRId64 ".label", key,
		               i);
		name = host->answer_text(answer, path);
		if (id == NULL || *id == '\0')
			return host->fail(err, ASTRO_BAD_ANSWER, NULL,
			                  "%s sent a workspace without an id",
			                  session->api);
		if (name == NULL || *name == '\0')
			name = id;
		status = host->list_add(listing, id, name, err);
		if (status != ASTRO_OK)
			return status;
	}
	return ASTRO_OK;
}

static int pages_are_wanted(struct astro_session *session,
                            const struct astro_secret *token, bool *wanted,
                            struct astro_error *err)
{
	const struct astro_host *host = session->host;
	const char *interactive =
		host->setting(session->settings, ".interactive");
	struct astro_response *answer = NULL;
	int status;

	*wanted = false;
	if (interactive == NULL || strcmp(interactive, "true") != 0)
		return ASTRO_OK;
	status = graphql_ask(session, &version_operation, token, &answer, err);
	if (status != ASTRO_OK)
		return status;
	*wanted = version_reaches(
		host->answer_text(answer, "data.appConfig.version"), 0, 30, 0);
	host->answer_free(answer);
	return ASTRO_OK;
}

static long page_size(const struct astro_session *session)
{
	const char *text =
		session->host->setting(session->settings, ".page_size");
	char *end;
	long size;

	if (text == NULL)
		return PAGE_SIZE_DEFAULT;
	size = strtol(text, &end, 10);
	if (*end != '\0' || size < 1 || size >= PAGE_SIZE_MAX)
		return PAGE_SIZE_MAX;
	return size;
}

static int pages_list(struct astro_session *session,
                      const struct astro_secret *token,
                      struct astro_listing *listing, struct astro_error *err)
{
	char size[NUMBER_MAX], number[NUMBER_MAX];
	const struct astro_field variables[] = {
		{.name = "pageSize", .text = size},
		{.name = "pageNumber", .text = number},
	};
	const struct operation operation = {
		.what = "the workspaces",
		.query = page_query,
		.variables = variables,
		.variable_count = sizeof(variables) / sizeof(variables[0]),
		.flags = ASTRO_REQUEST_NUMBERS,
	};
	struct astro_response *answer;
	long take = PROBE_SIZE;
	int64_t count = 0;
	int page, status;

	/* Two rows tell whether there is anything to choose from. */
	(void)snprintf(size, sizeof(size), "%ld", take);
	(void)snprintf(number, sizeof(number), "0");
	status = graphql_ask(session, &operation, token, &answer, err);
	if (status != ASTRO_OK)
		return status;
	if (session->host->answer_count(answer, page_key) < take)
		status = rows_add(session, answer, page_key, listing, &count,
		                  err);
	else
		count = take;
	session->host->answer_free(answer);
	if (status != ASTRO_OK || count < take)
		return status;

	take = page_size(session);
	(void)snprintf(size, sizeof(size), "%ld", take);
	for (page = 0; page < PAGES_MAX; page++) {
		(void)snprintf(number, sizeof(number), "%d", page);
		status = graphql_ask(session, &operation, token, &answer, err);
		if (status != ASTRO_OK)
			return status;
		status = rows_add(session, answer, page_key, listing, &count,
		                  err);
		session->host->answer_free(answer);
		if (status != ASTRO_OK || count < take)
			return status;
	}
	return session->host->fail(
		err, ASTRO_BAD_ANSWER, "set page_size to a larger number",
		"gave up listing workspaces after %d pages", PAGES_MAX);
}

int workspace_list(struct astro_session *session,
                   const struct astro_credential *credential,
                   struct astro_listing *listing, struct astro_error *err)
{
	const struct astro_host *host = session->host;
	const struct astro_secret *token =
		host->credential_get(credential, "access_token");
	struct astro_response *answer = NULL;
	int64_t count;
	bool paged;
	int status;

	status = pages_are_wanted(session, token, &paged, err);
	if (status != ASTRO_OK)
		return status;
	if (paged)
		return pages_list(session, token, listing, err);
	status = graphql_ask(session, &list_operation, token, &answer, err);
	if (status != ASTRO_OK)
		return status;
	status = rows_add(session, answer, "data.workspaces", listing, &count,
	                  err);
	host->answer_free(answer);
	return status;
}
