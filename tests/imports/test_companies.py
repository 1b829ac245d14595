# SPDX-License-Identifier: EUPL-1.2
"""Lines of an operator's old file whose subscriber is a company: registered as a company, with who acts for it, never as a person."""

import csv
import datetime as dt
import re

import pytest

from rollkeeper.access.authority import console_authority
from rollkeeper.access.roles import StaffRole
from rollkeeper.imports.column_dictionary import meaning_of, sensitive_about
from rollkeeper.imports.errors import IMPORT_MAP_INVALID, IMPORT_VALUES_UNMAPPED
from rollkeeper.imports.files import scan_file
from rollkeeper.imports.mapping import make_map
from rollkeeper.imports.mapping_guess import propose
from rollkeeper.imports.reject_file import default_path
from rollkeeper.imports.row_errors import FALSE_DOCUMENT, INCOMPLETE, PERSON_AND_COMPANY
from rollkeeper.imports.services import import_lines
from rollkeeper.kernel.database import rows
from rollkeeper.lines.queries import current_tenure, find_line
from rollkeeper.subscribers.queries import document_index, find_persons
from rollkeeper.vault.fields import Field, Purpose
from rollkeeper.vault.services import open_sealed
from tests.builders.packs import REFERENCE, use_pack
from tests.builders.staff import employ
from tests.entries import entries
from tests.refusals import refusing
from tests.registration.people import card

ON = dt.date(2011, 12, 1)
USCC = "91350211MA000100Y3"
RAW = {
    "number": {"column": "号码"}, "service": {"constant": "mobile"}, "activated_on": {"constant": "2011-05-01"},
}  # fmt: skip
COMPANY = {
    "name": "单位名称", "address": "单位地址", "document_number": "统一社会信用代码",
    "bearer": {"name": "经办人", "document_number": "经办人证件号码", "document_type_is": "cn-resident-card"},
}  # fmt: skip
PERSON = {
    "name": "姓名", "address": "地址", "document_number": "证件号码", "document_type_is": "cn-resident-card",
}  # fmt: skip


def firm(n, **more):
    """One row of an invented company and of who acts for it."""
    return {
        "号码": f"138{n:08d}", "单位名称": "虚构贸易有限公司", "单位地址": "拉萨市虚构路 2 号", "统一社会信用代码": USCC,
        "经办人": "次仁", "经办人证件号码": card(900 + n), "姓名": "", "地址": "", "证件号码": "",
    } | more  # fmt: skip


def somebody(n, **more):
    return firm(n, **{name: "" for name in firm(n) if name != "号码"}) | {
        "姓名": "བཀྲ་ཤིས", "地址": "Specimen Job", "证件号码": card(n)
    } | more  # fmt: skip


def write(file, records):
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, list(records[0]))
        writer.writeheader()
        writer.writerows(records)
    return file


@pytest.fixture
def taken(tmp_path, committed):
    def take(records, raw, name="lines.csv"):
        file = write(tmp_path / name, records)
        seen = scan_file(file)
        raw = RAW | raw if raw is not None else propose(seen, country="CN", as_of=ON, duty=True).raw
        made = make_map(raw, named="map.toml", header=seen.header)
        result = import_lines(console_authority(), seen, made, refused_file=default_path(file), on=ON)
        side = default_path(file)
        if not side.exists():
            return result, []
        with side.open(encoding="utf-8", newline="") as source:
            return result, [(int(one["row"]), one["column"], one["reason"]) for one in csv.DictReader(source)]

    return take


@pytest.fixture
def proposal(tmp_path):
    def make(records):
        return propose(scan_file(write(tmp_path / "lines.csv", records)), country="CN", as_of=ON, duty=True)

    return make


def tenure_of(n):
    return current_tenure(find_line(f"+86138{n:08d}").line_id)


def opened(person, tenure, field):
    return open_sealed(
        employ(StaffRole.SUPERVISOR), person_id=person, tenure_id=tenure, field=field, purpose=Purpose.REVIEW, on=ON
    ).reveal()  # fmt: skip


def known_by(kind, number):
    return find_persons(document_index([(kind, number)]))[0]


def test_a_company_and_who_acts_for_it_are_registered_as_what_they_are(taken):
    result, refused = taken([firm(1), somebody(2)], {"company": COMPANY, "registration": PERSON})

    company, person = tenure_of(1), tenure_of(2)
    assert (result.registered, refused) == (2, [])
    assert (company.party_kind, person.party_kind) == ("company", "individual")
    assert company.person_id == known_by("cn-business-licence", USCC)
    assert company.bearer_person_id == known_by("cn-resident-card", card(901))
    assert company.user_person_id is None
    assert opened(company.person_id, company.tenure_id, Field.NAME) == "虚构贸易有限公司"
    assert opened(company.bearer_person_id, company.tenure_id, Field.NAME) == "次仁"


def test_the_entry_of_a_company_says_so_and_commits_to_who_acts_for_it(taken):
    taken([firm(1), somebody(2)], {"company": COMPANY, "registration": PERSON})

    said = {one.body["facts"]["party_kind"]: one.body["facts"] for one in entries("line:tenure:registered")}
    assert "bearer" in said["company"]
    assert not {"bearer", "user"} & said["individual"].keys()
    assert "user" not in said["company"]


def test_a_business_licence_among_the_documents_makes_no_person_of_a_company(taken):
    table = {
        "document_type": "证件类型",
        "document_types": {"身份证": "cn-resident-card", "营业执照": "cn-business-licence"},
    }
    person = {name: column for name, column in PERSON.items() if name != "document_type_is"}
    records = [somebody(1, 证件类型="身份证"), somebody(2, 证件类型="营业执照", 证件号码=USCC)]

    taken(records, {"registration": person | table})

    assert (tenure_of(1).party_kind, tenure_of(2).party_kind) == ("individual", "company")


def test_a_column_of_kinds_says_which_rows_are_companies(taken):
    kinds = {
        "kind": "客户类型",
        "kinds": {"个人": "individual", "单位": "company"},
        "document_type_is": "cn-business-licence",
    }
    records = [
        somebody(1, 客户类型="个人"),
        somebody(2, 客户类型="单位", 证件号码=USCC),
        somebody(3, 客户类型=""),
    ]

    taken(records, {"registration": PERSON, "company": kinds})

    assert [tenure_of(n).party_kind for n in (1, 2, 3)] == ["individual", "company", "individual"]


def test_who_works_at_a_company_is_a_person(taken):
    taken([somebody(1, 单位名称="虚构贸易有限公司")], {"registration": PERSON, "company": COMPANY})

    assert tenure_of(1).party_kind == "individual"


def test_a_row_with_a_persons_document_and_a_licence_registers_neither_and_says_so(taken):
    result, refused = taken(
        [somebody(1, 统一社会信用代码=USCC)], {"registration": PERSON, "company": COMPANY}
    )

    assert (result.lines, result.registered) == (1, 0)
    assert refused == [(2, "统一社会信用代码", PERSON_AND_COMPANY.text)]


@pytest.mark.parametrize(
    ("change", "column", "reason"),
    [
        ({"统一社会信用代码": ""}, "统一社会信用代码", INCOMPLETE),
        ({"单位名称": ""}, "单位名称", INCOMPLETE),
        ({"单位地址": ""}, "单位地址", INCOMPLETE),
        ({"统一社会信用代码": "7" * 70}, "统一社会信用代码", FALSE_DOCUMENT),
    ],
)
def test_a_company_that_lacks_something_comes_in_unregistered_like_a_person(taken, change, column, reason):
    result, refused = taken([firm(1, **change)], {"company": COMPANY})

    assert (result.lines, result.registered) == (1, 0)
    assert not find_line("+8613800000001").is_registered
    assert refused == [(2, column, reason.text)]


def test_a_column_that_the_file_has_not_is_named_where_the_law_asks_it_of_companies(taken):
    without = {name: column for name, column in COMPANY.items() if name != "address"}

    _, refused = taken([firm(1)], {"company": without})

    assert refused == [(2, "company.address", INCOMPLETE.text)]


def test_who_uses_the_line_and_acts_for_the_company_is_one_person_sealed_once(taken):
    user = {
        "name": "经办人",
        "document_number": "经办人证件号码",
        "address": "单位地址",
        "document_type_is": "cn-resident-card",
    }

    taken([firm(1)], {"company": COMPANY | {"user": user}})

    held = tenure_of(1)
    sealed = rows(
        "SELECT count(*) AS n FROM vault_sealed WHERE tenure_id = %s AND field = 'name'", [held.tenure_id]
    )
    assert held.user_person_id == held.bearer_person_id
    assert sealed[0].n == 2


def test_two_lines_of_a_company_have_one_subscriber(taken):
    taken([firm(1), firm(2)], {"company": COMPANY})

    assert tenure_of(1).person_id == tenure_of(2).person_id


def test_an_import_again_adds_the_company_that_the_first_map_left_out(taken):
    taken([firm(1)], {})
    before = find_line("+8613800000001").is_registered

    result, _ = taken([firm(1)], {"company": COMPANY})

    assert (before, result.completed) == (False, 1)
    assert tenure_of(1).party_kind == "company"


def test_who_acts_for_a_company_is_not_taken_where_the_law_does_not_ask_it(taken, law_put_back):
    use_pack(re.sub(r"  - id: company_bearer\n(?: {4,}.*\n)+", "", REFERENCE))

    result, _ = taken([firm(1)], {"company": COMPANY})

    assert (result.registered, tenure_of(1).bearer_person_id) == (1, None)


def test_a_chinese_file_of_companies_is_proposed_whole(taken):
    records = [firm(n, 入网日期="2011-05-01", 手机号码=f"138{n:08d}") for n in (1, 2)]

    result, refused = taken(records, None)

    assert (result.registered, refused) == (2, [])
    assert tenure_of(1).party_kind == "company"
    assert tenure_of(1).bearer_person_id == known_by("cn-resident-card", card(901))


ENGLISH = {
    "mobile number": "13800000007", "activation date": "2011-05-01", "company name": "Invented Trading", "company address": "2 Invented Road",
    "business licence number": USCC, "representative": "Tsering", "representative document number": card(7),
}  # fmt: skip


def test_an_english_file_of_companies_is_proposed_whole(taken):
    result, refused = taken([ENGLISH], None)

    assert (result.registered, refused) == (1, [])
    assert tenure_of(7).party_kind == "company"
    assert tenure_of(7).bearer_person_id == known_by("cn-resident-card", card(7))


@pytest.mark.parametrize(
    ("heading", "meaning"),
    [
        ("客户类型", "company_kind"), ("单位名称", "company_name"), ("单位地址", "company_address"), ("营业执照", "company_document_number"),
        ("统一社会信用代码", "company_document_number"), ("法定代表人", "representative_name"), ("经办人", "bearer_name"),
        ("经办人证件类型", "bearer_document_type"), ("法定代表人身份证号码", "representative_document_number"),
        ("经办人电话", "company_people_reached"), ("Company name", "company_name"), ("Legal representative", "representative_name"),
        ("Business licence number", "company_document_number"), ("用户类型", "service"), ("客户名称", "name"), ("证件号码", "document_number"),
    ],
)  # fmt: skip
def test_a_heading_about_a_company_means_what_operators_mean_by_it(heading, meaning):
    assert meaning_of(heading) == meaning


def test_the_credit_code_of_a_company_is_no_credit_of_a_person():
    assert sensitive_about("统一社会信用代码") is None
    assert sensitive_about("信用等级") == "payment or income"


def test_a_column_of_kinds_is_proposed_and_a_word_that_is_not_known_asked_about(proposal):
    both = {
        "手机号码": "13800000001",
        "入网日期": "2011-05-01",
        "客户名称": "次仁",
        "地址": "虚构路",
        "证件类型": "身份证",
        "证件号码": card(1),
    }
    records = [
        both | {"客户类型": "个人"},
        both | {"客户类型": "集团客户", "证件类型": "营业执照"},
        both | {"客户类型": "校园"},
    ]

    found = proposal(records)

    assert found.raw["company"] == {
        "kind": "客户类型",
        "kinds": {"个人": "individual", "集团客户": "company"},
    }
    assert found.raw["registration"]["document_types"]["营业执照"] == "cn-business-licence"
    assert any("校园" in need and "[company.kinds]" in need for need in found.needs)


def test_companies_without_a_licence_in_the_file_are_noted_and_not_registered(proposal):
    found = proposal([{"手机号码": "13800000001", "入网日期": "2011-05-01", "单位名称": "虚构"}])

    assert "company" not in found.raw
    assert "companies in this file are not registered: it lacks document_number of theirs." in found.notes


def test_the_legal_representative_acts_for_a_company_where_no_one_else_does(proposal):
    there = {
        "手机号码": "13800000001",
        "入网日期": "2011-05-01",
        "单位名称": "虚构",
        "营业执照号": USCC,
        "法定代表人": "次仁",
    }

    alone, both = proposal([there]), proposal([there | {"经办人": "卓玛"}])

    assert alone.raw["company"]["bearer"] == {"name": "法定代表人"}
    assert both.raw["company"]["bearer"] == {"name": "经办人"}


@pytest.mark.parametrize(
    "company",
    [{"kind": "客户类型"}, {"kinds": {"单位": "company"}}, {"kind": "客户类型", "kinds": {"单位": "firm"}},
     {"bearer": {"document_type": "x", "document_type_is": "passport"}}],
)  # fmt: skip
def test_a_map_of_companies_is_read_strictly(company):
    with refusing(IMPORT_MAP_INVALID):
        make_map(RAW | {"company": company}, named="map.toml", header=["号码", "客户类型", "x"])


def test_a_kind_of_subscriber_that_the_map_does_not_name_stops_the_import(taken):
    kinds = {"kind": "客户类型", "kinds": {"个人": "individual"}}

    with refusing(IMPORT_VALUES_UNMAPPED, match="客户类型"):
        taken([somebody(1, 客户类型="单位")], {"registration": PERSON, "company": kinds})


@pytest.mark.parametrize(
    ("said", "document", "number"),
    [("个人", "营业执照", USCC), ("单位", "身份证", card(77))],
    ids=["a person with a licence", "a company with a person's card"],
)
def test_a_row_whose_document_contradicts_it_registers_no_one(taken, said, document, number):
    row = {
        "号码": "13800000077", "客户类型": said, "姓名": "虚构", "地址": "拉萨市虚构路 2 号", "证件类型": document, "证件号码": number,
    }  # fmt: skip
    shared = {
        "name": "姓名", "address": "地址", "document_type": "证件类型", "document_number": "证件号码",
        "document_types": {"身份证": "cn-resident-card", "营业执照": "cn-business-licence"},
    }  # fmt: skip
    kinds = {"kind": "客户类型", "kinds": {"个人": "individual", "单位": "company"}}

    _, refused = taken([row], {"registration": shared, "company": kinds})

    assert [reason for _, _, reason in refused] == [PERSON_AND_COMPANY.text]
    assert current_tenure(find_line("+8613800000077").line_id) is None


def test_the_licence_of_a_company_elsewhere_is_no_chinese_one(tmp_path):
    file = write(
        tmp_path / "lines.csv",
        [{"Number": "07700900123", "Company name": "Invented Ltd", "Company number": "12345678"}],
    )

    raw = propose(scan_file(file), country="GB", as_of=ON, duty=True).raw

    assert raw["company"]["document_number"] == "Company number"
    assert raw["company"].get("document_type_is") != "cn-business-licence"
