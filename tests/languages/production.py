"""An instance for real people, and a native reader who accepts a language there."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

from rollkeeper.access.authority import Authority
from rollkeeper.access.roles import StaffRole
from rollkeeper.kernel.instance import InstanceKind
from rollkeeper.kernel.settings import write_settings
from rollkeeper.languages.queries import forget_accepted_languages
from rollkeeper.languages.services import accept_language

ADMINISTRATOR = Authority(frozenset({StaffRole.ADMINISTRATOR}), None, "ab" * 32)
READER, READ_ON = "Pema Invented, translator", dt.date(2026, 11, 27)


@contextmanager
def production_instance() -> Iterator[None]:
    """Make the tests' instance one for real people for a while; nothing is accepted in it."""
    write_settings(instance={"kind": InstanceKind.PRODUCTION})
    forget_accepted_languages()
    try:
        yield
    finally:
        write_settings(instance={"kind": InstanceKind.DEMO})
        forget_accepted_languages()


def accept(language: str) -> None:
    accept_language(ADMINISTRATOR, language, reader=READER, read_on=READ_ON, on=READ_ON)
