/* SPDX-License-Identifier: Apache-2.0 */
/* What a login has left in the context file, and taking it away. */
#include "forget.h"

#include <stdio.h>
#include <string.h>

#include "domain.h"
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

int forget_login(const struct paths *paths, const struct forget *forget,
                 struct astro_error *err)
{
	struct change changes[FORGET_ITEMS_MAX + 1];
	size_t count;

	if (forget->count == 0)
		return ASTRO_OK;
	memset(changes, 0, sizeof(changes));
	for (count = 0; count < forget->count; count++) {
		changes[count].context = context_key(forget->context);
		changes[count].key = forget->keys[count];
		changes[count].kind = CHANGE_REMOVE;
	}
	if (forget->selected) {
		changes[count].key = "context";
		changes[count].kind = CHANGE_TEXT;
		changes[count].text = "";
		count++;
	}
	return config_change(paths, changes, count, err);
}
