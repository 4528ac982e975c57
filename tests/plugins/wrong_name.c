/* SPDX-License-Identifier: Apache-2.0 */
/* Calls itself otherwise than its file. */
#include "plain.h"

const struct astro_provider astro_provider_v1 = {PLAIN_PROVIDER("astro")};
