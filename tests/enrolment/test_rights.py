# SPDX-License-Identifier: EUPL-1.2
"""The counter's role in the database can do all the acts of the counter and read nothing back."""

import pytest
from django.db import ProgrammingError, transaction

from rollkeeper.enrolment import acts
from rollkeeper.kernel.database import rows
from rollkeeper.lines.acts import mark_disputed
from rollkeeper.lines.queries import find_line
from rollkeeper.lines.states import PauseReason, SuspensionReason
from tests.enrolment.people import ON, fresh_number, given_by, person, submission

pytestmark = pytest.mark.usefixtures("vaulted")


def test_the_counters_role_suffices_for_every_act(clerk, new_line, as_role):
    number, who, other = new_line(SuspensionReason.REGISTRATION), person(), person()
    document = (other["document_type"], other["document_number"])

    with as_role("counter"):
        acts.register_subscriber(clerk, submission(number, who), on=ON)
        acts.register_subscriber(clerk, submission(fresh_number(), who), on=ON)
        acts.transfer_line(clerk, submission(number, other, giver=given_by(who)), on=ON)
        acts.change_record(clerk, submission(number, other), on=ON)
        acts.pause_line(
            clerk,
            submission_key="pause-0001",
            number=number,
            first=ON,
            last=None,
            reason=PauseReason.ABROAD,
            on=ON,
        )
        acts.replace_sim(clerk, submission_key="sim-000001", number=number, document=document, on=ON)
        acts.end_line(clerk, submission_key="end-000001", number=number, document=document, on=ON)
        acts.register_subscriber(clerk, submission(number, other), on=ON)
        mark_disputed(clerk, find_line(number).line_id, ON)


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT ciphertext FROM vault_sealed",
        "UPDATE vault_sealed SET ciphertext = ''",
        "DELETE FROM vault_sealed",
        "UPDATE enrolment_submission SET receipt = '{}'",
        "DELETE FROM enrolment_submission",
        "DELETE FROM lines_holding",
        "DELETE FROM subscribers_document",
    ],
)
def test_the_counters_role_reads_nothing_sealed_and_takes_nothing_back(as_role, statement):
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic(), as_role("counter"):
        rows(statement)
