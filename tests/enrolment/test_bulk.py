# SPDX-License-Identifier: EUPL-1.2
"""Registrations from a file: what is recorded, what is refused and how that is said."""

import datetime as dt
import json

import pytest

from rollkeeper.access.authority import console_authority
from rollkeeper.enrolment import bulk
from rollkeeper.enrolment.acts import register_subscriber
from rollkeeper.enrolment.errors import FileNotUsable
from rollkeeper.kernel.database import rows
from rollkeeper.lines.changes import activate_line, end_line_state
from rollkeeper.lines.queries import find_line, holdings
from rollkeeper.lines.states import Service
from tests.enrolment.people import ON, fresh_number, person, submission, without_address

pytestmark = pytest.mark.usefixtures("vaulted")


def row(**changes):
    return {"number": fresh_number(), **person()} | changes


def written(tmp_path, *contents):
    file = tmp_path / "people.jsonl"
    lines = [
        c if isinstance(c, bytes) else json.dumps(c, ensure_ascii=False).encode() + b"\n" for c in contents
    ]
    file.write_bytes(b"".join(lines))
    return file


def enrol(file):
    tally = bulk.enrol_file(console_authority(), file, on=ON, moved=lambda _: None)
    side = bulk.refused_file(file)
    said = [json.loads(line) for line in side.read_text("utf-8").splitlines()] if side.exists() else []
    return tally, [(one["row"], one["column"], one["code"]) for one in said]


def test_everybody_in_a_file_is_registered_as_declared(tmp_path):
    people = [row(), row(service="fixed_line", number="0891-6331234"), row(language="zh-hans")]

    tally, refused = enrol(written(tmp_path, *people))

    lines = [find_line(people[0]["number"]), find_line("+868916331234"), find_line(people[2]["number"])]
    assert (tally.recorded, refused) == (3, [])
    assert [line.service for line in lines] == [Service.MOBILE, Service.FIXED_LINE, Service.MOBILE]
    assert {holdings(line.line_id)[0].assurance for line in lines} == {"declared"}


@pytest.mark.parametrize(("named", "told_in"), [("bo", "bo"), (None, "mul")])
def test_whoever_named_no_language_hears_of_a_further_line_in_every_one(named, told_in, clerk, tmp_path):
    who = person()
    first = {"number": fresh_number(), **who} | ({"language": named} if named else {})
    enrol(written(tmp_path, first))

    register_subscriber(clerk, submission(fresh_number(), who), on=ON)

    owed = rows("SELECT language FROM notices_notice WHERE kind = 'new_line_in_your_name'")
    assert [one.language for one in owed] == [told_in]
    assert find_line(first["number"]).language == named


def test_a_line_from_a_file_under_the_number_of_an_ended_one_is_opened_in_the_network(tmp_path):
    recycled, fresh = row(), row()
    old = activate_line(recycled["number"], service=Service.MOBILE, on=dt.date(2009, 1, 1))
    end_line_state(
        old, by="subscriber", quarantined_until=ON - dt.timedelta(days=1), on=ON - dt.timedelta(days=99)
    )

    enrol(written(tmp_path, recycled, fresh))

    new = find_line(recycled["number"]).line_id
    asked = rows("SELECT line_id, kind, reason FROM network_command")
    assert new != old
    assert [(one.line_id, one.kind, one.reason) for one in asked] == [(new, "restore", "new_line")]


def test_companies_and_minors_come_with_their_further_people(tmp_path):
    firm = row(document_type="cn-business-licence", document_number="91110000600037341L", kind="company")
    firm |= {"user": person(), "bearer": without_address()}
    child = row(kind="minor", guardian=without_address())

    tally, refused = enrol(written(tmp_path, firm, child))

    assert (tally.recorded, refused) == (2, [])
    assert holdings(find_line(firm["number"]).line_id)[0].user_person_id is not None
    assert holdings(find_line(child["number"]).line_id)[0].guardian_person_id is not None


def test_a_file_given_twice_records_nothing_twice(tmp_path):
    file = written(tmp_path, row(), row(submission_key="key-of-their-own"))
    enrol(file)

    tally, refused = enrol(file)

    assert (tally.recorded, tally.repeated, refused) == (0, 2, [])


def test_a_run_that_broke_off_is_resumed_by_running_it_again(tmp_path, monkeypatch):
    monkeypatch.setattr(bulk, "BATCH_ROWS", 2)
    people = [row() for _ in range(6)]
    enrol(written(tmp_path, *people[:4]))

    tally, _ = enrol(written(tmp_path, *people))

    assert (tally.recorded, tally.repeated) == (2, 4)


def test_each_faulty_row_is_named_with_column_and_code_and_the_rest_is_recorded(tmp_path):
    long_ago = row(document_number="110105180012310020")
    without_name = {k: v for k, v in row().items() if k != "name"}
    faulty = [
        row(number="12"), without_name, row(religion="none"), long_ago, row(kind="choir"), row(service="post"),
        row(number=13800138000), row(kind="company", user={"faith": "x"}), b"not json\n", b"[1, 2]\n", b"\xff\xfe{}\n", row(name=7),
        b'{"number": "1", "number": "2"}\n', row(submission_key="x"), row(kind="minor", guardian="Ama"),
        row(user={"name": "x"}), row(name="A\x00B"), row(language="tlh"), {"name": "no number"},
    ]  # fmt: skip

    tally, refused = enrol(written(tmp_path, row(), *faulty, row()))

    assert tally.recorded == 2
    assert list(dict.fromkeys(number for number, _, _ in refused)) == list(range(2, 21))
    found = {(number, column) for number, column, _ in refused}
    assert found >= {
        (2, "number"), (3, "name"), (4, "religion"), (5, "document_number"), (6, "kind"), (7, "service"),
        (8, "number"), (9, "user.faith"), (10, "(the whole row)"), (11, "(the whole row)"),
        (12, "(the whole row)"), (13, "name"), (14, "number"), (15, "submission_key"), (16, "guardian"),
        (17, "user"), (18, "name"), (19, "language"), (20, "number"),
    }  # fmt: skip


def test_every_fault_of_a_row_is_named_and_not_only_the_first(tmp_path):
    hostile = {"number": None, "name": ["x"], "address": {}, "document_type": 1, "kind": "choir", "user": 7}

    tally, refused = enrol(written(tmp_path, row(), hostile))

    assert (tally.recorded, tally.refused) == (1, 1)
    assert {column for _, column, _ in refused} == {
        "number",
        "name",
        "address",
        "document_type",
        "kind",
        "user",
    }


def test_the_side_file_holds_no_value(tmp_path):
    faulty = row(name="Ngawang\x07Invented", religion="Secret", document_number="SECRET", number="13800138")

    enrol(file := written(tmp_path, faulty))

    said = bulk.refused_file(file).read_text("utf-8")
    assert not [v for v in ("Ngawang", "Secret", "SECRET", "13800138", faulty["address"]) if v in said]


def test_a_side_file_of_a_former_run_goes_when_nothing_is_refused(tmp_path):
    file = written(tmp_path, row(number="12"))
    enrol(file)
    written(tmp_path, row())

    enrol(file)

    assert not bulk.refused_file(file).exists()


def test_the_same_number_twice_is_one_registration_and_one_refusal(tmp_path):
    first = row()
    second = row(number=first["number"].removeprefix("+86"))

    tally, refused = enrol(written(tmp_path, first, second))

    assert (tally.recorded, refused) == (1, [(2, "number", "already_registered")])


def test_the_same_row_twice_is_one_registration(tmp_path):
    twice = row()

    tally, _ = enrol(written(tmp_path, twice, twice))

    assert (tally.recorded, tally.repeated) == (1, 1)


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r", b"\n\n"])
def test_lines_may_end_in_any_way(tmp_path, end):
    lines = [json.dumps(row()).encode() for _ in range(3)]

    tally, _ = enrol(written(tmp_path, end.join(lines)))

    assert tally.recorded == 3


def test_line_ends_may_be_mixed_and_a_mark_may_stand_in_front(tmp_path):
    a, b, c = (json.dumps(row()).encode() for _ in range(3))

    tally, _ = enrol(written(tmp_path, b"\xef\xbb\xbf" + a + b"\r\n" + b + b"\r" + c + b"\n"))

    assert tally.recorded == 3


@pytest.mark.parametrize("size", [70_000, 3_000_000])
def test_a_huge_field_is_passed_over_and_the_next_row_is_recorded(tmp_path, size):
    tally, refused = enrol(written(tmp_path, row(), row(name="a" * size), row()))

    assert tally.recorded == 2
    assert refused == [(2, "(the whole row)", "row_not_read")]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "empty"), (b"\n\r\n  \n", "empty"), ("姓名,号码\n".encode("gb18030"), "JSON"),
        ('{"number": "1"}'.encode("utf-16"), "UTF-8"), (b"number,name\n1,2\n", "JSON"), (b'[{"number": "1"}]', "JSON"),
        ('{"name": "多吉"}\n'.encode("gb18030"), "UTF-8"),
    ],
)  # fmt: skip
def test_a_file_of_which_nothing_can_be_read_is_refused_as_a_whole(tmp_path, content, why):
    with pytest.raises(FileNotUsable, match=why):
        enrol(written(tmp_path, content))

    assert rows("SELECT count(*) AS n FROM lines_line")[0].n == 0


def test_a_missing_file_and_a_folder_are_refused(tmp_path):
    for path in (tmp_path / "none.jsonl", tmp_path):
        with pytest.raises(FileNotUsable):
            enrol(path)


def test_a_key_that_stands_for_a_customer_with_two_lines_registers_the_first_and_names_the_second(tmp_path):
    customer = person()
    two = [{"number": fresh_number(), "submission_key": "customer-4711"} | customer for _ in range(2)]

    tally, refused = enrol(written(tmp_path, *two))
    again, named_again = enrol(written(tmp_path, two[1]))

    assert (tally.recorded, tally.repeated, again.repeated) == (1, 0, 0)
    assert refused == [(2, "submission_key", "submission_key_used")]
    assert named_again == [(1, "submission_key", "submission_key_used")]
    assert find_line(two[1]["number"]) is None


def test_whoever_comes_back_to_their_number_in_the_words_of_their_first_contract_is_not_passed_over(tmp_path):
    same = row()
    enrol(written(tmp_path, same))
    end_line_state(
        find_line(same["number"]).line_id,
        by="subscriber",
        quarantined_until=ON + dt.timedelta(days=90),
        on=ON,
    )

    tally, refused = enrol(written(tmp_path, same))
    keyed, _ = enrol(written(tmp_path, same | {"submission_key": "second-contract"}))

    assert (tally.repeated, refused) == (0, [(1, "submission_key", "submission_key_used")])
    assert keyed.recorded == 1
    assert find_line(same["number"]).is_registered
