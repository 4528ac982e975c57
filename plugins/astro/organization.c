/* SPDX-License-Identifier: Apache-2.0 */
/* The organization of a login: the one that is wished for, or a choice. */
#include "session.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PAGE_LIMIT = 100 };

/* Texts lent by the pages. */
struct organization {
	const char *id;
	const char *name;
	const char *product;
};

struct organization_list {
	struct astro_response *pages[PAGES_MAX];
	size_t page_count;
	struct organization *rows;
	size_t count;
	int64_t total; /* as the server says, or -1 */
};

static void list_clear(const struct astro_host *host,
                       struct organization_list *list)
{
	size_t i;

	for (i = 0; i < list->page_count; i++)
		host->answer_free(list->pages[i]);
	free(list->rows);
}

int organization_wish_read(struct astro_session *session,
                           struct organization_wish *wish,
                           struct astro_error *err)
{
	static const struct astro_question question = {
		.size = sizeof(question),
		.echo = ASTRO_ECHO_ON,
		.key = "organization",
		.label = "Organization:",
	};
	const struct astro_host *host = session->host;
	struct astro_secret *answer = NULL;
	const char *id = host->setting(session->settings, "organization");
	int status = ASTRO_OK;

	memset(wish, 0, sizeof(*wish));
	wish->given = host->has_answer(host->core, "organization") != 0;
	if (wish->given) {
		status = host->ask(host->core, &question, &answer, err);
		if (status != ASTRO_OK)
			return status;
		id = host->secret_bytes(answer, NULL);
	}
	if (id != NULL && strlen(id) < sizeof(wish->id))
		(void)snprintf(wish->id, sizeof(wish->id), "%s", id);
	if (wish->given && wish->id[0] == '\0')
		status = host->fail(err, ASTRO_USAGE,
		                    "pass its id, such as clx0k2b1v",
		                    "that is no organization's id");
	host->secret_free(answer);
	return status;
}

int organization_address(const struct astro_session *session,
                         const struct organization_wish *wish,
                         char address[ADDRESS_MAX], struct astro_error *err)
{
	const struct astro_host *host = session->host;
	char id[3 * ID_MAX];
	int status;

	if (wish->id[0] == '\0')
		return address_format(session, address, err,
		                      "%s/v1/organizations?limit=%d",
		                      session->api, PAGE_LIMIT);
	status = host->url_escape(host->core, wish->id, id, sizeof(id), err);
	if (status != ASTRO_OK)
		return status;
	return address_format(session, address, err, "%s/v1/organizations/%s",
	                      session->api, id);
}

static bool list_reserve(struct organization_list *list, size_t more)
{
	struct organization *rows;

	if (list->count + more == 0)
		return true;
	rows = realloc(list->rows, (list->count + more) * sizeof(*rows));
	if (rows == NULL)
		return false;
	list->rows = rows;
	return true;
}

static const char *row_text(const struct astro_host *host,
                            const struct astro_response *page, int64_t index,
                            const char *member)
{
	char key[64];

	(void)snprintf(key, sizeof(key), "organizations.%" PRId64 ".%s", index,
	               member);
	return host->answer_text(page, key);
}

/* PAGE is taken over. */
static int list_add_page(struct astro_session *session,
                         struct organization_list *list,
                         struct astro_response *page, struct astro_error *err)
{
	const struct astro_host *host = session->host;
	int64_t count = host->answer_count(page, "organizations");
	struct organization *row;
	int64_t i;
	int status;

	list->pages[list->page_count++] = page;
	status = answer_check(session, page, "to list the organizations", err);
	if (status != ASTRO_OK)
		return status;
	if (count < 0)
		return host->fail(err, ASTRO_BAD_ANSWER, NULL,
		                  "%s sent no list of organizations",
		                  session->api);
	list->total = host->answer_number(page, "totalCount", -1);
	if (!list_reserve(list, (size_t)count))
		return host->fail(err, ASTRO_NO_MEMORY, NULL, "out of memory");
	for (i = 0; i < count; i++) {
		row = &list->rows[list->count];
		row->id = row_text(host, page, i, "id");
		row->name = row_text(host, page, i, "name");
		row->product = row_text(host, page, i, "product");
		if (row->id == NULL || *row->id == '\0')
			return host->fail(err, ASTRO_BAD_ANSWER, NULL,
			                  "%s sent an organization without an "
			                  "id",
			                  session->api);
		if (row->name == NULL || *row->name == '\0')
			row->name = row->id;
		list->count++;
	}
	return ASTRO_OK;
}

static int list_fetch_page(struct astro_session *session,
                           struct organization_list *list,
                           const struct astro_secret *bearer,
                           struct astro_error *err)
{
	const struct astro_host *host = session->host;
	struct astro_response *page = NULL;
	struct astro_request request;
	char address[ADDRESS_MAX];
	int status;

	status = address_format(session, address, err,
	                        "%s/v1/organizations?limit=%d&offset=%zu",
	                        session->api, PAGE_LIMIT, list->count);
	if (status != ASTRO_OK)
		return status;
	request_prepare(&request, address, bearer);
	status = host->http(host->core, &request, &page, err);
	if (status != ASTRO_OK)
		return status;
	return list_add_page(session, list, page, err);
}

/* FIRST is the first page, taken over, or NULL when it is yet to be asked. */
static int list_fetch(struct astro_session *session,
                      struct organization_list *list,
                      struct astro_response *first,
                      const struct astro_secret *bearer,
                      struct astro_error *err)
{
	size_t before = 0;
	int status;

	if (first != NULL)
		status = list_add_page(session, list, first, err);
	else
		status = list_fetch_page(session, list, bearer, err);
	while (status == ASTRO_OK && list->count > before &&
	       (int64_t)list->count < list->total) {
		if (list->page_count == PAGES_MAX)
			return session->host->fail(
				err, ASTRO_BAD_ANSWER,
				"name one with --organization ID",
				"gave up listing organizations after %d pages",
				PAGES_MAX);
		before = list->count;
		status = list_fetch_page(session, list, bearer, err);
	}
	return status;
}

static int list_choose(struct astro_session *session,
                       const struct organization_list *list,
                       const struct organization **out, struct astro_error *err)
{
	const struct astro_host *host = session->host;
	struct astro_menu menu = {
		.size = sizeof(menu),
		.key = "organization",
		.label = "Choose an organization",
		.count = list->count,
	};
	struct astro_item *items;
	size_t picked, i;
	int status;

	if (!host->can_ask(host->core))
		return host->fail(err, ASTRO_DENIED,
		                  "name one with --organization ID",
		                  "the account belongs to %zu organizations, "
		                  "and nobody can be asked which one",
		                  list->count);
	items = calloc(list->count, sizeof(*items));
	if (items == NULL)
		return host->fail(err, ASTRO_NO_MEMORY, NULL, "out of memory");
	for (i = 0; i < list->count; i++) {
		items[i].id = list->rows[i].id;
		items[i].name = list->rows[i].name;
	}
	menu.items = items;
	status = host->choose(host->core, &menu, &picked, err);
	if (status == ASTRO_OK)
		*out = &list->rows[picked];
	free(items);
	return status;
}

/* By its id; by its name only where that is not another one's as well. */
static int list_find(const struct astro_session *session,
                     const struct organization_list *list, const char *wanted,
                     const struct organization **out, struct astro_error *err)
{
	const struct organization *named = NULL;
	size_t i, count = 0;

	for (i = 0; i < list->count; i++) {
		if (strcmp(list->rows[i].id, wanted) == 0) {
			*out = &list->rows[i];
			return ASTRO_OK;
		}
		if (strcmp(list->rows[i].name, wanted) == 0) {
			named = &list->rows[i];
			count++;
		}
	}
	if (count != 1)
		return session->host->fail(
			err, ASTRO_NOT_FOUND,
			"pass the id of an organization that the account "
			"belongs to",
			count == 0 ? "the account has no organization %s"
				   : "several organizations are named %s",
			wanted);
	*out = named;
	return ASTRO_OK;
}

static int organization_keep(struct astro_session *session,
                             struct astro_credential *credential,
                             const char *id, const char *product,
                             struct astro_error *err)
{
	const struct astro_host *host = session->host;
	int status;

	/* Organizations older than the product's name have none. */
	if (product == NULL || *product == '\0')
		product = "HYBRID";
	status = host->credential_set_text(credential, "organization", id, err);
	if (status == ASTRO_OK)
		status = host->credential_set_text(
			credential, "organization_product", product, err);
	return status;
}

/* From the list whose first page is FIRST, taken over, or NULL. */
static int organization_pick(struct astro_session *session,
                             const struct organization_wish *wish,
                             struct astro_response *first,
                             struct astro_credential *credential,
                             struct astro_error *err)
{
	const struct astro_host *host = session->host;
	const struct organization *picked = NULL;
	struct organization_list list = {.total = -1};
	int status;

	status = list_fetch(session, &list, first,
	                    host->credential_get(credential, "access_token"),
	                    err);
	if (status != ASTRO_OK)
		goto out;
	if (list.count == 0)
		status = host->fail(err, ASTRO_DENIED,
		                    "contact your Astro Organization Owner to "
		                    "be invited to the organization",
		                    "no organization found for this account");
	else if (wish->given)
		status = list_find(session, &list, wish->id, &picked, err);
	else if (list.count == 1)
		picked = &list.rows[0];
	else
		status = list_choose(session, &list, &picked, err);
	if (status != ASTRO_OK)
		goto out;
	assert(picked != NULL); /* picked, or refused */
	status = organization_keep(session, credential, picked->id,
	                           picked->product, err);
out:
	list_clear(host, &list);
	return status;
}

/* The wish may be a name, or stand for what is gone or closed by now. */
static bool wish_is_refused(const struct organization_wish *wish, int code)
{
	return code == 403 || code == 404 || (wish->given && code == 400);
}

int organization_select(struct astro_session *session,
                        const struct organization_wish *wish,
                        struct astro_response *answer,
                        struct astro_credential *credential,
                        struct astro_error *err)
{
	const struct astro_host *host = session->host;
	const char *id;
	int status;

	if (wish->id[0] == '\0')
		return organization_pick(session, wish, answer, credential,
		                         err);
	if (wish_is_refused(wish, host->answer_status(answer))) {
		host->answer_free(answer);
		if (!wish->given)
			host->tell(host->core,
			           "The organization %s can no longer be used.",
			           wish->id);
		return organization_pick(session, wish, NULL, credential, err);
	}
	status = answer_check(session, answer, "to show the organization", err);
	id = host->answer_text(answer, "id");
	if (status == ASTRO_OK && (id == NULL || strcmp(id, wish->id) != 0))
		status = host->fail(err, ASTRO_BAD_ANSWER, NULL,
		                    "asked for the organization %s, %s sent "
		                    "another one",
		                    wish->id, session->api);
	if (status == ASTRO_OK)
		status = organization_keep(session, credential, id,
		                           host->answer_text(answer, "product"),
		                           err);
	host->answer_free(answer);
	return status;
}
