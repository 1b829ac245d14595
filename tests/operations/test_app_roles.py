"""An attacker has the database session of an app: what its role writes, reads and holds up, and where that ends."""

import datetime as dt
import json

import pytest
from django.db import DatabaseError, connection, transaction

from rollkeeper.access.authority import console_authority, worker_authority
from rollkeeper.access.errors import INDEX_LOOKUPS_USED_UP
from rollkeeper.access.roles import StaffRole
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import rows, run
from rollkeeper.kernel.errors import RollkeeperError
from rollkeeper.kernel.ids import new_uuid
from rollkeeper.ledger.services import append_entry
from rollkeeper.ledger.verbs import Verb
from rollkeeper.lines.choices import PauseReason, SuspensionReason
from rollkeeper.lines.errors import COUNTER_TERMINATION_LIMIT_REACHED, AccessLimitReached
from rollkeeper.lines.queries import find_line, tenures
from rollkeeper.lines.services import mark_disputed, pause_clock, resume_clock
from rollkeeper.operations.bootstrap import set_limits, set_lookup_limits
from rollkeeper.registration import services
from rollkeeper.registration.services import register_subscriber
from rollkeeper.retention import services as retention
from tests.builders.lines import pause_line
from tests.builders.staff import employ
from tests.entries import entries
from tests.refusals import refusing
from tests.registration.conftest import clerk, new_line, vaulted  # noqa: F401
from tests.registration.people import ON, fresh_number, given_by, person, submission

pytestmark = pytest.mark.usefixtures("vaulted")
APPS = ("counter", "backoffice", "portal")


def refused(statement, parameters=()):
    """Whether the register refuses a statement."""
    try:
        with transaction.atomic():
            run(statement, parameters)
    except DatabaseError:
        return True
    return False


def refusal(statement, parameters=()):
    """By what the register refuses a statement: a statement may be refused for another reason than the one that a test is about."""
    with pytest.raises(DatabaseError) as fault, transaction.atomic():
        run(statement, parameters)
    return str(fault.value)


@pytest.fixture
def held(vaulted, clerk, new_line):  # noqa: F811
    """A line with a subscriber: its reference, its number and its subscriber."""
    number, who = new_line(SuspensionReason.REGISTRATION), person()
    services.register_subscriber(clerk, submission(number, who), on=ON)
    return find_line(number).line_id, number, who


@pytest.fixture
def production(register):
    """The register as a production instance's, where the database alone says what day and instant it is."""
    set_limits(production=True)


@pytest.mark.parametrize("role", APPS)
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE lines_tenure SET held = tstzrange(lower(held), lower(held) + interval '1 second') WHERE line_id = %s",
        "UPDATE lines_tenure SET ended_by_entry = 1 WHERE line_id = %s",
        "INSERT INTO lines_tenure (line_id, held, tenure_id, party_kind, person_id, assurance) VALUES (%s, 'empty', uuidv7(), 'a', uuidv7(), 'b')",
        "SELECT lines_terminate(%s, NULL, '2030-01-01')",
        "SELECT lines_terminate(%s, (SELECT max(entry_id) FROM ledger_entry), '2030-01-01')",
    ],
)
def test_no_app_ends_a_tenure_without_its_entry(held, as_role, role, statement):
    line_id, _, _ = held

    with as_role(role):
        assert refused(statement, [line_id])
    assert [one.until for one in tenures(line_id)] == [None]


TAKEN = (
    "SELECT * FROM lines_register(ARRAY[%(line)s], ARRAY[uuidv7()], ARRAY['individual'], ARRAY[uuidv7()], ARRAY[NULL]::uuid[],"
    " ARRAY[NULL]::uuid[], ARRAY[NULL]::uuid[], ARRAY['sighted'], ARRAY[NULL]::text[], ARRAY[NULL]::text[], ARRAY[NULL]::date[],"
    " ARRAY[%(entry)s]::bigint[], ARRAY['en'], ARRAY[true])"
)


@pytest.mark.parametrize("entry", ["NULL", "that of another line"])
def test_the_counter_takes_over_no_line_without_a_fitting_entry(held, clerk, new_line, as_role, entry):  # noqa: F811
    line_id, _, _ = held
    number = new_line()
    services.register_subscriber(clerk, submission(number, person()), on=ON)
    another = [find_line(number).line_id]
    (other,) = rows("SELECT begun_by_entry AS entry FROM lines_tenure WHERE line_id = %s", another)

    with as_role("counter"):
        said = refusal(TAKEN, {"line": line_id, "entry": None if entry == "NULL" else other.entry})

    assert "lines_change_without_its_ledger_entry" in said


def test_the_database_sets_the_instant_of_a_termination_in_production(held, clerk, as_role, production):  # noqa: F811
    line_id, number, who = held
    clock.set_demo_date(dt.date(2001, 1, 1))
    today = dt.datetime.now(clock.zone()).date()

    with as_role("counter"):
        services.terminate_line(
            clerk, submission_key=str(new_uuid()), number=number,
            document=(who["document_type"], who["document_number"]), on=today,
        )  # fmt: skip

    (line,) = rows("SELECT terminated_on FROM lines_line WHERE line_id = %s", [line_id])
    assert line.terminated_on == today
    assert tenures(line_id)[-1].until.year >= 2026


def test_lines_that_go_to_other_people_count_against_the_limit_of_terminations(clerk, new_line, as_role):  # noqa: F811
    owners = [(new_line(), person()) for _ in range(3)]
    for number, who in owners:
        services.register_subscriber(clerk, submission(number, who), on=ON)
    set_limits(terminations_per_day=2)

    def give_away(number, who):
        services.transfer_line(clerk, submission(number, person(), transferor=given_by(who)), on=ON)

    with as_role("counter"):
        for number, who in owners[:2]:
            give_away(number, who)
        with refusing(COUNTER_TERMINATION_LIMIT_REACHED), transaction.atomic():
            give_away(*owners[2])


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE lines_tenure SET identity_check = 'chip' WHERE line_id = %s",
        "UPDATE lines_tenure SET route = 'vouched' WHERE line_id = %s",
        "UPDATE lines_tenure SET good_through = '2040-01-01' WHERE line_id = %s",
        "UPDATE lines_tenure SET commitment = 'x' WHERE line_id = %s",
    ],
)
def test_a_worker_writes_nothing_in_place_of_what_a_registration_said(held, as_role, statement):
    line_id, _, _ = held

    with as_role("worker"):
        assert "lines_tenure_rewritten" in refusal(statement, [line_id])
        run("UPDATE lines_tenure SET identity_check = NULL, route = NULL WHERE line_id = %s", [line_id])


def test_a_tenure_that_ended_without_its_entry_is_never_erased(held):
    line_id, _, _ = held
    run("UPDATE lines_tenure SET held = '[2011-01-01,2011-01-02)'")
    later = ON + dt.timedelta(days=800)

    due = retention.count_due(worker_authority(), on=later)
    erased = retention.erase_due(worker_authority(), on=later)

    assert (due.tenures, due.not_entered, erased.tenures, erased.keys_destroyed) == (0, 1, 0, 0)
    assert [
        row.erased_on for row in rows("SELECT erased_on FROM lines_tenure WHERE line_id = %s", [line_id])
    ] == [None]


def test_a_line_marked_as_terminated_without_its_entry_is_never_erased(new_line):  # noqa: F811
    line_id = find_line(new_line()).line_id
    run(
        "UPDATE lines_line SET state = 'terminated', terminated_on = '2011-01-01', terminated_by = 'subscriber' WHERE line_id = %s",
        [line_id],
    )

    assert retention.erase_due(worker_authority(), on=ON).lines == 0


@pytest.mark.usefixtures("held")
def test_the_worker_too_ends_no_tenure_without_its_entry(as_role):
    ended = "UPDATE lines_tenure SET held = tstzrange(lower(held), clock_timestamp() + interval '1 day'), ended_by_entry = %s"

    with as_role("worker"):
        said = [refusal(ended, [entry]) for entry in (None, 10**9)]

    assert all("lines_change_without_its_ledger_entry" in one for one in said), said


def test_a_line_that_the_attacker_made_up_gets_no_subscriber(as_role):
    with as_role("counter"):
        assert refused(TAKEN, {"line": new_uuid(), "entry": None})


@pytest.fixture
def new_day(vaulted):  # noqa: F811
    """No app has looked up anything today."""
    for app in ("counter", "backoffice"):
        run(f"SELECT setval('access_lookups_{app}', 0), setval('access_lookups_{app}_since', 0)")


INDEXES = (
    "number_index", "document_index", "reference_index", "code_hash", "document_mark", "name_mark", "claimant_mark", "number_mark",
    "instrument_mark", "file_mark", "file_hash",
)  # fmt: skip


@pytest.mark.parametrize("role", [*APPS, "auditor"])
def test_no_app_selects_an_index_or_a_mark_of_numbers_documents_or_codes(register, role):
    read = rows(
        "SELECT table_name, column_name FROM information_schema.column_privileges"
        " WHERE grantee = %s AND privilege_type = 'SELECT' AND column_name = ANY (%s)"
        " AND table_name <> 'access_attempt'"  # names of accounts that were typed
        " ORDER BY table_name, column_name",
        [role, list(INDEXES)],
    )

    assert read == []


GUESSED = "SELECT line_id FROM lines_find_numbers(ARRAY(SELECT sha256(n::text::bytea) FROM generate_series(%s, %s) n))"


def found_by(guesses, *, beyond=0):
    """How many lines an attacker finds who tries many indexes at once, and again after every refusal."""
    found = 0
    for first in range(0, guesses, 100):
        try:
            with transaction.atomic():
                found += len(rows(GUESSED, [first, first + 99]))
        except DatabaseError:
            beyond += 1
    return found, beyond


@pytest.mark.parametrize("role", ["counter", "backoffice"])
def test_trying_every_number_finds_no_more_than_the_limit_gives(new_day, as_role, role):
    for n in range(2000):
        if n % 10 == 0:
            run(
                "INSERT INTO lines_number (number_index, line_id) VALUES (sha256(%s), uuidv7())",
                [str(n).encode()],
            )
    set_limits(lookups_per_day=500)

    with as_role(role):
        found, refusals = found_by(2000)

    assert (found, refusals) == (50, 15)


def test_a_transaction_that_is_rolled_back_gives_no_lookup_back(new_day, as_role):
    set_limits(lookups_per_day=300)
    refusals = 0

    with as_role("counter"):
        for _ in range(5):
            try:
                with transaction.atomic():
                    rows(GUESSED, [1, 100])
                    transaction.set_rollback(True)
            except DatabaseError:
                refusals += 1

    assert refusals == 2


@pytest.mark.parametrize("role", ["counter", "backoffice"])
def test_a_session_in_another_time_zone_begins_no_new_day_of_lookups(new_day, as_role, role):
    set_limits(lookups_per_day=100)
    refusals = []

    with as_role(role):
        for hours in (0, 24, -24, 167, 0):
            run("SELECT set_config('TimeZone', %s, true)", [f"<there>{-hours}"])
            refusals.append(found_by(100)[1])
        run("SELECT set_config('TimeZone', 'UTC', true)")

    assert refusals == [0, 1, 1, 1, 1]


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT setval('access_lookups_counter', 0)",
        "SELECT nextval('access_lookups_counter')",
        "SELECT nextval('access_lookups_backoffice')",
        "ALTER SEQUENCE access_lookups_counter RESTART",
        "DROP SEQUENCE access_lookups_counter",
        "CREATE OR REPLACE FUNCTION access_lookups_per_day() RETURNS integer LANGUAGE sql RETURN 10000000",
    ],
)
@pytest.mark.parametrize("role", APPS)
def test_no_app_sets_its_own_limit_of_lookups(as_role, role, statement):
    with as_role(role):
        assert refused(statement)


def test_a_counter_at_its_limit_says_so_and_the_back_office_goes_on(new_day, clerk, held, as_role):  # noqa: F811
    _, number, _ = held
    set_limits(lookups_per_day=1)

    with as_role("counter"), refusing(INDEX_LOOKUPS_USED_UP), transaction.atomic():
        for _ in range(2):
            find_line(number)
    with as_role("backoffice"):
        assert find_line(number)


def test_where_both_limits_are_reached_that_of_staff_leaves_its_mark(new_day, clerk, held, as_role):  # noqa: F811
    _, number, _ = held
    set_limits(lookups_per_day=1)
    set_lookup_limits(lookups_per_day=0)
    try:
        with as_role("counter"):
            find_line(number)
            with refusing(AccessLimitReached):
                register_subscriber(clerk, submission(fresh_number(), person()), on=ON)
    finally:
        set_lookup_limits()

    assert "refused_limit" in {one.facts["outcome"] for one in entries("line:access:recorded")}


JOINED = (
    "SELECT subscribers_link(%(first)s, %(second)s, '2012-03-02', %(entry)s,"
    " ARRAY[sha256(%(first)s::text::bytea), sha256(%(second)s::text::bytea)])"
)


def known_by_a_document(person):
    """Give a person a document by which `JOINED` knows them."""
    run(
        "INSERT INTO subscribers_document (document_index, person_id, document_type, since)"
        " VALUES (sha256(%(person)s::text::bytea), %(person)s, 'other', '2012-01-01')",
        {"person": person},
    )
    return person


@pytest.mark.parametrize("role", APPS)
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE subscribers_document SET until = '2012-03-02'",
        "INSERT INTO subscribers_personlink (person_id, principal_id, since) SELECT person_id, %(first)s, '2012-03-02' FROM lines_tenure",
        "UPDATE subscribers_personlink SET principal_id = %(first)s",
        "DELETE FROM subscribers_personlink",
        "UPDATE lines_number SET quarantined_until = '2012-03-02'",
        "UPDATE lines_number SET line_id = %(first)s",
        "SELECT subscribers_link(%(first)s, %(second)s, '2012-03-02', NULL, NULL)",
        "SELECT subscribers_link(%(first)s, %(second)s, '2012-03-02', (SELECT max(entry_id) FROM ledger_entry), NULL)",
        "SELECT subscribers_unlink(%(first)s, (SELECT max(entry_id) FROM ledger_entry))",
    ],
)
def test_no_app_replaces_documents_joins_people_or_moves_numbers_at_will(held, as_role, role, statement):
    line_id, _, _ = held
    (tenure,) = tenures(line_id)

    with as_role(role):
        assert refused(statement, {"first": tenure.person_id, "second": new_uuid()})


def test_letting_documents_go_tries_no_more_of_them_than_the_limit_gives(new_day, as_role):
    set_limits(lookups_per_day=2)
    tried = "SELECT subscribers_unlink_document(sha256('a document'), uuidv7())"

    with as_role("counter"):
        said = [refusal(tried) for _ in range(3)]

    assert ["lookup_limit" in one for one in said] == [False, False, True]
    assert all("without_its_ledger_entry" in one for one in said[:2])


def test_asking_for_the_number_of_a_handle_counts_as_a_lookup(new_day, as_role):
    set_limits(lookups_per_day=2)

    with as_role("counter"):
        tried = [refused("SELECT lines_number_of_handle(uuidv7(), uuidv7())") for _ in range(3)]

    assert tried == [False, False, True]


@pytest.mark.parametrize("role", APPS)
@pytest.mark.parametrize(
    "statement",
    [
        (
            "INSERT INTO notices_notice (line_id, notice_id, kind, language, pack_hash, queued_on)"
            " VALUES (%s, uuidv7(), 'case_decided', 'en', '', '2012-03-02')"
        ),
        (
            "INSERT INTO notices_notice (line_id, notice_id, kind, language, pack_hash, queued_on, about)"
            " VALUES (%s, uuidv7(), 'case_decided', 'en', '', '2012-03-02', 'appeal')"
        ),
        (
            "INSERT INTO notices_notice (line_id, notice_id, kind, language, pack_hash, queued_on, for_tenure)"
            " VALUES (%s, uuidv7(), 'confirm_record', 'en', '', '2012-03-02', uuidv7())"
        ),
    ],
)
def test_no_app_owes_anyone_the_notice_of_a_decision_itself(held, as_role, role, statement):
    line_id, _, _ = held

    with as_role(role):
        fault = refusal(statement, [line_id])

    assert "notices_notice_not_of_this_role" in fault or "permission denied" in fault


@pytest.mark.parametrize("role", APPS)
def test_no_app_says_by_which_line_a_person_is_told_of_a_decision(held, as_role, role):
    with as_role(role):
        for statement in (
            "SELECT asked_from FROM selfcare_case",
            "UPDATE selfcare_case SET asked_from = NULL",
            "UPDATE selfcare_case SET notice_id = NULL",
        ):
            assert "permission denied" in refusal(statement)


def test_no_app_is_told_that_something_was_disclosed_to_an_authority(held, as_role):
    line_id, _, _ = held
    for kind in ("restored", "disclosed", "case_decided"):
        run(
            "WITH made AS (INSERT INTO notices_notice (line_id, kind, language, queued_on, pack_hash)"
            " VALUES (%s, %s, 'en', '2012-03-02', '') RETURNING line_id, notice_id)"
            " INSERT INTO notices_attempt (line_id, notice_id, channel, sent_at) SELECT line_id, notice_id, 'sms', now() FROM made",
            [line_id, kind],
        )

    asked = [
        f"{how}SELECT FROM {table} WHERE line_id = %s"
        for how in ("", "EXPLAIN (ANALYZE) ")
        for table in ("notices_notice", "notices_attempt")
    ]
    heard = {}
    for role in ("counter", "backoffice", "portal", "auditor"):
        with as_role(role):
            heard[role] = {refusal(one, [line_id]).partition(" for ")[0] for one in asked}
    with as_role("worker"):
        kinds = {row.kind for row in rows("SELECT kind FROM notices_notice")}
        told = (kinds >= {"case_decided", "disclosed", "restored"}, len(rows("SELECT FROM notices_attempt")))

    assert heard == {role: {"permission denied"} for role in heard}
    assert told == (True, 3)


def test_the_back_office_reads_no_block_of_notices_of_a_line_in_no_campaign(held, as_role):
    told_of, other = held[0], new_uuid()
    run(
        "INSERT INTO notices_notice (line_id, kind, language, queued_on, pack_hash) VALUES (%s, 'disclosed', 'en', '2012-03-02', '')",
        [told_of],
    )
    asked = "EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) SELECT * FROM campaign_told(%s, uuidv7(), NULL, 'UTC')"

    read = {}
    with as_role("backoffice"), connection.cursor() as cursor:
        for line in (told_of, other) * 3:  # the first finds less in the session's own memory
            cursor.execute(asked, [line])
            plan = cursor.fetchone()[0][0]["Plan"]
            read[line] = plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]

    assert read[told_of] == read[other]


def test_one_entry_joins_two_references_and_no_third(clerk, held, as_role):  # noqa: F811
    line_id, _, _ = held
    (tenure,) = tenures(line_id)
    others = [known_by_a_document(one) for one in (tenure.person_id, new_uuid(), new_uuid())][1:]
    with as_role("counter"):
        entry = append_entry(
            clerk, verb=Verb.DOCUMENT_LINKED, role="clerk", on=ON, line_id=line_id, person_id=tenure.person_id,
            facts={"already_known": True, "assurance": "sighted"},
        )  # fmt: skip
        joined = [
            refused(JOINED, {"first": tenure.person_id, "second": other, "entry": entry}) for other in others
        ]

    assert joined == [False, True]


def test_a_line_of_which_two_people_were_joined_before_counts_as_given_away(clerk, held, as_role):  # noqa: F811
    line_id, _, _ = held
    (tenure,) = tenures(line_id)
    set_limits(terminations_per_day=0)
    thief, _ = known_by_a_document(new_uuid()), known_by_a_document(tenure.person_id)
    shared = {"role": "clerk", "on": ON, "line_id": line_id, "person_id": tenure.person_id}

    with as_role("counter"):
        joined = append_entry(
            clerk, verb=Verb.DOCUMENT_LINKED, facts={"already_known": True, "assurance": "sighted"}, **shared
        )
        rows(JOINED, {"first": thief, "second": tenure.person_id, "entry": joined})
        taken = append_entry(
            clerk, verb=Verb.TENURE_REGISTERED, commitment=tenure.commitment, pack="a1" * 32,
            facts={"assurance": "sighted", "party_kind": "individual"}, **shared,
        )  # fmt: skip
        said = refusal(
            TAKEN.replace(
                "ARRAY[uuidv7()], ARRAY[NULL]::uuid[],", "ARRAY[%(thief)s], ARRAY[NULL]::uuid[],", 1
            ),
            {"line": line_id, "entry": taken, "thief": thief},
        )

    assert "lines_counter_termination_limit_reached" in said


@pytest.mark.parametrize(
    ("counted", "uncounted"),
    [
        (
            "ARRAY[uuidv7()], ARRAY[NULL]::uuid[],",
            "format('[2:2]={%%s}', uuidv7())::uuid[], ARRAY[NULL]::uuid[],",
        ),
        ("ARRAY[%(line)s]", "format('[0:0]={%%s}', %(line)s)::uuid[]"),
    ],
)
def test_no_array_that_begins_elsewhere_keeps_a_line_that_is_given_away_uncounted(
    held,
    as_role,
    clerk,  # noqa: F811
    counted,
    uncounted,
):
    line_id, _, _ = held
    (tenure,) = tenures(line_id)
    set_limits(terminations_per_day=0)

    with as_role("counter"):
        entry = append_entry(
            clerk, verb=Verb.TENURE_REGISTERED, role="clerk", on=ON, line_id=line_id, person_id=tenure.person_id,
            commitment=tenure.commitment, pack="a1" * 32, facts={"assurance": "sighted", "party_kind": "individual"},
        )  # fmt: skip
        said = refusal(TAKEN.replace(counted, uncounted, 1), {"line": line_id, "entry": entry})

    assert "lines_counter_termination_limit_reached" in said


ENTERED = "INSERT INTO ledger_entry (at, day, verb, line_id, staff_id, body) VALUES (%(at)s, %(day)s, %(verb)s, %(line)s, %(staff)s, %(body)s)"


def forged(
    verb,
    *,
    role="clerk",
    actor="c1" * 32,
    at="2040-01-01T00:00:00Z",
    day="2040-01-01",
    line=None,
    pack=None,
    **facts,
):
    """An entry as an attacker writes it, of the right form."""
    line, staff = line or new_uuid(), new_uuid()
    (made,) = rows(
        "SELECT ledger_body(%s, %s, %s, %s, %s, %s, NULL, %s, NULL, %s::jsonb) AS body",
        [verb, at, day, role, actor, pack, line, json.dumps(facts)],
    )
    return {"at": at, "day": day, "verb": verb, "line": line, "staff": staff, "body": made.body}


def test_a_counter_keeps_no_subscriber_out_of_the_portal_unseen(held, as_role):
    line, _, _ = held
    replaced = forged("line:sim:replaced", line=line)

    with as_role("counter"):
        assert refused_when_it_commits(ENTERED, replaced)


def test_a_counter_keeps_no_more_subscribers_out_than_it_may_look_up(held, new_day, as_role):
    line, _, _ = held
    set_limits(lookups_per_day=3)
    told = "INSERT INTO notices_notice (line_id, kind, language, pack_hash, queued_on) VALUES (%s, 'sim_replaced', 'en', '00', %s)"
    refusals = 0

    with as_role("counter"):
        for _ in range(5):
            replaced = forged("line:sim:replaced", line=line)
            run(told, [line, replaced["day"]])
            refusals += refused_when_it_commits(ENTERED, replaced)

    assert refusals == 2


def refused_when_it_commits(statement, parameters):
    """Whether the register refuses a statement at the latest when its transaction ends."""
    try:
        with transaction.atomic():
            run(statement, parameters)
            run("SET CONSTRAINTS ALL IMMEDIATE")
    except DatabaseError:
        return True
    finally:
        run("SET CONSTRAINTS ALL DEFERRED")
    return False


@pytest.mark.parametrize(
    ("role", "verb", "facts"),
    [
        ("counter", "vault:sealed:opened", {"field": "name", "purpose": "review"}),
        ("counter", "line:legal_hold:ended", {"first": "2012-01-01", "last": "2012-01-01"}),
        ("counter", "selfcare:subscriber:protected", {"protected": False}),
        ("counter", "campaign:complaint:recorded", {}),
        ("backoffice", "line:sim:replaced", {}),
        ("backoffice", "vault:sealed:opened", {"field": "name", "purpose": "review"}),
        ("backoffice", "selfcare:session:verified", {}),
        ("portal", "line:line:looked_up", {}),
    ],
)  # fmt: skip
def test_no_app_enters_what_it_could_not_have_done(as_role, role, verb, facts):
    entry = forged(verb, **facts)

    with as_role(role):
        assert refused(ENTERED, entry)


@pytest.mark.parametrize("role", ["counter", "backoffice"])
@pytest.mark.parametrize("actor", ["console", "worker"])
def test_no_app_acts_as_the_console_or_the_worker(as_role, role, actor):
    entry = forged("line:line:looked_up", actor=actor)
    own = forged("line:line:looked_up")

    with as_role(role):
        assert refused(ENTERED, entry)
        assert refused(ENTERED, own | {"staff": None})
        assert not refused(ENTERED, own)


@pytest.mark.parametrize(
    ("role", "said", "facts"),
    [("tashi_dorje_lhasa", "line:line:looked_up", {}), ("clerk", "agents:case:opened", {"pattern": "tashi_dorje_lhasa"})],
)  # fmt: skip
def test_no_name_is_a_role_or_a_code_of_an_entry(as_role, role, said, facts):
    reference = {name: str(new_uuid()) for name in ("agent", "case")} if facts else {}
    entry = forged(said, role=role, **reference, **facts)
    true = forged(said, **reference, **({"pattern": "rate"} if facts else {}))

    with as_role("counter"):
        assert refused(ENTERED, entry)
        assert not refused(ENTERED, true)


@pytest.mark.usefixtures("production")
@pytest.mark.parametrize("role", ["counter", "backoffice"])
def test_an_entry_of_an_app_has_the_instant_and_the_day_of_the_database(as_role, role):
    entry = forged("line:line:looked_up")

    with as_role(role):
        run(ENTERED, entry)

    (made,) = rows("SELECT at, day, body FROM ledger_entry WHERE line_id = %s", [entry["line"]])
    now = dt.datetime.now(dt.UTC)
    assert abs(now - made.at) < dt.timedelta(minutes=5)
    assert made.day == now.astimezone(clock.zone()).date()
    assert json.loads(made.body)["day"] == made.day.isoformat()
    assert json.loads(made.body)["at"][:16] == made.at.astimezone(dt.UTC).isoformat()[:16]


@pytest.mark.parametrize("role", APPS)
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE lines_pause SET days = 'empty' WHERE line_id = %s",
        "UPDATE lines_pause SET line_id = uuidv7() WHERE line_id = %s",
        "UPDATE lines_pause SET days = daterange(lower(days), lower(days) + 1) WHERE line_id = %s",
        "DELETE FROM lines_pause WHERE line_id = %s",
        "INSERT INTO lines_pause (line_id, pause_id, days, reason, recorded_at) VALUES (%s, uuidv7(), '[2012-01-01,)', 'other', now())",
        "SELECT lines_pause_clock(%s, (SELECT max(entry_id) FROM ledger_entry WHERE verb <> 'line:clock:paused'), NULL)",
        "SELECT lines_pause_clock(%s, NULL, NULL)",
        "SELECT lines_reconnect(%s, (SELECT max(entry_id) FROM ledger_entry))",
        "INSERT INTO lines_reconnection (line_id, reconnected_at, ends_at) VALUES (%s, now(), now() + interval '1 hour')",
        "UPDATE lines_line SET version = version + 1 WHERE line_id = %s",
        "UPDATE lines_line SET is_essential = true WHERE line_id = %s",
        "SELECT lines_mark(%s, (SELECT max(entry_id) FROM ledger_entry))",
        "UPDATE lines_suspension SET was_wrongful = true WHERE line_id = %s",
        "UPDATE lines_suspension SET restored_on = '2012-03-02' WHERE line_id = %s",
    ],
)
def test_no_app_shortens_moves_or_invents_a_pause_or_bumps_a_line(held, as_role, role, statement):
    line_id, _, _ = held
    pause_line(line_id, "2012-03-01", "2012-04-24")

    with as_role(role):
        assert refused(statement, [line_id])


def test_the_counter_lifts_no_suspension_but_for_a_missing_registration(new_line, as_role):  # noqa: F811
    line_id = find_line(new_line(SuspensionReason.ORDER)).line_id

    with as_role("counter"):
        assert refused("SELECT lines_restore(%s, 'order', '2012-03-02', now())", [line_id])


def test_the_counter_takes_off_no_dispute(clerk, held, as_role):  # noqa: F811
    line_id, _, _ = held
    mark_disputed(clerk, line_id, ON)

    with as_role("counter"), pytest.raises(DatabaseError), transaction.atomic():
        append_entry(clerk, verb=Verb.DISPUTE_SETTLED, role="clerk", on=ON, line_id=line_id)


@pytest.mark.parametrize(
    ("taken", "contradicts"),
    [("", False), ("UPDATE lines_pause SET days = 'empty'", True), ("DELETE FROM lines_pause", True),
     ("UPDATE lines_pause SET days = daterange(lower(days), upper(days) - 1)", True),
     ("UPDATE lines_pause SET days = daterange(lower(days), upper(days) + 1)", False)],
)  # fmt: skip
@pytest.mark.parametrize("is_open", [False, True])
def test_a_pause_that_lacks_a_day_of_its_entries_is_seen(clerk, held, taken, contradicts, is_open):  # noqa: F811
    line_id, _, _ = held
    console, last = console_authority(), ON + dt.timedelta(days=30)
    pause_clock(console, line_id, ON, None if is_open else last, PauseReason.HOSPITAL, ON)
    if is_open:
        resume_clock(console, line_id, last, PauseReason.HOSPITAL, last)
    if taken:
        run(taken)

    (found,) = rows("SELECT lines_pauses_contradict_ledger(%s) AS contradicts", [line_id])

    assert found.contradicts is contradicts


STAY = "01900000-0000-7000-8000-000000000009"


@pytest.mark.parametrize("role", [*APPS, "worker"])
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE campaign_stay SET days = daterange(lower(days), lower(days) + 1)",
        "UPDATE campaign_stay SET days = 'empty'",
        "DELETE FROM campaign_stay",
        f"SELECT campaign_end_stay('{STAY}', '2012-02-02')",
    ],
)
def test_no_role_takes_a_day_of_a_stay_from_everyone(held, as_role, role, statement):
    run(
        "INSERT INTO campaign_stay (stay_id, days, reason, recorded_at) VALUES (%s, '[2012-02-01,)', 'order', now())",
        [STAY],
    )

    with as_role(role):
        assert refused(statement)


@pytest.mark.usefixtures("production")
def test_two_people_end_a_stay_on_no_day_but_the_databases(register, as_role):
    run(
        "INSERT INTO campaign_stay (stay_id, days, reason, recorded_at) VALUES (%s, '[2012-02-01,)', 'order', now())",
        [STAY],
    )
    for _ in range(2):
        run(
            "INSERT INTO access_approval (permission, subject, content, staff_id, approves, day)"
            " VALUES ('end_stay', %s, '2012-02-02', %s, true, '2012-02-02')",
            [STAY, employ(StaffRole.SUPERVISOR).staff_id],
        )

    with as_role("backoffice"):
        assert refused("SELECT campaign_end_stay(%s, '2012-02-02')", [STAY])


@pytest.mark.parametrize("role", APPS)
@pytest.mark.parametrize(
    "statement",
    ["UPDATE incidents_duty SET met_at = '2012-01-01'", "UPDATE incidents_incident SET closed_at = NULL"],
)
def test_no_app_dates_an_incident_back_or_opens_it_again(held, as_role, role, statement):
    with as_role(role):
        assert refused(statement)


@pytest.mark.parametrize("role", APPS)
@pytest.mark.parametrize(
    "statement",
    [
        "SELECT pg_advisory_lock(1)",
        "SELECT pg_advisory_lock(1382771820, 1)",
        "SELECT pg_try_advisory_lock(1)",
        "SELECT pg_advisory_xact_lock(1)",
        "SELECT pg_advisory_xact_lock_shared(1)",
        "SELECT pg_advisory_unlock_all()",
        "SELECT kernel_lock('vault', ARRAY['1'])",
        "SELECT kernel_lock('erasing', ARRAY['1'])",
        "SELECT kernel_lock('planning', ARRAY[''])",
        "SELECT kernel_lock('chunk', ARRAY[''])",
        "SELECT kernel_lock('approval', ARRAY(SELECT n::text FROM generate_series(1, 1000) n))",
        "SELECT lines_lock_lines(ARRAY[uuidv7(), uuidv7()])",
        "SELECT lo_create(0)",
        "SELECT lo_from_bytea(0, '')",
        "SELECT kernel_end_long_transactions()",
        "SET temp_file_limit = -1",
        "ALTER ROLE CURRENT_USER CONNECTION LIMIT 1000",
        "ALTER ROLE CURRENT_USER SET temp_file_limit = -1",
    ],
)
def test_no_app_holds_up_the_others(as_role, role, statement):
    with as_role(role):
        assert refused(statement)


@pytest.mark.parametrize("role", [*APPS, "vault", "auditor"])
def test_no_app_makes_tables_or_connects_elsewhere(register, role):
    (may,) = rows(
        "SELECT has_database_privilege(%(role)s, current_database(), 'CONNECT') AS here,"
        " has_database_privilege(%(role)s, current_database(), 'TEMPORARY') AS temporary,"
        " has_database_privilege(%(role)s, current_database(), 'CREATE') AS makes,"
        " has_database_privilege(%(role)s, 'postgres', 'CONNECT') AS elsewhere,"
        " has_database_privilege(%(role)s, 'template1', 'CONNECT') AS template",
        {"role": role},
    )

    assert may == (True, False, False, False, False)


def test_no_app_may_take_every_connection(register):
    found = rows(
        "SELECT rolname, rolconnlimit, rolconfig FROM pg_roles WHERE rolname = ANY (%s) ORDER BY rolname",
        [list(APPS)],
    )
    most = int(rows("SELECT current_setting('max_connections') AS most")[0].most)

    assert 0 < sum(row.rolconnlimit for row in found) < most - 15
    assert all(
        {one.split("=")[0] for one in row.rolconfig}
        >= {
            "statement_timeout",
            "transaction_timeout",
            "idle_in_transaction_session_timeout",
            "temp_file_limit",
        }
        for row in found
    )


def test_an_app_waits_for_others_only_over_its_own_matters(as_role):
    own = {"counter": ["approval", "line_limit", "agent", "linking"], "backoffice": ["approval", "stays", "sample", "agent", "work_request"],
           "portal": ["code_request"]}  # fmt: skip
    every = sorted({one for matters in own.values() for one in matters})

    for role, matters in own.items():
        with as_role(role):
            free = [one for one in every if not refused("SELECT kernel_lock(%s, ARRAY['1'])", [one])]
        assert free == sorted(matters), role


def without_entry(statement, parameters=()):
    """Whether a change is refused when its transaction commits, as constraints are checked then."""
    try:
        with transaction.atomic():
            run(statement, parameters)
            run("SET CONSTRAINTS ALL IMMEDIATE")
    except DatabaseError as fault:
        return "without_its_ledger_entry" in str(fault) or "by_an_app" in str(fault)
    finally:
        run("SET CONSTRAINTS ALL DEFERRED")
    return False


@pytest.mark.parametrize(
    ("role", "statement"),
    [
        ("backoffice", "INSERT INTO campaign_complaint (line_id, complaint_id, made_at) VALUES (%(line)s, uuidv7(), now())"),
        ("counter", "INSERT INTO campaign_complaint (line_id, complaint_id, made_at) VALUES (%(line)s, uuidv7(), now())"),
        ("backoffice", ("INSERT INTO campaign_unreachablewaiver (line_id, campaign_id, because, waived_by, waived_on)"
                       " VALUES (%(line)s, uuidv7(), 'no_person', uuidv7(), '2012-03-02')")),
        ("counter", ("INSERT INTO provisioning_command (line_id, command_id, kind, reason, requested_at)"
                    " VALUES (%(line)s, uuidv7(), 'restore', 'new_line', now())")),
        ("counter", "INSERT INTO selfcare_reservedcode (line_id) VALUES (%(line)s)"),
        ("backoffice", "UPDATE access_staff SET is_active = true WHERE staff_id = %(closed)s"),
        ("backoffice", "UPDATE access_staff SET is_active = false WHERE staff_id = %(open)s"),
    ],
)  # fmt: skip
def test_no_app_changes_anything_without_the_entry_that_says_so(held, as_role, role, statement):
    values = {"line": new_uuid(), "open": employ(StaffRole.CLERK, username="open").staff_id,
              "closed": employ(StaffRole.CLERK, username="closed").staff_id}  # fmt: skip
    run("UPDATE access_staff SET is_active = false WHERE staff_id = %(closed)s", values)
    if "provisioning" in statement:
        (one,) = rows("SELECT line_id FROM lines_line WHERE state = 'active'")
        run("UPDATE lines_line SET line_id = %s WHERE line_id = %s", [values["line"], one.line_id])

    with as_role(role):
        assert without_entry(statement, values)


def test_every_table_that_an_app_writes_itself_is_named_with_its_reason(register):
    granted = rows(
        "SELECT DISTINCT grantee || ' ' || lower(privilege_type) || ' ' || table_name AS held FROM ("
        " SELECT grantee, privilege_type, table_name FROM information_schema.column_privileges WHERE table_schema = 'public'"
        " UNION SELECT grantee, privilege_type, table_name FROM information_schema.table_privileges WHERE table_schema = 'public') every"
        " WHERE grantee = ANY (%s) AND privilege_type NOT IN ('SELECT', 'REFERENCES')",
        [list(APPS)],
    )

    held = {row.held for row in granted}
    assert sorted(held - set(WRITTEN)) == []
    assert sorted(set(WRITTEN) - held) == []


@pytest.mark.parametrize("statement", [
    "UPDATE agents_documentimagecount SET images = 0",
    "DELETE FROM agents_documentimagecount",
    "INSERT INTO agents_documentimagecount (staff_id, day, agent_id, outlet_id, images) VALUES (uuidv7(), '2012-03-02', uuidv7(), uuidv7(), -9)",
])  # fmt: skip
def test_a_counter_takes_no_document_image_back(as_role, statement):
    staff = new_uuid()
    with as_role("counter"):
        rows("SELECT agents_count_document_image(%s, %s, uuidv7(), uuidv7())", [staff, ON])
        is_refused = refused(statement)
        rows("SELECT agents_count_document_image(%s, %s, uuidv7(), uuidv7())", [staff, ON])

    (counted,) = rows("SELECT images FROM agents_documentimagecount WHERE staff_id = %s", [staff])
    assert (is_refused, counted.images) == (True, 2)


# What apps still write by their own rights, not by functions. Where "entry" stands, the change is refused without the ledger entry of
# the same transaction that says so (operations/sql/app_entries.sql).
WRITTEN = {
    # Django and django-allauth write these themselves, each app its own rows (access/sql/rows_of_a_role.sql).
    "counter insert django_session": "Django",
    "counter update django_session": "Django",
    "counter delete django_session": "Django",
    "backoffice insert django_session": "Django",
    "backoffice update django_session": "Django",
    "backoffice delete django_session": "Django",
    "backoffice insert mfa_authenticator": "django-allauth",
    "backoffice update mfa_authenticator": "django-allauth",
    "backoffice delete mfa_authenticator": "django-allauth",
    "counter update mfa_authenticator": "django-allauth: when a factor was last used",
    "backoffice update access_staff": "django-allauth: a password; is_active only to false, entry",
    "counter insert access_attempt": "own rows alone",
    "counter update access_attempt": "own rows alone",
    "counter delete access_attempt": "own rows alone",
    "backoffice insert access_attempt": "own rows alone",
    "backoffice update access_attempt": "own rows alone",
    "backoffice delete access_attempt": "own rows alone",
    # The ledger checks its own rows: form, words, verbs, actor, instant.
    "counter insert ledger_entry": "triggers of the ledger",
    "backoffice insert ledger_entry": "triggers of the ledger",
    "counter insert access_approval": "of its permissions alone, at the database's instant",
    "backoffice insert access_approval": "of its permissions alone, at the database's instant",
    # Sealed values and copies: insert alone, and nothing is read back.
    "counter insert vault_sealed": "entry",
    "counter insert vault_copy": "names of sealed files",
    "counter insert notices_notice": "entry; of its kinds alone",
    "backoffice insert notices_notice": "entry; of its kinds alone",
    "counter insert provisioning_command": "entry; only what the register says of the line by then",
    "counter insert registration_submission": "the receipt of a key, insert alone",
    "counter insert campaign_complaint": "entry",
    "backoffice insert campaign_complaint": "entry",
    "backoffice insert campaign_unreachablewaiver": "entry",
    "backoffice insert imports_upload": "entry; the file is sealed",
    "backoffice insert vault_file": "a sealed file, insert alone",
    "backoffice update campaign_batch": "entry; only to states of its own actions",
    "backoffice insert incidents_step": "entry",
    "backoffice update incidents_step": "entry",
    "backoffice update disclosures_request": "entry; only what is not decided yet",
    "backoffice update agents_agent": "entry",
    "backoffice update agents_case": "entry",
    "backoffice insert agents_reverification": "entry",
    "counter insert agents_registration": "entry",
    "counter insert agents_case": "entry",
    "counter insert agents_imagefingerprint": "keyed hashes, insert alone",
    "backoffice insert notices_returnedletter": "entry; verified by another process",
    "backoffice insert reporting_auditsample": "entry",
    "backoffice insert reporting_auditsampleline": "lines of a sample",
    "backoffice insert selfcare_consent": "entry",
    "counter insert selfcare_case": "entry",
    "counter insert selfcare_reservedcode": "entry",
    "counter update selfcare_application": "entry",
    "counter insert offline_ticket": "a spool, insert alone",
    "counter insert offline_registration": "a spool, insert alone",
    # The portal writes into spools alone, and deletes what it asked for.
    "portal insert selfcare_coderequest": "a spool",
    "portal insert selfcare_portalrequest": "a spool",
    "portal delete selfcare_portalrequest": "its own answer, once it was taken",
}


@pytest.mark.parametrize("limit", range(9))
def test_a_registration_that_reaches_the_limit_is_refused_by_name(new_day, clerk, vaulted, as_role, limit):  # noqa: F811
    who = person()
    register_subscriber(clerk, submission(fresh_number(), who), on=ON)
    set_limits(lookups_per_day=limit)

    with as_role("counter"):
        try:
            with transaction.atomic():
                register_subscriber(clerk, submission(fresh_number(), who), on=ON)
            said = ""
        except RollkeeperError as fault:
            said = fault.code

    assert said == (INDEX_LOOKUPS_USED_UP.code if limit < 4 else "")
