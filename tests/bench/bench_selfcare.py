# SPDX-License-Identifier: EUPL-1.2
"""The subscriber portal in a large register: pages, access history, code requests for known and unknown numbers, scoping a leak.

Every person has a line and ten entries in the ledger; the leak concerns a tenth of these entries, one for each person.

The portal worker does its work inside the request here, so a page's time includes it, except the moment in which a worker wakes up.
"""

import datetime as dt
import importlib
import os
import re
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import UUID

from django.test import Client, override_settings
from django.urls import clear_url_caches

from rollkeeper.access.authority import console_authority
from rollkeeper.incidents.choices import About, Severity
from rollkeeper.incidents.services import notify_affected, open_incident, scope_incident
from rollkeeper.kernel import clock, database
from rollkeeper.kernel.choices import Channel
from rollkeeper.kernel.settings import write_settings
from rollkeeper.lines.queries import current_tenure
from rollkeeper.notices import one_time_codes
from rollkeeper.selfcare import portal_client
from rollkeeper.selfcare.errors import WrongCode
from rollkeeper.site import urls
from rollkeeper.vault.services import begin_first_epoch
from tests.selfcare.people import NUMBER, ON, PERSON, Telephone, register_line, work_off

Row = tuple[str, int, float, float | None, float | None, str]

UNKNOWN = "+8613908919999"
LOOKS, TURNS = 50, 60
EACH = 10
BARE = (
    "ALTER TABLE lines_tenure DROP CONSTRAINT lines_tenure_pkey",
    "DROP INDEX lines_tenure_by_person, ledger_entry_by_person, ledger_entry_by_line",
)
PEOPLE = """
CREATE TEMPORARY TABLE made ON COMMIT DROP AS
SELECT uuidv7() AS line, uuidv7() AS person, uuidv7() AS tenure, n FROM generate_series(1, %(more)s) AS n;
INSERT INTO lines_line (line_id, service, state, version, is_registered, is_disputed, is_essential, activated_on)
SELECT line, 'mobile', 'active', 1, true, false, false, '2010-01-01' FROM made;
INSERT INTO lines_tenure (line_id, held, tenure_id, party_kind, person_id, assurance)
SELECT line, tstzrange('2011-01-01', NULL), tenure, 'individual', person, 'sighted' FROM made;
INSERT INTO subscribers_subscriber (person_id, kind, language, is_protected, made_on)
SELECT person, 'individual', 'en', false, '2011-01-01' FROM made
"""
ENTRIES = """
WITH form AS (
    SELECT %(at)s::timestamptz - make_interval(days => 10 * %(before)s) AS at, v.field,
           ledger_body('vault:sealed:opened', %(at)s::timestamptz - make_interval(days => 10 * %(before)s), '2012-03-02', 'worker',
                       'worker', NULL, NULL, uuid %(nobody)s, NULL,
                       jsonb_build_object('field', v.field, 'purpose', 'notice')) AS body
      FROM (VALUES ('name'), ('number')) AS v (field)
)
INSERT INTO ledger_entry (at, day, verb, line_id, person_id, body)
SELECT f.at, '2012-03-02', 'vault:sealed:opened', m.line, CASE WHEN f.field = 'name' THEN m.person END,
       replace(f.body, %(nobody)s, m.line::text)
  FROM made m JOIN form f ON f.field = CASE WHEN m.n %% 2 = 0 THEN 'name' ELSE 'number' END
"""
KEPT = (
    "ALTER TABLE lines_tenure ADD CONSTRAINT lines_tenure_pkey PRIMARY KEY (line_id, held WITHOUT OVERLAPS)",
    "CREATE INDEX lines_tenure_by_person ON lines_tenure (person_id)",
    "CREATE INDEX ledger_entry_by_person ON ledger_entry (person_id, entry_id) WHERE person_id IS NOT NULL",
    "CREATE INDEX ledger_entry_by_line ON ledger_entry (line_id, entry_id) WHERE line_id IS NOT NULL",
)
LOOKED = """
INSERT INTO ledger_entry (at, day, verb, line_id, person_id, body)
SELECT %(at)s, '2012-03-02', 'vault:sealed:opened', %(line)s, %(person)s,
       ledger_body('vault:sealed:opened', %(at)s, '2012-03-02', 'supervisor', repeat('0e', 32), NULL, NULL, %(line)s, NULL,
                   jsonb_build_object('field', 'name', 'purpose', 'review'))
  FROM generate_series(1, %(looks)s)
"""


def run(sizes: list[int]) -> list[Row]:
    """Measure at each size in turn: so many people with a line, and ten times as many ledger entries."""
    clock.set_demo_date(ON)
    begin_first_epoch()
    write_settings(portal={"code_requests_per_hour": 100_000, "codes_per_hour": 20})
    line = register_line()
    tenure = current_tenure(line)
    assert tenure is not None
    database.run(LOOKED, {"line": line, "person": tenure.person_id, "looks": LOOKS, "at": clock.now()})
    rows, have = [], 0
    for size in sorted(sizes):
        fill(size - have)
        have = size
        rows += measured(size)
    return rows


def fill(more: int) -> None:
    """Add so many people with a line, and ten openings for each; the newest opening is within the leak.

    Half of the entries name the person, half only the line. Indexes are made after the rows, which takes a third of the time.
    """
    with database.action(), database.without_timeout():
        for statement in BARE:
            database.run(statement)
        database.run("SET LOCAL maintenance_work_mem = '512MB'")
        for statement in PEOPLE.split(";"):
            database.run(statement, {"more": more})
        for before in range(EACH - 1, -1, -1):
            database.run(ENTRIES, {"at": clock.now(), "before": before, "nobody": str(UUID(int=0))})
        for statement in KEPT:
            database.run(statement)
    database.run("VACUUM ANALYZE lines_line, lines_tenure, subscribers_subscriber, ledger_entry")


def measured(size: int) -> list[Row]:
    """Measure with what is there."""
    turns = max(2, min(TURNS, size // 5))
    return [*_pages(size, turns), *_code_requests(size, turns), *_leak(size)]


def _pages(size: int, turns: int) -> Iterator[Row]:
    with _portal() as (browser, telephone):
        asked = browser.post("/", {"number": NUMBER})
        code_request = re.search(rb'name="code_request" value="([0-9a-f-]{36})"', asked.content)
        assert code_request
        browser.post("/code/", {"code_request": code_request[1].decode(), "code": telephone.newest_code})
        browser.post("/verify/", {"document_type": "passport", "document_state": "NPL",
                                 "document_number": PERSON["document_number"], "name": PERSON["name"]})  # fmt: skip
        for name, address in (
            ("my lines", "/lines/"),
            ("access history, 50 accesses", "/access-history/"),
            ("what is held", "/personal-data/"),
        ):
            taken = _times(lambda address=address: _good(browser, address), turns)
            yield (
                f"portal, {name}, p95; the ledger has ten times the entries",
                size,
                _p95(taken),
                None,
                None,
                "p95 < 0.2 s",
            )


def _code_requests(size: int, turns: int) -> Iterator[Row]:
    """Measure a code request and a wrong code, for a known and an unknown number in turns, without the portal worker's own time."""
    taken: dict[str, list[float]] = {NUMBER: [], UNKNOWN: []}
    real, portal_client._wake_worker = portal_client._wake_worker, lambda: None
    try:
        for _ in range(5 * turns):
            for number in taken:
                taken[number] += _times(lambda number=number: _code_request_in_vain(number), 1)
            database.run("DELETE FROM selfcare_coderequest")
    finally:
        portal_client._wake_worker = real
    known, unknown = (statistics.median(taken[number]) for number in (NUMBER, UNKNOWN))
    yield (
        "a code request and a wrong code, a known number: median, against an unknown number",
        size,
        known,
        unknown,
        (known / unknown),
        "ratio 1",
    )
    yield (
        "the same at p95",
        size,
        _p95(taken[NUMBER]),
        _p95(taken[UNKNOWN]),
        (_p95(taken[NUMBER]) / _p95(taken[UNKNOWN])),
        "ratio 1",
    )


def _leak(size: int) -> Iterator[Row]:
    made = open_incident(
        console_authority(), about=About.WINDOW, severity=Severity.SERIOUS, noticed_at=clock.now(), on=ON,
        since=clock.now() - dt.timedelta(days=1), until=clock.now() + dt.timedelta(days=1),
    )  # fmt: skip
    begun = time.perf_counter()
    found = scope_incident(console_authority(), made, on=ON)
    taken = time.perf_counter() - begun
    assert found.people >= size
    scoped = "a leak of a time: one in ten entries of the ledger, scoped to every person"
    yield scoped, size, taken, None, None, "< 5 s at 10^6"
    begun = time.perf_counter()
    owed, unreachable = notify_affected(console_authority(), made, on=ON)
    taken = time.perf_counter() - begun
    assert owed + unreachable >= size
    yield "a notice to each of them drafted, in their language, and owed", size, taken, None, None, ""


@contextmanager
def _portal() -> Iterator[tuple[Client, Telephone]]:
    telephone = Telephone()
    before = one_time_codes.gateways, portal_client._wake_worker
    one_time_codes.gateways = lambda: {Channel.SMS: telephone}
    portal_client._wake_worker = work_off
    os.environ["ROLLKEEPER_APP"] = "portal"
    signed = "django.contrib.sessions.backends.signed_cookies"
    with override_settings(SESSION_ENGINE=signed, ALLOWED_HOSTS=["testserver"]):
        importlib.reload(urls)
        clear_url_caches()
        yield Client(HTTP_ACCEPT="text/html"), telephone
    one_time_codes.gateways, portal_client._wake_worker = before
    del os.environ["ROLLKEEPER_APP"]


def _good(browser: Client, address: str) -> None:
    answer = browser.get(address)
    assert answer.status_code == 200, answer.status_code


def _code_request_in_vain(number: str) -> None:
    code_request_id = portal_client.request_code(number, source="203.0.113.9", language="en")
    try:
        portal_client.redeem_code(code_request_id, "00000000")
    except WrongCode:
        return
    raise AssertionError


def _times(do: Callable[[], object], turns: int) -> list[float]:
    taken = []
    for _ in range(turns):
        begun = time.perf_counter()
        do()
        taken.append(time.perf_counter() - begun)
    return taken


def _p95(taken: list[float]) -> float:
    return statistics.quantiles(taken, n=20)[-1]
