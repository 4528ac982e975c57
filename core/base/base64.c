/* SPDX-License-Identifier: Apache-2.0 */
/*
 * base64url.  Here and not from a library, because the cached token's path
 * reads a JWT's exp and loads none.
 */
#include "base64.h"

#include <stdint.h>
#include <string.h>

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
			     "abcdefghijklmnopqrstuvwxyz0123456789-_";

size_t base64_encoded_len(size_t len)
{
	return len / 3 * 4 + (len % 3 * 4 + 2) / 3;
}

void base64_encode(const void *bytes, size_t len, char *out)
{
	const uint8_t *in = bytes;
	size_t i;

	for (i = 0; i + 2 < len; i += 3) {
		*out++ = digits[in[i] >> 2];
		*out++ = digits[(in[i] & 3) << 4 | in[i + 1] >> 4];
		*out++ = digits[(in[i + 1] & 15) << 2 | in[i + 2] >> 6];
		*out++ = digits[in[i + 2] & 63];
	}
	if (len - i == 1) {
		*out++ = digits[in[i] >> 2];
		*out++ = digits[(in[i] & 3) << 4];
	} else if (len - i == 2) {
		*out++ = digits[in[i] >> 2];
		*out++ = digits[(in[i] & 3) << 4 | in[i + 1] >> 4];
		*out++ = digits[(in[i + 1] & 15) << 2];
	}
	*out = '\0';
}

static int value_of(char digit)
{
	const char *found;

	if (digit == '\0')
		return -1;
	found = strchr(digits, digit);
	return found == NULL ? -1 : (int)(found - digits);
}

bool base64_decode(const char *text, size_t len, void *out, size_t *out_len)
{
	uint8_t *at = out;
	uint32_t bits = 0;
	unsigned count = 0;
	size_t i;

	*out_len = 0;
	if (len % 4 == 1)
		return false;
	for (i = 0; i < len; i++) {
		int value = value_of(text[i]);

		if (value < 0)
			return false;
		bits = bits << 6 | (uint32_t)value;
		count += 6;
		if (count >= 8) {
			count -= 8;
			*at++ = (uint8_t)(bits >> count);
			bits &= (1u << count) - 1;
		}
	}
	*out_len = (size_t)(at - (uint8_t *)out);
	return bits == 0;
}
