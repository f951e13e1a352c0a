"""What every client is given: servers, a customer's keys, pictures of nobody."""

import base64
import contextlib
import dataclasses
import datetime
import json
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parents[3] / "scripts"))

from serving import served  # noqa: E402


@dataclasses.dataclass
class Key:
    secret_id: str
    secret: str


@dataclasses.dataclass
class House:
    """A server with a customer, and where its certificate is if it has one."""

    server: object
    address: str
    certificate: str | None
    key: Key
    # Of a tenant whose policy wants everybody's consent, and of whose two applications the
    # customer gave his word that he has it for one.
    warranted: Key
    unwarranted: Key
    # Opens documents alone.
    narrow: Key
    # Made without `signing`.
    bearer: Key
    pictures: dict
    truth: dict
    cards: dict


CARDS = ["hkg_id", "mys_mykad", "idn_ktp", "sgp_nric", "mac_id", "chn_resident_id"]


def picture(file):
    return base64.b64encode(file.read_bytes()).decode()


def pictures(bonafide, folder):
    today = datetime.datetime.now(datetime.timezone.utc).date().isoformat()
    command = [bonafide, "specimen", "--seed", "2", "--difficulty", "1", "--out", folder]
    subprocess.run([*command, "--today", today], check=True, capture_output=True)
    names = {"document": "document.jpg", "selfie": "selfie.jpg"}
    found = {name: picture(folder / file) for name, file in names.items()}
    truths = [json.loads(file.read_text()) for file in folder.glob("*.json")]
    return found, truths[0]


def cards(bonafide, folder):
    """Sides of cards by type and side, each with what it shows."""
    today = datetime.datetime.now(datetime.timezone.utc).date().isoformat()
    sides = [(name, "front") for name in CARDS] + [("chn_resident_id", "back"), ("sgp_nric", "back")]
    found = {}
    for name, side in sides:
        out = folder / f"{name}-{side}"
        command = [bonafide, "specimen", "--seed", "7", "--difficulty", "0", "--out", out]
        command += ["--today", today, "--document-type", name, "--side", side]
        subprocess.run(command, check=True, capture_output=True)
        shown = json.loads((out / "truth.json").read_text())["fields"]
        found[name, side] = picture(out / "document.jpg"), shown
    return found


def customer(server):
    def tenant(policy):
        return str(server.admin("tenant", "create", "Example Bank", "--policy", policy)["app_id"])

    def application(tenant, warranted=True):
        made = server.admin(
            "app", "create", "--tenant", tenant, "--name", "App",
            "--environment", "live", "--region", "sg",
        )["application"]
        if warranted:
            server.admin(
                "app", "warranty", "sign", made,
                "--text-version", "1", "--signatory", "A. Example",
            )
        return made

    def key(of, scopes="document,face,liveness", *more):
        made = server.admin("key", "create", "--application", of, "--scopes", scopes, *more)
        return Key(made["key_id"], made["secret"])

    first, strict = application(tenant("tencent-ekyc")), tenant("tencent-ekyc-dpsa")
    return {
        "key": key(first),
        "narrow": key(first, "document"),
        "bearer": key(first, "document,face,liveness", "--bearer-only"),
        "warranted": key(application(strict)),
        "unwarranted": key(application(strict, False)),
    }


@contextlib.contextmanager
def houses(bonafide):
    """A server over TLS and one in plain HTTP."""
    with contextlib.ExitStack() as stack:
        folder = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory()))
        found, truth = pictures(bonafide, folder)
        sides = cards(bonafide, folder)
        made = []
        for arguments in [[], ["--insecure-http"]]:
            server = stack.enter_context(served(bonafide, *arguments))
            file = server.data / "tls" / "certificate.pem"
            made.append(House(
                server=server,
                address=server.url.split("//")[1],
                certificate=None if arguments else str(file),
                pictures=found,
                truth=truth,
                cards=sides,
                **customer(server),
            ))
        yield made
