# SPDX-License-Identifier: EUPL-1.2
"""A law that has the person who acts for a company show a paper: the entry says that it was shown, and nothing of it."""

import json

import pytest

from rollkeeper.access.authority import console_authority
from rollkeeper.counter.record_form import RecordForm
from rollkeeper.kernel.database import rows
from rollkeeper.kernel.ids import new_uuid
from rollkeeper.kernel.instance import instance
from rollkeeper.law.packs import load_pack
from rollkeeper.ledger.labels import action_label
from rollkeeper.lines.queries import find_line
from rollkeeper.registration.bulk import refused_file, register_file
from rollkeeper.registration.errors import AUTHORITY_NOT_SHOWN
from rollkeeper.registration.services import (
    change_record,
    install_line,
    port_in_number,
    register_subscriber,
    transfer_line,
)
from rollkeeper.registration.submissions import RegistrationKind, submission_of
from rollkeeper.subscribers.choices import PartyRole
from tests.builders.kinds import INSTITUTION, with_checks, with_kinds, with_proof
from tests.builders.packs import REFERENCE, use_pack
from tests.refusals import refusing
from tests.registration.people import ON, fresh_number, given_by, person, submission
from tests.registration.test_registering import company

pytestmark = pytest.mark.usefixtures("vaulted", "law_put_back")
LISTED = "acts: [register, transfer, install, relocate, change]"
UNASKED = [REFERENCE, with_proof(read=False)]
BOX = "subscriber__authority_shown"


def of_company(number, *, shown=True, **changes):
    return submission(number, authority_shown=shown, **(company() | changes))


def entries():
    return rows("SELECT count(*) AS n FROM ledger_entry WHERE verb LIKE 'line:tenure:%%'")[0].n


def noted(receipt):
    (entry,) = rows("SELECT body FROM ledger_entry WHERE entry_id = %s", [receipt.entry_id])
    return json.loads(entry.body)["facts"]


def form(text, *, what=RegistrationKind.REGISTER, kind="company"):
    use_pack(text)
    return RecordForm(action_kind=what, kind=kind, pack=load_pack(instance().pack))


def test_that_it_was_shown_is_in_the_ledger_and_nothing_of_it(clerk, as_role):
    use_pack(with_proof())

    with as_role("counter"):
        receipt = register_subscriber(clerk, of_company(fresh_number()), on=ON)

    facts = noted(receipt)
    assert facts["authority_shown"] is True
    assert "letter" not in json.dumps(facts)


@pytest.mark.parametrize("act", [register_subscriber, install_line, port_in_number])
def test_where_it_was_not_shown_no_company_is_registered(clerk, as_role, act):
    use_pack(with_proof())
    number, before = fresh_number(), entries()

    with as_role("counter"), refusing(AUTHORITY_NOT_SHOWN) as refused:
        act(clerk, of_company(number, shown=False), on=ON)

    assert "2 ¶1" in str(refused.value)
    assert "tick that it was shown" in refused.value.advice
    assert (find_line(number), entries()) == (None, before)


@pytest.mark.parametrize("act", ["transfer", "change"])
def test_nor_is_a_line_given_to_one_or_its_record_changed(act):
    number, firm = fresh_number(), company()
    if act == "transfer":
        who = person()
        register_subscriber(console_authority(), submission(number, who), on=ON)
        firm |= {"transferor": given_by(who)}
    else:
        register_subscriber(console_authority(), submission(number, **firm), on=ON)
    use_pack(with_proof())
    do, before = {"transfer": transfer_line, "change": change_record}[act], entries()

    with refusing(AUTHORITY_NOT_SHOWN):
        do(console_authority(), submission(number, **firm), on=ON)

    assert entries() == before
    assert noted(do(console_authority(), submission(number, authority_shown=True, **firm), on=ON))[
        "authority_shown"
    ]


def test_an_act_at_which_the_law_records_no_identity_asks_and_notes_nothing():
    text = with_proof().replace(LISTED, "acts: [register]", 1)
    use_pack(text)
    number, firm = fresh_number(), company()
    register_subscriber(console_authority(), submission(number, authority_shown=True, **firm), on=ON)

    receipts = [
        change_record(console_authority(), submission(number, authority_shown=said, **firm), on=ON)
        for said in (False, True)
    ]

    assert not [one for one in receipts if "authority_shown" in noted(one)]
    assert BOX not in form(text, what=RegistrationKind.CHANGE).fields
    assert BOX in form(text, what=RegistrationKind.TRANSFER).fields


@pytest.mark.parametrize("text", UNASKED)
@pytest.mark.parametrize("said", [False, True])
def test_a_law_that_does_not_ask_it_has_no_box_and_takes_no_word_of_it(text, said):
    assert BOX not in form(text).fields

    receipt = register_subscriber(console_authority(), of_company(fresh_number(), shown=said), on=ON)

    assert "authority_shown" not in noted(receipt)


@pytest.mark.parametrize("said", [False, True])
def test_no_one_shows_a_paper_who_acts_for_themselves(said):
    use_pack(with_proof())

    receipt = register_subscriber(
        console_authority(), submission(fresh_number(), authority_shown=said), on=ON
    )

    assert "authority_shown" not in noted(receipt)


def test_a_kind_of_company_that_the_law_adds_is_asked_as_well():
    use_pack(with_kinds(INSTITUTION, text=with_proof()))
    number = fresh_number()
    other = {"document_type": "other", "document_number": "T-1"}
    firm = company() | {"parts": company()["parts"] | {PartyRole.SUBSCRIBER: person(**other)}}

    with refusing(AUTHORITY_NOT_SHOWN):
        register_subscriber(
            console_authority(),
            submission(number, added_kind="institution", double_checked=True, **firm),
            on=ON,
        )

    assert register_subscriber(
        console_authority(),
        submission(number, added_kind="institution", double_checked=True, authority_shown=True, **firm),
        on=ON,
    )


@pytest.mark.parametrize("what", list(RegistrationKind))
def test_the_form_of_a_company_has_one_box_that_must_be_ticked(what):
    asked = form(with_proof(), what=what)
    listed = what.value in LISTED or what is RegistrationKind.PORT_IN

    assert (BOX in asked.fields) == listed
    assert asked.fields[BOX].required
    assert str(asked.fields[BOX].label) == "The person who acts for the company showed: a sealed letter."
    (reason,) = [one for one in asked.reasons if "a sealed letter" in one.label]
    assert "2 ¶1" in reason.article
    assert BOX not in form(with_proof(), what=what, kind="individual").fields
    assert BOX not in form(with_proof(), what=what, kind="minor").fields


@pytest.mark.parametrize(("said", "read"), [("on", True), ("", False), (None, False)])
def test_what_a_form_says_is_read_as_a_word_and_never_as_an_attribute(said, read):
    kind = form(with_proof()).kind
    fields = {"number": fresh_number()} | ({} if said is None else {BOX: said})

    given = submission_of(fields, submission_key=str(new_uuid()), kind=kind)

    assert given.authority_shown is read
    assert given.parts[PartyRole.SUBSCRIBER] == {}


def row_of(number, **changes):
    parts = company()["parts"]
    return {
        "number": number, "kind": "company", **parts[PartyRole.SUBSCRIBER],
        "user": parts[PartyRole.USER], "bearer": parts[PartyRole.BEARER],
    } | changes  # fmt: skip


def register_rows(folder, *given):
    file = folder / "firms.jsonl"
    file.write_text("\n".join(map(json.dumps, given)), "utf-8")
    register_file(console_authority(), file, on=ON, moved=lambda _: None)
    refused = refused_file(file)
    return [json.loads(one) for one in refused.read_text("utf-8").splitlines()] if refused.exists() else []


def test_a_file_has_to_say_that_it_was_shown(tmp_path):
    use_pack(with_proof())
    shown, silent, wrong, blank = (fresh_number() for _ in range(4))

    refused = register_rows(
        tmp_path, row_of(shown, authority_shown="yes"), row_of(silent), row_of(wrong, authority_shown="no"), row_of(blank, authority_shown=True),
    )  # fmt: skip

    said = dict.fromkeys((one["row"], one["column"], one["code"]) for one in refused)
    assert [*said] == [
        (2, "authority_shown", "authority_not_shown"),
        (3, "authority_shown", "invalid_row"),
        (4, "authority_shown", "invalid_row"),
    ]
    assert "'authority_shown' is 'yes'" in refused[0]["remedy"]
    assert find_line(shown).is_registered
    assert [find_line(one) for one in (silent, wrong, blank)] == [None] * 3


def test_a_table_says_it_in_a_column(tmp_path):
    use_pack(with_proof())
    number, firm = fresh_number(), company()["parts"][PartyRole.SUBSCRIBER]
    head = ["number", "kind", *firm, "authority_shown"]
    other = fresh_number()
    lines = [head, [number, "company", *firm.values(), "yes"], [other, "company", *firm.values(), ""]]
    file = tmp_path / "firms.csv"
    file.write_text("\n".join(",".join(one) for one in lines), "utf-8")

    register_file(console_authority(), file, on=ON, moved=lambda _: None)

    assert find_line(number).is_registered
    assert find_line(other) is None


@pytest.mark.parametrize("text", UNASKED)
def test_a_file_that_says_it_where_no_law_asks_is_told_so(tmp_path, text):
    use_pack(text)
    number = fresh_number()

    (said,) = register_rows(tmp_path, row_of(number, authority_shown="yes"))

    assert (said["column"], said["code"]) == ("authority_shown", "unknown_attribute")
    assert find_line(number) is None


def test_a_row_that_says_it_later_is_another_row(tmp_path):
    number = fresh_number()
    use_pack(with_proof())
    row = row_of(number)
    assert register_rows(tmp_path, row)

    assert not register_rows(tmp_path, row | {"authority_shown": "yes"})
    assert find_line(number).is_registered


@pytest.mark.parametrize("checked", [{}, {"identity_check": "chip"}])
def test_a_receipt_says_that_it_was_shown(checked):
    said = action_label("line:tenure:registered", checked | {"authority_shown": True})

    assert said.endswith("The person who acts for the company showed what the law asks.")
    assert ("chip" in said) == bool(checked)
    for other in ({}, {"authority_shown": "yes"}, {"authority_shown": False}):
        assert "showed" not in action_label("line:tenure:registered", other)


def test_a_company_shows_it_also_where_the_law_lists_checks():
    text = with_proof(text=with_checks("chip", "sight"))

    asked = form(text)

    assert BOX in asked.fields
    assert noted(register_subscriber(console_authority(), of_company(fresh_number()), on=ON))[
        "authority_shown"
    ]
