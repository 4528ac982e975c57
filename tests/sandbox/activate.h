/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SANDBOX_ACTIVATE_H
#define SANDBOX_ACTIVATE_H

#include "device.h"

/* Where Astro's devices are activated. */
struct device_site activate_site(const struct sandbox *box);

#endif
