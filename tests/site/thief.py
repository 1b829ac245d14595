"""A thief in the place of an app: has its user, its environment and every file it may read, and rows of both stores.

Run by `test_compromised_app.py` as that user. Takes one JSON object from standard input and prints one: what could be read, which
sessions could be had, and by which ways, if any, the sealed name came out.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
from hashlib import sha256
from pathlib import Path

HEX = re.compile(rb"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")
STORES = {"register": 5432, "keys": 5433}
ROLES = ("postgres", "migrator", "vault", "worker", "backoffice", "counter", "portal", "sealer", "auditor")
TRIES = {
    "register": ("SELECT ciphertext FROM vault_sealed",),
    "keys": ("SELECT wrapped FROM person_key", "SELECT secret_wrapped FROM epoch"),
}
AS_A_COMMAND = """
import datetime, json, sys, uuid, django
django.setup()
from rollkeeper.access.authority import worker_authority
from rollkeeper.vault import services
from rollkeeper.vault.fields import Field, Purpose
person, tenure = map(uuid.UUID, sys.argv[1:])
print(services.open_sealed(worker_authority(), person_id=person, tenure_id=tenure, field=Field.NAME,
                           purpose=Purpose.REVIEW, on=datetime.date(2012, 3, 2)).reveal())
"""


def main() -> None:
    given = json.load(sys.stdin)
    environments = {pid: environment(pid) for pid in given["pids"]}
    handed = [one["ROLLKEEPER_HOME"] for one in environments.values() if one]
    files = dict(readable([*given["roots"], *handed])) | dict(contents(map(Path, given["names"])))
    mine = next(iter(environments.values()))
    passwords = {
        text.strip().rsplit(b":", 1)[1].decode() for name, text in files.items() if name.endswith("pgpass")
    }
    sessions = {
        f"{role}@{store}": seen
        for store in STORES for role in ROLES for word in passwords
        if (seen := session(mine.get("ROLLKEEPER_SOCKETS") or given["sockets"], store, role, word)) is not None
    }  # fmt: skip
    ways = [*by_keys(given["spoils"], files), *by_commands(given, mine, environments)]
    json.dump(
        {
            "environments": [sorted(one) for one in environments.values()],
            "files": sorted(files), "sessions": sessions, "ways": ways,
        },
        sys.stdout,
    )  # fmt: skip


def environment(pid: int) -> dict[str, str]:
    try:
        raw = Path(f"/proc/{pid}/environ").read_bytes()
    except OSError:
        return {}
    return dict(pair.decode().split("=", 1) for pair in raw.split(b"\0") if b"=" in pair)


def readable(roots):
    """Every file below these folders that opens, with how it begins."""
    for root in roots:
        for folder, _, names in os.walk(root):
            yield from contents(Path(folder, name) for name in names)


def contents(files):
    for file in files:
        try:
            if file.is_file():
                yield str(file), file.open("rb").read(1 << 16)
        except OSError:
            continue


def session(sockets, store, role, password):
    """What a session in this role reads of what is sealed; None where there is no session."""
    import psycopg

    try:
        with psycopg.connect(
            host=f"{sockets}/{store}", port=STORES[store], user=role, password=password, dbname=f"rollkeeper_{store}",
            autocommit=True,
        ) as one:  # fmt: skip
            return [statement for statement in TRIES[store] if answers(one, statement)]
    except psycopg.OperationalError:
        return None


def answers(connection, statement) -> bool:
    import psycopg

    try:
        connection.execute(statement)
    except psycopg.Error:
        return False
    return True


def by_keys(spoils, files):
    """Try everything that could be a key as the root, as an epoch's secret and as the person's own key."""
    candidates = {bytes.fromhex(found.decode()) for text in files.values() for found in HEX.findall(text)}
    candidates |= {sha256(text).digest() for text in files.values()}
    candidates |= {text.strip()[:32] for text in files.values() if len(text.strip()) >= 32}
    for key in candidates:
        for way, attempt in (
            ("as the root", as_root),
            ("as the epoch", as_epoch),
            ("as the person", as_person),
        ):
            if attempt(spoils, key) == spoils["name"]:
                yield way


def as_root(spoils, key):
    from rollkeeper.vault import root, wire
    from rollkeeper.vault.errors import CannotOpen

    wrapped = bytes.fromhex(spoils["secret_wrapped"])

    class Guessed(root.FileRoot):
        def _versions(self):
            return {wire.epoch_of(wrapped): key}

    context = b"rollkeeper/epoch-secret\x00" + spoils["epoch"].to_bytes(4)
    try:
        secret = Guessed().unwrap(wrapped, context=context)
    except CannotOpen:
        return None
    return as_epoch(spoils, secret)


def as_epoch(spoils, secret):
    from rollkeeper.vault import wire
    from rollkeeper.vault.errors import CannotOpen

    person, tenure = bytes.fromhex(spoils["person"]), bytes.fromhex(spoils["tenure"])
    try:
        key = wire.EpochSecret(spoils["epoch"], secret).open_person_key(
            bytes.fromhex(spoils["wrapped"]), context=wire.person_key_context(person, tenure)
        )
    except (CannotOpen, ValueError):
        return None
    return as_person(spoils, key)


def as_person(spoils, key):
    from rollkeeper.vault import wire
    from rollkeeper.vault.errors import CannotOpen

    person, tenure = bytes.fromhex(spoils["person"]), bytes.fromhex(spoils["tenure"])
    try:
        return wire.open_attribute(
            key,
            bytes.fromhex(spoils["ciphertext"]),
            binding=wire.attribute_binding(person, tenure),
            field=b"name",
        ).decode()
    except (CannotOpen, ValueError):
        return None


def by_commands(given, mine, environments):
    """Run the vault's own code as a command would, in the app's instance and in the true one."""
    instances = {one["ROLLKEEPER_HOME"] for one in environments.values() if one} | {given["data_dir"]}
    for data_dir in instances:
        words = {k: v for k, v in mine.items() if k != "ROLLKEEPER_APP"} or dict(os.environ)
        words |= {
            "ROLLKEEPER_HOME": data_dir, "ROLLKEEPER_ROLE": "worker", "ROLLKEEPER_SOCKETS": given["sockets"],
            "DJANGO_SETTINGS_MODULE": "rollkeeper.site.settings", "HOME": tempfile.gettempdir(),
        }  # fmt: skip
        done = subprocess.run(
            [sys.executable, "-c", AS_A_COMMAND, given["spoils"]["person"], given["spoils"]["tenure"]],
            capture_output=True, text=True, env=words, check=False,
        )  # fmt: skip
        if given["spoils"]["name"] in done.stdout:
            yield f"as a command in {data_dir}"


if __name__ == "__main__":
    main()
