# SPDX-License-Identifier: EUPL-1.2
"""Registering remotely: what the pack has seen waits for a clerk, what it has not is declared; and it opens nothing else."""

import base64
import contextlib
import datetime as dt
import json
import re

import pytest
from django.db.utils import ProgrammingError

from rollkeeper.access.authority import worker_authority
from rollkeeper.access.roles import StaffRole
from rollkeeper.kernel.choices import Service
from rollkeeper.kernel.database import action, rows, run
from rollkeeper.kernel.errors import RollkeeperError
from rollkeeper.kernel.ids import new_uuid
from rollkeeper.lines.choices import AccessKind
from rollkeeper.lines.errors import AccessLimitReached
from rollkeeper.lines.lookups import count_access
from rollkeeper.lines.models import Line
from rollkeeper.lines.queries import registered_as, tenures, view_line
from rollkeeper.offline.remote_applications import settle_applications
from rollkeeper.operations.bootstrap import set_lookup_limits
from rollkeeper.registration import services
from rollkeeper.registration.errors import SUBMISSION_KEY_USED, ConcurrentUpdate
from rollkeeper.selfcare import applications, document_check, portal_client
from rollkeeper.selfcare.applications import ApplicationData, expire_applications
from rollkeeper.selfcare.choices import PortalRequestKind
from rollkeeper.selfcare.document_check import check_document, outcome_of
from rollkeeper.selfcare.errors import NO_APPLICATION
from rollkeeper.vault.errors import EPOCH_NOT_GENUINE, TOO_MANY_OPENINGS, VAULT_OUT_OF_REACH
from rollkeeper.vault.offline_keys import renew_offline_keys, seal_offline, verified_sealer
from tests.builders.kinds import TOURIST, VISITOR, with_checks, with_kinds
from tests.builders.lines import activate_line
from tests.builders.packs import REFERENCE, use_pack
from tests.builders.staff import employ
from tests.refusals import refusing
from tests.registration.conftest import limited  # noqa: F401 - the same limits as at the counter
from tests.selfcare.people import NUMBER, ON, PERSON, register_line, session

FREE = "+8613908917777"
DOCUMENT = (PERSON["document_type"], PERSON["document_number"])


@pytest.fixture
def line(at_portal):
    """A line in service without a registered subscriber, and a key to which pages seal."""
    renew_offline_keys(worker_authority(), lasts_days=7, on=ON)
    return activate_line(FREE, service=Service.MOBILE, on=dt.date(2010, 5, 1))


@pytest.fixture
def unseen(law_put_back):
    """A law that does not require the document to be seen."""
    use_pack(re.sub(r"    verification:\n(      .*\n)+", "", REFERENCE))


def ask(token, kind, payload=None, sealed=None):
    return portal_client.send_request(token, kind, language="en", payload=payload, sealed=sealed)


def apply(
    token, person=PERSON, *, key=None, copies=(), machine_read=False, kind="individual", elsewhere=None
):
    begun = ask(token, PortalRequestKind.APPLY_BEGIN)
    if "done" not in begun:
        return begun
    key, application_id = key or str(new_uuid()), new_uuid()
    half = begun["done"]
    sealer = verified_sealer(half["key"], base64.b64decode(half["half"]), bytes.fromhex(half["signature"]))
    sealed = seal_offline(
        sealer, ApplicationData(person, copies, "en", machine_read, kind=kind, lines_elsewhere=elsewhere).packed(), submission_key=key, ticket_id=application_id
    )  # fmt: skip
    return ask(token, PortalRequestKind.APPLY, {"key": key, "application": str(application_id)}, sealed)


def clerk():
    return employ(StaffRole.CLERK)


def see(authority, *, key="seen-at-a-counter", document=DOCUMENT, name=PERSON["name"]):
    check_document(
        authority, submission_key=key, number=FREE, document=document, name=name, language="en", on=ON
    )


@pytest.fixture
def limits(data_dir):
    yield set_lookup_limits
    set_lookup_limits()


# ---- where the pack has the document seen ----


def test_a_document_seen_for_one_line_is_not_said_to_be_seen_for_another(line, at_portal):
    apply(session(at_portal, FREE))
    see(authority := clerk())

    with refusing(SUBMISSION_KEY_USED):
        check_document(
            authority,
            submission_key="seen-at-a-counter",
            number=NUMBER,
            document=DOCUMENT,
            name=PERSON["name"],
            language="en",
            on=ON,
        )

    see(authority)


def test_a_document_that_is_sent_twice_at_once_is_seen_and_no_one_is_told_otherwise(
    line, at_portal, monkeypatch
):
    apply(session(at_portal, FREE))
    authority, look = clerk(), document_check.find_line_for_clerk

    def after_the_first(*said, **more):
        monkeypatch.setattr(document_check, "find_line_for_clerk", look)
        see(authority)
        return look(*said, **more)

    monkeypatch.setattr(document_check, "find_line_for_clerk", after_the_first)
    see(authority)

    assert outcome_of("seen-at-a-counter").state == "checked"
    assert len(rows("SELECT FROM ledger_entry WHERE verb = 'selfcare:application:checked'")) == 1


PLAIN_JPEG = b"\xff\xd8" + b"\xff\xda\x00\x02" + b"invented pixels" + b"\xff\xd9"


@pytest.mark.parametrize("service", ["domain", "internet_access", "hosted_site", "address_block"])
def test_who_is_no_telephone_user_is_registered_without_a_visit_and_without_a_copy(line, at_portal, service):
    token = session(at_portal, FREE)
    run("UPDATE lines_line SET service = %s WHERE line_id = %s", [service, line])

    answer = apply(token, copies=(PLAIN_JPEG,))

    assert answer["done"]["verb"] == "line:tenure:registered"
    assert view_line(line).is_registered
    assert rows("SELECT FROM vault_copy") == []


def test_where_the_document_must_be_checked_it_waits_and_the_clock_is_paused(line, at_portal):
    token = session(at_portal, FREE)

    answer = apply(token)

    assert answer["done"]["verb"] == "selfcare:application:submitted"
    assert not view_line(line).is_registered
    (waits,) = rows("SELECT * FROM selfcare_application")
    assert (waits.state, waits.until) == ("pending", ON + dt.timedelta(days=14))
    assert not any(value.encode() in bytes(waits.sealed) for value in PERSON.values())
    (pause,) = rows("SELECT days, reason FROM lines_pause WHERE line_id = %s", [line])
    assert (pause.reason, pause.days.lower, pause.days.upper) == (
        "application",
        ON,
        ON + dt.timedelta(days=15),
    )
    assert (
        ask(token, PortalRequestKind.DASHBOARD)["done"]["applied_until"]
        == (ON + dt.timedelta(days=14)).isoformat()
    )


def test_a_checked_application_is_recorded_in_the_clerks_name_and_erased(line, at_portal):
    apply(session(at_portal, FREE), machine_read=True)
    authority = clerk()

    see(authority)
    assert settle_applications(worker_authority()) == 1

    assert outcome_of("seen-at-a-counter").state == "registered"
    (held,) = tenures(line)
    assert held.assurance == "machine_read"
    (left,) = rows("SELECT sealed, document_mark, name_mark, checked_by FROM selfcare_application")
    assert (left.sealed, left.document_mark, left.name_mark, left.checked_by) == (
        None,
        None,
        None,
        authority.staff_id,
    )
    (entry,) = rows("SELECT body FROM ledger_entry WHERE verb = 'line:tenure:registered'")
    assert json.loads(entry.body)["role"] == "clerk"


@pytest.mark.parametrize(
    "fault", [VAULT_OUT_OF_REACH(), TOO_MANY_OPENINGS(article="art. 11", reason="enough", remedy="Tomorrow.")]
)
def test_a_checked_application_waits_while_nothing_can_be_opened(line, at_portal, monkeypatch, fault):
    apply(session(at_portal, FREE))
    see(clerk())

    def away(*_, **__):
        raise fault

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(applications, "open_offline", away)
        with pytest.raises(RollkeeperError):
            settle_applications(worker_authority())

    assert settle_applications(worker_authority()) == 1
    assert outcome_of("seen-at-a-counter").state == "registered"


def test_a_checked_application_waits_for_the_next_run_while_its_line_is_busy(line, at_portal, monkeypatch):
    apply(session(at_portal, FREE))
    see(clerk())

    def busy(*_, **__):
        raise ConcurrentUpdate

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(services, "register_subscriber", busy)
        assert settle_applications(worker_authority()) == 0

    assert settle_applications(worker_authority()) == 1
    assert outcome_of("seen-at-a-counter").state == "registered"


def test_an_application_is_not_refused_for_a_limit_of_its_clerk(line, at_portal, limits):
    apply(session(at_portal, FREE))
    authority = clerk()
    see(authority)
    limits(lookups_per_day=1)
    for _ in range(2):
        with action(), contextlib.suppress(AccessLimitReached):
            count_access(authority, AccessKind.LOOKUP, on=ON)

    settle_applications(worker_authority())

    assert [one.outcome for one in rows("SELECT state AS outcome FROM selfcare_application")] == ["pending"]
    limits(lookups_per_day=100)
    see(authority, key="seen-again")
    assert settle_applications(worker_authority()) == 1
    assert outcome_of("seen-again").state == "registered"


@pytest.mark.parametrize("wrong", [{"name": "Another Name"}, {"document": ("passport-npl", "X7654321")}])
def test_another_document_or_name_than_was_given_settles_nothing(line, at_portal, wrong):
    apply(session(at_portal, FREE))

    with refusing(NO_APPLICATION):
        see(clerk(), **wrong)

    assert settle_applications(worker_authority()) == 0
    assert not view_line(line).is_registered


def test_an_application_without_the_state_of_its_passport_is_met_by_the_passport(line, at_portal):
    apply(session(at_portal, FREE), PERSON | {"document_type": "passport"})

    see(clerk(), document=("passport-npl", PERSON["document_number"]))

    assert settle_applications(worker_authority()) == 1
    assert view_line(line).is_registered


def test_the_counters_role_compares_and_cannot_select_what_is_sealed(line, at_portal, as_role):
    apply(session(at_portal, FREE))
    who = clerk()

    with as_role("counter"):
        with refusing(NO_APPLICATION):
            see(who, name="Someone Else")
        see(who)
    for hidden in ("sealed", "document_mark", "name_mark"):
        with pytest.raises(ProgrammingError, match="permission denied"), as_role("counter"):
            rows(f"SELECT {hidden} FROM selfcare_application")  # noqa: S608 - our own words
    with pytest.raises(ProgrammingError, match="permission denied"), as_role("portal"):
        rows("SELECT state FROM selfcare_application")


@pytest.mark.parametrize(("day", "expired"), [(13, 0), (14, 0), (15, 1)])
def test_what_nobody_saw_is_forgotten_the_day_after_its_last_day(line, at_portal, day, expired):
    apply(session(at_portal, FREE))

    assert expire_applications(worker_authority(), on=ON + dt.timedelta(days=day)) == expired

    (waits,) = rows("SELECT sealed, document_mark, name_mark FROM selfcare_application")
    assert (waits.sealed is None, waits.document_mark is None, waits.name_mark is None) == (
        bool(expired),
    ) * 3


def test_a_second_application_stops_no_clock_again(line, at_portal):
    token = session(at_portal, FREE)
    apply(token)
    expire_applications(worker_authority(), on=ON + dt.timedelta(days=15))

    assert apply(token)["done"]["verb"] == "selfcare:application:submitted"

    assert len(rows("SELECT FROM lines_pause WHERE line_id = %s", [line])) == 1


def test_what_was_sent_twice_is_one_application_and_another_waits_behind_it(line, at_portal):
    token, key = session(at_portal, FREE), str(new_uuid())
    first = apply(token, key=key)

    again = ask(token, PortalRequestKind.APPLY, {"key": key})

    assert again["done"] == first["done"] | {"repeat": True}
    assert apply(token)["refused"] == "application_pending"


def test_the_key_of_what_was_done_to_another_line_registers_no_one(line, at_portal):
    key = str(new_uuid())
    register_line()
    paused = {"key": key, "reason": "hospital", "first": ON.isoformat()}
    assert "done" in ask(session(at_portal), PortalRequestKind.PAUSE, paused)
    token = session(at_portal, FREE)

    answers = [ask(token, PortalRequestKind.APPLY, {"key": key}), apply(token, key=key)]

    assert all("faults" in one["done"] for one in answers)
    assert rows("SELECT FROM selfcare_application") == []


def test_a_fault_is_said_with_its_article_and_leaves_nothing(line, at_portal):
    answer = apply(
        session(at_portal, FREE), {name: value for name, value in PERSON.items() if name != "address"}
    )

    assert "2 ¶1" in answer["done"]["faults"][0]["sentence"] + answer["done"]["faults"][0]["remedy"]
    assert rows("SELECT FROM selfcare_application") == []


def test_five_tries_a_session_and_no_more(line, at_portal):
    token = session(at_portal, FREE)
    bare = {"name": PERSON["name"]}

    answers = [apply(token, bare) for _ in range(6)]

    assert all("faults" in one["done"] for one in answers[:5])
    assert answers[5]["refused"] == "too_many_applications"


def test_ten_images_a_session_and_no_more(line, at_portal):
    token = session(at_portal, FREE)

    answers = [ask(token, PortalRequestKind.APPLY_IMAGE) for _ in range(11)]

    assert [one.get("refused") for one in answers] == [None] * 10 + ["too_many_applications"]


def test_a_line_that_somebody_holds_is_registered_by_nobody_remotely(line, at_portal):
    register_line()

    assert ask(session(at_portal, NUMBER), PortalRequestKind.APPLY_BEGIN)["refused"] == "line_has_subscriber"


def test_a_public_half_of_somebody_else_is_refused_before_anything_is_sealed(line, at_portal):
    half = ask(session(at_portal, FREE), PortalRequestKind.APPLY_BEGIN)["done"]

    with refusing(EPOCH_NOT_GENUINE):
        verified_sealer(half["key"], base64.b64decode(half["half"])[::-1], bytes.fromhex(half["signature"]))


def test_a_copy_that_is_more_than_pixels_is_not_taken(line, at_portal):
    answer = apply(session(at_portal, FREE), copies=(b"\xff\xd8 not a picture \xff\xd9",))

    assert "faults" in answer["done"]
    assert rows("SELECT FROM selfcare_application") == []


# ---- where it does not ----


def test_where_the_law_has_nobody_see_it_the_line_is_registered_as_declared(unseen, line, at_portal):
    answer = apply(session(at_portal, FREE), machine_read=True)

    assert answer["done"]["verb"] == "line:tenure:registered"
    assert tenures(line)[0].assurance == "declared"
    (entry,) = rows("SELECT body FROM ledger_entry WHERE verb = 'selfcare:application:submitted'")
    facts = json.loads(entry.body)["facts"]
    assert (facts["pending"], facts["machine_read"]) == (False, True)


def test_a_remote_registration_is_notified_on_every_line_of_that_person(unseen, line, at_portal):
    other = register_line()

    apply(session(at_portal, FREE))

    notified = {(row.line_id, row.kind) for row in rows("SELECT line_id, kind FROM notices_notice")}
    assert {(line, "record_changed"), (other, "new_line_in_your_name")} <= notified


def test_a_remote_registration_opens_nothing_else_until_the_document_check(unseen, line, at_portal):
    register_line()
    token = session(at_portal, FREE)
    apply(token)

    for one in (token, session(at_portal, FREE)):
        assert (
            ask(one, PortalRequestKind.VERIFY, {"document": "00", "name": "00"})["refused"]
            == "document_never_checked"
        )
        assert [shown["line"] for shown in ask(one, PortalRequestKind.DASHBOARD)["done"]["lines"]] == [
            str(line)
        ]
        assert ask(one, PortalRequestKind.EXPORT)["refused"] == "verification_needed"


def test_tries_of_a_day_are_counted_over_all_sessions_of_a_line(unseen, line, at_portal, monkeypatch):
    monkeypatch.setattr(applications, "MOST_A_DAY", 2)
    bare = {"name": PERSON["name"]}
    first = session(at_portal, FREE)
    for _ in range(2):
        assert "faults" in apply(first, bare)["done"]

    assert apply(session(at_portal, FREE), PERSON)["refused"] == "too_many_applications"


def unseen_with_kinds():
    return re.sub(r"    verification:\n(      .*\n)+", "", with_kinds(VISITOR, TOURIST))


def test_a_kind_that_the_law_adds_is_registered_remotely_with_its_last_day(line, at_portal, law_put_back):
    use_pack(unseen_with_kinds())

    done = apply(session(at_portal, FREE), kind="tourist")

    assert done["done"]["verb"] == "line:tenure:registered"
    assert registered_as(line).good_through == ON + dt.timedelta(days=30)


@pytest.mark.parametrize("kind", ["visitor", "company", "minor", "another"])
def test_a_kind_whose_papers_have_to_be_looked_at_is_not_registered_remotely(
    line, at_portal, law_put_back, kind
):
    use_pack(unseen_with_kinds())

    refused = apply(session(at_portal, FREE), kind=kind)

    assert refused.get("refused") or refused["done"].get("faults")
    assert not view_line(line).is_registered


# ---- where the law names the checks ----


@pytest.mark.parametrize(
    ("checks", "state", "check"),
    [(("chip", "sight"), "registered", "sight"), (("sight",), "registered", None), (("chip", "registry"), "refused", None)],
)  # fmt: skip
def test_who_applied_and_shows_the_document_was_checked_by_sight(
    line, at_portal, law_put_back, checks, state, check
):
    use_pack(REFERENCE)
    apply(session(at_portal, FREE))
    use_pack(with_checks(*checks))

    see(clerk())
    settle_applications(worker_authority())

    assert (outcome_of("seen-at-a-counter").state, registered_as(line).identity_check) == (state, check)


def test_who_came_in_by_a_call_is_sent_to_a_counter_where_sight_is_no_check(line, at_portal, law_put_back):
    use_pack(with_checks("chip", "registry"))
    token = session(at_portal, FREE)
    run("UPDATE selfcare_portalsession SET is_limited = true")

    answer = apply(token)

    assert "another check" in str(answer["done"])
    assert rows("SELECT FROM selfcare_application") == []


def test_who_declares_remotely_is_asked_for_no_check(line, at_portal, law_put_back):
    use_pack(with_checks("chip", "registry"))

    answer = apply(session(at_portal, FREE))

    assert answer["done"]["verb"] == "line:tenure:registered"
    (held,) = tenures(line)
    assert (held.assurance, registered_as(line).identity_check) == ("declared", None)


NATIONAL = "what: lines, group: person, scope: national, kind: stock, n: 3, over: refuse"


def with_lines_here(count):
    for nth in range(count):
        register_line(f"+861390891{nth:04}", PERSON)
    Line.objects.all().update(activated_on=ON)


@pytest.mark.parametrize("here", [0, 1, 3])
@pytest.mark.parametrize("is_seen", [True, False])
def test_no_answer_to_an_application_tells_of_the_lines_that_its_person_has(at_portal, line, limited, here, is_seen, request):  # fmt: skip  # noqa: F811
    if not is_seen:
        request.getfixturevalue("unseen")
    with_lines_here(here)
    laws = REFERENCE if is_seen else re.sub(r"    verification:\n(      .*\n)+", "", REFERENCE)
    use_pack(
        laws.replace(
            "\nretention:", f"\nlimits:\n  - {{{NATIONAL}, because: {{article: 2 ¶1}}}}\nretention:", 1
        )
    )
    token = session(at_portal, FREE)

    refused = apply(token, elsewhere=3)
    taken = apply(token, elsewhere=2)

    assert "with all operators together" in refused["done"]["faults"][0]["sentence"]
    assert taken["done"]["verb"] == (
        "selfcare:application:submitted" if is_seen else "line:tenure:registered"
    )


@pytest.mark.parametrize(("here", "came"), [(2, "registered"), (3, "refused")])
@pytest.mark.parametrize("is_asked", [True, False])
def test_what_waited_is_judged_by_the_lines_here_and_no_number_waits_with_it(
    at_portal, line, limited, here, came, is_asked, monkeypatch  # noqa: F811
):  # fmt: skip
    with_lines_here(here)
    held = []
    seal = applications.seal_offline
    monkeypatch.setattr(
        applications, "seal_offline", lambda *given, **more: held.append(given[1]) or seal(*given, **more)
    )
    if is_asked:
        limited(NATIONAL)
    apply(session(at_portal, FREE), elsewhere=2 if is_asked else None)
    if not is_asked:
        limited(NATIONAL)
    see(clerk())

    settle_applications(worker_authority())

    assert outcome_of("seen-at-a-counter").state == came
    assert [json.loads(one)["lines_elsewhere"] for one in held] == [None]
    seen = rows(
        "SELECT person_id FROM ledger_entry WHERE verb = 'line:access:recorded' AND person_id IS NOT NULL"
    )
    assert len(seen) == (came == "refused")
