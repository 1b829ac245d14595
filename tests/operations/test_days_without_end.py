# SPDX-License-Identifier: EUPL-1.2
"""An attacker has the database session of an app: no row of theirs keeps those of everyone else from their turn."""

from contextlib import suppress

import pytest
from django.db import DatabaseError

from rollkeeper.access.authority import console_authority
from rollkeeper.agents.choices import Pattern
from rollkeeper.campaign.choices import WaiverReason
from rollkeeper.incidents.choices import Step
from rollkeeper.kernel.database import rows, run
from rollkeeper.ledger.services import append_entry
from rollkeeper.ledger.verbs import Verb
from rollkeeper.notices.choices import NoticeKind
from rollkeeper.notices.services import enqueue_notice, send_due
from rollkeeper.reporting.audit_samples.choices import SampledAction
from rollkeeper.selfcare.choices import DisputeReason, ForgerySign
from tests.operations.test_app_roles import held, refusal, refused  # noqa: F401
from tests.registration.conftest import clerk, new_line, vaulted  # noqa: F401
from tests.registration.people import ON

ENDLESS = ("infinity", "-infinity", "12000-01-01", "0044-01-01 BC")
QUEUED = (
    "INSERT INTO notices_notice (line_id, kind, language, pack_hash, queued_on, promised_on)"
    " VALUES (%(line)s, 'sim_replaced', 'en', '', %(queued)s, %(promised)s)"
)


@pytest.mark.parametrize("endless", ENDLESS)
@pytest.mark.parametrize("column", ["queued", "promised"])
def test_no_notice_of_an_app_keeps_the_others_from_being_sent(held, clerk, as_role, column, endless):  # noqa: F811
    line_id, _, _ = held
    with as_role("counter"):
        append_entry(clerk, verb=Verb.SIM_REPLACED, role="clerk", on=ON, line_id=line_id)
        refused(QUEUED, {"line": line_id, "queued": ON, "promised": None} | {column: endless})
    enqueue_notice(line_id, kind=NoticeKind.RESTORED, language="en", promised_on=None, pack_hash="", on=ON)

    sent = send_due(console_authority(), on=ON)

    assert sent.accepted == len(rows("SELECT FROM notices_notice WHERE state = 'sent'")) > 0


@pytest.mark.parametrize(
    ("role", "statement"),
    [
        ("counter", "SELECT lines_terminate(%(line)s, 1, %(day)s)"),
        ("counter", "SELECT lines_pause_clock(%(line)s, 1, %(day)s)"),
        ("backoffice", "SELECT campaign_enter_stay(uuidv7(), %(day)s, NULL, '', now(), uuidv7(), NULL)"),
        (
            "backoffice",
            "SELECT campaign_enter_stay(uuidv7(), '2012-03-02', %(day)s, '', now(), uuidv7(), NULL)",
        ),
    ],
)
@pytest.mark.parametrize("endless", ENDLESS)
def test_no_function_takes_a_day_without_end_from_an_app(held, as_role, role, statement, endless):  # noqa: F811
    with as_role(role):
        assert "kernel_day_without_end" in refusal(statement, {"line": held[0], "day": endless})


CASE = (
    "INSERT INTO agents_case (case_id, agent_id, outlet_id, line_id, pattern, opened_on)"
    " VALUES (uuidv7(), uuidv7(), uuidv7(), uuidv7(), %s, '2012-03-02')"
)
STEP = "INSERT INTO incidents_step (incident_id, step, state, requested_at) VALUES (uuidv7(), %s, %s, now())"
OPENED = (
    "INSERT INTO selfcare_case (case_id, line_id, kind, about, opened_on, due_on)"
    " VALUES (uuidv7(), uuidv7(), %s, %s, '2012-03-02', '2012-04-02')"
)
WAIVED = (
    "INSERT INTO campaign_unreachablewaiver (line_id, campaign_id, because, waived_by, waived_on)"
    " VALUES (uuidv7(), uuidv7(), %s, uuidv7(), '2012-03-02')"
)
DRAWN = (
    "INSERT INTO reporting_auditsample (sample_id, auditor_id, quarter, kind, seed, size, drawn_on)"
    " VALUES (uuidv7(), uuidv7(), '2012-Q1', %s, '\\x00', 1, '2012-04-02')"
)


@pytest.mark.parametrize(
    ("role", "statement", "words", "may"),
    [
        ("counter", OPENED, ["forgery", "x"], False),
        ("counter", OPENED, ["forgery", None], False),
        ("counter", OPENED, ["dispute", "+8613900001234 is a liar"], False),
        *[("counter", OPENED, ["forgery", one], True) for one in ForgerySign.values],
        *[("counter", OPENED, ["dispute", one], True) for one in (None, *DisputeReason.values)],
        ("backoffice", WAIVED, ["x"], False),
        *[("backoffice", WAIVED, [one], True) for one in WaiverReason.values],
        ("backoffice", DRAWN, ["x"], False),
        *[("backoffice", DRAWN, [one], True) for one in SampledAction.values],
        ("counter", CASE, ["x"], False),
        *[("counter", CASE, [one], True) for one in Pattern.values],
        ("backoffice", STEP, ["x", "approved"], False),
        ("backoffice", STEP, ["scope", "x"], False),
        ("backoffice", STEP, ["scope", "done"], False),
        *[("backoffice", STEP, [one, "approved"], True) for one in Step.values],
    ],
)
def test_no_app_says_a_word_that_no_program_knows(register, as_role, role, statement, words, may):
    run("SET CONSTRAINTS ALL DEFERRED")

    with suppress(DatabaseError), as_role(role):
        assert refused(statement, words) is not may
        raise DatabaseError  # without an entry, whatever is there is refused when it commits


def test_each_day_that_an_app_writes_by_its_own_rights_is_looked_at(register):
    written = rows(
        "SELECT DISTINCT table_name, column_name FROM information_schema.column_privileges p JOIN information_schema.columns c"
        " USING (table_name, column_name) WHERE p.grantee IN ('counter', 'backoffice', 'portal')"
        " AND p.privilege_type IN ('INSERT', 'UPDATE') AND c.data_type IN ('date', 'timestamp with time zone') AND table_name <> 'ledger_entry'"
    )
    looked_at = {
        (row.of_table, column)
        for row in rows(
            "SELECT tgrelid::regclass::text AS of_table, tgargs FROM pg_trigger WHERE tgname = 'kernel_days'"
        )
        for column in bytes(row.tgargs).decode().split("\0")
    }

    assert {(row.table_name, row.column_name) for row in written} - looked_at == set()
