"""Owing a notice."""

import datetime as dt
import uuid

import pytest
from django.db.utils import IntegrityError

from rollkeeper.kernel import database
from rollkeeper.notices.choices import NoticeKind
from rollkeeper.notices.services import enqueue_notice

ON = dt.date(2011, 12, 20)
PROMISED = dt.date(2012, 3, 1)


def owed(kind=NoticeKind.REGISTER_BY, promised_on=PROMISED):
    return enqueue_notice(
        uuid.uuid4(), kind=kind, language="bo", promised_on=promised_on, pack_hash="00", on=ON
    )


def test_a_notice_is_due_at_once_and_has_a_code_of_eight_digits(register):
    notice = owed()

    (row,) = database.rows("SELECT * FROM notices_notice WHERE notice_id = %s", [notice])
    assert (row.state, row.promised_on, row.attempts) == ("queued", PROMISED, 0)
    assert row.next_try_at.date() < ON
    assert len(row.code) == 8
    assert row.code.isdecimal()


def test_no_two_notices_share_a_code_by_habit(register):
    codes = {
        database.rows("SELECT code FROM notices_notice WHERE notice_id = %s", [owed()])[0].code
        for _ in range(20)
    }

    assert len(codes) == 20


def test_a_kind_that_promises_a_day_is_refused_without_one():
    with pytest.raises(ValueError, match="promises a day"):
        owed(promised_on=None)


def test_set_based_callers_need_only_say_whom_and_what(register):
    database.run(
        "INSERT INTO notices_notice (line_id, kind, language, queued_on, promised_on, pack_hash)"
        " SELECT uuidv7(), 'register_by', 'en', %s, %s, '00' FROM generate_series(1, 3)",
        [ON, PROMISED],
    )

    assert (
        len({row.code for row in database.rows("SELECT code FROM notices_notice WHERE state = 'queued'")})
        == 3
    )


def test_a_notice_cannot_be_called_delivered_without_a_day(register):
    owed()

    with pytest.raises(IntegrityError, match="delivered_without_proof"):
        database.run("UPDATE notices_notice SET state = 'delivered'")


def test_no_row_says_by_when_without_a_day(register):
    with pytest.raises(IntegrityError, match="promises_no_day"):
        database.run(
            "INSERT INTO notices_notice (line_id, kind, language, queued_on, pack_hash)"
            " VALUES (uuidv7(), 'register_by', 'en', %s, '00')",
            [ON],
        )
