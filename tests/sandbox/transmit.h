/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SANDBOX_TRANSMIT_H
#define SANDBOX_TRANSMIT_H

#include <microhttpd.h>

struct reply;
struct sandbox;

/* Send REPLY, with the damage it carries.  MHD_NO: the connection is to be
 * closed without an answer (or without another one). */
enum MHD_Result transmit(struct sandbox *box, struct MHD_Connection *connection,
                         struct reply *reply);

#endif
