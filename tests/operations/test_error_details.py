# SPDX-License-Identifier: EUPL-1.2
"""An attacker has the database session of an app, and has a function with its owner's rights fail: what the refusal shows of the row."""

from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, transaction

from rollkeeper.access.authority import Authority
from rollkeeper.kernel.database import rows, run
from rollkeeper.kernel.ids import StaffId, new_uuid
from rollkeeper.ledger.services import append_entry
from rollkeeper.ledger.verbs import Verb
from rollkeeper.lines.queries import find_line, tenures
from rollkeeper.registration import services
from tests.operations.test_app_roles import TAKEN
from tests.registration.conftest import clerk, new_line, vaulted  # noqa: F401
from tests.registration.people import ON, person, submission

pytestmark = pytest.mark.usefixtures("vaulted")


@pytest.fixture
def held(vaulted, clerk, new_line):  # noqa: F811
    """A line with a subscriber, and the start of its number's index as errors write it."""
    number = new_line()
    services.register_subscriber(clerk, submission(number, person()), on=ON)
    line = find_line(number).line_id
    (kept,) = rows("SELECT encode(number_index, 'hex') AS written FROM lines_line WHERE line_id = %s", [line])
    return {"line": line, "index": kept.written[:40], "person": tenures(line)[0].person_id}


def shown(statement: str, values: dict[str, Any]) -> str:
    """All that a session is told of why its statement failed."""
    with pytest.raises(DatabaseError) as fault, transaction.atomic():
        run(statement, values)
    cause = fault.value.__cause__
    assert isinstance(cause, psycopg.Error)
    return "\n".join(
        str(one) for one in (cause, cause.diag.message_detail, cause.diag.message_hint, cause.diag.context)
    )


@pytest.mark.parametrize(
    ("given", "other"),
    [("ARRAY[true]", "ARRAY[NULL]::boolean[]"), ("ARRAY['en']", "ARRAY['a'||repeat('b',100)]")],
)
def test_a_counter_is_not_shown_the_number_of_a_line_by_a_failed_registration(held, as_role, given, other):
    clerk = Authority(frozenset(), StaffId(new_uuid()), "c1" * 32)
    with as_role("counter"):
        entry = append_entry(
            clerk, verb=Verb.TENURE_REGISTERED, role="clerk", on=ON, line_id=held["line"], person_id=held["person"],
            commitment="b1" * 32, pack="a1" * 32, facts={"assurance": "sighted", "party_kind": "individual"},
        )  # fmt: skip
        said = shown(
            TAKEN.replace(given, other).replace(
                "ARRAY[uuidv7()], ARRAY[NULL]::uuid[],", "ARRAY[%(person)s], ARRAY[NULL]::uuid[],", 1
            ),
            held | {"entry": entry},
        )

    assert held["index"] not in said, said
