# SPDX-License-Identifier: EUPL-1.2
"""Registrations from a file: what is recorded, what is refused and how that is said."""

import csv
import datetime as dt
import json
from importlib import import_module

import pytest

from rollkeeper.access.authority import console_authority
from rollkeeper.kernel.choices import Service
from rollkeeper.kernel.database import rows, run
from rollkeeper.kernel.ids import new_uuid
from rollkeeper.lines.queries import find_line, tenures
from rollkeeper.registration import bulk
from rollkeeper.registration.errors import FILE_NOT_USABLE
from rollkeeper.registration.services import register_subscriber
from tests.builders.lines import activate_line, terminate_line
from tests.builders.packs import use_pack, with_line_attributes
from tests.imports.sheets import text, write_sheet
from tests.refusals import refusing
from tests.registration.people import ON, fresh_number, person, submission, without_address

keys_of_files = import_module("rollkeeper.registration.migrations.0003_keys_of_files")
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


def register_line(file):
    tally = bulk.register_file(console_authority(), file, on=ON, moved=lambda _: None)
    side = bulk.refused_file(file)
    said = [json.loads(line) for line in side.read_text("utf-8").splitlines()] if side.exists() else []
    return tally, [(one["row"], one["column"], one["code"]) for one in said]


def test_everybody_in_a_file_is_registered_as_declared(tmp_path):
    people = [row(), row(service="fixed_line", number="0891-6331234"), row(language="zh-hans")]

    tally, refused = register_line(written(tmp_path, *people))

    lines = [find_line(people[0]["number"]), find_line("+868916331234"), find_line(people[2]["number"])]
    assert (tally.recorded, refused) == (3, [])
    assert [line.service for line in lines] == [Service.MOBILE, Service.FIXED_LINE, Service.MOBILE]
    assert {tenures(line.line_id)[0].assurance for line in lines} == {"declared"}


def test_a_file_says_of_a_line_what_the_law_asks_of_it(tmp_path, law_put_back):
    use_pack(
        with_line_attributes(
            'name: iccid, required: "yes"',
            'name: installation_address, required: "yes", services: [fixed_line]',
        )
    )
    sim, place = {"iccid": "8986041000000000003"}, {"installation_address": "Nowhere Road 99"}
    fixed = {"service": "fixed_line", "number": "0891-6331234"}

    tally, refused = register_line(
        written(
            tmp_path,
            row(**sim),
            row(),
            row(**sim, **place),
            row(**fixed, **sim, **place),
            row(**fixed | {"number": "0891-6331235"}, **sim),
        )
    )

    assert tally.recorded == 2
    assert refused == [
        (2, "iccid", "missing_attribute"), (3, "installation_address", "unknown_attribute"), (5, "installation_address", "missing_attribute"),
    ]  # fmt: skip


@pytest.mark.parametrize(("named", "notified_in"), [("bo", "bo"), (None, "mul")])
def test_without_a_language_a_further_line_is_told_in_every_one(named, notified_in, clerk, tmp_path):
    who = person()
    first = {"number": fresh_number(), **who} | ({"language": named} if named else {})
    register_line(written(tmp_path, first))

    register_subscriber(clerk, submission(fresh_number(), who), on=ON)

    owed = rows("SELECT language FROM notices_notice WHERE kind = 'new_line_in_your_name'")
    assert [one.language for one in owed] == [notified_in]
    assert find_line(first["number"]).language == named


def test_a_line_from_a_file_with_a_terminated_number_is_provisioned(tmp_path):
    recycled, fresh = row(), row()
    old = activate_line(recycled["number"], service=Service.MOBILE, on=dt.date(2009, 1, 1))
    terminate_line(
        old, by="subscriber", quarantined_until=ON - dt.timedelta(days=1), on=ON - dt.timedelta(days=99)
    )

    register_line(written(tmp_path, recycled, fresh))

    new = find_line(recycled["number"]).line_id
    asked = rows("SELECT line_id, kind, reason FROM provisioning_command")
    assert new != old
    assert [(one.line_id, one.kind, one.reason) for one in asked] == [(new, "restore", "new_line")]


def test_companies_and_minors_come_with_their_further_people(tmp_path):
    firm = row(document_type="cn-business-licence", document_number="91110000600037341L", kind="company")
    firm |= {"user": person(), "bearer": without_address()}
    child = row(kind="minor", guardian=without_address())

    tally, refused = register_line(written(tmp_path, firm, child))

    assert (tally.recorded, refused) == (2, [])
    assert tenures(find_line(firm["number"]).line_id)[0].user_person_id is not None
    assert tenures(find_line(child["number"]).line_id)[0].guardian_person_id is not None


def test_a_file_given_twice_records_nothing_twice(tmp_path):
    file = written(tmp_path, row(), row(submission_key="key-of-their-own"))
    register_line(file)

    tally, refused = register_line(file)

    assert (tally.recorded, tally.repeated, refused) == (0, 2, [])


def test_a_run_that_broke_off_is_resumed_by_running_it_again(tmp_path, monkeypatch):
    monkeypatch.setattr(bulk, "BATCH_ROWS", 2)
    people = [row() for _ in range(6)]
    register_line(written(tmp_path, *people[:4]))

    tally, _ = register_line(written(tmp_path, *people))

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

    tally, refused = register_line(written(tmp_path, row(), *faulty, row()))

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

    tally, refused = register_line(written(tmp_path, row(), hostile))

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

    register_line(file := written(tmp_path, faulty))

    said = bulk.refused_file(file).read_text("utf-8")
    assert not [v for v in ("Ngawang", "Secret", "SECRET", "13800138", faulty["address"]) if v in said]


def test_a_link_in_the_place_of_the_reject_file_is_never_written_through(tmp_path):
    file, of_root = written(tmp_path, row(number="no number")), tmp_path / "of_root"
    of_root.write_text("as it was", "utf-8")
    bulk.refused_file(file).symlink_to(of_root)

    _, refused = register_line(file)

    assert refused
    assert of_root.read_text("utf-8") == "as it was"
    assert not bulk.refused_file(file).is_symlink()


def test_a_side_file_of_a_former_run_goes_when_nothing_is_refused(tmp_path):
    file = written(tmp_path, row(number="12"))
    register_line(file)
    written(tmp_path, row())

    register_line(file)

    assert not bulk.refused_file(file).exists()


def test_the_same_number_twice_is_one_registration_and_one_refusal(tmp_path):
    first = row()
    second = row(number=first["number"].removeprefix("+86"))

    tally, refused = register_line(written(tmp_path, first, second))

    assert (tally.recorded, refused) == (1, [(2, "number", "already_registered")])


def test_the_same_row_twice_is_one_registration(tmp_path):
    twice = row()

    tally, _ = register_line(written(tmp_path, twice, twice))

    assert (tally.recorded, tally.repeated) == (1, 1)


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r", b"\n\n"])
def test_lines_may_end_in_any_way(tmp_path, end):
    lines = [json.dumps(row()).encode() for _ in range(3)]

    tally, _ = register_line(written(tmp_path, end.join(lines)))

    assert tally.recorded == 3


def test_line_ends_may_be_mixed_and_a_mark_may_stand_in_front(tmp_path):
    a, b, c = (json.dumps(row()).encode() for _ in range(3))

    tally, _ = register_line(written(tmp_path, b"\xef\xbb\xbf" + a + b"\r\n" + b + b"\r" + c + b"\n"))

    assert tally.recorded == 3


@pytest.mark.parametrize("size", [70_000, 3_000_000])
def test_a_huge_field_is_passed_over_and_the_next_row_is_recorded(tmp_path, size):
    tally, refused = register_line(written(tmp_path, row(), row(name="a" * size), row()))

    assert tally.recorded == 2
    assert refused == [(2, "(the whole row)", "invalid_row")]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "empty"), (b"\n\r\n  \n", "empty"), ("姓名,号码\n".encode("gb18030"), "JSON"),
        ('{"number": "1"}'.encode("utf-16"), "UTF-8"), (b"number,name\n1,2\n", "JSON"), (b'[{"number": "1"}]', "JSON"),
        ('{"name": "多吉"}\n'.encode("gb18030"), "UTF-8"),
    ],
)  # fmt: skip
def test_a_file_of_which_nothing_can_be_read_is_refused_as_a_whole(tmp_path, content, why):
    with refusing(FILE_NOT_USABLE, match=why):
        register_line(written(tmp_path, content))

    assert rows("SELECT count(*) AS n FROM lines_line")[0].n == 0


def test_a_missing_file_and_a_folder_are_refused(tmp_path):
    for path in (tmp_path / "none.jsonl", tmp_path):
        with refusing(FILE_NOT_USABLE):
            register_line(path)


def test_a_key_for_two_lines_registers_the_first_and_refuses_the_second(tmp_path):
    customer = person()
    two = [{"number": fresh_number(), "submission_key": "customer-4711"} | customer for _ in range(2)]

    tally, refused = register_line(written(tmp_path, *two))
    again, named_again = register_line(written(tmp_path, two[1]))

    assert (tally.recorded, tally.repeated, again.repeated) == (1, 0, 0)
    assert refused == [(2, "submission_key", "submission_key_used")]
    assert named_again == [(1, "submission_key", "submission_key_used")]
    assert find_line(two[1]["number"]) is None


def test_a_customers_number_that_a_file_uses_as_its_key_is_not_stored(tmp_path):
    file = written(tmp_path, row(submission_key="customer-4711"), row(submission_key="13908915678"))

    tally, refused = register_line(file)

    (first, second) = kept = [
        one.submission_key for one in rows("SELECT submission_key FROM registration_submission")
    ]
    assert (tally.recorded, refused) == (2, [])
    assert not [key for key in kept if "4711" in key or "13908915678" in key]
    assert first != second
    assert register_line(file)[0].repeated == 2


def test_an_upgrade_hashes_earlier_files_keys_and_records_their_rows_once(tmp_path):
    file = written(tmp_path, row(submission_key="customer-4711"), row(submission_key="13908915678"))
    register_line(file)
    kept = [
        one.submission_key
        for one in rows("SELECT submission_key FROM registration_submission ORDER BY receipt -> 'entry'")
    ]
    others = [f"application:{new_uuid()}", str(new_uuid()), f"row:{'0a' * 16}"]
    for key in others:
        run(
            "INSERT INTO registration_submission SELECT %s, receipt, made_at FROM registration_submission LIMIT 1",
            [key],
        )
    for key, clear in zip(kept, ("customer-4711", "13908915678"), strict=True):
        run("UPDATE registration_submission SET submission_key = %s WHERE submission_key = %s", [clear, key])

    keys_of_files.hash_keys_of_files()

    now = {one.submission_key for one in rows("SELECT submission_key FROM registration_submission")}
    tally, refused = register_line(file)
    assert (tally.recorded, tally.repeated, refused) == (0, 2, [])
    assert now >= set(others)
    assert all(key.startswith("key:") for key in now - set(others))
    keys_of_files.hash_keys_of_files()
    assert now == {one.submission_key for one in rows("SELECT submission_key FROM registration_submission")}


def test_a_returning_subscriber_with_the_same_row_is_registered_again(tmp_path):
    same = row()
    register_line(written(tmp_path, same))
    terminate_line(
        find_line(same["number"]).line_id,
        by="subscriber",
        quarantined_until=ON + dt.timedelta(days=90),
        on=ON,
    )

    tally, refused = register_line(written(tmp_path, same))
    keyed, _ = register_line(written(tmp_path, same | {"submission_key": "second-contract"}))

    assert (tally.repeated, refused) == (0, [(1, "submission_key", "submission_key_used")])
    assert keyed.recorded == 1
    assert find_line(same["number"]).is_registered


@pytest.mark.parametrize("other", [None, "the other run's"], ids=["removed", "replaced"])
def test_another_run_of_the_same_file_is_left_its_reject_file(tmp_path, other):
    file = written(tmp_path, row())
    side = bulk.refused_file(file)

    def as_the_other_run(_bytes):
        side.unlink()
        if other:
            side.write_text(other, "utf-8")

    tally = bulk.register_file(console_authority(), file, on=ON, moved=as_the_other_run)

    assert tally.recorded == 1
    assert (side.read_text("utf-8") if side.exists() else None) == other


@pytest.fixture
def sheet(tmp_path):
    def write(name, header, *records):
        if name.endswith(".xlsx"):
            return write_sheet(
                tmp_path / name, [[text(cell) for cell in record] for record in (header, *records)]
            )
        with (tmp_path / name).open("w", encoding="gb18030", newline="") as out:
            csv.writer(out, delimiter=";").writerows([header, *records])
        return tmp_path / name

    return write


HEADINGS = {
    "number": "手机号码", "name": "姓名", "address": "地址", "document_type": "证件类型", "document_number": "证件号码"
}  # fmt: skip


@pytest.mark.parametrize("name", ["people.csv", "people.xlsx"])
def test_a_table_is_read_as_it_is_exported_and_other_columns_stay_out(sheet, name):
    one = row()
    keys = [key for key in HEADINGS if key in one]
    file = sheet(name, [*(HEADINGS[key] for key in keys), "民族"], [*(one[key] for key in keys), "藏族"])

    tally, refused = register_line(file)

    assert (tally.rows, tally.recorded, refused) == (1, 1, [])
    assert find_line(one["number"]).is_registered


def test_a_row_of_a_table_is_refused_by_its_number_and_the_rest_is_recorded(sheet):
    good, bad = row(service="mobile"), row(service="no such service")
    keys = list(good)
    file = sheet("people.csv", keys, *([str(one[key]) for key in keys] for one in (good, bad)))

    tally, refused = register_line(file)

    assert (tally.recorded, tally.refused) == (1, 1)
    assert refused[0][0] == 3


def test_a_table_without_a_column_of_numbers_is_refused_whole(sheet):
    with refusing(FILE_NOT_USABLE, match="'number'"):
        register_line(sheet("people.csv", ["colour", "size"], ["red", "3"]))
