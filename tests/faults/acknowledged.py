# SPDX-License-Identifier: EUPL-1.2
"""An instance at work: it prints what it acknowledged, line by line, and later how much of that exists.

    python -m tests.faults.acknowledged work FOLDER     until its standard input is closed
    python -m tests.faults.acknowledged check FOLDER    of the numbers on standard input; then it publishes into FOLDER
Each registration is one action of the register's own pipeline, committed in both clusters; every few of them the ledger is published
into FOLDER, and its checkpoint is acknowledged too.
"""

import json
import os
import select
import subprocess
import sys
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rollkeeper.site.settings")
os.environ.setdefault("ROLLKEEPER_ROLE", "migrator")
django.setup()

from rollkeeper.access.authority import Authority
from rollkeeper.access.roles import StaffRole
from rollkeeper.kernel import clock, stores
from rollkeeper.kernel.database import rows
from rollkeeper.kernel.ids import StaffId, new_uuid
from rollkeeper.ledger.publication import publish
from rollkeeper.operations import bootstrap
from rollkeeper.platform import embedded_postgres
from rollkeeper.registration.pipeline import record
from rollkeeper.registration.submissions import RegistrationKind
from rollkeeper.vault.blind_index import blind_numbers
from tests.instances import set_up_copy
from tests.registration.people import submission

_PUBLISH_EACH = 10
FOUND = """
SELECT n.number_index, count(DISTINCT t.tenure_id) AS tenures, array_agg(DISTINCT t.person_id) AS people,
       (SELECT count(*) FROM ledger_entry e WHERE e.line_id = n.line_id AND e.verb = 'line:tenure:registered') AS entries
  FROM lines_number n LEFT JOIN lines_tenure t USING (line_id)
 WHERE n.number_index = ANY(%s) GROUP BY n.number_index, n.line_id
"""


def work(folder: Path) -> None:
    """Register one person after another, and print each number when it is committed."""
    set_up_copy()
    clerk = Authority(frozenset({StaffRole.CLERK}), StaffId(new_uuid()), "0f" * 32)
    publish(folder)
    _say("ready", "")
    count = 0
    while not select.select([sys.stdin], [], [], 0)[0]:
        count += 1
        number = f"+8613{count:09d}"
        (outcome,) = record(
            clerk, [submission(number, double_checked=True)], action_kind=RegistrationKind.REGISTER, on=clock.today()
        )  # fmt: skip
        if isinstance(outcome, Exception):
            raise outcome
        _say("registered", number)
        if count % _PUBLISH_EACH == 0:
            publish(folder)
            _say("published", (folder / "checkpoint").read_text("utf-8"))


def _say(what: str, value: str) -> None:
    print(json.dumps([what, value]), flush=True)


def lost_and_doubled(numbers: list[str]) -> dict[str, list[str]]:
    """Return which of these numbers lack a registration, its entry or its key, and which have more than one of them."""
    place_of = dict(zip(map(bytes, blind_numbers(numbers)), numbers, strict=True))
    found = {place_of[bytes(row.number_index)]: row for row in rows(FOUND, [list(place_of)])}
    living = {row.person_id for row in rows("SELECT DISTINCT person_id FROM person_key", using="keys")}
    whole = {
        number for number, one in found.items() if one.tenures and one.entries and set(one.people) <= living
    }
    doubled = [number for number, one in found.items() if max(one.tenures, one.entries) > 1]
    return {"lost": sorted(set(numbers) - whole), "doubled": doubled}


def amcheck() -> str:
    """Return what pg_amcheck reports about both clusters; nothing if both are sound."""
    said = ""
    for store in stores.STORES:
        checked = subprocess.run(
            [
                embedded_postgres.BINARIES / "pg_amcheck", "-h", stores.socket_folder(store), "-p", str(store.port),
                "-U", embedded_postgres.SUPERUSER, "--heapallindexed", "--parent-check", f"rollkeeper_{store.name}",
            ],
            env=os.environ | {"PGPASSFILE": str(stores.password_file(store, embedded_postgres.SUPERUSER))},
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        said += checked.stdout + checked.stderr
    return said


def main(*words: str) -> None:
    match words:
        case ["work", folder]:
            work(Path(folder))
        case ["check", folder]:
            bootstrap.open_instance()
            print(json.dumps(lost_and_doubled(json.load(sys.stdin)) | {"amcheck": amcheck()}))
            publish(Path(folder))


if __name__ == "__main__":
    main(*sys.argv[1:])
