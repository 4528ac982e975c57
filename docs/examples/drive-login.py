#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Drive `astro login --json` as an editor or an agent would: show what must be
opened or confirmed, answer what is asked, say how it ended.

    drive-login.py [key=answer ...] -- [DOMAIN] [FLAG ...]
"""
import getpass
import json
import subprocess
import sys

split = sys.argv.index("--")
known = dict(word.split("=", 1) for word in sys.argv[1:split])
login = subprocess.Popen(["astro", "login", "--json", *sys.argv[split + 1:]],
                         stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                         stderr=subprocess.DEVNULL, text=True)

for line in login.stdout:
    event = json.loads(line)
    if event["event"] == "open_url":
        print("Open:", event["url"], flush=True)
    elif event["event"] == "device_code":
        print("Enter", event["user_code"], "at", event["verification_uri"], flush=True)
    elif event["event"] == "prompt" and event["key"] != "callback":
        for choice in event.get("choices", []):
            print(" ", choice["id"], choice["name"])
        key, ask = event["key"], getpass.getpass if event["secret"] else input
        answer = known[key] if key in known else ask(event["label"] + " ")
        print(json.dumps({"key": key, "answer": answer}), file=login.stdin, flush=True)
    elif event["event"] == "logged_in":
        print("Logged in to", event["domain"], "as", event["account"])
    elif event["event"] == "error":
        print("Failed:", event["message"], event["hint"] or "")
sys.exit(login.wait())
