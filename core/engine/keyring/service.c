/* SPDX-License-Identifier: Apache-2.0 */
/* Asks the Secret Service through libsecret. */
#include "service.h"

#include <libsecret/secret.h>
#include <stdlib.h>
#include <string.h>

#include "backend.h"
#include "bus.h"
#include "error.h"
#include "wait.h"

struct service {
	const struct keyring_call *call;
	struct wait *wait;
	GDBusConnection *bus;
	SecretService *secrets;
	SecretCollection *collection;
	GList *items;      /* of SecretItem, what service_find() found */
	SecretItem *fresh; /* what service_create() wrote */
};

static const char algorithm[] = "dh-ietf1024-sha256-aes128-cbc-pkcs7";

static const SecretSchema schema = {
	.name = "io.astronomer.astro.Login",
	.flags = SECRET_SCHEMA_NONE,
	.attributes =
		{
			{"folder", SECRET_SCHEMA_ATTRIBUTE_STRING},
			{"context", SECRET_SCHEMA_ATTRIBUTE_STRING},
			{NULL, SECRET_SCHEMA_ATTRIBUTE_STRING},
		},
};

/* WHY is freed. */
static int refuse(GError *why, struct astro_error *err)
{
	int status;

	if (why == NULL)
		return error_set(err, ASTRO_STORE, wait_hint,
		                 "the keyring did not do what it was asked");
	if (g_error_matches(why, G_DBUS_ERROR, G_DBUS_ERROR_SERVICE_UNKNOWN) ||
	    g_error_matches(why, G_DBUS_ERROR, G_DBUS_ERROR_NAME_HAS_NO_OWNER))
		status = error_set(err, ASTRO_STORE,
		                   "start one (gnome-keyring, KWallet, "
		                   "KeePassXC), or keep the login in the "
		                   "context file with --store file",
		                   "no keyring service runs on the session "
		                   "bus");
	else if (g_error_matches(why, SECRET_ERROR, SECRET_ERROR_IS_LOCKED))
		status = error_set(err, ASTRO_STORE, wait_hint,
		                   "the keyring is locked");
	else {
		(void)g_dbus_error_strip_remote_error(why);
		status = error_set(err, ASTRO_STORE, wait_hint,
		                   "the keyring failed: %s", why->message);
	}
	g_error_free(why);
	return status;
}

static bool is_gone(const GError *why)
{
	return g_error_matches(why, SECRET_ERROR,
	                       SECRET_ERROR_NO_SUCH_OBJECT) ||
	       g_error_matches(why, G_DBUS_ERROR, G_DBUS_ERROR_UNKNOWN_OBJECT);
}

int service_open(const struct keyring_call *call, struct service **out,
                 struct astro_error *err)
{
	struct service *service = calloc(1, sizeof(*service));
	GAsyncResult *result;
	GError *why = NULL;
	const char *used;
	int status;

	*out = NULL;
	if (service == NULL)
		return error_no_memory(err);
	service->call = call;
	status = wait_open(call, &service->wait, err);
	if (status == ASTRO_OK)
		status = bus_open(service->wait, &service->bus, err);
	if (status != ASTRO_OK)
		goto out;
	secret_service_open(
		SECRET_TYPE_SERVICE, NULL, SECRET_SERVICE_OPEN_SESSION,
		service->wait->cancellable, wait_ready, service->wait);
	status = wait_for(service->wait, &result, err);
	if (status != ASTRO_OK)
		goto out;
	service->secrets = secret_service_open_finish(result, &why);
	g_object_unref(result);
	if (service->secrets == NULL) {
		status = refuse(why, err);
		goto out;
	}
	/* libsecret falls back to plain text where a service has no more. */
	used = secret_service_get_session_algorithms(service->secrets);
	if (used == NULL || strcmp(used, algorithm) != 0) {
		status = error_set(err, ASTRO_STORE, wait_hint,
		                   "the keyring service offers no encrypted "
		                   "session");
		goto out;
	}
	*out = service;
	service = NULL; /* handed over */
out:
	service_close(service);
	return status;
}

static void forget_items(struct service *service)
{
	g_list_free_full(service->items, g_object_unref);
	service->items = NULL;
}

void service_close(struct service *service)
{
	if (service == NULL)
		return;
	forget_items(service);
	g_clear_object(&service->fresh);
	g_clear_object(&service->collection);
	g_clear_object(&service->secrets);
	g_clear_object(&service->bus);
	wait_close(service->wait);
	free(service);
}

static int locked(const struct service *service, struct astro_error *err)
{
	if (service->call->person)
		return error_set(err, ASTRO_STORE, wait_hint,
		                 "the keyring stayed locked: its dialog was "
		                 "closed");
	return error_set(err, ASTRO_STORE, wait_hint,
	                 "the keyring is locked, and nobody is here to "
	                 "unlock it");
}

/* OBJECTS: collections or items.  Nobody there: nobody is asked, for the
 * dialog would never be answered. */
static int unlock(struct service *service, GList *objects,
                  struct astro_error *err)
{
	GAsyncResult *result;
	GError *why = NULL;
	int status, count;

	if (!service->call->person)
		return locked(service, err);
	wait_allow(service->wait, WAIT_PERSON_MS);
	secret_service_unlock(service->secrets, objects,
	                      service->wait->cancellable, wait_ready,
	                      service->wait);
	status = wait_for(service->wait, &result, err);
	if (status != ASTRO_OK)
		return status;
	wait_allow(service->wait, WAIT_QUICK_MS);
	count = secret_service_unlock_finish(service->secrets, result, NULL,
	                                     &why);
	g_object_unref(result);
	if (why != NULL)
		return refuse(why, err);
	return count > 0 ? ASTRO_OK : locked(service, err);
}

static int make_collection(struct service *service, struct astro_error *err)
{
	GAsyncResult *result;
	GError *why = NULL;
	int status;

	if (!service->call->person)
		return error_set(err, ASTRO_STORE, wait_hint,
		                 "the keyring has no default collection (one "
		                 "that is locked may look like that), and "
		                 "nobody is here to make one");
	wait_allow(service->wait, WAIT_PERSON_MS);
	secret_collection_create(
		service->secrets, "Default keyring", SECRET_COLLECTION_DEFAULT,
		SECRET_COLLECTION_CREATE_NONE, service->wait->cancellable,
		wait_ready, service->wait);
	status = wait_for(service->wait, &result, err);
	if (status != ASTRO_OK)
		return status;
	wait_allow(service->wait, WAIT_QUICK_MS);
	service->collection = secret_collection_create_finish(result, &why);
	g_object_unref(result);
	return service->collection != NULL ? ASTRO_OK : refuse(why, err);
}

int service_unlock(struct service *service, struct astro_error *err)
{
	GAsyncResult *result;
	GError *why = NULL;
	GList objects = {NULL, NULL, NULL};
	int status;

	secret_collection_for_alias(service->secrets, SECRET_COLLECTION_DEFAULT,
	                            SECRET_COLLECTION_NONE,
	                            service->wait->cancellable, wait_ready,
	                            service->wait);
	status = wait_for(service->wait, &result, err);
	if (status != ASTRO_OK)
		return status;
	service->collection = secret_collection_for_alias_finish(result, &why);
	g_object_unref(result);
	if (service->collection == NULL)
		return why != NULL ? refuse(why, err)
		                   : make_collection(service, err);
	if (!secret_collection_get_locked(service->collection))
		return ASTRO_OK;
	objects.data = service->collection;
	return unlock(service, &objects, err);
}

static GHashTable *attributes_of(const struct store_entry *entry)
{
	return secret_attributes_build(&schema, "folder", entry->folder,
	                               "context", entry->name, NULL);
}

/* Services are known to take the beginning of a name or of a value for the
 * whole (docker-credential-helpers did).  Attributes beside ours are the
 * service's own (KeePassXC adds its title and path). */
static bool is_ours(SecretItem *item, const struct store_entry *entry)
{
	GHashTable *attributes = secret_item_get_attributes(item);
	bool ours = g_strcmp0(g_hash_table_lookup(attributes, "xdg:schema"),
	                      schema.name) == 0 &&
	            g_strcmp0(g_hash_table_lookup(attributes, "folder"),
	                      entry->folder) == 0 &&
	            g_strcmp0(g_hash_table_lookup(attributes, "context"),
	                      entry->name) == 0;

	g_hash_table_unref(attributes);
	return ours;
}

static int search(struct service *service, struct astro_error *err)
{
	GHashTable *attributes = attributes_of(service->call->entry);
	GAsyncResult *result;
	GError *why = NULL;
	int status;

	forget_items(service);
	/* All, for without that the locked ones are left out. */
	secret_service_search(service->secrets, &schema, attributes,
	                      SECRET_SEARCH_ALL, service->wait->cancellable,
	                      wait_ready, service->wait);
	g_hash_table_unref(attributes);
	status = wait_for(service->wait, &result, err);
	if (status != ASTRO_OK)
		return status;
	service->items =
		secret_service_search_finish(service->secrets, result, &why);
	g_object_unref(result);
	return why != NULL ? refuse(why, err) : ASTRO_OK;
}

static bool any_is_locked(const struct service *service)
{
	const GList *at;

	for (at = service->items; at != NULL; at = at->next)
		if (secret_item_get_locked(at->data))
			return true;
	return false;
}

static gint compare_newest_first(gconstpointer a, gconstpointer b)
{
	guint64 left = secret_item_get_modified((SecretItem *)a);
	guint64 right = secret_item_get_modified((SecretItem *)b);

	return (left < right) - (left > right);
}

int service_find(struct service *service, size_t *count,
                 struct astro_error *err)
{
	GList *at, *next;
	int status = search(service, err);

	*count = 0;
	/* A locked item's attributes may be withheld: judged once unlocked. */
	if (status == ASTRO_OK && any_is_locked(service)) {
		status = unlock(service, service->items, err);
		if (status == ASTRO_OK)
			status = search(service, err);
		if (status == ASTRO_OK && any_is_locked(service))
			status = locked(service, err);
	}
	if (status != ASTRO_OK)
		return status;
	for (at = service->items; at != NULL; at = next) {
		next = at->next;
		if (is_ours(at->data, service->call->entry))
			continue;
		g_object_unref(at->data);
		service->items = g_list_delete_link(service->items, at);
	}
	service->items = g_list_sort(service->items, compare_newest_first);
	*count = g_list_length(service->items);
	return ASTRO_OK;
}

static int gone(const struct service *service, struct astro_error *err)
{
	return error_set(err, ASTRO_NOT_FOUND, "run `astro login`",
	                 "the keyring holds no login for %s",
	                 service->call->entry->name);
}

int service_load(struct service *service, keyring_take *take, void *data,
                 struct astro_error *err)
{
	SecretItem *item;
	SecretValue *value;
	GAsyncResult *result;
	GError *why = NULL;
	const char *bytes;
	gsize len;
	int status;

	if (service->items == NULL)
		return gone(service, err);
	item = service->items->data;
	secret_item_load_secret(item, service->wait->cancellable, wait_ready,
	                        service->wait);
	status = wait_for(service->wait, &result, err);
	if (status != ASTRO_OK)
		return status;
	(void)secret_item_load_secret_finish(item, result, &why);
	g_object_unref(result);
	if (why != NULL && is_gone(why)) {
		g_error_free(why);
		return gone(service, err);
	}
	value = secret_item_get_secret(item);
	if (why != NULL || value == NULL) {
		if (value != NULL)
			secret_value_unref(value);
		return refuse(why, err);
	}
	bytes = secret_value_get(value, &len);
	status = take(data, bytes, len, err);
	secret_value_unref(value);
	return status;
}

int service_create(struct service *service, const void *bytes, size_t len,
                   struct astro_error *err)
{
	const struct store_entry *entry = service->call->entry;
	GHashTable *attributes = attributes_of(entry);
	SecretValue *value = secret_value_new(bytes, (gssize)len, "text/plain");
	char *label;
	GAsyncResult *result;
	GError *why = NULL;
	int status;

	label = entry->account != NULL
	                ? g_strdup_printf("astro login: %s (%s)", entry->name,
	                                  entry->account)
	                : g_strdup_printf("astro login: %s", entry->name);
	secret_item_create(service->collection, &schema, attributes, label,
	                   value, SECRET_ITEM_CREATE_REPLACE,
	                   service->wait->cancellable, wait_ready,
	                   service->wait);
	g_free(label);
	g_hash_table_unref(attributes);
	secret_value_unref(value);
	status = wait_for(service->wait, &result, err);
	if (status != ASTRO_OK)
		return status;
	service->fresh = secret_item_create_finish(result, &why);
	g_object_unref(result);
	return service->fresh != NULL ? ASTRO_OK : refuse(why, err);
}

static int delete_one(struct service *service, SecretItem *item,
                      struct astro_error *err)
{
	GAsyncResult *result;
	GError *why = NULL;
	int status;

	secret_item_delete(item, service->wait->cancellable, wait_ready,
	                   service->wait);
	status = wait_for(service->wait, &result, err);
	if (status != ASTRO_OK)
		return status;
	(void)secret_item_delete_finish(item, result, &why);
	g_object_unref(result);
	if (why == NULL)
		return ASTRO_OK;
	if (!is_gone(why))
		return refuse(why, err);
	g_error_free(why);
	return ASTRO_OK;
}

static const char *path_of(SecretItem *item)
{
	return g_dbus_proxy_get_object_path(G_DBUS_PROXY(item));
}

int service_delete(struct service *service, struct astro_error *err)
{
	const GList *at;
	int status = ASTRO_OK;

	for (at = service->items; at != NULL && status == ASTRO_OK;
	     at = at->next) {
		if (service->fresh != NULL &&
		    strcmp(path_of(at->data), path_of(service->fresh)) == 0)
			continue;
		status = delete_one(service, at->data, err);
	}
	return status;
}
