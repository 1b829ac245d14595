# SPDX-License-Identifier: EUPL-1.2
"""The pages of the counter: complete, and nothing that was typed ever comes back."""

import gzip
import re

import pytest

from rollkeeper.kernel import settings as kernel_settings
from rollkeeper.kernel.choices import Service
from rollkeeper.kernel.database import rows
from rollkeeper.kernel.ids import new_uuid
from rollkeeper.kernel.instance import instance
from rollkeeper.lines.choices import LineState
from rollkeeper.lines.queries import find_line, line_history, tenures
from rollkeeper.vault.fields import Field
from tests.builders.lines import activate_line
from tests.builders.packs import use_pack, with_line_attributes
from tests.registration.people import ON, card, fresh_number, person

SECRET = {
    "name": "Ngawang Invented-Person",
    "address": "Nowhere Road 99",
    "document_number": "11010519491231002X",
    "document_type": "cn-resident-card",
}


def key(page) -> str:
    return re.search(r'name="submission_key" value="([^"]+)"', page.content.decode()).group(1)


def fields(part="subscriber", **values):
    return {f"{part}__{name}": value for name, value in ({"document_state": ""} | values).items()}


def filled(client, action_kind, number, who=None, query="", **further):
    page = client.get(f"/{action_kind}/{query}")
    return {
        "submission_key": key(page),
        "number": number,
        "language": "en",
        "confirmed": "on",
        **fields(**(who or SECRET)),
        **further,
    }


def post(client, action_kind, *args, **further):
    query = further.get("query", "")
    return client.post(f"/{action_kind}/{query}", filled(client, action_kind, *args, **further))


@pytest.mark.parametrize(
    "address",
    [
        "/", "/register/", "/transfer/", "/install/", "/port_in/", "/relocate/", "/change/", "/replace-sim/", "/terminate/", "/pause/",
        "/reconnect/", "/essential/", "/dispute/", "/suspect-forgery/", "/register/?kind=company", "/register/?kind=minor", "/register/?kind=nonsense",
    ],
)  # fmt: skip
def test_every_page_is_there_for_a_clerk_and_is_never_cached(at_counter, address):
    page = at_counter.get(address)

    assert page.status_code == 200
    assert "no-store" in page["Cache-Control"]


def test_a_page_goes_over_the_wire_compressed(at_counter):
    page = at_counter.get("/register/", headers={"Accept-Encoding": "gzip"})

    assert page["Content-Encoding"] == "gzip"
    assert b"id_subscriber__name" in gzip.decompress(page.content)


@pytest.mark.parametrize("address", ["/", "/register/", "/receipt/12345678/"])
def test_nobody_is_let_in_who_is_not_signed_in(at_counter, address):
    at_counter.logout()

    assert at_counter.get(address).status_code == 302


def test_one_fold_says_why_each_field_is_asked_and_by_which_article(at_counter):
    page = at_counter.get("/register/?kind=company").content.decode()

    asked = len(re.findall(r'name="(?:subscriber|user|bearer)__(?!document_state|read|copy)', page))
    reasons = re.search(r'<dl class="rk-reasons">(.*?)</dl>', page, re.DOTALL).group(1)
    assert asked == 11
    # and the language of notices, and the address for them
    assert reasons.count("<dt>") == reasons.count("<dd>") == asked + 2
    assert page.count("2 ¶1") >= 4
    assert page.count('class="govuk-details rk-why"') == 1


def test_what_is_kept_is_told_for_each_kind_of_service(at_counter):
    page = at_counter.get("/register/").content.decode()

    telephones, others = page.split('<h3 class="govuk-heading-s">')[1:3]
    assert telephones.startswith("Mobile telephone, Data card, Fixed line</h3>")
    assert "also a copy (art. 4 ¶1)" in telephones
    assert "it is kept for 1 year (art. 5)" in telephones
    assert others.startswith("Domain, Address block, Hosted site, Internet access</h3>")
    assert "It is erased once the contract is over (art. 6)" in others.split("</details>")[0]
    assert "copy" not in others.split("</details>")[0]


def test_every_field_of_a_person_refuses_autocompletion(at_counter):
    page = at_counter.get("/register/").content.decode()

    found = re.findall(r"<(?:input type=\"text\"|textarea)[^>]*name=\"(?:subscriber__|number)[^>]*>", page)
    assert len(found) == 5
    assert not [field for field in found if 'autocomplete="off"' not in field]


def test_a_person_is_registered_and_gets_a_receipt_without_anything_personal(at_counter):
    number = fresh_number()

    answer = post(at_counter, "register", number)
    receipt = at_counter.get(answer["Location"])

    page = receipt.content.decode()
    line = find_line(number)
    assert line.is_registered
    assert f"+86 … {number[-4:]}" in page
    assert str(line.line_id) not in page
    assert not [
        value for value in [*SECRET.values(), number, number[3:]] if value in page + answer["Location"]
    ]


def test_a_line_that_is_there_keeps_its_service_where_the_clerk_chooses_none(at_counter):
    number = fresh_number()
    activate_line(number, service=Service.FIXED_LINE, on=ON)
    offered = re.findall(r'<option value="([a-z_]*)"', at_counter.get("/register/").content.decode())

    answer = post(at_counter, "register", number, service=offered[0])

    assert "/receipt/" in answer["Location"]
    assert (find_line(number).service, find_line(number).is_registered) == (Service.FIXED_LINE, True)


def test_a_form_sent_twice_gives_the_first_receipt(at_counter):
    form = filled(at_counter, "register", fresh_number())

    first, second = (at_counter.post("/register/", form) for _ in range(2))

    assert second["Location"] == first["Location"] + "?again"
    assert "submitted before" in at_counter.get(second["Location"]).content.decode()


@pytest.mark.parametrize("by_script", [True, False])
@pytest.mark.parametrize(
    "spoilt",
    [
        {"subscriber__name": ""},
        {"subscriber__document_number": "987654321"},
        {"number": "12"},
        {"submission_key": "x"},
    ],
)
def test_with_a_fault_nothing_that_was_typed_comes_back(at_counter, spoilt, by_script):
    form = filled(at_counter, "register", "+8613900000099") | spoilt
    headers = {"HX-Request": "true"} if by_script else {}

    answer = at_counter.post("/register/", form, headers=headers)

    page = answer.content.decode()
    typed = [
        v
        for k, v in form.items()
        if v and k not in {"submission_key", "language", "subscriber__document_type"}
    ]
    assert "govuk-error-summary" in page
    assert not [value for value in typed if value in page and len(value) > 2]


def test_a_refusal_of_the_law_is_said_on_the_page_with_what_to_do(at_counter):
    number = fresh_number()
    post(at_counter, "register", number)

    answer = post(at_counter, "register", number)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "is registered already" in page
    assert "transfer the line" in page


def test_a_doubtful_number_is_recorded_after_a_second_look(at_counter):
    number = fresh_number()
    who = SECRET | {"document_type": "passport", "document_state": "NPL", "document_number": "NOFIGURES"}

    first = post(at_counter, "register", number, who)
    second = post(at_counter, "register", number, who, double_checked="on")

    assert "needs a second check" in first.content.decode()
    assert second.status_code == 302
    assert tenures(find_line(number).line_id)[0].assurance == "sighted"


def test_a_company_is_registered_with_its_user_and_bearer(at_counter):
    number = fresh_number()
    firm = SECRET | {"document_type": "cn-business-licence", "document_number": "91110000600037341L"}
    bearer = {k: v for k, v in person().items() if k != "address"}

    answer = post(
        at_counter,
        "register",
        number,
        firm,
        query="?kind=company",
        **fields("user", **person()),
        **fields("bearer", **bearer),
    )

    assert answer.status_code == 302, answer.content.decode()
    assert tenures(find_line(number).line_id)[0].party_kind == "company"


def test_a_company_is_registered_without_what_only_the_press_reported_is_to_be_asked(at_counter):
    number = fresh_number()
    firm = SECRET | {"document_type": "cn-business-licence", "document_number": "91110000600037341L"}
    untouched = {"document_type": "cn-resident-card"}

    page = at_counter.get("/register/?kind=company").content.decode()
    answer = post(
        at_counter, "register", number, firm, query="?kind=company", **fields("user", **untouched),
        **fields("bearer", **untouched),
    )  # fmt: skip

    held = tenures(find_line(number).line_id)[0]
    assert page.count("The press reported that this is to be asked") == page.count('rk-fold"') == 2
    assert page.index('value="cn-business-licence" selected') < page.index('rk-fold"')
    assert answer.status_code == 302, answer.content.decode()
    assert (held.user_person_id, held.bearer_person_id) == (None, None)


def test_passports_of_two_states_with_one_number_are_two_people(at_counter):
    numbers = [fresh_number(), fresh_number()]

    for number, state in zip(numbers, ["NPL", "BTN"], strict=True):
        who = SECRET | {"document_type": "passport", "document_number": "01234567", "document_state": state}
        post(at_counter, "register", number, who)

    first, second = (tenures(find_line(number).line_id)[0].person_id for number in numbers)
    assert first != second


def test_a_whole_life_of_a_line_goes_through_the_counter(at_counter):
    number, new = "+868916331234", person()
    shown = {"document_type": new["document_type"], "document_number": new["document_number"]}

    def send(address, **form):
        page = at_counter.get(address)
        return at_counter.post(address, {"submission_key": key(page), "number": number, **form}).status_code

    steps = [
        post(at_counter, "install", number, service="fixed_line").status_code,
        post(
            at_counter,
            "transfer",
            number,
            new,
            transferor__document_type=SECRET["document_type"],
            transferor__document_number=SECRET["document_number"],
        ).status_code,
        post(at_counter, "relocate", number, new | {"address": "Elsewhere 2"}).status_code,
        post(at_counter, "change", number, new | {"name": "New Name"}).status_code,
        send("/replace-sim/", **shown),
        send("/pause/", reason="hospital", first="2012-03-02", last=""),
        send("/dispute/"),
    ]
    disputed = line_history(find_line(number).line_id)

    assert steps == [302] * 7
    assert disputed.line.is_disputed
    assert len(disputed.pauses) == 2


def test_a_number_from_another_operator_is_brought_in_and_its_receipt_says_so(at_counter):
    number = fresh_number()

    answer = post(at_counter, "port_in", number)
    receipt = at_counter.get(answer["Location"]).content.decode()

    assert find_line(number).is_registered
    assert "The number comes from another operator; the subscriber of the line is registered." in receipt
    code = re.search(r"/receipts/([0-9]+-[0-9A-Z]{6})/", receipt)[1]
    for address in (f"/receipts/{code}/", f"/receipts/{code}/text/"):
        assert "comes from another operator" in at_counter.get(address).content.decode()


def test_who_may_not_bring_a_number_in_yet_hears_not_to_leave_the_other_operator(at_counter):
    number, quarantined = fresh_number(), "stays in quarantine for everyone but its former subscriber"
    post(at_counter, "register", number)
    at_counter.post("/terminate/", {
        "submission_key": key(at_counter.get("/terminate/")), "number": number, "confirmed": "on",
        "document_type": SECRET["document_type"], "document_number": SECRET["document_number"],
    })  # fmt: skip

    refused = post(at_counter, "port_in", number, person())
    page = refused.content.decode()

    assert refused.status_code == 422
    assert quarantined in page
    assert "Do not start the port: the number keeps working at the other operator." in page
    assert post(at_counter, "port_in", number).status_code == 302


def test_a_contract_is_ended_by_its_subscriber_alone(at_counter):
    number = fresh_number()
    post(at_counter, "register", number)

    def end(document_number):
        form = {
            "submission_key": key(at_counter.get("/terminate/")),
            "number": number,
            "document_type": "cn-resident-card",
        }
        return at_counter.post(
            "/terminate/", form | {"document_number": document_number, "confirmed": "on"}
        ).status_code

    assert end(card(7)) == 422
    assert end(SECRET["document_number"]) == 302
    assert find_line(number).state is LineState.TERMINATED


def test_a_line_is_found_by_its_whole_number_with_as_little_as_the_act_needs(at_counter):
    number = fresh_number()
    post(at_counter, "register", number)

    page = at_counter.post("/", {"submission_key": "12345678", "number": number}).content.decode()

    looks = rows("SELECT count(*) AS n FROM ledger_entry WHERE verb = 'line:line:looked_up'")
    assert "In service" in page
    assert not [value for value in [*SECRET.values(), number[3:]] if value in page]
    assert looks[0].n == 1


def test_an_unknown_number_is_not_repeated(at_counter):
    page = at_counter.post("/", {"submission_key": "12345678", "number": "13912345678"}).content.decode()

    assert "Nothing is found here for this number" in page
    assert "13912345678" not in page


def test_where_no_law_asks_the_form_refuses_to_collect(at_counter):
    before = instance().pack
    kernel_settings.write_settings(instance={"pack": "none"})
    try:
        page = at_counter.get("/register/")
    finally:
        kernel_settings.write_settings(instance={"pack": before})

    assert page.status_code == 409
    assert "subscriber__" not in page.content.decode()


@pytest.mark.parametrize("language", ["zh-hans", "bo"])
def test_the_pages_are_there_in_every_language(at_counter, language):
    at_counter.cookies["django_language"] = language

    assert f'lang="{language}"' in at_counter.get("/register/").content.decode()


def test_the_form_has_exactly_the_attributes_of_the_pack(at_counter):
    page = at_counter.get("/register/").content.decode()

    beside = {"document_state", "read", "copy", "copy_mark"}  # what a picture of the document gives
    found = set(re.findall(r'name="subscriber__([a-z_]+)"', page)) - beside
    assert (
        found == {"name", "address", "document_type", "document_number"} <= {field.value for field in Field}
    )


def test_a_clerk_asks_of_a_line_what_the_law_asks_and_of_another_sim_again(at_counter, law_put_back):
    use_pack(
        with_line_attributes(
            'name: iccid, required: "yes"',
            'name: installation_address, required: "yes", services: [fixed_line]',
        )
    )
    number, sim, other = fresh_number(), {"subscriber__iccid": "8986041000000000003"}, "89860410000000000013"
    fixed = {"service": "fixed_line", "subscriber__installation_address": "Elsewhere 1"}
    shown = {
        "number": number,
        "document_type": SECRET["document_type"],
        "document_number": SECRET["document_number"],
    }

    def replace(**more):
        return at_counter.post(
            "/replace-sim/", {"submission_key": key(at_counter.get("/replace-sim/"))} | shown | more
        )

    answers = [
        post(at_counter, "register", number), post(at_counter, "register", number, **sim), post(at_counter, "install", "0891-6331234", **sim, service="fixed_line"),
        post(at_counter, "install", "0891-6331234", **sim, **fixed), post(at_counter, "relocate", "0891-6331234", **sim),
        post(at_counter, "relocate", "0891-6331234", **sim, subscriber__installation_address="Elsewhere 2"),
        replace(), replace(iccid="898604100000000000X"), replace(iccid=other),
    ]  # fmt: skip

    assert [one.status_code for one in answers] == [422, 302, 422, 302, 422, 302, 422, 422, 302]
    assert "Number of the SIM card (ICCID)" in at_counter.get("/offline/forms/replace-sim/").content.decode()
    said = "".join(one.content.decode() + one.get("Location", "") for one in answers)
    assert not [
        value
        for value in (
            sim["subscriber__iccid"],
            "898604100000000000X",
            other,
            "Elsewhere 1",
            "Elsewhere 2",
        )
        if value in said
    ]


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [("0012-03-02", "", "first"), ("2012-03-02", "2102-03-02", "last"), ("2012-03-02", "2012-03-01", "last")],
)
def test_a_day_of_a_pause_that_is_out_of_sense_is_said_at_its_field(at_counter, first, last, field):
    number = fresh_number()
    post(at_counter, "register", number)
    form = {"submission_key": key(at_counter.get("/pause/")), "number": number, "reason": "hospital"}

    answer = at_counter.post("/pause/", form | {"first": first, "last": last})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert f'href="#id_{field}"' in page
    assert 'href="#id_number"' not in page


@pytest.mark.parametrize(
    ("kind", "said"), [("minor", ["The guardian · ", "The subscriber · "]), ("individual", [""])]
)
def test_the_list_of_faults_says_whose_name_is_missing_where_several_are_asked(at_counter, kind, said):
    page = at_counter.post(f"/register/?kind={kind}", {"submission_key": str(new_uuid())}).content.decode()

    fields = re.findall(r'rk-fault__field">([^<]*)<', page)
    assert sorted(one.removesuffix("Full name") for one in fields if one.endswith("Full name")) == said


@pytest.mark.parametrize(
    ("action_kind", "head"),
    [("register", "subscriber__"), ("transfer", "transferor__"), ("change", "former__"), ("terminate", "")],
)
def test_a_passport_is_taken_with_the_state_that_issued_it_alone(at_counter, action_kind, head):
    passport = {f"{head}document_type": "passport", f"{head}document_number": "P1234567"}
    page = at_counter.get(f"/{action_kind}/")
    given = (
        {"submission_key": key(page), "number": fresh_number(), "confirmed": "on"}
        | fields(**SECRET)
        | passport
    )

    without = at_counter.post(f"/{action_kind}/", given).content.decode()
    with_it = at_counter.post(f"/{action_kind}/", given | {f"{head}document_state": "NPL"}).content.decode()

    said = f'id="id_{head}document_state_error"'
    assert said in without
    assert said not in with_it
