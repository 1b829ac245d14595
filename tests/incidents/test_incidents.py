# SPDX-License-Identifier: EUPL-1.2
"""From an account, an epoch, a table or a time to exactly those who were exposed; and what follows, to the end."""

import datetime as dt
import json

import pytest
from typer.testing import CliRunner

from rollkeeper.access.authority import Authority, console_authority
from rollkeeper.access.errors import NOT_ALLOWED
from rollkeeper.access.models import Staff
from rollkeeper.access.roles import StaffRole
from rollkeeper.access.services import authority_of, reinstate_staff
from rollkeeper.incidents import queries, services
from rollkeeper.incidents.choices import About, Remedy, Severity, Table
from rollkeeper.incidents.errors import (
    DUTIES_OPEN,
    EPOCH_NOT_FOUND,
    INCIDENT_CLOSED,
    INCIDENT_NOT_SCOPED,
    INCIDENT_SUBJECT_MISSING,
)
from rollkeeper.incidents.remedies import remedy_incident
from rollkeeper.incidents.report import write_report
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import rows, run
from rollkeeper.kernel.ids import LineId, PersonId, StaffId, TenureId, new_uuid
from rollkeeper.ledger.services import append_entry
from rollkeeper.ledger.verbs import Verb
from rollkeeper.lines.models import Tenure
from rollkeeper.operations.cli import make_app
from rollkeeper.vault.fields import OPENED, Field, Purpose
from rollkeeper.vault.keys import living_epoch
from rollkeeper.vault.services import PersonRecord, open_sealed, seal_persons
from tests.builders.lines import change_line, make_line, make_subscriber, make_tenure
from tests.builders.staff import employ
from tests.refusals import refusing

NOW = dt.datetime(2012, 3, 2, 4, 0, tzinfo=dt.UTC)
ON = dt.date(2012, 3, 2)
CONSOLE = console_authority()
HOUR = dt.timedelta(hours=1)


def officer(name="officer-1") -> Authority:
    return employ(StaffRole.DATA_PROTECTION_OFFICER, username=name)


def held_by(line_id, *, since=NOW - 100 * HOUR, until=None, language="en") -> tuple[PersonId, TenureId]:
    return make_tenure(line_id, since, until, person_id=make_subscriber(language=language))


def accessed(who, *, at=NOW, person_id=None, line_id=None, field="name"):
    return append_entry(
        who, verb=Verb.SEALED_OPENED, role="data_protection_officer", on=ON, person_id=person_id, line_id=line_id,
        facts={"field": field, "purpose": "review"},
    )  # fmt: skip


def at(instant, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: instant)


def opened(about=About.WINDOW, **named):
    given = {"severity": Severity.SERIOUS, "noticed_at": clock.now(), "on": ON}
    return services.open_incident(CONSOLE, about=about, **given | named)


def exposed(incident_id):
    return {
        (one.person_id, one.fields, one.openings) for one in queries.affected_people(CONSOLE, incident_id)
    }


def test_an_account_leads_to_exactly_those_it_opened_within_the_time(register, monkeypatch):
    thief, other = officer("officer-1"), officer("officer-2")
    people = [PersonId(new_uuid()) for _ in range(5)]
    for who, person_id, instant in [
        (thief, people[0], NOW), (thief, people[0], NOW + HOUR), (thief, people[1], NOW + HOUR),
        (thief, people[2], NOW - HOUR), (thief, people[3], NOW + 5 * HOUR), (other, people[4], NOW),
    ]:  # fmt: skip
        at(instant, monkeypatch)
        accessed(who, person_id=person_id)

    made = opened(About.ACCOUNT, accounts=[thief.staff_id], since=NOW, until=NOW + 5 * HOUR)
    found = services.scope_incident(CONSOLE, made, on=ON)

    assert (found.people, found.openings) == (2, 3)
    assert exposed(made) == {(people[0], ("name",), 2), (people[1], ("name",), 1)}


def test_accesses_to_one_person_are_one_row_with_every_field(
    register,
):
    line_id, person_id = make_line(), PersonId(new_uuid())
    for field in ("name", "address", "name", "shoe_size"):
        accessed(CONSOLE, person_id=person_id, line_id=line_id, field=field)

    made = opened(since=clock.now() - HOUR, until=clock.now() + HOUR)
    found = services.scope_incident(CONSOLE, made, on=ON)

    assert (found.people, found.openings) == (1, 4)
    assert exposed(made) == {(person_id, ("address", "name", "other"), 4)}


def test_a_person_seen_on_two_lines_is_counted_once(register):
    person_id = PersonId(new_uuid())
    for _ in range(2):
        accessed(CONSOLE, person_id=person_id, line_id=make_line(), field="name")
    accessed(CONSOLE, line_id=make_line(), field="number")

    made = opened(since=clock.now() - HOUR, until=clock.now() + HOUR)
    found = services.scope_incident(CONSOLE, made, on=ON)

    assert (found.people, found.unregistered_lines, found.openings) == (1, 1, 3)
    assert queries.people_by_field(made) == {"name": 1, "number": 1}


def test_every_sealed_field_has_a_label_of_its_own(register):
    for field in OPENED:
        accessed(CONSOLE, person_id=PersonId(new_uuid()), field=field)

    made = opened(since=clock.now() - HOUR, until=clock.now() + HOUR)
    services.scope_incident(CONSOLE, made, on=ON)

    assert {fields for _, fields, _ in exposed(made)} == {(field,) for field in OPENED}


def test_an_agent_or_a_device_is_its_accounts_together(register):
    one, two = officer("officer-1"), officer("officer-2")
    for who in (one, two):
        accessed(who, person_id=PersonId(new_uuid()))

    for about in (About.AGENT, About.DEVICE):
        made = opened(about, accounts=[one.staff_id, two.staff_id], until=clock.now() + HOUR)
        assert services.scope_incident(CONSOLE, made, on=ON).people == 2


def test_the_subscriber_at_the_time_of_the_opening_is_affected(register, monkeypatch):
    line_id, nobodys = make_line(), make_line()
    before, _ = held_by(line_id, until=NOW + HOUR)
    held_by(line_id, since=NOW + HOUR)
    at(NOW, monkeypatch)
    accessed(CONSOLE, line_id=line_id, field="number")
    accessed(CONSOLE, line_id=nobodys, field="number")

    made = opened(since=NOW, until=NOW + 2 * HOUR)
    found = services.scope_incident(CONSOLE, made, on=ON)

    assert (found.people, found.unregistered_lines) == (1, 1)
    assert exposed(made) == {(before, ("number",), 1), (None, ("number",), 1)}


def test_taking_a_record_down_exposes_as_opening_it_does(register):
    clerk, line_id, person_id = officer(), make_line(), PersonId(new_uuid())
    append_entry(
        clerk, verb=Verb.TENURE_REGISTERED, role="clerk", on=ON, line_id=line_id, person_id=person_id,
        commitment="ab" * 32, pack="cd" * 32, facts={"assurance": "sighted", "party_kind": "individual"},
    )  # fmt: skip

    made = opened(About.ACCOUNT, accounts=[clerk.staff_id], until=clock.now() + HOUR)
    services.scope_incident(CONSOLE, made, on=ON)

    assert exposed(made) == {(person_id, ("record",), 1)}


def test_an_epoch_leads_to_all_people_sealed_to_it_and_to_no_one_later(committed):
    first = living_epoch().epoch_id
    early = PersonRecord(PersonId(new_uuid()), TenureId(new_uuid()), {Field.NAME: "Invented"})
    seal_persons([early])
    made = opened(About.KEY_EPOCH, epoch_id=first)
    assert remedy_incident(CONSOLE, made, Remedy.ROTATE_KEYS, on=ON) > 0
    late = PersonRecord(PersonId(new_uuid()), TenureId(new_uuid()), {Field.NAME: "Invented"})
    seal_persons([late])

    services.scope_incident(CONSOLE, made, on=ON)

    found = {one.person_id for one in queries.affected_people(CONSOLE, made)}
    assert early.person_id in found
    assert late.person_id not in found
    assert living_epoch().epoch_id > first
    with refusing(EPOCH_NOT_FOUND):
        opened(About.KEY_EPOCH, epoch_id=9999)


def test_a_table_without_the_keys_exposes_no_cleartext(committed):
    seal_persons([PersonRecord(PersonId(new_uuid()), TenureId(new_uuid()), {Field.NAME: "Invented"})])

    made = opened(About.TABLE, table=Table.VAULT_SEALED)
    found = services.scope_incident(CONSOLE, made, on=ON)

    assert (found.people, found.sealed_people) == (0, 1)


def test_what_is_really_opened_is_really_found(committed):
    who = officer()
    person = PersonRecord(PersonId(new_uuid()), TenureId(new_uuid()), {Field.NAME: "Invented"})
    seal_persons([person])
    open_sealed(
        who,
        person_id=person.person_id,
        tenure_id=person.tenure_id,
        field=Field.NAME,
        purpose=Purpose.REVIEW,
        on=ON,
    )

    made = opened(About.ACCOUNT, accounts=[who.staff_id], until=clock.now() + HOUR)
    services.scope_incident(CONSOLE, made, on=ON)

    assert exposed(made) == {(person.person_id, ("name",), 1)}


@pytest.mark.parametrize(
    "named",
    [
        {"about": About.ACCOUNT}, {"about": About.WINDOW}, {"about": About.KEY_EPOCH}, {"about": About.TABLE},
        {"about": About.TABLE, "table": Table.LINES_LINE, "epoch_id": 1},
    ],
)  # fmt: skip
def test_an_incident_is_named_by_what_it_is_about(named, register):
    with refusing(INCIDENT_SUBJECT_MISSING):
        opened(**named)


def test_each_person_is_notified_once_in_their_language_and_on_their_line(register):
    mine, sold, other, begun = make_line(), make_line(), make_line(), clock.now()
    here, _ = held_by(mine, language="zh-hans")
    gone, _ = held_by(sold, until=NOW)
    held_by(sold, since=NOW)
    moved, _ = held_by(sold, since=NOW - 300 * HOUR, until=NOW - 200 * HOUR, language="bo")
    Tenure.objects.filter(person_id=held_by(other)[0]).update(person_id=moved)
    for person_id in (here, gone, moved):
        accessed(CONSOLE, person_id=person_id)
    made = opened(since=begun, until=clock.now() + HOUR)
    services.scope_incident(CONSOLE, made, on=ON)

    assert services.notify_affected(CONSOLE, made, on=ON) == (2, 1)
    assert services.notify_affected(CONSOLE, made, on=ON) == (2, 1)

    notified = {
        (row.line_id, row.language)
        for row in rows("SELECT * FROM notices_notice WHERE kind = 'data_exposed'")
    }
    assert notified == {(mine, "zh-hans"), (other, "bo")}
    assert len(rows("SELECT * FROM notices_notice")) == 2


def test_no_one_is_notified_over_a_line_they_disown(register):
    strange, begun = make_line(), clock.now()
    person_id, _ = held_by(strange)
    accessed(CONSOLE, person_id=person_id)
    made = opened(since=begun, until=clock.now() + HOUR)
    services.scope_incident(CONSOLE, made, on=ON)
    Tenure.objects.update(contested_on=ON)

    assert services.notify_affected(CONSOLE, made, on=ON) == (0, 1)


def test_a_line_erased_since_gets_no_notice_and_counts_as_unreachable(register):
    living, erased, begun = make_line(), make_line(), clock.now()
    for line_id in (living, erased):
        accessed(CONSOLE, line_id=line_id, field="number")
    made = opened(since=begun, until=clock.now() + HOUR)
    services.scope_incident(CONSOLE, made, on=ON)
    change_line(erased, state="terminated")
    change_line(erased, state="released", erased_on=ON)

    assert services.notify_affected(CONSOLE, made, on=ON) == (1, 1)
    assert [(row.line_id, row.exposed) for row in rows("SELECT * FROM notices_notice")] == [
        (living, ["number"])
    ]


def test_remedies_are_acts_that_take_at_once(committed):
    who = officer()
    run("INSERT INTO django_session VALUES (%s, 'x', now() + interval '1 hour')", ["k" * 40])
    made = opened(About.ACCOUNT, accounts=[who.staff_id])

    assert remedy_incident(CONSOLE, made, Remedy.SUSPEND_ACCOUNTS, on=ON) == 1
    assert remedy_incident(CONSOLE, made, Remedy.SIGN_OUT_EVERYONE, on=ON) == 1

    staff = Staff.objects.get(staff_id=who.staff_id)
    assert not authority_of(staff).roles
    assert not rows("SELECT FROM django_session")
    reinstate_staff(CONSOLE, username="officer-1", on=ON)
    assert authority_of(Staff.objects.get(staff_id=who.staff_id)).roles


def test_an_incident_closes_when_every_duty_is_met_and_not_before(register):
    made = opened(since=NOW)
    with refusing(INCIDENT_NOT_SCOPED):
        services.close_incident(CONSOLE, made, on=ON)
    services.scope_incident(CONSOLE, made, on=ON)
    with refusing(DUTIES_OPEN) as raised:
        services.close_incident(CONSOLE, made, on=ON)
    assert raised.value.facts["count"] == 2
    remedy_incident(CONSOLE, made, Remedy.SIGN_OUT_EVERYONE, on=ON)
    services.note_report_sent(CONSOLE, made, on=ON)

    services.close_incident(CONSOLE, made, on=ON)

    with refusing(INCIDENT_CLOSED):
        services.scope_incident(CONSOLE, made, on=ON)
    assert all(duty.in_time for duty in queries.incident(CONSOLE, made, now=clock.now()).duties)


def test_a_clock_that_is_over_is_said_to_be_late(register):
    made = opened(since=NOW, noticed_at=clock.now() - 2 * HOUR)

    assert [d.in_time for d in queries.incident(CONSOLE, made, now=clock.now()).duties] == [False, False]


@pytest.mark.parametrize(
    ("language", "figure", "duty"), [("en", ": 1\n", " (art. 12; "), ("zh-hans", "：1\n", "（第十二条；")]
)
def test_the_report_has_figures_and_no_references(language, figure, duty, register):
    line_id = make_line()
    person_id, _ = held_by(line_id)
    accessed(CONSOLE, person_id=person_id, line_id=line_id)
    made = opened(since=clock.now() - HOUR, until=clock.now() + HOUR)
    services.scope_incident(CONSOLE, made, on=ON)
    view = queries.incident(CONSOLE, made, now=clock.now())

    text = write_report(view, queries.people_by_field(made), language=language)

    assert not {str(person_id), str(line_id)} & set(text.replace(",", " ").split())
    assert figure in text
    assert duty in text


@pytest.mark.parametrize(
    "role", [StaffRole.CLERK, StaffRole.SUPERVISOR, StaffRole.CAMPAIGN_MANAGER, StaffRole.AUDITOR]
)
def test_whom_an_incident_exposed_is_not_everybodys_business(role, register):
    made = opened(since=NOW)
    who = Authority(frozenset({role}), StaffId(new_uuid()), "0f" * 32)

    for asked in (
        lambda: services.scope_incident(who, made, on=ON),
        lambda: next(queries.affected_people(who, made)),
        lambda: services.notify_affected(who, made, on=ON),
        lambda: remedy_incident(who, made, Remedy.SIGN_OUT_EVERYONE, on=ON),
    ):
        with refusing(NOT_ALLOWED):
            asked()


def test_a_drill_goes_from_start_to_end_and_affects_no_one(committed):
    line_id, who = LineId(make_line()), officer()
    person_id, _ = held_by(line_id)
    accessed(who, person_id=person_id, line_id=line_id)
    run("INSERT INTO django_session VALUES (%s, 'x', now() + interval '1 hour')", ["k" * 40])
    epoch = living_epoch().epoch_id

    done = CliRunner().invoke(make_app(), ["incidents", "drill", "--json"])

    answer = json.loads(done.stdout)
    assert (done.exit_code, answer["people"], answer["is_drill"], answer["notices"]) == (0, 1, True, 1)
    assert answer["closed_at"]
    assert all(duty["met_at"] for duty in answer["duties"])
    assert not rows("SELECT FROM notices_notice")
    assert len(rows("SELECT FROM django_session")) == 1
    assert living_epoch().epoch_id == epoch
    verbs = [
        row.verb
        for row in rows("SELECT verb FROM ledger_entry WHERE verb LIKE 'incidents:%%' ORDER BY entry_id", [])
    ]
    assert verbs[0] == "incidents:incident:opened"
    assert verbs[-1] == "incidents:incident:closed"


def test_the_whole_way_as_it_is_typed(committed):
    officer()
    cli = CliRunner()

    def typed(*words):
        done = cli.invoke(make_app(), ["incidents", *words])
        assert done.exit_code == 0, done.output + str(done.exception)
        return done.stdout

    made = json.loads(typed("open", "--about", "account", "--account", "officer-1", "--json"))["incident_id"]
    assert "0 people are affected" in typed("scope", made)
    typed("scope", made, "--references")
    assert "it touched 1" in typed("remedy", made, "suspend_accounts")
    assert "Nothing is sent yet" in typed("notify", made)
    assert "0 notices are sent" in typed("notify", made, "--send")
    assert "用户信息安全事件报告" in typed("report", made, "--language", "zh-hans", "--sent")
    assert "Closed." in typed("close", made)
    assert "closed" in typed("status")


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_report_about_no_one_has_no_empty_list(register, language):
    made = opened(since=clock.now() - HOUR)
    before = write_report(queries.incident(CONSOLE, made, now=clock.now()), {}, language=language)
    services.scope_incident(CONSOLE, made, on=ON)

    text = write_report(queries.incident(CONSOLE, made, now=clock.now()), {}, language=language)

    assert not [one for one in text.split("\n\n") if one.rstrip().endswith((":", "："))]
    assert before.count("\n\n") == text.count("\n\n")
