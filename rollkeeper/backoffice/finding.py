# SPDX-License-Identifier: EUPL-1.2
"""How a row of a long list is found: by its reference, a code, or the user name of a member of staff.

The typed text is always sent by POST: if someone types a subscriber's number here, it appears in no address, log or answer.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django import forms
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rollkeeper.backoffice.forms import EmptiedForm, exact_text

FEWEST_LETTERS: Final = 4
"""The fewest letters of a reference; a code or a user name may be shorter."""


class FindForm(EmptiedForm):
    """A part of the reference, code or name of a row."""

    find = forms.CharField(
        max_length=64, widget=exact_text(),
        error_messages={"required": _("Type a part of what you look for.")},
    )  # fmt: skip

    def named(self, label: str | Promise) -> "FindForm":
        """Return this form with a label that says what to type."""
        self.fields["find"].label = label  # type: ignore[assignment]
        return self


@dataclass(frozen=True, slots=True)
class Found[T]:
    """The rows of a list that are shown: all, or the rows found."""

    rows: Sequence[T]
    form: FindForm
    is_narrowed: bool = False

    @property
    def only(self) -> T | None:
        """Return the row found if it is the only one: then the page leads on to it."""
        return self.rows[0] if self.is_narrowed and len(self.rows) == 1 else None

    @property
    def status(self) -> int:
        """Return the status of the page."""
        return 422 if self.form.errors else 200


def find_in[T](
    request: HttpRequest,
    listed: Sequence[T],
    words: Callable[[T], Iterable[str | UUID | None]],
    *,
    label: str | Promise,
) -> Found[T]:
    """Return a list, or only its rows that the typed text names. The text is not sent back."""
    if request.method != "POST":
        return Found(listed, FindForm().named(label))
    form = FindForm(request.POST).named(label)
    if form.is_valid():
        typed = form.cleaned_data["find"].strip().lstrip("…").casefold()
        if found := [one for one in listed if any(_is_named(word, typed) for word in words(one) if word)]:
            return Found(found, FindForm().named(label), is_narrowed=True)
        form.add_error("find", forms.ValidationError(_("Nothing in this list has this name or reference.")))
    return Found(listed, form.emptied().named(label))


def _is_named(word: str | UUID, typed: str) -> bool:
    if isinstance(word, str):
        return typed in word.casefold()
    letters = typed.replace("-", "")
    return len(letters) >= FEWEST_LETTERS and (word.hex.endswith(letters) or word.hex.startswith(letters))
