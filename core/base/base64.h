/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_BASE_BASE64_H
#define CORE_BASE_BASE64_H

#include <stdbool.h>
#include <stddef.h>

/*
 * base64url without padding (RFC 4648, 5; RFC 7515, 2).  Strict: padding,
 * white space, "+", "/" and set bits after the last byte are refused.
 */

/* Characters for LEN bytes, the NUL not counted. */
size_t base64_encoded_len(size_t len);
/* OUT has base64_encoded_len(LEN) + 1 bytes. */
void base64_encode(const void *bytes, size_t len, char *out);
/* OUT has LEN / 4 * 3 + 3 bytes; false when TEXT is no base64url. */
bool base64_decode(const char *text, size_t len, void *out, size_t *out_len);

#endif
