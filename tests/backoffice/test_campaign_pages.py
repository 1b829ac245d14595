"""A campaign through its pages, in the back office's own role; the worker does what was asked for, in its own."""

import datetime as dt
import re
import tomllib
from importlib.resources import files

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation

from rollkeeper.access.authority import console_authority
from rollkeeper.access.choices import RequestJob
from rollkeeper.access.models import RoleGrant, StaffRequest
from rollkeeper.access.roles import StaffRole
from rollkeeper.access.staff_requests import do_staff_requests
from rollkeeper.backoffice.chart import chart
from rollkeeper.backoffice.import_map import ABOUT, choices_of, columns_of, map_of, missing_in
from rollkeeper.backoffice.preview_picture import WIDTH, preview_picture
from rollkeeper.backoffice.stepper import Known, batch_steps, is_watched, may_run_now, what_next
from rollkeeper.backoffice.templatetags.backoffice import month_days
from rollkeeper.campaign.choices import WorkKind
from rollkeeper.campaign.models import Batch
from rollkeeper.campaign.planning import plan_campaign
from rollkeeper.campaign.queries import BatchView, PreviewLine
from rollkeeper.campaign.rules import next_run_by_itself
from rollkeeper.campaign.work_requests import last_work
from rollkeeper.imports.files import scan_file
from rollkeeper.imports.mapping import make_map
from rollkeeper.imports.reject_file import default_path
from rollkeeper.imports.services import import_lines
from rollkeeper.kernel import clock
from rollkeeper.kernel.choices import Bars
from rollkeeper.kernel.database import rows, run
from rollkeeper.kernel.ids import BatchId, LineId, new_uuid
from rollkeeper.kernel.instance import instance
from rollkeeper.kernel.settings import write_settings
from rollkeeper.lines.queries import find_line
from tests.backoffice.conftest import DUE, PLANNED
from tests.backoffice.test_pages import signed_in  # noqa: F401
from tests.builders.lines import make_line
from tests.builders.notices import bounce_notices
from tests.builders.packs import REFERENCE, adopt_pack, use_pack
from tests.builders.staff import employ
from tests.builders.workers import attend
from tests.campaign.population import plan, tell
from tests.refusals import is_refused_at_commit

NOON = dt.datetime(2012, 3, 2, 12, tzinfo=dt.UTC)


def work(as_role):
    run("DISCARD TEMP")  # what the fixtures counted, as the tables' owner
    with as_role("worker"):
        return do_staff_requests(limit=10, job=RequestJob.CAMPAIGN)


@pytest.fixture
def manager(signed_in):  # noqa: F811
    ask = signed_in(StaffRole.CAMPAIGN_MANAGER, "manager")
    RoleGrant.objects.update(since=PLANNED)
    return ask


def test_without_a_campaign_the_page_says_how_to_begin(signed_in):  # noqa: F811
    page = signed_in(StaffRole.AUDITOR)("get", "/campaign/")

    assert page.status_code == 200
    assert "A campaign manager imports the lines" in page.text_


def test_a_campaign_is_counted_and_planned_from_its_page(signed_in, manager, as_role):  # noqa: F811
    make_line(region="Lhasa")
    clock.set_demo_date(PLANNED)
    manager("post", "/campaign/plan/ask/", {"kind": "plan_check"})
    waiting = manager("get", "/campaign/plan/").text_
    work(as_role)
    counted = manager("get", "/campaign/plan/").text_
    before = rows("SELECT FROM campaign_member")

    manager("post", "/campaign/plan/ask/", {"kind": "plan"})
    work(as_role)

    assert "Rollkeeper does it within seconds" in waiting
    assert "Add 1 line and queue its notice" in counted
    assert not before
    assert len(rows("SELECT FROM campaign_member")) == 1
    assert "<strong>1</strong> lines were added" in manager("get", "/campaign/plan/").text_


def test_a_campaign_of_a_changed_law_is_planned_again_on_its_page_without_new_lines(manager, as_role):
    make_line(region="Lhasa")
    clock.set_demo_date(PLANNED)
    manager("post", "/campaign/plan/ask/", {"kind": "plan"})
    work(as_role)
    before = instance().pack
    use_pack(REFERENCE.replace("version: 1", "version: 2"))
    changed = instance().pack
    try:
        adopt_pack(changed, on=PLANNED)
        manager("post", "/campaign/plan/ask/", {"kind": "plan_check"})
        work(as_role)
        counted = manager("get", "/campaign/plan/").text_
        manager("post", "/campaign/plan/ask/", {"kind": "plan"})
        work(as_role)
    finally:
        write_settings(instance={"pack": before})

    assert re.search(r'name="kind" value="plan">.*?Plan the campaign</button>', counted, re.DOTALL)
    assert [one.pack_id for one in rows("SELECT pack_id FROM campaign_campaign")] == [changed]


def test_a_batch_is_counted_prepared_and_run_from_pages(batch, signed_in, manager, as_role):  # noqa: F811
    line = make_line(region="Lhasa")
    clock.set_demo_date(PLANNED)
    manager("post", "/campaign/plan/ask/", {"kind": "plan"})
    work(as_role)
    tell(line, PLANNED)
    run("DELETE FROM campaign_batch")
    run("DELETE FROM campaign_batchline")
    clock.set_demo_date(DUE)
    manager("post", "/campaign/prepare/", {"kind": "batch_check", "due_on": DUE.isoformat()})
    work(as_role)
    counted = manager("get", "/campaign/prepare/").text_
    manager("post", "/campaign/prepare/", {"kind": "prepare", "due_on": DUE.isoformat()})
    work(as_role)
    (made,) = Batch.objects.all()
    for name in ("supervisor-1", "supervisor-2"):
        signed_in(StaffRole.SUPERVISOR, name)("post", f"/batches/{made.batch_id}/approve/", {"checked": "on"})

    manager("post", f"/batches/{made.batch_id}/run/")
    asked = manager("get", f"/batches/{made.batch_id}/").text_
    work(as_role)
    page = manager("get", f"/batches/{made.batch_id}/").text_

    assert "Prepare these for approval" in counted
    assert "It begins within seconds" in asked
    assert "govuk-notification-banner--success" not in asked  # whose heading says that it is done
    assert Batch.objects.get().state == "running"
    assert "The first share is done." in page
    assert "Run the rest" not in page
    assert last_work(WorkKind.RUN, BatchId(made.batch_id)).state == "done"


def test_a_batch_is_named_on_its_pages_by_what_it_bars(batch, signed_in):  # noqa: F811
    run("UPDATE campaign_batch SET bars = %s", [int(Bars.OUTGOING)])
    ask = signed_in(StaffRole.SUPERVISOR)

    pages = [ask("get", path).text_ for path in ("/campaign/", f"/batches/{batch}/")]

    assert ["Outgoing calls and messages barred" in page for page in pages] == [True, True]


def test_what_a_page_cannot_have_done_is_said_there(signed_in, manager, as_role):  # noqa: F811
    manager("post", "/campaign/close/", {"sure": "on"})
    work(as_role)

    assert "No campaign is planned." in manager("get", "/campaign/close/").text_


def test_a_form_of_a_campaign_that_is_refused_begins_with_its_summary(batch, signed_in):  # noqa: F811
    ask = signed_in(StaffRole.CAMPAIGN_MANAGER)

    pages = [ask("post", path).text_ for path in (f"/batches/{batch}/stop/", "/campaign/close/")]

    assert [page.count('<h2 class="govuk-error-summary__title"') for page in pages] == [1, 1]


def test_the_worker_does_nothing_for_a_person_who_lost_the_permission(signed_in, manager, as_role):  # noqa: F811
    make_line(region="Lhasa")
    manager("post", "/campaign/plan/ask/", {"kind": "plan"})
    RoleGrant.objects.update(until=dt.date(2001, 1, 1))

    work(as_role)

    assert StaffRequest.objects.get().refusal[0]["code"] == "not_allowed"
    assert not rows("SELECT FROM campaign_member")


def test_who_may_only_look_asks_for_nothing(batch, signed_in):  # noqa: F811
    ask = signed_in(StaffRole.AUDITOR)

    tried = [
        ask("post", "/campaign/plan/ask/", {"kind": "plan"}),
        ask("post", "/campaign/prepare/", {"kind": "prepare", "due_on": DUE.isoformat()}),
        ask("post", "/campaign/close/", {"sure": "on"}),
        ask("post", f"/batches/{batch}/run/"),
        ask("get", "/imports/"),
    ]

    assert [answer.status_code for answer in tried] == [403] * 5
    assert not StaffRequest.objects.exists()


ASKED = (
    "SELECT access_ask(uuidv7(), %(staff)s, 'campaign-close', 'campaign', NULL, '{}', '{}', true, false, 366)"
)


@pytest.mark.parametrize(
    "statement",
    [ASKED, "UPDATE access_staffrequest SET result = '{}'", "DELETE FROM access_staffrequest"],
)
def test_the_app_asks_for_nothing_without_its_entry(register, as_role, statement):
    manager = employ(StaffRole.CAMPAIGN_MANAGER)

    with as_role("backoffice"):
        assert is_refused_at_commit(statement, {"staff": manager.staff_id})


def test_a_stay_is_entered_by_one_and_ended_by_two(batch, signed_in):  # noqa: F811
    first, second = signed_in(StaffRole.SUPERVISOR, "first"), signed_in(StaffRole.CAMPAIGN_MANAGER, "second")
    first("post", "/campaign/stays/", {"first": DUE.isoformat(), "reason": "order 12/2012"})
    (stay,) = rows("SELECT stay_id FROM campaign_stay")

    question = first("post", f"/campaign/stays/{stay.stay_id}/end/").text_
    after_question = rows("SELECT FROM access_approval WHERE subject = %s", [stay.stay_id])
    first("post", f"/campaign/stays/{stay.stay_id}/end/", {"confirmed": "yes"})
    between = rows("SELECT upper_inf(days) AS is_open FROM campaign_stay")[0].is_open
    second("post", f"/campaign/stays/{stay.stay_id}/end/", {"confirmed": "yes"})

    assert "Approve that the stay ends today?" in question
    assert re.search(r'<span class="rk-figure">\d+</span> lines whose clock goes on', question)
    assert after_question == []
    assert between
    assert not rows("SELECT upper_inf(days) AS is_open FROM campaign_stay")[0].is_open


@pytest.mark.parametrize(
    ("first", "last", "is_said"), [(-1, 0, True), (0, None, True), (-2, -1, False), (1, 2, False)]
)
def test_the_campaign_says_while_a_stay_pauses_it(batch, signed_in, first, last, is_said):  # noqa: F811
    day, end = DUE + dt.timedelta(days=first), "" if last is None else DUE + dt.timedelta(days=last)
    ask = signed_in(StaffRole.SUPERVISOR)
    ask("post", "/campaign/stays/", {"first": f"{day}", "last": f"{end}", "reason": "order 12/2012"})

    page = ask("get", "/campaign/").text_

    assert ("A stay is in force" in page) is is_said
    assert ("order 12/2012" in page) is is_said


def test_a_stay_that_ends_before_it_begins_is_refused_next_to_what_was_typed(batch, signed_in):  # noqa: F811
    ask = signed_in(StaffRole.SUPERVISOR)

    page = ask("post", "/campaign/stays/", {"first": DUE.isoformat(), "last": "2012-01-01", "reason": "order 12/2012"})  # fmt: skip

    assert page.status_code == 422
    assert "<title>Error:" in page.text_
    assert 'value="order 12/2012"' in page.text_
    assert rows("SELECT FROM campaign_stay") == []


def test_a_file_is_handed_in_on_its_page_and_sealed(signed_in, committed_vault, as_role):  # noqa: F811
    ask = signed_in(StaffRole.CAMPAIGN_MANAGER, "manager")
    file = SimpleUploadedFile("lines.csv", "号码,姓名\n13908917001,Tenzin Invented\n".encode())

    answer = ask("post", "/imports/", {"file": file})

    assert answer.status_code == 302
    assert "Being read" in ask("get", answer.headers["Location"]).text_
    assert b"Tenzin" not in bytes(rows("SELECT ciphertext FROM vault_file")[0].ciphertext)


@pytest.fixture
def committed_vault(register):
    from tests.registration.conftest import begin_first_epoch

    begin_first_epoch()


def test_the_figures_are_a_file(batch, signed_in):  # noqa: F811
    answer = signed_in(StaffRole.AUDITOR)("get", "/campaign/figures.csv")

    head, *days = answer.text_.splitlines()
    assert head == "day,not_notified,running,suspended,terminated,out_of_scope"
    assert days[-1].startswith("2012-03-02,1,3,0")


def test_a_campaign_is_cancelled_from_its_page_after_a_question(signed_in, manager, as_role, monkeypatch):  # noqa: F811
    make_line()
    plan_campaign(console_authority(), pack_id="cn-xz-2011", on=PLANNED)
    attend(monkeypatch, as_role)
    offered = manager("get", "/campaign/close/").text_

    question = manager("post", "/campaign/cancel/").text_
    before = rows("SELECT closed_on FROM campaign_campaign")
    manager("post", "/campaign/cancel/", {"confirmed": "yes"})

    assert "/campaign/cancel/" in offered
    assert "all clocks stop" in question
    assert before[0].closed_on is None
    assert rows("SELECT closed_on FROM campaign_campaign")[0].closed_on == DUE


@pytest.mark.parametrize("what", ["close", "cancel"])
def test_a_page_of_a_campaign_that_is_over_ends_none_that_was_planned_since(
    manager, as_role, monkeypatch, what
):
    make_line()
    plan_campaign(console_authority(), pack_id="cn-xz-2011", on=PLANNED)
    attend(monkeypatch, as_role)
    said = {"confirmed": "yes", "sure": "on"}
    page = (
        manager("post", "/campaign/cancel/").text_
        if what == "cancel"
        else manager("get", "/campaign/close/").text_
    )
    shown = re.search(r'name="shown" value="([^"]+)"', page)[1]
    manager("post", "/campaign/cancel/", said | {"shown": shown})
    plan_campaign(console_authority(), pack_id="cn-xz-2011", on=PLANNED)

    manager("post", f"/campaign/{what}/", said | {"shown": shown})

    assert len(rows("SELECT FROM campaign_campaign WHERE closed_on IS NULL")) == 1
    assert not rows("SELECT FROM access_staffrequest WHERE kind = 'campaign-close'")


def test_who_may_not_close_a_campaign_cannot_cancel_it(batch, signed_in):  # noqa: F811
    answer = signed_in(StaffRole.AUDITOR)("post", "/campaign/cancel/", {"confirmed": "yes"})

    assert answer.status_code == 403


def test_an_import_is_undone_from_its_page_after_a_question(manager, as_role, monkeypatch, tmp_path):
    file = tmp_path / "lines.csv"
    file.write_text("phone,since\n13800000001,2011-05-01\n", "utf-8")
    seen = scan_file(file)
    raw = {
        "number": {"column": "phone"},
        "service": {"constant": "mobile"},
        "activated_on": {"column": "since"},
    }
    made = make_map(raw, named="map.toml", header=seen.header)
    import_lines(console_authority(), seen, made, refused_file=default_path(file), on=PLANNED)
    attend(monkeypatch, as_role)
    listed = manager("get", "/imports/").text_
    address = re.search(r"/imports/made/[0-9a-f-]+/undo/", listed)[0]

    question = manager("post", address).text_
    before = find_line("+8613800000001")
    manager("post", address, {"confirmed": "yes"})

    assert "1</span> lines that this import made" in question
    assert before
    assert find_line("+8613800000001") is None
    assert "Undone" in manager("get", "/imports/").text_


# --- the stepper, the picture, the map: as values ---------------------------------------------------------------------------------


def view(state, **more):
    given = {
        "batch_id": BatchId(new_uuid()), "action": "suspend", "step": 1, "level": "", "due_on": DUE, "state": state, "line_count": 100, "done_count": 0,
        "skipped_count": 0, "skipped": {}, "undone_count": 0, "approvals": (), "approvals_needed": 2, "max_lines_per_hour": 50,
        "pilot_count": 1, "stop_reason": None, "prepared_at": NOON, "prepared_by": None, "position_done": 0, "pilot_done_at": None,
    }  # fmt: skip
    return BatchView(**given | more)


def known(**more):
    return Known(**{"now": NOON, "pilot_hours": 4, "run_from_hour": None} | more)


def states(steps):
    return [step.state.value for step in steps]


def test_a_batch_that_waits_is_at_its_approvals():
    assert states(batch_steps(view("waiting"), known())) == [
        "done",
        "now",
        "later",
        "later",
        "later",
        "later",
    ]


def test_a_batch_that_is_approved_is_at_its_first_share():
    steps = batch_steps(view("approved"), known())

    assert states(steps) == ["done", "done", "now", "later", "later", "later"]
    assert "when a campaign manager runs it" in steps[2].notes


@pytest.mark.parametrize(("minutes", "watched"), [(239, True), (240, False), (241, False)])
def test_the_first_share_is_watched_until_its_hour(minutes, watched):
    batch = view("running", position_done=1, pilot_done_at=NOON - dt.timedelta(minutes=minutes))

    assert is_watched(batch, known()) is watched
    assert may_run_now(batch, known()) is not watched
    assert states(batch_steps(batch, known())).index("now") == (3 if watched else 4)


@pytest.mark.parametrize(("days", "may"), [(-1, True), (0, True), (1, False)])
def test_a_batch_is_run_from_its_day_on(days, may):
    assert may_run_now(view("approved", due_on=DUE + dt.timedelta(days=days)), known()) is may


def test_the_page_says_when_a_batch_runs_by_itself():
    assert "It runs automatically from 20:00" in what_next(view("approved"), known(run_from_hour=20))


@pytest.mark.parametrize(("hour", "at"), [(None, None), (11, NOON), (12, NOON), (13, NOON.replace(hour=13))])
def test_the_hour_of_the_settings_is_the_first_at_which_a_batch_runs(hour, at):
    assert next_run_by_itself(NOON, from_hour=hour, due_on=DUE) == at


def test_a_stopped_batch_says_why_and_goes_no_further():
    steps = batch_steps(view("stopped", position_done=1, stop_reason="complaints"), known())

    assert (steps[-1].state.value, steps[-1].notes) == ("stopped", ("Subscribers complain",))


@pytest.mark.parametrize("state", ["stopped", "undo_requested", "undone"])
@pytest.mark.parametrize(("position", "titles"), [(1, 4), (2, 5)])
def test_a_batch_that_ended_while_it_was_watched_is_not_said_to_have_been(state, position, titles):
    steps = batch_steps(view(state, position_done=position, pilot_done_at=NOON), known())

    assert len(steps) == titles
    assert ("Watched" in [step.title for step in steps]) is (position > 1)


def preview_line(**more):
    given = {
        "line_id": LineId(new_uuid()), "service": "mobile", "region": "Lhasa", "notified_on": PLANNED, "last_day_on": DUE,
        "sentences": (), "anchor_on": PLANNED, "bounced_on": (), "pauses": (),
    }  # fmt: skip
    return PreviewLine(**given | more)


def test_equal_lines_are_folded_into_one_row():
    paused = preview_line(pauses=((PLANNED, PLANNED + dt.timedelta(days=4)),))

    drawn = preview_picture([preview_line(), paused, preview_line(region="Ngari")], due_on=DUE)

    assert [(row.count, row.paused_days) for row in drawn.rows] == [(2, 0), (1, 5)]
    assert drawn.rows[0].regions == (("Lhasa", 1), ("Ngari", 1))


def test_lines_whose_notices_failed_on_other_days_share_a_row():
    failed = [preview_line(bounced_on=(PLANNED + dt.timedelta(days=n),)) for n in (4, 1, 2, 3)]

    drawn = preview_picture([preview_line(), *failed], due_on=DUE)

    assert [(row.count, len(row.bounced_on)) for row in drawn.rows] == [(4, 4), (1, 0)]
    with translation.override("en"):
        assert month_days(drawn.rows[0].bounced_on[:2]) == "21 Dec, 22 Dec"
        assert month_days(drawn.rows[0].bounced_on) == "21 Dec … 24 Dec"


def test_a_preview_stays_inside_its_picture():
    drawn = preview_picture([preview_line(pauses=((dt.date(2000, 1, 1), None),))], due_on=DUE)

    (row,) = drawn.rows
    for span in (row.runs, *row.pauses):
        assert 0 <= span.at <= span.at + span.width <= WIDTH


PROPOSAL = {
    "columns": [
        {"name": "号码", "about": None, "values": {}, "rare": 9},
        {"name": "状态", "about": None, "values": {"正常": 8, "停": 6}, "rare": 1},
        {"name": "日期", "about": None, "values": {}, "rare": 9},
    ],
    "raw": {
        "number": {"column": "号码"},
        "status": {"column": "状态", "values": {"正常": "active"}},
        "activated_on": {"column": "日期", "formats": ["%Y-%m-%d"]},
    },
}


def test_a_mapping_is_corrected_by_hand():
    answers = {
        "column-0": "number", "column-1": "status", "column-2": "activated_on", "value-1-0": "active", "value-1-1": "operator",
        "others-1": "left_out", "date-forms": "%Y-%m-%d", "date-form": "%d/%m/%Y", "service": "mobile", "since": "",
    }  # fmt: skip

    made = map_of(PROPOSAL, answers)

    assert made["raw"]["status"]["values"] == {"正常": "active", "停": "operator"}
    assert made["raw"]["activated_on"]["formats"] == ["%d/%m/%Y"]
    assert made["raw"]["service"] == {"constant": "mobile"}
    assert made["others"] == {"状态": "left_out"}


def test_a_mapping_says_what_is_missing():
    found = missing_in(map_of(PROPOSAL, {"column-0": "number"})["raw"])

    assert found == [
        "Say which kind of service these lines are.",
        "Say since when the lines are in service: by a column, or one day for all.",
    ]


def test_a_proposed_mapping_is_shown_as_it_was_proposed():
    columns = columns_of(PROPOSAL, {})

    assert [column.meaning for column in columns] == ["number", "status", "activated_on"]
    assert columns[1].values == ((0, "正常", 8, "active"), (1, "停", 6, ""))


OF_COMPANIES = {
    "columns": [
        {"name": name, "about": None, "values": values, "rare": 0}
        for name, values in (
            ("号码", {}), ("客户类型", {"个人": 9, "单位": 7}), ("单位名称", {}), ("营业执照", {}), ("经办人", {}), ("经办人证件类型", {"身份证": 6}),
            ("经办人证件号码", {}), ("使用人", {}), ("使用人证件号码", {}),
        )
    ],
    "raw": {
        "company": {
            "kind": "客户类型", "kinds": {"个人": "individual", "单位": "company"}, "name": "单位名称", "document_number": "营业执照",
            "bearer": {
                "name": "经办人", "document_type": "经办人证件类型", "document_types": {"身份证": "cn-resident-card"},
                "document_number": "经办人证件号码",
            },
            "user": {"name": "使用人", "document_number": "使用人证件号码", "document_type_is": "cn-resident-card"},
        },
    },
}  # fmt: skip


def test_the_columns_of_companies_come_back_as_they_were_proposed():
    columns = columns_of(OF_COMPANIES, {})
    answers = {f"column-{one.place}": one.meaning for one in columns} | {
        f"value-{one.place}-{i}": meaning for one in columns for i, _, _, meaning in one.values
    }

    made = map_of(OF_COMPANIES, {**answers, "column-0": "number"})["raw"]

    assert [one.meaning for one in columns[1:5]] == [
        "company.kind", "company.name", "company.document_number", "company.bearer.name",
    ]  # fmt: skip
    assert all(choices_of(one.meaning) for one in columns if one.is_kind)
    assert made["company"].pop("bearer").pop("left_out") == []
    assert made["company"] == {
        name: one for name, one in OF_COMPANIES["raw"]["company"].items() if name != "bearer"
    }


def test_the_kind_of_persons_documents_is_said_for_who_acts_for_a_company():
    answers = {
        "column-2": "company.name",
        "column-3": "company.document_number",
        "column-4": "company.bearer.name",
    }

    made = map_of({"columns": OF_COMPANIES["columns"]}, answers | {"document_type_is": "passport"})["raw"]

    assert made["company"]["bearer"]["document_type_is"] == "passport"
    assert "document_type_is" not in made["company"]


def test_the_law_and_waves_of_notices_are_marked_on_the_chart():
    days = [
        (DUE + dt.timedelta(days=i), {"not_notified": n, "running": 100 - n})
        for i, n in enumerate((100, 100, 60, 59))
    ]

    drawn = chart(days, begins_on=DUE + dt.timedelta(days=1))

    assert [(mark.kind, (mark.day - DUE).days) for mark in drawn.marks] == [("law", 1), ("wave", 2)]
    assert {label.stage for label in drawn.labels} == {"not_notified", "running"}


def test_unreachable_lines_are_grouped_by_region_and_failed_channel(batch, signed_in):  # noqa: F811
    line = make_line(region="Ngari")
    clock.set_demo_date(PLANNED)
    plan(PLANNED)
    clock.set_demo_date(DUE)
    bounce_notices(channel="sms", line_id=line, kind="register_by")
    ask = signed_in(StaffRole.SUPERVISOR, "supervisor")

    page = ask("get", "/unreachable/").text_
    only = ask("get", "/unreachable/?region=Ngari&channel=sms").text_

    assert "?region=Ngari&amp;channel=sms#lines" in page
    assert "Next: Call, automatically if it can prove delivery." in page
    assert only.count('name="lines"') == 1
    assert page.count('name="lines"') == 2


def test_what_a_dropped_column_is_about_is_said_in_the_readers_language():
    dictionary = tomllib.loads((files("rollkeeper.imports") / "column_dictionary.toml").read_text("utf-8"))
    about = {one["about"] for one in dictionary["dropped"].values()}

    with translation.override("zh-hans"):
        said = {one: str(ABOUT[one]) for one in about}

    assert set(ABOUT) == about
    assert not [one for one, words in said.items() if words == one]
