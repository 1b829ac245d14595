# SPDX-License-Identifier: EUPL-1.2
"""The checklist of what an agent has to show (``requirements.toml``), and by which article."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from rollkeeper.agents.errors import REQUIREMENT_UNKNOWN
from rollkeeper.agents.rules import OPERATORS_RULE
from rollkeeper.kernel.instance import instance
from rollkeeper.kernel.side_by_side import text_in
from rollkeeper.law.packs import load_pack


@dataclass(frozen=True, slots=True)
class Requirement:
    """One thing that an agent has to show, how long its evidence counts, and its text by language."""

    requirement: str
    renew_days: int
    words: Mapping[str, str]

    def said(self, language: str) -> str:
        """Return its text in a language, else in the fallback languages."""
        return text_in(language, self.words)[0]


@cache
def checklist() -> dict[str, Requirement]:
    """Return every requirement by its name."""
    raw = tomllib.loads((files("rollkeeper") / "agents" / "requirements.toml").read_text("utf-8"))
    return {
        name: Requirement(name, one["renew_days"], {k: v for k, v in one.items() if k != "renew_days"})
        for name, one in raw.items()
    }


def requirement_called(name: str) -> Requirement:
    """Return one requirement. Refuses: REQUIREMENT_UNKNOWN."""
    found = checklist().get(name)
    if found is None:
        raise REQUIREMENT_UNKNOWN(requirement=name)
    return found


def article_on_agents() -> str:
    """Return the article by which an agent must meet the requirements; Rollkeeper's own rule where the pack has none."""
    law = load_pack(instance().pack).file.agents
    return law.because.article if law else OPERATORS_RULE


def legal_daily_limit() -> int | None:
    """Return the most that a pack lets an agent register in a day, None where it says nothing."""
    law = load_pack(instance().pack).file.agents
    return law.daily_limit if law else None
