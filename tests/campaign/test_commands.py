# SPDX-License-Identifier: EUPL-1.2
"""Every command of a campaign, typed: what it does, what it answers to a machine, and how it ends."""

import datetime as dt
from collections.abc import Iterator
from uuid import uuid4

import pytest

from rollkeeper.access.authority import console_authority
from rollkeeper.access.roles import StaffRole
from rollkeeper.campaign import batch_control, queries
from rollkeeper.campaign.commands import batches
from rollkeeper.campaign.errors import BatchNotInState
from rollkeeper.kernel.database import rows, run
from rollkeeper.kernel.ids import BatchId, new_uuid
from tests.builders.lines import give_number, make_line
from tests.campaign.population import register, state
from tests.campaign.typed_commands import (
    DUE,
    NUMBER,
    PASSWORD,
    PLANNED,
    Desk,
    approved,
    employ_with_password,
    notified_lines,
    prepared,
    surroundings,
)
from tests.command_server import CommandServer
from tests.entries import entries

LINES = 5


@pytest.fixture(scope="module")
def desk(data_dir: object) -> Iterator[Desk]:
    command_server = CommandServer(surroundings())
    yield Desk(command_server)
    command_server.go()


@pytest.fixture
def notified(committed: None, no_batch_limits: None) -> list:
    """Five lines that were notified, on the day on which they may be suspended; two people who may approve."""
    employ_with_password(
        ("anna", StaffRole.CAMPAIGN_MANAGER), ("tashi", StaffRole.SUPERVISOR), ("karma", StaffRole.CLERK)
    )
    return notified_lines(LINES)


def test_plan_takes_in_whom_the_law_concerns_and_says_how_many(committed, desk):
    make_line(), make_line(activated_on="2012-01-01"), make_line(is_registered=True)

    done = desk.campaign("plan", "--json", on=PLANNED)

    assert done.code == 0
    said = done.json
    assert said.pop("campaigns") == [said]
    assert said == {
        "begins_on": "2012-01-01", "campaign_id": said["campaign_id"], "members_added": 1, "members_before": 0,
        "pack_id": "cn-xz-2011", "not_concerned": {"activated_later": 1, "other_payment": 0, "other_region": 0, "other_service": 0, "registered": 1},
        "name": "registration_2012", "better_elsewhere": 0,
    }  # fmt: skip


def all_that_is_written():
    """Return a digest of every table of the register, the ledger among them."""
    names = rows("SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
    return {
        one.name: rows(f"SELECT md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) AS d FROM {one.name} t")[0].d  # noqa: S608 - the names are the database's own
        for one in names
    }  # fmt: skip


def test_a_dry_run_of_the_plan_counts_as_the_page_does_and_writes_nothing(committed, desk):
    make_line(), make_line(region="Lhasa"), make_line(is_registered=True)
    before = all_that_is_written()

    done, told = (
        desk.campaign("plan", "--dry-run", "--json", on=PLANNED),
        desk.campaign("plan", "--dry-run", on=PLANNED),
    )
    after = all_that_is_written()
    planned = desk.campaign("plan", "--json", on=PLANNED)

    assert len(before) > 50
    assert [name for name in before if before[name] != after[name]] == []
    said = done.json
    assert said.pop("campaigns") == [said]
    assert said == {
        "begins_on": "2012-01-01", "last_day_on": "2012-03-01", "members_before": 0, "pack_id": "cn-xz-2011",
        "name": "registration_2012", "better_elsewhere": 0, "is_changed": False, "regions": {"": 1, "Lhasa": 1}, "to_add": 2, "to_restore": 0, "not_concerned": {"activated_later": 0, "other_payment": 0, "other_region": 0, "other_service": 0, "registered": 1},
    }  # fmt: skip
    assert planned.json["members_added"] == said["to_add"]
    for words in (
        "The dry run",
        "Lines to add",
        "In the campaign already",
        "Last day of subscribers notified today",
        "Not stated",
    ):
        assert words in told.said


def test_plan_again_adds_only_what_is_new(notified, desk):
    make_line()

    done = desk.campaign("plan", on=PLANNED)

    assert done.code == 0
    assert f"1 line added, {LINES + 1} in all" in done.said


@pytest.mark.parametrize(
    ("pack", "code", "says"),
    [("no-such-pack", 2, "There is no rule pack 'no-such-pack'"), ("none", 1, "has no campaign")],
)
def test_plan_refuses_a_pack_that_it_cannot_use(committed, desk, pack, code, says):
    done = desk.campaign("plan", pack, on=PLANNED)

    assert (done.code, done.said) == (code, "")
    assert says in done.remarks


def test_check_draws_up_a_batch_with_a_sample_that_says_why(notified, desk):
    done = desk.campaign("prepare")

    assert done.code == 0
    assert f"2012-03-02: {LINES} lines to suspend." in done.said
    assert "waits for 2 people" in done.said
    assert "[art. 3]" in done.said
    assert [view.state for view in queries.batches()] == ["waiting"]


def test_check_answers_a_machine_with_counts_the_batch_and_its_sample(notified, desk):
    suspend, end = desk.campaign("prepare", "--json").json

    assert (suspend["action"], suspend["count"], suspend["due_on"]) == ("suspend", LINES, "2012-03-02")
    assert suspend["batch"]["view"]["batch_id"] == suspend["batch_id"]
    assert len(suspend["batch"]["preview"]) == LINES
    assert set(suspend["batch"]["preview"][0]) == {
        "anchor_on", "bounced_on", "last_day_on", "line_id", "notified_on", "pauses", "region", "sentences", "service",
    }  # fmt: skip
    assert (end["action"], end["count"], end["batch_id"], end["batch"]) == ("terminate", 0, None, None)


def test_check_with_dry_run_draws_nothing_up(notified, desk):
    desk.campaign("run")

    done = desk.campaign("prepare", "--dry-run", "--json")

    assert [(one["count"], one["batch_id"]) for one in done.json] == [(LINES, None), (0, None)]
    assert queries.batches() == []


@pytest.mark.parametrize(
    ("asked", "code", "says"),
    [
        ("2012-03-03", 1, "On 2012-03-03 no line may lose service (art. 3): the counters that could restore a line are closed."),
        ("2012-03-01", 2, "2012-03-01 is in the past."),
        ("2012-02-30", 2, "'2012-02-30' is not a date."),
        ("9999-01-01", 2, "9999-01-01 is outside the years"),
    ],
)  # fmt: skip
def test_check_refuses_a_day_on_which_nothing_may_be(notified, desk, asked, code, says):
    done = desk.campaign("prepare", asked)

    assert done.code == code
    assert says in done.remarks
    assert entries("campaign:clock:started") == []  # a command that is refused changes nothing


def test_check_without_a_campaign_says_what_to_do_first(committed, desk):
    done = desk.campaign("prepare")

    assert done.code == 1
    assert "No campaign is planned." in done.remarks
    assert "campaign plan" in done.remarks


def test_it_takes_two_different_people_to_approve(notified, desk):
    batch_id = prepared()

    first = desk.campaign("approve", batch_id, "--as", "anna", typed=PASSWORD + "\n")
    again = desk.campaign("approve", batch_id, "--as", "anna", typed=PASSWORD + "\n")
    second = desk.campaign("approve", batch_id, "--as", "tashi", typed=PASSWORD + "\n")

    assert (first.code, first.said) == (0, "Recorded. Another person must approve too.\n")
    assert again.code == 1
    assert "You have already approved this" in again.remarks
    assert (second.code, second.said) == (0, "Approved: it may run.\n")


@pytest.mark.parametrize(
    ("name", "password", "says"),
    [
        ("anna", "wrong", "User name or password is wrong"), ("nobody", PASSWORD, "User name or password is wrong"),
        ("karma", PASSWORD, "This needs the permission 'approve_batch'"), ("anna", "", "User name or password is wrong"),
    ],
)  # fmt: skip
def test_who_may_not_approve_is_refused_and_the_password_never_repeated(notified, desk, name, password, says):
    batch_id = prepared()

    done = desk.campaign("approve", batch_id, "--as", name, typed=password + "\n")

    assert done.code == 1
    assert says in done.remarks
    assert "pass phrase" not in done.said + done.remarks


def test_approve_without_a_name_is_a_wrong_call(notified, desk):
    done = desk.campaign("approve", uuid4())

    assert done.code == 2
    assert "--as" in done.remarks


@pytest.mark.parametrize("command", ["approve", "stop", "undo"])
@pytest.mark.parametrize(
    ("batch", "code", "says"),
    [("00000000-0000-4000-8000-000000000001", 1, "There is no batch"), ("17", 2, "it is no reference")],
)
def test_a_batch_that_is_not_there_is_named_so(notified, desk, command, batch, code, says):
    done = desk.campaign(command, batch, "--as", "anna", typed=PASSWORD + "\n")

    assert done.code == code
    assert says in done.remarks


@pytest.mark.parametrize("command", ["approve", "stop", "undo"])
def test_where_no_batch_could_be_meant_the_command_says_what_makes_one(notified, desk, command):
    done = desk.campaign(command, "--as", "anna", typed=PASSWORD + "\n")

    assert done.code == 1
    assert "No batch is in a state in which this can be done" in done.remarks
    assert "campaign prepare" in done.remarks


def test_run_carries_out_what_was_approved_and_tells_a_machine(notified, desk):
    batch_id = approved()

    done = desk.campaign("run", "--json")

    assert done.code == 0
    assert set(done.json) == {"nightly_result", "undone", "ran"}
    (ran,) = done.json["ran"]
    assert ran == {
        "action": "suspend", "batch_id": str(batch_id), "done": LINES, "skipped": 0, "state": "done", "until": None,
        "why": None,
    }  # fmt: skip
    assert {state(line_id) for line_id in notified} == {"suspended"}


def test_run_a_second_time_finds_nothing_to_do(notified, desk):
    batch_id = approved()
    desk.campaign("run")

    again, asked_for_by_name = desk.campaign("run"), desk.campaign("run", batch_id)

    assert again.code == 0
    assert "No approved batch has its day today." in again.said
    assert asked_for_by_name.code == 1
    assert "is done; this needs one that is approved or running" in asked_for_by_name.remarks


def test_a_batch_that_another_run_finished_a_moment_ago_is_no_fault_of_this_one(monkeypatch):
    def finished(_authority, batch_id, **_):
        raise BatchNotInState(batch=batch_id, state="done", needed="approved or running")

    monkeypatch.setattr(batches.batch_execution, "run_batch", finished)
    asked = {"on": DUE, "moved": lambda _: None}

    assert batches._ran(BatchId(new_uuid()), **asked, is_named=False) is None
    with pytest.raises(BatchNotInState):
        batches._ran(BatchId(new_uuid()), **asked, is_named=True)


def test_run_does_nothing_to_anybody_without_an_approval(notified, desk):
    prepared()

    done = desk.campaign("run")

    assert done.code == 0
    assert {state(line_id) for line_id in notified} == {"active"}


def test_run_says_what_the_night_did(notified, desk):
    done = desk.campaign("run")

    assert (
        f"Clocks started: {LINES}. Out of scope, being registered or terminated: 0. Postponed: 0. Reminders owed: 0."
        in done.said
    )


def test_run_says_when_to_come_again_where_a_brake_holds(notified, desk, batch_limits):
    batch_limits(pilot_share=0.2, pilot_hours=24)
    approved()

    done = desk.campaign("run")

    assert done.code == 0
    assert "1 line done" in done.said
    assert "Run again after" in done.said


def test_run_ends_with_one_where_a_batch_stopped_by_itself(notified, desk, batch_limits):
    batch_limits(pilot_share=0.2, pilot_hours=0, max_lines_per_hour=1, abort_at_complaints=0.0001)
    approved()
    desk.campaign("run")
    (cut,) = [line_id for line_id in notified if state(line_id) == "suspended"]
    give_number(cut, NUMBER)
    desk.campaign("complaint", NUMBER)

    done = desk.campaign("run", "--json")

    assert done.code == 1
    assert done.json["ran"][0]["state"] == "stopped"
    assert "1 complaints about 1 lines" in done.json["ran"][0]["why"]


def test_an_undo_that_was_asked_for_waits_for_no_night(notified, desk):
    approved()
    desk.campaign("run")
    (batch,) = queries.batches()
    batch_control.request_undo(console_authority(), batch.batch_id, on=DUE)
    run("UPDATE campaign_campaign SET pack_hash = repeat('0', 64)")

    done = desk.campaign("run")

    assert "pack" in done.remarks
    assert {state(line_id) for line_id in notified} == {"active"}


def test_stop_holds_a_batch_for_good_and_keeps_the_reason(notified, desk):
    batch_id = approved()

    done = desk.campaign("stop", batch_id, "--because", "wrong list", "--as", "karma", typed=PASSWORD + "\n")
    after = desk.campaign("run")

    assert done.code == 0
    assert queries.batches()[0].stop_reason == "wrong list"
    assert after.code == 0
    assert {state(line_id) for line_id in notified} == {"active"}


def test_undo_puts_every_line_back_and_counts_them(notified, desk):
    batch_id = approved()
    desk.campaign("run")

    done = desk.campaign("undo", batch_id, "--json")

    assert done.code == 0
    assert done.json == {"batch_id": str(batch_id), "left_alone": 0, "undone": LINES}
    assert {state(line_id) for line_id in notified} == {"active"}


def test_undo_of_what_was_never_done_is_refused(notified, desk):
    batch_id = prepared()

    done = desk.campaign("undo", batch_id)

    assert done.code == 1
    assert "is waiting; this needs one that is" in done.remarks


def test_status_shows_a_person_the_stages_and_the_batches(notified, desk):
    approved()

    done = desk.campaign("status")

    assert done.code == 0
    assert "Campaign cn-xz-2011, begins 2012-01-01" in done.said
    assert "approved by anna, tashi" in done.said


def test_status_gives_a_machine_the_same(notified, desk):
    prepared()

    done = desk.campaign("status", "--json")

    assert set(done.json) == {"batches", "campaign", "campaigns", "stays"}
    assert done.json["campaigns"] == [done.json["campaign"]]
    assert done.json["campaign"]["stage_counts"] == {
        "running": LINES, "terminated": 0, "out_of_scope": 0, "suspended": 0, "not_notified": 0
    }  # fmt: skip
    assert done.json["batches"][0]["approvals_needed"] == 2


def test_status_without_a_campaign_is_no_fault(committed, desk):
    done = desk.campaign("status")

    assert (done.code, done.said) == (0, "No campaign is planned.\n")


def test_unreachable_lists_by_reference_whom_nobody_notified_and_answers_no(notified, desk):
    not_notified = make_line()
    desk.campaign("plan", on=PLANNED)
    desk.campaign("run")

    done = desk.type("campaign", "unreachable", "--json")

    assert done.code == 1
    assert done.json["line_id"] == str(not_notified)
    assert "1 line." in done.remarks


def test_an_unnotified_line_is_waived_by_name_out_of_the_list_itself(notified, desk, tmp_path):
    not_notified = make_line()
    desk.campaign("plan", on=PLANNED)
    desk.campaign("run")
    listed = tmp_path / "unreachable.json"
    listed.write_text(desk.type("campaign", "unreachable", "--json").said, "utf-8")
    words = ("waive", "--because", "no_person", "--as", "tashi", "--file", listed, "--json")

    done = desk.campaign(*words, typed=PASSWORD + "\n")
    after = desk.type("campaign", "unreachable", "--json")

    assert (done.code, done.json) == (0, {"waived": 1, "left_alone": 0})
    assert (after.code, after.remarks) == (0, "1 line, 1 of them waived.\n")
    assert (after.json["line_id"], after.json["waiver_reason"]) == (str(not_notified), "no_person")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ([str(uuid4()), "--because", "lazy"], "--because is one of no_channel_known"), (["--because", "other"], "name the lines"),
        (["17", "--because", "other"], "it is no reference"), (["--because", "other", "--file", "/nowhere"], "there is no such file"),
    ],
)  # fmt: skip
def test_a_waiver_that_makes_no_sense_is_a_wrong_call(desk, words, says):
    done = desk.campaign("waive", *words, "--as", "tashi", typed=PASSWORD + "\n")

    assert done.code == 2
    assert says in done.remarks


def test_a_campaign_with_people_half_way_does_not_close(notified, desk):
    make_line()
    desk.campaign("plan", on=PLANNED)
    desk.campaign("run")

    done = desk.campaign("close")

    assert done.code == 1
    assert "Lines that were not notified and that no waiver covers: 1 (art. 3)." in done.remarks
    assert f"the clock of {LINES} lines is running" in done.remarks


def test_a_campaign_that_is_over_closes(notified, desk):
    for line_id in notified:
        register(line_id, DUE)
    desk.campaign("run")

    done, after = desk.campaign("close", "--json"), desk.campaign("status")

    assert done.code == 0
    assert (done.json["out_of_scope"], done.json["terminated"], done.json["waived"]) == (LINES, 0, 0)
    assert after.said == "No campaign is planned.\n"


def test_unreachable_answers_yes_where_everybody_was_notified(notified, desk):
    desk.campaign("run")

    done = desk.type("campaign", "unreachable")

    assert (done.code, done.said, done.remarks) == (0, "", "0 lines.\n")


def test_a_paused_line_is_not_in_the_batch(notified, desk):
    done = desk.campaign(
        "pause", "138 0013 8000", "--reason", "hospital", "--from", "2012-02-20", "--to", "2012-03-10"
    )
    approved()
    desk.campaign("run")

    assert (done.code, done.said) == (0, "The clock of that line is paused.\n")
    assert [state(line_id) for line_id in notified] == ["active"] + ["suspended"] * (LINES - 1)


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["13800138001", "--reason", "hospital"], 1, "Nothing is found here for this number."),
        ([NUMBER, "--reason", "tired"], 2, "--reason is one of abroad"),
        ([NUMBER], 2, "--reason"),
        ([NUMBER, "--reason", "hospital", "--from", "2012-03-10", "--to", "2012-03-01"], 2, "is before"),
        (["not a number", "--reason", "hospital"], 2, "The number cannot be read"),
    ],
)
def test_pause_refuses_what_makes_no_sense(notified, desk, words, code, says):
    done = desk.campaign("pause", *words)

    assert done.code == code
    assert says in done.remarks


def test_a_complaint_is_noted_against_the_batch_that_acted(notified, desk):
    before = desk.campaign("complaint", NUMBER)
    batch_id = approved()
    desk.campaign("run")

    after = desk.campaign("complaint", NUMBER)

    assert (before.code, before.said) == (0, "Noted; no batch has acted on that line.\n")
    assert (after.code, after.said) == (0, f"Noted, against batch {batch_id}.\n")


def test_a_stay_from_an_earlier_day_names_the_batches_that_acted_since(notified, desk):
    batch_id = approved()
    desk.campaign("run")
    after, later = DUE + dt.timedelta(days=1), DUE + dt.timedelta(days=2)

    since, since_then = (
        desk.campaign("stay", "enter", "--reason", "order", "--from", first, on=later)
        for first in (DUE, after)
    )

    assert f"rollkeeper campaign undo {batch_id}" in since.said
    assert "undo" not in since_then.said


def test_a_stay_holds_every_batch_until_two_people_lift_it(notified, desk):
    batch_id = approved()
    entered = desk.campaign("stay", "enter", "--reason", "order 12/2012")
    stay = queries.stays()[0].stay_id

    held = desk.campaign("run", batch_id, "--json")
    first = desk.campaign("stay", "end", stay, "--as", "anna", typed=PASSWORD + "\n")
    second = desk.campaign("stay", "end", stay, "--as", "tashi", typed=PASSWORD + "\n")

    assert (entered.code, entered.said) == (0, f"Stay {stay} is entered.\n")
    assert held.json["ran"][0]["done"] == 0
    assert "a stay is in force" in held.json["ran"][0]["why"]
    assert [first.said, second.said] == [
        "Recorded. Another person must approve too.\n",
        "Today is its last day.\n",
    ]


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["enter", "--reason", " "], 2, "--reason is empty"),
        (["enter", "--reason", "x", "--from", "2012-03-05", "--to", "2012-03-01"], 2, "is before"),
        (["end", "00000000-0000-4000-8000-000000000001", "--as", "anna"], 1, "There is no open stay"),
    ],
)
def test_a_stay_that_makes_no_sense_is_refused(notified, desk, words, code, says):
    done = desk.campaign("stay", *words, typed=PASSWORD + "\n")

    assert done.code == code
    assert says in done.remarks
    assert queries.stays() == []


def test_explain_says_dates_counting_and_articles_and_leaves_a_mark(notified, desk):
    desk.campaign("run")

    done = desk.type("explain", NUMBER, "--on", DUE)

    assert done.code == 0
    assert "Day 60 of 60 is 1 March 2012: the last day to register." in done.said
    (looks,) = rows("SELECT count(*) AS n FROM ledger_entry WHERE verb = 'campaign:line:explained'")
    assert looks.n == 1


def test_explain_answers_a_machine_step_by_step(notified, desk):
    desk.campaign("run")

    done = desk.type("explain", NUMBER, "--json", "--on", "2012-01-20")

    assert set(done.json) == {"deadline", "line_id", "on", "region", "sentences", "service", "stage", "state"}
    assert set(done.json["sentences"][0]) == {"article", "language", "text"}
    assert (done.json["on"], done.json["stage"], done.json["state"]) == ("2012-01-20", "running", "active")
    assert NUMBER[3:] not in done.said


@pytest.mark.parametrize(("number", "code"), [("13800138001", 1), ("12", 2), ("abc", 2)])
def test_explain_of_a_number_that_is_not_there_repeats_nothing(notified, desk, number, code):
    done = desk.type("explain", number)

    assert (done.code, done.said) == (code, "")
    assert number not in done.remarks


@pytest.mark.parametrize(
    "command",
    ["plan", "prepare", "approve", "run", "stop", "undo", "status", "unreachable", "waive", "close", "pause", "complaint", "stay enter",
     "stay end"],
)  # fmt: skip
def test_help_shows_an_example_that_starts_with_the_command_itself(desk, command):
    done = desk.type("campaign", *command.split(), "--help")

    assert done.code == 0
    assert f"Example: rollkeeper campaign {command}" in " ".join(done.said.split())
