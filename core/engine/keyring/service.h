/* SPDX-License-Identifier: Apache-2.0 */
/* What the module asks of the Secret Service, one question each.  The only
 * door to libsecret. */
#ifndef CORE_ENGINE_KEYRING_SERVICE_H
#define CORE_ENGINE_KEYRING_SERVICE_H

#include "keyring_module.h"

struct service;

/*
 * On the bus that the caller has judged (bus.h): an encrypted session with the
 * service, or ASTRO_STORE.
 */
int service_open(const struct keyring_call *call, struct service **out,
                 struct astro_error *err);
/* Accepts NULL. */
void service_close(struct service *service);

/* The default collection, there and unlocked; asks to make or to unlock it
 * where a person is there. */
int service_unlock(struct service *service, struct astro_error *err);

/*
 * Find the items of the call's entry, unlocked, the newest first; *COUNT of
 * them.  None is ASTRO_OK.
 */
int service_find(struct service *service, size_t *count,
                 struct astro_error *err);
/* The newest one's secret.  ASTRO_NOT_FOUND when it has gone. */
int service_load(struct service *service, keyring_take *take, void *data,
                 struct astro_error *err);
/* In the place of one that was found in the default collection, which
 * service_unlock() has opened. */
int service_create(struct service *service, const void *bytes, size_t len,
                   struct astro_error *err);
/* Delete what was found, but for the one that service_create() has written. */
int service_delete(struct service *service, struct astro_error *err);

#endif
