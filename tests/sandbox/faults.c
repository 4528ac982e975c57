/* SPDX-License-Identifier: Apache-2.0 */
/* Which fault strikes when, and what it does to an answer. */
#include "faults.h"

#include <stdlib.h>
#include <string.h>

#include "exchange.h"
#include "fields.h"
#include "sandbox.h"

enum { DRIP_MS = 1000, OVERSIZE = 2 * 1024 * 1024 };

/* BEFORE makes the answer in place of the handler; AFTER changes the one that
 * the handler made. */
struct kind {
	const char *name;
	void (*before)(const json_t *fault, struct reply *reply);
	void (*after)(const json_t *fault, struct reply *reply);
};

static int64_t number_of(const json_t *fault, const char *name, int64_t usual)
{
	json_t *value = json_object_get(fault, name);

	return json_is_integer(value) ? json_integer_value(value) : usual;
}

static void make_status(const json_t *fault, struct reply *reply)
{
	reply_message(reply, (unsigned)number_of(fault, "value", 500),
	              "the sandbox was told to fail");
}

static void make_body(const json_t *fault, struct reply *reply)
{
	json_t *value = json_object_get(fault, "value");
	unsigned status = (unsigned)number_of(fault, "status", 200);

	if (!json_is_string(value)) {
		reply_json(reply, status, json_incref(value));
		return;
	}
	text_clear(&reply->body);
	text_add(&reply->body, json_string_value(value),
	         json_string_length(value));
	reply->status = status;
	reply_header(reply, "Content-Type", "application/json");
}

static void make_redirect(const json_t *fault, struct reply *reply)
{
	const char *address = fields_get(fault, "value");

	reply_redirect(reply, address == NULL ? "/" : address, NULL);
	reply->status = (unsigned)number_of(fault, "status", 302);
}

static void make_raw(const json_t *fault, struct reply *reply)
{
	make_body(fault, reply);
	reply->raw = true;
}

static void drop(const json_t *fault, struct reply *reply)
{
	(void)fault;
	reply->drop = true;
}

static void reset(const json_t *fault, struct reply *reply)
{
	(void)fault;
	reply->drop = reply->reset = true;
}

static void truncate_body(const json_t *fault, struct reply *reply)
{
	reply->cut = number_of(fault, "value", (int64_t)(reply->body.len / 2));
	reply->unsized = json_is_true(json_object_get(fault, "unsized"));
}

static void drip(const json_t *fault, struct reply *reply)
{
	reply->drip_ms = number_of(fault, "value", DRIP_MS);
}

static void oversize(const json_t *fault, struct reply *reply)
{
	reply->padding = (size_t)number_of(fault, "value", OVERSIZE);
	reply->unsized = json_is_true(json_object_get(fault, "unsized"));
}

static void set_type(const json_t *fault, struct reply *reply)
{
	const char *type = fields_get(fault, "value");

	json_object_del(reply->headers, "Content-Type");
	if (type != NULL)
		reply_header(reply, "Content-Type", type);
}

/* Into the query of a redirect, or into a JSON answer. */
static void merge_patch(struct reply *reply, const json_t *patch)
{
	const char *location = fields_get(reply->headers, "Location");
	const char *question = location == NULL ? NULL : strchr(location, '?');
	json_t *whole;
	char *address;

	if (question != NULL) {
		whole = fields_parse(question + 1, strlen(question + 1));
		address = strndup(location, (size_t)(question - location));
		fields_merge(whole, patch);
		if (address != NULL)
			reply_redirect(reply, address, whole);
		free(address);
		json_decref(whole);
		return;
	}
	whole = json_loadb(reply->body.bytes, reply->body.len, 0, NULL);
	if (json_is_object(whole)) {
		fields_merge(whole, patch);
		reply_json(reply, reply->status, json_incref(whole));
	}
	json_decref(whole);
}

static void merge(const json_t *fault, struct reply *reply)
{
	merge_patch(reply, json_object_get(fault, "value"));
}

static void wrong_state(const json_t *fault, struct reply *reply)
{
	json_t *patch = json_pack("{s:s}", "state", "wrong-state");

	(void)fault;
	merge_patch(reply, patch);
	json_decref(patch);
}

static void nothing(const json_t *fault, struct reply *reply)
{
	(void)fault;
	(void)reply;
}

/* "delay" waits in faults_before(); "headers" is true of every kind. */
static const struct kind kinds[] = {
	{"status", make_status, NULL},
	{"body", make_body, NULL},
	{"redirect", make_redirect, NULL},
	{"raw", make_raw, NULL},
	{"drop", drop, NULL},
	{"reset", reset, NULL},
	{"truncate", NULL, truncate_body},
	{"drip", NULL, drip},
	{"oversize", NULL, oversize},
	{"content_type", NULL, set_type},
	{"merge", NULL, merge},
	{"wrong_state", NULL, wrong_state},
	{"delay", NULL, nothing},
	{"headers", NULL, nothing},
};

static const struct kind *kind_find(const char *name)
{
	size_t i;

	for (i = 0; name != NULL && i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strcmp(kinds[i].name, name) == 0)
			return &kinds[i];
	return NULL;
}

static const char *complaint_about(const json_t *spec)
{
	static const char *const known[] = {
		"path",         "method",  "operation", "kind",
		"value",        "times",   "after",     "status",
		"content_type", "headers", "unsized",   "when",
	};
	const char *name;
	json_t *value;
	size_t i;

	if (!json_is_object(spec))
		return "a fault is a JSON object";
	if (kind_find(fields_get(spec, "kind")) == NULL)
		return "the kind of the fault is missing or unknown";
	json_object_foreach((json_t *)spec, name, value)
	{
		for (i = 0; i < sizeof(known) / sizeof(known[0]); i++)
			if (strcmp(known[i], name) == 0)
				break;
		if (i == sizeof(known) / sizeof(known[0]))
			return "the fault has an unknown member";
	}
	if (fields_get(spec, "path") == NULL &&
	    fields_get(spec, "operation") == NULL)
		return "the fault needs a path or an operation";
	return NULL;
}

const char *faults_add(struct sandbox *box, json_t *spec)
{
	const char *complaint = complaint_about(spec);

	if (complaint != NULL)
		json_decref(spec);
	else
		json_array_append_new(box->faults, spec);
	return complaint;
}

/* A wanted value of NULL fits anything, one that ends in a star its beginning.
 */
static bool fits(const char *wanted, const char *given)
{
	size_t len = wanted == NULL ? 0 : strlen(wanted);

	if (wanted == NULL)
		return true;
	if (given == NULL)
		return false;
	if (len > 0 && wanted[len - 1] == '*')
		return strncmp(wanted, given, len - 1) == 0;
	return strcmp(wanted, given) == 0;
}

static bool strikes(json_t *fault, const struct request *request)
{
	json_t *times = json_object_get(fault, "times");
	int64_t after = number_of(fault, "after", 0);

	if (!fits(fields_get(fault, "path"), request->path) ||
	    !fits(fields_get(fault, "method"), request->method) ||
	    !fits(fields_get(fault, "operation"), request->operation))
		return false;
	if (after > 0) {
		json_object_set_new(fault, "after", json_integer(after - 1));
		return false;
	}
	if (times == NULL)
		return true;
	if (json_integer_value(times) <= 0)
		return false;
	json_object_set_new(fault, "times",
	                    json_integer(json_integer_value(times) - 1));
	return true;
}

json_t *faults_take(struct sandbox *box, const struct request *request)
{
	json_t *struck = json_array(), *fault;
	size_t i;

	json_array_foreach(box->faults, i, fault)
	{
		if (strikes(fault, request))
			json_array_append_new(struck, json_deep_copy(fault));
	}
	return struck;
}

bool faults_before(struct sandbox *box, const json_t *struck,
                   struct reply *reply)
{
	json_t *fault;
	size_t i;

	json_array_foreach(struck, i, fault)
	{
		const struct kind *kind = kind_find(fields_get(fault, "kind"));
		const char *when = fields_get(fault, "when");

		if (strcmp(kind->name, "delay") == 0)
			sandbox_sleep(box, number_of(fault, "value", 1000));
		if (kind->before != NULL && when == NULL)
			kind->before(fault, reply);
	}
	return reply->status != 0 || reply->drop;
}

void faults_after(const json_t *struck, struct reply *reply)
{
	const char *name;
	json_t *fault, *value;
	size_t i;

	json_array_foreach(struck, i, fault)
	{
		const struct kind *kind = kind_find(fields_get(fault, "kind"));

		/* "when": "after": the request took effect all the same. */
		if (kind->before != NULL && fields_get(fault, "when") != NULL)
			kind->before(fault, reply);
		if (kind->after != NULL)
			kind->after(fault, reply);
		if (fields_get(fault, "content_type") != NULL)
			reply_header(reply, "Content-Type",
			             fields_get(fault, "content_type"));
		json_object_foreach(json_object_get(fault, "headers"), name,
		                    value)
		{
			json_object_set(reply->headers, name, value);
		}
	}
}
