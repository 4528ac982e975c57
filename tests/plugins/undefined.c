/* SPDX-License-Identifier: Apache-2.0 */
/* Wants a function that nobody has. */
#include "plain.h"

extern int nobody_has_this(struct astro_session *session);

static int undefined_prompt(struct astro_session *session,
                            struct astro_error *err)
{
	(void)err;
	return nobody_has_this(session);
}

const struct astro_provider astro_provider_v1 = {
	PLAIN_PROVIDER("undefined"),
	.prompt = undefined_prompt,
};
