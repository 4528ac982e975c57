/* SPDX-License-Identifier: Apache-2.0 */
/* What a host is, and which ones a context names. */
#include "host.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "domain.h"
#include "text.h"

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_word(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'z');
}

/* The length of the name at TEXT, 0 when there is none: labels of letters,
 * digits and inner "-". */
static size_t name_len(const char *text)
{
	size_t i;

	for (i = 0; is_word(text[i]) || text[i] == '-' || text[i] == '.'; i++) {
		bool is_edge = i == 0 || text[i - 1] == '.';

		if (is_edge && !is_word(text[i]))
			return 0;
		if (text[i] == '.' && text[i - 1] == '-')
			return 0;
	}
	return i > 0 && i <= DOMAIN_MAX && is_word(text[i - 1]) ? i : 0;
}

/* An address in brackets (RFC 3986, 3.2.2). */
static size_t bracket_len(const char *text)
{
	size_t len = strcspn(text, "]");
	char address[INET6_ADDRSTRLEN];
	struct in6_addr parsed;

	if (text[len] == '\0' || len - 1 >= sizeof(address))
		return 0;
	memcpy(address, text + 1, len - 1);
	address[len - 1] = '\0';
	return inet_pton(AF_INET6, address, &parsed) == 1 ? len + 1 : 0;
}

static bool is_port(const char *text)
{
	unsigned value = 0;
	size_t i;

	for (i = 0; is_digit(text[i]) && i < 5; i++)
		value = value * 10 + (unsigned)(text[i] - '0');
	return i > 0 && text[i] == '\0' && text[0] != '0' && value <= 65535;
}

bool host_read(const char *text, size_t len, char *out)
{
	size_t host, i;

	out[0] = '\0';
	if (len == 0 || len >= HOST_SIZE || memchr(text, '\0', len) != NULL)
		return false;
	memcpy(out, text, len);
	out[len] = '\0';
	for (i = 0; i < len; i++)
		if (out[i] >= 'A' && out[i] <= 'Z')
			out[i] = (char)(out[i] - 'A' + 'a');
	host = out[0] == '[' ? bracket_len(out) : name_len(out);
	if (host > 0 && out[host] == '\0')
		return true;
	if (host > 0 && out[host] == ':' && is_port(out + host + 1))
		return true;
	out[0] = '\0';
	return false;
}

bool host_of_url(const char *url, char *out)
{
	static const char scheme[] = "https://";

	out[0] = '\0';
	if (!text_begins_folded(url, scheme))
		return false;
	url += sizeof(scheme) - 1;
	/* A "\" or "@" before the path is no host's, and refused as such. */
	return host_read(url, strcspn(url, "/?#"), out);
}

/* ---- the hosts of a context ---- */

static bool has_registry(const struct context *context)
{
	static const char *const without[] = {"localhost", "houston",
	                                      "localhost.me"};
	size_t i;

	for (i = 0; i < sizeof(without) / sizeof(without[0]); i++)
		if (strcmp(context_name(context), without[i]) == 0)
			return false;
	return strcmp(context_provider(context), "software") == 0;
}

static bool own_host(const struct context *context, enum host_own own,
                     char *out)
{
	const char *name = context_name(context);
	char registry[HOST_SIZE];

	switch (own) {
	case HOST_DOMAIN:
		/* What is left of an issuer begins with its host.  One with
		 * "http://" has none that speaks https. */
		return host_read(name, strcspn(name, "/"), out);
	case HOST_REGISTRY:
		if (!has_registry(context) ||
		    snprintf(registry, sizeof(registry), "registry.%s", name) >=
		            (int)sizeof(registry))
			return false;
		return host_read(registry, strlen(registry), out);
	}
	return false;
}

void host_list(const struct context *context, enum host_own own,
               struct host_list *list)
{
	list->context = context;
	list->own = own;
	list->is_begun = false;
	context_words(context, "hosts", &list->words);
}

bool host_list_next(struct host_list *list, char *out)
{
	char word[HOST_SIZE], own[HOST_SIZE];
	bool has_own = own_host(list->context, list->own, own);

	if (!list->is_begun && has_own) {
		memcpy(out, own, sizeof(own));
		list->is_begun = true;
		return true;
	}
	/* What is no host can be no host's name. */
	while (context_words_next(&list->words, word, sizeof(word)))
		if (host_read(word, strlen(word), out) &&
		    (!has_own || strcmp(out, own) != 0))
			return true;
	return false;
}

bool host_is_of(const struct context *context, enum host_own own,
                const char *host)
{
	struct host_list list;
	char name[HOST_SIZE];

	host_list(context, own, &list);
	while (host_list_next(&list, name))
		if (strcmp(name, host) == 0)
			return true;
	return false;
}
