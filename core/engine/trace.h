/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_ENGINE_TRACE_H
#define CORE_ENGINE_TRACE_H

#include <astro/provider.h>

struct astro_core;

/*
 * A provider that forwards each call to PROVIDER, logs (for --verbose) its
 * status and how long it took, and says whose turn it is (turn.h).  It lives in
 * CORE.  Has the operations that PROVIDER has, no others.
 */
const struct astro_provider *trace_wrap(struct astro_core *core,
                                        const struct astro_provider *provider);

#endif
