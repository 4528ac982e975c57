/* SPDX-License-Identifier: Apache-2.0 */
/* From a refreshed credential to the keys of the context file, or to the store
 * that has its tokens. */
#include "renew_save.h"

#include <stddef.h>
#include <stdint.h>

#include "core.h"
#include "credential.h"
#include "error.h"
#include "log.h"
#include "secret.h"
#include "store.h"

/* The tokens of any provider, the expiry, and what must be there before. */
enum { CHANGES_MAX = 8 };

/* ---- the context file ---- */

static struct change expectation(const struct astro_core *core,
                                 const struct astro_secret *spent)
{
	const struct context *context = core->settings.context;
	struct change change = {.context = context_key(context),
	                        .key = context_refresh_token_key(context),
	                        .kind = CHANGE_EXPECT,
	                        .secret = spent};

	return change;
}

static struct change expiry_change(const struct astro_core *core,
                                   int64_t expiry)
{
	struct change change = {.context = context_key(core->settings.context),
	                        .key = "expiresin",
	                        .kind = CHANGE_REMOVE};

	if (expiry != 0 && expiry != INT64_MAX) {
		change.kind = CHANGE_TIME;
		change.time = expiry;
	}
	return change;
}

static int save_in_file(const struct astro_core *core,
                        const struct astro_secret *spent,
                        struct astro_error *err)
{
	/* A provider keeps its tokens under its own of these. */
	static const char *const tokens[] = {"token", "refreshtoken",
	                                     "access_token", "refresh_token",
	                                     "id_token"};
	struct change changes[CHANGES_MAX] = {
		expectation(core, spent),
		expiry_change(core, credential_expiry(core->kept)),
	};
	size_t count = 2, i;

	for (i = 0; i < sizeof(tokens) / sizeof(tokens[0]); i++) {
		const struct astro_secret *token =
			credential_get(core->kept, tokens[i]);

		if (token != NULL)
			changes[count++] =
				(struct change){.context = changes[0].context,
			                        .key = tokens[i],
			                        .kind = CHANGE_TEXT,
			                        .secret = token};
	}
	return config_change(&core->paths, changes, count, err);
}

/* ---- a store of its own ---- */

static bool is_same(const struct astro_secret *a, const struct astro_secret *b)
{
	const char *a_bytes, *b_bytes;
	size_t a_len, b_len;

	if (a == NULL || b == NULL)
		return a == b;
	a_bytes = secret_bytes(a, &a_len);
	b_bytes = secret_bytes(b, &b_len);
	return secret_equal(a_bytes, a_len, b_bytes, b_len);
}

static int check_stored(const struct astro_core *core,
                        const struct renew_save *save, struct astro_error *err)
{
	struct astro_credential *stored = NULL;
	int status = store_load(save->store, core, &stored, err);

	if (status == ASTRO_OK &&
	    !is_same(stored != NULL ? credential_get(stored, "refresh_token")
	                            : NULL,
	             save->spent))
		status = error_set(err, ASTRO_NOT_FOUND, NULL,
		                   "the login has been changed by another "
		                   "program meanwhile");
	credential_free(stored);
	return status;
}

static int save_in_backend(const struct astro_core *core,
                           const struct renew_save *save,
                           struct astro_error *err)
{
	const struct change expiry =
		expiry_change(core, credential_expiry(save->login));
	struct astro_error why = {0};
	int status = check_stored(core, save, err);

	if (status == ASTRO_OK)
		status = store_put(save->store, core, save->login, NULL, err);
	/* The file only shows it. */
	if (status == ASTRO_OK &&
	    config_change(&core->paths, &expiry, 1, &why) != ASTRO_OK)
		log_write(ASTRO_WARNING, "%s", why.message);
	return status;
}

/* ---- either ---- */

int renew_save(const struct astro_core *core, const struct renew_save *save,
               struct astro_error *err)
{
	return save->store->kind == STORE_BACKEND
	               ? save_in_backend(core, save, err)
	               : save_in_file(core, save->spent, err);
}

int renew_drop(const struct astro_core *core, const struct renew_save *save,
               struct astro_error *err)
{
	struct change changes[] = {expectation(core, save->spent),
	                           expectation(core, NULL)};
	struct astro_credential *without = NULL;
	int status;

	if (save->store->kind != STORE_BACKEND) {
		changes[1].kind = CHANGE_REMOVE;
		return config_change(&core->paths, changes, 2, err);
	}
	status = check_stored(core, save, err);
	if (status == ASTRO_OK)
		status = credential_copy(save->login, &without, err);
	if (status == ASTRO_OK)
		status = credential_set(without, "refresh_token", NULL, err);
	if (status == ASTRO_OK)
		status = store_put(save->store, core, without, NULL, err);
	credential_free(without);
	return status;
}
