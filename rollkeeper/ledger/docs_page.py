# SPDX-License-Identifier: EUPL-1.2
"""Writes two texts from the schemas of the verbs: the page of verbs, and the SQL that checks the entries of set-based writers."""

from collections.abc import Iterable, Mapping

from rollkeeper.ledger.entry_schema import FactType, Presence
from rollkeeper.ledger.leaf_classes import COUNTED_FACTS
from rollkeeper.ledger.verbs import Verb

_KINDS = {
    FactType.CODE: "a word of the program in small letters, digits and `_`, at most 40",
    FactType.REFERENCE: "a UUID in small letters",
    FactType.DIGEST: "64 hexadecimal digits: a SHA-256, or a commitment (HMAC-SHA-256)",
    FactType.ACTOR: "a commitment, or `console`, or `worker`",
    FactType.DAY: "`2012-03-02`, in the zone of the law",
    FactType.INSTANT: "an instant in UTC, ISO 8601",
    FactType.COUNT: "a whole number from 0, at most 15 digits",
    FactType.FLAG: "`true` or `false`",
}
_SQL = """\
-- Tells of each verb what its entries hold: `ledger_body` lets nothing else pass.
-- Law: art. 11; no article lets personal data into an entry.
-- Reads: its argument. Writes: nothing; three immutable functions are made.
-- Plan: no table.
-- Again: CREATE OR REPLACE: the same functions. Written by `make docs` from `ledger/verbs.py`; edit that instead.

-- For line, person, pack and article, in this order: + there, - not there, _ either. NULL for an unknown verb.
-- In plpgsql, and each table one constant: a CASE over all verbs is begun again in each transaction, and in SQL it is written into its caller.
CREATE OR REPLACE FUNCTION ledger_references(verb text) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
    RETURN jsonb '{{
{references}
    }}' ->> verb;
END
$$;

-- For each fact, in the order of an entry: its name, its type, + or _ as above.
CREATE OR REPLACE FUNCTION ledger_entry_schema(verb text) RETURNS text[]
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
    RETURN jsonb '{{
{facts}
    }}' ->> verb;
END
$$;

-- The facts that an erased entry keeps, since reports count by them.
CREATE OR REPLACE FUNCTION ledger_kept_facts(verb text) RETURNS text[]
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
    RETURN coalesce(jsonb '{{
{kept}
    }}' ->> verb, '{{}}');
END
$$;
"""


def verbs_markdown() -> str:
    """List every verb with what its entries hold."""
    head = "| verb | class | references | facts |\n|---|---|---|---|\n"
    kinds = "\n".join(f"| {kind.value[0]} | {_KINDS[kind]} |" for kind in FactType)
    return (
        "Every entry has `actor`, `at`, `day`, `role`, `v` and `verb` (see `docs/ledger.md`), and the references and"
        " facts of this table; Python and the database refuse other entries. What is in brackets is optional.\n\n"
        + head
        + "\n".join(map(_row, Verb))
        + "\n\n## Kinds of facts\n\nNone takes free text.\n\n| kind | what |\n|---|---|\n"
        + kinds
        + "\n"
    )


def entry_schemas_sql() -> str:
    """Write the schemas as functions of the database."""
    return _SQL.format(
        references=_table((verb.value, verb.schema.references) for verb in Verb),
        facts=_table((verb.value, _array(verb)) for verb in Verb if verb.schema.all_facts),
        kept=_table((verb, f"{{{','.join(facts)}}}") for verb, facts in COUNTED_FACTS.items()),
    )


def _table(rows: Iterable[tuple[str, str]]) -> str:
    return ",\n".join(f'        "{verb}": "{said}"' for verb, said in rows)


def _row(verb: Verb) -> str:
    schema = verb.schema
    needs = {name: getattr(schema, name) for name in ("line", "person", "pack", "article")}
    references = [
        f"({name})" if need is Presence.OPTIONAL else name
        for name, need in needs.items()
        if need is not Presence.ABSENT
    ]
    facts = [*_named(schema.facts, "{}"), *_named(schema.optional, "({})")]
    return f"| `{verb.value}` | {verb.leaf_class} | {', '.join(references)} | {', '.join(facts)} |"


def _named(facts: Mapping[str, FactType], template: str) -> list[str]:
    return [template.format(f"`{name}` {kind.value[0]}") for name, kind in sorted(facts.items())]


def _array(verb: Verb) -> str:
    rows = (
        f"{{{name},{kind.value[0]},{'+' if name in verb.schema.facts else '_'}}}"
        for name, kind in verb.schema.all_facts.items()
    )
    return f"{{{','.join(rows)}}}"
