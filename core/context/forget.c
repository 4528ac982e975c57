/* SPDX-License-Identifier: Apache-2.0 */
/* What a login has left in the context file, and taking it away. */
#include "forget.h"

#include <stdio.h>
#include <string.h>

#include "domain.h"
#include "error.h"
#include "secret.h"

/* Organization and workspace stay: the next login offers them. */
static const struct {
	const char *key;
	const char *title;
	bool is_token;
} items[FORGET_ITEMS_MAX] = {
	{"token", "token", true},
	{"access_token", "access token", true},
	{"refreshtoken", "refresh token", true},
	{"refresh_token", "refresh token", true},
	{"id_token", "id token", true},
	{"dpop_key", "key of the token", true},
	{"expiresin", "expiry time", false},
	{"user_email", "account's e-mail", false},
	{"username", "user name", false},
	{"subject", "account's subject", false},
};

bool config_selects(const struct config *config, const struct context *context)
{
	const char *value = config_value(config, "context");
	char name[DOMAIN_NAME_MAX];
	bool is_issuer;

	if (value == NULL)
		return false;
	if (strcmp(value, context_key(context)) == 0 ||
	    strcmp(value, context_name(context)) == 0)
		return true;
	return domain_canonical(value, name, &is_issuer, NULL) == ASTRO_OK &&
	       config_find(config, name) == context;
}

static bool is_there(const struct context *context, const char *key)
{
	struct astro_secret *secret = NULL;
	bool has;

	if (!context_key_is_secret(key))
		return context_value(context, key) != NULL;
	/* One that cannot be read must go as well. */
	has = context_secret(context, key, &secret, NULL) != ASTRO_OK ||
	      secret != NULL;
	secret_free(secret);
	return has;
}

void forget_find(const struct config *config, const struct context *context,
                 struct forget *out)
{
	size_t i, len;

	memset(out, 0, sizeof(*out));
	out->context = context;
	out->selected = config_selects(config, context);
	for (i = 0; i < FORGET_ITEMS_MAX; i++) {
		if (!is_there(context, items[i].key))
			continue;
		out->keys[out->count++] = items[i].key;
		out->has_token |= items[i].is_token;
		len = strlen(out->list);
		(void)snprintf(out->list + len, sizeof(out->list) - len, "%s%s",
		               len > 0 ? ", " : "", items[i].title);
	}
}

struct changes {
	struct change items[2 * (FORGET_ITEMS_MAX + 1)];
	size_t count;
	struct astro_secret *secrets[FORGET_ITEMS_MAX];
	size_t secret_count;
};

static struct change *add(struct changes *changes, const char *context,
                          const char *key, enum change_kind kind)
{
	struct change *change = &changes->items[changes->count++];

	change->context = context;
	change->key = key;
	change->kind = kind;
	return change;
}

/* A token that another program has stored meanwhile is another login's.  One
 * that cannot be read is expected to be nothing in particular. */
static int expect_secret(struct changes *changes, const struct context *context,
                         const char *key, struct astro_error *err)
{
	struct astro_secret *secret;
	int status = context_secret(context, key, &secret, err);

	if (status != ASTRO_OK || secret == NULL)
		return status;
	changes->secrets[changes->secret_count++] = secret;
	add(changes, context_key(context), key, CHANGE_EXPECT)->secret = secret;
	return ASTRO_OK;
}

static int collect(const struct config *config, const struct forget *forget,
                   struct changes *changes, struct astro_error *err)
{
	const char *context = context_key(forget->context);
	int status = ASTRO_OK;
	size_t i;

	for (i = 0; i < forget->count && status == ASTRO_OK; i++) {
		if (context_key_is_secret(forget->keys[i]))
			status = expect_secret(changes, forget->context,
			                       forget->keys[i], err);
		(void)add(changes, context, forget->keys[i], CHANGE_REMOVE);
	}
	if (!forget->selected)
		return status;
	add(changes, NULL, "context", CHANGE_EXPECT)->text =
		config_value(config, "context");
	add(changes, NULL, "context", CHANGE_TEXT)->text = "";
	return status;
}

int forget_login(const struct paths *paths, const struct config *config,
                 const struct forget *forget, struct astro_error *err)
{
	struct changes changes;
	size_t i;
	int status;

	if (forget->count == 0)
		return ASTRO_OK;
	memset(&changes, 0, sizeof(changes));
	status = collect(config, forget, &changes, err);
	if (status == ASTRO_OK)
		status =
			config_change(paths, changes.items, changes.count, err);
	for (i = 0; i < changes.secret_count; i++)
		secret_free(changes.secrets[i]);
	if (status == ASTRO_NOT_FOUND)
		return error_set(err, ASTRO_NOT_FOUND, "try again",
		                 "%s: another program has changed the login "
		                 "meanwhile; nothing was erased",
		                 context_name(forget->context));
	return status;
}
