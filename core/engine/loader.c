/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From a provider's name to its table: search, trust, dlopen, negotiation.
 * What is loaded stays until the process ends, and so does its descriptor:
 * glibc knows a library by the name it was loaded under, and a reused
 * /proc/self/fd/N would give back the previous one.  A program stays, too.
 */
#include "loader.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "context.h"
#include "elf_file.h"
#include "error.h"
#include "exec.h"
#include "folder.h"
#include "footprint.h"
#include "log.h"
#include "policy.h"
#include "report.h"
#include "text.h"

enum {
	NAME_LEN_MAX = 32,
	PATH_TEXT_MAX = 8192,
	TITLE_LEN_MAX = 64,
	FILE_SIZE_MAX = 64 * 1024 * 1024,
	TABLE_SIZE_MAX = 64 * 1024,
	FOLDERS_MAX = 64,
	MAJOR_MAX = 15 /* versions of the contract that are told apart */
};

/* The lowest table that 1.0 can be: up to its last required operation. */
static const size_t table_size_min =
	offsetof(struct astro_provider, authenticate) +
	sizeof(((struct astro_provider *)NULL)->authenticate);

struct loaded {
	struct loaded *next;
	struct astro_provider table;
	char name[NAME_LEN_MAX + 1];
	char title[TITLE_LEN_MAX + 1];
	struct exec_program *program; /* instead of a library */
};

enum file_kind { FILE_LIBRARY, FILE_PROGRAM };

static struct loaded *loaded_list;

bool loader_name_is_plain(const char *name)
{
	size_t len = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_-");

	return len >= 1 && len <= NAME_LEN_MAX && name[len] == '\0';
}

static int folders_add(struct loader_folders *out, size_t *count,
                       const char *folder, size_t len, struct astro_error *err)
{
	char *copy;

	/* A relative folder would be the working directory's. */
	if (len == 0 || folder[0] != '/' || *count == FOLDERS_MAX)
		return ASTRO_OK;
	copy = strndup(folder, len);
	if (copy == NULL)
		return error_no_memory(err);
	out->folders[(*count)++] = copy;
	return ASTRO_OK;
}

int loader_folders_find(const struct paths *paths, const char *library_folder,
                        struct loader_folders *out, struct astro_error *err)
{
	const char *list = getenv("ASTRO_PLUGIN_PATH");
	struct text installed;
	size_t count = 0;
	int status = ASTRO_OK;

	text_init(&installed, 4096);
	out->report_fd = -1;
	out->policy = NULL;
	out->folders = calloc(FOLDERS_MAX + 1, sizeof(*out->folders));
	if (out->folders == NULL)
		return error_no_memory(err);

	/* Two places are the others'. */
	while (list != NULL && status == ASTRO_OK && count < FOLDERS_MAX - 2) {
		size_t len = strcspn(list, ":");

		status = folders_add(out, &count, list, len, err);
		list = list[len] == ':' ? list + len + 1 : NULL;
	}
	if (status == ASTRO_OK && paths->providers != NULL)
		status = folders_add(out, &count, paths->providers,
		                     strlen(paths->providers), err);
	if (status == ASTRO_OK && library_folder != NULL) {
		if (text_addf(&installed, "%s/providers", library_folder))
			status = folders_add(out, &count, installed.bytes,
			                     installed.len, err);
		else
			status = error_no_memory(err);
	}
	if (status == ASTRO_OK)
		status = policy_load(POLICY_FILE, &out->policy, err);
	if (status != ASTRO_OK)
		loader_folders_clear(out);
	text_clear(&installed);
	return status;
}

void loader_folders_clear(struct loader_folders *folders)
{
	size_t i;

	policy_free(folders->policy);
	folders->policy = NULL;
	if (folders->folders == NULL)
		return;
	for (i = 0; folders->folders[i] != NULL; i++)
		free(folders->folders[i]);
	free(folders->folders);
	folders->folders = NULL;
}

int loader_not_found(const struct loader_folders *folders, const char *name,
                     struct astro_error *err)
{
	struct text where;
	size_t i;

	text_init(&where, ERROR_HINT_MAX);
	for (i = 0; folders->folders[i] != NULL; i++)
		(void)text_addf(&where, "%s%s", i == 0 ? "" : ", ",
		                folders->folders[i]);
	(void)error_set(
		err, ASTRO_BAD_PLUGIN,
		"put its file into a folder of yours "
		"(~/.astro/providers), or name another provider",
		"no provider named %s: there is no %s.so and no " EXEC_PREFIX
		"%s in %s",
		name, name, name, where.len == 0 ? "any folder" : where.bytes);
	text_clear(&where);
	return ASTRO_BAD_PLUGIN;
}

/* A provider that is made for other versions of the contract alone. */
static int refuse_major(const char *path, unsigned major,
                        struct astro_error *err)
{
	return error_set(err, ASTRO_BAD_PLUGIN,
	                 "install a version of it for this astro",
	                 "%s is made for version %u of the provider "
	                 "contract, this astro speaks version %u",
	                 path, major, ASTRO_ABI_MAJOR);
}

/* WHY is what is wrong with a file that does not have our symbol. */
static int refuse_symbol(int fd, uint64_t size, const char *path,
                         const char *why, struct astro_error *err)
{
	char symbol[sizeof(ASTRO_PROVIDER_SYMBOL) + 16],
		ignored[ELF_REASON_MAX];
	unsigned major;

	for (major = 0; major <= MAJOR_MAX; major++) {
		(void)snprintf(symbol, sizeof(symbol), "astro_provider_v%u",
		               major);
		if (elf_judge(fd, size, symbol, ignored) > 0)
			return refuse_major(path, major, err);
	}
	return error_set(err, ASTRO_BAD_PLUGIN, NULL, "%s %s", path, why);
}

/* Whoever could have put the file there, or changed it. */
static int judge_trust(int fd, const char *path, struct stat *status,
                       struct astro_error *err)
{
	int result;

	if (fstat(fd, status) != 0)
		return error_set_system(err, ASTRO_BAD_PLUGIN, errno, NULL,
		                        "%s", path);
	if (!S_ISREG(status->st_mode))
		return error_set(err, ASTRO_BAD_PLUGIN, NULL,
		                 "%s is no regular file", path);
	result = folder_judge_owner(status, path, err);
	if (result != ASTRO_OK)
		return result;
	if ((status->st_mode & (S_ISUID | S_ISGID)) != 0)
		return error_set(err, ASTRO_UNSAFE,
		                 "take the bit away with `chmod ug-s`",
		                 "%s is set-user-id or set-group-id (mode "
		                 "%04o), which no provider needs",
		                 path, (unsigned)status->st_mode & 07777u);
	return ASTRO_OK;
}

/* Everything that can be said before the first byte of it runs.  Of a program
 * that is who could have written it, and no more. */
static int judge_file(int fd, enum file_kind kind, const char *path,
                      size_t *table_size, struct astro_error *err)
{
	char why[ELF_REASON_MAX];
	struct stat status;
	int result = judge_trust(fd, path, &status, err);

	*table_size = 0;
	if (result != ASTRO_OK || kind == FILE_PROGRAM)
		return result;
	if (status.st_size > FILE_SIZE_MAX)
		return error_set(err, ASTRO_BAD_PLUGIN, NULL,
		                 "%s is larger than 64 MiB", path);
	*table_size = elf_judge(fd, (uint64_t)status.st_size,
	                        ASTRO_PROVIDER_SYMBOL, why);
	if (*table_size == 0)
		return refuse_symbol(fd, (uint64_t)status.st_size, path, why,
		                     err);
	return ASTRO_OK;
}

/* And what the administrator says of it. */
static int judge(const struct loader_folders *folders, int fd,
                 enum file_kind kind, const char *name, const char *path,
                 size_t *object_size, struct astro_error *err)
{
	int status = judge_file(fd, kind, path, object_size, err);

	if (status == ASTRO_OK && folders->policy != NULL)
		status = policy_judge(folders->policy, name, fd, path, err);
	return status;
}

/* *FD is -1 with ASTRO_OK where FOLDER does not have NAME. */
static int open_file(const char *folder, enum file_kind kind, const char *name,
                     struct text *path, int *fd, struct astro_error *err)
{
	char file[sizeof(EXEC_PREFIX) + NAME_LEN_MAX + sizeof(".so")];
	int at, status;

	*fd = -1;
	text_clear(path);
	(void)snprintf(file, sizeof(file),
	               kind == FILE_LIBRARY ? "%s.so" : EXEC_PREFIX "%s", name);
	if (!text_addf(path, "%s/%s", folder, file))
		return error_no_memory(err);
	/* Nothing there, nothing to judge: a folder of others matters only
	 * when something would be loaded from it. */
	if (faccessat(AT_FDCWD, path->bytes, F_OK, AT_SYMLINK_NOFOLLOW) != 0 &&
	    (errno == ENOENT || errno == ENOTDIR))
		return ASTRO_OK;
	status = folder_open(folder, &at, err);
	if (status != ASTRO_OK || at < 0)
		return status;

	*fd = openat(at, file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (*fd < 0 && errno == ELOOP)
		status = error_set(err, ASTRO_UNSAFE,
		                   "copy the file itself into the folder",
		                   "%s is a symbolic link", path->bytes);
	else if (*fd < 0 && errno != ENOENT)
		status = error_set_system(err, ASTRO_BAD_PLUGIN, errno, NULL,
		                          "%s", path->bytes);
	(void)close(at);
	return status;
}

static int judge_operations(const struct astro_provider *table,
                            const char *path, struct astro_error *err)
{
	const char *missing = NULL;

	if (table->open == NULL)
		missing = "open";
	else if (table->close == NULL)
		missing = "close";
	else if (table->authenticate == NULL)
		missing = "authenticate";
	if (missing != NULL)
		return error_set(err, ASTRO_BAD_PLUGIN, NULL,
		                 "%s has no %s operation, which is required",
		                 path, missing);
	return ASTRO_OK;
}

static bool title_can_be_shown(const char *title, size_t len)
{
	char shown[TITLE_LEN_MAX * 2];

	if (len == 0 || len > TITLE_LEN_MAX)
		return false;
	/* Whatever had to be escaped is no part of a name. */
	text_escape(shown, sizeof(shown), title, len);
	return strlen(shown) == len && memcmp(shown, title, len) == 0;
}

int loader_judge_names(const char *own, const char *title, const char *name,
                       const char *path, struct astro_error *err)
{
	char shown[NAME_LEN_MAX + 1] = "";

	if (own == NULL || strnlen(own, NAME_LEN_MAX + 1) > NAME_LEN_MAX ||
	    strcmp(own, name) != 0) {
		if (own != NULL)
			(void)snprintf(shown, sizeof(shown), "%.*s",
			               NAME_LEN_MAX, own);
		return error_set(err, ASTRO_BAD_PLUGIN,
		                 "a provider's file is named after it",
		                 "%s calls itself \"%s\", not \"%s\"", path,
		                 shown, name);
	}
	if (title != NULL &&
	    !title_can_be_shown(title, strnlen(title, TITLE_LEN_MAX + 1)))
		return error_set(err, ASTRO_BAD_PLUGIN, NULL,
		                 "%s has a title that cannot be shown (at most "
		                 "%d bytes of UTF-8, in one line)",
		                 path, (int)TITLE_LEN_MAX);
	return ASTRO_OK;
}

/* ENTRY has the name that it was found under. */
static int take_names(struct loaded *entry, const char *path,
                      struct astro_error *err)
{
	const char *title = entry->table.title;
	int status = loader_judge_names(entry->table.name, title, entry->name,
	                                path, err);

	if (status != ASTRO_OK)
		return status;
	if (title == NULL)
		title = entry->name;
	(void)snprintf(entry->title, sizeof(entry->title), "%s", title);
	entry->table.name = entry->name;
	entry->table.title = entry->title;
	return ASTRO_OK;
}

int loader_judge_contract(const struct astro_provider *head, size_t object_size,
                          const char *path, struct astro_error *err)
{
	/* size, abi_major and abi_minor stand first in every version. */
	if (object_size < offsetof(struct astro_provider, name) ||
	    head->size < offsetof(struct astro_provider, name) ||
	    head->size > TABLE_SIZE_MAX)
		return error_set(err, ASTRO_BAD_PLUGIN, NULL,
		                 "%s has a table that makes no sense", path);
	if (head->abi_major != ASTRO_ABI_MAJOR)
		return refuse_major(path, head->abi_major, err);
	if (head->size > object_size)
		return error_set(err, ASTRO_BAD_PLUGIN, NULL,
		                 "%s says that its table has %u bytes, but it "
		                 "has %zu",
		                 path, (unsigned)head->size, object_size);
	if (head->size < table_size_min)
		return error_set(err, ASTRO_BAD_PLUGIN, NULL,
		                 "%s has a table of %u bytes, which is too "
		                 "short: version %u.%u, as it says, and %u.%u, "
		                 "which this astro speaks, have at least %zu",
		                 path, (unsigned)head->size,
		                 (unsigned)head->abi_major,
		                 (unsigned)head->abi_minor, ASTRO_ABI_MAJOR,
		                 ASTRO_ABI_MINOR, table_size_min);
	return ASTRO_OK;
}

/* Agree on the contract, and complete the table with NULLs. */
static int judge_table(const struct astro_provider *table, size_t object_size,
                       const char *path, struct loaded *entry,
                       struct astro_error *err)
{
	int status = loader_judge_contract(table, object_size, path, err);

	if (status != ASTRO_OK)
		return status;
	memcpy(&entry->table, table,
	       table->size < sizeof(entry->table) ? table->size
	                                          : sizeof(entry->table));
	status = judge_operations(&entry->table, path, err);
	if (status == ASTRO_OK)
		status = take_names(entry, path, err);
	return status;
}

/* dlerror() speaks of /proc/self/fd/N: say which provider that is. */
static int load_error(const char *path, struct astro_error *err)
{
	const char *text = dlerror();
	const char *colon;

	if (text == NULL)
		text = "the dynamic linker gives no reason";
	colon = strstr(text, ": ");
	if (strncmp(text, "/proc/self/fd/", 14) == 0 && colon != NULL)
		text = colon + 2;
	return error_set(err, ASTRO_BAD_PLUGIN,
	                 access("/proc/self/fd", F_OK) == 0
	                         ? NULL
	                         : "mount /proc: providers are loaded by it",
	                 "%s cannot be loaded: %s", path, text);
}

static int load_file(int fd, const char *path, size_t object_size,
                     struct loaded *entry, struct astro_error *err)
{
	char link[32];
	void *library;
	const struct astro_provider *table;
	int status;

	(void)snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	library = dlopen(link, RTLD_NOW | RTLD_LOCAL);
	if (library == NULL) {
		status = load_error(path, err);
		(void)close(fd);
		return status;
	}
	table = dlsym(library, ASTRO_PROVIDER_SYMBOL);
	if (table == NULL)
		status = load_error(path, err);
	else
		status = judge_table(table, object_size, path, entry, err);
	if (status == ASTRO_OK)
		return ASTRO_OK;

	(void)dlclose(library);
	/* A library may refuse to go; its number then stays taken. */
	library = dlopen(link, RTLD_LAZY | RTLD_LOCAL | RTLD_NOLOAD);
	if (library == NULL)
		(void)close(fd);
	else
		(void)dlclose(library);
	return status;
}

static const struct astro_provider *find_loaded(const char *name)
{
	const struct loaded *entry;

	for (entry = loaded_list; entry != NULL; entry = entry->next)
		if (strcmp(entry->name, name) == 0)
			return &entry->table;
	return NULL;
}

/* Load what has been judged, telling the parent whose turn it is. */
static int run_file(const struct loader_folders *folders, int fd,
                    const char *path, size_t object_size, struct loaded *entry,
                    struct astro_error *err)
{
	struct footprint before;
	int status;

	if (folders->report_fd >= 0)
		report_stage(folders->report_fd, REPORT_PROVIDER, entry->name);
	footprint_take(&before, folders->report_fd);
	status = load_file(fd, path, object_size, entry, err);
	/* One that is refused for this stays loaded: who knows what its
	 * destructors would do. */
	if (status == ASTRO_OK)
		status = footprint_compare(&before, path, err);
	if (folders->report_fd >= 0)
		report_turn(folders->report_fd, REPORT_TURN_HOST);
	return status;
}

/* The parent need not watch its turn: it is waited for with patience here. */
static int run_program(const struct loader_folders *folders, int fd,
                       const char *path, struct loaded *entry,
                       struct astro_error *err)
{
	if (folders->report_fd >= 0) {
		report_stage(folders->report_fd, REPORT_PROVIDER, entry->name);
		report_turn(folders->report_fd, REPORT_TURN_HOST);
	}
	return exec_load(fd, path, entry->name, &entry->table, &entry->program,
	                 err);
}

/* A file that was found. */
struct found {
	enum file_kind kind;
	int fd;
	const char *path;
};

static int take_file(const struct loader_folders *folders,
                     const struct found *found, const char *name,
                     const struct astro_provider **out, struct astro_error *err)
{
	const char *path = found->path;
	struct loaded *entry;
	size_t object_size;
	int fd = found->fd, status;

	*out = NULL;
	status = judge(folders, fd, found->kind, name, path, &object_size, err);
	if (status != ASTRO_OK) {
		(void)close(fd);
		return status;
	}
	entry = calloc(1, sizeof(*entry));
	if (entry == NULL) {
		(void)close(fd);
		return error_no_memory(err);
	}
	memcpy(entry->name, name, strlen(name) + 1);
	if (found->kind == FILE_PROGRAM)
		status = run_program(folders, fd, path, entry, err);
	else
		status = run_file(folders, fd, path, object_size, entry, err);
	if (status != ASTRO_OK) {
		free(entry);
		return status;
	}
	log_write(ASTRO_DEBUG, "provider %s: %s, contract %u.%u", name, path,
	          (unsigned)entry->table.abi_major,
	          (unsigned)entry->table.abi_minor);
	entry->next = loaded_list;
	loaded_list = entry;
	*out = &entry->table;
	return ASTRO_OK;
}

int loader_take(const struct loader_folders *folders, int fd, const char *name,
                const char *path, const struct astro_provider **out,
                struct astro_error *err)
{
	const struct found found = {FILE_LIBRARY, fd, path};

	return take_file(folders, &found, name, out, err);
}

void loader_file_clear(struct loader_file *file)
{
	if (file->fd >= 0)
		(void)close(file->fd);
	file->fd = -1;
	text_clear(&file->path);
}

int loader_open(const struct loader_folders *folders, const char *folder,
                const char *name, struct loader_file *out,
                struct astro_error *err)
{
	int status;

	text_init(&out->path, PATH_TEXT_MAX);
	status = open_file(folder, FILE_LIBRARY, name, &out->path, &out->fd,
	                   err);
	if (status == ASTRO_OK && out->fd >= 0)
		status = judge(folders, out->fd, FILE_LIBRARY, name,
		               out->path.bytes, &out->object_size, err);
	if (status != ASTRO_OK && out->fd >= 0) {
		(void)close(out->fd);
		out->fd = -1;
	}
	return status;
}

/* *FD is -1 with ASTRO_OK where no folder has NAME. */
static int find_file(const struct loader_folders *folders, enum file_kind kind,
                     const char *name, struct text *path, int *fd,
                     struct astro_error *err)
{
	int status = ASTRO_OK;
	size_t i;

	*fd = -1;
	for (i = 0;
	     folders->folders[i] != NULL && *fd < 0 && status == ASTRO_OK; i++)
		status = open_file(folders->folders[i], kind, name, path, fd,
		                   err);
	return status;
}

int loader_load(const struct loader_folders *folders, const char *name,
                const struct astro_provider **out, struct astro_error *err)
{
	struct found found = {.kind = FILE_LIBRARY};
	struct text path;
	int status;

	*out = NULL;
	if (!loader_name_is_plain(name))
		return error_set(err, ASTRO_BAD_PLUGIN,
		                 "it has 1 to 32 of a-z, 0-9, _ and -",
		                 "\"%s\" is no name of a provider", name);
	*out = find_loaded(name);
	if (*out != NULL)
		return ASTRO_OK;

	text_init(&path, PATH_TEXT_MAX);
	status = find_file(folders, FILE_LIBRARY, name, &path, &found.fd, err);
	if (status == ASTRO_OK && found.fd < 0) {
		found.kind = FILE_PROGRAM;
		status = find_file(folders, FILE_PROGRAM, name, &path,
		                   &found.fd, err);
	}
	found.path = path.bytes;
	if (found.fd >= 0)
		status = take_file(folders, &found, name, out, err);
	else if (status == ASTRO_OK)
		status = loader_not_found(folders, name, err);
	text_clear(&path);
	return status;
}

struct exec_program *loader_program(const struct astro_provider *provider)
{
	const struct loaded *entry;

	for (entry = loaded_list; entry != NULL; entry = entry->next)
		if (&entry->table == provider)
			return entry->program;
	return NULL;
}

void loader_forget(void)
{
	while (loaded_list != NULL) {
		struct loaded *entry = loaded_list;

		loaded_list = entry->next;
		exec_free(entry->program);
		free(entry);
	}
}
