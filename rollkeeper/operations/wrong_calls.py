# SPDX-License-Identifier: EUPL-1.2
"""Refuses a call that no command accepts: it says what is wrong, never what was typed, since that may be about a person."""

import re
import sys
from collections.abc import Callable, Sequence
from typing import Any, Final

from typer._click.exceptions import (
    BadOptionUsage,
    BadParameter,
    ClickException,
    MissingParameter,
    NoSuchOption,
    UsageError,
)

from rollkeeper.kernel.console import show_error
from rollkeeper.kernel.errors import Phrase, RollkeeperError
from rollkeeper.operations.errors import (
    CALL_HAS_TOO_MANY_WORDS,
    CALL_HAS_WRONG_CHOICE,
    CALL_HAS_WRONG_VALUE,
    CALL_IS_WRONG,
    CALL_LACKS_SOMETHING,
    NO_SUCH_COMMAND,
    NO_SUCH_COMMAND_BUT_ANOTHER,
    NO_SUCH_OPTION,
)

_OF_THE_LIBRARY: Final = (
    ("valid UUID", "it is no reference, as lists show them"),
    ("valid integer", "it is no whole number"),
    ("greater than or equal", "it is too small"),
    ("less than or equal", "it is too large"),
    ("does not exist", "there is no such file or folder"),
    ("is a directory", "it is a folder"),
    ("is a file", "it is no folder"),
    ("is not readable", "this user may not read it"),
    ("is not writable", "this user may not write there"),
)
"""Our words in place of the library's sentences, which are about types and repeat parts of the value."""


class WrongCall(ClickException):
    """A wrong call, which ends the program as every refusal does."""

    exit_code = 2

    def __init__(self, fault: UsageError, choose_language: Callable[[Sequence[str]], bool]) -> None:
        self._choose_language = choose_language
        self.refusal = _refusal_of(fault)
        super().__init__(str(self.refusal))

    def show(self, file: Any = None) -> None:
        """Say what is wrong and what to type, in the terminal's language or as JSON."""
        with_english = self._choose_language(sys.argv[1:])
        show_error(self.refusal, as_json="--json" in sys.argv[1:], with_english=with_english)


def _refusal_of(fault: UsageError) -> RollkeeperError:
    """Turn a fault of the call into a refusal."""
    context = fault.ctx
    command = context.command_path if context else "rollkeeper"
    usage = " ".join(context.get_usage().split()[1:]) if context else f"{command} --help"
    place = {"command": command, "usage": usage}
    match fault:
        case MissingParameter():
            return CALL_LACKS_SOMETHING(name=_name(fault), **place)
        case BadParameter():
            if choices := re.search("is not one of (.+?)\\.?$", fault.message):
                return CALL_HAS_WRONG_CHOICE(name=_name(fault), choices=choices[1], **place)
            why = _why(fault.message)
            return (
                CALL_HAS_WRONG_VALUE(name=name, why=why, **place)
                if (name := _name(fault))
                else CALL_IS_WRONG(why=why, **place)
            )
        case BadOptionUsage():
            return CALL_LACKS_SOMETHING(name=f"a value for {fault.option_name}", **place)
        case NoSuchOption():
            return NO_SUCH_OPTION(**place)
    if fault.message.startswith("Got unexpected extra"):
        return CALL_HAS_TOO_MANY_WORDS(**place)
    if near := re.search("Did you mean (.+)\\?", fault.message):
        return NO_SUCH_COMMAND_BUT_ANOTHER(near=near[1], **place)
    return NO_SUCH_COMMAND(**place)


def _name(fault: BadParameter) -> str:
    hint = fault.param_hint or (fault.param.get_error_hint() if fault.param else "")
    return (hint if isinstance(hint, str) else " / ".join(hint)).strip("'")


def _why(message: str) -> str:
    if isinstance(message, Phrase):
        return message
    return next((said for about, said in _OF_THE_LIBRARY if about in message), message.rstrip("."))
