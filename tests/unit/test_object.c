/* SPDX-License-Identifier: Apache-2.0 */
/* A provider's sections, which the dynamic linker never looks at. */
#include "object.h"

#include <check.h>
#include <elf.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kit.h"

static unsigned char *bytes;
static size_t size;
static struct object object;

static void set_up(void)
{
	kit_setup();
	kit_plugin("plugins", "good", "copy");
	bytes = (unsigned char *)kit_read("plugins/copy.so", &size);
}

static void tear_down(void)
{
	free(bytes);
	kit_teardown();
}

static bool open_object(void)
{
	bool is_open;
	int fd;

	kit_write("plugins/copy.so", bytes, size, 0755);
	fd = open(kit_path("plugins/copy.so"), O_RDONLY | O_CLOEXEC);
	ck_assert_int_ge(fd, 0);
	is_open = object_open(fd, size, &object);
	(void)close(fd);
	return is_open;
}

static Elf64_Shdr *section_of(uint32_t type, size_t index, uint32_t *number)
{
	const Elf64_Ehdr *elf = (const Elf64_Ehdr *)(const void *)bytes;
	Elf64_Shdr *sections = (Elf64_Shdr *)(void *)(bytes + elf->e_shoff);

	for (*number = 0; *number < elf->e_shnum; (*number)++)
		if (sections[*number].sh_type == type && index-- == 0)
			return &sections[*number];
	ck_abort_msg("no such section");
	return NULL;
}

START_TEST(finds_the_symbols_and_their_names)
{
	ck_assert(open_object());

	ck_assert_uint_gt(object.symbol_count, 1);
	ck_assert_int_eq(object.names[object.names_size - 1], '\0');
}
END_TEST

/* Names without an end would be read to the end of the file and beyond. */
START_TEST(a_second_table_of_symbols_does_not_spoil_the_first)
{
	uint32_t text, ignored;
	Elf64_Shdr *names = section_of(SHT_PROGBITS, 0, &text);
	Elf64_Shdr *second = section_of(SHT_NOBITS, 0, &ignored);

	bytes[names->sh_offset + names->sh_size - 1] = 'x';
	second->sh_type = SHT_DYNSYM;
	second->sh_offset = 64;
	second->sh_size = 48;
	second->sh_link = text;

	ck_assert(open_object());
	ck_assert_uint_gt(object.symbol_count, 1);
	ck_assert_int_eq(object.names[object.names_size - 1], '\0');
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("object");
	TCase *tcase = tcase_create("object");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, finds_the_symbols_and_their_names);
	tcase_add_test(tcase,
	               a_second_table_of_symbols_does_not_spoil_the_first);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
