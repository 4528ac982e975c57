/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NAME_H
#define NAME_H

#include <stdbool.h>
#include <stddef.h>

/*
 * The distinguished name of USER: PATTERN with USER, escaped (RFC 4514, 2.4),
 * in the place of its only "%s".  False when it does not fit into OUT, of SIZE
 * bytes, or PATTERN has no place for it.
 */
bool name_fill(const char *pattern, const char *user, char *out, size_t size);

/* True for an address that a password may be sent to: ldaps://, a socket of
 * this machine (ldapi://), or ldap:// to its loopback addresses. */
bool name_is_safe_address(const char *address);

#endif
