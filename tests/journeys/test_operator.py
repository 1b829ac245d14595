"""The main job from start to end, as an operator types it, on a real file.

One instance, one story, partly at the console and partly in a browser: each step asserts what a person there would look for.
The file is IBM's sample of 7,043 invented customers; it has its own columns, no telephone numbers, and tenure in months. Its first
three hundred go the whole way; `make soak` takes all.
"""

import csv
import datetime as dt
import json
import os
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from playwright.sync_api import Error

from tests.command_server import CommandServer
from tests.instances import copy_empty
from tests.journeys.conftest import Demo, Visitor
from tests.operations.test_process_supervisor import free_ports, started
from tests.processes import children_of, words_of
from tests.settings_files import change_settings

pytestmark = pytest.mark.browser

ROOT = Path(__file__).parents[2]
CUSTOMERS = ROOT.parent / "shared" / "data" / "telco-customers.csv"
PASSWORD = "plum kettle orbit lantern"
NOTIFIED = "2011-12-20"
STAFF = {
    "manager-01": "campaign_manager", "supervisor-01": "supervisor", "clerk-01": "clerk",
    "officer-01": "data_protection_officer", "administrator-01": "administrator",
}  # fmt: skip


class Console:
    """A person at the operator's console, in a separate instance."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir
        self._env = {key: value for key, value in os.environ.items() if not key.startswith("ROLLKEEPER_")}
        self._env |= {"ROLLKEEPER_HOME": str(data_dir), "ROLLKEEPER_PASSWORD": PASSWORD}
        self._commands = CommandServer(self._env)

    def set_up(self) -> None:
        """Make the instance."""
        copy_empty(self.data_dir)
        self.type("setup")
        self._commands.hold_servers(self.data_dir)

    def go(self) -> None:
        """End everything that was started."""
        self._commands.go()

    def type(self, *words: str, on: str | None = None, answer: int = 0, typed: str = "") -> str:
        """Type a command, expect its exit code, return what it printed."""
        said = self._commands.run(*words, *(["--on", on] if on else []), typed=typed)
        assert said.returncode == answer, f"{words}: {said.returncode}\n{said.stdout}\n{said.stderr}"
        assert "Traceback" not in said.stderr
        return said.stdout + said.stderr if answer else said.stdout

    def ask(self, *words: str, on: str | None = None) -> dict:
        """Type a command that answers in JSON."""
        return json.loads(self.type(*words, "--json", on=on))

    def settle(self, **tables: Mapping[str, object]) -> None:
        """Change settings of the instance."""
        change_settings(self.data_dir / "settings.toml", tables)

    def go_on_to(self, day: str) -> None:
        """Set the instance's day, for what has no day given."""
        self.settle(instance={"demo_date": dt.date.fromisoformat(day)})

    def status(self, on: str) -> dict:
        """Return the campaign's status."""
        return self.ask("campaign", "status", on=on)

    def next_due(self, on: str) -> str:
        """Return the next day on which something is due; the back office looks two weeks ahead at a time."""
        for weeks in range(0, 12, 2):
            seen = (dt.date.fromisoformat(on) + dt.timedelta(weeks=weeks)).isoformat()
            if due := self.status(seen)["campaign"]["due_soon"]:
                return due[0]["day"]
        pytest.fail(f"nothing falls due after {on}")

    def act_on_what_is_due(self, on: str) -> str:
        """Prepare what is due, have two people approve it, run it; return the batch."""
        self.type("campaign", "prepare", on=on)
        waiting = [batch for batch in self.status(on)["batches"] if batch["state"] == "waiting"]
        (batch,) = [one["batch_id"] for one in waiting]
        self.type("campaign", "approve", batch, "--as", "manager-01", on=on)
        self.type("campaign", "approve", batch, "--as", "supervisor-01", on=on)
        self.type("campaign", "run", on=on)
        self.type("provisioning", "push", on=on)
        return batch


class Instance:
    """The instance of a console, served, and people who look at it, each in a separate browser."""

    def __init__(self, console: Console, chromium, port: int, serve: int) -> None:
        backoffice, counter, portal = (f"http://localhost:{port + nth}" for nth in range(3))
        self._trial = Demo(console.data_dir, backoffice, counter, portal, dict.fromkeys(STAFF, PASSWORD))
        self._console, self._chromium, self._port, self._serve = console, chromium, port, serve

    def go_on_to(self, day: str, *people: Visitor) -> None:
        """Set the instance's day, which the back office reads as it is started again, and wait until a page says it to these people."""
        self._console.go_on_to(day)
        for one in people:
            one.page.goto("about:blank")  # the page of a batch asks how far it is
        said = f"Its date is {dt.date.fromisoformat(day):%-d %B %Y}."
        (app,) = (one for one in children_of(self._serve) if str(self._port).encode() in words_of(one))
        os.kill(app, signal.SIGTERM)
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            with suppress(Error):  # while no one listens
                if said in people[0].page.request.get(self._trial.backoffice + "/line/").text():
                    return
            time.sleep(0.5)
        pytest.fail(f"no page says: {said}")

    @contextmanager
    def visited(self, by: str, *, at: str = "backoffice") -> Iterator[Visitor]:
        """Sign a user in at an app. Nothing in their browser may complain."""
        context = self._chromium.new_context(locale="en-GB")
        someone = Visitor(context.new_page(), self._trial)
        someone.sign_in(by, at=getattr(self._trial, at))
        yield someone
        context.close()
        assert not someone.complaints

    def press(self, someone: Visitor, batch: str, button: str) -> str:
        """Press a button on the page of a batch, with the box ticked where there is one; return what the page then says."""
        page = someone.page
        page.goto(f"{self._trial.backoffice}/batches/{batch}/")
        if page.locator("#id_checked").count():
            page.check("#id_checked")
        page.get_by_role("button", name=button, exact=True).click()
        page.wait_for_selector(".govuk-notification-banner")
        return page.inner_text("main")

    def decide(self, someone: Visitor, batch: str, what: str, button: str) -> str:
        """Stop or undo a batch on the page that asks for the reason; return what the page then says."""
        page = someone.page
        page.goto(f"{self._trial.backoffice}/batches/{batch}/{what}/")
        if (reason := page.get_by_label("Subscribers complain")).count():
            reason.check()
        page.get_by_role("button", name=button, exact=True).click()
        page.wait_for_selector(".govuk-notification-banner")
        return page.inner_text("main")

    def look_up(self, someone: Visitor, number: str) -> str:
        """Ask the back office about one line by its exact number; return what the page says."""
        someone.page.goto(f"{self._trial.backoffice}/line/")
        someone.page.fill("#id_number", number)
        someone.page.get_by_role("button", name="Explain").click()
        someone.page.wait_for_selector("#answer-title")
        return someone.page.inner_text(".rk-answer")

    def come_to_the_counter(self, who: dict[str, str]) -> None:
        """A clerk registers a customer with a passport at the counter."""
        with self.visited("clerk-01", at="counter") as clerk:
            page = clerk.page
            page.goto(f"{self._trial.counter}/register/")
            page.fill("#id_number", who["number"])
            page.select_option("#id_service", "fixed_line")
            for name in ("name", "address", "document_number"):
                page.fill(f"#id_subscriber__{name}", who[name])
            page.select_option("#id_subscriber__document_type", who["document_type"])
            page.fill("#id_subscriber__document_state", "NPL")
            page.select_option("#id_language", "en")
            page.locator("form[data-offline] button[type=submit]:not(.rk-read)").click()
            page.wait_for_selector(".govuk-error-summary, .govuk-panel")
            assert "/receipt/" in page.url, page.inner_text("main")


@contextmanager
def served(console: Console, chromium, *, on: str) -> Iterator[Instance]:
    """Serve the apps of the console's instance, on a given day at first."""
    console.go_on_to(on)
    port = free_ports()
    with started(console.data_dir, port, "--app", "backoffice", "--app", "counter") as (parent, _):
        yield Instance(console, chromium, port, parent.pid)


@pytest.fixture(scope="module", params=[300, pytest.param(7_043, marks=pytest.mark.soak)])
def customers(request, tmp_path_factory) -> Path:
    """The file, or its beginning."""
    if not CUSTOMERS.exists():
        pytest.skip(f"LOUD: {CUSTOMERS} is not here, so the main job was not tried on a foreign file")
    head, *rows = CUSTOMERS.read_text("utf-8").splitlines(keepends=True)
    assert len(rows) == 7_043
    file = tmp_path_factory.mktemp("customers") / CUSTOMERS.name
    file.write_text("".join([head, *rows[: request.param]]), "utf-8")
    return file


@pytest.fixture(scope="module")
def console(customers) -> Iterator[Console]:
    data_dir = Path(tempfile.mkdtemp(prefix="rollkeeper-operator-"))
    (data_dir / "settings.toml").write_text(
        "[campaign]\npilot_share = 0.5\npilot_hours = 0\nmax_lines_per_hour = 100000\n", "utf-8"
    )
    console = Console(data_dir)
    console.set_up()
    for name, role in STAFF.items():
        console.type("staff", "add", name, "--role", role, on="2011-12-01", typed=PASSWORD + "\n")
    yield console
    console.go()
    shutil.rmtree(data_dir)


def number(row: int) -> str:
    """Return the number that the number range gave to a row of the file."""
    return f"+86139089{row:05d}"


def person(row: int) -> dict[str, str]:
    """Invent who holds the line of a row."""
    return {
        "number": number(row),
        "name": f"བཀྲ་ཤིས {row}",
        "address": f"Invented Road {row}, Lhasa",
        "document_type": "passport",
        "document_number": f"X{row:08d}",
    }


def people(file: Path, rows: range) -> Path:
    """Write registrations of invented people for these rows."""
    file.write_text("".join(json.dumps(person(row)) + "\n" for row in rows), "utf-8")
    return file


def test_the_main_job_from_an_operators_file_to_the_last_erased_record(  # noqa: PLR0915 - one story
    console, customers, chromium, tmp_path
):
    with customers.open(encoding="utf-8", newline="") as file:
        has_telephone = [row["PhoneService"] == "Yes" for row in csv.DictReader(file)]
    row_count, telephones = len(has_telephone), sum(has_telephone)

    # The importer proposes a map, says what it cannot know, and names what the register has no place for.
    proposal = console.type("import", str(customers), "--propose", on="2011-12-05")
    assert 'tenure_months = "tenure"' in proposal
    assert 'column = "customerID"' in proposal
    assert "about gender or sex: gender" in proposal
    assert "the file holds no telephone numbers" in proposal
    console.type("import", str(customers), "--yes", on="2011-12-05", answer=2)

    taken = ("import", str(customers), "--yes", "--number-range", number(0), "--as-of", "2011-12-01")
    refused = ("--refused", str(tmp_path / "refused.csv"))
    assert f"{row_count:,} lines made" in console.type(*taken, *refused, on="2011-12-05")
    again = console.type(*taken, *refused, on="2011-12-06")
    assert "imported before, with this map: nothing was done" in again

    # Everybody is notified; only proof of delivery starts a clock.
    console.type("campaign", "plan", on="2011-12-05")
    console.type("notices", "send", on=NOTIFIED)
    console.type(
        "notices",
        "delivery-reports",
        str(console.data_dir / "outbox" / "delivery-reports.jsonl"),
        on=NOTIFIED,
    )
    console.type("campaign", "run", on=NOTIFIED)
    notified = console.status(NOTIFIED)["campaign"]
    assert (
        notified["stage_counts"]["running"] + notified["stage_counts"]["not_notified"]
        == telephones
        < row_count
    )
    assert notified["stage_counts"]["not_notified"] == notified["unreachable"] > 0

    # The answer contains the article, the dates and the counting.
    row_notified = next(
        row
        for row in range(50)
        if "Day 60 of 60 is 1 March 2012" in console.type("explain", number(row), on="2012-03-01")
    )
    why = console.type("explain", number(row_notified), "--on", "2012-03-02")
    assert "[art. 3]" in why
    assert "clock starts on 1 January 2012" in why

    # Nothing is due the day before; on the day a batch is prepared and waits for two different people.
    assert console.next_due("2012-03-01") == "2012-03-02"
    console.type("campaign", "prepare", on="2012-03-02")
    (batch,) = console.status("2012-03-02")["batches"]
    assert batch["line_count"] == notified["stage_counts"]["running"]
    console.type("campaign", "run", on="2012-03-02")
    assert console.status("2012-03-02")["campaign"]["stage_counts"]["suspended"] == 0
    console.settle(campaign={"pilot_hours": 4})
    with (
        served(console, chromium, on="2012-03-02") as seen,
        seen.visited("supervisor-01") as supervisor,
        seen.visited("manager-01") as manager,
    ):
        said = seen.press(manager, batch["batch_id"], "Approve")
        assert "Another person must approve too." in said
        assert not manager.page.get_by_role("button", name="Approve", exact=True).count()
        console.type("campaign", "run", on="2012-03-02")
        assert console.status("2012-03-02")["campaign"]["stage_counts"]["suspended"] == 0
        assert "Approved" in seen.press(supervisor, batch["batch_id"], "Approve")

        # A subscriber who registers a minute before is never cut. The pilot goes, and staff see how far it has come.
        seen.come_to_the_counter(person(row_notified))
        console.type("campaign", "run", on="2012-03-02")
        console.type("provisioning", "push", on="2012-03-02")
        suspended = console.status("2012-03-02")["campaign"]["stage_counts"]["suspended"]
        assert 0 < suspended < batch["line_count"] - 1
        supervisor.page.goto(f"{supervisor.demo.backoffice}/campaign/")
        assert f"{suspended:,} of {batch['line_count']:,} done" in supervisor.page.inner_text("#batches")

        # Staff find a line by its whole number, and read why it has its status.
        assert "registered" in seen.look_up(supervisor, number(row_notified)).lower()
        others = range(row_notified + 1, row_notified + 13)
        found = (seen.look_up(supervisor, number(row)) for row in others)
        why = next(said for said in found if "Temporary reconnection for a day" in said)
        assert "art. 3" in why

        # The batch is stopped and undone in the back office, by two people: the next run restores everything, with the days.
        seen.go_on_to("2012-03-05", supervisor, manager)
        assert "The batch is stopped." in seen.decide(supervisor, batch["batch_id"], "stop", "Stop it")
        for language in ("bo", "zh-hans", "en"):
            supervisor.speak(language)
            supervisor.page.goto(f"{supervisor.demo.backoffice}/batches/{batch['batch_id']}/")
            supervisor.look("batch-stopped")
        console.type("campaign", "run", on="2012-03-05")
        assert console.status("2012-03-05")["campaign"]["stage_counts"]["suspended"] == suspended
        seen.decide(supervisor, batch["batch_id"], "undo", "Ask for the undo")
        console.type("campaign", "run", on="2012-03-05")
        assert console.status("2012-03-05")["campaign"]["stage_counts"]["suspended"] == suspended
        seen.decide(manager, batch["batch_id"], "undo", f"Give {suspended:,} lines their service back")
    console.settle(campaign={"pilot_hours": 0})
    console.type("campaign", "run", on="2012-03-05")
    console.type("provisioning", "push", on="2012-03-05")
    counts = console.status("2012-03-05")["campaign"]["stage_counts"]
    assert (counts["suspended"], counts["running"]) == (0, batch["line_count"] - 1)
    assert console.type("provisioning", "reconcile")

    # It is due again later: the subscriber of a line put back on Monday was told that Tuesday is another last day.
    # Those who come to the counter afterwards are restored the same day.
    day = console.next_due("2012-03-07")
    console.act_on_what_is_due(day)
    suspended = console.status(day)["campaign"]["stage_counts"]["suspended"]
    assert suspended == batch["line_count"] - 1
    console.type("register", str(people(tmp_path / "people.jsonl", range(100, 160))), on=day)
    console.type("campaign", "run", on=day)
    console.type("provisioning", "push", on=day)
    restored = suspended - console.status(day)["campaign"]["stage_counts"]["suspended"]
    assert 0 < restored <= 60

    # The rest ends after a full thirty days more, and a year later the last record is erased.
    end = console.next_due(day)
    console.act_on_what_is_due(end)
    ended = console.status(end)["campaign"]["stage_counts"]["terminated"]
    assert ended == suspended - restored
    year_later = end.replace("2012", "2013")
    assert console.ask("retention", "erase", on=year_later)["lines"] == 0
    day_after = f"{year_later[:8]}{int(year_later[8:]) + 1:02d}"
    # So much of a register at once is erased only where two people say that it is right.
    assert "without approval" in console.type("retention", "erase", on=day_after, answer=1)
    for name in ("officer-01", "administrator-01"):
        console.type("retention", "approve", "--as", name, on=day_after, typed=PASSWORD + "\n")
    assert console.ask("retention", "erase", on=day_after)["lines"] == ended
    assert console.ask("retention", "erase", on=day_after)["lines"] == 0

    # An outsider can check all of it.
    published = tmp_path / "published"
    console.type("ledger", "publish", str(published))
    assert console.type("ledger", "verify", str(published))
