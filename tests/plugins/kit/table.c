/* SPDX-License-Identifier: Apache-2.0 */
/* Tables that are wrong, each in its own way. */
#include "../plain.h"

#if defined(KIT_no_open)
#define DIFFERENCE .open = NULL
#elif defined(KIT_no_close)
#define DIFFERENCE .close = NULL
#elif defined(KIT_no_authenticate)
#define DIFFERENCE .authenticate = NULL
#elif defined(KIT_no_name)
#define DIFFERENCE .name = NULL
#elif defined(KIT_other_name)
#define DIFFERENCE .name = "astro"
#elif defined(KIT_odd_title)
#define DIFFERENCE .title = "Corp\x1b]0;owned\x07"
#elif defined(KIT_long_title)
#define DIFFERENCE                                                             \
	.title = "A title that goes on, and on, and on, and on, and on, and "  \
		 "on, and does not end"
#elif defined(KIT_major_2)
#define DIFFERENCE .abi_major = 2
#elif defined(KIT_short_table)
#define DIFFERENCE .size = offsetof(struct astro_provider, authenticate)
#elif defined(KIT_tiny_table)
#define DIFFERENCE .size = 4
#elif defined(KIT_long_table)
#define DIFFERENCE .size = sizeof(struct astro_provider) + 8
#elif defined(KIT_bad_pattern)
#define DIFFERENCE .domains = patterns
#endif

static const char *const patterns[] = {"login\\.corp\\.example",
                                       "(.*\\.corp\\.example", NULL};

#pragma GCC diagnostic ignored "-Woverride-init"
#ifdef __clang__
#pragma GCC diagnostic ignored "-Winitializer-overrides"
#endif

const struct astro_provider astro_provider_v1 = {
	PLAIN_PROVIDER(KIT_NAME),
	DIFFERENCE,
};
