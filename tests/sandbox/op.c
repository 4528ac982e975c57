/* SPDX-License-Identifier: Apache-2.0 */
/* The OpenID provider's address. */
#include "op.h"

#include <stdio.h>
#include <string.h>

#include "fields.h"
#include "sandbox.h"

const char *op_origin(const struct sandbox *box, char out[OP_ADDRESS_MAX])
{
	/* An address, no name: RFC 8252, 8.3. */
	(void)snprintf(out, OP_ADDRESS_MAX, "http://127.0.0.1:%u", box->port);
	return out;
}

const char *op_address(const struct sandbox *box, const char *path,
                       char out[OP_ADDRESS_MAX])
{
	(void)snprintf(out, OP_ADDRESS_MAX, "http://127.0.0.1:%u/op%s",
	               box->port, path);
	return out;
}

bool op_is(const json_t *object, const char *name, const char *wanted)
{
	const char *value = fields_get(object, name);

	return value != NULL && wanted != NULL && strcmp(value, wanted) == 0;
}

void op_copy(json_t *into, const json_t *from, const char *const *names)
{
	for (; *names != NULL; names++)
		if (json_object_get(from, *names) != NULL)
			json_object_set(into, *names,
			                json_object_get(from, *names));
}
