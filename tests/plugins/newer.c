/* SPDX-License-Identifier: Apache-2.0 */
/* Made for a later minor version: its table goes on where ours ends. */
#define astro_provider_v1 declared_otherwise
#include "plain.h"
#undef astro_provider_v1

struct newer_provider {
	struct astro_provider known;
	int (*unheard_of)(void);
};

static int unheard_of(void)
{
	abort();
}

struct newer_question {
	struct astro_question known;
	int (*unheard_of)(void);
};

static int newer_prompt(struct astro_session *session, struct astro_error *err)
{
	static const struct newer_question question = {
		.known = {.size = sizeof(question),
	                  .key = "username",
	                  .label = "User name:"},
		.unheard_of = unheard_of,
	};
	const struct astro_host *host = session->host;
	struct astro_secret *name;
	int status = host->ask(host->core, &question.known, &name, err);

	host->secret_free(name);
	return status;
}

extern ASTRO_EXPORT const struct newer_provider astro_provider_v1;
const struct newer_provider astro_provider_v1 = {
	.known = {.size = sizeof(struct newer_provider),
                  .abi_major = ASTRO_ABI_MAJOR,
                  .abi_minor = 7,
                  .name = "newer",
                  .title = "Newer",
                  .open = plain_open,
                  .close = plain_close,
                  .prompt = newer_prompt,
                  .authenticate = plain_authenticate},
	.unheard_of = unheard_of,
};
