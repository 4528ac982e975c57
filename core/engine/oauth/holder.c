/* SPDX-License-Identifier: Apache-2.0 */
/* Finds the program behind a listening port: /proc/net/tcp has the socket's
 * inode, /proc/PID/fd the process that holds it. */
#include "holder.h"

#include <ctype.h>
#include <dirent.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	STATE_LISTEN = 0x0A,
	WORD_DIGITS = 8,
	WORDS_MAX = 4, /* in an address of IPv6 */
	PATH_SIZE = 320
};

/* How many words there are in an address of /proc/net/tcp{,6}: 1 or 4. */
static size_t read_words(const char *hex, uint32_t words[WORDS_MAX])
{
	size_t count = strlen(hex) / WORD_DIGITS, i;

	for (i = 0; i < count && i < WORDS_MAX; i++) {
		char digits[WORD_DIGITS + 1];

		memcpy(digits, hex + i * WORD_DIGITS, WORD_DIGITS);
		digits[WORD_DIGITS] = '\0';
		words[i] = (uint32_t)strtoul(digits, NULL, 16);
	}
	return count;
}

/* Whether an address in hexadecimal keeps the loopback port from us. */
static bool address_clashes(const char *hex)
{
	const uint32_t loopback = htonl(INADDR_LOOPBACK);
	const uint32_t one = htonl(1), mapped = htonl(0xFFFF);
	uint32_t word[WORDS_MAX] = {0};
	size_t count = read_words(hex, word);

	if (count == 1)
		return word[0] == 0 || word[0] == loopback;
	if (count != WORDS_MAX || word[0] != 0 || word[1] != 0)
		return false;
	if (word[2] == mapped)
		return word[3] == loopback || word[3] == 0;
	return word[2] == 0 && (word[3] == 0 || word[3] == one);
}

/* The inode of the socket listening on PORT, or 0. */
static unsigned long find_inode(const char *table, uint16_t port)
{
	FILE *stream = fopen(table, "re");
	unsigned long found = 0;
	char line[512];

	if (stream == NULL)
		return 0;
	while (found == 0 && fgets(line, sizeof(line), stream) != NULL) {
		char address[WORDS_MAX * WORD_DIGITS + 1];
		char local[5], state[3], inode[21];

		if (sscanf(line,
		           " %*d: %32[0-9A-Fa-f]:%4[0-9A-Fa-f] %*s "
		           "%2[0-9A-Fa-f] %*s %*s %*s %*d %*d %20[0-9]",
		           address, local, state, inode) == 4 &&
		    strtoul(local, NULL, 16) == port &&
		    strtoul(state, NULL, 16) == STATE_LISTEN &&
		    address_clashes(address))
			found = strtoul(inode, NULL, 10);
	}
	(void)fclose(stream);
	return found;
}

static bool process_holds(const char *pid, const char *link)
{
	char folder[PATH_SIZE], path[PATH_SIZE * 2], target[64];
	struct dirent *entry;
	bool holds = false;
	DIR *dir;

	(void)snprintf(folder, sizeof(folder), "/proc/%s/fd", pid);
	dir = opendir(folder);
	if (dir == NULL)
		return false; /* another person's */
	while (!holds && (entry = readdir(dir)) != NULL) {
		ssize_t len;

		(void)snprintf(path, sizeof(path), "%s/%s", folder,
		               entry->d_name);
		len = readlink(path, target, sizeof(target) - 1);
		if (len <= 0)
			continue;
		target[len] = '\0';
		holds = strcmp(target, link) == 0;
	}
	(void)closedir(dir);
	return holds;
}

static void name_process(const char *pid, char *out, size_t size)
{
	char path[PATH_SIZE], name[64] = "";
	FILE *stream;

	(void)snprintf(path, sizeof(path), "/proc/%s/comm", pid);
	stream = fopen(path, "re");
	if (stream != NULL) {
		if (fgets(name, sizeof(name), stream) != NULL)
			name[strcspn(name, "\n")] = '\0';
		(void)fclose(stream);
	}
	(void)snprintf(out, size, "%s (pid %s)",
	               name[0] != '\0' ? name : "a program", pid);
}

bool holder_find(uint16_t port, char *out, size_t size)
{
	unsigned long inode = find_inode("/proc/net/tcp", port);
	struct dirent *entry;
	bool found = false;
	char link[64];
	DIR *dir;

	if (inode == 0)
		inode = find_inode("/proc/net/tcp6", port);
	if (inode == 0)
		return false;
	(void)snprintf(link, sizeof(link), "socket:[%lu]", inode);

	dir = opendir("/proc");
	if (dir == NULL)
		return false;
	while (!found && (entry = readdir(dir)) != NULL) {
		if (!isdigit((unsigned char)entry->d_name[0]) ||
		    !process_holds(entry->d_name, link))
			continue;
		name_process(entry->d_name, out, size);
		found = true;
	}
	(void)closedir(dir);
	return found;
}
