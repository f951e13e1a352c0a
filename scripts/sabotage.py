#!/usr/bin/env python3
"""Which tests notice that a keeper of promises does not work.

    sabotage.py [KEEPER ...]

Builds the tests with the switches in, asks the binary which keeper breaks which
rows of the coverage table, and runs those rows' tests with that keeper switched
off until one fails. A row has noticed when a test of its that passes otherwise
fails; a test that fails without any sabotage has noticed nothing, and is named.
Ends with 1 if a row missed it, or if there is such a test.
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
    # As `cargo test` sets it, from .cargo/config.toml; and what is seen while a
    # keeper is off is written down nowhere: no snapshot, no case of a property.
    environment = dict(os.environ, RUST_BACKTRACE="0", ORT_DISABLE_TELEMETRY="1",
                       INSTA_UPDATE="no", PROPTEST_DISABLE_FAILURE_PERSISTENCE="1")
    environment.pop("BONAFIDE_SABOTAGE", None)
    if keeper:
        environment["BONAFIDE_SABOTAGE"] = keeper
    try:
        ended = subprocess.run([program, "--exact", name], cwd=folder, env=environment,
                               capture_output=True, timeout=PATIENCE_S)
    except subprocess.TimeoutExpired:
        return False
    return ended.returncode == 0


class Tests:
    """The tests of rows, each first seen to pass while everything works."""

    def __init__(self, programs):
        self.found = places(programs)
        self.sound = {}
        self.absent = set()

    def is_sound(self, place):
        if place not in self.sound:
            # A second time, so that a busy machine is no verdict.
            self.sound[place] = passes(place, None) or passes(place, None)
        return self.sound[place]

    def noticing(self, row, keeper):
        """The first of a row's tests that fails without a keeper, if there is one."""
        for test in row["tests"]:
            if not self.found[test]:
                self.absent.add(test)
            for place in self.found[test]:
                if self.is_sound(place) and not passes(place, keeper):
                    return test
        return None

    def broken(self):
        """What is wrong with tests, whatever keeper is off."""
        failing = sorted({place[2] for place, sound in self.sound.items() if not sound})
        return [f"fails without any sabotage: {name}" for name in failing] + \
               [f"is in no program: {name}" for name in sorted(self.absent)]


def main():
    wanted = sys.argv[1:]
    programs, binary = build()
    tests = Tests(programs)
    table = json.loads(subprocess.run([binary, "policy", "coverage", "--keepers", "--json"],
                                      check=True, capture_output=True).stdout)
    keepers = table["keepers"]
    unknown = set(wanted) - {entry["keeper"] for entry in keepers}
    if unknown:
        sys.exit(f"there is no keeper {', '.join(sorted(unknown))}")
    tried = [entry for entry in keepers if not wanted or entry["keeper"] in wanted]
    noticed, missed = set(), []
    pairs = 0
    for entry in tried:
        for row in entry["rows"]:
            pairs += 1
            test = tests.noticing(row, entry["keeper"])
            if test:
                noticed.add(row["row"])
                said = f"noticed by {test}"
            else:
                missed.append(f"{entry['keeper']} {row['row']}")
                said = "missed"
            print(f"{entry['keeper']:<20} {row['row']:<4} {said}", flush=True)
    for row in table["without"]:
        print(f"{'none':<20} {row['row']:<4} has no keeper: {row['reason']}")
    broken = tests.broken()
    for line in broken:
        print(line)
    print(f"sabotage result: {'FAILED' if missed or broken else 'ok'}. {len(tried)} keepers, "
          f"{len(noticed)} rows; {pairs - len(missed)} noticed; {len(missed)} missed; "
          f"{len(broken)} tests to mend")
    sys.exit(1 if missed or broken else 0)


if __name__ == "__main__":
    main()
