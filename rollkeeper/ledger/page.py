# SPDX-License-Identifier: EUPL-1.2
"""Writes what is made from the forms of the verbs: the page of verbs, and the SQL that holds set-based writers to them."""

from collections.abc import Mapping

from rollkeeper.ledger.forms import Fact, Need
from rollkeeper.ledger.verbs import Verb

_WORDS = {Need.MUST: "yes", Need.MAY: "may", Need.NEVER: ""}
_KINDS = {
    Fact.CODE: "a word of the program in small letters, digits and `_`, at most 40",
    Fact.REFERENCE: "a UUID in small letters",
    Fact.DIGEST: "64 hexadecimal digits: a SHA-256, or a commitment (HMAC-SHA-256)",
    Fact.ACTOR: "a commitment, or `console`, or `sweep`",
    Fact.DAY: "`2012-03-02`, in the zone of the law",
    Fact.INSTANT: "an instant in UTC, ISO 8601",
    Fact.COUNT: "a whole number from 0, at most 15 digits",
    Fact.FLAG: "`true` or `false`",
}
_SQL = """\
-- Tells of each verb what its entries hold: `ledger_body` lets nothing else pass.
-- Law: art. 11; no article lets personal data into an entry.
-- Reads: its argument. Writes: nothing; two immutable functions are made.
-- Plan: no table.
-- Again: CREATE OR REPLACE: the same functions. Written by `make docs` from `ledger/verbs.py`; edit that instead.

-- For line, person, pack and article, in this order: + there, - not there, _ either. NULL for an unknown verb.
CREATE OR REPLACE FUNCTION ledger_references(verb text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN CASE verb
{references}
END;

-- For each fact, in the order in which they stand in an entry: its name, its kind, + or _ as above.
CREATE OR REPLACE FUNCTION ledger_form(verb text) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN CASE verb
{facts}
END;
"""


def verbs_markdown() -> str:
    """List every verb with what its entries hold."""
    head = "| verb | line | person | pack | article | facts |\n|---|---|---|---|---|---|\n"
    kinds = "\n".join(f"| {kind.value[0]} | {_KINDS[kind]} |" for kind in Fact)
    return (
        "Every entry has `actor`, `at`, `day`, `role`, `v` and `verb` (see `docs/ledger.md`). Beyond these it holds what"
        " stands here and nothing else: whoever appends is refused otherwise, in Python and in the database. Facts in"
        " brackets may be left out.\n\n"
        + head
        + "\n".join(map(_row, Verb))
        + "\n\n## Kinds of facts\n\nNone takes free text.\n\n| kind | what |\n|---|---|\n"
        + kinds
        + "\n"
    )


def forms_sql() -> str:
    """Write the forms as two functions of the database."""
    return _SQL.format(
        references="\n".join(f"    WHEN '{verb.value}' THEN '{verb.form.references}'" for verb in Verb),
        facts="\n".join(
            f"    WHEN '{verb.value}' THEN {_array(verb)}" for verb in Verb if verb.form.all_facts
        ),
    )


def _row(verb: Verb) -> str:
    form = verb.form
    named = (form.line, form.person, form.pack, form.article)
    facts = [*_named(form.facts, "{}"), *_named(form.may, "({})")]
    return f"| `{verb.value}` | {' | '.join(_WORDS[need] for need in named)} | {', '.join(facts)} |"


def _named(facts: Mapping[str, Fact], form: str) -> list[str]:
    return [form.format(f"`{name}` {kind.value[0]}") for name, kind in sorted(facts.items())]


def _array(verb: Verb) -> str:
    rows = (
        f"['{name}', '{kind.value[0]}', '{'+' if name in verb.form.facts else '_'}']"
        for name, kind in verb.form.all_facts.items()
    )
    return f"ARRAY[{', '.join(rows)}]"
