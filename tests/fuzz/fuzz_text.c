/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Text that is shown, queries that are taken apart, names of domains: nothing
 * goes through that a terminal would obey, and what is canonical stays so.
 */
#include <string.h>

#include "domain.h"
#include "error.h"
#include "fuzz.h"
#include "text.h"
#include "url.h"

static void check_shown(const char *shown)
{
	size_t at = 0, len = strlen(shown), step;
	unsigned code;

	MUST(text_is_utf8(shown, len));
	for (; at < len; at += step) {
		step = text_character(shown + at, len - at, &code);
		MUST(step > 0);
		MUST(code >= 0x20 && (code < 0x7F || code > 0x9F));
		MUST(code != 0x061C && code != 0x200E && code != 0x200F);
		MUST(code < 0x2028 || code > 0x202E);
		MUST(code < 0x2066 || code > 0x2069);
		MUST(code != 0xFEFF);
	}
}

static void show(const char *text, size_t len)
{
	char shown[1024], small[16], again[1024];

	text_escape(shown, sizeof(shown), text, len);
	check_shown(shown);
	text_escape(small, sizeof(small), text, len);
	check_shown(small);
	text_escape(again, sizeof(again), shown, strlen(shown));
	/* It is cut where it is too wide; the dots count then. */
	MUST(strlen(shown) >= TEXT_SHOWN_MAX || strcmp(shown, again) == 0);
}

static void take_query_apart(const char *query)
{
	static const char *const names[] = {"code", "state", "", "a", "error"};
	char value[64];
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(*names); i++) {
		if (query_get(query, names[i], value, sizeof(value)) > 0)
			MUST(text_is_visible(value, strlen(value)));
		query_text(query, names[i], value, sizeof(value));
		MUST(memchr(value, '\0', sizeof(value)) != NULL);
	}
}

static void name_domain(const char *typed)
{
	struct astro_error err = {.status = ASTRO_OK};
	char name[DOMAIN_NAME_MAX], again[DOMAIN_NAME_MAX];
	char key[DOMAIN_NAME_MAX], address[DOMAIN_NAME_MAX + 8];
	bool is_issuer, still;

	if (domain_canonical(typed, name, &is_issuer, &err) != ASTRO_OK) {
		MUST(err.message[0] != '\0');
		return;
	}
	MUST(text_is_visible(name, strlen(name)));
	(void)snprintf(address, sizeof(address), "%s%s",
	               is_issuer ? "https://" : "", name);
	MUST(domain_canonical(address, again, &still, &err) == ASTRO_OK);
	MUST(strcmp(name, again) == 0 && is_issuer == still);
	domain_key(name, key);
	MUST(key[strspn(key, "abcdefghijklmnopqrstuvwxyz0123456789-_")] ==
	     '\0');
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	char *text = malloc(len + 1);

	MUST(text != NULL);
	memcpy(text, bytes, len);
	text[len] = '\0';
	show((const char *)bytes, len);
	take_query_apart(text);
	name_domain(text);
	free(text);
	return 0;
}
