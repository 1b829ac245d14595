"""A demand from its entry to the last thing that is kept of it, with real people, real keys and real commits."""

import datetime as dt
import json

import pyrage
import pytest

from rollkeeper.access.authority import console_authority, sweep_authority
from rollkeeper.disclosures import acts, authorities, queries
from rollkeeper.disclosures.answering import read_instrument
from rollkeeper.disclosures.counting import year_table
from rollkeeper.disclosures.errors import (
    AnswerExists,
    ChangedHands,
    DecidedAlready,
    DemandNotWaiting,
    DemandRefused,
    FingerprintDiffers,
    KeyNotRead,
    NeedsWarrant,
    NotEnoughDeciders,
    NumberDiffers,
    OwnDemand,
    PutOffRefused,
    SameProposer,
    YearNotOver,
)
from rollkeeper.disclosures.keeping import keep_demands
from rollkeeper.disclosures.kinds import Because, DemandState, Instrument, PutOffBecause
from rollkeeper.disclosures.models import Demand
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import rows, run
from rollkeeper.kernel.errors import RollkeeperError
from rollkeeper.law.packs import load_pack
from rollkeeper.ledger.queries import looks
from rollkeeper.notices.acts import send_due
from rollkeeper.retention.abandoned import erase_abandoned
from rollkeeper.vault.acts import open_sealed, shred
from rollkeeper.vault.blind import blind_numbers
from rollkeeper.vault.canaries import ensure_canary, open_alarms
from rollkeeper.vault.errors import NeedsDemand
from rollkeeper.vault.fields import Field, Purpose
from rollkeeper.vault.rotation import rotate
from tests.disclosures.conftest import DAY, NUMBER, ON, SCAN

FORBIDDEN = PutOffBecause.COURT_FORBIDS


def bodies(like="%"):
    return [
        row.body for row in rows("SELECT body FROM ledger_entry WHERE verb LIKE %s ORDER BY entry_id", [like])
    ]


def verbs(demand_id):
    return [
        row.verb
        for row in rows(
            "SELECT verb FROM ledger_entry WHERE body LIKE %s ORDER BY entry_id", [f"%{demand_id}%"]
        )
    ]


def of(demand_id) -> Demand:
    return Demand.objects.get(demand_id=demand_id)


def person_of(line_id):
    return rows("SELECT person_id FROM lines_holding WHERE line_id = %s", [line_id])[0].person_id


def seen_by(line_id, on):
    clock.give_day(on)
    return [look for look in looks(person_of(line_id)) if look.purpose == "legal_demand"]


def notices():
    return [row.line_id for row in rows("SELECT line_id FROM notices_notice WHERE kind = 'disclosed'")]


def put_off(house, demand_id, until, *, on=ON, by=("supervisor", "officer")):
    return [
        acts.put_off_telling(house.who[name], demand_id, until=until, because=FORBIDDEN, on=on) for name in by
    ]


# ---- the whole way ----


def test_a_demand_is_answered_with_the_named_fields_alone_and_the_person_is_told(house):
    line = house.enrol()
    demand_id = house.approved()

    answer = house.answered(demand_id)
    acts.hand_over(house.who["officer"], demand_id, on=ON)

    assert answer["held"] is True
    assert answer["fields"] == {"name": house.person["name"]}
    assert notices() == [line]
    assert verbs(demand_id) == [
        "disclosures:demand:entered", "disclosures:demand:approved", "disclosures:demand:approved",
        "disclosures:demand:opened", "vault:sealed:opened", "disclosures:person:told", "disclosures:demand:handed_over",
    ]  # fmt: skip


def test_no_entry_about_a_demand_names_a_line_a_person_or_a_number(house):
    line = house.enrol()
    known = {str(line), str(person_of(line)), NUMBER, NUMBER[1:], *house.person.values()} | {
        str(row.holding_id) for row in rows("SELECT holding_id FROM lines_holding")
    }
    before = len(bodies())

    put_off(house, demand_id := house.approved(), ON + DAY)
    house.answered(demand_id)

    said = "".join(bodies()[before:])
    assert str(demand_id) in said
    assert not [one for one in known if one in said]
    assert '"person"' not in said
    assert '"line"' not in said


def test_a_demand_that_opens_a_canary_is_answered_like_any_other_and_raises_the_alarm(house):
    run("DELETE FROM vault_canary")
    ensure_canary(console_authority(), on=ON)
    (canary,) = rows("SELECT line_id, lower(held) AS since FROM lines_holding")
    run(
        "UPDATE lines_number SET number_index = %s WHERE line_id = %s",
        [blind_numbers([NUMBER])[0], canary.line_id],
    )
    run(
        "UPDATE lines_line SET number_index = %s WHERE line_id = %s",
        [blind_numbers([NUMBER])[0], canary.line_id],
    )

    # A canary's life lies in the last hour, which just after midnight was yesterday.
    held_on = canary.since.astimezone(clock.zone()).date()

    answer = house.answered(house.approved(held_on=held_on), held_on=held_on)

    assert (answer["held"], bool(answer["fields"]["name"])) == (True, True)
    (alarm,) = open_alarms()
    assert alarm.staff_id == house.who["officer"].staff_id
    assert rows(
        "SELECT FROM ledger_entry WHERE entry_id = %s AND verb = 'vault:canary:opened'", [alarm.entry_id]
    )


def test_neither_the_number_nor_anything_that_leads_to_it_lies_with_a_demand(house):
    line = house.enrol()
    demand_id = house.enter()

    stored = repr(rows("SELECT * FROM disclosures_demand"))
    (index,) = rows("SELECT number_index FROM lines_number WHERE line_id = %s", [line])
    assert NUMBER[1:] not in stored
    assert repr(bytes(index.number_index)) not in stored
    assert of(demand_id).person_id is None


def test_the_scan_is_sealed_as_it_came_and_a_decider_reads_it(house):
    demand_id = house.enter()

    (row,) = rows("SELECT ciphertext FROM vault_file")

    assert b"PDF" not in bytes(row.ciphertext)
    assert len(bytes(row.ciphertext)) > 65_536
    assert read_instrument(house.who["officer"], demand_id, on=ON) == SCAN
    assert '"field":"instrument"' in bodies("vault:sealed:opened")[-1]


def test_the_scan_outlives_a_rotation_and_the_erasing_of_what_came_to_nothing(house, monkeypatch):
    demand_id = house.enter()
    monkeypatch.setattr("rollkeeper.retention.abandoned.UNDER_WAY", dt.timedelta(seconds=-5))

    erase_abandoned(sweep_authority(), on=ON)
    rotate(console_authority(), on=ON)

    assert read_instrument(house.who["officer"], demand_id, on=ON) == SCAN


# ---- what the law does not let through ----


def test_under_the_reference_law_every_demand_is_refused_on_record_and_nothing_of_it_is_kept(house, law):
    house.enrol()
    law(pack=None)

    with pytest.raises(DemandRefused) as refused:
        house.enter()

    (kept,) = Demand.objects.all()
    assert "cn-xz-2011" in str(refused.value)
    assert (kept.state, kept.refused_because, kept.refused_by_law) == ("refused", "no_power", True)
    assert (kept.number_mark, kept.file_id, kept.held_on) == (None, None, None)
    assert rows("SELECT FROM vault_file") == []
    assert verbs(kept.demand_id)[-1] == "disclosures:demand:refused"
    (entry,) = rows("SELECT body FROM ledger_entry WHERE verb = 'disclosures:demand:refused'")
    assert json.loads(entry.body)["article"] == "no article of cn-xz-2011"
    assert json.loads(entry.body)["pack"] == load_pack("cn-xz-2011").hash


@pytest.mark.parametrize(
    ("changes", "because"),
    [
        ({"fields": [Field.NAME, Field.DOCUMENT_NUMBER]}, "too_wide"),
        ({"instrument": Instrument.SUBPOENA}, "wrong_instrument"),
        ({"expires_on": ON - DAY}, "expired"),
    ],
)
def test_what_goes_beyond_the_law_is_refused_and_counted(house, changes, because):
    with pytest.raises(DemandRefused):
        house.enter(**changes)

    assert [one.refused_because for one in Demand.objects.all()] == [because]


def test_one_instrument_gives_one_person_by_its_reference_and_by_its_file(house):
    house.enter()

    for changes in ({"number": "+8613908910009", "file": b"other"}, {"reference": "another", "number": "+8613908910009"},
                    {"reference": "2012  NO. 17", "file": b"third"}):  # fmt: skip
        with pytest.raises(DemandRefused):
            house.enter(**changes)

    assert [one.refused_because for one in Demand.objects.order_by("entered_at")] == [None, *["too_many"] * 3]


def test_what_was_entered_wrongly_is_refused_and_entered_anew(house):
    acts.refuse_demand(house.who["officer"], house.enter(), because=Because.UNCLEAR, on=ON)

    assert of(house.enter()).state == "waiting"


def test_an_authority_that_is_ended_demands_nothing_more_and_gets_no_answer(house):
    house.enrol()
    demand_id = house.approved()
    authorities.end_authority(house.who["officer"], house.court, on=ON)

    with pytest.raises(DemandRefused):
        house.answered(demand_id)
    with pytest.raises(DemandRefused):
        house.enter(reference="a second", file=b"2")


def test_a_power_that_the_law_lost_after_the_approval_opens_nothing(house, law):
    house.enrol()
    demand_id = house.approved()
    law(confirmed="false")

    with pytest.raises(DemandRefused):
        house.answered(demand_id)
    assert bodies("vault:sealed:opened") == []


# ---- who decides ----


def test_an_authority_is_admitted_by_another_with_the_fingerprint_that_was_read_out(house):
    key = str(pyrage.x25519.Identity.generate().to_public())
    made = authorities.propose_authority(
        house.who["officer"], title="Other", kind="court", public_key=key, valid_until=ON, on=ON
    )

    with pytest.raises(SameProposer):
        authorities.admit_authority(house.who["officer"], made, read_out=authorities.fingerprint(key), on=ON)
    with pytest.raises(FingerprintDiffers):
        authorities.admit_authority(house.who["supervisor"], made, read_out="ab" * 32, on=ON)
    shown = authorities.fingerprint(key).upper()
    authorities.admit_authority(house.who["supervisor"], made, read_out=f"{shown[:32]} {shown[32:]}", on=ON)

    assert {one.title: one.is_admitted for one in queries.authorities(house.who["officer"])}["Other"]


@pytest.mark.parametrize("key", ["", "age1", "AGE-SECRET-KEY-1", "ssh-ed25519 AAAA", "age1" + "q" * 58])
def test_what_is_no_public_key_is_not_taken(house, key):
    with pytest.raises(KeyNotRead):
        authorities.propose_authority(
            house.who["officer"], title="X", kind="court", public_key=key, valid_until=ON, on=ON
        )


def test_whoever_entered_it_decides_nothing_and_nobody_counts_twice(house):
    demand_id = acts.enter_demand(
        house.who["officer"], house.court, instrument=Instrument.WARRANT, reference="r", file=SCAN, fields=[Field.NAME],
        number=NUMBER, held_on=ON, received_on=ON, expires_on=ON + DAY, on=ON,
    )  # fmt: skip
    yes = {"number": NUMBER, "held_on": ON, "on": ON}

    with pytest.raises(OwnDemand):
        acts.approve_demand(house.who["officer"], demand_id, **yes)
    assert acts.approve_demand(house.who["supervisor"], demand_id, **yes) is False
    with pytest.raises(DecidedAlready):
        acts.approve_demand(house.who["supervisor"], demand_id, **yes)
    assert acts.approve_demand(house.who["supervisor-2"], demand_id, **yes) is False
    assert of(demand_id).state == "waiting"
    assert acts.approve_demand(house.who["officer-2"], demand_id, **yes) is True


@pytest.mark.parametrize("wrong", [{"number": "+8613908911235"}, {"held_on": ON - DAY}])
def test_who_reads_another_number_or_day_in_the_instrument_cannot_say_yes(house, wrong):
    demand_id = house.enter()

    with pytest.raises(NumberDiffers):
        acts.approve_demand(
            house.who["officer"], demand_id, **{"number": NUMBER, "held_on": ON, "on": ON} | wrong
        )


@pytest.mark.parametrize(
    ("by", "second"),
    [
        ("officer", "officer"),
        ("officer", "supervisor-2"),
        ("officer-2", "supervisor"),
        ("supervisor", "supervisor-2"),
    ],
)
def test_only_the_two_who_said_yes_open_it(house, by, second):
    house.enrol()
    demand_id = house.approved()

    with pytest.raises(NotEnoughDeciders):
        house.answered(demand_id, by=by, second=second)
    assert bodies("vault:sealed:opened") == []
    assert list(house.folder.glob("*.age")) == []


def test_nothing_is_opened_before_both_said_yes_nor_after_one_said_no(house):
    house.enrol()
    waiting, refused = house.enter(), house.approved(reference="b", file=b"b")
    acts.refuse_demand(house.who["supervisor"], refused, because=Because.DANGER, on=ON)

    for demand_id in (waiting, refused):
        with pytest.raises(DemandNotWaiting):
            house.answered(demand_id)
    assert bodies("vault:sealed:opened") == []


def test_one_no_is_enough_after_a_yes(house):
    demand_id = house.approved()

    acts.refuse_demand(house.who["officer-2"], demand_id, because=Because.NOT_GENUINE, on=ON)

    assert of(demand_id).state == "refused"
    with pytest.raises(DemandNotWaiting):
        acts.approve_demand(house.who["officer"], demand_id, number=NUMBER, held_on=ON, on=ON)


# ---- about whom ----


@pytest.mark.parametrize("number", ["+8613908919999", "invented.example.org"])
def test_a_number_that_is_nobodys_has_nothing_held(house, number):
    house.enrol()
    demand_id = house.approved(number=number)

    answer = house.answered(demand_id, number=number)

    assert answer["held"] is False
    assert "fields" not in answer
    assert notices() == []


def test_a_day_before_the_holding_has_the_same_answer_in_as_many_bytes(house):
    house.enrol()
    before = house.approved(held_on=ON - 30 * DAY)
    there = house.approved(reference="2", file=b"2")
    lengths = []
    for demand_id, day in ((before, ON - 30 * DAY), (there, ON)):
        into = house.folder / f"{day}.age"
        house.answered(demand_id, held_on=day, into=into)
        lengths.append(len(pyrage.decrypt(into.read_bytes(), [house.key])))

    assert of(before).outcome == "nothing_held"
    assert of(there).outcome == "held"
    assert len(set(lengths)) == 1


def test_who_is_erased_is_not_held(house):
    line = house.enrol()
    demand_id = house.approved()
    run("UPDATE lines_holding SET erased_on = %s WHERE line_id = %s", [ON, line])

    assert house.answered(demand_id)["held"] is False


def test_whose_key_is_destroyed_is_not_held_though_rows_are_left(house):
    line = house.enrol()
    demand_id = house.approved()
    (row,) = rows("SELECT person_id, holding_id FROM lines_holding WHERE line_id = %s", [line])
    shred([(row.person_id, row.holding_id)])

    assert house.answered(demand_id)["held"] is False
    assert notices() == []


def handed_on(line, at):
    """Let the line go to somebody else at a time."""
    run("UPDATE lines_holding SET held = tstzrange(lower(held), %s) WHERE line_id = %s", [at, line])
    run(
        "INSERT INTO lines_holding (line_id, held, holding_id, party_kind, person_id, assurance)"
        " VALUES (%s, tstzrange(%s, NULL), gen_random_uuid(), 'individual', gen_random_uuid(), 'sighted')",
        [line, at],
    )


def test_a_line_that_changed_hands_on_the_day_is_not_answered_with_either_of_two_people(house):
    line = house.enrol()
    handed_on(line, dt.datetime.combine(ON, dt.time.max, clock.zone()))
    demand_id = house.approved()

    with pytest.raises(ChangedHands):
        house.answered(demand_id)
    assert bodies("vault:sealed:opened") == []
    assert bodies("disclosures:demand:opened") == []


def test_who_held_it_on_the_day_is_answered_and_not_who_holds_it_now(house):
    line = house.enrol()
    handed_on(line, dt.datetime.combine(ON + DAY, dt.time(18), clock.zone()))
    first, second = house.approved(), house.approved(held_on=ON + 3 * DAY, reference="b", file=b"b")

    assert house.answered(first)["fields"] == {"name": house.person["name"]}
    assert house.answered(second, held_on=ON + 3 * DAY)["held"] is False


def test_a_person_who_has_no_line_left_is_told_on_their_page_and_the_new_holder_is_told_nothing(house):
    line = house.enrol()
    demand_id = house.approved()
    person = person_of(line)
    handed_on(line, dt.datetime.combine(ON + DAY, dt.time(18), clock.zone()))

    house.answered(demand_id)

    assert notices() == []
    assert (of(demand_id).reached, of(demand_id).told_on) == (False, ON)
    assert [look.purpose for look in looks(person)] == ["legal_demand"]


def test_a_protected_record_is_opened_by_the_officer_on_a_warrant_and_by_nobody_else(house, law):
    line = house.enrol()
    run("UPDATE subscribers_subscriber SET is_protected = true WHERE person_id = %s", [person_of(line)])
    demand_id = house.approved()

    with pytest.raises(NeedsWarrant):
        house.answered(demand_id, by="supervisor", second="officer")
    assert house.answered(demand_id)["held"] is True

    law(needs="written_order")
    order = house.approved(instrument=Instrument.WRITTEN_ORDER, reference="b", file=b"b")
    with pytest.raises(NeedsWarrant):
        house.answered(order)


# ---- telling ----


def test_what_is_opened_is_shown_to_the_person_at_once_where_nothing_is_put_off(house):
    line = house.enrol()
    house.answered(house.approved())

    assert len(seen_by(line, ON)) == 1


def test_what_is_put_off_stands_in_the_ledger_at_once_and_is_shown_with_both_dates_the_day_after(house):
    line = house.enrol()
    until = ON + 20 * DAY
    demand_id = house.approved()
    assert put_off(house, demand_id, until) == [False, True]

    house.answered(demand_id)

    assert len(bodies("vault:sealed:opened")) == 1
    assert seen_by(line, ON) == seen_by(line, until) == []
    (look,) = seen_by(line, until + DAY)
    assert (look.day, look.withheld_until) == (ON, until)


@pytest.mark.parametrize(("days", "told"), [(-1, 0), (0, 0), (1, 1)])
def test_telling_is_done_by_itself_the_day_after(house, days, told):
    line = house.enrol()
    until = ON + 20 * DAY
    demand_id = house.approved()
    put_off(house, demand_id, until)
    house.answered(demand_id)

    done = keep_demands(sweep_authority(), on=until + days * DAY)

    assert done.told == told == len(notices())
    assert ([line] if told else []) == notices()
    assert keep_demands(sweep_authority(), on=until + days * DAY).told == 0


def test_notices_are_sent_to_whom_it_is_time_to_tell_without_anybody_asking(house):
    house.enrol()
    demand_id = house.approved()
    put_off(house, demand_id, ON + DAY)
    house.answered(demand_id)

    send_due(sweep_authority(), on=ON + 2 * DAY, ways={})

    assert of(demand_id).told_on == ON + 2 * DAY


def test_one_person_alone_puts_nothing_off(house):
    line = house.enrol()
    demand_id = house.approved()
    assert put_off(house, demand_id, ON + DAY, by=("officer", "officer")) == [False, False]

    house.answered(demand_id)

    assert len(seen_by(line, ON)) == 1
    assert len(notices()) == 1


def test_it_is_renewed_once_by_two_and_then_never_again_nor_after_the_person_was_told(house):
    house.enrol()
    demand_id = house.approved()
    put_off(house, demand_id, ON + 20 * DAY)
    house.answered(demand_id)

    assert put_off(house, demand_id, ON + 40 * DAY, on=ON + 19 * DAY) == [False, True]
    with pytest.raises(PutOffRefused):
        put_off(house, demand_id, ON + 50 * DAY, on=ON + 39 * DAY)
    assert keep_demands(sweep_authority(), on=ON + 40 * DAY).told == 0
    assert keep_demands(sweep_authority(), on=ON + 41 * DAY).told == 1


def test_what_was_opened_untold_cannot_be_hidden_afterwards(house):
    house.enrol()
    demand_id = house.approved()
    house.answered(demand_id)

    with pytest.raises(PutOffRefused):
        put_off(house, demand_id, ON + DAY)


def test_telling_that_is_late_is_found_by_the_doctor(house):
    house.enrol()
    demand_id = house.approved()
    put_off(house, demand_id, ON + DAY)
    house.answered(demand_id)

    assert [queries.untold(ON + n * DAY) for n in (1, 2, 3)] == [0, 0, 1]


# ---- keeping, counting, breaking ----


def test_what_is_kept_goes_when_its_time_is_over_and_a_count_is_left(house):
    house.enrol()
    demand_id = house.approved()
    house.answered(demand_id)
    acts.hand_over(house.who["officer"], demand_id, on=ON)

    assert keep_demands(sweep_authority(), on=ON + 30 * DAY).erased == 0
    assert keep_demands(sweep_authority(), on=ON + 31 * DAY).erased == 1
    left = of(demand_id)
    gone = (
        left.number_mark,
        left.instrument_mark,
        left.file_mark,
        left.file_id,
        left.person_id,
        left.line_id,
        left.held_on,
    )
    assert set(gone) == {None}
    assert rows("SELECT FROM vault_file") == []
    assert rows("SELECT FROM person_key WHERE person_id = %s", [demand_id], using="keys") == []


def test_a_demand_that_nobody_answered_runs_out_by_itself(house):
    demand_id = house.enter(expires_on=ON + DAY)

    assert keep_demands(sweep_authority(), on=ON + DAY).expired == 0
    assert keep_demands(sweep_authority(), on=ON + 2 * DAY).expired == 1
    assert of(demand_id).state == "expired"


def test_whoever_was_not_told_yet_is_not_forgotten_before_they_are(house):
    house.enrol()
    demand_id = house.approved()
    put_off(house, demand_id, ON + 20 * DAY)
    put_off(house, demand_id, ON + 40 * DAY)
    house.answered(demand_id)
    acts.hand_over(house.who["officer"], demand_id, on=ON)

    done = keep_demands(sweep_authority(), on=ON + 35 * DAY)

    assert (done.told, done.erased) == (0, 0)


def test_the_years_figures_count_the_refused_and_hide_what_is_small(house):
    house.enrol()
    house.answered(house.approved())
    for n in range(12):
        acts.refuse_demand(
            house.who["officer"],
            house.enter(reference=f"r{n}", file=b"%d" % n),
            because=Because.NOT_NEEDED,
            on=ON,
        )
    with pytest.raises(YearNotOver):
        year_table(house.who["officer"], 2012)
    clock.give_day(dt.date(2013, 1, 1))

    head, court, every = year_table(house.who["officer"], 2012).splitlines()

    assert head.startswith("year,kind_of_authority,refused_by_law,refused_by_people")
    assert court.split(",")[6] == "1-9 or hidden with them"
    assert court.count("hidden") >= 2
    assert every.count("hidden") >= 2


def test_a_year_without_a_demand_says_none(house):
    clock.give_day(dt.date(2013, 1, 1))

    assert year_table(house.who["officer"], 2012).splitlines()[1:] == ["2012,all,0,0,0,0,0,0,0"]


def test_an_answer_that_breaks_off_has_entries_and_no_file_and_is_done_again(house, monkeypatch):
    line = house.enrol()
    demand_id = house.approved()

    def broken(*_args, **_more):
        raise OSError("no space left")

    with monkeypatch.context() as patched:
        patched.setattr("rollkeeper.disclosures.answering.pyrage.encrypt", broken)
        with pytest.raises(OSError, match="no space"):
            house.answered(demand_id)
    told = keep_demands(sweep_authority(), on=ON).told

    assert list(house.folder.glob("*.age")) == []
    assert told == 1
    assert len(seen_by(line, ON)) == 1
    assert house.answered(demand_id)["held"] is True


def test_an_answer_is_never_written_over_a_file_or_through_a_link(house):
    house.enrol()
    demand_id = house.approved()
    there, link = house.folder / "there.age", house.folder / "link.age"
    there.write_text("mine")
    link.symlink_to(house.folder / "elsewhere")

    for into in (there, link):
        with pytest.raises(AnswerExists):
            house.answered(demand_id, into=into)

    assert there.read_text() == "mine"
    assert of(demand_id).state == DemandState.APPROVED.value


def test_after_the_handing_over_nothing_more_is_opened(house):
    house.enrol()
    demand_id = house.approved()
    house.answered(demand_id)
    acts.hand_over(house.who["officer"], demand_id, on=ON)

    with pytest.raises(DemandNotWaiting):
        house.answered(demand_id, into=house.folder / "second.age")


def test_the_vault_opens_nothing_on_a_demand_that_stands_nowhere(house):
    line = house.enrol()
    (row,) = rows("SELECT person_id, holding_id FROM lines_holding WHERE line_id = %s", [line])

    with pytest.raises(NeedsDemand):
        open_sealed(
            house.who["officer"], person_id=row.person_id, holding_id=row.holding_id, field=Field.NAME,
            purpose=Purpose.LEGAL_DEMAND, on=ON, second=house.who["supervisor"],
        )  # fmt: skip
    assert bodies("vault:sealed:opened") == []


def test_whoever_may_not_is_refused_before_anything_is_looked_at(house):
    nobody = house.who["clerk"]
    demand_id = house.enter()

    tries = [
        lambda: acts.approve_demand(nobody, demand_id, number=NUMBER, held_on=ON, on=ON),
        lambda: acts.refuse_demand(nobody, demand_id, because=Because.DANGER, on=ON),
        lambda: put_off(house, demand_id, ON + DAY, by=("clerk",)),
        lambda: read_instrument(nobody, demand_id, on=ON),
        lambda: acts.hand_over(nobody, demand_id, on=ON),
        lambda: queries.demands(nobody),
        lambda: acts.enter_demand(sweep_authority(), house.court, instrument=Instrument.WARRANT, reference="", file=b"",
                                  fields=[], number="", held_on=ON, received_on=ON, expires_on=ON, on=ON),
    ]  # fmt: skip
    codes = set()
    for attempt in tries:
        with pytest.raises(RollkeeperError) as refused:
            attempt()
        codes.add(refused.value.code)

    assert codes == {"not_allowed"}
