/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A good provider's file with one thing in it changed: what the dynamic linker
 * would read there is what is judged.
 */
#include "elf_file.h"

#include <check.h>
#include <elf.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <astro/provider.h>

#include "kit.h"

static unsigned char *bytes;
static size_t size;

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

static size_t judge(char *why)
{
	size_t found;
	int fd;

	kit_write("plugins/copy.so", bytes, size, 0755);
	fd = open(kit_path("plugins/copy.so"), O_RDONLY | O_CLOEXEC);
	ck_assert_int_ge(fd, 0);
	why[0] = '\0';
	found = elf_judge(fd, size, ASTRO_PROVIDER_SYMBOL, why);
	(void)close(fd);
	return found;
}

/* The INDEXth program header of TYPE. */
static Elf64_Phdr *header_of(uint32_t type, size_t index)
{
	const Elf64_Ehdr *elf = (const Elf64_Ehdr *)(const void *)bytes;
	Elf64_Phdr *headers = (Elf64_Phdr *)(void *)(bytes + elf->e_phoff);
	size_t i;

	for (i = 0; i < elf->e_phnum; i++)
		if (headers[i].p_type == type && index-- == 0)
			return &headers[i];
	ck_abort_msg("no such program header");
	return NULL;
}

/* The dynamic section's end, and what is left behind it. */
static Elf64_Dyn *dynamic_end(Elf64_Dyn **last)
{
	const Elf64_Phdr *dynamic = header_of(PT_DYNAMIC, 0);
	Elf64_Dyn *entry = (Elf64_Dyn *)(void *)(bytes + dynamic->p_offset);

	*last = entry + dynamic->p_filesz / sizeof(*entry) - 1;
	while (entry->d_tag != DT_NULL)
		entry++;
	/* ld leaves room for those who come later. */
	ck_assert(entry < *last);
	return entry;
}

static void without_a_word_on_the_stack(void)
{
	header_of(PT_GNU_STACK, 0)->p_type = PT_NULL;
}

static void with_an_executable_stack(void)
{
	header_of(PT_GNU_STACK, 0)->p_flags |= PF_X;
}

static void with_an_endless_dynamic_section(void)
{
	Elf64_Dyn *last, *entry = dynamic_end(&last);

	for (; entry <= last; entry++)
		entry->d_tag = DT_DEBUG;
}

static void with_a_second_table_of_strings(void)
{
	Elf64_Dyn *last, *entry = dynamic_end(&last);

	/* The linker takes the later one. */
	entry->d_tag = DT_STRTAB;
	entry->d_un.d_val = header_of(PT_LOAD, 0)->p_vaddr;
}

static void with_an_auxiliary(void)
{
	Elf64_Dyn *last, *entry = dynamic_end(&last);

	entry->d_tag = DT_AUXILIARY;
	entry->d_un.d_val = 1;
}

static void as_a_filter(void)
{
	Elf64_Dyn *last, *entry = dynamic_end(&last);

	entry->d_tag = DT_FILTER;
	entry->d_un.d_val = 1;
}

static void with_segments_out_of_order(void)
{
	Elf64_Phdr *first = header_of(PT_LOAD, 0);
	Elf64_Phdr *second = header_of(PT_LOAD, 1), other = *first;

	*first = *second;
	*second = other;
}

static void with_one_segment_over_another(void)
{
	header_of(PT_LOAD, 0)->p_memsz = header_of(PT_LOAD, 1)->p_vaddr + 1;
}

static void with_a_segment_beyond_all_addresses(void)
{
	header_of(PT_LOAD, 3)->p_memsz = UINT64_MAX;
}

static const struct {
	void (*change)(void);
	const char *says;
} changes[] = {
	/* The linker would make every stack of the process executable. */
	{without_a_word_on_the_stack,
         "asks for an executable stack (it has no PT_GNU_STACK)"},
	{with_an_executable_stack, "asks for an executable stack"},
	{with_an_endless_dynamic_section, "has a damaged dynamic section"},
	{with_a_second_table_of_strings, "has a damaged dynamic section"},
	{with_an_auxiliary, "is a filter for another library"},
	{as_a_filter, "is a filter for another library"},
	{with_segments_out_of_order, "has damaged program headers"},
	{with_one_segment_over_another, "has damaged program headers"},
	{with_a_segment_beyond_all_addresses, "has damaged program headers"},
};

START_TEST(a_file_with_one_thing_changed_is_refused_for_it)
{
	char why[ELF_REASON_MAX];

	ck_assert_uint_eq(judge(why), sizeof(struct astro_provider));
	changes[_i].change();

	ck_assert_uint_eq(judge(why), 0);
	ck_assert_str_eq(why, changes[_i].says);
}
END_TEST

static const struct {
	const char *path;
	bool is_taken;
} paths[] = {
	{"/opt/lib", true},
	{"$ORIGIN", true},
	{"$ORIGIN/lib", true},
	{"$ORIGIN:/opt/lib", true},
	{"lib", false},
	{"/opt/lib:", false},
	{"/opt/lib::$ORIGIN", false},
	/* A folder of this name. */
	{"$ORIGINAL", false},
	{"$ORIGIN_", false},
	/* Of no use (it is /proc/self/lib), but no harm either. */
	{"$ORIGIN/../lib", true},
	{"$ORIGIN/../cwdlib", true},
	{"/opt/cwd", true},
	/* The working directory, since an origin is /proc/self/fd. */
	{"$ORIGIN/../cwd", false},
	{"/opt/lib:$ORIGIN/../cwd/lib", false},
	{"/proc/self/cwd", false},
	{"/opt/../proc/thread-self/cwd/x", false},
};

START_TEST(a_search_path_cannot_lead_to_the_working_directory)
{
	char why[ELF_REASON_MAX];
	Elf64_Dyn *last, *entry = dynamic_end(&last);
	const Elf64_Phdr *text = header_of(PT_LOAD, 0);
	size_t room = text->p_offset + text->p_filesz;
	size_t len = strlen(paths[_i].path) + 1;
	Elf64_Dyn *table = entry;

	while (table->d_tag != DT_STRTAB)
		table--;
	/* The room between the first segment and the next is the string's. */
	ck_assert_uint_le(room + len, header_of(PT_LOAD, 1)->p_offset);
	memcpy(bytes + room, paths[_i].path, len);
	header_of(PT_LOAD, 0)->p_filesz += len;
	header_of(PT_LOAD, 0)->p_memsz += len;
	entry->d_tag = DT_RUNPATH;
	entry->d_un.d_val = room - table->d_un.d_val;
	while (table->d_tag != DT_STRSZ)
		table++;
	table->d_un.d_val = entry->d_un.d_val + len;

	if (paths[_i].is_taken) {
		ck_assert_uint_gt(judge(why), 0);
		return;
	}
	ck_assert_uint_eq(judge(why), 0);
	ck_assert_str_eq(why, "looks for libraries in the working directory");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("elf_file");
	TCase *tcase = tcase_create("elf_file");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_loop_test(tcase,
	                    a_file_with_one_thing_changed_is_refused_for_it, 0,
	                    sizeof(changes) / sizeof(changes[0]));
	tcase_add_loop_test(tcase,
	                    a_search_path_cannot_lead_to_the_working_directory,
	                    0, sizeof(paths) / sizeof(paths[0]));
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
