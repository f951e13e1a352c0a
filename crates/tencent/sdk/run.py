#!/usr/bin/env python3
"""The official SDKs and command line of Tencent Cloud against a server of our own.

    run.py --serve BONAFIDE --tccli PROGRAM --node-modules FOLDER

Runs in an environment that has `requirements.txt`; `scripts/sdks.sh` makes one.
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile

import python_sdk
from house import houses

HERE = pathlib.Path(__file__).parent


def node(house, modules):
    """The Node SDK, in a program of its own; it prints what it did."""
    asked = {
        "address": house.address,
        "tls": house.certificate is not None,
        "secretId": house.key.secret_id,
        "secretKey": house.key.secret,
        "pictures": house.pictures,
        "number": python_sdk.number_of(house.truth),
    }
    environment = {**os.environ, "NODE_PATH": str(modules)}
    if house.certificate:
        environment["NODE_EXTRA_CA_CERTS"] = house.certificate
    command = ["node", "--no-warnings", str(HERE / "node_sdk.cjs")]
    ended = subprocess.run(
        command, input=json.dumps(asked), env=environment, text=True, capture_output=True
    )
    if ended.returncode:
        raise AssertionError(f"the Node SDK: {ended.stdout}{ended.stderr}")
    return int(ended.stdout.split()[-1])


def command_line(house, tccli):
    """The command line: it takes an endpoint with a scheme, and puts both in `Host`."""

    def call(service, action, version, members):
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder, "input.json")
            file.write_text(json.dumps(members))
            command = [
                tccli, service, action, "--version", version,
                "--cli-input-json", f"file://{file}",
                "--secretId", house.key.secret_id, "--secretKey", house.key.secret,
                "--region", "ap-singapore", "--endpoint", f"http://{house.address}",
            ]
            environment = {**os.environ, "HOME": folder}
            ended = subprocess.run(command, env=environment, text=True, capture_output=True)
        return ended.returncode, ended.stdout + ended.stderr

    status, said = call("iai", "DetectFace", "2020-03-03", {"Image": house.pictures["selfie"]})
    assert status == 0 and "FaceInfos" in said, said
    members = {"ImageBase64": house.pictures["document"]}
    status, said = call("ocr", "MLIDPassportOCR", "2018-11-19", members)
    assert status == 0 and python_sdk.number_of(house.truth) in said, said
    status, said = call("faceid", "GetNFCToken", "2018-03-01", {})
    assert "UnsupportedOperation" in said, said
    return 3


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--serve", metavar="BONAFIDE", required=True)
    parser.add_argument("--tccli", required=True)
    parser.add_argument("--node-modules", required=True, type=pathlib.Path)
    options = parser.parse_args()
    with houses(options.serve) as (tls, plain):
        for name, house in [("TLS", tls), ("HTTP", plain)]:
            print(f"python over {name}: {python_sdk.every_way(house)} calls", flush=True)
            print(f"node over {name}: {node(house, options.node_modules)} calls", flush=True)
        print(f"python, errors: {python_sdk.errors(plain)} calls", flush=True)
        print(f"python, every action: {python_sdk.every_action(plain)} calls", flush=True)
        print(f"samples of the command line: {python_sdk.samples(plain)} calls", flush=True)
        print(f"the command line: {command_line(plain, options.tccli)} calls", flush=True)
        print(f"what was sent is told to nobody: {python_sdk.canary(plain)} places", flush=True)


if __name__ == "__main__":
    sys.exit(main())
