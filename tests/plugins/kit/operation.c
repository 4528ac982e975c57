/* SPDX-License-Identifier: Apache-2.0 */
/* One operation that hangs or crashes: KIT_DOES in KIT_WHERE. */
#include "operation.h"

#define IN_OPEN 1
#define IN_PROMPT 2
#define IN_AUTHENTICATE 3
#define IN_WORKSPACES 4
#define IN_STORE 5
#define IN_CLOSE 6

static void act(int where)
{
	if (where == KIT_WHERE)
		KIT_DOES();
}

static int act_open(const struct astro_host *host,
                    const struct astro_settings *settings,
                    struct astro_session **out, struct astro_error *err)
{
	act(IN_OPEN);
	return plain_open(host, settings, out, err);
}

static int act_prompt(struct astro_session *session, struct astro_error *err)
{
	(void)session;
	(void)err;
	act(IN_PROMPT);
	return ASTRO_OK;
}

static int act_authenticate(struct astro_session *session,
                            struct astro_credential **out,
                            struct astro_error *err)
{
	act(IN_AUTHENTICATE);
	return plain_authenticate(session, out, err);
}

static int act_workspaces(struct astro_session *session,
                          const struct astro_credential *credential,
                          struct astro_listing *listing,
                          struct astro_error *err)
{
	(void)session;
	(void)credential;
	(void)listing;
	(void)err;
	act(IN_WORKSPACES);
	return ASTRO_OK;
}

static int act_store(struct astro_session *session,
                     const struct astro_credential *credential,
                     struct astro_error *err)
{
	act(IN_STORE);
	return session->host->store_put(session->host->core, credential, err);
}

static void act_close(struct astro_session *session)
{
	if (session != NULL)
		act(IN_CLOSE);
	plain_close(session);
}

const struct astro_provider astro_provider_v1 = {
	.size = sizeof(astro_provider_v1),
	.abi_major = ASTRO_ABI_MAJOR,
	.abi_minor = ASTRO_ABI_MINOR,
	.name = KIT_NAME,
	.title = "Test " KIT_NAME,
	.open = act_open,
	.close = act_close,
	.prompt = act_prompt,
	.authenticate = act_authenticate,
	.workspaces = act_workspaces,
	.store = act_store,
};
