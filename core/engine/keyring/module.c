/* SPDX-License-Identifier: Apache-2.0 */
/* What the engine asks of the keyring, as questions to the Secret Service. */
#include "keyring_module.h"

#include "backend.h"
#include "error.h"
#include "service.h"

static int none(const struct keyring_call *call, struct astro_error *err)
{
	return error_set(err, ASTRO_NOT_FOUND, "run `astro login`",
	                 "the keyring holds no login for %s",
	                 call->entry->name);
}

/* Nothing found means nothing only when the keyring is open: some services
 * (KeePassXC) know no items at all while they are locked. */
static int find(struct service *service, const struct keyring_call *call,
                struct astro_error *err)
{
	size_t count;
	int status = service_find(service, &count, err);

	if (status != ASTRO_OK || count > 0)
		return status;
	status = service_unlock(service, err);
	if (status == ASTRO_OK)
		status = service_find(service, &count, err);
	if (status == ASTRO_OK && count == 0)
		status = none(call, err);
	return status;
}

static int probe(const struct keyring_call *call, struct astro_error *err)
{
	struct service *service;
	int status = service_open(call, &service, err);

	if (status == ASTRO_OK)
		status = service_unlock(service, err);
	service_close(service);
	return status;
}

static int get(const struct keyring_call *call, keyring_take *take, void *data,
               struct astro_error *err)
{
	struct service *service;
	int status = service_open(call, &service, err);

	if (status == ASTRO_OK)
		status = find(service, call, err);
	if (status == ASTRO_OK)
		status = service_load(service, take, data, err);
	service_close(service);
	return status;
}

static int put(const struct keyring_call *call, const void *bytes, size_t len,
               struct astro_error *err)
{
	struct service *service;
	size_t count;
	int status = service_open(call, &service, err);

	if (status == ASTRO_OK)
		status = service_unlock(service, err);
	if (status == ASTRO_OK)
		status = service_find(service, &count, err);
	if (status == ASTRO_OK)
		status = service_create(service, bytes, len, err);
	/* The login is kept by now, and the newest one counts: a copy that
	 * cannot be deleted waits for the next time. */
	if (status == ASTRO_OK)
		(void)service_delete(service, NULL);
	service_close(service);
	return status;
}

static int erase(const struct keyring_call *call, struct astro_error *err)
{
	struct service *service;
	int status = service_open(call, &service, err);

	if (status == ASTRO_OK)
		status = find(service, call, err);
	if (status == ASTRO_OK)
		status = service_delete(service, err);
	service_close(service);
	return status;
}

extern ASTRO_EXPORT const struct keyring_module astro_keyring_v1;
const struct keyring_module astro_keyring_v1 = {
	.probe = probe,
	.get = get,
	.put = put,
	.erase = erase,
};
