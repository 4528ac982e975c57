/* SPDX-License-Identifier: Apache-2.0 */
/* From PREFIX/share/astro/templates to a folder of the person's. */
#include "project.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "error.h"
#include "prefix.h"
#include "text.h"

enum { NAME_LEN_MAX = 32, FILE_MAX = 64 * 1024, WORDS = 5, FILES = 5 };

const char *const project_kinds[] = {"oauth", "password", "token", NULL};

/* One file of a project; %s is the kind, or the name. */
static const struct {
	const char *from, *to;
	mode_t mode;
} files[FILES] = {
	{"common/CMakeLists.txt.in", "CMakeLists.txt", 0666},
	{"common/README.md.in", "README.md", 0666},
	{"common/test.sh.in", "test.sh", 0777},
	{"%s/sandbox.sh.in", "sandbox.sh", 0666},
	{"%s/provider.c.in", "%s.c", 0666},
};

/* What stands for something else in a template. */
struct word {
	const char *word, *text;
};

struct making {
	const struct project *project;
	char prefix[PATH_MAX];
	char title[NAME_LEN_MAX + 1];
	char include[PATH_MAX + 16], cmake[PATH_MAX + 32];
	struct word words[WORDS];
	bool has_made_folder;
	char paths[FILES][PATH_MAX];
	size_t written;
};

static int judge_name(const char *name, struct astro_error *err)
{
	/* CMake keeps these for targets of its own. */
	static const char *const kept[] = {"all",  "clean",   "help", "install",
	                                   "test", "package", NULL};
	size_t len = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_-"), i;

	if (len == 0 || len > NAME_LEN_MAX || name[len] != '\0')
		return error_set(err, ASTRO_USAGE,
		                 "it has 1 to 32 of a-z, 0-9, _ and -",
		                 "\"%s\" is no name of a provider", name);
	if (name[0] == '-')
		return error_set(err, ASTRO_USAGE, "take another name",
		                 "compilers take the name %s for a flag", name);
	for (i = 0; kept[i] != NULL; i++)
		if (strcmp(name, kept[i]) == 0)
			return error_set(err, ASTRO_USAGE, "take another name",
			                 "CMake keeps the name %s for itself",
			                 name);
	return ASTRO_OK;
}

static int judge_kind(const char *kind, struct astro_error *err)
{
	size_t i;

	for (i = 0; project_kinds[i] != NULL; i++)
		if (strcmp(kind, project_kinds[i]) == 0)
			return ASTRO_OK;
	return error_set(err, ASTRO_USAGE,
	                 "there are oauth, password and token",
	                 "there is no kind of provider called %s", kind);
}

/* "my-corp" is "My Corp". */
static void make_title(const char *name, char *out)
{
	bool begins = true;

	for (; *name != '\0'; name++) {
		bool is_blank = *name == '-' || *name == '_';

		if (is_blank)
			*out++ = ' ';
		else if (begins && *name >= 'a' && *name <= 'z')
			*out++ = (char)(*name - 'a' + 'A');
		else
			*out++ = *name;
		begins = is_blank;
	}
	*out = '\0';
}

static void fill_words(struct making *making)
{
	const char *prefix = making->prefix;

	make_title(making->project->name, making->title);
	/* Compilers and CMake look there anyway. */
	if (strcmp(prefix, "/usr") != 0 && strcmp(prefix, "/usr/local") != 0) {
		(void)snprintf(making->include, sizeof(making->include),
		               "-I%s/include ", prefix);
		(void)snprintf(making->cmake, sizeof(making->cmake),
		               " -DCMAKE_PREFIX_PATH=%s", prefix);
	}
	making->words[0] = (struct word){"@NAME@", making->project->name};
	making->words[1] = (struct word){"@TITLE@", making->title};
	making->words[2] = (struct word){"@CFLAGS@", making->include};
	making->words[3] = (struct word){"@CMAKE_PREFIX@", making->cmake};
	making->words[4] = (struct word){"@PREFIX@", prefix};
}

static int too_long(const char *folder, struct astro_error *err)
{
	return error_set(err, ASTRO_INTERNAL, NULL, "%s: the path is too long",
	                 folder);
}

static int fill_paths(struct making *making, struct astro_error *err)
{
	const struct project *project = making->project;
	char name[NAME_LEN_MAX + 8];
	struct stat info;
	size_t i;

	for (i = 0; i < FILES; i++) {
		(void)snprintf(name, sizeof(name), files[i].to, project->name);
		if (snprintf(making->paths[i], PATH_MAX, "%s/%s",
		             project->folder, name) >= PATH_MAX)
			return too_long(project->folder, err);
		if (lstat(making->paths[i], &info) == 0)
			return error_set(err, ASTRO_INTERNAL,
			                 "name another folder with --folder",
			                 "%s is there already, and stays as "
			                 "it is",
			                 making->paths[i]);
	}
	return ASTRO_OK;
}

static int read_template(const char *path, struct text *out,
                         struct astro_error *err)
{
	char bytes[4096];
	ssize_t got = -1;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	while (fd >= 0 && (got = read(fd, bytes, sizeof(bytes))) > 0)
		if (!text_add(out, bytes, (size_t)got)) {
			got = -1;
			errno = EFBIG;
			break;
		}
	if (fd < 0 || got < 0)
		(void)error_set_system(err, ASTRO_INTERNAL, errno,
		                       "install astro again, or build it anew",
		                       "%s", path);
	if (fd >= 0)
		(void)close(fd);
	return fd < 0 || got < 0 ? ASTRO_INTERNAL : ASTRO_OK;
}

static const struct word *word_at(const struct making *making, const char *at)
{
	size_t i;

	for (i = 0; i < WORDS; i++)
		if (strncmp(at, making->words[i].word,
		            strlen(making->words[i].word)) == 0)
			return &making->words[i];
	return NULL;
}

static bool fill_in(const struct making *making, const char *template,
                    struct text *out)
{
	const char *at = template, *next;

	while ((next = strchr(at, '@')) != NULL) {
		const struct word *word = word_at(making, next);

		if (!text_add(out, at, (size_t)(next - at)) ||
		    !text_add_string(out, word != NULL ? word->text : "@"))
			return false;
		at = next + (word != NULL ? strlen(word->word) : 1);
	}
	return text_add_string(out, at);
}

static int write_file(struct making *making, const struct text *text,
                      struct astro_error *err)
{
	const char *path = making->paths[making->written];
	mode_t mode = files[making->written].mode;
	size_t done = 0;
	ssize_t put = 0;
	int fd, number;

	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
	if (fd < 0)
		return error_set_system(err, ASTRO_INTERNAL, errno, NULL, "%s",
		                        path);
	making->written++;
	while (put >= 0 && done < text->len) {
		put = write(fd, text->bytes + done, text->len - done);
		if (put < 0 && errno == EINTR)
			put = 0;
		done += put > 0 ? (size_t)put : 0;
	}
	number = errno;
	if (close(fd) != 0 && put >= 0) {
		number = errno;
		put = -1;
	}
	return put >= 0 ? ASTRO_OK
	                : error_set_system(err, ASTRO_INTERNAL, number, NULL,
	                                   "%s", path);
}

static int make_file(struct making *making, struct astro_error *err)
{
	const struct project *project = making->project;
	char from[64], path[PATH_MAX + 96];
	struct text template, filled;
	int status;

	text_init(&template, FILE_MAX);
	text_init(&filled, FILE_MAX);
	(void)snprintf(from, sizeof(from), files[making->written].from,
	               project->kind);
	(void)snprintf(path, sizeof(path), "%s/share/astro/templates/%s",
	               making->prefix, from);
	status = read_template(path, &template, err);
	if (status == ASTRO_OK && !fill_in(making, template.bytes, &filled))
		status = error_no_memory(err);
	if (status == ASTRO_OK)
		status = write_file(making, &filled, err);
	text_clear(&template);
	text_clear(&filled);
	return status;
}

static int make_folder(struct making *making, struct astro_error *err)
{
	const char *folder = making->project->folder;
	struct stat info;

	making->has_made_folder = mkdir(folder, 0777) == 0;
	if (making->has_made_folder ||
	    (errno == EEXIST && stat(folder, &info) == 0 &&
	     S_ISDIR(info.st_mode)))
		return ASTRO_OK;
	return error_set_system(err, ASTRO_INTERNAL, errno, NULL, "%s", folder);
}

static void undo(const struct making *making)
{
	size_t i;

	for (i = 0; i < making->written; i++)
		(void)unlink(making->paths[i]);
	if (making->has_made_folder)
		(void)rmdir(making->project->folder);
}

int project_make(const struct project *project, struct astro_error *err)
{
	struct making making = {.project = project};
	int status;

	status = judge_name(project->name, err);
	if (status == ASTRO_OK)
		status = judge_kind(project->kind, err);
	if (status == ASTRO_OK)
		status = prefix_find(making.prefix, sizeof(making.prefix), err);
	if (status == ASTRO_OK)
		status = fill_paths(&making, err);
	if (status == ASTRO_OK)
		status = make_folder(&making, err);
	if (status == ASTRO_OK)
		fill_words(&making);
	while (status == ASTRO_OK && making.written < FILES)
		status = make_file(&making, err);
	if (status != ASTRO_OK)
		undo(&making);
	return status;
}
