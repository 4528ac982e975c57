/* SPDX-License-Identifier: Apache-2.0 */
/* The keyring store: loads the module that talks to it when it is needed. */
#include "keyring_module.h"

#include <dlfcn.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "backend.h"
#include "clock.h"
#include "error.h"
#include "interrupt.h"
#include "person.h"
#include "record.h"
#include "secret.h"
#include "text.h"

/* It lies beside the library (or the test program) that this code is in. */
static int find_module(char *out, size_t size, struct astro_error *err)
{
	const char *self = NULL, *slash = NULL;
	Dl_info info;

	if (dladdr(&store_keyring, &info) != 0)
		self = info.dli_fname;
	if (self != NULL)
		slash = strrchr(self, '/');
	if (slash == NULL || snprintf(out, size, "%.*s/" KEYRING_MODULE_FILE,
	                              (int)(slash - self), self) >= (int)size)
		return error_set(err, ASTRO_INTERNAL, "please report this",
		                 "the engine does not know where it is");
	return ASTRO_OK;
}

/* Never closed: GLib's types and threads cannot be unloaded. */
static int load(const struct keyring_module **out, struct astro_error *err)
{
	char path[PATH_MAX];
	void *library, *symbol = NULL;
	const char *why;
	int status;

	*out = NULL;
	status = find_module(path, sizeof(path), err);
	if (status != ASTRO_OK)
		return status;
	library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	if (library != NULL)
		symbol = dlsym(library, KEYRING_MODULE_SYMBOL);
	if (symbol == NULL) {
		why = dlerror();
		return error_set(err, ASTRO_STORE,
		                 "install libsecret (Debian: libsecret-1-0), "
		                 "or keep the login in the context file with "
		                 "--store file",
		                 "the keyring cannot be used: %s",
		                 why == NULL ? path : why);
	}
	*out = symbol;
	return ASTRO_OK;
}

static struct keyring_call call_for(const struct store_entry *entry)
{
	return (struct keyring_call){
		.entry = entry,
		.person = person_sees_dialogs(),
		.clock = clock_boot,
		.interrupted = interrupt_check,
	};
}

/* The module knows none of our secrets; a service may repeat one. */
static int masked(int status, struct astro_error *err)
{
	if (status != ASTRO_OK && err != NULL)
		secret_mask(err->message);
	return status;
}

static int probe(const char *argument, struct astro_error *err)
{
	const struct keyring_call call = call_for(NULL);
	const struct keyring_module *module;
	int status = load(&module, err);

	(void)argument;
	return module != NULL ? masked(module->probe(&call, err), err) : status;
}

static int take(void *data, const void *bytes, size_t len,
                struct astro_error *err)
{
	return secret_new(bytes, len, data, err);
}

static int get(const char *argument, const struct store_entry *entry,
               struct astro_secret **record, struct astro_error *err)
{
	const struct keyring_call call = call_for(entry);
	const struct keyring_module *module;
	int status = load(&module, err);

	(void)argument;
	*record = NULL;
	if (module != NULL)
		status = masked(module->get(&call, take, record, err), err);
	return status;
}

static int put(const char *argument, const struct store_entry *entry,
               const struct astro_secret *record, struct astro_error *err)
{
	const struct keyring_call call = call_for(entry);
	const struct keyring_module *module;
	const char *bytes;
	size_t len;
	int status;

	(void)argument;
	bytes = secret_bytes(record, &len);
	/* Keyrings hold texts: with anything else, services differ. */
	if (len > RECORD_MAX || strlen(bytes) != len ||
	    !text_is_utf8(bytes, len))
		return error_set(err, ASTRO_STORE, NULL,
		                 "the login is no text that a keyring could "
		                 "keep");
	status = load(&module, err);
	if (module != NULL)
		status = masked(module->put(&call, bytes, len, err), err);
	return status;
}

static int erase(const char *argument, const struct store_entry *entry,
                 struct astro_error *err)
{
	const struct keyring_call call = call_for(entry);
	const struct keyring_module *module;
	int status = load(&module, err);

	(void)argument;
	return module != NULL ? masked(module->erase(&call, err), err) : status;
}

const struct store_backend store_keyring = {
	.title = "the keyring",
	.probe = probe,
	.get = get,
	.put = put,
	.erase = erase,
};
