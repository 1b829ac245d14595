# SPDX-License-Identifier: EUPL-1.2
"""A person's commitment in the ledger can be checked while the person's key exists, and not afterwards."""

import datetime as dt
import hashlib
import hmac
import json
import re

import pytest

from rollkeeper.access.authority import Authority, staff_commitment, worker_authority
from rollkeeper.access.roles import StaffRole
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import rows
from rollkeeper.kernel.ids import StaffId, new_uuid
from rollkeeper.registration.services import register_subscriber, terminate_line
from rollkeeper.retention import services as retention
from rollkeeper.subscribers.choices import PartyKind, PartyRole
from rollkeeper.vault import epochs, keys, wire
from rollkeeper.vault.blind_index import blind_documents, blind_numbers
from rollkeeper.vault.errors import CannotOpen
from rollkeeper.vault.root import index_key, root_file, root_of_trust
from rollkeeper.vault.services import begin_first_epoch
from tests.registration.people import ON, fresh_number, person, submission, without_address

ERASED_ON = dt.date(2013, 5, 1)
CLERK = Authority(frozenset({StaffRole.CLERK}), StaffId(new_uuid()), "c1" * 32)


@pytest.fixture
def vaulted(committed):
    begin_first_epoch()
    clock.set_demo_date(ON)


def entry_of(number):
    """The published entry about the registration of a number."""
    (line,) = rows("SELECT line_id FROM lines_line WHERE number_index = %s", blind_numbers([number]))
    (found,) = rows(
        "SELECT body FROM ledger_entry WHERE line_id = %s AND verb = 'line:tenure:registered'",
        [line.line_id],
    )
    return json.loads(found.body)


def tenure_of(entry):
    (found,) = rows("SELECT person_id, tenure_id FROM lines_tenure WHERE line_id = %s", [entry["line"]])
    return found


def key_of(tenure):
    wrapped = keys.person_key(tenure.person_id, tenure_id=tenure.tenure_id)
    return epochs.unwrapped(wrapped.epoch_id, wrapped.secret_wrapped).open_person_key(
        wrapped.wrapped, context=wire.person_key_context(tenure.person_id.bytes, tenure.tenure_id.bytes)
    )


def commitment_by(secret, tenure):
    """The vault's page of formats, in a few lines of code."""
    salt = hmac.digest(secret, b"rollkeeper/commitment\x01", "sha256")
    return hmac.digest(salt, tenure.person_id.bytes + tenure.tenure_id.bytes, "sha256").hex()


def end_and_erase(number, subscriber):
    document = (subscriber["document_type"], subscriber["document_number"])
    terminate_line(CLERK, submission_key=str(new_uuid()), number=number, document=document, on=ON)
    clock.set_demo_date(ERASED_ON)
    assert retention.erase_due(worker_authority(), on=ERASED_ON).lines == 1


def everything_that_lives():
    """Every secret available with both stores, the root and the index key, and everything derived from it."""
    secrets = [bytes.fromhex(part) for file in root_file().parent.iterdir() for part in _hex_in(file)]
    for epoch_id in keys.living_epoch_ids():
        context = epochs._context(epoch_id)
        secrets.append(root_of_trust().unwrap(keys.wrapped_secret(epoch_id)[0], context=context))
    secrets += [key_of(row) for row in rows("SELECT person_id, tenure_id FROM person_key", using=keys.STORE)]
    return secrets + [index_key().digests([secret])[0] for secret in secrets]


def _hex_in(file):
    return re.findall(r"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])", file.read_text("utf-8", "replace"))


def everything_in_the_register():
    """Every cell of every table but the ledger itself, as text."""
    tables = rows(
        "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public'"
        " AND table_type = 'BASE TABLE' AND table_name NOT LIKE 'ledger_%%'"
    )
    return "".join(
        cell.row
        for table in tables
        for cell in rows(f'SELECT t::text AS row FROM "{table.name}" AS t')  # noqa: S608
    )


def test_the_salt_lets_one_check_the_commitment_of_a_person(vaulted):
    number = fresh_number()
    register_subscriber(CLERK, submission(number), on=ON)

    entry = entry_of(number)
    tenure = tenure_of(entry)

    assert entry["person"] == commitment_by(key_of(tenure), tenure)
    assert entry["person"] not in {
        commitment_by(secret, tenure) for secret in (b"", bytes(32), hashlib.sha256().digest())
    }


def test_two_lines_of_one_person_are_not_linked_by_what_stands_for_the_person(vaulted):
    subscriber, first, second = person(), fresh_number(), fresh_number()
    register_subscriber(CLERK, submission(first, subscriber), on=ON)
    register_subscriber(CLERK, submission(second, subscriber), on=ON)

    entries = [entry_of(first), entry_of(second)]

    assert len({tenure_of(entry).person_id for entry in entries}) == 1
    assert len({entry["person"] for entry in entries}) == 2


def test_after_an_erasure_the_commitment_cannot_be_computed_again(vaulted):
    number, other, subscriber = fresh_number(), fresh_number(), person()
    register_subscriber(CLERK, submission(other), on=ON)
    register_subscriber(CLERK, submission(number, subscriber), on=ON)
    entry, still = entry_of(number), entry_of(other)
    tenure, living = tenure_of(entry), tenure_of(still)

    end_and_erase(number, subscriber)

    left = everything_that_lives()
    assert still["person"] in {commitment_by(secret, living) for secret in left}
    assert entry["person"] not in {commitment_by(secret, tenure) for secret in left}
    with pytest.raises(CannotOpen):
        key_of(tenure)


def test_after_an_erasure_nothing_in_the_register_leads_from_a_guess_to_the_entries(vaulted):
    number, subscriber = fresh_number(), person()
    register_subscriber(CLERK, submission(number, subscriber), on=ON)
    entry = entry_of(number)
    (by_number,) = blind_numbers([number])
    (by_document,) = blind_documents([f"{subscriber['document_type']} {subscriber['document_number']}"])
    before = everything_in_the_register()

    end_and_erase(number, subscriber)

    after = everything_in_the_register()
    for trace in (by_number.hex(), by_document.hex(), entry["person"]):
        assert trace in before
        assert trace not in after
    bodies = "".join(row.body for row in rows("SELECT body FROM ledger_entry"))
    guesses = [number, number[1:], *subscriber.values(), by_number.hex(), by_document.hex()]
    hashes = [hashlib.sha256(guess.encode()).hexdigest() for guess in guesses]
    assert [guess for guess in guesses + hashes if guess in bodies] == []


def test_related_persons_are_erased_with_the_subscriber(vaulted):
    number, subscriber = fresh_number(), person()
    parts = {PartyRole.SUBSCRIBER: subscriber, PartyRole.GUARDIAN: without_address()}
    register_subscriber(CLERK, submission(number, subscriber, kind=PartyKind.MINOR, parts=parts), on=ON)
    entry = entry_of(number)
    (guardian,) = rows(
        "SELECT guardian_person_id AS person_id, tenure_id FROM lines_tenure WHERE line_id = %s",
        [entry["line"]],
    )
    assert entry["facts"]["guardian"] == commitment_by(key_of(guardian), guardian)

    end_and_erase(number, subscriber)

    assert entry["facts"]["guardian"] not in {
        commitment_by(secret, guardian) for secret in everything_that_lives()
    }


def test_a_member_of_staff_is_a_commitment_under_a_salt_of_their_own():
    staff, salt, other = StaffId(new_uuid()), bytes(range(32)), bytes(32)

    made = staff_commitment(salt, staff)

    assert made == hmac.digest(salt, b"staff\x00" + staff.bytes, "sha256").hex()
    assert made != staff_commitment(other, staff)
    assert made not in {
        hashlib.sha256(staff.bytes).hexdigest(),
        hashlib.sha256(str(staff).encode()).hexdigest(),
    }
