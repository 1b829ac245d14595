"""The main job from start to end, as an operator types it, on a file that nobody here wrote.

One home, one story: each step asserts what a person at the console would look for. The file is IBM's sample of 7,043
invented customers; it has columns of its own, no telephone numbers, and tenure in months.
"""

import datetime as dt
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CUSTOMERS = ROOT.parent / "shared" / "data" / "telco-customers.csv"
COMMAND = Path(sys.executable).with_name("rollkeeper")
PASSWORD = "plum kettle orbit lantern"
TOLD = "2011-12-20"


class Console:
    """A person at the operator's console, in a home of their own."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self._env = {key: value for key, value in os.environ.items() if not key.startswith("ROLLKEEPER_")}
        self._env |= {"ROLLKEEPER_HOME": str(home), "ROLLKEEPER_PASSWORD": PASSWORD}

    def type(self, *words: str, on: str | None = None, answer: int = 0, typed: str = "") -> str:
        """Type a command, expect its exit code, return what it printed."""
        said = subprocess.run(
            [str(COMMAND), *words, *(["--on", on] if on else [])],
            env=self._env, input=typed, capture_output=True, text=True, check=False, timeout=300,
        )  # fmt: skip
        assert said.returncode == answer, f"{words}: {said.returncode}\n{said.stdout}\n{said.stderr}"
        assert "Traceback" not in said.stderr
        return said.stdout + said.stderr if answer else said.stdout

    def ask(self, *words: str, on: str | None = None) -> dict:
        """Type a command that answers in JSON."""
        return json.loads(self.type(*words, "--json", on=on))

    def status(self, on: str) -> dict:
        """Return the campaign's status."""
        return self.ask("campaign", "status", on=on)

    def next_due(self, on: str) -> str:
        """Return the next day on which something is due; the office looks two weeks ahead at a time."""
        for weeks in range(0, 12, 2):
            seen = (dt.date.fromisoformat(on) + dt.timedelta(weeks=weeks)).isoformat()
            if due := self.status(seen)["campaign"]["due_soon"]:
                return due[0]["day"]
        pytest.fail(f"nothing falls due after {on}")

    def act_on_what_is_due(self, on: str) -> str:
        """Draw up what is due, have two people approve it, run it; return the batch."""
        self.type("campaign", "check", on=on)
        waiting = [batch for batch in self.status(on)["batches"] if batch["state"] == "waiting"]
        (batch,) = [one["batch_id"] for one in waiting]
        self.type("campaign", "approve", batch, "--as", "manager-01", on=on)
        self.type("campaign", "approve", batch, "--as", "supervisor-01", on=on)
        self.type("campaign", "run", on=on)
        self.type("network", "push", on=on)
        return batch


@pytest.fixture(scope="module")
def console() -> Iterator[Console]:
    if not CUSTOMERS.exists():
        pytest.skip(f"LOUD: {CUSTOMERS} is not here, so the main job was not tried on a foreign file")
    home = Path(tempfile.mkdtemp(prefix="rollkeeper-operator-"))
    (home / "home.toml").write_text("first_share_hours = 0\ncap_per_hour = 100000\n", "utf-8")
    console = Console(home)
    console.type("setup")
    for name, role in (("manager-01", "campaign_manager"), ("supervisor-01", "supervisor")):
        console.type("staff", "add", name, "--role", role, on="2011-12-01", typed=PASSWORD + "\n")
    holder = "from rollkeeper.kernel import server; server.ensure_running(); print('up', flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", holder],
        env=console._env,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as servers:
        servers.stdout.readline()
        yield console
        servers.communicate("\n")
    shutil.rmtree(home)


def number(row: int) -> str:
    """Return the number that the allotment gave to a row of the file."""
    return f"+86139089{row:05d}"


def people(file: Path, rows: range) -> Path:
    """Write registrations of invented people for these rows."""
    file.write_text(
        "".join(
            json.dumps(
                {
                    "number": number(row),
                    "name": f"བཀྲ་ཤིས {row}",
                    "address": f"Invented Road {row}, Lhasa",
                    "document_type": "passport",
                    "document_number": f"X{row:08d}",
                }
            )
            + "\n"
            for row in rows
        ),
        "utf-8",
    )
    return file


def test_the_main_job_from_an_operators_file_to_the_last_erased_record(console, tmp_path):  # noqa: PLR0915 - one story
    # The importer proposes a map, says what it cannot know, and names what the register has no place for.
    proposal = console.type("import", str(CUSTOMERS), "--propose", on="2011-12-05")
    assert 'tenure_months = "tenure"' in proposal
    assert 'column = "customerID"' in proposal
    assert "about gender or sex: gender" in proposal
    assert "the file holds no telephone numbers" in proposal
    console.type("import", str(CUSTOMERS), "--yes", on="2011-12-05", answer=2)

    taken = ("import", str(CUSTOMERS), "--yes", "--allotment", number(0), "--as-of", "2011-12-01")
    refused = ("--refused", str(tmp_path / "refused.csv"))
    assert "7,043 lines made" in console.type(*taken, *refused, on="2011-12-05")
    again = console.type(*taken, *refused, on="2011-12-06")
    assert "imported before, with this map: nothing was done" in again

    # Everybody is told; only proof of delivery starts a clock.
    console.type("campaign", "plan", on="2011-12-05")
    console.type("notices", "send", on=TOLD)
    console.type("notices", "receipts", str(console.home / "outbox" / "receipts.jsonl"), on=TOLD)
    console.type("campaign", "run", on=TOLD)
    told = console.status(TOLD)["campaign"]
    assert told["stage_counts"]["counting"] + told["stage_counts"]["untold"] == 7043
    assert told["stage_counts"]["untold"] == told["unreached"] > 0

    # Whoever asks gets the article, the dates and the counting.
    row_told = next(
        row
        for row in range(50)
        if "Day 60 of 60 is 2012-03-01" in console.type("explain", number(row), on="2012-03-01")
    )
    why = console.type("explain", number(row_told), "--on", "2012-03-02")
    assert "[art. 3]" in why
    assert "clock starts on 2012-01-01" in why

    # Nothing is due the day before; on the day a batch is drawn up and waits for two different people.
    assert console.next_due("2012-03-01") == "2012-03-02"
    console.type("campaign", "check", on="2012-03-02")
    (batch,) = console.status("2012-03-02")["batches"]
    assert batch["line_count"] == told["stage_counts"]["counting"]
    console.type("campaign", "run", on="2012-03-02")
    assert console.status("2012-03-02")["campaign"]["stage_counts"]["suspended"] == 0
    console.type("campaign", "approve", batch["batch_id"], "--as", "manager-01", on="2012-03-02")
    console.type("campaign", "approve", batch["batch_id"], "--as", "manager-01", on="2012-03-02", answer=1)
    console.type("campaign", "approve", batch["batch_id"], "--as", "supervisor-01", on="2012-03-02")

    # Who registers a minute before is never cut.
    late = people(tmp_path / "late.jsonl", range(row_told, row_told + 1))
    console.type("enrol", str(late), on="2012-03-02")
    console.type("campaign", "run", on="2012-03-02")
    console.type("network", "push", on="2012-03-02")
    counts = console.status("2012-03-02")["campaign"]["stage_counts"]
    assert counts["suspended"] == batch["line_count"] - 1
    assert "registered" in console.type("explain", number(row_told), on="2012-03-02")

    # One command gives everything back, and running again does not cut anybody on the same day.
    console.type("campaign", "undo", batch["batch_id"], on="2012-03-05")
    console.type("campaign", "run", on="2012-03-05")
    console.type("network", "push", on="2012-03-05")
    counts = console.status("2012-03-05")["campaign"]["stage_counts"]
    assert (counts["suspended"], counts["counting"]) == (0, batch["line_count"] - 1)
    assert console.type("network", "reconcile")

    # It is due again later; those who come to the counter afterwards are restored the same day.
    day = console.next_due("2012-03-06")
    console.act_on_what_is_due(day)
    suspended = console.status(day)["campaign"]["stage_counts"]["suspended"]
    assert suspended == batch["line_count"] - 1
    console.type("enrol", str(people(tmp_path / "people.jsonl", range(200, 400))), on=day)
    console.type("campaign", "run", on=day)
    console.type("network", "push", on=day)
    restored = suspended - console.status(day)["campaign"]["stage_counts"]["suspended"]
    assert 0 < restored <= 200

    # The rest ends after a full thirty days more, and a year later the last record is erased.
    end = console.next_due(day)
    console.act_on_what_is_due(end)
    ended = console.status(end)["campaign"]["stage_counts"]["ended"]
    assert ended == suspended - restored
    year_later = end.replace("2012", "2013")
    assert console.ask("erase-due", on=year_later)["lines"] == 0
    day_after = f"{year_later[:8]}{int(year_later[8:]) + 1:02d}"
    assert console.ask("erase-due", on=day_after)["lines"] == ended
    assert console.ask("erase-due", on=day_after)["lines"] == 0

    # An outsider can check all of it.
    published = tmp_path / "published"
    console.type("ledger", "publish", str(published))
    assert console.type("ledger", "verify", str(published))
