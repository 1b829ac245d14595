"""What Rollkeeper will not do, held against every route, command, role and right: no list, no search, no second person.

Every name listed here was reviewed. A new one fails until it is reviewed.
"""

import ast
import datetime as dt
import re
from functools import cache

import pytest
from django.urls import URLPattern, get_resolver
from typer.testing import CliRunner

from rollkeeper.access.authority import rule_for
from rollkeeper.access.models import Staff
from rollkeeper.access.roles import STAFF_ROLES, Permission, StaffRole
from rollkeeper.access.services import authority_of
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import rows
from rollkeeper.law.supported_fields import ATTRIBUTES, LINE_ATTRIBUTES
from rollkeeper.operations import docs
from rollkeeper.operations.cli import make_app
from rollkeeper.site.web_apps import APPS
from rollkeeper.vault.fields import Field, LineField
from tests.architecture.test_limits import FORBIDDEN
from tests.builders.staff import sign_in
from tests.selfcare.people import register_line
from tests.source import PACKAGE, modules, nodes_of


@cache
def trees():
    """Give every file of the program by its path."""
    return {str(file.relative_to(PACKAGE)): tree for file, tree in modules().items()}


ON = dt.date(2012, 3, 2)
PEOPLE = [
    ("+8613908913001", {"name": "Firstinvented Aaaa", "address": "1 Firststreet", "document_type": "passport-npl", "document_number": "A1111111"}),
    ("+8613908913002", {"name": "Secondinvented Bbbb", "address": "2 Secondstreet", "document_type": "passport-npl", "document_number": "B2222222"}),
]  # fmt: skip
APP_PACKAGES = ("backoffice", "counter", "portal")


def called(tree, *names):
    """Say how often something of these names is called."""
    return sum(
        isinstance(node, ast.Call)
        and (getattr(node.func, "attr", None) or getattr(node.func, "id", None)) in names
        for node in nodes_of(tree)
    )


def imported(tree):
    for node in nodes_of(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{one.name}" for one in node.names)
        elif isinstance(node, ast.Import):
            yield from (one.name for one in node.names)


# ---- where anything is opened at all ----

OPENS = {
    "disclosures/answers.py": "one disclosure request about one person, to a key",
    "imports/upload_work.py": "a file of lines that staff handed in, to count and import it",
    "lines/opening.py": "one field of one person, for one member of staff",
    "provisioning/services.py": "the number, for the element that carries the line",
    "notices/one_time_codes.py": "which ways there are to tell a subscriber",
    "notices/dispatch.py": "the address of one notice",
    "selfcare/applications.py": "the number of the line in the hand, for the subscriber who registers it",
    "selfcare/verification.py": "whether a document is the subscriber's",
    "reporting/audit_samples/consented_access.py": "the entries that one person agreed to show to one auditor",
    "retention/values_of_lines.py": "what a former record alone says of a line, sealed again before that goes",
    "selfcare/personal_data.py": "what is held about the subscriber who asks",
    "vault/worker_operations.py": "what a worker asks of the vault service, where a row of the register justifies it",
    "vault/opening.py": "the vault itself", "vault/rotation.py": "the vault itself",
}  # fmt: skip


def test_something_sealed_is_opened_in_known_places_alone():
    ways = ("open_sealed", "open_line_values", "open_file", "open_copy")
    opening = {file for file, tree in trees().items() if called(tree, *ways)}

    assert opening - OPENS.keys() == set()
    assert OPENS.keys() - opening == set(), "a place that opens nothing any more"


def test_no_web_app_opens_or_imports_what_opens():
    entrances = (
        "vault.opening",
        "vault.files",
        "vault.keys",
        "lines.opening",
        "disclosures.answers",
        "reporting.audit_samples.consented_access",
        "selfcare.personal_data",
        "selfcare.portal_worker",
    )
    guilty = [
        f"{file}: {name}"
        for file, tree in trees().items()
        if file.startswith(APP_PACKAGES)
        for name in imported(tree)
        if any(name.startswith(f"rollkeeper.{entrance}") for entrance in entrances)
    ]

    assert {f"{one.replace('.', '/')}.py" for one in entrances} <= trees().keys()
    assert guilty == []
    assert [
        file for file, tree in trees().items() if file.startswith(APP_PACKAGES) and called(tree, "reveal")
    ] == []


# ---- no way in for a machine, no console for an authority ----


def routes():
    """Yield every address of every app, with its view."""

    def walk(patterns, before):
        for one in patterns:
            here = before + str(one.pattern)
            if isinstance(one, URLPattern):
                yield here, one
            else:
                yield from walk(one.url_patterns, here)

    for app in APPS:
        for address, pattern in walk(get_resolver(app.urls).url_patterns, ""):
            yield app.name, address, pattern


def test_there_are_three_apps_and_each_is_for_people():
    assert {app.name for app in APPS} == {"backoffice", "counter", "portal"}
    assert {app.name for app in APPS if not app.is_staffs} == {"portal"}


def test_no_address_is_for_a_machine_an_authority_a_list_or_a_search():
    barred = re.compile(
        r"api|json|xml|graphql|webhook|feed|export|download|bulk|batch-demand|police|search|people|persons|subscribers"
    )
    found = list(routes())

    assert len(found) > 30
    assert {f"{app} {address}" for app, address, _ in found if barred.search(address)} <= {
        "portal export/"
    }, "that one is what a subscriber takes away about themselves, after a second proof"


def test_no_page_waives_the_proof_that_a_person_sent_the_form():
    assert [
        file for file, tree in trees().items() if any("csrf_exempt" in one for one in imported(tree))
    ] == []


def test_nothing_streams_and_json_goes_out_where_somebody_looked():
    looked_at = {
        "site/http_errors.py": "refusals (RFC 9457)",
        "portal/passkeys.py": "a challenge that the visitor's own passkey signs; of the person no more than that a visit is theirs",
        "portal/views.py": "what the subscriber asked for about themselves",
        "counter/approvals.py": "how many submissions wait for a second person: a count",
        "counter/offline.py": "tickets to seal to, and what came of sealed registrations by their random keys; nothing personal",
    }
    speaking = {
        file
        for file, tree in trees().items()
        if called(tree, "JsonResponse", "StreamingHttpResponse", "FileResponse")
    }

    assert speaking - looked_at.keys() == set()


def test_demands_are_entered_and_answered_in_no_app():
    for file, tree in trees().items():
        if file.startswith(APP_PACKAGES):
            assert not called(
                tree,
                "enter_disclosure",
                "answer_disclosure",
                "read_instrument",
                "defer_notification",
                "record_delivery",
            ), file


def test_a_demand_takes_one_number():
    (made,) = [
        node for node in ast.walk(trees()["disclosures/services.py"])
        if isinstance(node, ast.FunctionDef) and node.name == "enter_disclosure"
    ]  # fmt: skip
    kinds = {arg.arg: ast.unparse(arg.annotation) for arg in made.args.kwonlyargs}

    assert kinds["number"] == "str"
    assert kinds["held_on"] == "dt.date"


# ---- what the stores can hold and who may read it ----


def columns():
    said = "SELECT table_name || '.' || column_name AS one FROM information_schema.columns WHERE table_schema = 'public'"
    return {row.one for using in ("default", "keys") for row in rows(said, using=using)}


def test_no_column_of_either_store_has_a_place_for_what_must_not_be_kept(register):
    found = columns()

    assert len(found) > 300
    assert {one for one in found if FORBIDDEN.search(one.split(".")[1])} == set()


def test_no_attribute_that_can_be_sealed_or_asked_is_one_that_must_not_be_kept():
    asked = {*Field, *LineField, *ATTRIBUTES, *LINE_ATTRIBUTES}

    assert {one for one in asked if FORBIDDEN.search(str(one))} == set()


def test_people_are_found_by_whole_number_document_or_reference_alone(register):
    indexes = {one for one in columns() if one.endswith("_index")}
    makes = {
        node.name for node in ast.walk(trees()["vault/blind_index.py"])
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
    }  # fmt: skip

    assert {one.split(".")[1] for one in indexes} <= {
        "number_index", "document_index", "reference_index", "leaf_index", "tile_index",
    }  # fmt: skip
    assert {one for one in makes if re.search(r"name|address|contact|mail|birth|session|ip", one)} == set()


@pytest.mark.parametrize("role", ["counter", "backoffice", "portal", "auditor", "worker"])
def test_no_role_but_the_vaults_reads_what_is_sealed_about_people(register, role):
    (may,) = rows(
        "SELECT has_column_privilege(%(r)s, 'vault_sealed', 'ciphertext', 'SELECT') AS sealed,"
        " has_column_privilege(%(r)s, 'vault_file', 'ciphertext', 'SELECT') AS files",
        {"r": role},
    )

    assert (may.sealed, may.files) == (False, False)


@pytest.mark.parametrize("role", ["counter", "portal", "auditor"])
def test_a_role_that_has_no_part_in_demands_reads_none(register, role):
    (may,) = rows(
        "SELECT has_table_privilege(%s, 'disclosures_request', 'SELECT, INSERT, UPDATE, DELETE') AS may",
        [role],
    )

    assert may.may is False


@pytest.mark.parametrize("role", ["counter", "backoffice", "portal", "auditor", "vault"])
def test_nobody_in_an_app_hides_an_access(register, role):
    (may,) = rows(
        "SELECT has_table_privilege(%s, 'ledger_deferreddisclosuremark', 'INSERT, UPDATE, DELETE') AS may",
        [role],
    )

    assert may.may is False


def test_the_machine_alone_decides_no_demand_and_a_clerk_sees_none():
    machines = {StaffRole.CONSOLE, StaffRole.WORKER, StaffRole.SUBSCRIBER}
    for permission in (
        Permission.ENTER_DISCLOSURE,
        Permission.DECIDE_DISCLOSURE,
        Permission.DEFER_NOTIFICATION,
        Permission.APPROVE_AUTHORITY,
        Permission.OPEN_ON_DISCLOSURE,
    ):
        assert not machines & set(rule_for(permission).roles), permission
    for permission in (
        Permission.DECIDE_DISCLOSURE,
        Permission.DEFER_NOTIFICATION,
        Permission.APPROVE_AUTHORITY,
        Permission.OPEN_ON_DISCLOSURE,
    ):
        assert rule_for(permission).people == 2, permission
    assert StaffRole.CLERK not in rule_for(Permission.SEE_DISCLOSURES).roles


# ---- every page and every command, with two people in the register ----


@pytest.fixture(scope="module")
def two_people(data_dir, empty_everything):
    """Two invented people with a line each, and whatever says who they are."""
    empty_everything()
    clock.set_demo_date(ON)
    lines = [register_line(number, person) for number, person in PEOPLE]
    tenures = rows("SELECT person_id FROM lines_tenure")
    values = [
        {number, number[1:], *{v for v in person.values() if v != "passport-npl"}}
        for number, person in PEOPLE
    ]
    yield [*values, {str(one.person_id) for one in tenures}], lines
    empty_everything()


def seen(said, values):
    return {value for some in values for value in some if value in said}


@pytest.mark.parametrize("role", sorted(STAFF_ROLES))
@pytest.mark.parametrize("app_name", ["backoffice", "counter"])
def test_no_page_that_is_asked_for_by_its_address_shows_anybody(two_people, app, app_name, role, monkeypatch):
    values, _ = two_people
    app(app_name)
    clock.set_demo_date(ON)
    client = sign_in(role, "somebody")
    asked = [
        a
        for name, a, _ in routes()
        if name == app_name and "<" not in a and not a.startswith(("account/", "static/"))
    ]

    answers = {one: client.get(f"/{one}", HTTP_ACCEPT="text/html") for one in asked}

    assert len(asked) > 3
    assert {
        one: seen(answer.content.decode(errors="replace"), values) for one, answer in answers.items()
    } == {one: set() for one in asked}
    assert authority_of(Staff.objects.get(username="somebody")).roles == {role}


SERVES_OR_WAITS = {"serve", "demo", "worker", "setup"}


def test_no_command_shows_anybody_who_was_not_named_to_it(two_people, data_dir):
    values, _ = two_people
    runner, guilty, ran = CliRunner(), {}, 0
    for name, _text in docs.commands():
        words = name.split()[1:]
        if words[-1] in SERVES_OR_WAITS:
            continue
        done = runner.invoke(make_app(), words, input="")
        ran += done.exit_code in {0, 1}
        if found := seen(done.output, values):
            guilty[name] = found

    assert ran > 15
    assert guilty == {}
