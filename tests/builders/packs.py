# SPDX-License-Identifier: EUPL-1.2
"""The law of an instance, changed for a test.

A file is named by its content and stays until the end of the run, so that each pack is read only once: to read one takes longer than
most tests.
"""

import datetime as dt
import os
from functools import cache
from hashlib import sha256
from importlib.resources import files
from pathlib import Path

from pydantic import ValidationError

from rollkeeper.kernel.errors import RollkeeperError
from rollkeeper.kernel.settings import write_settings
from rollkeeper.law.confirmations import NEVER_CONFIRMED, outdated, with_reading, write_confirmations
from rollkeeper.law.pack import Pack
from rollkeeper.law.packs import load_pack
from rollkeeper.law.schema import PackFile
from rollkeeper.law.strict_yaml import read_strict
from rollkeeper.lawbook.services import adopt_law
from tests.builders.staff import employ_approvers

REFERENCE = (files("rollkeeper.law.packs") / "cn-xz-2011.yaml").read_text("utf-8")
SHARED = "TESTS_HAVE_IN_COMMON"
"""The environment variable with the folder of all tests; a bench has its own. To import it from conftest would change the instance."""


def with_copy_row(row: str, because: str = '{article: "4 ¶1"}') -> str:
    """Return the reference law, without its cases, with this rule on document copies, or with none if `row` is empty."""
    cases, questions = REFERENCE.index("\ntests:"), REFERENCE.index("\nopen_questions:")
    law = REFERENCE[:cases] + REFERENCE[questions:]
    assert law.count("\nretention:\n") == 1
    copy = (
        f"  - {{data_class: copy, {row}, kind: exact, then: erase, hold: legal_hold, because: {because}}}\n"
    )
    return law.replace("\nretention:\n", f"\nretention:\n{copy if row else ''}")


def with_line_attributes(*rules: str, text: str = REFERENCE, because: str = '{article: "2 ¶1"}') -> str:
    """Return a law that also asks for these attributes of a line, each in the form `name: iccid, required: "yes"`."""
    asked = "".join(f"  - {{{rule}, purpose: {{en: which line}}, because: {because}}}\n" for rule in rules)
    assert text.count("\nretention:\n") == 1
    return text.replace("\nretention:\n", f"\nline_attributes:\n{asked}retention:\n")


@cache
def confirmed(text: str) -> str:
    """Return a pack's text with everything confirmed, whatever a test changed, except what comes from the press.

    A text with faults is returned unchanged: loading it reports them.
    """
    try:
        file = PackFile.model_validate(read_strict(text.encode(), "pack.yaml").data)
    except (RollkeeperError, ValidationError):
        return text
    ranks = {one.id: one.rank for one in file.sources}
    sources = {one.source for one in file.articles if ranks.get(one.source) not in NEVER_CONFIRMED}
    read = {one.source for one in file.confirmations} - {one.confirmation.source for one in outdated(file)}
    if sources <= read:
        return text
    for source in sorted(sources - read):
        file = with_reading(file, by="A Test", on=dt.date(2026, 1, 1), read_in="nothing", source=source)
    return write_confirmations(text, file)


def write_pack(text: str) -> Path:
    """Write a pack to a file, all of it confirmed; return where it is."""
    text = confirmed(text)
    file = Path(os.environ[SHARED]) / "packs" / f"{sha256(text.encode()).hexdigest()}.yaml"
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        draft = file.with_suffix(f".{os.getpid()}")  # another process may write the same one
        draft.write_text(text, "utf-8")
        draft.rename(file)
    return file


def read_text(text: str) -> Pack:
    """Return the pack with this text."""
    return load_pack(write_pack(text))


def adopt_pack(name: object, *, on: dt.date) -> None:
    """Put this version of a law into force, with two people's approval."""
    for who in employ_approvers():
        adopt_law(who, str(name), on=on)


def use_pack(text: str) -> None:
    """Make this the law of the instance."""
    write_settings(instance={"pack": str(write_pack(text))})
