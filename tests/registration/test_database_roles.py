# SPDX-License-Identifier: EUPL-1.2
"""The counter's role in the database can do all the acts of the counter and read nothing back."""

import pytest
from django.db import DatabaseError, ProgrammingError, transaction

from rollkeeper.kernel.database import rows
from rollkeeper.kernel.ids import new_uuid
from rollkeeper.lines.choices import PauseReason, SuspensionReason
from rollkeeper.lines.queries import find_line
from rollkeeper.lines.services import mark_disputed
from rollkeeper.registration import services
from tests.registration.people import ON, fresh_number, given_by, person, submission

pytestmark = pytest.mark.usefixtures("vaulted")


MAKERS = [
    "SELECT lines_create(ARRAY[uuidv7()], ARRAY['mobile'], ARRAY['en'], ARRAY[%(region)s], ARRAY['\\x01'::bytea], ARRAY['\\x01'::bytea], '2012-01-01')",
    "SELECT lines_reassign_number(uuidv7(), uuidv7(), 'mobile', 'en', %(region)s, '\\x01'::bytea, '\\x01'::bytea, '2012-01-01')",
]


def test_the_counters_role_suffices_for_every_act(clerk, new_line, as_role):
    number, who, other = new_line(SuspensionReason.REGISTRATION), person(), person()
    document = (other["document_type"], other["document_number"])

    with as_role("counter"):
        services.register_subscriber(clerk, submission(number, who), on=ON)
        services.register_subscriber(clerk, submission(fresh_number(), who), on=ON)
        services.transfer_line(clerk, submission(number, other, transferor=given_by(who)), on=ON)
        services.change_record(clerk, submission(number, other), on=ON)
        services.pause_line(
            clerk,
            submission_key=str(new_uuid()),
            number=number,
            first=ON,
            last=None,
            reason=PauseReason.ABROAD,
            on=ON,
        )
        services.replace_sim(clerk, submission_key=str(new_uuid()), number=number, document=document, on=ON)
        services.terminate_line(
            clerk, submission_key=str(new_uuid()), number=number, document=document, on=ON
        )
        services.register_subscriber(clerk, submission(number, other), on=ON)
        mark_disputed(clerk, find_line(number).line_id, ON)


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT ciphertext FROM vault_sealed",
        "UPDATE vault_sealed SET ciphertext = ''",
        "DELETE FROM vault_sealed",
        "UPDATE registration_submission SET receipt = '{}'",
        "DELETE FROM registration_submission",
        "DELETE FROM lines_tenure",
        "DELETE FROM subscribers_document",
    ],
)
def test_the_counters_role_reads_nothing_sealed_and_takes_nothing_back(as_role, statement):
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic(), as_role("counter"):
        rows(statement)


@pytest.mark.parametrize("role", ["counter", "worker"])
@pytest.mark.parametrize(
    ("region", "is_name"),
    [("Assam", True), ("a" * 64, True), ("a" * 65, False), ("", False), ("a\nb", False)],
)
@pytest.mark.parametrize("statement", MAKERS)
def test_no_role_writes_a_text_where_a_region_is_named(as_role, role, region, is_name, statement):
    def attempt():
        with transaction.atomic(), as_role(role):
            rows(statement, {"region": region})
            raise DatabaseError("made")

    with pytest.raises(DatabaseError) as why:
        attempt()

    assert ("lines_region_is_no_name" in str(why.value)) is not is_name
