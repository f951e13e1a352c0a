#!/usr/bin/env python3
"""Schemathesis against a running server's own OpenAPI document, once a role.

    schemathesis.py --url https://localhost:8443 --token NAME=TOKEN ... [--insecure]
    schemathesis.py --serve BONAFIDE ...

The second form runs `BONAFIDE serve` in a folder that is gone afterwards, makes
a key for each kind of caller, and ends the server. An empty token means no key.

A role fails on an answer of 500 or more, on a status or content type that the
document does not name, or on a body that does not match its schema. Needs the
package `schemathesis` (`pip install schemathesis`).
"""

import argparse
import concurrent.futures
import contextlib
import json
import os
import shlex
import ssl
import subprocess
import sys
import tempfile
import urllib.request

from serving import served

# What a stateless test can hold the server to. `unsupported_method` and
# `use_after_free` need more than one request of a known resource.
CHECKS = [
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
]


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--url", help="where the server listens, without a path")
    parser.add_argument("--token", action="append", default=[], metavar="NAME=TOKEN")
    parser.add_argument("--serve", metavar="BONAFIDE", help="the binary whose server is tried")
    parser.add_argument("--insecure", action="store_true", help="take a self-signed certificate")
    parser.add_argument("--max-examples", type=int, default=5, help="requests an operation and phase")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--roles-at-once", type=int, default=2)
    parser.add_argument("--only", help="a comma-separated list of roles")
    parser.add_argument("--schemathesis", default="schemathesis", help="the program")
    return parser.parse_args()


def run(options, url, name, token):
    """One role; whether it passed."""
    command = [
        *shlex.split(options.schemathesis),
        "run", f"{url}/v1/openapi.json",
        "--url", url,
        "--checks", ",".join(CHECKS),
        "--phases", "examples,coverage,fuzzing",
        "--mode", "all",
        "--max-examples", str(options.max_examples),
        "--seed", str(options.seed),
        "--workers", str(options.workers),
        "--request-timeout", "30",
        "--suppress-health-check", "all",
        "--generation-database", "none",
        "--no-color",
    ]
    if token:
        command += ["--header", f"Authorization: Bearer {token}"]
    if options.insecure:
        command += ["--tls-verify", "false"]
    # Away from the tree: the program leaves files where it runs.
    with tempfile.TemporaryDirectory() as folder:
        ended = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    passed = ended.returncode == 0
    summary = [line for line in ended.stdout.splitlines() if "generated" in line or "passed" in line]
    print(f"{name}: {'ok' if passed else 'FAILED'} {' '.join(summary[-2:]).strip()}", flush=True)
    if not passed:
        text = ended.stdout + ended.stderr
        print(text.replace(token, "TOKEN") if token else text)
    return passed


SCOPES = ["document", "face", "liveness", "verification", "risk", "privacy", "admin"]


def keys(server):
    """A token for each kind of caller."""
    tenant = str(server.admin("tenant", "create", "Example Bank")["app_id"])

    def key(environment, *scopes):
        application = server.admin(
            "app", "create", "--tenant", tenant, "--name", "App",
            "--environment", environment, "--region", "apac",
        )["application"]
        made = server.admin(
            "key", "create", "--application", application, "--scopes", ",".join(scopes)
        )
        return made["token"]

    everything = key("sandbox", *SCOPES)
    request = urllib.request.Request(
        f"{server.url}/v1/verifications", data=b"{}",
        headers={"Authorization": f"Bearer {everything}", "Content-Type": "application/json"},
    )
    trusted = ssl.create_default_context(cafile=server.data / "tls" / "certificate.pem")
    with urllib.request.urlopen(request, context=trusted) as answer:
        person = json.load(answer)["token"]
    return {
        "nobody": "",
        "person": person,
        "everything": everything,
        "live": key("live", *SCOPES),
        "operator": (server.data / "administrator.key").read_text().split()[-1],
        **{scope: key("sandbox", scope) for scope in SCOPES},
    }


@contextlib.contextmanager
def reached(options):
    """Where the server is, and who calls it."""
    if options.serve:
        options.insecure = True
        with served(options.serve) as server:
            yield server.url, keys(server)
    elif options.url:
        yield options.url, dict(token.split("=", 1) for token in options.token)
    else:
        sys.exit("give --url with --token, or --serve")


def main():
    options = arguments()
    with reached(options) as (url, tokens):
        if options.only:
            tokens = {name: tokens[name] for name in options.only.split(",")}
        # Side by side, as the program that asks is what takes the time; a list, so
        # that every role is tried though one has failed.
        with concurrent.futures.ThreadPoolExecutor(options.roles_at_once) as roles:
            passed = list(roles.map(lambda role: run(options, url, *role), tokens.items()))
    sys.exit(0 if passed and all(passed) else 1)


if __name__ == "__main__":
    os.environ.setdefault("PYTHONUNBUFFERED", "1")
    main()
