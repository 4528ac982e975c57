/* SPDX-License-Identifier: Apache-2.0 */
/* Astro's REST interface, version 1: people, organizations, workspaces. */
#include "handlers.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "access.h"
#include "data.h"
#include "exchange.h"
#include "fields.h"
#include "sandbox.h"

enum { PAGE_USUAL = 20, PAGE_MAX = 1000 };

static const char made_at[] = "2026-01-02T03:04:05Z";

/* The person who asks; NULL after an answer of 401. */
static json_t *asker(struct sandbox *box, const struct request *request,
                     struct reply *reply)
{
	json_t *user = access_user(box, request);

	if (user == NULL)
		reply_message(reply, 401, "Invalid authentication token");
	return user;
}

void astro_self(struct sandbox *box, const struct request *request,
                struct reply *reply)
{
	json_t *user = asker(box, request, reply);
	const char *organization;

	if (user == NULL)
		return;
	organization = fields_get(user, "organizationId");
	reply_json(reply, 200,
	           json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s*}", "id",
	                     fields_get(user, "sub"), "username",
	                     fields_get(user, "email"), "fullName",
	                     fields_get(user, "name"), "status", "ACTIVE",
	                     "avatarUrl", "", "createdAt", made_at, "updatedAt",
	                     made_at, "organizationId", organization));
}

/* An organization as it is shown; the workspaces are another request. */
static json_t *shown(const json_t *organization)
{
	json_t *copy = json_copy((json_t *)organization);

	json_object_del(copy, "workspaces");
	json_object_set_new(copy, "createdAt", json_string(made_at));
	json_object_set_new(copy, "updatedAt", json_string(made_at));
	json_object_set_new(copy, "status", json_string("ACTIVE"));
	return copy;
}

/* The organization of the path, if the asker may see it. */
static json_t *asked_organization(struct sandbox *box,
                                  const struct request *request,
                                  struct reply *reply)
{
	json_t *user = asker(box, request, reply), *organization = NULL;
	char *id = NULL;

	if (user == NULL)
		return NULL;
	id = request_segment(request, 2);
	organization = data_organization(box, id);
	if (organization == NULL) {
		reply_message(reply, 404, "Organization not found");
	} else if (!data_is_member(user, id)) {
		reply_message(reply, 403,
		              "You do not have access to this organization");
		organization = NULL;
	}
	free(id);
	return organization;
}

void astro_organization(struct sandbox *box, const struct request *request,
                        struct reply *reply)
{
	json_t *organization = asked_organization(box, request, reply);

	if (organization != NULL)
		reply_json(reply, 200, shown(organization));
}

struct page {
	size_t limit, offset;
};

static bool number_of(const struct request *request, const char *name,
                      size_t usual, size_t max, size_t *out)
{
	const char *value = request_argument(request, name);
	unsigned long number;
	char *end;

	*out = usual;
	if (value == NULL)
		return true;
	if (*value < '0' || *value > '9')
		return false;
	errno = 0;
	number = strtoul(value, &end, 10);
	if (errno != 0 || *end != '\0' || number > max)
		return false;
	*out = number;
	return true;
}

/* False after an answer of 400.  CAP names the setting that keeps pages
 * shorter than was asked for. */
static bool page_of(const struct sandbox *box, const struct request *request,
                    const char *cap, struct page *page, struct reply *reply)
{
	size_t most = (size_t)setting_number(box, cap);

	if (request->arguments == NULL ||
	    !number_of(request, "limit", PAGE_USUAL, PAGE_MAX, &page->limit) ||
	    !number_of(request, "offset", 0, SIZE_MAX / 2, &page->offset)) {
		reply_message(reply, 400,
		              "Invalid request: limit or offset is wrong");
		return false;
	}
	if (page->limit > most)
		page->limit = most;
	return true;
}

/* One page of LIST (taken over) under NAME. */
static void reply_list(struct reply *reply, const char *name, json_t *list,
                       const struct page *page)
{
	json_t *part = json_array(), *entry;
	size_t i;

	json_array_foreach(list, i, entry)
	{
		if (i >= page->offset && i - page->offset < page->limit)
			json_array_append(part, entry);
	}
	reply_json(reply, 200,
	           json_pack("{s:o, s:I, s:I, s:I}", name, part, "limit",
	                     (json_int_t)page->limit, "offset",
	                     (json_int_t)page->offset, "totalCount",
	                     (json_int_t)json_array_size(list)));
	json_decref(list);
}

void astro_organizations(struct sandbox *box, const struct request *request,
                         struct reply *reply)
{
	json_t *user = asker(box, request, reply), *list, *id;
	struct page page;
	size_t i;

	if (user == NULL ||
	    !page_of(box, request, "organizations_page_cap", &page, reply))
		return;
	list = json_array();
	json_array_foreach(json_object_get(user, "organizations"), i, id)
	{
		json_t *organization =
			data_organization(box, json_string_value(id));

		if (organization != NULL)
			json_array_append_new(list, shown(organization));
	}
	reply_list(reply, "organizations", list, &page);
}

static const char *name_of(const void *entry)
{
	const char *name = fields_get(*(json_t *const *)entry, "name");

	return name == NULL ? "" : name;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(name_of(a), name_of(b));
}

/* A sorted copy of LIST (taken over). */
static json_t *sorted(json_t *list, bool backwards)
{
	size_t count = json_array_size(list), i;
	json_t **entries = calloc(count + 1, sizeof(json_t *));
	json_t *out = json_array();

	for (i = 0; entries != NULL && i < count; i++)
		entries[i] = json_array_get(list, i);
	if (entries != NULL)
		qsort(entries, count, sizeof(json_t *), by_name);
	for (i = 0; entries != NULL && i < count; i++)
		json_array_append(out, entries[backwards ? count - 1 - i : i]);
	free(entries);
	json_decref(list);
	return out;
}

void astro_workspaces(struct sandbox *box, const struct request *request,
                      struct reply *reply)
{
	json_t *organization = asked_organization(box, request, reply);
	const char *sorts = request_argument(request, "sorts");
	json_t *list, *workspace;
	struct page page;
	size_t i;

	if (organization == NULL ||
	    !page_of(box, request, "workspaces_page_cap", &page, reply))
		return;
	if (sorts != NULL && strcmp(sorts, "name:asc") != 0 &&
	    strcmp(sorts, "name:desc") != 0) {
		reply_message(reply, 400, "Invalid request: sorts is wrong");
		return;
	}
	list = json_deep_copy(json_object_get(organization, "workspaces"));
	json_array_foreach(list, i, workspace)
	{
		json_object_set(workspace, "organizationId",
		                json_object_get(organization, "id"));
		json_object_set(workspace, "organizationName",
		                json_object_get(organization, "name"));
		json_object_set_new(workspace, "createdAt",
		                    json_string(made_at));
		json_object_set_new(workspace, "updatedAt",
		                    json_string(made_at));
	}
	if (sorts != NULL)
		list = sorted(list, strcmp(sorts, "name:desc") == 0);
	reply_list(reply, "workspaces", list, &page);
}

/* Which organizations an address belongs to, by their ids at the identity
 * provider; asked before there is any token. */
void astro_lookup(struct sandbox *box, const struct request *request,
                  struct reply *reply)
{
	json_t *body = request_json(request), *ids, *id, *user;
	size_t i;

	if (fields_get(body, "email") == NULL) {
		reply_message(reply, 400, "Invalid request: email is missing");
		json_decref(body);
		return;
	}
	user = data_user(box, "email", fields_get(body, "email"));
	ids = json_array();
	json_array_foreach(json_object_get(user, "organizations"), i, id)
	{
		json_t *organization =
			data_organization(box, json_string_value(id));

		json_array_append(
			ids, json_object_get(organization, "authServiceId"));
	}
	reply_json(reply, 200, json_pack("{s:o}", "organizationIds", ids));
	json_decref(body);
}
