#!/usr/bin/env python3
"""Which tests notice that a keeper of promises does not work.

    sabotage.py [KEEPER ...]

Builds the tests with the switches in, asks the binary which keeper breaks which
rows of the coverage table, and runs those rows' tests with that keeper switched
off. A row has noticed when a test of its that passes otherwise fails. Ends with 1
if a row missed it.
"""

import collections
import json
import os
import pathlib
import subprocess
import sys

FEATURES = ["--features", "rten,bonafide-context/sabotage"]
# A test that hangs because its keeper is gone has noticed, too.
PATIENCE_S = 300


def build():
    """The test programs, each with the folder it runs in, and the binary."""
    command = ["cargo", "test", "--locked", "--workspace", *FEATURES, "--no-run",
               "--message-format", "json-render-diagnostics"]
    told = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    programs, binary = [], None
    for line in told.splitlines():
        message = json.loads(line)
        if message.get("reason") != "compiler-artifact" or not message.get("executable"):
            continue
        if message["profile"]["test"]:
            folder = pathlib.Path(message["manifest_path"]).parent
            programs.append((message["executable"], folder))
        elif message["target"]["name"] == "bonafide":
            binary = message["executable"]
    return programs, binary


def places(programs):
    """Where the tests are, by the name of their function."""
    found = collections.defaultdict(list)
    for program, folder in programs:
        listed = subprocess.run([program, "--list", "--format", "terse"], cwd=folder,
                                capture_output=True, text=True).stdout
        for line in listed.splitlines():
            name, _, kind = line.rpartition(": ")
            if kind == "test":
                found[name.rsplit("::", 1)[-1]].append((program, folder, name))
    return found


def passes(place, keeper):
    """Whether a test passes while a keeper (or none) is switched off."""
    program, folder, name = place
    environment = dict(os.environ, RUST_BACKTRACE="0")
    environment.pop("BONAFIDE_SABOTAGE", None)
    if keeper:
        environment["BONAFIDE_SABOTAGE"] = keeper
    try:
        ended = subprocess.run([program, "--exact", name], cwd=folder, env=environment,
                               capture_output=True, timeout=PATIENCE_S)
    except subprocess.TimeoutExpired:
        return False
    return ended.returncode == 0


def main():
    wanted = sys.argv[1:]
    programs, binary = build()
    found = places(programs)
    table = json.loads(subprocess.run([binary, "policy", "coverage", "--keepers", "--json"],
                                      check=True, capture_output=True).stdout)["keepers"]
    unknown = set(wanted) - {entry["keeper"] for entry in table}
    if unknown:
        sys.exit(f"there is no keeper {', '.join(sorted(unknown))}")
    sound = {}
    noticed = missed = 0
    for entry in table:
        keeper = entry["keeper"]
        if wanted and keeper not in wanted:
            continue
        for row in entry["rows"]:
            red = []
            for test in row["tests"]:
                for place in found[test]:
                    if place not in sound:
                        sound[place] = passes(place, None)
                    if sound[place] and not passes(place, keeper):
                        red.append(test)
                        break
            noticed, missed = noticed + bool(red), missed + (not red)
            said = f"noticed by {red[0]}" if red else "missed"
            print(f"{keeper:<20} {row['row']:<4} {said}", flush=True)
    broken = sorted({place[2] for place, fine in sound.items() if not fine})
    for name in broken:
        print(f"fails without any sabotage: {name}")
    print(f"sabotage result: {'FAILED' if missed or broken else 'ok'}. "
          f"{noticed} rows noticed; {missed} missed")
    sys.exit(1 if missed or broken else 0)


if __name__ == "__main__":
    main()
