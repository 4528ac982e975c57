/* SPDX-License-Identifier: Apache-2.0 */
/* The log of requests, for tests to assert on. */
#include "log.h"

#include <stdlib.h>

#include "base64.h"
#include "clock.h"
#include "exchange.h"
#include "sandbox.h"

/* Bodies that are no UTF-8 cannot stand in JSON as they are. */
static void add_body(json_t *entry, const struct text *body)
{
	json_t *plain = json_stringn(body->bytes, body->len);
	char *code;

	if (plain != NULL) {
		json_object_set_new(entry, "body", plain);
		return;
	}
	code = malloc(base64_encoded_len(body->len) + 1);
	if (code == NULL)
		return;
	base64_encode(body->bytes, body->len, code);
	json_object_set_new(entry, "body_base64", json_string(code));
	free(code);
}

json_t *log_begin(struct sandbox *box, const struct request *request)
{
	json_t *entry = json_object();

	json_object_set_new(
		entry, "number",
		json_integer((json_int_t)json_array_size(box->log) + 1));
	json_object_set_new(entry, "time_ms", json_integer(clock_boot()));
	json_object_set_new(entry, "connection",
	                    json_integer((json_int_t)request->connection));
	json_object_set_new(entry, "method", json_string(request->method));
	json_object_set_new(entry, "path", json_string(request->path));
	json_object_set_new(entry, "query", json_string(request->query));
	if (request->operation != NULL)
		json_object_set_new(entry, "operation",
		                    json_string(request->operation));
	json_object_set(entry, "headers", request->headers);
	add_body(entry, &request->body);
	json_array_append(box->log, entry);
	return entry;
}

void log_end(struct sandbox *box, json_t *entry, unsigned status,
             const json_t *faults)
{
	json_object_set_new(entry, "status", json_integer((json_int_t)status));
	json_object_set_new(entry, "faults", json_deep_copy(faults));
	if (box->log_file != NULL) {
		json_dumpf(entry, box->log_file, JSON_COMPACT);
		fputc('\n', box->log_file);
		fflush(box->log_file);
	}
	json_decref(entry);
}
