# SPDX-License-Identifier: EUPL-1.2
"""What comes out of the vault: cleartext in a wrapper that does not reveal it by accident.

Logs, error pages, debuggers, pickles and JSON encoders all ask a value for its text; they get ``<sealed>``. The wrapper is a
subclass of str with that text: so an encoder that does not know this package, even one in C, writes it and never the content. Its
length, slices and concatenations reveal nothing either. Only comparing is refused, since any two wrappers would seem equal.
"""

from typing import Never, Self

from rollkeeper.vault.errors import CannotOpen

SEALED = "<sealed>"


class SecretValue(str):
    """One value that was opened, or one of several that would not open."""

    __slots__ = ("__value",)
    __value: str | None

    def __new__(cls, value: str | None) -> Self:
        """Wrap a value; None marks a value that could not be opened."""
        made = super().__new__(cls, SEALED)
        made.__value = value
        return made

    def reveal(self) -> str:
        """Return the cleartext. Refuses: CannotOpen, where this one of several did not open."""
        if self.__value is None:
            raise CannotOpen
        return self.__value

    @property
    def is_readable(self) -> bool:
        """Tell whether the value could be opened."""
        return self.__value is not None

    def __repr__(self) -> str:
        return SEALED

    def __format__(self, specification: str) -> str:
        return SEALED

    def __reduce__(self) -> tuple[type[str], tuple[str]]:
        return str, (SEALED,)

    def __eq__(self, other: object) -> Never:
        raise TypeError("what was opened is not compared: reveal it")

    __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __eq__

    __hash__ = None  # type: ignore[assignment]


class SecretDocumentCopy(SecretValue):
    """One copy of a document that was opened: a JPEG."""

    __slots__ = ("__copy",)
    __copy: bytes

    def __new__(cls, copy: bytes) -> Self:
        """Wrap a picture."""
        made = super().__new__(cls, None)
        made.__copy = copy
        return made

    def reveal_copy(self) -> bytes:
        """Return the picture."""
        return self.__copy
