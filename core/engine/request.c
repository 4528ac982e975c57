/* SPDX-License-Identifier: Apache-2.0 */
/* Requests: what may be sent, where to, and in which bytes. */
#include "request.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "address.h"
#include "domain.h"
#include "error.h"
#include "json.h"
#include "secret.h"
#include "url.h"

enum {
	TIMEOUT_MS = 30 * 1000,
	BODY_MAX = 1024 * 1024,
	HEADERS_MAX = 256 * 1024,
	FIELDS_MAX = 1000
};

static const uint32_t known_flags =
	ASTRO_REQUEST_NUMBERS | ASTRO_REQUEST_IGNORES_BODY;

static int fault(struct astro_error *err, const char *what)
{
	return error_set(err, ASTRO_BAD_PLUGIN, NULL,
	                 "the provider made a request %s", what);
}

static int check_method(struct request *request,
                        const struct astro_request *asked,
                        struct astro_error *err)
{
	static const char *const methods[] = {"GET", "POST", "PUT", "PATCH",
	                                      "DELETE"};
	size_t i;

	request->has_body = asked->field_count > 0 || asked->query != NULL;
	request->method = request->has_body ? "POST" : "GET";
	if (asked->method == NULL)
		return ASTRO_OK;
	for (i = 0; i < sizeof(methods) / sizeof(methods[0]); i++) {
		if (strcmp(asked->method, methods[i]) != 0)
			continue;
		request->method = methods[i];
		if (i == 0 && request->has_body)
			return fault(err, "with method GET and fields");
		return ASTRO_OK;
	}
	return fault(err, "with an unknown method");
}

static int check_address(struct request *request, const char *url,
                         struct astro_error *err)
{
	int status;

	request->url = text_copy(url);
	if (request->url == NULL)
		return error_no_memory(err);
	status = url_parts_get(url, &request->parts, err);
	if (status != ASTRO_OK)
		return status;
	address_host(url, request->host, sizeof(request->host));
	request->is_loopback = domain_is_loopback(request->parts.host);
	if (strcmp(request->parts.scheme, "https") != 0 &&
	    !request->is_loopback)
		return error_set(err, ASTRO_UNSAFE, "use an https address",
		                 "plain http to %s is refused: everybody on "
		                 "the way could read it",
		                 request->host);
	return ASTRO_OK;
}

/* RFC 9110, 5.6.2. */
static bool is_token(const char *text)
{
	return *text != '\0' &&
	       text[strspn(text, "!#$%&'*+-.^_`|~0123456789"
	                         "abcdefghijklmnopqrstuvwxyz"
	                         "ABCDEFGHIJKLMNOPQRSTUVWXYZ")] == '\0';
}

/* These frame the message or name its receiver: not a provider's business. */
static bool is_reserved(const char *name)
{
	static const char *const names[] = {
		"host",   "content-length",      "transfer-encoding",
		"te",     "connection",          "upgrade",
		"expect", "proxy-authorization", "accept-encoding",
	};
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcasecmp(name, names[i]) == 0)
			return true;
	return false;
}

static int add_header(struct request *request, const char *name,
                      const char *prefix, const char *value, size_t len,
                      struct astro_error *err)
{
	struct text *headers = &request->headers;

	if (!is_token(name))
		return fault(err, "with an improper header name");
	/* libcurl filters nothing: a line break would begin a new field. */
	if (!text_is_visible(value, len))
		return error_set(err, ASTRO_BAD_CONFIG, NULL,
		                 "the value of header %s has characters that "
		                 "cannot be sent",
		                 name);
	if (!text_add_string(headers, name) ||
	    !text_add_string(headers, len > 0 ? ": " : ";") ||
	    !text_add_string(headers, prefix) ||
	    !text_add(headers, value, len) || !text_add(headers, "", 1))
		return error_no_memory(err);
	return ASTRO_OK;
}

static const char *content_type(uint32_t body)
{
	return body == ASTRO_BODY_FORM ? "application/x-www-form-urlencoded"
	                               : "application/json";
}

static int add_own_headers(struct request *request,
                           const struct astro_request *asked, bool has_accept,
                           bool has_type, struct astro_error *err)
{
	const char *type = content_type(asked->body);
	const char *bearer;
	size_t len;
	int status = ASTRO_OK;

	if (!has_accept)
		status = add_header(request, "Accept", "", "application/json",
		                    sizeof("application/json") - 1, err);
	if (status == ASTRO_OK && request->has_body && !has_type)
		status = add_header(request, "Content-Type", "", type,
		                    strlen(type), err);
	if (status != ASTRO_OK || asked->bearer == NULL)
		return status;

	bearer = secret_bytes(asked->bearer, &len);
	if (len == 0 || !text_is_visible(bearer, len) ||
	    memchr(bearer, ' ', len) != NULL)
		return error_set(err, ASTRO_BAD_CONFIG,
		                 "run `astro login` again",
		                 "the access token has characters that cannot "
		                 "be sent");
	return add_header(request, "Authorization", "Bearer ", bearer, len,
	                  err);
}

static int check_fields(const struct astro_field *fields, size_t count,
                        struct astro_error *err)
{
	size_t i;

	if (count > FIELDS_MAX || (count > 0 && fields == NULL))
		return fault(err, "with an improper list of fields");
	for (i = 0; i < count; i++)
		if (fields[i].name == NULL || *fields[i].name == '\0')
			return fault(err, "with a field without a name");
	return ASTRO_OK;
}

static int build_headers(struct request *request,
                         const struct astro_request *asked,
                         struct astro_error *err)
{
	bool has_accept = false, has_type = false;
	size_t i;
	int status;

	status = check_fields(asked->headers, asked->header_count, err);
	for (i = 0; status == ASTRO_OK && i < asked->header_count; i++) {
		const struct astro_field *field = &asked->headers[i];
		const char *value = field->text;
		size_t len = value != NULL ? strlen(value) : 0;

		if (field->secret != NULL)
			value = secret_bytes(field->secret, &len);
		if (value == NULL)
			continue;
		if (is_reserved(field->name) ||
		    (asked->bearer != NULL &&
		     strcasecmp(field->name, "authorization") == 0))
			return fault(err, "with a header that is the host's");
		has_accept |= strcasecmp(field->name, "accept") == 0;
		has_type |= strcasecmp(field->name, "content-type") == 0;
		status = add_header(request, field->name, "", value, len, err);
	}
	if (status != ASTRO_OK)
		return status;
	return add_own_headers(request, asked, has_accept, has_type, err);
}

static int write_form(struct text *out, const struct astro_field *fields,
                      size_t count, struct astro_error *err)
{
	size_t i;

	for (i = 0; i < count; i++) {
		const char *value = fields[i].text, *name = fields[i].name;
		size_t len = value != NULL ? strlen(value) : 0;

		if (fields[i].secret != NULL)
			value = secret_bytes(fields[i].secret, &len);
		if (value == NULL)
			continue;
		if ((out->len > 0 && !text_add(out, "&", 1)) ||
		    !url_encode(out, name, strlen(name), "+") ||
		    !text_add(out, "=", 1) || !url_encode(out, value, len, "+"))
			return error_no_memory(err);
	}
	return ASTRO_OK;
}

static int build_body(struct request *request,
                      const struct astro_request *asked,
                      struct astro_error *err)
{
	int status = check_fields(asked->fields, asked->field_count, err);

	if (status != ASTRO_OK)
		return status;
	if (asked->body > ASTRO_BODY_DOCUMENT ||
	    (asked->body >= ASTRO_BODY_GRAPHQL) != (asked->query != NULL) ||
	    (asked->body == ASTRO_BODY_DOCUMENT && asked->field_count > 0))
		return fault(err, "with an improper kind of body");
	if (!request->has_body)
		return ASTRO_OK;
	if (asked->body == ASTRO_BODY_DOCUMENT)
		return text_add_string(&request->body, asked->query)
		               ? ASTRO_OK
		               : error_no_memory(err);
	if (asked->body == ASTRO_BODY_FORM)
		return write_form(&request->body, asked->fields,
		                  asked->field_count, err);
	if ((asked->flags & ASTRO_REQUEST_NUMBERS) != 0)
		return json_write_numbers(&request->body, asked->query,
		                          asked->fields, asked->field_count,
		                          err);
	return json_write_fields(&request->body, asked->query, asked->fields,
	                         asked->field_count, err);
}

int request_init(struct request *request, const struct astro_request *asked,
                 struct astro_error *err)
{
	struct astro_request known = {0};
	int status;

	memset(request, 0, sizeof(*request));
	text_init(&request->headers, HEADERS_MAX);
	text_init(&request->body, BODY_MAX);
	if (asked == NULL || asked->size < offsetof(struct astro_request, url) +
	                                           sizeof(asked->url))
		return fault(err, "of no proper size");
	/* A provider built against an older header knows fewer members. */
	memcpy(&known, asked,
	       asked->size < sizeof(known) ? asked->size : sizeof(known));
	if (known.url == NULL)
		return fault(err, "without an address");
	if ((known.flags & ~known_flags) != 0)
		return fault(err, "with flags that this astro does not know");

	request->ignores_body = (known.flags & ASTRO_REQUEST_IGNORES_BODY) != 0;
	request->timeout_ms =
		known.timeout_ms != 0 ? known.timeout_ms : TIMEOUT_MS;
	status = check_address(request, known.url, err);
	if (status == ASTRO_OK)
		status = check_method(request, &known, err);
	if (status == ASTRO_OK)
		status = build_headers(request, &known, err);
	if (status == ASTRO_OK)
		status = build_body(request, &known, err);
	return status;
}

static bool any_is(const struct astro_field *fields, size_t count,
                   const char *bytes, size_t len)
{
	size_t i;

	for (i = 0; fields != NULL && i < count; i++) {
		const char *value = fields[i].text;
		size_t value_len = value != NULL ? strlen(value) : 0;

		if (fields[i].secret != NULL)
			value = secret_bytes(fields[i].secret, &value_len);
		if (value != NULL && secret_equal(value, value_len, bytes, len))
			return true;
	}
	return false;
}

bool request_carries(const struct astro_request *asked,
                     const struct astro_secret *secret)
{
	struct astro_request known = {0};
	struct astro_field bearer = {0};
	const char *bytes;
	size_t len;

	memcpy(&known, asked,
	       asked->size < sizeof(known) ? asked->size : sizeof(known));
	bytes = secret_bytes(secret, &len);
	bearer.secret = known.bearer;
	return any_is(known.headers, known.header_count, bytes, len) ||
	       any_is(known.fields, known.field_count, bytes, len) ||
	       any_is(&bearer, 1, bytes, len);
}

void request_clear(struct request *request)
{
	free(request->url);
	url_parts_clear(&request->parts);
	text_clear(&request->headers);
	text_clear(&request->body);
}
