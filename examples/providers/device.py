#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Logs in to an OpenID provider by the device grant (RFC 8628), refreshes and
revokes.  It asks for everything itself, and sees no token:

    cp device.py ~/.astro/providers/astro-provider-device
    astro login https://login.example.com --provider device --client-id ID
"""
import json
import sys

GRANT = "urn:ietf:params:oauth:grant-type:device_code"
SERVER = ("issuer", "token_endpoint", "revocation_endpoint", "jwks_uri")


def send(message):
    print(json.dumps(message), flush=True)


def ask_host(request, **members):
    send({"request": request, **members})
    return json.loads(sys.stdin.readline())


def host(request, **members):
    answer = ask_host(request, **members)
    if not answer["ok"]:
        sys.exit(1)  # astro knows why, and says it
    return answer


def setting(key):
    return host("setting", key=key)["value"]


def fail(status, message):
    send({"failed": status, "message": message})
    sys.exit(1)


def require(answer, *names):
    """A server says what it likes: nothing at all (204), or far too much."""
    for name in names:
        if not 0 < len((answer or {}).get(name) or "") <= 2000:
            fail("bad_answer", f"the server's answer has no {name} that makes sense")
    return answer


def discover():
    issuer = setting("issuer") or setting("domain")
    if "://" not in issuer:
        issuer = "https://" + issuer
    metadata = require(host("http", url=issuer + "/.well-known/openid-configuration")["body"], "issuer", "token_endpoint")
    if metadata["issuer"] != issuer:  # OpenID Connect Discovery, 4.3
        fail("unsafe", f"{issuer} publishes the metadata of another issuer")
    if "device_authorization_endpoint" not in metadata:
        fail("unsupported", f"{issuer} has no device grant")
    return metadata


def find_client():
    if host("has_answer", key="client_id")["value"]:
        return host("ask", key="client_id", label="Client:")["value"]
    return setting("client_id") or fail("bad_config", "no client is known: name it with --client-id")


def parties():
    metadata = discover()
    server = {key: metadata[key] for key in SERVER if key in metadata}
    return {"server": server, "client": {"id": find_client()}}


def await_consent(metadata, client):
    """RFC 8628, 3.4 and 3.5: the device code stays with astro as "code", the tokens as "tokens"."""
    shown = host("http", url=metadata["device_authorization_endpoint"], keep="code",
                 fields={"client_id": client, "scope": "openid profile email offline_access"},
                 show=["user_code", "verification_uri", "interval"])["shown"]
    require(shown, "user_code", "verification_uri")
    host("tell", text=f"Enter {shown['user_code']} at {shown['verification_uri']}")
    interval = min(max(shown["interval"] or 5, 1), 60)
    fields = {"grant_type": GRANT, "client_id": client,
              "device_code": {"answer": "code", "path": "device_code"}}
    while True:
        host("wait", ms=interval * 1000)
        answer = ask_host("http", url=metadata["token_endpoint"], fields=fields, keep="tokens", show=["error"])
        if answer["ok"]:
            return
        error = answer.get("shown", {}).get("error")
        if error == "slow_down":
            interval += 5
        elif error != "authorization_pending":
            sys.exit(1)


def token(name, **more):
    return {"answer": "tokens", "path": name, **more}


def authenticate():
    metadata, client = discover(), find_client()
    await_consent(metadata, client)
    require(metadata, "userinfo_endpoint")
    user = require(host("http", url=metadata["userinfo_endpoint"], bearer=token("access_token"))["body"], "sub")
    fields = {"access_token": token("access_token"), "refresh_token": token("refresh_token", optional=True),
              "subject": user["sub"], "user_email": user.get("email"),
              "issuer": metadata["issuer"], "client_id": client}
    return {"login": {"fields": fields, "expires_in": token("expires_in")}}


def refresh():
    host("refresh", **parties(), keep="fresh")
    return {"login": {"from": "fresh"}}


def revoke():
    host("revoke", **parties())
    return {}


def describe():
    return {"contract": 1, "title": "OpenID by device", "operations": ["authenticate", "refresh", "revoke"]}


for line in sys.stdin:
    send({"result": globals()[json.loads(line)["operation"]]()})
