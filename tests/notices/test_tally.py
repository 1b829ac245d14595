"""Counts of notices and attempts that cost the same for ten million as for one, and are never out of step."""

import uuid

import pytest

from rollkeeper.access.authority import console_authority
from rollkeeper.kernel import clock, database
from rollkeeper.kernel.choices import Channel
from rollkeeper.notices import queries
from rollkeeper.notices.choices import NoticeKind, Outcome
from rollkeeper.notices.services import enqueue_notice, send_due
from tests.builders.lines import make_sealed_line
from tests.notices.fakes import Way
from tests.notices.people import ON, PROMISED, attempts, report, tell

CAMPAIGN = uuid.uuid4()


@pytest.fixture(autouse=True)
def _the_day(committed):
    clock.set_demo_date(ON)


def owed_in_campaign(line):
    return enqueue_notice(
        line, kind=NoticeKind.REGISTER_BY, language="en", promised_on=PROMISED, pack_hash="00", on=ON,
        campaign_id=CAMPAIGN,
    )  # fmt: skip


def send():
    send_due(console_authority(), on=ON, by_channel={one: Way() for one in (Channel.SMS, Channel.EMAIL)})


def counted_whole():
    """The same figures by counting the tables."""
    notices = database.rows(
        "SELECT kind, state, count(*) AS count FROM notices_notice GROUP BY 1, 2 ORDER BY 1, 2"
    )
    tried = database.rows(
        "SELECT channel, outcome, count(*) AS count FROM notices_attempt GROUP BY 1, 2 ORDER BY 1, 2"
    )
    return [tuple(one) for one in notices], [tuple(one) for one in tried]


def tallied():
    return (
        [(one.kind, one.state, one.count) for one in queries.state_counts()],
        [(one.channel, one.outcome, one.count) for one in queries.attempt_counts()],
    )


def test_the_tally_says_what_counting_the_tables_says_whatever_happened(_the_day):
    owed = [owed_in_campaign(make_sealed_line()) for _ in range(3)] + [
        tell(make_sealed_line(number=None), NoticeKind.RESTORED)
    ]
    at_first = (tallied(), counted_whole())
    send()
    for one, outcome in zip(owed, (Outcome.DELIVERED, Outcome.BOUNCED), strict=False):
        report(attempts(one)[0].attempt_id, outcome)
    send()
    later = (tallied(), counted_whole())
    database.run("DELETE FROM notices_notice WHERE notice_id = %s", [owed[2]])
    gone = (tallied(), counted_whole())

    assert all(tally == whole for tally, whole in (at_first, later, gone))
    assert at_first != later != gone


def test_folding_leaves_few_rows_and_the_same_sums(_the_day):
    for _ in range(5):
        tell(make_sealed_line(number=None, contact=None))
    before = tallied()

    database.run(database.sql("notices", "fold_tally"))

    assert tallied() == before
    assert [tuple(one) for one in database.rows("SELECT count(*) FROM notices_tally")] == [(1,)]


def test_the_reached_and_the_unreachable_of_a_campaign_are_counted_by_channel(_the_day):
    notified, by_mail = [
        owed_in_campaign(make_sealed_line()),
        owed_in_campaign(make_sealed_line(number=None, service="domain")),
    ]
    owed_in_campaign(make_sealed_line(contact=None, service="domain"))
    tell(make_sealed_line())
    assert {(one.channel, one.state, one.count) for one in queries.reach_by_channel(CAMPAIGN)} == {
        (None, "queued", 3)
    }

    send()
    report(attempts(notified)[0].attempt_id)

    found = {(one.channel, one.state, one.count) for one in queries.reach_by_channel(CAMPAIGN)}
    assert found == {("sms", "delivered", 1), ("email", "sent", 1), (None, "unreachable", 1)}
    assert attempts(by_mail)[0].channel == "email"
