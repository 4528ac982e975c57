#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Hold the lines of `astro login --json` on standard input to the schema that
is named: each is an event of it, with no member that it does not know, and the
last one alone says how the login ended."""
import json
import sys

import jsonschema

with open(sys.argv[1], encoding="utf-8") as stream:
    schema = json.load(stream)
jsonschema.Draft202012Validator.check_schema(schema)
event_schema = {"$defs": schema["$defs"], "$ref": "#/$defs/event"}
validator = jsonschema.Draft202012Validator(event_schema)

lines = sys.stdin.read().split("\n")
if lines.pop() != "":
    sys.exit("the last line does not end")
if not lines:
    sys.exit("there is no event")
for number, line in enumerate(lines, 1):
    event = json.loads(line)
    error = jsonschema.exceptions.best_match(validator.iter_errors(event))
    if error is not None:
        sys.exit(f"{line}\n{error.message}")
    unknown = event.keys() - schema["$defs"][event["event"]]["properties"].keys()
    if unknown:
        sys.exit(f"{line}\nthe schema has no {unknown}")
    if (event["event"] in ("logged_in", "error")) != (number == len(lines)):
        sys.exit(f"{line}\nis in the wrong place")
