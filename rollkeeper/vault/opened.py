# SPDX-License-Identifier: EUPL-1.2
"""What comes out of the vault: cleartext in a wrapper that does not show itself by accident.

Logs, error pages, debuggers, pickles and JSON encoders all ask a value for its text; they get ``<sealed>``.
"""

from typing import Never

from rollkeeper.vault.errors import CannotOpen

SEALED = "<sealed>"


class Opened:
    """One value that was opened, or one of several that would not open."""

    __slots__ = ("__value",)

    def __init__(self, value: str | None) -> None:
        self.__value = value

    def reveal(self) -> str:
        """Return the cleartext. Refuses: CannotOpen, where this one of several did not open."""
        if self.__value is None:
            raise CannotOpen
        return self.__value

    def __repr__(self) -> str:
        return SEALED

    def __format__(self, specification: str) -> str:
        return SEALED

    def __reduce__(self) -> tuple[type[str], tuple[str]]:
        return str, (SEALED,)

    def __eq__(self, other: object) -> Never:
        raise TypeError("what was opened is not compared: reveal it")

    __hash__ = None  # type: ignore[assignment]


class OpenedCopy(Opened):
    """One copy of a document that was opened: a JPEG."""

    __slots__ = ("__copy",)

    def __init__(self, copy: bytes) -> None:
        super().__init__(None)
        self.__copy = copy

    def reveal_copy(self) -> bytes:
        """Return the picture."""
        return self.__copy
