# SPDX-License-Identifier: EUPL-1.2
"""A promised day remains valid under every later version of the pack."""

import datetime as dt
from importlib.resources import files
from pathlib import Path

import pytest

from rollkeeper.access.authority import Authority, console_authority, worker_authority
from rollkeeper.campaign import batch_execution, batch_planning, batch_rollback, nightly, planning, queries
from rollkeeper.campaign.errors import PackChanged
from rollkeeper.campaign.line_deadline import line_deadline
from rollkeeper.kernel import clock
from rollkeeper.kernel.choices import Channel
from rollkeeper.kernel.database import rows
from rollkeeper.kernel.ids import LineId
from rollkeeper.law.packs import load_pack
from rollkeeper.lines.models import Line
from rollkeeper.notices.models import Notice
from rollkeeper.notices.services import send_due
from tests.builders.lines import make_line, make_sealed_line
from tests.builders.notices import retry_notices
from tests.builders.packs import adopt_pack, confirmed
from tests.campaign.population import approved_batches, day, member, night, nights, state, tell
from tests.notices.fakes import Way

type People = tuple[Authority, Authority]

NOTIFIED = day("2012-01-05")
REFERENCE = (files("rollkeeper.law.packs") / "cn-xz-2011.yaml").read_text("utf-8")


def version(days: int) -> str:
    """The reference pack with so many days to register, without its own cases, which count 60."""
    cases, questions = REFERENCE.index("\ntests:"), REFERENCE.index("\nopen_questions:")
    whole = REFERENCE[:cases] + REFERENCE[questions:]
    return confirmed(whole.replace("after: {n: 60, unit: day}", f"after: {{n: {days}, unit: day}}"))


def plan_under(pack: Path, days: int, *, on: dt.date) -> str:
    pack.write_text(version(days), "utf-8")
    clock.set_demo_date(on)
    adopt_pack(pack, on=on)
    planning.plan_campaign(console_authority(), pack_id=str(pack), on=on)
    return load_pack(str(pack)).hash


@pytest.mark.parametrize(("first", "then"), [(90, 60), (90, 30), (60, 90)])
def test_a_promised_day_is_kept_and_a_longer_time_is_given(
    first: int, then: int, people: People, tmp_path: Path
) -> None:
    pack, line_id = tmp_path / "pack.yaml", make_line()
    plan_under(pack, first, on=NOTIFIED)
    tell(line_id, NOTIFIED)
    nightly.run_nightly(worker_authority(), on=NOTIFIED)
    promised = member(line_id).promised_on

    plan_under(pack, then, on=NOTIFIED + dt.timedelta(days=3))

    # Counted by hand from 2012-01-05, the first day left out: 90 days end on Wednesday the 4th of April, a day of rest
    # in 2012 (Qingming), so on the 5th; 60 days on Monday the 5th of March, 30 on Saturday the 4th of February.
    last = day("2012-04-05")
    assert promised == (last if first == 90 else day("2012-03-05"))
    for on, due in ((last, 0), (last + dt.timedelta(days=1), 1)):
        assert (
            batch_planning.check_day(console_authority(), due_on=on, on=NOTIFIED + dt.timedelta(days=3))[
                0
            ].count
            == due
        )
        night(on, people)
        assert state(line_id) == ("suspended" if due else "active")


def test_a_law_that_is_put_off_begins_later_for_those_notified_before_too(
    people: People, tmp_path: Path
) -> None:
    pack, notified, late = tmp_path / "pack.yaml", make_line(), make_line()
    put_off = day("2012-03-01")
    plan_under(pack, 60, on=NOTIFIED)
    tell(notified, NOTIFIED)
    nightly.run_nightly(worker_authority(), on=NOTIFIED)

    pack.write_text(confirmed(version(60).replace("base: 2012-01-01", f"base: {put_off}")), "utf-8")
    adopt_pack(pack, on=NOTIFIED)
    planning.plan_campaign(console_authority(), pack_id=str(pack), on=NOTIFIED)
    tell(late, NOTIFIED)
    nightly.run_nightly(worker_authority(), on=NOTIFIED)

    assert load_pack(str(pack)).campaign.begins_on == put_off
    assert [member(one).anchor_on for one in (notified, late)] == [put_off] * 2


def with_days(days: int, base: str) -> str:
    return confirmed(version(days).replace("base: 2012-01-01", f"base: {base}"))


@pytest.mark.parametrize(
    ("text", "last"),
    [
        (with_days(60, "2012-06-01"), day("2012-07-31")),
        # The day of the suspension is now the last one: by a day more, or by a day later.
        (with_days(61, "2012-01-01"), day("2012-05-14")),
        (with_days(60, "2012-01-02"), day("2012-05-11")),
        (with_days(60, "2012-01-01").replace("version: 1", "version: 2"), None),
        (with_days(30, "2012-01-01"), None),
    ],
    ids=["put off", "longer", "put off by a day", "the same", "shorter"],
)
def test_who_was_cut_before_the_last_day_of_a_changed_law_works_and_has_its_days(
    text: str, last: dt.date | None, people: People, tmp_path: Path
) -> None:
    pack, line_id, on = tmp_path / "pack.yaml", make_line(), day("2012-03-12")
    told = day("2011-12-20")
    plan_under(pack, 60, on=told)
    tell(line_id, told)
    for one in (told, day("2012-03-02")):
        night(one, people)
    cut = state(line_id)

    pack.write_text(text, "utf-8")
    clock.set_demo_date(on)
    adopt_pack(pack, on=on)
    planning.plan_campaign(console_authority(), pack_id=str(pack), on=on)

    assert cut == "suspended"
    if last is None:
        assert (state(line_id), member(line_id).stage) == ("suspended", "suspended")
        return
    assert (state(line_id), member(line_id).stage) == ("active", "not_notified")
    owed = rows(
        "SELECT kind, promised_on FROM notices_notice WHERE line_id = %s AND queued_on = %s ORDER BY kind",
        [line_id, on],
    )
    assert [tuple(one) for one in owed] == [("register_by", last), ("restored", None)]
    assert rows("SELECT 1 AS x FROM provisioning_command WHERE line_id = %s AND kind = 'restore'", [line_id])
    tell(line_id, on)
    nights(on, on, people)
    nights(last, last + dt.timedelta(days=3), people)  # a weekend may lie behind the last day
    barred = rows("SELECT begun_on FROM lines_suspension WHERE line_id = %s ORDER BY begun_on", [line_id])
    assert state(line_id) == "suspended"
    assert (len(barred), barred[-1].begun_on > last) == (2, True)


def test_who_comes_back_from_an_end_after_the_law_gave_more_time_works_again(
    people: People, tmp_path: Path
) -> None:
    pack, line_id, on = tmp_path / "pack.yaml", make_line(), day("2012-04-06")
    plan_under(pack, 60, on=day("2011-12-20"))
    tell(line_id, day("2011-12-20"))
    for one in ("2011-12-20", "2012-03-02", "2012-04-05"):
        night(day(one), people)
    ended = state(line_id)
    plan_under(pack, 200, on=on)

    batch_rollback.undo_batch(people[1], queries.batches()[0].batch_id, on=on)
    back = state(line_id)
    nights(on, on + dt.timedelta(days=14), people)

    assert (ended, back, state(line_id)) == ("terminated", "suspended", "active")
    again = planning.plan_campaign(console_authority(), pack_id=str(pack), on=on + dt.timedelta(days=14))
    assert (again.members_added, member(line_id).stage) == (1, "not_notified")


def test_a_subscriber_a_changed_law_no_longer_concerns_gets_service_again(
    people: People, tmp_path: Path
) -> None:
    pack, notified = tmp_path / "pack.yaml", day("2011-12-20")
    cut, kept, counting, not_notified = (make_line() for _ in range(4))
    plan_under(pack, 60, on=notified)
    for line_id in (cut, kept):
        tell(line_id, notified)
    night(day("2012-03-02"), people)
    tell(counting, day("2012-03-05"))
    nightly.run_nightly(worker_authority(), on=day("2012-03-05"))
    Line.objects.filter(line_id__in=[cut, counting, not_notified]).update(service="data_card")
    before = [(state(one), member(one).stage) for one in (cut, kept, counting, not_notified)]

    narrower = version(60).replace(
        "services: [mobile, data_card, fixed_line]", "services: [mobile, fixed_line]"
    )
    pack.write_text(confirmed(narrower), "utf-8")
    clock.set_demo_date(day("2012-03-06"))
    adopt_pack(pack, on=day("2012-03-06"))
    planning.plan_campaign(console_authority(), pack_id=str(pack), on=day("2012-03-06"))

    assert before == [("suspended", "suspended")] * 2 + [("active", "running"), ("active", "not_notified")]
    after = [(state(one), member(one).stage) for one in (cut, kept, counting, not_notified)]
    assert after == [
        ("active", "out_of_scope"),
        ("suspended", "suspended"),
        ("active", "out_of_scope"),
        ("active", "out_of_scope"),
    ]
    asked = rows("SELECT line_id FROM provisioning_command WHERE kind = 'restore'")
    owed = rows("SELECT line_id, kind FROM notices_notice WHERE state = 'queued' AND line_id <> %s", [kept])
    said = rows("SELECT line_id FROM ledger_entry WHERE verb = 'campaign:member:released'")
    assert [one.line_id for one in asked] == [cut]
    assert [(one.line_id, one.kind) for one in owed] == [(cut, "restored")]
    assert {one.line_id for one in said} == {cut, counting, not_notified}
    night(day("2012-05-10"), people)
    assert [state(one) for one in (cut, kept, counting, not_notified)] == [
        "active",
        "terminated",
        "active",
        "active",
    ]

    # It was a mistake: released subscribers are asked again, from the beginning.
    pack.write_text(version(60), "utf-8")
    clock.set_demo_date(day("2012-05-11"))
    again = planning.plan_campaign(console_authority(), pack_id=str(pack), on=day("2012-05-11"))
    assert again.members_added == 3
    assert [member(one).stage for one in (cut, counting, not_notified)] == ["not_notified"] * 3
    fresh = rows("SELECT line_id FROM notices_notice WHERE kind = 'register_by' AND queued_on = '2012-05-11'")
    assert {one.line_id for one in fresh} == {cut, counting, not_notified}


def test_each_notice_keeps_the_version_it_rests_on_and_the_day_it_promises(
    people: People, tmp_path: Path
) -> None:
    pack, early = tmp_path / "pack.yaml", make_line()
    old = plan_under(pack, 90, on=NOTIFIED)
    late = make_line()

    new = plan_under(pack, 60, on=NOTIFIED)

    found = {one.line_id: one for one in rows("SELECT line_id, pack_hash, promised_on FROM notices_notice")}
    assert (found[early].pack_hash, found[early].promised_on) == (old, day("2012-04-05"))
    assert (found[late].pack_hash, found[late].promised_on) == (new, day("2012-03-05"))


def test_a_first_notice_sent_late_names_the_day_counted_from_now(
    people: People,
) -> None:
    line_id, way, late = make_sealed_line(), Way(), day("2012-02-10")
    clock.set_demo_date(NOTIFIED)
    planning.plan_campaign(console_authority(), pack_id="cn-xz-2011", on=NOTIFIED)
    owed = promised_of(line_id)
    clock.set_demo_date(late)

    send_due(worker_authority(), on=late, by_channel={Channel.SMS: way})
    tell(line_id, late)
    nightly.run_nightly(worker_authority(), on=late)

    # By hand: 19 days to the end of February, 31 of March, so the 60th is Tuesday the 10th of April.
    last = day("2012-04-10")
    assert (owed, promised_of(line_id), member(line_id).promised_on) == (day("2012-03-05"), last, last)
    assert "2012年4月10日" in way.heard[0].text or "10 April 2012" in way.heard[0].text
    night(last, people)
    assert state(line_id) == "active"


def test_no_past_day_is_promised_while_a_changed_pack_waits_to_be_planned(
    people: People, tmp_path: Path
) -> None:
    pack, line_id, way, late = tmp_path / "pack.yaml", make_sealed_line(), Way(), day("2012-05-10")
    plan_under(pack, 60, on=NOTIFIED)
    pack.write_text(version(90), "utf-8")
    clock.set_demo_date(late)

    before = send_due(worker_authority(), on=late, by_channel={Channel.SMS: way})
    adopt_pack(pack, on=late)
    planning.plan_campaign(console_authority(), pack_id=str(pack), on=late)
    retry_notices()
    after = send_due(worker_authority(), on=late, by_channel={Channel.SMS: way})

    assert (before.accepted, before.later, after.accepted) == (0, 1, 1)
    assert promised_of(line_id) > late


def test_a_promised_day_stays_where_a_notice_of_today_would_give_less(people: People) -> None:
    line_id, early = make_sealed_line(), day("2012-01-06")
    clock.set_demo_date(NOTIFIED)
    planning.plan_campaign(console_authority(), pack_id="cn-xz-2011", on=NOTIFIED)
    Notice.objects.update(promised_on=day("2012-05-02"))
    clock.set_demo_date(early)

    send_due(worker_authority(), on=early, by_channel={Channel.SMS: Way()})

    assert promised_of(line_id) == day("2012-05-02")
    assert planning.plan_campaign(console_authority(), pack_id="cn-xz-2011", on=early).members_added == 0


def promised_of(line_id: LineId) -> dt.date:
    (owed,) = rows("SELECT promised_on FROM notices_notice WHERE line_id = %s", [line_id])
    return owed.promised_on


def test_a_pack_rewritten_while_a_batch_runs_stops_it_and_shortens_no_time(
    people: People, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch_execution, "CHUNK", 2)
    pack, lines = tmp_path / "pack.yaml", [make_line() for _ in range(6)]
    plan_under(pack, 60, on=day("2011-12-20"))
    for line_id in lines:
        tell(line_id, day("2011-12-20"))
    nightly.run_nightly(worker_authority(), on=day("2011-12-20"))
    due = day("2012-03-02")
    (batch_id,) = approved_batches(due, people)

    with pytest.raises(PackChanged):
        batch_execution.run_batch(
            worker_authority(),
            batch_id,
            on=due,
            moved=lambda _: pack.write_text(version(90), "utf-8") and None,
        )
    when_it_changed = [state(line_id) for line_id in lines]
    adopt_pack(pack, on=due)
    planning.plan_campaign(console_authority(), pack_id=str(pack), on=due)
    afterwards = batch_execution.run_batch(worker_authority(), batch_id, on=due)
    night(due, people)

    assert when_it_changed.count("suspended") == 2
    assert (afterwards.state, afterwards.done) == ("stopped", 0)
    # The two were cut within the ninety days that the law gives now.
    assert [state(line_id) for line_id in lines] == ["active"] * 6


def test_who_is_told_late_has_whole_months_at_each_step_of_the_night(people: People, tmp_path: Path) -> None:
    # Two months are 62 days here, and 60 from the law's own day, 1 January.
    told, last = day("2012-07-01"), day("2012-09-03")
    pack, line_id = tmp_path / "pack.yaml", make_line()
    reminder = (
        "      - {must_be_delivered: false, before_deadline: {n: 7, unit: day}, because: {article: '3'}}\n"
    )
    text = version(60).replace("after: {n: 60, unit: day}", "after: {n: 2, unit: month}")
    pack.write_text(confirmed(text.replace("    stages:\n", f"{reminder}    stages:\n", 1)), "utf-8")
    clock.set_demo_date(told)
    planning.plan_campaign(console_authority(), pack_id=str(pack), on=told)

    tell(line_id, told)
    nights(told, told, people)
    nights(last - dt.timedelta(days=8), last, people)

    found = rows(
        "SELECT kind, promised_on FROM notices_notice WHERE line_id = %s ORDER BY queued_on, kind", [line_id]
    )
    assert [tuple(one) for one in found] == [("register_by", last), ("reminder", last)]
    deadline = line_deadline(line_id)
    assert deadline is not None
    assert deadline.last_day_on == last
    assert state(line_id) == "active"
    night(last + dt.timedelta(days=1), people)
    assert state(line_id) == "suspended"
