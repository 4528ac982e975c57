/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SANDBOX_OP_DEVICE_H
#define SANDBOX_OP_DEVICE_H

#include "device.h"
#include "op.h"

/* Where the OpenID provider's devices are activated; ORIGIN has to live as
 * long. */
struct device_site op_device_site(const struct sandbox *box,
                                  char origin[OP_ADDRESS_MAX]);

#endif
