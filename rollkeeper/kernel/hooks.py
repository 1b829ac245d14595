# SPDX-License-Identifier: EUPL-1.2
"""Hooks: how a package calls something that a higher package provides, without importing it.

The package that calls declares a `Hook` as a constant of its module; a higher package registers with it in
``apps.ready()``. A registration may be a name ("module:attribute"), so that the start of a process imports nothing
that it does not call.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any


class HookUnset(LookupError):
    """A hook that needs one registration has none or several: `apps.ready()` of a package did not run, or two packages registered."""


class Hook[T]:
    """One thing that higher packages provide. `T` is what they register, such as `Callable[[dt.date], None]`.

    `name` is in the error if nothing is registered: "package: what is called".
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._registered: list[tuple[str, T | str]] = []

    def register(self, provided: T, *, key: str = "") -> None:
        """Register what is provided, under a key if the caller asks by key. The same registration twice counts once."""
        self._add(key, provided)

    def register_by_name(self, name: str, *, key: str = "") -> None:
        """Register "module:attribute", which is imported when it is first called."""
        self._add(key, name)

    def only(self, key: str = "") -> T:
        """Return the one registration under this key. Raises HookUnset."""
        match [one for its_key, one in self._registered if its_key == key]:
            case [one]:
                resolved: T = _resolved(one)
                return resolved
            case found:
                under = f" under '{key}'" if key else ""
                raise HookUnset(f"{self.name}: {len(found)} are registered{under}, and one is needed")

    def each(self) -> Iterator[T]:
        """Yield every registration, in the order of registering."""
        for _, one in self._registered:
            yield _resolved(one)

    def each_by_key(self) -> Iterator[tuple[str, T]]:
        """Yield every registration with its key."""
        for key, one in self._registered:
            yield key, _resolved(one)

    @contextmanager
    def replaced(self, *provided: T) -> Iterator[None]:
        """Replace all registrations by these, without a key, for the length of a block: for tests."""
        kept, self._registered = self._registered, [("", one) for one in provided]
        try:
            yield
        finally:
            self._registered = kept

    def _add(self, key: str, one: T | str) -> None:
        if (key, one) not in self._registered:
            self._registered.append((key, one))


def _resolved(one: Any) -> Any:
    if not isinstance(one, str):
        return one
    module, _, attribute = one.partition(":")
    return getattr(import_module(module), attribute)
