/* SPDX-License-Identifier: Apache-2.0 */
/* A form that a client sends to its server, and the client's proof in it. */
#include "client.h"

#include <openssl/evp.h>
#include <stdbool.h>
#include <string.h>

#include "error.h"
#include "http.h"
#include "secret.h"
#include "text.h"
#include "url.h"

enum {
	PART_MAX = 4096,
	BASIC_MAX = 2 * PART_MAX + 4,
	LINE_MAX_BYTES = BASIC_MAX / 3 * 4 + 8
};

static int add(struct client_form *form, const char *name, const char *text,
               const struct astro_secret *secret, struct astro_error *err)
{
	if (form->count == CLIENT_FIELDS_MAX)
		return error_set(err, ASTRO_BAD_PLUGIN, NULL,
		                 "the provider sends more than %d parameters",
		                 CLIENT_FIELDS_MAX);
	form->fields[form->count++] = (struct astro_field){name, text, secret};
	return ASTRO_OK;
}

/* RFC 6749, 2.3.1: both parts are percent-encoded before they are joined. */
static int join(const struct astro_client *client, struct text *out,
                struct astro_error *err)
{
	char part[PART_MAX];
	int status = url_encode_to(client->id, part, sizeof(part), err);

	if (status == ASTRO_OK && !text_addf(out, "%s:", part))
		status = error_no_memory(err);
	if (status == ASTRO_OK)
		status = url_encode_to(secret_bytes(client->secret, NULL), part,
		                       sizeof(part), err);
	if (status == ASTRO_OK && !text_add_string(out, part))
		status = error_no_memory(err);
	explicit_bzero(part, sizeof(part));
	return status;
}

/* RFC 7617, 2: the ordinary base64, with its padding. */
static int add_basic(struct client_form *form,
                     const struct astro_client *client, struct astro_error *err)
{
	static const char scheme[] = "Basic ";
	unsigned char line[sizeof(scheme) + LINE_MAX_BYTES];
	size_t len = sizeof(scheme) - 1;
	struct text pair;
	int status;

	text_init(&pair, BASIC_MAX);
	status = join(client, &pair, err);
	if (status == ASTRO_OK) {
		memcpy(line, scheme, len);
		len += (size_t)EVP_EncodeBlock(
			line + len, (const unsigned char *)pair.bytes,
			(int)pair.len);
		status = secret_new(line, len, &form->basic, err);
		explicit_bzero(line, sizeof(line));
	}
	text_clear(&pair);
	if (status != ASTRO_OK)
		return status;
	form->header = (struct astro_field){"Authorization", NULL, form->basic};
	form->request.headers = &form->header;
	form->request.header_count = 1;
	return ASTRO_OK;
}

/* A pushed authorization request has it among its own. */
static bool has_client_id(const struct astro_field *fields, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (strcmp(fields[i].name, "client_id") == 0)
			return true;
	return false;
}

int client_form_init(struct client_form *form, const char *endpoint,
                     const struct astro_client *client,
                     const struct astro_field *fields, size_t count,
                     struct astro_error *err)
{
	bool posts = (client->flags & ASTRO_CLIENT_POSTS_SECRET) != 0;
	int status = ASTRO_OK;
	size_t i;

	memset(form, 0, sizeof(*form));
	form->request.size = sizeof(form->request);
	form->request.method = "POST";
	form->request.url = endpoint;
	form->request.body = ASTRO_BODY_FORM;
	for (i = 0; status == ASTRO_OK && i < count; i++)
		status = add(form, fields[i].name, fields[i].text,
		             fields[i].secret, err);
	if (status == ASTRO_OK && (client->secret == NULL || posts) &&
	    !has_client_id(fields, count))
		status = add(form, "client_id", client->id, NULL, err);
	if (status == ASTRO_OK && client->secret != NULL)
		status = posts ? add(form, "client_secret", NULL,
		                     client->secret, err)
		               : add_basic(form, client, err);
	form->request.fields = form->fields;
	form->request.field_count = form->count;
	return status;
}

void client_form_clear(struct client_form *form)
{
	secret_free(form->basic);
	memset(form, 0, sizeof(*form));
}
