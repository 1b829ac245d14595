# SPDX-License-Identifier: EUPL-1.2
"""Gives `--json` to every command that lacks it: the command's output is collected and printed as one object."""

import functools
import inspect
from collections.abc import Callable
from typing import Any, Final, get_type_hints

import typer
from typer.models import OptionInfo

from rollkeeper.kernel.console import JsonOption, answering_in_json

_GO_ON: Final = frozenset(
    {"serve", "serve_vault", "demo", "counter_codes", "verify_code", "worker", "schema"}
)
"""Commands that run until they are stopped, answer line by line, or print JSON anyway."""


def answer_in_json(app: typer.Typer) -> None:
    """Give `--json` to each command of an application and of its groups that has none."""
    for command in app.registered_commands:
        if command.callback and command.callback.__name__ not in _GO_ON and not _has_json(command.callback):
            command.callback = _with_json(command.callback)
    for group in app.registered_groups:
        if group.typer_instance:
            answer_in_json(group.typer_instance)


def _has_json(callback: Callable[..., Any]) -> bool:
    hints = get_type_hints(callback, include_extras=True).values()
    options = [
        part for hint in hints for part in getattr(hint, "__metadata__", ()) if isinstance(part, OptionInfo)
    ]
    # Typer keeps the first name of an annotated option in place of its default.
    return any("--json" in (option.default, *(option.param_decls or ())) for option in options)


def _with_json(callback: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(callback)
    def answering(*, as_json: bool = False, **given: Any) -> Any:
        if not as_json:
            return callback(**given)
        with answering_in_json():
            return callback(**given)

    own = inspect.signature(callback).parameters.values()
    added = inspect.Parameter("as_json", inspect.Parameter.KEYWORD_ONLY, default=False, annotation=JsonOption)
    by_name = [one.replace(kind=inspect.Parameter.KEYWORD_ONLY) for one in own]
    answering.__signature__ = inspect.Signature([*by_name, added])  # type: ignore[attr-defined]
    answering.__annotations__ = {**get_type_hints(callback, include_extras=True), "as_json": JsonOption}
    return answering
