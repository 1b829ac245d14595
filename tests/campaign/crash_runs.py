# SPDX-License-Identifier: EUPL-1.2
"""A whole campaign typed at a separate instance, from the import to the last erasure, while its servers are killed.

In a siege each command is typed twice at the same time, three times over. Each time something is killed with kill -9 at a random
instant of its work: the register's server, the keys' server, or one of the two commands. Then the command is typed once more, as an
operator would, and must end by itself. Separate from the test, which compares the result with an undisturbed run and, for the lines of
the first file, with `simulate`; the lines of the second file are undone, which `simulate` does not know.
"""

import csv
import datetime as dt
import json
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from tests.command_server import CommandServer, Running
from tests.processes import children_of

EARLY, LATE = 1400, 700
"""How many lines the two files have: the first lines are suspended and terminated; the suspension of the second is undone."""
IN_TIME, COME_BACK, LEAVE = range(300), range(300, 600), range(100)
"""Lines of the first file: registered in time, registered after the suspension, and then terminated by their subscribers."""
IMPORTED, PLANNED, NOTIFIED = "2011-12-10", "2011-12-19", "2011-12-20"
LATER, SOON, CUT, BACK = "2012-01-20", "2012-02-20", "2012-03-02", "2012-03-06"
CUT_LATER, UNDONE, ENDED, ERASED = "2012-03-23", "2012-03-26", "2012-04-05", "2013-04-10"
PASSWORD = "an invented pass phrase"
MAP = """
[number]
column = "number"
[service]
constant = "mobile"
[activated_on]
column = "since"
[reference]
column = "id"
"""
TYPED, MAKE_READY, LET_LEAVE, TELL, ASK = (
    f"@tests.campaign.crash_runs:{name}" for name in ("typed", "make_ready", "let_leave", "tell", "ask")
)
VICTIMS = ("register", "keys", "command")
STATE = """
SELECT l.line_id, l.state, l.version, l.is_registered, l.terminated_on, l.terminated_by, l.erased_on,
       m.stage, m.anchor_on, m.promised_on, m.next_check_on,
       ARRAY(SELECT reason || ' ' || begun_on || ' ' || coalesce(restored_on::text, '') FROM lines_suspension x
              WHERE x.line_id = l.line_id ORDER BY 1) AS suspensions,
       ARRAY(SELECT kind || ' ' || reason || ' ' || state FROM provisioning_command x WHERE x.line_id = l.line_id ORDER BY 1)
           AS commands,
       ARRAY(SELECT kind || ' ' || state || ' ' || queued_on || ' ' || coalesce(delivered_on::text, '')
               FROM notices_notice x WHERE x.line_id = l.line_id ORDER BY 1) AS notices,
       ARRAY(SELECT channel || ' ' || outcome FROM notices_attempt x WHERE x.line_id = l.line_id ORDER BY 1) AS attempts,
       ARRAY(SELECT outcome || ' ' || coalesce(skip_reason, '') FROM campaign_batchline x
              WHERE x.line_id = l.line_id ORDER BY 1) AS turns,
       ARRAY(SELECT verb FROM ledger_entry x WHERE x.line_id = l.line_id AND verb <> 'vault:sealed:opened' ORDER BY 1)
           AS entries,
       ARRAY(SELECT person_id FROM lines_tenure x WHERE x.line_id = l.line_id ORDER BY held) AS subscribers
  FROM lines_line l LEFT JOIN campaign_member m USING (line_id)
"""
WHOLE = """
SELECT ARRAY(SELECT action || ' ' || state || ' ' || line_count || ' ' || position_done FROM campaign_batch ORDER BY 1) AS batches,
       ARRAY(SELECT stage || ' ' || sum(lines) FROM campaign_tally GROUP BY stage HAVING sum(lines) <> 0 ORDER BY 1) AS stages,
       (SELECT sum(done) FROM campaign_chunk) AS done, (SELECT sum(undone) FROM campaign_chunk) AS undone,
       ARRAY(SELECT verb || ' ' || count(*) FROM ledger_entry WHERE verb LIKE 'campaign:batch:%%'
              OR verb IN ('imports:lines:imported', 'campaign:clock:started') GROUP BY verb ORDER BY 1) AS entries
"""


class Siege:
    """An instance and an operator who types commands: with dice under siege, without them undisturbed."""

    def __init__(
        self,
        data_dir: Path,
        surroundings: dict[str, str],
        *,
        dice: random.Random | None,
        spans: dict[str, float],
    ) -> None:
        self._data_dir, self._dice, self._undisturbed = data_dir, dice, spans
        self._typist = CommandServer(surroundings | {"ROLLKEEPER_HOME": str(data_dir)})
        self.spans: dict[str, float] = {}
        self.kills: Counter[str] = Counter()
        self.broken_off: Counter[int] = Counter()
        self.said: list[str] = []

    def live(self) -> dict[str, Any]:
        """Play the campaign from its first file to its last erasure; return the final state of the register."""
        folder = self._data_dir / "files"
        self._do("make the instance", MAKE_READY)
        folder.mkdir()
        (folder / "map.toml").write_text(MAP, "utf-8")
        self._typist.hold_servers(self._data_dir)
        try:
            self._take_in_and_tell(
                write_lines(folder / "early.csv", range(EARLY)), IMPORTED, PLANNED, NOTIFIED
            )
            self._take_in_and_tell(
                write_lines(folder / "late.csv", range(EARLY, EARLY + LATE)), LATER, LATER, LATER
            )
            self._type(
                "register in time", "register", write_people(folder / "in-time.jsonl", IN_TIME), "--on", SOON
            )
            self._batch("suspend", CUT)
            self._type("come back", "register", write_people(folder / "back.jsonl", COME_BACK), "--on", BACK)
            later = self._batch("suspend later", CUT_LATER)
            self._type("undo", "campaign", "undo", later, "--on", UNDONE, ends={0, 1})
            self._do("leave", LET_LEAVE, folder / "places.json", UNDONE)
            self._batch("terminate", ENDED)
            self._type("tell what was done", "notices", "send", "--on", ENDED)
            self._type("erase", "retention", "erase", "--on", ERASED)
            self._type("publish", "ledger", "publish", self._data_dir / "log")
            self._do("verify", "ledger", "verify", self._data_dir / "log")
            self._do("tell", TELL, folder / "places.json", folder / "state.json")
            report = json.loads(self._do("status", "campaign", "status", "--json", "--on", ERASED))
            histories, fates = write_histories(folder / "histories.csv"), folder / "fates.csv"
            days = ("--from", IMPORTED, "--to", ERASED)
            self._do("simulate", "simulate", "cn-xz-2011", histories, *days, "--out", fates)
        finally:
            self._typist.go()
        said = ("action", "due_on", "state", "line_count", "done_count", "skipped", "undone_count")
        return json.loads((folder / "state.json").read_text("utf-8")) | {
            "simulated": read_fates(fates),
            "report": sorted([str(one[what]) for what in said] for one in report["batches"]),
        }

    def _take_in_and_tell(self, file: Path, imported: str, planned: str, notified: str) -> None:
        self._type("import", "import", file, "--map", file.with_name("map.toml"), "--on", imported)
        self._type("plan", "campaign", "plan", "--on", planned)
        self._type("send", "notices", "send", "--on", notified)
        self._type(
            "reports",
            "notices",
            "delivery-reports",
            self._data_dir / "outbox" / "delivery-reports.jsonl",
            "--on",
            notified,
        )

    def _batch(self, what: str, day: str) -> str:
        """Make the nightly run, prepare a batch, approve it twice, run it, send the network commands; return the batch."""
        self._type("worker", "campaign", "run", "--on", day)
        self._type("prepare", "campaign", "prepare", "--json", "--on", day)
        seen = json.loads(self._do("status", "campaign", "status", "--json", "--on", day))
        (batch,) = [
            one["batch_id"]
            for one in seen["batches"]
            if (one["state"], one["action"]) == ("waiting", what.split(maxsplit=1)[0])
        ]
        for who in ("anna", "tashi"):
            words = ("campaign", "approve", batch, "--as", who, "--on", day)
            self._type("approve", *words, ends={0, 1}, typed=PASSWORD + "\n")
        self._type(what, "campaign", "run", "--on", day)
        self._type("tell the network", "provisioning", "push", "--on", day)
        return str(batch)

    def _type(self, what: str, *words: object, ends: set[int] = frozenset({0}), typed: str = "") -> None:
        """Type a command; in a siege, first under attack, then once more in peace."""
        if self._dice:
            for victim in self._dice.sample(VICTIMS, len(VICTIMS)):
                self._strike(what, victim, words, typed)
        self._do(what, TYPED, *words, ends=ends, typed=typed)

    def _do(self, what: str, *words: object, ends: set[int] = frozenset({0}), typed: str = "") -> str:
        begun = time.perf_counter()
        done = self._typist.run(*map(str, words), typed=typed)
        self.spans[what] = max(self.spans.get(what, 0.0), time.perf_counter() - begun)
        self.said.append(done.stderr)
        assert done.returncode in ends, (what, done.returncode, done.stdout, done.stderr)
        return done.stdout

    def _strike(self, what: str, victim: str, words: tuple[object, ...], typed: str) -> None:
        """Type the same command twice at the same time, and kill something at a random instant of the work."""
        with tempfile.TemporaryFile("w+") as said:
            files = {"out": said.fileno(), "err": said.fileno()}
            two = [self._typist.start(TYPED, *map(str, words), typed=typed, **files) for _ in range(2)]
            time.sleep(self._dice.uniform(0.2, 1.1) * self._undisturbed[what])
            self._kill(victim, two[0])
            self.broken_off.update(one.finish() for one in two)
            said.seek(0)
            self.said.append(said.read())

    def _kill(self, victim: str, command: Running) -> None:
        pids = [command.process] if victim == "command" else processes(self._data_dir / victim / "pg")
        if self._dice.random() < 0.5:
            del pids[1:]  # only the postmaster: its children must notice by themselves
        struck = [pid for pid in pids if killed(pid)]
        self.kills[victim] += bool(struck)


def killed(process: int) -> bool:
    """Kill a process with kill -9; tell whether it was still there."""
    try:
        os.kill(process, signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True


def processes(data: Path) -> list[int]:
    """Return the process ids of a server: the postmaster's first, then its children's; none if the server is down."""
    with suppress(OSError):
        first = int((data / "postmaster.pid").read_text("utf-8").splitlines()[0])
        return [first, *children_of(first)]
    return []


def number(n: int) -> str:
    return f"138{n:08d}"


def write_lines(file: Path, which: range) -> Path:
    """Write an operator's file of lines."""
    with file.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.writer(opened)
        writer.writerow(["number", "since", "id"])
        writer.writerows([number(n), activated_on(n), f"A{n}"] for n in which)
    return file


def write_histories(file: Path) -> Path:
    """Write, for `simulate`, what happened to the lines of the first file, and that only these nights were played."""
    played = sorted(map(dt.date.fromisoformat, (CUT, CUT_LATER, ENDED, ERASED)))
    since = dt.date.fromisoformat(IMPORTED)
    one = dt.timedelta(days=1)
    with file.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.writer(opened)
        writer.writerow(["line", "date", "event", "until"])
        for night in played:
            writer.writerow(["*", since, "outage", night - one])
            since = night + one
        for n in range(EARLY):
            writer.writerow([n, activated_on(n), "activated", ""])
            writer.writerow([n, NOTIFIED, "notice_delivered", ""])
            if n in IN_TIME or n in COME_BACK:
                writer.writerow([n, SOON if n in IN_TIME else BACK, "registered", ""])
            if n in LEAVE:
                writer.writerow([n, UNDONE, "ended", ""])
    return file


def read_fates(file: Path) -> dict[str, dict[str, str]]:
    """Return the outcome of each line by `simulate`."""
    with file.open(encoding="utf-8", newline="") as opened:
        return {row.pop("line"): row for row in csv.DictReader(opened)}


def fate(line: dict[str, Any]) -> dict[str, str]:
    """Return the outcome of a line by the register, in the same form."""
    suspended = [one.split(" ") for one in line["suspensions"] if one.startswith("registration ")]
    _, begun, lifted = suspended[0] if suspended else ("", "", "")
    return {"suspended_on": begun, "restored_on": lifted} | {
        what: line[column] or ""
        for what, column in (
            ("ended_on", "terminated_on"),
            ("ended_by", "terminated_by"),
            ("erased_on", "erased_on"),
        )
    }


def activated_on(n: int) -> dt.date:
    return dt.date(2010, 1, 1) + dt.timedelta(days=n % 500)


def write_people(file: Path, which: range) -> Path:
    """Write the registrations of invented people."""
    people = (
        {
            "number": number(n), "name": f"Invented {n}", "address": "1 Invented Road", "document_type": "passport",
            "document_number": f"X{n:08d}",
        }
        for n in which
    )  # fmt: skip
    file.write_text("".join(json.dumps(one) + "\n" for one in people), "utf-8")
    return file


def typed(*words: str) -> None:
    """Run the command `rollkeeper` with a commit after every few rows, for more instants at which to be killed."""
    from rollkeeper.campaign import batch_execution, batch_rollback
    from rollkeeper.imports import services as importing
    from rollkeeper.operations import cli
    from rollkeeper.registration import bulk
    from rollkeeper.retention import services as retention

    batch_execution.CHUNK = batch_rollback.CHUNK = retention.CHUNK = bulk.BATCH_ROWS = 40
    importing.import_lines = partial(importing.import_lines, chunk_rows=50)
    sys.argv = ["rollkeeper", *words]
    cli.main()


def make_ready() -> None:
    """Make the instance, with two people who may approve and no brake."""
    from rollkeeper.access.roles import StaffRole
    from rollkeeper.kernel.settings import write_settings
    from tests.campaign.typed_commands import employ_with_password
    from tests.instances import set_up_copy

    set_up_copy()
    write_settings(campaign={"pilot_share": 1.0, "pilot_hours": 0, "max_lines_per_hour": 10**9}, notices={"quiet_from": dt.time(), "quiet_until": dt.time(), "outbox_bounce_share": 0.0}, provisioning={"demo_faults": 0.0}, retention={"erase_per_day_percent": 100.0})  # fmt: skip
    employ_with_password(("anna", StaffRole.CAMPAIGN_MANAGER), ("tashi", StaffRole.SUPERVISOR))


def let_leave(places: str, day: str) -> None:
    """Terminate some registered lines for their subscribers. Note first from which place in the files each line came."""
    from rollkeeper.kernel import clock
    from rollkeeper.kernel.database import rows
    from rollkeeper.kernel.instance import open_instance
    from rollkeeper.lines.queries import find_line
    from rollkeeper.vault.blind_index import blind_numbers
    from tests.campaign.population import end

    open_instance()
    place_of = {
        index: n for n, index in enumerate(blind_numbers([f"+86{number(n)}" for n in range(EARLY + LATE)]))
    }
    found = rows("SELECT line_id, number_index FROM lines_number")
    noted = {
        str(row.line_id): place_of[bytes(row.number_index)]
        for row in found
        if bytes(row.number_index) in place_of
    }
    Path(places).write_text(json.dumps(noted), "utf-8")
    on = dt.date.fromisoformat(day)
    clock.set_demo_date(on)
    for n in LEAVE:
        end(find_line(f"+86{number(n)}").line_id, on)


def tell(places: str, file: str) -> None:
    """Write the outcome of each line, by its place in the operator's files, and of the whole campaign."""
    from rollkeeper.kernel.database import rows
    from rollkeeper.kernel.instance import open_instance

    open_instance()
    living = {row.person_id for row in rows("SELECT DISTINCT person_id FROM person_key", using="keys")}
    noted = json.loads(Path(places).read_text("utf-8"))
    fates = {}
    for row in rows(STATE):
        if str(row.line_id) not in noted:
            continue  # the instance's own canary
        one = row._asdict()
        one["subscribers"] = [subscriber in living for subscriber in one["subscribers"]]
        fates[noted[str(one.pop("line_id"))]] = one
    Path(file).write_text(
        json.dumps({"lines": fates, "whole": rows(WHOLE)[0]._asdict()}, default=str), "utf-8"
    )


def ask(statement: str) -> None:
    """Query or change the register with one statement; print the rows as JSON."""
    from rollkeeper.kernel.database import rows, run
    from rollkeeper.kernel.instance import open_instance

    open_instance()
    print(json.dumps(rows(statement) if statement.startswith("SELECT") else run(statement), default=str))
