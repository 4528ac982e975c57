/* SPDX-License-Identifier: Apache-2.0 */
/* A provider's file: the loader's judge, the catalogue, the check. */
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <astro/provider.h>

#include "elf_file.h"
#include "elf_table.h"
#include "fuzz.h"
#include "object.h"

static int write_file(const uint8_t *bytes, size_t len)
{
	int fd = memfd_create("provider", MFD_CLOEXEC);

	MUST(fd >= 0);
	MUST(write(fd, bytes, len) == (ssize_t)len);
	return fd;
}

static void check_object(int fd, size_t len)
{
	struct object object;
	int nobody = open("/dev/null", O_WRONLY | O_CLOEXEC);

	if (object_open(fd, len, &object)) {
		object_judge(&object, nobody);
		object_judge_symbol(&object, nobody);
	}
	/* It stays mapped for the rest of a process, which here is long. */
	if (object.bytes != NULL)
		(void)munmap((void *)(uintptr_t)object.bytes, object.size);
	(void)close(nobody);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	char why[ELF_REASON_MAX] = "";
	struct elf_table table;
	int fd = write_file(bytes, len);
	size_t size = elf_judge(fd, len, ASTRO_PROVIDER_SYMBOL, why);

	/* What is refused is refused with a reason. */
	MUST(size > 0 || why[0] != '\0');
	if (elf_table_read(fd, len, ASTRO_PROVIDER_SYMBOL, &table)) {
		/* Nothing is shown of what would not be loaded. */
		MUST(size > 0);
		MUST(memchr(table.name, '\0', sizeof(table.name)) != NULL);
		MUST(memchr(table.title, '\0', sizeof(table.title)) != NULL);
		elf_table_clear(&table);
	}
	if (size > 0)
		check_object(fd, len);
	(void)close(fd);
	return 0;
}
