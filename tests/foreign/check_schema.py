#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Hold docs/exec-provider.schema.json to the engine's table of requests: the
same names, the same members, and examples that are what they show; and the page
to both, and to its example."""
import json
import re
import sys

import jsonschema

schema_file, table_file, header_file, page_file, example_file = sys.argv[1:]
with open(schema_file, encoding="utf-8") as stream:
    schema = json.load(stream)
with open(table_file, encoding="utf-8") as stream:
    table = stream.read()
with open(header_file, encoding="utf-8") as stream:
    header = stream.read()
with open(page_file, encoding="utf-8") as stream:
    page = stream.read()
with open(example_file, encoding="utf-8") as stream:
    script = stream.read()

jsonschema.Draft202012Validator.check_schema(schema)
defs = schema["$defs"]


def words(text):
    """Those of C's string literals, one after the other."""
    return set("".join(re.findall(r'"([^"]*)"', text)).split())


http = words(header[header.index("#define REQUEST_HTTP_MEMBERS"):header.index("request_serve")])
rows = re.findall(r'\{"(\w+)", request_\w+,\s*(REQUEST_HTTP_MEMBERS|(?:"[^"]*"\s*)+)\}', table)
known = {name: http if members == "REQUEST_HTTP_MEMBERS" else words(members) for name, members in rows}
shown = {name.removeprefix("request_"): set(body["properties"]) - {"request"}
         for name, body in defs.items() if name.startswith("request_")}
if len(known) < 28 or known.keys() != shown.keys():
    sys.exit(f"the requests differ: {known.keys() ^ shown.keys()}")
for name, members in known.items():
    if members != shown[name]:
        sys.exit(f"the members of {name} differ: {members ^ shown[name]}")
if set(defs["http_request"]["properties"]) != http:
    sys.exit("the members of http_all's requests differ")

if [one["$ref"] for one in defs["request"]["oneOf"]] != ["#/$defs/request_" + name for name in sorted(known)]:
    sys.exit("request does not list them all, in order")
validator = jsonschema.Draft202012Validator({"$defs": defs, "$ref": "#/$defs/from_program"})
for name in known:
    for example in defs["request_" + name]["examples"]:
        validator.validate(example)

for name, members in known.items():
    for word in {name} | members:
        if f"`{word}`" not in page and f"`{word}?`" not in page and f'"{word}"' not in page:
            sys.exit(f"the page does not speak of {word} ({name})")
for word in defs["status"]["enum"]:
    if f"`{word}`" not in page:
        sys.exit(f"the page does not speak of {word}")
if f"```sh\n{script}```" not in page:
    sys.exit("the page shows another example than there is")
