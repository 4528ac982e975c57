/* SPDX-License-Identifier: Apache-2.0 */
/* Looks for its libraries in the working directory (its RUNPATH is "lib"). */
#include "plain.h"

const struct astro_provider astro_provider_v1 = {PLAIN_PROVIDER("relative")};
