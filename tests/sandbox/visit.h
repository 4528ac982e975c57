/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SANDBOX_VISIT_H
#define SANDBOX_VISIT_H

/* `astro-sandbox visit`: the scripted browser.  Returns an exit code. */
int visit_main(int argc, char **argv);

#endif
