/* SPDX-License-Identifier: Apache-2.0 */
/* Symbols that are not there, or are no tables, and code that needs others. */
#define astro_provider_v1 declared_otherwise
#include "../plain.h"
#undef astro_provider_v1

#if defined(KIT_no_symbol)
/* Nothing of it must run to find out. */
__attribute__((constructor)) static void never(void)
{
	abort();
}
#elif defined(KIT_function_symbol)
ASTRO_EXPORT int astro_provider_v1(void);
int astro_provider_v1(void)
{
	abort();
}
#elif defined(KIT_empty_symbol)
__asm__(".data\n"
        ".globl astro_provider_v1\n"
        ".type astro_provider_v1, %object\n"
        ".size astro_provider_v1, 0\n"
        "astro_provider_v1:\n"
        ".zero 256\n");
#else
extern ASTRO_EXPORT const struct astro_provider astro_provider_v1;

#if defined(KIT_needs_symbol)
extern int nobody_has_this(void);
#define PROMPT_CALLS nobody_has_this()
#elif defined(KIT_needs_astro)
extern int astro_engine_v1(void);
#define PROMPT_CALLS astro_engine_v1()
#elif defined(KIT_needs_library) || defined(KIT_needs_local_library)
extern int of_a_library(void);
#define PROMPT_CALLS of_a_library()
#elif defined(KIT_text_relocations)
/* An address in the code, to be filled in when it is loaded. */
__asm__(".text\n"
        ".balign 8\n"
        ".quad astro_provider_v1\n");
#define PROMPT_CALLS ASTRO_OK
#else
#define PROMPT_CALLS ASTRO_OK
#endif

static int prompt(struct astro_session *session, struct astro_error *err)
{
	(void)session;
	(void)err;
	return PROMPT_CALLS;
}

const struct astro_provider astro_provider_v1 = {
	PLAIN_PROVIDER(KIT_NAME),
	.prompt = prompt,
};
#endif
