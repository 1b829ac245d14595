"""The back office through its pages, in the back office's own role of the database."""

import datetime as dt
import json
import re

import pytest
from django.db import transaction
from django.db.utils import ProgrammingError
from django.test import Client

from rollkeeper.access.authority import console_authority, worker_authority
from rollkeeper.access.models import Staff, StaffRequest
from rollkeeper.access.roles import StaffRole
from rollkeeper.access.services import add_staff
from rollkeeper.campaign import batch_control, batch_execution
from rollkeeper.campaign.models import Batch
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import rows, run
from rollkeeper.lines.queries import find_line
from rollkeeper.provisioning.choices import ReadBack
from rollkeeper.provisioning.reconciliation import compare_lines
from rollkeeper.site.web_apps import app_named
from tests.backoffice.conftest import DUE, NUMBER, PLANNED, prepare_batch
from tests.builders.lines import give_number
from tests.builders.notices import bounce_notices
from tests.builders.staff import employ, enter
from tests.provisioning.fakes import Element

PASSWORD = "seven plain words of nothing"
PERSON = {"HTTP_ACCEPT": "text/html"}


@pytest.fixture(scope="module")
def prepared(data_dir):
    """A batch that waits, there until the module ends."""
    with transaction.atomic():
        yield prepare_batch()
        transaction.set_rollback(True)


@pytest.fixture
def batch(prepared, app):
    """The same batch; what a test does with it is rolled back."""
    clock.set_demo_date(DUE)
    app("backoffice")
    return prepared


@pytest.fixture
def signed_in(app, as_role):
    """Sign in with a role; requests use the back office's database role."""
    clock.set_demo_date(DUE)
    app("backoffice")

    def entering(role, name=None):
        name = name or role.value.replace("_", "-")
        add_staff(console_authority(), username=name, password=PASSWORD, roles=[role], on=DUE)
        client = Client()
        with as_role("backoffice"):
            enter(client, name)

        def ask(method, address, data=None):
            with as_role("backoffice"):
                answer = getattr(client, method)(address, data or {}, **PERSON)
                answer.text_ = answer.content.decode()
                return answer

        return ask

    return entering


def verbs():
    return [row.verb for row in rows("SELECT verb FROM ledger_entry ORDER BY entry_id")]


def state_of(batch_id):
    return Batch.objects.get(batch_id=batch_id).state


EVERY_ITEM = {
    "/open-value/",
    "/campaign/",
    "/line/",
    "/access-history/",
    "/disclosures/",
    "/incidents/",
    "/agents/",
    "/reports/",
}


def test_a_day_of_the_chart_leads_to_its_counts_its_change_and_its_batches(batch, signed_in):
    ask = signed_in(StaffRole.CAMPAIGN_MANAGER)
    campaign = ask("get", "/campaign/").text_
    days = dict.fromkeys(re.findall(r'href="(/campaign/days/[\d-]+/)"', campaign))
    drawn, listed = (
        re.findall(r'<a class="rk-chart__column" href="([^"]+)" tabindex="-1"', campaign),
        re.findall(r'<th scope="row"[^>]*><a class="govuk-link[^"]*" href="([^"]+)"', campaign),
    )

    pages = {address: ask("get", address) for address in days}

    assert {answer.status_code for answer in pages.values()} == {200}
    assert {f"/campaign/days/{PLANNED}/", f"/campaign/days/{DUE}/"} <= set(drawn) & set(listed)
    last = pages[f"/campaign/days/{DUE}/"].text_
    assert f"/batches/{batch}/" in last
    assert "Since 20 December 2011" in last
    assert f'rel="prev" href="/campaign/days/{PLANNED}/"' in last
    assert "No batch was prepared for this day." in pages[f"/campaign/days/{PLANNED}/"].text_
    assert not any(NUMBER[1:] in answer.text_ or "Lhasa" in answer.text_ for answer in pages.values())


@pytest.mark.parametrize("day", ["2012-02-01", "2012-13-01", "1900-01-01"])
def test_a_day_without_a_run_a_batch_or_anything_due_is_not_found(batch, signed_in, day):
    assert signed_in(StaffRole.AUDITOR)("get", f"/campaign/days/{day}/").status_code == 404


@pytest.mark.parametrize("role", sorted(app_named("backoffice").opens_to))
def test_the_menu_leads_where_a_role_may_go_and_nowhere_else(signed_in, role):
    ask = signed_in(role)
    open_to = {item for item in EVERY_ITEM if ask("get", item).status_code == 200}

    menu = re.findall(r'class="rk-menu__link" href="(/[^"]*)"', ask("get", min(open_to)).text_)
    assert {item for item in menu if item in EVERY_ITEM} == open_to


def test_the_campaign_is_a_picture_with_its_figures(batch, signed_in):
    page = signed_in(StaffRole.AUDITOR)("get", "/campaign/")

    assert page.text_.count("<svg") >= 2
    assert "<polygon" in page.text_
    assert "The same as a table" in page.text_
    assert f"/batches/{batch}/" in page.text_
    assert re.search(r"Suspend\s+3 lines", page.text_)


def text_of(page):
    return " ".join(re.sub(r"<[^>]*>", " ", page.text_).split())


def test_the_page_shows_due_dates_and_notification_by_channel(batch, signed_in):
    run("UPDATE campaign_member SET next_check_on = %s WHERE stage = 'running'", [DUE + dt.timedelta(days=1)])
    bounce_notices(channel="voice", state="queued", kind="register_by")

    said = text_of(signed_in(StaffRole.AUDITOR)("get", "/campaign/"))

    assert "Tomorrow 3 to suspend, 0 to terminate In the next seven days 3 to suspend, 0 to terminate" in said
    assert "Text message 3 Call 0 Under way 0 · Failed attempts 1" in said


@pytest.mark.parametrize("page", ["/campaign/", "/unreachable/"])
def test_every_section_of_figures_leads_to_how_they_are_made(batch, signed_in, page):
    answer = signed_in(StaffRole.AUDITOR)("get", page).text_

    asked = set(re.findall(r'class="rk-how__link" href="#([^"]+)"', answer))
    assert asked
    assert asked == set(re.findall(r'class="govuk-summary-list__row" id="([^"]+)"', answer))


def test_the_page_says_what_the_last_comparison_with_the_network_found(batch, signed_in):
    before = signed_in(StaffRole.AUDITOR, "first")("get", "/campaign/").text_

    element = Element()
    element.states = dict.fromkeys(
        (row.line_id for row in rows("SELECT line_id FROM lines_line LIMIT 1")), ReadBack.BARRED
    )
    compare_lines(console_authority(), on=DUE, gateway=element)

    after = signed_in(StaffRole.AUDITOR, "second")("get", "/campaign/").text_
    assert "They were not compared yet" in before
    assert '<span class="rk-number">1</span> of 4 compared on' in after


def test_a_batch_shows_its_sample_with_reasons_and_no_number(batch, signed_in):
    page = signed_in(StaffRole.AUDITOR)("get", f"/batches/{batch}/")

    assert re.search(r"<strong>3 lines</strong>", page.text_)
    assert "notified 20 Dec" in page.text_
    assert "art. " in page.text_
    assert "13908910001" not in page.text_


def test_two_different_people_approve_through_the_pages(batch, signed_in):
    manager, supervisor = signed_in(StaffRole.CAMPAIGN_MANAGER), signed_in(StaffRole.SUPERVISOR)
    states = [state_of(batch)]

    for ask in (manager, supervisor):
        ask("post", f"/batches/{batch}/approve/", {"checked": "on"})
        states.append(state_of(batch))

    assert states == ["waiting", "waiting", "approved"]
    assert verbs()[-2:] == ["campaign:batch:approved"] * 2


def test_one_person_does_not_count_twice(batch, signed_in):
    manager = signed_in(StaffRole.CAMPAIGN_MANAGER)
    manager("post", f"/batches/{batch}/approve/", {"checked": "on"})

    again = manager("post", f"/batches/{batch}/approve/", {"checked": "on"})

    assert again.status_code == 409
    assert "another approver" in again.text_
    assert state_of(batch) == "waiting"


def test_an_approval_is_shown_on_the_calendar_of_the_demo(batch, signed_in):
    signed_in(StaffRole.CAMPAIGN_MANAGER)("post", f"/batches/{batch}/approve/", {"checked": "on"})

    page = signed_in(StaffRole.SUPERVISOR)("get", f"/batches/{batch}/").text_

    assert "<strong>campaign-manager</strong>" in page
    assert clock.today().year != clock.true_now().year
    assert f" {clock.true_now().year}" not in page


def test_nobody_approves_without_having_looked(batch, signed_in):
    page = signed_in(StaffRole.CAMPAIGN_MANAGER)("post", f"/batches/{batch}/approve/")

    assert page.status_code == 422
    assert "Check the preview first" in page.text_
    assert "campaign:batch:approved" not in verbs()


def test_a_batch_is_stopped(batch, signed_in):
    ask = signed_in(StaffRole.DATA_PROTECTION_OFFICER)
    unsaid = ask("post", f"/batches/{batch}/stop/")
    before, waits = state_of(batch), ask("get", f"/batches/{batch}/").text_

    ask("post", f"/batches/{batch}/stop/", {"because": "wrong_lines"})

    assert (unsaid.status_code, before) == (422, "waiting")
    assert state_of(batch) == "stopped"
    stopped = ask("get", f"/batches/{batch}/").text_
    assert "It has lines that should not be in it" in stopped
    assert ["Check each row before you approve" in page for page in (waits, stopped)] == [True, False]
    assert ask("get", f"/batches/{batch}/stop/").headers["Location"] == f"/batches/{batch}/"


def test_two_people_give_the_lines_of_a_batch_their_service_back(batch, signed_in):
    for role in (StaffRole.CAMPAIGN_MANAGER, StaffRole.SUPERVISOR):
        signed_in(role)("post", f"/batches/{batch}/approve/", {"checked": "on"})
    batch_execution.run_batch(worker_authority(), batch, on=DUE)
    first, second = (
        signed_in(StaffRole.SUPERVISOR, "supervisor-2"),
        signed_in(StaffRole.CAMPAIGN_MANAGER, "manager-2"),
    )
    asked = first("get", f"/batches/{batch}/undo/").text_

    first("post", f"/batches/{batch}/undo/", {"because": "complaints"})
    rested = state_of(batch)
    again = first("post", f"/batches/{batch}/undo/", {"because": "complaints"})
    waits = second("get", "/pending-approvals/").text_
    second("post", f"/batches/{batch}/undo/")

    assert "Give 1 line back its service?" in asked
    assert (rested, again.status_code) == ("stopped", 409)
    assert f"/batches/{batch}/undo/" in waits
    assert state_of(batch) == "undo_requested"
    assert verbs()[-2:] == ["campaign:undo:approved", "campaign:batch:undo_requested"]


def test_the_undo_of_a_batch_that_has_not_begun_is_not_asked_for(batch, signed_in):
    asked = signed_in(StaffRole.SUPERVISOR)("get", f"/batches/{batch}/undo/")

    assert (asked.status_code, asked.url) == (302, f"/batches/{batch}/")


def test_an_undo_is_withdrawn_and_can_be_asked_for_again(batch, signed_in):
    for role in (StaffRole.CAMPAIGN_MANAGER, StaffRole.SUPERVISOR):
        signed_in(role)("post", f"/batches/{batch}/approve/", {"checked": "on"})
    batch_execution.run_batch(worker_authority(), batch, on=DUE)
    ask = signed_in(StaffRole.SUPERVISOR, "supervisor-2")
    ask("post", f"/batches/{batch}/undo/", {"because": "complaints"})

    ask("post", f"/batches/{batch}/undo/withdraw/")
    again = ask("post", f"/batches/{batch}/undo/", {"because": "network"})

    assert again.status_code == 302
    assert [one.state for one in StaffRequest.objects.order_by("made_at", "request_id")] == [
        "withdrawn",
        "pending",
    ]
    assert state_of(batch) == "stopped"


def test_an_auditor_only_reads(batch, signed_in):
    auditor = signed_in(StaffRole.AUDITOR)
    page = auditor("get", f"/batches/{batch}/").text_

    tried = [
        auditor("post", f"/batches/{batch}/{action_kind}/", {"checked": "on"})
        for action_kind in ("approve", "stop", "undo")
    ]

    assert [answer.status_code for answer in tried] == [403, 403, 403]
    assert state_of(batch) == "waiting"
    assert not re.search(r'action="/batches/', page)


@pytest.mark.parametrize(
    ("action_kind", "status"), [("approve", 302), ("run", 302), ("stop", 200), ("undo", 302)]
)
def test_looking_at_an_address_does_nothing(batch, signed_in, action_kind, status):
    answer = signed_in(StaffRole.CAMPAIGN_MANAGER)("get", f"/batches/{batch}/{action_kind}/")

    assert answer.status_code == status
    assert state_of(batch) == "waiting"


def test_a_batch_that_is_not_there_is_not_found(signed_in):
    answer = signed_in(StaffRole.AUDITOR)("get", "/batches/01890000-0000-7000-8000-000000000001/")

    assert answer.status_code == 404


@pytest.mark.parametrize("typed", [NUMBER, "139 0891 0001", "0086 139-0891-0001"])
def test_a_line_is_explained_by_its_number_however_it_is_written(batch, signed_in, typed):
    page = signed_in(StaffRole.SUPERVISOR)("post", "/line/", {"number": typed})

    assert page.status_code == 200
    assert "Why this line is in its current state" in page.text_
    assert "13908910001" not in page.text_


def test_a_look_at_a_line_leaves_a_mark_without_its_number(batch, signed_in):
    signed_in(StaffRole.SUPERVISOR)("post", "/line/", {"number": NUMBER})

    last = rows("SELECT verb, body, line_id FROM ledger_entry ORDER BY entry_id DESC LIMIT 1")[0]
    assert last.verb == "campaign:line:explained"
    assert last.line_id is not None
    assert json.loads(last.body)["facts"] == {"about": "2012-03-02"}
    assert "3908910001" not in last.body


def test_a_line_is_explained_for_a_day_to_come(batch, signed_in):
    page = signed_in(StaffRole.SUPERVISOR)("post", "/line/", {"number": NUMBER, "on": "2012-06-01"})

    assert "On 1 June 2012:" in page.text_


def test_a_number_that_no_line_has_is_said_to_be_unknown(batch, signed_in):
    page = signed_in(StaffRole.SUPERVISOR)("post", "/line/", {"number": "+8613908919999"})

    assert page.status_code == 404
    assert "Nothing is found here for this number" in page.text_


@pytest.mark.parametrize("typed", ["", "Tashi Dondrup", "1", "x" * 300])
def test_what_is_no_number_gets_one_clear_sentence(batch, signed_in, typed):
    page = signed_in(StaffRole.SUPERVISOR)("post", "/line/", {"number": typed})

    assert page.status_code in {404, 422}
    assert ("<title>Error: " in page.text_) is (page.status_code == 422)
    assert "campaign:line:explained" not in verbs()


def test_a_number_in_an_address_finds_nothing(batch, signed_in):
    page = signed_in(StaffRole.SUPERVISOR)("get", f"/line/?number={NUMBER}")

    assert "Why this line is in its current state" not in page.text_


def test_who_may_not_explain_lines_is_not_offered_it(batch, signed_in):
    administrator = signed_in(StaffRole.ADMINISTRATOR)

    assert "/line/" not in re.sub(
        r"<nav.*?</nav>", "", administrator("get", "/campaign/").text_, flags=re.DOTALL
    )
    assert administrator("post", "/line/", {"number": NUMBER}).status_code == 403


def test_the_back_office_cannot_read_what_is_sealed(register, as_role):
    with pytest.raises(ProgrammingError), as_role("backoffice"):
        rows("SELECT * FROM vault_sealed")


def test_unreachable_lines_are_listed_by_reference_and_channel(batch, signed_in):
    bounce_notices(channel="post", state="queued", kind="register_by")
    stages = {row.line_id: row.stage for row in rows("SELECT line_id, stage FROM campaign_member")}

    page = signed_in(StaffRole.SUPERVISOR)("get", "/unreachable/").text_

    assert {line for line in stages if str(line) in page} == {
        line for line, stage in stages.items() if stage == "not_notified"
    }
    (letters,) = re.findall(r"Letter</th>(.*?)</tr>", page, re.DOTALL)
    assert re.findall(r'rk-number">([0-9,]+)<', letters) == ["0", "0", "1"]
    (short,) = re.findall(r"Text message</th>(.*?)</tr>", page, re.DOTALL)
    assert re.findall(r'rk-number">([0-9,]+)<', short) == ["3", "0", "0"]


def test_a_named_person_answers_for_the_unreachable_on_the_page_and_only_who_may(batch, signed_in):
    (line,) = [
        row.line_id for row in rows("SELECT line_id FROM campaign_member WHERE stage = 'not_notified'")
    ]
    answer = {"lines": [str(line)], "because": "every_channel_failed"}

    refused = signed_in(StaffRole.DATA_PROTECTION_OFFICER)("post", "/unreachable/waive/", answer)
    taken = signed_in(StaffRole.SUPERVISOR)("post", "/unreachable/waive/", answer)

    (kept,) = rows("SELECT line_id, because, waived_by FROM campaign_unreachablewaiver")
    assert (refused.status_code, taken.status_code) == (403, 302)
    assert taken["Location"] == "/unreachable/"
    assert (kept.line_id, kept.because) == (line, "every_channel_failed")
    assert kept.waived_by == Staff.objects.get(username="supervisor").staff_id
    assert verbs().count("campaign:line:waived") == 1


def test_after_a_waiver_the_same_lines_are_shown_as_before(batch, signed_in):
    at = "?after=00000000-0000-0000-0000-000000000000"
    (line,) = [
        row.line_id for row in rows("SELECT line_id FROM campaign_member WHERE stage = 'not_notified'")
    ]
    answer = {"lines": [str(line)], "because": "every_channel_failed"}
    person = signed_in(StaffRole.SUPERVISOR)

    taken = person("post", f"/unreachable/waive/{at}&next=//elsewhere.example", answer)

    assert f'action="/unreachable/waive/{at}"' in person("get", f"/unreachable/{at}").text_
    assert taken["Location"] == f"/unreachable/{at}"


@pytest.mark.parametrize("lines", [[], ["not a reference"]])
def test_nobody_answers_for_nothing(batch, signed_in, lines):
    answer = signed_in(StaffRole.SUPERVISOR)(
        "post", "/unreachable/waive/", {"lines": lines, "because": "other"}
    )

    assert answer.status_code == 422
    assert "<title>Error: " in answer.text_
    assert rows("SELECT FROM campaign_unreachablewaiver") == []


def test_a_suspended_line_gets_its_hours(signed_in, batch):
    for role in (StaffRole.CAMPAIGN_MANAGER, StaffRole.SUPERVISOR):
        batch_control.approve_batch(employ(role), batch, on=DUE)
    batch_execution.run_batch(worker_authority(), batch, on=DUE)
    (line,) = rows("SELECT line_id FROM lines_line WHERE state = 'suspended'")
    number = NUMBER
    if find_line(NUMBER).line_id != line.line_id:
        give_number(line.line_id, number := "+8613908910009")
    ask = signed_in(StaffRole.SUPERVISOR)
    before = ask("post", "/line/", {"number": number})

    lifted = ask("post", "/line/reconnect/", {"line": line.line_id})
    after = ask("post", "/line/", {"number": number})

    assert lifted.status_code == 302
    assert f"+86 … {number[-4:]}" in before.text_
    assert ("/line/reconnect/" in before.text_, "/line/reconnect/" in after.text_) == (True, False)
    asked_for = rows(
        "SELECT kind FROM provisioning_command WHERE line_id = %s ORDER BY position", [line.line_id]
    )
    assert [one.kind for one in asked_for] == ["bar", "restore", "bar"]
