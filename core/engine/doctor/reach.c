/* SPDX-License-Identifier: Apache-2.0 */
/* What may stand between us and a server: a proxy, or somebody who opens its
 * connections. */
#include "doctor.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "address.h"
#include "domain.h"
#include "error.h"

enum { SHOWN_MAX = 200, ISSUER_MAX = 300 };

/* In the order in which libcurl looks; HTTP_PROXY is for plain http. */
static const char *const variables[] = {"https_proxy", "HTTPS_PROXY",
                                        "all_proxy", "ALL_PROXY"};
enum { VARIABLES = sizeof(variables) / sizeof(variables[0]) };

static const char *value_of(const char *name)
{
	const char *value = getenv(name);

	return value != NULL && value[0] != '\0' ? value : NULL;
}

/* The first that is set, or NULL. */
static const char *find_proxy(void)
{
	size_t i;

	for (i = 0; i < VARIABLES; i++)
		if (value_of(variables[i]) != NULL)
			return variables[i];
	return NULL;
}

/* Host and port; what stands before "@" may be a password. */
static void show_proxy(const char *value, char *out, size_t size)
{
	const char *scheme = strstr(value, "://");
	const char *start = scheme == NULL ? value : scheme + 3;
	size_t len = strcspn(start, "/?#"), i;

	for (i = len; i > 0; i--)
		if (start[i - 1] == '@')
			break;
	(void)snprintf(out, size, "%.*s", (int)(len - i), start + i);
}

/* NAME in the other case is set to something else: programs differ in which of
 * them counts. */
static bool is_contradicted(const char *lower, const char *upper)
{
	const char *a = value_of(lower), *b = value_of(upper);

	return a != NULL && b != NULL && strcmp(a, b) != 0;
}

void reach_check_proxy(struct doctor *doctor)
{
	const char *name = find_proxy(), *except = value_of("no_proxy");
	char shown[SHOWN_MAX];

	if (except == NULL)
		except = value_of("NO_PROXY");
	if (name == NULL) {
		diagnosis_note(&doctor->diagnosis, "network.proxy",
		               DIAGNOSIS_OK, "no proxy is set");
		return;
	}
	show_proxy(value_of(name), shown, sizeof(shown));
	if (is_contradicted("https_proxy", "HTTPS_PROXY") ||
	    is_contradicted("no_proxy", "NO_PROXY"))
		diagnosis_warn(&doctor->diagnosis, "network.proxy",
		               "set both to the same, or unset one of them",
		               "the proxy's variables differ in small and "
		               "capital letters: %s counts, %s",
		               name, shown);
	else
		diagnosis_note(&doctor->diagnosis, "network.proxy",
		               DIAGNOSIS_FACT, "%s: %s%s%s", name, shown,
		               except == NULL ? "" : ", but not for ",
		               except == NULL ? "" : except);
}

/* Its own requests to this machine go by no proxy. */
static bool is_here(const char *url)
{
	struct url_parts parts;
	bool is_loopback;

	if (url_parts_get(url, &parts, NULL) != ASTRO_OK)
		return false;
	is_loopback = domain_is_loopback(parts.host);
	url_parts_clear(&parts);
	return is_loopback;
}

static void name_proxy(struct astro_error *why)
{
	const char *name = find_proxy();
	char hint[ERROR_HINT_MAX], shown[SHOWN_MAX];

	if (name == NULL)
		return;
	show_proxy(value_of(name), shown, sizeof(shown));
	(void)snprintf(hint, sizeof(hint),
	               "check the network, and the proxy %s that %s names",
	               shown, name);
	(void)snprintf(why->hint, sizeof(why->hint), "%s", hint);
}

void reach_explain(const char *url, struct astro_error *why)
{
	const struct astro_error before = *why;
	char issuer[ISSUER_MAX];

	if (why->status == ASTRO_UNREACHABLE && !is_here(url))
		name_proxy(why);
	/* A company's own proxy, or a network's sign-in page, is known by the
	 * name that it signs with. */
	if (why->status == ASTRO_UNSAFE &&
	    peer_issuer(url, issuer, sizeof(issuer)))
		(void)error_set(why, ASTRO_UNSAFE,
		                before.hint[0] == '\0' ? NULL : before.hint,
		                "%.300s (issued by %s)", before.message,
		                issuer);
}
