# SPDX-License-Identifier: EUPL-1.2
"""A law that limits lines with all operators together: what the person says they have elsewhere decides, and is then forgotten."""

import json

import pytest

from rollkeeper.access.authority import Authority, console_authority
from rollkeeper.access.roles import StaffRole
from rollkeeper.kernel.database import rows
from rollkeeper.kernel.ids import StaffId, new_uuid
from rollkeeper.lines.queries import find_line
from rollkeeper.registration.bulk import refused_file, register_file
from rollkeeper.registration.errors import (
    LIMIT_NEEDS_SUPERVISOR,
    LIMIT_REACHED_REMOTELY,
    LIMIT_REACHED_WITH_OTHERS,
    LINES_ELSEWHERE_MISSING,
)
from rollkeeper.registration.file_reader import Row, with_keys
from rollkeeper.registration.pipeline import check_registration
from rollkeeper.registration.services import (
    change_record,
    install_line,
    port_in_number,
    register_subscriber,
    transfer_line,
)
from rollkeeper.registration.submissions import RegistrationKind, lines_elsewhere_in
from rollkeeper.subscribers.choices import PartyKind, PartyRole
from tests.builders.packs import REFERENCE, use_pack
from tests.refusals import refusing
from tests.registration.people import ON, fresh_number, given_by, person, submission, without_address

pytestmark = pytest.mark.usefixtures("vaulted")

THREE = "what: lines, group: person, scope: national, kind: stock, n: 3, over: refuse"
SAID = 917
"""A number of lines that nothing else here is."""


@pytest.fixture
def supervisor() -> Authority:
    return Authority(frozenset({StaffRole.SUPERVISOR}), StaffId(new_uuid()), "5a" * 32)


def take(who, subscriber=None, *, number=None, act=register_subscriber, **others):
    return act(who, submission(number or fresh_number(), subscriber, **others), on=ON)


@pytest.mark.parametrize(
    ("here", "elsewhere", "is_taken"),
    [(0, 2, True), (0, 3, False), (0, 4, False), (1, 1, True), (1, 2, False), (2, 0, True), (2, 1, False), (3, 0, False)],
)  # fmt: skip
def test_lines_here_and_elsewhere_and_this_one_are_within_the_limit(
    clerk, limited, here, elsewhere, is_taken
):
    limited(THREE)
    who = person()
    for _ in range(here):
        take(clerk, who, lines_elsewhere=0)

    if is_taken:
        assert take(clerk, who, lines_elsewhere=elsewhere)
    else:
        with refusing(LIMIT_REACHED_WITH_OTHERS) as refused:
            take(clerk, who, lines_elsewhere=elsewhere)
        assert "allows 3 lines to one subscriber with all operators together" in str(refused.value)
        assert "(art. 2 ¶1)" in str(refused.value)


def test_a_refusal_says_the_same_however_many_lines_are_here(clerk, limited):
    limited(THREE)
    who, said = person(), []
    for here in range(3):
        with refusing(LIMIT_REACHED_WITH_OTHERS) as refused:
            take(clerk, who, lines_elsewhere=3)
        said.append((str(refused.value), refused.value.advice, dict(refused.value.facts)))
        if here < 2:
            take(clerk, who, lines_elsewhere=0)

    assert said == said[:1] * 3


@pytest.mark.parametrize(
    ("over", "refused", "limit"),
    [
        ("review", LIMIT_NEEDS_SUPERVISOR, THREE),
        ("choose_keep", LIMIT_REACHED_WITH_OTHERS, THREE),
        ("refuse", LIMIT_REACHED_REMOTELY, f"{THREE}, channel: remote"),
    ],
)
def test_what_follows_is_what_follows_any_limit(clerk, supervisor, limited, over, refused, limit):
    limited(limit.replace("refuse", over))
    remote = {"document_seen": False, "self_declared": True} if "remote" in limit else {}

    with refusing(refused) as why:
        take(clerk, lines_elsewhere=3, **remote)

    assert ("here or with another operator" in why.value.advice) == (over == "choose_keep")
    if over == "review":
        assert take(supervisor, lines_elsewhere=3, overrides_limit=True)


@pytest.mark.parametrize("act", [register_subscriber, install_line, port_in_number, transfer_line])
def test_who_takes_a_line_is_asked_how_many_they_have_elsewhere(clerk, limited, act):
    limited(THREE)
    number, old = fresh_number(), person()
    if act is transfer_line:
        take(clerk, old, number=number, lines_elsewhere=0)
    given = {"number": number, "act": act, "transferor": given_by(old)}

    with refusing(LINES_ELSEWHERE_MISSING) as refused:
        take(clerk, **given)
    with refusing(LIMIT_REACHED_WITH_OTHERS):
        take(clerk, lines_elsewhere=3, **given)

    assert refused.value.facts["article"] == "2 ¶1"
    assert take(clerk, lines_elsewhere=2, **given)


def test_a_line_that_would_be_refused_is_asked_about_before_the_second_person_is(clerk, limited):
    limited(THREE)

    refused = check_registration(
        clerk, submission(fresh_number()), action_kind=RegistrationKind.REGISTER, on=ON
    )

    assert refused is not None
    assert refused.code == LINES_ELSEWHERE_MISSING.code


def test_who_meets_no_such_limit_is_asked_nothing(clerk, limited, new_line):
    limited(f"{THREE}, service: mobile, channel: remote", THREE.replace("national", "operator"))
    assert take(clerk)  # the limit stops who registers remotely

    limited(THREE)
    own = fresh_number()
    who = person()
    take(clerk, who, number=own, lines_elsewhere=0)

    assert take(clerk, who, number=new_line())  # older than the law
    assert take(clerk, who | {"address": "虚构路 2 号"}, number=own, act=change_record)
    company = person(document_type="cn-business-licence", document_number="91110000600037341L")
    parts = {PartyRole.SUBSCRIBER: company, PartyRole.USER: person(), PartyRole.BEARER: without_address()}
    assert take(clerk, kind=PartyKind.COMPANY, parts=parts)


def test_an_unconfirmed_limit_asks_nothing_and_refuses_no_one(clerk, law_put_back):
    limit = f"  - {{{THREE}, because: {{article: 2 ¶1, confirmed: false}}}}\n"
    use_pack(REFERENCE.replace("\nretention:", f"\nlimits:\n{limit}retention:", 1))

    assert take(clerk)
    assert take(clerk, lines_elsewhere=900)


def test_nothing_keeps_what_was_said_of_lines_elsewhere(clerk, limited):
    limited(THREE.replace("n: 3", f"n: {SAID + 1}"))
    before = {one.table_name for one in _tables()}
    number = fresh_number()

    take(clerk, number=number, lines_elsewhere=SAID)
    with refusing(LIMIT_REACHED_WITH_OTHERS):
        take(clerk, lines_elsewhere=SAID + 2)

    assert find_line(number).is_registered
    found = [
        (table, row.whole)
        for table in sorted(before)
        for row in rows(f'SELECT t::text AS whole FROM "{table}" t')  # noqa: S608 - the names of this schema
        if any(f"{sign}{SAID + more}{end}" in row.whole for more in (0, 2) for sign in '":,( ' for end in '",:)} ')
    ]  # fmt: skip
    assert found == []
    assert rows("SELECT FROM ledger_entry WHERE body LIKE '%%elsewhere%%'") == []


def _tables():
    return rows("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'")  # fmt: skip


def test_a_file_says_how_many_lines_its_people_have_elsewhere(tmp_path, limited):
    limited(THREE)
    rows_of_file = [
        {"number": fresh_number(), **person()} | ({"lines_elsewhere": said} if said is not None else {})
        for said in ("0", "2", "3", None, "many", "-1", "1000", 2)
    ]
    file = tmp_path / "people.jsonl"
    file.write_text("\n".join(map(json.dumps, rows_of_file)), "utf-8")

    register_file(console_authority(), file, on=ON, moved=lambda _: None)

    said = [json.loads(line) for line in refused_file(file).read_text("utf-8").splitlines()]
    assert [(one["row"], one["column"], one["code"]) for one in said] == [
        (3, "number", "limit_reached_with_others"),
        (4, "lines_elsewhere", "lines_elsewhere_missing"),
        *((row, "lines_elsewhere", "invalid_row") for row in (5, 6, 7, 8)),
    ]
    assert all(find_line(one["number"]).is_registered for one in rows_of_file[:2])


def test_a_file_that_says_it_where_no_law_asks_is_told_so(tmp_path):
    file = tmp_path / "people.jsonl"
    file.write_text(json.dumps({"number": fresh_number(), **person(), "lines_elsewhere": "0"}), "utf-8")

    register_file(console_authority(), file, on=ON, moved=lambda _: None)

    (said,) = map(json.loads, refused_file(file).read_text("utf-8").splitlines())
    assert (said["column"], said["code"]) == ("lines_elsewhere", "unknown_attribute")


def test_the_key_of_a_row_tells_nothing_of_lines_elsewhere():
    bare = submission(fresh_number(), submission_key="")
    said = submission(
        bare.number, dict(bare.parts[PartyRole.SUBSCRIBER]), submission_key="", lines_elsewhere=5
    )

    first, second = with_keys([Row(1, bare), Row(2, said)])

    assert first.content.submission_key == second.content.submission_key


@pytest.mark.parametrize(
    ("given", "read"),
    [(0, 0), ("0", 0), (" 12 ", 12), ("999", 999), ("1000", None), ("-1", None), ("1.5", None), ("٣", None), ("", None), (None, None)],
)  # fmt: skip
def test_a_number_of_lines_elsewhere_is_read(given, read):
    assert lines_elsewhere_in(given) == read
