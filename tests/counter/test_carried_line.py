# SPDX-License-Identifier: EUPL-1.2
"""A line that was found is carried to every action for some minutes, is called by its masked number, and is put away again."""

import datetime as dt
import re

import pytest

from rollkeeper.access.authority import console_authority
from rollkeeper.access.roles import StaffRole
from rollkeeper.campaign.choices import Stage
from rollkeeper.campaign.line_deadline import line_deadline
from rollkeeper.campaign.models import Campaign, Member
from rollkeeper.counter.line_actions import offer
from rollkeeper.kernel import clock
from rollkeeper.kernel.choices import Bars, Service
from rollkeeper.kernel.database import rows, run
from rollkeeper.kernel.ids import new_uuid
from rollkeeper.kernel.instance import instance
from rollkeeper.law.packs import load_pack
from rollkeeper.lines.choices import PauseReason, SuspensionReason
from rollkeeper.lines.counter_codes import HANDLE_MINUTES, hand_line, number_index_of_handle
from rollkeeper.lines.numbers import masked_number
from rollkeeper.lines.queries import find_line, number_index_of
from rollkeeper.lines.services import pause_clock
from rollkeeper.selfcare.settings import settings
from tests.builders.lines import activate_line, change_line, suspend_line
from tests.builders.packs import write_pack
from tests.builders.staff import employ
from tests.builders.stages import Months, MonthsToLast, asking_again, in_months, named, staged
from tests.counter.conftest import ON
from tests.counter.test_pages import SECRET, fields, key, post
from tests.registration.people import fresh_number

LINK = r'href="(/[a-z_-]+/\?line=[0-9a-f]{8})"'
HANDLE = r'name="number" value="(handle:[0-9a-f-]{36})"'
ACTIONS = (
    "register",
    "transfer",
    "change",
    "replace-sim",
    "terminate",
    "pause",
    "reconnect",
    "essential",
    "dispute",
    "suspect-forgery",
)


def found(client, number):
    return client.post("/", {"submission_key": "12345678", "number": number}).content.decode()


@pytest.fixture
def suspended():
    return newly_suspended()


@pytest.mark.parametrize(
    ("number", "called"),
    [
        ("+8613908910003", "+86 … 0003"), ("+15550100123", "+1 … 0123"), ("shop.example", "sh….example"),
        ("203.0.113.0/24", "203…/24"),
    ],
)  # fmt: skip
def test_a_masked_number_tells_two_lines_apart_and_cannot_be_dialled(number, called):
    assert masked_number(number) == called


def test_a_line_that_was_found_is_carried_to_every_action_and_never_in_an_address(at_counter, suspended):
    page = found(at_counter, suspended)

    assert f"+86 … {suspended[-4:]}" in page
    assert "handle" not in page
    for what in ACTIONS:
        form = at_counter.get(f"/{what}/").content.decode()
        assert re.search(HANDLE, form), what
        assert f"+86 … {suspended[-4:]}" in form
        assert 'id="id_number"' not in form


def test_a_suspended_line_leads_to_its_registration_first(at_counter, suspended):
    page = found(at_counter, suspended)

    first = re.search(r'<a class="govuk-button rk-line__first"[^>]*href="([^"]+)"', page).group(1)
    assert re.fullmatch(r"/register/\?line=[0-9a-f]{8}", first)
    assert "Suspended since 1 March 2012" in page
    assert 'href="/replace-sim/?' not in page
    assert str(find_line(suspended).line_id) not in page


def test_what_is_offered_fits_the_state_of_the_line(at_counter, suspended):
    fixed = "+868916331111"
    post(at_counter, "install", fixed, service="fixed_line")
    registered = fresh_number()
    post(at_counter, "register", registered)

    offered = {number: offer(find_line(number)) for number in (suspended, registered, fixed)}

    assert offered[suspended].first == "register"
    assert "reconnect" in offered[suspended].others
    assert offered[registered].first == "replace-sim"
    assert offered[fixed].first == "change"
    assert ["relocate" in offered[one].rest for one in (fixed, registered)] == [True, False]
    assert "register" not in (*offered[registered].others, *offered[registered].rest)


def test_a_reconnection_that_was_used_is_not_offered_again(at_counter, suspended):
    before = found(at_counter, suspended)
    sent(at_counter, "/reconnect/")

    after = found(at_counter, suspended)

    assert before.lower().count("no subscriber is registered") == 1
    assert ('href="/reconnect/?' in before, 'href="/reconnect/?' in after) == (True, False)
    assert re.search(r"then it is suspended as before\.</strong> · until \d+ March 2012", after)


def test_nothing_that_a_dispute_forbids_is_offered(at_counter):
    number = fresh_number()
    post(at_counter, "register", number)
    found(at_counter, number)
    sent(at_counter, "/dispute/", receipt="")

    offered = offer(find_line(number))

    assert not {"transfer", "terminate", "dispute"} & {offered.first, *offered.others, *offered.rest}


def sent(client, address, **form):
    page = client.get(address)
    number = re.search(HANDLE, page.content.decode()).group(1)
    return client.post(address, {"submission_key": key(page), "number": number} | form)


def test_after_an_action_the_next_person_does_not_get_this_ones_line(at_counter, suspended):
    found(at_counter, suspended)

    answer = sent(at_counter, "/register/", language="en", **fields(**SECRET))
    receipt = at_counter.get(answer["Location"]).content.decode()
    form = at_counter.get("/replace-sim/").content.decode()
    again = at_counter.post("/line/").content.decode()

    assert f"+86 … {suspended[-4:]}" in receipt
    assert "Go on with this line" in receipt
    assert 'id="id_number"' in form
    assert "In service" in again
    assert re.search(HANDLE, at_counter.get("/replace-sim/").content.decode())


def test_an_earlier_receipt_still_says_its_line_in_an_older_tab(at_counter, suspended):
    other = fresh_number()
    activate_line(other, service=Service.MOBILE, on=dt.date(2010, 5, 1))
    made = []
    for number in (suspended, other):
        found(at_counter, number)
        made.append(
            sent(at_counter, "/pause/", reason="abroad", first="2012-03-20", last="2012-03-25")["Location"]
        )

    first, second = (at_counter.get(one).content.decode() for one in made)

    assert f"+86 … {suspended[-4:]}" in first
    assert f"+86 … {other[-4:]}" in second
    assert f"+86 … {other[-4:]}" not in first


def test_another_line_can_be_typed_and_the_next_person_begins_again(at_counter, suspended):
    found(at_counter, suspended)

    other = at_counter.get("/pause/?other=1").content.decode()
    at_counter.post("/next-person/")

    assert 'id="id_number"' in other
    assert 'id="id_number"' in at_counter.get("/pause/").content.decode()


def test_every_look_at_the_line_leaves_an_entry(at_counter, suspended):
    found(at_counter, suspended)
    at_counter.post("/line/")

    (looks,) = rows("SELECT count(*) AS n FROM ledger_entry WHERE verb = 'line:line:looked_up'")
    assert looks.n == 2


@pytest.mark.parametrize("by_script", [True, False])
def test_once_its_minutes_are_over_the_line_is_to_be_found_again(at_counter, suspended, by_script):
    found(at_counter, suspended)
    page = at_counter.get("/pause/").content.decode()
    form = {
        "submission_key": str(new_uuid()),
        "number": re.search(HANDLE, page).group(1),
        "reason": "hospital",
        "first": "2012-03-02",
    }
    run("UPDATE lines_countercode SET ends_at = clock_timestamp()")

    answer = at_counter.post("/pause/", form, headers={"HX-Request": "true"} if by_script else {})

    assert "this line was found too long ago" in answer.content.decode()
    assert at_counter.post("/line/").status_code == 422


@pytest.mark.parametrize("address", ["/pause/", "/register/", "/portal-code/"])
def test_a_page_of_a_line_that_was_lost_asks_no_one_to_check_what_they_entered(at_counter, address):
    page = at_counter.get(f"{address}?line=01234567").content.decode()

    assert "Find the line again</h2>" in page
    assert "Please check what you entered" not in page
    assert "What was typed" not in page


def test_a_sentence_calls_the_line_by_its_masked_number(at_counter):
    number = fresh_number()
    post(at_counter, "register", number)

    typed = post(at_counter, "register", number).content.decode()
    found(at_counter, number)
    carried = sent(at_counter, "/register/", language="en", **fields(**SECRET)).content.decode()

    for page in (typed, carried):
        assert f"Line +86 … {number[-4:]} is registered already" in page
        assert str(find_line(number).line_id) not in page


def test_a_line_in_dispute_is_said_not_to_end_where_it_was_to_end(at_counter):
    number = fresh_number()
    post(at_counter, "register", number)
    found(at_counter, number)
    sent(at_counter, "/dispute/", receipt="")
    at_counter.post("/line/")

    page = sent(
        at_counter,
        "/terminate/",
        document_type=SECRET["document_type"],
        document_number=SECRET["document_number"],
        confirmed="on",
    ).content.decode()

    assert "neither transferred nor terminated" in page


def test_a_clerk_hands_lines_to_themselves_with_the_rights_of_a_counter(vaulted_line, as_role):
    number, clerk, other = vaulted_line

    with as_role("counter"):
        handed = hand_line(clerk, number, on=ON)
        mine, theirs = (number_index_of_handle(who, handed.handle) for who in (clerk, other))

    assert (mine, theirs) == (number_index_of(number), None)


def test_a_handle_lives_on_for_what_was_taken_without_a_network_alone(vaulted_line, as_role):
    number, clerk, _ = vaulted_line
    handed = hand_line(clerk, number, on=ON)
    run("UPDATE lines_countercode SET ends_at = clock_timestamp()")

    with as_role("counter"):
        at_counter = number_index_of_handle(clerk, handed.handle)
    with as_role("worker"):
        in_worker = number_index_of_handle(clerk, handed.handle)

    assert (at_counter, in_worker) == (None, number_index_of(number))


@pytest.fixture
def vaulted_line(at_counter, suspended):
    return suspended, employ(StaffRole.CLERK), employ(StaffRole.CLERK)


@pytest.fixture
def member(suspended):
    """Put the line into a campaign, at a stage that began on a day."""

    def joined(stage, anchor_on, pack_id=None):
        campaign_id, pack_id = new_uuid(), pack_id or instance().pack
        Campaign.objects.create(
            campaign_id=campaign_id, pack_id=pack_id, pack_hash=load_pack(pack_id).hash, begins_on=dt.date(2012, 1, 1),
            planned_at=clock.now(),
        )  # fmt: skip
        line_id = find_line(suspended).line_id
        Member.objects.create(
            line_id=line_id, campaign_id=campaign_id, stage=stage.value, step=int(stage is Stage.SUSPENDED),
            anchor_on=anchor_on,
        )  # fmt: skip
        return line_id

    return joined


@pytest.mark.parametrize(("stage", "step"), [(Stage.RUNNING, 0), (Stage.SUSPENDED, 1)])
def test_a_counter_says_until_when_the_line_can_be_registered(at_counter, member, as_role, stage, step):
    line_id, anchor_on = member(stage, dt.date(2012, 2, 1)), dt.date(2012, 2, 1)

    with as_role("counter"):
        deadline = line_deadline(line_id)

    counted = load_pack(instance().pack).campaign.stages[step].term
    assert deadline.last_day_on >= counted.last_day(anchor_on)
    assert deadline.share(on=anchor_on) == 0
    assert deadline.share(on=deadline.last_day_on) == 100


@pytest.mark.parametrize(
    ("months", "last"), [(Months(1), dt.date(2012, 3, 1)), (MonthsToLast(1), dt.date(2012, 2, 29))]
)
def test_a_counter_counts_months_by_the_calendar_of_the_law(at_counter, member, as_role, months, last):
    pack = str(write_pack(in_months(staged(months, bars=(("suspended", "{}"),)), months)))
    line_id = member(Stage.SUSPENDED, dt.date(2012, 1, 31), pack)

    with as_role("counter"):
        assert line_deadline(line_id).last_day_on == last


def test_under_a_law_of_several_bars_a_counter_says_what_is_taken_and_what_comes(
    at_counter, suspended, member
):
    line_id = member(Stage.SUSPENDED, dt.date(2012, 3, 1), str(write_pack(named(staged(20, 30)))))
    run("UPDATE lines_suspension SET bars = %s WHERE line_id = %s", [int(Bars.OUTGOING), line_id])

    page = found(at_counter, suspended)

    assert "Outgoing calls and messages barred" in page
    assert "What follows then: 双向限制 · Calls and messages barred, data works" in page
    assert "Emergency calls, the care number and registration still work" in page


@pytest.mark.parametrize(("days_ahead", "said"), [(0, "Register by"), (1, "The last day to register was")])
def test_the_last_day_stands_on_top_on_that_day_and_after_it(at_counter, member, suspended, days_ahead, said):
    line_id = member(Stage.SUSPENDED, dt.date(2012, 2, 1))
    last = line_deadline(line_id).last_day_on
    clock.set_demo_date(last + dt.timedelta(days=days_ahead))

    page = found(at_counter, suspended)

    assert f"{said} {last.day} {last:%B} {last.year}" in page
    assert 'class="rk-days"' in page


@pytest.mark.parametrize(("last", "is_open"), [(None, True), (dt.date(2012, 4, 1), False)])
def test_a_counter_says_that_the_clock_of_a_line_is_paused(at_counter, member, suspended, last, is_open):
    line_id = member(Stage.SUSPENDED, dt.date(2012, 2, 1))
    today = clock.today()
    before = found(at_counter, suspended)
    pause_clock(console_authority(), line_id, today, last, PauseReason.HOSPITAL, today)

    page = found(at_counter, suspended)

    assert "The clock of this line is paused." in page
    assert "The clock of this line is paused." not in before
    assert ("No day counts until the reason for it ends." in page) == is_open
    assert ("Register by" in page) == (not is_open)
    assert "hospital" not in page.lower()


@pytest.mark.parametrize(
    ("days_ahead", "said"),
    [(0, "Verify the registration again by"), (1, "The last day to verify the registration again was")],
)
def test_of_a_registered_line_that_is_asked_again_a_counter_says_so(
    at_counter, member, suspended, days_ahead, said
):
    line_id = member(Stage.SUSPENDED, dt.date(2012, 2, 1), str(write_pack(asking_again())))
    change_line(line_id, is_registered=True, must_reverify=True)
    last = line_deadline(line_id).last_day_on
    clock.set_demo_date(last + dt.timedelta(days=days_ahead))

    page = found(at_counter, suspended)

    assert f"{said} {last.day} {last:%B} {last.year}" in page
    assert "Its subscriber is registered." in page
    assert "the registration was not verified again" in page
    assert "No subscriber is registered" not in page
    first = re.search(r'class="govuk-button rk-line__first"[^>]*>([^<]*)<', page)
    assert first[1] == "Verify the registration again"


def test_of_a_line_whose_subscriber_has_too_many_a_counter_says_how_many_are_kept(
    at_counter, member, suspended
):
    line_id = member(
        Stage.SUSPENDED, dt.date(2012, 2, 1), str(write_pack(asking_again(before="", lines_over=6)))
    )
    change_line(line_id, is_registered=True, must_reverify=True)

    page = found(at_counter, suspended)

    assert "more lines than the law lets one person have (6)" in page
    assert "each line that is verified is kept, up to that number" in page


def test_handles_last_as_long_as_the_page_says(at_counter, suspended):
    page = found(at_counter, suspended)

    (row,) = rows(
        "SELECT ends_at - clock_timestamp() AS left_over FROM lines_countercode WHERE handle_id IS NOT NULL"
    )
    assert f"For {HANDLE_MINUTES} minutes" in page
    assert dt.timedelta(minutes=HANDLE_MINUTES - 1) < row.left_over <= dt.timedelta(minutes=HANDLE_MINUTES)


def test_a_code_for_the_portal_is_handed_over_without_typing_the_number_again(at_counter, suspended):
    handle = re.search(
        HANDLE, (found(at_counter, suspended), at_counter.get("/portal-code/").content.decode())[1]
    )
    given = {"submission_key": "12345678", "number": handle[1], "figures": "0000"}

    asked = at_counter.get("/portal-code/").content.decode()
    wrong = at_counter.post("/portal-code/", given)
    empty = at_counter.post("/portal-code/", given | {"figures": ""}).content.decode()
    other = at_counter.get("/portal-code/?other=1").content.decode()

    assert ('id="id_number"' in asked, 'id="id_number"' in other) == (False, True)
    assert wrong.status_code == 422
    assert "No page of the portal with these four figures waits" in wrong.content.decode()
    assert "Enter the four figures that the subscriber reads out." in empty
    assert "This field is required." not in empty
    assert handle[0] in wrong.content.decode()


def test_one_more_code_is_reserved_for_a_line_in_service_and_handed_over_to_none(at_counter):
    number = fresh_number()
    post(at_counter, "register", number)
    page = found(at_counter, number)

    sent(at_counter, "/reserve-code/")
    done = at_counter.get("/reserve-code/").content.decode()
    empty = at_counter.post("/reserve-code/", {"submission_key": "12345678", "number": ""})
    for _ in range(settings().reserved_codes_per_day):
        last = at_counter.post("/reserve-code/", {"submission_key": "12345678", "number": number})

    assert 'href="/reserve-code/?' in page
    assert "The next code that is asked for at the portal within 15 minutes is sent to the line." in done
    assert (empty.status_code, last.status_code) == (422, 422)
    assert "Enter the whole number of the line." in empty.content.decode()
    assert len(rows("SELECT FROM selfcare_reservedcode")) == settings().reserved_codes_per_day


def test_what_another_clerk_had_typed_is_not_recorded_in_this_ones_name(at_counter, suspended):
    found(at_counter, suspended)
    day = {"reason": "abroad", "first": "2012-03-20", "last": "2012-03-25"}
    typed = {"submission_key": key(at_counter.get("/pause/")), "number": suspended} | day

    others = at_counter.post("/pause/", typed, HTTP_HX_REQUEST="true", HTTP_X_PAGE_OF="another%20clerk")
    own = at_counter.post("/pause/", typed, HTTP_HX_REQUEST="true", HTTP_X_PAGE_OF="clerk")

    assert others.status_code == 401
    assert "/receipt/" in own["HX-Redirect"]
    assert len(rows("SELECT FROM ledger_entry WHERE verb = 'line:clock:paused'")) == 1


def test_a_tab_about_an_earlier_line_leads_to_no_form_for_a_later_one(at_counter, suspended):
    earlier = re.findall(LINK, found(at_counter, suspended))
    later = re.findall(LINK, found(at_counter, newly_suspended()))

    assert earlier
    for address in earlier:
        form = at_counter.get(address).content.decode()
        assert not re.search(HANDLE, form), address
        assert "Another line was found since" in form, address
    for address in later:
        assert re.search(HANDLE, at_counter.get(address).content.decode()), address


def test_a_line_that_is_found_again_keeps_its_links(at_counter, suspended):
    first = re.findall(LINK, found(at_counter, suspended))

    at_counter.get(first[0])
    again = at_counter.post("/line/").content.decode()

    assert re.findall(LINK, again) == first


def test_going_on_with_an_earlier_line_shows_no_later_one_and_puts_none_away(at_counter, suspended):
    mark = re.search(LINK, found(at_counter, suspended))[1].split("=")[1]
    later = newly_suspended()
    links = re.findall(LINK, found(at_counter, later))

    answer = at_counter.post("/line/", {"line": mark})

    assert answer.status_code == 422
    assert later[-4:] not in answer.content.decode()
    assert re.search(HANDLE, at_counter.get(links[0]).content.decode())


def test_a_form_that_was_drawn_before_another_line_was_found_is_for_its_own_line(at_counter, suspended):
    address = next(one for one in re.findall(LINK, found(at_counter, suspended)) if "/pause/" in one)
    drawn = at_counter.get(address)
    later = newly_suspended()
    found(at_counter, later)

    answer = at_counter.post(
        address,
        {
            "submission_key": key(drawn),
            "number": re.search(HANDLE, drawn.content.decode())[1],
            "reason": "abroad",
            "first": ON.isoformat(),
        },
    )

    assert answer.status_code == 302, answer.content.decode()
    paused = {row.line_id for row in rows("SELECT line_id FROM lines_pause")}
    assert paused == {find_line(suspended).line_id}


def newly_suspended():
    number = fresh_number()
    line_id = activate_line(number, service=Service.MOBILE, on=dt.date(2010, 5, 1))
    suspend_line(line_id, reason=SuspensionReason.REGISTRATION, on=dt.date(2012, 3, 1))
    return number
