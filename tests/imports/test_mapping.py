"""The map is proposed with care, read strictly, and never lets in what the register has no place for."""

import datetime as dt
import tomllib

import pytest

from rollkeeper.imports.column_dictionary import meaning_of, never_about, sensitive_about, service_of_heading
from rollkeeper.imports.column_samples import date_forms
from rollkeeper.imports.errors import (
    IMPORT_HEADER_MISSING,
    IMPORT_MAP_INVALID,
    IMPORT_SENSITIVE_COLUMN_MAPPED,
    IMPORT_SINGLE_COLUMN,
)
from rollkeeper.imports.files import scan_file
from rollkeeper.imports.mapping import complete, file_part, make_map, read_map
from rollkeeper.imports.mapping_guess import propose, write_map
from rollkeeper.kernel.errors import Faults
from tests.refusals import refusing

AS_OF = dt.date(2011, 12, 1)
WHOLE = {
    "number": {"column": "phone"},
    "service": {"constant": "mobile"},
    "activated_on": {"column": "since"},
}
HEADER = ("phone", "since", "kind", "area", "gender", "id", "months")


@pytest.fixture
def proposed(tmp_path):
    def make(content, *, duty=True, has_names=True, **given):
        file = tmp_path / "lines.csv"
        file.write_text(content, "utf-8")
        seen = scan_file(file, has_names=has_names)
        return propose(seen, country="CN", as_of=AS_OF, duty=duty, **given), seen

    return make


@pytest.mark.parametrize(
    ("heading", "meaning"),
    [
        ("MSISDN", "number"), ("手机号码", "number"), ("客户手机号码", "number"), ("Numéro de téléphone", "number"),
        ("номер телефона", "number"), ("ཁ་པར་ཨང་གྲངས།", "number"), ("customerID", "reference"), ("客户编号", "reference"),
        ("开户日期", "activated_on"), ("activation_date", "activated_on"), ("tenure", "tenure_months"),
        ("E-Mail", "contact"), ("证件号码", "document_number"), ("证件类型", "document_type"), ("证件地址", "address"),
        ("客户姓名", "name"), ("message", None), ("phone model", None),
    ],
)  # fmt: skip
def test_a_heading_means_what_operators_mean_by_it(heading, meaning):
    assert meaning_of(heading) == meaning


@pytest.mark.parametrize(
    "heading",
    [
        "gender", "Sex", "cust_gender", "CustomerGender", "性别", "客户性别", "sexe", "género", "пол", "ཕོ་མོ།", "الجنس",
        "ethnicity", "民族", "nationality", "国籍", "མི་རིགས།", "Religion", "宗教信仰", "agama", "ཆོས་ལུགས།", "party_member",
        "政治面貌", "fingerprint", "指纹", "health status", "Blood Type",
    ],
)  # fmt: skip
def test_what_no_map_may_use_is_known_in_many_languages(heading):
    assert never_about(heading)


@pytest.mark.parametrize(
    "heading", ["nationality", "国籍", "staatsangehörigkeit", "Citizenship of the buyer"]
)
def test_a_column_of_citizenship_is_used_as_that_attribute_and_as_nothing_else(heading):
    assert never_about(heading, used_as="citizenship") is None
    assert [never_about(heading, used_as=one) for one in ("region", "birth_date", "")] == ["citizenship"] * 3
    assert never_about("民族", used_as="citizenship") == "ethnicity"


@pytest.mark.parametrize(
    ("heading", "about"),
    [
        ("SeniorCitizen", "age"), ("Partner", "family"), ("Dependents", "family"), ("PaymentMethod", "payment or income"),
        ("Churn", "marketing"), ("营销分群", "marketing"), ("DateOfBirth", "age"), ("婚姻状况", "family"), ("IMEI", "whereabouts, use or work"),
    ],
)  # fmt: skip
def test_what_is_not_needed_and_sensitive_is_named(heading, about):
    assert sensitive_about(heading) == about


@pytest.mark.parametrize(
    "heading", ["Essex branch", "trace_id", "Middlesex", "embrace", "message", "stage", "package"]
)
def test_a_word_inside_another_word_is_not_that_word(heading):
    assert sensitive_about(heading) is None


def test_a_heading_can_name_a_service():
    assert (service_of_heading("PhoneService"), service_of_heading("InternetService")) == (
        "fixed_line",
        "internet_access",
    )


def test_a_whole_file_gets_a_whole_map(proposed):
    proposal, seen = proposed(
        "id,MSISDN,service type,activation date,lang,branch,e-mail,民族\n"
        "A1,13800138000,prepaid,2011-05-01,bo,Lhasa,a@example.org,x\n"
        "A2,13800138001,data card,2011-05-13,zh,Lhasa,,y\n"
    )

    assert not proposal.needs
    made = make_map(proposal.raw, named="proposal", header=seen.header)
    assert {service.value for service in made.service.sources[0].values.values()} == {"mobile", "data_card"}
    assert made.number.column == "MSISDN"
    assert made.activated_on.forms == ("%Y-%m-%d",)
    assert made.language.values == {"bo": "bo", "zh": "zh-hans"}
    assert made.contact.column == "e-mail"
    assert [c.column for c in proposal.sensitive] == ["民族"]


def test_kinds_of_service_are_read_out_of_their_column(proposed):
    proposal, _ = proposed(
        "phone,业务类型,开户日期\n13800138000,手机,2011-05-13\n13800138001,上网卡,2011-05-14\n"
    )

    assert proposal.raw["service"] == {
        "from": [{"column": "业务类型", "values": {"手机": "mobile", "上网卡": "data_card"}}]
    }
    assert not proposal.needs


def test_a_column_of_numbers_is_found_though_its_name_says_nothing(proposed):
    proposal, _ = proposed("a,b\n13800138000,x\n13800138001,y\n")

    assert proposal.raw["number"] == {"column": "a"}


def test_two_columns_of_numbers_without_telling_names_are_not_guessed_between(proposed):
    proposal, _ = proposed("a,b\n13800138000,13900138000\n13800138001,13900138001\n")

    assert "number" not in proposal.raw


@pytest.mark.parametrize("form", ["%d.%m.%Y", "%Y-%m-%d", "%Y%m%d"])
def test_days_are_not_taken_for_telephone_numbers(proposed, form):
    days = [dt.date(2010, 3, 1) + dt.timedelta(days=97 * n) for n in range(20)]
    lines = "".join(f"example-{n}.example,{day:{form}}\n" for n, day in enumerate(days))

    proposal, _ = proposed(f"Domain,of the contract\n{lines}")

    assert (proposal.raw["number"], proposal.raw["service"]) == ({"column": "Domain"}, {"constant": "domain"})


def test_a_language_that_is_not_known_is_named(proposed):
    proposal, _ = proposed("phone,语言\n13800138000,汉\n13800138001,藏\n13800138002,壮\n")

    assert proposal.raw["language"]["values"] == {"汉": "zh-hans", "藏": "bo"}
    assert [note for note in proposal.notes if "'壮' in '语言'" in note]


def test_a_file_without_numbers_is_asked_for_a_number_range(proposed):
    proposal, _ = proposed("customerID,tenure,PhoneService\nA,3,Yes\nB,4,Yes\n")

    assert len(proposal.needs) == 1
    assert "number_range" in proposal.needs[0]
    assert proposal.raw["activated_on"] == {"tenure_months": "tenure", "as_of": AS_OF}


def test_an_number_range_given_on_the_command_line_is_not_asked_for_again(proposed):
    proposal, _ = proposed(
        "customerID,tenure,PhoneService\nA,3,Yes\nB,4,Yes\n", number_range="+8689100000000"
    )

    assert not proposal.needs


@pytest.mark.parametrize(
    ("dates", "forms"),
    [
        (["13/05/2011", "01/02/2011"], ["%d/%m/%Y"]),
        (["05/13/2011"], ["%m/%d/%Y"]),
        (["01/02/2011", "03/04/2011"], ["%d/%m/%Y", "%m/%d/%Y"]),
        (["2011-05-01 00:00:00"], ["%Y-%m-%d"]),
        (["2011年5月1日"], ["%Y年%m月%d日"]),
        (["20110501"], ["%Y%m%d"]),
        (["2011-05-01", "2011-05-02", "soon"], ["%Y-%m-%d"]),
        (["2011-05-01", "soon", "later"], []),
        (
            ["2010-12-31", "20080815", "2011年5月1日", "2009/3/7 0:00:00"],
            ["%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", "%Y年%m月%d日"],
        ),
        (["01/02/2011"] * 30 + ["31/12/2011"], ["%d/%m/%Y", "%m/%d/%Y"]),
        (["soon"], []),
    ],
)
def test_the_form_of_dates_is_found_and_a_doubt_stays_a_doubt(dates, forms):
    chosen, doubtful = date_forms(dates)

    assert list(doubtful or chosen) == forms


def test_days_and_months_that_could_be_swapped_are_asked_about(proposed):
    proposal, _ = proposed("mobile number,start date\n13800138000,01/02/2011\n13800138001,03/04/2011\n")

    assert "activated_on" not in proposal.raw
    assert '"%d/%m/%Y" or "%m/%d/%Y"' in proposal.needs[0]


def test_a_reference_that_stands_on_two_rows_is_not_taken_for_the_lines_own(proposed):
    proposal, _ = proposed("customerID,mobile number\nA,13800138000\nA,13800138001\n")

    assert "reference" not in proposal.raw


def test_a_registration_is_proposed_only_where_it_is_whole(proposed):
    row = "13800138000,2011-05-13,Tashi,Specimen Job,54999919800101001X\n"
    whole, _ = proposed("mobile number,开户日期,姓名,地址,身份证号\n" + row)
    lacking, _ = proposed("mobile number,开户日期,姓名,备注,身份证号\n" + row)

    assert whole.raw["registration"] == {
        "name": "姓名", "address": "地址", "document_number": "身份证号", "document_type_is": "cn-resident-card"
    }  # fmt: skip
    assert "registration" not in lacking.raw
    assert "address" in lacking.notes[-1]


def test_nothing_about_subscribers_is_proposed_where_no_law_asks(proposed):
    proposal, _ = proposed(
        "mobile number,name,address,document number,document type\n1,a,b,c,passport\n", duty=False
    )

    assert "registration" not in proposal.raw


@pytest.mark.parametrize(
    ("content", "what"),
    [
        ("13800138000,2011-05-01\n13800138001,2011-05-02\n", "row 1, column 1.*a number"),
        ("x,2011-05-01\ny,2011-05-02\n", "row 1, column 2.*a date"),
        ("x,a@example.org\ny,b@example.org\n", "row 1, column 2.*an e-mail address"),
    ],
)
def test_a_file_without_names_is_refused_by_place_and_class_without_the_value(proposed, content, what):
    with refusing(IMPORT_HEADER_MISSING, match=what) as refused:
        proposed(content)

    assert "13800138000" not in str(refused.value)
    assert "example.org" not in str(refused.value)


def test_a_file_without_names_is_read_where_the_map_says_so(proposed):
    proposal, seen = proposed("13800138000,x\n13800138001,y\n", has_names=False)

    assert seen.row_count == 2
    assert proposal.raw["number"] == {"column": "column_1"}
    assert proposal.raw["file"] == {"header": False}


def test_one_column_that_is_no_number_is_refused(proposed):
    with refusing(IMPORT_SINGLE_COLUMN, match="only one column was found"):
        proposed("anything\nvalue\nvalue\n")


def test_one_column_of_numbers_is_enough_to_ask_for_the_rest(proposed):
    proposal, _ = proposed("mobile number\n13800138000\n13800138001\n")

    assert proposal.raw["number"] == {"column": "mobile number"}
    assert len(proposal.needs) == 1


def test_the_proposal_is_toml_that_names_what_it_drops(proposed):
    proposal, seen = proposed("mobile number,since,gender,remark\n13800138000,2011-05-13,x,y\n")

    written = write_map(proposal, seen)

    assert tomllib.loads(written) == proposal.raw
    assert "# Dropped, since it is about gender or sex: gender" in written
    assert "# Dropped, not needed: remark" in written


def test_every_fault_of_a_map_is_reported_at_once():
    raw = {
        "number": {"column": "phone", "number_range": "+8613800000000"},
        "service": {"constant": "telegraph"},
        "activated_on": {"column": "since", "constant": "2011-01-01"},
        "colour": {"column": "x"},
    }

    with pytest.raises(Faults) as refused:
        make_map(raw, named="map.toml", header=HEADER)

    places = [fault.facts["place"] for fault in refused.value.faults]
    assert {"number", "activated_on", "colour"} <= {place.split(".")[0] for place in places}
    assert any(place.startswith("service") for place in places)


def test_a_column_that_the_file_lacks_is_named_with_those_it_has():
    with refusing(IMPORT_MAP_INVALID, match="no column 'mobile'; it has phone, since"):
        make_map(WHOLE | {"number": {"column": "mobile"}}, named="m", header=HEADER)


@pytest.mark.parametrize("part", ["region", "language", "contact", "reference"])
def test_a_map_cannot_smuggle_a_forbidden_column_in(part):
    with refusing(IMPORT_SENSITIVE_COLUMN_MAPPED, match="gender or sex"):
        make_map(WHOLE | {part: {"column": "gender"}}, named="m", header=HEADER)


def test_tenure_without_the_day_it_is_counted_from_is_refused():
    with refusing(IMPORT_MAP_INVALID, match="as_of"):
        make_map(WHOLE | {"activated_on": {"tenure_months": "months"}}, named="m", header=HEADER)


def test_the_day_on_the_command_line_stands_in_for_the_one_in_the_map():
    raw = complete({"activated_on": {"tenure_months": "months"}}, as_of=AS_OF, number_range=None)

    assert raw["activated_on"]["as_of"] == AS_OF


def test_a_file_without_numbers_needs_a_reference():
    with refusing(IMPORT_MAP_INVALID, match="reference"):
        make_map(WHOLE | {"number": {"number_range": "+8613800000000"}}, named="m", header=HEADER)


@pytest.mark.parametrize("service", ["domain", "address_block", "hosted_site"])
def test_an_number_range_gives_nothing_to_lines_without_telephone_numbers(service):
    given = WHOLE | {"number": {"number_range": "+8613800000000"}, "service": {"constant": service}}

    with refusing(IMPORT_MAP_INVALID, match=f"{service} has none"):
        make_map(given, named="m", header=HEADER)


@pytest.mark.parametrize(
    ("heading", "service"),
    [("Domain Name", "domain"), ("域名", "domain"), ("CIDR", "address_block"), ("hostname", "hosted_site")],
)
def test_a_column_that_names_lines_of_another_kind_says_which(proposed, heading, service):
    proposal, _ = proposed(f"{heading},activated\nx1.example,2011-05-01\nx2.example,2011-05-13\n")

    assert (proposal.raw["number"], proposal.raw["service"]) == ({"column": heading}, {"constant": service})


def test_a_map_that_is_no_toml_is_refused(tmp_path):
    file = tmp_path / "map.toml"
    file.write_text("number = = 3", "utf-8")

    with refusing(IMPORT_MAP_INVALID, match="not TOML"):
        read_map(file)


def test_a_separator_of_two_characters_is_refused():
    with refusing(IMPORT_MAP_INVALID, match=r"file\.separator"):
        file_part({"file": {"separator": "::"}}, named="m")


def test_two_maps_that_differ_have_two_hashes():
    one = make_map(WHOLE, named="m", header=HEADER)
    other = make_map(WHOLE | {"region": {"column": "area"}}, named="m", header=HEADER)

    assert one.hash == make_map(dict(WHOLE), named="n", header=HEADER).hash
    assert one.hash != other.hash


@pytest.mark.parametrize(
    "row", ["Tashi Dorje,Invented Road 1,passport,KA1B2C3D4", "扎西,拉萨市虚构路一号,passport,KA1B2C3D4"]
)
def test_a_first_row_that_may_be_a_persons_is_never_repeated(tmp_path, row):
    file = tmp_path / "people.csv"
    file.write_text(f"{row}\n{row}\n", "utf-8")
    seen = scan_file(file)

    written = write_map(propose(seen, country="CN", as_of=dt.date(2012, 1, 1), duty=True), seen)
    with refusing(IMPORT_MAP_INVALID, Faults) as refused:
        make_map({"number": {"column": "no"}, "service": {"constant": "mobile"}, "activated_on": {"column": "since"}},
                 named="the map", header=seen.header)  # fmt: skip

    assert [value for value in row.split(",") if value in written + str(refused.value)] == []


@pytest.mark.parametrize(
    ("numbers", "service"),
    [
        (["13800138000", "+8615012345678"], "mobile"),
        (["13800138000", "0891-6323456"], None),  # a fixed line among them
        (["0891-6323456"], None),
        (["(202) 555-0123", "+12025550124"], None),  # a plan that does not tell them apart
        (["13800138000", "no number"], "mobile"),
    ],
)
def test_the_service_is_proposed_where_the_plan_of_numbers_leaves_no_other(proposed, numbers, service):
    rows = "\n".join(f'"{number}",2011-05-01' for number in numbers)

    proposal, _ = proposed(f"number,activated_on\n{rows}\n")

    assert proposal.raw.get("service") == ({"constant": service} if service else None)
    assert bool(proposal.needs) == (service is None)
    assert any("mobile network" in note for note in proposal.notes) == (service is not None)
