/* SPDX-License-Identifier: Apache-2.0 */
/* Editing a line that is being typed, byte by byte. */
#include "typing.h"

#include <string.h>
#include <sys/mman.h>

#include "error.h"

enum {
	KEY_END = 0x04,
	KEY_BELL = 0x07,
	KEY_BACKSPACE = 0x08,
	KEY_KILL = 0x15,
	KEY_WORD = 0x17,
	KEY_ESCAPE = 0x1B,
	KEY_DELETE = 0x7F
};

bool typing_init(struct typing *typing, size_t max, struct text *echo)
{
	void *bytes = mmap(NULL, max + 1, PROT_READ | PROT_WRITE,
	                   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	memset(typing, 0, sizeof(*typing));
	if (bytes == MAP_FAILED)
		return false;
	/* Both are asked for, not required: limits differ. */
	(void)mlock(bytes, max + 1);
	(void)madvise(bytes, max + 1, MADV_DONTDUMP);
	typing->bytes = bytes;
	typing->max = max;
	typing->echo = echo;
	return true;
}

void typing_clear(struct typing *typing)
{
	if (typing->bytes == NULL)
		return;
	typing_reset(typing);
	(void)munmap(typing->bytes, typing->max + 1);
	typing->bytes = NULL;
}

void typing_reset(struct typing *typing)
{
	typing->len = 0;
	explicit_bzero(typing->bytes, typing->max + 1);
	typing->state = TYPING_GROUND;
	typing->is_too_long = false;
	typing->has_control = false;
}

/* An echo that does not fit is lost; what was typed is not. */
static void show(struct typing *typing, const char *bytes, size_t len)
{
	if (typing->echo != NULL)
		(void)text_add(typing->echo, bytes, len);
}

static bool continues(char byte)
{
	return ((unsigned char)byte & 0xC0) == 0x80;
}

/* Where the last character starts; with anything but UTF-8 near enough. */
static size_t last_character(const struct typing *typing)
{
	size_t at = typing->len;

	if (at == 0)
		return 0;
	at--;
	while (at > 0 && typing->len - at < 4 && continues(typing->bytes[at]))
		at--;
	return at;
}

static void erase_character(struct typing *typing)
{
	size_t at = last_character(typing), len = typing->len - at;
	unsigned code;

	if (typing->len == 0)
		return;
	/* Only whole characters have been shown. */
	if (text_character(typing->bytes + at, len, &code) == len)
		show(typing, "\b \b", 3);
	typing->len = at;
	explicit_bzero(typing->bytes + at, len);
}

static bool ends_in_blank(const struct typing *typing)
{
	return typing->len > 0 && typing->bytes[typing->len - 1] == ' ';
}

static void erase_word(struct typing *typing)
{
	while (ends_in_blank(typing))
		erase_character(typing);
	while (typing->len > 0 && !ends_in_blank(typing))
		erase_character(typing);
}

static void erase_all(struct typing *typing)
{
	while (typing->len > 0)
		erase_character(typing);
	typing_reset(typing);
}

static void add(struct typing *typing, unsigned char byte)
{
	size_t at, len;
	unsigned code;

	if (typing->len == typing->max) {
		typing->is_too_long = true;
		return;
	}
	typing->bytes[typing->len] = (char)byte;
	typing->len = typing->len + 1;

	at = last_character(typing);
	len = typing->len - at;
	if (text_character(typing->bytes + at, len, &code) != len)
		return;
	/* C1 moves the cursor just as C0 does. */
	if (code >= 0x80 && code <= 0x9F)
		typing->has_control = true;
	else
		show(typing, typing->bytes + at, len);
}

static bool is_control(unsigned char byte)
{
	return byte < 0x20 || byte == KEY_DELETE;
}

static enum typing_event
edit(struct typing *typing, const struct typing_keys *keys, unsigned char byte)
{
	if (byte == '\n' || byte == '\r')
		return TYPING_LINE;
	if (byte == KEY_END || (byte != 0 && byte == keys->end))
		return TYPING_END;
	if (byte == KEY_ESCAPE)
		typing->state = TYPING_ESCAPE;
	else if (byte == KEY_BACKSPACE || byte == KEY_DELETE ||
	         (byte != 0 && byte == keys->erase))
		erase_character(typing);
	else if (byte == KEY_KILL || (byte != 0 && byte == keys->kill))
		erase_all(typing);
	else if (byte == KEY_WORD || (byte != 0 && byte == keys->word))
		erase_word(typing);
	else if (is_control(byte))
		typing->has_control = true;
	else
		add(typing, byte);
	return TYPING_GOES_ON;
}

static enum typing_state after_escape(unsigned char byte)
{
	switch (byte) {
	case '[':
		return TYPING_SEQUENCE;
	case 'O': /* keypad and cursor keys in application mode */
		return TYPING_ONE_MORE;
	case ']':
	case 'P':
	case '^':
	case '_':
		return TYPING_STRING;
	}
	return TYPING_GROUND;
}

/* Cursor keys, the marks of a bracketed paste and the like: left out. */
static enum typing_state skip(enum typing_state state, unsigned char byte)
{
	switch (state) {
	case TYPING_ESCAPE:
		return after_escape(byte);
	case TYPING_SEQUENCE:
		/* The console's function keys are ESC [ [ A. */
		if (byte == '[')
			return TYPING_ONE_MORE;
		return byte >= 0x40 && byte <= 0x7E ? TYPING_GROUND
		                                    : TYPING_SEQUENCE;
	case TYPING_STRING:
		return TYPING_STRING;
	case TYPING_ONE_MORE:
	case TYPING_GROUND:
		break;
	}
	return TYPING_GROUND;
}

enum typing_event typing_key(struct typing *typing,
                             const struct typing_keys *keys, unsigned char byte)
{
	if (typing->state == TYPING_GROUND)
		return edit(typing, keys, byte);
	if (typing->state == TYPING_STRING && byte == KEY_BELL) {
		typing->state = TYPING_GROUND;
		return TYPING_GOES_ON;
	}
	/* No sequence holds a control character: Enter is still Enter. */
	if (is_control(byte)) {
		typing->state = TYPING_GROUND;
		return edit(typing, keys, byte);
	}
	typing->state = skip(typing->state, byte);
	return TYPING_GOES_ON;
}

int typing_check(const struct typing *typing, const char *what,
                 struct astro_error *err)
{
	if (typing->is_too_long)
		return error_set(err, ASTRO_DENIED, NULL,
		                 "the %s is longer than %zu bytes", what,
		                 typing->max);
	if (typing->has_control)
		return error_set(err, ASTRO_DENIED,
		                 "type it again, without special keys",
		                 "the %s holds a control character", what);
	if (!text_is_utf8(typing->bytes, typing->len))
		return error_set(err, ASTRO_DENIED, "use a UTF-8 terminal",
		                 "the %s is not UTF-8", what);
	return ASTRO_OK;
}
