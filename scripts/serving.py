"""A server of a binary in a folder that is gone afterwards, for scripts that try it."""

import contextlib
import json
import os
import pathlib
import subprocess
import sys
import tempfile

# Rates are not what such scripts try.
UNLIMITED = """
[limits]
per_address = { per_second = 100000, burst = 100000 }
failures_per_address = { per_second = 100000, burst = 100000 }
per_key = { per_second = 100000, burst = 100000 }
per_interface = { rate = { per_second = 100000, burst = 100000 } }
"""


class Served:
    """A running server: its address, its folder, its log, and its operator's commands."""

    def __init__(self, bonafide, house, url, data, log):
        self.bonafide, self.house, self.url, self.data, self.log = bonafide, house, url, data, log

    def admin(self, *words):
        """What `bonafide admin …` answers."""
        command = [self.bonafide, "admin", *words, *self.house, "--json"]
        return json.loads(subprocess.run(command, check=True, capture_output=True).stdout)


@contextlib.contextmanager
def served(bonafide, *arguments):
    """Runs `BONAFIDE serve` until the end of the block."""
    with tempfile.TemporaryDirectory() as folder:
        data = pathlib.Path(folder, "data")
        file = pathlib.Path(folder, "bonafide.toml")
        file.write_text(UNLIMITED)
        log = pathlib.Path(folder, "log")
        house = ["--config", file, "--data", data]
        server = subprocess.Popen(
            [bonafide, "serve", *house, "--listen", "127.0.0.1:0", *arguments],
            stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True,
        )
        drain = None
        try:
            told = []
            for line in server.stderr:
                told.append(line)
                if line.startswith("ready "):
                    break
            else:
                sys.exit("the server did not start:\n" + "".join(told))
            # Its log must not fill the pipe.
            with open(log, "w") as kept:
                kept.writelines(told)
                kept.flush()
                drain = subprocess.Popen(["cat"], stdin=server.stderr, stdout=kept)
            yield Served(bonafide, house, told[-1].split()[1], data, log)
        finally:
            server.terminate()
            server.wait()
            if drain:
                drain.wait()
