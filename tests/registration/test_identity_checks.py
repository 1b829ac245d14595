# SPDX-License-Identifier: EUPL-1.2
"""A law that names the checks by which an identity is verified: the one that said yes is recorded, and nothing that it saw."""

import json

import pytest
from django.db import DatabaseError, transaction

from rollkeeper.access.authority import console_authority
from rollkeeper.counter.record_form import RecordForm
from rollkeeper.kernel.choices import IdentityCheck, Payment
from rollkeeper.kernel.database import rows, run, sql
from rollkeeper.kernel.ids import new_uuid
from rollkeeper.kernel.instance import instance
from rollkeeper.law.packs import load_pack
from rollkeeper.ledger.labels import action_label
from rollkeeper.lines.models import Line
from rollkeeper.lines.queries import current_tenure, find_line, registered_as
from rollkeeper.registration import persistence
from rollkeeper.registration.bulk import refused_file, register_file
from rollkeeper.registration.errors import CHECK_NOT_ACCEPTED, MISSING_ATTRIBUTE
from rollkeeper.registration.services import change_record, register_subscriber, transfer_line
from rollkeeper.registration.submissions import RegistrationKind, submission_of
from rollkeeper.subscribers.choices import PartyKind
from tests.builders.kinds import with_checks
from tests.builders.packs import REFERENCE, use_pack
from tests.refusals import refusing
from tests.registration.people import ON, fresh_number, given_by, person, submission
from tests.registration.test_undocumented import bare

pytestmark = pytest.mark.usefixtures("vaulted", "law_put_back")
SIGHT, CHIP, REGISTRY, BANK = (
    IdentityCheck.SIGHT,
    IdentityCheck.CHIP,
    IdentityCheck.REGISTRY,
    IdentityCheck.BANK,
)
SEVERAL = with_checks("chip", "registry", "sight")


def register(number, who=None, *, check=CHIP, **changes):
    given = submission(number, who, identity_check=check, **changes)
    return register_subscriber(console_authority(), given, on=ON)


def recorded(number):
    return registered_as(find_line(number).line_id).identity_check


def noted(receipt):
    (entry,) = rows("SELECT body::jsonb -> 'facts' AS facts FROM ledger_entry WHERE entry_id = %s", [receipt.entry_id])  # fmt: skip
    return json.loads(entry.facts) if isinstance(entry.facts, str) else entry.facts


@pytest.mark.parametrize("check", [SIGHT, CHIP, REGISTRY])
def test_the_check_that_said_yes_is_in_the_record_and_in_the_ledger(check):
    use_pack(SEVERAL)
    number = fresh_number()

    receipt = register(number, check=check)

    assert recorded(number) == noted(receipt)["identity_check"] == check.value


@pytest.mark.parametrize("check", [CHIP, REGISTRY, SIGHT])
def test_a_check_made_elsewhere_does_not_raise_the_assurance(check):
    use_pack(SEVERAL)
    number, before = fresh_number(), fresh_number()

    register(number, check=check)
    use_pack(REFERENCE)
    register(before, check=None)

    found = {current_tenure(find_line(one).line_id).assurance for one in (number, before)}
    assert found == {"checked"}


@pytest.mark.parametrize("act", ["register", "transfer", "change"])
def test_without_a_yes_nothing_is_recorded(act):
    number, who = fresh_number(), person()
    if act != "register":
        register(number, who, check=None)
    use_pack(SEVERAL)
    before = rows("SELECT count(*) AS n FROM ledger_entry WHERE verb LIKE 'line:tenure:%%'")[0].n

    with refusing(MISSING_ATTRIBUTE) as refused:
        if act == "register":
            register(number, who, check=None)
        elif act == "transfer":
            transfer_line(console_authority(), submission(number, transferor=given_by(who)), on=ON)
        else:
            change_record(console_authority(), submission(number, who), on=ON)

    assert "'identity_check'" in str(refused.value)
    assert "4 ¶1" in str(refused.value)
    assert rows("SELECT count(*) AS n FROM ledger_entry WHERE verb LIKE 'line:tenure:%%'")[0].n == before


def test_a_change_needs_no_check_where_the_law_has_no_identity_recorded_at_it():
    text = SEVERAL.replace("acts: [register, transfer, install, relocate, change]", "acts: [register]", 1)
    assert text != SEVERAL
    use_pack(text)
    number, who = fresh_number(), person()
    register(number, who)

    change_record(console_authority(), submission(number, who | {"address": "拉萨市 2 号"}), on=ON)

    assert recorded(number) is None
    change_record(console_authority(), submission(number, who, identity_check=REGISTRY), on=ON)
    assert recorded(number) == "registry"


def test_another_check_than_those_of_the_law_is_refused_by_their_names():
    use_pack(SEVERAL)
    number = fresh_number()

    with refusing(CHECK_NOT_ACCEPTED) as refused:
        register(number, check=BANK)

    assert refused.value.facts["accepted"] == "chip, registry, sight"
    assert find_line(number) is None


@pytest.mark.parametrize("text", [REFERENCE, with_checks("sight"), with_checks("chip", "sight", read=False)])
@pytest.mark.parametrize("check", [None, SIGHT, CHIP])
def test_a_law_that_names_no_other_check_asks_and_records_none(text, check):
    use_pack(text)
    number = fresh_number()

    receipt = register(number, check=check)

    assert (recorded(number), noted(receipt).get("identity_check")) == (None, None)


def test_a_list_of_which_one_check_is_not_confirmed_turns_no_one_away():
    chip = '{method: chip, because: {article: "4 ¶1"}}'
    assert chip in SEVERAL
    use_pack(SEVERAL.replace(chip, '{method: chip, because: {article: "4 ¶1", confirmed: false}}', 1))

    assert register(fresh_number(), check=None)


@pytest.mark.parametrize(
    ("payment", "check"),
    [(Payment.PREPAID, "chip"), (Payment.POSTPAID, None), (None, "chip")],
)
def test_a_check_of_prepaid_lines_is_recorded_of_those_and_of_which_it_is_not_known(payment, check, new_line):
    use_pack(with_checks("chip", "sight", payment="prepaid"))
    number = new_line()
    assert Line.objects.get(line_id=find_line(number).line_id).payment == Payment.UNKNOWN

    receipt = register(number, payment=payment)

    assert (recorded(number), noted(receipt).get("identity_check")) == (check, check)
    if check is None:
        assert register(fresh_number(), check=None, payment=payment)
    else:
        with refusing(MISSING_ATTRIBUTE):
            register(fresh_number(), check=None, payment=payment)


def test_who_has_no_document_is_vouched_for_and_not_checked():
    routed = SEVERAL.replace(
        "  - id: individual\n", '  - id: individual\n    no_document_route: [{by: [referee], because: {article: "2 ¶1"}}]\n', 1
    )  # fmt: skip
    use_pack(routed)
    number = fresh_number()

    register(number, bare(), check=None, route="referee")

    assert find_line(number).is_registered
    assert recorded(number) is None


def test_a_file_may_name_the_check_and_registers_as_declared_without_one(tmp_path):
    use_pack(SEVERAL)
    checked, bare_row, wrong = ({"number": fresh_number(), **person()} for _ in range(3))
    file = tmp_path / "people.jsonl"
    lines = [checked | {"identity_check": "registry"}, bare_row, wrong | {"identity_check": "astrology"}]
    file.write_text("\n".join(map(json.dumps, lines)), "utf-8")

    register_file(console_authority(), file, on=ON, moved=lambda _: None)

    assert [recorded(one["number"]) for one in (checked, bare_row)] == ["registry", None]
    assert current_tenure(find_line(checked["number"]).line_id).assurance == "declared"
    (said,) = map(json.loads, refused_file(file).read_text("utf-8").splitlines())
    assert (said["row"], said["column"], said["code"]) == (3, "identity_check", "invalid_row")


def test_a_file_that_names_a_check_no_law_asks_for_is_told_so(tmp_path):
    row = {"number": fresh_number(), **person(), "identity_check": "chip"}
    file = tmp_path / "people.jsonl"
    file.write_text(json.dumps(row), "utf-8")

    register_file(console_authority(), file, on=ON, moved=lambda _: None)

    (said,) = map(json.loads, refused_file(file).read_text("utf-8").splitlines())
    assert (said["column"], said["code"]) == ("identity_check", "unknown_attribute")


def form(text, *, what=RegistrationKind.REGISTER, kind="individual"):
    use_pack(text)
    return RecordForm(action_kind=what, kind=kind, pack=load_pack(instance().pack))


def test_a_counter_offers_exactly_the_checks_of_the_law_and_says_what_a_no_means():
    asked = form(SEVERAL)

    field = asked.fields["subscriber__identity_check"]
    assert [value for value, _ in field.choices] == ["", "chip", "registry", "sight"]
    assert field.required
    assert "a “no” is not recorded" in str(field.help_text)
    (reason,) = [one for one in asked.reasons if one.label == "How was the identity checked?"]
    assert "4 ¶1" in reason.article
    assert "subscriber__identity_check" not in form(SEVERAL, kind="minor").fields


@pytest.mark.parametrize("text", [REFERENCE, with_checks("chip", "sight", read=False)])
def test_a_counter_under_another_law_asks_nothing_more(text):
    assert "subscriber__identity_check" not in form(text).fields


def test_the_form_leaves_it_open_where_the_line_or_the_act_decides():
    of_prepaid = form(with_checks("chip", "sight", payment="prepaid")).fields["subscriber__identity_check"]
    unlisted = SEVERAL.replace("acts: [register, transfer, install, relocate, change]", "acts: [register]", 1)

    assert not of_prepaid.required
    assert "Prepaid" in str(of_prepaid.help_text)
    assert not form(unlisted, what=RegistrationKind.CHANGE).fields["subscriber__identity_check"].required
    assert form(unlisted, what=RegistrationKind.TRANSFER).fields["subscriber__identity_check"].required


@pytest.mark.parametrize(("said", "read"), [("chip", CHIP), ("astrology", None), ("", None)])
def test_what_a_form_says_is_read_as_a_check_and_never_as_an_attribute(said, read):
    number = fresh_number()
    fields = {f"subscriber__{name}": value for name, value in person().items()}
    kind = form(SEVERAL).kind

    given = submission_of(
        fields | {"number": number, "subscriber__identity_check": said},
        submission_key=str(new_uuid()),
        kind=kind,
    )

    assert given.identity_check is read
    assert "identity_check" not in given.parts[next(iter(given.parts))]
    assert given.kind is PartyKind.INDIVIDUAL


@pytest.mark.parametrize(
    ("word", "refused_by"),
    [("sighted", "lines_tenure_checked_in_unknown_way"), ("mobile", "lines_tenure_checked_in_unknown_way"),
     ("a name", "identity_check is missing or is no code")],
)  # fmt: skip
def test_the_database_takes_no_word_for_a_check_that_is_none(clerk, as_role, monkeypatch, word, refused_by):
    use_pack(SEVERAL)
    number, facts = fresh_number(), persistence._facts
    monkeypatch.setattr(persistence, "_facts", lambda *a: facts(*a) | {"identity_check": word})

    with as_role("counter"), pytest.raises(DatabaseError, match=refused_by), transaction.atomic():
        register_subscriber(clerk, submission(number, identity_check=CHIP), on=ON)

    assert find_line(number) is None


@pytest.mark.parametrize("role", ["counter", "backoffice", "portal", "auditor"])
def test_no_app_lists_how_people_were_checked(as_role, role):
    with as_role(role), pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        rows("SELECT identity_check FROM lines_tenure")


def test_a_counter_registers_by_a_check_and_changes_none_afterwards(clerk, as_role):
    use_pack(SEVERAL)
    number = fresh_number()

    with as_role("counter"):
        register_subscriber(clerk, submission(number, identity_check=CHIP), on=ON)
        assert recorded(number) == "chip"
    with as_role("counter"), pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        run("UPDATE lines_tenure SET identity_check = 'sight'")


def test_the_check_goes_with_the_tenure_that_a_worker_erases(as_role):
    use_pack(SEVERAL)
    number = fresh_number()
    register(number)
    line_id = find_line(number).line_id
    (tenure,) = rows("SELECT tenure_id FROM lines_tenure WHERE line_id = %s", [line_id])
    erasing = sql("lines", "erase_many").rstrip().rstrip(",")
    run(
        "INSERT INTO retention_erasure (line_id, erasure_id, tenure_id, ground, article, last_day_kept, begun_at)"
        " VALUES (%s, uuidv7(), %s, 'tenure_ended', '5', %s, now())",
        [line_id, tenure.tenure_id, ON],
    )

    with as_role("worker"):
        run(
            f"WITH erase_slice AS (SELECT %(line)s::uuid AS line_id, %(tenure)s::uuid AS tenure_id), {erasing} SELECT 1",
            {"line": line_id, "tenure": tenure.tenure_id, "on": ON},
        )

    assert recorded(number) is None


def test_a_receipt_says_by_which_check():
    said = action_label("line:tenure:registered", {"identity_check": "chip"})

    assert said.endswith("How the identity was checked: The chip of the document was read.")
    assert action_label("line:tenure:registered", {"identity_check": "astrology"}) == action_label(
        "line:tenure:registered"
    )
