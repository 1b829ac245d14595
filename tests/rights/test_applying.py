# SPDX-License-Identifier: EUPL-1.2
"""Registering from afar: what the pack has seen waits for a clerk, what it has not is declared; and it opens nothing else."""

import base64
import datetime as dt
import json
import re
from importlib.resources import files

import pytest
from django.db.utils import ProgrammingError

from rollkeeper.access.acts import add_staff, authority_of
from rollkeeper.access.authority import console_authority, sweep_authority
from rollkeeper.access.models import Staff
from rollkeeper.access.roles import StaffRole
from rollkeeper.captures.settling import settle_all
from rollkeeper.kernel import settings as kernel_settings
from rollkeeper.kernel.database import rows
from rollkeeper.kernel.ids import new_uuid
from rollkeeper.lines.changes import activate_line
from rollkeeper.lines.queries import holdings, view_line
from rollkeeper.lines.states import Service
from rollkeeper.rights import applying, door
from rollkeeper.rights.applying import Applied, lapse_applications
from rollkeeper.rights.errors import NoApplication
from rollkeeper.rights.kinds import AskKind
from rollkeeper.rights.seeing import outcome_of, see_document
from rollkeeper.vault.capture_keys import proved_half, renew_capture_keys, seal_capture
from rollkeeper.vault.errors import EpochNotGenuine
from tests.rights.people import NUMBER, ON, PERSON, enrol, visit

FREE = "+8613908917777"
DOCUMENT = (PERSON["document_type"], PERSON["document_number"])


@pytest.fixture
def line(at_door, quick_passwords):
    """A line in service for which nobody is registered, and a key to which pages seal."""
    renew_capture_keys(sweep_authority(), lasts_days=7, on=ON)
    return activate_line(FREE, service=Service.MOBILE, on=dt.date(2010, 5, 1))


@pytest.fixture
def unseen(tmp_path):
    """A law that has nobody see the document."""
    before = kernel_settings.settings().pack
    text = (files("rollkeeper.law.packs") / "cn-xz-2011.yaml").read_text("utf-8")
    law = tmp_path / "unseen.yaml"
    law.write_text(re.sub(r"    verification:\n(      .*\n)+", "", text), "utf-8")
    kernel_settings.write_settings(pack=str(law))
    yield
    kernel_settings.write_settings(pack=before)


def ask(token, kind, asked=None, sealed=None):
    return door.ask(token, kind, language="en", asked=asked, sealed=sealed)


def apply(token, person=PERSON, *, key=None, copies=(), was_read=False):
    begun = ask(token, AskKind.APPLY_BEGIN)
    if "done" not in begun:
        return begun
    key, application_id = key or str(new_uuid()), new_uuid()
    half = begun["done"]
    sealer = proved_half(half["key"], base64.b64decode(half["half"]), bytes.fromhex(half["signature"]))
    sealed = seal_capture(
        sealer, Applied(person, copies, "en", was_read).packed(), submission_key=key, ticket_id=application_id
    )  # fmt: skip
    return ask(token, AskKind.APPLY, {"key": key, "application": str(application_id)}, sealed)


def clerk():
    add_staff(
        console_authority(), username="clerk", password="an invented pass phrase", roles=[StaffRole.CLERK], on=dt.date(2000, 1, 1)
    )  # fmt: skip
    return authority_of(Staff.objects.get(username="clerk"))


def see(authority, *, key="seen-at-a-counter", document=DOCUMENT, name=PERSON["name"]):
    see_document(
        authority, submission_key=key, number=FREE, document=document, name=name, language="en", on=ON
    )


# ---- where the pack has the document seen ----


def test_where_the_law_has_the_document_seen_it_waits_sealed_and_the_clock_stands_still(line, at_door):
    token = visit(at_door, FREE)

    answer = apply(token)

    assert answer["done"]["verb"] == "rights:application:made"
    assert not view_line(line).is_registered
    (waits,) = rows("SELECT * FROM rights_application")
    assert (waits.state, waits.until) == ("held", ON + dt.timedelta(days=14))
    assert not any(value.encode() in bytes(waits.sealed) for value in PERSON.values())
    (pause,) = rows("SELECT days, reason FROM lines_pause WHERE line_id = %s", [line])
    assert (pause.reason, pause.days.lower, pause.days.upper) == (
        "application",
        ON,
        ON + dt.timedelta(days=15),
    )
    assert ask(token, AskKind.SHOW)["done"]["applied_until"] == (ON + dt.timedelta(days=14)).isoformat()


def test_a_clerk_who_saw_the_document_has_it_recorded_in_their_name_and_nothing_of_it_is_left(line, at_door):
    apply(visit(at_door, FREE), was_read=True)
    authority = clerk()

    see(authority)
    assert settle_all(sweep_authority()) == 1

    assert outcome_of("seen-at-a-counter").state == "registered"
    (held,) = holdings(line)
    assert held.assurance == "machine_read"
    (left,) = rows("SELECT sealed, document_mark, name_mark, seen_by FROM rights_application")
    assert (left.sealed, left.document_mark, left.name_mark, left.seen_by) == (
        None,
        None,
        None,
        authority.staff_id,
    )
    (entry,) = rows("SELECT body FROM ledger_entry WHERE verb = 'line:holding:registered'")
    assert json.loads(entry.body)["role"] == "clerk"


@pytest.mark.parametrize("wrong", [{"name": "Another Name"}, {"document": ("passport-npl", "X7654321")}])
def test_another_document_or_name_than_was_given_settles_nothing(line, at_door, wrong):
    apply(visit(at_door, FREE))

    with pytest.raises(NoApplication):
        see(clerk(), **wrong)

    assert settle_all(sweep_authority()) == 0
    assert not view_line(line).is_registered


def test_the_counters_role_compares_and_cannot_select_what_is_sealed(line, at_door, as_role):
    apply(visit(at_door, FREE))

    with as_role("counter"):
        assert rows("SELECT document_mark, name_mark FROM rights_application WHERE state = 'held'")
    with pytest.raises(ProgrammingError, match="permission denied"), as_role("counter"):
        rows("SELECT sealed FROM rights_application")
    with pytest.raises(ProgrammingError, match="permission denied"), as_role("portal"):
        rows("SELECT state FROM rights_application")


@pytest.mark.parametrize(("day", "lapsed"), [(13, 0), (14, 0), (15, 1)])
def test_what_nobody_saw_is_forgotten_the_day_after_its_last_day(line, at_door, day, lapsed):
    apply(visit(at_door, FREE))

    assert lapse_applications(sweep_authority(), on=ON + dt.timedelta(days=day)) == lapsed

    (waits,) = rows("SELECT sealed, document_mark, name_mark FROM rights_application")
    assert (waits.sealed is None, waits.document_mark is None, waits.name_mark is None) == (bool(lapsed),) * 3


def test_a_second_application_stops_no_clock_again(line, at_door):
    token = visit(at_door, FREE)
    apply(token)
    lapse_applications(sweep_authority(), on=ON + dt.timedelta(days=15))

    assert apply(token)["done"]["verb"] == "rights:application:made"

    assert len(rows("SELECT FROM lines_pause WHERE line_id = %s", [line])) == 1


def test_what_was_sent_twice_is_one_application_and_another_waits_behind_it(line, at_door):
    token, key = visit(at_door, FREE), str(new_uuid())
    first = apply(token, key=key)

    again = ask(token, AskKind.APPLY, {"key": key})

    assert again["done"] == first["done"] | {"repeat": True}
    assert apply(token)["refused"] == "application_waits"


def test_a_fault_is_said_with_its_article_and_leaves_nothing(line, at_door):
    answer = apply(visit(at_door, FREE), {name: value for name, value in PERSON.items() if name != "address"})

    assert "2 ¶1" in answer["done"]["faults"][0]["sentence"] + answer["done"]["faults"][0]["remedy"]
    assert rows("SELECT FROM rights_application") == []


def test_five_tries_a_visit_and_no_more(line, at_door):
    token = visit(at_door, FREE)
    bare = {"name": PERSON["name"]}

    answers = [apply(token, bare) for _ in range(6)]

    assert all("faults" in one["done"] for one in answers[:5])
    assert answers[5]["refused"] == "too_many_applications"


def test_ten_pictures_a_visit_and_no_more(line, at_door):
    token = visit(at_door, FREE)

    answers = [ask(token, AskKind.APPLY_PICTURE) for _ in range(11)]

    assert [one.get("refused") for one in answers] == [None] * 10 + ["too_many_applications"]


def test_a_line_that_somebody_holds_is_registered_by_nobody_from_afar(line, at_door):
    enrol()

    assert ask(visit(at_door, NUMBER), AskKind.APPLY_BEGIN)["refused"] == "not_to_be_registered"


def test_a_public_half_of_somebody_else_is_refused_before_anything_is_sealed(line, at_door):
    half = ask(visit(at_door, FREE), AskKind.APPLY_BEGIN)["done"]

    with pytest.raises(EpochNotGenuine):
        proved_half(half["key"], base64.b64decode(half["half"])[::-1], bytes.fromhex(half["signature"]))


def test_a_copy_that_is_more_than_pixels_is_not_taken(line, at_door):
    answer = apply(visit(at_door, FREE), copies=(b"\xff\xd8 not a picture \xff\xd9",))

    assert "faults" in answer["done"]
    assert rows("SELECT FROM rights_application") == []


# ---- where it does not ----


def test_where_the_law_has_nobody_see_it_the_line_is_registered_as_declared(unseen, line, at_door):
    answer = apply(visit(at_door, FREE), was_read=True)

    assert answer["done"]["verb"] == "line:holding:registered"
    assert holdings(line)[0].assurance == "declared"
    (entry,) = rows("SELECT body FROM ledger_entry WHERE verb = 'rights:application:made'")
    facts = json.loads(entry.body)["facts"]
    assert (facts["held"], facts["read_by_machine"]) == (False, True)


def test_whoever_is_registered_from_afar_in_somebodys_name_is_told_on_the_line_and_on_every_other(
    unseen, line, at_door
):
    other = enrol()

    apply(visit(at_door, FREE))

    told = {(row.line_id, row.kind) for row in rows("SELECT line_id, kind FROM notices_notice")}
    assert {(line, "record_changed"), (other, "new_line_in_your_name")} <= told


def test_a_line_registered_from_afar_opens_nothing_else_of_whom_it_names_until_the_document_was_seen(
    unseen, line, at_door
):
    enrol()
    token = visit(at_door, FREE)
    apply(token)

    for one in (token, visit(at_door, FREE)):
        assert ask(one, AskKind.PROVE, {"document": "00", "name": "00"})["refused"] == "seen_by_nobody"
        assert [shown["line"] for shown in ask(one, AskKind.SHOW)["done"]["lines"]] == [str(line)]
        assert ask(one, AskKind.READ)["refused"] == "proof_needed"


def test_tries_of_a_day_are_counted_over_all_visits_of_a_line(unseen, line, at_door, monkeypatch):
    monkeypatch.setattr(applying, "MOST_A_DAY", 2)
    bare = {"name": PERSON["name"]}
    first = visit(at_door, FREE)
    for _ in range(2):
        assert "faults" in apply(first, bare)["done"]

    assert apply(visit(at_door, FREE), PERSON)["refused"] == "too_many_applications"
