/* SPDX-License-Identifier: Apache-2.0 */
/* Finds the program behind a listening port: /proc/net/tcp has the socket's
 * inode, /proc/PID/fd the process that holds it. */
#include "holder.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	STATE_LISTEN = 0x0A,
	WORD_DIGITS = 8,
	WORDS_MAX = 4, /* in an address of IPv6 */
	PATH_SIZE = 320,
	NAME_SIZE = 64
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

struct listener {
	unsigned long inode; /* 0: none */
	unsigned long uid;
};

/* The socket listening on PORT. */
static struct listener find_listener(const char *table, uint16_t port)
{
	FILE *stream = fopen(table, "re");
	struct listener found = {0, 0};
	char line[512];

	if (stream == NULL)
		return found;
	while (found.inode == 0 && fgets(line, sizeof(line), stream) != NULL) {
		char address[WORDS_MAX * WORD_DIGITS + 1];
		char local[5], state[3], uid[11], inode[21];

		if (sscanf(line,
		           " %*d: %32[0-9A-Fa-f]:%4[0-9A-Fa-f] %*s "
		           "%2[0-9A-Fa-f] %*s %*s %*s %10[0-9] %*d %20[0-9]",
		           address, local, state, uid, inode) == 5 &&
		    strtoul(local, NULL, 16) == port &&
		    strtoul(state, NULL, 16) == STATE_LISTEN &&
		    address_clashes(address))
			found = (struct listener){strtoul(inode, NULL, 10),
			                          strtoul(uid, NULL, 10)};
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

/* "" where it cannot be read. */
static void read_name(const char *pid, char name[NAME_SIZE])
{
	char path[PATH_SIZE];
	FILE *stream;

	name[0] = '\0';
	(void)snprintf(path, sizeof(path), "/proc/%s/comm", pid);
	stream = fopen(path, "re");
	if (stream == NULL)
		return;
	if (fgets(name, NAME_SIZE, stream) != NULL)
		name[strcspn(name, "\n")] = '\0';
	(void)fclose(stream);
}

static void name_process(const char *pid, char *out, size_t size)
{
	char name[NAME_SIZE];

	read_name(pid, name);
	(void)snprintf(out, size, "%s (pid %s)",
	               name[0] != '\0' ? name : "a program", pid);
}

/* The number after NAME in /proc/PID/status, or 0. */
static unsigned long read_status(const char *pid, const char *name)
{
	char path[PATH_SIZE], line[256];
	unsigned long number = 0;
	size_t len = strlen(name);
	FILE *stream;

	(void)snprintf(path, sizeof(path), "/proc/%s/status", pid);
	stream = fopen(path, "re");
	if (stream == NULL)
		return 0;
	while (fgets(line, sizeof(line), stream) != NULL) {
		if (strncmp(line, name, len) == 0) {
			number = strtoul(line + len, NULL, 10);
			break;
		}
	}
	(void)fclose(stream);
	return number;
}

static bool is_closed_to_us(const char *pid)
{
	char folder[PATH_SIZE];
	DIR *dir;

	(void)snprintf(folder, sizeof(folder), "/proc/%s/fd", pid);
	dir = opendir(folder);
	if (dir != NULL)
		(void)closedir(dir);
	return dir == NULL && errno == EACCES;
}

/*
 * Another one of this program, run by UID: it lets nobody look into it, so that
 * the system says who listens and not with which process.  A login is two of
 * them, of which the child listens.  Where several are at work it is one of
 * them.
 */
static bool find_namesake(unsigned long uid, char *out, size_t size)
{
	unsigned long found = 0, parent = 0;
	char own[NAME_SIZE], name[NAME_SIZE], pid[24];
	DIR *dir = opendir("/proc");
	struct dirent *entry;
	size_t count = 0;

	if (dir == NULL)
		return false;
	read_name("self", own);
	while ((entry = readdir(dir)) != NULL) {
		unsigned long number = strtoul(entry->d_name, NULL, 10);

		if (number == 0 || number == (unsigned long)getpid() ||
		    number == (unsigned long)getppid())
			continue;
		read_name(entry->d_name, name);
		if (strcmp(name, own) != 0 ||
		    read_status(entry->d_name, "Uid:") != uid ||
		    !is_closed_to_us(entry->d_name))
			continue;
		/* In the order of /proc a parent may come second. */
		if (count > 0 && number == parent)
			continue;
		if (count > 0 && read_status(entry->d_name, "PPid:") == found)
			count--;
		found = number;
		parent = read_status(entry->d_name, "PPid:");
		count++;
	}
	(void)closedir(dir);
	(void)snprintf(pid, sizeof(pid), "%lu", found);
	if (count == 1)
		name_process(pid, out, size);
	else if (count > 1)
		(void)snprintf(out, size, "%s", own);
	return count > 0;
}

bool holder_find(uint16_t port, char *out, size_t size)
{
	struct listener listener = find_listener("/proc/net/tcp", port);
	struct dirent *entry;
	bool found = false;
	char link[64];
	DIR *dir;

	if (listener.inode == 0)
		listener = find_listener("/proc/net/tcp6", port);
	if (listener.inode == 0)
		return false;
	(void)snprintf(link, sizeof(link), "socket:[%lu]", listener.inode);

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
	return found || find_namesake(listener.uid, out, size);
}
