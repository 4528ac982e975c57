/* SPDX-License-Identifier: Apache-2.0 */
/* What a test says along with a command. */
#include "parameters.h"

#include "exchange.h"

json_t *parameters_of(const struct request *request)
{
	json_t *out, *value;
	const char *name;

	if (request->body.len > 0)
		return json_loadb(request->body.bytes, request->body.len,
		                  JSON_REJECT_DUPLICATES, NULL);
	out = json_object();
	json_object_foreach(request->arguments, name, value)
	{
		json_t *parsed = json_loads(json_string_value(value),
		                            JSON_DECODE_ANY, NULL);

		json_object_set_new(out, name,
		                    parsed != NULL ? parsed
		                                   : json_incref(value));
	}
	return out;
}
