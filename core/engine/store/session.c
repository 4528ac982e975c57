/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The session store: a key in the kernel's memory.  The only door to keyutils.
 *
 * It lies in the user keyring (@u), which every process of this user finds,
 * and not in a session keyring (@s): PAM, systemd --user and each ssh make
 * sessions of their own, so two terminals of one desktop often do not share
 * theirs, and `su`, cron and `keyctl session` never do.  The user keyring
 * belongs to the running kernel and ends with it: nothing is ever on disk.
 */
#include "backend.h"

#include <errno.h>
#include <keyutils.h>
#include <stdio.h>
#include <string.h>

#include "error.h"
#include "random.h"
#include "secret.h"
#include "wipe.h"

enum {
	PAYLOAD_MAX = 32767,     /* of a "user" key, keyrings(7) */
	DESCRIPTION_SIZE = 4096, /* add_key(2), its NUL included */
	PROBE_RANDOM = 8
};

/* Who has @u linked reads and changes it; others of the same user, as well as
 * /proc/keys, see its name alone; nobody else sees anything. */
static const key_perm_t permissions = KEY_POS_ALL | KEY_USR_VIEW;

static const char type[] = "user";
static const char hint[] =
	"keep the login in the context file with --store file";

static int refuse(int number, const char *what, struct astro_error *err)
{
	if (number == ENOSYS || number == EPERM)
		return error_set(err, ASTRO_STORE,
		                 "containers often forbid it: keep the login "
		                 "in the context file with --store file",
		                 "the kernel keyring cannot be used here: %s",
		                 strerror(number));
	if (number == EDQUOT)
		return error_set(err, ASTRO_STORE,
		                 "/proc/key-users shows the quota; `keyctl "
		                 "show` lists the keys, or keep the login in "
		                 "the context file with --store file",
		                 "the kernel keyring is full: a login of this "
		                 "size is over your quota");
	return error_set_system(err, ASTRO_STORE, number, hint,
	                        "the kernel keyring could not %s", what);
}

/* Gone while we looked is gone. */
static bool is_missing(int number)
{
	return number == ENOKEY || number == EKEYREVOKED ||
	       number == EKEYEXPIRED;
}

static int none(const struct store_entry *entry, struct astro_error *err)
{
	return error_set(err, ASTRO_NOT_FOUND, "run `astro login`",
	                 "the kernel keyring holds no login for %s; it is "
	                 "emptied at a reboot",
	                 entry->name);
}

static int describe(const struct store_entry *entry, char *out,
                    struct astro_error *err)
{
	int len = snprintf(out, DESCRIPTION_SIZE, "astro:%s:%s", entry->folder,
	                   entry->name);

	if (len >= DESCRIPTION_SIZE)
		return error_set(err, ASTRO_STORE, hint,
		                 "the path %s is too long for the name of a "
		                 "key in the kernel keyring",
		                 entry->folder);
	return ASTRO_OK;
}

/*
 * A key is ours to use when the keyring that holds it hangs on one of our own.
 * PAM usually links @u to the session's; where nobody did, it is linked to this
 * process's, which ends with it and is seen by no one else.
 */
static int possess(struct astro_error *err)
{
	if (keyctl_link(KEY_SPEC_USER_KEYRING, KEY_SPEC_PROCESS_KEYRING) != 0)
		return refuse(errno, "be opened", err);
	return ASTRO_OK;
}

static int find(const struct store_entry *entry, key_serial_t *out,
                struct astro_error *err)
{
	char description[DESCRIPTION_SIZE];
	int status = describe(entry, description, err);
	long found;

	*out = 0;
	if (status == ASTRO_OK)
		status = possess(err);
	if (status != ASTRO_OK)
		return status;
	found = keyctl_search(KEY_SPEC_USER_KEYRING, type, description, 0);
	if (found < 0)
		return is_missing(errno) ? none(entry, err)
		                         : refuse(errno, "be searched", err);
	*out = (key_serial_t)found;
	return ASTRO_OK;
}

static int get(const char *argument, const struct store_entry *entry,
               struct astro_secret **record, struct astro_error *err)
{
	char *bytes = NULL;
	key_serial_t key;
	int status;
	long len;

	(void)argument;
	*record = NULL;
	status = find(entry, &key, err);
	if (status != ASTRO_OK)
		return status;
	bytes = wipe_malloc(PAYLOAD_MAX);
	if (bytes == NULL)
		return error_no_memory(err);
	len = keyctl_read(key, bytes, PAYLOAD_MAX);
	if (len < 0)
		status = is_missing(errno) ? none(entry, err)
		                           : refuse(errno, "be read", err);
	else if (len > PAYLOAD_MAX)
		status = error_set(err, ASTRO_STORE, "run `astro login` again",
		                   "the kernel keyring holds a login of more "
		                   "than %d bytes, which no astro put there",
		                   PAYLOAD_MAX);
	else
		status = secret_new(bytes, (size_t)len, record, err);
	wipe_free(bytes);
	return status;
}

/* The kernel changes a key of that name in place, or adds one. */
static int add(const char *description, const void *bytes, size_t len,
               key_serial_t *out, struct astro_error *err)
{
	*out = add_key(type, description, bytes, len, KEY_SPEC_USER_KEYRING);
	if (*out < 0)
		return refuse(errno, "take the login", err);
	/* One that was there may have been opened to others since. */
	if (keyctl_setperm(*out, permissions) != 0)
		return refuse(errno, "keep others out", err);
	return ASTRO_OK;
}

static int put(const char *argument, const struct store_entry *entry,
               const struct astro_secret *record, struct astro_error *err)
{
	char description[DESCRIPTION_SIZE];
	const char *bytes;
	key_serial_t key;
	size_t len;
	int status;

	(void)argument;
	bytes = secret_bytes(record, &len);
	if (len > PAYLOAD_MAX)
		return error_set(err, ASTRO_STORE, hint,
		                 "a login of %zu bytes is too large for the "
		                 "kernel keyring, which takes %d",
		                 len, PAYLOAD_MAX);
	status = describe(entry, description, err);
	if (status == ASTRO_OK)
		status = possess(err);
	return status == ASTRO_OK ? add(description, bytes, len, &key, err)
	                          : status;
}

/* At once and for every process, its bytes wiped; unlinking would leave them
 * to whoever else has linked the key. */
static int forget(key_serial_t key, struct astro_error *err)
{
	if (keyctl_invalidate(key) != 0 && !is_missing(errno))
		return refuse(errno, "erase the login", err);
	return ASTRO_OK;
}

static int erase(const char *argument, const struct store_entry *entry,
                 struct astro_error *err)
{
	key_serial_t key;
	int status;

	(void)argument;
	status = find(entry, &key, err);
	return status == ASTRO_OK ? forget(key, err) : status;
}

/* A key of its own name, added and taken away. */
static int probe(const char *argument, struct astro_error *err)
{
	unsigned char random[PROBE_RANDOM];
	char description[64];
	key_serial_t key;
	size_t i;
	int len, status;

	(void)argument;
	status = random_fill(random, sizeof(random), err);
	if (status == ASTRO_OK)
		status = possess(err);
	if (status != ASTRO_OK)
		return status;
	len = snprintf(description, sizeof(description), "astro:probe:");
	for (i = 0; i < sizeof(random); i++)
		len += snprintf(description + len,
		                sizeof(description) - (size_t)len, "%02x",
		                random[i]);
	status = add(description, "probe", sizeof("probe") - 1, &key, err);
	return status == ASTRO_OK ? forget(key, err) : status;
}

const struct store_backend store_session = {
	.title = "the kernel keyring",
	.probe = probe,
	.get = get,
	.put = put,
	.erase = erase,
};
