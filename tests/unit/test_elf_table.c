/* SPDX-License-Identifier: Apache-2.0 */
/* What a provider's file says about it, and what a hostile file cannot do. */
#include "elf_table.h"

#include <check.h>
#include <elf.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <astro/provider.h>

#include "elf_object.h"
#include "kit.h"

static struct elf_table table;
static int fd;
static uint64_t size;

static void set_up(void)
{
	kit_setup();
	fd = -1;
}

static void tear_down(void)
{
	elf_table_clear(&table);
	if (fd >= 0)
		(void)close(fd);
	kit_teardown();
}

static void open_plugin(const char *name)
{
	struct stat info;

	kit_plugin("plugins", name, "copy");
	fd = open(kit_path("plugins/copy.so"), O_RDWR | O_CLOEXEC);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(fstat(fd, &info), 0);
	size = (uint64_t)info.st_size;
}

static bool read_table(void)
{
	return elf_table_read(fd, size, ASTRO_PROVIDER_SYMBOL, &table);
}

START_TEST(reads_who_a_provider_is)
{
	open_plugin("good");

	ck_assert(read_table());

	ck_assert_uint_eq(table.size, sizeof(struct astro_provider));
	ck_assert_uint_eq(table.abi_major, ASTRO_ABI_MAJOR);
	ck_assert_uint_eq(table.abi_minor, ASTRO_ABI_MINOR);
	ck_assert_int_eq(table.name_is, ELF_TEXT_KNOWN);
	ck_assert_str_eq(table.name, "good");
	ck_assert_int_eq(table.title_is, ELF_TEXT_KNOWN);
	ck_assert_str_eq(table.title, "Good");
	ck_assert_int_eq(table.domains_are, ELF_TEXT_KNOWN);
	ck_assert_uint_eq(table.domain_count, 2);
	ck_assert_str_eq(table.domains[0], "good\\.test");
	ck_assert_str_eq(table.domains[1], "(.*\\.)?good\\.example");
}
END_TEST

START_TEST(reads_a_table_without_domains)
{
	open_plugin("denies");

	ck_assert(read_table());

	ck_assert_str_eq(table.name, "denies");
	ck_assert_int_eq(table.domains_are, ELF_TEXT_NONE);
	ck_assert_uint_eq(table.domain_count, 0);
}
END_TEST

START_TEST(reads_packed_relocations)
{
	struct elf_object object;

	open_plugin("packed");
	ck_assert(elf_open(fd, size, &object));
	ck_assert_uint_ne(elf_dynamic_value(&object, 36 /* DT_RELR */), 0);

	ck_assert(read_table());

	ck_assert_str_eq(table.name, "packed");
	ck_assert_str_eq(table.title, "Test packed");
	ck_assert_int_eq(table.domains_are, ELF_TEXT_KNOWN);
	ck_assert_uint_eq(table.domain_count, 5);
	ck_assert_str_eq(table.domains[4], "5\\.packed\\.example");
}
END_TEST

START_TEST(follows_relocations_by_a_symbol)
{
	open_plugin("exported");

	ck_assert(read_table());

	ck_assert_str_eq(table.name, "exported");
	ck_assert_str_eq(table.title, "Exported");
	ck_assert_int_eq(table.domains_are, ELF_TEXT_KNOWN);
	ck_assert_uint_eq(table.domain_count, 2);
	ck_assert_str_eq(table.domains[1], "b\\.exported\\.example");
}
END_TEST

START_TEST(reads_a_table_of_another_length)
{
	open_plugin(_i == 0 ? "older" : "newer");

	ck_assert(read_table());

	ck_assert_str_eq(table.name, _i == 0 ? "older" : "newer");
	ck_assert_uint_eq(table.abi_minor, _i == 0 ? 0 : 7);
}
END_TEST

/* Behind its first three members another major may have anything. */
START_TEST(takes_only_the_version_from_another_major)
{
	open_plugin("major2");

	ck_assert(read_table());

	ck_assert_uint_eq(table.abi_major, 2);
	ck_assert_int_eq(table.name_is, ELF_TEXT_UNKNOWN);
	ck_assert_int_eq(table.domains_are, ELF_TEXT_UNKNOWN);
}
END_TEST

static const char *const none[] = {"nosymbol", "function", "future"};

START_TEST(finds_no_table_where_there_is_none)
{
	open_plugin(none[_i]);

	ck_assert(!read_table());
}
END_TEST

/* Where the relocation of ADDRESS lies in the file, and what it is. */
static off_t find_relocation(uint64_t address, Elf64_Rela *out)
{
	struct elf_object object;
	uint64_t at, end;

	ck_assert(elf_open(fd, size, &object));
	at = elf_dynamic_value(&object, DT_RELA);
	end = at + elf_dynamic_value(&object, DT_RELASZ);
	/* The relocations lie in the first segment, at its own address. */
	for (; at < end; at += sizeof(*out)) {
		ck_assert_int_eq(pread(fd, out, sizeof(*out), (off_t)at),
		                 sizeof(*out));
		if (out->r_offset == address)
			return (off_t)at;
	}
	ck_abort_msg("there is no relocation");
	return -1;
}

static uint64_t member_address(size_t offset)
{
	struct elf_object object;
	Elf64_Sym symbol;

	ck_assert(elf_open(fd, size, &object));
	ck_assert(elf_find_symbol(&object, ASTRO_PROVIDER_SYMBOL, &symbol));
	return symbol.st_value + offset;
}

/* What the dynamic linker would have to compute is not guessed. */
START_TEST(does_not_guess_what_it_cannot_follow)
{
	Elf64_Rela rela;
	off_t at;

	open_plugin("good");
	at = find_relocation(
		member_address(offsetof(struct astro_provider, title)), &rela);
	rela.r_info = ELF64_R_INFO(0, 37 /* IRELATIVE on x86-64 */);
	ck_assert_int_eq(pwrite(fd, &rela, sizeof(rela), at), sizeof(rela));

	ck_assert(read_table());

	ck_assert_str_eq(table.name, "good");
	ck_assert_int_eq(table.title_is, ELF_TEXT_UNKNOWN);
	ck_assert_int_eq(table.domains_are, ELF_TEXT_KNOWN);
}
END_TEST

/* Half a list would claim less than the provider does. */
START_TEST(takes_no_half_list_of_domains)
{
	Elf64_Rela rela;
	uint64_t list;
	off_t at;

	open_plugin("good");
	(void)find_relocation(
		member_address(offsetof(struct astro_provider, domains)),
		&rela);
	list = (uint64_t)rela.r_addend;
	at = find_relocation(list + 8, &rela);
	rela.r_addend = -1;
	ck_assert_int_eq(pwrite(fd, &rela, sizeof(rela), at), sizeof(rela));

	ck_assert(read_table());

	ck_assert_int_eq(table.domains_are, ELF_TEXT_UNKNOWN);
	ck_assert_uint_eq(table.domain_count, 0);
	ck_assert_ptr_null(table.domains[0]);
}
END_TEST

/* A steady stream of numbers, other for each seed. */
static uint64_t next_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

static void check_bounds(void)
{
	size_t i;

	ck_assert_uint_lt(strnlen(table.name, sizeof(table.name)),
	                  sizeof(table.name));
	ck_assert_uint_lt(strnlen(table.title, sizeof(table.title)),
	                  sizeof(table.title));
	ck_assert_uint_le(table.domain_count, ELF_TABLE_DOMAINS_MAX);
	for (i = 0; i < table.domain_count; i++)
		ck_assert_uint_lt(strlen(table.domains[i]),
		                  ELF_TABLE_PATTERN_MAX);
}

static const char *const bases[] = {"good", "packed", "exported"};
enum { ROUNDS = 4000, CHANGES_MAX = 8 };

/* Bytes of the headers, the symbols, the relocations and the table itself, in
 * their thousands: nothing crashes, hangs or grows. */
START_TEST(survives_any_damage)
{
	static const unsigned char favourites[] = {0x00, 0x01, 0x07, 0x08,
	                                           0x7F, 0x80, 0xFE, 0xFF};
	uint64_t state = 0x9E3779B97F4A7C15u + (uint64_t)_i;
	size_t round, known = 0;

	open_plugin(bases[_i]);
	for (round = 0; round < ROUNDS; round++) {
		size_t count = 1 + next_random(&state) % CHANGES_MAX, i;
		unsigned char before[CHANGES_MAX], put;
		off_t at[CHANGES_MAX];

		for (i = 0; i < count; i++) {
			/* Most of what is read lies in front. */
			uint64_t range =
				next_random(&state) % 2 == 0 ? 2048 : size;
			uint64_t random = next_random(&state);

			at[i] = (off_t)(random % (range < size ? range : size));
			put = next_random(&state) % 2 == 0
			              ? favourites[random >> 32 & 7]
			              : (unsigned char)(random >> 40);
			ck_assert_int_eq(pread(fd, &before[i], 1, at[i]), 1);
			ck_assert_int_eq(pwrite(fd, &put, 1, at[i]), 1);
		}
		if (read_table()) {
			check_bounds();
			known++;
		}
		elf_table_clear(&table);
		while (count-- > 0)
			ck_assert_int_eq(
				pwrite(fd, &before[count], 1, at[count]), 1);
	}
	/* Some were read to the end, and some not even to the symbol. */
	ck_assert_uint_gt(known, ROUNDS / 20);
	ck_assert_uint_lt(known, ROUNDS);
	ck_assert(read_table());
	ck_assert_str_eq(table.name, bases[_i]);
}
END_TEST

START_TEST(survives_a_file_cut_short_at_any_point)
{
	size_t whole = kit_plugin_size("packed"), len;
	struct stat info;

	for (len = 0; len < whole; len += 64) {
		kit_plugin_cut("cut", "packed", len);
		fd = open(kit_path("cut/packed.so"), O_RDONLY | O_CLOEXEC);
		ck_assert_int_eq(fstat(fd, &info), 0);
		size = (uint64_t)info.st_size;
		if (read_table())
			check_bounds();
		elf_table_clear(&table);
		/* And one whose end is promised, but not there. */
		size = whole;
		if (read_table())
			check_bounds();
		elf_table_clear(&table);
		(void)close(fd);
		fd = -1;
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("elf_table");
	TCase *tcase = tcase_create("elf_table");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_set_timeout(tcase, 120);
	tcase_add_test(tcase, reads_who_a_provider_is);
	tcase_add_test(tcase, reads_a_table_without_domains);
	tcase_add_test(tcase, reads_packed_relocations);
	tcase_add_test(tcase, follows_relocations_by_a_symbol);
	tcase_add_loop_test(tcase, reads_a_table_of_another_length, 0, 2);
	tcase_add_test(tcase, takes_only_the_version_from_another_major);
	tcase_add_loop_test(tcase, finds_no_table_where_there_is_none, 0, 3);
	tcase_add_test(tcase, does_not_guess_what_it_cannot_follow);
	tcase_add_test(tcase, takes_no_half_list_of_domains);
	tcase_add_loop_test(tcase, survives_any_damage, 0, 3);
	tcase_add_test(tcase, survives_a_file_cut_short_at_any_point);
	suite_add_tcase(suite, tcase);

	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
