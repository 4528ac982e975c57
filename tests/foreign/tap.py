#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Stand between astro and the program of a provider, and note each line of
either that docs/exec-provider.schema.json does not describe.

    tap.py SCHEMA PROGRAM NOTES
"""
import json
import subprocess
import sys

import jsonschema

schema_file, program, notes_file = sys.argv[1:]
with open(schema_file, encoding="utf-8") as stream:
    defs = json.load(stream)["$defs"]
validators = {side: jsonschema.Draft202012Validator({"$defs": defs, "$ref": "#/$defs/" + side})
              for side in ("from_astro", "from_program")}
notes = open(notes_file, "a", encoding="utf-8")
inner = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def pass_on(side, line, out):
    error = jsonschema.exceptions.best_match(validators[side].iter_errors(json.loads(line)))
    notes.write(f"{side}: {'well' if error is None else line + error.message}\n")
    notes.flush()
    out.write(line)
    out.flush()


for line in sys.stdin:
    pass_on("from_astro", line, inner.stdin)
    reply = inner.stdout.readline()
    if reply == "":
        break
    pass_on("from_program", reply, sys.stdout)
inner.stdin.close()
sys.exit(inner.wait())
