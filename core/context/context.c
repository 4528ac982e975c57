/* SPDX-License-Identifier: Apache-2.0 */
/* One context: its values, its token, how long that is good. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "domain.h"
#include "secret.h"
#include "stamp.h"
#include "text.h"

const char *context_name(const struct context *context)
{
	return context->name;
}

const char *context_key(const struct context *context)
{
	return context->key->text;
}

bool context_key_is_secret(const char *key)
{
	static const char *const secrets[] = {"token",         "refreshtoken",
	                                      "access_token",  "refresh_token",
	                                      "client_secret", "id_token",
	                                      "dpop_key"};
	size_t i;

	for (i = 0; i < sizeof(secrets) / sizeof(*secrets); i++)
		if (text_compare_folded(key, secrets[i]) == 0)
			return true;
	return false;
}

const char *context_value(const struct context *context, const char *key)
{
	const struct tree_node *node;

	if (context_key_is_secret(key))
		return NULL;
	node = config_scalar(context->node, key);
	return node == NULL ? NULL : node->text;
}

void context_words(const struct context *context, const char *key,
                   struct context_words *words)
{
	const struct tree_node *value = NULL;

	memset(words, 0, sizeof(*words));
	if (context_key_is_secret(key))
		return;
	(void)tree_find(context->node, key, &value);
	value = tree_target(value);
	words->is_sequence = value != NULL && value->kind == TREE_SEQUENCE;
	if (words->is_sequence)
		words->entry = value->first;
	else
		words->entry = config_scalar(context->node, key);
}

bool context_words_next(struct context_words *words, char *out, size_t size)
{
	static const char between[] = ", \t\r\n";
	const struct tree_node *entry;
	size_t len;

	while (words->entry != NULL) {
		entry = tree_target(words->entry);
		if (words->rest == NULL)
			words->rest =
				entry->kind == TREE_SCALAR ? entry->text : "";
		words->rest += strspn(words->rest, between);
		if (*words->rest != '\0')
			break;
		words->rest = NULL;
		words->entry = words->is_sequence ? words->entry->next : NULL;
	}
	if (words->entry == NULL)
		return false;
	len = strcspn(words->rest, between);
	if (len < size)
		memcpy(out, words->rest, len);
	out[len < size ? len : 0] = '\0';
	words->rest += len;
	return true;
}

int context_secret(const struct context *context, const char *key,
                   struct astro_secret **out, struct astro_error *err)
{
	const struct tree_node *node = config_scalar(context->node, key);

	*out = NULL;
	if (node == NULL)
		return ASTRO_OK;
	return secret_new(node->text, node->len, out, err);
}

const char *context_provider(const struct context *context)
{
	const char *provider = context_value(context, "provider");
	const char *platform;

	if (provider != NULL)
		return provider;
	if (domain_is_astro(context->name))
		return "astro";
	platform = config_value(context->config, "local.platform");
	if (strcmp(context->name, "localhost") == 0 &&
	    (platform == NULL || strcmp(platform, "software") != 0))
		return "astro";
	return "software";
}

/* The Go CLI would post any `token` to a Houston of its own making, so only
 * its own two products keep it there. */
static bool is_of_go(const struct context *context)
{
	const char *provider = context_provider(context);

	return strcmp(provider, "astro") == 0 ||
	       strcmp(provider, "software") == 0;
}

static const struct tree_node *find_token(const struct context *context)
{
	return config_scalar(context->node,
	                     is_of_go(context) ? "token" : "access_token");
}

/* What goes into a header or a form: visible ASCII without blanks. */
static int take_token(const struct context *context,
                      const struct tree_node *node, size_t from,
                      struct astro_secret **out, struct astro_error *err)
{
	const char *token = node->text + from;
	size_t len = node->len - from;

	*out = NULL;
	if (len == 0)
		return ASTRO_OK;
	if (!text_is_visible(token, len) || memchr(token, ' ', len) != NULL)
		return error_set(err, ASTRO_BAD_CONFIG, "log in again",
		                 "%s:%u:%u: the token has characters that no "
		                 "token has",
		                 context->config->label, (unsigned)node->line,
		                 (unsigned)node->column);
	return secret_new_plain(token, len, out, err);
}

const char *context_refresh_token_key(const struct context *context)
{
	return is_of_go(context) ? "refreshtoken" : "refresh_token";
}

int context_refresh_token(const struct context *context,
                          struct astro_secret **out, struct astro_error *err)
{
	const struct tree_node *node = config_scalar(
		context->node, context_refresh_token_key(context));

	*out = NULL;
	return node == NULL ? ASTRO_OK : take_token(context, node, 0, out, err);
}

int context_access_token(const struct context *context,
                         struct astro_secret **out, struct astro_error *err)
{
	static const char bearer[] = "Bearer";
	const struct tree_node *node = find_token(context);
	size_t from = 0;

	*out = NULL;
	if (node == NULL)
		return ASTRO_OK;
	/* "Bearer" alone is what the Go CLI stores for no token at all. */
	if (text_begins_folded(node->text, bearer) &&
	    (node->text[sizeof(bearer) - 1] == ' ' ||
	     node->text[sizeof(bearer) - 1] == '\0')) {
		from = sizeof(bearer) - 1;
		while (node->text[from] == ' ')
			from++;
	}
	return take_token(context, node, from, out, err);
}

int64_t context_expiry(const struct context *context)
{
	const struct tree_node *node =
		config_scalar(context->node, "expiresin");
	int64_t fallback = INT64_MAX, seconds;

	if (node != NULL)
		return stamp_parse(node->text, &seconds) ? seconds : 0;
	if (strcmp(context_provider(context), "astro") == 0)
		fallback = 0;
	node = find_token(context);
	if (node == NULL)
		return fallback;
	return stamp_of_token(node->text, node->len, fallback);
}

void context_expiry_text(int64_t expiry, char *out, size_t size)
{
	char stamp[STAMP_SIZE];

	if (expiry == INT64_MAX) {
		(void)snprintf(out, size, "no known end");
		return;
	}
	if (expiry <= 0) {
		(void)snprintf(out, size, "expired");
		return;
	}
	stamp_format(expiry, stamp);
	(void)snprintf(out, size, "%s %.10s %.5s UTC",
	               expiry > clock_wall() ? "until" : "expired", stamp,
	               stamp + 11);
}
