"""What a process in the counter's situation is able to do: seals, then tries everything its sessions allow.

Run by `test_counter_situation.py` in a separate process. Prints one JSON object.
"""

import json
import sys

import django

django.setup()

from django.db import connections

from rollkeeper.access.authority import Authority, worker_authority
from rollkeeper.access.roles import StaffRole
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import action
from rollkeeper.kernel.ids import LineId, PersonId, StaffId, TenureId, new_uuid
from rollkeeper.ledger.services import append_entry
from rollkeeper.ledger.verbs import Verb
from rollkeeper.vault import epochs, keys, services
from rollkeeper.vault.blind_index import blind_documents, blind_numbers
from rollkeeper.vault.fields import Field, LineField, Purpose

REGISTER_TRIES = (
    "SELECT 1",  # may be done, so that a try that cannot succeed is not taken for a refusal
    "COPY (SELECT 1) TO STDOUT",
    "SELECT ciphertext FROM vault_sealed",
    "SELECT count(*) FROM vault_sealed",
    "COPY vault_sealed TO STDOUT",
    "UPDATE vault_sealed SET field = field RETURNING ciphertext",
    "DELETE FROM vault_sealed RETURNING ciphertext",
    "INSERT INTO vault_sealed VALUES (uuidv7(), uuidv7(), 'name', '') RETURNING ciphertext",
    "INSERT INTO vault_sealed VALUES (uuidv7(), uuidv7(), 'name', '') ON CONFLICT DO NOTHING RETURNING *",
    "CREATE VIEW seen AS SELECT * FROM vault_sealed",
    "SET ROLE vault",
    "SET ROLE migrator",
    "SET ROLE worker",
    "SET SESSION AUTHORIZATION vault",
    "SELECT pg_read_file('PG_VERSION')",
    "COPY (SELECT 1) TO PROGRAM 'cat'",
    "CREATE FUNCTION f() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'",
    "SELECT stavalues1 FROM pg_statistic",
)
KEYS_TRIES = (
    "SELECT epoch_id, public_key FROM epoch",  # may be done
    "SELECT wrapped FROM person_key",
    "SELECT count(*) FROM person_key",
    "COPY person_key TO STDOUT",
    "UPDATE person_key SET wrapped = wrapped RETURNING wrapped",
    "DELETE FROM person_key",
    "TRUNCATE person_key",
    "SELECT secret_wrapped FROM epoch",
    "SELECT * FROM epoch",
    "UPDATE epoch SET ended_at = now()",
    "INSERT INTO epoch VALUES (99, '', '', '', now())",
    "SET ROLE vault",
    "SET ROLE migrator",
)


def main() -> None:
    """Seal one of everything, then try to get it back."""
    person, tenure, line = PersonId(new_uuid()), TenureId(new_uuid()), LineId(new_uuid())
    record = services.PersonRecord(person, tenure, {Field.NAME: "Counter Visitor"})
    clerk = Authority(frozenset({StaffRole.CLERK}), StaffId(new_uuid()), "0c" * 32)
    with action():
        # Nothing is sealed without an entry of the same transaction.
        append_entry(clerk, verb=Verb.LINE_LOOKED_UP, role="clerk", on=clock.today(), line_id=line)
        commitments = services.seal_persons([record])
    (number,) = services.seal_line_values(LineField.NUMBER, [(line, "+8613800000001")])
    said = {
        "person": str(person), "tenure": str(tenure), "line": str(line), "number": number.hex(),
        "commitment": commitments[0],
        "blind": [blind_numbers(["+8613800000001"])[0].hex(), blind_documents(["11010519491231002X"])[0].hex()],
        "connections": sorted(connections.databases),
        "succeeded": [s for s in REGISTER_TRIES if try_statement("default", s)]
        + [s for s in KEYS_TRIES if try_statement("keys", s)],
        "calls": [refusal(call) for call in calls(person, tenure, line, number)],
    }  # fmt: skip
    json.dump(said, sys.stdout)


def calls(person, tenure, line, number):
    authority, on = worker_authority(), clock.today()
    asked = {
        "person_id": person,
        "tenure_id": tenure,
        "field": Field.NAME,
        "purpose": Purpose.REVIEW,
        "on": on,
    }
    return (
        lambda: services.open_sealed(authority, **asked),
        lambda: services.open_line_values(
            authority, LineField.NUMBER, [(line, number)], purpose=Purpose.NOTICE, on=on
        ),
        lambda: services.shred([(person, tenure)]),
        lambda: epochs.secret_of(1),
        lambda: keys.person_key(person, tenure_id=tenure),
        lambda: keys.wrapped_secret(1),
    )


def try_statement(alias: str, statement: str) -> bool:
    connections[alias].ensure_connection()
    try:
        with connections[alias].connection.cursor() as cursor:
            if statement.startswith("COPY"):
                with cursor.copy(statement) as copy:
                    list(copy)
            else:
                cursor.execute(statement)
    except Exception:  # noqa: BLE001 - any refusal will do
        return False
    return True


def refusal(call) -> str:
    try:
        call()
    except Exception as fault:  # noqa: BLE001 - its code is the answer
        return getattr(fault, "code", type(fault).__name__)
    return "done"


if __name__ == "__main__":
    main()
