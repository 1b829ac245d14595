# SPDX-License-Identifier: EUPL-1.2
"""Each verb has a schema, the schemas are frozen, and no append bypasses them."""

import json
import re
from importlib.resources import files
from pathlib import Path

import pytest

from rollkeeper.kernel import database
from rollkeeper.ledger import docs_page
from rollkeeper.ledger.entry_schema import FactType
from rollkeeper.ledger.verbs import Verb

GOLDEN = Path(__file__).parent / "golden" / "entry_schemas.json"
PACKAGE = Path(str(files("rollkeeper")))
WRITES = re.compile(r"INSERT\s+INTO\s+ledger_entry", re.IGNORECASE)


def frozen_form(schema):
    named = {name: getattr(schema, name).value for name in ("line", "person", "pack", "article")}
    return named | {
        "facts": {name: kind.value[0] for name, kind in sorted(schema.facts.items())},
        "optional": {name: kind.value[0] for name, kind in sorted(schema.optional.items())},
    }


def test_the_forms_are_those_that_were_frozen():
    forms = {verb.value: frozen_form(verb.schema) for verb in Verb}

    assert forms == json.loads(GOLDEN.read_text("utf-8")), (
        "entries stand for good: `python -m tests.ledger.test_entry_schema` freezes the forms anew, if that is what you want"
    )


def test_the_entry_schemas_in_sql_are_generated_from_the_verbs():
    assert (PACKAGE / "ledger" / "sql" / "entry_schemas.sql").read_text(
        "utf-8"
    ) == docs_page.entry_schemas_sql(), "run `make docs`"


def test_an_instance_gets_new_entry_schemas_on_upgrade(data_dir):
    database.run(
        "CREATE OR REPLACE FUNCTION ledger_references(verb text) RETURNS text LANGUAGE sql IMMUTABLE RETURN NULL"
    )

    from rollkeeper.operations import bootstrap

    bootstrap.bring_up_to_date()

    (known,) = database.rows("SELECT ledger_references('line:line:suspended') AS needs")
    assert known.needs == Verb.LINE_SUSPENDED.schema.references


def test_every_kind_of_fact_is_explained_and_none_takes_free_text():
    text = docs_page.verbs_markdown()

    assert [kind for kind in FactType if f"| {kind.value[0]} |" not in text] == []
    assert [kind for kind in FactType if kind.fits("Invented Person, 1 Invented Street")] == []
    assert [kind for kind in FactType if kind.fits("+8613800000000") or kind.fits("A1234567")] == []


def test_every_statement_that_appends_makes_its_bodies_by_the_forms():
    statements = [file for file in PACKAGE.rglob("*.sql") if WRITES.search(file.read_text("utf-8"))]
    modules = [file for file in PACKAGE.rglob("*.py") if WRITES.search(file.read_text("utf-8"))]

    assert len(statements) > 5
    assert [file.name for file in statements if "ledger_body(" not in file.read_text("utf-8")] == []
    assert [file.relative_to(PACKAGE).as_posix() for file in modules] == ["ledger/services.py"]


def test_a_body_is_made_under_the_path_of_the_trigger_that_makes_it_again(register):
    found = database.rows(
        "SELECT proconfig FROM pg_proc WHERE proname IN ('ledger_body', 'ledger_enforce_entry_schema')"
    )

    # With two paths each is planned again for every entry, if the session has a temporary table.
    assert [row.proconfig for row in found] == [["search_path=public, pg_temp"]] * 2


def test_every_verb_is_used():
    said = {
        name
        for file in PACKAGE.rglob("*.py")
        if file.name != "verbs.py"
        for name in re.findall(r"\bVerb\.([A-Z_]+)", file.read_text("utf-8"))
    }

    assert [verb.name for verb in Verb if verb.name not in said] == []


@pytest.mark.parametrize("verb", Verb)
def test_a_verb_says_package_thing_and_what_was_done(verb):
    assert re.fullmatch(r"[a-z]+:[a-z_]+:[a-z_]+", verb.value)


if __name__ == "__main__":
    forms = {verb.value: frozen_form(verb.schema) for verb in Verb}
    GOLDEN.write_text(json.dumps(forms, indent=1) + "\n", "utf-8")
