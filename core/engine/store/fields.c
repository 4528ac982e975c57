/* SPDX-License-Identifier: Apache-2.0 */
/* A login's secrets by the names of the file, and by those of a store. */
#include "fields.h"

#include <stddef.h>
#include <string.h>

#include "credential.h"
#include "error.h"
#include "secret.h"
#include "text.h"

enum { TOKEN_MAX = 128 * 1024 };

static const char bearer[] = "Bearer ";

static const struct {
	const char *kept, *stored;
} names[] = {
	{"token", "access_token"},          {"refreshtoken", "refresh_token"},
	{"access_token", "access_token"},   {"refresh_token", "refresh_token"},
	{"client_secret", "client_secret"}, {"dpop_key", "dpop_key"},
};
enum { NAMES = sizeof(names) / sizeof(names[0]) };

bool fields_is_stored(const char *key)
{
	size_t i;

	for (i = 0; i < NAMES; i++)
		if (strcmp(names[i].kept, key) == 0)
			return true;
	return false;
}

/* Tokens go into headers.  A client's own secret is encoded wherever it is sent
 * (RFC 6749, 2.3.1), and may be any text in one line. */
bool fields_can_hold(const char *name, const char *bytes, size_t len)
{
	if (len == 0)
		return false;
	return strcmp(name, "client_secret") == 0 ? text_is_line(bytes, len)
	                                          : text_is_visible(bytes, len);
}

/* Without "Bearer ", which belongs to the file. */
static int set_bare(struct astro_credential *credential, const char *name,
                    const struct astro_secret *secret, struct astro_error *err)
{
	struct astro_secret *bare;
	const char *bytes;
	size_t len;
	int status;

	bytes = secret_bytes(secret, &len);
	if (strcmp(name, "access_token") == 0 && len >= sizeof(bearer) - 1 &&
	    memcmp(bytes, bearer, sizeof(bearer) - 1) == 0) {
		bytes += sizeof(bearer) - 1;
		len -= sizeof(bearer) - 1;
	}
	status = secret_new(bytes, len, &bare, err);
	if (status != ASTRO_OK)
		return status;
	status = credential_set(credential, name, bare, err);
	secret_free(bare);
	return status;
}

static int take_field(struct astro_credential *login,
                      const struct credential_field *field,
                      struct astro_error *err)
{
	size_t i;

	if (field->text != NULL)
		return strcmp(field->name, "user_email") == 0
		               ? credential_set_text(login, field->name,
		                                     field->text, err)
		               : ASTRO_OK;
	for (i = 0; i < NAMES; i++)
		if (strcmp(names[i].kept, field->name) == 0)
			return set_bare(login, names[i].stored, field->secret,
			                err);
	return error_set(err, ASTRO_BAD_PLUGIN, "keep it with --store file",
	                 "the provider keeps a %s, which no other store than "
	                 "the file knows",
	                 field->name);
}

int fields_to_login(const struct astro_credential *kept,
                    struct astro_credential **out, struct astro_error *err)
{
	const struct credential_field *field;
	struct astro_credential *login = NULL;
	int status = credential_new(&login, err);
	size_t i;

	*out = NULL;
	for (i = 0; status == ASTRO_OK &&
	            (field = credential_field_at(kept, i)) != NULL;
	     i++)
		status = take_field(login, field, err);
	if (status != ASTRO_OK) {
		credential_free(login);
		return status;
	}
	credential_expires(login, credential_expiry(kept));
	*out = login;
	return ASTRO_OK;
}

static int set_with_bearer(struct astro_credential *kept,
                           const struct astro_secret *token,
                           struct astro_error *err)
{
	struct astro_secret *joined = NULL;
	struct text bytes;
	size_t len;
	const char *bare = secret_bytes(token, &len);
	int status = ASTRO_OK;

	text_init(&bytes, TOKEN_MAX);
	if (!text_add_string(&bytes, bearer) || !text_add(&bytes, bare, len))
		status = error_no_memory(err);
	if (status == ASTRO_OK)
		status = secret_new(bytes.bytes, bytes.len, &joined, err);
	text_clear(&bytes);
	if (status == ASTRO_OK)
		status = credential_set(kept, "token", joined, err);
	secret_free(joined);
	return status;
}

int fields_to_kept(const struct astro_credential *login, const char *provider,
                   struct astro_credential **out, struct astro_error *err)
{
	static const char *const others[] = {"client_secret", "dpop_key"};
	bool is_astro = strcmp(provider, "astro") == 0;
	bool is_of_go = is_astro || strcmp(provider, "software") == 0;
	const struct astro_secret *access =
		credential_get(login, "access_token");
	struct astro_credential *kept = NULL;
	size_t i;
	int status = credential_new(&kept, err);

	*out = NULL;
	if (status == ASTRO_OK && is_astro && access != NULL)
		status = set_with_bearer(kept, access, err);
	else if (status == ASTRO_OK)
		status = credential_set(
			kept, is_of_go ? "token" : "access_token", access, err);
	if (status == ASTRO_OK)
		status = credential_set(
			kept, is_of_go ? "refreshtoken" : "refresh_token",
			credential_get(login, "refresh_token"), err);
	for (i = 0; status == ASTRO_OK && i < sizeof(others) / sizeof(*others);
	     i++)
		status = credential_set(kept, others[i],
		                        credential_get(login, others[i]), err);
	if (status != ASTRO_OK) {
		credential_free(kept);
		return status;
	}
	credential_expires(kept, credential_expiry(login));
	*out = kept;
	return ASTRO_OK;
}
