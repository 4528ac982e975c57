/* SPDX-License-Identifier: Apache-2.0 */
/* Finds the program that opens addresses, and writes the address for it. */
#include "opener.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "program.h"
#include "text.h"

/* Where Windows keeps its own programs, seen from its Linux. */
#define WINDOWS_FOLDER "/mnt/c/Windows/System32"

/* What cmd.exe takes is 8191 characters; an address grows by its carets. */
enum { CMD_LINE_MAX = 8000, WINDOWS_URL_MAX = 256 * 1024 };

static const char *named(void)
{
	static const char *const names[] = {"ASTRO_BROWSER", "BROWSER"};
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *value = getenv(names[i]);

		if (value != NULL && value[strspn(value, " \t")] != '\0')
			return value;
	}
	return NULL;
}

bool opener_is_named(void)
{
	return named() != NULL && strcmp(named(), "none") != 0;
}

bool opener_is_refused(void)
{
	return named() != NULL && strcmp(named(), "none") == 0;
}

/* The helper that VS Code's server keeps beside its node: it hands an address
 * to the window, wherever that is.  The desktop's VS Code has none, and needs
 * none. */
static bool find_editor(char *out, size_t size)
{
	const char *node = getenv("VSCODE_GIT_ASKPASS_NODE");
	const char *end = node == NULL ? NULL : strrchr(node, '/');
	char path[OPENER_PATH_SIZE];
	int len;

	if (end == NULL || node[0] != '/')
		return false;
	len = snprintf(path, sizeof(path), "%.*s/bin/helpers/browser.sh",
	               (int)(end - node), node);
	return len > 0 && (size_t)len < sizeof(path) &&
	       program_find(path, out, size);
}

bool opener_is_editor(void)
{
	char path[OPENER_PATH_SIZE];

	return find_editor(path, sizeof(path));
}

static bool is_windows_around(void)
{
	static const char *const names[] = {"WSL_DISTRO_NAME", "WSL_INTEROP"};
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *value = getenv(names[i]);

		if (value != NULL && value[0] != '\0')
			return true;
	}
	return false;
}

static int split(struct opener *opener, const char *value,
                 struct astro_error *err)
{
	char *at = opener->words;

	if ((size_t)snprintf(opener->words, sizeof(opener->words), "%s",
	                     value) >= sizeof(opener->words))
		return error_set(err, ASTRO_UNSUPPORTED, NULL,
		                 "the browser's command is too long");
	while (*at != '\0') {
		at += strspn(at, " \t");
		if (*at == '\0')
			break;
		if (opener->count == OPENER_WORDS_MAX)
			return error_set(err, ASTRO_UNSUPPORTED, NULL,
			                 "the browser's command has too many "
			                 "words");
		opener->argv[opener->count++] = at;
		at += strcspn(at, " \t");
		if (*at != '\0')
			*at++ = '\0';
	}
	return ASTRO_OK;
}

static int find_named(struct opener *opener, struct astro_error *err)
{
	int status = split(opener, named(), err);

	if (status != ASTRO_OK)
		return status;
	if (program_find(opener->argv[0], opener->path, sizeof(opener->path)))
		return ASTRO_OK;
	return error_set(err, ASTRO_UNSUPPORTED, NULL,
	                 "the browser \"%s\" was not found", opener->argv[0]);
}

static bool take_program(struct opener *opener, const char *name)
{
	if (!program_find(name, opener->path, sizeof(opener->path)))
		return false;
	opener->argv[opener->count++] = name;
	return true;
}

/* In PATH, unless the person has kept Windows out of it. */
static bool take_windows(struct opener *opener, const char *name)
{
	char path[OPENER_PATH_SIZE];

	(void)snprintf(path, sizeof(path), WINDOWS_FOLDER "/%s", name);
	if (!program_find(name, opener->path, sizeof(opener->path)) &&
	    !program_find(path, opener->path, sizeof(opener->path)))
		return false;
	opener->argv[opener->count++] = name;
	return true;
}

/* The browser of the Windows around us.  rundll32.exe reads no shell syntax,
 * so it goes before cmd.exe, which does. */
static bool find_windows(struct opener *opener)
{
	if (take_program(opener, "wslview"))
		return true;
	if (take_windows(opener, "rundll32.exe")) {
		opener->argv[opener->count++] = "url.dll,FileProtocolHandler";
		return true;
	}
	if (take_windows(opener, "cmd.exe")) {
		opener->argv[opener->count++] = "/c";
		opener->argv[opener->count++] = "start";
		return true;
	}
	return false;
}

int opener_find(struct opener *opener, struct astro_error *err)
{
	static const char *const openers[] = {"xdg-open", "x-www-browser",
	                                      "www-browser", "wslview"};
	size_t i;

	if (opener_is_refused())
		return error_set(err, ASTRO_UNSUPPORTED, NULL,
		                 "the browser is set to \"none\"");
	if (opener_is_named())
		return find_named(opener, err);
	if (find_editor(opener->path, sizeof(opener->path))) {
		opener->argv[opener->count++] = opener->path;
		return ASTRO_OK;
	}
	if (is_windows_around() && find_windows(opener))
		return ASTRO_OK;
	for (i = 0; i < sizeof(openers) / sizeof(openers[0]); i++)
		if (take_program(opener, openers[i]))
			return ASTRO_OK;
	return error_set(err, ASTRO_UNSUPPORTED, NULL, "no browser was found");
}

/* Characters that no URI has (RFC 3986, 2): Windows' ways of quoting begin
 * with them. */
static bool add_for_windows(struct text *out, char byte, bool is_cmd)
{
	if (strchr("\"<>\\^`{|}", byte) != NULL)
		return text_addf(out, is_cmd ? "^%%%02X" : "%%%02X",
		                 (unsigned)(unsigned char)byte);
	/* A caret takes the meaning from any character, "&" above all.  Before
	 * "%" it also ends up in the name of the variable that "%20a^%" would
	 * be, and there is none of such a name. */
	if (is_cmd && !isalnum((unsigned char)byte) && !text_add(out, "^", 1))
		return false;
	return text_add(out, &byte, 1);
}

static int write_for_windows(struct opener *opener, const char *url,
                             struct astro_error *err)
{
	bool is_cmd = strcmp(opener->argv[0], "cmd.exe") == 0;
	struct text out;
	int status = ASTRO_OK;
	bool fits = true;

	text_init(&out, is_cmd ? CMD_LINE_MAX : WINDOWS_URL_MAX);
	for (; fits && *url != '\0'; url++)
		fits = add_for_windows(&out, *url, is_cmd);
	if (fits)
		opener->address = text_copy(out.bytes);
	if (!fits)
		status = error_set(err, ASTRO_UNSUPPORTED, NULL,
		                   "the address is too long for %s",
		                   opener->argv[0]);
	else if (opener->address == NULL)
		status = error_no_memory(err);
	text_clear(&out);
	return status;
}

static bool is_windows_program(const struct opener *opener)
{
	return strcmp(opener->argv[0], "cmd.exe") == 0 ||
	       strcmp(opener->argv[0], "rundll32.exe") == 0;
}

int opener_make(struct opener *opener, const char *url, struct astro_error *err)
{
	int status;

	if ((strncmp(url, "https://", 8) != 0 &&
	     strncmp(url, "http://", 7) != 0) ||
	    !text_is_visible(url, strlen(url)) || strchr(url, ' ') != NULL)
		return error_set(err, ASTRO_UNSAFE, NULL,
		                 "\"%s\" is no web address for a browser", url);
	status = opener_find(opener, err);
	if (status != ASTRO_OK)
		return status;
	/* Who names one of them with words of his own knows what it reads. */
	if (!opener_is_named() && is_windows_program(opener))
		status = write_for_windows(opener, url, err);
	opener->argv[opener->count] =
		opener->address != NULL ? opener->address : url;
	return status;
}

void opener_clear(struct opener *opener)
{
	free(opener->address);
	opener->address = NULL;
}
