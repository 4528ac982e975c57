/* SPDX-License-Identifier: Apache-2.0 */
/* The workspaces of an organization, all pages. */
#include "session.h"

#include <inttypes.h>
#include <stdio.h>

/* *COUNT grows by the workspaces on PAGE. */
static int page_add(struct astro_session *session,
                    const struct astro_response *page,
                    struct astro_listing *listing, int64_t *count,
                    struct astro_error *err)
{
	const struct astro_host *host = session->host;
	int64_t rows = host->answer_count(page, "workspaces");
	const char *id, *name;
	char key[64];
	int64_t i;
	int status;

	if (rows < 0)
		return host->fail(err, ASTRO_BAD_ANSWER, NULL,
		                  "%s sent no list of workspaces",
		                  session->api);
	for (i = 0; i < rows; i++) {
		(void)snprintf(key, sizeof(key), "workspaces.%" PRId64 ".id",
		               i);
		id = host->answer_text(page, key);
		(void)snprintf(key, sizeof(key), "workspaces.%" PRId64 ".name",
		               i);
		name = host->answer_text(page, key);
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
	*count += rows;
	return ASTRO_OK;
}

int workspace_list(struct astro_session *session,
                   const struct astro_credential *credential,
                   struct astro_listing *listing, struct astro_error *err)
{
	const struct astro_host *host = session->host;
	const char *organization =
		host->credential_text(credential, "organization");
	struct astro_response *page;
	char id[3 * ID_MAX], address[ADDRESS_MAX];
	int64_t count = 0, before, total;
	int pages = 0;
	int status;

	if (organization == NULL)
		return host->fail(err, ASTRO_EXPIRED, "log in again",
		                  "the login has no organization");
	status =
		host->url_escape(host->core, organization, id, sizeof(id), err);
	if (status != ASTRO_OK)
		return status;
	do {
		if (pages++ == PAGES_MAX)
			return host->fail(err, ASTRO_BAD_ANSWER, NULL,
			                  "gave up listing workspaces after %d "
			                  "pages",
			                  PAGES_MAX);
		status = address_format(
			session, address, err,
			"%s/v1/organizations/%s/workspaces?limit=1000"
			"&offset=%" PRId64 "&sorts=name%%3Aasc",
			session->api, id, count);
		if (status != ASTRO_OK)
			return status;
		status = api_get(
			session, address,
			host->credential_get(credential, "access_token"),
			"to list the workspaces", &page, err);
		if (status != ASTRO_OK)
			return status;
		before = count;
		total = host->answer_number(page, "totalCount", -1);
		status = page_add(session, page, listing, &count, err);
		host->answer_free(page);
	} while (status == ASTRO_OK && count > before && count < total);
	return status;
}
