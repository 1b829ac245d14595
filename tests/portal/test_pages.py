# SPDX-License-Identifier: EUPL-1.2
"""The portal as its visitor sees it: in, look, read, contest, leave; and nothing personal where it does not belong."""

import datetime as dt
import json
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from rollkeeper.access.authority import console_authority
from rollkeeper.access.services import sign_out_everyone
from rollkeeper.kernel.choices import Channel, IdentityCheck, Payment, Service
from rollkeeper.kernel.database import rows, run
from rollkeeper.kernel.ids import new_uuid
from rollkeeper.portal.data_export import DataExport
from rollkeeper.registration.services import port_in_number
from rollkeeper.selfcare import portal_client
from rollkeeper.selfcare.case_decisions import settle_case
from rollkeeper.selfcare.choices import CaseKind
from rollkeeper.selfcare.queries import open_cases
from rollkeeper.vault import blind_index
from rollkeeper.vault.errors import KeyServiceRefused, RootMissing
from tests.builders.kinds import with_checks
from tests.builders.lines import activate_line
from tests.builders.packs import use_pack, with_line_attributes
from tests.pages import text
from tests.selfcare import people
from tests.selfcare.people import NUMBER, ON, PERSON, register_line

PAGES = (
    "/lines/",
    "/personal-data/",
    "/access-history/",
    "/receipts/",
    "/verify/",
    "/do/pause/",
    "/do/terminate/",
)
VALUES = (PERSON["name"], PERSON["address"], PERSON["document_number"], NUMBER, NUMBER[1:])


def do(browser, what, line, **more):
    return browser.post(f"/do/{what}/", {"key": str(new_uuid()), "line": str(line), **more})


AWAY = KeyServiceRefused(url="https://10.9.8.7:8200", why="status 403", token_file="/srv/secrets/index.token")


@pytest.mark.parametrize(
    "fault", [AWAY, RootMissing(file="/srv/secrets/index.key")], ids=lambda one: one.code
)
@pytest.mark.parametrize("accept", ["text/html", "application/json"])
def test_a_visitor_does_not_learn_where_the_keys_are(browser, monkeypatch, fault, accept):
    class Away:
        def digests(self, _):
            raise fault

    monkeypatch.setattr(blind_index, "index_key", Away)
    monkeypatch.setenv("ROLLKEEPER_ROLE", "portal")

    page = browser.post("/", {"number": NUMBER}, HTTP_ACCEPT=accept).content.decode()

    assert "does not answer now" in page
    assert not [
        word for word in ("10.9.8.7", "status 403", "index.", "secrets", "key service") if word in page
    ]


def test_an_unknown_number_gets_the_same_page(browser):
    register_line()
    browser.get("/")  # the first page brings the style sheet along

    pages = [
        re.sub(
            r'(code_request" value="|note" value="|csrfmiddlewaretoken" value="|rk-figures">)[^"<]+',
            r"\1",
            text(browser.post("/", {"number": number})),
        )
        for number in (NUMBER, "+8613908919999")
    ]

    assert pages[0] == pages[1]


def test_a_wrong_code_says_the_same_for_every_number_and_gives_no_cookie(browser):
    register_line()

    answers = [
        browser.post("/code/", {"code_request": str(new_uuid()), "code": "12345678"}) for _ in range(2)
    ]

    assert {one.status_code for one in answers} == {422}
    assert "rollkeeper_portal_token" not in browser.cookies


def test_the_line_in_the_hand_is_seen_and_no_other_before_the_second_proof(come_in, prove):
    here, other = register_line(), register_line("+8613908915678")

    browser = come_in()
    before = text(browser.get("/lines/"))
    assert prove().status_code == 302
    after = text(browser.get("/lines/"))

    assert str(here) in before
    assert str(other) not in before
    assert str(other) in after


def test_signs_that_no_one_sees_in_a_recorded_name_shut_no_one_out(come_in, prove):
    register_line(NUMBER, PERSON | {"name": "\u202aInven\u200bted Person\u202c"})
    browser = come_in()

    prove()

    assert browser.post("/personal-data/").status_code == 200


def test_no_sign_turns_a_name_that_is_recorded(come_in, prove):
    register_line(NUMBER, PERSON | {"name": "\u202enosreP \u2068detnevnI\u2069\u202c"})
    browser = come_in()
    prove(PERSON | {"name": "nosreP detnevnI"})

    whole = json.loads(browser.post("/export/").content)

    assert "nosreP detnevnI" in {row["value"] for row in whole["kept"]}


def test_a_wrong_name_or_document_proves_nothing_and_five_end_it(come_in, prove):
    register_line()
    browser = come_in()

    for wrong in ({"name": "Another Person"}, {"document_number": "X7654321"}, *[{"name": "Nobody"}] * 3):
        assert prove(PERSON | wrong).status_code == 422

    assert prove().status_code == 422
    assert browser.post("/export/").headers["Location"] == "/verify/"


def test_what_is_held_is_listed_with_article_and_read_only_when_proved(come_in, prove):
    register_line()
    browser = come_in()

    listed, refused = text(browser.get("/personal-data/")), browser.post("/personal-data/")
    prove()
    in_clear = text(browser.post("/personal-data/"))

    assert PERSON["name"] not in listed
    assert refused.headers["Location"] == "/verify/"
    assert all(
        value in in_clear for value in (PERSON["name"], PERSON["address"], PERSON["document_number"], NUMBER)
    )


def test_what_is_kept_is_listed_with_its_article_and_the_last_day_kept(come_in, prove):
    register_line()
    other = register_line("+8613908915678")
    browser = come_in()
    prove()
    do(browser, "terminate", other, sure="on")

    listed = text(browser.get("/personal-data/"))

    assert listed.count("Asked by: art. 2 ¶1") == 2
    assert "Last day kept: not known while the contract runs (art. 5)" in listed
    assert "Last day kept: 2 March 2013 (art. 5)" in listed


def test_a_kind_of_document_is_said_as_people_call_it_and_goes_out_as_it_is_held(come_in, prove):
    register_line()
    browser = come_in()
    prove()

    shown, taken = text(browser.post("/personal-data/")), text(browser.post("/export/"))

    assert "Passport (NPL)" in shown
    assert "passport-npl" not in shown
    assert "passport-npl" in taken


def test_reading_ones_own_record_is_a_look_that_one_sees(come_in, prove):
    register_line()
    browser = come_in()
    prove()

    browser.post("/personal-data/")

    assert "The subscriber" in text(browser.get("/access-history/"))


def test_all_that_is_held_goes_out_as_one_file_that_machines_read(come_in, prove):
    register_line()
    browser = come_in()
    prove()

    answer = browser.post("/export/")
    whole = json.loads(answer.content)

    assert {row["value"] for row in whole["kept"]} >= {PERSON["name"], PERSON["address"], NUMBER}
    assert answer.headers["Cache-Control"] == "no-store"
    assert rows("SELECT FROM selfcare_portalrequest") == []


def test_who_reads_what_is_held_sees_by_which_check_they_were_identified(come_in, prove, law_put_back):
    use_pack(with_checks("chip", "sight"))
    register_line(check=IdentityCheck.CHIP)
    browser = come_in()
    prove()

    listed, shown = text(browser.get("/personal-data/")), text(browser.post("/personal-data/"))
    whole = json.loads(browser.post("/export/").content)

    assert "How the identity was checked" in listed
    assert "The chip of the document was read" in shown
    assert "The chip" not in listed
    (row,) = [row for row in whole["kept"] if row["field"] == "identity_check"]
    assert (row["value"], row["article"], row["last_day"]) == ("chip", "4 ¶1", None)


def test_what_is_held_of_the_line_and_of_citizenship_is_read_and_goes_out(come_in, prove, law_put_back):
    citizenship = (
        '      - {name: citizenship, required: "yes", purpose: {en: why}, because: {article: "2 ¶1"}}\n'
    )
    checks = "    verification:\n      - method: sight\n"
    law = with_line_attributes('name: iccid, required: "yes"', "name: point_of_sale, required: optional")
    use_pack(law.replace(checks, citizenship + checks, 1))
    held = {"iccid": "8986041000000000003", "point_of_sale": "Invented Kiosk", "citizenship": "UTO"}
    register_line(person=PERSON | held)
    browser = come_in()
    prove()

    listed, shown = text(browser.get("/personal-data/")), text(browser.post("/personal-data/"))
    whole = json.loads(browser.post("/export/").content)

    assert all(
        label in listed for label in ("Number of the SIM card (ICCID)", "Point of sale", "Citizenship")
    )
    assert [value in listed for value in held.values()] == [False] * 3
    assert [value in shown for value in held.values()] == [True] * 3
    assert {
        row["field"]: (row["value"], row["article"]) for row in whole["kept"] if row["field"] in held
    } == {name: (value, "2 ¶1") for name, value in held.items()}


def test_the_file_is_as_the_papers_say_field_by_field(come_in, prove):
    line = register_line()
    browser = come_in()
    prove()
    do(browser, "dispute", line, about="dispute_days_wrong")
    do(browser, "add-delegate", line, part="heir", document_type="other", document_number="H1")

    whole = json.loads(browser.post("/export/").content)

    assert DataExport.model_validate(whole)
    assert whole["lines"][0]["cases"]
    assert "heir" in whole["named"]
    assert all(whole[name] for name in ("kept", "accesses", "receipts"))


@pytest.mark.parametrize(
    ("kind", "number", "named"),
    [
        ("passport", "名", 0),
        ("cn-resident-card", "12345", 0),
        ("other", "名", 1),
        ("passport", "P1", 1),
    ],
)
def test_no_one_is_named_by_a_number_that_no_such_document_has(come_in, prove, kind, number, named):
    line = register_line()
    browser = come_in()
    prove()

    state = {"document_state": "UTO"} if kind == "passport" else {}
    answer = do(
        browser, "add-delegate", line, part="heir", document_type=kind, document_number=number, **state
    )

    assert len(rows("SELECT FROM selfcare_delegate")) == named
    assert ("No document of this kind has this number" in text(answer)) is not bool(named)


def test_a_last_day_before_the_first_is_said_at_its_field(come_in):
    line = register_line()
    browser = come_in()

    answer = do(browser, "pause", line, reason="hospital", first="2012-03-20", last="2012-03-01")

    assert 'href="#id_last"' in text(answer)
    assert "is before the first day" in text(answer)


@pytest.mark.parametrize("action", ["add-delegate", "report-death"])
@pytest.mark.parametrize(("state", "taken"), [({}, False), ({"document_state": "UTO"}, True)])
def test_a_passport_is_named_with_the_state_that_issued_it(come_in, prove, action, state, taken):
    line = register_line()
    browser = come_in()
    prove()

    answer = do(
        browser, action, line, part="heir", document_type="passport", document_number="P1234567", **state
    )

    assert ("Enter the state that issued it" in text(answer)) is not taken
    named = len(rows("SELECT FROM selfcare_delegate")) + len(rows("SELECT FROM selfcare_case"))
    assert named == taken


def test_who_is_recorded_without_the_state_of_a_passport_proves_it_with_the_state(come_in, prove):
    register_line(person=PERSON | {"document_type": "passport"})
    come_in()

    assert prove()["Location"] == "/lines/"


def test_a_proof_without_the_state_of_a_passport_is_asked_for_it_and_takes_no_try(come_in):
    register_line()
    browser = come_in()
    shown = {
        "document_type": "passport",
        "document_state": "",
        "document_number": "P1234567",
        "name": "Invented",
    }

    left = rows("SELECT attempts_left FROM selfcare_portalsession")

    said = text(browser.post("/verify/", shown))

    assert "Enter the state that issued it" in said
    assert rows("SELECT attempts_left FROM selfcare_portalsession") == left


def test_nothing_personal_is_in_addresses_titles_or_other_pages(come_in, prove):
    register_line()
    browser = come_in()
    prove()

    for page in PAGES:
        answer = browser.get(page)
        assert answer.status_code == 200, page
        assert answer.headers["Cache-Control"] == "no-store"
        assert not [value for value in VALUES if value in text(answer)], page
        assert len(answer.content) < 60_000


def test_a_line_that_is_not_mine_counts_for_no_limit_at_once_and_opens_a_case(come_in, prove):
    from rollkeeper.lines.line_counts import count_current_lines
    from rollkeeper.lines.queries import current_tenure, view_line

    register_line()
    strange = register_line("+8613908915678")
    person = current_tenure(strange).person_id
    browser = come_in()
    prove()

    answer = do(browser, "not-mine", strange)

    assert answer.status_code == 302
    assert count_current_lines(
        [person], party_kinds=["individual"], services=["mobile"], payments=Payment.values
    ) == {person: 1}
    assert view_line(strange).is_disputed
    (case,) = rows("SELECT kind, due_on - opened_on AS days FROM selfcare_case")
    assert (case.kind, case.days) == (CaseKind.NOT_MINE, 30)


def test_a_correction_is_asked_of_the_entries_that_are_held_and_of_no_others(come_in, prove):
    register_line()
    browser = come_in()
    prove()

    page = browser.get("/do/correct/").content.decode()

    offered = re.findall(r'<option value="([^"]+)"', page)
    # All that is held of this person; a law somewhere asks for more.
    assert offered == ["name", "address", "document_type", "document_number"]


def test_a_line_of_somebody_else_is_out_of_reach(come_in, prove):
    register_line()
    strange = register_line(
        "+8613908915678", PERSON | {"document_number": "X7654321", "name": "Somebody Else"}
    )
    browser = come_in()
    prove()

    answers = [do(browser, what, strange) for what in ("dispute", "appeal", "not-mine")]

    assert {one.status_code for one in answers} == {422}
    assert not rows("SELECT FROM selfcare_case")


def test_a_line_ends_only_after_the_second_proof(come_in, prove):
    from rollkeeper.lines.queries import view_line

    line = register_line()
    browser = come_in()

    assert do(browser, "terminate", line, sure="on").status_code == 422
    assert not view_line(line).is_over
    prove()
    assert do(browser, "terminate", line, sure="on").status_code == 302
    assert view_line(line).is_over


def test_a_hardship_is_declared_with_a_word_and_sent_twice_it_is_one(come_in):
    line = register_line()
    browser, key = come_in(), str(new_uuid())

    for _ in range(2):
        answer = browser.post(
            "/do/pause/", {"key": key, "line": str(line), "reason": "hospital", "first": "2012-03-05"}
        )
        assert answer.status_code == 302

    assert len(rows("SELECT FROM lines_pause")) == 1


def test_a_receipt_is_had_as_a_text_that_proves_itself(come_in):
    from rollkeeper.ledger.publication import prepare_receipts

    prepare_receipts()
    register_line()
    browser = come_in()
    code = re.search(r"<code>([0-9]+-[0-9A-Z]{6})</code>", text(browser.get("/receipts/")))[1]

    answer = browser.post("/receipt/", {"code": code})

    assert answer.headers["Content-Type"].startswith("text/plain")
    assert answer.content.startswith((b"rollkeeper-receipt@v1", b"c2sp.org"))


def test_the_list_of_what_was_done_says_that_the_number_was_brought_from_elsewhere(come_in, monkeypatch):
    monkeypatch.setattr(people, "register_subscriber", port_in_number)
    register_line()

    assert "The number comes from another operator; the subscriber of the line is registered." in text(
        come_in().get("/receipts/")
    )


def test_staff_who_leave_are_out_in_the_register_too(come_in):
    register_line()
    browser = come_in()
    kept = browser.cookies["rollkeeper_portal_token"].value

    browser.post("/sign-out/")
    browser.cookies["rollkeeper_portal_token"] = kept

    assert browser.get("/lines/").headers["Location"] == "/"
    assert rows("SELECT FROM selfcare_portalsession") == []


def test_a_cookie_that_somebody_made_up_is_turned_away_before_anybody_is_asked(browser, come_in):
    register_line()
    come_in()
    real = browser.cookies["rollkeeper_portal_token"].value

    for made_up in ("ab" * 32, "ab" * 32 + real[64:], "nonsense", ""):
        browser.cookies["rollkeeper_portal_token"] = made_up
        with CaptureQueriesContext(connection) as seen:
            assert browser.get("/lines/").headers["Location"] == "/"
        assert seen.captured_queries == []


def test_a_proof_that_failed_tells_by_nothing_which_half_was_right(come_in, prove):
    """Neither by its words, nor by what was done for it, nor by who is said to have looked."""
    register_line()
    browser = come_in()
    neither, notified, done, looks = (
        {"name": "Another Person", "document_number": "X7654321"},
        set(),
        set(),
        [],
    )

    for wrong in (neither, {"name": "Another Person"}, {"document_number": "X7654321"}):
        with CaptureQueriesContext(connection) as seen:
            notified.add(re.sub(r'(value="[^"]+"|session: [0-9])', "", text(prove(PERSON | wrong))))
        done.add(
            tuple(re.sub(r"[0-9a-f]*\d[0-9a-f_-]*", "", one["sql"])[:40] for one in seen.captured_queries)
        )
        looks.append(text(browser.get("/access-history/")).count("Full name · not published yet"))

    assert len(notified) == len(done) == 1
    assert looks == [1, 2, 3]


def test_an_unregistered_line_shows_no_accesses_of_a_former_subscriber(come_in, prove):
    register_line()
    browser = come_in()
    prove()
    browser.post("/personal-data/")
    do(browser, "not-mine", str(rows("SELECT line_id FROM lines_line")[0].line_id))
    settle_case(console_authority(), open_cases()[0].case_id, upheld=True, on=ON)

    browser = come_in()

    page = text(browser.get("/access-history/"))
    assert "The subscriber" not in page
    assert page.count("The register itself") == 1  # the code that has just come
    assert "The subscriber of the line is registered." not in text(browser.get("/receipts/"))


@pytest.mark.parametrize("path", ["/verify/", "/line-selection/", "/passkeys/"])
def test_no_proof_is_asked_of_the_user_of_a_line_that_no_one_registered(come_in, path):
    activate_line(NUMBER, service=Service.MOBILE, on=dt.date(2010, 5, 1))

    answer = come_in().get(path, follow=True)

    assert answer.redirect_chain[-1][0] == "/lines/"
    assert "That cannot be done with this line now." in text(answer)


@pytest.mark.parametrize("path", ["/counter-code/", "/line-selection/"])
def test_a_limited_session_is_not_offered_what_it_is_then_refused(come_in, path):
    register_line()
    browser = come_in()
    run("UPDATE selfcare_portalsession SET is_limited = true")

    answer = browser.get(path)

    assert answer.headers["Location"] == "/lines/"


def test_everybody_signed_out_means_the_sessions_of_the_portal_too(come_in):
    register_line()
    browser = come_in()

    assert sign_out_everyone() == 1

    assert browser.get("/lines/").headers["Location"] == "/"


def test_nothing_that_was_typed_is_drawn_again(browser, come_in, prove):
    register_line()
    come_in()

    page = text(prove(PERSON | {"name": "Mistyped Invented"}))

    assert "Mistyped Invented" not in page
    assert PERSON["document_number"] not in page


@pytest.mark.parametrize(
    ("what", "fields"),
    [("pause", {"reason": "Mistyped Invented", "first": "2012-03-05"}),
     ("correct", {"about": "Mistyped Invented"}), ("add-delegate", {"part": "Mistyped Invented"})],
)  # fmt: skip
def test_no_sentence_repeats_what_was_sent_in_the_place_of_a_choice(come_in, prove, what, fields):
    line = register_line()
    browser = come_in()
    prove()

    answer = do(browser, what, line, **fields)

    assert answer.status_code == 422
    assert "Choose one that is in the list." in text(answer)
    assert "Mistyped Invented" not in text(answer)


@pytest.mark.parametrize("language", ["en", "zh-hans", "bo"])
def test_every_page_is_there_in_every_language(come_in, language):
    register_line()
    browser = come_in()
    browser.cookies["django_language"] = language

    for page in PAGES:
        answer = browser.get(page)
        assert answer.status_code == 200
        assert f'<html lang="{language}"' in text(answer)


def test_a_page_with_a_fault_says_so_in_its_title(browser, come_in):
    line = register_line()
    answers = [browser.post("/", {})]
    come_in()
    answers += [browser.post("/verify/", {}), do(browser, "dispute", line, key="")]

    titles = [text(one).partition("<title>")[2][:7] for one in answers]

    assert [one.status_code for one in answers] == [422, 422, 422]
    assert titles == ["Error: "] * 3


def test_asking_for_a_letter_says_the_same_for_every_number(browser, monkeypatch):
    monkeypatch.setattr(portal_client, "channels_with_a_gateway", lambda: [Channel.POST])
    register_line()
    browser.get("/")

    pages = []
    for number in (NUMBER, "+8613908919999"):
        asked = browser.post("/", {"number": number})
        given = dict(re.findall(r'name="(code_request|note)" value="([^"]+)"', asked.content.decode()))
        answer = browser.post("/letter/", given)
        pages.append(
            re.sub(
                r'(code_request" value="|note" value="|csrfmiddlewaretoken" value="|rk-figures">)[^"<]+',
                r"\1",
                text(answer),
            )
        )

    assert pages[0] == pages[1]
    assert "one goes to the postal address" in pages[0]
    assert "Send me a letter" not in pages[0]


def test_an_instance_that_prints_no_letters_offers_none(browser, monkeypatch):
    monkeypatch.setattr(portal_client, "channels_with_a_gateway", lambda: [Channel.SMS])

    page = browser.post("/", {"number": NUMBER})

    assert "Send me a letter" not in text(page)
    assert browser.post("/letter/", {"code_request": str(new_uuid())}).status_code == 302
    assert rows("SELECT FROM selfcare_postedcode") == []
