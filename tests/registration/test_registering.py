# SPDX-License-Identifier: EUPL-1.2
"""Registering, transferring, changing, ending: what happens to the line, the people and the record."""

import datetime as dt
from contextlib import nullcontext

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rollkeeper.access.authority import Authority, worker_authority
from rollkeeper.access.roles import StaffRole
from rollkeeper.kernel import clock
from rollkeeper.kernel.choices import Service
from rollkeeper.kernel.database import rows
from rollkeeper.kernel.errors import Faults
from rollkeeper.kernel.ids import StaffId, new_uuid
from rollkeeper.kernel.instance import InstanceKind
from rollkeeper.kernel.settings import write_settings
from rollkeeper.lines.choices import LineState, PauseReason, SuspensionReason
from rollkeeper.lines.errors import (
    LINE_TERMINATED,
    NUMBER_QUARANTINED,
    NUMBER_STILL_SERVED,
    LineNotFound,
)
from rollkeeper.lines.models import Number
from rollkeeper.lines.queries import find_line, line_history, tenures, view_line
from rollkeeper.lines.services import mark_disputed, pause_clock
from rollkeeper.provisioning.services import push_due
from rollkeeper.registration import errors
from rollkeeper.registration.rules import clean
from rollkeeper.registration.services import (
    change_record,
    install_line,
    pause_line,
    register_subscriber,
    relocate_line,
    replace_sim,
    terminate_line,
    transfer_line,
)
from rollkeeper.registration.submissions import Presence
from rollkeeper.subscribers.choices import PartyKind, PartyRole
from tests.builders.commands import change_commands
from tests.builders.lines import mark_terminated
from tests.builders.packs import REFERENCE, use_pack
from tests.provisioning.fakes import Element
from tests.refusals import refusing
from tests.registration.people import ON, card, fresh_number, given_by, person, submission, without_address

pytestmark = pytest.mark.usefixtures("vaulted")


def subscriber_of(number):
    return tenures(find_line(number).line_id)[-1]


def document(who):
    return who["document_type"], who["document_number"]


def test_a_number_that_has_no_line_yet_gets_one(clerk):
    number = fresh_number()

    receipt = register_subscriber(clerk, submission(number), on=ON)

    line = find_line(number)
    assert (line.line_id, line.service, line.is_registered) == (receipt.line_id, Service.MOBILE, True)
    assert subscriber_of(number).assurance == "checked"


def test_a_foreign_number_has_no_line_until_it_is_registered_here(clerk):
    roaming = "+9779841234567"
    assert find_line(roaming) is None

    register_subscriber(clerk, submission(roaming), on=ON)

    assert find_line(roaming).is_registered


def test_a_new_line_is_opened_in_the_network_which_may_know_its_number_as_ended(clerk):
    number = fresh_number()

    receipt = register_subscriber(clerk, submission(number), on=ON)

    commands = rows("SELECT kind, reason FROM provisioning_command WHERE line_id = %s", [receipt.line_id])
    assert [(one.kind, one.reason) for one in commands] == [("restore", "new_line")]


def test_registering_while_suspended_restores_the_line_the_same_day(clerk, new_line):
    number = new_line(SuspensionReason.REGISTRATION)

    register_subscriber(clerk, submission(number), on=ON)

    line = find_line(number)
    commands = rows("SELECT kind FROM provisioning_command WHERE line_id = %s", [line.line_id])
    notices = rows("SELECT kind FROM notices_notice WHERE line_id = %s", [line.line_id])
    assert (line.state, line.reasons) == (LineState.ACTIVE, ())
    assert [c.kind for c in commands] == ["restore"]
    assert [n.kind for n in notices] == ["restored"]


def test_registering_lifts_want_of_registration_and_leaves_the_other_reasons(clerk, new_line):
    number = new_line(SuspensionReason.REGISTRATION, SuspensionReason.UNPAID, SuspensionReason.LOST_OR_STOLEN)

    register_subscriber(clerk, submission(number), on=ON)

    line = find_line(number)
    command = rows("SELECT kind, reason FROM provisioning_command WHERE line_id = %s", [line.line_id])
    assert line.state is LineState.SUSPENDED
    assert set(line.reasons) == {SuspensionReason.UNPAID, SuspensionReason.LOST_OR_STOLEN}
    assert [tuple(c) for c in command] == [("bar", "lost_or_stolen")]


def test_registering_changes_the_version_so_that_a_batch_drawn_up_before_is_void(clerk, new_line):
    number = new_line()
    before = find_line(number).version

    register_subscriber(clerk, submission(number), on=ON)

    assert find_line(number).version == before + 1


def test_a_second_registration_of_a_registered_line_is_refused(clerk, new_line):
    number = new_line()
    register_subscriber(clerk, submission(number), on=ON)

    with refusing(errors.ALREADY_REGISTERED):
        register_subscriber(clerk, submission(number), on=ON)


def test_a_repeated_submission_gives_the_first_receipt_and_does_nothing(clerk, new_line):
    once = submission(new_line())
    first = register_subscriber(clerk, once, on=ON)

    again = register_subscriber(clerk, once, on=ON)

    entries = rows("SELECT count(*) AS n FROM ledger_entry WHERE line_id = %s", [first.line_id])
    assert (again, again.is_repeat, first.is_repeat) == (first, True, False)
    assert entries[0].n == 1


def test_a_key_used_for_another_act_is_refused(clerk, new_line):
    once = submission(new_line())
    register_subscriber(clerk, once, on=ON)

    with refusing(errors.SUBMISSION_KEY_USED):
        transfer_line(clerk, once, on=ON)


@pytest.mark.parametrize("key", ["", "short", "a" * 101, "has space in it", "钥匙钥匙钥匙钥匙"])
def test_a_key_that_is_none_is_refused(clerk, key):
    with refusing(errors.INVALID_SUBMISSION_KEY):
        register_subscriber(clerk, submission(fresh_number(), submission_key=key), on=ON)


def test_the_entry_and_the_receipt_hold_nothing_personal(clerk, new_line):
    who, number = person(name="Ngawang Invented"), new_line()

    receipt = register_subscriber(clerk, submission(number, who), on=ON)

    kept = (
        repr(receipt)
        + str(rows("SELECT * FROM ledger_entry"))
        + str(rows("SELECT * FROM registration_submission"))
    )
    assert not [value for value in [*who.values(), number, number[3:]] if value in kept]


def test_the_register_holds_no_value_in_clear(clerk, new_line):
    who, number = person(name="Ngawang Invented"), new_line()

    register_subscriber(clerk, submission(number, who), on=ON)

    tables = [r.tablename for r in rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
    everything = "".join(str(rows(f"SELECT t::text FROM {table} t")) for table in tables)  # noqa: S608
    values = [who["name"], who["address"], who["document_number"], number, number[3:]]
    hexes = [value.encode().hex() for value in values]
    assert not [value for value in [*values, *hexes] if value in everything]


# The same document, the same name.


def test_the_same_document_is_the_same_person(clerk):
    who = person()
    numbers = [fresh_number(), fresh_number()]

    for number in numbers:
        register_subscriber(clerk, submission(number, who), on=ON)

    assert subscriber_of(numbers[0]).person_id == subscriber_of(numbers[1]).person_id


def test_the_same_name_and_birth_date_is_not_the_same_person(clerk):
    first, second = card(5), card(6)
    numbers = [fresh_number(), fresh_number()]

    for number, document_number in zip(numbers, [first, second], strict=True):
        who = person(name="Tenzin", document_number=document_number)
        register_subscriber(clerk, submission(number, who), on=ON)

    assert first[6:14] == second[6:14]
    assert subscriber_of(numbers[0]).person_id != subscriber_of(numbers[1]).person_id


def test_the_old_and_the_new_form_of_one_card_are_one_person(clerk):
    numbers = [fresh_number(), fresh_number()]

    for number, written in zip(numbers, ["110105491231002", "11010519491231002ｘ"], strict=True):
        register_subscriber(clerk, submission(number, person(document_number=written)), on=ON)

    assert subscriber_of(numbers[0]).person_id == subscriber_of(numbers[1]).person_id


def test_two_passports_of_different_states_with_one_number_are_two_people(clerk):
    numbers = [fresh_number(), fresh_number()]

    for number, kind in zip(numbers, ["passport-nep", "passport-btn"], strict=True):
        who = person(document_type=kind, document_number="01234567")
        register_subscriber(clerk, submission(number, who), on=ON)

    assert subscriber_of(numbers[0]).person_id != subscriber_of(numbers[1]).person_id


def test_the_persons_other_lines_hear_of_a_new_one(clerk):
    who, first = person(), fresh_number()
    register_subscriber(clerk, submission(first, who), on=ON)

    register_subscriber(clerk, submission(fresh_number(), who), on=ON)

    notified = rows("SELECT line_id FROM notices_notice WHERE kind = 'new_line_in_your_name'")
    assert [row.line_id for row in notified] == [find_line(first).line_id]


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(name=st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=200).filter(clean))
def test_every_name_in_any_script_is_recorded_whole_as_one_text(clerk, name):
    receipt = register_subscriber(clerk, submission(fresh_number(), person(name=name)), on=ON)

    kept = rows(
        "SELECT field FROM vault_sealed WHERE tenure_id = %s", [tenures(receipt.line_id)[0].tenure_id]
    )
    assert sorted(row.field for row in kept) == ["address", "document_number", "document_type", "name"]


# Documents.


SUPERVISOR = Authority(frozenset({StaffRole.SUPERVISOR}), StaffId(new_uuid()), "5a" * 32)


def test_a_doubtful_number_asks_for_a_second_look_and_is_then_recorded(clerk, new_line):
    who = person(document_type="passport", document_number="NOFIGURES")
    number = new_line()
    with refusing(errors.DOCUMENT_DOUBTFUL):
        register_subscriber(clerk, submission(number, who), on=ON)

    register_subscriber(clerk, submission(number, who, double_checked=True), on=ON)

    assert subscriber_of(number).assurance == "sighted"


@pytest.mark.parametrize("by_another", [True, False])
def test_a_failed_check_digit_asks_for_a_supervisor_as_well_and_is_no_wall(clerk, new_line, by_another):
    who, number = person(document_number="110105194912310021"), new_line()
    with pytest.raises(errors.DocumentNeedsSupervisor) as refused:
        register_subscriber(clerk, submission(number, who, double_checked=True), on=ON)

    looked = submission(
        number, who, double_checked=True, approved_by=SUPERVISOR.staff_id if by_another else None
    )
    register_subscriber(clerk if by_another else SUPERVISOR, looked, on=ON)

    assert "110105194912310021" not in str(refused.value) + refused.value.advice
    assert subscriber_of(number).assurance == "sighted"


def test_nobody_is_the_supervisor_of_what_they_submit_themselves(clerk, new_line):
    who = person(document_number="110105194912310021")

    with pytest.raises(errors.DocumentNeedsSupervisor):
        register_subscriber(
            clerk, submission(new_line(), who, double_checked=True, approved_by=clerk.staff_id), on=ON
        )


def test_a_failed_check_digit_in_a_file_of_what_was_declared_is_no_wall(clerk, new_line):
    who, number = person(document_number="110105194912310021"), new_line()

    register_subscriber(clerk, submission(number, who, document_seen=False), on=ON)

    assert subscriber_of(number).assurance == "declared"


@pytest.mark.parametrize(
    ("machine_read", "document_seen", "number_of_card", "assurance"),
    [
        ({PartyRole.SUBSCRIBER}, True, None, "machine_read"),
        (set(), True, None, "checked"),
        ({PartyRole.USER}, True, None, "checked"),
        ({PartyRole.SUBSCRIBER}, False, None, "declared"),
        ({PartyRole.SUBSCRIBER}, True, "110105194912310021", "sighted"),
    ],
)
def test_a_registration_is_recorded_as_sure_as_it_was_and_no_surer(
    new_line, machine_read, document_seen, number_of_card, assurance
):
    who = person(**({"document_number": number_of_card} if number_of_card else {}))
    number = new_line()

    register_subscriber(
        SUPERVISOR,
        submission(
            number,
            who,
            machine_read=frozenset(machine_read),
            document_seen=document_seen,
            double_checked=True,
        ),
        on=ON,
    )

    assert subscriber_of(number).assurance == assurance


def test_an_impossible_number_is_refused_by_part_and_reason_without_the_number(clerk):
    with pytest.raises(errors.InvalidDocumentNumber) as fault:
        register_subscriber(clerk, submission(fresh_number(), person(document_number="987654")), on=ON)

    assert fault.value.facts == {"part": "subscriber", "reasons": "length"}


# Exactly the attributes of the pack.


def test_an_attribute_for_which_the_law_does_not_ask_is_refused_by_name(clerk):
    with refusing(errors.UNKNOWN_ATTRIBUTE, match="religion"):
        register_subscriber(clerk, submission(fresh_number(), person(religion="none")), on=ON)


def test_an_attribute_name_that_could_be_somebodys_data_is_not_shown(clerk):
    with refusing(errors.UNKNOWN_ATTRIBUTE) as fault:
        register_subscriber(clerk, submission(fresh_number(), person() | {"多吉": "1"}), on=ON)

    assert "多吉" not in str(fault.value)


@pytest.mark.parametrize("name", ["name", "address", "document_type", "document_number"])
def test_each_missing_attribute_is_named_with_its_article(clerk, name):
    who = {key: value for key, value in person().items() if key != name}

    with refusing(errors.MISSING_ATTRIBUTE) as fault:
        register_subscriber(clerk, submission(fresh_number(), who), on=ON)

    assert fault.value.facts["attribute"] == name
    assert fault.value.facts["article"]


def test_every_fault_is_reported_and_not_only_the_first(clerk):
    with pytest.raises(Faults) as fault:
        register_subscriber(clerk, submission(fresh_number(), {"name": "Tenzin", "faith": "x"}), on=ON)

    assert len(fault.value.faults) == 4


# Companies and minors.


def company(**changes):
    parts = {
        PartyRole.SUBSCRIBER: person(
            document_type="cn-business-licence", document_number="91110000600037341L"
        ),
        PartyRole.USER: person(),
        PartyRole.BEARER: without_address(),
    }
    return {"kind": PartyKind.COMPANY, "parts": parts | changes}


def test_a_company_line_records_company_user_and_bearer(clerk):
    number = fresh_number()

    register_subscriber(clerk, submission(number, **company()), on=ON)

    held = subscriber_of(number)
    assert held.party_kind == "company"
    assert len({held.person_id, held.user_person_id, held.bearer_person_id}) == 3


def test_a_company_whose_representative_left_has_another_bring_its_papers(clerk):
    number, first = fresh_number(), company()
    register_subscriber(clerk, submission(number, **first), on=ON)
    before = subscriber_of(number)
    parts = first["parts"] | {PartyRole.BEARER: without_address()}

    change_record(clerk, submission(number, kind=PartyKind.COMPANY, parts=parts), on=ON)

    after = subscriber_of(number)
    assert (after.person_id, after.user_person_id) == (before.person_id, before.user_person_id)
    assert after.bearer_person_id != before.bearer_person_id
    assert find_line(number).reasons == ()


def test_who_uses_the_line_may_be_who_brought_the_papers(clerk):
    number, who = fresh_number(), person()
    parts = company()["parts"] | {
        PartyRole.USER: who,
        PartyRole.BEARER: {k: v for k, v in who.items() if k != "address"},
    }

    register_subscriber(clerk, submission(number, kind=PartyKind.COMPANY, parts=parts), on=ON)

    held = subscriber_of(number)
    assert held.user_person_id == held.bearer_person_id


def test_a_company_without_its_user_is_refused_where_a_text_that_was_read_asks_it(clerk, law_put_back):
    reported = "because: {article: as reported, source: measure}"
    use_pack(REFERENCE.replace(reported, 'because: {article: "2 ¶1"}'))
    parts = {role: who for role, who in company()["parts"].items() if role is not PartyRole.USER}

    with refusing(errors.PART_MISSING):
        register_subscriber(clerk, submission(fresh_number(), kind=PartyKind.COMPANY, parts=parts), on=ON)


@pytest.mark.parametrize(
    "left_out", [{}, {"document_type": "cn-resident-card"}, {"name": "", "address": ""}, None]
)
def test_no_company_is_turned_away_for_want_of_what_only_the_press_reported(clerk, left_out):
    number = fresh_number()
    parts = {PartyRole.SUBSCRIBER: company()["parts"][PartyRole.SUBSCRIBER]} | (
        {} if left_out is None else {PartyRole.USER: left_out, PartyRole.BEARER: left_out}
    )

    register_subscriber(clerk, submission(number, kind=PartyKind.COMPANY, parts=parts), on=ON)

    held = subscriber_of(number)
    assert (held.user_person_id, held.bearer_person_id) == (None, None)


def test_of_who_uses_a_company_line_as_much_is_recorded_as_was_said(clerk):
    number = fresh_number()
    parts = {
        PartyRole.SUBSCRIBER: company()["parts"][PartyRole.SUBSCRIBER],
        PartyRole.USER: {"name": "Invented User"},
    }

    register_subscriber(clerk, submission(number, kind=PartyKind.COMPANY, parts=parts), on=ON)

    held = subscriber_of(number)
    assert held.user_person_id is not None
    assert held.bearer_person_id is None


@pytest.mark.parametrize("part", [PartyRole.USER, PartyRole.BEARER])
def test_of_who_uses_a_company_line_nothing_is_recorded_that_no_pack_names(clerk, part):
    parts = company()["parts"] | {part: {"name": "Invented User", "email": "x"}}

    with refusing(errors.UNKNOWN_ATTRIBUTE):
        register_subscriber(clerk, submission(fresh_number(), kind=PartyKind.COMPANY, parts=parts), on=ON)


def test_a_company_itself_is_demanded(clerk):
    parts = {key: value for key, value in company()["parts"].items() if key is not PartyRole.SUBSCRIBER}

    with refusing(errors.PART_MISSING):
        register_subscriber(clerk, submission(fresh_number(), kind=PartyKind.COMPANY, parts=parts), on=ON)


def test_a_minor_without_a_guardian_is_refused(clerk):
    with refusing(errors.PART_MISSING):
        register_subscriber(
            clerk,
            submission(fresh_number(), kind=PartyKind.MINOR, parts={PartyRole.SUBSCRIBER: person()}),
            on=ON,
        )


def test_a_minor_is_registered_with_a_guardian(clerk):
    number = fresh_number()
    parts = {PartyRole.SUBSCRIBER: person(), PartyRole.GUARDIAN: without_address()}

    register_subscriber(clerk, submission(number, kind=PartyKind.MINOR, parts=parts), on=ON)

    held = subscriber_of(number)
    assert held.party_kind == "minor"
    assert held.guardian_person_id not in {None, held.person_id}


def test_an_individual_is_asked_for_nobody_else(clerk):
    parts = {PartyRole.SUBSCRIBER: person(), PartyRole.GUARDIAN: without_address()}

    with refusing(errors.PART_NOT_ASKED):
        register_subscriber(clerk, submission(fresh_number(), parts=parts), on=ON)


# Transfers.


def test_a_transfer_registers_the_new_subscriber_and_keeps_the_old_one_as_history(clerk, new_line):
    number, old, new = new_line(), person(), person()
    register_subscriber(clerk, submission(number, old), on=ON)

    transfer_line(clerk, submission(number, new, transferor=given_by(old)), on=ON)

    first, second = tenures(find_line(number).line_id)
    assert first.person_id != second.person_id
    assert (first.until, second.until) == (second.since, None)


def test_the_old_deadline_does_not_follow_a_transfer(clerk, new_line):
    number = new_line(SuspensionReason.REGISTRATION)

    transfer_line(clerk, submission(number), on=ON)

    line = find_line(number)
    assert (line.is_registered, line.state) == (True, LineState.ACTIVE)


def test_identity_belongs_to_the_period_and_not_to_the_number(clerk, new_line):
    number, old = new_line(), person()
    register_subscriber(clerk, submission(number, old), on=ON)
    between = clock.now()
    transfer_line(clerk, submission(number, transferor=given_by(old)), on=ON)

    line_id = find_line(number).line_id
    earlier, later = tenures(line_id)
    assert earlier.since <= between < earlier.until == later.since
    assert later.until is None


def test_a_transfer_to_the_present_subscriber_is_refused(clerk, new_line):
    number, who = new_line(), person()
    register_subscriber(clerk, submission(number, who), on=ON)

    with refusing(errors.SAME_SUBSCRIBER):
        transfer_line(clerk, submission(number, who, transferor=given_by(who)), on=ON)


def test_a_line_in_dispute_is_not_transferred(clerk, new_line):
    number = new_line()
    mark_disputed(clerk, find_line(number).line_id, ON)

    with refusing(errors.LINE_IN_DISPUTE):
        transfer_line(clerk, submission(number), on=ON)


def test_a_line_suspended_for_more_is_not_transferred(clerk, new_line):
    number = new_line(SuspensionReason.REGISTRATION, SuspensionReason.ORDER)

    with refusing(errors.OTHER_SUSPENSIONS_OPEN, match="order"):
        transfer_line(clerk, submission(number), on=ON)


# Installing, relocating, changing.


def test_an_installed_line_is_registered_from_its_first_day(clerk):
    number = "+868916331234"

    install_line(clerk, submission(number, service=Service.FIXED_LINE), on=ON)

    line = find_line(number)
    assert (line.service, line.activated_on, line.is_registered) == (Service.FIXED_LINE, ON, True)


def test_a_line_is_not_installed_under_a_number_in_use(clerk, new_line):
    with refusing(errors.NUMBER_IN_USE):
        install_line(clerk, submission(new_line()), on=ON)


def test_a_domain_is_registered_under_its_name(clerk):
    register_subscriber(clerk, submission("例子.中国", service=Service.DOMAIN), on=ON)

    assert find_line("xn--fsqu00a.xn--fiqs8s").service is Service.DOMAIN


@pytest.mark.parametrize(
    ("service", "kept"), [(Service.MOBILE, 1), (Service.DOMAIN, 0), (Service.HOSTED_SITE, 0)]
)
def test_a_copy_is_kept_only_of_a_telephone_users_document(clerk, new_line, service, kept):
    number = new_line() if service is Service.MOBILE else f"example-{service.value.replace('_', '-')}.cn"
    copies = {PartyRole.SUBSCRIBER: (b"\xff\xd8 an invented picture",)}

    register_subscriber(clerk, submission(number, service=service, copies=copies), on=ON)

    assert len(rows("SELECT FROM vault_copy")) == kept
    assert len(rows("SELECT FROM ledger_entry WHERE verb = 'line:copy:kept'")) == kept


def test_a_relocated_line_has_a_new_record_of_the_same_subscriber(clerk, new_line):
    number, who = new_line(service=Service.FIXED_LINE), person()
    register_subscriber(clerk, submission(number, who), on=ON)

    relocate_line(clerk, submission(number, who | {"address": "日喀则市虚构路 9 号"}), on=ON)

    first, second = tenures(find_line(number).line_id)
    assert first.person_id == second.person_id
    assert first.tenure_id != second.tenure_id


def test_a_mobile_line_has_no_place_to_be_relocated_from(clerk, new_line):
    number, who = new_line(), person()
    register_subscriber(clerk, submission(number, who), on=ON)

    with refusing(errors.NOT_RELOCATABLE):
        relocate_line(clerk, submission(number, who), on=ON)


def test_nobody_changes_anothers_record(clerk, new_line):
    number = new_line()
    register_subscriber(clerk, submission(number), on=ON)

    with refusing(errors.NOT_THE_SUBSCRIBER):
        change_record(clerk, submission(number), on=ON)


def test_a_new_name_makes_no_new_person_and_starts_no_clock(clerk, new_line):
    number, who = new_line(), person()
    register_subscriber(clerk, submission(number, who), on=ON)

    change_record(clerk, submission(number, who | {"name": "Another Name"}), on=ON)

    first, second = tenures(find_line(number).line_id)
    assert (first.person_id, find_line(number).state) == (second.person_id, LineState.ACTIVE)


def test_a_renewed_document_is_a_further_document_of_one_person(clerk, new_line):
    number, who = new_line(), person(document_type="passport", document_number="X00000001")
    register_subscriber(clerk, submission(number, who), on=ON)
    renewed = who | {"document_number": "X00000002"}

    change_record(clerk, submission(number, renewed, former_document=document(who)), on=ON)
    register_subscriber(clerk, submission(other := fresh_number(), renewed), on=ON)

    assert subscriber_of(number).person_id == tenures(find_line(number).line_id)[0].person_id
    assert subscriber_of(other).person_id == subscriber_of(number).person_id


# SIM and end.


def test_a_sim_is_replaced_for_the_subscriber_alone_and_the_subscriber_hears_of_it(clerk, new_line):
    number, who = new_line(), person()
    register_subscriber(clerk, submission(number, who), on=ON)
    with refusing(errors.NOT_THE_SUBSCRIBER):
        replace_sim(clerk, submission_key="sim-00001", number=number, document=document(person()), on=ON)

    replace_sim(clerk, submission_key="sim-00002", number=number, document=document(who), on=ON)

    notified = rows("SELECT kind FROM notices_notice WHERE line_id = %s", [find_line(number).line_id])
    assert [row.kind for row in notified] == ["sim_replaced"]


def test_an_ended_line_is_over_its_tenure_closed_and_its_number_in_quarantine(clerk, new_line):
    number, who = new_line(), person()
    register_subscriber(clerk, submission(number, who), on=ON)

    terminate_line(clerk, submission_key="end-00001", number=number, document=document(who), on=ON)

    line = find_line(number)
    assert (line.state, line.terminated_on, line.terminated_by) == (LineState.TERMINATED, ON, "subscriber")
    assert subscriber_of(number).until is not None
    assert line.quarantined_until is not None


@pytest.mark.parametrize("is_registered", [True, False])
def test_a_subscriber_with_an_unproven_line_is_notified_of_its_end(clerk, new_line, as_role, is_registered):
    number, who = new_line(), person()
    if is_registered:
        register_subscriber(clerk, submission(number, who), on=ON)

    with as_role("counter"):
        terminate_line(
            clerk,
            submission_key=str(new_uuid()),
            number=number,
            document=document(who) if is_registered else None,
            on=ON,
        )

    notified = rows("SELECT kind FROM notices_notice WHERE line_id = %s", [find_line(number).line_id])
    assert [row.kind for row in notified if row.kind == "terminated"] == (
        [] if is_registered else ["terminated"]
    )


def test_no_open_reason_holds_back_a_number_that_is_ported_out(clerk, new_line):
    number, who = new_line(SuspensionReason.REGISTRATION, SuspensionReason.UNPAID), person()
    register_subscriber(clerk, submission(number, who), on=ON)
    left = find_line(number)

    with refusing(errors.NOT_THE_SUBSCRIBER):
        terminate_line(clerk, submission_key="ported-1", number=number, document=document(person()), on=ON)
    terminate_line(clerk, submission_key="ported-2", number=number, document=document(who), on=ON)
    back = register_subscriber(clerk, submission(number, who), on=ON)

    assert left.reasons == (SuspensionReason.UNPAID,)
    assert (back.line_id != left.line_id, find_line(number).reasons) == (True, ())
    assert [one.until is None for one in tenures(left.line_id)] == [False]


def test_lines_given_out_in_a_disaster_are_the_organisations_and_then_theirs(clerk):
    numbers, firm, who = [fresh_number() for _ in range(3)], company(), person()
    for number in numbers:
        receipt = register_subscriber(clerk, submission(number, **firm), on=ON)
        pause_clock(clerk, receipt.line_id, ON, ON + dt.timedelta(days=30), PauseReason.DISASTER, ON)

    transferor = given_by(firm["parts"][PartyRole.SUBSCRIBER], presence=Presence.PROXY)
    transfer_line(clerk, submission(numbers[0], who, transferor=transferor), on=ON)

    assert [subscriber_of(number).party_kind for number in numbers] == ["individual", "company", "company"]
    assert line_history(find_line(numbers[1]).line_id).pauses[0].last == ON + dt.timedelta(days=30)


def test_an_applied_for_document_stops_the_clock_until_registration(clerk, new_line):
    number, who = new_line(), person()
    reason = PauseReason.DOCUMENT_APPLIED_FOR

    pause_line(clerk, submission_key="applied-1", number=number, first=ON, last=None, reason=reason, on=ON)

    (paused,) = line_history(find_line(number).line_id).pauses
    assert (paused.first, paused.last) == (ON, None)
    assert [row.reason for row in rows("SELECT reason FROM lines_pause")] == [reason]
    assert register_subscriber(clerk, submission(number, who), on=ON + dt.timedelta(days=400))


@pytest.mark.parametrize(
    ("first", "last", "refused"),
    [
        ("0012-03-20", None, True),
        ("2001-12-31", None, True),
        ("2002-01-01", None, False),
        ("2022-12-31", None, False),
        ("2023-01-01", None, True),
        ("2012-03-02", "2022-12-31", False),
        ("2012-03-02", "2023-01-01", True),
    ],
)
def test_a_pause_in_a_year_out_of_sense_is_refused(clerk, new_line, first, last, refused):
    number = new_line()
    days = {"first": dt.date.fromisoformat(first), "last": last and dt.date.fromisoformat(last)}
    what = {"submission_key": "pause-out-of-sense", "number": number, "reason": PauseReason.ABROAD, "on": ON}

    with refusing(errors.PAUSE_TOO_FAR) if refused else nullcontext():
        pause_line(clerk, **what, **days)

    assert [(one.first, one.last) for one in line_history(find_line(number).line_id).pauses] == (
        [] if refused else [(days["first"], days["last"])]
    )


def test_no_expiry_is_kept_and_nobody_is_asked_to_register_again(clerk, new_line):
    number, who = new_line(), person(document_type="passport-npl", document_number="X4711990")
    receipt = register_subscriber(clerk, submission(number, who), on=ON)

    kept = rows("SELECT field FROM vault_sealed")
    years_later = ON.replace(year=ON.year + 30)
    replace_sim(clerk, submission_key="sim-00001", number=number, document=document(who), on=years_later)

    assert {row.field for row in kept} == set(who)
    assert view_line(receipt.line_id).reasons == ()


def test_what_is_over_is_not_ended_again(clerk, new_line):
    number = new_line()
    terminate_line(clerk, submission_key="end-00001", number=number, document=None, on=ON)

    with refusing(LINE_TERMINATED):
        terminate_line(clerk, submission_key="end-00002", number=number, document=None, on=ON)


def test_after_quarantine_a_number_is_reassigned_and_the_old_line_released(clerk, new_line):
    number = new_line()
    terminate_line(clerk, submission_key="end-00001", number=number, document=None, on=ON)
    push_due(worker_authority(), on=ON, gateway=Element())
    old = find_line(number)
    last = old.quarantined_until
    day = dt.timedelta(days=1)

    for early in (last - day, last):
        with refusing(NUMBER_QUARANTINED):
            register_subscriber(clerk, submission(number), on=early)
    register_subscriber(clerk, submission(number), on=last + day)

    assert find_line(number).line_id != old.line_id
    assert view_line(old.line_id).state is LineState.RELEASED


@pytest.fixture
def rested(clerk, new_line):
    """A number whose quarantine is over; the network was asked to end the line that had it, and has not answered."""
    number = new_line()
    terminate_line(clerk, submission_key="end-00001", number=number, document=None, on=ON)
    Number.objects.update(quarantined_until=ON)
    return number


@pytest.mark.parametrize("state", ["waiting", "sent", "failed"])
def test_a_number_is_not_reassigned_before_the_network_has_removed_the_line(clerk, rested, state):
    change_commands(kind="terminate", state=state)
    later = ON + dt.timedelta(days=1)

    with refusing(NUMBER_STILL_SERVED):
        register_subscriber(clerk, submission(rested), on=later)
    change_commands(kind="terminate", state="confirmed", read_back="absent")
    register_subscriber(clerk, submission(rested), on=later)

    assert find_line(rested).state is LineState.ACTIVE


def test_an_instance_without_a_network_owes_nobody_its_proof(clerk, rested):
    write_settings(instance={"kind": InstanceKind.PRODUCTION})
    try:
        register_subscriber(clerk, submission(rested), on=ON + dt.timedelta(days=1))
    finally:
        write_settings(instance={"kind": InstanceKind.DEMO})

    assert find_line(rested).state is LineState.ACTIVE


def test_the_former_subscriber_may_have_the_number_back_during_its_quarantine(clerk, new_line):
    number, who = new_line(), person()
    register_subscriber(clerk, submission(number, who), on=ON)
    old = find_line(number).line_id
    terminate_line(clerk, submission_key="end-00001", number=number, document=document(who), on=ON)

    register_subscriber(clerk, submission(number, who), on=ON)

    line = find_line(number)
    assert (line.line_id != old, line.state, line.is_registered) == (True, LineState.ACTIVE, True)
    element = Element()
    push_due(worker_authority(), on=ON, gateway=element)
    assert old not in [
        one.line_id for one in element.heard
    ]  # it would terminate the line that has the number now


def test_a_line_nobody_knows_cannot_be_transferred(clerk):
    with pytest.raises(LineNotFound):
        transfer_line(clerk, submission(fresh_number()), on=ON)


def test_a_disputed_terminated_number_is_not_reassigned(clerk, new_line):
    number = new_line()
    mark_terminated(find_line(number).line_id, ON, is_disputed=True)
    Number.objects.filter(line_id=find_line(number).line_id).update(quarantined_until=ON)

    for later in (ON, ON + dt.timedelta(days=400)):
        with refusing(errors.LINE_IN_DISPUTE):
            register_subscriber(clerk, submission(number), on=later)
