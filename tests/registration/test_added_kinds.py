# SPDX-License-Identifier: EUPL-1.2
"""A kind of subscriber that a law adds: asked, checked and limited by its declaration alone, and stored as the kind it is of."""

import json

import pytest

from rollkeeper.access.authority import console_authority
from rollkeeper.counter.record_form import RecordForm
from rollkeeper.kernel.database import rows
from rollkeeper.kernel.errors import Faults
from rollkeeper.law.errors import UNSUPPORTED_PACK_FIELD
from rollkeeper.law.packs import load_pack
from rollkeeper.lines.queries import current_tenure, find_line
from rollkeeper.registration.bulk import register_file
from rollkeeper.registration.errors import (
    DOCUMENT_NOT_ACCEPTED,
    DOCUMENT_NOT_LOOKED_OVER,
    INVALID_VALUE,
    LIMIT_REACHED,
    MISSING_ATTRIBUTE,
    UNKNOWN_ATTRIBUTE,
)
from rollkeeper.registration.services import register_subscriber
from rollkeeper.registration.submissions import RegistrationKind
from rollkeeper.subscribers.choices import PartyKind, PartyRole
from tests.builders.kinds import BECAUSE, INSTITUTION, TOURIST, VISITOR, with_kinds
from tests.builders.packs import use_pack, write_pack
from tests.refusals import refusing
from tests.registration.people import ON, fresh_number, person, submission, without_address

pytestmark = pytest.mark.usefixtures("vaulted", "law_put_back")


def visitor(**changes):
    return without_address(document_type="passport-usa", document_number="C01234567") | changes


def register(number, who=None, *, as_kind="visitor", **changes):
    given = {"added_kind": as_kind, "looked_over": True, "last_day": "2012-05-31"} | changes
    return register_subscriber(console_authority(), submission(number, who or visitor(), **given), on=ON)


def test_a_visitor_is_registered_by_what_the_law_asks_of_visitors():
    use_pack(with_kinds(VISITOR))
    number = fresh_number()

    register(number)

    tenure = current_tenure(find_line(number).line_id)
    fields = rows("SELECT field FROM vault_sealed WHERE tenure_id = %s ORDER BY field", [tenure.tenure_id])
    assert [one.field for one in fields] == ["document_number", "document_type", "name"]


def test_the_register_stores_the_kind_that_every_law_has_and_not_the_added_one():
    use_pack(with_kinds(VISITOR))
    number = fresh_number()

    register(number)

    line_id = find_line(number).line_id
    tenure = current_tenure(line_id)
    assert tenure.party_kind == "individual"
    (who,) = rows("SELECT kind FROM subscribers_subscriber WHERE person_id = %s", [tenure.person_id])
    assert who.kind == "individual"
    bodies = rows("SELECT body FROM ledger_entry WHERE line_id = %s ORDER BY entry_id", [line_id])
    assert bodies
    assert not any("visitor" in one.body or "2012-05-31" in one.body for one in bodies)
    assert {json.loads(one.body)["facts"].get("party_kind") for one in bodies} == {None, "individual"}


@pytest.mark.parametrize(
    ("who", "changes", "refused"),
    [
        (person(), {}, Faults),
        (visitor(document_type="cn-resident-card", document_number="11010519491231002X"), {}, DOCUMENT_NOT_ACCEPTED),
        (visitor(), {"looked_over": False}, DOCUMENT_NOT_LOOKED_OVER),
        (visitor(), {"last_day": None}, MISSING_ATTRIBUTE),
        (visitor(), {"last_day": "2012-03-01"}, INVALID_VALUE),
        (visitor(), {"last_day": "31.5.2012"}, INVALID_VALUE),
    ],
)  # fmt: skip
def test_what_is_missing_of_a_kind_is_refused(who, changes, refused):
    use_pack(with_kinds(VISITOR))
    number = fresh_number()

    with refusing(refused):
        register(number, who, **changes)
    assert find_line(number) is None


def test_a_last_day_is_taken_from_its_first_day_on():
    use_pack(with_kinds(VISITOR))

    register(fresh_number(), last_day=ON.isoformat())


def test_what_a_kind_does_not_declare_comes_from_the_kind_it_is_of():
    use_pack(with_kinds(TOURIST))
    pack = load_pack(write_pack(with_kinds(TOURIST)))

    assert pack.attributes("mobile", "tourist") == pack.attributes("mobile", "individual")
    register(fresh_number(), person(), as_kind="tourist", last_day=None)
    with refusing(UNKNOWN_ATTRIBUTE, match="last_day"):
        register(fresh_number(), person(), as_kind="tourist")


def test_a_last_day_and_a_document_that_nobody_confirmed_are_not_demanded():
    doubtful = VISITOR.replace(BECAUSE, 'because: {article: "2 ¶1", confirmed: false}')
    use_pack(with_kinds(doubtful))

    register(
        fresh_number(), visitor(document_type="other"), last_day=None, looked_over=False, double_checked=True
    )


def test_a_document_that_is_only_declared_is_compared_with_the_list_alone(tmp_path):
    use_pack(with_kinds(VISITOR))
    file, good, other = tmp_path / "visitors.jsonl", fresh_number(), fresh_number()
    rest = {"kind": "visitor", "last_day": "2012-05-31", "name": "Invented", "document_number": "C01234568"}
    lines = [
        {"number": good, "document_type": "passport-usa"} | rest,
        {"number": other, "document_type": "cn-resident-card"} | rest,
    ]
    file.write_text("".join(f"{json.dumps(line)}\n" for line in lines), "utf-8")

    tally = register_file(console_authority(), file, on=ON, moved=lambda _: None)

    assert (tally.recorded, tally.refused) == (1, 1)
    assert (find_line(good).is_registered, find_line(other)) == (True, None)


def test_a_company_of_an_added_kind_names_its_user_and_bearer_as_a_company_does():
    use_pack(with_kinds(INSTITUTION))
    number = fresh_number()
    parts = {
        PartyRole.SUBSCRIBER: person(document_type="other", document_number="INST-12345"),
        PartyRole.USER: without_address(), PartyRole.BEARER: without_address(),
    }  # fmt: skip
    given = submission(
        number, kind=PartyKind.COMPANY, added_kind="institution", parts=parts, double_checked=True
    )

    register_subscriber(console_authority(), given, on=ON)

    assert current_tenure(find_line(number).line_id).party_kind == "company"


LIMIT = f"{{what: lines, group: %s, scope: operator, kind: stock, n: %d, over: refuse, {BECAUSE}}}"


def limited_to(individuals, visitors):
    limits = "".join(f"  - {LIMIT % one}\n" for one in (("person", individuals), *visitors))
    return with_kinds(VISITOR).replace("\nretention:", f"\nlimits:\n{limits}retention:", 1)


@pytest.mark.parametrize(("separate", "allowed"), [((("visitor", 1),), 1), ((), 2), ((("visitor", 3),), 3)])
def test_a_kind_meets_its_own_limit_and_else_that_of_the_kind_it_is_of(separate, allowed):
    use_pack(limited_to(2, separate))
    who = visitor()
    for _ in range(allowed):
        register(fresh_number(), who)

    with refusing(LIMIT_REACHED):
        register(fresh_number(), who)


def test_a_kind_that_a_limit_exempts_meets_none():
    use_pack(limited_to(1, ()).replace("over: refuse,", "over: refuse, exempt: [visitor],"))
    who = visitor()

    register(fresh_number(), who)
    register(fresh_number(), who)


def test_the_form_offers_the_accepted_documents_and_asks_what_was_looked_at():
    pack = load_pack(write_pack(with_kinds(VISITOR)))

    form = RecordForm(action_kind=RegistrationKind.REGISTER, kind="visitor", pack=pack)

    assert [code for code, _ in form.fields["subscriber__document_type"].choices] == ["passport"]
    assert form.fields["subscriber__last_day"].widget.input_type == "date"
    assert "the visa page" in str(form.fields["subscriber__looked_over"].label)
    assert "subscriber__address" not in form.fields


@pytest.mark.parametrize(
    ("broken", "named"),
    [
        (VISITOR.replace("    kind_of: individual\n", ""), "id: visitor"),
        (VISITOR.replace("kind_of: individual", "kind_of: estate"), "kind_of: estate"),
        (VISITOR.replace("type: passport", "type: za-idnr"), "za-idnr"),
        (VISITOR.replace("{en: A visitor, ", "{"), "label"),
        (TOURIST.replace("n: 30, unit: day", "n: 1, unit: hour"), "last_day"),
    ],
)
def test_a_kind_that_no_form_can_follow_is_refused_by_name(broken, named):
    use_pack(with_kinds(broken))

    with refusing(UNSUPPORTED_PACK_FIELD, match=named):
        register(fresh_number())


def test_a_last_day_is_either_read_or_counted():
    both = VISITOR.replace("read_from: document,", "read_from: document, after: {n: 30, unit: day},")

    with pytest.raises(Exception, match="read_from a document"):
        load_pack(write_pack(with_kinds(both)))
