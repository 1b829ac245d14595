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


def test_a_counter_is_not_shown_the_number_of_a_line_by_a_failed_registration(held, as_role):
    attacker = Authority(frozenset(), StaffId(new_uuid()), "c1" * 32)
    with as_role("counter"):
        entry = append_entry(
            attacker, verb=Verb.TENURE_REGISTERED, role="clerk", on=ON, line_id=held["line"], person_id=held["person"],
            commitment="b1" * 32, pack="a1" * 32, facts={"assurance": "sighted", "party_kind": "individual"},
        )  # fmt: skip
        said = shown(
            TAKEN.replace("ARRAY[true]", "ARRAY[NULL]::boolean[]").replace(
                "ARRAY[uuidv7()], ARRAY[NULL]::uuid[],", "ARRAY[%(person)s], ARRAY[NULL]::uuid[],", 1
            ),
            held | {"entry": entry},
        )

    assert held["index"] not in said, said


HIDDEN_DETAILS = r"EXCEPTION WHEN integrity_constraint_violation THEN"
SHOW_NOTHING_HIDDEN = {
    "access_ask": "a new row of its own",
    "access_settle_pending": "sets constants",
    "access_use_invitation": "sets constants",
    "agents_count_document_image": "a row that its role reads",
    "campaign_end_stay": "a row that its role reads",
    "campaign_enter_stay": "a row that its role reads",
    "campaign_postpone_commands": "a row that its role reads",
    "incidents_close": "sets an instant",
    "incidents_meet_duty": "sets an instant",
    "lines_count_access": "sets counts",
    "lines_count_code_attempt": "a new row of its own",
    "lines_create": "a new row of its own",
    "lines_extend_handle": "sets an instant out of the row",
    "lines_hand_to_clerk": "a new row, of an index that it has",
    "lines_lock_numbers": "locks",
    "lines_mark": "sets what the entry says, else what is there",
    "lines_mark_wrongful": "sets a constant",
    "lines_note_payments": "sets one of three words, which its entry says",
    "lines_pause_clock": "a new row of its own entry",
    "lines_reassign_number": "a row by an index that it has, or sets constants",
    "lines_reconnect": "a new row of its own entry",
    "lines_redeem_code": "a row by a code that it has",
    "lines_restore": "sets instants and a state out of the rows",
    "lines_terminate": "sets what its entry says, and a day that may be none",
    "selfcare_count_try": "a row of a page that it has",
    "selfcare_hand_over_code": "limits what it is given, none too",
    "selfcare_request_letter": "a row of a page that it has",
    "selfcare_verify_code": "a row of a page that it has, and one by a code that it has",
    "subscribers_add_documents": "new rows of its own",
    "subscribers_link": "a row that its role reads",
    "subscribers_make": "new rows of its own",
    "subscribers_replace_document": "a row by an index that it has",
    "subscribers_unlink": "a row that its role reads",
    "subscribers_unlink_document": "deletes",
    "vault_raise_access_alarm": "a new row out of an entry",
    "vault_replace_sim": "rows of its own entry's line",
}


def test_what_an_app_executes_and_writes_a_row_with_shows_no_other_row_when_it_fails(vaulted):  # noqa: F811
    found = rows(
        "SELECT p.proname AS function FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace AND p.prosecdef"
        " AND EXISTS (SELECT FROM unnest(ARRAY['counter', 'backoffice', 'portal']) AS one (app)"
        "              WHERE has_function_privilege(one.app, p.oid, 'EXECUTE')) AND p.prorettype <> 'trigger'::regtype"
        " AND coalesce(pg_get_function_sqlbody(p.oid), p.prosrc) ~ '(UPDATE|INSERT INTO|DELETE FROM) '"
        " AND p.prosrc !~ %s",
        [HIDDEN_DETAILS],
    )

    assert {one.function for one in found} == set(SHOW_NOTHING_HIDDEN)
