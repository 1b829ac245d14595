# SPDX-License-Identifier: EUPL-1.2
"""The allowed content of entries, so that they cannot contain personal data: no fact takes free text.

A schema says for one verb which facts belong to it and of what type, and whether it names a line, a person, a rule pack and an
article. `verbs.Verb` gives every verb its schema. Every append is checked twice by the same rules: here, and in the database by
``sql/entry_schemas.sql``, which is generated from here. After a release a schema may only gain optional facts: entries are
permanent, and their readers must stay able to read them.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType

_DIGEST = "[0-9a-f]{64}"

LONGEST_ARTICLE = 40
"""The most characters of an article's name: the only text in an entry that is not from a fixed list."""


class FactType(Enum):
    """A type of fact: its name and its JSON form, as an expression that Python and PostgreSQL both read."""

    CODE = ("code", '"[a-z][a-z0-9_]{0,39}"')
    """A word of the program, never of a person."""
    REFERENCE = ("reference", '"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"')
    """A UUID."""
    DIGEST = ("digest", f'"{_DIGEST}"')
    """A SHA-256 or a commitment."""
    ACTOR = ("actor", f'"({_DIGEST}|console|worker)"')
    """A commitment to a member of staff, or the machine."""
    DAY = ("day", '"[0-9]{4}-[0-9]{2}-[0-9]{2}"')
    INSTANT = ("instant", '"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{8,15}(Z|[+]00:00)"')
    COUNT = ("count", "(0|[1-9][0-9]{0,14})")
    FLAG = ("flag", "(true|false)")

    @property
    def pattern(self) -> str:
        """Return the expression that the whole of the fact's JSON must match."""
        return f"^{self.value[1]}$"

    def fits(self, value: object) -> bool:
        """Tell whether a value is of this kind."""
        return re.search(self.pattern, json.dumps(value, ensure_ascii=False)) is not None


class Presence(Enum):
    """Whether an entry names something: the letters are those of SQL's LIKE over `+` (there) and `-` (not there)."""

    REQUIRED = "+"
    OPTIONAL = "_"
    ABSENT = "-"


REQUIRED, OPTIONAL, ABSENT = Presence.REQUIRED, Presence.OPTIONAL, Presence.ABSENT
_NOTHING: Mapping[str, FactType] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class EntrySchema:
    """The content of one verb's entries. Everything not named here is refused."""

    line: Presence = ABSENT
    person: Presence = ABSENT
    pack: Presence = ABSENT
    article: Presence = ABSENT
    facts: Mapping[str, FactType] = field(default_factory=lambda: _NOTHING)
    optional: Mapping[str, FactType] = field(default_factory=lambda: _NOTHING)

    @property
    def references(self) -> str:
        """Return for line, person, pack and article, in this order, the letter of its need."""
        return "".join(need.value for need in (self.line, self.person, self.pack, self.article))

    @property
    def all_facts(self) -> dict[str, FactType]:
        """Return every fact, in the order of an entry."""
        return dict(sorted({**self.facts, **self.optional}.items()))

    def violations(
        self,
        *,
        line: object,
        person: str | None,
        pack: str | None,
        article: str | None,
        facts: Mapping[str, object],
    ) -> Iterable[str]:
        """Name what does not belong, or is missing, or looks wrong. No value is repeated."""
        named = {"line": (self.line, line), "person": (self.person, person), "pack": (self.pack, pack),
                 "article": (self.article, article)}  # fmt: skip
        for name, (need, value) in named.items():
            if need is not OPTIONAL and (value is not None) is not (need is REQUIRED):
                yield f"{name} {'is missing' if need is REQUIRED else 'does not belong there'}"
        for name, digest in (("person", person), ("pack", pack)):
            if digest is not None and not FactType.DIGEST.fits(digest):
                yield f"{name} is no digest"
        if article is not None and not 0 < len(article) <= LONGEST_ARTICLE:
            yield f"article is empty or has more than {LONGEST_ARTICLE} characters"
        for name, kind in self.all_facts.items():
            if name in facts and not kind.fits(facts[name]):
                yield f"{name} is no {kind.value[0]}"
        yield from (f"{name} is missing" for name in sorted(self.facts.keys() - facts.keys()))
        yield from (f"{name} does not belong there" for name in sorted(facts.keys() - self.all_facts.keys()))


class InvalidEntry(ValueError):
    """An entry was to be appended that its verb's schema does not allow: a fault of the program, never of its user."""


def validate_entry(
    verb: str,
    schema: EntrySchema,
    *,
    role: str,
    actor: str,
    line: object,
    person: str | None,
    pack: str | None,
    article: str | None,
    facts: Mapping[str, object],
) -> None:
    """Let only what the form allows into the ledger. Raises InvalidEntry."""
    wrong = list(schema.violations(line=line, person=person, pack=pack, article=article, facts=facts))
    if not FactType.CODE.fits(role):
        wrong.append("role is no code")
    if not FactType.ACTOR.fits(actor):
        wrong.append("actor is no commitment")
    if wrong:
        raise InvalidEntry(f"{verb}: {', '.join(wrong)}")
